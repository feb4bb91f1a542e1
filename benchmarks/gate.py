"""The gate side by side with pySHACL, on builds of growing size: ``benchmarks/gate.py [SIZES …] [--no-reference]``.

Seconds of the processor, because machines are shared; both run on a loaded graph, and pySHACL once, at the first size:
with all shapes, and without their queries.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import mandate_graph
from mandate_graph import shacl
from mandate_graph.engine import Engine, parse_quads
from mandate_graph.interop import to_rdflib
from mandate_graph.shacl.reference import reference_check
from multiplied import write_multiplied

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000)
_QUERY = "<http://www.w3.org/ns/shacl#sparql>"
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What work gives, with its seconds of processor and of waiting."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - processor, time.perf_counter() - wall


def core_shapes(folder: Path) -> Path:
    """The shapes without their queries; N-Triples are Turtle, too."""
    folder.mkdir()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        lines = [f"{s} {p} {o} .\n" for s, p, o, _ in parse_quads(path) if p != _QUERY]
        (folder / path.name).write_text("".join(lines), encoding="utf-8")
    return folder


def report(what: str, processor: float, wall: float, results: int) -> None:
    """One row."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{what:44} {processor:9.2f} s  {wall:9.2f} s waited  {results:6} results  {memory:6} MB\n")
    sys.stdout.flush()


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--no-reference", action="store_true", help="leave pySHACL out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mandate_graph.build(house=ROOT, out=folder / "build", turtle=False, jsonld=False, store=False)
        core = core_shapes(folder / "core")
        for place, size in enumerate(options.sizes):
            data = folder / f"{size}.nq"
            quads = write_multiplied(folder / "build" / "mandates.nq", data, size)
            engine, processor, wall = timed(lambda file=data: Engine(file))  # type: ignore[misc]
            sys.stdout.write(f"\n{size} mandates, {quads} quads, loaded in {processor:.1f} s ({wall:.1f} s)\n")
            spent = {}
            for what, shapes in (("all shapes", ROOT / "shapes"), ("without queries", core)):
                found, spent[what], wall = timed(lambda one=engine, these=shapes: shacl.check(one, these))  # type: ignore[misc]
                report(f"gate, {what}", spent[what], wall, len(found))
            if options.no_reference or place:
                continue
            graph = to_rdflib(parse_quads(data))
            for what, shapes in (("without queries", core), ("all shapes", ROOT / "shapes")):
                theirs, processor, wall = timed(lambda one=graph, these=shapes: reference_check(one, these))  # type: ignore[misc]
                report(f"pySHACL, {what}", processor, wall, len(theirs))
                sys.stdout.write(f"pySHACL / gate, {what}: {processor / spent[what]:.0f}\n")


if __name__ == "__main__":
    main()
