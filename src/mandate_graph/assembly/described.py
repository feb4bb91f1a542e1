"""The figures of a graph, and its description, which is a part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from mandate_graph.graph import Words, meta_lines
from mandate_graph.report import Graphed
from mandate_graph.sssom import Links
from mandate_graph.write.runs import Sorted

__all__ = ["Description", "Figures", "Written"]


class Figures(NamedTuple):
    """A graph without its description in figures: triples without regard of graphs, quads, typings, quads by graph."""

    triples: int
    quads: int
    classes: Mapping[str, int]
    graphs: Mapping[str, int]

    @classmethod
    def sum(cls, ranges: Iterable[Sorted]) -> Self:
        """The figures of ranges that have no triple in common."""
        triples, quads, classes, graphs = 0, 0, Counter[str](), Counter[str]()
        for each in ranges:
            triples += each.triples
            quads += each.quads
            classes.update(each.classes)
            graphs.update(each.graphs)
        return cls(triples, quads, classes, graphs)


class Description(NamedTuple):
    """The lines that describe the dataset; ``known`` are triples of them that other graphs have, too."""

    lines: tuple[bytes, ...]
    known: frozenset[bytes]

    @classmethod
    def of(cls, figures: Figures, words: Words, links: Links) -> Self:
        """Of a graph with these figures."""
        return cls(tuple(sorted(meta_lines(figures.triples, figures.classes, words, links))), frozenset())

    def beside(self, known: Iterable[bytes]) -> Self:
        """The same, knowing what other graphs have."""
        return self._replace(known=frozenset(known))

    @property
    def triples(self) -> set[bytes]:
        """Without their graph."""
        return {line.rpartition(b" <")[0] for line in self.lines}


class Written(NamedTuple):
    """What was written: the figures of the graph, its description, and the SHA-256 of the file, in hexadecimal."""

    figures: Figures
    description: Description
    sha256: str

    @property
    def graphed(self) -> Graphed:
        """The whole graph in figures."""
        figures, description, _ = self
        graphs = Counter(line.rpartition(b" <")[2][:-3].decode() for line in description.lines)
        return Graphed(
            figures.triples + len(description.triples - description.known),
            figures.quads + len(description.lines),
            Counter(figures.graphs) + Counter({f"<{name}": count for name, count in graphs.items()}),
        )
