"""The options of ``mandate-graph serve``; nothing but argparse is imported here."""

from __future__ import annotations

import argparse

from mandate_graph.cli.reconcile_options import address

__all__ = ["DESCRIPTION", "EPILOG", "add_options"]

DESCRIPTION = "Serve a build: its site, SPARQL, every thing in every format, search and reconciliation. Read-only."
EPILOG = """\
examples:
  mandate-graph serve
  mandate-graph serve --from /srv/build --bind 127.0.0.1:8080 --site-url https://example.org/mandates/
  mandate-graph serve --config serve.toml --log /var/log/mandate-graph.jsonl
SPARQL is at /sparql, the Graph Store at /store, reconciliation at /reconcile, search at /search, health at /healthz.
A new build is taken up when it is in place; nothing has to be started again. docs/serving.md says what is defended,
which limits serve.toml may set, and how to run it with systemd and behind a proxy."""


def add_options(verb: argparse.ArgumentParser) -> None:
    """Declare the options."""
    verb.add_argument(
        "--bind",
        metavar="HOST:PORT",
        type=address,
        default=("127.0.0.1", 8000),
        help="where to listen (default: 127.0.0.1:8000; port 0 takes a free one)",
    )
    verb.add_argument(
        "--site-url",
        metavar="URL",
        default="",
        help="the address that people use, where a proxy stands before this (default: that of --bind)",
    )
    verb.add_argument("--config", metavar="FILE", help="limits, and servers that SERVICE may ask, as TOML")
    verb.add_argument(
        "--log", metavar="FILE", default="-", help="where the access log goes (default: standard error; none: no log)"
    )
    verb.add_argument(
        "--state",
        metavar="DIR",
        help="where downloads and pages about all are kept between starts (default: the user's cache)",
    )
    verb.add_argument("--house", metavar="DIR", help="title, licence and rights (default: the house that you stand in)")
