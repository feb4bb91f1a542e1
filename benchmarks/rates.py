"""Requests per second, and what a server takes, of ours and of two peers over the same data.

``python benchmarks/rates.py [--sizes 0,10000] [--seconds 3] [--rounds 3] [--work DIR]`` prints tables in Markdown;
progress goes to standard error. It needs wrk, and measures and asserts nothing but that all servers give as many rows.
Size 0 is the repository's own pages; other builds are made as ``asking.py`` makes them, and kept where ``--work`` names
a folder.

The peers are ``oxigraph serve-read-only`` over the build's own store on disk, ``oxigraph serve`` with the union in
memory, and rdflib-endpoint with the union in rdflib's memory. All run at once, on loopback, and are asked in turns, so
that they meet the same weather; a server is asked when it has done with what was asked before. Of the rounds the best
counts. wrk has one thread, on the same processors as the servers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from asking import make
from mandate_graph import pipeline
from mandate_graph.house import choose_house
from mandate_graph.outputs import find_build
from measuring import say
from processes import Memory, Tree, free_port, until

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = (1, 8, 32)
PATIENCE = 600
"""Seconds that a server may take to load."""
SLOW = 0.5
"""A question that takes longer (seconds) is asked alone: what wrk leaves behind would run on beside the others."""
JSON = "application/sparql-results+json"
TURTLE = "text/turtle"
LUA = """
local paths, count, place = {}, 0, 0
function init(args)
  for line in io.lines(args[1]) do count = count + 1; paths[count] = line end
  place = tonumber(args[2])
end
function request()
  place = place + 1
  return wrk.format("GET", (paths[place % count + 1]:gsub("NUMBER", place)))
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('FOUND [%d, %d, %d, %d, %d, %d]\\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
"""


class Question(NamedTuple):
    """What is asked: of us by a path, of peers by a query; NUMBER in either is another number in each request."""

    name: str
    path: str
    query: str
    accept: str


class Server(NamedTuple):
    """A server: its command, where it listens, and where it answers queries."""

    name: str
    command: Callable[[int], Sequence[str]]
    endpoint: str
    after: Callable[[str], None]


class Found(NamedTuple):
    """What wrk found in one run; ``cpu`` is processor time of the server a request, in microseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float
    failed: int


class Case(NamedTuple):
    """A build, what peers are given of it, and what all are asked; ``iris`` are paths below the base."""

    build: Path
    union: Path
    base: str
    iris: Sequence[str]
    medium: str


MEDIUM = {
    0: "SELECT ?p (COUNT(?s) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING (COUNT(?s) > {least})",
    100: "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class HAVING (COUNT(?s) > {least})",
    5000: "SELECT ?topic (COUNT(?mandate) AS ?n) { ?mandate <https://schema.org/about> ?topic } "
    "GROUP BY ?topic HAVING (COUNT(?mandate) > {least})",
}
"""The medium query by the least size that it is for: some 10 to 30 ms of the engine, over the whole graph each time."""


def case_of(size: int, work: Path) -> Case:
    """The build of a size, made where it is not there, and its union as one file."""
    folder = work / f"case{size}"
    if not (folder / "build" / "store").is_dir():
        if size:
            make(folder, size)
        else:
            pipeline.build(out=folder / "build", house=ROOT)
    build, union = folder / "build", folder / "union.nt"
    store = ox.Store.read_only(str(build / "store" / "oxigraph"))
    if not union.is_file():
        store.dump(str(union), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    base = choose_house(ROOT, needed=True).config().base
    mandates = f"SELECT ?x {{ ?x a <{base}ns#Mandate> }} ORDER BY ?x"
    iris = [str(row["x"].value).removeprefix(base) for row in store.query(mandates)]  # type: ignore[union-attr]
    return Case(build, union, base, iris, MEDIUM[max(least for least in MEDIUM if least <= size)])


def questions(case: Case) -> Iterator[Question]:
    """Everything that is asked; the same text each time, and another one each time."""
    cheap = "SELECT ?p ?o{number} {{ <{iri}> ?p ?o{number} }}"
    one = case.base + case.iris[0]
    each = case.base + "IRI"
    yield Question("lookup, one thing", f"{case.iris[0]}.ttl", f"DESCRIBE <{one}>", TURTLE)
    yield Question("lookup, all mandates in turn", "IRI.ttl", f"DESCRIBE <{each}>", TURTLE)
    yield Question("page, one thing", f"{case.iris[0]}.html", "", "text/html")
    yield Question("page, all mandates in turn", "IRI.html", "", "text/html")
    yield Question("cheap query, the same text", "", cheap.format(number="", iri=one), JSON)
    yield Question("cheap query, a new text each time", "", cheap.format(number="NUMBER", iri=each), JSON)
    yield Question("medium query, the same text", "", case.medium.replace("{least}", "3"), JSON)
    yield Question("medium query, a new text each time", "", case.medium.replace("{least}", "3.NUMBER"), JSON)


def servers(case: Case, work: Path, peers: Sequence[str], log: str) -> list[Server]:
    """Ours and the peers; what they load is in place."""

    def nothing(_: str) -> None:
        pass

    def load(root: str) -> None:
        post = urllib.request.Request(
            f"{root}store?default", case.union.read_bytes(), {"Content-Type": "application/n-triples"}, method="POST"
        )
        urllib.request.urlopen(post, timeout=PATIENCE).close()

    def ours(port: int) -> list[str]:
        command = [sys.executable, "-m", "mandate_graph", "serve", "--from", str(case.build)]
        return [*command, "--bind", f"127.0.0.1:{port}", "--log", log, "--state", str(work / "state")]

    def disk(port: int) -> list[str]:
        store = str(case.build / "store" / "oxigraph")
        return [_script("oxigraph"), "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"]

    def memory(port: int) -> list[str]:
        return [_script("oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"]

    def rdflib(port: int) -> list[str]:
        return [_script("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(case.union)]

    all_of_them = [
        Server("ours", ours, "sparql", nothing),
        Server("oxigraph, disk", disk, "query", nothing),
        Server("oxigraph, memory", memory, "query", load),
        Server("rdflib-endpoint", rdflib, "", nothing),
    ]
    return [each for each in all_of_them if each.name == "ours" or each.name in peers]


def _script(name: str) -> str:
    """A command of the environment that runs us."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else name


class Running:
    """A server that has been started; ``started`` is how long that took (seconds), until the first answer."""

    place = 0

    def __init__(self, server: Server, case: Case, first: Question, work: Path) -> None:
        self.server = server
        self._iris = case.iris
        self.iri = case.iris[-1]
        self.port = free_port()
        self.root = f"http://127.0.0.1:{self.port}/"
        began = time.perf_counter()
        with (work / f"{server.name}.log").open("ab") as log:
            self.tree = Tree(subprocess.Popen(server.command(self.port), stdout=log, stderr=log, cwd=ROOT))
        try:
            until(self._listens, PATIENCE, self.tree)
            server.after(self.root)
            until(lambda: self.once(first) is not None, PATIENCE, self.tree)
        except BaseException:
            self.tree.stop()
            raise
        self.started = time.perf_counter() - began

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True

    def path(self, question: Question) -> str:
        """Where a question is asked; ``""`` where this server cannot be asked it."""
        if question.path and self.server.name == "ours":
            return "/" + question.path
        if not question.query:
            return ""
        return f"/{self.server.endpoint}?query={quote(question.query, safe='')}"

    def once(self, question: Question, iri: str = "") -> tuple[float, bytes] | None:
        """One answer, and how long it took; None where there was none."""
        path = self.path(question).replace("IRI", quote(iri)).replace("NUMBER", str(time.perf_counter_ns() % 10**9))
        asked = urllib.request.Request(self.root + path[1:], headers={"Accept": question.accept})
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                body = answer.read()
        except OSError:
            return None
        return time.perf_counter() - began, body

    def wrk(self, question: Question, connections: int, seconds: int, script: Path, paths: Path) -> Found:
        """One run of wrk; where it begins in the list of IRIs and numbers, no run has been before."""
        Running.place += 1_000_000
        place = Running.place
        pattern = self.path(question)
        paths.write_text(
            "".join(f"{pattern.replace('IRI', quote(iri))}\n" for iri in (self._iris if "IRI" in pattern else [""]))
        )
        header = f"Accept: {question.accept}"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-H", header]
        before = self.tree.cpu()
        done = subprocess.run(
            [*command, "-s", str(script), self.root, "--", str(paths), str(place)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        spent = self.tree.cpu() - before
        self.tree.rest(30)
        told = re.search(r"FOUND (.*)", done.stdout)
        assert told is not None
        requests, microseconds, p50, p99, failed, dropped = json.loads(told[1])
        rate = (requests - failed) / microseconds * 1e6
        return Found(rate, p50 / 1e3, p99 / 1e3, spent / max(requests, 1) * 1e6, failed + dropped)


class Row(NamedTuple):
    """A question to a server with so many connections, in every round; ``alone``: seconds, where wrk was not used."""

    question: str
    server: str
    connections: int
    found: Sequence[Found]
    alone: float | None = None

    def best(self) -> Found:
        """The round that was least disturbed."""
        if self.alone is not None:
            return Found(1 / self.alone, self.alone * 1e3, self.alone * 1e3, 0, 0)
        return max(self.found)


def measured(
    running: Sequence[Running], asked: Sequence[Question], options: argparse.Namespace, work: Path
) -> list[Row]:
    """All questions to all servers, in turns."""
    script, paths = work / "wrk.lua", work / "paths"
    script.write_text(LUA)
    rows: list[Row] = []
    for question in asked:
        able = [each for each in running if each.path(question)]
        slow = {each.server.name: _alone(each, question) for each in able}
        quick = [each for each in able if slow[each.server.name] is None]
        for name, seconds in slow.items():
            if seconds is not None:
                rows.append(Row(question.name, name, 1, (), seconds))
        for connections in CONNECTIONS:
            found: dict[str, list[Found]] = {each.server.name: [] for each in quick}
            for _ in range(options.rounds):
                for each in quick:
                    found[each.server.name].append(each.wrk(question, connections, options.seconds, script, paths))
            for name, several in found.items():
                rows.append(Row(question.name, name, connections, several))
                say(f"{question.name}, {connections}: {name} {max(several).rate:,.0f}/s; load {os.getloadavg()[0]:.1f}")
    return rows


def _alone(server: Running, question: Question) -> float | None:
    """How long an answer takes, where that is so long that wrk is not let loose on it."""
    times = []
    for _ in range(3):
        answer = server.once(question, server.iri)
        if answer is None:
            raise SystemExit(f"{server.server.name} gives no answer to: {question.name}")
        times.append(answer[0])
        if answer[0] < SLOW:
            return None
    return min(times)


def agree(running: Sequence[Running], asked: Sequence[Question]) -> None:
    """Hold the answers to queries against each other.

    Raises:
        SystemExit: when a server gives other rows.
    """
    for question in asked:
        if question.accept == JSON:
            counts = {}
            for each in running:
                answer = each.once(question, each.iri)
                counts[each.server.name] = len(json.loads(answer[1])["results"]["bindings"]) if answer else None
            if len(set(counts.values())) != 1:
                raise SystemExit(f"{question.name}: {counts}")


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows of a case, with ratios to each peer."""
    yield "| what | connections | server | requests/s | rounds | p50 ms | p99 ms | CPU µs | failed | ours / it |"
    yield "|---|--:|---|--:|---|--:|--:|--:|--:|--:|"
    ours = {(row.question, row.connections): row.best().rate for row in rows if row.server == "ours"}
    for row in rows:
        best = row.best()
        several = f"{min(row.found).rate:,.0f}–{best.rate:,.0f}" if row.found else "asked alone"
        mine = ours.get((row.question, row.connections))
        ratio = f"{mine / best.rate:.2f}" if mine and best.rate and row.server != "ours" else ""
        rate = f"{best.rate:,.0f}" if best.rate >= 10 else f"{best.rate:.2f}"
        failed = sum(each.failed for each in row.found)
        yield (
            f"| {row.question} | {row.connections} | {row.server} | {rate} | {several} | {best.p50:,.2f} "
            f"| {best.p99:,.2f} | {best.cpu:,.0f} | {failed} | {ratio} |"
        )


def taken(
    case: Case, work: Path, asked: Sequence[Question], options: argparse.Namespace
) -> tuple[list[str], list[Row]]:
    """Start all, measure all, kill all and start them again: what servers take, and the rows of requests."""
    first = next(each for each in questions(case) if each.accept == JSON)
    running: list[Running] = []
    lines = [
        "| server | first answer, s | MB: PSS (RSS), processes | after load | gone after SIGKILL, s | again, s |",
        "|---|--:|---|---|--:|--:|",
    ]
    try:
        for server in servers(case, work, options.peers.split(";"), options.log):
            running.append(Running(server, case, first, work))
            say(f"{server.name}: first answer after {running[-1].started:.2f} s")
        for each in running:
            each.tree.rest(PATIENCE)
        before = [each.tree.memory() for each in running]
        agree(running, asked)
        rows = measured(running, asked, options, work)
        after = [each.tree.memory() for each in running]
        for place, each in enumerate(running):
            gone = each.tree.kill()
            running[place] = again = Running(each.server, case, first, work)
            lines.append(
                f"| {each.server.name} | {each.started:.2f} | {_said(before[place])} | {_said(after[place])} "
                f"| {gone:.2f} | {again.started:.2f} |"
            )
    finally:
        for each in running:
            each.tree.stop()
    return lines, rows


def _said(memory: Memory) -> str:
    return f"{memory.pss / 1e6:,.0f} ({memory.rss / 1e6:,.0f}), {memory.processes}"


def main() -> None:
    """Serve, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="0,10000", help="mandates; 0: the repository's own pages")
    parser.add_argument("--seconds", type=int, default=3, help="of each run of wrk")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="questions whose names have this in them")
    parser.add_argument("--peers", default="oxigraph, disk;oxigraph, memory;rdflib-endpoint")
    parser.add_argument("--log", default="none", help="where our access log goes")
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        parser.error("wrk is not here; it comes with Debian's wrk")
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, options.sizes.split(",")):
            work = options.work or Path(folder)
            case = case_of(size, work)
            began = os.getloadavg()[0]
            asked = [each for each in questions(case) if options.only in each.name]
            lines, rows = taken(case, work, asked, options)
            quads = sum(1 for _ in find_build(case.build).open("rb"))
            print(f"### {len(case.iris):,} mandates, {quads:,} quads\n")
            print("\n".join([*table(rows), "", *lines, ""]))
            print(f"Load {began:.1f} before, {os.getloadavg()[0]:.1f} after.\n", flush=True)
    names = ("oxigraph", "pyoxigraph", "rdflib", "rdflib-endpoint", "uvicorn", "uvloop", "httptools")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}")


if __name__ == "__main__":
    main()
