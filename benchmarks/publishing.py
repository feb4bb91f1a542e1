"""Times the pages and data of things on builds of 1,000, 10,000 and 100,000 mandates, and says how large a site is.

``python benchmarks/publishing.py [--sizes 1000,10000,100000] [--things 3000] [--work DIR]`` prints tables in Markdown.
A site of a large build has millions of files, so a share of the things is written: every so manyeth address in the
order of the lines, chosen so that about ``--things`` are. All lines are read, and every figure for the whole is in
proportion. Builds are made as ``asking.py`` makes them, and are kept where ``--work`` names a folder. Each size is a
process of its own. It measures and asserts nothing.

Beside it, in the same process, on the same things: the same bytes written to as many files and nothing else, which is
the floor; and rdflib, which reads the triples of a thing and serialises them to Turtle, JSON-LD and N-Triples, beside
our data files alone.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from os import cpu_count, getloadavg
from pathlib import Path
from typing import Any

from asking import make
from mandate_graph import outputs
from mandate_graph.dataset import Graph
from mandate_graph.publish import press_of
from mandate_graph.publish.beside import data_files, triples_of
from mandate_graph.publish.documents import Document, documents
from mandate_graph.write import Style
from mandate_graph.write.lines import blocks
from measuring import forget_peak, peak_memory, say

COMPARED = 300
"""So many things go through rdflib."""


class Clock:
    """Sums seconds, by the wall and of this process, under names."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        """Do it, and add what it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        self.wall[name] = self.wall.get(name, 0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0) + time.process_time() - cpu
        return found


def put(folder: Path, files: list[tuple[str, bytes]]) -> None:
    """Write files as ``publish`` does."""
    there: set[Path] = set()
    for name, data in files:
        path = folder / name
        if path.parent not in there:
            path.parent.mkdir(parents=True, exist_ok=True)
            there.add(path.parent)
        path.write_bytes(data)


def on_disk(folder: Path) -> int:
    """What files and folders take, in whole blocks of the file system."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


def measure(build: Path, things: int, folder: Path) -> dict[str, Any]:
    """One size, in this process."""
    graph, clock = Graph(build), Clock()
    found = outputs.find_build(build)
    press = clock("before", lambda: press_of(graph))
    firsts: dict[str, Document] = {}

    def every() -> int:
        """How many addresses there are; keeps the first of each kind."""
        count = 0
        for document in documents(blocks(found), press.site, []):
            firsts.setdefault(press.plan.kind(document.stem).name, document)
            count += 1
        return count

    addresses = clock("lines", every)
    for document in firsts.values():  # layouts are compiled when first used, once for a site of any size
        for file in press.things(document):
            b"".join(file.pieces)
    step = max(1, addresses // things)
    forget_peak()
    wrote = {"things": 0, "files": 0, "pages": 0, "bytes": 0}
    compared: list[Document] = []
    for place, document in enumerate(documents(blocks(found), press.site, [])):
        if place % step:
            continue

        def pages(document: Document = document) -> list[tuple[str, bytes]]:
            return [(file.path, b"".join(file.pieces)) for file in press.things(document)]

        files = clock("pages", pages)
        clock("ours", partial(put, folder / "ours", files))
        clock("floor", partial(put, folder / "floor", files))
        wrote["things"] += 1
        wrote["files"] += len(files)
        wrote["pages"] += sum(name.endswith(".html") for name, _ in files)
        wrote["bytes"] += sum(len(data) for _, data in files)
        if wrote["things"] % max(1, things // COMPARED) == 0:
            compared.append(document)
    peak = peak_memory()
    beside(compared, press.style, clock)
    return {
        **wrote,
        "addresses": addresses,
        "step": step,
        "disk": on_disk(folder / "ours"),
        "rss": peak,
        "compared": len(compared),
        "wall": clock.wall,
        "cpu": clock.cpu,
        "quads": found.stat().st_size,
    }


def beside(compared: list[Document], style: Style, clock: Clock) -> None:
    """The data of things by our writers and by rdflib, in turns."""
    import rdflib

    rdflib.Graph().parse(data="", format="nt").serialize(format="json-ld")  # imports are not what is measured
    for document in compared:
        triples = set().union(*(triples_of(lines) for _, lines in document.things))

        def ours(triples: set[bytes] = triples, stem: str = document.stem) -> int:
            return sum(len(b"".join(file.pieces)) for file in data_files(stem, triples, style))

        def theirs(triples: set[bytes] = triples) -> int:
            graph = rdflib.Graph().parse(data=b"".join(triples), format="nt")
            return sum(len(graph.serialize(format=name, encoding="utf-8")) for name in ("turtle", "json-ld", "nt"))

        clock("data", ours)
        clock("rdflib", theirs)


def rows(size: int, found: dict[str, Any]) -> Iterator[str]:
    """The row of a size in each of the two tables."""
    wall, cpu, share = found["wall"], found["cpu"], found["things"] / found["addresses"]
    seconds = wall["pages"] + wall["ours"]
    hours = (wall["before"] + wall["lines"] + seconds / share) / 3600
    yield (
        f"| {size:,} | {found['quads'] / 1e6:,.0f} | {found['addresses']:,} | 1 in {found['step']:,} | "
        f"{found['pages'] / seconds:,.0f} | {found['files'] / seconds:,.0f} | {found['files'] / share:,.0f} | "
        f"{found['bytes'] / share / 1e9:,.1f} | {found['disk'] / share / 1e9:,.1f} | {hours:,.2f} | "
        f"{wall['before']:,.0f} | {wall['lines']:,.0f} | {found['rss'] / 1e6:,.0f} |"
    )
    each, data = found["things"], found["compared"]
    yield (
        f"| {size:,} | {1000 * (cpu['pages'] + cpu['ours']) / each:.2f} | {1000 * cpu['floor'] / each:.2f} | "
        f"{(cpu['pages'] + cpu['ours']) / cpu['floor']:.1f} | {1000 * cpu['data'] / data:.2f} | "
        f"{1000 * cpu['rdflib'] / data:.2f} | {cpu['data'] / cpu['rdflib']:.2f} |"
    )


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--things", type=int, default=3000)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            print(json.dumps(measure(Path(given.child), given.things, Path(folder))))
        return
    with tempfile.TemporaryDirectory() as folder:
        tables: list[list[str]] = []
        for size in map(int, given.sizes.split(",")):
            case = (given.work or Path(folder)) / f"case{size}"
            build = case / "build" if (case / "build" / "store").is_dir() else make(case, size)
            say(f"{size:,} mandates; load {getloadavg()[0]:.1f}")
            command = [sys.executable, __file__, "--child", str(build), "--things", str(given.things)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            tables.append(list(rows(size, json.loads(done.stdout))))
            say("\n".join(tables[-1]))
    report(tables)


def report(tables: list[list[str]]) -> None:
    """Print both tables."""
    heads = (
        "| mandates | N-Quads, MB | addresses | written | pages/s | files/s | files in all | GB in all | GB on disk | "
        "hours in all | seconds before | seconds reading lines | peak RSS, MB |\n" + "|--:" * 13 + "|",
        "| mandates | CPU ms a thing | writing its files alone | ours / floor | data alone | rdflib | ours / rdflib |\n"
        + "|--:" * 7
        + "|",
    )
    for place, head in enumerate(heads):
        print("\n".join([head, *(each[place] for each in tables)]) + "\n")
    print(f"{cpu_count()} cores, load {getloadavg()[0]:.1f}, Python {platform.python_version()}")


if __name__ == "__main__":
    main()
