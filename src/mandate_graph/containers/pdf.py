"""PDF to printed rows: the characters that PDFium finds, put together where they stand on the page."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from mandate_graph.containers.printed import MARKER, Kind, Row, rendition
from mandate_graph.containers.text import RAISED, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["read_pdf"]

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 8_000_000
_MOST_SHAPES = 20_000
# How PDFium marks a hyphen at the end of a line: the word goes on in the next.
_HYPHENS = frozenset((0x2, 0xFFFE))
# Pieces of a line that are further apart, in ems, stand in different columns, unless the left one is but a marker.
_COLUMN_GAP = 3.0
_LONGEST_MARKER = 14
_FEWEST_COLUMN_ROWS = 3
_TURNED = 0.2
_PRIVATE = 0xF000
_BULLET_GAP = 0.6


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A character and its place in points: from left to right, on the line that letters stand on."""

    char: str
    left: float
    right: float
    base: float
    size: float
    is_turned: bool = False
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class _Box:
    """Where something is drawn."""

    left: float
    bottom: float
    right: float
    top: float


_Run: TypeAlias = list[_Glyph]


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
    runs = list(_runs(text))
    lines: list[_Run] = []
    columns = 0
    for beside in _lines(run for run in runs if not run[0].is_turned):
        parts = list(_parts(beside))
        columns += len(parts) > 1
        lines += parts
    if columns >= _FEWEST_COLUMN_ROWS:
        order = {id(glyph): place for place, run in enumerate(runs) for glyph in run}
        lines.sort(key=lambda line: min(order.get(id(glyph), 0) for glyph in line))
    shapes, width = list(_shapes(page)), page.get_width()
    bullets, links, rule = [shape for shape in shapes if _is_bullet(shape)], list(_links(page)), _rule(shapes, width)
    for line in lines:
        if any(not glyph.char.isspace() for glyph in line):
            kind: Kind = "menu" if links and _is_linked(line, links) else "note" if _base(line) < rule else "text"
            yield _row(_with_bullet(line, bullets), number, width, kind)
    for run in runs:
        if run[0].is_turned and any(not glyph.char.isspace() for glyph in run):
            yield _row(run, number, width, "aside")


def _runs(text: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    """Characters that stand beside each other, as far as PDFium sees."""
    run: _Run = []
    for glyph in _glyphs(text):
        if run and (glyph is None or abs(glyph.base - run[-1].base) > 0.6 * max(glyph.size, run[-1].size)):
            yield run
            run = []
        if glyph is not None:
            run.append(glyph)
    if run:
        yield run


def _glyphs(text: pypdfium2.PdfTextPage) -> Iterator[_Glyph | None]:
    """Every character with its place; None where a line ends."""
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    bold, begins = False, True
    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, place)
        if code in {0xA, 0xD}:
            yield None
            begins = True
            continue
        if _PRIVATE <= code < _PRIVATE + 0x100:  # symbol fonts: what they show in lists are bullets
            code = 0x2022
        if code not in _HYPHENS and (code < 0x20 or 0xD800 <= code < 0xE000 or code >= 0x110000):
            continue
        pdfium.FPDFText_GetCharOrigin(text, place, x, y)
        pdfium.FPDFText_GetLooseCharBox(text, place, box)
        pdfium.FPDFText_GetMatrix(text, place, matrix)
        size = pdfium.FPDFText_GetFontSize(text, place) * math.hypot(matrix.c, matrix.d)
        turned = abs(matrix.b) > _TURNED * abs(matrix.a)
        char = "-" if code in _HYPHENS else chr(code)
        if begins and not char.isspace():  # a word has one font
            bold = _is_bold(text, place)
        begins = char.isspace()
        yield _Glyph(char, box.left, box.right, y.value, size, turned, bold)
        if code in _HYPHENS:
            yield None


def _lines(runs: Iterator[_Run]) -> Iterator[list[_Run]]:
    """Runs on the same height, from left to right: a program may write the markers of a list after all its words."""
    line: list[_Run] = []
    base = size = 0.0
    for run in sorted(runs, key=_base, reverse=True):
        if line and base - _base(run) > 0.5 * max(size, _size(run)):
            yield sorted(line, key=lambda run: run[0].left)
            line, size = [], 0.0
        line.append(run)
        if _size(run) > size:
            base, size = _base(run), _size(run)
    if line:
        yield sorted(line, key=lambda run: run[0].left)


def _parts(line: Sequence[_Run]) -> Iterator[_Run]:
    """The runs of a line put together, but for those that stand in columns."""
    whole: _Run = []
    for run in line:
        gap = run[0].left - whole[-1].right if whole else 0.0
        if whole and gap > _COLUMN_GAP * _size(run) and len(whole) > _LONGEST_MARKER:
            yield whole
            whole = []
        elif whole and gap > 0.1 * _size(run) and not whole[-1].char.isspace() and not run[0].char.isspace():
            whole.append(_Glyph(" ", whole[-1].right, run[0].left, whole[-1].base, _size(run)))
        whole += run
    yield whole


def _base(run: _Run) -> float:
    """The height that most of a run stands on: raised marks do not count."""
    return Counter(round(glyph.base, 1) for glyph in run).most_common(1)[0][0]


def _size(run: _Run) -> float:
    sizes = Counter(round(glyph.size, 1) for glyph in run if not glyph.char.isspace())
    return sizes.most_common(1)[0][0] if sizes else run[0].size


def _shapes(page: pypdfium2.PdfPage) -> Iterator[_Box]:
    """What is drawn: lines, figures, pictures."""
    edges = [ctypes.c_float() for _ in range(4)]
    for place in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_SHAPES)):
        shape = pdfium.FPDFPage_GetObject(page, place)
        drawn = pdfium.FPDFPageObj_GetType(shape) in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE}
        if drawn and pdfium.FPDFPageObj_GetBounds(shape, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            yield _Box(left, bottom, right, top)


def _links(page: pypdfium2.PdfPage) -> Iterator[_Box]:
    place, link, box = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    while pdfium.FPDFLink_Enumerate(page, place, link):
        if pdfium.FPDFLink_GetAnnotRect(link, box):
            yield _Box(box.left, box.bottom, box.right, box.top)


def _with_bullet(line: _Run, bullets: Sequence[_Box]) -> _Run:
    """The line with the bullet that is drawn before it, if one is: browsers draw those of lists."""
    size, base, left = _size(line), _base(line), line[0].left
    for bullet in bullets:
        near = 0 < left - bullet.left < 3 * size and bullet.right - bullet.left < 0.9 * size
        if near and base - 0.1 * size < (bullet.bottom + bullet.top) / 2 < base + 0.8 * size and line[0].char != "•":
            return [
                _Glyph("•", bullet.left, bullet.right, base, size),
                _Glyph(" ", bullet.right, left, base, size),
                *line,
            ]
    return line


def _is_bullet(shape: _Box) -> bool:
    width, height = shape.right - shape.left, shape.top - shape.bottom
    return 1 < width < 12 and abs(width - height) < 1


def _rule(shapes: Sequence[_Box], width: float) -> float:
    """The height of the short line that parts the notes from a page; below the page where there is none."""
    rules = [
        shape.bottom
        for shape in shapes
        if shape.top - shape.bottom < 2 and 0.08 * width < shape.right - shape.left < 0.5 * width
    ]
    return min(rules, default=0.0)


def _is_linked(line: _Run, links: Sequence[_Box]) -> bool:
    """Whether all words of a line lead elsewhere, as those of a menu do."""
    return all(
        any(link.left - 1 < glyph.left < link.right and link.bottom - 1 < glyph.base + 1 < link.top for link in links)
        for glyph in line
        if glyph.char.isalnum()
    )


def _is_bold(text: pypdfium2.PdfTextPage, place: int) -> bool:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, place, name, 128, flags)
    return re.search(rb"(?i)bold|black|heavy", name.value) is not None


def _row(line: _Run, page: int, width: float, kind: Kind) -> Row:
    while line[0].char.isspace():
        line = line[1:]
    while line[-1].char.isspace():
        line = line[:-1]
    size, base = _size(line), _base(line)
    text = "".join(
        glyph.char.translate(RAISED) if glyph.size < 0.85 * size and glyph.base > base + 0.15 * size else glyph.char
        for glyph in line
    )
    if text.startswith("o ") and line[2].left - line[0].right > _BULLET_GAP * size:
        text = f"•{text[1:]}"  # how Word shows the bullets of a second level
    word = next((place for place, glyph in enumerate(line) if glyph.char.isspace()), len(line))
    marker = MARKER.match(text)
    return Row(
        text=text,
        left=line[0].left,
        right=max(glyph.right for glyph in line),
        base=base,
        size=size,
        page=page,
        width=width,
        first=line[word - 1].right - line[0].left,
        words=line[marker.end()].left if marker and marker.end() < len(line) else line[0].left,
        is_bold=all(glyph.is_bold for glyph in line if not glyph.char.isspace()),
        kind=kind,
    )
