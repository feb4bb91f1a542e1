"""Documents by their address, found in the sorted N-Quads of a build without reading all of them."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from mandate_graph.publish.documents import Document, document_of, documents
from mandate_graph.publish.site import Site
from mandate_graph.write.lines import Source, blocks_in

__all__ = ["Shelf"]


class Shelf:
    """What is said under each address of a site.

    Everything is opened when it is made: a process that may open no file any more can look things up. Lines of a thing
    are found by halving; what is told apart from its stem (percent-encoded, with a query) is few, and listed ahead.
    """

    def __init__(self, source: Source, site: Site) -> None:
        """Take sorted N-Quads: in memory, or a file that is replaced, never changed."""
        self._data = _opened(source) if isinstance(source, Path) else source
        self._site = site
        self._encoded = self._found_encoded()

    def document(self, stem: str) -> Document | None:
        """What stands under an address (a path, decoded, without ending); None where there is nothing.

        Equal to what ``documents`` gives for the stem: the last, where several addresses have it.
        """
        iri = self._site.base + stem
        try:
            plain = f"<{iri}>".encode()
        except UnicodeEncodeError:  # a lone surrogate: what a client sent was no text
            return None
        addresses = set(self._encoded.get(stem, ()))
        if self._site.stem(iri) == stem:
            addresses.add(plain)
        for address in sorted(addresses, reverse=True):
            if things := self._things(address):
                return document_of(self._site, things)
        return None

    def lines(self, subject: bytes, low: int = 0) -> bytes:
        """The lines of a subject (a term), none where nothing is said of it; they do not begin before ``low``."""
        block = next(blocks_in(self._data, self._place(subject + b" ", low)), None)
        return block.lines if block is not None and block.subject == subject else b""

    def stems(self) -> Iterator[str]:
        """The stems of all documents, in the order of ``documents``; reads everything."""
        return (document.stem for document in documents(blocks_in(self._data), self._site, []))

    def _things(self, address: bytes) -> list[tuple[str, bytes]]:
        """The parts of an address, then itself: "#" sorts before ">", and between them may stand what is below it."""
        found: list[tuple[str, bytes]] = []
        at = self._place(address[:-1] + b"#", 0)
        for block in blocks_in(self._data, at):
            if not block.subject.startswith(address[:-1] + b"#"):
                at = block.start
                break
            found.append((block.subject[1:-1].decode(), block.lines))
        if own := self.lines(address, at):
            found.append((address[1:-1].decode(), own))
        return found

    def _place(self, key: bytes, low: int) -> int:
        """Where the first line begins that does not sort before a key, from a beginning of a line on."""
        data, high = self._data, len(self._data)
        while low < high:
            middle = (low + high) // 2
            begin = max(data.rfind(b"\n", low, middle) + 1, low)
            if data[begin : begin + len(key)] < key:
                low = data.find(b"\n", middle) + 1
            else:
                high = begin
        return low

    def _found_encoded(self) -> dict[str, list[bytes]]:
        """By stem, the addresses that are not the base and the stem: "%" or "?" is in them."""
        data, ours = self._data, f"<{self._site.base}".encode()
        found: dict[str, dict[bytes, None]] = {}
        for sign in (b"%", b"?"):
            at = data.find(sign, 0)
            while at >= 0:
                begin = data.rfind(b"\n", 0, at) + 1
                subject = data[begin : data.find(b" ", begin)]
                address = subject.partition(b"#")[0].removesuffix(b">") + b">"
                if address.startswith(ours) and sign in address[len(ours) :]:
                    stem = self._site.stem(address[1:-1].decode())
                    if stem is not None:
                        found.setdefault(stem, {})[address] = None
                end = data.find(b"\n", at)
                at = data.find(sign, end) if end >= 0 else -1
        return {stem: list(addresses) for stem, addresses in found.items()}


def _opened(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as handle:
        # an empty file cannot be mapped
        return mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
