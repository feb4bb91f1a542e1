"""Kindred promises: paragraphs of different documents that share many runs of three words.

They are not the same promise, and nothing merges them: a claim says how much they share and which words differ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from mandate_graph.iris import text_key
from mandate_graph.model import Mandate

__all__ = ["KINSHIP", "kindred", "runs"]

KINSHIP = 0.3
"""The share of the shorter one's runs from which on two paragraphs are kin."""

_FEWEST = 8
# A run that stands in more paragraphs than this is a formula and finds no kin by itself.
_COMMON = 200
_MOST_KIN = 8
_RUN = 3


def runs(text: str) -> frozenset[str]:
    """The runs of three words of a text, without case, accents and punctuation."""
    words = text_key(text).split()
    return frozenset(" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1))


def kindred(mandates: Mapping[str, Mandate]) -> Iterator[tuple[str, str, str]]:
    """The pairs of one language and two documents, each with the share as a decimal."""
    texts = {key: runs(mandate.text) for key, mandate in mandates.items() if mandate.document}
    by_run: dict[str, list[str]] = defaultdict(list)
    for key, own in texts.items():
        for run in own:
            by_run[run].append(key)
    for key, own in texts.items():
        shared: Counter[str] = Counter()
        for run in own:
            if len(by_run[run]) <= _COMMON:
                shared.update(by_run[run])
        found = []
        for other, count in shared.items():
            one, two = mandates[key], mandates[other]
            if other <= key or one.document == two.document or one.language != two.language or count < _RUN:
                continue
            common = len(own & texts[other])
            share = common / min(len(own), len(texts[other]))
            if common >= _FEWEST and share >= KINSHIP:
                found.append((share, other))
        for share, other in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:_MOST_KIN]:
            yield key, other, f"{share:.3f}"
