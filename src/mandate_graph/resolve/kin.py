"""Kindred promises: paragraphs of different documents that share many runs of three words.

They are not the same promise, and nothing merges them: a claim says how much they share and which words differ.

Candidates are found on disk by hashes of runs (`shared_runs`), in tasks that any process can do; then the words of the
texts themselves decide, so that two runs of one hash make nobody kin.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mandate_graph.iris import text_key

if TYPE_CHECKING:
    from mandate_graph.resolve.shared_runs import Index

__all__ = ["KINSHIP", "Bounds", "Each", "Kin", "TextRuns", "find_kin", "find_kin_again", "kin_between", "runs"]

KINSHIP = 0.3
"""The share of the shorter one's runs from which on two paragraphs are kin."""

_RUN = 3
_HASH = 8
# Real runs of so many texts are kept while a stretch of texts is decided; about 10 kB each.
_REMEMBERED = 2_000


class Bounds(NamedTuple):
    """From where on two texts are kin.

    ``share`` of the shorter one's runs, ``fewest`` shared runs, of which ``telling`` stand in at most ``formula`` texts
    (a run that stands in more is a formula and finds no kin by itself); the ``most`` kin that a text is given.
    """

    share: float = KINSHIP
    fewest: int = 8
    telling: int = 3
    formula: int = 200
    most: int = 8


class TextRuns(NamedTuple):
    """A text as it is compared: its mandate, and its runs as `shared_runs.runs_of` gives them."""

    key: str
    document: str
    language: str
    runs: bytes


class Kin(NamedTuple):
    """Two mandates that are kin, ``one`` before ``other``; the share is a decimal from 0 to 1."""

    one: str
    other: str
    share: str


Each = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterable[Any]]
"""Calls a function with each tuple of arguments and gives the results in their order, as `itertools.starmap` does."""


def runs(text: str) -> frozenset[str]:
    """The runs of three words of a text, without case, accents and punctuation."""
    words = text_key(text).split()
    return frozenset(map(" ".join, zip(*(words[place:] for place in range(_RUN)), strict=False)))


def find_kin(
    texts: Iterable[TextRuns],
    scratch: Path,
    text_of: Callable[[str], str],
    each: Each = itertools.starmap,
    bounds: Bounds | None = None,
) -> Iterator[Kin]:
    """All kin by key; those of one key most alike first, then by key.

    ``texts`` are read once and come in the order of their keys; those of no document have no kin. ``scratch`` is an
    empty folder, which the caller removes (about 25 bytes a run). ``each`` may do the calls in other processes that see
    the same folder; then ``text_of`` is picklable. A call can be repeated, and the calls of one stage need no order::

        def each(function, rows):
            with ProcessPoolExecutor() as executor:
                yield from executor.map(function, *zip(*rows))
    """
    from mandate_graph.resolve.shared_runs import PARTS, index_part, spool_runs, stretches

    bounds = bounds or Bounds()
    spool_runs(texts, scratch)
    for _ in each(index_part, [(scratch, part, bounds.formula) for part in range(PARTS)]):
        pass
    rows = [(scratch, first, end, text_of, bounds) for first, end in stretches(scratch)]
    for found in each(kin_between, rows):
        yield from found


def kin_between(scratch: Path, first: int, end: int, text_of: Callable[[str], str], bounds: Bounds) -> list[Kin]:
    """The kin of the texts from ``first`` on and before ``end``, counted in the order in which they came."""
    from mandate_graph.resolve.shared_runs import candidates

    @functools.lru_cache(_REMEMBERED)
    def own(key: str) -> frozenset[str]:
        return runs(text_of(key))

    def share(one: str, other: str) -> float:
        common = len(own(one) & own(other))
        return common / min(len(own(one)), len(own(other))) if common >= bounds.fewest else 0.0

    found = []
    for one, likely in candidates(scratch, first, end, bounds):
        found += _best(one, likely, share, bounds)
    return found


def _best(
    one: str, likely: Sequence[tuple[float, str]], share: Callable[[str, str], float], bounds: Bounds
) -> list[Kin]:
    best = likely[: bounds.most]
    if any(share(one, other) != supposed for supposed, other in best):  # two runs have one hash
        real = [(share(one, other), other) for _, other in likely]
        ranked = sorted((pair for pair in real if pair[0] >= bounds.share), key=lambda pair: (-pair[0], pair[1]))
        best = ranked[: bounds.most]
    return [Kin(one, other, f"{shared:.3f}") for shared, other in best]


def find_kin_again(
    texts: Callable[[], Iterable[TextRuns]],
    old: Sequence[TextRuns],
    new: Sequence[TextRuns],
    text_of: Callable[[str], str],
    bounds: Bounds | None = None,
) -> tuple[set[str], list[Kin]] | None:
    """The keys whose kin may be others, and their kin now, when some texts went (``old``) and some came (``new``).

    ``texts`` are all that there are now, in the order of their keys; they are read three times. None when a run has
    become a formula by the change, or is none any more: then everybody's kin may be others.
    """
    from mandate_graph.resolve.shared_runs import Index

    bounds = bounds or Bounds()
    old, new = ([text for text in several if text.document] for several in (old, new))
    index = Index(texts(), (text.runs for text in (*old, *new)))
    if _crosses(index, old, new, bounds):
        return None
    changed = {text.key for text in (*old, *new)}
    for text in (*old, *new):
        changed.update(index.kin(text, bounds)[0])

    def share(one: str, other: str) -> float:
        left, right = (runs(text_of(key)) for key in (one, other))
        common = len(left & right)
        return common / min(len(left), len(right)) if common >= bounds.fewest else 0.0

    still = [text for text in texts() if text.key in changed]
    index = Index(texts(), (text.runs for text in still))
    found = [kin for text in still for kin in _best(text.key, index.kin(text, bounds)[1], share, bounds)]
    return changed, found


def _crosses(index: Index, old: Sequence[TextRuns], new: Sequence[TextRuns], bounds: Bounds) -> bool:
    """Whether the number of texts that have a run crosses the bound of formulas."""
    change = Counter[bytes]()
    for sign, several in ((-1, old), (1, new)):
        for text in several:
            for place in range(0, len(text.runs), _HASH):
                change[text.runs[place : place + _HASH]] += sign
    moved = [run for run, by in change.items() if by]
    counts = index.counts(b"".join(moved))
    return any(
        (now <= bounds.formula) != (now - change[run] <= bounds.formula) for run, now in zip(moved, counts, strict=True)
    )
