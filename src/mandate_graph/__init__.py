"""Linked data from the paragraphs in which governments promise things to each other.

>>> import mandate_graph as mg
>>> graph = mg.open("build")                            # what mg.build(out="build") gives, too
>>> for row in graph.query("mandates-naming", named="body/iom"):
...     print(row.date, row.documentLabel, row.quote)
2001-04-20 Plan of Action (Quebec City) International Organization of Migration (IOM)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mandate_graph.version import __version__

if TYPE_CHECKING:
    from mandate_graph import errors, model
    from mandate_graph.cited import Citator, Named, cite
    from mandate_graph.dataset import Graph, open, query  # noqa: A004  (mg.open, as gzip.open)
    from mandate_graph.drafts import promised
    from mandate_graph.errors import MandateGraphError
    from mandate_graph.lookup import Found, Hit, Thing, search, show
    from mandate_graph.pipeline import Build, build
    from mandate_graph.promises import Promise
    from mandate_graph.reconcile import Candidate, reconciled
    from mandate_graph.sparql import Result, Row
    from mandate_graph.validating import validate

__all__ = [
    "Build",
    "Candidate",
    "Citator",
    "Found",
    "Graph",
    "Hit",
    "MandateGraphError",
    "Named",
    "Promise",
    "Result",
    "Row",
    "Thing",
    "__version__",
    "build",
    "cite",
    "errors",
    "model",
    "open",
    "promised",
    "query",
    "reconciled",
    "search",
    "show",
    "validate",
]

# Importing the package costs nothing: a name's module is imported when the name is first used.
_HOMES = {
    "Build": "pipeline",
    "Candidate": "reconcile",
    "Citator": "cited",
    "Graph": "dataset",
    "Found": "lookup",
    "Hit": "lookup",
    "MandateGraphError": "errors",
    "Named": "cited",
    "Promise": "promises",
    "Result": "sparql",
    "Row": "sparql",
    "Thing": "lookup",
    "build": "pipeline",
    "cite": "cited",
    "errors": "errors",
    "model": "model",
    "open": "dataset",
    "promised": "drafts",
    "query": "dataset",
    "reconciled": "reconcile",
    "search": "lookup",
    "show": "lookup",
    "validate": "validating",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return module if name == _HOMES[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
