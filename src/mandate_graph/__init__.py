"""Linked data from the paragraphs in which governments promise things to each other.

>>> import mandate_graph as mg
>>> done = mg.build(out="build")                                         # doctest: +SKIP
>>> for row in mg.query("mandates-naming", named="body/iom"):            # doctest: +SKIP
...     print(row.date, row.documentLabel, row.quote)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mandate_graph.version import __version__

if TYPE_CHECKING:
    from mandate_graph import errors, model
    from mandate_graph.dataset import Dataset, open_build, query, validate
    from mandate_graph.errors import MandateGraphError
    from mandate_graph.pipeline import Build, build
    from mandate_graph.sparql import Result, Row

__all__ = [
    "Build",
    "Dataset",
    "MandateGraphError",
    "Result",
    "Row",
    "__version__",
    "build",
    "errors",
    "model",
    "open_build",
    "query",
    "validate",
]

# Importing the package costs nothing: a name's module is imported when the name is first used.
_HOMES = {
    "Build": "pipeline",
    "Dataset": "dataset",
    "MandateGraphError": "errors",
    "Result": "sparql",
    "Row": "sparql",
    "build": "pipeline",
    "errors": "errors",
    "model": "model",
    "open_build": "dataset",
    "query": "dataset",
    "validate": "dataset",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return module if name == _HOMES[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
