"""The gate: does the graph keep what the shapes promise?

Constraints, core or SPARQL, are compiled to set queries on the embedded engine. pySHACL is asked of the shapes that are
not compiled, and of the nodes where it may read a literal differently; ``reference`` asks it of everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote as percent_decode

from mandate_graph.engine import Engine, Quad, unquote
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.again import results_again
from mandate_graph.shacl.forms import Written, has_blank_nodes
from mandate_graph.shacl.gate import Foci, Gate, Left

__all__ = ["Foci", "Left", "Results", "affected", "check", "check_again", "has_blank_nodes", "in_order", "locate"]

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


class Results(list[ShapeResult]):
    """Results in order; ``left`` says of which shapes pySHACL was asked, and why."""

    def __init__(self, results: Iterable[ShapeResult] = (), left: Iterable[Left] = ()) -> None:
        super().__init__(results)
        self.left = tuple(left)


def check(
    engine: Engine,
    shapes: Path,
    *,
    foci: Foci | None = None,
    written: Written | None = None,
    all_named: bool = False,
) -> Results:
    """Every result of every shape, in order of severity, shape and focus; empty when all promises are kept.

    Args:
        engine: the data.
        shapes: a file of shapes, or a folder of ``*.ttl``.
        foci: look at these nodes only, as ``affected`` gives them.
        written: the data as they are written, where they may hold literals that the engine rewrites (``forms``);
            pySHACL, where it is asked, gets them, and else what the engine holds.
        all_named: no node of the data is blank (``forms.has_blank_nodes``), which spares queries that ask for one.

    Raises:
        MissingPath: when there are no shapes.
        BadRdf: when a shapes file cannot be parsed.
        BadShape: when a shape cannot be checked.
    """
    found, left = Gate(engine, shapes).check(foci, written, all_named=all_named)
    return Results(in_order(found), left)


def check_again(
    engine: Engine, shapes: Path, gone: Collection[Quad], new: Collection[Quad], before: Sequence[ShapeResult]
) -> Results:
    """Every result, as ``check`` gives them, looking only at what may be another than ``before`` the change.

    Args:
        engine: the data after the change.
        shapes: as ``check`` takes them.
        gone: triples that are gone; one that another graph still holds may be among them.
        new: triples that are new.
        before: all results before the change.
    """
    found = results_again(Gate(engine, shapes), gone, new, before)
    return check(engine, shapes) if found is None else Results(in_order(found))


def affected(shapes: Path, changed: Iterable[Quad], engine: Engine) -> dict[tuple[str, str], set[str] | None]:
    """Which shapes of which nodes may have other results now, for ``check``; more than need be, and never fewer.

    Args:
        shapes: as ``check`` takes them.
        changed: the triples that are new or gone.
        engine: the data after the change.
    """
    return Gate(engine, shapes).affected(changed)


def in_order(results: Iterable[ShapeResult]) -> list[ShapeResult]:
    """Results by severity, shape and focus."""
    return sorted(
        results,
        key=lambda result: (
            _rank(result.severity), result.severity, result.shape, result.component, result.focus, result.path,
            result.value, result.message,
        ),
    )  # fmt: skip


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def locate(engine: Engine, results: Sequence[ShapeResult]) -> Results:
    """The same results, saying where on which page their focus is printed."""
    places: dict[str, str] = {}
    focuses = sorted({result.focus for result in results if result.focus.startswith("<")})
    for query in _PLACES if focuses else ():
        _, rows = engine.table(query % " ".join(focuses), "places")
        for focus, page, line in sorted(rows):
            stem = percent_decode(unquote(page)[1].rpartition("/")[2])
            places.setdefault(focus, f"page {stem}, line {unquote(line)[1]}")
    located = (replace(result, where=places.get(result.focus, "")) for result in results)
    return Results(located, results.left if isinstance(results, Results) else ())
