"""Examples that exist: the queries of the library with parameters that name something here, and one of everything."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from typing import NamedTuple

from mandate_graph import sparql
from mandate_graph.dataset import Graph
from mandate_graph.engine import unquote
from mandate_graph.errors import BadParameter
from mandate_graph.house import query_files
from mandate_graph.lookup import naming_of
from mandate_graph.lookup.catalogue import catalogue

__all__ = ["Example", "Known", "examples", "known"]


class Example(NamedTuple):
    """A query that can be sent as it is."""

    name: str
    title: str
    text: str


class Known(NamedTuple):
    """One of everything that a request may name, in this graph; empty where the graph has none.

    ``thing`` is an IRI, ``label`` and ``key`` are its own, ``graph`` is the name of a graph; ``kinds`` are all kinds of
    things that can be found.
    """

    thing: str
    label: str
    key: str
    graph: str
    kinds: tuple[str, ...]


def examples(graph: Graph, services: Collection[str] = ()) -> list[Example]:
    """The named queries with the parameters of their examples, or without, where these name nothing in the graph.

    Those that ask other servers are among them where all of these may be asked (``services``).
    """
    folder = query_files()
    library = {**sparql.named_queries(folder), **sparql.federated_queries(folder)}
    answers = graph.engine(named_graphs=True)
    found = []
    for name, query in library.items():
        if set(query.asks) <= set(services):
            given = dict(part.split("=", 1) for part in shlex.split(query.example))
            try:
                bindings = sparql.bind(answers, query, graph.base, given)
            except BadParameter:
                bindings = {}
            found.append(Example(name, query.title or name, query.bound(bindings)))
    return found


def known(graph: Graph) -> Known:
    """Look for one of everything; the first in the order of IRIs."""
    answers = graph.engine(named_graphs=True)
    naming = naming_of(graph.base)
    entries = catalogue(answers, naming)
    thing = min(
        (entry for entry in entries if entry.key.startswith(f"{entry.kind}/")),
        # names of bodies are what tables hold; every graph has something else
        key=lambda entry: (entry.kind != "body", entry.thing),
        default=None,
    )
    graphs = answers.table("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g LIMIT 1", "a named graph")[1]
    return Known(
        thing.thing if thing else "",
        thing.label if thing else "",
        thing.key if thing else "",
        unquote(graphs[0][0])[1] if graphs else "",
        tuple(sorted({entry.kind for entry in entries} | {"mandate"})),
    )
