"""The door to rapidfuzz: how alike strings are. What is alike is only ever suggested, never taken for the same."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Indel

__all__ = ["closest", "closest_in_order", "near", "ratio", "word_ratio"]


def ratio(one: str, other: str, floor: float = 0.0) -> float:
    """The share of characters that two strings have in common in order, 0 to 1; below the floor it is 0."""
    return Indel.normalized_similarity(one, other, score_cutoff=floor)


def word_ratio(one: str, other: str, floor: float = 0.0) -> float:
    """As `ratio`, with the words of both in alphabetical order: what only stands in another order is the same."""
    return fuzz.token_sort_ratio(one, other, score_cutoff=floor * 100) / 100


def closest(one: str, others: Sequence[str], most: int, floor: float) -> list[tuple[int, float]]:
    """The places of the strings most alike by `word_ratio`, best first, with their shares; none below the floor."""
    found = process.extract(one, others, scorer=fuzz.token_sort_ratio, limit=most, score_cutoff=floor * 100)
    return [(place, share / 100) for _, share, place in found]


def near(one: str, others: Sequence[str], most: int, floor: float) -> list[tuple[int, float]]:
    """As `closest`, for single words: by the share of letters that need no edit.

    Two letters that changed places ("rigth") are one edit (optimal string alignment).
    """
    found = process.extract(one, others, scorer=OSA.normalized_similarity, limit=most, score_cutoff=floor)
    return [(place, share) for _, share, place in found]


def closest_in_order(one: str, others: Sequence[str], most: int, floor: float) -> list[tuple[int, float]]:
    """As `closest`, and much faster, for strings whose words stand in alphabetical order already."""
    found = process.extract(one, others, scorer=fuzz.ratio, limit=most, score_cutoff=floor * 100)
    return [(place, share / 100) for _, share, place in found]
