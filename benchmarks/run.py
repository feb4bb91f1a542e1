"""Times every stage of a build and, beside it, what others do with the same data.

The others are rdflib, pyoxigraph, pySHACL, and a few lines of ``re`` where there is no library to compare with.
``python benchmarks/run.py [--pages 1000] [--runs 3] [--out FILE.md]`` prints tables in Markdown; progress goes to
standard error. It measures and asserts nothing. Every measurement is a process of its own: it reads its input, sets
its peak of memory back, and only then is timed.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.metadata
import json
import os
import pickle
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyoxigraph as ox

from corpus import MANDATES_A_PAGE, write_corpus
from mandate_graph import outputs, pipeline, shacl, write
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.engine import Engine, Quad
from mandate_graph.errors import UnreadablePage
from mandate_graph.graph import build_graph
from mandate_graph.house import House, choose_house
from mandate_graph.model import Capture, Corpus, Page
from mandate_graph.parse import PageReader
from mandate_graph.report import make_report
from mandate_graph.resolve import resolve
from mandate_graph.sources import read_captures
from mandate_graph.terms import Terms, load_terms

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "ahocorasick-rs")

Work: TypeAlias = Callable[[], object]
Who: TypeAlias = Literal["ours", "pyoxigraph", "re", "rdflib", "pySHACL"]
Amount: TypeAlias = Literal["", "triples", "text"]


class Case:
    """What the measured processes share: pages, and in ``work`` what the earlier stages made of them."""

    def __init__(self, pages: Path, work: Path) -> None:
        self.pages = pages
        self.work = work
        self.house: House = choose_house(ROOT, needed=True)

    def tables(self) -> tuple[Authorities, Terms]:
        """The tables and the vocabulary."""
        return load_authorities(self.house.authorities), load_terms(self.house.ontology)

    def style(self) -> write.Style:
        """How terms are shortened."""
        return write.Style(self.house.config().base, load_terms(self.house.ontology))

    def captures(self) -> list[Capture | UnreadablePage]:
        """The pages as they were received."""
        return list(read_captures([self.pages], load_authorities(self.house.authorities).languages))

    def keep(self, name: str, thing: object) -> None:
        """Keep what a stage made."""
        (self.work / name).write_bytes(thing if isinstance(thing, bytes) else pickle.dumps(thing))

    def kept(self, name: str) -> Any:
        """Give back what a stage made."""
        gc.disable()  # it would look at every object again and again while they come in
        with (self.work / name).open("rb") as file:
            thing = pickle.load(file)
        gc.enable()
        return thing

    def quads(self) -> list[Quad]:
        """The graph as the library holds it."""
        quads: list[Quad] = self.kept("quads")
        return quads

    def nquads(self) -> bytes:
        """The graph with its named graphs, as a file."""
        return (self.work / "graph.nq").read_bytes()

    def union(self) -> bytes:
        """The union of all named graphs, as a file."""
        return (self.work / "graph.nt").read_bytes()

    def store(self) -> ox.Store:
        """The union in a plain pyoxigraph store."""
        store = ox.Store()
        store.bulk_load(self.union(), ox.RdfFormat.N_TRIPLES)
        return store

    def rdflib_graph(self) -> Any:
        """The union in a plain rdflib graph."""
        from mandate_graph.interop import to_rdflib

        return to_rdflib(self.quads())


@dataclass(frozen=True, slots=True)
class Task:
    """One row: ``prepare`` is not timed and returns what is; ``beside`` is our stage that a peer is compared with."""

    label: str
    prepare: Callable[[Case], Work]
    who: Who
    beside: str
    amount: Amount
    noun: str


TASKS: dict[str, Task] = {}


def task(
    key: str, label: str, who: Who = "ours", *, beside: str = "", amount: Amount = "", noun: str = ""
) -> Callable[[Callable[[Case], Work]], Callable[[Case], Work]]:
    """Enter a function into ``TASKS``; ``amount`` is what its rate counts, ``noun`` what comes out of it."""

    def enter(prepare: Callable[[Case], Work]) -> Callable[[Case], Work]:
        TASKS[key] = Task(label, prepare, who, beside, amount, noun)
        return prepare

    return enter


# Reading


@task("tables", "tables and vocabulary")
def _tables(case: Case) -> Work:
    return case.tables


@task("compile", "tables compiled for reading (part of the next stages)")
def _compile(case: Case) -> Work:
    authorities, _ = case.tables()
    return lambda: (PageReader(authorities), MentionFinder(authorities))


@task("captures", "read captures", amount="text", noun="captures")
def _captures(case: Case) -> Work:
    return case.captures


@task("parse", "parse", amount="text", noun="pages")
def _parse(case: Case) -> Work:
    (authorities, _), captures = case.tables(), case.captures()
    return lambda: pipeline.read_pages(captures, authorities)[0]


_ITEM = re.compile(r"[ \t]*(?:\d{1,4}[.)]|[•·●])\s+")
_CITATION = re.compile(r"\(([^()]*\b(?:19|20)\d\d)\)[\s.;*]*\Z")


def bare_items(text: str) -> list[tuple[str, str]]:
    """Items with their citations by a line and two patterns: no tables, no offsets, no sub-items, no notes."""
    items: list[str] = []
    for line in text.splitlines():
        if found := _ITEM.match(line):
            items.append(line[found.end() :])
        elif items and line.strip():
            items[-1] += " " + line.strip()
    found_citations = ((item, _CITATION.search(item)) for item in items)
    return [(item[: found.start()].rstrip(), found[1]) if found else (item, "") for item, found in found_citations]


@task("parse-bare", "lines and two regular expressions", "re", beside="parse", amount="text", noun="items")
def _parse_bare(case: Case) -> Work:
    texts = [capture.text for capture in case.captures() if isinstance(capture, Capture)]
    return lambda: [item for text in texts for item in bare_items(text)]


@task("resolve", "resolve, with mentions", amount="text", noun="mentions")
def _resolve(case: Case) -> Work:
    authorities, _ = case.tables()
    pages: list[Page] = case.kept("pages")
    return lambda: resolve(pages, MentionFinder(authorities)).mentions


# Building the graph


@task("graph", "graph", amount="triples", noun="quads")
def _graph(case: Case) -> Work:
    (authorities, terms), config = case.tables(), case.house.config()
    corpus: Corpus = case.kept("corpus")
    return lambda: build_graph(corpus, authorities, terms, config)


def _triples(case: Case) -> list[tuple[str, str, str]]:
    return list({quad[:3] for quad in case.quads()})


@task("graph-ox", "Quad objects and Store.bulk_extend", "pyoxigraph", beside="graph", amount="triples", noun="triples")
def _graph_ox(case: Case) -> Work:
    from mandate_graph.engine import unquote

    def node(term: str) -> ox.NamedNode | ox.Literal:
        kind, value, language, datatype = unquote(term)
        if kind == "iri":
            return ox.NamedNode(value)
        return ox.Literal(value, language=language or None, datatype=ox.NamedNode(datatype) if datatype else None)

    def fill(triples: Iterable[tuple[str, str, str]]) -> ox.Store:
        store = ox.Store()
        store.bulk_extend(ox.Quad(ox.NamedNode(s[1:-1]), ox.NamedNode(p[1:-1]), node(o)) for s, p, o in triples)
        return store

    triples = _triples(case)
    return lambda: fill(triples)


@task("graph-rdflib", "terms and Graph.add", "rdflib", beside="graph", amount="triples", noun="triples")
def _graph_rdflib(case: Case) -> Work:
    from mandate_graph.interop import to_rdflib

    quads: list[Quad] = [(s, p, o, "") for s, p, o in _triples(case)]
    to_rdflib(quads[:1])  # the import is not what is measured
    return lambda: to_rdflib(quads)


@task("graph-add", "Graph.add alone, terms made before", "rdflib", beside="graph", amount="triples", noun="triples")
def _graph_add(case: Case) -> Work:
    import rdflib

    triples = list(case.rdflib_graph())

    def fill() -> rdflib.Graph:
        graph = rdflib.Graph()
        for triple in triples:
            graph.add(triple)
        return graph

    return fill


# Writing


@task("nquads", "N-Quads, sorted", amount="triples", noun="bytes")
def _nquads(case: Case) -> Work:
    quads = case.quads()
    return lambda: write.nquads(quads)


@task("nquads-ox", "Store.dump as N-Quads, unsorted", "pyoxigraph", beside="nquads", amount="triples", noun="bytes")
def _nquads_ox(case: Case) -> Work:
    store = ox.Store()
    store.bulk_load(case.nquads(), ox.RdfFormat.N_QUADS)
    return lambda: store.dump(format=ox.RdfFormat.N_QUADS)


@task("turtle", "Turtle", amount="triples", noun="bytes")
def _turtle(case: Case) -> Work:
    quads, style = case.quads(), case.style()
    return lambda: write.write(quads, "turtle", style)


@task("turtle-ox", "Store.dump as Turtle", "pyoxigraph", beside="turtle", amount="triples", noun="bytes")
def _turtle_ox(case: Case) -> Work:
    store, prefixes = case.store(), dict(case.style().terms.prefixes)
    return lambda: store.dump(format=ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph(), prefixes=prefixes)


@task("turtle-rdflib", "Graph.serialize as Turtle", "rdflib", beside="turtle", amount="triples", noun="bytes")
def _turtle_rdflib(case: Case) -> Work:
    graph = case.rdflib_graph()
    for prefix, namespace in case.style().terms.prefixes.items():
        graph.bind(prefix, namespace)
    return lambda: graph.serialize(format="turtle", encoding="utf-8")


@task("jsonld", "JSON-LD, compacted", amount="triples", noun="bytes")
def _jsonld(case: Case) -> Work:
    quads, style = case.quads(), case.style()
    return lambda: write.write(quads, "jsonld", style)


@task("jsonld-ox", "Store.dump as JSON-LD, expanded", "pyoxigraph", beside="jsonld", amount="triples", noun="bytes")
def _jsonld_ox(case: Case) -> Work:
    store = case.store()
    return lambda: store.dump(format=ox.RdfFormat.JSON_LD, from_graph=ox.DefaultGraph())


@task(
    "jsonld-rdflib", "Graph.serialize as JSON-LD, expanded", "rdflib", beside="jsonld", amount="triples", noun="bytes"
)
def _jsonld_rdflib(case: Case) -> Work:
    graph = case.rdflib_graph()
    graph.namespace_manager  # noqa: B018 - it is made when first asked for, and is not what is measured
    return lambda: graph.serialize(format="json-ld", encoding="utf-8", auto_compact=False)


# Loading


@task("load", "engine load (N-Quads to the union of the graphs)", amount="triples", noun="triples")
def _load(case: Case) -> Work:
    nquads = case.nquads()
    return lambda: Engine(nquads)


def _load_ox(data: bytes, rdf_format: ox.RdfFormat) -> Work:
    def load() -> ox.Store:
        store = ox.Store()
        store.bulk_load(data, rdf_format)
        return store

    return load


@task(
    "load-ox-nt", "bulk_load of the union as N-Triples", "pyoxigraph", beside="load", amount="triples", noun="triples"
)
def _load_ox_nt(case: Case) -> Work:
    return _load_ox(case.union(), ox.RdfFormat.N_TRIPLES)


@task("load-ox-nq", "bulk_load of N-Quads, graphs kept", "pyoxigraph", beside="load", amount="triples", noun="quads")
def _load_ox_nq(case: Case) -> Work:
    return _load_ox(case.nquads(), ox.RdfFormat.N_QUADS)


@task("load-rdflib-nt", "Graph.parse of the union", "rdflib", beside="load", amount="triples", noun="triples")
def _load_rdflib_nt(case: Case) -> Work:
    import rdflib

    data, graph = case.union(), rdflib.Graph()
    return lambda: graph.parse(data=data, format="nt")


@task("load-rdflib-nq", "Dataset.parse of N-Quads", "rdflib", beside="load", amount="triples")
def _load_rdflib_nq(case: Case) -> Work:
    import rdflib

    data, dataset = case.nquads(), rdflib.Dataset()
    return lambda: dataset.parse(data=data, format="nquads")


# The gate, the report, everything


@task("gate", "gate (compiled shapes, loaded graph)", amount="triples", noun="results")
def _gate(case: Case) -> Work:
    engine, shapes = Engine(case.nquads()), case.house.shapes
    return lambda: shacl.locate(engine, shacl.check(engine, shapes))


@task(
    "gate-pyshacl", "validate (same shapes, loaded graph)", "pySHACL", beside="gate", amount="triples", noun="results"
)
def _gate_pyshacl(case: Case) -> Work:
    from mandate_graph.shacl.reference import reference_check

    graph, shapes = case.rdflib_graph(), case.house.shapes
    return lambda: reference_check(graph, shapes)


@task("report", "report, JSON and Markdown", noun="bytes")
def _report(case: Case) -> Work:
    (authorities, _), base = case.tables(), case.house.config().base
    corpus: Corpus = case.kept("corpus")
    quads, results = case.quads(), case.kept("results")

    def report() -> str:
        made = make_report(corpus, authorities, quads, [], results, {"base": base})
        return made.json() + made.markdown()

    return report


@task("files", "checksums and files")
def _files(case: Case) -> Work:
    names = {"mandates.nq": "graph.nq", "mandates.ttl": "graph.ttl", "mandates.jsonld": "graph.jsonld"}
    files = {name: (case.work / kept).read_bytes() for name, kept in names.items()}
    return lambda: outputs.replace_folder(case.work / "build", files)


@task("build", "whole build, in a running Python", amount="triples")
def _build(case: Case) -> Work:
    return lambda: pipeline.build([case.pages], out=case.work / "build", house=ROOT)


@task("command", "whole build, `mandate-graph build` with its start")
def _command(case: Case) -> Work:
    command = [sys.executable, "-m", "mandate_graph", "build", str(case.pages), "--out", str(case.work / "build")]
    return lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


# One measured process


def prepare(case: Case) -> dict[str, int]:
    """Run the stages once and keep what each of them made; returns how much it is."""
    authorities, terms = case.tables()
    captures = case.captures()
    pages, _ = pipeline.read_pages(captures, authorities)
    corpus = resolve(pages, MentionFinder(authorities))
    quads = build_graph(corpus, authorities, terms, case.house.config())
    style = case.style()
    nquads, union = write.nquads(quads), write.write(quads, "ntriples", style)
    engine = Engine(nquads)
    for name, thing in {
        "pages": pages,
        "corpus": corpus,
        "quads": quads,
        "results": shacl.locate(engine, shacl.check(engine, case.house.shapes)),
        "graph.nq": nquads,
        "graph.nt": union,
        "graph.ttl": write.write(quads, "turtle", style),
        "graph.jsonld": write.write(quads, "jsonld", style),
    }.items():
        case.keep(name, thing)
    return {
        "pages": len(pages),
        "text": sum(capture.size for capture in captures if isinstance(capture, Capture)),
        "listings": len(corpus.occurrences),
        "mandates": len(corpus.mandates),
        "quads": len(quads),
        "triples": union.count(b"\n"),
        "nquads": len(nquads),
    }


def measure(name: str, case: Case) -> dict[str, float]:
    """Prepare a task, then time it; the peak of memory is the whole process with the input in it."""
    work = TASKS[name].prepare(case)
    gc.collect()
    forget_peak()
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    rss = peak_memory()
    return {"seconds": seconds, "rss": rss, "out": len(result) if isinstance(result, Sized) else 0}


def forget_peak() -> None:
    """Set the peak of memory back, where that can be done."""
    with contextlib.suppress(OSError):  # only Linux can
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory() -> int:
    """Bytes; of this process, or of the largest of its children when it started one."""
    unit = 1 if sys.platform == "darwin" else 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    try:
        status = Path("/proc/self/status").read_text()
        own = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return max(own, child)


# Rounds of measured processes


@dataclass(frozen=True, slots=True)
class Scale:
    """A corpus, how much it is, and the tasks that are measured on it; ``folder`` holds what the stages made of it."""

    title: str
    pages: Path
    folder: Path
    tasks: Sequence[str]
    amounts: Mapping[str, int]


Samples: TypeAlias = dict[tuple[str, str], list[dict[str, float]]]
"""What was measured, by the title of the scale and the key of the task."""


def scales(work: Path, small: int, large: int, shacl_pages: int) -> Iterator[Scale]:
    """The repository's own pages with every peer, and generated pages with those peers that come to an end."""
    everyone = list(TASKS)
    native = [key for key, row in TASKS.items() if row.who not in {"rdflib", "pySHACL"}]
    no_shacl = [key for key, row in TASKS.items() if row.who != "pySHACL"]
    yield _scale("the repository's own pages", choose_house(ROOT, needed=True).documents, work / "own", everyone)
    for count, tasks in ((shacl_pages, ["gate", "gate-pyshacl"]), (small, no_shacl), (large, native)):
        pages = work / f"pages{count}"
        write_corpus(pages, count * MANDATES_A_PAGE)
        yield _scale("generated pages", pages, work / f"work{count}", tasks)


def _scale(what: str, pages: Path, folder: Path, tasks: Sequence[str]) -> Scale:
    say(f"preparing {pages.name}")
    folder.mkdir(exist_ok=True)
    amounts: dict[str, int] = _child("prepare", pages, folder)
    return Scale(f"{amounts['pages']} pages: {what}", pages, folder, tasks, amounts)


def run(measured: Sequence[Scale], runs: int) -> Samples:
    """Measure in rounds, one of every row and then again: what slows the machine down slows peers alike."""
    samples: Samples = defaultdict(list)
    for number in range(1, runs + 1):
        for scale in measured:
            for key in scale.tasks:
                sample = _child(key, scale.pages, scale.folder)
                samples[scale.title, key].append(sample)
                say(f"run {number} of {runs}, {scale.amounts['pages']} pages, {key}: {sample['seconds']:.3f} s")
    return samples


def _child(mode: str, pages: Path, folder: Path) -> Any:
    command = [sys.executable, __file__, "--child", mode, str(pages), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def say(text: str) -> None:
    """Show progress."""
    print(text, file=sys.stderr, flush=True)


# Tables


def table(scale: Scale, samples: Samples) -> Iterator[str]:
    """A row for every task, each of our stages followed by its peers."""
    amounts = scale.amounts
    yield f"### {scale.title}\n"
    text, nquads = amounts["text"] / 1e6, amounts["nquads"] / 1e6
    counts = ", ".join(f"{amounts[name]:,} {name}" for name in ("listings", "mandates", "triples", "quads"))
    yield f"{text:.2f} MB of text, {counts}, {nquads:.0f} MB of N-Quads.\n"
    yield "| | what | seconds: median (min–max) | rate | peak RSS, MB | what came out | ours / peer |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for key in scale.tasks:
        row, mine = TASKS[key], samples[scale.title, key]
        middle = median(mine)
        ratio = _number(median(samples[scale.title, row.beside]) / middle) if row.beside else ""
        peak = max(sample["rss"] for sample in mine) / 1e6
        cells = (
            row.who,
            row.label,
            _seconds(mine),
            _rate(row.amount, amounts, middle),
            f"{peak:,.0f}",
            _out(row, mine),
            ratio,
        )
        yield f"| {' | '.join(cells)} |"


def growth(small: Scale, large: Scale, samples: Samples) -> Iterator[str]:
    """How our stages grow from one corpus to the other: a stage that grows faster than the graph is worth a look."""
    factor = large.amounts["triples"] / small.amounts["triples"]
    yield f"### Growth from {small.amounts['pages']} to {large.amounts['pages']} pages\n"
    yield f"The graph grows {factor:.1f} times. A figure well above that is a stage that does not grow in step.\n"
    yield "| stage | seconds before | seconds after | times |"
    yield "|---|--:|--:|--:|"
    for key in large.tasks:
        if TASKS[key].who == "ours":
            before, after = median(samples[small.title, key]), median(samples[large.title, key])
            yield f"| {TASKS[key].label} | {_number(before)} | {_number(after)} | {after / before:.1f} |"


def machine(runs: int, loads: Sequence[float]) -> Iterator[str]:
    """What it was measured on, without the name of anything."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, {platform.system()}."
    yield f"{python}, {versions}."
    yield f"{runs} runs; load average before {loads[0]:.1f}, after {loads[1]:.1f}.\n"


def median(samples: Sequence[Mapping[str, float]]) -> float:
    """The median of the seconds."""
    return statistics.median(sample["seconds"] for sample in samples)


def _seconds(samples: Sequence[Mapping[str, float]]) -> str:
    seconds = [sample["seconds"] for sample in samples]
    return f"{_number(median(samples))} ({_number(min(seconds))}–{_number(max(seconds))})"


def _rate(amount: Amount, amounts: Mapping[str, int], seconds: float) -> str:
    if amount == "text":
        return f"{_number(amounts['text'] / 1e6 / seconds)} MB/s"
    return f"{_number(amounts['triples'] / 1e3 / seconds)} k triples/s" if amount else ""


def _out(row: Task, samples: Sequence[Mapping[str, float]]) -> str:
    size = int(samples[0]["out"])
    if row.noun == "bytes":
        return f"{_number(size / 1e6)} MB"
    return f"{size:,} {row.noun}" if row.noun else ""


def _number(value: float) -> str:
    """Three significant digits, never an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def arguments() -> argparse.Namespace:
    """The command line; ``--child`` is how this program starts its measured processes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=1000, help="generated pages for us and the fast peers (1000)")
    parser.add_argument(
        "--rdflib-pages", type=int, default=100, help="generated pages that rdflib is measured on too (100)"
    )
    parser.add_argument("--shacl-pages", type=int, default=20, help="generated pages that pySHACL is measured on (20)")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each row (3)")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="write the tables here too")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure, and print tables."""
    given = arguments()
    if given.child:
        mode, pages, folder = given.child
        case = Case(Path(pages), Path(folder))
        print(json.dumps(prepare(case) if mode == "prepare" else measure(mode, case)))
        return
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as work:
        measured = list(scales(Path(work), given.rdflib_pages, given.pages, given.shacl_pages))
        samples = run(measured, given.runs)
    lines = [*machine(given.runs, (before, os.getloadavg()[0]))]
    for scale in measured:
        lines += [*table(scale, samples), ""]
    text = "\n".join((*lines, *growth(measured[2], measured[3], samples)))
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
