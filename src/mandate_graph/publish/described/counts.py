"""The figures of a graph, counted in one pass over its sorted N-Quads.

What the graph says of itself (the named graph ``graph/meta``) is not counted in the figures of the dataset, but has its
own figure as a named graph. Memory: a few numbers for each class, property and named graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from mandate_graph.write.lines import Block, Source, blocks, object_of

__all__ = ["Counts", "count"]

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


class Counts(NamedTuple):
    """How much there is; terms are N-Triples IRIs.

    ``triples`` are those of the union; ``subjects`` are different ones, ``entities`` those of them below the base.
    ``links`` counts triples by named graph and predicate, in the graphs that hold links to other datasets.
    """

    triples: int
    subjects: int
    entities: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    subjects_of: Mapping[str, int]
    graphs: Mapping[str, int]
    links: Mapping[tuple[str, str], int]
    examples: Mapping[str, str]


def count(source: Source, base: str) -> Counts:
    """Count; ``examples`` is the first thing of each class in the order of the lines."""
    counter = _Counter(base)
    for block in blocks(source):
        counter.take(block)
    return Counts(
        sum(counter.properties.values()),
        counter.subjects,
        counter.entities,
        counter.classes,
        counter.properties,
        counter.subjects_of,
        counter.graphs,
        counter.links,
        counter.examples,
    )


class _Counter:
    def __init__(self, base: str) -> None:
        self._own = f"<{base}"
        self._meta = f"<{base}graph/meta>"
        self._linking = f"<{base}graph/links/"
        self.subjects = self.entities = 0
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()
        self.subjects_of: Counter[str] = Counter()
        self.graphs: Counter[str] = Counter()
        self.links: Counter[tuple[str, str]] = Counter()
        self.examples: dict[str, str] = {}

    def take(self, block: Block) -> None:
        """Count the lines of a subject; a triple that several graphs hold stands on neighbouring lines."""
        subject = block.subject.decode()
        last, previous = "", ""
        for line in block.lines.decode()[:-1].split("\n"):
            _, predicate, rest = line.split(" ", 2)
            term = object_of(rest)
            graph = rest[len(term) + 1 : -2]
            self.graphs[graph] += 1
            if graph == self._meta:
                continue
            if graph.startswith(self._linking):
                self.links[graph, predicate] += 1
            triple = f"{predicate} {term}"
            if triple == previous:
                continue
            previous = triple
            self.properties[predicate] += 1
            if predicate != last:
                last = predicate
                self.subjects_of[predicate] += 1
            if predicate == _TYPE:
                self.classes[term] += 1
                self.examples.setdefault(term, subject)
        if last:
            self.subjects += 1
            self.entities += subject.startswith(self._own)
