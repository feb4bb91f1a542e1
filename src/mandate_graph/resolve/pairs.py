"""The same paragraph in two languages: pairs of mandates, each a claim with its evidence.

Pages of one stem are held against each other document by document. Within a document the order is the same, and one
page may lack what the other has; the best alignment in order is taken (Needleman and Wunsch 1970), and a pair is kept
for what speaks for it: an equal official number or letter; words that need no translation; or, where both list equally
many between two such pairs, the place alone. Nothing is paired across documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mandate_graph.model import Claim, Mandate, Occurrence, Page, Problem, Span
from mandate_graph.parse.themes import stem_of
from mandate_graph.resolve.likeness import Likeness, signals_of
from mandate_graph.resolve.mandates import is_official

__all__ = ["pair_languages"]

BY_LABEL, BY_WORDS, BY_POSITION = "pair-by-label", "pair-by-words", "pair-by-position"
_Step: TypeAlias = tuple[Occurrence | None, Occurrence | None]
_RANK = {BY_LABEL: 3, BY_WORDS: 2, BY_POSITION: 1}
_GAP = -0.6
# A pair that scores below this is worse than saying nothing; one above the second speaks for itself.
_LEAST = -0.5
_STRONG = 0.8
# Every listing is compared with every other one; the longest document known has some hundreds.
_MOST_COMPARED = 1_000_000


@dataclass(frozen=True, slots=True)
class _Side:
    """What one page lists of one document, in one language."""

    language: str
    page: str
    listed: tuple[Occurrence, ...]


@dataclass(slots=True)
class _Found:
    """The pairs that were found, by mandate; and what has no counterpart where one was looked for."""

    pairs: dict[tuple[str, str], dict[str, tuple[Occurrence, Occurrence]]] = field(default_factory=dict)
    alone: dict[str, tuple[Occurrence, str]] = field(default_factory=dict)


def pair_languages(
    pages: Sequence[Page],
    occurrences: Sequence[Occurrence],
    mandates: Mapping[str, Mandate],
    targets: Mapping[str, frozenset[str]],
    superseded: Collection[str] = (),
) -> tuple[list[Claim], list[Problem]]:
    """The claims, and a remark for each mandate without counterpart on the page in the other language.

    ``targets`` is what each mandate names. Superseded captures are held against pages in the other language too, which
    may be as old; but of what they alone list no counterpart is missed.
    """
    found = _Found()
    likeness = Likeness({key: signals_of(mandate, targets.get(key, frozenset())) for key, mandate in mandates.items()})
    for one, other in _sides(pages, occurrences):
        _align(one, other, likeness, found)
    _by_number(occurrences, mandates, found)
    claims, problems = _settle(found, mandates, likeness)
    paired = {key for claim in claims for key in (claim.subject, claim.object)}
    for key, (occurrence, where) in sorted(found.alone.items()):
        if key not in paired and occurrence.capture not in superseded:
            problems.append(Problem("pair", occurrence.page, occurrence.listing.line, f"has no counterpart on {where}"))
    return claims, problems


def _sides(pages: Sequence[Page], occurrences: Sequence[Occurrence]) -> Iterator[tuple[_Side, _Side]]:
    """Pages to hold against each other: theme pages by stem, full texts by document; English first."""
    listed: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        listed[occurrence.capture].append(occurrence)
    groups: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        if page.language:
            groups["" if page.form == "full-text" else stem_of(page.capture.page)[0]].append(page)
    for stem, group in sorted(groups.items()):
        ordered = sorted(group, key=lambda page: (page.language != "en", page.language, page.capture.key))
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 :]:
                if one.language != other.language:
                    yield from _documents(stem, one, other, listed)


def _documents(
    stem: str, one: Page, other: Page, listed: Mapping[str, Sequence[Occurrence]]
) -> Iterator[tuple[_Side, _Side]]:
    def by_document(page: Page) -> dict[str, list[Occurrence]]:
        sides: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in listed[page.capture.key]:
            if occurrence.document and occurrence.attribution != "inferred":
                sides[occurrence.document].append(occurrence)
        return sides

    left, right = by_document(one), by_document(other)
    # Two full texts are held against each other only when they are of one document; two pages always.
    for document in sorted(left.keys() & right.keys() if not stem else left.keys() | right.keys()):
        yield (
            _Side(one.language, one.capture.page, tuple(left.get(document, ()))),
            _Side(other.language, other.capture.page, tuple(right.get(document, ()))),
        )


def _align(one: _Side, other: _Side, likeness: Likeness, found: _Found) -> None:
    if len(one.listed) * len(other.listed) > _MOST_COMPARED:
        return  # official numbers still pair what has them
    left_over: list[_Step] = []
    for left, right in [*_best(one.listed, other.listed, likeness), (None, None)]:
        rule = _rule(left, right, likeness) if left is not None and right is not None else ""
        if not rule and (left or right):
            left_over.append((left, right))
            continue
        _by_place(left_over, (one, other), likeness, found)
        left_over = []
        if rule:
            _keep(rule, left, right, found)


def _rule(left: Occurrence, right: Occurrence, likeness: Likeness) -> str:
    """What speaks for a pair, wherever it stands; nothing when too little does."""
    score = likeness.score(left, right)
    if left.listing.label and left.listing.label == right.listing.label and score >= _LEAST:
        return BY_LABEL
    return BY_WORDS if score >= _STRONG else ""


def _by_place(left_over: Sequence[_Step], sides: tuple[_Side, _Side], likeness: Likeness, found: _Found) -> None:
    """Between two pairs that are sure, equally many on both sides are pairs in order, if nothing speaks against it."""
    lefts = [left for left, _ in left_over if left is not None]
    rights = [right for _, right in left_over if right is not None]
    pairs = list(zip(lefts, rights, strict=False))
    if len(lefts) == len(rights) and all(likeness.score(left, right) >= _LEAST for left, right in pairs):
        for left, right in pairs:
            _keep(BY_POSITION, left, right, found)
        return
    for occurrences, where in ((lefts, sides[1].page), (rights, sides[0].page)):
        for occurrence in occurrences:
            found.alone.setdefault(occurrence.mandate, (occurrence, where))


def _keep(rule: str, left: Occurrence | None, right: Occurrence | None, found: _Found) -> None:
    if left is not None and right is not None:
        found.pairs.setdefault((left.mandate, right.mandate), {}).setdefault(rule, (left, right))


def _best(one: Sequence[Occurrence], other: Sequence[Occurrence], likeness: Likeness) -> list[_Step]:
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


def _by_number(occurrences: Sequence[Occurrence], mandates: Mapping[str, Mandate], found: _Found) -> None:
    """A document's own number is the same in every language, on whatever page it stands."""
    numbered: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    first: dict[str, Occurrence] = {}
    for occurrence in occurrences:
        mandate = mandates[occurrence.mandate]
        if mandate.number and is_official(occurrence.listing) and occurrence.attribution in {"stated", "governed"}:
            numbered[mandate.document, mandate.number][mandate.language].add(mandate.key)
            first.setdefault(mandate.key, occurrence)
    for languages in numbered.values():
        known = sorted(languages, key=lambda language: (language != "en", language))
        for place, language in enumerate(known):
            for other in known[place + 1 :]:
                if language and other and len(languages[language]) == len(languages[other]) == 1:
                    (left,), (right,) = languages[language], languages[other]
                    found.pairs.setdefault((left, right), {}).setdefault(BY_LABEL, (first[left], first[right]))


def _settle(found: _Found, mandates: Mapping[str, Mandate], likeness: Likeness) -> tuple[list[Claim], list[Problem]]:
    """One counterpart a language: the pair that more speaks for; none where two are as good."""
    strength = {
        pair: max((_RANK[rule], round(likeness.score(*both), 3)) for rule, both in rules.items())
        for pair, rules in found.pairs.items()
    }
    offers: dict[tuple[str, str], dict[tuple[int, float], set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for pair, strong in strength.items():
        for key, twin in (pair, pair[::-1]):
            offers[key, mandates[twin].language][strong].add(pair)
    claims, problems = [], []
    for pair, rules in sorted(found.pairs.items()):
        best = [max(offers[key, mandates[twin].language].items())[1] for key, twin in (pair, pair[::-1])]
        rule = max(rules, key=lambda name: _RANK[name])
        left, right = rules[rule]
        if all(offer == {pair} for offer in best):
            claims.append(Claim(pair[0], "same-paragraph", pair[1], rule, (_evidence(left), _evidence(right))))
        elif all(pair in offer for offer in best):
            message = "pages pair it with two different paragraphs in the other language; none was chosen"
            problems.append(Problem("pair", left.page, left.listing.line, message))
    return claims, problems


def _evidence(occurrence: Occurrence) -> tuple[str, Span]:
    return occurrence.capture, occurrence.listing.text_span
