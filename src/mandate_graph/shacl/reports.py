"""Results as the W3C's validation report (SHACL §3.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mandate_graph.engine import document, literal
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.shapes_graph import RDF, SH, ShapesGraph

__all__ = ["REPORTS", "report_document"]

REPORTS = (".ttl", ".jsonld", ".nt")
"""The endings of the files that a report is written to."""
_PREFIXES = {"sh": SH, "xsd": "http://www.w3.org/2001/XMLSchema#"}
_TYPE = f"<{RDF}type>"
_REPORT = "_:report"


def report_document(results: Sequence[ShapeResult], shapes: Path, extension: str) -> bytes:
    """A report in the format of one of ``REPORTS``; paths of several parts are those of the shapes.

    Raises:
        MissingPath: when the shapes are gone.
        BadRdf: when a shapes file cannot be parsed.
    """
    graph = ShapesGraph(shapes)
    lines = dict.fromkeys(f"{s} {p} {o} .\n" for s, p, o in _report(graph, results))
    return document("".join(lines).encode(), extension, _PREFIXES)


def _report(graph: ShapesGraph, results: Sequence[ShapeResult]) -> Iterator[tuple[str, str, str]]:
    conforms = "false" if results else "true"
    yield _REPORT, _TYPE, f"<{SH}ValidationReport>"
    yield _REPORT, f"<{SH}conforms>", f'"{conforms}"^^<{_PREFIXES["xsd"]}boolean>'
    for number in range(len(results)):
        yield _REPORT, f"<{SH}result>", f"_:result{number}"
    for number, result in enumerate(results):
        node, path = f"_:result{number}", result.path or graph.one(result.shape, "path")
        severity = result.severity if result.severity.startswith("<") else f"<{SH}{result.severity}>"
        yield node, _TYPE, f"<{SH}ValidationResult>"
        for name, term in (
            ("focusNode", result.focus),
            ("resultPath", path),
            ("value", result.value),
            ("resultSeverity", severity),
            ("sourceShape", result.shape),
            ("sourceConstraintComponent", result.component),
            ("resultMessage", literal(result.message) if result.message else ""),
        ):
            if term:
                yield node, f"<{SH}{name}>", term
        yield from _structure(graph, path)


def _structure(graph: ShapesGraph, path: str) -> Iterator[tuple[str, str, str]]:
    """The triples that a path of several parts is made of."""
    waiting = [path] if path.startswith("_:") else []
    for node in waiting:
        for predicate, values in graph.said(node).items():
            for value in values:
                yield node, predicate, value
                if value.startswith("_:") and value not in waiting:
                    waiting.append(value)
