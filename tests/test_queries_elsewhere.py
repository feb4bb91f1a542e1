"""Every named query gives the same rows on other stores as in the embedded engine, from the same text.

A store whose default graph is the union of its named graphs may repeat a triple for every graph that holds it; other
engines read SPARQL in their own ways. Whatever has ``answer`` can be put to the question here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox
import pytest
import rdflib

import mandate_graph as mg
from mandate_graph.dataset import Dataset
from mandate_graph.engine import Quad, QueryForm, solutions
from mandate_graph.house import query_files
from mandate_graph.sparql import bind, named_queries

LIBRARY = named_queries(query_files())
RUNS = [(name, "") for name in LIBRARY] + [(name, query.example) for name, query in LIBRARY.items() if query.example]
# Joined with this, in an order that SPARQL leaves open.
_JOIN = " | "


class Answers(Protocol):
    """Whatever answers SPARQL: the embedded engine, a store of somebody else, an endpoint."""

    def answer(self, query: str, name: str) -> tuple[QueryForm, bytes | list[Quad]]: ...


class Union:
    """A store that repeats triples: its default graph is all its graphs."""

    def __init__(self, path: Path) -> None:
        self.store = ox.Store()
        self.store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)

    def answer(self, query: str, name: str) -> tuple[QueryForm, bytes | list[Quad]]:
        found: Any = self.store.query(query, use_default_graph_as_union=True)
        return "select", bytes(found.serialize(format=ox.QueryResultsFormat.JSON))


class Rdflib:
    """rdflib, all of Python."""

    def __init__(self, path: Path) -> None:
        self.dataset = rdflib.Dataset(default_union=True)
        self.dataset.parse(str(path), format="nquads")

    def answer(self, query: str, name: str) -> tuple[QueryForm, bytes | list[Quad]]:
        return "select", bytes(self.dataset.query(query).serialize(format="json") or b"")


STORES: dict[str, Callable[[Path], Answers]] = {"union": Union, "rdflib": Rdflib}


def rows(answers: Answers, query: str, name: str) -> list[tuple[str, ...]]:
    """The rows, without their order, and with what was joined in order."""
    _, answer = answers.answer(query, name)
    assert isinstance(answer, bytes)
    _, found = solutions(answer)
    return sorted(tuple(_in_order(cell) for cell in row) for row in found)


def _in_order(cell: str) -> str:
    # xsd:string is what a literal without a type has (RDF 1.1 Concepts §3.3).
    cell = cell.removesuffix("^^<http://www.w3.org/2001/XMLSchema#string>")
    return _JOIN.join(sorted(cell.strip('"').split(_JOIN))) if _JOIN in cell and cell.endswith('"') else cell


def same_rows(answers: Answers, dataset: Dataset, name: str, example: str) -> None:
    """What a store answers is what the embedded engine answers."""
    engine, query = dataset.engine(), LIBRARY[name]
    parameters = dict([example.split("=", 1)]) if example else {}
    given = {key: value for key, value in parameters.items() if _is_there(dataset, name, key, value)}
    text = query.bound(bind(engine, query, dataset.base, given))
    assert rows(answers, text, name) == rows(engine, text, name)


def _is_there(dataset: Dataset, name: str, key: str, value: str) -> bool:
    """Whether a graph knows what an example speaks of; the invented house lacks some of it."""
    try:
        bind(dataset.engine(), LIBRARY[name], dataset.base, {key: value})
    except mg.MandateGraphError:
        return False
    return True


@pytest.fixture(scope="module", params=STORES)
def elsewhere(request: pytest.FixtureRequest, built: Path, bilingual: Path) -> dict[str, Answers]:
    """A store with each of the two graphs."""
    make = STORES[request.param]
    return {"own": make(built / "mandates.nq"), "bilingual": make(bilingual / "mandates.nq")}


@pytest.mark.parametrize(("name", "example"), RUNS)
def test_the_same_rows_elsewhere(
    elsewhere: dict[str, Answers], dataset: Dataset, bilingual: Path, name: str, example: str
) -> None:
    same_rows(elsewhere["own"], dataset, name, example)
    same_rows(elsewhere["bilingual"], mg.open_build(bilingual), name, example)
