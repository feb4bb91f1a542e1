"""The verb that asks: the library of questions, their answers, and the text that is run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mandate_graph.errors import BadEndpoint, BadParameter, BadQuery, UsageError

if TYPE_CHECKING:
    from mandate_graph.dataset import Graph, Limits
    from mandate_graph.sparql import NamedQuery, Result

__all__ = ["query"]

_AUDIENCES = {
    "policy officer": "Policy officers",
    "researcher": "Researchers",
    "journalist": "Journalists",
    "engineer": "Engineers",
}


def query(options: argparse.Namespace) -> int:
    """List the queries, explain one, or run one."""
    from mandate_graph.house import query_files
    from mandate_graph.sparql import federated_queries, find_query, named_queries

    if options.name is None:
        if options.explain:
            raise UsageError("--explain wants the name of a query; 'mandate-graph query' lists them")
        _list(named_queries(query_files()))
        _list_federated(federated_queries(query_files()))
        return 0
    named = _read() if options.name == "-" else find_query(options.name, query_files())
    parameters = _parameters(named, options.parameters)
    return _explain(options, named, parameters) if options.explain else _answer(options, named, parameters)


def _read() -> NamedQuery:
    from mandate_graph.sparql import NamedQuery

    name = "from standard input"
    try:
        return NamedQuery.read(name, sys.stdin.buffer.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadQuery(name, f"not UTF-8 at byte {error.start}; a query is text") from None


def _list(library: Mapping[str, NamedQuery]) -> None:
    from mandate_graph.cli.console import say, show_fields

    say("Questions that can be asked (mandate-graph query NAME [name=value …]; --explain says more):")
    for audience, heading in _AUDIENCES.items():
        say(f"\n{heading}\n", "bold")
        theirs = [(name, named) for name, named in library.items() if named.audience == audience]
        theirs.sort(key=lambda pair: (int(pair[1].question or 0), pair[0]))
        show_fields([(name, _lines(named)) for name, named in theirs])


def _list_federated(library: Mapping[str, NamedQuery]) -> None:
    from mandate_graph.cli.console import say, show_fields

    say("\nThese ask another server, too (service=URL names another one; docs/federation.md)\n", "bold")
    show_fields([(name, [*_lines(named), f"asks: {_asks(named)}"]) for name, named in library.items()])


def _asks(named: NamedQuery) -> str:
    addresses = ", ".join(named.asks)
    return f"{named.service} ({addresses})" if named.service else addresses


def _lines(named: NamedQuery) -> list[str]:
    number = f"{named.question}. " if named.question else ""
    unanswered = [f"not answered here: {named.unanswered}"] if named.unanswered else []
    return [f"{number}{named.title}", named.purpose, *(f"{p.name}: {p.purpose}" for p in named.parameters), *unanswered]


def _parameters(named: NamedQuery, arguments: Sequence[str]) -> dict[str, str]:
    parameters = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals:
            expected = [p.name for p in named.parameters]
            raise BadParameter(named.name, f"{argument!r} is not of the form name=value", expected)
        parameters[name] = value
    return parameters


def _explain(options: argparse.Namespace, named: NamedQuery, parameters: Mapping[str, str]) -> int:
    """Print what a query is for, then the text that is run; without parameters no build is needed."""
    from mandate_graph.cli.console import say, show_fields
    from mandate_graph.dataset import Graph
    from mandate_graph.sparql import explained

    if parameters:
        graph = Graph(_where(options))
        text = explained(graph.answers(named.text), named, graph.base, parameters)
    else:
        text = named.text
    example = f"mandate-graph query {named.name} {named.example}" if named.example else ""
    fields = [
        ("title", [named.title]),
        ("question", [named.question]),
        ("purpose", [named.purpose]),
        ("parameters", [f"{p.name} ({p.kind}): {p.purpose}" for p in named.parameters]),
        ("asks", [_asks(named)]),
        ("example", [example]),
        ("not answered here", [named.unanswered]),
    ]
    show_fields([(name, lines) for name, lines in fields if any(lines)])
    say()
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def _where(options: argparse.Namespace) -> str:
    """The folder of a build, or the address of an endpoint."""
    if options.endpoint is None:
        return str(options.source)
    if not options.endpoint.startswith(("http://", "https://")):
        raise BadEndpoint(options.endpoint, "the address of an endpoint begins with http:// or https://")
    return str(options.endpoint)


def _answer(options: argparse.Namespace, named: NamedQuery, parameters: Mapping[str, str]) -> int:
    from mandate_graph.cli.console import Watch
    from mandate_graph.dataset import Graph, Limits

    limits = Limits(options.timeout or (86_400 if options.endpoint or named.asks else None), options.limit)
    with Watch("loading and asking"):
        graph = Graph(_where(options))
        result = graph.run(named, parameters, limits)
    _show(options, result, graph, limits)
    silence = named.unanswered or named.none
    if silence and not len(result):
        sys.stderr.write(f"mandate-graph: no rows: {silence}\n")
    if result.cut:
        what = "triples" if result.form == "graph" else "rows"
        sys.stderr.write(f"mandate-graph: cut after {len(result):,} {what}; there are more (--limit)\n")
    return 0


def _show(options: argparse.Namespace, result: Result, graph: Graph, limits: Limits) -> None:
    from mandate_graph.cli.console import show_table
    from mandate_graph.lookup.labels import labels_of, unlabelled
    from mandate_graph.sparql import serialize

    chosen = options.format or ("turtle" if result.form == "graph" else "table")
    if chosen == "table":
        show_table(result, graph.base, labels_of(graph.answers("", limits._replace(rows=None)), unlabelled(result)))
        return
    sys.stdout.buffer.write(serialize(result, chosen, graph.style()))
    sys.stdout.buffer.flush()
