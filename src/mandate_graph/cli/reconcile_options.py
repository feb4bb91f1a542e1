"""The options of ``mandate-graph reconcile``; nothing but argparse is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable

__all__ = ["DESCRIPTION", "EPILOG", "add_options", "address"]

DESCRIPTION = "Match your names against the things of a build, or serve the Reconciliation API 0.2 for OpenRefine."
EPILOG = """\
examples:
  mandate-graph reconcile 'ILO Declaration 1998' 'cumbre de quebec'
  mandate-graph reconcile --type body --file organizations.txt --format csv
  mandate-graph reconcile --file sheet.csv --column Treaty --given year=Signed --format csv > matched.csv
  mandate-graph reconcile --bind 127.0.0.1:8000
A name that is certain says 'yes': the only thing of that very, published name. All others are for a person to
judge. In a CSV file --given takes values from a column; the columns of the file stand first in what is written.
docs/reconciliation.md says how scores are made."""


def add_options(verb: argparse.ArgumentParser, count: Callable[[str], int]) -> None:
    """Declare the options; ``count`` reads a number from 1 to 1000."""
    verb.add_argument("names", metavar="NAME", nargs="*", help="a name, or - for names on standard input, one a line")
    verb.add_argument("--file", metavar="FILE", help="a text file with a name a line, or a CSV file (with --column)")
    verb.add_argument(
        "--column", metavar="NAME", default="", help="the file is CSV, and the names stand in this column"
    )
    verb.add_argument(
        "--type", metavar="TYPE", dest="kind", default="", help="instrument, body, country, place, theme, …"
    )
    verb.add_argument(
        "--given",
        metavar="PROPERTY=VALUE",
        action="append",
        default=[],
        help="what else is known, such as year=2001 or country=co; with --column the value is a column",
    )
    verb.add_argument("--most", metavar="N", type=count, help="candidates of a name (default: 3; csv: 1)")
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table")
    verb.add_argument("--bind", metavar="HOST:PORT", type=address, help="serve the API there until you press Ctrl-C")
    verb.add_argument("--house", metavar="DIR", help="take the words of this house (default: the one you stand in)")


def address(text: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdecimal() and int(port) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address like 127.0.0.1:8000")
    return host.strip("[]"), int(port)
