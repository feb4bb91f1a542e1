"""What stands inside what in JSON-LD.

A thing is nested when exactly one statement of ``NESTS`` leads to it, the thing is of the type that is asked for, and
going up from holder to holder ends soon; every other reference is an IRI. So each thing has one node object.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Self

from mandate_graph.write.lines import Block, Reader, Source, blocks

__all__ = ["NESTS", "Nesting", "typed"]

NESTS: Mapping[str, str] = {
    "eli:is_realized_by": "eli:Expression",
    "oa:hasTarget": "oa:SpecificResource",
    "mg:cue": "oa:SpecificResource",
    "oa:hasSelector": "",
    "adms:identifier": "adms:Identifier",
    "dcat:hasVersion": "dcat:Dataset",
    "void:classPartition": "void:Dataset",
}
"""Predicates whose objects stand inside their subjects, and the type that the objects must have.

The list is code and not part of the context because a JSON-LD context cannot say it: the same document without nesting
has the same context and the same meaning. All of these objects are parts: nobody looks for them but through the whole.
A footnote's target is the mandate, which is no part of it; hence the type.
"""

_DEEPEST = 8
_MASK = (1 << 63) - 1


class Nesting:
    """Which things are nested, and where their lines stand.

    One pass over the source here, and one in which every block is met. Memory: 33 bytes for each object of a statement
    of ``NESTS``, and for a moment twice that; the objects are known by 63 bits of their hash.
    """

    def __init__(self, source: Source, prefixes: Mapping[str, str]) -> None:
        self._types = {f"<{_full(name, prefixes)}>": kind for kind, name in enumerate(NESTS)}
        self._wanted = list(typed(prefixes).values())
        self._source = source
        self._reader = Reader(source)
        self._parts, self._holders, self._kinds = self._referred()
        self._starts = array("Q", bytes(8 * len(self._parts)))
        self._sizes = array("Q", bytes(8 * len(self._parts)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.__exit__()

    def by(self, predicate: str) -> bool:
        """Whether objects of a predicate may be nested."""
        return predicate in self._types

    def holds(self, subject: bytes) -> bool:
        """Whether a thing stands inside another one."""
        place = self._place(subject)
        return place >= 0 and self._sizes[place] > 0

    def lines(self, term: bytes) -> bytes:
        """The lines of a nested thing; empty for all others."""
        place = self._place(term)
        if place < 0 or not self._sizes[place]:
            return b""
        return self._reader.read(self._starts[place], self._sizes[place])

    def _place(self, term: bytes) -> int:
        code = hash(term) & _MASK
        place = bisect_left(self._parts, code)
        return place if place < len(self._parts) and self._parts[place] == code else -1

    def _referred(self) -> tuple[array[int], array[int], array[int]]:
        """What exactly one statement leads to, in order: its hash, what the statement is about, the predicate."""
        found = sorted(self._references())
        parts, holders, kinds = array("Q"), array("Q"), array("B")
        for place, entry in enumerate(found):
            part = entry >> 72
            alone = (place == 0 or found[place - 1] >> 72 != part) and (
                place + 1 == len(found) or found[place + 1] >> 72 != part
            )
            if alone:
                parts.append(part)
                holders.append(entry >> 8 & _MASK)
                kinds.append(entry & 0xFF)
        return parts, holders, kinds

    def _references(self) -> Iterator[int]:
        """Every statement of a predicate that nests, as one number: hashes of object and subject, the predicate."""
        kinds = {predicate.encode(): kind for predicate, kind in self._types.items()}
        for block in blocks(self._source):
            # Most blocks have none, and looking is cheaper than taking them apart.
            if not any(predicate in block.lines for predicate in kinds):
                continue
            previous = None
            for line in block.lines[:-1].split(b"\n"):
                _, predicate, rest = line.split(b" ", 2)
                if predicate in kinds and rest[:1] != b'"':
                    term = rest[: rest.index(b" ")]
                    if (predicate, term) != previous:
                        part, holder = hash(term) & _MASK, hash(block.subject) & _MASK
                        yield part << 72 | holder << 8 | kinds[predicate]
                    previous = (predicate, term)

    def meet(self, block: Block) -> None:
        """Note where a part stands that is of the right type and not in a circle; every block has to be met first."""
        place = self._place(block.subject)
        if place >= 0 and self._wanted[self._kinds[place]] in block.lines and self._ends(place):
            self._starts[place], self._sizes[place] = block.start, len(block.lines)

    def _ends(self, place: int) -> bool:
        for _ in range(_DEEPEST):
            code = self._holders[place]
            place = bisect_left(self._parts, code)
            if place == len(self._parts) or self._parts[place] != code:
                return True
        return False


def typed(prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """The predicates of ``NESTS``, each with what the lines of its objects must hold."""
    return {
        f"<{_full(name, prefixes)}>": f"#type> <{_full(kind, prefixes)}> ".encode() if kind else b""
        for name, kind in NESTS.items()
    }


def _full(compact: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = compact.partition(":")
    # a style without the prefix writes a graph that does not use it
    return prefixes.get(prefix, f"{prefix}:") + local if local else ""
