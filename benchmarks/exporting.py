"""Times our writers beside rdflib's and pyoxigraph's on generated builds, and says how much memory ours take.

``python benchmarks/exporting.py [--pages 30] [--large 80] [--runs 3]`` prints a table in Markdown. Every measurement
is a process of its own; rdflib is measured on the smaller build only. It measures and asserts nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from corpus import MANDATES_A_PAGE, write_corpus
from mandate_graph import pipeline, write
from mandate_graph.house import choose_house
from mandate_graph.terms import load_terms
from measuring import Sample, fresh, say, timed

ROOT = Path(__file__).resolve().parents[1]
OURS = ("nquads", "ntriples", "turtle", "trig", "jsonld", "rdfxml", "parquet")
PEERS = {
    "ntriples": ("nt", ox.RdfFormat.N_TRIPLES),
    "turtle": ("turtle", ox.RdfFormat.TURTLE),
    "jsonld": ("json-ld", ox.RdfFormat.JSON_LD),
}


def work(who: str, name: str, file: Path) -> Callable[[], object]:
    """What is timed; everything that comes before is done here."""
    house = choose_house(ROOT, needed=True)
    style = write.Style(house.config().base, load_terms(house.ontology))
    out = file.with_name(f"out.{who}.{name}")
    if who == "ours":
        return lambda: _drain(out, _ours(name, file, style))
    union = b"".join(write.stream(file, "ntriples", style))
    theirs, ox_format = PEERS[name]
    if who == "pyoxigraph":
        store = ox.Store()
        store.bulk_load(union, ox.RdfFormat.N_TRIPLES)
        prefixes = dict(style.terms.prefixes)
        return lambda: store.dump(str(out), format=ox_format, from_graph=ox.DefaultGraph(), prefixes=prefixes)
    import rdflib

    graph = rdflib.Graph().parse(data=union, format="nt")
    return lambda: graph.serialize(str(out), format=theirs, encoding="utf-8")


def _ours(name: str, file: Path, style: write.Style) -> Iterator[bytes]:
    if name == "parquet":
        from mandate_graph import parquet

        return parquet.quads(file)
    return write.stream(file, name, style)


def _drain(out: Path, pieces: Iterator[bytes]) -> None:
    with out.open("wb") as sink:
        sink.writelines(pieces)


def measure(who: str, name: str, file: Path) -> Sample:
    """Measure one writer in a process of its own."""
    sample = fresh([sys.executable, __file__, "--child", who, name, str(file)])
    if isinstance(sample, str):
        raise SystemExit(f"{who}, {name}: {sample}")
    return sample


def main() -> None:
    """Build, measure in rounds, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--large", type=int, default=80)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        timed(work(given.child[0], given.child[1], Path(given.child[2])), lambda _: {})
        return
    with tempfile.TemporaryDirectory() as folder:
        for pages in (given.pages, given.large):
            say(f"building {pages} pages")
            corpus, build = Path(folder) / f"pages{pages}", Path(folder) / f"build{pages}"
            write_corpus(corpus, pages * MANDATES_A_PAGE)
            pipeline.build([corpus], out=build, house=ROOT)
            report(build / "mandates.nq", pages, given.runs, rdflib=pages == given.pages)


def report(file: Path, pages: int, runs: int, *, rdflib: bool) -> None:
    """Measure one build, and print its table."""
    rows = [("ours", name) for name in OURS] + [("pyoxigraph", name) for name in PEERS]
    rows += [("rdflib", name) for name in PEERS if rdflib]
    samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for number in range(runs):
        for who, name in rows:
            if who == "rdflib" and number:
                continue  # minutes, and always alike
            samples[who, name].append(measure(who, name, file))
            say(f"run {number + 1} of {runs}: {who} {name} {samples[who, name][-1].seconds:.2f} s")
    house = choose_house(ROOT, needed=True)
    style = write.Style(house.config().base, load_terms(house.ontology))
    triples = sum(piece.count(b"\n") for piece in write.stream(file, "ntriples", style))
    cpu = {key: statistics.median(sample.cpu for sample in found) for key, found in samples.items()}
    print(f"### {pages} pages: {triples:,} triples, {file.stat().st_size / 1e6:.0f} MB of N-Quads\n")
    print("| | format | CPU seconds | k triples/s | peak RSS, MB | ours / peer |\n|---|---|--:|--:|--:|--:|")
    for who, name in rows:
        seconds, peak = cpu[who, name], max(sample.rss for sample in samples[who, name]) / 1e6
        ratio = "" if who == "ours" else f"{cpu['ours', name] / seconds:.3g}"
        print(f"| {who} | {name} | {seconds:.2f} | {triples / seconds / 1e3:,.0f} | {peak:,.0f} | {ratio} |")
    print(flush=True)


if __name__ == "__main__":
    main()
