"""The door to pySHACL: the reference that the gate agrees with, and what answers for shapes that are not compiled.

It takes minutes where the gate takes a second, and it flips a switch of rdflib for the whole process; therefore it is
asked for by name, or of single shapes.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mandate_graph.engine import unquote
from mandate_graph.errors import BadShape
from mandate_graph.interop import from_rdflib, quiet, to_rdflib
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.queries import keywords, mask
from mandate_graph.shacl.shapes import Unit, read_units
from mandate_graph.shacl.shapes_graph import RDF, SH, TARGETS, ShapesGraph

if TYPE_CHECKING:
    import rdflib

__all__ = ["ReferenceFailed", "reference_check", "reference_units"]

_COPY = "urn:mandate-graph:left:"
_TYPE = f"<{RDF}type>"
_NODE_SHAPE = f"<{SH}NodeShape>"
_CLASSES = {"<http://www.w3.org/2000/01/rdf-schema#Class>", "<http://www.w3.org/2002/07/owl#Class>"}
_AIMS = {f"<{SH}{name}>" for name in (*TARGETS, "target")}
_FETCHES = keywords("SERVICE", "FROM", "LOAD")
_TEXTS = ("select", "ask", "construct", "update")


class ReferenceFailed(BadShape):
    """pySHACL, or rdflib below it, broke down over the data or the shapes."""


def reference_check(data: rdflib.Graph, shapes: Path) -> list[ShapeResult]:
    """What pySHACL says of all shapes of a file or folder; ``where`` stays empty. The shapes graph is checked first.

    Raises:
        MissingPath: when there are no shapes.
        BadRdf: when a file of shapes cannot be parsed.
        BadShape: when the shapes graph breaks SHACL's rules (SHACL appendix C).
    """
    graph = ShapesGraph(shapes)
    read_units(graph, shapes)
    return list(_ask(data, graph, iter(graph), str(shapes)))


def reference_units(
    data: rdflib.Graph,
    graph: ShapesGraph,
    units: Sequence[tuple[Unit, Collection[str] | None]],
    *,
    checked: bool = False,
) -> list[ShapeResult]:
    """What pySHACL says of some units, each of all its focus nodes or of those that are named.

    The shapes graph is held against SHACL's own shapes first, unless it was ``checked`` before.

    Raises:
        BadShape: when the shapes graph breaks SHACL's rules.
        ReferenceFailed: when it breaks down.
    """
    names = {f"<{_COPY}{number}>": unit.shape for number, (unit, _) in enumerate(units)}
    what = ", ".join(sorted({unit.part for unit, _ in units}))
    results = _ask(data, graph, _only(graph, units), what, checked=checked)
    return [replace(result, shape=names.get(result.shape, result.shape)) for result in results]


def _only(graph: ShapesGraph, units: Sequence[tuple[Unit, Collection[str] | None]]) -> Iterator[tuple[str, str, str]]:
    """The shapes graph with no other targets than those of the units.

    Shapes stay whole, because others may speak of them; what is asked only in part gets a shape of another name.
    """
    whole = {unit.shape for unit, foci in units if _is_whole(unit, foci)}
    for s, p, o in graph:
        if s in whole or not (p in _AIMS or (p == _TYPE and o in _CLASSES and graph.targets(s))):
            yield s, p, o
    for number, (unit, foci) in enumerate(units):
        name = f"<{_COPY}{number}>"
        if _is_whole(unit, foci):
            continue
        if foci is None:
            yield from ((name, f"<{SH}{target.kind}>", target.term) for target in unit.targets)
            yield from ((name, f"<{SH}target>", target) for target in graph.get(unit.shape, "target"))
        else:
            yield from ((name, f"<{SH}targetNode>", focus) for focus in foci)
        if unit.part != unit.shape:
            yield name, _TYPE, _NODE_SHAPE
            yield name, f"<{SH}property>", unit.part
            continue
        for predicate, values in graph.said(unit.shape).items():
            # a closed shape knows its properties by these
            needed = predicate != f"<{SH}property>" or bool(unit.left or graph.get(unit.shape, "closed"))
            if needed and predicate not in _AIMS:
                yield from ((name, predicate, value) for value in values if value not in _CLASSES)


def _is_whole(unit: Unit, foci: Collection[str] | None) -> bool:
    return unit.part == unit.shape and foci is None and bool(unit.left)


def _ask(
    data: rdflib.Graph,
    graph: ShapesGraph,
    triples: Iterator[tuple[str, str, str]],
    what: str,
    *,
    checked: bool = False,
) -> Iterator[ShapeResult]:
    import pyshacl
    import rdflib
    from rdflib.plugins.sparql.sparql import SPARQLError

    _refuse_fetching(graph)
    advanced = any(graph.get(subject, name) for subject in graph.triples for name in ("target", "expression"))
    shapes = to_rdflib((s, p, o, "") for s, p, o in triples)
    try:
        with quiet(), contextlib.redirect_stdout(io.StringIO()):
            _, report, text = pyshacl.validate(data, shacl_graph=shapes, meta_shacl=not checked, advanced=advanced)
    except (pyshacl.errors.ReportableRuntimeError, SPARQLError) as error:
        raise BadShape(what, f"pySHACL refuses it: {_first(error)}") from None
    except Exception as error:  # noqa: BLE001 - pySHACL lets parsers and bugs through, its own and rdflib's
        raise ReferenceFailed(what, f"pySHACL fails on it: {type(error).__name__}: {_first(error)}") from None
    if not isinstance(report, rdflib.Graph):
        raise BadShape(what, f"pySHACL could not validate: {_first(text)}")
    sh = rdflib.Namespace(SH)
    for node in report.objects(None, sh.result):
        yield _result(report, node, sh)


def _first(error: object) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else "it says nothing"


def _refuse_fetching(graph: ShapesGraph) -> None:
    for subject in graph.triples:
        for name in _TEXTS:
            for query in graph.get(subject, name):
                if found := _FETCHES.search(mask(unquote(query)[1])):
                    raise BadShape(subject, f"{found.group()} cannot stand in its query")


def _result(report: rdflib.Graph, node: Any, sh: Any) -> ShapeResult:
    def term(name: str) -> str:
        value = report.value(node, sh[name])
        return from_rdflib(value) if value is not None else ""

    path = term("resultPath")
    return ShapeResult(
        severity=_severity(term("resultSeverity")),
        shape=term("sourceShape"),
        component=term("sourceConstraintComponent"),
        focus=term("focusNode"),
        path=path if path.startswith("<") else "",
        value=term("value"),
        message=str(report.value(node, sh.resultMessage) or ""),
    )


def _severity(term: str) -> str:
    name = term.removeprefix(f"<{SH}").removesuffix(">")
    return name if name in {"Violation", "Warning", "Info"} else term
