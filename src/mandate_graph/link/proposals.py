"""Proposals as rows of an SSSOM file of open questions, and how they join what stands there already."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence

from mandate_graph.link.known import Known
from mandate_graph.link.matching import Proposal
from mandate_graph.link.targets import Target
from mandate_graph.link.terms import LONGEST, Vocabulary
from mandate_graph.link.words import Words
from mandate_graph.sssom import CONCEPTS, OWN, SPACES, MappingSet, TermMapping, set_text
from mandate_graph.version import __version__

__all__ = ["TOOL", "field_prefixes", "merged", "new_header", "new_prefixes", "row_of", "text_of", "today"]

TOOL = "mandate-graph"
_STANDARD = {prefix: iri for prefix, iri in SPACES.items() if prefix != "owl"}
_OPEN_COLUMNS = (
    "subject_id", "subject_label", "predicate_modifier", "predicate_id", "object_id", "object_label",
    "mapping_justification", "reviewer_label", "review_date", "mapping_date", "mapping_tool", "mapping_tool_version",
    "confidence", "object_source_version", "match_string", "subject_match_field", "object_match_field", "comment",
)  # fmt: skip
_FIELDS = {"label": "rdfs:label", "alt": "skos:altLabel", "hidden": "skos:hiddenLabel", "find": "skos:hiddenLabel"}


def today() -> str:
    """The day on which proposals are made; SOURCE_DATE_EPOCH says another one, for files that must be the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date().isoformat()
    return dt.datetime.now().astimezone().date().isoformat()


def row_of(proposal: Proposal, target: Target, vocabulary: Vocabulary, date: str) -> TermMapping:
    """A proposal as a row; labels of a vocabulary that does not let us republish them stay out of it."""
    term, hit = proposal.term, proposal.hit
    cells = {
        "subject_id": OWN + proposal.subject.key,
        "subject_label": proposal.subject.label,
        "predicate_id": proposal.predicate,
        "object_id": target.curie(term.iri),
        "object_label": term.label if target.labels else "",
        "mapping_justification": "semapv:MappingChaining",
        "mapping_date": date,
        "mapping_tool": TOOL,
        "mapping_tool_version": __version__,
        "confidence": f"{proposal.score:g}",
        "object_source_version": _version(proposal, vocabulary),
        "comment": _comment(proposal, target, vocabulary),
    }
    name, label = (hit.name, hit.label) if hit else proposal.alike or (None, None)
    if name and label:
        cells |= {
            "mapping_justification": "semapv:LexicalMatching",
            "match_string": name.text,
            "subject_match_field": _field(proposal, name.field),
            "object_match_field": label.curie,
        }
    if proposal.similarity is not None:
        cells |= {
            "mapping_justification": "semapv:LexicalSimilarityThresholdMatching",
            "similarity_score": f"{proposal.similarity:g}",
            "similarity_measure": "token sort ratio",
        }
    return TermMapping({key: text for key, text in cells.items() if text})


def _field(proposal: Proposal, field: str) -> str:
    if field == "label" and proposal.subject.kind in CONCEPTS:
        return "skos:prefLabel"
    return _FIELDS[field]


def _version(proposal: Proposal, vocabulary: Vocabulary) -> str:
    term = proposal.term
    schemes = term.schemes or vocabulary.schemes
    found = {vocabulary.versions[iri] for iri in schemes if iri in vocabulary.versions}
    version = found.pop() if len(found) == 1 else ""
    return " ".join(version.split()) if len(version) <= LONGEST else ""


def _comment(proposal: Proposal, target: Target, vocabulary: Vocabulary) -> str:
    said = "; ".join(proposal.evidence)
    if target.labels:
        for part, texts in theirs(proposal, vocabulary):
            said += f". {part}: {' | '.join(texts)}"
        if proposal.alike and proposal.alike[1].text != proposal.term.label:
            said += f". alike is: {proposal.alike[1].text}"
    return said


def theirs(proposal: Proposal, vocabulary: Vocabulary) -> list[tuple[str, list[str]]]:
    """What the other side says of a term: its other labels, what it lies under, what it means."""
    term = proposal.term
    around = dict.fromkeys(
        name for value in (*term.country, *term.inside, *term.broader) for name in _first(value, vocabulary)
    )
    parts = [
        ("their other labels", [text for text in term.named("alt")[:4] if text != term.label]),
        ("their broader", list(around)[:3]),
        ("their definition", [term.definition or term.description] if term.definition or term.description else []),
    ]
    return [(part, texts) for part, texts in parts if texts]


def _first(value: str, vocabulary: Vocabulary) -> Sequence[str]:
    names = vocabulary.names.get(value, ())
    return names[:1] if names else ([value] if "://" not in value else [])


def new_prefixes(base: str, target: Target | None) -> dict[str, str]:
    """The prefixes that every file of links into a vocabulary needs."""
    own = {OWN.rstrip(":"): f"{base}id/", **_STANDARD}
    return {**own, **({target.prefix: target.iri} if target else {})}


def field_prefixes(rows: Iterable[TermMapping], words: Words) -> dict[str, str]:
    """The prefixes of the properties that rows were found by."""
    return words.prefixes(sorted({row["object_match_field"] for row in rows if row["object_match_field"]}))


def new_header(base: str, name: str, *, title: str = "") -> dict[str, str]:
    """What a new file says of itself; ``name`` is its name without the ending."""
    return {
        "mapping_set_id": f"{base}links/{name}",
        **({"mapping_set_title": title} if title else {}),
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    }


def merged(
    old: MappingSet | None, new: Iterable[TermMapping], known: Known, prefixes: Mapping[str, str]
) -> tuple[list[TermMapping], int]:
    """The rows of an open file with new ones, and how many are new.

    A pair that stands there keeps its row, which somebody may have edited. Proposals of ours whose pair was decided
    meanwhile are gone. Things of ours stand in order, the best proposal of each first.
    """
    held: dict[tuple[str, str], TermMapping] = {}
    extra: list[TermMapping] = []
    for row in old.mappings if old else ():
        iri = old.expand(row.object) if old else row.object
        if row["mapping_tool"] == TOOL and not row.reviewed and known.decided(row.subject, iri):
            continue
        if (row.subject, iri) in held:
            extra.append(row)
        else:
            held[row.subject, iri] = row
    added = 0
    for row in new:
        prefix, _, local = row.object.partition(":")
        pair = row.subject, prefixes.get(prefix, "") + local
        if pair not in held:
            held[pair] = row
            added += 1
    rows = [*held.values(), *extra]
    return sorted(rows, key=lambda row: (row.subject, -_number(row["confidence"]), row.object)), added


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def text_of(header: Mapping[str, str], prefixes: Mapping[str, str], rows: Iterable[TermMapping]) -> str:
    """An open file's text, with the empty columns that a reviewer fills in."""
    return set_text(header, prefixes, rows, _OPEN_COLUMNS)
