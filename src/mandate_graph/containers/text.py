"""What a container gives: the text of a document as lines, and what the container knows of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["BULLETS", "RAISED", "TYPED_MARKER", "Hint", "Lines", "Rendition", "squeeze"]

Hint: TypeAlias = Literal["heading", "furniture"]
# Bullets of symbol fonts, which have no character of their own (Symbol and Wingdings in the private use area).
BULLETS = str.maketrans(dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf0a8\uf06e\uf0e0\uf02d", "•"))
# A marker that somebody typed: a number, a letter or a roman number with its stop, or a bullet.
TYPED_MARKER = r"(?:\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)]|[•·▪●◦‣○■□–—-])"
# Raised digits as characters of their own: the marks of notes.
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACES = re.compile(r"[ \t\r\n\f]+")
# Characters that end a line by themselves; inside a line they would move every place after them.
_BREAKS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Rendition:
    """A document as text. Offsets count code points of ``text``.

    ``hints`` are the beginnings of lines that the container marks as a heading or as furniture (a menu, a running
    head), which the text alone does not show. ``notes`` are remarks for the report.
    """

    text: str
    hints: dict[int, Hint] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Lines:
    """Writes a rendition line by line, in the form that captures of the pages have."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, Hint | None]] = []

    def add(self, text: str, *, indent: int = 0, marker: str = "", hint: Hint | None = None) -> None:
        """One line; what is only white space is no line."""
        words = _BREAKS.sub(" ", text).translate(BULLETS).strip(" \t")
        if words or marker:
            self._lines.append((" " * indent + f"{marker} {words}".strip(" "), hint))

    def blank(self) -> None:
        """A blank line, unless there is one or nothing stands above."""
        if self._lines and self._lines[-1][0]:
            self._lines.append(("", None))

    def rendition(self, notes: tuple[str, ...] = ()) -> Rendition:
        """The text that was written, each line ended by a line feed."""
        place, hints = 0, {}
        for line, hint in self._lines:
            if hint:
                hints[place] = hint
            place += len(line) + 1
        return Rendition("".join(line + "\n" for line, _ in self._lines), hints, notes)


def squeeze(text: str) -> str:
    """White space as HTML counts it (WHATWG infra: ASCII whitespace) as one space; no-break spaces stay."""
    return _SPACES.sub(" ", text)
