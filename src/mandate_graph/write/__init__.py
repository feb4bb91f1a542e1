"""The graph as text: sorted N-Quads in, one of ``FORMATS`` out, piece by piece.

All formats are written from the same sorted lines, so that they say the same, and equal graphs give equal bytes. What
is held in memory does not grow with the graph but for what each writer says: 16 bytes for each thing
that has others below it (Turtle, TriG, JSON-LD), 16 for each thing in each graph (TriG), 33 for each part
(JSON-LD). ``runs`` sorts lines that do not fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mandate_graph.engine import Quad
from mandate_graph.engine.rdfxml import rdfxml
from mandate_graph.write.jsonld import jsonld
from mandate_graph.write.lines import Source, blocks, object_of
from mandate_graph.write.nesting import NESTS
from mandate_graph.write.shorten import Style
from mandate_graph.write.turtle import trig, turtle

__all__ = ["FORMATS", "NESTS", "Source", "Style", "lines_of", "nquads", "stream", "write"]


def stream(source: Source, name: str, style: Style) -> Iterator[bytes]:
    """Write sorted N-Quads in one of ``FORMATS``; those without named graphs hold the union of all.

    Raises:
        NotInXml: while writing RDF/XML, when a text holds what XML cannot.
    """
    return FORMATS[name](source, style)


def write(quads: Iterable[Quad], name: str, style: Style) -> bytes:
    """Write a small graph in one of ``FORMATS``, whole; raises what ``stream`` raises."""
    return b"".join(stream(nquads(quads), name, style))


def lines_of(quads: Iterable[Quad]) -> Iterator[bytes]:
    """The N-Quads line of each quad, as it comes, with its newline."""
    return (f"{s} {p} {o} {g} .\n".encode() if g else f"{s} {p} {o} .\n".encode() for s, p, o, g in quads)


def nquads(quads: Iterable[Quad]) -> bytes:
    """Sorted N-Quads, one line each, no repetition: canonical, where there are no blank nodes."""
    return b"".join(sorted(set(lines_of(quads))))


def _nquads(source: Source, _style: Style) -> Iterator[bytes]:
    return (block.lines for block in blocks(source))


def _ntriples(source: Source, _style: Style) -> Iterator[bytes]:
    return (_triples(block.lines) for block in blocks(source))


def _triples(lines: bytes) -> bytes:
    kept: list[str] = []
    previous = ""
    for line in lines.decode()[:-1].split("\n"):
        subject, predicate, rest = line.split(" ", 2)
        triple = f"{subject} {predicate} {object_of(rest)} .\n"
        if triple != previous:
            kept.append(triple)
            previous = triple
    return "".join(kept).encode()


def _rdfxml(source: Source, style: Style) -> Iterator[bytes]:
    return rdfxml(_ntriples(source, style), style.terms.prefixes)


FORMATS: Mapping[str, Callable[[Source, Style], Iterator[bytes]]] = {
    "nquads": _nquads,
    "ntriples": _ntriples,
    "turtle": turtle,
    "trig": trig,
    "jsonld": jsonld,
    "rdfxml": _rdfxml,
}
"""Writers by the name of their format."""
