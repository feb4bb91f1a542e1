"""Page forms: which there are, who reads them, and how the form of a page is told.

A new form is one module with a reader and one row of ``FORMS``, with the signs that speak for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.model import Capture
from mandate_graph.parse.full_text import head_of, read_full_text
from mandate_graph.parse.lines import Line, cut_lines
from mandate_graph.parse.theme_page import read_listing, read_theme_page
from mandate_graph.parse.tools import FormReader, Tools

__all__ = ["FORMS", "Form", "detect"]

FORMS: Mapping[str, FormReader] = {
    "theme-page": read_theme_page,
    "listing": read_listing,
    "full-text": read_full_text,
}
"""Readers by the name of the form."""

_LOOKED_AT = 200_000
_MOST_WRAPPED = 3
_ENDS_IN_YEAR = re.compile(r"(?:19|20)\d\d[^\w()]{0,4}\)?\W{0,8}\Z")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a page, and why it was taken for one."""

    name: str
    because: str


def detect(capture: Capture, tools: Tools) -> Form:
    """The form that a capture says or shows: citations behind items, headings that name documents, or a title."""
    if capture.form:
        return Form(capture.form, "it was named")
    text = capture.text[:_LOOKED_AT]
    lines = list(cut_lines(text, tools.words, capture.hints))
    signs = _signs(text, lines, tools)
    title = ""
    if not signs.titled:
        head = [text[line.start : line.end] for line in head_of(lines)]
        title = " or ".join(tools.titles.of_head(head)[0])
    # A full text may name another document at the end of a line; a theme page has no title of one at its head.
    if title and signs.known * 2 < max(signs.items, 1):
        return Form("full-text", f"the first lines hold the title of {title}")
    if signs.cited and signs.cited >= signs.titled:
        return Form("theme-page", f"{_many(signs.cited, 'line')} in a citation")
    if signs.titled:
        several = "s" if signs.titled > 1 else ""
        return Form("listing", f"{signs.titled} heading{several} named a document with place and date")
    if capture.document:
        return Form("full-text", "the manifest names the document")
    return Form("theme-page", "nothing speaks for another form")


@dataclass(frozen=True, slots=True)
class _Signs:
    """How many lines begin as items do, end in a citation, in that of a known document, are a document's heading."""

    items: int
    cited: int
    known: int
    titled: int


def _signs(text: str, lines: Sequence[Line], tools: Tools) -> _Signs:
    cited = known = titled = 0
    for place, line in enumerate(lines):
        if line.kind == "blank" or not _ENDS_IN_YEAR.search(text, max(line.start, line.end - 24), line.end):
            continue
        beginning = _beginning(lines, place)
        found = tools.citations.at_end(text, beginning, line.end)
        is_wrapped = found is not None and beginning < found.span.start < line.start
        heading = None if line.kind == "item" or is_wrapped else tools.titles.heading(text[line.start : line.end])
        if heading is not None:
            titled += 1
        elif found is not None and (is_wrapped or found.span.start > line.start):
            cited += 1
            known += bool(found.documents)
    return _Signs(sum(line.kind == "item" for line in lines), cited, known, titled)


def _beginning(lines: Sequence[Line], place: int) -> int:
    """Where the last few lines of a paragraph begin: a citation may be wrapped."""
    first = place
    while place - first < _MOST_WRAPPED and first and lines[first].kind == "other":
        if lines[first - 1].kind not in {"item", "other"}:
            break
        first -= 1
    return lines[first].start


def _many(count: int, what: str) -> str:
    return f"{count} {what} ends" if count == 1 else f"{count} {what}s end"
