"""The same paragraph in two languages: pairs of mandates, each a claim with its evidence.

Pages of one stem are held against each other document by document. Within a document the order is the same, and one
page may lack what the other has; the best alignment in order is taken (Needleman and Wunsch 1970), and a pair is kept
for what speaks for it: an equal official number or letter; words that need no translation; or, where both list equally
many between two such pairs, the place alone. Nothing is paired across documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from mandate_graph.resolve.likeness import Likeness
from mandate_graph.resolve.listed import Listed

__all__ = ["RULES", "Found", "Side", "hold_against"]

_Step: TypeAlias = tuple[Listed | None, Listed | None]
BY_POSITION, BY_WORDS, BY_LABEL = 1, 2, 3
RULES: Mapping[int, str] = {1: "pair-by-position", 2: "pair-by-words", 3: "pair-by-label"}
"""Rules by their rank: what a higher one says is surer."""
_GAP = -0.6
# A pair that scores below this is worse than saying nothing; one above the second speaks for itself.
_LEAST = -0.5
_STRONG = 0.8
# Every listing is compared with every other one; the longest document known has some hundreds.
_MOST_COMPARED = 1_000_000


class Side(NamedTuple):
    """What one page lists, in its order."""

    language: str
    page: str
    capture: str
    listed: Sequence[Listed]


@dataclass(slots=True)
class Found:
    """The pairs that were found, by mandate and rank of the rule; and what has no counterpart where one was looked for.

    A pair comes with the listings that it was first found at, a lonely one with the page that it was looked for on.
    """

    pairs: dict[tuple[str, str], dict[int, tuple[Listed, Listed]]] = field(default_factory=dict)
    alone: dict[str, tuple[Listed, str]] = field(default_factory=dict)


def hold_against(pages: Sequence[Side], likeness: Likeness, *, of_one_document: bool) -> Found:
    """Hold the pages of a stem in different languages against each other, English first; or full texts.

    ``of_one_document``: two full texts are held against each other only where they are of one document; two pages
    always.
    """
    found = Found()
    ordered = sorted(pages, key=lambda page: (page.language != "en", page.language, page.capture))
    by_document = [_by_document(page) for page in ordered]
    for place, one in enumerate(ordered):
        for further, other in enumerate(ordered[place + 1 :], place + 1):
            if one.language != other.language:
                left, right = by_document[place], by_document[further]
                for document in sorted(left.keys() & right.keys() if of_one_document else left.keys() | right.keys()):
                    sides = (
                        one._replace(listed=left.get(document, ())),
                        other._replace(listed=right.get(document, ())),
                    )
                    _align(*sides, likeness, found)
    return found


def _by_document(page: Side) -> dict[str, list[Listed]]:
    sides: dict[str, list[Listed]] = defaultdict(list)
    for listed in page.listed:
        if listed.document and listed.attribution != "inferred":
            sides[listed.document].append(listed)
    return sides


def _align(one: Side, other: Side, likeness: Likeness, found: Found) -> None:
    if len(one.listed) * len(other.listed) > _MOST_COMPARED:
        return  # official numbers still pair what has them
    left_over: list[_Step] = []
    for left, right in [*_best(one.listed, other.listed, likeness), (None, None)]:
        rule = _rule(left, right, likeness) if left is not None and right is not None else 0
        if not rule and (left or right):
            left_over.append((left, right))
            continue
        _by_place(left_over, (one, other), likeness, found)
        left_over = []
        if rule:
            _keep(rule, left, right, found)


def _rule(left: Listed, right: Listed, likeness: Likeness) -> int:
    """What speaks for a pair, wherever it stands; nothing when too little does."""
    score = likeness.score(left, right)
    if left.label and left.label == right.label and score >= _LEAST:
        return BY_LABEL
    return BY_WORDS if score >= _STRONG else 0


def _by_place(left_over: Sequence[_Step], sides: tuple[Side, Side], likeness: Likeness, found: Found) -> None:
    """Between two pairs that are sure, equally many on both sides are pairs in order, if nothing speaks against it."""
    lefts = [left for left, _ in left_over if left is not None]
    rights = [right for _, right in left_over if right is not None]
    pairs = list(zip(lefts, rights, strict=False))
    if len(lefts) == len(rights) and all(likeness.score(left, right) >= _LEAST for left, right in pairs):
        for left, right in pairs:
            _keep(BY_POSITION, left, right, found)
        return
    for several, where in ((lefts, sides[1].page), (rights, sides[0].page)):
        for listed in several:
            found.alone.setdefault(listed.mandate, (listed, where))


def _keep(rule: int, left: Listed | None, right: Listed | None, found: Found) -> None:
    if left is not None and right is not None:
        found.pairs.setdefault((left.mandate, right.mandate), {}).setdefault(rule, (left, right))


def _best(one: Sequence[Listed], other: Sequence[Listed], likeness: Likeness) -> list[_Step]:
    """The alignment in order with the highest score; listings that are left alone cost a little."""
    rows, columns = len(one), len(other)
    score = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        score[row][columns] = score[row + 1][columns] + _GAP
    for column in range(columns - 1, -1, -1):
        score[rows][column] = score[rows][column + 1] + _GAP
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            score[row][column] = max(
                score[row + 1][column + 1] + likeness.score(one[row], other[column]),
                score[row + 1][column] + _GAP,
                score[row][column + 1] + _GAP,
            )
    steps: list[_Step] = []
    row = column = 0
    while row < rows or column < columns:
        here = score[row][column]
        if row < rows and column < columns:
            pair = likeness.score(one[row], other[column])
            if here == score[row + 1][column + 1] + pair:
                steps.append((one[row], other[column]))
                row, column = row + 1, column + 1
                continue
        if row < rows and here == score[row + 1][column] + _GAP:
            steps.append((one[row], None))
            row += 1
        else:
            steps.append((None, other[column]))
            column += 1
    return steps
