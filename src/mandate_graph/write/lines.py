"""Sorted N-Quads read as blocks: all lines of a subject, from bytes or from a file, a few megabytes at a time.

Without blank nodes such lines are canonical, the lines of a subject stand together, and a triple that several graphs
hold stands on neighbouring lines.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self, TypeAlias

__all__ = [
    "Block",
    "Reader",
    "Source",
    "batched",
    "blocks",
    "in_reading_order",
    "object_of",
    "predicates",
    "read_blocks",
]

_CHUNK = 4 << 20
_BATCH = 256 << 10
_BLOCK = re.compile(rb"(<[^>\n]*> |_:[^ \n]+ )[^\n]*\n(?:\1[^\n]*\n)*+")
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


def _blocks(reader: Reader) -> Iterator[Block]:
    held, at, position = b"", 0, 0
    while True:
        more = reader.read(position, _CHUNK)
        position += len(more)
        held += more
        last = None
        for found in _BLOCK.finditer(held):
            if last is not None:
                yield Block(last[1][:-1], at + last.start(), last[0])
            last = found
        # The last block of what was read may go on in what comes next.
        if not more:
            if last is not None:
                yield Block(last[1][:-1], at + last.start(), last[0])
            return
        if last is not None:
            at += last.start()
            held = held[last.start() :]


def _pass_by(_block: Block) -> None:
    """Look at nothing."""


def in_reading_order(source: Source, meet: Callable[[Block], None] = _pass_by) -> Iterator[Block]:
    """The blocks as a person reads them: a thing before what stands below it.

    In sorted lines ``<X/en>`` comes before ``<X>``, because "/" comes before ">". A first pass finds the things that
    come late (the subject before them begins as they do), a second one puts each before the first thing below it.
    ``meet`` is shown every block in the first pass.
    Memory: some 200 bytes for each late thing; a mandate is one.
    """
    with Reader(source) as reader:
        late = sorted(_late(reader, meet))
        following, previous = 0, b""
        for block in _blocks(reader):
            open_key = block.subject[:-1]
            if previous.startswith(open_key) and open_key[:1] == b"<":
                previous = block.subject
                continue
            while following < len(late) and open_key.startswith(late[following][0]):
                key, start, size = late[following]
                yield Block(key + b">", start, reader.read(start, size))
                following += 1
            previous = block.subject
            yield block


def _late(reader: Reader, meet: Callable[[Block], None]) -> Iterator[tuple[bytes, int, int]]:
    previous = b""
    for block in _blocks(reader):
        if meet is not _pass_by:
            meet(block)
        key = block.subject[:-1]
        if previous.startswith(key) and key[:1] == b"<":
            yield key, block.start, len(block.lines)
        previous = block.subject


def read_blocks(source: Source, places: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The bytes at places (start, end) of the source."""
    with Reader(source) as reader:
        for start, end in places:
            yield reader.read(start, end - start)


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
    for predicate, term in pairs(block):
        if predicate != last:
            found[predicate] = objects = [term]
            last = predicate
        elif objects[-1] != term:
            objects.append(term)
    return found


def pairs(block: bytes) -> Sequence[Sequence[str]]:
    """Predicate and object of each line of a block."""
    text = block.decode()
    lines = text[:-1].split("\n")
    # Most blocks stand in one graph: what surrounds predicate and object is then as long on every line.
    start = text.index(" ") + 1
    graph = lines[0].rfind(" <")
    ending = lines[0][graph:]
    if '"' not in ending and graph > text.index(" ", start):
        stop = -len(ending)
        found = [line[start:stop].split(" ", 1) for line in lines if line.endswith(ending)]
        if len(found) == len(lines):
            return found
    rests = (line.split(" ", 2)[1:] for line in lines)
    return [(predicate, object_of(rest)) for predicate, rest in rests]


def batched(parts: Iterable[str]) -> Iterator[bytes]:
    """Texts as UTF-8, put together to pieces of some hundred kilobytes."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _BATCH:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()
