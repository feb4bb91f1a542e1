"""The server's life: builds change under it, it is told to stop, it is killed, and nobody who asks it is let down."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import mandate_graph as mg
from conftest import ROOT, page_text
from living import Hammer, Running, ask, free_port, running
from mandate_graph.serve.app import App
from mandate_graph.serve.cabinet import hold, let_go, sweep
from mandate_graph.serve.logs import AccessLog
from mandate_graph.serve.settings import Settings
from mandate_graph.serve.steady import Steady

ALL = "SELECT (COUNT(*) AS ?all) { ?s ?p ?o }"
# millions of pairs, some seconds; and what tells one build from the other
LONG = (
    "SELECT (CONCAT(STR(?pairs), ' ', STR(?all)) AS ?said) { { SELECT (COUNT(*) AS ?all) { ?x ?y ?z } } "
    "{ SELECT (COUNT(*) AS ?pairs) { { SELECT ?a { ?a ?p ?o } LIMIT 5000 } { SELECT ?b { ?b ?q ?r } LIMIT 5000 } } } }"
)
PAIRS = "25000000"
NEVER = "SELECT (COUNT(*) AS ?never) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# some ten megabytes: more than sockets hold
LARGE = "SELECT ?s ?p ?o ?a { ?s ?p ?o . { SELECT ?a { ?a ?b ?c } LIMIT 10 } }"


def house(home: Path, items: int) -> Path:
    """A house of one page with so many mandates."""
    (home / "sources" / "documents").mkdir(parents=True)
    (home / "sources" / "links").mkdir()
    shutil.copy(ROOT / "sources" / "house.toml", home / "sources")
    lines = [f"  {place}. Sail {place} boats. (Plan of Action Québec, 2001)." for place in range(1, items + 1)]
    (home / "sources" / "documents" / "sea.txt").write_text(page_text(*lines), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("houses")
    return house(home / "small", 3), house(home / "large", 5)


@pytest.fixture(scope="module")
def small(houses: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small build that nobody changes, and beside it what is prepared for it."""
    out = tmp_path_factory.mktemp("small") / "build"
    mg.build(out=out, house=houses[0])
    return out


@pytest.fixture
def build(small: Path, tmp_path: Path) -> Path:
    """A small build to change."""
    return shutil.copytree(small, tmp_path / "build")


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A configuration under which nothing is cut off, however slow the machine."""
    file = tmp_path_factory.mktemp("patient") / "serve.toml"
    file.write_text("seconds = 1000\npatience = 1000\n")
    return str(file)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder of what is prepared that many servers use."""
    return str(tmp_path_factory.mktemp("state"))


def count(build: Path) -> str:
    return str(mg.open(build).query(ALL)[0].all)


# ---- builds that change


class Answered(threading.Thread):
    """A query that is asked in a thread; ``value`` is its answer."""

    def __init__(self, server: Running, query: str) -> None:
        super().__init__(daemon=True)
        self._server, self._query = server, query
        self.value = ""
        self.start()
        server.until(lambda: server.health()["queries"]["running"], "a running query")

    def run(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
            self.value = self._server.query(self._query)


@contextlib.contextmanager
def download(server: Running, query: str) -> Iterator[http.client.HTTPResponse]:
    """A large answer as CSV of which a client has read no more than the beginning."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", f"/sparql?query={quote(query)}", headers={"Accept": "text/csv"})
        response = connection.getresponse()
        assert response.status == 200
        assert response.readline() == b"s,p,o,a\r\n"
        yield response


def rows_of(response: http.client.HTTPResponse) -> int:
    return sum(1 for _ in csv.reader(io.TextIOWrapper(response, encoding="utf-8", newline="")))


def test_a_new_build_is_taken_up_while_everybody_asks(
    houses: tuple[Path, Path], build: Path, tmp_path: Path, state: str, patient: str
) -> None:
    page = next(iter(mg.open(build).mandates())).iri.removeprefix("https://w3id.org/mandate-graph/")
    paths = (f"/sparql?query={quote(ALL)}", "/search?q=boats", f"/{page}.ttl", "/openapi.json")
    old = count(build)
    with running(build, tmp_path, "--state", state, "--log", "none", "--config", patient) as server:
        server.complete()
        (keeper,) = server.keepers()
        with Hammer(server, *paths) as hammer, download(server, LARGE) as slow:
            long = Answered(server, LONG)
            workers = server.children(keeper)
            for pid in workers:  # whatever the machine, the query does not end before there is a new build
                os.kill(pid, signal.SIGSTOP)
            mg.build(out=build, house=houses[1])
            server.says("a new build is served")
            fresh = {path: server.ask(path) for path in paths}
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
            long.join()
            rows = rows_of(slow)
            server.until(lambda: keeper not in server.keepers(), "an end of the old keeper")
        assert not hammer.failed
        # what was begun before finishes on what it was begun on
        assert long.value == f"{PAIRS} {old}"
        assert rows == int(old) * 10
        # no answer is of neither, and none is of the old one after one of the new one
        for path, seen in hammer.seen.items():
            assert seen[-1] == fresh[path].body, path
            assert len(seen) <= 2, path
        assert len(hammer.seen[paths[0]]) == 2
        assert server.query(ALL) == count(build) != old
        assert len(server.keepers()) == 1
        assert fresh[f"/{page}.ttl"]["etag"] != ""


def test_a_new_build_whose_keeper_dies_takes_nobodys_place(
    houses: tuple[Path, Path], build: Path, tmp_path: Path
) -> None:
    """Twice the memory is needed meanwhile: it is the new one that the system ends when there is none."""
    with running(build, tmp_path, "--state", str(tmp_path / "state"), "--log", "none") as server:
        server.complete()
        (keeper,) = server.keepers()
        mg.build(out=build, house=houses[1])
        server.until(lambda: sum("writing downloads" in line for line in list(server.said)) == 2, "a second keeper")
        (fresh,) = (each for each in server.keepers() if each != keeper)
        os.kill(fresh, signal.SIGKILL)
        server.says("has died; starting another")
        assert keeper in server.keepers()
        server.says("a new build is served")
        assert sum("a new build is served" in line for line in server.said) == 1
        assert server.query(ALL) == count(build)


def test_a_broken_build_is_refused_and_the_one_before_it_serves_on(
    houses: tuple[Path, Path], build: Path, tmp_path: Path, state: str
) -> None:
    old = count(build)
    with running(build, tmp_path, "--state", state, "--log", "none") as server:
        data = (build / "mandates.nq").read_bytes()
        (build / "mandates.nq").write_bytes(data[: len(data) // 2])  # in the middle of a line
        server.says("The build before it is served on.")
        assert server.query(ALL) == old
        shutil.rmtree(build)
        assert server.query(ALL + " # none") == old
        mg.build(out=build, house=houses[1])
        server.says("a new build is served")
        assert server.query(ALL) == count(build) != old
        assert sum("served on" in line for line in server.said) == 1
        assert len(server.keepers()) == 1


def test_who_has_lost_the_data_loads_them_again(build: Path, tmp_path: Path, state: str) -> None:
    with running(build, tmp_path, "--state", state, "--log", "none") as server:
        all_there = server.query(ALL)
        (keeper,) = server.keepers()
        aside = build.rename(tmp_path / "aside")
        os.kill(keeper, signal.SIGKILL)
        server.says("The build before it is served on.")  # there is none, for now
        assert server.ask("/healthz").status == 503
        aside.rename(build)
        server.says("a new build is served")
        assert server.query(ALL + " # again") == all_there
        assert server.ask("/healthz").status == 200


# ---- the end


def test_who_is_told_to_stop_finishes_first(build: Path, tmp_path: Path, state: str, patient: str) -> None:
    with running(build, tmp_path, "--state", state, "--log", "none", "--config", patient) as server:
        old = count(build)
        with download(server, LARGE) as slow:
            long = Answered(server, LONG)
            server.process.send_signal(signal.SIGTERM)
            server.until(lambda: refused(server.port), "a closed door")
            rows = rows_of(slow)
            long.join()
        assert long.value == f"{PAIRS} {old}"
        assert rows == int(old) * 10
        assert server.ends() == 0
        assert server.said[-1] == "mandate-graph: stopped\n"


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("one", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_twice_stops_at_once(
    one: signal.Signals, patient: str, build: Path, tmp_path: Path, state: str
) -> None:
    with running(build, tmp_path, "--state", state, "--log", "none", "--config", patient) as server:
        endless = Answered(server, NEVER)
        server.process.send_signal(one)
        server.until(lambda: refused(server.port), "a closed door")
        assert server.process.poll() is None
        server.process.send_signal(one)
        assert server.ends() == 0
        endless.join()
        assert endless.value == ""


def test_the_group_of_a_terminal_stops_as_one(build: Path, tmp_path: Path, state: str, patient: str) -> None:
    """Ctrl-C reaches every process; the query that runs is still answered."""
    with running(build, tmp_path, "--state", state, "--log", "none", "--config", patient) as server:
        long = Answered(server, LONG)
        os.killpg(server.process.pid, signal.SIGINT)
        long.join()
        assert long.value.startswith(PAIRS)
        assert server.ends() == 0


def test_who_is_killed_leaves_nobody_and_starts_again_at_once(build: Path, tmp_path: Path) -> None:
    port = free_port()
    state = ("--state", str(tmp_path / "state"), "--log", "none")
    with running(build, tmp_path, *state, bind=f"127.0.0.1:{port}") as server:
        server.until(lambda: server.health()["reconciliation"] == "ready", "a clerk")
        Answered(server, NEVER)
        server.process.kill()
        with running(build, tmp_path, *state, bind=f"127.0.0.1:{port}") as again:
            assert again.query(ALL) == count(build)
            again.complete()
            assert again.ask("/dump/mandates.nq").status == 200  # what the first one left half is not taken for a whole
        server.ends()


def test_who_is_killed_while_it_loads_leaves_nobody(build: Path, tmp_path: Path, state: str) -> None:
    with running(build, tmp_path, "--state", state, ready=False) as server:
        server.until(server.keepers, "a keeper")
        server.process.kill()
        server.ends()


def test_who_is_told_to_stop_while_it_loads_stops(build: Path, tmp_path: Path, state: str) -> None:
    with running(build, tmp_path, "--state", state, ready=False) as server:
        server.until(server.keepers, "a keeper")
        server.process.terminate()
        assert server.ends() == 0


def test_who_watches_for_a_parent_ends_with_it() -> None:
    code = "from mandate_graph.serve.confined import ending_with_parent as e\nimport time\n"
    code += "with e():\n  print('there', flush=True)\n  time.sleep(1000)"
    shell = ["sh", "-c", '"$0" -c "$1" & wait', sys.executable, code]
    parent = subprocess.Popen(shell, stdout=subprocess.PIPE, start_new_session=True)
    assert parent.stdout is not None
    there = Running(parent, 0)  # type: ignore[arg-type]
    try:
        assert parent.stdout.readline() == b"there\n"
        parent.kill()
        assert there.ends() == -signal.SIGKILL
    finally:
        parent.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)


# ---- health


def test_health_while_it_loads(build: Path, tmp_path: Path, state: str) -> None:
    port = free_port()
    with running(build, tmp_path, "--state", state, bind=f"127.0.0.1:{port}", ready=False) as server:
        server.until(lambda: not refused(port), "an open door")
        found = server.ask("/healthz")
        assert (found.status, json.loads(found.body)["status"]) == (503, "starting")
        assert server.query(ALL) == count(build)  # who comes early waits
        assert server.health()["status"] == "ok"
        assert server.ask("/healthz")["cache-control"] == "no-store"


def test_health_while_it_stops() -> None:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def asked(path: str) -> tuple[object, bytes]:
        app = App(Settings(), AccessLog(None), ())
        app.stop()
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "scheme": "http"}  # fmt: skip
        sent.clear()
        await app(scope, receive, send)
        return sent[0]["status"], b"".join(bytes(each.get("body", b"")) for each in sent[1:])  # type: ignore[call-overload]

    status, body = asyncio.run(asked("/healthz"))
    assert (status, json.loads(body)["status"]) == (503, "stopping")
    assert asyncio.run(asked("/sparql"))[0] == 503


# ---- what is prepared


def test_two_servers_share_what_is_prepared(build: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    options = ("--state", str(state), "--log", "none", "--site-url", "https://example.org/")
    with running(build, tmp_path, *options) as one, running(build, tmp_path, *options) as other:
        one.complete()
        other.complete()
        assert one.ask("/openapi.json").body == other.ask("/openapi.json").body
        assert [each.name.startswith(".") for each in (state / "served").iterdir()] == [False]


def test_what_nobody_uses_is_removed(build: Path, tmp_path: Path) -> None:
    """But for what was used last, what is used, what is being written, and what is not ours."""
    home = tmp_path / "state" / "served"
    old = [home / f"{place:024x}" for place in range(5)]
    left, begun = home / f".{9:024x}.1.partial", home / f".{8:024x}.2.partial"
    for place, folder in enumerate((*old, left, begun, home / "notes")):
        folder.mkdir(parents=True)
        (folder / "file").write_text("")
        os.utime(folder, (place, place))
    os.utime(begun)
    with contextlib.ExitStack() as used:
        used.callback(let_go, hold(old[0]))
        os.utime(old[0], (0, 0))
        with running(build, tmp_path, "--state", str(tmp_path / "state"), "--log", "none") as server:
            server.complete()
            (own,) = {each.name for each in home.iterdir()} - {
                each.name for each in (*old, left, begun, home / "notes")
            }
            assert {each.name for each in home.iterdir()} - {own} == {
                old[0].name, old[2].name, old[3].name, old[4].name, begun.name, "notes"
            }  # fmt: skip
            sweep(home)
            assert (home / own / "index.html").is_file()
        sweep(home)
        assert hold(left) is None


def test_nothing_can_be_prepared_and_everything_else_is_served(build: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with running(build, tmp_path, "--state", str(tmp_path / "file" / "state"), "--log", "none") as server:
        server.says("site is missing")
        server.until(lambda: server.health()["reconciliation"] == "ready", "a clerk")
        assert "--state" in server.health()["site"]
        assert server.ask("/healthz").status == 200
        assert server.query(ALL) == count(build)
        assert server.ask("/search?q=boats", accept="application/json").status == 200
        assert server.ask("/reconcile").status == 200
        page = next(iter(mg.open(build).mandates())).iri.removeprefix("https://w3id.org/mandate-graph/")
        assert server.ask(f"/{page}.html").status == 200
        found = server.ask("/", accept="text/html, application/problem+json;q=0.5")
        assert found.status == 503
        problem = json.loads(server.ask("/openapi.json").body)
        assert problem["type"].endswith("#unavailable")
        assert "--state" in problem["detail"]


# ---- the log, the address


def test_the_log_is_lines_of_json_without_secrets(build: Path, tmp_path: Path, state: str) -> None:
    log = tmp_path / "access.jsonl"
    with running(build, tmp_path, "--state", state, "--log", str(log)) as server:
        server.ask("/sparql?query=ASK%7B%7D&key=secret", authorization="Bearer secret", cookie="secret=1")
        server.ask("/sparql", "POST", "ASK{} # secret", content_type="application/sparql-query")
        server.ask("/nothing", referer="http://secret/")
        server.process.terminate()
        server.ends()
        assert not [line for line in server.said if line.startswith("{")]
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/sparql", 200), ("POST", "/sparql", 200), ("GET", "/nothing", 404)
    ]  # fmt: skip
    assert {tuple(line) for line in lines} == {("time", "client", "method", "path", "status", "size", "ms")}
    assert {line["client"] for line in lines} == {"127.0.0.0"}
    assert "secret" not in text


def test_ipv6(build: Path, tmp_path: Path, state: str) -> None:
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    with running(build, tmp_path, "--state", state, bind="[::1]:0") as server:
        assert server.said[0].startswith(f"mandate-graph: serving http://[::1]:{server.port}/")
        assert ask(server.port, "/sparql?query=ASK%7B%7D", host="::1").status == 200


def test_a_build_is_the_one_that_it_was(build: Path) -> None:
    quads = build / "mandates.nq"
    steady = Steady(quads)
    assert steady.gone == ""
    aside = build.rename(build.with_name("aside"))
    assert "replaced" in steady.gone
    shutil.copytree(aside, build)
    assert "replaced" in steady.gone
    assert Steady(quads).gone == ""
