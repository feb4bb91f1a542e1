"""A build in a server: the same triples, nothing else touched, and a push that was killed is run again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Cli
from mandate_graph import errors
from mandate_graph.engine import parse_quads
from mandate_graph.push import Addresses, Limits, addresses, push, spool
from mandate_graph.remote import Endpoint
from servers import STORES, Handler, Store, forward, oxigraph, server

BASE = "https://w3id.org/mandate-graph/"
FOREIGN = "https://other.org/graph/mine"
STALE = f"{BASE}graph/source/000000000000"
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@pytest.fixture(scope="module", params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with STORES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def fitting(store: Store, built: Path, tmp_path: Path) -> Path:
    """The build; for rdflib-endpoint, which parses half a thousand triples a second, a part of every graph."""
    if store.kind != "rdflib-endpoint":
        return built
    kept: Counter[bytes] = Counter()
    lines = []
    for line in (built / "mandates.nq").read_bytes().splitlines(keepends=True):
        graph = line.rpartition(b" <")[2]
        kept[graph] += 1
        if kept[graph] <= 100 or b"void#uriSpace> " in line:
            lines.append(line)
    folder = tmp_path / "part"
    shutil.copytree(built, folder)
    (folder / "mandates.nq").write_bytes(b"".join(lines))
    return folder


def expected(build: Path) -> Counter[str]:
    return Counter(graph[1:-1] for *_, graph in parse_quads(build / "mandates.nq"))


def held(store: Store) -> dict[str, int]:
    """The graphs of a store that are ours or the test's, with their counts."""
    _, rows = Endpoint(store.query).table(GRAPHS)
    counts = {graph[1:-1]: int(count.split('"')[1]) for graph, count in rows}
    return {graph: count for graph, count in counts.items() if graph.startswith((BASE, "https://other.org/"))}


def insert(store: Store, graph: str) -> None:
    where = addresses(store.url, access=store.access).update
    Endpoint(where, store.access).update(f"INSERT DATA {{ GRAPH <{graph}> {{ <e:s> <e:p> 1 , 2 }} }}")


def honest(term: str, kind: str) -> str:
    """A term as a store gives it back: Virtuoso keeps the values of numbers, and small letters of language tags."""
    if kind != "virtuoso":
        return term
    if found := re.fullmatch(r'"(-?\d+\.\d*?)0*"(\^\^<.*#decimal>)', term):
        return f'"{found[1].removesuffix(".")}"{found[2]}'
    return re.sub(r'(?<=")@[\w-]+$', lambda tag: tag[0].lower(), term)


def test_each_graph_arrives_whole_and_others_stay(store: Store, fitting: Path) -> None:
    insert(store, FOREIGN)
    insert(store, STALE)
    insert(store, f"{BASE}graph/authority")
    said: list[tuple[str, int, int]] = []
    done = push(fitting, store.url, access=store.access, progress=lambda *step: said.append(step))
    want = expected(fitting)
    assert done.graphs == want
    assert done.triples == sum(want.values())
    assert done.removed == (STALE,)
    assert done.how == ("update" if store.kind == "rdflib-endpoint" else "graph store")
    assert held(store) == {**want, FOREIGN: 2}
    assert ("writing", done.triples, done.triples) in said
    again = push(fitting, store.url, access=store.access)
    assert again.removed == ()
    assert held(store) == {**want, FOREIGN: 2}


def test_what_arrived_is_what_was_sent(store: Store, fitting: Path) -> None:
    push(fitting, store.url, access=store.access)
    sent: dict[str, set[tuple[str, ...]]] = {}
    for s, p, o, graph in parse_quads(fitting / "mandates.nq"):
        sent.setdefault(graph, set()).add((s, p, honest(o, store.kind)))
    for graph, triples in sent.items():
        form, quads, _ = Endpoint(store.query).answer(
            f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}", "x"
        )
        assert form == "graph"
        assert isinstance(quads, list)
        got = {(s, p, honest(o, store.kind)) for s, p, o, _ in quads}
        assert (got - triples, triples - got) == (set(), set())


def test_virtuoso_by_updates(built: Path, tmp_path: Path) -> None:
    with STORES["virtuoso"](tmp_path) as running:
        done = push(built, running.url, access=running.access, update=f"{running.url}-auth")
        assert done.how == "update"
        assert held(running) == expected(built)


def test_a_push_that_is_killed_is_run_again(built: Path, tmp_path: Path) -> None:
    """The description of the dataset is not there until all of it is."""
    with oxigraph(tmp_path) as running:
        push(built, running.url)
        insert(running, STALE)
        home = running.url.removesuffix("/query")
        writes, reached = [0], threading.Event()

        def slow(handler: Handler, body: bytes) -> None:
            if handler.command == "PUT":
                writes[0] += 1
                if writes[0] == 3:
                    reached.set()
                    time.sleep(60)
            forward(handler, body, home)

        with server(slow) as proxy:
            command = [sys.executable, "-m", "mandate_graph", "push", proxy.url, "--from", str(built)]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ)) as pushing:
                assert reached.wait(60)
                pushing.send_signal(signal.SIGKILL)
        assert pushing.returncode == -signal.SIGKILL
        assert f"{BASE}graph/meta" not in held(running)
        push(built, running.url)
        assert held(running) == expected(built)


def test_a_busy_server_is_asked_again(built: Path, tmp_path: Path) -> None:
    with oxigraph(tmp_path) as running:
        failed: Counter[tuple[str, str]] = Counter()

        def busy(handler: Handler, body: bytes) -> None:
            failed[key := (handler.command, handler.path)] += 1
            if failed[key] <= 2:
                if handler.command == "DELETE":
                    return  # hangs up without a word
                handler.reply(503, b"busy")
                return
            forward(handler, body, running.url.removesuffix("/query"))

        with server(busy) as proxy:
            push(built, proxy.url, limits=Limits(wait=0.01))
        assert held(running) == expected(built)

        with server(lambda handler, _: handler.reply(503, b"always busy")) as never:
            with pytest.raises(errors.Refused, match="always busy"):
                push(built, never.url, limits=Limits(tries=3, wait=0.01))
            assert len(never.seen) == 3


def test_a_store_that_loses_triples_is_found_out(built: Path, tmp_path: Path) -> None:
    with oxigraph(tmp_path) as running:

        def losing(handler: Handler, body: bytes) -> None:
            if handler.command == "PUT" and "derived" in handler.path:
                body = body.partition(b"\n")[2]
            forward(handler, body, running.url.removesuffix("/query"))

        with server(losing) as proxy, pytest.raises(errors.PushDiffers) as caught:
            push(built, proxy.url)
        count = expected(built)[f"{BASE}graph/derived"]
        assert f"{BASE}graph/derived holds {count - 1} triples, and {count} were sent" in str(caught.value)
        assert f"{BASE}graph/meta" not in held(running)


def test_the_command(built: Path, tmp_path: Path, cli: Cli) -> None:
    with oxigraph(tmp_path) as running:
        done = cli("push", running.url, "--from", built, env={"MANDATE_GRAPH_TOKEN": "s3cret-t0ken"})
        assert (done.returncode, done.stderr) == (0, "")
        total = sum(expected(built).values())
        assert done.stdout.startswith(f"pushed {total:,} triples in {len(expected(built))} graphs by the graph store")
        assert done.stdout.count("\n") == 1
        # The root is enough: where queries are answered is found.
        assert cli("push", running.url.removesuffix("query"), "--from", built).returncode == 0


def test_the_command_says_what_is_wrong_in_a_line(built: Path, tmp_path: Path, cli: Cli) -> None:
    secret = {"MANDATE_GRAPH_USER": "dba", "MANDATE_GRAPH_PASSWORD": "wr0ng-one"}
    with STORES["virtuoso"](tmp_path) as running:
        done = cli("push", running.url, "--from", built, env=secret)
        assert done.returncode == 1
        assert "MANDATE_GRAPH_PASSWORD" in done.stderr
        assert held(running) == {}
    for arguments, code in [
        (["http://me:wr0ng-one@localhost/q", "--from", built], 2),
        (["http://localhost/q", "--store", "http://me:wr0ng-one@localhost/q", "--from", built], 2),
        (["nonsense", "--from", built], 2),
        (["http://localhost/q", "--timeout", "0", "--from", built], 2),
        (["http://localhost/q", "--from", tmp_path / "nothing"], 2),
    ]:
        bad = cli("push", *arguments, env=secret)
        assert (bad.returncode, bad.stdout) == (code, "")
        assert bad.stderr.count("\n") == 1
        done.stderr += bad.stderr
    assert "wr0ng-one" not in done.stdout + done.stderr


H = "http://h:1"


@pytest.mark.parametrize(
    ("url", "want"),
    [
        (f"{H}/query", (f"{H}/query", f"{H}/update", f"{H}/store")),
        (f"{H}/update", (f"{H}/query", f"{H}/update", f"{H}/store")),
        (f"{H}/deep/store", (f"{H}/deep/query", f"{H}/deep/update", f"{H}/deep/store")),
        (f"{H}/ds/query", (f"{H}/ds/query", f"{H}/ds/update", f"{H}/ds/data")),
        (f"{H}/ds/data", (f"{H}/ds/query", f"{H}/ds/update", f"{H}/ds/data")),
        (f"{H}/sparql-auth", (f"{H}/sparql-auth", f"{H}/sparql-auth", f"{H}/sparql-graph-crud-auth")),
        (
            f"{H}/rdf4j-server/repositories/x",
            tuple(f"{H}/rdf4j-server/repositories/x{tail}" for tail in ("", "/statements", "/rdf-graphs/service")),
        ),
        (f"{H}/anything/else", (f"{H}/anything/else", f"{H}/anything/else", None)),
    ],
)
def test_addresses_of_known_servers(url: str, want: tuple[str, str, str | None]) -> None:
    assert addresses(url) == Addresses(*want)


def test_addresses_that_are_given_stay() -> None:
    assert addresses(f"{H}/x", store=f"{H}/s", query=f"{H}/q") == Addresses(f"{H}/q", f"{H}/x", f"{H}/s")
    assert addresses(f"{H}/query", update=f"{H}/u") == Addresses(f"{H}/query", f"{H}/u", None)


def test_a_build_is_cut_by_graph_in_little_memory(built: Path, tmp_path: Path) -> None:
    spooled = spool(built / "mandates.nq", tmp_path, buffered=10_000)
    assert spooled.base == BASE
    assert {graph: count for graph, (_, count) in spooled.graphs.items()} == expected(built)
    whole = [(*triple[:3], f"<{graph}>") for graph, (file, _) in spooled.graphs.items() for triple in parse_quads(file)]
    assert sorted(whole) == sorted(parse_quads(built / "mandates.nq"))


def test_graphs_of_others_are_not_pushed(tmp_path: Path) -> None:
    file = tmp_path / "mandates.nq"
    for line, words in [
        (f'<e:s> <e:p> "x" <{FOREIGN}> .\n', FOREIGN),
        ('<e:s> <e:p> "x" .\n', "line 1"),
        ("", "empty"),
    ]:
        file.write_text(line)
        with pytest.raises(errors.BadRdf, match=words):
            spool(file, tmp_path)


def test_a_server_that_does_nothing_and_says_well_done_is_found_out(built: Path, tmp_path: Path) -> None:
    """A page that asks for a password comes with status 200, and the counts of an older push may even be right."""
    with oxigraph(tmp_path) as running:
        push(built, running.url)

        def login(handler: Handler, body: bytes) -> None:
            if handler.path.startswith("/store"):
                handler.reply(200, b"<html>please log in</html>", "text/html")
            else:
                forward(handler, body, running.url.removesuffix("/query"))

        with server(login) as proxy, pytest.raises(errors.PushDiffers, match="graph/meta holds"):
            push(built, proxy.url)
