"""Names by their normal forms and by their words; which names a string may mean, and by how many of its words.

A word weighs the more, the fewer things have it: "convention" says little, "consular" much. Words that are spelled
alike stand for each other at a discount, across languages too ("convención", "convention").
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mandate_graph import alike
from mandate_graph.reconcile.records import Name, Thing
from mandate_graph.reconcile.words import Reader, Text

__all__ = ["Entry", "Fit", "Index"]

_ALIKE = 0.79
_SHORT, _LONG = 5, 40
_NEAR = 12
_CUT = 0.85
_BESIDE = 0.9
# Common words alone lead nowhere: a name must have this share of what the words of a string weigh.
_LEAST = 0.15
_LEAST_OF_MANY = 0.4
_MANY = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of a thing (its place in the list of things), its words, and what they weigh together."""

    thing: int
    name: Name
    words: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How a name fits a string, by the weight of words.

    ``words`` is the share of the string that the name or its context covers, ``share`` the share of the name that the
    string has; both from 0 to 1.
    """

    thing: int
    name: Name
    words: float
    share: float

    @property
    def goodness(self) -> float:
        """Both as one number from 0 to 1; what the name has beside counts less than what the string has beside."""
        return self.words * (0.5 + 0.5 * math.sqrt(self.share))


class Index:
    """Built once, read by many threads: nothing but a cache of like words changes."""

    def __init__(self, things: Sequence[Thing], reader: Reader) -> None:
        read = [[(name, reader.read(name.text)) for name in thing.names] for thing in things]
        beside = {
            text: reader.read(text).words for text in dict.fromkeys(text for each in things for text in each.context)
        }
        self._context: dict[str, list[int]] = defaultdict(list)
        for place, (thing, names) in enumerate(zip(things, read, strict=True)):
            own = (text.words for name, text in names if name.how != "hidden")
            for word in {*thing.years, *itertools.chain(*own, *(beside[text] for text in thing.context))}:
                self._context[word].append(place)
        self.exact: dict[str, list[tuple[int, Name]]] = defaultdict(list)
        self.squeezed: dict[str, list[tuple[int, Name]]] = defaultdict(list)
        spread: Counter[str] = Counter()
        for names in read:
            spread.update({word for name, text in names if name.how != "code" for word in text.words})
        self._scale = math.log1p(max(len(things), 1))
        self._weights = {word: math.log1p(len(things) / count) / self._scale for word, count in spread.items()}
        self._entries: list[Entry] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        for place, names in enumerate(read):
            for name, text in names:
                self._take(place, name, text)
        self._vocabulary = sorted(word for word in spread if len(word) >= _SHORT and not word.isdecimal())
        self._all = sorted(spread)
        self.near = lru_cache(maxsize=20_000)(self._near)

    def _take(self, place: int, name: Name, text: Text) -> None:
        for form in text.forms:
            if (place, name) not in self.exact[form]:
                self.exact[form].append((place, name))
        if text.squeezed:
            self.squeezed[text.squeezed].append((place, name))
        if name.how == "code" or not text.words:
            return
        entry = Entry(place, name, text.words, sum(self.weight(word) for word in text.words))
        for word in text.words:
            self._postings[word].append(len(self._entries))
        self._entries.append(entry)

    def weight(self, word: str) -> float:
        """What a word weighs: 1 for one that no name has, less the more things have it."""
        return self._weights.get(word, 1.0)

    def _near(self, word: str, *, cut: bool) -> tuple[tuple[str, float], ...]:
        """Words that a word may stand for, with how alike they are, the most alike first."""
        found = {word: 1.0} if word in self._weights else {}
        if _SHORT <= len(word) <= _LONG and not word.isdecimal():
            for place, share in alike.near(word, self._vocabulary, _NEAR, _ALIKE):
                found.setdefault(self._vocabulary[place], share)
        if cut:
            for each in self._all:
                if _is_cut(word, each):
                    found.setdefault(each, _CUT)
        return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    def fits(self, text: Text, only: Iterable[int] | None = None) -> list[Fit]:
        """The best fitting name of each thing that has words of a string."""
        near = [self.near(word, cut=word in text.cut) for word in text.words]
        weights = [self._asked_weight(word, each) for word, each in zip(text.words, near, strict=True)]
        total = sum(weights)
        if not total:
            return []
        least = (_LEAST if len(weights) < _MANY else _LEAST_OF_MANY) * total
        covered, shared, masks = self._covered(near, weights, least)
        beside = self._beside(near, weights)
        allowed = None if only is None else set(only)
        best: dict[int, Fit] = {}
        for place, weight in covered.items():
            entry = self._entries[place]
            if weight < least or (allowed is not None and entry.thing not in allowed):
                continue
            mask = masks[place]
            more = sum(each for bit, each in beside.get(entry.thing, ()) if not mask & bit)
            fit = Fit(entry.thing, entry.name, (weight + more) / total, min(1.0, shared[place] / entry.weight))
            old = best.get(entry.thing)
            if old is None or fit.goodness > old.goodness:
                best[entry.thing] = fit
        return list(best.values())

    def _asked_weight(self, word: str, near: Sequence[tuple[str, float]]) -> float:
        """A word that is spelled in another way weighs what its best likeness weighs."""
        return self.weight(near[0][0]) if near else self.weight(word)

    def _covered(
        self, near: Sequence[Sequence[tuple[str, float]]], weights: Sequence[float], least: float
    ) -> tuple[Mapping[int, float], Mapping[int, float], Mapping[int, int]]:
        """By entry: what the words weigh that it has, what those of its own words weigh, and which words they are.

        The heaviest words come first. When those that are left weigh less than what is needed, an entry that has none
        of the words so far is out; common words have many.
        """
        covered: dict[int, float] = defaultdict(float)
        shared: dict[int, float] = defaultdict(float)
        masks: dict[int, int] = {}
        left = sum(weights)
        for number in sorted(range(len(weights)), key=lambda each: (-weights[each], each)):
            weight, bit = weights[number], 1 << number
            late = left < least
            left -= weight
            for word, share in near[number]:
                own = self.weight(word) * share
                for place in self._postings.get(word, ()):
                    mask = masks.get(place, 0)
                    if not mask & bit and (mask or not late):
                        masks[place] = mask | bit
                        covered[place] += weight * share
                        shared[place] += own
        return covered, shared, masks

    def _beside(
        self, near: Sequence[Sequence[tuple[str, float]]], weights: Sequence[float]
    ) -> Mapping[int, Sequence[tuple[int, float]]]:
        """By thing: which words its context has, and what they weigh."""
        beside: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, (likes, weight) in enumerate(zip(near, weights, strict=True)):
            seen: set[int] = set()
            for word, share in likes:
                for thing in self._context.get(word, ()):
                    if thing not in seen:
                        seen.add(thing)
                        beside[thing].append((1 << number, weight * share * _BESIDE))
        return beside


def _is_cut(short: str, word: str) -> bool:
    """Whether a word was cut short, at its end ("Decl.") or inside, too ("Intl.")."""
    letters = iter(word)
    return len(word) > len(short) and word.startswith(short[:2]) and all(letter in letters for letter in short)
