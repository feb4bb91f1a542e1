"""PDF to lines: text where PDFium finds it, with indentation and blank lines from its place on the page."""

from __future__ import annotations

import ctypes
import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from mandate_graph.containers.text import BULLETS, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["read_pdf"]

_MOST_PAGES = 2_000
_MOST_CHARACTERS = 8_000_000
_PARAGRAPH_GAP = 1.5
# Running heads and feet stand in the outermost two lines of most pages, alike but for numbers.
_EDGE = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """One printed line: its words, and its box in points from the bottom left of the page."""

    text: str
    left: float
    bottom: float
    top: float
    page: int


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
    rows: list[_Row] = []
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
        rows += _rows(text, number)
    if not rows:
        raise UnreadablePage(name, "a PDF without text, perhaps a scan", "Recognise its text first.")
    return _rendition(rows)


def _rows(text: pypdfium2.PdfTextPage, page: int) -> Iterator[_Row]:
    """Characters to lines: PDFium ends them itself, and says where each character stands."""
    box = [ctypes.c_double() for _ in range(4)]
    words: list[str] = []
    edges: list[tuple[float, float, float]] = []

    def row() -> Iterator[_Row]:
        line = "".join(words).translate(BULLETS).strip(" ")
        if line and edges:
            left = min(edge[0] for edge in edges)
            yield _Row(line, left, min(edge[1] for edge in edges), max(edge[2] for edge in edges), page)
        words.clear()
        edges.clear()

    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, place)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in "\r\n":
            yield from row()
            continue
        if code in {0x2, 0xFFFE}:  # how PDFium marks a hyphen at the end of a line
            char = "-"
        elif code < 0x20 or 0xD800 <= code < 0xE000:
            continue
        words.append(char)
        if char not in " \u00a0" and pdfium.FPDFText_GetCharBox(text, place, *box):
            left, _, bottom, top = (value.value for value in box)
            edges.append((left, bottom, top))
    yield from row()


def _rendition(rows: list[_Row]) -> Rendition:
    rows = _merged(rows)
    margin = min(row.left for row in rows)
    height = statistics.median(max(row.top - row.bottom, 1.0) for row in rows)
    gaps = [above.bottom - row.bottom for above, row in itertools.pairwise(rows) if row.page == above.page]
    steps = sorted(gap for gap in gaps if gap > 0)
    step = steps[len(steps) // 4] if steps else height * 1.2
    repeated = _running(rows)
    place, lines, hints = 0, [], {}
    above: _Row | None = None
    for row in rows:
        if above is not None and row.page == above.page and above.bottom - row.bottom > _PARAGRAPH_GAP * step:
            lines.append("")
            place += 1
        line = " " * min(40, round((row.left - margin) / (height * 0.65))) + row.text
        if _running_key(row) in repeated:
            hints[place] = "furniture"
        lines.append(line)
        place += len(line) + 1
        above = row
    return Rendition("".join(line + "\n" for line in lines), hints)  # type: ignore[arg-type]


def _merged(rows: list[_Row]) -> list[_Row]:
    """Pieces of one printed line put together: a marker that stands apart from its words."""
    merged: list[_Row] = []
    for row in rows:
        above = merged[-1] if merged else None
        if above is not None and above.page == row.page and row.left > above.left:
            overlap = min(above.top, row.top) - max(above.bottom, row.bottom)
            if overlap > 0.5 * min(above.top - above.bottom, row.top - row.bottom) and len(above.text) < 12:
                text = f"{above.text} {row.text}"
                box = (above.left, min(above.bottom, row.bottom), max(above.top, row.top))
                merged[-1] = _Row(text, *box, row.page)
                continue
        merged.append(row)
    return merged


def _running_key(row: _Row) -> str:
    return re.sub(r"\d+", "#", row.text)


def _running(rows: list[_Row]) -> set[str]:
    """Lines that stand at the edge of at least three pages, or of both pages of two."""
    pages: dict[int, list[_Row]] = {}
    for row in rows:
        pages.setdefault(row.page, []).append(row)
    if len(pages) < 2:
        return set()
    seen: Counter[str] = Counter()
    for lines in pages.values():
        seen.update({_running_key(row) for row in (*lines[:_EDGE], *lines[-_EDGE:])})
    return {key for key, count in seen.items() if count >= max(2, len(pages) * 0.6)}
