"""Mandates of one document that are nearly the same: listed for a person, never made one by a rule."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mandate_graph.iris import text_key
from mandate_graph.model import Decision, Mandate, Similar

__all__ = ["SIMILARITY", "similar_mandates", "similarity", "word_difference"]

SIMILARITY = 0.9
"""From this share of equal characters on, two different texts are listed for review."""
# Two texts that alike share at least this share of their words; sets of words are compared first, because it is fast.
_SHARED_WORDS = 0.6


def similarity(one: str, other: str) -> float:
    """The share of characters that two texts have in common in order, without case, accents and punctuation: 0 to 1."""
    return _ratio(text_key(one), text_key(other))


def _ratio(one: str, other: str, floor: float = 0.0) -> float:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < floor or matcher.quick_ratio() < floor:
        return 0.0
    return matcher.ratio()


def word_difference(one: str, other: str) -> str:
    """The second text with what went as ``[-words-]`` and what came as ``{+words+}``."""
    left, right = one.split(), other.split()
    words: list[str] = []
    for operation, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if operation == "equal":
            words += left[a:b]
            continue
        if b > a:
            words.append(f"[-{' '.join(left[a:b])}-]")
        if d > c:
            words.append(f"{{+{' '.join(right[c:d])}+}}")
    return " ".join(words)


def similar_mandates(mandates: Mapping[str, Mandate], decisions: Iterable[Decision]) -> Iterator[Similar]:
    """Pairs above the threshold and below identity, most alike first; what was decided is not asked again."""
    decided = {frozenset((decision.mandate, decision.other)) for decision in decisions}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, mandate in mandates.items():
        groups[mandate.document, mandate.language].append(key)
    found = []
    for group in groups.values():
        texts = {key: text_key(mandates[key].text) for key in group}
        for one, other in _candidates(texts):
            if frozenset((one, other)) in decided:
                continue
            ratio = min(
                _ratio(texts[one], texts[other], SIMILARITY), _of_chapeaus(mandates[one], mandates[other], mandates)
            )
            if ratio >= SIMILARITY:
                difference = word_difference(mandates[one].text, mandates[other].text)
                found.append(Similar(one, other, f"{ratio:.3f}", difference))
    yield from sorted(found, key=lambda pair: (-float(pair.similarity), pair.one, pair.other))


def _of_chapeaus(one: Mandate, other: Mandate, mandates: Mapping[str, Mandate]) -> float:
    """How alike the chapeaux of two sub-items are: "protect them" under two chapeaux is two things."""
    heads = [mandates.get(mandate.chapeau or "") if mandate.kind == "sub-item" else None for mandate in (one, other)]
    left, right = heads
    if left is None or right is None or left.key == right.key:
        return 1.0
    return _ratio(text_key(left.text), text_key(right.text), SIMILARITY)


def _candidates(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs that share enough words, found by their rarest words (prefix filtering, Chaudhuri et al. 2006)."""
    sets = {key: frozenset(text.split()) for key, text in texts.items()}
    rarity = Counter(word for words in sets.values() for word in words)
    by_word: dict[str, list[str]] = defaultdict(list)
    for key, words in sorted(sets.items()):
        ordered: Sequence[str] = sorted(words, key=lambda word: (rarity[word], word))
        prefix = ordered[: len(ordered) - int(_SHARED_WORDS * len(ordered)) + 1]
        seen: set[str] = set()
        for word in prefix:
            seen.update(by_word[word])
            by_word[word].append(key)
        for other in sorted(seen):
            shared = len(words & sets[other])
            if shared >= _SHARED_WORDS * max(len(words), len(sets[other])):
                yield other, key
