"""What is said under one address: a thing, and the parts of it that only a fragment tells apart.

The sorted N-Quads are read as a stream. ``X#char=1,2`` stands before ``X/en``, and that before ``X``: what waits for
its address to be over is held, and it is few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mandate_graph.publish.site import Site
from mandate_graph.write.lines import Block

__all__ = ["Document", "documents"]


class Document(NamedTuple):
    """An address, as the stem of its files, with the subjects that it describes and the lines about each."""

    stem: str
    things: tuple[tuple[str, bytes], ...]


def documents(blocks: Iterable[Block], site: Site, left_out: list[str]) -> Iterator[Document]:
    """The addresses of the site in the order of the lines; subjects whose address can be no file go to ``left_out``."""
    waiting: dict[bytes, list[tuple[str, bytes]]] = {}
    ours = f"<{site.base}".encode()
    for block in blocks:
        if not block.subject.startswith(ours):
            continue
        # A fragment (#), and what stands below (/), sort before the end of an IRI (>).
        for over in [each for each in waiting if each < block.subject]:
            yield _document(site, waiting.pop(over))
        iri = block.subject[1:-1].decode()
        if site.stem(iri) is None:
            left_out.append(iri)
            continue
        address = block.subject.partition(b"#")[0].removesuffix(b">") + b">"
        waiting.setdefault(address, []).append((iri, block.lines))
    for things in waiting.values():
        yield _document(site, things)


def _document(site: Site, things: list[tuple[str, bytes]]) -> Document:
    """The thing without a fragment comes first."""
    stem = site.stem(things[0][0]) or ""
    return Document(stem, tuple(sorted(things, key=lambda each: ("#" in each[0], each[0]))))
