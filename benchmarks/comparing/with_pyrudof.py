"""pyrudof: SHACL by its own engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyrudof

from comparing.job import Job, Jobs


def _loaded(folder: Path) -> Any:
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(str(folder / "graph.nt"), pyrudof.RDFFormat.NTriples)
    return rudof


def _load(folder: Path) -> Job:
    return Job(lambda: _loaded(folder), lambda _: {})


def _validate(folder: Path) -> Job:
    """From files to the report."""

    def validate() -> Any:
        rudof = _loaded(folder)
        rudof.read_shacl(str(folder / "shapes.ttl"), pyrudof.ShaclFormat.Turtle)
        return rudof.validate_shacl(pyrudof.ShaclValidationMode.Native)

    return Job(validate, lambda report: {"out": len(report)})


JOBS: Jobs = {"validate": _validate, "load": _load}
