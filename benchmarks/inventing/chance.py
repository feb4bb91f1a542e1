"""Draws that are the same on every machine and version of Python."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

__all__ = ["Chance", "falling"]

Thing = TypeVar("Thing")


class Chance:
    """One row of draws for a key; equal keys give equal rows.

    Only ``random.Random.random`` is used: it alone is promised to be the same in every version of Python.
    """

    def __init__(self, *key: object) -> None:
        self.draw = random.Random(":".join(map(str, key))).random

    def below(self, limit: int) -> int:
        """A whole number from 0 on, below the limit."""
        return int(self.draw() * limit)

    def between(self, least: int, most: int) -> int:
        """A whole number; both ends may come."""
        return least + int(self.draw() * (most - least + 1))

    def happens(self, share: float) -> bool:
        """Whether something of this probability happens."""
        return self.draw() < share

    def pick(self, things: Sequence[Thing]) -> Thing:
        """One of the things, each as likely as the others."""
        return things[int(self.draw() * len(things))]

    def falling(self, weights: Sequence[float]) -> int:
        """A place in a list whose summed weights these are (``falling``)."""
        return bisect_right(weights, self.draw() * weights[-1])


def falling(count: int, flat: int = 2) -> list[float]:
    """Weights in the manner of Zipf, summed up: the first thing is the likeliest; ``flat`` things share the head."""
    return list(accumulate(1 / (rank + flat) for rank in range(count)))
