"""Printed rows to lines: which rows are one paragraph, told from gaps, edges and indentation.

A row goes on with the one above when that one is full, begins where it should, and stands no further below than rows
of a paragraph do; both are then one line. Where only the place says that a row begins something, a line ends; where a
gap says so too, a blank line follows. What stands in the margins, and notes at the foot of a page, wait until the
paragraph that they interrupt has ended.
"""

from __future__ import annotations

import itertools
import math
import re
import statistics
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from mandate_graph.containers.text import RAISED, Hint, Lines, Rendition

__all__ = ["MARKER", "Kind", "Row", "rendition"]

MARKER = re.compile(r"(?:\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)]|[•·▪●◦‣○■□–—-])\s+")
_BEGINS = re.compile(
    r"[(“\"¿]?(?:\d{1,3}(?:\.\d{1,2})?[.):]?|[a-z][.)]|[ivx]{2,4}[.)]|[•·▪●◦‣○■□–—-])\s|[*†‡]|\(\*|\[\d"
)
# An enumeration inside a sentence: the next number stands in the same row.
_ENUMERATES = re.compile(r"(?:1[.)].*\s2[.)]|a[.)].*\sb[.)]|i[.)].*\sii[.)])\s")
_STOPS = re.compile(r"[.;:!?)\]”\"*¹²³⁰⁴-⁹]\s*\Z")
_PLAIN_MARK = re.compile(r"\d{1,2}(?=\s+\S)")
_NOTE = re.compile(r"[*†‡¹²³⁰⁴-⁹]")
_BROKEN = re.compile(r"(\w+)[-\u2010]\Z")
_WORD = re.compile(r"\w+")
# A running head has words; the number of a page may stand alone.
_HEAD = re.compile(r"[^\W\d_]{3}|\A[\s\d/|.\u2013\u2014-]+\Z")
_HAS_WORDS = re.compile(r"[^\W\d_]{3}")
_IN_BRACKETS = re.compile(r"\(\w{2}")
_AND = re.compile(r"(?:and|or|y|o|e|u)\b")
# What browsers print at the edges of a page: the time, and the address.
_BROWSER = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d{2}.*|(?:https?|file)://\S+(?: \d+/\d+)?|about:blank.*"
)
_EDGE = 3
_SAME_HEIGHT = 2.5
_OFTEN = 0.4
# In ems, or as parts of something.
_COLUMN = 0.5
_ALIGNED = 0.6
_CENTRED = 0.3
_SPACE = 0.25
_PARAGRAPH = 1.3
_APART = 1.08
_USUAL_LEADING = 1.25
_WIDE_LEADING = 1.75
_WIDEST_LEADING = 3.0
_LARGER = 1.12
_SMALLER = 0.93
_SMALL_PRINT = 0.85
_SHORT = 0.7
_SHORTEST_SHOUT = 8
_DEEPEST = 40
_FEWEST_FULL = 3
_MOST_HEADING_ROWS = 3

Kind: TypeAlias = Literal["text", "menu", "note", "aside"]
_Link: TypeAlias = Literal["same", "line", "new"]


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row, in points from the bottom left of a page that is ``width`` wide.

    ``base`` is the line that letters stand on, ``first`` the width of the first word, ``words`` where the words behind
    a marker begin. ``kind`` is what the page itself shows: a menu of links, a note below a rule, or what is written
    aslant across the page.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    page: int
    width: float
    first: float
    words: float
    is_bold: bool = False
    kind: Kind = "text"


@dataclass(slots=True)
class _Paragraph:
    """Rows of one paragraph as lines with their indentation; ``rest`` is where its rows but the first begin."""

    rows: list[Row]
    lines: list[tuple[int, str]]
    rest: float | None = None


def rendition(rows: Sequence[Row]) -> Rendition:
    """The rows of all pages as lines."""
    return _Layout(rows).rendition()


@dataclass(slots=True)
class _Aside:
    """Rows that wait: a running head, the number of a page, a note."""

    rows: list[Row]
    hint: Hint | None = None


class _Layout:
    def __init__(self, rows: Sequence[Row]) -> None:
        self.size = statistics.median(row.size for row in rows) or 10.0
        margins = _margins(rows)
        self.pages = [self._cut(list(page), margins) for _, page in itertools.groupby(rows, lambda row: row.page)]
        self.body = [row for _, body, _ in self.pages for row in body] or list(rows)
        self.left = min(row.left for row in self.body)
        # Few rows do not show how wide the text is; pages have margins alike on both sides.
        self.right = max(max(row.right, row.width - self.left) for row in self.body)
        self.widest = max(row.right for row in self.body)
        self.is_justified = self._is_justified()
        self.is_bold = sum(row.is_bold for row in self.body) > len(self.body) / 2
        self.lefts = Counter(round(row.left) for row in self.body)
        self.stops = self._tab_stops()
        self.rights = self._rights()
        self.leading = self._leading()
        self.words = {word for row in rows for word in _WORD.findall(row.text.lower())}
        self.lines = Lines()
        self.open: _Paragraph | None = None
        self.waiting: list[_Aside] = []

    def rendition(self) -> Rendition:
        for head, body, foot in self.pages:
            self.waiting += head
            for row in body:
                self._take(row)
            self.waiting += foot
        self._end()
        return self.lines.rendition()

    def _cut(self, page: list[Row], margins: set[int]) -> tuple[list[_Aside], list[Row], list[_Aside]]:
        """What stands above the text of a page, the text, and what stands below it."""
        body = [row for row in page if id(row) not in margins and row.kind != "aside"]
        body = body[self._small_print(body) : len(body) - self._small_print(body[::-1])]
        top = max((row.base for row in body), default=0.0)
        inside = {id(row) for row in body}
        aside = [row for row in page if id(row) not in inside]
        head = [_Aside([row], "furniture") for row in aside if row.base > top]
        foot = [_Aside([row], "furniture") for row in aside if row.base <= top]
        start = self._first_note(body)
        notes: list[_Aside] = []
        for row in map(_with_mark, body[start:]):
            if not notes or _NOTE.match(row.text):
                notes.append(_Aside([]))
            notes[-1].rows.append(row)
        return head, body[:start], [*notes, *foot]

    def _first_note(self, body: Sequence[Row]) -> int:
        """Where the notes at the foot of a page begin: below a rule or in smaller print, and with a mark."""
        start = len(body)
        while start and (body[start - 1].kind == "note" or body[start - 1].size <= _SMALLER * self.size):
            start -= 1
        marked = (place for place in range(start, len(body)) if _NOTE.match(_with_mark(body[place]).text))
        return next(marked, 0) or len(body)  # a page that is nothing but small print holds no notes

    def _small_print(self, rows: Sequence[Row]) -> int:
        """How many rows at the edge of a page are in small print, and no notes: heads and feet that do not repeat."""
        small = itertools.takewhile(
            lambda row: row.size <= _SMALL_PRINT * self.size and not _NOTE.match(row.text), rows
        )
        count = sum(1 for _ in small)
        return count if count <= _EDGE and count < len(rows) else 0

    def _tab_stops(self) -> list[tuple[float, int]]:
        """Where rows begin, with the column of each place; places that differ clearly are two columns apart or more."""
        found: list[tuple[float, int]] = []
        above = -math.inf
        for left in sorted(row.left for row in self.body if not self._is_centred(row)):
            if left - above > _ALIGNED * self.size:
                column = round((left - self.left) / (_COLUMN * self.size))
                found.append((left, max(column, found[-1][1] + 2 if found else 0)))
            above = left
        return found

    def _column(self, place: float) -> int:
        stop = bisect_right(self.stops, (place + 0.1, 0)) - 1
        return self.stops[stop][1] if stop >= 0 else 0

    def _rights(self) -> dict[int, float]:
        """For places where many rows begin: how far to the right the longest of them reach."""
        found: defaultdict[int, list[float]] = defaultdict(list)
        for row in self.body:
            found[self._column(row.left)].append(row.right)
        longest = {column: sorted(rights)[-_FEWEST_FULL:] for column, rights in found.items()}
        return {
            column: rights[-1]
            for column, rights in longest.items()
            if len(rights) == _FEWEST_FULL
            and rights[-1] - rights[0] < 2 * self.size
            and rights[-1] > (self.left + self.right) / 2
        }

    def _is_justified(self) -> bool:
        """Whether the rows that are nearly full end at the same place, so that a row that does not is a last one."""
        full = [row for row in self.body if row.right > self.widest - 4 * self.size]
        flush = [row for row in full if row.right > self.widest - 0.1 * self.size]
        return len(flush) >= _FEWEST_FULL and len(flush) > 0.6 * len(full)

    def _leading(self) -> float:
        """How far below each other, in ems, the rows of a paragraph stand: what is usual below a full row."""
        gaps = sorted(
            ((above.base - row.base) / max(row.size, 1.0), row.text[0].islower())
            for above, row in itertools.pairwise(self.body)
            if above.page == row.page and self._fits(above, row) is False
        )
        sure = [gap for gap, goes_on in gaps if goes_on and 0.8 < gap < _WIDEST_LEADING]
        usual = sure or [gap for gap, _ in gaps if 0.8 < gap < _WIDE_LEADING]
        return usual[len(usual) // 5] if usual else _USUAL_LEADING

    def _take(self, row: Row) -> None:
        if row.kind == "menu":
            self._end()
            self.lines.add(row.text, indent=self._indent(row), hint="furniture")
            return
        link = self._link(row) if self.open is not None else "new"
        paragraph = self.open
        if paragraph is None or link == "new":
            self._end()
            self.open = _Paragraph([row], [(self._indent(row), row.text)])
            return
        if paragraph.rest is None or link == "line":
            paragraph.rest = row.left if link == "same" else None
        if link == "same":
            indent, text = paragraph.lines[-1]
            paragraph.lines[-1] = (indent, self._joined(text, row.text))
        else:
            paragraph.lines.append((self._under(paragraph, row), row.text))
        paragraph.rows.append(row)

    def _link(self, row: Row) -> _Link:
        """How a row goes on with the paragraph above."""
        assert self.open is not None  # noqa: S101  (asked only then)
        above = self.open.rows[-1]
        gap = (above.base - row.base) / max(row.size, 1.0)
        beside = above.page == row.page and gap > 0
        same_print = 1 / _LARGER < row.size / max(above.size, 1.0) < _LARGER
        if not same_print or (beside and gap > _PARAGRAPH * self.leading):
            return "new"
        if _BROKEN.search(above.text):
            return "same"
        fits, marked = self._fits(above, row), _BEGINS.match(row.text) is not None
        begins = marked or not (row.text[0].islower() or _IN_BRACKETS.match(row.text))
        stops = _STOPS.search(above.text) is not None
        other = above.is_bold != row.is_bold
        short = fits is not False and self._is_short(above)
        if _shouts(row, above) or (begins and (short or (stops and (fits is True or other)))):
            return "new"
        if fits is not False or other or not self._is_aligned(row):
            return "line"
        if marked and not _ENUMERATES.match(row.text):
            hangs = self.open.rest is not None or row.left > above.left + _ALIGNED * row.size
            return "same" if hangs and not stops else "line"
        apart = stops if not beside else gap > _APART * self.leading
        return "line" if begins and apart else "same"

    def _fits(self, above: Row, row: Row) -> bool | None:
        """Whether the first word of a row would have had room in the row above; None where the room is not known."""
        if self.is_justified and above.right < self.widest - _COLUMN * row.size:
            return True
        end = above.right + _SPACE * row.size + row.first
        edge = self.rights.get(self._column(above.left))
        if edge is not None:
            return end < edge
        return None if end < self.right else False

    def _is_short(self, row: Row) -> bool:
        """Whether a row ends so early that no word can have been too long for the rest of it."""
        return row.right < row.left + _SHORT * (self.right - row.left)

    def _is_aligned(self, row: Row) -> bool:
        """Whether a row begins where the next row of the paragraph should."""
        assert self.open is not None  # noqa: S101  (asked only then)
        near = _ALIGNED * row.size
        if self.open.rest is not None:
            return abs(row.left - self.open.rest) < near
        above = self.open.rows[-1]
        first_line = above.left - 4 * row.size < row.left < above.left and above.words == above.left
        return first_line or min(abs(row.left - above.left), abs(row.left - above.words)) < near

    def _indent(self, row: Row) -> int:
        """Columns of indentation; centred rows have none."""
        return 0 if self._is_centred(row) else min(_DEEPEST, self._column(row.left))

    def _under(self, paragraph: _Paragraph, row: Row) -> int:
        """The same for a further row: where it stands under the words of an item, theirs."""
        first = paragraph.rows[0]
        if first.words > first.left and abs(row.left - first.words) < _ALIGNED * row.size:
            marker = MARKER.match(first.text)
            return paragraph.lines[0][0] + (marker.end() if marker else 0)
        return self._indent(row)

    def _is_centred(self, row: Row) -> bool:
        off = abs(row.left + row.right - row.width) / 2
        alone = self.lefts[round(row.left)] == 1 and not _BEGINS.match(row.text)
        return alone and off < _CENTRED * row.size and row.left > self.left + 2 * row.size

    def _joined(self, text: str, more: str) -> str:
        """Two rows as one; a word broken by the printer is mended, a hyphen of its own is kept."""
        broken, rest = _BROKEN.search(text), _WORD.match(more)
        if broken is None or rest is None or _AND.match(more):
            return f"{text} {more}"
        if text.endswith("\u2010") or (broken[1] + rest.group()).lower() in self.words:
            return text[:-1] + more
        return text + more

    def _end(self) -> None:
        """Write the open paragraph, and what waited for its end."""
        if self.open is not None:
            self.lines.blank()
            hint: Hint | None = "heading" if self._is_heading(self.open) else None
            for indent, text in self.open.lines:
                self.lines.add(text, indent=indent, hint=hint)
        self.open = None
        for aside in self.waiting:
            text = aside.rows[0].text
            for row in aside.rows[1:]:
                text = self._joined(text, row.text)
            self.lines.blank()
            self.lines.add(text, indent=0 if aside.hint else 4, hint=aside.hint)
        self.waiting = []

    def _is_heading(self, paragraph: _Paragraph) -> bool:
        """Larger than the text, or bold where the text is not."""
        first = paragraph.rows[0]
        stands_out = first.size > _LARGER * self.size or (first.is_bold and not self.is_bold)
        short = len(paragraph.rows) <= _MOST_HEADING_ROWS and first.text[0] not in "•*"
        return stands_out and short and not _STOPS.search(paragraph.rows[-1].text)


def _with_mark(row: Row) -> Row:
    """A row below the rule whose mark is printed as a plain number: "1 The United States …"."""
    found = _PLAIN_MARK.match(row.text) if row.kind == "note" else None
    if found is None:
        return row
    return replace(row, text=found.group().translate(RAISED) + row.text[found.end() :])


def _shouts(row: Row, above: Row) -> bool:
    """Whether one of two rows is in capitals and the other is not; acronyms alone do not count."""
    upper = [other.text.isupper() for other in (row, above)]
    return upper[0] != upper[1] and all(len(other.text) > _SHORTEST_SHOUT for other in (row, above))


def _margins(rows: Sequence[Row]) -> set[int]:
    """Rows at the edges of pages that repeat on the same height, alike but for numbers, or that a browser printed."""
    pages = [sorted(page, key=_base) for _, page in itertools.groupby(rows, lambda row: row.page)]
    alike: defaultdict[str, list[Row]] = defaultdict(list)
    for page in pages:
        for row in {id(row): row for row in (*page[:_EDGE], *page[-_EDGE:])}.values():
            alike[_key(row)].append(row)
    fewest = max(2, math.ceil(len(pages) * _OFTEN))

    def is_margin(row: Row) -> bool:
        if not _HEAD.search(row.text) or (MARKER.match(row.text) and _HAS_WORDS.search(row.text)):
            return False  # an item of a list is no head, however like the one on the next page it is
        near = {other.page for other in alike[_key(row)] if abs(other.base - row.base) < _SAME_HEIGHT}
        return len(near) >= fewest or _BROWSER.fullmatch(row.text) is not None

    found: set[int] = set()
    for page in pages:  # from the edge inwards: what has text outside of it is text
        for edge in (page[:_EDGE], page[: -_EDGE - 1 : -1]):
            found.update(map(id, itertools.takewhile(is_margin, edge)))
    return found


def _base(row: Row) -> float:
    return row.base


def _key(row: Row) -> str:
    return re.sub(r"\d+", "#", row.text)
