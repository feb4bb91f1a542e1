"""The words of mandates, each with the lines that have it, so that only lines are looked at that can fit.

Words with hyphens stand there as one and as two, as they are looked for. What is found here is more than what fits:
that words follow each other, and that a quoted one is whole, is seen in the line itself.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from mandate_graph.lookup.words import Words, keys

__all__ = ["Index"]

_PAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Index:
    """The words in order, for each the places of the lines that have it, and the places by the keys of mandates.

    Memory: four bytes for each different word of each line.
    """

    words: Sequence[str]
    places: Sequence[array[int]]
    by_key: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> Self:
        """Read the lines of ``promises.tsv``."""
        found: dict[str, array[int]] = {}
        by_key: dict[str, list[int]] = {}
        for place, line in enumerate(lines):
            column, mandate, *_, text = line.decode().split("\t")
            by_key.setdefault(mandate.rpartition("/")[2], []).append(place)
            for word in {word for form in (column, *keys(text)[1:]) for word in form.split()}:
                found.setdefault(word, array("I")).append(place)
        words = sorted(found)
        return cls(words, [found[word] for word in words], by_key)

    def candidates(self, words: Words) -> list[int]:
        """The places of all lines that may have the words, in order."""
        fitting: set[int] | None = None
        for part in dict.fromkeys(words.parts):
            having: set[int] = set()
            for form in part.forms:
                having |= set.intersection(*(self._beginning(word) for word in set(form.split())))
            fitting = having if fitting is None else fitting & having
            if not fitting:
                break
        named = self.by_key.get(words.text.strip().strip("<>").rpartition("/")[2], ())
        return sorted({*(fitting or ()), *named})

    def _beginning(self, word: str) -> set[int]:
        start = bisect_left(self.words, word)
        return set().union(*self.places[start : bisect_left(self.words, word + _PAST, start)])
