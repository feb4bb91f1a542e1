"""Page forms: which there are, who reads them, and how the form of a page is told.

A new form is one module with a reader and one row of ``FORMS``, with the signs that speak for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mandate_graph.model import Capture
from mandate_graph.parse.full_text import head_of, read_full_text
from mandate_graph.parse.lines import cut_lines
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
    cited = titled = 0
    for line in lines:
        if line.kind == "blank" or not _ENDS_IN_YEAR.search(text, max(line.start, line.end - 24), line.end):
            continue
        found = tools.citations.at_end(text, line.start, line.end)
        heading = tools.titles.heading(text[line.start : line.end]) if line.kind != "item" else None
        if heading is not None:
            titled += 1
        elif found is not None:
            cited += 1
    if cited and cited >= titled:
        return Form("theme-page", f"{_many(cited, 'line')} in a citation")
    if titled:
        return Form("listing", f"{titled} heading{'s' if titled > 1 else ''} named a document with place and date")
    documents, _ = tools.titles.of_head(head_of(text, lines))
    if documents:
        return Form("full-text", f"the first lines hold the title of {' or '.join(documents)}")
    if capture.document:
        return Form("full-text", "the manifest names the document")
    return Form("theme-page", "nothing speaks for another form")


def _many(count: int, what: str) -> str:
    return f"{count} {what} ends" if count == 1 else f"{count} {what}s end"
