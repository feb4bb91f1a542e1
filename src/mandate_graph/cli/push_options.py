"""The options of ``mandate-graph push``; nothing but argparse is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable

__all__ = ["DESCRIPTION", "EPILOG", "add_options"]

DESCRIPTION = "Load a build into a SPARQL 1.1 server, graph by graph, and count what is there afterwards."
EPILOG = """\
examples:
  mandate-graph push http://localhost:7878/query
  mandate-graph push http://localhost:7878/query --connections 4
  mandate-graph push http://one:7878/query http://two:7878/query
  MANDATE_GRAPH_USER=dba MANDATE_GRAPH_PASSWORD=… mandate-graph push http://localhost:8890/sparql
Only the graphs of the dataset are replaced or removed. A push that was stopped can be run again.
Of several servers each gets everything, one after another: the others answer meanwhile.
MANDATE_GRAPH_USER and MANDATE_GRAPH_PASSWORD, or MANDATE_GRAPH_TOKEN, say who you are; never the address.
The other addresses of a server are told from the one (docs/endpoints.md); options say otherwise."""

_MOST = 64


def add_options(verb: argparse.ArgumentParser, seconds: Callable[[str], float]) -> None:
    """Declare the options; ``seconds`` reads a time."""
    verb.add_argument(
        "urls",
        metavar="URL",
        nargs="+",
        help="an address of the server: of its queries, its updates or its graph store",
    )
    verb.add_argument("--store", metavar="URL", help="the address of its graph store (Graph Store Protocol)")
    verb.add_argument("--update", metavar="URL", help="the address of its updates; without --store all goes by updates")
    verb.add_argument("--query", metavar="URL", help="the address of its queries")
    verb.add_argument(
        "--connections", metavar="N", type=_connections, default=1, help="send N parts at once (default: 1)"
    )
    verb.add_argument(
        "--timeout", metavar="S", type=seconds, default=60.0, help="seconds for each request (default: 60)"
    )


def _connections(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of connections from 1 to {_MOST}")
    return int(text)
