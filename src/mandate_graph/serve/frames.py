"""How the processes of the server speak: frames over a Unix socket.

A frame is a letter, a length of four bytes (big endian), and that many bytes. ``J`` is a job, ``H`` the head of an
answer, ``B`` a piece of its body, ``E`` its end; all but ``B`` are JSON objects. An answer is one H, any number of B,
one E; one that ends before it has begun is a bare E.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["BODY", "END", "HEAD", "JOB", "Splitter", "Writer", "packed", "read_frames", "unpacked"]

JOB, HEAD, BODY, END = b"J", b"H", b"B", b"E"
_FRAME = struct.Struct(">cI")
_PIECE = 1 << 16


def packed(kind: bytes, payload: bytes) -> bytes:
    """One frame."""
    return _FRAME.pack(kind, len(payload)) + payload


_USUAL: dict[bytes, dict[str, Any]] = {
    json.dumps(each).encode(): each
    for each in ({"form": "select"}, {"form": "graph"}, {"form": "ask"}, {}, {"cut": False})
}


def unpacked(payload: bytes) -> dict[str, Any]:
    """A JSON object; not to be changed."""
    return _USUAL.get(payload) or json.loads(payload)


class Splitter:
    """Frames out of pieces as they come."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that are whole now."""
        self._held += piece
        start, held = 0, self._held
        while len(held) - start >= _FRAME.size:
            kind, size = _FRAME.unpack_from(held, start)
            end = start + _FRAME.size + size
            if len(held) < end:
                break
            yield kind, bytes(held[start + _FRAME.size : end])
            start = end
        del held[:start]


def read_frames(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Frames until the other side is gone."""
    splitter = Splitter()
    while piece := connection.recv(_PIECE):
        yield from splitter.feed(piece)


class Writer:
    """Writes an answer; small ones with one call to the system."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._held = bytearray()

    def head(self, head: dict[str, Any]) -> None:
        """The beginning."""
        self._held += packed(HEAD, json.dumps(head).encode())

    def body(self, piece: bytes) -> None:
        """A piece of the body."""
        self._held += packed(BODY, piece)
        if len(self._held) >= _PIECE:
            self.flush()

    def end(self, end: dict[str, Any]) -> None:
        """The end; the next frame belongs to another answer."""
        self._held += packed(END, json.dumps(end).encode())
        self.flush()

    def flush(self) -> None:
        """Send what is held."""
        self._send(bytes(self._held))
        self._held.clear()
