"""A vocabulary loaded anew: which of our links lead to what is gone, deprecated, or called otherwise by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mandate_graph.iris import text_key
from mandate_graph.link.terms import Term, Vocabulary
from mandate_graph.sssom import MappingSet, TermMapping

__all__ = ["Change", "changes", "linked_iris"]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """What became of a term that a row leads to."""

    name: str
    line: int
    subject: str
    object: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name}, line {self.line}: {self.subject} → {self.object}: {self.problem}"


def _rows(sets: Iterable[MappingSet], only: str) -> Iterator[tuple[MappingSet, TermMapping, str]]:
    for each in sets:
        for row in each.mappings:
            if row.asserted and only in {"", each.target}:
                yield each, row, each.expand(row.object)


def linked_iris(sets: Iterable[MappingSet], only: str = "") -> set[str]:
    """The terms that published rows lead to; with ``only`` those of one target."""
    return {iri for _, _, iri in _rows(sets, only)}


def changes(sets: Sequence[MappingSet], vocabulary: Vocabulary, only: str = "") -> tuple[list[Change], int]:
    """What changed, in the order of the files, and how many links were held against the vocabulary.

    A vocabulary that has none of the terms of a set is taken for another one, and the set is passed over, unless
    ``only`` names it. A label counts as changed when no label of the term, in whatever language, is the one that stands
    in the row, but for case, accents and punctuation.
    """
    present = {each.name for each, _, iri in _rows(sets, only) if iri in vocabulary.terms}
    found, held = [], 0
    for each, row, iri in _rows(sets, only):
        if each.name in present or only:
            held += 1
            if problem := _problem(row, vocabulary.terms.get(iri), vocabulary):
                found.append(Change(each.name, row.line, row.subject, row.object, problem))
    return found, held


def _problem(row: TermMapping, term: Term | None, vocabulary: Vocabulary) -> str:
    if term is None:
        return "the term is gone"
    if term.deprecated:
        instead = [f"{iri} {' '.join(vocabulary.names.get(iri, ())[:1])}".strip() for iri in term.replaced]
        return "the term is deprecated" + (f"; instead of it there is {', '.join(instead)}" if instead else "")
    label = row["object_label"]
    if label and term.labels and text_key(label) not in {text_key(each.text) for each in term.labels}:
        return f"the label was {label!r} and is {term.label!r} now"
    return ""
