"""The options of ``mandate-graph publish``; nothing but argparse is imported here."""

from __future__ import annotations

import argparse

__all__ = ["DESCRIPTION", "EPILOG", "add_options"]

DESCRIPTION = "Write a build as a site: a page and data for every thing, search, pictures, SPARQL, downloads."
EPILOG = """\
examples:
  mandate-graph publish
  mandate-graph publish --out /srv/www/mandates --site-url https://example.org/mandates/
  python3 -m http.server --directory site
The folder works on any static host, also below a path, and is replaced whole. Server files for Apache and nginx lie
in it; docs/publishing.md says how they are used."""


def add_options(verb: argparse.ArgumentParser) -> None:
    """Declare the options."""
    verb.add_argument("--out", metavar="DIR", default="site", help="where the site goes (default: site)")
    verb.add_argument(
        "--site-url",
        metavar="URL",
        default="",
        help="the address where it will be served (default: the base of the identifiers)",
    )
    verb.add_argument("--house", metavar="DIR", help="title, licence and rights (default: the house that you stand in)")
