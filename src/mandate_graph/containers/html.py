"""HTML to lines: the same form as the text captures of the pages have.

A list item begins with its marker, two columns in and two more for each list around it; every block ends its line, and
blocks outside of lists are parted by blank lines. White space counts as in HTML, and ``&nbsp;`` stays what it is.
Lexbor reads the markup (WHATWG HTML §13.2), so that broken tags mean what a browser takes them to mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mandate_graph.containers.plain import decode
from mandate_graph.containers.text import RAISED, Hint, Lines, Rendition, squeeze

__all__ = ["numeral", "read_html", "read_markup"]

_SILENT = frozenset(
    ("head", "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "audio", "video", "math")
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "legend",
        "main",
        "nav",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "ol",
        "menu",
        "li",
        "option",
        "optgroup",
        "select",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_MENUS = frozenset(("nav", "select", "button"))
_LISTS = frozenset(("ul", "ol", "menu"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.IGNORECASE)
# What Word writes for a list that it gives no tags: the letter that its symbol font draws as a bullet, and wide space.
_TYPED_BULLET = re.compile(r"[·o§Øvüq][ \u00a0]*\u00a0[ \u00a0]+(?=\S)")
_KINDS = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
    "lower-latin": "lower-alpha",
    "upper-latin": "upper-alpha",
}
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(slots=True)
class _List:
    kind: str
    number: int


@dataclass(slots=True)
class _Line:
    """The line that is being gathered."""

    words: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    marker: str = ""
    continues: bool = False

    def text(self) -> str:
        return squeeze("".join(self.words)).strip(" ")


def read_html(name: str, data: bytes) -> Rendition:
    """A page of the site, or any HTML.

    Raises:
        UnreadablePage: when the bytes are no text.
    """
    text, notes = decode(name, data, markup=True)
    return read_markup(text, notes)


def read_markup(text: str, notes: tuple[str, ...] = ()) -> Rendition:
    """The lines of HTML that is already decoded."""
    tree = LexborHTMLParser(text)
    writer = _Writer()
    if tree.body is not None:
        writer.walk(tree.body)
    writer.end_line()
    return writer.lines.rendition(notes)


class _Writer:
    def __init__(self) -> None:
        self.lines = Lines()
        self.line = _Line()
        self.lists: list[_List] = []
        self.open: dict[str, int] = {}
        self.links = self.bolds = self.raised = 0

    def walk(self, root: LexborNode) -> None:
        """Depth first without recursion: a page may nest without end."""
        node: LexborNode | None = root
        while node is not None:
            enters = self._enter(node)
            if enters and node.first_child is not None:
                node = node.first_child
                continue
            while node is not None:
                if enters:
                    self._leave(node)
                if node.mem_id == root.mem_id:
                    return
                if node.next is not None:
                    node = node.next
                    break
                node, enters = node.parent, True

    def _enter(self, node: LexborNode) -> bool:
        """Begin an element; whether its children are looked at."""
        if node.is_text_node:
            self._words(node.text_content or "")
            return False
        tag = node.tag or ""
        if not node.is_element_node or tag in _SILENT:
            return False
        attributes = node.attributes
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            return False
        if tag == "br":
            self._break()
            return False
        if tag in _BLOCKS or tag in _MENUS:
            self._begin_block(tag, attributes)
        self.links += tag == "a" and "href" in attributes
        self.bolds += tag in {"b", "strong"}
        self.raised += tag == "sup"
        self.open[tag] = self.open.get(tag, 0) + 1
        return True

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS or tag in _MENUS:
            self.end_line(hint=self._hint(tag))
            if tag == "li":
                self.line.marker = ""
            if tag in _LISTS and self.lists:
                self.lists.pop()
            if not self.lists and tag not in {"td", "th", "option"}:
                self.lines.blank()
        self.links -= tag == "a" and "href" in node.attributes
        self.bolds -= tag in {"b", "strong"}
        self.raised -= tag == "sup"
        self.open[tag] = self.open.get(tag, 1) - 1

    def _begin_block(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        marked = self.line.marker
        if not (marked and not self.line.text() and tag in {"p", "div", "span"}):
            self.end_line()  # a paragraph right inside an item is the item's own line
        if not self.lists and tag not in {"td", "th", "option"}:
            self.lines.blank()
        if tag in _LISTS:
            self.lists.append(_begin_list(tag, attributes))
        elif tag == "li":
            self.line.marker = self._marker(attributes)
        elif self.lists and self.open.get("li") and not self.line.marker:
            self.line.continues = True

    def _marker(self, attributes: Mapping[str, str | None]) -> str:
        if not self.lists:
            return "•"
        here = self.lists[-1]
        value = attributes.get("value") or ""
        if re.fullmatch(r"\d{1,6}", value):
            here.number = int(value)
        kind = _kind(attributes) or here.kind
        marker = numeral(kind, here.number)
        here.number += 1
        return marker

    def _break(self) -> None:
        """``<br>`` goes on with the item or paragraph on a new line."""
        inside = bool(self.lists and self.open.get("li"))
        kept = self.line.marker if not self.line.text() else ""
        if kept:
            return
        self.end_line()
        self.line.continues = inside

    def _words(self, text: str) -> None:
        if self.raised:
            text = text.translate(RAISED)
        if self.open.get("pre"):
            for number, part in enumerate(text.split("\n")):
                if number:
                    self.end_line()
                self.line.words.append(part)
            return
        self.line.words.append(text)
        count = len("".join(text.split()))
        self.line.linked += count if self.links else 0
        self.line.bold += count if self.bolds else 0

    def end_line(self, hint: Hint | None = None) -> None:
        """Write what was gathered."""
        line, self.line = self.line, _Line()
        text = line.text()
        if not text.strip("\u00a0 "):
            if line.marker:
                self.line.marker = line.marker  # the words of an item may stand in a block inside it
            return
        if not line.marker and (typed := _TYPED_BULLET.match(text)):
            line.marker, text = "•", text[typed.end() :]
        count = len("".join(text.split()))
        if any(self.open.get(tag) for tag in _MENUS) or (line.linked >= count and not line.marker.startswith("(")):
            hint = "furniture"
        elif hint is None and not self.lists and line.bold >= count:
            hint = "heading"
        depth = len(self.lists)
        indent = 2 * depth
        if line.continues and not line.marker:
            indent += 3
        self.lines.add(text, indent=indent, marker=line.marker, hint=hint)

    def _hint(self, tag: str) -> Hint | None:
        return "heading" if tag in _HEADINGS or any(self.open.get(name) for name in _HEADINGS) else None


def _begin_list(tag: str, attributes: Mapping[str, str | None]) -> _List:
    start = attributes.get("start") or ""
    kind = _kind(attributes) or ("decimal" if tag == "ol" else "disc")
    return _List(kind, int(start) if re.fullmatch(r"\d{1,6}", start) else 1)


def _kind(attributes: Mapping[str, str | None]) -> str:
    style = _LIST_STYLE.search(attributes.get("style") or "")
    kind = (style[1] if style else attributes.get("type")) or ""
    return _KINDS.get(kind, kind.lower())


def numeral(kind: str, number: int) -> str:
    """The marker of a list item, as a browser draws it."""
    if kind == "none":
        return ""
    if kind in {"disc", "circle", "square"}:
        return "•"
    if kind.endswith("-alpha"):
        letters = ""
        while number > 0:
            number, rest = divmod(number - 1, 26)
            letters = chr(97 + rest) + letters
        return (letters.upper() if kind.startswith("upper") else letters or "0") + "."
    if kind.endswith("-roman") and number < 4000:
        roman = ""
        for value, name in _ROMAN:
            while number >= value:
                roman, number = roman + name, number - value
        return (roman.upper() if kind.startswith("upper") else roman) + "."
    return f"{number}."
