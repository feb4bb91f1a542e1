"""The server under attack: whatever one client does, the next good request is answered, and nothing is left over.

docs/serving-defences.md is the table of what is tried here.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks import ASK, Target, attacked, drained, listener, read_answers, resident, soon, until
from mandate_graph.engine import code_of
from mandate_graph.serve.kept import Kept
from mandate_graph.serve.logs import turn
from mandate_graph.serve.spool import Dropped, Spool
from servers import Handler, server

MEMORY = 200_000_000
SMALL = f"""
seconds = 1.0
memory = {MEMORY}
answer = 2_000_000
body = 100_000
workers = 3
waiting = 20
connections = 40
patience = 1.0
"""
_WORKERS = 4
"""Workers that may have come while they were wanted: as many as SMALL allows, and one for pages."""
HOST = b"Host: x\r\n"
END = b"Connection: close\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST
EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
THREE = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
HEAVY = f"SELECT (COUNT(*) AS ?n) {{ {THREE} }}"


@pytest.fixture(scope="module")
def target(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("attacked")
    with attacked(built, folder, SMALL, "--log", str(folder / "access.log")) as running:
        until(lambda: _learnt(running), 60)
        yield running


@pytest.fixture
def steady(target: Target) -> Iterator[Target]:
    """The server, which must be as it was when the test is over."""
    target.well(5.0)
    before = target.state()
    yield target
    target.well()
    target.calm(before, (_WORKERS, 4))


def _learnt(running: Target) -> bool:
    with contextlib.suppress(OSError, ValueError, KeyError):
        said = json.loads(running.ask("/healthz").body)
        return bool(said["reconciliation"] == said["site"] == "ready")
    return False


def posted(text: str, *heads: bytes) -> bytes:
    """A query as it goes over the wire."""
    body = text.encode()
    kind = b"Content-Type: application/sparql-query\r\nContent-Length: %d\r\n" % len(body)
    return b"POST /sparql HTTP/1.1\r\n" + HOST + kind + b"".join(heads) + b"\r\n" + body


# ---- queries


def around(left: str, right: str, times: int, core: str) -> str:
    return left * times + core + right * times


def doubled(times: int) -> str:
    return " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(times))


def where(inside: str) -> str:
    return f"SELECT * {{ {inside} }}"


LONG = "a" * 20_000
QUERIES = {
    "cartesian count": HEAVY,
    "cartesian order": f"SELECT * {{ {THREE} }} ORDER BY ?i",
    "cartesian concat": f"SELECT (GROUP_CONCAT(?i) AS ?n) {{ {THREE} }}",
    "cartesian group": "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
    "cartesian rows": f"SELECT * {{ {THREE} }}",
    "cartesian graph": f"CONSTRUCT {{ _:b ?e ?i . ?a ?b [] }} {{ {THREE} }}",
    "cartesian description": f"DESCRIBE * {{ {THREE} }}",
    "doubling": f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('{'a' * 16}' AS ?x0) {doubled(40)} }}",
    "doubling, all kept": f"SELECT * {{ BIND('{'a' * 16}' AS ?x0) {doubled(26)} }}",
    "replace bomb": f"SELECT ?y {{ BIND('{LONG}' AS ?x) BIND(REPLACE(?x, 'a', ?x) AS ?y) }}",
    "every path": "SELECT (COUNT(*) AS ?n) { ?s (<urn:a>|!<urn:a>)* ?o }",
    "deep path": where(f"?s {around('(', ')*', 500, '!<a:>')} ?o"),
    "long sequence": where(f"?s <a:>{'/<a:>' * 10_000} ?o"),
    "deep brackets": f"SELECT * {{ FILTER {around('(', ')', 500, '1')} }}",
    "too deep brackets": f"SELECT * {{ FILTER {around('(', ')', 20_000, '1')} }}",
    "deep property lists": where(f"?s ?p {around('[ ?p ', ']', 500, '?o')}"),
    "deep lists": where(f"?s ?p {around('(', ')', 500, '?o')}"),
    "deep quoted triples": where(f"{around('<< ?s ?p ', ' >>', 3000, '?o')} ?p ?o"),
    "deep triple terms": where(f"{around('<<( ?s ?p ', ' )>>', 500, '?o')} ?p ?o"),
    "deep optional": where(around("OPTIONAL { ?s ?p ?o ", " }", 500, "")),
    "deep not": where(f"FILTER({'!' * 60_000}1)"),
    "deep functions": where(f"FILTER({around('STR(', ')', 480, '?x')})"),
    "long sum": where(f"BIND(1{'+1' * 30_000} AS ?x)"),
    "long or": where(f"FILTER(?x{'||?x' * 15_000})"),
    "long union": where(f"{{}}{'UNION{}' * 8_500}"),
    "long optional": where("OPTIONAL{?s ?p ?o}" * 3_400),
    "long minus": where(f"?s ?p ?o {'MINUS{?s ?p ?o}' * 4_000}"),
    "product of values": f"SELECT (COUNT(*) AS ?n) {{ {''.join(f'VALUES ?x{n} {{1 2 3 4 5 6 7}}' for n in range(1500))} }}",
    "regex of counts": where("?s ?p ?o FILTER(REGEX(STR(?o), '((((a{0,99}){0,99}){0,99}){0,99}'))"),
    "deep regex": where(f"?s ?p ?o FILTER(REGEX(STR(?o), '{around('(', ')', 10_000, 'a')}'))"),
    "huge number": f"SELECT ({'9' * 60_000} AS ?x) {{}}",
    "huge limit": "SELECT * { ?s ?p ?o } LIMIT 99999999999999999999999",
    "huge dates": "SELECT (?d + ?d AS ?x) { BIND('P99999999999999999Y'^^<http://www.w3.org/2001/XMLSchema#duration> AS ?d) }",
    "NUL": "SELECT * { ?s ?p '\0' }",
    "lone surrogate": r"SELECT ('\uDFFF' AS ?x) ('\U00110000' AS ?y) {}",
    "hidden brackets": "SELECT * { FILTER " + around(r"\u0028", r"\u0029", 5_000, "1") + " }",
    "garbage": "".join(chr(33 + n * 7919 % 90) for n in range(63_000)),
    "quotes": "SELECT * { ?s ?p " + '"""\'' * 15_000,
    "too long": f"ASK {{ # {'x' * 70_000}\n}}",
}
ENDS = {200, 400, 413, 500, 504}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_an_end_and_bounded_memory(steady: Target, name: str) -> None:
    front = steady.memory()
    least = min(resident(pid) for pid in steady.workers())
    with watched(steady) as most:
        got = steady.query(QUERIES[name], "application/json, text/turtle")
    assert got.status in ENDS
    if got.status == 200:
        assert len(got.body) < 2_100_000
        json.loads(got.body) if "json" in got.headers["content-type"] else None
    else:
        assert json.loads(got.body)["detail"]
    assert max(most) < least + MEMORY * 1.2
    assert steady.memory() < front + 30_000_000


@contextlib.contextmanager
def watched(running: Target) -> Iterator[list[int]]:
    """The most memory that a worker had in the meantime."""
    over = threading.Event()
    most = [0]

    def look() -> None:
        while not over.wait(0.05):
            most[0] = max([most[0], *(resident(pid) for pid in running.workers())])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(
    "unit", ['"\\', "'\\\n", '( "a" )', "\"\"\"'''", '"""\\"""', "<", "{ ", "(<a> ", r"\u0073", "service "]
)
def test_reading_a_query_holds_up_nobody(steady: Target, unit: str) -> None:
    """The front reads queries while others wait: the time must grow with the length alone."""
    for length in (60_000, 90_000):
        text = unit * (length // len(unit)) + " service rand("
        with asked_together(steady, [text] * 3) as statuses:
            steady.well()
        assert not set(statuses) - ENDS - {403}


def test_many_escapes_hold_up_nobody(steady: Target) -> None:
    got = steady.ask("/sparql", "POST", b"query=" + b"%41" * 33_000, Content_Type="application/x-www-form-urlencoded")
    assert got.status == 400


@contextlib.contextmanager
def asked_together(running: Target, queries: Sequence[str], source: str = "127.0.0.1") -> Iterator[list[int]]:
    """Asked at the same time while the body of the ``with`` runs; the statuses afterwards (0: dropped)."""
    statuses: list[int] = []

    def ask(text: str) -> None:
        status = 0
        with contextlib.suppress(OSError):
            kind = "application/sparql-query"
            status = running.ask("/sparql", "POST", text.encode(), source, 30.0, Content_Type=kind).status
        statuses.append(status)

    threads = [threading.Thread(target=ask, args=(text,)) for text in queries]
    for each in threads:
        each.start()
    try:
        yield statuses
    finally:
        for each in threads:
            each.join()


# ---- other servers, and the file system

WORDS = {
    "plain": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "small letters": "SELECT * { service <URL> { ?s ?p ?o } }",
    "no space": "SELECT*{SERVICE<URL>{?s ?p ?o}}",
    "prefix": "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "variable": "SELECT * { BIND(<URL> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "values": "SELECT * { VALUES ?x { <URL> } SERVICE SILENT ?x { ?s ?p ?o } }",
    "sub-select": "SELECT * { { SELECT * { OPTIONAL { SERVICE SILENT <URL> { ?s ?p ?o } } } } }",
    "nested": "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { SERVICE <URL> { ?s ?p ?o } } }",
    "exists": "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "escaped letter": r"SELECT * { \u0053ERVICE <URL> { ?s ?p ?o } }",
    "after an escaped quote": 'SELECT * { BIND("""a\\"""" AS ?x) SERVICE SILENT <URL> { ?s ?p ?o } #"\n }',
    "between escapes": r"PREFIX e: <e:> SELECT * { ?s e:a\' ?o SERVICE SILENT <URL> { ?s ?p ?o } ?s e:b\' ?o }",
    "after a comment": "SELECT * { # '\n SERVICE SILENT <URL> { ?s ?p ?o } # '\n }",
    "base": "BASE <URL> SELECT * { SERVICE SILENT <> { ?s ?p ?o } }",
}


@pytest.mark.parametrize("name", WORDS)
def test_a_query_reaches_no_other_server(steady: Target, name: str) -> None:
    with listener() as (port, seen):
        for url in (f"http://127.0.0.1:{port}/x", f"http://localhost:{port}/"):
            got = steady.query(WORDS[name].replace("URL", url))
            assert got.status in {400, 403}, got
            assert json.loads(got.body)["detail"]
    assert seen == []


def test_words_that_ask_nobody_are_no_service(steady: Target) -> None:
    text = (
        "PREFIX service: <x:> SELECT ?service { BIND('SERVICE <http://127.0.0.1:1/> {}' AS ?service) } # SERVICE <x:>"
    )
    assert steady.query(text).status == 200


def test_a_long_query_with_service_is_refused(steady: Target) -> None:
    rows = "( <urn:x> ) " * 7_000
    got = steady.query(f"SELECT * {{ VALUES (?x) {{ {rows} }} SERVICE SILENT <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}")
    assert got.status == 413
    assert b"SERVICE" in got.body
    assert steady.query(f"SELECT (COUNT(*) AS ?n) {{ VALUES (?x) {{ {rows} }} }}").status == 200


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_graph_is_fetched(steady: Target, scheme: str, tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text("<s:> <p:> <o:> .")
    with listener() as (port, seen):
        url = f"http://127.0.0.1:{port}/x.ttl" if scheme == "http" else (tmp_path / "x.ttl").as_uri()
        for text in (
            f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        ):
            assert json.loads(steady.query(text).body)["results"]["bindings"] == []
        for name in ("default-graph-uri", "named-graph-uri"):
            got = steady.query("SELECT * { ?s ?p ?o }", **{name: url})
            assert json.loads(got.body)["results"]["bindings"] == []
            assert url in got.headers["unknown-graph"]
        assert steady.ask(f"/store?graph={quote(url)}").status == 404
        assert steady.query(f"LOAD <{url}>").status == 400
        form = "application/x-www-form-urlencoded"
        assert (
            steady.ask("/sparql", "POST", urlencode({"update": f"LOAD <{url}>"}).encode(), Content_Type=form).status
            == 403
        )
        assert steady.ask("/store?default", "PUT", b"", Content_Type="text/turtle").status == 405
    assert seen == []


def test_a_long_name_of_a_graph_makes_no_long_header(steady: Target) -> None:
    got = steady.query(ASK, **{"default-graph-uri": "x:" + "y" * 20_000})
    assert got.status == 200
    assert len(got.headers["unknown-graph"]) < 2_000


@pytest.fixture(scope="module")
def asking(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Target, list[str]]]:
    """A server that may ask another, and the paths at which the other was asked."""
    asked: list[str] = []

    def act(handler: Handler, body: bytes) -> None:
        asked.append(handler.path.partition("?")[0])
        if "slow" in handler.path:
            time.sleep(4)
        if "away" in handler.path:
            handler.reply(307, b"", Location=f"http://127.0.0.1:{handler.server.server_address[1]}/elsewhere")  # type: ignore[index]
            return
        answer = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"x:y"}}]}}'
        handler.reply(200, answer, "application/sparql-results+json")

    with server(act) as other:
        base = other.url.rpartition("/")[0]
        services = json.dumps([f"{base}/{name}" for name in ("query", "slow", "away")])
        more = (
            SMALL.replace("body = 100_000", "body = 4_000_000")
            .replace("patience = 1.0", "patience = 4.0")
            .replace("seconds = 1.0", "seconds = 2.5")
        )
        with attacked(built, tmp_path_factory.mktemp("asking"), f"{more}services = {services}\n") as running:
            yield running, asked


def test_only_the_servers_of_the_list_are_asked(asking: tuple[Target, list[str]]) -> None:
    running, asked = asking
    health = json.loads(running.ask("/healthz").body)
    assert health["status"] == "ok"
    allowed = re.search(rb"http://127\.0\.0\.1:\d+", running.query("SELECT * { SERVICE <x:> { } }").body)
    assert allowed
    base = allowed[0].decode()
    asked.clear()
    got = running.query(f"SELECT * {{ SERVICE <{base}/query> {{ ?s ?p ?o }} }}")
    assert got.status == 200
    assert b"x:y" in got.body
    assert asked == ["/query"]
    for other in (
        f"{base}/query2",
        f"{base}/",
        f"{base}/query?x",
        f"{base}/query#",
        f"{base}/%71uery",
        f"{base}/x/../query",
    ):
        assert running.query(f"SELECT * {{ SERVICE SILENT <{other}> {{ ?s ?p ?o }} }}").status == 403
    assert running.query(f"SELECT * {{ SERVICE <{base}/query> {{ SERVICE <{base}/no> {{ ?s ?p ?o }} }} }}").status in {
        403,
        502,
        200,
    }
    assert set(asked) == {"/query"}
    got = running.query(f"SELECT * {{ SERVICE <{base}/away> {{ ?s ?p ?o }} }}")
    assert got.status == 502
    assert "/elsewhere" not in asked


def test_a_slow_other_server_holds_up_nobody_else(asking: tuple[Target, list[str]]) -> None:
    running, _ = asking
    allowed = re.search(rb"http://127\.0\.0\.1:\d+", running.query("SELECT * { SERVICE <x:> { } }").body)
    assert allowed
    slow = f"SELECT * {{ SERVICE <{allowed[0].decode()}/slow> {{ ?s ?p ?o }} }} # "
    for turn_ in range(8):  # who asks and leaves at once
        with running.connect() as made:
            made.sendall(posted(f"{slow}{turn_}"))
            time.sleep(0.02)
    with asked_together(running, [f"{slow}x{n}" for n in range(6)]) as statuses:
        running.well()
        page = running.ask(f"/sparql?{urlencode({'query': where('?s ?p ?o') + ' LIMIT 500', 'format': 'csv'})}", Accept_Encoding="gzip",
                           source="127.0.0.3", timeout=5)  # fmt: skip
        assert page.status == 200
    assert set(statuses) <= {502, 503}


# ---- heads, bodies and connections

RAW: dict[str, tuple[bytes, set[int]]] = {
    "garbage": (bytes(range(256)) * 10, {400}),
    "TLS": (bytes.fromhex("16030100c8010000c40303") + bytes(200), {400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30), {400}),
    "HTTP/0.9": (b"GET /healthz\r\n", {408}),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", {400}),
    "CONNECT": (b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n", {405}),
    "TRACE": (b"TRACE / HTTP/1.1\r\n" + HOST + END, {405}),
    "OPTIONS *": (b"OPTIONS * HTTP/1.1\r\n" + HOST + END, {204}),
    "absolute target": (b"GET http://evil.example/healthz HTTP/1.1\r\n" + HOST + END, {200}),
    "broken target": (b"GET http://u:p@[::1 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "no target": (b"GET  HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "websocket": (GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", {200}),
    "h2c": (GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n", {200}),
    "100-continue": (posted("ASK {}", b"Expect: 100-continue\r\n", b"Connection: close\r\n"), {100, 200}),
    "long line": (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {431}),
    "long method": (b"A" * 60_000, {400, 431}),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n", {431}),
    "no host": (b"GET /healthz HTTP/1.1\r\n" + END, {400}),
    "two hosts": (GET + b"Host: y\r\n" + END, {400}),
    "folded": (b"GET / HTTP/1.1\r\nX: a\r\n b\r\n" + HOST + END, {400}),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: x\nConnection: close\n\n", {400}),
    "NUL in a head": (b"GET / HTTP/1.1\r\nX: a\0b\r\n" + HOST + END, {400}),
    "space before the colon": (b"POST / HTTP/1.1\r\nContent-Length : 5\r\n" + HOST + b"\r\nASK{}", {400}),
    "no UTF-8": (b"GET /%ff%fe HTTP/1.1\r\n" + HOST + END, {400}),
    "no ASCII": (b"GET /\xff HTTP/1.1\r\n" + HOST + END, {400}),
    "length and coding": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET + END, {400}),
    "two lengths": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n123456", {400}),
    "negative length": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: -6\r\n\r\n123456", {400}),
    "endless length": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\n1", {400}),
    "large length": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999\r\n\r\n1", {413}),
    "length that lies": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 600\r\n\r\n1", {408}),
    "other coding": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {400}),
    "bad chunk": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", {400}),
    "huge chunk": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc", {400}),
    "chunks without end": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + b"4\r\nASK{\r\n" * 100_000, {413}),
    "trailers without end": (b"POST /sparql HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-T: yyyyyyyyyyy\r\n" * 100_000, {431}),
    "large body": (b"POST /x HTTP/1.1\r\n" + HOST + b"Content-Length: 3000000\r\n\r\n" + bytes(3_000_000), {413}),
    "body of a PUT": (b"PUT / HTTP/1.1\r\n" + HOST + b"Content-Length: 300000\r\n\r\n" + bytes(300_000), {405, 431}),
    "compressed": (posted("ASK {}", b"Content-Encoding: gzip\r\n", b"Connection: close\r\n"), {415}),
}  # fmt: skip


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_request_is_refused_and_dropped(steady: Target, name: str) -> None:
    sent, statuses = RAW[name]
    front = steady.memory()
    got = read_answers(steady.raw(sent, timeout=3.0))
    assert set(got) <= statuses
    assert got or len(sent) > 30_000
    assert steady.memory() < front + 10_000_000


@pytest.mark.parametrize("kind", ["nothing", "half a head", "half a body", "a byte now and then"])
def test_slow_clients_take_no_place_from_others(steady: Target, kind: str) -> None:
    """Twice as many as there may be connections."""
    begun = {
        "half a head": b"GET / HTTP/1.1\r\nX",
        "half a body": b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\nx",
    }.get(kind, b"")
    before = steady.files()
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(steady.connect(timeout=4.0)) for _ in range(80)]
        for each in made:
            with contextlib.suppress(OSError):
                each.sendall(begun)
        time.sleep(0.3)  # all have been taken, and the time of none is over
        assert steady.files() <= before + 44
        steady.well()
        if kind == "a byte now and then":
            for byte in b"GET /hea":
                for each in made:
                    with contextlib.suppress(OSError):
                        each.sendall(bytes([byte]))
                time.sleep(0.2)
        for each in made:
            assert set(read_answers(drained(each))) <= {408}
    steady.well()


@pytest.mark.parametrize("kind", ["nothing", "a byte now and then", "many small ones", "small one, closed"])
def test_who_does_not_take_the_answer_is_dropped(steady: Target, kind: str) -> None:
    health, rows = GET + b"\r\n", f"/sparql?{urlencode({'query': where('?s ?p ?o') + ' LIMIT 2000'})}".encode()
    asked = {
        "many small ones": health * 20 + b"GET " + rows + b" HTTP/1.1\r\n" + HOST + b"\r\n" + health * 5,
        "small one, closed": b"GET " + rows + b" HTTP/1.1\r\n" + HOST + END,
    }.get(kind, posted(EVERYTHING))
    before = steady.files()
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(steady.connect(receive=1024)) for _ in range(30)]
        for each in made:
            each.sendall(asked)
        if kind == "a byte now and then":
            for _ in range(10):
                for each in made:
                    with contextlib.suppress(OSError):
                        each.recv(1)
                time.sleep(0.3)
        steady.well(2.0)
        assert until(lambda: steady.files() <= before + 4, 12.0), f"{steady.files()} files, and {before} before"


def test_who_leaves_takes_the_work_along(steady: Target) -> None:
    for copies in (1, 3):  # alone, and with more requests behind it
        with steady.connect() as made:
            made.sendall(posted(HEAVY + f" # {copies}") * copies)
            assert until(lambda: steady.busy() > 0, 2.0)
            working = frozenset(pid for pid in steady.workers() if _running(pid))
        assert until(lambda: steady.busy() == 0, 0.9)  # before its deadline
        assert until(lambda gone=working: not gone & set(steady.workers()), 2.0)  # type: ignore[misc]


def _running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    return False


def test_requests_sent_ahead_are_bounded(steady: Target) -> None:
    front = steady.memory()
    with steady.connect(timeout=5.0) as made:
        with contextlib.suppress(OSError):
            made.sendall((GET + b"\r\n") * 20_000)
        drained(made)
    assert steady.memory() < front + 10_000_000
    assert len(read_answers(steady.raw((GET + b"\r\n") * 20, 2.0))) == 20


@pytest.mark.parametrize("behind", [b"GET / HTTP/1.1\r\nX", b"\0\0\0", b"GET / HTTP/1.1\r\n" + b"a" * 40_000])
def test_nothing_is_written_into_an_answer(steady: Target, behind: bytes) -> None:
    """What comes behind a request that is being answered is no reason to break the answer in two."""
    with steady.connect(timeout=3.0) as made:
        made.sendall(posted(f"{HEAVY} # {len(behind)}"))
        time.sleep(0.2)
        made.sendall(behind)
        assert len(read_answers(drained(made))) <= 2
    with steady.connect(timeout=3.0) as made:
        made.sendall(posted(f"{EVERYTHING} # {len(behind)}", b"Accept: text/turtle\r\n"))
        first = http.client.HTTPResponse(made)
        first.begin()
        made.sendall(behind)
        time.sleep(1.2)
        with contextlib.suppress(http.client.IncompleteRead, OSError):
            assert b"HTTP/1.1" not in first.read()


def test_bodies_are_bounded_together(asking: tuple[Target, list[str]]) -> None:
    running, _ = asking
    front = running.memory()
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(running.connect(timeout=2.0)) for _ in range(30)]
        for each in made:
            each.sendall(b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 3900000\r\n\r\n")
            with contextlib.suppress(OSError):
                each.sendall(bytes(3_800_000))
        running.well(2.0)
        assert running.memory() < front + 140_000_000
        statuses = Counter(status for each in made for status in read_answers(drained(each)))
    assert statuses[503] >= 5
    assert until(lambda: running.query(ASK).status == 200, 5.0)


# ---- many clients


@pytest.mark.parametrize(("source", "within"), [("127.0.0.2", 1.0), ("127.0.0.1", 2.0)])
def test_a_client_that_floods_does_not_starve_another(
    asking: tuple[Target, list[str]], source: str, within: float
) -> None:
    """Nor itself, or who shares its address: the last worker tries what was asked last."""
    running, _ = asking
    with asked_together(running, [f"{HEAVY} # {n}" for n in range(60)]) as statuses:
        time.sleep(0.2)
        for number in range(8):
            began = time.monotonic()
            light = urlencode({"query": f"{ASK} # light {source} {number}"})
            got = running.ask(f"/sparql?{light}", source=source, timeout=soon(within), Accept="application/json")
            assert got.status == 200
            assert time.monotonic() - began < soon(within)
    assert set(statuses) <= {0, 429, 503, 504}


def test_three_hundred_at_once(steady: Target) -> None:
    with asked_together(steady, [f"{ASK} # {n}" for n in range(300)]) as statuses:
        pass
    assert set(statuses) <= {0, 200, 429, 503}
    assert 200 in statuses


def test_an_address_of_ipv6_is_one_of_a_network() -> None:
    assert turn("2001:db8:1:2::1") == turn("2001:db8:1:2:ffff::9") != turn("2001:db8:1:3::1")
    assert turn("192.0.2.1") != turn("192.0.2.2")
    assert turn("?") == "?"


# ---- paths, headers and what is reflected

PATHS = [
    "/..%2f..%2f..%2fetc%2fpasswd", "/../../../../etc/passwd", "/dump/../../etc/passwd", "//etc/passwd", "///", "/%2e%2e/%2e%2e/etc/passwd",
    "/..%5c..%5cetc%5cpasswd", "/..\\..\\etc\\passwd", "/%00", "/index.html%00.ttl", "/.git/config", "/site.json", "/nginx.conf", "/_headers",
    "/id/..%2f..%2f..%2fetc/passwd.ttl", "/%252e%252e%252fetc%252fpasswd", "/~root", "/C:\\boot.ini", "/id/%0d%0aX-Evil:%201.ttl",
    "/" + "a/" * 4_000, "/" + "%2f" * 4_000, "/%F0%9F%92%A9", "/.", "/..", "/;x=y", "/http://evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_the_site(steady: Target, path: str) -> None:
    for accept in (b"*/*", b"text/turtle"):
        sent = b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"Accept: " + accept + b"\r\n" + END
        got = steady.raw(sent, 3.0)
        (status,) = read_answers(got)
        head, _, body = got.partition(b"\r\n\r\n")
        assert status in {303, 400, 404} or (path in {"///", "/.", "/..", "/;x=y"} and status == 200), got[:300]
        assert b"root:x:" not in body
        assert b"x-evil" not in head.lower()
        location = re.search(rb"\r\nlocation: ([^\r]*)", head.lower())
        assert location is None or b"//" not in location[1]


REFLECTED = [
    "\r\nX-Evil: 1",
    "\nX-Evil: 1",
    "\x0b\x0c\x85X-Evil: 1",
    "é\u2028X-Evil: 1",
    '"><script>X-Evil: 1',
    "\0",
    "\ud7ff\U0001f4a9",
]


@pytest.mark.parametrize("text", REFLECTED)
def test_what_was_sent_becomes_no_header_and_no_markup(steady: Target, text: str) -> None:
    value = quote(text)
    for path in (
        f"/{value}", f"/id/sdg/1{value}", f"/id/sdg/{value}.ttl", f"/sparql?query=ASK%7B%7D&default-graph-uri=x:{value}",
        f"/store?graph=x:{value}", f"/sparql?query={value}", f"/sparql?query=ASK%7B%7D&format={value}", f"/search?q={value}",
        f"/reconcile?callback={value}", f"/reconcile/preview?id={value}", f"/reconcile/suggest/entity?prefix={value}",
    ):  # fmt: skip
        for accept in ("*/*", "text/html", "application/json"):
            got = steady.ask(path, Accept=accept)
            assert got.status < 500 or got.status == 503
            assert not [name for name in got.headers if "evil" in name]
            assert b"<script>X-Evil" not in got.body or "html" not in got.headers.get("content-type", "")


def test_nobody_but_a_proxy_of_ours_says_who_we_are(steady: Target) -> None:
    for host in (b"evil.example\\@x", b'x"><script>', b"a b", b"x/../y", b"x#", b"x?y", b"\xff", b"u:p@evil.example"):
        got = steady.raw(b"GET /reconcile HTTP/1.1\r\nHost: " + host + b"\r\n" + END, 3.0)
        assert host not in got
        assert set(read_answers(got)) <= {200, 400}
    more: dict[str, Any] = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "gopher",
        "X_Forwarded_For": "192.0.2.1",
        "Forwarded": "host=evil.example",
    }
    said = steady.ask("/reconcile", **more)
    assert said.status == 200
    assert b"evil" not in said.body
    assert b"gopher" not in said.body
    assert b"evil" not in str(steady.ask("/sparql", Accept="text/turtle", **more)).encode()


def test_no_site_is_allowed_to_use_credentials(steady: Target) -> None:
    for method in ("GET", "OPTIONS"):
        more: dict[str, Any] = {
            "Origin": "https://evil.example",
            "Cookie": "a=b",
            "Access_Control_Request_Method": "PUT",
            "Access_Control_Request_Headers": "authorization",
        }
        got = steady.ask("/sparql?query=ASK%7B%7D", method, **more)
        assert got.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in got.headers
        assert "PUT" not in got.headers.get("access-control-allow-methods", "")
        assert "authorization" not in got.headers.get("access-control-allow-headers", "").lower()


LISTS = [
    "text/html;q=0.1," * 1_800,
    "a" * 30_000,
    '"' * 30_000,
    'a/b;c="\\' * 3_500,
    ";" * 30_000,
    "," * 30_000,
    "*/*;q=0.000," * 2_500,
]


@pytest.mark.parametrize("header", ["Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Match", "If-Modified-Since",
                                    "Range", "If-Range", "Cookie", "X-Forwarded-For", "Content-Type"])  # fmt: skip
def test_long_headers_hold_up_nobody(steady: Target, header: str) -> None:
    for value in LISTS:
        named: dict[str, Any] = {header: value}
        for path in ("/", "/id/sdg/1.ttl", f"/sparql?{urlencode({'query': ASK})}"):
            got = steady.ask(path, timeout=soon(1.0), **named)
            assert got.status in {200, 206, 304, 303, 406, 412, 416}


@pytest.mark.parametrize("value", ["bytes=" + ",".join(f"{n}-" for n in range(1_500)), "bytes=" + "0-0," * 3_000, "bytes=0-0,-1", f"bytes=0-{'9' * 20_000}",
                                   "bytes=--1", "bytes=-", "lines=0-1", "bytes=5-2"])  # fmt: skip
def test_ranges_never_make_an_answer_larger(steady: Target, value: str) -> None:
    for path in ("/", "/id/sdg/1.ttl"):
        whole = steady.ask(path)
        got = steady.ask(path, Range=value)
        assert got.status in {200, 206, 416}
        assert len(got.body) <= max(len(whole.body), 400)


def test_many_fields_are_refused(steady: Target) -> None:
    assert steady.ask("/sparql?" + "a=b&" * 201).status == 400
    graphs = "&default-graph-uri=x:" * 199
    got = steady.ask(f"/sparql?query=ASK%7B%7D{graphs}")
    assert got.status == 200
    assert len(got.headers["unknown-graph"]) < 1_000
    form = "application/x-www-form-urlencoded"
    assert steady.ask("/reconcile", "POST", b"queries=" + quote("[" * 30_000).encode(), Content_Type=form).status == 400
    deep = quote(json.dumps({"q0": {"query": "x" * 90_000}})).encode()
    assert steady.ask("/reconcile", "POST", b"queries=" + deep[:99_000], Content_Type=form).status in {200, 400}


# ---- the log


def test_the_log_holds_no_secrets_and_one_line_a_request(target: Target) -> None:
    secret = "s3cr3t"
    target.ask(
        f"/id/%0a%7B%22fake%22:1%7D%0d%1b[31m?token={secret}",
        Cookie=secret,
        Authorization=f"Basic {secret}",
        Referer=secret,
    )
    target.ask("/sparql", "POST", f"ASK {{ }} # {secret}".encode(), Content_Type="application/sparql-query")
    target.ask(f"/{'x' * 5_000}")
    log = target.said.with_name("access.log")
    assert until(lambda: b"fake" in log.read_bytes() and b"xxxx" in log.read_bytes())
    text = log.read_text()
    assert secret not in text
    assert "\x1b" not in text
    for line in text.splitlines():
        assert len(line) < 2_500
        assert not set(json.loads(line)) - {
            "time",
            "client",
            "method",
            "path",
            "status",
            "size",
            "ms",
            "lost",
        }


def test_nobody_waits_for_who_does_not_read_the_log(bilingual: Path, tmp_path: Path) -> None:
    with attacked(bilingual, tmp_path, SMALL, "--log", "-", stderr=subprocess.PIPE) as running:
        assert until(lambda: _learnt(running), 60.0)
        for _ in range(40):
            answered = read_answers(
                running.raw((b"GET /" + b"x" * 300 + b" HTTP/1.1\r\n" + HOST + b"\r\n") * 20 + GET + END)
            )
            assert answered[-1] == 200
        running.well()
        os.kill(running.keeper, signal.SIGKILL)  # which is said, too
        assert until(lambda: _well(running), 30.0)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=20) == 0


# ---- processes that are killed


def _well(running: Target) -> bool:
    with contextlib.suppress(OSError, AssertionError):
        running.well()
        return True
    return False


def test_whoever_is_killed_is_replaced(bilingual: Path, tmp_path: Path) -> None:
    queries = f"/reconcile?queries={quote(json.dumps({'q': {'query': 'Chile'}}))}"
    with attacked(bilingual, tmp_path, SMALL) as running:
        assert until(lambda: _learnt(running), 60.0)
        for _ in range(2):
            with asked_together(running, [f"{HEAVY} # {n}" for n in range(4)]) as statuses:
                time.sleep(0.2)
                for pid in running.workers():  # the clerk among them
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                assert until(lambda: _well(running), 1.5)
            assert set(statuses) <= {500, 503, 504}
        assert until(lambda: running.ask(queries, timeout=15.0).status == 200, 30.0)

        with asked_together(running, [f"{HEAVY} # {n}" for n in range(4)]) as statuses:
            time.sleep(0.2)
            os.kill(running.keeper, signal.SIGKILL)
            waited = running.query(f"{ASK} # meanwhile")
        assert waited.status in {200, 503}
        assert set(statuses) <= {200, 500, 503, 504}
        assert until(lambda: _well(running), 30.0)
        assert until(lambda: running.ask(queries, timeout=15.0).status == 200, 30.0)

        with asked_together(running, [HEAVY] * 2) as statuses:
            time.sleep(0.2)
            family = running.family()
            os.kill(running.pid, signal.SIGKILL)
            assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 5.0)


# ---- parts


def test_answers_that_are_not_taken_have_room_for_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spool, "most", 5_000_000)
    spools = [Spool() for _ in range(4)]
    for each in spools:
        for _ in range(2):
            each.append(bytes(1_000_000))
    assert [each.dropped for each in spools] == [True, True, False, False]
    with pytest.raises(Dropped):
        spools[0].read(0)
    spools[0].append(b"x")
    assert spools[3].read(0)
    for each in spools:
        each.close()
    assert not [each for each in spools if each in Spool.files]


def test_small_entries_are_counted_with_what_they_take() -> None:
    kept: Kept[bool] = Kept(1_000_000)
    for number in range(20_000):
        kept.put(str(number).encode(), value=True, size=1)
    assert sum(kept.get(str(number).encode()) is not None for number in range(20_000)) < 5_000


def test_there_are_no_more_connections_than_files(tmp_path: Path) -> None:
    program = (
        "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (100, 700));"
        "from mandate_graph.serve.listening import connections as c; print(c(1024), r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["94", "700"]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] != 700


@given(
    st.lists(
        st.sampled_from(['"', "'", "\\", "#", "\n", '"""', "'''", "<", ">", "a", " ", "{", "SERVICE ", "é"]),
        max_size=40,
    ).map("".join)
)
@settings(max_examples=300)
def test_code_of_a_query_is_what_stands_outside_of_strings(text: str) -> None:
    """Read as SPARQL 1.1 §19.8 does, a letter at a time."""
    assert "SERVICE" in code_of(f"{text}") or not _outside(text)


def _outside(text: str) -> bool:
    """Whether a SERVICE stands outside of every string, comment and IRI; a text with an open string is no query."""
    place, found = 0, False
    while place < len(text):
        rest = text[place:]
        quoted = next((mark for mark in ('"""', "'''", '"', "'") if rest.startswith(mark)), "")
        if rest.startswith("SERVICE"):
            found = True
            place += 7
        elif rest[0] == "\\":
            place += 2
        elif rest[0] == "#":
            place += (rest.find("\n") + 1) or len(rest)
        elif iri := re.match(r'<[^<>"{}|^`\\\x00-\x20]*>', rest):
            place += iri.end()
        elif quoted:
            inside = re.match(r"(?:[^\\]|\\.)*?" + quoted, rest[len(quoted) :], re.DOTALL)
            if inside is None or (len(quoted) == 1 and re.search(r"[\r\n]", inside[0])):
                return False
            place += len(quoted) + inside.end()
            if len(quoted) == 3:  # the end of a long string is its last three marks
                pass
        else:
            place += 1
    return found


# ---- bytes that nobody thought of

VALID = [
    GET + END, b"GET /id/sdg/1.ttl HTTP/1.1\r\n" + HOST + b"If-None-Match: \"a\"\r\nRange: bytes=0-5\r\n" + END, posted(ASK),
    b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\nquery=\r\n5\r\nASK{}\r\n0\r\n\r\n",
    b"GET /reconcile?queries=%7B%22q%22:%7B%22query%22:%22Chile%22%7D%7D&callback=x HTTP/1.1\r\n" + HOST + END,
    b"GET /search?q=water&type=body&limit=3 HTTP/1.1\r\n" + HOST + b"Accept: application/json\r\n" + END,
    b"OPTIONS * HTTP/1.1\r\n" + HOST + END, b"GET /store?default HTTP/1.1\r\n" + HOST + b"Accept: text/turtle;q=0.5\r\n" + END,
]  # fmt: skip
PIECES = [b"", b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b":", b"%", b"%00", b"%ff", b"\xff", b"\x80", b",", b";", b'"', b"*", b"/", b"..", b"?",
          b"&", b"=", b"-1", b"0", b"99999999999999999999", b"A" * 9_000, b"chunked", b"HTTP/1.0", b"HTTP/2.0", b"Content-Length: 3\r\n",
          b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"Upgrade: h2c\r\nConnection: upgrade\r\n", b"Host: y\r\n"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A request with a few cuts and pieces in it."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(PIECES) | st.binary(max_size=6)) + text[stop:]
    return text


@given(st.lists(st.binary(max_size=300) | mutated() | mutated(), min_size=20, max_size=20))
@settings(max_examples=15)
def test_any_bytes_are_answered_or_dropped(target: Target, texts: list[bytes]) -> None:
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(target.connect(timeout=0.25)) for _ in texts]
        for each, text in zip(made, texts, strict=True):
            with contextlib.suppress(OSError):
                each.sendall(text)
        for each, text in zip(made, texts, strict=True):
            got = drained(each)
            assert not {status for status in read_answers(got) if status >= 500} - {503, 504}, (text, got[:2_000])
    target.well()


def test_the_table_of_defences_names_the_tests_that_there_are() -> None:
    text = (Path(__file__).parent.parent / "docs" / "serving-defences.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?!test_)[a-z0-9]+(?:_[a-z0-9]+){2,})`", text)) - {"oom_score_adj"}
    there = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    parts = {
        "the_table_of_defences_names_the_tests_that_there_are",
        "code_of_a_query_is_what_stands_outside_of_strings",
    }
    assert named <= there
    assert there - named <= parts | {
        "words_that_ask_nobody_are_no_service",
        "a_long_query_with_service_is_refused",
        "a_long_name_of_a_graph_makes_no_long_header",
        "an_address_of_ipv6_is_one_of_a_network",
    }
