"""Answers that were given, to be given again: a build does not change while it is served."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["Kept"]

T = TypeVar("T")

_ENTRY = 300
"""Bytes that an entry takes besides its value: many small ones would count as nothing."""


class Kept(Generic[T]):
    """The answers used last, as many as fit into so many bytes; none alone takes more than a hundredth of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._entries: OrderedDict[bytes, tuple[T, int]] = OrderedDict()

    def get(self, key: bytes) -> T | None:
        """What was put under a key, if it is still there."""
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, key: bytes, value: T, size: int) -> None:
        """Keep a value of so many bytes."""
        size += len(key) + _ENTRY
        if size > self._most // 100 or key in self._entries:
            return
        self._entries[key] = (value, size)
        self._size += size
        while self._size > self._most:
            _, (_, gone) = self._entries.popitem(last=False)
            self._size -= gone
