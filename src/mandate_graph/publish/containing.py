"""Pages of the named graphs, and the whole content of each beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mandate_graph.publish.beside import data_files
from mandate_graph.publish.rows import cell
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press

__all__ = ["graph_list", "graph_pages"]

_GRAPHS = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_SHOWN = 100


def graph_list(press: Press) -> list[tuple[str, int]]:
    """The named graphs whose IRIs are ours, with how many triples each holds."""
    _, rows = press.answers.table(_GRAPHS, "graphs")
    found = [(cell(graph), int(cell(triples))) for graph, triples in rows]
    return [(graph, triples) for graph, triples in found if press.site.stem(graph)]


def graph_pages(press: Press) -> Iterator[File]:
    """A page a graph in every language, and its triples; one graph at a time is in memory."""
    for graph, triples in graph_list(press):
        stem = press.site.stem(graph) or ""
        _, rows = press.answers.table(f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", "a graph")
        things = sorted({cell(row[0]) for row in rows})
        press.names.fetch(things[:_SHOWN])
        values: dict[str, Any] = {
            "iri": graph,
            "sort": stem.split("/")[1] if "/" in stem else "",
            "key": stem.split("/")[-1],
            "triples": triples,
            "count": len(things),
            "things": things[:_SHOWN],
        }
        for language in press.site.languages:
            yield press.page(stem, "graph.html", language, values)
        yield from data_files(stem, {f"{s} {p} {o} .\n".encode() for s, p, o in rows}, press.style)
