"""The shapes as promises: what each says, and whether the published graph keeps it now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mandate_graph import shacl
from mandate_graph.dataset import SHAPES, Graph
from mandate_graph.engine import unquote
from mandate_graph.house import House
from mandate_graph.model import ShapeResult
from mandate_graph.publish.library.shapes import ShapeFile, data_of, shape_files
from mandate_graph.publish.rows import Cell, cell
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press
from mandate_graph.shacl.shapes import Constraint, read_shapes

__all__ = ["SHOWN", "Promise", "Promised", "promise_files", "promises"]

SHOWN = 5
"""Results that a page shows of one promise."""
_RANK = ("Violation", "Warning", "Info")
_PLACE = re.compile(r"\\\{[?$]\w+\\\}")


class Promise(NamedTuple):
    """One thing that is checked: the shape that results name, its message, what it checks, and what was found.

    ``path`` is an IRI, or a SPARQL path, or empty; ``checks`` are names of SHACL's constraints with their values.
    """

    source: str
    message: str
    severity: str
    path: str
    checks: tuple[tuple[str, tuple[Cell, ...]], ...]
    results: tuple[ShapeResult, ...]

    @property
    def key(self) -> str:
        """The local name of its shape."""
        return self.source.rpartition("#")[2]

    @property
    def shown(self) -> list[tuple[Cell, Cell, str, str]]:
        """Focus, value, message and place of the first results."""
        return [(cell(each.focus), cell(each.value), each.message, each.where) for each in self.results[:SHOWN]]


class Promised(NamedTuple):
    """A shape: its IRI, its sentence, whom it speaks of (SHACL's kind of target, and the terms), and its promises."""

    iri: str
    label: Cell
    targets: tuple[tuple[str, str], ...]
    promises: tuple[Promise, ...]
    turtle: str

    @property
    def key(self) -> str:
        """Its local name."""
        return self.iri.rpartition("#")[2]

    @property
    def worst(self) -> str:
        """The gravest severity of its results; empty where it is kept."""
        return next((name for name in _RANK for each in self.promises if each.results and each.severity == name), "")


def promise_files(press: Press, graph: Graph, home: House, listed: list[str]) -> Iterator[File]:
    """The page of the shapes and their data; nothing where the shapes lie outside the site."""
    files = shape_files(home.shapes)
    stem = press.site.stem(SHAPES)
    if stem is None:
        return
    engine = graph.engine(named_graphs=True)
    results = shacl.locate(engine, shacl.check(engine, home.shapes))
    every = promises(files, home.shapes, results)
    press.names.fetch(_named(every))
    values = {
        "shapes": every,
        "results": len(results),
        "by": {name: sum(each.severity == name for each in results) for name in _RANK},
        "counted": sum(len(each.promises) for each in every),
        "broken": [(each, one) for each in every for one in each.promises if one.results],
        "limit": SHOWN,
    }
    for language in press.site.languages:
        yield press.page(stem, "library/shapes.html", language, values)
    listed.append(stem)
    yield from data_of(stem, files, press.style)


def promises(files: Sequence[ShapeFile], folder: Path, results: Sequence[ShapeResult]) -> list[Promised]:
    """The shapes in the order of their files, each with what was found."""
    constraints: dict[str, list[Constraint]] = {}
    for each in read_shapes(folder):
        constraints.setdefault(each.source, []).append(each)
    found: dict[str, list[ShapeResult]] = {}
    for result in results:
        found.setdefault(result.shape, []).append(result)
    shapes = []
    for file in files:
        for shape in file.shapes:
            own = [one for source in (shape.iri, *shape.parts) for one in constraints.get(f"<{source}>", [])]
            targets = {(target.kind, target.term[1:-1]): None for one in own for target in one.targets}
            shapes.append(
                Promised(shape.iri, cell(shape.label), tuple(targets), tuple(_promises(own, found)), shape.turtle)
            )
    return shapes


def _promises(own: Sequence[Constraint], found: dict[str, list[ShapeResult]]) -> Iterator[Promise]:
    """Constraints of one shape with one message are one promise."""
    groups: dict[tuple[str, str], list[Constraint]] = {}
    for each in own:
        groups.setdefault((each.source, each.message), []).append(each)
    for (source, message), several in groups.items():
        says = re.compile(_PLACE.sub(".*", re.escape(message)), re.DOTALL)
        yield Promise(
            source[1:-1],
            message,
            several[0].severity,
            _path(several[0]),
            tuple((one.component, _values(one)) for one in several),
            tuple(result for result in found.get(source, []) if says.fullmatch(result.message)),
        )


def _path(constraint: Constraint) -> str:
    term = constraint.path_term
    return term[1:-1] if term.startswith("<") else constraint.path


def _values(constraint: Constraint) -> tuple[Cell, ...]:
    return () if constraint.component == "sparql" else tuple(cell(term) for term in constraint.value)


def _named(every: Sequence[Promised]) -> Iterator[str]:
    for shape in every:
        yield from (term for _, term in shape.targets)
        for one in shape.promises:
            if one.path.startswith("http"):
                yield one.path
            yield from (value for _, values in one.checks for value in values if value.is_iri)
            yield from (unquote(each.focus)[1] for each in one.results[:SHOWN] if each.focus.startswith("<"))
