"""What is said under one address: a thing, and the parts of it that only a fragment tells apart.

The sorted N-Quads are read as a stream. ``X#char=1,2`` stands before ``X/en``, and that before ``X``: what waits for
its address to be over is held, and it is few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mandate_graph.publish.site import Site
from mandate_graph.write.lines import Block

__all__ = ["Document", "document_of", "documents"]


class Document(NamedTuple):
    """An address, as the stem of its files, with the subjects that it describes and the lines about each."""

    stem: str
    things: tuple[tuple[str, bytes], ...]


def documents(blocks: Iterable[Block], site: Site, left_out: list[str]) -> Iterator[Document]:
    """The addresses of the site in their order (bytes); subjects whose address can be no file go to ``left_out``.

    Of several addresses with one stem (``a%2Fb`` and ``a/b``) each is given: files of the last replace those before.
    """
    waiting: dict[bytes, list[tuple[str, bytes]]] = {}
    ours = f"<{site.base}".encode()
    for block in blocks:
        if not block.subject.startswith(ours):
            continue
        # A fragment (#), and what stands below (/), sort before the end of an IRI (>).
        for over in sorted([each for each in waiting if each < block.subject]):
            yield document_of(site, waiting.pop(over))
        iri = block.subject[1:-1].decode()
        if site.stem(iri) is None:
            left_out.append(iri)
            continue
        address = block.subject.partition(b"#")[0].removesuffix(b">") + b">"
        waiting.setdefault(address, []).append((iri, block.lines))
    for _, things in sorted(waiting.items()):
        yield document_of(site, things)


def document_of(site: Site, things: list[tuple[str, bytes]]) -> Document:
    """Things of one address as a document; the one without a fragment comes first."""
    stem = site.stem(things[0][0]) or ""
    return Document(stem, tuple(sorted(things, key=lambda each: ("#" in each[0], each[0]))))
