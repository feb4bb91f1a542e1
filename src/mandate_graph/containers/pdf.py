"""PDF to printed rows: the characters that PDFium finds, put together where they stand on the page."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from mandate_graph.containers.printed import BEGINS, MARKER, Kind, Row, rendition
from mandate_graph.containers.text import RAISED, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["read_pdf"]

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 8_000_000
_MOST_SHAPES = 20_000
# How PDFium marks a hyphen at the end of a line: the word goes on in the next.
_HYPHENS = frozenset((0x2, 0xFFFE))
# Symbol fonts; what they show in lists are bullets.
_PRIVATE = range(0xF000, 0xF100)
_BOLD = re.compile(rb"(?i)bold|black|heavy")
# Pieces of a line that are further apart stand in different columns, unless the left one is but a marker.
_LONGEST_MARKER = 14
_FEWEST_COLUMN_ROWS = 3
# In ems.
_COLUMN_GAP = 3.0
_SPACE = 0.12
_BULLET_GAP = 0.6


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A character and its place in points: from left to right, and the height that letters stand on."""

    char: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool = False
    is_turned: bool = False


_Glyphs: TypeAlias = list[_Glyph]


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters beside each other; ``base`` and ``size`` are those of most, so that raised marks do not count."""

    glyphs: _Glyphs
    base: float
    size: float

    @classmethod
    def of(cls, glyphs: _Glyphs) -> _Run:
        shown = [glyph for glyph in glyphs if glyph.char != " "] or glyphs
        (base, size), _ = Counter((glyph.base, glyph.size) for glyph in shown).most_common(1)[0]
        return cls(glyphs, base, size)

    @property
    def left(self) -> float:
        return self.glyphs[0].left

    @property
    def is_blank(self) -> bool:
        return all(map(_is_space, self.glyphs))


@dataclass(frozen=True, slots=True)
class _Box:
    """Where something is drawn, or leads elsewhere."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


def read_pdf(name: str, data: bytes) -> Rendition:
    """The lines of all pages; a scan without text is no page.

    Raises:
        UnreadablePage: when the file is broken, encrypted, too long, or holds no text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadablePage(name, "an encrypted PDF", "Save it without a password.") from None
        raise UnreadablePage(name, "not a PDF that can be read", "Save it again.") from None
    if len(document) > _MOST_PAGES:
        raise UnreadablePage(name, f"a PDF of {len(document)} pages; {_MOST_PAGES} are read", "Save the page alone.")
    rows: list[Row] = []
    count = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            raise UnreadablePage(name, f"a broken PDF (page {number + 1} cannot be read)", "Save it again.") from None
        count += text.count_chars()
        if count > _MOST_CHARACTERS:
            raise UnreadablePage(name, f"a PDF of more than {_MOST_CHARACTERS:,} characters", "Save the page alone.")
        rows += _rows(page, text, number)
    if not rows:
        raise UnreadablePage(name, "a PDF without text, perhaps a scan", "Recognise its text first.")
    return rendition(rows)


def _rows(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, number: int) -> Iterator[Row]:
    """The printed rows of a page, from top to bottom; those of columns in the order in which they were written."""
    runs = [run for run in _runs(text) if not run.is_blank]
    lines = _lines([run for run in runs if not run.glyphs[0].is_turned])
    shapes, links, width = list(_shapes(page)), list(_links(page)), page.get_width()
    bullets = [shape for shape in shapes if 1 < shape.width < 12 and abs(shape.width - shape.height) < 1]
    rule = _rule(shapes, lines, width)
    for line in lines:
        kind: Kind = "menu" if _is_linked(line, links) else "note" if line.base < rule else "text"
        yield _row(_with_bullet(line, bullets), number, width, kind)
    for run in runs:
        if run.glyphs[0].is_turned:
            yield _row(run, number, width, "aside")


# Characters to lines


def _runs(text: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    """Characters that stand beside each other, as far as PDFium sees."""
    glyphs: _Glyphs = []
    for glyph in _glyphs(text):
        if glyphs and (glyph is None or abs(glyph.base - glyphs[-1].base) > 0.6 * max(glyph.size, glyphs[-1].size)):
            yield _Run.of(glyphs)
            glyphs = []
        if glyph is not None:
            glyphs.append(glyph)
    if glyphs:
        yield _Run.of(glyphs)


def _glyphs(text: pypdfium2.PdfTextPage) -> Iterator[_Glyph | None]:
    """Every character with its place; None where a line ends."""
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    is_bold, begins = False, True
    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, place)
        if code in {0xA, 0xD}:
            begins = True
            yield None
        if char := _char(code):
            if begins and not char.isspace():  # a word has one font
                is_bold = _is_bold(text, place)
            begins = char.isspace()
            pdfium.FPDFText_GetCharOrigin(text, place, x, y)
            pdfium.FPDFText_GetLooseCharBox(text, place, box)
            pdfium.FPDFText_GetMatrix(text, place, matrix)
            size = round(pdfium.FPDFText_GetFontSize(text, place) * math.hypot(matrix.c, matrix.d), 1)
            is_turned = abs(matrix.b) > 0.2 * abs(matrix.a)
            yield _Glyph(char, box.left, box.right, round(y.value, 1), size, is_bold, is_turned)
        if code in _HYPHENS:
            yield None


def _char(code: int) -> str:
    """What stands for a code; nothing for what is no character."""
    if code in _HYPHENS:
        return "-"
    if code in _PRIVATE:
        return "•"
    return "" if code < 0x20 or 0xD800 <= code < 0xE000 or code >= 0x110000 else chr(code)


def _is_bold(text: pypdfium2.PdfTextPage, place: int) -> bool:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, place, name, len(name), flags)
    return _BOLD.search(name.value) is not None


def _lines(runs: Sequence[_Run]) -> list[_Run]:
    """Runs on the same height put together: a program may write the markers of a list after all its words."""
    lines: list[_Run] = []
    columns = 0
    for level in _levels(runs):
        parts = list(_parts(level))
        columns += len(parts) > 1
        lines += parts
    if columns >= _FEWEST_COLUMN_ROWS:
        order = {id(glyph): place for place, run in enumerate(runs) for glyph in run.glyphs}
        lines.sort(key=lambda line: min(order.get(id(glyph), len(runs)) for glyph in line.glyphs))
    return lines


def _levels(runs: Iterable[_Run]) -> Iterator[list[_Run]]:
    """Runs by their height on the page, from top to bottom, and those of one height from left to right."""
    level: list[_Run] = []
    largest: _Run | None = None
    for run in sorted(runs, key=lambda run: -run.base):
        if largest is not None and largest.base - run.base > 0.5 * max(largest.size, run.size):
            yield sorted(level, key=lambda other: other.left)
            level, largest = [], None
        level.append(run)
        largest = run if largest is None or run.size > largest.size else largest
    if level:
        yield sorted(level, key=lambda other: other.left)


def _parts(level: Iterable[_Run]) -> Iterator[_Run]:
    """The runs of one height as one, but for those that stand in columns."""
    whole: _Glyphs = []
    for run in level:
        gap = run.left - whole[-1].right if whole else 0.0
        if gap > _COLUMN_GAP * run.size and not _is_marker(whole):
            yield _Run.of(whole)
            whole = []
        elif gap > _SPACE * run.size and not whole[-1].char.isspace() and not run.glyphs[0].char.isspace():
            whole.append(_Glyph(" ", whole[-1].right, run.left, run.base, run.size))
        whole += run.glyphs
    if whole:
        yield _Run.of(whole)


def _is_marker(glyphs: _Glyphs) -> bool:
    text = "".join(glyph.char for glyph in glyphs).strip()
    return len(text) <= _LONGEST_MARKER and BEGINS.match(f"{text} ") is not None


# What is drawn


def _shapes(page: pypdfium2.PdfPage) -> Iterator[_Box]:
    """Lines, figures, pictures."""
    edges = [ctypes.c_float() for _ in range(4)]
    for place in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_SHAPES)):
        shape = pdfium.FPDFPage_GetObject(page, place)
        is_drawn = pdfium.FPDFPageObj_GetType(shape) in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE}
        if is_drawn and pdfium.FPDFPageObj_GetBounds(shape, *edges):
            yield _Box(*(edge.value for edge in edges))


def _links(page: pypdfium2.PdfPage) -> Iterator[_Box]:
    place, link, box = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    while pdfium.FPDFLink_Enumerate(page, place, link):
        if pdfium.FPDFLink_GetAnnotRect(link, box):
            yield _Box(box.left, box.bottom, box.right, box.top)


def _rule(shapes: Iterable[_Box], lines: Sequence[_Run], width: float) -> float:
    """The height of the short line that parts notes from the text; below the page where there is none."""
    rules = [shape.bottom for shape in shapes if shape.height < 3 and 0.08 * width < shape.width < 0.5 * width]
    underlines = (rule for rule in rules if any(0 <= line.base - rule < 0.35 * line.size for line in lines))
    return min(set(rules).difference(underlines), default=0.0)


def _is_linked(line: _Run, links: Sequence[_Box]) -> bool:
    """Whether all words of a line lead elsewhere, as those of a menu do."""
    letters = [glyph for glyph in line.glyphs if glyph.char.isalpha()]
    return bool(links and letters) and all(
        any(link.left - 1 < glyph.left < link.right and link.bottom - 1 < glyph.base + 1 < link.top for link in links)
        for glyph in letters
    )


def _with_bullet(line: _Run, bullets: Iterable[_Box]) -> _Run:
    """The line with the bullet that is drawn before it, if one is: so browsers print lists."""
    size, base, left = line.size, line.base, line.left
    for bullet in bullets:
        near = 0 < left - bullet.left < _COLUMN_GAP * size and bullet.width < 0.9 * size
        if near and base - 0.1 * size < (bullet.bottom + bullet.top) / 2 < base + 0.8 * size:
            drawn = [_Glyph("•", bullet.left, bullet.right, base, size), _Glyph(" ", bullet.right, left, base, size)]
            return _Run([*drawn, *line.glyphs], base, size) if line.glyphs[0].char != "•" else line
    return line


# Lines to rows


def _row(line: _Run, page: int, width: float, kind: Kind) -> Row:
    glyphs = _spaced(line)
    text = "".join(map(_shown, glyphs, itertools.repeat(line)))
    if text.startswith("o ") and glyphs[2].left - glyphs[0].right > max(
        _BULLET_GAP * line.size, 1.5 * _gap(glyphs[2:])
    ):
        text = f"•{text[1:]}"  # so Word prints the bullets of a second level
    word = next((place for place, glyph in enumerate(glyphs) if glyph.char.isspace()), len(glyphs))
    marker = MARKER.match(text)
    return Row(
        text=text,
        left=glyphs[0].left,
        right=max(glyph.right for glyph in glyphs),
        base=line.base,
        size=line.size,
        page=page,
        width=width,
        first=glyphs[word - 1].right - glyphs[0].left,
        words=glyphs[marker.end() if marker and marker.end() < len(glyphs) else 0].left,
        is_bold=all(glyph.is_bold for glyph in glyphs if not glyph.char.isspace()),
        kind=kind,
    )


def _shown(glyph: _Glyph, line: _Run) -> str:
    """A character as captures write it: a small raised digit is the mark of a note."""
    is_raised = glyph.size < 0.85 * line.size and glyph.base > line.base + 0.15 * line.size
    return glyph.char.translate(RAISED) if is_raised else glyph.char


def _spaced(line: _Run) -> _Glyphs:
    """The glyphs with spaces that PDFium does not see, where letters are clearly further apart than the others."""
    glyphs = list(itertools.dropwhile(_is_space, line.glyphs))
    while _is_space(glyphs[-1]):
        glyphs.pop()
    gaps = [right.left - left.right for left, right in itertools.pairwise(glyphs)]
    wide = (statistics.median(gaps) if gaps else 0.0) + _SPACE * line.size
    spaced = glyphs[:1]
    for left, right in itertools.pairwise(glyphs):
        if right.left - left.right > wide and left.char.isalpha() and right.char.isalpha():
            spaced.append(_Glyph(" ", left.right, right.left, left.base, left.size))
        spaced.append(right)
    return spaced


def _is_space(glyph: _Glyph) -> bool:
    return glyph.char.isspace()


def _gap(glyphs: Sequence[_Glyph]) -> float:
    """The widest space between the words of a line."""
    shown = itertools.pairwise(glyph for glyph in glyphs if not glyph.char.isspace())
    return max((right.left - left.right for left, right in shown), default=0.0)
