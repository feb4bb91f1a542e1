"""A push over several connections: the same triples in the end, whatever server, network and power do meanwhile."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Cli
from mandate_graph import errors
from mandate_graph.engine import parse_quads
from mandate_graph.push import Addresses, Limits, push, push_each, spool
from mandate_graph.push.crew import Crew
from mandate_graph.push.server import Pace, Server
from mandate_graph.remote import Access, Endpoint
from servers import STORES, Handler, Store, forward, free_port, oxigraph, server
from test_push import BASE, FOREIGN, expected, held, insert

META, EVIDENCE = f"{BASE}graph/meta", f"{BASE}graph/evidence"
# so small that also the build of two pages goes in dozens of parts
PARTS = Limits(store_triples=300, update_triples=300, rows=4, wait=0.05)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with oxigraph(tmp_path_factory.mktemp("shared")) as store:
        yield store


def home(store: Store) -> str:
    return store.url.removesuffix("/query")


@pytest.mark.parametrize("kind", ["oxigraph", "virtuoso", "virtuoso by updates"])
def test_the_same_triples_over_four_connections(kind: str, built: Path, tmp_path: Path) -> None:
    with STORES[kind.split(maxsplit=1)[0]](tmp_path) as store:
        stale = tuple(f"{BASE}graph/source/{number:012}" for number in range(6))
        for graph in (FOREIGN, *stale):
            insert(store, graph)
        update = f"{store.url}-auth" if kind.endswith("updates") else None
        done = push(built, store.url, access=store.access, update=update, connections=4, limits=PARTS)
        assert done.removed == stale
        assert done.graphs == expected(built)
        assert held(store) == {**expected(built), FOREIGN: 2}
        assert push(built, store.url, access=store.access, connections=3, limits=PARTS).removed == ()
        assert held(store) == {**expected(built), FOREIGN: 2}


def test_what_arrived_over_four_connections_is_what_was_sent(built: Path, running: Store) -> None:
    push(built, running.url, connections=4, limits=PARTS)
    for graph in (EVIDENCE, META, f"{BASE}graph/authority"):
        sent = {(s, p, o) for s, p, o, where in parse_quads(built / "mandates.nq") if where == f"<{graph}>"}
        _, quads, _ = Endpoint(running.query).answer(f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        assert {(s, p, o) for s, p, o, _ in quads} == sent  # type: ignore[misc]


class Log:
    """Hands on to a store, and writes down which requests that change it were under way together."""

    def __init__(self, to: Store, wanted: int) -> None:
        self.events: list[tuple[str, str, str]] = []
        self.most = 0
        self._to = home(to)
        self._wanted = wanted
        self._under_way = 0
        self._changed = threading.Condition()

    def __call__(self, handler: Handler, body: bytes) -> None:
        if not handler.path.startswith("/store"):
            forward(handler, body, self._to)
            return
        what = (handler.command, handler.path.rpartition("%2F")[2])
        with self._changed:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
            self.events.append(("begin", *what))
            self._changed.notify_all()
            # requests are held until as many are here as may be, once
            if what[0] == "POST":
                self._changed.wait_for(lambda: self.most >= self._wanted, 10)
        reply: Any = handler.reply

        def answered(*given: Any) -> None:
            with self._changed:
                self._under_way -= 1
                self.events.append(("end", *what))
            reply(*given)

        # the store has done it, and who asked does not know yet
        vars(handler)["reply"] = answered
        forward(handler, body, self._to)


@pytest.mark.parametrize("connections", [1, 3])
def test_so_many_requests_are_under_way_and_no_more(built: Path, running: Store, connections: int) -> None:
    log = Log(running, connections)
    with server(log) as proxy:
        push(built, proxy.url, connections=connections, limits=PARTS)
    assert log.most == connections


def test_a_reader_sees_one_graph_by_half_at_most(built: Path, running: Store) -> None:
    """A large graph begins with one request, ends before the next begins, and the description stands last."""
    log = Log(running, 4)
    with server(log) as proxy:
        push(built, proxy.url, connections=4, limits=PARTS)
    changes = [event for event in log.events if event[1] != "DELETE"]
    parted = sorted({graph for _, method, graph in changes if method == "POST"})
    assert len(parted) > 3
    spans = []
    for graph in parted:
        own = [place for place, event in enumerate(changes) if event[2] == graph]
        assert [changes[place][:2] for place in own[:2]] == [("begin", "PUT"), ("end", "PUT")]
        assert all(changes[place][1] == "POST" for place in own[2:])
        spans.append((own[0], own[-1]))
    spans.sort()
    assert all(first[1] < second[0] for first, second in itertools.pairwise(spans))
    first_of_meta = next(place for place, event in enumerate(changes) if event[2] == "meta")
    assert all(event[2] == "meta" for event in changes[first_of_meta:])


def test_a_pause_that_the_server_asks_for_is_made_by_all(built: Path, running: Store) -> None:
    """Although a request is not tried again where nobody asks for a pause."""
    asked: list[float] = []
    came: list[float] = []
    lock = threading.Lock()

    def busy(handler: Handler, body: bytes) -> None:
        with lock:
            came.append(time.monotonic())
            if handler.command == "POST" and handler.path.startswith("/store") and len(asked) < 2:
                handler.reply(429 + 74 * len(asked), b"busy", Retry_After="1")
                asked.append(time.monotonic())
                return
        forward(handler, body, home(running))

    with server(busy) as proxy:
        push(built, proxy.url, connections=2, limits=Limits(store_triples=300, tries=1))
    assert held(running).items() >= expected(built).items()
    # one request of the other connection may have been on its way; nobody else comes while the pause lasts
    last = asked[-1]
    assert len([at for at in came if last < at < last + 0.8]) <= 1


def test_a_pause_of_an_hour_is_not_waited_for(built: Path) -> None:
    with (
        server(lambda handler, _: handler.reply(503, b"gone fishing", Retry_After="3600")) as proxy,
        pytest.raises(errors.Refused, match="gone fishing"),
    ):
        push(built, proxy.url, connections=2)
    assert len(proxy.seen) == 1


def test_a_writer_that_was_taken_back_writes_again(built: Path, running: Store) -> None:
    """What Virtuoso answers to one of two writers that wait for each other; however often it does."""
    page = b"<html><h1>HTTP/1.1 500 Request Failed</h1><h3>Error 40001</h3><xmp>SR172: Transaction deadlocked</xmp>"
    refused: Counter[str] = Counter()

    def deadlock(handler: Handler, body: bytes) -> None:
        if handler.command == "PUT" and handler.path.endswith("derived"):
            refused["derived"] += 1
            if refused["derived"] <= 4:
                handler.reply(500, page, "text/html")
                return
        forward(handler, body, home(running))

    with server(deadlock) as proxy:
        push(built, proxy.url, connections=2, limits=Limits(tries=2, wait=0.01))
    assert refused["derived"] == 5
    assert held(running).items() >= expected(built).items()


def test_when_one_connection_fails_the_others_stop(built: Path, running: Store) -> None:
    posts: Counter[str] = Counter()

    def refusing(handler: Handler, body: bytes) -> None:
        if handler.command == "POST" and handler.path.startswith("/store"):
            posts["all"] += 1
            if posts["all"] == 5:
                handler.reply(507, b"disk full")
                return
        forward(handler, body, home(running))

    with server(refusing) as proxy:
        with pytest.raises(errors.Refused, match="disk full"):
            push(built, proxy.url, connections=4, limits=Limits(store_triples=50))
        seen = len(proxy.seen)
        time.sleep(0.3)
        assert len(proxy.seen) == seen
    parts = expected(built)[f"{BASE}graph/authority"] // 50
    assert posts["all"] < parts / 2
    assert META not in held(running)


@pytest.mark.slow
def test_a_server_that_is_killed_in_the_middle_and_started_again(built: Path, tmp_path: Path) -> None:
    """The second push ends as if nothing had been; where the server is back soon, the first one does."""
    port, options = free_port(), ("--location", str(tmp_path / "data"))
    stack = contextlib.ExitStack()
    store = stack.enter_context(oxigraph(tmp_path, *options, port=port))
    killed: list[int] = []

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done * 2 > total and not killed:
            killed.append(done)
            stack.close()

    push(built, store.url)
    with pytest.raises(errors.EndpointError):
        push(built, store.url, connections=3, limits=Limits(store_triples=1000, tries=2, wait=0.01), progress=kill)
    with oxigraph(tmp_path, *options, port=port):
        assert META not in held(store)
        assert push(built, store.url, connections=3, limits=Limits()).removed == ()
        assert held(store) == expected(built)

    killed.clear()
    again = contextlib.ExitStack()

    def restart(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done * 2 > total and not killed:
            killed.append(done)
            stack.close()
            again.enter_context(oxigraph(tmp_path, *options, port=port))

    stack.enter_context(oxigraph(tmp_path, *options, port=port))
    with again:
        push(built, store.url, connections=3, limits=Limits(store_triples=1000), progress=restart)
        assert held(store) == expected(built)


def test_no_more_parts_are_in_memory_than_connections() -> None:
    drawn, done, most = [0], [0], [0]

    def pieces() -> Iterator[int]:
        for piece in range(200):
            drawn[0] += 1
            most[0] = max(most[0], drawn[0] - done[0])
            yield piece

    def work(_: Server, piece: int) -> int:
        time.sleep(0.001)
        done[0] += 1
        return piece

    def connect(pace: Pace) -> Server:
        return Server(Addresses("http://h/q", "http://h/u", None), Access(), 1.0, Limits(), pace)

    with Crew(connect, 4) as crew:
        assert sorted(crew.each(work, pieces())) == list(range(200))
    assert most[0] == 4


def test_replicas_get_everything_one_after_another(built: Path, tmp_path: Path, cli: Cli) -> None:
    with contextlib.ExitStack() as stack:
        folders = [tmp_path / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
        one, two = (stack.enter_context(oxigraph(folder)) for folder in folders)
        done = cli("push", one.url, two.url, "--connections", "2", "--from", built)
        assert (done.returncode, done.stderr) == (0, "")
        assert [line.rpartition(": ")[2] for line in done.stdout.splitlines()] == [one.url, two.url]
        assert held(one) == held(two) == expected(built)

        said: list[str] = []
        for replica in push_each(built, [one.url, two.url], progress=lambda stage, *_: said.append(stage)):
            said.append(replica.url)  # noqa: PERF401 - stages come between
        assert said.index("writing (1 of 2)") < said.index(one.url) < said.index("writing (2 of 2)")

        gone = f"http://127.0.0.1:{free_port()}/query"
        failed = cli("push", two.url, gone, "--from", built)
        assert failed.returncode == 1
        assert failed.stdout.rstrip().endswith(two.url)
        assert gone.removesuffix("query") in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["http://h/query", "http://i/query", "--store", "http://h/s"], "--store"),
        (["http://h/query", "--connections", "0"], "from 1 to 64"),
        (["http://h/query", "--connections", "many"], "from 1 to 64"),
    ],
)
def test_what_cannot_be_asked(cli: Cli, built: Path, arguments: list[str], said: str) -> None:
    done = cli("push", *arguments, "--from", built)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_blank_nodes_are_not_pushed(tmp_path: Path) -> None:
    """They have a name in one request only; a literal that looks like one is none."""
    file = tmp_path / "mandates.nq"
    graph = f"<{BASE}graph/authority>"
    for line in (f"_:a <e:p> <e:o> {graph} .\n", f"<e:s> <e:p> _:b {graph} .\n"):
        file.write_text(line)
        with pytest.raises(errors.BadRdf, match=r"line 1\b.*blank node"):
            spool(file, tmp_path)
    file.write_text(f'<e:s> <e:p> "of _:b"@en {graph} .\n')
    assert spool(file, tmp_path).graphs[graph[1:-1]][1] == 1


def test_a_build_holds_no_blank_node(built: Path) -> None:
    assert not [quad for quad in parse_quads(built / "mandates.nq") if any(term.startswith("_:") for term in quad)]
