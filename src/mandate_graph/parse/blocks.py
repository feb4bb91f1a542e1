"""The lines of a full text to blocks: headings and paragraphs with their markers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mandate_graph.model import Span
from mandate_graph.parse.lines import Line

__all__ = ["Block", "BlockKind", "cut_blocks"]

BlockKind: TypeAlias = Literal["heading", "paragraph", "footnote", "furniture"]
MarkerKind: TypeAlias = Literal["", "number", "letter", "roman", "bullet", "named"]

_MARKERS: Sequence[tuple[MarkerKind, re.Pattern[str]]] = (
    (
        "number",
        re.compile(
            r"\(?(?P<label>\d{1,3}(?:\.\d{1,2})?(?:-[A-Z])?)[.):](?=\s|$)\s*"
            r"|(?P<other>\d{1,2}\.\d{1,2})\s+(?=[“\"¿A-ZÁÉÍÓÚÜÑ])"
        ),
    ),
    ("roman", re.compile(r"\(?(?P<label>[ivx]{1,5})[.)](?=\s|$)\s*")),
    ("letter", re.compile(r"\(?(?P<label>[a-z])[.)](?=\s|$)\s*")),
    ("bullet", re.compile(r"(?P<label>)[•·▪●◦‣○■□\uf0b7–—-](?=[\s\u200b]|$)\s*|(?P<other>)\*\s+(?=\S)")),
)  # fmt: skip
_HEADING_NUMBER = re.compile(r"(?:[IVXLC]{1,6}[.)]?|[A-Z][.)])(?:\s+(?=\S)|$)")
# A sentence ends in a stop, behind which quotes, brackets and the marks of notes may stand.
_ENDS = re.compile(r"[.;:,!?…][\s”\"’')\]*\u00b9\u00b2\u00b3\u2070\u2074-\u2079\u2020\u2021]*\Z|[”\"]\Z")
_JOINED = re.compile(r"[;,]\s+\w{1,3}\Z")
_MOST_WORDS = 16
_REACH = 400
_LONGEST_HEADING = 500


@dataclass(slots=True)
class Block:
    """Lines that belong together. ``start`` to ``end`` are all its characters; ``words`` is where the text begins.

    ``skips`` are lines inside that are no words of it.
    """

    kind: BlockKind
    line: Line
    start: int
    end: int
    words: int
    marker: MarkerKind = ""
    label: str = ""
    skips: list[Span] = field(default_factory=list)


def cut_blocks(text: str, lines: Sequence[Line], label_words: Sequence[str]) -> Iterator[Block]:
    """The blocks of a full text, in order."""
    yield from _Cutter(text, lines, label_words).cut()


class _Cutter:
    def __init__(self, text: str, lines: Sequence[Line], label_words: Sequence[str]) -> None:
        self.text = text
        self.lines = lines
        names = "|".join(map(re.escape, label_words)) or "(?!)"
        self.named = re.compile(rf"(?:{names})\s+(?P<label>\d{{1,3}})[.:]?\s+")
        self.skips: list[Line] = []

    def cut(self) -> Iterator[Block]:
        current: Block | None = None
        blank = True
        for line in self.lines:
            if line.kind == "blank":
                blank = True
                continue
            if line.kind == "furniture":
                yield Block("furniture", line, line.start, line.end, line.start)
                self.skips.append(line)
                continue
            if current is not None and self._goes_on(current, line, blank=blank):
                current.skips += [Span(skip.start, skip.end) for skip in self.skips]
                current.end = line.end
            else:
                if current is not None:
                    yield self._finished(current)
                current = self._begin(line)
            self.skips = []
            blank = False
        if current is not None:
            yield self._finished(current)

    def _begin(self, line: Line) -> Block:
        if line.kind == "footnote" and not re.match(r"\*\s", self.text[line.start : line.start + 2]):
            return Block("footnote", line, line.start, line.end, line.start)
        block = Block("paragraph", line, line.start, line.end, line.start)
        if match := self.named.match(self.text, line.start, line.end):
            block.marker, block.label, block.words = "named", match["label"], match.end()
            return block
        for kind, pattern in _MARKERS:
            if match := pattern.match(self.text, line.start, line.end):
                block.marker, block.words = kind, match.end()
                block.label = match["label"] or match.groupdict().get("other") or ""
                break
        return block

    def _goes_on(self, block: Block, line: Line, *, blank: bool) -> bool:
        """Whether a line goes on with the block above."""
        new = self._begin(line)
        notes = line.kind == "footnote" and new.kind == "footnote"
        if line.is_heading or block.line.is_heading or notes:
            return False
        words = self.text[max(block.start, block.end - _REACH) : block.end]
        open_ended = not _ENDS.search(words)
        if blank:
            return (
                block.kind == "paragraph"
                and not new.marker
                and self._is_second_half(block, line, open_ended=open_ended)
            )
        if block.kind == "footnote":
            return not new.marker
        if new.marker:
            return open_ended and not self._is_short(block) and not _JOINED.search(words)
        shouts = self._is_short(block) and self.text[block.words : block.end].isupper()
        return not (shouts and not self.text[line.start : line.end].isupper() and open_ended)

    def _is_second_half(self, block: Block, line: Line, *, open_ended: bool) -> bool:
        """Behind a blank line: where a page ended in between, or where a second paragraph stands further in."""
        if self.skips:
            return open_ended and self.text[line.start].islower()
        further = line.indent >= block.line.indent + 2 and block.marker not in {"", "bullet"}
        return further and not open_ended

    def _finished(self, block: Block) -> Block:
        if block.kind != "paragraph":
            return block
        if block.line.is_heading or self._is_heading(block):
            block.kind = "heading"
            words = self.text[block.start : block.end]
            if block.marker != "number" and (match := _HEADING_NUMBER.match(words)) and match.end() < len(words):
                block.words = block.start + match.end()
        return block

    def _is_heading(self, block: Block) -> bool:
        if block.marker in {"bullet", "letter"}:
            return False
        if block.end - block.words > _LONGEST_HEADING:
            return False
        words = self.text[block.words : block.end].rstrip()
        if not any(map(str.isalpha, words)):
            return True
        if words.isupper() and len(words.split()) <= 2 * _MOST_WORDS:
            return True
        if block.marker == "roman" or _ENDS.search(words):
            return bool(_HEADING_NUMBER.match(words)) and words.isupper()
        return self._is_short(block)

    def _is_short(self, block: Block) -> bool:
        if block.end - block.words > _LONGEST_HEADING:
            return False
        lines = self.text[block.words : block.end].splitlines()
        return all(len(line.split()) <= _MOST_WORDS for line in lines) and len(lines) <= 4
