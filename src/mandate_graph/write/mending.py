"""Turtle and JSON-LD of a graph of which an earlier form was written: only things that changed are written again.

The bytes are those of the whole written anew. Both are in reading order (``lines.in_reading_order``), which is the
order of the IRIs themselves.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mandate_graph.write.jsonld import writer as jsonld_writer
from mandate_graph.write.lines import predicates
from mandate_graph.write.nesting import typed
from mandate_graph.write.records import Form, mended
from mandate_graph.write.shorten import Style
from mandate_graph.write.splice import SortedLines
from mandate_graph.write.turtle import writer as turtle_writer

__all__ = ["Referrers", "Side", "mended_jsonld", "mended_turtle"]

Referrers = Callable[[str], Iterable[tuple[str, str]]]
"""What is said of a thing by others: subjects and predicates of the statements that it is the object of."""

_DEEPEST = 8
_ID = b'{"id": "'


class Side(NamedTuple):
    """A graph before or after a change: its lines, and who refers to whom in it."""

    lines: SortedLines
    referrers: Referrers

    def block(self, subject: bytes) -> bytes:
        """The lines of a subject."""
        return b"".join(line for _, line in self.lines.beginning(subject + b" "))


def mended_turtle(path: Path, changed: Iterable[bytes], after: SortedLines, style: Style) -> Iterator[bytes]:
    """The Turtle at a path, brought up to date; ``changed`` are the subjects of all lines that are gone or new.

    Raises:
        ValueError: when it has to be written anew.
    """
    write = turtle_writer(style)
    records = {}
    for subject in changed:
        lines = b"".join(line for _, line in after.beginning(subject + b" "))
        records[subject[:-1]] = write(subject, lines) if lines else b""
    namespaces = {prefix.encode(): name.encode() for prefix, name in style.terms.prefixes.items()}

    def key(data: mmap.mmap, place: int) -> bytes:
        name = data[place : data.find(b" ", place)]
        if name.startswith(b"<"):
            return _key(name[1:-1], style)
        prefix, _, local = name.partition(b":")
        return b"<" + namespaces[prefix] + local

    yield from mended(path, Form(b"\n\n", 1, b"", key, moves=False), records)


def mended_jsonld(path: Path, changed: Iterable[bytes], before: Side, after: Side, style: Style) -> Iterator[bytes]:
    """The JSON-LD at a path, brought up to date; ``changed`` are lines that are gone or new.

    Raises:
        ValueError: when it has to be written anew.
    """
    old, new = (_Nesting(side, style.terms.prefixes) for side in (before, after))
    tops = {nesting.top(term) for term in _concerned(changed, new) for nesting in (old, new)}
    write = jsonld_writer(style, new)
    records = {}
    for subject in tops:
        lines = after.block(subject)
        if lines and not new.holds(subject):
            records[subject[:-1]] = f",\n{write(subject.decode(), predicates(lines))}".encode()
        else:
            records[subject[:-1]] = b""

    def key(data: mmap.mmap, place: int) -> bytes:
        start = place + len(_ID) - 1
        return _key(data[start : data.find(b'"', start)], style)

    yield from mended(path, Form(b",\n{", 3, b"\n]}\n", key, moves=False), records)


def _key(written: bytes, style: Style) -> bytes:
    """An IRI as it is ordered; one without a scheme stands below the base."""
    return b"<" + (written if b":" in written else style.base.encode() + written)


def _concerned(changed: Iterable[bytes], nesting: _Nesting) -> set[bytes]:
    """What changed lines are about, and what they may nest."""
    found = set()
    for line in changed:
        subject, predicate, rest = line.split(b" ", 2)
        found.add(subject)
        if nesting.by(predicate.decode()) and rest.startswith(b"<"):
            found.add(rest[: rest.index(b" ")])
    return found


class _Nesting:
    """What stands inside what around a few things, as ``nesting.Nesting`` says it of all."""

    def __init__(self, side: Side, prefixes: Mapping[str, str]) -> None:
        self._side = side
        self._types = typed(prefixes)
        self._holders: dict[bytes, tuple[bytes, bytes] | None] = {}
        self._held: dict[bytes, bool] = {}

    def by(self, predicate: str) -> bool:
        """Whether objects of a predicate may be nested."""
        return predicate in self._types

    def holds(self, subject: bytes) -> bool:
        """Whether a thing stands inside another one."""
        if subject not in self._held:
            holder = self._holder(subject)
            self._held[subject] = holder is not None and holder[1] in self._side.block(subject) and self._ends(subject)
        return self._held[subject]

    def lines(self, term: bytes) -> bytes:
        """The lines of a nested thing; empty for all others."""
        return self._side.block(term) if self.holds(term) else b""

    def top(self, term: bytes) -> bytes:
        """What a thing stands inside of, however deep, or itself."""
        while self.holds(term):
            holder = self._holder(term)
            term = holder[0] if holder else term
        return term

    def _holder(self, term: bytes) -> tuple[bytes, bytes] | None:
        """The one thing that refers to it in a way that nests, and what its lines must hold then."""
        if term not in self._holders:
            found = [each for each in self._side.referrers(term.decode()) if each[1] in self._types]
            one = found[0] if len(found) == 1 else None
            self._holders[term] = (one[0].encode(), self._types[one[1]]) if one else None
        return self._holders[term]

    def _ends(self, term: bytes) -> bool:
        for _ in range(_DEEPEST):
            holder = self._holder(term)
            if holder is None:
                return True
            term = holder[0]
        return False
