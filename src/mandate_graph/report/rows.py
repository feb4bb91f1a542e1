"""Lists of a report that are too long to be held: made anew each time that they are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

__all__ = ["Rows", "json_pieces"]


class Rows:
    """A list that is read from its beginning as often as one likes, and never held."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[Any]:
        return iter(self._make())

    def __bool__(self) -> bool:
        return any(True for _ in self)


def json_pieces(value: Any, depth: int = 0) -> Iterator[str]:
    """Plain data with ``Rows`` in it as ``json.dumps(…, ensure_ascii=False, indent=1)`` writes it, piece by piece."""
    if isinstance(value, Mapping):
        yield from _bracketed("{}", _members(value, depth), depth)
    elif isinstance(value, Rows):
        yield from _bracketed("[]", ([_written(item, depth + 1)] for item in value), depth)
    else:
        yield _written(value, depth)


def _members(value: Mapping[str, Any], depth: int) -> Iterator[Iterable[str]]:
    for name, member in value.items():
        yield _member(name, member, depth)


def _member(name: str, member: Any, depth: int) -> Iterator[str]:
    yield f"{json.dumps(name, ensure_ascii=False)}: "
    yield from json_pieces(member, depth + 1)


def _bracketed(brackets: str, members: Iterable[Iterable[str]], depth: int) -> Iterator[str]:
    margin, between = "\n" + " " * depth, brackets[0]
    for member in members:
        yield f"{between}{margin} "
        yield from member
        between = ","
    yield brackets if between != "," else f"{margin}{brackets[1]}"


def _written(value: Any, depth: int) -> str:
    # a string holds no line break as it is: JSON escapes it
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * depth)
