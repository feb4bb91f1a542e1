"""The options of ``mandate-graph build``; nothing but argparse is imported here."""

from __future__ import annotations

import argparse

__all__ = ["DESCRIPTION", "EPILOG", "add_options"]

_MOST = 1_024

DESCRIPTION = "Read pages, link what they name, check every promise, and swap the new graph in for the old one."
EPILOG = """\
A page that cannot be read is named and left out; its neighbours are built, and the exit code is 1.
A graph that breaks a promise is not put in place: the previous build stays as it was.
Pages that did not change since the build in DIR are not read again; the bytes are the same.
The build is the same, byte for byte, for any number of workers and on a cluster (docs/scaling.md)."""


def add_options(verb: argparse.ArgumentParser) -> None:
    """Declare the options."""
    verb.add_argument(
        "paths", metavar="PATH", nargs="*", help="a page or a folder of pages (default: the house's own sources)"
    )
    verb.add_argument("--out", metavar="DIR", default="build", help="where the build goes (default: build)")
    verb.add_argument("--house", metavar="DIR", help="a folder with sources/house.toml (default: the one you stand in)")
    verb.add_argument("--no-turtle", dest="turtle", action="store_false", help="leave out mandates.ttl")
    verb.add_argument("--no-jsonld", dest="jsonld", action="store_false", help="leave out mandates.jsonld")
    verb.add_argument("--no-store", dest="store", action="store_false", help="leave out the on-disk store")
    verb.add_argument(
        "--no-register", dest="register", action="store_false", help="keep nothing that makes the next build quicker"
    )
    verb.add_argument("--fresh", action="store_true", help="read all pages, also those that did not change")
    where = verb.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", metavar="N", type=_workers, help="processes that work at once (default: one a processor)"
    )
    where.add_argument(
        "--cluster",
        metavar="ADDRESS",
        type=_address,
        help="have the workers of a Dask scheduler do the work (tcp://HOST:PORT); all share the folders of the build",
    )


def _workers(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST}")
    return int(text)


def _address(text: str) -> str:
    from mandate_graph.cluster import cluster_address
    from mandate_graph.errors import BadEndpoint

    try:
        return cluster_address(text)
    except BadEndpoint as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error.problem}") from None
