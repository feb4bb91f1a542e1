"""Mandates of one document that are nearly the same: listed for a person, never made one by a rule.

The mandates of a document in a language are compared as one group, which any process can do; what the groups give is
put together.
"""

from __future__ import annotations

import difflib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mandate_graph.alike import ratio
from mandate_graph.iris import text_key
from mandate_graph.model import Similar

__all__ = [
    "SIMILARITY", "Budget", "GroupSimilar", "most_similar", "similar_in_group", "similarity",
    "word_changes", "word_difference",
]  # fmt: skip

_LONGEST = 20_000

SIMILARITY = 0.9
"""From this share of equal characters on, two different texts are listed for review."""
# Two texts that alike share at least this share of their words; sets of words are compared first, because it is fast.
_SHARED_WORDS = 0.75
_BITS = [1 << place for place in range(512)]


class Budget(NamedTuple):
    """How much is compared in a group, and how many pairs are listed in all.

    Nobody reads more; and a page of ten thousand variations must not cost more.
    """

    compared: int = 200_000
    listed: int = 1_000


class GroupSimilar(NamedTuple):
    """Pairs of a document in one language, most alike first, without their differences, and whether these are all."""

    document: str
    pairs: tuple[Similar, ...]
    is_whole: bool


def similarity(one: str, other: str, floor: float = 0.0) -> float:
    """The share of characters that two texts have in common in order, without case, accents and punctuation: 0 to 1.

    A share below the floor is given as 0. Of very long texts only the beginnings are compared.
    """
    return ratio(text_key(one[:_LONGEST]), text_key(other[:_LONGEST]), floor)


def word_changes(one: str, other: str) -> Iterator[tuple[str, str, str]]:
    """Runs of words that both texts have, that only the first has, or only the second: one of the three is not empty.

    Of very long texts only the beginnings are compared.
    """
    left, right = one[:_LONGEST].split(), other[:_LONGEST].split()
    for operation, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if operation == "equal":
            yield " ".join(left[a:b]), "", ""
            continue
        if b > a:
            yield "", " ".join(left[a:b]), ""
        if d > c:
            yield "", "", " ".join(right[c:d])


def word_difference(one: str, other: str) -> str:
    """The second text with what went as ``[-words-]`` and what came as ``{+words+}``."""
    return " ".join(
        both or (f"[-{went}-]" if went else f"{{+{came}+}}") for both, went, came in word_changes(one, other)
    )


def similar_in_group(
    document: str,
    group: Iterable[tuple[str, str]],
    chapeau_of: Callable[[str], tuple[str, str] | None],
    decided: Collection[frozenset[str]] = (),
    budget: Budget | None = None,
) -> GroupSimilar:
    """Pairs above the threshold and below identity; what was decided (pairs of keys) is not asked again.

    ``group`` are the keys and texts of a document's mandates in one language, in the order of their keys.
    ``chapeau_of`` gives the key and the text of a sub-item's chapeau; of another mandate, or of a sub-item without a
    known chapeau, None. The group is held in memory: the words of a text as numbers, and its letters.
    """
    budget = budget or Budget()
    keys, texts = [], []
    for key, text in group:
        keys.append(key)
        texts.append(text_key(text[:_LONGEST]))
    pairs, is_whole = _candidates(texts, budget.compared)
    found = []
    for left, right in pairs:
        one, other = keys[left], keys[right]
        share = 0.0 if frozenset((one, other)) in decided else ratio(texts[left], texts[right], SIMILARITY)
        if share >= SIMILARITY:
            share = min(share, _of_chapeaus(chapeau_of(one), chapeau_of(other)))
        if share >= SIMILARITY:
            found.append(Similar(one, other, f"{share:.3f}", ""))
    found.sort(key=_likest)
    return GroupSimilar(document, tuple(found[: budget.listed]), is_whole and len(found) <= budget.listed)


def most_similar(
    groups: Iterable[GroupSimilar], difference: Callable[[str, str], str], budget: Budget | None = None
) -> tuple[list[Similar], list[str]]:
    """The pairs of all groups, most alike first, with their differences (``word_difference`` of their texts).

    Beside them the keys of documents whose mandates were too many, or too much alike, to compare or list them all.
    """
    budget = budget or Budget()
    listed: list[Similar] = []
    document_of: dict[str, str] = {}
    cut: set[str] = set()
    for document, pairs, is_whole in groups:
        if not is_whole:
            cut.add(document)
        document_of.update((pair.one, document) for pair in pairs)
        listed = sorted((*listed, *pairs), key=_likest)
        cut.update(document_of[pair.one] for pair in listed[budget.listed :])
        listed = listed[: budget.listed]
    return [replace(pair, difference=difference(pair.one, pair.other)) for pair in listed], sorted(cut)


def _likest(pair: Similar) -> tuple[float, str, str]:
    return -float(pair.similarity), pair.one, pair.other


def _of_chapeaus(one: tuple[str, str] | None, other: tuple[str, str] | None) -> float:
    """How alike the chapeaux of two sub-items are: "protect them" under two chapeaux is two things."""
    if one is None or other is None or one[0] == other[0]:
        return 1.0
    return similarity(one[1], other[1], SIMILARITY)


def _candidates(texts: Sequence[str], left: int) -> tuple[list[tuple[int, int]], bool]:
    """Pairs that share enough words, found by their rarest words (prefix filtering, Chaudhuri et al. 2006).

    Texts are places in the sequence. Beside the pairs whether all were looked at: texts that share most of their words
    with all others would take for ever, so no more than ``left`` comparisons are made.
    """
    words = _rarest_first(texts)
    sizes = [len(own) for own in words]
    sketches: list[int] = []
    by_word: dict[int, list[int]] = defaultdict(list)
    pairs: list[tuple[int, int]] = []
    for place, own in enumerate(words):
        prefix = own[: len(own) - int(_SHARED_WORDS * len(own)) + 1]
        seen = set().union(*[by_word[word] for word in prefix if word in by_word])
        left -= len(seen)
        if left < 0:
            return pairs, False
        sketch, size = _sketch(own), len(own)
        for other in seen:
            size_of_other = sizes[other]
            # Each bit that differs is of a word that only one has. The longer may have a quarter of its words alone,
            # the shorter those that are left when three quarters as many as the longer has are in both.
            spare = size - size_of_other / 2 if size < size_of_other else size_of_other - size / 2
            if (sketch ^ sketches[other]).bit_count() <= spare and (
                len(set(own).intersection(words[other])) >= _SHARED_WORDS * max(size, size_of_other)
            ):
                pairs.append((other, place))
        sketches.append(sketch)
        for word in prefix:
            by_word[word].append(place)
    return pairs, True


def _sketch(words: Iterable[int]) -> int:
    """A bit for each word; several words may have one (the bitmap filter of Sandes, Teodoro and Melo 2017)."""
    sketch = 0
    for word in words:
        sketch |= _BITS[word % len(_BITS)]
    return sketch


def _rarest_first(texts: Sequence[str]) -> list[array[int]]:
    """The different words of each text as numbers of four bytes; of two words the one that fewer texts have is less."""
    rarity = Counter[str]()
    for text in texts:
        rarity.update(set(text.split()))
    rank = {word: place for place, word in enumerate(sorted(rarity, key=lambda word: (rarity[word], word)))}
    return [array("I", sorted({rank[word] for word in text.split()})) for text in texts]
