"""What a link set must keep so that it may be published: SSSOM's own rules, SKOS's, and those of this graph.

The public validator passes sets without a licence, without a justification, or with a predicate that nobody declares;
therefore nothing here is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from mandate_graph.authorities import Authorities, Row, is_date
from mandate_graph.failures import shown
from mandate_graph.iris import NOT_IN_IRI, text_key
from mandate_graph.sssom.records import COLUMNS, NO_TERM, OWN, MappingSet, TermMapping
from mandate_graph.sssom.relations import (
    CONCEPTS,
    IDENTITY,
    IMPLIES,
    JUSTIFICATIONS,
    LINKED,
    RELATIONS,
    SPACES,
    things_of,
)

__all__ = ["Fault", "faults", "faults_of_open"]

_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification", "confidence", "mapping_date")
_CONFIDENCE = re.compile(r"0(\.\d+)?|1(\.0+)?")
# By what codes of ours other people call things of a kind.
_CODES: Mapping[str, Sequence[str]] = {"country": ("iso2", "iso3", "m49"), "sdg": ("notation",)}
_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# What may be published again under the graph's own licence, CC BY 4.0.
_OPEN_LICENSE = re.compile(
    r"https?://(?:creativecommons\.org/(?:publicdomain/zero|licenses/by)|opendatacommons\.org/licenses/(?:pddl|by))/"
)
_HEADER = frozenset((
    "comment", "creator_id", "creator_label", "issue_tracker", "license", "mapping_date", "mapping_provider",
    "mapping_set_description", "mapping_set_id", "mapping_set_source", "mapping_set_title", "mapping_set_version",
    "mapping_tool", "mapping_tool_version", "object_source", "object_source_version", "other", "publication_date",
    "see_also", "sssom_version", "subject_source", "subject_source_version",
))  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where: the set's file and the line in it (0 for the whole file)."""

    name: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.name}{f', line {self.line}' if self.line else ''}: {shown(self.problem)}"


_Things = Mapping[str, Mapping[str, frozenset[str]]]
_Owners = Mapping[tuple[str, str], Collection[str]]
_Check = Callable[[TermMapping], Iterator[str]]


def faults(sets: Sequence[MappingSet], authorities: Authorities) -> list[Fault]:
    """Everything that forbids publishing these sets, by file and line; none when they may be published.

    All sets of a house are judged together, because a pair may be accepted in one and rejected in another.
    """
    things = things_of(authorities)
    owners = _owners(things)
    found = {fault for each in sets for fault in _faults(each, authorities, things, owners)}
    found.update(fault for each in sets for fault in _codes(each, authorities))
    return sorted(found | set(_among(sets)) | set(_of_sets(sets)))


def faults_of_open(sets: Sequence[MappingSet], authorities: Authorities) -> list[Fault]:
    """What keeps open questions from being read: rows that name nothing of ours, or hold what no row may hold."""
    found: set[Fault] = set()
    for each in sets:
        found.update(Fault(each.name, 0, problem) for problem in _unknown_columns(each))
        things = things_of(authorities)
        for row in each.mappings:
            problems = (
                *_subject(things, row), *_curies(each, row), *_relation(row), *_modifier(row), *_confidence(row),
            )  # fmt: skip
            found.update(Fault(each.name, row.line, problem) for problem in problems)
    return sorted(found)


def _owners(things: _Things) -> _Owners:
    """Whose a name is, by kind and the key of the name."""
    found: dict[tuple[str, str], set[str]] = {}
    for kind, names in things.items():
        for key, several in names.items():
            for name in several:
                found.setdefault((kind, text_key(name)), set()).add(key)
    return found


def _faults(each: MappingSet, authorities: Authorities, things: _Things, owners: _Owners) -> Iterator[Fault]:
    target = next((row for row in authorities.words["targets"] if row["key"] == each.target), None)
    for problem in (*_of_set(each, target), *_unknown_columns(each)):
        yield Fault(each.name, 0, problem)
    checks: tuple[_Check, ...] = (
        _required, _modifier, partial(_subject, things), partial(_curies, each), _relation,
        partial(_object, each, target), partial(_own_object, things, target), partial(_another, owners),
        partial(_found, authorities), _confidence, _dates, _words,
    )  # fmt: skip
    for row in each.mappings:
        for check in checks:
            for problem in check(row):
                yield Fault(each.name, row.line, problem)


def _of_set(each: MappingSet, target: Row | None) -> Iterator[str]:
    if target is None:
        yield f"the name says a target {each.target!r} that has no row in targets.csv"
    for key, form in (("license", "https://creativecommons.org/licenses/by/4.0/"), ("mapping_set_id", "https://…")):
        if not re.fullmatch(r"https?://\S+", each.header.get(key, "")):
            yield f"the header lacks {key}, an address such as {form}"
    if (license_ := each.header.get("license", "")) and not _OPEN_LICENSE.match(license_):
        yield f"the license {license_} is none under which links may be published here: CC0, CC BY, PDDL, ODC-BY"
    for key in sorted(set(each.header) - _HEADER):
        yield f"the header line {key} is none that SSSOM has for a whole set"
    for prefix, iri in sorted(each.prefixes.items()):
        right = SPACES.get(prefix) or (target["iri"] if target and target["prefix"] == prefix else "")
        if right and iri != right and prefix != OWN[:-1]:
            yield f"the prefix {prefix} must stand for {right}, not {iri}"
        if prefix == OWN[:-1] and not iri.endswith("/id/"):
            yield f"the prefix {prefix} must stand for the identifiers of the house, which end in /id/"


def _unknown_columns(each: MappingSet) -> Iterator[str]:
    for column in each.columns:
        if column not in COLUMNS:
            yield f"the column {column!r} is none that a link set has; write one of {', '.join(COLUMNS)}"
    for column in _REQUIRED:
        if column not in each.columns:
            yield f"the column {column} is missing"


def _required(row: TermMapping) -> Iterator[str]:
    for column in _REQUIRED:
        if not row[column] and not (column == "confidence" and row.not_found):
            yield f"it has no {column}"
    if not (row["author_label"] or row["author_id"] or row["mapping_tool"]):
        yield "it does not say who made it (author_label) or with what (mapping_tool)"
    if row["mapping_justification"] and row["mapping_justification"] not in JUSTIFICATIONS:
        yield f"the justification {row['mapping_justification']!r} is none of {', '.join(sorted(JUSTIFICATIONS))}"


def _modifier(row: TermMapping) -> Iterator[str]:
    if row["predicate_modifier"] not in {"", "Not"}:
        yield f"the predicate_modifier {row['predicate_modifier']!r} must be Not, or empty"


def _subject(things: _Things, row: TermMapping) -> Iterator[str]:
    kind, _, key = row.subject.partition("/")
    if not row["subject_id"].startswith(OWN):
        yield f"the subject {row['subject_id']!r} is none of ours: it must begin with {OWN}"
    elif kind not in things:
        yield f"the subject {row.subject!r} is of no kind that is linked: {', '.join(sorted(things))}"
    elif key not in things[kind]:
        yield f"the subject {row.subject!r} has no row in the tables"
    elif row["subject_label"] and row["subject_label"] not in things[kind][key]:
        yield f"the subject_label {row['subject_label']!r} is no label of {row.subject}"


def _curies(each: MappingSet, row: TermMapping) -> Iterator[str]:
    for column in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
        prefix, colon, _ = row[column].partition(":")
        if row[column] and (not colon or (prefix not in each.prefixes and row[column] != NO_TERM)):
            yield f"the {column} {row[column]!r} has a prefix that the curie_map does not declare"
    if NOT_IN_IRI.search(row.object):
        yield f"the object {row.object!r} holds a character that no IRI may hold"


def _relation(row: TermMapping) -> Iterator[str]:
    kind = row.subject.partition("/")[0]
    if row.predicate not in RELATIONS:
        yield f"the predicate {row.predicate!r} is none of {', '.join(RELATIONS)}"
    elif (kind in CONCEPTS) != row.predicate.startswith("skos:"):
        both = "a concept, which takes SKOS matches" if kind in CONCEPTS else "no concept, and takes no SKOS match"
        yield f"{row.predicate} cannot stand here: {row.subject} is {both}"


def _object(each: MappingSet, target: Row | None, row: TermMapping) -> Iterator[str]:
    if row.not_found:
        if row.rejected or row["object_label"]:
            yield "a row that says that no term was found can neither be rejected nor name a label"
        return
    iri = each.expand(row.object)
    if target is not None and not row.object.startswith(OWN):
        if not iri.startswith(target["iri"]):
            yield f"the object {row.object!r} is no term of {target['label_en']}: those begin with {target['iri']}"
        elif target["pattern"] and not re.fullmatch(target["pattern"], iri.removeprefix(target["iri"])):
            yield f"the object {row.object!r} is not like the terms of {target['label_en']} ({target['pattern']})"
        if target["labels"] == "no" and row["object_label"]:
            yield f"the labels of {target['label_en']} may not be published again: leave object_label empty"
    if row["object_id"] == row["subject_id"]:
        yield f"{row.subject} is linked to itself"


def _own_object(things: _Things, target: Row | None, row: TermMapping) -> Iterator[str]:
    """A theme may be matched with a topic of ours, in the set of these; then that must exist as well."""
    if row.object.startswith(OWN):
        if target is not None and target["prefix"] != OWN[:-1]:
            yield f"the object {row.object!r} is ours, and no term of {target['label_en']}"
        kind, _, key = row.object.removeprefix(OWN).partition("/")
        if key not in things.get(kind, {}):
            yield f"the object {row.object!r} has no row in the tables"


def _another(owners: _Owners, row: TermMapping) -> Iterator[str]:
    """What is the same as a thing of ours has no name of another thing of the kind that is no name of it, too."""
    if row.predicate in IDENTITY and row.asserted and row["object_label"]:
        kind, _, key = row.subject.partition("/")
        others = owners.get((kind, text_key(row["object_label"])), ())
        if others and key not in others:
            theirs = " and ".join(f"{kind}/{other}" for other in sorted(others))
            yield f"{row.object} is called {row['object_label']!r}, which is {theirs}, and no name of {row.subject}"


def _codes(each: MappingSet, authorities: Authorities) -> Iterator[Fault]:
    """A vocabulary that calls most things of a kind by a code of ours calls all so: swapped rows are found."""
    for kind, columns in _CODES.items():
        ours = authorities[LINKED[kind]]
        named = [(row, ours.get(row.subject.removeprefix(f"{kind}/"))) for row in each.mappings]
        same = [(row, thing) for row, thing in named if thing and row.asserted and row.predicate in IDENTITY]
        for column in columns:
            wrong = [(row, thing) for row, thing in same if row.object.partition(":")[2] != thing.cells[column]]
            if 2 * len(wrong) < len(same):
                for row, thing in wrong:
                    problem = f"{row.object} is not the {column} of {row.subject}, {thing.cells[column]}"
                    yield Fault(each.name, row.line, f"{problem}, as the others of this set have theirs")


def _found(authorities: Authorities, row: TermMapping) -> Iterator[str]:
    """What was found by its name has that name; what is the same under another name says why."""
    kind, _, key = row.subject.partition("/")
    label, found = row["object_label"], row["match_string"]
    entity = authorities[LINKED[kind]].get(key) if kind in LINKED else None
    if entity is None or not label or not row.asserted:
        return
    names = {text_key(name) for name in entity.names()}
    if text_key(label) in names:
        return
    codes = [entity.cells[column] for column in _CODES.get(kind, ())]
    if row["mapping_justification"] == "semapv:LexicalMatching":
        if text_key(found) not in names and not (found in codes and found == row.object.partition(":")[2]):
            yield (
                f"{row.object} is called {label!r}, which is no name of {row.subject}, and no match_string is one: "
                "correct the object, or say by hand (ManualMappingCuration) and in a comment why it is right"
            )
    elif row.predicate in IDENTITY and not row["comment"]:
        called = f"{row.object} is called {label!r}, which is no name of {row.subject}"
        yield f"{called}: the comment must say why it is the same"


def _confidence(row: TermMapping) -> Iterator[str]:
    for column in ("confidence", "similarity_score"):
        if row[column] and not _CONFIDENCE.fullmatch(row[column]):
            yield f"the {column} {row[column]!r} is no number from 0 to 1"


def _dates(row: TermMapping) -> Iterator[str]:
    for column in ("mapping_date", "review_date"):
        if row[column] and not (_FULL_DATE.fullmatch(row[column]) and is_date(row[column])):
            yield f"the {column} {row[column]!r} is not a day like 2026-11-21"
    if row.reviewed != bool(row["review_date"]):
        yield "a review has both a name (reviewer_label) and a day (review_date)"
    elif row.reviewed and row["review_date"] < row["mapping_date"]:
        yield f"it was reviewed ({row['review_date']}) before it was made ({row['mapping_date']})"


def _words(row: TermMapping) -> Iterator[str]:
    if row.predicate == "skos:relatedMatch" and row.asserted and not (row["match_string"] or row["comment"]):
        yield "what is only related must say by which words (match_string) or why (comment)"
    if row.rejected and not (row["comment"] or row.reviewed):
        yield "a rejected pair must say why (comment), or who rejected it (reviewer_label)"


def _of_sets(sets: Sequence[MappingSet]) -> Iterator[Fault]:
    """What headers forbid each other: one name for two sets, or two houses in one."""
    names: dict[str, str] = {}
    own: dict[str, str] = {}
    for each in sets:
        key = each.header.get("mapping_set_id", "")
        if key and (first := names.setdefault(key, each.name)) != each.name:
            yield Fault(each.name, 0, f"the mapping_set_id {key} is that of {first}")
        prefix = OWN[:-1]
        iri = each.prefixes.get(prefix, "")
        if iri and own.setdefault(prefix, iri) != iri:
            yield Fault(each.name, 0, f"the prefix {prefix} stands for {iri}, and elsewhere for {own[prefix]}")


def _among(sets: Sequence[MappingSet]) -> Iterator[Fault]:
    """What rows forbid each other, in one set or across sets; the later one is told."""
    rows = [(each, row) for each in sets for row in each.mappings]
    yield from _repeated(rows)
    yield from _contradicted(rows)
    yield from _second_identities(rows)
    yield from _two_labels(rows)


_Rows = Sequence[tuple[MappingSet, TermMapping]]


def _repeated(rows: _Rows) -> Iterator[Fault]:
    seen: dict[tuple[str, ...], str] = {}
    relations: dict[tuple[str, str], tuple[str, str]] = {}
    for each, row in rows:
        where = f"{each.name}, line {row.line}"
        key = (each.target, *row.pair, row.predicate) if row.not_found else (*row.pair, row.predicate)
        if (first := seen.setdefault(key, where)) != where:
            yield Fault(each.name, row.line, f"{row.subject} {row.predicate} {row.object} stands at {first} already")
        elif row.asserted:
            other, first = relations.setdefault(row.pair, (row.predicate, where))
            if other != row.predicate:
                problem = f"{row.subject} and {row.object} are {other} at {first}: one pair has one relation"
                yield Fault(each.name, row.line, problem)


def _contradicted(rows: _Rows) -> Iterator[Fault]:
    """A relation that holds although it, or what follows from it, was rejected; a term where none was found."""
    rejected = {
        (*row.pair, stronger): f"{each.name}, line {row.line}"
        for each, row in rows
        if row.rejected
        for stronger in (row.predicate, *(one for one, other in IMPLIES if other == row.predicate))
    }
    nothing = {
        (each.target, row.subject, row.predicate): f"{each.name}, line {row.line}"
        for each, row in rows
        if row.not_found
    }
    for each, row in rows:
        if not row.asserted:
            continue
        if first := rejected.get((*row.pair, row.predicate)):
            yield Fault(each.name, row.line, f"{row.subject} {row.predicate} {row.object} was rejected at {first}")
        if first := nothing.get((each.target, row.subject, row.predicate)):
            yield Fault(each.name, row.line, f"{row.subject} has a term here, and none at {first}")


def _second_identities(rows: _Rows) -> Iterator[Fault]:
    """At most one term of a vocabulary is the same as a thing, and at most one thing of a kind the same as a term."""
    ours: dict[tuple[str, str], tuple[str, str]] = {}
    theirs: dict[tuple[str, str], tuple[str, str]] = {}
    for each, row in rows:
        if row.predicate not in IDENTITY or not row.asserted:
            continue
        where = f"{each.name}, line {row.line}"
        other, first = ours.setdefault((each.target, row.subject), (row.object, where))
        if other != row.object:
            yield Fault(each.name, row.line, f"{row.subject} is the same as {other} already ({first})")
        other, first = theirs.setdefault((each.expand(row.object), _kind(row)), (row.subject, where))
        if other != row.subject:
            yield Fault(each.name, row.line, f"{row.object} is the same as {other} already ({first})")


def _two_labels(rows: _Rows) -> Iterator[Fault]:
    """One term, one label: another one was left behind when the id was changed, or the id was mistyped."""
    labels: dict[str, tuple[str, str]] = {}
    for each, row in rows:
        if row["object_label"] and not row.not_found:
            where = f"{each.name}, line {row.line}"
            other, first = labels.setdefault(each.expand(row.object), (row["object_label"], where))
            if text_key(other) != text_key(row["object_label"]):
                yield Fault(each.name, row.line, f"{row.object} is called {other!r} at {first}: one term has one label")


def _kind(row: TermMapping) -> str:
    return row.subject.partition("/")[0]
