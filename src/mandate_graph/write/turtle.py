"""Turtle and TriG, made to be read: sorted, grouped, type and label first, terms shortened."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from mandate_graph.write.lines import Source, batched, in_reading_order, pairs, read_blocks
from mandate_graph.write.shorten import Shortener, Style

__all__ = ["trig", "turtle"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_LONG = 40
"""An object of more characters than these, among several, has a line of its own."""


def turtle(source: Source, style: Style) -> Iterator[bytes]:
    """The union of all graphs."""

    def parts() -> Iterator[str]:
        writer = _Writer(style, "")
        yield _header(style)
        for block in in_reading_order(source):
            yield writer.thing(block.subject.decode(), block.lines)

    return batched(parts())


def trig(source: Source, style: Style) -> Iterator[bytes]:
    """Graph after graph. Memory: sixteen bytes for each subject in each graph."""

    def parts() -> Iterator[str]:
        plain, indented = _Writer(style, ""), _Writer(style, "    ")
        yield _header(style)
        graphs = _places(source)
        for graph in sorted(graphs):
            writer = indented if graph else plain
            if graph:
                yield f"\n{plain.short.term(graph)} {{\n"
            yield from _things(source, graphs[graph], writer)
            if graph:
                yield "}\n"

    return batched(parts())


def _places(source: Source) -> dict[str, array[int]]:
    """Where the lines of each graph stand: starts and ends, in reading order."""
    graphs: dict[str, array[int]] = {}
    for block in in_reading_order(source):
        at = block.start
        for line in block.lines.splitlines(keepends=True):
            rest = line.split(b" ", 2)[2]
            found = rest.rfind(b" <")
            named = found > 0 and rest.find(b'"', found) < 0
            places = graphs.setdefault(rest[found + 1 : -3].decode() if named else "", array("Q"))
            if places and places[-1] == at and places[-2] >= block.start:
                places[-1] = at + len(line)
            else:
                places.extend((at, at + len(line)))
            at += len(line)
    return graphs


def _things(source: Source, places: array[int], writer: _Writer) -> Iterator[str]:
    subject, held = b"", b""
    for lines in read_blocks(source, zip(places[::2], places[1::2], strict=True)):
        other = lines[: lines.index(b" ")]
        if other != subject:
            if held:
                yield writer.thing(subject.decode(), held)
            subject, held = other, b""
        held += lines
    if held:
        yield writer.thing(subject.decode(), held)


def _header(style: Style) -> str:
    prefixes = "".join(
        f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(style.terms.prefixes.items())
    )
    return f"@base <{style.base}> .\n{prefixes}"


class _Writer:
    def __init__(self, style: Style, indent: str) -> None:
        self.short = Shortener(style)
        self._start = f"\n{indent}"
        self._next = f" ;\n{indent}    "
        self._joint = f",\n{indent}        "

    def thing(self, subject: str, lines: bytes) -> str:
        """Everything that is said of a subject by its lines."""
        seen = self.short.seen
        texts: dict[str, str] = {}
        several: dict[str, list[str]] = {}
        last = first = previous = ""
        for predicate, term in pairs(lines):
            if predicate != last:
                texts[predicate] = f"{seen[predicate]} {seen[term] if term[-1] == '>' else term}"
                last, first = predicate, term
            elif term != previous:
                several.setdefault(predicate, [first]).append(term)
            previous = term
        for predicate, objects in several.items():
            texts[predicate] = self._several(predicate, objects)
        # type and label first, because a reader wants to know what a thing is before anything else
        label = texts.pop(_LABEL, "")
        ordered = [label, *texts.values()] if label else list(texts.values())
        if _RDF_TYPE in texts:
            types = texts[_RDF_TYPE]
            ordered.remove(types)
            ordered.insert(0, "a" + types[types.index(" ") :])
        return f"{self._start}{self.short.term(subject)} {self._next.join(ordered)} .\n"

    def _several(self, predicate: str, objects: list[str]) -> str:
        seen = self.short.seen
        joint = ", "
        for term in objects:
            if len(term) > _LONG:
                joint = self._joint
                break
        terms = [seen[term] if term[-1] == ">" else term for term in objects]
        return f"{seen[predicate]} {joint.join(terms)}"
