"""Each query that was reworded for speed answers as its plain wording does, whatever it is asked."""

from __future__ import annotations

from collections import Counter

import pytest

import mandate_graph as mg
from conftest import ROOT
from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine
from mandate_graph.house import query_files
from mandate_graph.sparql import named_queries
from mandate_graph.sparql.text import with_values

PLAIN = ROOT / "tests" / "plain"
LIBRARY = named_queries(query_files())
NAMES = sorted(path.stem for path in PLAIN.glob("*.rq"))
PREFIXES = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
# What a kind of parameter can be: all things of the kind that mandates have to do with, and one that none has.
KINDS = {
    "mandate": "?value a mg:Mandate",
    "theme": "{ ?mandate dcterms:subject ?value } UNION { ?mandate dcterms:subject/skos:broader ?value }",
    "summit": "?value a mg:Summit",
    "document": "?value a mg:SummitDocument",
    "country": "?footnote mg:statedBy ?value",
    "topic": "?mandate schema:about ?value",
    "resource": "?mandate eli:refers_to ?value",
}
TEXTS = {
    "rule": ['"pair-by-label"', '"pair-by-position"', '"no-rule"'],
    "words": ['"the"', '"PERSONAS"', '"remittances"', '"no such word"'],
    "language": ['"en"', '"es"', '"pt"'],
}
YEARS = [f'"{year}"^^<http://www.w3.org/2001/XMLSchema#integer>' for year in (1994, 2001, 2022, 2026)]
MOST = 12


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """A build of some hundred invented mandates: every page of the tests, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    found = sorted((ROOT / "tests" / "pages").glob("*.txt"))
    mg.build(found, out=folder / "build", house=ROOT, turtle=False, jsonld=False, store=False)
    return mg.open(folder / "build")


def values(engine: Engine, kind: str, name: str) -> list[str]:
    """Terms that a parameter can be, some of each kind."""
    if kind == "integer":
        return YEARS
    if kind == "text":
        return TEXTS[name]
    if "|" in kind:
        return [f'"{word}"' for word in kind.split("|")]
    rows = engine.table(f"{PREFIXES} SELECT DISTINCT ?value {{ {KINDS[kind]} }} ORDER BY ?value")[1]
    terms = [row[0] for row in rows]
    return [*terms[:: max(1, len(terms) // MOST)], "<urn:nothing>"]


def answer(engine: Engine, text: str) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row) for row in engine.table(text)[1])


def same(graph: Graph, name: str) -> int:
    """How many answers there were, all of them equal."""
    engine, query = graph.engine(), LIBRARY[name]
    plain = (PLAIN / f"{name}.rq").read_text(encoding="utf-8")
    asked: list[dict[str, str]] = [{}]
    for parameter in query.parameters:
        asked += [{parameter.name: term} for term in values(engine, parameter.kind, parameter.name)]
    several = [parameter for parameter in query.parameters if parameter.kind in {"theme", "summit", "text"}]
    asked.append({each.name: values(engine, each.kind, each.name)[0] for each in several})
    rows = 0
    for bindings in asked:
        expected = answer(engine, with_values(plain, bindings))
        assert answer(engine, query.bound(bindings)) == expected, bindings
        rows += sum(expected.values())
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_the_repository_answers_alike(dataset: Graph, name: str) -> None:
    same(dataset, name)


@pytest.mark.parametrize("name", NAMES)
def test_many_pages_answer_alike(pages: Graph, name: str) -> None:
    assert same(pages, name) > 0
