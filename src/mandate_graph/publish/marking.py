"""Texts with places in them that stand out: what is named.

Nothing here makes markup. A text becomes pieces that follow each other without a gap, so that whatever a layout puts
around them, the text stays itself, character by character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from mandate_graph.publish.rows import Cell, Row

__all__ = ["Found", "Piece", "found", "line_of", "pieces", "window"]


class Found(NamedTuple):
    """What some words name, or seem to name: one mention with all that it may mean.

    ``style`` is resolved, ambiguous, unresolved or topic; ``targets`` and ``evidence`` are IRIs; ``line`` is the one on
    which the listing begins that holds the words.
    """

    number: int
    mention: str
    start: int
    end: int
    style: str
    row: Row
    targets: tuple[Cell, ...]
    evidence: tuple[Cell, ...]


class Piece(NamedTuple):
    """Characters that the same mentions cover; ``inner`` is the shortest of those that name something."""

    text: str
    by: tuple[Found, ...]
    inner: Found | None

    @property
    def target(self) -> str:
        """The one thing that the words name; empty where they name several, none, or what is not known."""
        if self.inner is None or self.inner.style != "resolved":
            return ""
        span = self.inner.start, self.inner.end
        named = {each.targets for each in self.by if (each.start, each.end) == span and each.style != "topic"}
        return self.inner.targets[0] if len(named) == 1 and len(self.inner.targets) == 1 else ""


def found(rows: Iterable[Row], text: str = "") -> list[Found]:
    """Rows of mentions (one for each target and piece of evidence), as mentions in the order of their text."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if not text or row["text"] == text:
            groups.setdefault(row["mention"], []).append(row)
    ordered = sorted(groups.items(), key=lambda each: (_span(each[1][0])[0], -_span(each[1][0])[1], each[0]))
    return [
        Found(
            number,
            mention,
            *_span(group[0]),
            group[0]["outcome"].rpartition("/")[2] or "topic",
            group[0],
            _once(row["target"] for row in group),
            _once(row["evidence"] for row in group),
        )
        for number, (mention, group) in enumerate(ordered, 1)
    ]


def _span(row: Row) -> tuple[int, int]:
    return int(row["start"]), int(row["end"])


def _once(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple(dict.fromkeys(cell for cell in cells if cell))


def pieces(text: str, mentions: Sequence[Found]) -> list[Piece]:
    """A text cut wherever a mention begins or ends: they may overlap, lie in each other, or be the same characters.

    A mention that does not lie within the text marks nothing.
    """
    good = [each for each in mentions if 0 <= each.start < each.end <= len(text)]
    cuts = sorted({0, len(text), *(each.start for each in good), *(each.end for each in good)})
    made = []
    for start, end in pairwise(cuts):
        by = tuple(each for each in good if each.start <= start and end <= each.end)
        made.append(Piece(text[start:end], by, min(by, key=_rank, default=None)))
    return made


def _rank(mention: Found) -> tuple[bool, int, int]:
    """What is named goes before what is only spoken of, and few words before many."""
    return mention.style == "topic", mention.end - mention.start, mention.number


def window(text: str, start: int, end: int, around: int = 160) -> tuple[str, str, str]:
    """Some words of a text with what stands before and after them, cut between words."""
    before, after = text[:start], text[end:]
    if len(before) > around:
        before = "… " + before[-around:].partition(" ")[2]
    if len(after) > around:
        after = after[:around].rpartition(" ")[0] + " …"
    return before, text[start:end], after


def line_of(evidence: str, printed: Iterable[Row]) -> str:
    """The line on which the listing begins that holds some characters of a capture (``CAPTURE#char=START,END``)."""
    capture, _, span = evidence.partition("#char=")
    start = span.partition(",")[0]
    if not start.isdecimal():
        return ""
    lines = (
        row["line"]
        for row in printed
        if row["capture"] == capture and int(row["start"]) <= int(start) < int(row["end"])
    )
    return next(lines, "")
