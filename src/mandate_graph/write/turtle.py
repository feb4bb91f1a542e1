"""Turtle and TriG, made to be read: sorted, grouped, type and label first, terms shortened."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from mandate_graph.write.lines import Source, batched, in_reading_order, pairs, read_blocks
from mandate_graph.write.shorten import Remembered, Shortener, Style

__all__ = ["trig", "turtle", "writer"]

_RDF_TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = b"<http://www.w3.org/2000/01/rdf-schema#label>"
_CLOSES = ord(">")
_LONG = 40
"""An object of more characters than these, among several, has a line of its own."""


def turtle(source: Source, style: Style) -> Iterator[bytes]:
    """The union of all graphs."""

    def parts() -> Iterator[bytes]:
        writer = _Writer(style, "")
        yield _header(style)
        for block in in_reading_order(source):
            yield writer.thing(block.subject, block.lines)

    return batched(parts())


def writer(style: Style) -> Callable[[bytes, bytes], bytes]:
    """What writes a thing, given as a subject and its lines, as ``turtle`` does."""
    return _Writer(style, "").thing


def trig(source: Source, style: Style) -> Iterator[bytes]:
    """Graph after graph. Memory: sixteen bytes for each subject in each graph."""

    def parts() -> Iterator[bytes]:
        plain, indented = _Writer(style, ""), _Writer(style, "    ")
        yield _header(style)
        graphs = _places(source)
        for graph in sorted(graphs):
            writer = indented if graph else plain
            if graph:
                yield b"\n%b {\n" % plain.short.term(graph)
            yield from _things(source, graphs[graph], writer)
            if graph:
                yield b"}\n"

    return batched(parts())


def _places(source: Source) -> dict[bytes, array[int]]:
    """Where the lines of each graph stand: starts and ends, in reading order."""
    graphs: dict[bytes, array[int]] = {}
    for block in in_reading_order(source):
        at = block.start
        for line in block.lines.splitlines(keepends=True):
            rest = line.split(b" ", 2)[2]
            found = rest.rfind(b" <")
            named = found > 0 and rest.find(b'"', found) < 0
            places = graphs.setdefault(rest[found + 1 : -3] if named else b"", array("Q"))
            if places and places[-1] == at and places[-2] >= block.start:
                places[-1] = at + len(line)
            else:
                places.extend((at, at + len(line)))
            at += len(line)
    return graphs


def _things(source: Source, places: array[int], writer: _Writer) -> Iterator[bytes]:
    subject, held = b"", b""
    for lines in read_blocks(source, zip(places[::2], places[1::2], strict=True)):
        other = lines[: lines.index(b" ")]
        if other != subject:
            if held:
                yield writer.thing(subject, held)
            subject, held = other, b""
        held += lines
    if held:
        yield writer.thing(subject, held)


def _header(style: Style) -> bytes:
    prefixes = "".join(
        f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(style.terms.prefixes.items())
    )
    return f"@base <{style.base}> .\n{prefixes}".encode()


class _Writer:
    def __init__(self, style: Style, indent: str) -> None:
        self.short = Shortener(style)
        self._verbs = Remembered(self._verb)
        self._start = f"\n{indent}".encode()
        self._next = f" ;\n{indent}    ".encode()
        self._joint = f",\n{indent}        ".encode()

    def thing(self, subject: bytes, lines: bytes) -> bytes:
        """Everything that is said of a subject by its lines."""
        seen, verbs = self.short.seen, self._verbs
        # type and label first, because a reader wants to know what a thing is before anything else
        texts = {_RDF_TYPE: b"", _LABEL: b""}
        several: dict[bytes, list[bytes]] = {}
        last = previous = b""
        for predicate, term in pairs(lines):
            if predicate != last:
                texts[predicate] = verbs[predicate] + (seen[term] if term[-1] == _CLOSES else term)
                last = predicate
                previous = term
            elif term != previous:
                several.setdefault(predicate, [previous]).append(term)
                previous = term
        for predicate, objects in several.items():
            texts[predicate] = verbs[predicate] + self._several(objects)
        for predicate in (_RDF_TYPE, _LABEL):
            if not texts[predicate]:
                del texts[predicate]
        name = self.short.fresh(subject) if subject[-1] == _CLOSES else subject
        return b"".join((self._start, name, b" ", self._next.join(texts.values()), b" .\n"))

    def _several(self, objects: list[bytes]) -> bytes:
        seen = self.short.seen
        joint = b", "
        for term in objects:
            if len(term) > _LONG and len(term.decode()) > _LONG:
                joint = self._joint
                break
        return joint.join([seen[term] if term[-1] == _CLOSES else term for term in objects])

    def _verb(self, predicate: bytes) -> bytes:
        return b"a " if predicate == _RDF_TYPE else self.short.term(predicate) + b" "
