"""Clients of Python as their users use them: SPARQLWrapper, rdflib's SPARQLStore, and our own."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from xml.dom.minidom import Document

import pandas as pd
import pytest
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import SPARQLExceptions, SPARQLWrapper, Wrapper

import mandate_graph as mg
from conftest import Cli
from invented import new_house
from mandate_graph.dataset import Graph as Ours
from mandate_graph.engine import unquote
from mandate_graph.house import query_files
from mandate_graph.sparql import named_queries
from serving import Served, serving

MG = Namespace("https://w3id.org/mandate-graph/ns#")
SUMMITS = "SELECT ?s ?l { ?s a <https://w3id.org/mandate-graph/ns#Summit> ; <http://www.w3.org/2000/01/rdf-schema#label> ?l } ORDER BY ?s ?l"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
ASKS = {"ASK { ?s a <https://w3id.org/mandate-graph/ns#Summit> }": True, "ASK { <x:y> ?p ?o }": False}


@pytest.fixture(scope="module")
def strict(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with little patience, which cuts answers early."""
    work = tmp_path_factory.mktemp("strict")
    (work / "serve.toml").write_text("seconds = 1.0\nanswer = 20000\n")
    with serving(built, work, "--config", str(work / "serve.toml")) as server:
        yield server


@pytest.fixture(scope="module")
def summits(dataset: Ours) -> list[tuple[str, str]]:
    """What every client must find: bare IRIs and labels."""
    rows = [(row[0][1:-1], str(unquote(row[1])[1])) for row in dataset.query(SUMMITS).terms]
    assert len(rows) > 10
    return rows


def wrapper(endpoint: str, query: str, returned: str | None = None, method: str = "GET", encoded: str = "") -> Any:
    asked = SPARQLWrapper(endpoint)
    asked.setQuery(query)
    asked.setMethod(method)
    if returned:
        asked.setReturnFormat(returned)
    if encoded:
        asked.setRequestMethod(encoded)
    return asked


WAYS = [("GET", ""), ("POST", Wrapper.URLENCODED), ("POST", Wrapper.POSTDIRECTLY)]


# --- SPARQLWrapper


@pytest.mark.parametrize(("method", "encoded"), WAYS)
@pytest.mark.parametrize("returned", [Wrapper.JSON, Wrapper.XML, Wrapper.CSV, Wrapper.TSV])
def test_sparqlwrapper_gets_rows(
    served: Served, summits: list[tuple[str, str]], returned: str, method: str, encoded: str
) -> None:
    answer = wrapper(served.sparql, SUMMITS, returned, method, encoded).query()
    assert answer.response.status == 200
    assert "charset" not in answer.info()["content-type"] or "utf-8" in answer.info()["content-type"]
    assert rows_of(answer.convert(), returned) == summits


def rows_of(found: Any, returned: str) -> list[tuple[str, str]]:
    if returned == Wrapper.JSON:
        assert found["head"]["vars"] == ["s", "l"]
        return [(row["s"]["value"], row["l"]["value"]) for row in found["results"]["bindings"]]
    if returned == Wrapper.XML:
        assert isinstance(found, Document)
        texts = [
            "".join(str(each.nodeValue) for each in node.childNodes)
            for node in (*found.getElementsByTagName("uri"), *found.getElementsByTagName("literal"))
        ]
        return list(zip(texts[: len(texts) // 2], texts[len(texts) // 2 :], strict=True))
    text = found.decode("utf-8")
    if returned == Wrapper.CSV:
        assert "\r\n" in text
        return [(row[0], row[1]) for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
    head, *lines = text.splitlines()
    assert head == "?s\t?l"
    return [(line.split("\t")[0][1:-1], str(unquote(line.split("\t")[1])[1])) for line in lines]


@pytest.mark.parametrize(("method", "encoded"), WAYS)
@pytest.mark.parametrize("returned", [None, Wrapper.JSON, Wrapper.XML])
def test_sparqlwrapper_asks(served: Served, returned: str | None, method: str, encoded: str) -> None:
    for query, want in ASKS.items():
        found = wrapper(served.sparql, query, returned, method, encoded).query().convert()
        if returned == Wrapper.JSON:
            assert found["boolean"] is want
        else:
            assert found.getElementsByTagName("boolean")[0].firstChild.data == str(want).lower()


@pytest.mark.parametrize("query", [
    "CONSTRUCT { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l } WHERE { ?s a <https://w3id.org/mandate-graph/ns#Summit> ; <http://www.w3.org/2000/01/rdf-schema#label> ?l }",
    "DESCRIBE ?x WHERE { VALUES ?x { <https://w3id.org/mandate-graph/id/country/us> } }",
])  # fmt: skip
@pytest.mark.parametrize("returned", [None, Wrapper.TURTLE, Wrapper.N3, Wrapper.RDFXML, Wrapper.XML, Wrapper.JSONLD])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper's own
def test_sparqlwrapper_gets_triples(served: Served, dataset: Ours, returned: str | None, query: str) -> None:
    want = set(dataset.query(query).graph())
    assert want
    for method, encoded in WAYS:
        found = wrapper(served.sparql, query, returned, method, encoded).query().convert()
        graph = Graph().parse(data=found, format="turtle") if isinstance(found, bytes) else found
        assert {triple[:3] for triple in graph} == want, (returned, method)


def test_sparqlwrapper_names_the_dataset(served: Served, dataset: Ours) -> None:
    names = sorted(row[0][1:-1] for row in dataset.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").terms)
    for name in names[:3]:
        asked = wrapper(served.sparql, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", Wrapper.JSON)
        asked.addDefaultGraph(name)
        (row,) = asked.query().convert()["results"]["bindings"]
        count = dataset.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
        assert row["n"]["value"] == unquote(count.terms[0][0])[1]
    asked = wrapper(served.sparql, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", Wrapper.JSON, "POST")
    for name in names[:2]:
        asked.addNamedGraph(name)
    assert [row["g"]["value"] for row in asked.query().convert()["results"]["bindings"]] == names[:2]


def test_sparqlwrapper_raises_what_it_has_for_it(served: Served, strict: Served) -> None:
    for method, encoded in WAYS:
        with pytest.raises(SPARQLExceptions.QueryBadFormed, match="line 1"):
            wrapper(served.sparql, "SELECT ?s {", None, method, encoded).query()
    with pytest.raises(SPARQLExceptions.EndPointNotFound):
        wrapper(f"{served.url}nowhere/sparql", "ASK {}").query()
    for asked, status in (
        (wrapper(served.sparql, "CLEAR ALL", None, "POST"), 403),
        (wrapper(strict.sparql, SLOW), 504),
    ):
        with pytest.raises(HTTPError) as caught:
            asked.query()
        assert caught.value.code == status
        assert json.loads(caught.value.read())["status"] == status
        caught.value.close()
    assert wrapper(strict.sparql, "ASK {}", Wrapper.JSON).query().convert()["boolean"] is True


def test_large_results_come_whole(served: Served, dataset: Ours) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    want = len(dataset.query(query).terms)
    assert want > 30_000
    found = wrapper(served.sparql, query, Wrapper.CSV, "POST").query().convert()
    assert len(list(csv.reader(io.StringIO(found.decode("utf-8"), newline="")))) == want + 1
    assert len(wrapper(served.sparql, query, Wrapper.JSON, "POST").query().convert()["results"]["bindings"]) == want


def test_a_cut_answer_can_be_read_and_says_so(strict: Served) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    for returned in (Wrapper.JSON, Wrapper.XML):
        answer = wrapper(strict.sparql, query, returned).query()
        assert "20,000 bytes" in answer.response.headers["Answer-Cut"]
        answer.convert()
    answer = wrapper(strict.sparql, "CONSTRUCT WHERE { ?s ?p ?o }", Wrapper.TURTLE).query()
    assert "20,000 bytes" in answer.response.headers["Answer-Cut"]
    assert len(Graph().parse(data=answer.convert(), format="turtle")) > 10
    assert "Answer-Cut" not in wrapper(strict.sparql, "ASK {}").query().response.headers


# --- rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("returned", ["xml", "json", "csv"])
def test_rdflib_asks(served: Served, summits: list[tuple[str, str]], method: str, returned: str) -> None:
    graph = Graph(SPARQLStore(served.sparql, method=method, returnFormat=returned))
    rows: Any = graph.query(SUMMITS)
    assert [(str(row.s), str(row.l)) for row in rows] == summits
    if returned != "csv":  # which has no booleans
        assert {query: bool(graph.query(query).askAnswer) for query in ASKS} == ASKS


def test_rdflib_walks_a_graph(served: Served, dataset: Ours) -> None:
    graph = Graph(store="SPARQLStore")
    graph.open(served.sparql)
    local = dataset.rdflib()
    united = URIRef("https://w3id.org/mandate-graph/id/country/us")
    found = {(p, o) for p, o in graph.predicate_objects(united)}
    assert found == set(dataset.query(f"CONSTRUCT WHERE {{ <{united}> ?p ?o }}").graph().predicate_objects())
    assert (united, RDFS.label, Literal("United States", lang="en")) in graph
    assert set(graph.subjects(RDF.type, MG.Summit)) == set(local.subjects(RDF.type, MG.Summit))
    assert len(graph) == len({quad[:3] for quad in dataset.quads()})
    described = graph.query(f"DESCRIBE <{united}>").graph
    assert described is not None
    assert (united, RDFS.label, Literal("United States", lang="en")) in described
    rows: Any = graph.query("SELECT ?l { ?s rdfs:label ?l }", initBindings={"s": united}, initNs={"rdfs": RDFS})
    assert Literal("Estados Unidos", lang="es") in {row.l for row in rows}


def test_rdflib_sees_the_named_graphs(served: Served, dataset: Ours) -> None:
    store = SPARQLStore(served.sparql)
    names = {row[0][1:-1] for row in dataset.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").terms}
    assert {str(each) for each in store.contexts()} == names
    for name in sorted(names)[:3]:
        held = sum(1 for quad in dataset.quads() if quad[3] == f"<{name}>")
        assert len(Graph(store, identifier=URIRef(name))) == held > 0


@pytest.mark.parametrize("path", ["id/country/us", "mandate-graph/id/country/us", "ns", "graph/derived"])
def test_rdflib_reads_an_address(served: Served, path: str) -> None:
    """As it comes: rdflib names all its formats, and follows where it is led."""
    found = Graph().parse(f"{served.url}{path}")
    iri = URIRef(f"https://w3id.org/mandate-graph/{path.removeprefix('mandate-graph/')}")
    # the name of a graph leads to all that the graph says, and it says nothing of itself
    assert (iri, RDFS.label, None) in found or (iri, RDF.type, None) in found or path.startswith("graph/")
    assert len(found) > 3
    assert set(found) == set(Graph().parse(f"{served.url}{path}.nt", format="nt"))


def test_pandas_reads_a_table_from_a_link(served: Served, summits: list[tuple[str, str]]) -> None:
    frame = pd.read_csv(f"{served.sparql}?{urlencode({'query': SUMMITS, 'format': 'csv'})}")
    assert list(frame.itertuples(index=False, name=None)) == summits


# --- our own


def test_our_own_client_asks_as_of_a_build(served: Served, dataset: Ours) -> None:
    remote = mg.open(served.sparql)
    assert remote.base == dataset.base
    for query in named_queries(query_files()).values():
        arguments = dict([query.example.split("=", 1)]) if query.example else {}
        there, here = remote.run(query, arguments), dataset.run(query, arguments)
        assert sorted(map(tuple, there.terms)) == sorted(map(tuple, here.terms)), query.name
    one = remote.mandates(theme="migration")
    assert [each.iri for each in one] == [each.iri for each in dataset.mandates(theme="migration")]


def test_our_command_asks(served: Served, built: Path, cli: Cli, tmp_path: Path) -> None:
    asked = ("query", "mandates", "theme=migration", "--format", "csv")
    here, there = cli(*asked, "--from", built), cli(*asked, "--endpoint", served.sparql)
    assert there.returncode == 0, there.stderr
    assert there.stdout == here.stdout
    (tmp_path / "wrong.rq").write_text("SELECT ?x { ?x }")
    refused = cli("query", tmp_path / "wrong.rq", "--endpoint", served.sparql)
    assert refused.returncode == 2
    assert "line 1" in refused.stderr


def test_links_are_proposed_behind_it_as_of_a_file(served: Served, built: Path, cli: Cli, tmp_path: Path) -> None:
    """Our own vocabulary, seen as a stranger's."""
    new_house(tmp_path / "house")
    asked = ("link", "country", "--house", tmp_path / "house", "--only", "us", "ca", "--out", "-")
    there = cli(*asked, "--endpoint", served.sparql, "--no-cache")
    assert there.returncode == 0, there.stderr
    assert there.stdout == cli(*asked, "--file", built / "mandates.ttl").stdout
    assert "United States of America\tskos:hiddenLabel" in there.stdout


def test_a_push_is_refused_in_words(served: Served, built: Path, cli: Cli) -> None:
    said = cli("push", served.sparql, "--from", built)
    assert said.returncode != 0
    assert re.search(r"40[35]|read-only", said.stderr), said.stderr
    assert "Traceback" not in said.stderr
