"""What the graph says of itself, as pages: questions and their answers, promises, parts, links and terms.

Named queries, shapes and named graphs are no things that the graph describes; their pages come from the files of the
library, the shapes of the house, and the graphs of the build.
"""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.dataset import Graph
from mandate_graph.house import House
from mandate_graph.publish.library.graphs import graph_files
from mandate_graph.publish.library.promised import promise_files
from mandate_graph.publish.library.questions import question_files
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press

__all__ = ["STEMS", "library_files"]

STEMS = ("queries", "shapes", "graph")
"""Pages that come from here and from no row of ``pages.toml``."""


def library_files(press: Press, graph: Graph, home: House, listed: list[str]) -> Iterator[File]:
    """Every file of the library; the stems of its pages are added to ``listed``."""
    yield from question_files(press, graph, listed)
    yield from promise_files(press, graph, home, listed)
    yield from graph_files(press, graph, listed)
