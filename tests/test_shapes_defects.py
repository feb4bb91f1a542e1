"""The gate and pySHACL say the same of five hundred graphs with defects; every twelfth of them, where not all are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import mandate_graph
from defects import Graph, Pool
from mandate_graph.engine import Quad
from mandate_graph.interop import to_rdflib
from mandate_graph.model import ShapeResult
from mandate_graph.shacl import Results, check
from mandate_graph.shacl.forms import of_quads
from mandate_graph.shacl.reference import ReferenceFailed, reference_check
from shaped import SHAPES, engine_of, prepared

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = range(0, 500, 1 if os.environ.get("MANDATE_GRAPH_TESTS") == "all" else 12)
BATCHES = [NUMBERS[start : start + 21] for start in range(0, len(NUMBERS), 21)]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """The graph of the repository's own sources."""
    folder = tmp_path_factory.mktemp("defects") / "build"
    mandate_graph.build(house=ROOT, out=folder, turtle=False, jsonld=False, store=False)
    return Pool(mandate_graph.open(folder).quads())


def keys(results: Sequence[ShapeResult]) -> set[tuple[str, ...]]:
    return {(one.shape, one.focus, one.path, one.component, one.severity, one.value) for one in results}


def gate(quads: list[Quad]) -> Results:
    return check(engine_of(quads), SHAPES, written=of_quads(quads))


def answered(graphs: Sequence[Graph]) -> Iterator[tuple[list[Quad], list[ShapeResult]]]:
    """The graphs together with pySHACL's answer; those over which it breaks down by themselves, without."""
    quads = sorted({quad for graph in graphs for quad in graph.quads()})
    try:
        yield quads, reference_check(to_rdflib(quads), SHAPES)
    except ReferenceFailed:
        if len(graphs) == 1:
            assert isinstance(gate(quads), Results)  # it has an answer all the same
            return
        middle = len(graphs) // 2
        yield from answered(graphs[:middle])
        yield from answered(graphs[middle:])


@pytest.mark.no_cover
@pytest.mark.parametrize("numbers", BATCHES, ids=lambda numbers: f"from-{numbers[0]}")
def test_gate_and_reference_agree_on_defects(pool: Pool, numbers: Sequence[int]) -> None:
    graphs = [Graph(pool, number) for number in numbers]
    with prepared():
        for quads, theirs in answered(graphs):
            ours = keys(gate(quads))
            assert len({shape for shape, *_ in ours}) > 5
            assert ours == keys(theirs)


def test_graphs_with_defects_are_always_the_same(pool: Pool) -> None:
    assert [Graph(pool, number).quads() for number in range(30)] == [
        Graph(pool, number).quads() for number in range(30)
    ]
    assert len({tuple(Graph(pool, number).triples) for number in range(30)}) == 30
