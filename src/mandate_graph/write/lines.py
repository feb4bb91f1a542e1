"""Sorted N-Quads read as blocks: all lines of a subject, from bytes or from a file, a few megabytes at a time.

Without blank nodes such lines are canonical, the lines of a subject stand together, and a triple that several graphs
hold stands on neighbouring lines.
"""

from __future__ import annotations

import mmap
import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self, TypeAlias

__all__ = [
    "Block",
    "Reader",
    "Source",
    "batched",
    "blocks",
    "blocks_in",
    "describes",
    "in_reading_order",
    "object_of",
    "predicates",
    "read_blocks",
]

_CHUNK = 1 << 20
_BATCH = 256 << 10
_BLOCK = re.compile(rb"(([^ \n]+ ).*\n(?:\2.*\n)*+)")
# Predicate and object. An IRI holds neither a space nor a quotation mark: the last one of a line ends the literal.
_PAIR = re.compile(rb'[^ ]+ ([^ ]+) (".*"[^ ]*|[^ ]+).*\n')
_PAIR_OF_TEXT = re.compile(_PAIR.pattern.decode())
Source: TypeAlias = bytes | Path
"""Sorted N-Quads: in memory, or a file that nobody writes to meanwhile (a build's is replaced, never changed)."""


class Block(NamedTuple):
    """All lines of a subject: the subject as a term, where its first line begins, and the lines."""

    subject: bytes
    start: int
    lines: bytes


class Reader:
    """Reads pieces of a source by their place."""

    def __init__(self, source: Source) -> None:
        self._data = source if isinstance(source, bytes) else None
        self._handle = -1 if isinstance(source, bytes) else os.open(source, os.O_RDONLY)

    def read(self, start: int, size: int) -> bytes:
        """As many bytes from there on, or those that there are."""
        if self._data is not None:
            return self._data[start : start + size]
        return os.pread(self._handle, size, start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)


def blocks(source: Source) -> Iterator[Block]:
    """The blocks, in the order of the lines."""
    with Reader(source) as reader:
        yield from _blocks(reader)


def blocks_in(data: bytes | mmap.mmap, start: int = 0) -> Iterator[Block]:
    """The blocks of lines that lie in memory, from the one on that begins there."""
    for found in _BLOCK.finditer(data, start):
        yield Block(found[2][:-1], found.start(), found[1])


def _blocks(reader: Reader) -> Iterator[Block]:
    for at, found in _pieces(reader):
        start = at
        for lines, subject in found:
            yield Block(subject[:-1], start, lines)
            start += len(lines)


def _pieces(reader: Reader) -> Iterator[tuple[int, list[tuple[bytes, bytes]]]]:
    """Where a piece begins, and its blocks: lines, subject with the space behind it."""
    held, at, position = b"", 0, 0
    while True:
        more = reader.read(position, _CHUNK)
        position += len(more)
        held += more
        # of a line without its end the expression would try every character as the beginning of another
        found = _BLOCK.findall(held, 0, held.rfind(b"\n") + 1 if more else len(held))
        if not more:
            yield at, found
            return
        if found:
            # The last block of what was read may go on in what comes next.
            found.pop()
            yield at, found
            size = sum([len(lines) for lines, _ in found])
            at += size
            held = held[size:]


def in_reading_order(source: Source, meet: Callable[[Block], None] | None = None) -> Iterator[Block]:
    """The blocks as a person reads them: a thing before what stands below it.

    In sorted lines ``<X/en>`` comes before ``<X>``, because "/" comes before ">". A first pass finds the things that
    come late (the subject before them begins as they do), a second one puts each before the first thing below it.
    ``meet`` is shown every block in the first pass.
    Memory: sixteen bytes for each late thing; a mandate is one.
    """
    with Reader(source) as reader:
        late = _survey(reader, meet)
        waiting = late.at(0)
        following, previous = 0, b""
        for at, found in _pieces(reader):
            start = at
            for lines, subject in found:
                open_key = subject[:-2]
                if not (previous.startswith(open_key) and open_key[:1] == b"<"):
                    while waiting and open_key.startswith(waiting.subject[:-1]):
                        yield waiting
                        following += 1
                        waiting = late.at(following)
                    yield Block(subject[:-1], start, lines)
                previous = open_key
                start += len(lines)


class _Late:
    """Where the things stand that come late, in the order of their keys: subjects without what closes them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._starts = array("Q")
        self._sizes = array("Q")
        self._last = b""

    def at(self, place: int) -> Block | None:
        """The one at a place; none behind the last."""
        if place == len(self._starts):
            return None
        lines = self._reader.read(self._starts[place], self._sizes[place])
        return Block(lines[: lines.index(b" ")], self._starts[place], lines)

    def add(self, key: bytes, start: int, size: int) -> None:
        """One more, in the order of the lines: it comes before those that stand below it, which are the last ones."""
        place = len(self._starts)
        if place and self._last.startswith(key):
            place = bisect_left(range(place), 1, key=lambda each: self._below(each, key))
        else:
            self._last = key
        self._starts.insert(place, start)
        self._sizes.insert(place, size)

    def _below(self, place: int, key: bytes) -> bool:
        block = self.at(place)
        return block is not None and block.subject.startswith(key)


def _survey(reader: Reader, meet: Callable[[Block], None] | None) -> _Late:
    """What comes late: the subject before it begins as it does."""
    late = _Late(reader)
    previous = b""
    for at, found in _pieces(reader):
        start = at
        for lines, subject in found:
            size = len(lines)
            if meet is not None:
                meet(Block(subject[:-1], start, lines))
            key = subject[:-2]
            if previous.startswith(key) and key[:1] == b"<":
                late.add(key, start, size)
            previous = subject
            start += size
    return late


def read_blocks(source: Source, places: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The bytes at places (start, end) of the source."""
    with Reader(source) as reader:
        for start, end in places:
            yield reader.read(start, end - start)


def describes(source: Path, iri: str) -> bool:
    """Whether sorted lines have some of that subject: a search by halves."""
    if not source.stat().st_size:
        return False
    wanted = f"<{iri}> ".encode()
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        low, high = 0, len(data)
        while low < high:
            middle = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = data.find(b"\n", middle) + 1
            if data[middle : middle + len(wanted)] < wanted:
                low = end
            else:
                high = middle
        return data[low : low + len(wanted)] == wanted


def object_of(rest: str) -> str:
    """The object in what follows subject and predicate on a line, with or without a graph."""
    # An IRI holds neither a space nor a quotation mark, so that a graph name is told from the end of a literal.
    end = rest.rfind(" <")
    return rest[:end] if end > 0 and rest.find('"', end) < 0 else rest[:-2]


def predicates(block: bytes) -> dict[str, list[str]]:
    """The predicates of a block's lines, in order, with their objects in order, each once."""
    found: dict[str, list[str]] = {}
    last = ""
    objects: list[str] = []
    for predicate, term in _PAIR_OF_TEXT.findall(block.decode()):
        if predicate != last:
            found[predicate] = objects = [term]
            last = predicate
        elif objects[-1] != term:
            objects.append(term)
    return found


def pairs(block: bytes) -> list[tuple[bytes, bytes]]:
    """Predicate and object of each line of a block."""
    found: list[tuple[bytes, bytes]] = _PAIR.findall(block)
    return found


def batched(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Parts put together to pieces of some hundred kilobytes."""
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _BATCH:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
