"""Lines to list items: which lines belong together, seen with the lines around them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mandate_graph.cite.citations import Citations
from mandate_graph.model import Capture, Piece, PieceKind, Span
from mandate_graph.parse.lines import INVISIBLE, Line, PageWords, cut_lines
from mandate_graph.parse.themes import split_heading

__all__ = ["CHILD_INDENT", "Gathered", "Item", "gather"]

# An item is a child from two columns further in; one column is how numbers of two digits are aligned.
CHILD_INDENT = 2
_STAR_BULLET = re.compile(r"\*\s+\S")
_NOTE_REACH = 200


@dataclass(slots=True)
class Item:
    """The lines of one list item, and the notes under it; ``start`` to ``end`` are the item's own characters."""

    line: Line
    start: int
    end: int
    footnotes: list[list[Line]] = field(default_factory=list)

    @property
    def tail(self) -> int:
        """Where the item, with its notes, ends."""
        return self.footnotes[-1][-1].end if self.footnotes else self.end


@dataclass(slots=True)
class Gathered:
    """A page's items in order, its heading, and the furniture around them."""

    items: list[Item] = field(default_factory=list)
    heading: str = ""
    pieces: list[Piece] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


def gather(capture: Capture, words: PageWords, citations: Citations, is_theme: Callable[[str], bool]) -> Gathered:
    """Put the lines of a capture together."""
    gatherer = _Gatherer(capture.text, words, citations, is_theme)
    lines = list(cut_lines(capture.text, words))
    for above, line in zip([None, *lines], lines, strict=False):
        if line.kind != "blank":
            gatherer.take(line, above)
    return gatherer.page


class _Gatherer:
    def __init__(self, text: str, words: PageWords, citations: Citations, is_theme: Callable[[str], bool]) -> None:
        self.text = text
        self.words = words
        self.citations = citations
        self.is_theme = is_theme
        self.page = Gathered()

    def take(self, line: Line, above: Line | None) -> None:
        """Decide where a line belongs."""
        item = self.page.items[-1] if self.page.items else None
        if item is not None and self._goes_on(item, line, above):
            return
        if line.kind == "item":
            self.page.items.append(Item(line, line.start, line.end))
        elif line.kind == "footnote":
            self._footnote(item, line)
        elif line.kind == "furniture" and not self._is_shouted_theme(line):
            self._piece("furniture", line)
            if language := self.words.language_of(self._words(line)):
                self.page.languages.append(language)
        else:
            self._other(line)

    def _goes_on(self, item: Item, line: Line, above: Line | None) -> bool:
        """Add a line to the item or note above it, where it goes on with it."""
        touching = above is not None and above.end == item.tail
        if item.footnotes:
            if touching and line.kind == "other":
                item.footnotes[-1].append(line)
                return True
            return False
        if touching:
            goes_on = self._is_wrapped(item, line)
        else:
            near = not self.text[item.end : line.start].strip(INVISIBLE + "\r\n")
            deeper = line.indent >= item.line.indent + CHILD_INDENT
            goes_on = near and deeper and line.kind == "other" and not self._is_finished(item)
        if goes_on:
            item.end = line.end
        return goes_on

    def _is_wrapped(self, item: Item, line: Line) -> bool:
        """Whether a line right below an item is the rest of its sentence, whatever it looks like alone."""
        words = self._words(line)
        if line.kind == "other":
            deeper = line.indent > item.line.indent
            return (deeper and words[0].islower()) or not self._is_finished(item)
        if line.kind == "footnote" or self._is_finished(item):
            return False
        if line.kind == "furniture":
            return line.indent > item.line.indent and not words.startswith("©")
        before = self.text[item.start : item.end]
        if before.count("(") > before.count(")") and not line.marker.startswith("•"):
            return True
        aligned = line.indent == item.line.indent + self._text_column(item)
        if line.marker.endswith(")"):
            return aligned or _before(line.marker) in before
        return aligned and bool(line.marker) and line.marker != "•" and before[-1] not in ":;."

    def _text_column(self, item: Item) -> int:
        rest = self.text[item.start + len(item.line.marker) : item.end]
        return len(item.line.marker) + len(rest) - len(rest.lstrip(INVISIBLE))

    def _is_finished(self, item: Item) -> bool:
        found = self.citations.at_end(self.text, item.start, item.end)
        return found is not None and bool(found.documents)

    def _footnote(self, item: Item | None, line: Line) -> None:
        """A star begins a note where an item carries its mark, and is a bullet where none does."""
        marked = item is not None and "*" in self.text[max(item.start + 1, item.end - _NOTE_REACH) : item.end]
        if not marked and (item is None or line.after_blank) and _STAR_BULLET.match(self._words(line)):
            self.page.items.append(Item(replace(line, marker="*"), line.start, line.end))
        elif item is not None:
            item.footnotes.append([line])

    def _is_shouted_theme(self, line: Line) -> bool:
        """The organization's name is furniture, and in capitals the heading of the pages about it."""
        words = self._words(line)
        return not self.page.items and not self.page.heading and words.isupper() and self.is_theme(words)

    def _other(self, line: Line) -> None:
        words = self._words(line)
        heading = self.page.heading
        if not self.page.items and (heading.endswith(":") or (not heading and self._is_heading(words))):
            self.page.heading = f"{heading} {words}".strip()
            self._piece("heading", line)
            return
        found = self.citations.at_end(self.text, line.start, line.end)
        if line.after_blank and found is not None and found.documents and not words[0].islower():
            self.page.items.append(Item(line, line.start, line.end))  # a capture that lost its list markers

    def _is_heading(self, words: str) -> bool:
        main, _ = split_heading(words)
        capitals = any(char.isalpha() for char in main) and main == main.upper()
        return capitals or self.is_theme(main)

    def _words(self, line: Line) -> str:
        return self.text[line.start : line.end]

    def _piece(self, kind: PieceKind, line: Line) -> None:
        self.page.pieces.append(Piece(kind, Span(line.start, line.end)))


def _before(marker: str) -> str:
    """The enumerator that comes before one: ``"3)"`` → ``"2)"``, ``"b)"`` → ``"a)"``."""
    name = marker[:-1]
    if name.isdecimal():
        return f"{int(name) - 1})"
    return f"{chr(ord(name) - 1)})" if len(name) == 1 else marker
