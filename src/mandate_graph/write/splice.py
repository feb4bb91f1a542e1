"""Sorted N-Quads with some lines less and some more: what stays is copied in large pieces, and never looked at.

Lines are canonical, as ``runs`` says. The figures of the new graph come from those of the old one, and from the lines
of the triples that changed.
"""

from __future__ import annotations

import hashlib
import mmap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from mandate_graph.write.runs import TYPING

__all__ = ["Difference", "Mended", "SortedLines", "put_spliced", "sorted_lines"]

_PIECE = 8 << 20


class SortedLines:
    """Sorted lines, searched by halves."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self.data = data

    def place(self, line: bytes, low: int = 0) -> int:
        """Where the first line begins that is not less, from a beginning of a line on."""
        data, step = self.data, 4096
        high = low
        while high < len(data):
            # the last line that begins before the end of the step
            middle = data.rfind(b"\n", low, min(high + step, len(data) - 1)) + 1 or low
            if self._line(middle) >= line:
                high = middle
                break
            low = data.find(b"\n", middle) + 1
            high, step = low, step * 4
            if not low:
                return len(data)
        while low < high:
            middle = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            if self._line(middle) < line:
                low = data.find(b"\n", middle) + 1
            else:
                high = middle
        return low

    def _line(self, start: int) -> bytes:
        end = self.data.find(b"\n", start)
        return self.data[start : end + 1 if end >= 0 else len(self.data)]

    def beginning(self, words: bytes, low: int = 0) -> Iterator[tuple[int, bytes]]:
        """Where the lines that begin with some words stand, and the lines."""
        place = self.place(words, low)
        while (line := self._line(place)).startswith(words) and line:
            yield place, line
            place += len(line)

    def has(self, words: bytes) -> bool:
        """Whether a line begins with some words."""
        return next(self.beginning(words), None) is not None


@contextmanager
def sorted_lines(path: Path) -> Iterator[SortedLines]:
    """The lines of a file."""
    if not path.stat().st_size:
        yield SortedLines(b"")
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield SortedLines(data)


class Difference(NamedTuple):
    """What a change does to figures: triples without regard of graphs, quads, typings by class, quads by graph."""

    triples: int
    quads: int
    classes: Mapping[str, int]
    graphs: Mapping[str, int]


class Mended(NamedTuple):
    """Lines that really go and come, and what that does to figures."""

    gone: frozenset[bytes]
    new: frozenset[bytes]
    difference: Difference

    @classmethod
    def of(cls, old: SortedLines, gone: Iterable[bytes], new: Iterable[bytes]) -> Mended:
        """Of lines that go and come; one that does both stays, and one that is there already does not come.

        Raises:
            ValueError: when a line that goes is not there.
        """
        going, coming = set(gone), set(new)
        going, coming = going - coming, coming - going
        triples, low = 0, 0
        classes, graphs = Counter[str](), Counter[str]()
        there: set[bytes] = set()
        for triple, several in groupby(sorted(going | coming), key=_triple):
            low = old.place(triple + b" ", low)
            before = {line for _, line in old.beginning(triple + b" ", low)}
            there |= before & coming
            lines = set(several)
            if not lines & going <= before:
                raise ValueError(min(lines & going - before).decode())
            change = bool((before - going) | (lines & coming)) - bool(before)
            triples += change
            if change and (name := _class(triple)):
                classes[name] += change
        coming -= there
        for sign, lines in ((-1, going), (1, coming)):
            for line in lines:
                graphs[line.rstrip(b" .\n").rpartition(b" ")[2].decode()] += sign
        difference = Difference(triples, len(coming) - len(going), classes, graphs)
        return cls(frozenset(going), frozenset(coming), difference)


def _triple(line: bytes) -> bytes:
    return line.rpartition(b" <")[0]


def _class(triple: bytes) -> str:
    """The class of the own vocabulary that a triple says its subject to be of."""
    rest = triple[triple.index(b" ") :]
    return rest.rpartition(b" ")[2].decode() if rest.startswith(TYPING) else ""


def put_spliced(old: SortedLines, gone: Iterable[bytes], new: Iterable[bytes], target: Path) -> str:
    """Write the old lines without those that are gone, and with the new ones, in order; the SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for piece in _pieces(old, {*gone}, {*new}):
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()


def _pieces(old: SortedLines, gone: set[bytes], new: set[bytes]) -> Iterator[bytes]:
    done = low = 0
    for line in sorted(gone | new):
        low = old.place(line, low)
        yield from _copied(old, done, low)
        done = low + len(line) if line in gone else low
        if line in new:
            yield line
    yield from _copied(old, done, len(old.data))


def _copied(old: SortedLines, start: int, end: int) -> Iterator[bytes]:
    for place in range(start, end, _PIECE):
        yield old.data[place : min(place + _PIECE, end)]
