"""Files of records in order, with some records less and some more: what stays is copied, and never looked at.

Turtle and JSON-LD are such files, a record a thing in reading order; so are the promises, a line a mandate.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["Form", "mended"]

_PIECE = 8 << 20


class Form(NamedTuple):
    """How records stand in a file.

    Each follows on ``before``, whose last ``own`` bytes belong to the record; the last one ends at ``after``.
    ``key`` gives the key of the record at a place: the order of keys is that of the records. Where ``moves`` is false,
    the first record of the file cannot be another one.
    """

    before: bytes
    own: int
    after: bytes
    key: Callable[[mmap.mmap, int], bytes]
    moves: bool


def mended(path: Path, form: Form, records: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """The file with other records: ``records`` are those that changed by their keys, nothing for those that are gone.

    Raises:
        ValueError: when the first record would be another one, and cannot be.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        work = _Records(data, form)
        done = 0
        for start, end, key in [(*work.span(key), key) for key in sorted(records)]:
            yield from _copied(data, done, start)
            yield records[key]
            done = end
        yield from _copied(data, done, len(data))


def _copied(data: mmap.mmap, start: int, end: int) -> Iterator[bytes]:
    for place in range(start, end, _PIECE):
        yield data[place : min(place + _PIECE, end)]


class _Records:
    def __init__(self, data: mmap.mmap, form: Form) -> None:
        self._data = data
        self._form = form
        self._end = data.rfind(form.after) if form.after else len(data)
        self._first = self._next(0) if form.moves is False else 0

    def _next(self, start: int) -> int:
        """Where the first record begins from a place on; the end where there is none."""
        if start == 0 and self._form.moves:
            return 0
        before = self._form.before
        found = self._data.find(before, max(start - len(before), 0), self._end)
        return found + len(before) if found >= 0 else self._end

    def span(self, key: bytes) -> tuple[int, int]:
        """Where the record of a key begins and ends; where it would stand, twice, when it is not there."""
        low, high = self._first, self._end
        while low < high:
            middle = (low + high) // 2
            place = self._next(middle)
            if place < high and self._form.key(self._data, place) < key:
                low = place + 1
            else:
                high = middle
        place = self._next(low)
        if not self._form.moves and place <= self._first:
            raise ValueError(key.decode(errors="replace"))
        start = place - self._form.own if place < self._end else self._end
        if place >= self._end or self._form.key(self._data, place) != key:
            return start, start
        following = self._next(place + 1)
        return start, following - self._form.own if following < self._end else self._end
