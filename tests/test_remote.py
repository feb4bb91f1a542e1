"""Any SPARQL 1.1 server: what three real ones answer, and what bad ones lead to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import mandate_graph as mg
from mandate_graph import errors
from mandate_graph.remote import Access, Endpoint, form_of, graphs_to_name
from servers import STORES, Act, Handler, Store, free_port, oxigraph, server

RESULTS = "application/sparql-results+json"
YES = b'{"head": {}, "boolean": true}'
ASK = "ASK { GRAPH ?g { ?s ?p ?o } }"
SECRET = "Gehe1m-s3cret"
SOMEBODY = Access("somebody", SECRET)
MG = "https://w3id.org/mandate-graph/ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module", params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with STORES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        update = running.query.replace("/query", "/update").replace("/sparql", "/sparql-auth")
        Endpoint(update, running.access).update(
            f"""INSERT DATA {{ GRAPH <https://e.org/graph/one> {{ <https://e.org/m> a <{MG}Mandate> ; <https://e.org/p>
            "größer\\n\\"q\\""@es , 7 , <https://e.org/a%41b> }} GRAPH <https://e.org/graph/two> {{
            <https://e.org/m> a <{MG}Mandate> . <https://e.org/v> a <http://www.w3.org/ns/dcat#Dataset> ;
            <http://rdfs.org/ns/void#uriSpace> "https://e.org/" . <https://e.org/target> a
            <http://rdfs.org/ns/void#Dataset> ; <http://rdfs.org/ns/void#uriSpace> "https://other.org/" }}
            GRAPH <https://other.org/graph/g> {{ <https://other.org/m> a <{MG}Mandate> }} }}"""
        )
        yield running


def test_select_ask_and_construct(store: Store) -> None:
    endpoint = Endpoint(store.query)
    names, rows = endpoint.table(
        "SELECT ?o { GRAPH <https://e.org/graph/one> { <https://e.org/m> <https://e.org/p> ?o } }"
    )
    assert names == ["o"]
    want = {'"größer\\n\\"q\\""@es', f'"7"^^<{XSD}integer>', "<https://e.org/a%41b>"}
    assert {row[0] for row in rows} == want
    form, answer, _ = endpoint.answer("ASK { GRAPH ?g { ?s ?p 7 } }", "x")
    assert form == "ask"
    assert isinstance(answer, bytes)
    assert json.loads(answer)["boolean"] is True
    form, quads, _ = endpoint.answer(
        "CONSTRUCT { ?s ?p ?o } { GRAPH <https://e.org/graph/one> { ?s ?p ?o . FILTER(?p = <https://e.org/p>) } }", "x"
    )
    assert form == "graph"
    assert set(quads) == {("<https://e.org/m>", "<https://e.org/p>", term, "") for term in want}


def yes(endpoint: Endpoint, query: str) -> bool:
    form, answer, _ = endpoint.answer(query)
    assert form == "ask"
    assert isinstance(answer, bytes)
    return json.loads(answer)["boolean"] is True


def test_a_long_query_arrives_as_it_is(store: Store) -> None:
    """Longer than an address may be; percent signs are not decoded once more, plus signs stay."""
    query = f"""ASK {{ FILTER(STRLEN("{"x" * 5000}%41+%2B") = 5007) }}"""
    assert yes(Endpoint(store.query), query)
    query = f"ASK {{ GRAPH ?g {{ ?s ?p <https://e.org/a%41b> }} # {'x' * 5000}\n }}"
    assert yes(Endpoint(store.query), query)


def test_the_default_graph_shows_the_named_graphs(store: Store) -> None:
    count = "SELECT (COUNT(DISTINCT ?m) AS ?n) { ?m a <" + MG + "Mandate> }"
    _, rows = Endpoint(store.query).table(count)
    # A store whose own default graph shows the mandates is left as it is; of another the dataset's graphs are named.
    assert rows == [[f'"{1 if store.kind == "oxigraph" else 2}"^^<{XSD}integer>']]


def test_default_graphs_that_are_given_win(tmp_path: Path) -> None:
    with oxigraph(tmp_path) as running:
        Endpoint(running.query.replace("query", "update")).update(
            f"INSERT DATA {{ GRAPH <e:a> {{ <e:1> a <{MG}Mandate> }} GRAPH <e:b> {{ <e:2> a <{MG}Mandate> }} }}"
        )
        query = f"SELECT ?m {{ ?m a <{MG}Mandate> }} ORDER BY ?m"
        assert Endpoint(running.query).table(query)[1] == [["<e:1>"], ["<e:2>"]]
        assert Endpoint(running.query, default_graphs=["e:b"]).table(query)[1] == [["<e:2>"]]


def test_graphs_are_named_only_where_that_is_needed() -> None:
    columns = {"?base": [("literal", "b:")], "?graph": [("uri", "b:graph/2"), ("uri", "b:graph/1"), ("uri", "c:x")]}

    def column(query: str) -> list[tuple[str, str]]:
        return columns[query.split()[2]]

    assert graphs_to_name(lambda query: True, column) == ()
    assert graphs_to_name(lambda query: False, column) == ()
    assert graphs_to_name(lambda query: "GRAPH" in query, column) == ("b:graph/1", "b:graph/2")
    columns["?base"] = []
    assert graphs_to_name(lambda query: "GRAPH" in query, column) == ("b:graph/1", "b:graph/2", "c:x")


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("# ASK\nPREFIX select: <urn:construct> SELECT * {}", "select"),
        ("BASE <urn:describe> ask {}", "ask"),
        ("CONSTRUCT { ?select ?p 'ask' } WHERE { ?select ?p ?o }", "graph"),
        ("DESCRIBE <a:b>", "graph"),
        ("DROP ALL", None),
    ],
)
def test_the_form_of_a_query(query: str, form: str | None) -> None:
    assert form_of(query) == form


def test_a_query_that_cannot_be_parsed_is_the_askers_fault(store: Store) -> None:
    with pytest.raises(errors.BadQuery) as caught:
        Endpoint(store.query).answer("SELECT * { ?s", "mine")
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_virtuoso_wants_digest_and_gets_it(tmp_path: Path) -> None:
    with STORES["virtuoso"](tmp_path) as running:
        where = Endpoint(f"{running.url}-auth", running.access)
        for number in range(3):
            where.update(f"INSERT DATA {{ GRAPH <e:g> {{ <e:s> <e:p> {number} }} }}")
        assert len(Endpoint(running.query).table("SELECT * { GRAPH <e:g> { ?s ?p ?o } }")[1]) == 3
        for nobody in (Access("dba", SECRET), Access()):
            with pytest.raises(errors.NeedsAccess, match="MANDATE_GRAPH_PASSWORD") as caught:
                Endpoint(f"{running.url}-auth", nobody).update("CLEAR GRAPH <e:g>")
            assert SECRET not in str(caught.value)


def _answer(status: int = 200, body: bytes = YES, kind: str = RESULTS) -> Act:
    return lambda handler, _: handler.reply(status, body, kind)


def _stops(handler: Handler, _: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", RESULTS)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(YES[:9])


def _stops_in_chunks(handler: Handler, _: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", RESULTS)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"9\r\n" + YES[:9] + b"\r\n")


def _elsewhere(target: str, status: int = 302) -> Act:
    return lambda handler, _: handler.reply(status, b"", Location=target)


BAD = [
    (_answer(body=b"<html><p>Welcome", kind="text/html; charset=utf-8"), errors.NotSparql, "text/html"),
    (_answer(body=b"hello", kind=""), errors.NotSparql, "something unnamed"),
    (_answer(body=b'{"hits": []}', kind="application/json"), errors.NotSparql, "ASK"),
    (_answer(body=b"[1]", kind="application/json"), errors.NotSparql, "ASK"),
    (_answer(body=YES[:-4]), errors.HalfAnswer, "broken"),
    (_answer(body=YES[:-1] + b"\x1b[31mout of memory"), errors.HalfAnswer, "out of memory"),
    (_answer(body=b"[" * 200_000), errors.HalfAnswer, "broken"),
    (_stops, errors.HalfAnswer, "missing"),
    (lambda handler, _: handler.reply(200, YES, RESULTS, X_SPARQL_MaxRows="10000"), errors.HalfAnswer, "10000 rows"),
    (_stops_in_chunks, errors.HalfAnswer, "ended"),
    (lambda handler, _: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), errors.HalfAnswer, "not HTTP"),
    (lambda handler, _: None, (errors.HalfAnswer, errors.Unreachable), "."),
    (_answer(401, b"<html>", "text/html"), errors.NeedsAccess, "MANDATE_GRAPH_TOKEN"),
    (_answer(403, b"not for you\x1b[0m", "text/plain"), errors.NeedsAccess, "not for you"),
    (_answer(404, b"<html>", "text/html"), errors.Refused, "404"),
    (_answer(500, b"\n\n  disk full \nat line 3", "text/plain"), errors.Refused, "disk full$"),
    (_answer(503, b'{"message": "later"}', "application/json"), errors.Refused, "later"),
    (_answer(429, b"x" * 100_000), errors.Refused, "429"),
    (_elsewhere("ftp://other.example/"), errors.Redirected, "ftp"),
    (_elsewhere("/query"), errors.Redirected, "cannot be followed"),
]


@pytest.mark.parametrize(("act", "error", "words"), BAD)
def test_a_bad_server_is_one_clear_line(act, error, words) -> None:  # type: ignore[no-untyped-def]
    with server(act) as running, pytest.raises(error, match=words) as caught:
        Endpoint(running.url, SOMEBODY, 20).answer(ASK)
    line = str(caught.value)
    assert line.isprintable()
    assert running.url in line
    assert len(line) < 500
    assert SECRET not in line
    assert caught.value.exit_code == 1


def test_nobody_is_there() -> None:
    with pytest.raises(errors.Unreachable, match="refused"):
        Endpoint(f"http://127.0.0.1:{free_port()}/query").answer(ASK)
    with pytest.raises(errors.Unreachable):
        Endpoint("http://no-such-host.invalid/query").answer(ASK)


@pytest.mark.parametrize("headers", [True, False])
def test_a_server_that_drips_is_left(headers: bool) -> None:
    """Each byte arrives within any time limit of sockets, and there is no end of them."""
    gone: list[bool] = []

    def drip(handler: Handler, _: bytes) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n")
        handler.wfile.write(b"X: " if headers else b"\r\n")
        try:
            while True:
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            gone.append(True)
            raise

    with server(drip) as running:
        with pytest.raises(errors.TooSlow, match=r"within 0.5 seconds"):
            Endpoint(running.url, timeout=0.5).answer(ASK)
        while not gone:  # the connection is closed, so that the server learns of it
            time.sleep(0.05)


def test_an_answer_without_end_is_left() -> None:
    def pour(handler: Handler, _: bytes) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n\r\n")
        while True:
            handler.wfile.write(b" " * 65_536)

    with server(pour) as running, pytest.raises(errors.TooMuch, match="5,000,000"):
        Endpoint(running.url, largest=5_000_000).answer(ASK)


def test_broken_triples_are_half_an_answer() -> None:
    act = _answer(body=b"<a:b> <a:c> <a:", kind="application/n-triples")
    with server(act) as running, pytest.raises(errors.HalfAnswer):
        Endpoint(running.url).answer("DESCRIBE <a:b> FROM <a:g>")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/turtle; charset=utf-8", b"@prefix e: <e:> . e:a e:b 'x' ."),
        (
            "application/rdf+xml",
            b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='e:'>%s</r:RDF>"
            % b"<r:Description r:about='e:a'><e:b>x</e:b></r:Description>",
        ),
    ],
)
def test_triples_in_other_formats(kind: str, body: bytes) -> None:
    with server(_answer(body=body, kind=kind)) as running:
        assert Endpoint(running.url).answer("DESCRIBE <e:a> FROM <e:g>")[1] == [("<e:a>", "<e:b>", '"x"', "")]


def _asks(challenge: str) -> Act:
    def act(handler: Handler, _: bytes) -> None:
        if "Authorization" in handler.headers:
            handler.reply(200, YES, RESULTS)
        else:
            handler.reply(401, b"", WWW_Authenticate=challenge)

    return act


def test_basic_when_asked_and_then_at_once() -> None:
    with server(_asks('Basic realm="x"')) as running:
        endpoint = Endpoint(running.url, Access("a", "ü:b"))
        endpoint.answer(ASK)
        endpoint.answer(ASK)
        sent = [seen.headers.get("Authorization") for seen in running.seen]
        assert sent == [None, "Basic YTrDvDpi", "Basic YTrDvDpi"]


def test_digest_never_shows_the_password() -> None:
    with server(_asks('Basic realm="x", Digest realm="x", nonce="n", qop="auth", algorithm="MD5"')) as running:
        Endpoint(running.url, SOMEBODY).answer(ASK)
        sent = [seen.headers.get("Authorization", "") for seen in running.seen]
        assert [text.partition(" ")[0] for text in sent] == ["", "Digest"]


def test_a_token_goes_unasked() -> None:
    with server(_answer()) as running:
        Endpoint(running.url, Access(token=SECRET)).answer(ASK)
        assert running.seen[0].headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("access", [Access(token=SECRET), SOMEBODY])
def test_a_redirect_takes_no_credentials_along(access: Access) -> None:
    with server(_asks('Basic realm="other"')) as other, server(_elsewhere(other.url + "?more")) as first:
        with pytest.raises(errors.NeedsAccess):
            Endpoint(first.url, access).answer(ASK)
        assert [seen.headers.get("Authorization") for seen in other.seen] == [None]


def test_an_update_is_not_redirected() -> None:
    """It would arrive as a question without a body, and the answer would look like success."""
    with server(_answer()) as other, server(_elsewhere(other.url)) as first:
        with pytest.raises(errors.Redirected, match="Name the right address"):
            Endpoint(first.url).update("DROP ALL")
        assert other.seen == []


@pytest.mark.parametrize(
    "url", ["http://me:Gehe1m-s3cret@host/q", "ftp://host/", "host/query", "http://", "http://h:x/", "http://h/a b"]
)
def test_addresses_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(errors.BadEndpoint) as caught:
        Endpoint(url)
    assert caught.value.exit_code == 2
    assert SECRET not in str(caught.value)


def test_access_is_from_the_environment_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.setenv(f"MANDATE_GRAPH_{name}", f"{SECRET}-{name}")
    access = Access.from_environment()
    assert access == Access(f"{SECRET}-USER", f"{SECRET}-PASSWORD", f"{SECRET}-TOKEN")
    assert SECRET not in repr(access) + repr(Endpoint("http://host/", access))


def test_the_time_of_a_query_counts_from_the_first_request() -> None:
    """Before its query a graph asks an endpoint what its identifiers begin with; that is within the limit, too."""
    released = threading.Event()

    def silent(_handler: Handler, _body: bytes) -> None:
        released.wait(60)

    with server(silent) as running:
        try:
            with pytest.raises(errors.TooSlow, match=r"within 0.3 seconds"):
                mg.open(running.url).query("footnotes", timeout=0.3)
        finally:
            released.set()
