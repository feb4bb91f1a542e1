"""Word documents (Office Open XML) to lines: paragraphs with the numbers and letters that Word counts for them.

The package is read by python-docx. What it leaves to its users, the numbering of lists (ECMA-376 part 1 §17.9) and
footnotes (§17.11), is followed here: markers are words of a page, even where the program that shows it makes them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from mandate_graph.containers.html import numeral
from mandate_graph.containers.text import RAISED, TYPED_MARKER, Hint, Lines, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["read_word"]

_LARGEST = 64 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TWIPS_A_COLUMN = 120
_FORMATS = {
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
}
_DEEPEST_STYLE = 32
_WIDEST = 60
# ECMA-376 part 1 §17.9.3: levels run from 0 to 8.
_DEEPEST = 8
_LONGEST_PATTERN = 80
_HEADING = re.compile(r"(?i)heading|title|subtitle|t[íi]tulo|encabezado")
_MARKER = re.compile(rf"{TYPED_MARKER}(?=\s|$)")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNSEEN = {qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), _FALLBACK}
# What holds paragraphs and is none itself: controls, and insertions and the like around whole blocks.
_WRAPPERS = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_NOTES = {"footnotes": "w:footnote", "endnotes": "w:endnote"}
_REFERENCES = {qn(f"{note}Reference"): kind for kind, note in _NOTES.items()}
_NoteKey: TypeAlias = tuple[str, str]


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
        self.notes = _notes(document)
        self.marks: dict[_NoteKey, str] = {}
        self.run_on = ""
        self.outermost: int | None = None

    def write(self) -> Rendition:
        self._blocks(self.document.element.body)
        for key, mark in self.marks.items():
            self.lines.blank()
            self.lines.add(mark + self.notes.get(key, ""), indent=4)
        return self.lines.rendition()

    def _blocks(self, parent: Any, marker: str = "") -> None:
        """Write the paragraphs of a body, cell, box or control; ``marker`` stands before the first of them."""
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                self._paragraph(Paragraph(child, self.document), marker)
                marker = ""
                for box in _boxes(child):
                    self._blocks(box)
            elif child.tag == qn("w:tbl"):
                for row in child.iter(qn("w:tr")):
                    self._row(row)
            elif child.tag in _WRAPPERS:
                self._blocks(child)

    def _row(self, row: Any) -> None:
        """The cells of a row; a cell that holds a marker alone is the marker of the next."""
        marker = ""
        for cell in row.iterchildren(qn("w:tc")):
            found = self._marker_alone(cell) if not marker and cell.getnext() is not None else ""
            if not found:
                self._blocks(cell, marker)
            marker = found

    def _marker_alone(self, cell: Any) -> str:
        paragraphs = cell.findall(qn("w:p"))
        if len(paragraphs) != 1:
            return ""
        paragraph = Paragraph(paragraphs[0], self.document)
        words = self._text(paragraph).strip()
        level = _list_level(paragraph)
        if level is not None and not words:
            return self.numbering.next(level)
        return words if level is None and _MARKER.fullmatch(words) else ""

    def _paragraph(self, paragraph: Paragraph, marker: str) -> None:
        text = self.run_on + self._text(paragraph)
        self.run_on = text if _runs_on(paragraph) else ""
        if self.run_on:
            return
        level = _list_level(paragraph)
        marker = self.numbering.next(level) if level is not None else marker
        style = paragraph.style.name if paragraph.style is not None and paragraph.style.name else ""
        hint: Hint | None = "heading" if _HEADING.match(style) else None
        indent = 0 if hint and level is None else self._column(paragraph, level)
        if not self._is_deeper(level, indent):
            self.lines.blank()
        if text.strip():
            self._write(text, indent, marker, hint)

    def _is_deeper(self, level: _Place | None, indent: int) -> bool:
        """Whether a list item stands under another; such items follow each other without a blank line."""
        if level is None:
            return False
        if level.depth or (self.outermost is not None and indent >= self.outermost + 2):
            return True
        self.outermost = indent
        return False

    def _write(self, text: str, indent: int, marker: str, hint: Hint | None) -> None:
        """The lines of a paragraph; what is behind a line break stands where the words of the first line do."""
        hanging = 3 if marker or _MARKER.match(text.lstrip()) else 0
        for number, part in enumerate(text.split("\n")):
            words = part.replace("\t", "    ")
            typed = len(words) - len(words.lstrip(" "))
            column = indent + (hanging if number and not typed else typed)
            self.lines.add(part.replace("\t", " "), indent=column, marker="" if number else marker, hint=hint)

    def _column(self, paragraph: Paragraph, level: _Place | None) -> int:
        """Where the first line begins: by the paragraph, by its list, by its style, as Word goes through them."""
        holders = [paragraph._p.pPr]  # noqa: SLF001
        if level is not None and level.own:
            holders.append(self.numbering.rule(level).properties)
        holders += _of_style(paragraph)
        if level is not None and not level.own:
            holders.append(self.numbering.rule(level).properties)
        places = [place for holder in holders if holder is not None and (place := holder.find(qn("w:ind"))) is not None]
        left, hanging = (_first_number(places, *names) for names in (("w:left", "w:start"), ("w:hanging",)))
        column = min(max(0, round((left - hanging) / _TWIPS_A_COLUMN)), _WIDEST)
        return column if level is None else max(column, 2 * level.depth)

    def _text(self, paragraph: Paragraph) -> str:
        words: list[str] = []
        for node in _seen(paragraph._p):  # noqa: SLF001  (runs alone miss links and insertions)
            if node.tag == qn("w:t"):
                text = node.text or ""
                words.append(text.translate(RAISED) if _is_raised(node) else text)
            elif node.tag in {qn("w:br"), qn("w:cr")} and node.get(qn("w:type")) in {None, "textWrapping"}:
                words.append("\n")
            elif node.tag in {qn("w:tab"), qn("w:ptab")} and node.getparent().tag == qn("w:r"):
                words.append("\t")
            elif node.tag == qn("w:noBreakHyphen"):
                words.append("\u2011")
            elif node.tag == qn("w:sym"):
                words.append("\u2022 " if not "".join(words).strip() else "")
            elif node.tag in _REFERENCES:
                words.append(self._reference(node))
        return "".join(words)

    def _reference(self, node: Any) -> str:
        """The mark of a note: Word counts it, unless the author's own mark follows as text."""
        key = (_REFERENCES[node.tag], node.get(qn("w:id"), ""))
        if node.get(qn("w:customMarkFollows")) in {"1", "true", "on"}:
            self.marks[key] = ""
            return ""
        count = sum(mark != "" for mark in self.marks.values())
        return self.marks.setdefault(key, str(count + 1).translate(RAISED))


def _seen(parent: Any) -> Iterator[Any]:
    """The nodes below one that a reader sees, in order: nothing struck out, moved away, hidden, or in a box."""
    for node in parent.iterchildren():
        if node.tag not in _UNSEEN and not (node.tag == qn("w:r") and _is_on(node, "w:rPr/w:vanish")):
            yield node
            yield from _seen(node)


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes that a paragraph anchors; their twins for old programs are left out."""
    for box in paragraph.iter(qn("w:txbxContent")):
        if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
            yield box


def _runs_on(paragraph: Paragraph) -> bool:
    """Whether the end of the paragraph was struck out or moved away, so that its words go on in the next."""
    properties = paragraph._p.pPr  # noqa: SLF001
    ends = ("w:rPr/w:del", "w:rPr/w:moveFrom")
    return properties is not None and any(properties.find(_path(end)) is not None for end in ends)


def _path(names: str) -> str:
    return "/".join(map(qn, names.split("/")))


def _is_on(node: Any, names: str) -> bool:
    found = node.find(_path(names))
    return found is not None and found.get(qn("w:val")) not in {"0", "false", "off"}


def _is_raised(node: Any) -> bool:
    found = node.getparent().find(_path("w:rPr/w:vertAlign"))
    return found is not None and found.get(qn("w:val")) == "superscript"


def _of_style(paragraph: Paragraph) -> list[Any]:
    """The paragraph properties of a paragraph's style and of those that it is based on."""
    holders: list[Any] = []
    style = paragraph.style
    while style is not None and len(holders) < _DEEPEST_STYLE:
        holders.append(style.element.pPr)
        style = getattr(style, "base_style", None)
    return holders


def _first_number(nodes: Sequence[Any], *names: str) -> int:
    """The first value that any node has for an attribute."""
    values = (node.get(qn(name)) for node in nodes for name in names)
    found = next((value for value in values if value is not None), "0")
    return int(float(found)) if re.fullmatch(r"-?[0-9]{1,6}(?:\.[0-9]*)?", found) else 0


def _list_level(paragraph: Paragraph) -> _Place | None:
    """The list that a paragraph stands in, by itself or by its style."""
    number, depth, own = "", None, True
    for place, holder in enumerate([paragraph._p.pPr, *_of_style(paragraph)]):  # noqa: SLF001
        properties = None if holder is None else holder.find(qn("w:numPr"))
        if properties is None:
            continue
        found, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
        if depth is None and level is not None:
            depth = min(_number(level), _DEEPEST)
        if found is not None:
            number, own = found.get(qn("w:val"), "0"), place == 0
            break
    return _Place(number, depth or 0, own) if number not in {"", "0"} else None


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a list: its number, the depth from 0, and whether the paragraph itself, not its style, names it."""

    number: str
    depth: int
    own: bool


@dataclass(slots=True)
class _Level:
    start: int = 1
    kind: str = "bullet"
    pattern: str = ""
    properties: Any = None


@dataclass(slots=True)
class _Numbering:
    """The counters of all lists; lists that share an abstract definition count on, as in Word.

    ``own`` are the levels that a list defines anew, ``levels`` those of the abstract definitions.
    """

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    own: dict[tuple[str, int], _Level] = field(default_factory=dict)
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
                new.levels[key, _depth(level)] = _level(level)
        for number in root.iterchildren(qn("w:num")):
            new._add_list(number)
        new._follow_styles(root, document)
        return new

    def _add_list(self, number: Any) -> None:
        key = number.get(qn("w:numId"), "")
        link = number.find(qn("w:abstractNumId"))
        self.abstract[key] = "" if link is None else link.get(qn("w:val"), "")
        for override in number.iterchildren(qn("w:lvlOverride")):
            place = key, _depth(override)
            level, start = override.find(qn("w:lvl")), override.find(qn("w:startOverride"))
            if level is not None:
                self.own[place] = _level(level)
            if start is not None:
                self.restarts[place] = _number(start)

    def _follow_styles(self, root: Any, document: Any) -> None:
        """A definition may stand for that of a list style (§17.9.21), which is then the one that counts."""
        for definition in root.iterchildren(qn("w:abstractNum")):
            link = definition.find(qn("w:numStyleLink"))
            if link is None:
                continue
            style = document.styles.element.find(f"{qn('w:style')}[@{qn('w:styleId')}='{link.get(qn('w:val'))}']")
            found = None if style is None else style.find(_path("w:pPr/w:numPr/w:numId"))
            target = "" if found is None else self.abstract.get(found.get(qn("w:val"), ""), "")
            key = definition.get(qn("w:abstractNumId"), "")
            for number, other in self.abstract.items():
                if target and other == key:
                    self.abstract[number] = target

    def rule(self, place: _Place) -> _Level:
        """What a list says of one of its levels."""
        return self._rule(place.number, place.depth)

    def _rule(self, number: str, depth: int) -> _Level:
        own = self.own.get((number, depth))
        return own or self.levels.get((self.abstract.get(number, number), depth), _Level())

    def next(self, place: _Place) -> str:
        """Count on, and give the marker as Word shows it."""
        number, level = place.number, place.depth
        key = self.abstract.get(number, number)
        rule = self.rule(place)
        first = (number, level) not in self.seen
        self.seen.add((number, level))
        if first and (number, level) in self.restarts:
            self.counters[key, level] = self.restarts[number, level]
        else:
            self.counters[key, level] = self.counters.get((key, level), rule.start - 1) + 1
        for deeper in [other for other in self.counters if other[0] == key and other[1] > level]:
            del self.counters[deeper]
        if rule.kind == "bullet":
            return "•"
        if rule.kind == "none":
            return ""

        def shown(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            other = self._rule(number, depth)
            count = self.counters.get((key, depth), other.start)
            return numeral(_FORMATS.get(other.kind, "decimal"), count).rstrip(".")

        marker = re.sub(r"%(\d)", shown, rule.pattern).strip()
        return f"{marker}." if marker.isalnum() else marker  # a bare number would be read as a word


def _depth(node: Any) -> int:
    return _whole(node.get(qn("w:ilvl"), "0"))


def _number(node: Any) -> int:
    return _whole(node.get(qn("w:val"), "0"))


def _whole(text: str) -> int:
    """A number of the file, which may say anything."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


def _level(level: Any) -> _Level:
    def value(tag: str, default: str) -> str:
        found = level.find(qn(tag))
        return str(found.get(qn("w:val"), default)) if found is not None else default

    kind, pattern = value("w:numFmt", "decimal"), value("w:lvlText", "%1.")[:_LONGEST_PATTERN]
    return _Level(_whole(value("w:start", "1")), kind, pattern, level.find(qn("w:pPr")))


def _notes(document: Any) -> dict[_NoteKey, str]:
    """The words of all footnotes and endnotes."""
    found: dict[_NoteKey, str] = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind not in _NOTES or relation.is_external:
            continue
        for note in parse_xml(relation.target_part.blob).iterchildren(qn(_NOTES[kind])):
            words = " ".join(
                "".join(node.text or "" for node in _seen(paragraph) if node.tag == qn("w:t")).strip()
                for paragraph in note.iter(qn("w:p"))
            )
            found[kind, note.get(qn("w:id"), "")] = words.strip()
    return found
