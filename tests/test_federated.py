"""Queries that ask another server too: against loopback servers that hold true extracts in the other graphs' own shape."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import mandate_graph as mg
import servers
from conftest import ROOT, Cli
from mandate_graph import errors
from mandate_graph.dataset import Graph
from mandate_graph.engine import parse_quads, solutions
from mandate_graph.failures import CutAnswer
from mandate_graph.house import query_files
from mandate_graph.push import push
from mandate_graph.remote import Endpoint
from mandate_graph.sparql import NamedQuery, explained, federated_queries, named_queries
from mandate_graph.sparql.elsewhere import MOST

EXTRACTS = ROOT / "tests" / "federation"
GOLDEN = ROOT / "tests" / "golden" / "queries-federated"
LIBRARY = federated_queries(query_files())
RUNS = [(name, example) for name, query in LIBRARY.items() for example in ("", query.example)]


@pytest.fixture(scope="module")
def linked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own build with some of its links only, so that what is curated changes no answer here."""
    folder = tmp_path_factory.mktemp("linked")
    (folder / "mandates.nq").write_text(
        "".join(sorted({*lines_of(built / "mandates.nq", "/graph/links/"), *lines_of(EXTRACTS / "links.nq")})),
        encoding="utf-8",
    )
    return folder


def lines_of(path: Path, without: str = "\n\n") -> list[str]:
    """The lines of a file but for those that hold something."""
    with path.open(encoding="utf-8") as lines:
        return [line for line in lines if without not in line]


@pytest.fixture(scope="module")
def graph(linked: Path) -> Graph:
    return mg.open(linked)


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The other graphs, on Oxigraph."""
    with servers.oxigraph(tmp_path_factory.mktemp("far"), "--union-default-graph") as store:
        load(Endpoint(store.url.replace("/query", "/store")))
        yield store.url


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The other graphs, on Virtuoso, as Wikidata's and the EU's are not on Oxigraph either."""
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as store:
        load(Endpoint(store.url.replace("/sparql", "/sparql-graph-crud-auth"), store.access))
        yield store.url


def load(store: Endpoint) -> None:
    for path in sorted(EXTRACTS.glob("*.ttl")):
        triples = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in parse_quads(path))
        store.put_graph(f"urn:extract:{path.stem}", triples.encode())


@pytest.fixture
def watched(oxigraph: str) -> Iterator[servers._Server]:
    """A server that hands all that it is asked on, and remembers it."""
    with servers.server(lambda handler, body: servers.forward(handler, body, oxigraph.removesuffix("/query"))) as door:
        yield door


def given(example: str) -> dict[str, object]:
    key, _, value = example.partition("=")
    return {key: value} if key else {}


def table(result: mg.Result, base: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(result.names)
    for row in result:
        writer.writerow("" if cell is None else str(cell).removeprefix(base) for cell in row)
    return out.getvalue()


def golden(name: str, example: str) -> Path:
    return GOLDEN / (name + (f"@{re.sub(r'[^a-zA-Z0-9]+', '-', example)}" if example else "") + ".csv")


@pytest.mark.parametrize(("name", "example"), RUNS)
def test_answers(graph: Graph, oxigraph: str, name: str, example: str, request: pytest.FixtureRequest) -> None:
    found = table(graph.query(name, given(example), service=oxigraph), graph.base)
    path = golden(name, example)
    if request.config.getoption("--golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()
    assert found.count("\n") > 1, "a query that answers nothing here proves nothing"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {golden(*run).name for run in RUNS}


def sent(seen: servers.Seen) -> str:
    """The query of a request: in the address, or in a form."""
    return parse_qs(urlsplit(seen.path).query or seen.body.decode())["query"][0]


@pytest.mark.parametrize("name", LIBRARY)
def test_the_other_server_is_asked_once_and_about_what_is_known_only(
    graph: Graph, watched: servers._Server, name: str
) -> None:
    query = LIBRARY[name]
    (variable,) = re.findall(r"SERVICE <\S+> \{\n    # VALUES \?(\w+)\n", query.text)
    known = {f"<{row[variable]}>" for row in graph.query(name, given(query.example), service=watched.url)}
    (seen,) = watched.seen
    (block,) = re.findall(rf"VALUES \?{variable} {{ (.*?) }}", sent(seen))
    about = block.split(" ")
    assert known <= set(about)
    assert len(about) <= 40
    assert seen.headers["User-Agent"] == f"mandate-graph/{mg.__version__}"
    assert "Authorization" not in seen.headers
    assert "mandate-graph" not in sent(seen), "what is ours stays here"
    assert "#" not in re.sub("<[^>]*>", "", sent(seen)), "comments are not for others"


@pytest.mark.parametrize("name", LIBRARY)
def test_the_same_rows_from_virtuoso(graph: Graph, oxigraph: str, virtuoso: str, name: str) -> None:
    here, there = (rows_of(graph.query(name, service=far)) for far in (oxigraph, virtuoso))
    assert there == here


def rows_of(result: mg.Result) -> list[list[str]]:
    return plain(result.terms)


def plain(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Rows in order; xsd:string is what a literal without a type has (RDF 1.1 Concepts §3.3)."""
    return sorted([cell.removesuffix("^^<http://www.w3.org/2001/XMLSchema#string>") for cell in row] for row in rows)


@pytest.mark.parametrize("name", LIBRARY)
def test_what_explain_prints_runs_on_rdflib(graph: Graph, oxigraph: str, name: str) -> None:
    """The text is plain SPARQL 1.1 with federation."""
    text = explained(
        graph.answers(""), LIBRARY[name], graph.base, {"service": oxigraph, **given(LIBRARY[name].example)}
    )
    found = bytes(graph.rdflib().query(text).serialize(format="json") or b"")
    assert plain(solutions(found)[1]) == rows_of(graph.query(name, given(LIBRARY[name].example), service=oxigraph))


@pytest.mark.parametrize("kind", ["oxigraph", "virtuoso"])
def test_an_endpoint_that_holds_our_graph(linked: Path, graph: Graph, oxigraph: str, tmp_path: Path, kind: str) -> None:
    """The endpoint is told what the other server said; one that can ask it itself finds the same."""
    with servers.STORES[kind](tmp_path) as store:
        push(linked, store.url, access=store.access)
        away = Graph(store.url, access=store.access)
        for name, query in LIBRARY.items():
            parameters = given(query.example)
            here = rows_of(graph.query(name, parameters, service=oxigraph))
            assert rows_of(away.query(name, parameters, service=oxigraph)) == here
            if kind == "oxigraph":
                text = explained(graph.answers(""), query, graph.base, {"service": oxigraph, **parameters})
                assert plain(Endpoint(store.url).table(text)[1]) == here


def test_the_repositorys_own_links_lead_there(dataset: Graph, oxigraph: str) -> None:
    for name in LIBRARY:
        assert len(dataset.query(name, service=oxigraph)) >= 4, name


def test_nobody_is_asked_about_nothing(built: Path, watched: servers._Server, tmp_path: Path) -> None:
    (tmp_path / "mandates.nq").write_text("".join(lines_of(built / "mandates.nq", "/graph/links/")), encoding="utf-8")
    for name in LIBRARY:
        result = mg.open(tmp_path).query(name, service=watched.url)
        assert len(result) == 0
        assert result.names
    assert not watched.seen


def slow(handler: servers.Handler, _: bytes) -> None:
    time.sleep(3)


# What the other server does, and the one line that comes of it.
FAULTS = {
    "refuses": (lambda h, _: h.reply(500, b"Out of memory\nat 0x1"), errors.Refused, "status 500: Out of memory"),
    "throttles": (lambda h, _: h.reply(429, b"slow down"), errors.Refused, "status 429: slow down"),
    "is a page": (lambda h, _: h.reply(200, b"<p>Hello", "text/html"), errors.NotSparql, "answers with text/html"),
    "stops": (
        lambda h, _: h.reply(200, b'{"head":{"vars":["item"]},"results":{"bind', "application/sparql-results+json"),
        errors.HalfAnswer,
        "half an answer",
    ),
    "moved": (
        lambda h, _: h.reply(302, Location="ftp://127.0.0.1/new"),
        errors.Redirected,
        "sends us to ftp://127.0.0.1/new",
    ),
    "lets nobody in": (lambda h, _: h.reply(403, b"blocked"), errors.Refused, "status 403: blocked"),
    "cannot read it": (lambda h, _: h.reply(400, b"no paths here"), errors.Refused, "status 400: no paths here"),
    "cuts": (
        lambda h, _: h.reply(
            200, b'{"head":{"vars":[]},"results":{"bindings":[]}}', "application/json", X_SPARQL_MaxRows="9"
        ),
        CutAnswer,
        "no more than 9 rows",
    ),
    "is slow": (slow, errors.TooSlow, "no whole answer within 1 seconds"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_other_server_does_wrong_is_said_of_it(graph: Graph, fault: str, oxigraph: str) -> None:
    act, kind, said = FAULTS[fault]
    with servers.server(act) as far, pytest.raises(errors.EndpointError, match=re.escape(said)) as caught:
        graph.query("country-names", service=f"{far.url}?key=secret", timeout=1)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"{far.url}: ")
    assert "secret" not in str(caught.value)
    assert len(graph.query("country-names", service=oxigraph, country="ar")) == 4, "the next one is answered"


def test_nobody_there_is_one_line(linked: Path, cli: Cli) -> None:
    run = cli("query", "country-names", f"service=http://127.0.0.1:{servers.free_port()}/query", "--from", linked)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.count("\n") == 1, run.stderr
    assert "nobody answers there" in run.stderr


@pytest.mark.parametrize(
    "address",
    ["ftp://127.0.0.1/x", "wikidata", "", "http://a b/", "http://me:secret@host/", "file:///etc/passwd", "http://h/\n"],
)
def test_an_address_that_is_none_is_refused(linked: Path, cli: Cli, address: str) -> None:
    run = cli("query", "country-names", f"service={address}", "--from", linked)
    assert (run.returncode, run.stdout) == (2, "")
    assert "secret" not in run.stderr


def test_an_address_stays_an_address(graph: Graph, watched: servers._Server) -> None:
    """Whatever stands in it, it closes no bracket of the query."""
    graph.query("country-names", service=f'{watched.url}?x=>{{}}\\u003E<`|^"', country="ar")
    (seen,) = watched.seen
    assert parse_qs(urlsplit(seen.path).query)["x"] == ['>{}\\u003E<`|^"']


def test_what_the_other_server_says_stays_what_it_is(graph: Graph) -> None:
    """Terms that hold what closes a string, no value, a blank node; more of them than a text may be long."""
    binding = {
        "item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q414"},
        "said": {"type": "literal", "value": 'a "b" } \\u0041 \\\\ \n # SERVICE', "xml:lang": "en"},
        "who": {"type": "bnode", "value": "b0"},
    }
    numbers = [{"item": binding["item"], "number": {"type": "literal", "value": f"n{n}"}} for n in range(9_000)]
    answer = {"head": {"vars": ["item", "said", "who", "number"]}, "results": {"bindings": [binding, *numbers]}}
    text = OWN.replace("SELECT ?thing ?name", "SELECT ?thing ?said ?who ?number").replace(" AS ?said", " AS ?mine")
    body = json.dumps(answer).encode()
    with servers.server(lambda h, _: h.reply(200, body, "application/sparql-results+json")) as far:
        rows = [row for row in graph.query(text, service=far.url) if str(row.thing).endswith("/ar")]
    assert len(rows) == 9_001
    (first,) = [row for row in rows if row.said]
    assert (first.said, first.who, first.number) == (binding["said"]["value"], "urn:blank:b0", None)


# Each would close the VALUES that it is put into, and go on with a query of its own.
STRAY = {
    "an address": {
        "type": "uri",
        "value": "http://x> ) } { SELECT ?thing { ?thing ?b ?c } } VALUES ( ?item ) { ( <http://y",
    },
    "a language": {
        "type": "literal",
        "value": "x",
        "xml:lang": "en ) } { ?thing ?b ?c } VALUES ( ?item ) { ( <http://y>",
    },
    "a datatype": {
        "type": "literal",
        "value": "x",
        "datatype": "http://x> ) } { ?thing ?b ?c } VALUES ( ?item ) { ( <y",
    },
    "a blank node": {"type": "bnode", "value": "b> ) } { ?thing ?b ?c } VALUES ( ?item ) { ( <http://y"},
}


@pytest.mark.parametrize("kind", [*STRAY, "a variable"])
def test_what_the_other_server_says_is_no_part_of_the_query(graph: Graph, kind: str) -> None:
    name = "item ) { } { ?thing ?b ?c } VALUES ( ?item" if kind == "a variable" else "item"
    binding = {name: STRAY.get(kind, {"type": "uri", "value": "http://x"})}
    body = json.dumps({"head": {"vars": [name]}, "results": {"bindings": [binding]}}).encode()
    with servers.server(lambda h, _: h.reply(200, body, "application/sparql-results+json")) as far:
        with pytest.raises(errors.NotSparql, match="no variable and no term") as caught:
            graph.query(OWN.replace("SERVICE SILENT", "SERVICE"), service=far.url)
        assert str(caught.value).startswith(f"{far.url}: ")
        assert len(graph.query(OWN, service=far.url)) == 6, "SILENT goes on without it"


def test_only_so_many_at_once(graph: Graph) -> None:
    numbers = " ".join(f"<urn:{number}>" for number in range(MOST + 1))
    text = f"SELECT * {{ {{ SELECT ?x {{ VALUES ?x {{ {numbers} }} }} }} SERVICE <http://127.0.0.1:1/> {{\n# VALUES ?x\n?x ?p ?o }} }}"
    with pytest.raises(errors.UsageError, match=f"{MOST + 1} things at once"):
        graph.query(text)


# Queries of one's own


OWN = """SELECT ?thing ?name
WHERE {
  { SELECT ?thing ?there { ?thing <https://schema.org/sameAs> ?there FILTER ( CONTAINS(STR(?there), "wikidata") ) } }
  # SERVICE <http://comment.example/> { }
  BIND ( "SERVICE <http://string.example/> { # VALUES ?x }" AS ?said )
  OPTIONAL {
    SERVICE SILENT <FAR> {
      # VALUES ?there
      ?there <http://www.w3.org/2000/01/rdf-schema#label> ?name FILTER ( LANG(?name) = "fr" )
    }
  }
}"""


def test_a_query_of_ones_own_sends_what_is_known(graph: Graph, watched: servers._Server) -> None:
    text = OWN.replace("FAR", watched.url)
    assert NamedQuery.read("own", text).asks == [watched.url]
    assert {str(row.name) for row in graph.query(text)} == {
        "Argentine",
        "Brésil",
        "Canada",
        "Haïti",
        "Jamaïque",
        "États-Unis",
    }
    assert [len(re.findall(r"/entity/Q\d+>", sent(seen))) for seen in watched.seen] == [6]
    silent = graph.query(
        OWN.replace("FAR", "http://other.invalid/"), service=f"http://127.0.0.1:{servers.free_port()}/"
    )
    assert [row.name for row in silent] == [None] * 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OWN.replace("# VALUES ?there", "# VALUES ?where"), "has no such column"),
        ("SELECT * { ?thing a ?c SERVICE <http://h.example/> {\n # VALUES ?c\n ?c ?p ?o } }", "there is none"),
        ("SELECT * { SERVICE <http://h.example/> { ?s ?p ?o }", "read up to here only"),
        ("SELECT * { SERVICE { ?s ?p ?o } }", "read up to here only"),
        ("SELECT * { SERVICE ?who { ?s ?p ?o } }", "followed by the address"),
    ],
)
def test_a_query_that_cannot_be_filled_is_refused(graph: Graph, text: str, said: str) -> None:
    with pytest.raises(errors.BadQuery, match=said):
        graph.query(text)


def test_a_query_of_this_graph_alone_has_no_server(graph: Graph) -> None:
    assert not any(query.asks or query.service for query in named_queries(query_files()).values())
    with pytest.raises(errors.BadParameter, match="no parameter 'service'"):
        graph.query("mandates", service="http://127.0.0.1:1/")


# What a person sees


@pytest.mark.parametrize("name", LIBRARY)
def test_headers_are_complete_and_labels_stand_beside_identifiers(graph: Graph, oxigraph: str, name: str) -> None:
    query = LIBRARY[name]
    assert query.title
    assert query.purpose.endswith(".")
    assert query.service
    assert query.audience in {"policy officer", "researcher", "librarian", "engineer"}
    assert len(query.asks) == 1
    result = graph.query(name, service=oxigraph)
    assert {parameter.name for parameter in query.parameters} <= set(result.names)
    assert len(re.findall(r"^# param:", query.text, re.MULTILINE)) == len(query.parameters)
    terms = [tuple(row) for row in result.terms]
    assert len(terms) == len(set(terms))
    for place, column in enumerate(result.names):
        if any(row[place].startswith("<") for row in terms):
            assert f"{column}Label" in result.names, f"{column} has no label"
            beside = result.names.index(f"{column}Label")
            assert all(row[beside] for row in terms if row[place])


def test_each_stands_in_the_list_and_in_the_documents(cli: Cli) -> None:
    shown, page = cli("query").stdout, (ROOT / "docs" / "federation.md").read_text(encoding="utf-8")
    for name, query in LIBRARY.items():
        assert name in shown
        assert f"## {name}" in page
        assert query.asks[0] in page
        assert f"query {name} {query.example}" in page
    assert len(LIBRARY) == 6


def test_the_answers_in_the_documents_are_those_of_the_tests() -> None:
    page = (ROOT / "docs" / "federation.md").read_text(encoding="utf-8")
    shown = re.findall(r"query (\S+) (\S+) --format csv\n```\n```csv\n(.*?)```", page, re.DOTALL)
    assert {name for name, _, _ in shown} == set(LIBRARY)
    for name, example, lines in shown:
        assert set(lines.splitlines()) <= set(golden(name, example).read_text().splitlines())


def test_the_query_of_ones_own_in_the_documents_runs(graph: Graph, watched: servers._Server) -> None:
    (text,) = re.findall(
        r"```sparql\n(.*?)```", (ROOT / "docs" / "federation.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert {"Haïti", "Brésil"} <= {str(row.name) for row in graph.query(text, service=watched.url)}


def test_explain_says_who_is_asked_and_what_is_sent(linked: Path, cli: Cli) -> None:
    bare = cli("query", "country-names", "--explain").stdout
    assert "Wikidata (https://query.wikidata.org/sparql)" in bare
    full = cli("query", "country-names", "service=http://127.0.0.1:1/q", "country=ar", "--explain", "--from", linked)
    assert "SERVICE <http://127.0.0.1:1/q> {\n    VALUES ?item { <http://www.wikidata.org/entity/Q414> }" in full.stdout
