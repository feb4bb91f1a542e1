"""The door to pySHACL: the reference that the gate agrees with, and the check of the shapes graph itself.

It takes minutes where the gate takes a second, and it flips a switch of rdflib for the whole process; therefore it is
asked for by name.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mandate_graph.errors import BadShape
from mandate_graph.interop import from_rdflib, read_graph
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.shapes import SH

if TYPE_CHECKING:
    import rdflib

__all__ = ["reference_check", "shapes_graph"]


def shapes_graph(folder: Path) -> rdflib.Graph:
    """All shapes of a folder in one rdflib graph."""
    return read_graph(sorted(folder.glob("*.ttl")))


def reference_check(data: rdflib.Graph, folder: Path) -> list[ShapeResult]:
    """What pySHACL says; ``where`` stays empty. The shapes graph is checked against SHACL's own shapes first.

    Raises:
        BadShape: when the shapes graph breaks SHACL's rules (SHACL appendix C).
    """
    import pyshacl
    import rdflib

    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes_graph(folder), meta_shacl=True, advanced=False)
    except (
        pyshacl.errors.ShapeLoadError,
        pyshacl.errors.ConstraintLoadError,
        pyshacl.errors.ReportableRuntimeError,
    ) as error:
        raise BadShape(str(folder), f"pySHACL refuses it: {error}") from None
    if not isinstance(report, rdflib.Graph):
        raise BadShape(str(folder), f"pySHACL could not validate: {text}")
    sh = rdflib.Namespace(SH)
    return [_result(report, node, sh) for node in report.objects(None, sh.result)]


def _result(report: rdflib.Graph, node: Any, sh: Any) -> ShapeResult:
    def term(name: str) -> str:
        value = report.value(node, sh[name])
        return from_rdflib(value) if value is not None else ""

    path = term("resultPath")
    return ShapeResult(
        severity=term("resultSeverity").removeprefix(f"<{SH}").removesuffix(">"),  # type: ignore[arg-type]
        shape=term("sourceShape"),
        component=term("sourceConstraintComponent"),
        focus=term("focusNode"),
        path=path if path.startswith("<") else "",
        value=term("value"),
        message=str(report.value(node, sh.resultMessage) or ""),
    )
