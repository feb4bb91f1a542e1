"""Times every named query on builds of 1,000, 10,000 and 100,000 mandates: here, on the bare engine, and on rdflib.

``python benchmarks/asking.py [--sizes 1000,10000,100000] [--runs 3] [--out FILE.md]`` prints a table in Markdown for
each size; progress goes to standard error. It measures and asserts nothing.

Ours and the bare engine are asked in turns, in one process, with the same data in memory and the same text of the
query, until the results stand as a SPARQL JSON document; after one warm-up, the median of the runs counts. The store on
disk and rdflib have a process each, and rdflib gets the union as one graph, which spares it the named graphs. A query
that takes rdflib longer than its patience is stopped. More than 10,000 mandates are made by copying: every thing that a
page brings gets a new identifier in each copy, the tables stay one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from corpus import write_corpus
from mandate_graph import pipeline
from mandate_graph.dataset import Graph
from mandate_graph.engine import speaks_of_graphs
from mandate_graph.house import query_files
from mandate_graph.sparql import bind, named_queries
from mandate_graph.store import put_store

ROOT = Path(__file__).resolve().parents[1]
GENERATED = 10_000
PATIENCE = 20.0
KINDS = ("embedded", "disk", "rdflib")
# What a page brings; what the tables bring is one, however many copies there are.
BROUGHT = re.compile(
    rb"(<[^>]*?/(?:id/(?:mandate|occurrence|mention|selection|capture|page|claim|footnote)|graph/source)/)"
)


def make(folder: Path, size: int, *, store: bool = True) -> Path:
    """A build of about so many mandates, with or without its store on disk."""
    pages = folder / "pages"
    write_corpus(pages, min(size, GENERATED))
    pipeline.build(pages, out=folder / "build", house=ROOT, turtle=False, jsonld=False, store=False)
    quads = folder / "build" / "mandates.nq"
    if size > GENERATED:
        lines = quads.read_bytes().splitlines(keepends=True)
        own = [line for line in lines if BROUGHT.search(line)]
        with quads.open("wb") as file:
            file.writelines(line for line in lines if not BROUGHT.search(line))
            for copy in range(size // GENERATED):
                mark = b"\\g<1>c%d-" % copy
                file.writelines(BROUGHT.sub(mark, line) for line in own)
    if store:
        put_store(quads)
    return folder / "build"


def texts(graph: Graph) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Every named query without parameters, and with those of its example where they name something here."""
    for name, query in named_queries(query_files()).items():
        yield name, query.text, {}
        if "=" in query.example:
            parameters: dict[str, object] = {**dict(part.split("=", 1) for part in query.example.split())}
            try:
                engine = graph.engine(named_graphs=speaks_of_graphs(query.text))
                yield f"{name} {query.example}", query.bound(bind(engine, query, graph.base, parameters)), parameters
            except Exception as error:  # noqa: BLE001  (the example names what only the real pages have)
                talk(f"{name} {query.example}: {error}")


def timed(work: Callable[[], object], runs: int) -> float:
    """The median of so many runs in milliseconds of this process's CPU time, which does not count what others do.

    A slow one is not repeated.
    """
    times: list[float] = []
    while len(times) < runs and sum(times) < 20:
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


def embedded(build: Path, runs: int) -> None:
    """Ours and the bare engine, in turns."""
    import pyoxigraph as ox

    graph = Graph(build, memory=True)
    for name, text, parameters in texts(graph):
        store = graph.engine(named_graphs=speaks_of_graphs(text)).store
        asked = name.split()[0]

        def ours(asked: str = asked, parameters: dict[str, object] = parameters) -> bytes:
            return graph.query(asked, parameters).document("json")

        def bare(text: str = text, store: ox.Store = store) -> bytes:
            result = store.query(text)
            assert isinstance(result, ox.QuerySolutions)
            return result.serialize(format=ox.QueryResultsFormat.JSON) or b""

        began = time.process_time()
        rows = len(json.loads(ours())["results"]["bindings"])
        bare()
        rounds = 1 if time.process_time() - began > 10 else runs
        pairs = [(timed(ours, 1), timed(bare, 1)) for _ in range(rounds)]
        ours_ms, bare_ms = (statistics.median(times) for times in zip(*pairs, strict=True))
        tell({"query": name, "rows": rows, "ours": ours_ms, "engine": bare_ms})


def on_disk(build: Path, runs: int) -> None:
    """Ours with the store on disk."""
    graph = Graph(build)
    for name, _, parameters in texts(graph):
        asked = name.split()[0]
        graph.query(asked, parameters)
        tell({"query": name, "disk": timed(lambda a=asked, p=parameters: graph.query(a, p).document("json"), runs)})  # type: ignore[misc]


def with_rdflib(build: Path) -> None:
    """The same texts in rdflib: each in a copy of this process, which is ended when our patience is."""
    from mandate_graph.interop import to_rdflib

    graph = Graph(build)
    asked = list(texts(graph))
    union = to_rdflib(graph.quads())
    for name, text, _ in asked:
        if speaks_of_graphs(text):
            tell({"query": name, "rdflib": None})
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, str(timed(lambda text=text: list(union.query(text)), 1)).encode())  # type: ignore[misc]
            os._exit(0)
        ready, _, _ = select.select([reading], [], [], PATIENCE)
        answer = float(os.read(reading, 100)) if ready else "stopped"
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
        tell({"query": name, "rdflib": answer})


def tell(fact: Mapping[str, object]) -> None:
    """One line of JSON for the process that reads us."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def talk(line: str) -> None:
    """What goes on, for who looks at it."""
    sys.stderr.write(line + "\n")


def measure(build: Path, runs: int, kinds: Sequence[str]) -> list[dict[str, object]]:
    """All facts of a size, a row a query; each way of asking has a process of its own, which tells lines of JSON."""
    rows: dict[str, dict[str, object]] = {}
    for kind in kinds:
        command = [sys.executable, __file__, "--child", kind, "--build", str(build), "--runs", str(runs)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                talk(f"{kind} {line.strip()}")
                fact = json.loads(line)
                rows.setdefault(fact["query"], {}).update(fact)
    return list(rows.values())


def page(size: int, triples: int, rows: list[dict[str, object]], before: Mapping[str, float]) -> str:
    """The table of a size."""
    lines = [
        f"### {size:,} mandates, {triples:,} quads",
        "",
        "| query | rows | ours ms | engine ms | ours/engine | disk ms | rdflib ms | rdflib/ours | grown |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        ours, engine = float(str(row["ours"])), float(str(row["engine"]))
        rdflib = row.get("rdflib")
        if rdflib == "stopped":
            other, ratio = f"> {PATIENCE * 1000:,.0f}", f"> {PATIENCE * 1000 / ours:,.0f}"
        else:
            other, ratio = (f"{rdflib:,.0f}", f"{float(str(rdflib)) / ours:,.0f}") if rdflib is not None else ("", "")
        disk = f"{row['disk']:,.1f}" if "disk" in row else ""
        grown = f"{ours / before[str(row['query'])]:.1f}" if str(row["query"]) in before else ""
        lines.append(
            f"| {row['query']} | {row['rows']:,} | {ours:,.1f} | {engine:,.1f} | {ours / engine:.2f} "
            f"| {disk} | {other} | {ratio} | {grown} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--disk-up-to", type=int, default=10_000)
    parser.add_argument("--rdflib-up-to", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--child", choices=("embedded", "disk", "rdflib"))
    parser.add_argument("--build", type=Path)
    options = parser.parse_args()
    if options.child:
        if options.child == "rdflib":
            with_rdflib(options.build)
        else:
            {"embedded": embedded, "disk": on_disk}[options.child](options.build, options.runs)
        return
    said = [f"Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, rdflib {version('rdflib')}", ""]
    before: dict[str, float] = {}
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            kinds = KINDS[: 1 + (size <= options.disk_up_to) + (size <= options.rdflib_up_to)]
            build = make(Path(folder), size, store="disk" in kinds)
            triples = sum(1 for _ in (build / "mandates.nq").open("rb"))
            rows = measure(build, options.runs, kinds)
            said.append(page(size, triples, rows, before))
            before = {str(row["query"]): float(str(row["ours"])) for row in rows}
            sys.stdout.write(said[-1] + "\n")
    if options.out:
        options.out.write_text("\n".join(said), encoding="utf-8")


if __name__ == "__main__":
    main()
