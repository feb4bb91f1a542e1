"""Which names a person may have meant: other spellings, other orders of the words, a part of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

__all__ = ["nearest"]

_LIKE = 0.8
_ENOUGH = 0.5
_MOST = 2


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known names that are near, the nearest first, at most two."""
    ranked = [(max(_spelt(name, each), _worded(name, each)), each) for each in known]
    return [each for score, each in sorted(ranked, key=lambda pair: (-pair[0], pair[1])) if score >= _ENOUGH][:_MOST]


def _spelt(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio() - 0.1


def _worded(one: str, other: str) -> float:
    """How many of the words of both are alike, counted twice where all that was asked for is there."""
    asked, there = _words(one), _words(other)
    if not asked:
        return 0.0
    found = sum(any(difflib.SequenceMatcher(None, a, b).ratio() >= _LIKE for b in there) for a in asked)
    return (found / len(asked) * 2 + found / max(len(asked), len(there))) / 3


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).casefold())
