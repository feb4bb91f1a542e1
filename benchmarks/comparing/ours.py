"""This project's way to do each task, by its public doors."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

from comparing.job import Job, Jobs, nothing
from mandate_graph.authorities import load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.dataset import Graph
from mandate_graph.house import House
from mandate_graph.model import Capture
from mandate_graph.parse import PageReader
from mandate_graph.pipeline import build
from mandate_graph.publish import press_of
from mandate_graph.publish.documents import documents
from mandate_graph.sources import read_captures
from mandate_graph.sparql import Result
from mandate_graph.store import put_store
from mandate_graph.validating import validate
from mandate_graph.write import stream
from mandate_graph.write.lines import blocks

__all__ = ["JOBS", "ROOT", "THINGS"]

ROOT = Path(__file__).resolve().parents[2]
THINGS = 300
"""So many things of a build are published when publishing is measured."""


def _parse(folder: Path) -> Job:
    authorities = load_authorities(House(ROOT).authorities)
    reader = PageReader(authorities)

    def parse() -> int:
        captures = read_captures([folder / "pages"], authorities.languages)
        return sum(len(reader.read(capture).listings) for capture in captures if isinstance(capture, Capture))

    return Job(parse, lambda listings: {"out": listings})


def _cite(folder: Path) -> Job:
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    finder = MentionFinder(load_authorities(House(ROOT).authorities))
    return Job(lambda: sum(len(finder.find(*text)) for text in texts), lambda found: {"out": found})


def _build(folder: Path) -> Job:
    """From pages to a validated folder with the sorted N-Quads, the report and the words."""
    out = folder / "built"

    def make() -> None:
        build(folder / "pages", out=out, house=ROOT, turtle=False, jsonld=False, store=False)

    return Job(make, lambda _: {"out": _lines(out / "mandates.nq")})


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _validate(folder: Path) -> Job:
    def check() -> list[str]:
        return [f"{result.focus} {result.component}" for result in validate(folder / "graph.nt", house=ROOT)]

    return Job(check, lambda results: {"results": sorted(results)})


def _load(folder: Path) -> Job:
    return Job(lambda: Graph(folder / "build", memory=True).engine().store, lambda store: {"out": len(store)})


def _load_disk(folder: Path) -> Job:
    target = folder / "disk"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    quads = target / "mandates.nq"
    quads.hardlink_to(folder / "build" / "mandates.nq")
    return Job(lambda: put_store(quads), nothing)


def _query(folder: Path) -> Job:
    graph = Graph(folder / "build", memory=True)
    graph.engine()
    names = [path.stem.partition("-")[2] for path in sorted((folder / "queries").glob("*.rq"))]

    def ask() -> list[Result]:
        return [graph.query(name) for name in names]

    return Job(lambda: [answer.document("json").decode() for answer in ask()], lambda answers: {"documents": answers})


def _export(folder: Path) -> Job:
    graph = Graph(folder / "build")
    style, out = graph.style(), folder / "out.ours.ttl"

    def write() -> None:
        with out.open("wb") as file:
            file.writelines(stream(folder / "build" / "mandates.nq", "turtle", style))

    return Job(write, nothing)


def _publish(folder: Path) -> Job:
    """Pages in two languages and data in three formats of some things; what is made once for all is ready before."""
    graph = Graph(folder / "build")
    press = press_of(graph)
    every = documents(blocks(folder / "build" / "mandates.nq"), press.site, [])
    step = int((folder / "step").read_text())
    chosen = list(islice(every, 0, None, step))
    for document in chosen[:THINGS]:  # layouts are compiled when first used
        next(iter(press.things(document)))

    def make() -> int:
        return sum(len(b"".join(file.pieces)) for document in chosen for file in press.things(document))

    return Job(make, lambda _: {"out": len(chosen)})


JOBS: Jobs = {
    "parse": _parse, "cite": _cite, "build": _build, "validate": _validate, "load": _load, "load-disk": _load_disk,
    "query": _query, "export": _export, "publish": _publish,
}  # fmt: skip
