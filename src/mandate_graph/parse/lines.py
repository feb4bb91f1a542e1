"""A page cut into lines, each with its place and what kind of line it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from mandate_graph.authorities import Row
from mandate_graph.iris import text_key
from mandate_graph.model import Span

__all__ = [
    "ANY_MARK",
    "INVISIBLE",
    "NOTE_MARK",
    "Line",
    "LineKind",
    "PageWords",
    "cut_lines",
    "line_numbers",
    "skip_space",
    "trim",
]

LineKind: TypeAlias = Literal["blank", "furniture", "footnote", "item", "other"]

# Where a line ends; only some of these ends are counted as lines by the programs that people look with.
_NEWLINE = re.compile(r"\r\n|\r|\n")
_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
INVISIBLE = " \t\u00a0\u200b\u2007\u202f\ufeff\x0b\x0c"
# A counter or anchor alone on its line, a rule of underscores, the mark of a copyright: never words of a mandate.
_BARE = re.compile(
    r"\d{1,3}|[-\u2013\u2014]\s*\d{1,3}\s*[-\u2013\u2014]|\d{1,3}\s*/\s*\d{1,3}"
    r"|(?:[_=\-\u2013\u2014*\u2500][ \u00a0]*){3,}|©.*"
)
# How a note is marked: stars, raised numbers, daggers, or either in brackets.
NOTE_MARK = (
    r"(?:\*{1,4}|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,2}|[\u2020\u2021]{1,2}|\(\*{1,4}\)|\[(?:\d{1,2}|\*{1,4})\])"
)
# A number in brackets is a mark only where it is glued to the end of a sentence, and a note begins with it.
ANY_MARK = rf"(?:{NOTE_MARK}|\(\d{{1,2}}\))"
_FOOTNOTE = re.compile(rf"(?P<mark>(?>{NOTE_MARK}))\s*(?=[^\s*])")
_NUMBERED_NOTE = re.compile(r"(?P<mark>\(\d{1,2}\))\s*(?=[^\s)])")
_BULLET = "\u2022\u00b7\u25aa\u25cf\u25e6\u2023\u25cb\u25a0\u25a1\uf0b7\uf0a7"
# A number of four digits is a year; what is glued to its marker begins with a capital.
_MARKER = re.compile(rf"(?P<marker>\d{{1,3}}[.)](?=[\s\u200b]|$|[“\"¿]?[A-ZÁÉÍÓÚÜÑ])|[{_BULLET}])")
_DASH = re.compile(r"(?P<marker>[-\u2013\u2014])(?=\s)")
# Captures that lost their bullets keep what is official: "2.8 …", "Initiative 33 …", and letters that are indented.
_BARE_NUMBER = re.compile(r"(?P<marker>)(?=\d{1,2}\.\d{1,2}\.?\s+[A-ZÁÉÍÓÚÜÑ])")
_BARE_LETTER = re.compile(r"(?P<marker>[a-z][.)]|[ivx]{2,4}[.)])(?=\s)")
_LONGEST_FURNITURE = 200
_PAGE_NUMBER = re.compile(r" \d{1,4}(?: \w{1,3} \d{1,4})?$")
# Words that are furniture only together, or mean something where they stand.
_ROLES = frozenset(("label-word", "menu", "month", "paragraph-word"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``start`` to ``end`` are its characters without indentation, trailing white space and line break.

    ``is_heading`` says that the container marks the line as a heading.
    """

    number: int
    start: int
    end: int
    indent: int
    kind: LineKind
    marker: str = ""
    after_blank: bool = False
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words that belong to the furniture of pages, by what they do, with their language."""

    furniture: Mapping[str, str]
    label_words: Sequence[str]
    menu: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_rows(cls, rows: Sequence[Row]) -> PageWords:
        """Take them from the table ``page-words``."""

        def of(role: str) -> dict[str, str]:
            return {row["text"]: row["language"] for row in rows if row["role"] == role}

        return cls(
            {text_key(row["text"]): row["language"] for row in rows if row["role"] not in _ROLES},
            tuple(of("label-word")),
            {text_key(entry): language for entry, language in of("menu").items()},
        )

    def language_of(self, line: str) -> str | None:
        """The language of a furniture line; None when it is none."""
        if len(line) > _LONGEST_FURNITURE:
            return None
        key = text_key(line)
        if found := self.furniture.get(key):
            return found
        return self.furniture.get(_PAGE_NUMBER.sub("", key)) if key[-1:].isdigit() else None

    def menu_of(self, line: str) -> str | None:
        """The language of a line that holds entries of the application's menu alone; None when it is none."""
        rest, language = f"{text_key(line)} " if len(line) <= _LONGEST_FURNITURE else "", None
        while rest:
            entry = next(
                (entry for entry in sorted(self.menu, key=len, reverse=True) if rest.startswith(f"{entry} ")), ""
            )
            if not entry:
                return None
            language, rest = self.menu[entry], rest[len(entry) + 1 :]
        return language


def cut_lines(
    text: str, words: PageWords, hints: Mapping[int, str] = MappingProxyType({}), marks: Collection[str] = ()
) -> Iterator[Line]:
    """Every line of a page, with its kind; a line break is any of LF, CR LF and CR.

    ``hints`` are what the container says of lines, by where they begin; ``marks`` are numbers in brackets that mark
    notes.
    """
    labels = (
        re.compile(rf"(?P<marker>)(?=(?:{'|'.join(map(re.escape, words.label_words))})\s+\d)")
        if words.label_words
        else None
    )
    start, number, after_blank, counts = 0, 0, True, True
    while start < len(text):
        found = _BREAK.search(text, start)
        stop = found.start() if found else len(text)
        number += counts
        counts = found is not None and found.group() in {"\r\n", "\r", "\n"}
        content = text[start:stop]
        stripped = content.strip(INVISIBLE)
        left = start + len(content) - len(content.lstrip(INVISIBLE))
        indent = sum(4 if char == "\t" else 1 for char in text[start:left] if char not in "\u200b\ufeff")
        kind, marker = _kind(stripped, indent, words, labels, after_blank=after_blank)
        numbered = _NUMBERED_NOTE.match(stripped) if marks else None
        if numbered and numbered["mark"] in marks:
            kind, marker = "footnote", ""
        hint = hints.get(start)
        if hint == "furniture" and stripped:
            kind, marker = "furniture", ""
        yield Line(number, left, left + len(stripped), indent, kind, marker, after_blank, hint == "heading")
        after_blank = kind in {"blank", "furniture"}
        start = found.end() if found else len(text)


def line_numbers(text: str, spans: Sequence[Span]) -> list[int]:
    """The lines on which spans begin, from 1; the spans stand in order."""
    numbers, line, place = [], 1, 0
    for span in spans:
        line += len(_NEWLINE.findall(text, place, span.start))
        place = span.start
        numbers.append(line)
    return numbers


def _kind(
    line: str, indent: int, words: PageWords, labels: re.Pattern[str] | None, *, after_blank: bool
) -> tuple[LineKind, str]:
    if not line:
        return "blank", ""
    if _BARE.fullmatch(line) or words.language_of(line) is not None:
        return "furniture", ""
    if _FOOTNOTE.match(line):
        return "footnote", ""
    patterns = [_MARKER]
    if after_blank:
        patterns += [_BARE_NUMBER, *([labels] if labels else [])]
    if indent >= 3 or after_blank:
        patterns.append(_BARE_LETTER)
    if after_blank or indent >= 2:
        patterns.append(_DASH)
    for pattern in patterns:
        if match := pattern.match(line):
            return "item", match["marker"]
    return "other", ""


def skip_space(text: str, start: int, end: int) -> int:
    """The first place from ``start`` on that is no white space."""
    return start + len(text[start:end]) - len(text[start:end].lstrip(INVISIBLE + "\r\n"))


def trim(text: str, start: int, end: int) -> int:
    """The place behind the last character of ``text[start:end]`` that is no white space."""
    return start + len(text[start:end].rstrip(INVISIBLE + "\r\n"))
