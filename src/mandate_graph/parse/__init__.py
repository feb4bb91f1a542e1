"""Captures to pages: the form is found, the form's reader reads, and what is common to all forms is decided here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mandate_graph.authorities import Authorities
from mandate_graph.errors import UnreadablePage
from mandate_graph.model import Capture, Listing, Page, Problem
from mandate_graph.parse.footnotes import Footnotes
from mandate_graph.parse.forms import FORMS, detect
from mandate_graph.parse.lines import line_numbers
from mandate_graph.parse.themes import PageTheme, stem_of
from mandate_graph.parse.tools import Tools

__all__ = ["FORMS", "PageReader"]


class PageReader:
    """Reads captures with one set of tables, compiled once."""

    def __init__(self, authorities: Authorities) -> None:
        self._tools = Tools.of(authorities)
        self._numbers = {
            key: tuple(map(int, document.cells["numbers"].split("-"))) if document.cells["numbers"] else ()
            for key, document in authorities["documents"].items()
        }
        self._footnotes = Footnotes(authorities)

    def read(self, capture: Capture) -> Page:
        """Read one page.

        Raises:
            UnreadablePage: when it holds no list item.
        """
        self._check(capture)
        form = detect(capture, self._tools)
        layout = FORMS[form.name](capture, self._tools)
        if not layout.listings:
            advice = "A page is a list of paragraphs, each ending in its document."
            raise UnreadablePage(capture.name, f"no list item was found; read as {form.name}: {form.because}", advice)
        problems = list(layout.problems)
        problems += [Problem("form", capture.page, 1, note) for note in capture.read_as[1:]]
        language = capture.language or stem_of(capture.page)[1] or _most_common(layout.languages)
        if not language:
            problems.append(
                Problem("language", capture.page, 1, "no furniture or citation tells the language; it was left out")
            )
        theme = PageTheme()
        if form.name != "full-text" or capture.theme:  # the title of a document is no theme
            heading = "" if form.name == "full-text" else layout.heading
            theme = self._tools.themes.of_page(capture.theme, heading, capture.page, language)
        if theme.problem:
            problems.append(Problem("theme", capture.page, 1, theme.problem))
        problems += self._out_of_range(capture.page, layout.listings)
        unread = [piece.span for piece in layout.pieces if piece.kind == "unread"]
        problems += [
            Problem("unread", capture.page, line, span.cut(capture.text))
            for line, span in zip(line_numbers(capture.text, unread), unread, strict=True)
        ]
        return Page(
            capture=replace(capture, language=language),
            language=language,
            form=form.name,
            form_because=form.because,
            theme=theme.key,
            heading=layout.heading,
            theme_label=theme.theme,
            subtheme_label=theme.subtheme,
            theme_from=theme.found,
            minted_themes=theme.minted,
            listings=tuple(
                replace(listing, footnotes=tuple(map(self._footnotes.understand, listing.footnotes)))
                if listing.footnotes
                else listing
                for listing in layout.listings
            ),
            pieces=tuple(layout.pieces),
            problems=tuple(sorted(problems, key=lambda problem: (problem.line, problem.kind, problem.message))),
        )

    def _out_of_range(self, page: str, listings: Sequence[Listing]) -> Iterator[Problem]:
        """Official numbers that the document does not have: 2.8 is the eighth action of initiative 2."""
        for listing in listings:
            document = listing.document or listing.heading_document
            numbers = self._numbers.get(document, ())
            number = re.match(r"\d+", listing.label)
            if numbers and number and listing.parent is None and not numbers[0] <= int(number.group()) <= numbers[1]:
                message = f"{document} has no number {listing.label}; they run from {numbers[0]} to {numbers[1]}"
                yield Problem("label", page, listing.line, message)

    def _check(self, capture: Capture) -> None:
        """What the manifest or a person says must be known.

        Raises:
            UnreadablePage: when a form or document is named that does not exist.
        """
        if capture.form and capture.form not in FORMS:
            raise UnreadablePage(capture.name, f"no form is called {capture.form!r}", f"Forms are: {', '.join(FORMS)}.")
        if capture.document and capture.document not in self._numbers:
            raise UnreadablePage(
                capture.name, f"the document {capture.document!r} has no row in documents.csv", "Mend the manifest."
            )


def _most_common(languages: list[str]) -> str:
    """The language that most lines are in; none when two are as frequent."""
    ranked = Counter(languages).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]
