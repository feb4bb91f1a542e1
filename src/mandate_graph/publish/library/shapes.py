"""The files of shapes, taken apart into shapes, and put together again as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from mandate_graph import write
from mandate_graph.engine import Quad, parse_quads
from mandate_graph.publish.site import DATA, File
from mandate_graph.shacl.shapes import SH

__all__ = ["Shape", "ShapeFile", "data_of", "shape_files"]

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_PARTS = (f"<{SH}property>", f"<{SH}sparql>")


class Shape(NamedTuple):
    """A node shape (an IRI), its label (a term), the IRIs of its parts, and how it is written in its file."""

    iri: str
    label: str
    parts: tuple[str, ...]
    turtle: str


class ShapeFile(NamedTuple):
    """A file: its name, its shapes in the order in which they stand there, and its triples."""

    name: str
    shapes: tuple[Shape, ...]
    triples: tuple[Quad, ...]


def shape_files(folder: Path) -> list[ShapeFile]:
    """Every file of a folder of shapes.

    Raises:
        BadRdf: when one cannot be parsed.
    """
    return [_read(path) for path in sorted(folder.glob("*.ttl"))]


def _read(path: Path) -> ShapeFile:
    quads = list(_steady(parse_quads(path), path.stem))
    said: dict[str, dict[str, list[str]]] = {}
    for s, p, o, _ in quads:
        said.setdefault(s, {}).setdefault(p, []).append(o)
    text = path.read_text(encoding="utf-8")
    shapes = [
        _shape(subject, facts, text) for subject, facts in said.items() if f"<{SH}NodeShape>" in facts.get(_TYPE, [])
    ]
    return ShapeFile(path.name, tuple(shapes), tuple(quads))


def _shape(subject: str, facts: Mapping[str, Sequence[str]], text: str) -> Shape:
    labels = facts.get(_LABEL, [])
    label = next((each for each in labels if each.endswith("@en")), labels[0] if labels else "")
    parts = [term[1:-1] for name in _PARTS for term in facts.get(name, []) if term.startswith("<")]
    blocks = [found for iri in (subject[1:-1], *parts) if (found := _written(iri, text))]
    return Shape(subject[1:-1], label, tuple(parts), "\n\n".join(blocks) or text)


def _written(iri: str, text: str) -> str:
    """The paragraph of a file that begins with a name: how its shape is written there."""
    local = re.escape(iri.rpartition("#")[2])
    found = re.search(rf"^(?:#[^\n]*\n)*[\w-]*:{local} .+?\.(?=\n\n|\n*\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def _steady(quads: Iterator[Quad], stem: str) -> Iterator[Quad]:
    """Blank nodes named after their file and their order in it: a parser names them anew each time."""
    names: dict[str, str] = {}
    prefix = re.sub(r"\W", "", stem)

    def steady(term: str) -> str:
        return names.setdefault(term, f"_:{prefix}{len(names)}") if term.startswith("_:") else term

    for s, p, o, g in quads:
        yield steady(s), p, steady(o), g


def data_of(stem: str, files: Sequence[ShapeFile], style: write.Style) -> Iterator[File]:
    """The triples of all files, in each format of ``DATA``."""
    known = style.terms
    terms = replace(known, prefixes={**known.prefixes, "sh": SH}, context={**known.context, "sh": SH})
    source = write.nquads(quad for file in files for quad in file.triples)
    for ending, name in DATA.items():
        yield File(stem + ending, write.stream(source, name, replace(style, terms=terms)))
