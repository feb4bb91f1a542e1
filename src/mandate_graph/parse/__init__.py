"""Captures to pages: the form is found, the form's reader reads, and what is common to all forms is decided here.

A new document form is one module and one row of ``FORMS``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from mandate_graph.authorities import Authorities
from mandate_graph.cite.citations import Citations
from mandate_graph.errors import UnreadablePage
from mandate_graph.model import Capture, Page, Problem
from mandate_graph.parse.footnotes import Footnotes
from mandate_graph.parse.lines import PageWords, line_numbers
from mandate_graph.parse.theme_page import Layout, read_theme_page
from mandate_graph.parse.themes import Themes, stem_of

__all__ = ["FORMS", "PageReader"]

FormReader: TypeAlias = Callable[[Capture, PageWords, Citations, Callable[[str], bool]], Layout]

FORMS: Mapping[str, FormReader] = {"text/plain": read_theme_page}
"""Readers by the media type of the capture."""


class PageReader:
    """Reads captures with one set of tables, compiled once."""

    def __init__(self, authorities: Authorities) -> None:
        self._words = PageWords.from_rows(authorities.words["page-words"])
        self._citations = Citations(authorities)
        self._themes = Themes(authorities["themes"])
        self._footnotes = Footnotes(authorities)

    def read(self, capture: Capture) -> Page:
        """Read one page.

        Raises:
            UnreadablePage: when it holds no list item.
        """
        layout = FORMS[capture.encoding_format](capture, self._words, self._citations, self._themes.is_theme)
        if not layout.listings:
            raise UnreadablePage(
                capture.name, "no list item was found", "A page is a list of paragraphs, each ending in its document."
            )
        problems = list(layout.problems)
        language = capture.language or stem_of(capture.page)[1] or _most_common(layout.languages)
        if not language:
            problems.append(
                Problem("language", capture.page, 1, "no furniture or citation tells the language; it was left out")
            )
        theme = self._themes.of_page(capture.theme, layout.heading, capture.page, language)
        if theme.problem:
            problems.append(Problem("theme", capture.page, 1, theme.problem))
        unread = [piece.span for piece in layout.pieces if piece.kind == "unread"]
        problems += [
            Problem("unread", capture.page, line, span.cut(capture.text))
            for line, span in zip(line_numbers(capture.text, unread), unread, strict=True)
        ]
        return Page(
            capture=replace(capture, language=language),
            language=language,
            theme=theme.key,
            heading=layout.heading,
            theme_label=theme.theme,
            subtheme_label=theme.subtheme,
            theme_from=theme.found,
            minted_themes=theme.minted,
            listings=tuple(
                replace(listing, footnotes=tuple(map(self._footnotes.understand, listing.footnotes)))
                for listing in layout.listings
            ),
            pieces=tuple(layout.pieces),
            problems=tuple(sorted(problems, key=lambda problem: (problem.line, problem.kind, problem.message))),
        )


def _most_common(languages: list[str]) -> str:
    """The language that most lines are in; none when two are as frequent."""
    ranked = Counter(languages).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]
