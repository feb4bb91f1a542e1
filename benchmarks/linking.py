"""Times the linker on a vocabulary of 100,000 concepts, beside rapidfuzz alone and a scan of labels in SPARQL.

``python benchmarks/linking.py [--concepts 100000] [--runs 3] [--out FILE.md]`` prints a table in Markdown; progress
goes to standard error. It measures and asserts nothing.

The vocabulary is made up: each concept has a preferred label in English and in Spanish, another label in English, a
type, a scheme and a broader concept; one in fifty is called as one of our topics is, in one way of writing or another.
All names of our topics are looked for. Each way runs in a process of its own, in turns, and the median of the runs
counts; what it is given (a file of N-Triples; for rapidfuzz a list of labels in memory, for SPARQL a loaded store) is
stated.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from rapidfuzz import fuzz, process

from mandate_graph.authorities import load_authorities
from mandate_graph.engine import Engine, literal
from mandate_graph.engine.files import read_triples
from mandate_graph.house import House
from mandate_graph.link.ours import subjects
from mandate_graph.link.run import Asked, Files, bench, propose

ROOT = Path(__file__).resolve().parents[1]
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABELS = frozenset((f"{SKOS}prefLabel", f"{SKOS}altLabel"))
BEGINNINGS = (
    "labour",
    "trade",
    "river",
    "coastal",
    "urban",
    "rural",
    "public",
    "private",
    "regional",
    "seasonal",
    "digital",
)
MIDDLES = (
    "market",
    "border",
    "school",
    "water",
    "energy",
    "health",
    "housing",
    "transport",
    "fishing",
    "mining",
    "credit",
)
ENDS = ("policy", "law", "statistics", "planning", "reform", "cooperation", "risk", "training", "service", "tax", "use")
SCANNED = 10
"""How many names are looked for by SPARQL: each is a scan of all labels, and the time of all is in proportion."""


def names() -> list[str]:
    """All names of our topics."""
    things = subjects("topic", load_authorities(ROOT / "sources" / "authorities"))
    return sorted({name.text for thing in things.values() for name in thing.names})


def write_vocabulary(path: Path, concepts: int) -> int:
    """The made-up vocabulary; how many labels it has. The same every time."""
    chance = random.Random(concepts)
    ours = names()
    with path.open("w", encoding="utf-8") as file:
        for number in range(concepts):
            term = f"<https://made-up.example/concept/{number}>"
            text = " ".join(map(chance.choice, (BEGINNINGS, MIDDLES, ENDS))) + f" {number}"
            if number % 50 == 0:
                text = chance.choice((str.upper, str.title, str))(ours[number // 50 % len(ours)])
            spanish = f"{chance.choice(ENDS)} de {chance.choice(MIDDLES)} {number}"
            other = f"{chance.choice(MIDDLES)} {chance.choice(ENDS)} {number}"
            file.write(
                f"{term} <{TYPE}> <{SKOS}Concept> .\n"
                f"{term} <{SKOS}inScheme> <https://made-up.example/scheme> .\n"
                f"{term} <{SKOS}prefLabel> {literal(text, 'en')} .\n"
                f"{term} <{SKOS}prefLabel> {literal(spanish, 'es')} .\n"
                f"{term} <{SKOS}altLabel> {literal(other, 'en')} .\n"
                f"{term} <{SKOS}broader> <https://made-up.example/concept/{number // 10}> .\n"
            )
    return concepts * 3


def labels(path: Path) -> Iterator[str]:
    """The labels of a file, without language."""
    return (value.rpartition('"')[0][1:] for _, _, value in read_triples(path, LABELS))


class Clock:
    """Seconds that pass and seconds of the processor, from when it is made."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def read(self, times: float = 1.0) -> tuple[float, float]:
        """Both, so many times."""
        return (time.perf_counter() - self._start[0]) * times, (time.process_time() - self._start[1]) * times


def linker(path: Path, *, similar: bool) -> tuple[tuple[float, float], int]:
    """Seconds for everything, from the file to the proposals; and how many these are."""
    table = bench(House(ROOT))
    clock = Clock()
    done = propose(table, Asked("topic"), Files([path], similar=similar))
    return clock.read(), sum(map(len, done.proposals.values()))


def fuzzy(path: Path) -> tuple[tuple[float, float], int]:
    """Seconds for rapidfuzz to find the three best of all labels, which are in memory, for each name."""
    listed, ours = [label.lower() for label in labels(path)], names()
    clock = Clock()
    found = sum(
        len(process.extract(name.lower(), listed, scorer=fuzz.token_sort_ratio, limit=3, score_cutoff=85))
        for name in ours[::SCANNED]
    )
    return clock.read(SCANNED), found * SCANNED


def sparql(path: Path) -> tuple[tuple[float, float], int]:
    """Seconds for a scan of all labels, in a loaded store, for each name."""
    engine = Engine(path.read_bytes().replace(b" .\n", b" <https://made-up.example/graph> .\n"))
    ours = names()
    step = max(len(ours) // SCANNED, 1)
    clock = Clock()
    found = 0
    for name in ours[::step][:SCANNED]:
        query = (
            f"PREFIX skos: <{SKOS}> SELECT ?c {{ VALUES ?p {{ skos:prefLabel skos:altLabel }} ?c ?p ?l "
            f"FILTER(LCASE(STR(?l)) = {literal(name.lower())}) }}"
        )
        found += len(engine.table(query)[1])
    share = len(ours) / SCANNED
    return clock.read(share), round(found * share)


WAYS: Mapping[str, tuple[str, Callable[[Path], tuple[tuple[float, float], int]]]] = {
    "the linker": ("a file", lambda path: linker(path, similar=False)),
    "the linker with --similar": ("a file", lambda path: linker(path, similar=True)),
    "rapidfuzz alone": ("labels in memory; a tenth of the names, times ten", fuzzy),
    "a SPARQL scan for each name": (f"a loaded store; {SCANNED} names, in proportion", sparql),
}


def one(way: str, path: Path) -> None:
    """Run one way in this process, and print what it took."""
    (seconds, spent), found = WAYS[way][1](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "found": found, "peak": peak, "cpu": spent}))


def measured(way: str, path: Path) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, __file__, "--one", way, "--file", str(path)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def main() -> None:
    """Make the vocabulary, run every way in turns, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--concepts", type=int, default=100_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--out", type=Path)
    arguments.add_argument("--one", help=argparse.SUPPRESS)
    arguments.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    said = arguments.parse_args()
    if said.one:
        one(said.one, said.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.nt"
        count = write_vocabulary(path, said.concepts)
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for number in range(said.runs):
            for way in WAYS:
                sys.stderr.write(f"run {number + 1}: {way}\n")
                runs[way].append(measured(way, path))
        text = report(runs, count, said.concepts)
    sys.stdout.write(text)
    if said.out:
        said.out.write_text(text, encoding="utf-8")


def report(runs: Mapping[str, list[dict[str, float]]], count: int, concepts: int) -> str:
    """The table in Markdown."""
    here = (
        f"Python {platform.python_version()}, rapidfuzz {version('rapidfuzz')}, pyoxigraph {version('pyoxigraph')}; "
        f"{os.cpu_count()} processors, load average {os.getloadavg()[2]:.1f} over the last 15 minutes"
    )
    lines = [
        f"{concepts:,} concepts with {count:,} labels; {len(names()):,} names of ours; {here}.",
        "",
        "| way | given | s | of the processor | labels a second of it | times the linker's | found | peak MB |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    base = statistics.median(run["cpu"] for run in runs["the linker"])
    for way, several in runs.items():
        middle = {key: statistics.median(run[key] for run in several) for key in several[0]}
        lines.append(
            f"| {way} | {WAYS[way][0]} | {middle['seconds']:.1f} | {middle['cpu']:.1f} "
            f"| {count / middle['cpu']:,.0f} | {middle['cpu'] / base:.1f} | {middle['found']:,.0f} "
            f"| {middle['peak']:,.0f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
