"""Every named query gives the same rows on other stores as in the embedded engine, from the same text.

A store whose default graph is the union of its named graphs may repeat a triple for every graph that holds it; other
engines read SPARQL in their own ways. Whatever has ``answer`` can be put to the question here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox
import pytest
import rdflib

import mandate_graph as mg
import servers
from mandate_graph.dataset import Graph
from mandate_graph.engine import Answer, solutions
from mandate_graph.house import query_files
from mandate_graph.push import push
from mandate_graph.remote import Endpoint
from mandate_graph.sparql import bind, named_queries

LIBRARY = named_queries(query_files())
RUNS = [
    *((name, "") for name in LIBRARY),
    *((name, query.example) for name, query in LIBRARY.items() if query.example),
    ("mandates", "theme=migration"),
    ("mandates", "named=body/iom"),
    ("side-by-side", "theme=migration"),
]
# Joined with this, in an order that SPARQL leaves open.
_JOIN = " | "


class Answering(Protocol):
    """Whatever answers SPARQL: a store of somebody else, an endpoint."""

    def answer(self, query: str, name: str) -> Answer: ...


class Union:
    """A store that repeats triples: its default graph is all its graphs."""

    def __init__(self, path: Path) -> None:
        self.store = ox.Store()
        self.store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)

    def answer(self, query: str, name: str) -> Answer:
        found: Any = self.store.query(query, use_default_graph_as_union=True)
        return Answer("select", bytes(found.serialize(format=ox.QueryResultsFormat.JSON)))


class Rdflib:
    """rdflib, all of Python."""

    def __init__(self, path: Path) -> None:
        self.dataset = rdflib.Dataset(default_union=True)
        self.dataset.parse(str(path), format="nquads")

    def answer(self, query: str, name: str) -> Answer:
        return Answer("select", bytes(self.dataset.query(query).serialize(format="json") or b""))


@contextlib.contextmanager
def served(kind: str, build: Path, folder: Path) -> Iterator[Answering]:
    """A real server into which the build was pushed."""
    folder.mkdir()
    if kind == "rdflib-endpoint":
        with servers.rdflib_endpoint(folder, build / "mandates.nq") as store:
            yield Endpoint(store.query, timeout=600)
        return
    with servers.STORES[kind](folder) as store:
        push(build, store.url, access=store.access)
        yield Endpoint(store.query, store.access, timeout=600)


@contextlib.contextmanager
def embedded(kind: str, build: Path, folder: Path) -> Iterator[Answering]:
    """A store in this process."""
    yield Union(build / "mandates.nq") if kind == "union" else Rdflib(build / "mandates.nq")


STORES: dict[str, Callable[[str, Path, Path], contextlib.AbstractContextManager[Answering]]] = {
    "union": embedded,
    "rdflib": embedded,
    "oxigraph": served,
    "virtuoso": served,
    "rdflib-endpoint": served,
}


def rows(answers: Answering, query: str, name: str) -> list[tuple[str, ...]]:
    """The rows, without their order, and with what was joined in order."""
    _, answer, _ = answers.answer(query, name)
    assert isinstance(answer, bytes)
    _, found = solutions(answer)
    return sorted(tuple(_in_order(cell) for cell in row) for row in found)


def _in_order(cell: str) -> str:
    # Virtuoso has no booleans: true is the integer 1 there (docs/endpoints.md).
    if cell.endswith("#boolean>"):
        cell = f'"{int("true" in cell)}"^^<http://www.w3.org/2001/XMLSchema#integer>'
    # xsd:string is what a literal without a type has (RDF 1.1 Concepts §3.3).
    cell = cell.removesuffix("^^<http://www.w3.org/2001/XMLSchema#string>")
    return _JOIN.join(sorted(cell.strip('"').split(_JOIN))) if _JOIN in cell and cell.endswith('"') else cell


def same_rows(answers: Answering, dataset: Graph, name: str, example: str) -> None:
    """What a store answers is what the embedded engine answers."""
    engine, query = dataset.engine(), LIBRARY[name]
    parameters = dict([example.split("=", 1)]) if example else {}
    given = {key: value for key, value in parameters.items() if _is_there(dataset, name, key, value)}
    text = query.bound(bind(engine, query, dataset.base, given))
    assert rows(answers, text, name) == rows(engine, text, name)


def _is_there(dataset: Graph, name: str, key: str, value: str) -> bool:
    """Whether a graph knows what an example speaks of; the invented house lacks some of it."""
    try:
        bind(dataset.engine(), LIBRARY[name], dataset.base, {key: value})
    except mg.MandateGraphError:
        return False
    return True


@pytest.fixture(scope="module", params=STORES)
def elsewhere(
    request: pytest.FixtureRequest, built: Path, bilingual: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Answering]]:
    """A store with each of the two graphs."""
    kind, folder = request.param, tmp_path_factory.mktemp("stores")
    if kind == "rdflib-endpoint":  # rdflib's own engine is asked both, in this process and so three times as fast
        with STORES[kind](kind, built, folder / "own") as own:
            yield {"own": own}
        return
    with (
        STORES[kind](kind, built, folder / "own") as own,
        STORES[kind](kind, bilingual, folder / "bilingual") as other,
    ):
        yield {"own": own, "bilingual": other}


@pytest.mark.parametrize(("name", "example"), RUNS)
def test_the_same_rows_elsewhere(
    elsewhere: dict[str, Answering], dataset: Graph, bilingual: Path, name: str, example: str
) -> None:
    same_rows(elsewhere["own"], dataset, name, example)
    if "bilingual" in elsewhere:
        same_rows(elsewhere["bilingual"], mg.open(bilingual), name, example)
