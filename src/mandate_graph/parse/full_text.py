"""The full text of a declaration or plan of action: headings, numbered paragraphs, and what stands under them.

The document is named by the title at the head, or by the manifest. A paragraph's number is the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mandate_graph.errors import UnreadablePage
from mandate_graph.model import Capture, Footnote, Listing, Piece, PieceKind, Problem, Span
from mandate_graph.parse.blocks import Block, cut_blocks
from mandate_graph.parse.gather import MOST_ITEMS
from mandate_graph.parse.lines import INVISIBLE, NOTE_MARK, Line, cut_lines, skip_space, trim
from mandate_graph.parse.theme_page import fill
from mandate_graph.parse.tools import Layout, Tools

__all__ = ["HEAD_LINES", "head_of", "read_full_text"]

HEAD_LINES = 12
"""As many lines from the top, at most, may hold the title."""
_LEVELS = {"": 0, "named": 0, "number": 0, "letter": 1, "roman": 2, "bullet": 3}
_NOTE = re.compile(rf"(?P<mark>{NOTE_MARK})\s*")
_ROMAN = re.compile(r"[ivx]+")
_LONGEST_MARK = 8
_LONGEST_DATELINE = 160
_LONGEST_MOTTO = 300


@dataclass(slots=True)
class _Open:
    """A paragraph that others may stand under."""

    place: int
    level: int
    indent: int
    label: str
    introduces: bool


class _Reader:
    def __init__(self, capture: Capture, tools: Tools) -> None:
        self.capture = capture
        self.text = capture.text
        self.tools = tools
        self.layout = Layout()
        self.document = ""
        self.title = ""
        self.section = ""
        self.open: list[_Open] = []
        self.marks: list[tuple[int, str]] = []
        self.front = 0
        self.notes: dict[int, list[Footnote]] = {}

    def read(self) -> Layout:
        lines = list(cut_lines(self.text, self.tools.words, self.capture.hints))
        blocks = list(cut_blocks(self.text, lines, self.tools.words.label_words))
        if len(blocks) > MOST_ITEMS:
            problem = f"more than {MOST_ITEMS:,} paragraphs and notes (line {blocks[MOST_ITEMS].line.number})"
            raise UnreadablePage(self.capture.name, problem, "Save the text in parts.")
        self._name_document(lines)
        self.noted = {match["mark"] for block in blocks if block.kind == "footnote" if (match := self._mark(block))}
        for block in blocks:
            if block.kind == "furniture":
                self._piece("furniture", block.start, block.end)
            elif block.kind != "footnote" and self._is_front(block):
                self._pieces("heading", block, block.start, block.end)
            elif block.kind == "heading":
                self._heading(block)
            elif block.kind == "footnote":
                self._footnote(block)
            elif self._is_dateline(block):
                self._pieces("heading", block, block.start, block.end)
            else:
                self._paragraph(block)
        for place, notes in self.notes.items():
            self.layout.listings[place] = replace(self.layout.listings[place], footnotes=tuple(notes))
        self.layout.heading = self.title
        self.layout.pieces = list(fill(self.text, self.layout.pieces))
        return self.layout

    def _name_document(self, lines: list[Line]) -> None:
        head = head_of(lines)
        words = [self.text[line.start : line.end] for line in head]
        found, language = self.tools.titles.of_head(words)
        if language:
            self.layout.languages.append(language)
        self.document = self.capture.document or (found[0] if len(found) == 1 else "")
        if (place := self.tools.titles.title_line(words, self.document)) >= 0:
            self.title, self.front = " ".join(words[place].split()), head[place].end
        if not self.document:
            among = f" it could be any of {', '.join(found)};" if found else ""
            self._problem(
                1, f"the first lines hold no title of a known document;{among} name it (--document, or in the manifest)"
            )
        elif len(found) == 1 and found[0] != self.document:
            self._problem(1, f"the title says {found[0]}, but the manifest says {self.document}; it was followed")

    def _heading(self, block: Block) -> None:
        self._pieces("heading", block, block.start, block.end)
        words = " ".join(self.text[block.words : block.end].split())
        first = not self.layout.listings and block.marker != "number" and block.words == block.start
        if not any(map(str.isalpha, words)) or (first and self.tools.titles.is_of_title(words, self.document)):
            return
        self.section = words
        self.open = []

    def _is_dateline(self, block: Block) -> bool:
        """Whether a paragraph says where and when, and nothing else: "Done in Miami, December 11, 1994."."""
        words = self.text[block.start : block.end]
        short = not block.label and len(words) < _LONGEST_DATELINE and re.search(r"\b(?:19|20)\d\d\b", words)
        # At the end of a text a formula stands around place and date.
        share = 0.5 if not self.text[block.end :].strip(INVISIBLE + "\r\n.©") else 0.25
        return bool(short) and self.tools.titles.is_of_title(words, self.document, share=share)

    def _is_front(self, block: Block) -> bool:
        """Whether a block is of the title page: above the title, right below it, or a motto in quotation marks."""
        if self.layout.listings or not self.front:
            return False
        words = self.text[block.start : block.end].strip()
        enclosed = (words[:1] + words[-1:]) in {"“”", '""', "«»", "()"} and len(words) < _LONGEST_MOTTO
        touches = block.kind == "heading" and not self.text[self.front : block.start].strip(INVISIBLE + "\r\n")
        near = touches and self.text.count("\n", self.front, block.start) <= 1
        if block.start < self.front or enclosed or near:
            self.front = max(self.front, block.end)
            return True
        return False

    def _paragraph(self, block: Block) -> None:
        start = skip_space(self.text, block.words, block.end)
        end = trim(self.text, start, block.end)
        if not any(map(str.isalnum, self.text[start:end])):
            return
        end = self._mark_behind(start, end)
        label, roman = block.label, block.marker
        level = self._level(block)
        number = len(self.layout.listings)
        parent = self._parent(block, level)
        printed = self.text[block.start : trim(self.text, block.start, start)] if label else ""
        marker = printed if parent is not None and roman == "number" else ""
        if block.marker == "bullet":
            marker = self.text[block.start : trim(self.text, block.start, start)]
        self._piece("label" if label else "marker", block.start, trim(self.text, block.start, start))
        self._pieces("text", block, start, end)
        section = self.tools.citations.section_of(self.document, self.section)
        self.layout.listings.append(
            Listing(
                block.line.number,
                marker,
                printed,
                label,
                Span(start, end),
                self.text[start:end],
                section=section,
                printed_section=self.section,
                parent=parent,
                skips=tuple(skip for skip in block.skips if start <= skip.start and skip.end <= end),
                heading=self.title or self.document,
                heading_document=self.document,
                introduced=parent is not None and not label,
            )
        )
        introduces = self.text[start:end].endswith(":")
        self.open = [other for other in self.open if other.level < level]
        self.open.append(_Open(number, level, block.line.indent, label, introduces))

    def _level(self, block: Block) -> int:
        level = _LEVELS[block.marker]
        if block.marker == "roman" and len(block.label) == 1:
            letters = [other for other in self.open if other.level == 1]
            before = letters[-1].label if letters else ""
            if not letters or _ROMAN.fullmatch(before) or (len(before) == 1 and ord(before) + 1 == ord(block.label)):
                level = 1  # "i." behind "h." is a letter
        elif block.marker == "roman" and all(_ROMAN.fullmatch(other.label) for other in self.open if other.level == 1):
            level = 1
        elif block.marker == "number":
            above = self.open[-1] if self.open else None
            if above is not None and above.introduces and block.line.indent >= above.indent + 2:
                level = above.level + 1
            elif (same := [other for other in self.open if other.level and other.label.isdigit()]) and (
                block.line.indent >= same[-1].indent
            ):
                level = same[-1].level
        elif block.marker == "bullet":
            bullets = [other for other in self.open if other.level >= 3]
            while bullets and block.line.indent < bullets[-1].indent:
                bullets.pop()
            level = 3
            if bullets:
                level = bullets[-1].level + (block.line.indent >= bullets[-1].indent + 2)
        return level

    def _parent(self, block: Block, level: int) -> int | None:
        """What a letter, or a bullet below a colon, stands under."""
        if level == 0:
            return None
        above = [other for other in self.open if other.level < level]
        if not above:
            return None
        if block.marker == "bullet" and not above[-1].introduces and above[-1].level < 3:
            siblings = [other for other in self.open if other.level == level]
            return self.layout.listings[siblings[-1].place].parent if siblings else None
        return above[-1].place

    def _mark_behind(self, start: int, end: int) -> int:
        """Take the mark of a note off the end of a paragraph."""
        near = max(start, end - _LONGEST_MARK)
        found = re.compile(rf"\s*(?P<mark>{NOTE_MARK})\s*\Z").search(self.text, near, end)
        if found is None or not (found["mark"].startswith("*") or found["mark"] in self.noted):
            return end
        self.marks.append((len(self.layout.listings), found["mark"]))
        self._piece("footnote-mark", found.start("mark"), found.end("mark"))
        return trim(self.text, start, found.start())

    def _mark(self, block: Block) -> re.Match[str] | None:
        return _NOTE.match(self.text, block.start, block.end)

    def _footnote(self, block: Block) -> None:
        mark = self._mark(block)
        words = mark.end() if mark else block.start
        printed = mark["mark"] if mark else ""
        owners = [place for place, other in self.marks if other == printed]
        if not self.layout.listings:
            return
        owner = owners[-1] if owners else len(self.layout.listings) - 1
        if owners:
            self.marks.remove((owner, printed))
        else:
            self._problem(block.line.number, "no paragraph carries the mark of this note", "footnote")
        end = trim(self.text, words, block.end)
        note = Footnote(Span(block.start, end), Span(words, end), block.line.number, self.text[words:end])
        self.notes.setdefault(owner, []).append(note)
        self._pieces("footnote", block, block.start, end)

    def _pieces(self, kind: PieceKind, block: Block, start: int, end: int) -> None:
        """A stretch of a block, without the lines inside it that are no words of it."""
        place = start
        for skip in [skip for skip in block.skips if start <= skip.start and skip.end <= end]:
            self._piece(kind, place, trim(self.text, place, skip.start))
            place = skip_space(self.text, skip.end, end)
        self._piece(kind, place, end)

    def _piece(self, kind: PieceKind, start: int, end: int) -> None:
        if end > start:
            self.layout.pieces.append(Piece(kind, Span(start, end)))

    def _problem(self, line: int, message: str, kind: str = "citation") -> None:
        self.layout.problems.append(Problem(kind, self.capture.page, line, message))  # type: ignore[arg-type]


def read_full_text(capture: Capture, tools: Tools) -> Layout:
    """Read a full text; one without paragraphs gives a layout without listings."""
    return _Reader(capture, tools).read()


def head_of(lines: Sequence[Line]) -> list[Line]:
    """The first lines, up to the first paragraph: the place of the title."""
    head: list[Line] = []
    for line in lines:
        if line.kind in {"blank", "furniture"}:
            continue
        if line.kind == "item" and not line.is_heading:
            break
        head.append(line)
        if len(head) == HEAD_LINES or line.end - line.start > _LONGEST_MOTTO:
            break
    return head
