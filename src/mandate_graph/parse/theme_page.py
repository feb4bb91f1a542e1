"""The theme page: furniture, a heading, and list items that end in a citation (page forms A to E).

The listing of the follow-up application (page form F) differs in one thing: the document stands in a heading above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mandate_graph.citator.citations import Citation
from mandate_graph.model import Capture, Footnote, Listing, Piece, PieceKind, Problem, Span
from mandate_graph.parse.gather import CHILD_INDENT, Gathered, Item, gather
from mandate_graph.parse.lines import ANY_MARK, Line, skip_space, trim
from mandate_graph.parse.tools import Layout, Tools

__all__ = ["fill", "read_listing", "read_theme_page"]

_MARK = re.compile(rf"\s*({ANY_MARK}[\s.]*)\Z")
_MARKS = re.compile(ANY_MARK)
# An official number stands before a sentence: "2.8 Guarantee", not "2.5 million".
_CAPITAL = r"(?=[“\"¿¡(]?[A-ZÁÉÍÓÚÜÑ])"
_NUMBER_LABEL = re.compile(rf"(?P<label>\d{{1,2}}\.\d{{1,2}})[.:]?\s+{_CAPITAL}")
_BULLET_NUMBER = re.compile(rf"(?P<label>\d{{1,3}}(?:-[A-Z])?)[:.]\s+{_CAPITAL}")
_LETTER_LABEL = re.compile(r"(?P<label>[a-z]|[ivx]{2,4})[.)](?=\s)\s*")
_FOOTANY_MARK = re.compile(rf"{ANY_MARK}\s*")


class _Reader:
    def __init__(self, capture: Capture, tools: Tools, gathered: Gathered, *, titled: bool) -> None:
        self.text = capture.text
        self.page = capture.page
        self.citations = tools.citations
        self.titled = titled
        self.items = gathered.items
        self.layout = Layout(gathered.heading, [], gathered.pieces, [], gathered.languages)
        names = "|".join(map(re.escape, tools.words.label_words))
        self.named_number = re.compile(rf"(?:{names})\s+(?P<label>\d{{1,3}})[.:]?\s+{_CAPITAL}")
        self.open_marks: list[tuple[int, str]] = []
        self.flat: set[int] = set()
        self.notes: dict[int, list[Footnote]] = {}
        # A raised number is the mark of a note only where there is one; stars mean nothing else.
        self.noted = {self._mark_of(lines[0]) for item in gathered.items for lines in item.footnotes}
        for line, citation in gathered.titles:
            self._report_citation(citation, line.number)

    def read(self) -> Layout:
        parents: list[tuple[int, int]] = []
        for item in self.items:
            listing = self._listing(item)
            if listing is None:
                continue
            place = len(self.layout.listings)
            while parents and not self._is_under(item, *parents[-1]):
                parents.pop()
            parent = parents[-1][1] if parents else self._open_chapeau(listing)
            if parent is not None and not parents:
                self.flat.add(place)
            else:
                parents.append((item.line.indent, place))
            if parent is not None and not listing.label and re.match(r"\d", listing.marker):
                listing = replace(listing, label=listing.marker.rstrip(".)"), printed_label=listing.marker)
            self.layout.listings.append(listing if parent is None else replace(listing, parent=parent))
            self._attach(item)
        for place, notes in self.notes.items():
            self.layout.listings[place] = replace(self.layout.listings[place], footnotes=tuple(notes))
        return self.layout

    def _is_under(self, item: Item, indent: int, place: int) -> bool:
        """Further in than the item above; below one without a marker only the list that it introduces is."""
        if item.line.indent < indent + CHILD_INDENT:
            return False
        above = self.layout.listings[place]
        first = place == len(self.layout.listings) - 1
        if above.marker or above.printed_label or first or not item.line.after_blank:
            return True
        return not item.line.marker[:1].isdigit() and not above.citation

    def _mark_of(self, line: Line) -> str:
        found = _MARKS.match(self.text, line.start, line.end)
        return found.group() if found else ""

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

    def _pieces(self, kind: PieceKind, item: Item, start: int, end: int) -> None:
        """A stretch of an item, without the lines inside it that are no words of it."""
        place = start
        for skip in [skip for skip in item.skips if start <= skip.start and skip.end <= end]:
            self._piece(kind, place, trim(self.text, place, skip.start))
            place = skip_space(self.text, skip.end, end)
        self._piece(kind, place, end)

    def _citation(self, item: Item, start: int) -> Citation | None:
        """The citation that ends an item; the number of a page inside it is none of its words."""
        if not item.skips:
            return self.citations.at_end(self.text, start, item.end)
        words = self.text[start : item.end]
        for skip in item.skips:
            left, right = skip.start - start, skip.end - start
            words = words[:left] + " " * (right - left) + words[right:]
        found = self.citations.at_end(words, 0, len(words))
        return found and replace(found, span=Span(found.span.start + start, found.span.end + start))

    def _listing(self, item: Item) -> Listing | None:
        marker = item.line.marker
        words = skip_space(self.text, item.start + len(marker), item.end)
        printed, label, start = self._label(marker, words, item.end)
        start = skip_space(self.text, start, item.end)
        citation = self._citation(item, start)
        end, tail = self._tail(citation, start, item.end)
        if not any(map(str.isalnum, self.text[start:end])):
            self._problem("unread", item.line.number, "a list item without words")
            return None
        self._piece("marker", item.start, item.start + len(marker))
        self._piece("label", words, trim(self.text, words, start))
        self._pieces("text", item, start, end)
        for kind, left, right in tail:
            self._pieces(kind, item, left, right)
            if kind == "footnote-mark":
                self.open_marks.append((len(self.layout.listings), self.text[left:right].rstrip(" .")))
        if citation is not None:
            self._report_citation(citation, item.line.number)
            if not self.text[citation.span.start : citation.span.end].endswith(")"):
                self._problem("citation", item.line.number, f"the parenthesis of ({citation.text} is never closed")
        listing = Listing(
            item.line.number,
            marker,
            printed,
            label,
            Span(start, end),
            self.text[start:end],
            skips=tuple(skip for skip in item.skips if start <= skip.start and skip.end <= end),
            heading=item.title.text if item.title else "",
            heading_document=item.title.documents[0] if item.title and item.title.outcome == "resolved" else "",
        )
        for inner in self.citations.inside(self.text, start, end):
            self._problem("citation", item.line.number, f"({inner}) is a known citation, but stands inside the text")
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
            mark = next((mark for mark in _MARKS.finditer(self.text, place, end) if self._is_mark(mark.group())), None)
            left, right = mark.span() if mark else (end, end)
            parts += [("citation", citation.span.start, left), ("footnote-mark", left, right), ("citation", right, end)]
            end = citation.span.start
        # The mark is short; behind a long text nothing is searched but its end.
        near = max(start, end - 40)
        if (before := _MARK.search(self.text, near, end)) and self._is_mark(before[1].rstrip(" .\u00a0\n\r\t")):
            parts.append(("footnote-mark", before.start(1), before.end(1)))
            end = before.start()
        narrow = [
            (kind, (inner := skip_space(self.text, left, right)), trim(self.text, inner, right))
            for kind, left, right in parts
        ]
        return trim(self.text, start, end), [part for part in narrow if part[2] > part[1]]

    def _is_mark(self, mark: str) -> bool:
        return mark.startswith("*") or mark in self.noted

    def _label_patterns(self, marker: str) -> Sequence[re.Pattern[str]]:
        """The number of a list says nothing of what follows: "1. 2.5 million" and "1. a) roads; b) rails" are words."""
        if marker[:1].isdigit():
            return ()
        official = (self.named_number, _NUMBER_LABEL)
        if marker:
            return (*official, _BULLET_NUMBER, _LETTER_LABEL)
        return (*official, _BULLET_NUMBER) if self.titled else official

    def _report_citation(self, citation: Citation, line: int) -> None:
        if citation.language:
            self.layout.languages.append(citation.language)
        if citation.outcome == "unresolved":
            close = f" Closest known: {'; '.join(citation.closest)}." if citation.closest else ""
            self._problem("citation", line, f"({citation.text}) names no known document.{close}")
        elif citation.outcome == "ambiguous":
            documents = ", ".join(citation.documents)
            self._problem("citation", line, f"({citation.text}) could be any of {documents}; none was chosen.")
        elif citation.printed_section and not citation.section:
            self._problem(
                "section",
                line,
                f"{citation.documents[0]} has no section {citation.printed_section!r} in the table.",
            )

    def _attach(self, item: Item) -> None:
        """Give each note to the nearest item that carries its mark, else to the item that it stands under."""
        for lines in item.footnotes:
            start, end = lines[0].start, lines[-1].end
            mark = _FOOTANY_MARK.match(self.text, start, end)
            words = mark.end() if mark else start
            stars = mark.group().strip() if mark else ""
            if not self.layout.listings:
                continue
            owner = len(self.layout.listings) - 1
            for place in range(len(self.open_marks) - 1, -1, -1):
                if self.open_marks[place][1] == stars:
                    owner = self.open_marks.pop(place)[0]
                    break
            else:
                if start != item.end:  # a note right behind the citation needs no mark
                    self._problem(
                        "footnote",
                        lines[0].number,
                        "no item carries the mark of this note; it was given to the one above it.",
                    )
            note = Footnote(Span(start, end), Span(words, end), lines[0].number, self.text[words:end])
            self.notes.setdefault(owner, []).append(note)
            self._pieces("footnote", item, start, end)

    def _problem(self, kind: str, line: int, message: str) -> None:
        self.layout.problems.append(Problem(kind, self.page, line, message))  # type: ignore[arg-type]


def read_theme_page(capture: Capture, tools: Tools) -> Layout:
    """Read a page; a page without a list item gives a layout without listings."""
    return _read(capture, tools, titled=False)


def read_listing(capture: Capture, tools: Tools) -> Layout:
    """Read a listing of the follow-up application: items below the headings of their documents (page form F)."""
    return _read(capture, tools, titled=True)


def _read(capture: Capture, tools: Tools, *, titled: bool) -> Layout:
    layout = _Reader(capture, tools, gather(capture, tools, titled=titled), titled=titled).read()
    layout.pieces = list(fill(capture.text, layout.pieces))
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


def fill(text: str, pieces: Iterable[Piece]) -> Iterable[Piece]:
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
