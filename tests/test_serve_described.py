"""What a server says of itself: everything is counted again, looked up again, and asked again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from mandate_graph.dataset import Graph
from mandate_graph.engine import Quad
from mandate_graph.errors import BadOption, UsageError
from mandate_graph.house import House, query_files
from mandate_graph.iris import text_key
from mandate_graph.lookup import search as find_words
from mandate_graph.lookup.finding import ranked
from mandate_graph.lookup.indexed import Index
from mandate_graph.lookup.words import read_words
from mandate_graph.publish.described import Described, Served, describe, description_files, said_by
from mandate_graph.publish.described.vocabulary import NAMESPACES, SERVED
from mandate_graph.publish.finding import search_files
from mandate_graph.publish.site import Site
from mandate_graph.serve import Settings, forms
from mandate_graph.serve.description import FORMATS, limits_said, service_description, written
from mandate_graph.serve.examples import examples, known
from mandate_graph.serve.openapi import Told, as_file, openapi
from mandate_graph.serve.problems import KINDS
from mandate_graph.serve.searching import FACETS, Searcher, open_search
from mandate_graph.sparql import federated_queries, named_queries
from test_descriptions import dcat_ap, violations

URL = "http://127.0.0.1:8000/sub/"
ENDPOINT = f"{URL}sparql"
ELSEWHERE = "https://query.example.org/sparql"
SD, VOID, DCAT, DCT = (rdflib.Namespace(NAMESPACES[name]) for name in ("sd", "void", "dcat", "dcterms"))
SCHEMA = rdflib.Namespace(NAMESPACES["schema"])
TYPE = rdflib.RDF.type
# SPARQL 1.1 Service Description §3.4: what each property leads from and to
RANGES = {
    "endpoint": ("Service", ""),
    "feature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", ""),
    "graph": ("NamedGraph", "Graph"),
    "supportedLanguage": ("Service", ""),
    "resultFormat": ("Service", ""),
    "defaultEntailmentRegime": ("Service", ""),
}


@pytest.fixture(scope="module")
def described(dataset: Graph) -> tuple[Site, Described]:
    site = Site(dataset.base, URL, ("en", "es"))
    return site, describe(site, dataset, said_by(House(ROOT), site.base), [])


def served_files(dataset: Graph, described: tuple[Site, Described], served: Served) -> dict[str, bytes]:
    files = description_files(described[0], dataset, described[1], served)
    return {file.path: b"".join(file.pieces) for file in files}


# --- the description of the service


@pytest.fixture(scope="module")
def service(dataset: Graph, described: tuple[Site, Described]) -> set[Quad]:
    return service_description(dataset.engine(named_graphs=True), described[1].known, ENDPOINT, Settings())


def read(data: bytes, form: str = "turtle") -> rdflib.Graph:
    return rdflib.Graph().parse(data=data, format=form)


def test_the_counts_of_the_service_are_those_of_the_file(service: set[Quad], dataset: Graph, built: Path) -> None:
    quads = list(ox.parse(path=str(built / "mandates.nq"), format=ox.RdfFormat.N_QUADS))
    graph = read(written(service, dataset.base))
    (whole,) = graph.objects(None, SD.defaultGraph)
    assert int(str(graph.value(whole, VOID.triples))) == len({(q.subject, q.predicate, q.object) for q in quads})
    counted = Counter(quad.graph_name.value for quad in set(quads))
    found = {
        str(graph.value(named, SD.name)): int(str(graph.value(graph.value(named, SD.graph), VOID.triples)))
        for named in graph.objects(None, SD.namedGraph)
    }
    assert found == dict(counted)


def test_the_service_is_described_in_the_same_words_in_every_format(service: set[Quad], dataset: Graph) -> None:
    first = read(written(service, dataset.base))
    for name, form in (("ntriples", "nt"), ("jsonld", "json-ld"), ("rdfxml", "xml")):
        assert set(read(written(service, dataset.base, name), form)) == set(first), name
    assert not [term for triple in first for term in triple if isinstance(term, rdflib.BNode)]


def test_the_description_keeps_to_its_schema(service: set[Quad], dataset: Graph) -> None:
    graph = read(written(service, dataset.base))
    (node,) = graph.subjects(TYPE, SD.Service)
    assert graph.value(node, SD.endpoint) == rdflib.URIRef(ENDPOINT)
    assert str(graph.value(node, DCT.license)).startswith("https://creativecommons.org/")
    used = {
        str(predicate).removeprefix(str(SD)) for predicate in graph.predicates() if str(predicate).startswith(str(SD))
    }
    assert used == set(RANGES)
    for name, (domain, target) in RANGES.items():
        for subject, value in graph.subject_objects(SD[name]):
            assert (subject, TYPE, SD[domain]) in graph, name
            assert not target or (value, TYPE, SD[target]) in graph, name


def test_only_features_are_said_that_there_are(dataset: Graph, described: tuple[Site, Described]) -> None:
    answers, facts = dataset.engine(named_graphs=True), described[1].known

    def features(services: tuple[str, ...]) -> set[str]:
        quads = service_description(answers, facts, ENDPOINT, Settings(services=services))
        return {value for _, predicate, value, _ in quads if predicate == f"<{SD}feature>"}

    assert features(()) == {f"<{SD}UnionDefaultGraph>"}
    assert features((ELSEWHERE,)) == {f"<{SD}UnionDefaultGraph>", f"<{SD}BasicFederatedQuery>"}


def test_the_formats_that_are_said_are_those_that_are_sent(service: set[Quad]) -> None:
    assert set(FORMATS) == {form.key for form in (*forms.RESULTS, *forms.GRAPHS)} == set(forms.MEDIA)
    said = {value for _, predicate, value, _ in service if predicate == f"<{SD}resultFormat>"}
    assert len(said) == len(FORMATS)


def test_the_limits_that_are_said_are_those_that_are_kept() -> None:
    settings = Settings(seconds=3.5, memory=77_000_000, answer=123_456, query=4_321)
    text = limits_said(settings)
    assert all(each in text for each in ("3.5 seconds", "77,000,000", "123,456", "4,321", "no other server"))
    assert ELSEWHERE in limits_said(replace(settings, services=(ELSEWHERE,)))


# --- VoID, DCAT and queries of a site with a server


def test_dcat_ap_finds_nothing_in_services(dataset: Graph, described: tuple[Site, Described]) -> None:
    shapes = dcat_ap()
    data = read(served_files(dataset, described, Served.at(URL))["dcat.ttl"])
    assert violations(data, shapes) == []
    services = set(data.subjects(TYPE, DCAT.DataService))
    assert {str(data.value(each, DCAT.endpointURL)) for each in services} == {
        f"{URL}{name}" for name in ("sparql", "store", "reconcile")
    }
    assert set(data.objects(None, DCAT.service)) == services
    # the shapes do look
    data.remove((next(iter(services)), DCAT.endpointURL, None))
    assert len(violations(data, shapes)) == 1


def test_a_service_says_where_it_is_described(dataset: Graph, described: tuple[Site, Described]) -> None:
    data = read(served_files(dataset, described, Served.at(URL))["dcat.ttl"])
    for service in data.subjects(TYPE, DCAT.DataService):
        assert rdflib.URIRef(f"{URL}openapi.json") in set(data.objects(service, DCAT.endpointDescription))
        assert rdflib.URIRef(f"{dataset.base}dataset") in set(data.objects(service, DCAT.servesDataset))
        (standard,) = data.objects(service, DCT.conformsTo)
        assert (standard, TYPE, DCT.Standard) in data
        assert {text.language for text in data.objects(service, DCT.title) if isinstance(text, rdflib.Literal)} == {
            "en",
            "es",
        }


def test_void_and_the_queries_name_the_endpoint(dataset: Graph, described: tuple[Site, Described]) -> None:
    files = served_files(dataset, described, Served.at(URL))
    void = read(files["void.ttl"])
    version = rdflib.URIRef(described[1].known.version)
    assert void.value(version, VOID.sparqlEndpoint) == rdflib.URIRef(ENDPOINT)
    assert void.value(version, VOID.openSearchDescription) == rdflib.URIRef(f"{URL}opensearch.xml")
    queries = read(files["queries.ttl"])
    asked = {str(each).partition("#")[2] for each in queries.subjects(SCHEMA.target, rdflib.URIRef(ENDPOINT))}
    assert asked == set(named_queries(query_files()))


def test_a_static_site_says_nothing_of_a_server(dataset: Graph, described: tuple[Site, Described]) -> None:
    plain = served_files(dataset, described, Served())
    assert {file.path: b"".join(file.pieces) for file in description_files(*_args(dataset, described))} == plain
    served = served_files(dataset, described, Served.at(URL))
    changed = {path for path in plain if plain[path] != served[path]}
    assert changed == {"void.ttl", ".well-known/void", "dcat.ttl", "queries.ttl"}
    text = b"".join(plain.values())
    assert b"DataService" not in text
    assert b"sparqlEndpoint" not in text
    # what is not there is not said, one by one
    assert b"sparqlEndpoint" not in served_files(dataset, described, Served(search=f"{URL}opensearch.xml"))["void.ttl"]


def _args(dataset: Graph, described: tuple[Site, Described]) -> tuple[Site, Graph, Described]:
    return described[0], dataset, described[1]


def test_every_word_for_servers_is_used(dataset: Graph, described: tuple[Site, Described]) -> None:
    files = served_files(dataset, described, Served.at(URL))
    quads = service_description(
        dataset.engine(named_graphs=True), described[1].known, ENDPOINT, Settings(services=(ELSEWHERE,))
    )
    texts = [files["void.ttl"], files["dcat.ttl"], files["queries.ttl"], written(quads, dataset.base)]
    # VoID lists the terms of the graph, which are none of its own
    own = [triple for text in texts for triple in read(text) if triple[1] not in {VOID.property, VOID["class"]}]
    used = {str(term) for triple in own for term in triple}
    for prefix, names in SERVED.items():
        assert [name for name in names.split() if NAMESPACES[prefix] + name not in used] == [], prefix


# --- examples


def test_every_example_can_be_asked_and_finds_something(dataset: Graph) -> None:
    library = named_queries(query_files())
    found = examples(dataset)
    assert [each.name for each in found] == list(library)
    for name, title, text in found:
        result = dataset.query(text)
        assert title == library[name].title
        assert len(list(result)) > 0 or library[name].unanswered or library[name].none, name
    assert all(
        "VALUES" in each.text for each in found if library[each.name].example and "=" in library[each.name].example
    )


def test_examples_ask_only_servers_that_may_be_asked(dataset: Graph) -> None:
    elsewhere = federated_queries(query_files())
    allowed = {address for query in elsewhere.values() for address in query.asks}
    assert {each.name for each in examples(dataset, allowed)} == {*named_queries(query_files()), *elsewhere}
    assert not {each.name for each in examples(dataset, {ELSEWHERE})} & set(elsewhere)


def test_examples_of_another_graph_name_nothing_that_it_does_not_have(bilingual: Path) -> None:
    graph = Graph(bilingual)
    for each in examples(graph):
        graph.query(each.text)
    one = known(graph)
    assert there(graph, f"<{one.thing}> ?p ?o GRAPH <{one.graph}> {{ ?s ?q ?v }}")


def there(graph: Graph, pattern: str) -> bool:
    return len(graph.query(f"SELECT * {{ {pattern} }} LIMIT 1")) == 1


# --- OpenAPI


class Written(NamedTuple):
    document: dict[str, Any]
    told: Told


@pytest.fixture(scope="module")
def api(dataset: Graph, described: tuple[Site, Described]) -> Written:
    settings = Settings(seconds=7.5, body=1_234_567, services=())
    told = Told(described[0], described[1].known, settings, known(dataset), examples(dataset))
    return Written(openapi(told), told)


def test_the_document_is_openapi(api: Written) -> None:
    from openapi_spec_validator import validate

    validate(json.loads(as_file(api.document)))


def test_a_document_of_a_graph_without_anything_is_openapi(api: Written) -> None:
    from openapi_spec_validator import validate

    bare = api.told.one._replace(thing="", label="", key="", graph="")
    validate(openapi(api.told._replace(one=bare, queries=())))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_endpoint_is_named_with_the_true_limits(api: Written) -> None:
    document = api.document
    assert {"/", "/sparql", "/store", "/reconcile", "/search", "/healthz", "/openapi.json", "/.well-known/void"} <= set(
        document["paths"]
    )
    assert document["servers"] == [{"url": URL.rstrip("/")}]
    assert document["x-limits"] == {
        name: getattr(api.told.limits, name) for name in ("seconds", "memory", "answer", "body", "query")
    }
    for method in ("get", "post"):
        assert "7.5 seconds" in document["paths"]["/sparql"][method]["description"]
    assert "1,234,567 bytes" in document["paths"]["/sparql"]["post"]["description"]
    assert "{" not in "".join(operation.get("description", "") for _, _, operation in operations(document))


def test_every_refusal_is_a_problem_of_the_list(api: Written) -> None:
    known_statuses = {str(status) for kind in KINDS.values() for status in kind.statuses}
    for path, method, operation in operations(api.document):
        for status, response in operation["responses"].items():
            if "$ref" not in response:
                continue
            assert status in known_statuses, (path, method)
            target = api.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
            assert "application/problem+json" in target["content"]
            assert target["description"]


def test_media_types_are_those_that_are_sent(api: Written) -> None:
    sent = set(api.document["paths"]["/sparql"]["get"]["responses"]["200"]["content"])
    assert sent == {form.media for form in (*forms.RESULTS, *forms.GRAPHS)} | {"text/html"}
    (form,) = (each for each in _parameters(api, "/id/{kind}/{key}.{form}") if each["name"] == "form")
    assert form["schema"]["enum"] == ["html", "es.html", *forms.ENDINGS]


def _parameters(api: Written, path: str) -> list[dict[str, Any]]:
    return list(api.document["paths"][path]["get"]["parameters"])


def test_examples_of_requests_name_what_there_is(api: Written, dataset: Graph) -> None:
    one = api.told.one
    values = {each["name"]: each["example"] for each in _parameters(api, "/id/{kind}/{key}")}
    assert there(dataset, f"<{dataset.base}id/{values['kind']}/{values['key']}> ?p ?o")
    graph = next(each for each in _parameters(api, "/store") if each["name"] == "graph")["example"]
    assert there(dataset, f"GRAPH <{graph}> {{ ?s ?p ?o }}")
    texts = next(each for each in _parameters(api, "/sparql") if each["name"] == "query")["examples"]
    assert len(list(dataset.query(texts["a-thing"]["value"]))) > 0
    assert texts.keys() - {"a-thing"} == set(named_queries(query_files()))
    batch = json.loads(api.document["paths"]["/reconcile"]["post"]["requestBody"]["content"][
        "application/x-www-form-urlencoded"
    ]["example"]["queries"])  # fmt: skip
    assert batch["q0"]["query"] == one.label


def test_operations_have_names_of_their_own(api: Written) -> None:
    names = [operation["operationId"] for *_, operation in operations(api.document)]
    assert len(set(names)) == len(names)
    assert {"queries"} == {each["name"] for each in _parameters(api, "/reconcile")}
    assert set(FACETS) <= {each["name"] for each in _parameters(api, "/search")}


# --- search


@pytest.fixture(scope="module")
def searcher(built: Path) -> Searcher:
    graph = Graph(built)
    return Searcher.of(graph, Site(graph.base, URL, ("en", "es")))


@pytest.fixture(scope="module")
def both(bilingual: Path) -> Searcher:
    graph = Graph(bilingual)
    return Searcher.of(graph, Site(graph.base, URL, ("en", "es")))


def asked(searcher: Searcher, query: str) -> dict[str, Any]:
    return searcher.search(parse_qsl(query, keep_blank_values=True))


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["results"]]


@pytest.mark.parametrize("words", ["migration", '"human rights"', "IOM", "migrant work", "smugling", "body/iom"])
def test_search_finds_what_the_program_finds(searcher: Searcher, built: Path, words: str) -> None:
    answer, found = searcher.search([("q", words), ("limit", "100")]), find_words(words, build=built, most=100)
    assert (answer["total"], ids(answer)) == (found.total, [hit.key for hit in found])
    assert answer.get("near", ()) == found.near


def test_every_result_says_where_its_page_is_and_what_fits(searcher: Searcher, own_site: Path) -> None:
    for result in asked(searcher, "q=migrant&limit=100&lang=es")["results"]:
        page = result["page"].removeprefix(URL).partition("#")[0]
        assert page.endswith(".es.html")
        assert (own_site / page).is_file(), page
        assert [result["snippet"][start:end] for start, end in result["marks"]] or result["where"] == "key"
        assert all(word.lower().startswith("migrant") for word in result["matched"])
    (theme,) = (each for each in asked(searcher, "q=theme/migration&type=theme&lang=es")["results"] if
                each["id"] == "theme/migration")  # fmt: skip
    assert theme["label"] == "MIGRACIÓN"


def test_pages_of_results_make_up_the_whole(searcher: Searcher) -> None:
    whole = ids(asked(searcher, "q=rights&limit=100"))
    query, parts = "q=rights&limit=7", list[str]()
    while query:
        answer = asked(searcher, query)
        parts += ids(answer)
        query = answer.get("next", "").removeprefix("?")
    assert parts == whole
    assert answer["total"] == len(whole)


FACETS_BY_NODE = """
import { readFileSync } from "node:fs";
import { Data } from "%s";
import { FACETS } from "%s";
const data = new Data(JSON.parse(readFileSync(0, "utf-8")));
const all = data.mandates.map((each) => [data.about.base + each.short, each.values, each.date]);
console.log(JSON.stringify({ facets: FACETS, all }));
"""


@pytest.mark.parametrize("name", ["built", "bilingual"])
def test_facets_are_those_of_the_search_page(name: str, request: pytest.FixtureRequest) -> None:
    if shutil.which("node") is None:
        if os.environ.get("MANDATE_GRAPH_TESTS") == "all":
            pytest.fail("node is missing")
        pytest.skip("node is missing: it runs the scripts of the search page")
    graph = Graph(request.getfixturevalue(name))
    site = Site(graph.base, URL, ("en", "es"))
    (file,) = search_files(site, graph)
    room = ROOT / "web" / "src" / "search"
    script = FACETS_BY_NODE % ((room / "data.js").as_uri(), (room / "asked.js").as_uri())
    run = subprocess.run(
        ["node", "--input-type=module", "-e", script], input=b"".join(file.pieces), capture_output=True, check=True
    )
    page = json.loads(run.stdout)
    assert tuple(page["facets"]) == FACETS
    ours = {
        each.line.split(b"\t")[1].decode(): ([sorted(each.values[facet]) for facet in FACETS], each.date)
        for each in Searcher.of(graph, site).mandates
    }
    assert ours == {iri: ([sorted(values) for values in facets], date) for iri, facets, date in page["all"]}


def test_an_address_of_the_page_finds_the_same_mandates(both: Searcher, searcher: Searcher) -> None:
    def dates(answer: dict[str, Any]) -> list[str]:
        return [each["date"] for each in answer["results"]]

    spanish = asked(both, "language=es&limit=100")
    assert spanish["total"] == sum("es" in each.values["language"] for each in both.mandates) > 0
    assert {each["language"] for each in spanish["results"]} == {"es"}
    either = asked(searcher, "theme=migration&summit=2001-quebec&summit=1994-miami&limit=100")
    assert {each["date"][:4] for each in either["results"]} == {"1994", "2001"}
    assert either["facets"] == {"theme": ["migration"], "summit": ["2001-quebec", "1994-miami"]}
    newest, oldest = (dates(asked(searcher, f"sort={sort}&limit=100")) for sort in ("newest", "oldest"))
    assert newest == sorted(newest, reverse=True)
    assert oldest == sorted(newest)
    assert dates(asked(searcher, "limit=100")) == newest
    assert asked(searcher, "theme=nothing")["total"] == 0
    assert {each["type"] for each in asked(searcher, "q=migration&year=2001")["results"]} == {"mandate"}


def test_things_of_a_kind_are_listed_without_words(searcher: Searcher) -> None:
    answer = asked(searcher, "type=summit&limit=100")
    assert answer["total"] == len(answer["results"]) > 5
    assert {each["type"] for each in answer["results"]} == {"summit"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=" + "a" * 201, "q: 201 characters are too many"),
        ("limit=0", "limit: 0 is no whole number from 1 to 100"),
        ("limit=101", "limit: 101"),
        ("limit=1e1", "limit: 1e1"),
        ("limit=%D9%A3", "limit: "),
        ("offset=-1", "offset: -1 is no whole number from 0 to 100,000"),
        ("type=treaty", "type: treaty is none that there is; there are agent,"),
        ("lang=fr", "lang: fr is none that there is; there are en, es"),
        ("sort=best", "sort: best"),
        ("&".join(f"theme={n}" for n in range(51)), "51 values of facets are too many"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_and_where(searcher: Searcher, query: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(searcher, query)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert not isinstance(caught.value, BadOption)


def test_words_without_a_letter_find_nothing_as_on_the_page(searcher: Searcher) -> None:
    assert asked(searcher, "q=...")["total"] == 0
    assert asked(searcher, "q=%20%20")["total"] == len(searcher.mandates)
    assert asked(searcher, "utm_source=x&q=migration")["total"] == asked(searcher, "q=migration")["total"]


NAMES = st.sampled_from(["q", "type", "lang", "limit", "offset", "sort", "theme", "year", "x", ""])
VALUES = st.one_of(st.text(max_size=30), st.sampled_from(["migration", "2001", "en", "mandate", "5", "newest"]))


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_any_fields_get_json_or_a_line(fields: Sequence[tuple[str, str]]) -> None:
    try:
        answer = _SEARCHERS[0].search(fields)
    except UsageError as error:
        answer = {"results": [], "limit": 1, "refused": str(error)}
    assert json.dumps(answer)
    assert answer.get("refused", "x").isprintable()
    assert len(answer["results"]) <= answer["limit"] <= 100


_SEARCHERS: list[Searcher] = []


@pytest.fixture(autouse=True, scope="module")
def _given_to_properties(searcher: Searcher) -> None:
    _SEARCHERS.append(searcher)


HYPHENS = [
    "Inter-American co-operation of well-being",
    "interamerican cooperation",
    "The well being of trans-Atlantic trade",
    "non‐governmental Organización-es",
]


def line_of(text: str, place: int) -> bytes:
    cells = (
        text_key(text),
        f"https://x.org/id/mandate/d/{place:012x}",
        "en",
        "2001-01-01",
        "https://x.org/d",
        "d",
        "v",
    )
    return "\t".join((*cells, text)).encode()


@given(st.data())
def test_the_index_leaves_out_no_line_that_fits(data: st.DataObject) -> None:
    held = [each.line for each in _SEARCHERS[0].mandates] + [line_of(text, n) for n, text in enumerate(HYPHENS)]
    text = data.draw(st.sampled_from(held)).rpartition(b"\t")[2].decode()
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + data.draw(st.integers(1, 40))]
    change = data.draw(st.sampled_from(["{}", '"{}"', "{} a", '"{}" in'])).format(piece.replace('"', ""))
    asked_for = data.draw(
        st.sampled_from([change, change.replace("-", ""), change.replace("-", " "), "00000000000" + "2"])
    )
    try:
        words = read_words(asked_for)
    except BadOption:
        return
    kept = [held[place] for place in Index.of(held).candidates(words)]
    assert ranked(words, (), kept) == ranked(words, (), held)


def test_opensearch_leads_to_the_page_and_to_data() -> None:
    root = ET.fromstring(open_search(Site(URL, URL, ("en", "es")), {"en": "Mandates & <more> of everything there is"}))
    space = {"os": "http://a9.com/-/spec/opensearch/1.1/"}
    name = root.findtext("os:ShortName", "", space)
    assert name
    assert len(name) <= 16
    assert root.findtext("os:Description", "", space) == "Mandates & <more> of everything there is"
    assert {each.get("type"): each.get("template") for each in root.findall("os:Url", space)} == {
        "text/html": f"{URL}search?q={{searchTerms}}",
        "application/json": f"{URL}search?q={{searchTerms}}&limit={{count?}}&offset={{startIndex?}}",
    }
    assert [each.get("indexOffset") for each in root.findall("os:Url", space)] == [None, "0"]
