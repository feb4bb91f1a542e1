"""gzip (RFC 1952) for what goes over the wire: which answers are worth it, and the compressing itself.

The same bytes are always compressed to the same bytes: no time and no name stands in them.
"""

from __future__ import annotations

import zlib

from mandate_graph.publish.hosting.policies import COMPRESSIBLE

__all__ = ["Compressor", "compressed", "worthwhile"]

# Mostly twice as fast as zlib's usual 6 on this graph's files, and the result at most a fifth larger.
_LEVEL = 3
_GZIP = 31
_LEAST = 1_000
"""Bytes below which an answer and its head go out in one packet either way."""

_WORTH = frozenset(media.partition(";")[0] for media in COMPRESSIBLE) | {
    "application/problem+json",
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "application/x-turtle",
    "text/xml",
}


def worthwhile(media: str, size: int | None) -> bool:
    """Whether an answer should be compressed for who takes it.

    Args:
        media: its media type, with or without parameters.
        size: its bytes; None where they are not known yet, as of a stream.
    """
    return (size is None or size >= _LEAST) and media.partition(";")[0].strip().lower() in _WORTH


def compressed(body: bytes) -> bytes:
    """A body, compressed whole."""
    return zlib.compress(body, _LEVEL, _GZIP)


class Compressor:
    """A body that comes in pieces: ``add`` each, then ``end``."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)

    def add(self, piece: bytes, *, now: bool = False) -> bytes:
        """What can be sent after a piece, often nothing; with ``now``, all that was added: a slow answer is seen."""
        ready = self._zlib.compress(piece)
        return ready + self._zlib.flush(zlib.Z_SYNC_FLUSH) if now else ready

    def end(self) -> bytes:
        """The rest; nothing can be added after it."""
        return self._zlib.flush()
