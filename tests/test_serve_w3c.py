"""W3C's tests of the SPARQL 1.1 Protocol, of service descriptions and of the Graph Store Protocol, as real requests.

The server reads only. A test that wants a change stands in a table with what is answered instead, and that answer is
tested; every other test of the three manifests is run as it is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

import w3c_http
from hosts import Answer
from mandate_graph.outputs import QUADS
from serving import Served, serving
from w3c_http import Case, Exchange

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
PROBLEM = "application/problem+json"


class Instead(NamedTuple):
    """What a request of a test is answered where the test wants a change: a status, and its headers; why."""

    status: int
    headers: Mapping[str, str]
    why: str


UPDATE = Instead(403, {}, "the endpoint reads only: it knows what is asked, and refuses")
CHANGE = Instead(405, {"allow": "GET, HEAD, OPTIONS"}, "the store reads only: no graph is written, none is removed")

INSTEAD: Mapping[str, Instead] = {
    "update_dataset_default_graph": UPDATE,
    "update_dataset_default_graphs": UPDATE,
    "update_dataset_named_graphs": UPDATE,
    "update_dataset_full": UPDATE,
    "update_post_form": UPDATE,
    "update_post_direct": UPDATE,
    "update_base_uri": UPDATE,
    "put__initial_state": CHANGE,
    "put__graph_already_in_store": CHANGE,
    "put__default_graph": CHANGE,
    "delete__existing_graph": CHANGE,
    "delete__nonexistent_graph": CHANGE,
    "post__existing_graph": CHANGE,
    "post__multipart_formdata": CHANGE,
    "post__create__new_graph": CHANGE,
}
"""The first request of a test is answered so; what a test asks after it, to see the change, shows that there is none."""

UNION = "get_of_put__default_graph"
"""The default graph is the union of all named graphs and says so (sd:UnionDefaultGraph): it holds what the test wants,
and more."""

STATUS: Mapping[str, int] = {
    "bad_query_method": 405,
    "bad_multiple_queries": 400,
    "bad_query_wrong_media_type": 415,
    "bad_query_missing_form_type": 415,
    "bad_query_missing_direct_type": 415,
    "bad_query_non_utf8": 415,
    "bad_query_syntax": 400,
    "bad_update_get": 403,
    "bad_multiple_updates": 403,
    "bad_update_wrong_media_type": 415,
    "bad_update_missing_form_type": 415,
    "bad_update_non_utf8": 415,
    "bad_update_syntax": 403,
    "bad_update_dataset_conflict": 403,
}
"""Which of the statuses that a test allows (4xx) it is."""

MEDIA = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        *("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
    },
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml"},
}


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    return {case.name: case for case in (*w3c_http.protocol_cases(), *w3c_http.store_cases())}


@pytest.fixture(scope="module")
def build(cases: dict[str, Case], bilingual: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build that holds the graphs of all tests beside its own."""
    build = tmp_path_factory.mktemp("w3c") / "build"
    build.mkdir()
    lines = set((bilingual / QUADS).read_text(encoding="utf-8").splitlines())
    for case in cases.values():
        for name, triples in case.graphs.items():
            lines |= {f"{line.removesuffix('.').strip()} <{name}> ." for line in triples.splitlines() if line.strip()}
    (build / QUADS).write_bytes("".join(f"{line}\n" for line in sorted(lines, key=str.encode)).encode())
    return build


@pytest.fixture(scope="module")
def endpoint(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(build, tmp_path_factory.mktemp("w3c-work")) as server:
        yield server


def asked(endpoint: Served, exchange: Exchange) -> Answer:
    target = exchange.target
    if target.startswith("/sparql/"):
        path = f"sparql{target.removeprefix('/sparql/')}"
    else:
        name, equals, graph = target.partition("=")
        path = f"store{name}{equals}{quote(graph, safe='')}"
    return endpoint.ask(path, exchange.method, exchange.headers, exchange.body)


def media(answer: Answer) -> str:
    return answer["content-type"].partition(";")[0]


def truth(answer: Answer) -> bool:
    """What an ASK was answered, in either format."""
    if media(answer) == "application/sparql-results+json":
        found = json.loads(answer.body)["boolean"]
        assert isinstance(found, bool)
        return found
    return ET.fromstring(answer.body).findtext("{http://www.w3.org/2005/sparql-results#}boolean") == "true"


def is_problem(answer: Answer) -> bool:
    """Whether an answer says what is wrong as RFC 9457 has it."""
    said = json.loads(answer.body)
    return media(answer) == PROBLEM and said["status"] == answer.status and bool(said["title"] and said["detail"])


def names(part: str) -> list[str]:
    """The tests of a manifest by name, for pytest; where they are not here, one that says so."""
    folder = os.environ.get("MANDATE_GRAPH_SPARQL_HTTP", "")
    manifest = Path(folder) / part / "manifest.ttl"
    return [w3c_http.name_of(each) for each in w3c_http.entries(manifest)[1]] if manifest.is_file() else ["all"]


PROTOCOL, DESCRIBED, STORE = names("protocol"), names("service-description"), names("http-rdf-update")


def test_no_test_is_passed_over(cases: dict[str, Case]) -> None:
    ran = set(PROTOCOL) | set(STORE)
    assert cases.keys() == ran
    assert len(PROTOCOL) == 34
    assert len(STORE) == 18
    assert ran >= INSTEAD.keys() | STATUS.keys() | {UNION}
    assert set(DESCRIBED) == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}
    # whoever wants a change is in the table, and nobody else
    changing = {
        *(name for name in PROTOCOL if name.startswith("update_")),
        *(name for name in STORE if cases[name].exchanges[0].method not in {"GET", "HEAD"}),
    }
    assert changing == INSTEAD.keys()


@pytest.mark.parametrize("name", PROTOCOL)
def test_protocol(endpoint: Served, cases: dict[str, Case], name: str) -> None:
    first, *others = cases[name].exchanges
    if instead := INSTEAD.get(name):
        answer = asked(endpoint, first)
        assert answer.status == instead.status, answer.body
        assert is_problem(answer)
        for exchange in others:
            answer = asked(endpoint, exchange)
            assert answer.status == 200
            assert exchange.boolean is True
            assert truth(answer) is False
        return
    for exchange in (first, *others):
        check(asked(endpoint, exchange), exchange, name)


def check(answer: Answer, exchange: Exchange, name: str) -> None:
    assert f"{answer.status // 100}xx" in exchange.statuses, answer.body
    if exchange.format:
        assert media(answer) in MEDIA[exchange.format]
    if exchange.boolean is not None:
        assert truth(answer) is exchange.boolean
    if exchange.format == "RDF":
        Graph().parse(data=answer.body, format=media(answer))
    if exchange.statuses == {"4xx"}:
        assert answer.status == STATUS[name]
        assert is_problem(answer)
        if answer.status == 405:
            assert {"GET", "POST"} <= set(answer["allow"].replace(" ", "").split(","))


def test_the_address_may_end_in_a_slash(endpoint: Served, cases: dict[str, Case]) -> None:
    for name in ("query_get", "query_post_form", "query_post_direct"):
        (exchange,) = cases[name].exchanges
        answer = endpoint.ask(exchange.target[1:], exchange.method, exchange.headers, exchange.body)
        assert answer.status == 200, (name, answer)
        assert truth(answer)


# --- the Graph Store Protocol


@pytest.mark.parametrize("name", STORE)
def test_store(endpoint: Served, cases: dict[str, Case], name: str) -> None:
    (exchange,) = cases[name].exchanges
    answer = asked(endpoint, exchange)
    if instead := INSTEAD.get(name):
        assert answer.status == instead.status, answer.body
        assert {key: answer[key] for key in instead.headers} == dict(instead.headers)
        assert is_problem(answer)
        return
    assert {str(answer.status)} == exchange.statuses
    if answer.status == 404:
        assert answer.body == b"" if exchange.method == "HEAD" else is_problem(answer)
        return
    assert answer["content-type"] == exchange.answer_headers["content-type"]
    assert "content-length" in answer.headers
    if exchange.method == "HEAD":
        assert answer.body == b""
        assert int(answer["content-length"]) > 0
        return
    wanted = Graph().parse(data=next(iter(cases[name].graphs.values())), format="nt")
    found = Graph().parse(data=answer.body, format="turtle")
    assert len(wanted) > 0
    if name == UNION:
        assert set(wanted) < set(found)
    else:
        assert set(wanted) == set(found)


def test_the_default_graph_is_the_union_without_repetition(endpoint: Served, build: Path) -> None:
    answer = endpoint.ask("store?default", headers={"Accept": "application/n-triples"})
    assert media(answer) == "application/n-triples"
    quads = (build / QUADS).read_bytes().splitlines()
    assert sorted(answer.body.splitlines()) == sorted({line[: line.rindex(b" <")] + b" ." for line in quads})


# --- service descriptions


@pytest.fixture(scope="module")
def described(endpoint: Served) -> Graph:
    return Graph().parse(data=endpoint.ask("sparql").body, format="turtle", publicID=endpoint.sparql)


@pytest.mark.parametrize("name", DESCRIBED)
def test_description(endpoint: Served, request: pytest.FixtureRequest, name: str) -> None:
    w3c_http.folder()
    if name == "returns-rdf":
        answer = endpoint.ask("sparql")
        assert answer.status == 200
        assert media(answer) in MEDIA["RDF"]
        assert len(Graph().parse(data=answer.body, format=media(answer), publicID=endpoint.sparql)) > 0
        return
    graph: Graph = request.getfixturevalue("described")
    if name == "has-endpoint-triple":
        (service,) = graph.subjects(SD.endpoint, URIRef(endpoint.sparql))
        assert (service, RDF.type, SD.Service) in graph
        return
    assert name == "conforms-to-schema"
    assert list(unlike_schema(graph)) == []


RANGES: Mapping[URIRef, tuple[URIRef, URIRef | None]] = {
    SD.endpoint: (SD.Service, None),
    SD.feature: (SD.Service, SD.Feature),
    SD.defaultEntailmentRegime: (SD.Service, SD.EntailmentRegime),
    SD.entailmentRegime: (SD.NamedGraph, SD.EntailmentRegime),
    SD.defaultSupportedEntailmentProfile: (SD.Service, SD.EntailmentProfile),
    SD.supportedEntailmentProfile: (SD.NamedGraph, SD.EntailmentProfile),
    SD.extensionFunction: (SD.Service, SD.Function),
    SD.extensionAggregate: (SD.Service, SD.Aggregate),
    SD.languageExtension: (SD.Service, SD.Feature),
    SD.supportedLanguage: (SD.Service, SD.Language),
    SD.propertyFeature: (SD.Service, SD.Feature),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.availableGraphs: (SD.Service, SD.GraphCollection),
    SD.resultFormat: (SD.Service, None),
    SD.inputFormat: (SD.Service, None),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.GraphCollection, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
}
"""The properties of the vocabulary (SPARQL 1.1 Service Description §3.4): what they are said of, and of what kind their
values are."""
CLASSES = {
    *(kind for pair in RANGES.values() for kind in pair if kind is not None),
}
INSTANCES: Mapping[URIRef, set[URIRef]] = {
    SD.feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery},
    SD.supportedLanguage: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
}
BELOW = {SD.Dataset: SD.GraphCollection}
ONCE = {SD.defaultDataset, SD.defaultGraph, SD.defaultEntailmentRegime, SD.name, SD.graph}


def unlike_schema(graph: Graph) -> Iterator[str]:
    """What a description says that the vocabulary does not allow."""
    for subject, predicate, value in graph:
        if predicate == RDF.type and str(value).startswith(str(SD)) and value not in CLASSES:
            yield f"no such class: {value}"
        elif str(predicate).startswith(str(SD)):
            yield from unlike(graph, subject, URIRef(str(predicate)), value)


def unlike(graph: Graph, subject: Node, predicate: URIRef, value: Node) -> Iterator[str]:
    if predicate not in RANGES:
        yield f"no such property: {predicate}"
        return
    domain, kind = RANGES[predicate]
    if not set(graph.objects(subject, RDF.type)) & {domain, *(one for one, above in BELOW.items() if above == domain)}:
        yield f"{subject} has {predicate} and is no {domain}"
    if isinstance(value, Literal):
        yield f"{predicate} has a literal: {value}"
    if predicate in INSTANCES:
        if value not in INSTANCES[predicate]:
            yield f"{predicate}: {value} is none"
    elif kind not in {None, SD.EntailmentRegime, *graph.objects(value, RDF.type)}:
        yield f"{value} is no {kind}"
    if predicate in ONCE and len(set(graph.objects(subject, predicate))) != 1:
        yield f"{subject} has more than one {predicate}"


def test_the_description_is_found_by_negotiation_only_where_nothing_is_asked(endpoint: Served) -> None:
    for accept in ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json", "*/*"):
        answer = endpoint.ask("sparql", headers={"Accept": accept})
        assert answer.status == 200
        assert media(answer) == (accept if accept != "*/*" else "text/turtle")
    asked_html = endpoint.ask("sparql", headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    assert media(asked_html) == "text/html"
