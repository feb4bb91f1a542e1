"""The theme page: furniture, a heading, and list items that end in a citation (page forms A to E, as text)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from mandate_graph.cite.citations import Citation, Citations
from mandate_graph.model import Capture, Footnote, Listing, Piece, PieceKind, Problem, Span
from mandate_graph.parse.gather import CHILD_INDENT, Gathered, Item, gather
from mandate_graph.parse.lines import PageWords

__all__ = ["Layout", "read_theme_page"]

_MARK = re.compile(r"\s*(\*{1,4}[\s.]*)\Z")
# An official number stands before a sentence: "2.8 Guarantee", not "2.5 million".
_CAPITAL = r"(?=[“\"¿¡(]?[A-ZÁÉÍÓÚÜÑ])"
_NUMBER_LABEL = re.compile(rf"(?P<label>\d{{1,2}}\.\d{{1,2}})[.:]?\s+{_CAPITAL}")
_BULLET_NUMBER = re.compile(rf"(?P<label>\d{{1,3}}(?:-[A-Z])?)[:.]\s+{_CAPITAL}")
_LETTER_LABEL = re.compile(r"(?P<label>[a-z]|[ivx]{2,4})[.)](?=\s)\s*")
_FOOTNOTE_MARK = re.compile(r"\*+\s*")


@dataclass(slots=True)
class Layout:
    """What a page holds: its listings in order, every stretch that was understood, and what a person should look at."""

    heading: str = ""
    listings: list[Listing] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, capture: Capture, words: PageWords, citations: Citations, gathered: Gathered) -> None:
        self.text = capture.text
        self.page = capture.page
        self.citations = citations
        self.items = gathered.items
        self.layout = Layout(gathered.heading, [], gathered.pieces, [], gathered.languages)
        names = "|".join(map(re.escape, words.label_words))
        self.named_number = re.compile(rf"(?:{names})\s+(?P<label>\d{{1,3}})[.:]?\s+{_CAPITAL}")
        self.open_marks: list[tuple[int, str]] = []
        self.flat: set[int] = set()

    def read(self) -> Layout:
        parents: list[tuple[int, int]] = []
        for item in self.items:
            listing = self._listing(item)
            if listing is None:
                continue
            place = len(self.layout.listings)
            while parents and item.line.indent < parents[-1][0] + CHILD_INDENT:
                parents.pop()
            parent = parents[-1][1] if parents else self._open_chapeau(listing)
            if parent is not None and not parents:
                self.flat.add(place)
            else:
                parents.append((item.line.indent, place))
            if parent is not None and not listing.label and re.match(r"\d", listing.marker):
                listing = replace(listing, label=listing.marker.rstrip(".)"), printed_label=listing.marker)
            self.layout.listings.append(replace(listing, parent=parent))
            self._attach(item)
        return self.layout

    def _open_chapeau(self, listing: Listing) -> int | None:
        """Where a capture lost its indentation, a letter still says that the item stands under the open chapeau."""
        if not re.fullmatch(r"[a-z]{1,4}", listing.label) or not self.layout.listings:
            return None
        place = len(self.layout.listings) - 1
        above = self.layout.listings[place]
        if place in self.flat:
            return above.parent if not above.citation else None
        return place if above.text.endswith(":") and not above.citation else None

    def _piece(self, kind: PieceKind, start: int, end: int) -> None:
        if end > start:
            self.layout.pieces.append(Piece(kind, Span(start, end)))

    def _listing(self, item: Item) -> Listing | None:
        marker = item.line.marker
        words = _skip_space(self.text, item.start + len(marker), item.end)
        printed, label, start = self._label(marker, words, item.end)
        citation = self.citations.at_end(self.text, start, item.end)
        end, tail = self._tail(citation, start, item.end)
        if not any(map(str.isalnum, self.text[start:end])):
            self._problem("unread", item.line.number, "a list item without words")
            return None
        self._piece("marker", item.start, item.start + len(marker))
        self._piece("label", words, _trim(self.text, words, start))
        self._piece("text", start, end)
        for kind, left, right in tail:
            self._piece(kind, left, right)
            if kind == "footnote-mark":
                self.open_marks.append((len(self.layout.listings), self.text[left:right].rstrip(" .")))
        self._report_citation(citation, item)
        listing = Listing(item.line.number, marker, printed, label, Span(start, end), self.text[start:end])
        if citation is None:
            return replace(listing, doubt=self.citations.doubt(self.text, start, end))
        return _with_citation(listing, citation)

    def _label(self, marker: str, start: int, end: int) -> tuple[str, str, int]:
        """The official label as printed, bare, and where the words behind it begin."""
        if marker[:1].isalpha():
            return marker, marker.rstrip(".)"), start
        for pattern in self._label_patterns(marker):
            if match := pattern.match(self.text, start, end):
                return match.group().strip(), match["label"], match.end()
        return "", "", start

    def _tail(self, citation: Citation | None, start: int, end: int) -> tuple[int, list[tuple[PieceKind, int, int]]]:
        """Where the words end, and what stands behind them: the citation, and footnote marks on either side of it."""
        parts: list[tuple[PieceKind, int, int]] = []
        if citation is not None:
            place = citation.span.end
            mark = re.compile(r"\*+").search(self.text, place, end)
            left, right = mark.span() if mark else (end, end)
            parts += [("citation", citation.span.start, left), ("footnote-mark", left, right), ("citation", right, end)]
            end = citation.span.start
        if before := _MARK.search(self.text, start, end):
            parts.append(("footnote-mark", before.start(1), before.end(1)))
            end = before.start()
        narrow = [
            (kind, (inner := _skip_space(self.text, left, right)), _trim(self.text, inner, right))
            for kind, left, right in parts
        ]
        return _trim(self.text, start, end), [part for part in narrow if part[2] > part[1]]

    def _label_patterns(self, marker: str) -> Sequence[re.Pattern[str]]:
        """The number of a list says nothing of what follows: "1. 2.5 million" and "1. a) roads; b) rails" are words."""
        if marker[:1].isdigit():
            return ()
        official = (self.named_number, _NUMBER_LABEL)
        return (*official, _BULLET_NUMBER, _LETTER_LABEL) if marker else official

    def _report_citation(self, citation: Citation | None, item: Item) -> None:
        if citation is None:
            return
        if citation.language:
            self.layout.languages.append(citation.language)
        if citation.outcome == "unresolved":
            close = f" Closest known: {'; '.join(citation.closest)}." if citation.closest else ""
            self._problem("citation", item.line.number, f"({citation.text}) names no known document.{close}")
        elif citation.outcome == "ambiguous":
            documents = ", ".join(citation.documents)
            self._problem(
                "citation", item.line.number, f"({citation.text}) could be any of {documents}; none was chosen."
            )
        elif citation.printed_section and not citation.section:
            self._problem(
                "section",
                item.line.number,
                f"{citation.documents[0]} has no section {citation.printed_section!r} in the table.",
            )

    def _attach(self, item: Item) -> None:
        """Give each note to the nearest item that carries its mark, else to the item that it stands under."""
        for lines in item.footnotes:
            start, end = lines[0].start, lines[-1].end
            mark = _FOOTNOTE_MARK.match(self.text, start, end)
            words = mark.end() if mark else start
            stars = mark.group().strip() if mark else ""
            owner = len(self.layout.listings) - 1
            for place in range(len(self.open_marks) - 1, -1, -1):
                if self.open_marks[place][1] == stars:
                    owner = self.open_marks.pop(place)[0]
                    break
            else:
                self._problem(
                    "footnote",
                    lines[0].number,
                    "no item carries the mark of this note; it was given to the one above it.",
                )
            note = Footnote(Span(start, end), Span(words, end), lines[0].number, self.text[words:end])
            listing = self.layout.listings[owner]
            self.layout.listings[owner] = replace(listing, footnotes=(*listing.footnotes, note))
            self._piece("footnote", start, end)

    def _problem(self, kind: str, line: int, message: str) -> None:
        self.layout.problems.append(Problem(kind, self.page, line, message))  # type: ignore[arg-type]


def read_theme_page(
    capture: Capture, words: PageWords, citations: Citations, is_theme: Callable[[str], bool]
) -> Layout:
    """Read a page; a page without a list item gives a layout without listings.

    ``is_theme`` says whether words are the label of a theme: a heading need not be in capitals then.
    """
    layout = _Reader(capture, words, citations, gather(capture, words, citations, is_theme)).read()
    layout.pieces = list(_fill(capture.text, layout.pieces))
    return layout


def _with_citation(listing: Listing, citation: Citation) -> Listing:
    return replace(
        listing,
        citation_span=citation.span,
        citation=citation.text,
        document=citation.documents[0] if citation.outcome == "resolved" else "",
        candidates=citation.documents if citation.outcome == "ambiguous" else (),
        closest=citation.closest,
        section=citation.section,
        printed_section=citation.printed_section,
    )


def _fill(text: str, pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Close the gaps: white space is blank, and anything else was not read."""
    place = 0
    for piece in sorted(pieces, key=lambda piece: piece.span.start):
        yield from _gap(text, place, piece.span.start)
        yield piece
        place = piece.span.end
    yield from _gap(text, place, len(text))


def _gap(text: str, start: int, end: int) -> Iterable[Piece]:
    place = start
    for match in re.finditer(r"[^\s\u200b\ufeff]+(?:[ \t\u00a0]+[^\s\u200b\ufeff]+)*", text[start:end]):
        if start + match.start() > place:
            yield Piece("blank", Span(place, start + match.start()))
        yield Piece("unread", Span(start + match.start(), start + match.end()))
        place = start + match.end()
    if end > place:
        yield Piece("blank", Span(place, end))


def _skip_space(text: str, start: int, end: int) -> int:
    return start + len(text[start:end]) - len(text[start:end].lstrip(" \t\r\n\u00a0\u200b\ufeff"))


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" \t\r\n\u00a0\u200b\ufeff"))
