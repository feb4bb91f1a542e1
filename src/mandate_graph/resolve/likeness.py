"""How much two texts in different languages say for being the same paragraph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mandate_graph.iris import text_key
from mandate_graph.resolve.listed import Listed

__all__ = ["Likeness", "Signals", "signals_of"]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?:\D|$))")
_ACRONYM = re.compile(r"\b[A-Z]{2,}(?:/[A-Z]+)*\b")
_STEM = 4
_FORBIDDEN = -1000.0
# Unrelated paragraphs of one field share up to this part of their word beginnings across English and Spanish by chance.
_BY_CHANCE = 0.1


@dataclass(frozen=True, slots=True)
class Signals:
    """What survives translation: numbers, acronyms, things named, how long words begin, and the length of the text."""

    numbers: frozenset[str]
    acronyms: frozenset[str]
    targets: frozenset[str]
    stems: frozenset[str]
    length: int


def signals_of(text: str, targets: frozenset[str]) -> Signals:
    """The signals of a mandate's text; ``targets`` are the things that it names."""
    words = text_key(text).split()
    return Signals(
        frozenset(_THOUSANDS.sub("", number) for number in _NUMBER.findall(text)),
        frozenset(_ACRONYM.findall(text)),
        targets,
        frozenset(word[:_STEM] for word in words if len(word) > _STEM),
        len(text),
    )


@dataclass(slots=True)
class Likeness:
    """Scores pairs of listings; above 0 more speaks for a pair than against it."""

    signals: Mapping[str, Signals]
    _known: dict[tuple[str, str, str, str], float] = field(default_factory=dict)

    def score(self, one: Listed, other: Listed) -> float:
        """The weight of the evidence, positive or negative."""
        key = (one.mandate, other.mandate, one.label, other.label)
        if key not in self._known:
            self._known[key] = self._of_layout(one, other) + self._of_words(
                self.signals[one.mandate], self.signals[other.mandate]
            )
        return self._known[key]

    @staticmethod
    def _of_layout(one: Listed, other: Listed) -> float:
        score = 0.0
        left, right = one.label, other.label
        if left and right:
            if left != right and left[:1].isdigit():
                return _FORBIDDEN
            score += 2.0 if left == right else -1.0  # letters are a claim of one page
        elif left or right:
            score -= 0.7
        if (one.kind == "sub-item") != (other.kind == "sub-item"):
            score -= 2.0
        elif one.kind != other.kind:
            score -= 1.0
        if one.section and other.section and one.section != other.section:
            return _FORBIDDEN
        if one.footnotes or other.footnotes:
            score += 1.0 if one.footnotes == other.footnotes else -0.4
        return score

    @staticmethod
    def _of_words(one: Signals, other: Signals) -> float:
        score = 4.0 * (_share(one.stems, other.stems) - _BY_CHANCE) if one.stems and other.stems else 0.0
        if one.numbers and other.numbers:
            score += 3.0 * _share(one.numbers, other.numbers) - 1.0
        elif one.numbers or other.numbers:
            score -= 0.6
        # Acronyms are translated and names may be known in one language only: that they differ says nothing.
        score += 2.0 * _share(one.targets, other.targets) + 1.2 * _share(one.acronyms, other.acronyms)
        ratio = (other.length + 20) / (one.length + 20)
        if not 0.55 <= ratio <= 1.9:
            score -= 1.5
        return score


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """The common part, of the smaller set; none when one is empty."""
    return len(one & other) / (min(len(one), len(other)) or 1)
