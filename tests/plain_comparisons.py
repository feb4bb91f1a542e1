"""Kin and likeness by their definitions, in dictionaries of sets of words: what the comparisons on disk are held against."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mandate_graph.alike import ratio
from mandate_graph.iris import text_key
from mandate_graph.model import Mandate, Similar
from mandate_graph.resolve.kin import Bounds, Kin, runs
from mandate_graph.resolve.similar import Budget, similarity, word_difference

_SIMILARITY = 0.9
_SHARED_WORDS = 0.75
_LONGEST = 20_000


def plain_kin(mandates: Mapping[str, Mandate], bounds: Bounds) -> Iterator[Kin]:
    """Pairs of one language and two documents, in the order of keys."""
    texts = {key: runs(mandate.text) for key, mandate in mandates.items() if mandate.document}
    by_run: dict[str, list[str]] = defaultdict(list)
    for key, own in texts.items():
        for run in own:
            by_run[run].append(key)
    for key, own in texts.items():
        shared: Counter[str] = Counter()
        for run in own:
            if len(by_run[run]) <= bounds.formula:
                shared.update(by_run[run])
        found = []
        for other, count in shared.items():
            one, two = mandates[key], mandates[other]
            if other <= key or one.document == two.document or one.language != two.language or count < bounds.telling:
                continue
            common = len(own & texts[other])
            share = common / min(len(own), len(texts[other]))
            if common >= bounds.fewest and share >= bounds.share:
                found.append((share, other))
        for share, other in sorted(found, key=lambda pair: (-pair[0], pair[1]))[: bounds.most]:
            yield Kin(key, other, f"{share:.3f}")


def plain_similar(
    mandates: Mapping[str, Mandate], decided: Iterable[frozenset[str]], budget: Budget
) -> tuple[list[Similar], list[str]]:
    """Pairs of one document and language, most alike first; the documents of which not all are there."""
    known = set(decided)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, mandate in mandates.items():
        groups[mandate.document, mandate.language].append(key)
    found: list[Similar] = []
    cut: list[str] = []
    for (document, _), group in groups.items():
        texts = {key: text_key(mandates[key].text[:_LONGEST]) for key in group}
        candidates, is_whole = _candidates(texts, budget.compared)
        cut += [] if is_whole else [document]
        for one, other in candidates:
            if frozenset((one, other)) in known:
                continue
            share = min(
                ratio(texts[one], texts[other], _SIMILARITY), _of_chapeaus(mandates[one], mandates[other], mandates.get)
            )
            if share >= _SIMILARITY:
                found.append(Similar(one, other, f"{share:.3f}", ""))
    found.sort(key=lambda pair: (-float(pair.similarity), pair.one, pair.other))
    if len(found) > budget.listed:
        cut += sorted({mandates[pair.one].document for pair in found[budget.listed :]})
    return [
        replace(pair, difference=word_difference(mandates[pair.one].text, mandates[pair.other].text))
        for pair in found[: budget.listed]
    ], sorted(set(cut))


def _of_chapeaus(one: Mandate, other: Mandate, known: Callable[[str], Mandate | None]) -> float:
    heads: Sequence[Mandate | None] = [
        known(mandate.chapeau or "") if mandate.kind == "sub-item" else None for mandate in (one, other)
    ]
    left, right = heads
    if left is None or right is None or left.key == right.key:
        return 1.0
    return similarity(left.text, right.text, _SIMILARITY)


def _candidates(texts: Mapping[str, str], left: int) -> tuple[list[tuple[str, str]], bool]:
    sets = {key: frozenset(text.split()) for key, text in texts.items()}
    rarity = Counter(word for words in sets.values() for word in words)
    by_word: dict[str, list[str]] = defaultdict(list)
    pairs: list[tuple[str, str]] = []
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
