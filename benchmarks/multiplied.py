"""A build made as large as one asks for: copies of its mandates with what is said of them, beside tables of one size.

It costs seconds where a corpus of pages of that size is read and linked for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["multiply"]

# What belongs to a page and its mandates; everything else is of the tables.
_OWN = re.compile(rb"(<[^<> ]*/id/(?:mandate|mention|selection|capture|occurrence|claim|footnote|page)/[^<>\" ]*)>")
_MANDATE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/mandate-graph/ns#Mandate>"


def multiply(nquads: bytes, mandates: int) -> bytes:
    """Sorted N-Quads with so many mandates or a few more."""
    lines = nquads.splitlines()
    own = [line for line in lines if _OWN.search(line)]
    once = sum(_MANDATE in line for line in lines)
    kept = [line for line in lines if not _OWN.search(line)]
    copies = (copy for number in range(-(-mandates // once)) for copy in _copies(own, number))
    return b"\n".join(sorted({*kept, *copies})) + b"\n"


def _copies(own: list[bytes], number: int) -> Iterator[bytes]:
    name = rb"\1-%d>" % number
    return (_OWN.sub(name, line) for line in own)


def write_multiplied(source: Path, target: Path, mandates: int) -> int:
    """Write such a graph; how many quads it has."""
    data = multiply(source.read_bytes(), mandates)
    target.write_bytes(data)
    return data.count(b"\n")
