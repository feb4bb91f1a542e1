"""What has which address on the published site.

The site is a folder. A thing whose IRI is the base and a path has its files at that path, decoded, with an ending: a
page in each language of the interface, and its data in three formats. The part after ``#`` shares the files of the part
before it.
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

__all__ = ["DATA", "File", "Site", "relative"]

DATA = {".ttl": "turtle", ".jsonld": "jsonld", ".nt": "ntriples"}
"""Endings of the data beside a page, and the formats of ``write`` that they hold."""

_LONGEST = 240
"""Bytes of a name of a file, without its ending: most file systems take 255 with it."""
_SAFE = "/-._~!$&'()*+,;=:@"


class File(NamedTuple):
    """A file of the site: its path below the root (decoded, with slashes), and what it holds, piece by piece."""

    path: str
    pieces: Iterable[bytes]


class Site(NamedTuple):
    """Where the site is: the base of our IRIs, its own address (both end in a slash), the languages of its pages."""

    base: str
    url: str
    languages: tuple[str, ...]

    def stem(self, iri: str) -> str | None:
        """The path of a thing's files without their ending; None for what is not ours, or cannot be a path of files."""
        return _stem(iri[len(self.base) :].partition("#")[0]) if iri.startswith(self.base) else None

    def page(self, stem: str, language: str) -> str:
        """The path of a page; those in the first language have no code in their name."""
        return f"{stem}.html" if language == self.languages[0] else f"{stem}.{language}.html"

    def address(self, path: str) -> str:
        """The absolute address of a file."""
        return self.url + quote(path, safe=_SAFE)


def relative(page: str, path: str, fragment: str = "") -> str:
    """The reference (RFC 3986 §4.2) that leads from one file of the site to another, or to a place in it."""
    return _relative(posixpath.dirname(page), path) + (f"#{fragment}" if fragment else "")


@functools.lru_cache(maxsize=1 << 16)
def _relative(standing: str, path: str) -> str:
    folder, _, name = path.rpartition("/")
    # the folder and the name apart: a file may be called like a folder that the page stands in
    way = posixpath.relpath(folder or ".", standing or ".")
    found = quote(name if way == "." else f"{way}/{name}", safe=_SAFE)
    # a colon before the first slash would be read as a scheme
    return ("./" if ":" in found.split("/")[0] else "") + found


@functools.lru_cache(maxsize=1 << 16)
def _stem(path: str) -> str | None:
    stem = unquote(path.partition("?")[0])
    parts = stem.split("/")
    if any(part.strip(". ") == "" or len(part.encode()) > _LONGEST or "\0" in part for part in parts):
        return None
    return stem
