"""Mandates of one document that are nearly the same: listed for a person, never made one by a rule."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mandate_graph.alike import ratio
from mandate_graph.iris import text_key
from mandate_graph.model import Decision, Mandate, Similar

__all__ = ["SIMILARITY", "similar_mandates", "similarity", "word_changes", "word_difference"]

_LONGEST = 20_000
# Nobody reads more; and a page of ten thousand variations must not cost more.
_MOST_COMPARED = 200_000
_MOST_LISTED = 1_000

SIMILARITY = 0.9
"""From this share of equal characters on, two different texts are listed for review."""
# Two texts that alike share at least this share of their words; sets of words are compared first, because it is fast.
_SHARED_WORDS = 0.75


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


def similar_mandates(mandates: Mapping[str, Mandate], decisions: Iterable[Decision]) -> tuple[list[Similar], list[str]]:
    """Pairs above the threshold and below identity, most alike first; what was decided is not asked again.

    Beside them the keys of documents whose mandates were too many, or too much alike, to compare them all.
    """
    decided = {frozenset((decision.mandate, decision.other)) for decision in decisions}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, mandate in mandates.items():
        groups[mandate.document, mandate.language].append(key)
    found: list[Similar] = []
    cut: list[str] = []
    for (document, _), group in groups.items():
        texts = {key: text_key(mandates[key].text[:_LONGEST]) for key in group}
        candidates, is_whole = _candidates(texts)
        cut += [] if is_whole else [document]
        for one, other in candidates:
            if frozenset((one, other)) in decided:
                continue
            share = min(
                ratio(texts[one], texts[other], SIMILARITY), _of_chapeaus(mandates[one], mandates[other], mandates)
            )
            if share >= SIMILARITY:
                found.append(Similar(one, other, f"{share:.3f}", ""))
    found.sort(key=lambda pair: (-float(pair.similarity), pair.one, pair.other))
    if len(found) > _MOST_LISTED:
        cut += sorted({mandates[pair.one].document for pair in found[_MOST_LISTED:]})
    return [
        replace(pair, difference=word_difference(mandates[pair.one].text, mandates[pair.other].text))
        for pair in found[:_MOST_LISTED]
    ], sorted(set(cut))


def _of_chapeaus(one: Mandate, other: Mandate, mandates: Mapping[str, Mandate]) -> float:
    """How alike the chapeaux of two sub-items are: "protect them" under two chapeaux is two things."""
    heads = [mandates.get(mandate.chapeau or "") if mandate.kind == "sub-item" else None for mandate in (one, other)]
    left, right = heads
    if left is None or right is None or left.key == right.key:
        return 1.0
    return similarity(left.text, right.text, SIMILARITY)


def _candidates(texts: Mapping[str, str]) -> tuple[list[tuple[str, str]], bool]:
    """Pairs that share enough words, found by their rarest words (prefix filtering, Chaudhuri et al. 2006).

    Beside them whether all were looked at: texts that share most of their words with all others would take for ever.
    """
    sets = {key: frozenset(text.split()) for key, text in texts.items()}
    rarity = Counter(word for words in sets.values() for word in words)
    by_word: dict[str, list[str]] = defaultdict(list)
    pairs: list[tuple[str, str]] = []
    left = _MOST_COMPARED
    for key, words in sorted(sets.items()):
        ordered = sorted(words, key=lambda word: (rarity[word], word))
        prefix = ordered[: len(ordered) - int(_SHARED_WORDS * len(ordered)) + 1]
        seen = {other for word in prefix for other in by_word[word]}
        left -= len(seen)
        if left < 0:
            return pairs, False
        enough = _SHARED_WORDS * len(words)
        pairs += [
            (other, key)
            for other in sorted(seen)
            if len(words & sets[other]) >= max(enough, _SHARED_WORDS * len(sets[other]))
        ]
        for word in prefix:
            by_word[word].append(key)
    return pairs, True
