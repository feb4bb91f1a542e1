"""The gate: does the graph keep what the shapes promise?

Every constraint, core or SPARQL, is compiled to set queries on the embedded engine; ``reference`` gives the same answer
by pySHACL, slower.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote as percent_decode

from mandate_graph.engine import Engine, unquote
from mandate_graph.errors import BadQuery, BadShape
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.compile import compile_constraint
from mandate_graph.shacl.shapes import COMPONENTS, SH, Constraint, read_shapes

__all__ = ["check", "in_order", "locate"]

_SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_SEVERITIES = ("Violation", "Warning", "Info")
# Each query binds ?page and ?line for a focus ?this; what has no place on a page has no row.
_PLACES = tuple(
    f"""
    PREFIX mg: <https://w3id.org/mandate-graph/ns#>
    PREFIX eli: <http://data.europa.eu/eli/ontology#>
    PREFIX oa: <http://www.w3.org/ns/oa#>
    PREFIX prov: <http://www.w3.org/ns/prov#>
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    SELECT ?this ?page ?line WHERE {{
        VALUES ?this {{ %s }}
        {path}
        ?occurrence mg:inCapture ?capture ; mg:line ?line .
        ?capture prov:specializationOf ?page .
    }}"""
    for path in (
        "BIND ( ?this AS ?occurrence )",
        "?occurrence mg:occurrenceOf ?this .",
        "?this eli:is_realized_by ?text . ?occurrence mg:occurrenceOf ?text .",
        "?this oa:hasTarget ?selection . ?selection oa:hasSource ?text . ?occurrence mg:occurrenceOf ?text .",
        "?this rdf:subject ?mandate . ?mandate eli:is_realized_by ?text . ?occurrence mg:occurrenceOf ?text .",
    )
)


def check(engine: Engine, shapes: Path) -> list[ShapeResult]:
    """Every result of every shape, in order of severity, shape and focus; empty when all promises are kept.

    Raises:
        BadRdf: when a shapes file cannot be parsed.
        BadShape: when a shape cannot be checked.
    """
    hierarchy = _Hierarchy(engine)
    work = [
        (constraint, query)
        for constraint in read_shapes(shapes)
        for query in compile_constraint(constraint, hierarchy.below)
    ]
    # The engine gives the interpreter lock away while it works, so that threads use every core.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = set(itertools.chain.from_iterable(pool.map(lambda item: _results(engine, *item), work)))
    return in_order(found)


def in_order(results: Iterable[ShapeResult]) -> list[ShapeResult]:
    """Results by severity, shape and focus."""
    return sorted(
        results,
        key=lambda result: (
            _SEVERITIES.index(result.severity), result.shape, result.component, result.focus, result.path, result.value,
            result.message,
        ),
    )  # fmt: skip


class _Hierarchy:
    def __init__(self, engine: Engine) -> None:
        _, rows = engine.table(f"SELECT ?below ?above WHERE {{ ?below {_SUBCLASS}+ ?above }}", "subclasses")
        self._below: dict[str, set[str]] = {}
        for below, above in rows:
            self._below.setdefault(above, set()).add(below)

    def below(self, name: str) -> Sequence[str]:
        """A class and all its subclasses in the data (SHACL §1.4, SHACL instance)."""
        return [name, *sorted(self._below.get(name, set()) - {name})]


def _results(engine: Engine, constraint: Constraint, query: str) -> list[ShapeResult]:
    try:
        names, rows = engine.table(query)
    except BadQuery as error:
        raise BadShape(constraint.source, error.problem) from None
    return [_result(constraint, dict(zip(names, row, strict=True))) for row in rows]


def _result(constraint: Constraint, cells: dict[str, str]) -> ShapeResult:
    value = cells.get("value", "")
    if constraint.component == "sparql" and not value:
        value = cells["this"]  # SHACL §5.3.2: without ?value, the value is the focus node
    return ShapeResult(
        severity=constraint.severity,
        shape=constraint.source,
        component=f"<{SH}{COMPONENTS[constraint.component]}>",
        focus=cells["this"],
        path=constraint.path if constraint.path_term.startswith("<") else "",
        value=value,
        message=_fill(constraint.message, cells) if constraint.component == "sparql" else constraint.message,
    )


def _fill(message: str, cells: dict[str, str]) -> str:
    """Put the bound variables into a message (SHACL §5.2.2)."""
    for name, term in cells.items():
        for slot in (f"{{?{name}}}", f"{{${name}}}"):
            message = message.replace(slot, unquote(term)[1] if term else "")
    return message


def locate(engine: Engine, results: Sequence[ShapeResult]) -> list[ShapeResult]:
    """The same results, saying where on which page their focus is printed."""
    places: dict[str, str] = {}
    focuses = sorted({result.focus for result in results if result.focus.startswith("<")})
    for query in _PLACES if focuses else ():
        _, rows = engine.table(query % " ".join(focuses), "places")
        for focus, page, line in sorted(rows):
            stem = percent_decode(unquote(page)[1].rpartition("/")[2])
            places.setdefault(focus, f"page {stem}, line {unquote(line)[1]}")
    return [replace(result, where=places.get(result.focus, "")) for result in results]
