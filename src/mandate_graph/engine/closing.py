"""SPARQL results that can be ended anywhere: what a limit cuts off must leave a document that can be read.

The engine writes results piece by piece. What is passed on ends after a whole row, so that the closing of the format
can follow. SPARQL 1.1 Query Results JSON, XML, CSV and TSV, as the engine writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

__all__ = ["CLOSINGS", "Closing", "Limited", "Overflow"]

_PIECE = 1 << 16


class Overflow(OSError):
    """The limit was reached; raised into the engine, which then stops."""


class Closing(NamedTuple):
    """Where the last whole row of a piece ends (0: nowhere), and how a document that stops there is closed.

    ``end`` takes a sentence that says that and why it stops; a format without a place for it has none.
    """

    boundary: Callable[[bytes], int]
    end: Callable[[str], bytes]


def _json(piece: bytes) -> int:
    # Inside strings a quotation mark has a backslash before it, so that this stands between rows alone.
    return _after(piece, b',{"', 0) or _after(piece, b'"bindings":[', len(b'"bindings":['))


def _xml(piece: bytes) -> int:
    # In texts "<" is escaped.
    return _after(piece, b"</result>", len(b"</result>")) or _after(piece, b"<results>", len(b"<results>"))


def _after(piece: bytes, sign: bytes, more: int) -> int:
    found = piece.rfind(sign)
    return found + more if found >= 0 else 0


def _tsv(piece: bytes) -> int:
    # In terms line ends are escaped.
    return piece.rfind(b"\n") + 1


def _csv(piece: bytes) -> int:
    """A piece begins with a row; what stands between an even and an odd quotation mark is outside of quotes."""
    parts = piece.split(b'"')
    end = len(piece)
    for place in range(len(parts) - 1, -1, -1):
        start = end - len(parts[place])
        if place % 2 == 0 and (found := parts[place].rfind(b"\n")) >= 0:
            return start + found + 1
        end = start - 1
    return 0


def _quoted(note: str) -> bytes:
    return note.replace("\\", "").replace('"', "'").encode()


CLOSINGS: Mapping[str, Closing] = {
    "json": Closing(_json, lambda note: b']},"cut":"' + _quoted(note) + b'"}'),
    "xml": Closing(_xml, lambda note: b"</results><!-- " + _quoted(note).replace(b"--", b"-") + b" --></sparql>"),
    "csv": Closing(_csv, lambda _: b""),
    "tsv": Closing(_tsv, lambda _: b""),
}


class Limited:
    """A file to the engine's writer, which passes whole rows on, until there are ``most`` bytes."""

    def __init__(self, send: Callable[[bytes], None], closing: Closing, most: int) -> None:
        self._send = send
        self._closing = closing
        self._left = most
        self._held = bytearray()
        self._begun = self._over = False

    def write(self, piece: bytes) -> int:
        """Take what the engine writes.

        Raises:
            Overflow: when the limit is reached; what fits has been passed on, and ``close`` ends the document.
            ValueError: when not even the head of the document fits.
        """
        if self._over:  # the engine tries once more to write what it could not
            raise Overflow
        self._held += piece
        if len(self._held) > self._left:
            self._over = True
            self._pass_on(self._left)
            if not self._begun:
                raise ValueError("the head of its answer alone is larger than an answer may be")
            raise Overflow
        if len(self._held) >= _PIECE:
            self._pass_on(len(self._held))
        return len(piece)

    def _pass_on(self, most: int) -> None:
        """Whole rows out of so many bytes."""
        whole = self._closing.boundary(bytes(self._held[:most]))
        if whole:
            self._begun = True
            self._send(bytes(self._held[:whole]))
            self._left -= whole
            del self._held[:whole]

    def flush(self) -> None:
        """Nothing is to be done before the end."""

    def finish(self) -> None:
        """Pass on what is left of a document that is whole."""
        if self._held:
            self._send(bytes(self._held))

    def close(self, note: str) -> None:
        """End a document that was cut."""
        self._send(self._closing.end(note))
