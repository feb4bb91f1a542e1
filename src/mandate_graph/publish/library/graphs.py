"""The named graphs: a page for each, and what it holds, streamed.

The sorted N-Quads are read once and parted into a file for each graph, from which every format is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mandate_graph import outputs, write
from mandate_graph.dataset import Graph
from mandate_graph.engine import unquote
from mandate_graph.publish.site import DATA, File
from mandate_graph.publish.things import Press
from mandate_graph.write.lines import blocks, object_of

__all__ = ["Part", "graph_files", "parts_of"]

_COUNTS = """SELECT ?graph (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?things) { GRAPH ?graph { ?s ?p ?o } }
GROUP BY ?graph ORDER BY ?graph"""
_KINDS = """SELECT ?type (COUNT(DISTINCT ?s) AS ?things) {{ GRAPH <{}> {{ ?s a ?type }} }}
GROUP BY ?type ORDER BY DESC(?things) ?type"""
_HELD = 1 << 24
"""Bytes of lines that wait to be written."""


class Part(NamedTuple):
    """A named graph: its IRI, the stem of its files, what sort it is of, and what in it is counted."""

    iri: str
    stem: str
    sort: str
    triples: int
    things: int

    @property
    def about(self) -> str:
        """What it is about: the key of a vocabulary, the digits of a capture."""
        return self.stem.rpartition("/")[2]


def parts_of(press: Press) -> list[Part]:
    """The graphs whose IRIs are addresses of the site."""
    found = []
    for graph, triples, things in press.answers.table(_COUNTS, "named graphs")[1]:
        iri = graph[1:-1]
        if stem := press.site.stem(iri):
            sort = stem.split("/")[1] if "/" in stem else stem
            found.append(Part(iri, stem, sort, int(unquote(triples)[1]), int(unquote(things)[1])))
    return found


def graph_files(press: Press, graph: Graph, listed: list[str]) -> Iterator[File]:
    """Pages and data of the graphs, and a page that lists them."""
    parts = parts_of(press)
    for language in press.site.languages:
        yield press.page("graph", "library/graphs.html", language, {"parts": parts})
    listed += ["graph", *(part.stem for part in parts)]
    with tempfile.TemporaryDirectory() as folder:
        files = _parted(outputs.find_build(graph.folder or Path()), Path(folder))
        for part in parts:
            kinds = [
                (kind[1:-1], int(unquote(things)[1]))
                for kind, things in press.answers.table(_KINDS.format(part.iri), "kinds in a graph")[1]
            ]
            press.names.fetch(kind for kind, _ in kinds)
            for language in press.site.languages:
                yield press.page(part.stem, "library/graph.html", language, {"part": part, "kinds": kinds})
            for ending, name in DATA.items():
                yield File(part.stem + ending, write.stream(files[part.iri], name, press.style))


def _parted(build: Path, folder: Path) -> dict[str, Path]:
    """The lines of each graph in a file of its own, in their order."""
    files: dict[str, Path] = {}
    held: dict[str, list[str]] = {}
    size = 0
    for block in blocks(build):
        for line in block.lines.decode()[:-1].split("\n"):
            rest = line.split(" ", 2)[2]
            held.setdefault(rest[len(object_of(rest)) + 2 : -3], []).append(f"{line}\n")
        size += len(block.lines)
        if size > _HELD:
            _append(files, held, folder)
            size = 0
    _append(files, held, folder)
    return files


def _append(files: dict[str, Path], held: dict[str, list[str]], folder: Path) -> None:
    for iri, lines in held.items():
        with files.setdefault(iri, folder / f"{len(files)}.nq").open("ab") as handle:
            handle.write("".join(lines).encode())
    held.clear()
