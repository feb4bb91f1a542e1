"""Word documents (Office Open XML) to lines: paragraphs with the numbers and letters that Word counts for them.

The package is read by python-docx. What it leaves to its users, the numbering of lists (ECMA-376 part 1 §17.9) and
footnotes (§17.11), is followed here: markers are words of a page, even where the program that shows it makes them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from mandate_graph.containers.html import numeral
from mandate_graph.containers.text import Hint, Lines, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["read_word"]

_LARGEST = 64 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TWIPS_A_COLUMN = 120
_WIDEST = 60
# ECMA-376 part 1 §17.9.3: levels run from 0 to 8.
_DEEPEST = 8
_LONGEST_PATTERN = 80
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FORMATS = {
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
}


def read_word(name: str, data: bytes) -> Rendition:
    """The paragraphs of a document in order, those of tables too; what was struck out as a tracked change is left out.

    Raises:
        UnreadablePage: when the file is broken, encrypted, or unpacks to more than 64 MiB.
    """
    if data.startswith(_OLE):
        raise UnreadablePage(name, "an encrypted or old Word file (.doc)", "Save it as .docx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            size = sum(part.file_size for part in package.infolist())
        document = docx.Document(io.BytesIO(data)) if size <= _LARGEST else None
    except Exception as error:  # noqa: BLE001  (a broken package fails in many ways)
        problem = " ".join(str(error).split())[:80] or type(error).__name__
        raise UnreadablePage(name, f"not a Word document that can be read ({problem})", "Save it again.") from None
    if document is None:
        raise UnreadablePage(name, f"unpacks to {size // 2**20} MiB; 64 are read", "Save the page alone.")
    return _Writer(document).write()


class _Writer:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.lines = Lines()
        self.numbering = _Numbering.of(document)
        self.notes = _footnotes(document)
        self.marks: dict[str, str] = {}

    def write(self) -> Rendition:
        for paragraph in self._paragraphs(self.document.element.body):
            self._paragraph(paragraph)
        for key, mark in self.marks.items():
            self.lines.blank()
            self.lines.add(mark + self.notes.get(key, ""), indent=4)
        return self.lines.rendition()

    def _paragraphs(self, parent: Any) -> Iterator[Paragraph]:
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                yield Paragraph(child, self.document)
            elif child.tag == qn("w:tbl"):
                for row in Table(child, self.document).rows:
                    for cell in row._tr.tc_lst:  # noqa: SLF001  (row.cells repeats merged ones)
                        yield from self._paragraphs(cell)
            elif child.tag == qn("w:sdt"):
                for content in child.iterchildren(qn("w:sdtContent")):
                    yield from self._paragraphs(content)

    def _paragraph(self, paragraph: Paragraph) -> None:
        style = paragraph.style.name if paragraph.style is not None and paragraph.style.name else ""
        level = _list_level(paragraph)
        hint: Hint | None = "heading" if re.match(r"(?i)(heading|title|subtitle|t[íi]tulo|encabezado)", style) else None
        parts = self._text(paragraph).split("\n")
        marker, indent = "", 0
        if level is not None:
            marker = self.numbering.next(*level)
            indent = 2 + 2 * level[1]
        elif hint is None:
            indent = _indent(paragraph)
        if level is None or level[1] == 0:
            self.lines.blank()
        if not any(part.strip() for part in parts):
            return
        for number, part in enumerate(parts):
            self.lines.add(
                part,
                indent=indent if number == 0 else indent + 3,
                marker=marker if number == 0 else "",
                hint=hint,
            )

    def _text(self, paragraph: Paragraph) -> str:
        words: list[str] = []
        for node in paragraph._p.iter():  # noqa: SLF001  (runs alone miss links and insertions)
            if node.tag == qn("w:t"):
                text = node.text or ""
                words.append(text.translate(_RAISED) if _is_raised(node) else text)
            elif node.tag in {qn("w:br"), qn("w:cr")} and node.get(qn("w:type")) is None:
                words.append("\n")
            elif node.tag == qn("w:tab") and node.getparent().tag == qn("w:r"):
                words.append(" ")
            elif node.tag == qn("w:noBreakHyphen"):
                words.append("\u2011")
            elif node.tag == qn("w:footnoteReference"):
                key = node.get(qn("w:id"), "")
                words.append(self.marks.setdefault(key, str(len(self.marks) + 1).translate(_RAISED)))
        return "".join(words)


def _is_raised(node: Any) -> bool:
    found = node.getparent().find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
    return found is not None and found.get(qn("w:val")) == "superscript"


def _list_level(paragraph: Paragraph) -> tuple[str, int] | None:
    """The list that a paragraph stands in, by itself or by its style: number and level from 0."""
    holders = [paragraph._p.pPr]  # noqa: SLF001
    style = paragraph.style
    while style is not None:
        holders.append(style.element.pPr)
        style = getattr(style, "base_style", None)
    number, level = "", None
    for holder in holders:
        properties = None if holder is None else holder.find(qn("w:numPr"))
        if properties is None:
            continue
        found, depth = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
        if level is None and depth is not None:
            level = min(_number(depth), _DEEPEST)
        if found is not None:
            number = found.get(qn("w:val"), "0")
            break
    return (number, level or 0) if number not in {"", "0"} else None


def _indent(paragraph: Paragraph) -> int:
    left = paragraph.paragraph_format.left_indent
    return min(max(0, round(left.twips / _TWIPS_A_COLUMN)), _WIDEST) if left is not None else 0


def _number(element: Any) -> int:
    return _whole(element.get(qn("w:val"), "0"))


def _whole(text: str) -> int:
    """A number of the file, which may say anything."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


@dataclass(slots=True)
class _Level:
    start: int
    kind: str
    pattern: str


@dataclass(slots=True)
class _Numbering:
    """The counters of all lists; lists that share an abstract definition count on, as in Word."""

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    counters: dict[tuple[str, int], int] = field(default_factory=dict)
    seen: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, document: Any) -> _Numbering:
        new = cls()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return new
        for definition in root.iterchildren(qn("w:abstractNum")):
            key = definition.get(qn("w:abstractNumId"), "")
            for level in definition.iterchildren(qn("w:lvl")):
                new.levels[key, _whole(level.get(qn("w:ilvl"), "0"))] = _level(level)
        for number in root.iterchildren(qn("w:num")):
            key = number.get(qn("w:numId"), "")
            link = number.find(qn("w:abstractNumId"))
            new.abstract[key] = "" if link is None else link.get(qn("w:val"), "")
            for override in number.iterchildren(qn("w:lvlOverride")):
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    new.restarts[key, _whole(override.get(qn("w:ilvl"), "0"))] = _number(start)
        return new

    def next(self, number: str, level: int) -> str:
        """Count on, and give the marker as Word shows it."""
        key = self.abstract.get(number, number)
        rule = self.levels.get((key, level), _Level(1, "bullet", ""))
        first = (number, level) not in self.seen
        self.seen.add((number, level))
        if first and (number, level) in self.restarts:
            self.counters[key, level] = self.restarts[number, level]
        else:
            self.counters[key, level] = self.counters.get((key, level), rule.start - 1) + 1
        for deeper in [place for place in self.counters if place[0] == key and place[1] > level]:
            del self.counters[deeper]
        if rule.kind == "bullet":
            return "•"
        if rule.kind == "none":
            return ""

        def shown(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = self.levels.get((key, place), rule)
            count = self.counters.get((key, place), other.start)
            return numeral(_FORMATS.get(other.kind, "decimal"), count).rstrip(".")

        return re.sub(r"%(\d)", shown, rule.pattern).strip()


def _level(level: Any) -> _Level:
    def value(tag: str, default: str) -> str:
        found = level.find(qn(tag))
        return str(found.get(qn("w:val"), default)) if found is not None else default

    pattern = value("w:lvlText", "%1.")[:_LONGEST_PATTERN]
    return _Level(_whole(value("w:start", "1")), value("w:numFmt", "decimal"), pattern)


def _footnotes(document: Any) -> dict[str, str]:
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/footnotes") and not relation.is_external:
            from docx.oxml import parse_xml

            root = parse_xml(relation.target_part.blob)
            return {
                note.get(qn("w:id"), ""): "".join(node.text or "" for node in note.iter(qn("w:t"))).strip()
                for note in root.iterchildren(qn("w:footnote"))
            }
    return {}
