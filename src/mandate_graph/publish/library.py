"""Pages of the named queries: what each asks, its text, and what this graph answers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote

from mandate_graph.dataset import Graph
from mandate_graph.house import query_files
from mandate_graph.publish.rows import cell
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press
from mandate_graph.sparql import NamedQuery, federated_queries, named_queries

__all__ = ["query_list", "query_pages"]

_MOST = 100


def query_list() -> list[tuple[str, list[NamedQuery]]]:
    """The library by who asks, in the order of the competency questions; who asks is empty where nobody is named."""
    every = [*named_queries(query_files()).values(), *federated_queries(query_files()).values()]
    every.sort(key=lambda query: (query.audience, int(query.question or 999), query.name))
    return [(audience, list(group)) for audience, group in groupby(every, lambda query: query.audience)]


def query_pages(press: Press, graph: Graph) -> Iterator[File]:
    """A page a query in every language; those that ask another server are not run."""
    for _, group in query_list():
        for query in group:
            answer = {} if query.asks else _answer(press, graph, query)
            values = {"query": query, "text": quote(query.text, safe=""), "command": _command(query), **answer}
            for language in press.site.languages:
                yield press.page(f"queries/{query.name}", "query.html", language, values)


def _answer(press: Press, graph: Graph, query: NamedQuery) -> dict[str, Any]:
    result = graph.run(query, _example(query))
    rows = [[cell(term) for term in terms] for terms in result.terms[:_MOST]]
    press.names.fetch({each for row in rows for each in row if each.is_iri})
    return {"names": result.names, "answer": rows, "total": len(result)}


def _example(query: NamedQuery) -> dict[str, str]:
    """The parameters of a header's example: ``theme=migration language=en``."""
    return dict(part.split("=", 1) for part in shlex.split(query.example))


def _command(query: NamedQuery) -> str:
    """The command line that gives the same."""
    return " ".join(["mandate-graph query", query.name, *map(shlex.quote, shlex.split(query.example))])
