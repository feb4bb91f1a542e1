"""Printed rows to lines: which rows are one paragraph, told from gaps, edges and indentation.

A row goes on with the one above when that one is full, when it begins where it should, and when it stands no further
below than rows of a paragraph do; both are then one line. Where only its place says that a row begins something, a line
ends; where its distance says so too, a blank line follows. What stands in the margins, and the notes at the foot of a
page, wait until the paragraph that they interrupt has ended.
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

from mandate_graph.containers.text import RAISED, TYPED_MARKER, Hint, Lines, Rendition

__all__ = ["BEGINS", "MARKER", "Kind", "Row", "rendition"]

MARKER = re.compile(rf"{TYPED_MARKER}\s+")
# What may be a marker, an official number or the mark of a note, and may as well be words of a sentence.
BEGINS = re.compile(
    r"[(“\"¿]?(?:\d{1,3}(?:\.\d{1,2})?[.):]?|[a-z][.)]|[ivx]{2,4}[.)]|[•·▪●◦‣○■□–—-])\s|[*†‡]|\(\*|\[\d"
)
# An enumeration inside a sentence: the next number stands in the same row.
_ENUMERATES = re.compile(r"(?:1[.)].*\s2[.)]|a[.)].*\sb[.)]|i[.)].*\sii[.)])\s")
_IN_BRACKETS = re.compile(r"\(\w{2}")
_STOPS = re.compile(r"[.;:!?)\]”\"*¹²³⁰⁴-⁹]\Z")
_NOTE = re.compile(r"[*†‡¹²³⁰⁴-⁹]")
_PLAIN_MARK = re.compile(r"\d{1,2}(?=\s+\S)")
_BROKEN = re.compile(r"(\w+)[-\u2010]\Z")
_WORD = re.compile(r"\w+")
_AND = re.compile(r"(?:and|or|y|o|e|u)\b")
# A running head has words; the number of a page may stand alone.
_HAS_WORDS = re.compile(r"[^\W\d_]{3}")
_NUMBER = re.compile(r"[\s\d/|.\u2013\u2014-]+")
# What browsers print at the edges of a page: the time, and the address.
_BROWSER = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d{2}.*|(?:https?|file)://\S+(?: \d+/\d+)?|about:blank.*"
)
# As many rows at either edge of a page may be margin; they repeat on this part of the pages, at the same height.
_EDGE = 3
_OFTEN = 0.4
_SAME_HEIGHT = 2.5
# In ems.
_COLUMN = 0.5
_ALIGNED = 0.6
_CENTRED = 0.3
_FAR_IN = 5.0
_SPACE = 0.25
_USUAL_LEADING, _WIDE_LEADING, _WIDEST_LEADING = 1.25, 1.75, 3.0
# As parts: of the leading, of the size of the text, of its width.
_PARAGRAPH, _APART = 1.3, 1.08
_LARGER, _SMALLER, _SMALL_PRINT = 1.12, 0.93, 0.85
_SHORT = 0.7
_FEWEST_FULL = 3
_MOST_HEADING_ROWS = 3
_SHORTEST_SHOUT = 8
_DEEPEST = 40
_NOTE_INDENT = 4

Kind: TypeAlias = Literal["text", "menu", "note", "aside"]
_Link: TypeAlias = Literal["same", "line", "new"]


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row, in points from the bottom left of a page that is ``width`` wide; it is never empty.

    ``base`` is the height that letters stand on, ``first`` the width of the first word, ``words`` where the words
    behind a marker begin. ``kind`` is what the page itself shows: a menu of links, a note below a rule, or what is
    written aslant across the page.
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

    @property
    def hangs(self) -> bool:
        """Whether the row begins with a marker, behind which its words may be aligned."""
        return self.words > self.left


@dataclass(slots=True)
class _Paragraph:
    """Rows of one paragraph, and its lines, each with its indentation and its parts.

    ``rest`` is where the rows of the last line, but for its first, begin.
    """

    rows: list[Row]
    lines: list[tuple[int, list[str]]]
    rest: float | None = None


@dataclass(frozen=True, slots=True)
class _Aside:
    """Rows that wait: a running head, the number of a page, a note."""

    rows: list[Row]
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands above the text of a page, the text, and what stands below it."""

    head: list[_Aside]
    body: list[Row]
    foot: list[_Aside]


def rendition(rows: Sequence[Row]) -> Rendition:
    """The rows of all pages, from top to bottom, as lines."""
    size = statistics.median(row.size for row in rows) or 10.0
    margins = _margins(rows)
    pages = [_cut(list(page), margins, size) for _, page in itertools.groupby(rows, lambda row: row.page)]
    body = [row for page in pages for row in page.body] or list(rows)
    words = {word for row in rows for word in _WORD.findall(row.text.lower())}
    return _Writer(_Measures(body, size), words).write(pages)


# What is text, and what stands around it


def _margins(rows: Sequence[Row]) -> set[int]:
    """Rows at the edges of pages that repeat on the same height, alike but for numbers, or that a browser printed."""
    pages = [sorted(page, key=lambda row: row.base) for _, page in itertools.groupby(rows, lambda row: row.page)]
    alike: defaultdict[str, list[Row]] = defaultdict(list)
    for page in pages:
        for row in {id(row): row for row in (*page[:_EDGE], *page[-_EDGE:])}.values():
            alike[_without_numbers(row)].append(row)
    fewest = max(2, math.ceil(len(pages) * _OFTEN))

    def is_margin(row: Row) -> bool:
        # An item of a list is no head, however like the one on the next page it is.
        words = _HAS_WORDS.search(row.text) is not None and not MARKER.match(row.text)
        twins = alike[_without_numbers(row)] if words or _NUMBER.fullmatch(row.text) else []
        repeats = sum(abs(other.base - row.base) < _SAME_HEIGHT for other in twins) >= fewest
        return repeats or _BROWSER.fullmatch(row.text) is not None

    found: set[int] = set()
    for page in pages:  # from the edge inwards: what has text outside of it is text
        for edge in (page[:_EDGE], page[: -_EDGE - 1 : -1]):
            found.update(map(id, itertools.takewhile(is_margin, edge)))
    return found


def _without_numbers(row: Row) -> str:
    return re.sub(r"\d+", "#", row.text)


def _cut(page: list[Row], margins: set[int], size: float) -> _Page:
    body = [row for row in page if id(row) not in margins and row.kind != "aside"]
    body = body[_small_print(body, size) : len(body) - _small_print(body[::-1], size)]
    top, inside = max((row.base for row in body), default=0.0), set(map(id, body))
    aside = [row for row in page if id(row) not in inside]
    start = _first_note(body, size)
    notes: list[_Aside] = []
    for row in map(_with_mark, body[start:]):
        if not notes or _NOTE.match(row.text):
            notes.append(_Aside([]))
        notes[-1].rows.append(row)
    return _Page(
        [_Aside([row], "furniture") for row in aside if row.base > top],
        body[:start],
        [*notes, *(_Aside([row], "furniture") for row in aside if row.base <= top)],
    )


def _small_print(rows: Sequence[Row], size: float) -> int:
    """How many rows at the edge of a page are in small print and no notes: heads and feet that do not repeat."""
    small = itertools.takewhile(lambda row: row.size <= _SMALL_PRINT * size and not _NOTE.match(row.text), rows)
    count = len(list(small))
    return count if count <= _EDGE and count < len(rows) else 0


def _first_note(rows: Sequence[Row], size: float) -> int:
    """Where the notes at the foot of a page begin: below a rule or in smaller print, and with a mark."""
    start = len(rows)
    while start and (rows[start - 1].kind == "note" or rows[start - 1].size <= _SMALLER * size):
        start -= 1
    while start < len(rows) and not _NOTE.match(_with_mark(rows[start]).text):
        start += 1
    return start or len(rows)  # a page that is nothing but small print holds no notes


def _with_mark(row: Row) -> Row:
    """A row below the rule, where its mark is printed as a plain number: "1 The United States …"."""
    found = _PLAIN_MARK.match(row.text) if row.kind == "note" else None
    return replace(row, text=found.group().translate(RAISED) + row.text[found.end() :]) if found else row


# How the text is set


class _Measures:
    """How the rows of a document's text are set: its edges, its columns, and the distance of its rows."""

    def __init__(self, rows: Sequence[Row], size: float) -> None:
        self.size = size
        self.left = min(row.left for row in rows)
        self.widest = max(row.right for row in rows)
        # Few rows do not show how wide the text is; pages have margins alike on both sides.
        self.right = max(self.widest, max(row.width for row in rows) - self.left)
        self.is_bold = sum(row.is_bold for row in rows) > len(rows) / 2
        self.is_justified = self._is_justified(rows)
        self._lefts = Counter(round(row.left) for row in rows)
        self._stops = self._tab_stops(rows)
        self._rights = self._right_edges(rows)
        self.leading = self._leading(rows)

    def _is_justified(self, rows: Sequence[Row]) -> bool:
        """Whether the rows that are nearly full end at the same place, so that a row that does not is a last one."""
        full = [row for row in rows if row.right > self.widest - 4 * self.size]
        flush = [row for row in full if row.right > self.widest - 0.1 * self.size]
        return len(flush) >= _FEWEST_FULL and len(flush) > 0.6 * len(full)

    def _tab_stops(self, rows: Sequence[Row]) -> list[tuple[float, int]]:
        """Where rows begin, with the column of each place; places that differ clearly are two columns apart or more."""
        found: list[tuple[float, int]] = []
        above = -math.inf
        for left in sorted(row.left for row in rows if not self.is_centred(row)):
            if left - above > _ALIGNED * self.size:
                column = round((left - self.left) / (_COLUMN * self.size))
                found.append((left, max(column, found[-1][1] + 2 if found else 0)))
            above = left
        return found

    def _right_edges(self, rows: Sequence[Row]) -> dict[int, float]:
        """For places where many rows begin: how far to the right the longest of them reach."""
        rights: defaultdict[int, list[float]] = defaultdict(list)
        for row in rows:
            rights[self.column(row.left)].append(row.right)
        longest = {column: sorted(found)[-_FEWEST_FULL:] for column, found in rights.items()}
        middle = (self.left + self.right) / 2
        return {
            column: found[-1]
            for column, found in longest.items()
            if len(found) == _FEWEST_FULL and found[-1] - found[0] < 2 * self.size and found[-1] > middle
        }

    def _leading(self, rows: Sequence[Row]) -> float:
        """How far below each other, in ems, the rows of a paragraph stand: what is usual below a full row."""
        gaps = sorted(
            ((above.base - row.base) / max(row.size, 1.0), row.text[0].islower())
            for above, row in itertools.pairwise(rows)
            if above.page == row.page and self.fits(above, row) is False
        )
        sure = [gap for gap, goes_on in gaps if goes_on and 0.8 < gap < _WIDEST_LEADING]
        usual = sure or [gap for gap, _ in gaps if 0.8 < gap < _WIDE_LEADING]
        return usual[len(usual) // 5] if usual else _USUAL_LEADING

    def column(self, place: float) -> int:
        """Columns of indentation."""
        stop = bisect_right(self._stops, (place + 0.1, 0)) - 1
        return min(_DEEPEST, self._stops[stop][1]) if stop >= 0 else 0

    def fits(self, above: Row, row: Row) -> bool | None:
        """Whether the first word of a row would have had room in the row above; None where the room is not known."""
        if self.is_justified and above.right < self.widest - _COLUMN * row.size:
            return True
        end = above.right + _SPACE * row.size + row.first
        edge = self._rights.get(self.column(above.left))
        if edge is not None:
            return end < edge
        return None if end < self.right else False

    def is_short(self, row: Row) -> bool:
        """Whether a row ends so early that hardly a word is too long for the rest of it."""
        return row.right < row.left + _SHORT * (self.widest - row.left)

    def is_centred(self, row: Row) -> bool:
        """Whether a row stands in the middle, and no other row begins where it does."""
        off = abs(row.left + row.right - row.width) / 2
        alone = self._lefts[round(row.left)] == 1 and not BEGINS.match(row.text)
        return alone and off < _CENTRED * row.size and row.left > self.left + _FAR_IN * row.size


# Rows to paragraphs


class _Writer:
    def __init__(self, measures: _Measures, words: set[str]) -> None:
        self.measures = measures
        self.words = words
        self.lines = Lines()
        self.open: _Paragraph | None = None
        self.waiting: list[_Aside] = []

    def write(self, pages: Sequence[_Page]) -> Rendition:
        for page in pages:
            self.waiting += page.head
            for row in page.body:
                self._take(row)
            self.waiting += page.foot
        self._end()
        return self.lines.rendition()

    def _take(self, row: Row) -> None:
        if row.kind == "menu":
            self._end()
            self.lines.add(row.text, indent=self._indent(row), hint="furniture")
            return
        link = "new" if self.open is None else self._link(self.open, row)
        if self.open is None or link == "new":
            self._end()
            self.open = _Paragraph([row], [(self._indent(row), [row.text])])
            return
        if link == "line":
            self.open.rest = None
            self.open.lines.append((self._indent_under(self.open, row), [row.text]))
        else:
            self.open.rest = row.left if self.open.rest is None else self.open.rest
            self._join(self.open.lines[-1][1], row.text)
        self.open.rows.append(row)

    def _link(self, paragraph: _Paragraph, row: Row) -> _Link:
        """How a row goes on with the paragraph above: in the same line, in a line of its own, or not at all."""
        above = paragraph.rows[-1]
        fits = self.measures.fits(above, row)
        if self._is_apart(above, row):
            return "new"
        if _BROKEN.search(above.text):
            return "same"
        if _may_begin(row) and (
            (fits is not False and self.measures.is_short(above))
            or (_STOPS.search(above.text) and (fits or above.is_bold != row.is_bold))
        ):
            return "new"
        full = fits is False and _is_aligned(paragraph, row)
        return "same" if full and self._goes_on(paragraph, row) else "line"

    def _is_apart(self, above: Row, row: Row) -> bool:
        """Whether a row is set apart: by a gap, its size, or capitals."""
        gap = _gap(above, row)
        wide = gap is not None and gap > _PARAGRAPH * self.measures.leading
        sized = 1 / _LARGER < row.size / max(above.size, 1.0) < _LARGER
        long = min(len(above.text), len(row.text)) > _SHORTEST_SHOUT  # acronyms alone are no capitals
        return wide or not sized or (long and above.text.isupper() != row.text.isupper())

    def _goes_on(self, paragraph: _Paragraph, row: Row) -> bool:
        """Whether a row below a full one is words of the same sentence, whatever it looks like alone."""
        above = paragraph.rows[-1]
        stops = _STOPS.search(above.text) is not None
        if BEGINS.match(row.text) and not _ENUMERATES.match(row.text):
            hangs = paragraph.rest is not None or row.left > above.left + _ALIGNED * row.size
            return not stops and (hangs or not paragraph.rows[0].hangs)
        gap = _gap(above, row)
        apart = stops if gap is None else gap > _APART * self.measures.leading
        return not _may_begin(row) or not (apart or above.is_bold != row.is_bold)

    def _indent(self, row: Row) -> int:
        """Columns of indentation; centred rows have none."""
        return 0 if self.measures.is_centred(row) else self.measures.column(row.left)

    def _indent_under(self, paragraph: _Paragraph, row: Row) -> int:
        """The same for a further line of a paragraph: under the words of an item, theirs."""
        first = paragraph.rows[0]
        marker = MARKER.match(first.text)
        if marker is not None and first.hangs and abs(row.left - first.words) < _ALIGNED * row.size:
            return paragraph.lines[0][0] + marker.end()
        return self._indent(row)

    def _join(self, parts: list[str], more: str) -> None:
        """Add a row to a line; a word broken by the printer is mended, a hyphen of its own is kept."""
        broken, rest = _BROKEN.search(parts[-1]), _WORD.match(more)
        if broken is None or rest is None or _AND.match(more):
            parts.append(" ")
        elif parts[-1].endswith("\u2010") or (broken[1] + rest.group()).lower() in self.words:
            parts[-1] = parts[-1][:-1]
        parts.append(more)

    def _end(self) -> None:
        """Write the open paragraph, and what waited for its end."""
        if self.open is not None:
            self.lines.blank()
            hint: Hint | None = "heading" if self._is_heading(self.open) else None
            for indent, parts in self.open.lines:
                self.lines.add("".join(parts), indent=indent, hint=hint)
        for aside in self.waiting:
            parts = [aside.rows[0].text]
            for row in aside.rows[1:]:
                self._join(parts, row.text)
            self.lines.blank()
            self.lines.add("".join(parts), indent=0 if aside.hint else _NOTE_INDENT, hint=aside.hint)
        self.open, self.waiting = None, []

    def _is_heading(self, paragraph: _Paragraph) -> bool:
        """Whether a short paragraph is larger than the text, or bold where the text is not."""
        first, last = paragraph.rows[0], paragraph.rows[-1]
        larger = first.size > _LARGER * self.measures.size
        short = len(paragraph.rows) <= _MOST_HEADING_ROWS and first.text[0] not in "•*"
        return short and (larger or (first.is_bold and not self.measures.is_bold)) and not _STOPS.search(last.text)


def _gap(above: Row, row: Row) -> float | None:
    """How far below another a row stands, in ems; None across pages and columns."""
    gap = (above.base - row.base) / max(row.size, 1.0)
    return gap if above.page == row.page and gap > 0 else None


def _may_begin(row: Row) -> bool:
    """Whether a row looks like the beginning of something: a marker or a capital; brackets rather go on."""
    return BEGINS.match(row.text) is not None or not (row.text[0].islower() or _IN_BRACKETS.match(row.text))


def _is_aligned(paragraph: _Paragraph, row: Row) -> bool:
    """Whether a row begins where the next row of the paragraph should: where others did, or as first lines allow."""
    near = _ALIGNED * row.size
    if paragraph.rest is not None:
        return abs(row.left - paragraph.rest) < near
    above = paragraph.rows[-1]
    outdented = above.left - 4 * row.size < row.left < above.left and not above.hangs
    return outdented or min(abs(row.left - above.left), abs(row.left - above.words)) < near
