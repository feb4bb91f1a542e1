"""Lines to list items: which lines belong together, seen with the lines around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mandate_graph.citator.citations import Citation
from mandate_graph.errors import UnreadablePage
from mandate_graph.model import Capture, Piece, PieceKind, Span
from mandate_graph.parse.lines import ANY_MARK, INVISIBLE, NOTE_MARK, Line, cut_lines
from mandate_graph.parse.themes import split_heading
from mandate_graph.parse.tools import Tools

__all__ = ["CHILD_INDENT", "MOST_ITEMS", "Gathered", "Item", "gather"]

# An item is a child from two columns further in; one column is how numbers of two digits are aligned.
CHILD_INDENT = 2
MOST_ITEMS = 20_000
"""List items and notes of the longest page that is read; the longest one known has some dozens."""
_STAR_BULLET = re.compile(r"\*\s+\S")
_NOTE_REACH = 200
_REACH = 2000
_LONGEST_GAP = 40
_LIST_REACH = 12
_ROMAN_AFTER = {"i)": "ii)", "i.": "ii."}
# "1) … 2) …" is how the pages enumerate inside a sentence.
_FIRST = frozenset(("a)", "a.", "i)", "i."))
_FEWEST_WORDS = 3
# Marks other than stars are marks only where they stand both behind words and before a note.
_RAISED_MARK = re.compile(rf"(?<=[\w.,;:)”\"’])\s?(?!\*)({NOTE_MARK})")
_RAISED_SIGN = re.compile(r"[\u00b9\u00b2\u00b3\u2070-\u2079\u2020\u2021\[]|\(\*")
_NUMBER_MARK = re.compile(r"(?<=[\w.,;:”\"’])(\(\d{1,2}\))(?=\s*[.;]?\s*(?:\(|[\r\n]|$))")
_MARK = re.compile(ANY_MARK)
_NOTE_BEHIND = re.compile(r"\)[\s.]*(?P<note>\*{1,4}\s*[“\"¿A-ZÁÉÍÓÚ])")
# The end of one item and the beginning of the next on one line: what is between was lost.
_RUN_ON = re.compile(r"\)[\s.;*]*\s(?=(?P<marker>\d{1,2}\.)\s+[“\"¿A-ZÁÉÍÓÚÜÑ])")
_NUMBER_LINE = re.compile(r"\d{1,3}(?:-[A-Z])?:\s")


@dataclass(slots=True)
class Item:
    """The lines of one list item, and the notes under it; ``start`` to ``end`` are the item's own characters.

    ``skips`` are lines inside that are no words of it; ``title`` is the document's heading that it stands under.
    """

    line: Line
    start: int
    end: int
    footnotes: list[list[Line]] = field(default_factory=list)
    skips: list[Span] = field(default_factory=list)
    title: Citation | None = None

    @property
    def tail(self) -> int:
        """Where the item, with its notes, ends."""
        return self.footnotes[-1][-1].end if self.footnotes else self.end


@dataclass(slots=True)
class Gathered:
    """A page's items in order, its heading, and the furniture around them.

    ``titles`` are the headings that name a document, with the lines that they stand on.
    """

    items: list[Item] = field(default_factory=list)
    heading: str = ""
    pieces: list[Piece] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    titles: list[tuple[Line, Citation]] = field(default_factory=list)


def gather(capture: Capture, tools: Tools, *, titled: bool = False) -> Gathered:
    """Put the lines of a capture together; ``titled`` pages have headings that name the document below."""
    gatherer = _Gatherer(capture, tools, titled=titled)
    for place, line in enumerate(gatherer.lines):
        if line.kind != "blank":
            gatherer.take(place, line)
    gatherer.finish()
    return gatherer.page


class _Gatherer:
    def __init__(self, capture: Capture, tools: Tools, *, titled: bool) -> None:
        self.text = capture.text
        self.name = capture.name
        self.tools = tools
        self.titled = titled
        raised = _RAISED_SIGN.search(capture.text)
        self.marks = {match[1] for match in _RAISED_MARK.finditer(capture.text)} if raised else set()
        numbered = {match[1] for match in _NUMBER_MARK.finditer(capture.text)}
        self.marks |= numbered
        self.lines: Sequence[Line] = list(cut_lines(capture.text, tools.words, capture.hints, numbered))
        self.page = Gathered()
        self.between: list[Line] = []
        names = "|".join(map(re.escape, tools.words.label_words)) or "(?!)"
        self.label = re.compile(rf"(?:(?:{names})\s+\d{{1,3}}|\d{{1,2}}\.\d{{1,2}})[.:]?")
        self.count = 0
        self.closed = False
        self.spare_heading = ""

    def take(self, place: int, line: Line) -> None:
        """Decide where a line belongs."""
        item = self.page.items[-1] if self.page.items else None
        if self.titled and (self._menu(line) or (line.kind in {"other", "furniture"} and self._title(line))):
            return
        if item is not None and not self.closed and self._goes_on(item, line, self.lines[place - 1]):
            return
        if line.kind == "item" or (self.titled and _NUMBER_LINE.match(self._words(line))):
            self._begin(line)
        elif line.kind == "footnote":
            self._footnote(item, line)
        elif line.kind == "furniture" and not self._is_shouted_theme(line):
            self.between.append(line)
            self._piece("furniture", line)
            if language := self.tools.words.language_of(self._words(line)):
                self.page.languages.append(language)
        else:
            self._other(place, line)

    def finish(self) -> None:
        """What is seen only at the end: notes behind citations, and the heading that nothing better replaced."""
        self.page.heading = self.page.heading or self.spare_heading
        self.page.items = [part for item in self.page.items for part in self._split(item)]
        for item in self.page.items:
            if self._is_finished(item):
                continue
            for match in _NOTE_BEHIND.finditer(self.text, item.start, item.end):
                if self._cited(item.start, match.start("note")):
                    note = replace(item.line, start=match.start("note"), end=item.end, kind="footnote")
                    item.end = match.start("note")
                    item.footnotes.insert(0, [note])
                    break

    def _split(self, item: Item) -> list[Item]:
        """Items that run on in one line, parted where a known citation ends one and a number begins the next."""
        parts = [item]
        for match in _RUN_ON.finditer(self.text, item.start, item.end):
            last = parts[-1]
            if match.start() > last.start and self._cited(last.start, match.start() + 1):
                place = match.start("marker")
                line = replace(item.line, start=place, end=item.end, marker=match["marker"])
                skips = [skip for skip in last.skips if skip.start >= place]
                parts.append(Item(line, place, last.end, last.footnotes, skips, item.title))
                last.end, last.footnotes = match.end(), []
                last.skips = [skip for skip in last.skips if skip.end <= last.end]
        return parts

    def _begin(self, line: Line) -> None:
        self._count(line)
        self.between = []
        self.closed = False
        title = self.page.titles[-1][1] if self.page.titles else None
        self.page.items.append(Item(line, line.start, line.end, title=title))

    def _count(self, line: Line) -> None:
        self.count += 1
        if self.count > MOST_ITEMS:
            problem = f"more than {MOST_ITEMS:,} list items and notes (line {line.number})"
            raise UnreadablePage(self.name, problem, "A page has some dozens; save it in parts.")

    def _goes_on(self, item: Item, line: Line, above: Line) -> bool:
        """Add a line to the item or note above it, where it goes on with it."""
        touching = above.end == item.tail
        if item.footnotes:
            if touching and line.kind == "other":
                item.footnotes[-1].append(line)
                return True
            return False
        if line.is_heading and line.kind == "other":
            return False
        deeper = line.indent >= item.line.indent + CHILD_INDENT
        if touching:
            goes_on = self._is_wrapped(item, line)
        elif self.between and line.kind == "other":  # the number of a page between two halves
            goes_on = (deeper or self._words(line)[0].islower()) and not self._is_finished(item)
        else:
            near = not self.text[item.end : line.start].strip(INVISIBLE + "\r\n")
            belongs = deeper or self._is_citation(line) or self._is_label(item)
            goes_on = near and belongs and line.kind == "other" and not self._is_finished(item)
        if goes_on:
            item.skips += [Span(other.start, other.end) for other in self.between]
            item.end = line.end
            self.between = []
        return goes_on

    def _is_citation(self, line: Line) -> bool:
        """Whether a line holds nothing but a known citation: it is that of the item above."""
        found = self.tools.citations.at_end(self.text, line.start, line.end)
        return found is not None and bool(found.documents) and found.span.start == line.start

    def _is_label(self, item: Item) -> bool:
        """Whether an item is an official number alone, whose words stand below."""
        words = self.text[item.start + len(item.line.marker) : item.end][:_LONGEST_GAP].strip(INVISIBLE)
        return bool(self.label.fullmatch(words))

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
        return self._is_words_after_all(item, line)

    def _is_words_after_all(self, item: Item, line: Line) -> bool:
        """Whether what looks like a marker at the beginning of a line is part of the sentence above."""
        before = self.text[max(item.start, item.end - _REACH) : item.end]
        begins = before.endswith(":") and line.marker in _FIRST and self._begins_list(line, item)
        if begins or (item.line.marker.endswith(")") and line.marker == _after(item.line.marker)):
            return False  # a list of its own
        if before.count("(") > before.count(")") and not line.marker.startswith("•"):
            return True
        aligned = line.indent == item.line.indent + self._text_column(item)
        if line.marker.endswith(")"):
            return aligned or _before(line.marker) in before
        return aligned and bool(line.marker) and line.marker != "•" and before[-1] not in ":;."

    def _begins_list(self, line: Line, item: Item) -> bool:
        """Whether "a)" on a line of its own is followed by "b)" on another: inside a sentence neither begins a line."""
        following = self.lines[line.number : line.number + _LIST_REACH]
        aligned = (other for other in following if other.kind == "item" and other.indent == line.indent)
        nexts = {_after(line.marker), _ROMAN_AFTER.get(line.marker, "")}
        second = next((other for other in aligned if other.marker in nexts), None)
        return second is not None and line.indent > item.line.indent and _after(line.marker) not in self._words(line)

    def _text_column(self, item: Item) -> int:
        rest = self.text[item.start + len(item.line.marker) : item.end][:_LONGEST_GAP]
        return len(item.line.marker) + len(rest) - len(rest.lstrip(INVISIBLE))

    def _is_finished(self, item: Item) -> bool:
        return self._cited(item.start, item.end)

    def _cited(self, start: int, end: int) -> bool:
        found = self.tools.citations.at_end(self.text, start, end)
        return found is not None and bool(found.documents)

    def _footnote(self, item: Item | None, line: Line) -> None:
        """A star begins a note where an item carries its mark, and is a bullet where none does."""
        words = self._words(line)
        mark = _MARK.match(words)
        if mark is not None and "*" not in mark.group() and mark.group() not in self.marks:
            self._unread(line)
            return
        marked = item is not None and "*" in self.text[max(item.start + 1, item.end - _NOTE_REACH) : item.end]
        if not marked and (item is None or line.after_blank) and _STAR_BULLET.match(words):
            self._begin(replace(line, marker="*"))
        elif item is not None:
            self._count(line)
            item.footnotes.append([line])

    def _is_shouted_theme(self, line: Line) -> bool:
        """The organization's name is furniture, and in capitals the heading of the pages about it."""
        words = self._words(line)
        return not self.page.items and not self.page.heading and words.isupper() and self.tools.themes.is_theme(words)

    def _menu(self, line: Line) -> bool:
        """Whether a line, with or without a bullet, is of the application's menu."""
        language = self.tools.words.menu_of(self.text[line.start + len(line.marker) : line.end])
        if language is not None:
            self._piece("furniture", line)
            self.page.languages.append(language)
            self.closed = True
        return language is not None

    def _title(self, line: Line) -> bool:
        """Whether a line names the document of what stands below it."""
        found = self.tools.titles.heading(self._words(line))
        if found is None:
            return False
        self.page.titles.append((line, found))
        if found.language:
            self.page.languages.append(found.language)
        self._piece("heading", line)
        self.closed = True
        return True

    def _other(self, place: int, line: Line) -> None:
        words = self._words(line)
        heading = self.page.heading
        if not self.page.items and (heading.endswith(":") or (not heading and self._is_heading(words))):
            self.page.heading = f"{heading} {words}".strip()
            self._piece("heading", line)
        elif self._may_begin(line) and self._is_item(place, line):
            self._begin(line)  # a capture that lost its list markers
        elif line.is_heading:
            self.closed = True
            self.spare_heading = self.spare_heading or ("" if self.page.items else words)
            self._piece("heading", line)
        else:
            self._unread(line)

    def _may_begin(self, line: Line) -> bool:
        """An item without a marker begins behind a blank line, or where what stands above has ended."""
        return line.after_blank or self.closed or (bool(self.page.items) and self._is_finished(self.page.items[-1]))

    def _is_item(self, place: int, line: Line) -> bool:
        """A paragraph without a marker is an item when a citation ends it, or when it introduces the items below it."""
        last = place
        while last + 1 < len(self.lines) and self.lines[last + 1].kind == "other":
            last += 1
        end = self.lines[last].end
        words = self.text[line.start : end]
        if words[0].islower() or words.isupper() or len(words.split()) < _FEWEST_WORDS:
            return False
        found = self.tools.citations.at_end(self.text, line.start, end)
        if found is not None and (line.after_blank or found.documents):
            return any(map(str.isalpha, self.text[line.start : found.span.start]))
        below = next((other for other in self.lines[last + 1 :] if other.kind != "blank"), None)
        if below is None or below.kind != "item" or not words.endswith(":"):
            return False
        return below.indent >= line.indent + CHILD_INDENT or not below.marker[:1].isdigit()

    def _unread(self, line: Line) -> None:
        """Nothing is said of a line that is not understood: the gap that it leaves is reported."""
        self.between = [] if line.kind == "other" else self.between
        self.closed = True

    def _is_heading(self, words: str) -> bool:
        main, _ = split_heading(words)
        capitals = any(char.isalpha() for char in main) and main == main.upper()
        return capitals or self.tools.themes.is_theme(main)

    def _words(self, line: Line) -> str:
        return self.text[line.start : line.end]

    def _piece(self, kind: PieceKind, line: Line) -> None:
        self.page.pieces.append(Piece(kind, Span(line.start, line.end)))


def _after(marker: str) -> str:
    """The enumerator that comes after one: ``"a)"`` → ``"b)"``."""
    name, sign = marker[:-1], marker[-1:]
    if name.isdecimal():
        return f"{int(name) + 1}{sign}"
    return f"{chr(ord(name) + 1)}{sign}" if len(name) == 1 else ""


def _before(marker: str) -> str:
    """The enumerator that comes before one: ``"3)"`` → ``"2)"``, ``"b)"`` → ``"a)"``."""
    name = marker[:-1]
    if name.isdecimal():
        return f"{int(name) - 1})"
    return f"{chr(ord(name) - 1)})" if len(name) == 1 else marker
