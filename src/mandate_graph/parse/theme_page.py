"""The theme page: furniture, a heading, and list items that end in a citation (page forms A to E, as text)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from mandate_graph.cite.citations import Citation, Citations
from mandate_graph.iris import text_key
from mandate_graph.model import Capture, Footnote, Listing, Piece, PieceKind, Problem, Span
from mandate_graph.parse.lines import Line, PageWords, cut_lines

__all__ = ["Layout", "read_theme_page"]

_MARK = re.compile(r"\s*(\*{1,4})[\s.]*\Z")
_NUMBER_LABEL = re.compile(r"(?P<label>\d{1,2}\.\d{1,2})(?:\.|:)?(?=\s)\s*")
_BULLET_NUMBER = re.compile(r"(?P<label>\d{1,3}(?:-[A-Z])?)[:.](?=\s)\s*")
_LETTER_LABEL = re.compile(r"(?P<label>[a-z]|[ivx]{2,4})[.)](?=\s)\s*")
_FOOTNOTE_MARK = re.compile(r"\*+\s*")
# An item is a child from two columns further in; one column is how numbers of two digits are aligned.
_CHILD_INDENT = 2


@dataclass(slots=True)
class Layout:
    """What a page holds: its listings in order, every stretch that was understood, and what a person should look at."""

    heading: str = ""
    listings: list[Listing] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Item:
    """The lines of one list item, and the notes under it."""

    line: Line
    start: int
    end: int
    footnotes: list[list[Line]] = field(default_factory=list)
    in_footnote: bool = False


class _Reader:
    def __init__(
        self, capture: Capture, words: PageWords, citations: Citations, is_theme: Callable[[str], bool]
    ) -> None:
        self.text = capture.text
        self.page = capture.page
        self.words = words
        self.citations = citations
        self.is_theme = is_theme
        self.layout = Layout()
        self.labels = [
            re.compile(
                rf"(?P<word>{'|'.join(map(re.escape, words.label_words))})\s+(?P<label>\d{{1,3}})(?:[.:])?(?=\s)\s*"
            ),
            _NUMBER_LABEL,
        ]
        self.open_marks: list[tuple[int, str]] = []

    def read(self) -> Layout:
        items = self._gather()
        parents: list[tuple[int, int]] = []
        for item in items:
            listing = self._listing(item)
            if listing is None:
                continue
            place = len(self.layout.listings)
            while parents and item.line.indent < parents[-1][0] + _CHILD_INDENT:
                parents.pop()
            parent = parents[-1][1] if parents else self._open_chapeau(listing)
            if not (parent is not None and not parents):
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
        above = self.layout.listings[-1]
        if above.parent is not None and re.fullmatch(r"[a-z]{1,4}", above.label):
            return above.parent
        is_open = above.text.endswith(":") and not above.citation
        return len(self.layout.listings) - 1 if is_open else None

    def _gather(self) -> list[_Item]:
        items: list[_Item] = []
        lines = list(cut_lines(self.text, self.words))
        for place, line in enumerate(lines):
            if line.kind == "furniture":
                self._piece("furniture", line.start, line.end)
                self._note_language(line)
            elif line.kind == "item":
                items.append(_Item(line, line.start, line.end))
            elif line.kind == "footnote" and items:
                items[-1].footnotes.append([line])
                items[-1].in_footnote = True
            elif line.kind != "blank" and not self._continues(items, line, lines[place - 1] if place else None):
                self._other(items, line)
        return items

    def _note_language(self, line: Line) -> None:
        language = self.words.language_of(self.text[line.start : line.end])
        if language:
            self.layout.languages.append(language)

    def _continues(self, items: list[_Item], line: Line, above: Line | None) -> bool:
        """A line goes on with the item or note above; after a blank line only when it is indented below it."""
        if not items or above is None:
            return False
        item = items[-1]
        if not line.after_blank and above.kind != "furniture":
            if item.in_footnote:
                item.footnotes[-1].append(line)
                return True
            if above.end == item.end and not self._is_finished(item):
                item.end = line.end
                return True
            return False
        deeper = line.indent >= item.line.indent + _CHILD_INDENT
        if deeper and not item.in_footnote and not self._is_finished(item):
            item.end = line.end
            return True
        return False

    def _is_finished(self, item: _Item) -> bool:
        found = self.citations.at_end(self.text, item.start, item.end)
        return found is not None and bool(found.documents)

    def _other(self, items: list[_Item], line: Line) -> None:
        words = self.text[line.start : line.end]
        if not items and not self.layout.heading and self._is_heading(words):
            self.layout.heading = words
            self._piece("heading", line.start, line.end)
            return
        found = self.citations.at_end(self.text, line.start, line.end)
        if line.after_blank and found is not None and found.documents:
            items.append(_Item(line, line.start, line.end))  # a capture that lost its list markers

    def _is_heading(self, words: str) -> bool:
        main = words.split(":", maxsplit=1)[0].strip()
        capitals = any(char.isalpha() for char in main) and main == main.upper()
        return capitals or self.is_theme(main)

    def _piece(self, kind: PieceKind, start: int, end: int) -> None:
        if end > start:
            self.layout.pieces.append(Piece(kind, Span(start, end)))

    def _listing(self, item: _Item) -> Listing | None:
        marker = item.line.marker
        start = _skip_space(self.text, item.start + len(marker), item.end)
        lettered = bool(marker) and marker[0].isalpha()
        label = marker.rstrip(".)") if lettered else ""
        printed = marker if lettered else ""
        label_start = start
        if not lettered:
            for pattern in self._label_patterns(marker):
                if match := pattern.match(self.text, start, item.end):
                    printed, label, start = match.group().strip(), match["label"], match.end()
                    break
        end = item.end
        citation = self.citations.at_end(self.text, start, end)
        pieces: list[tuple[PieceKind, int, int]] = []
        if citation is not None:
            tail = self.text[citation.span.end : end]
            mark = re.search(r"\*+", tail)
            if mark:
                pieces.append(("citation", citation.span.start, citation.span.end + mark.start()))
                pieces.append(("footnote-mark", citation.span.end + mark.start(), citation.span.end + mark.end()))
                pieces.append(("citation", citation.span.end + mark.end(), end))
            else:
                pieces.append(("citation", citation.span.start, end))
            end = citation.span.start
        if before := _MARK.search(self.text, start, end):
            pieces.append(("footnote-mark", before.start(1), before.end(1)))
            end = before.start()
        end = _trim(self.text, start, end)
        if not text_key(self.text[start:end]):
            self._problem("unread", item.line.number, "a list item without words")
            return None
        self._piece("marker", item.start, item.start + len(marker))
        self._piece("label", label_start, _trim(self.text, label_start, start))
        self._piece("text", start, end)
        for kind, wide_left, right in pieces:
            left = _skip_space(self.text, wide_left, right)
            self._piece(kind, left, _trim(self.text, left, right))
            if kind == "footnote-mark":
                self.open_marks.append((len(self.layout.listings), self.text[left:right]))
        self._report_citation(citation, item)
        return _with_citation(
            Listing(item.line.number, marker, printed, label, Span(start, end), self.text[start:end]), citation
        )

    def _label_patterns(self, marker: str) -> Sequence[re.Pattern[str]]:
        bullet = not marker[:1].isdigit()
        return [
            *self.labels,
            *([_BULLET_NUMBER, _LETTER_LABEL] if bullet and marker else [_LETTER_LABEL] if marker else []),
        ]

    def _report_citation(self, citation: Citation | None, item: _Item) -> None:
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

    def _attach(self, item: _Item) -> None:
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
    reader = _Reader(capture, words, citations, is_theme)
    layout = reader.read()
    layout.pieces = list(_fill(capture.text, layout.pieces))
    return layout


def _with_citation(listing: Listing, citation: Citation | None) -> Listing:
    if citation is None:
        return listing
    return replace(
        listing,
        citation_span=citation.span,
        citation=citation.text,
        document=citation.documents[0] if citation.outcome == "resolved" else "",
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
