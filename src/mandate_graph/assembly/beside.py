"""The large files beside a revised graph: those of the earlier build with what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from mandate_graph.assembly.stages import Job
from mandate_graph.authorities import load_authorities
from mandate_graph.engine import Engine
from mandate_graph.iris import Iris
from mandate_graph.promises import promises_table
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import mandate_of_key
from mandate_graph.store import fresh_store
from mandate_graph.terms import load_terms
from mandate_graph.write.mending import Side, mended_jsonld, mended_turtle
from mandate_graph.write.nesting import typed
from mandate_graph.write.records import Form, mended
from mandate_graph.write.shorten import Style
from mandate_graph.write.splice import sorted_lines
from mandate_graph.write.whole import put_whole

__all__ = ["Change", "mend_file"]


class Change(NamedTuple):
    """From one file of quads to another: lines that are gone and new, and mandates that pages list that changed."""

    earlier: Path
    quads: Path
    gone: frozenset[bytes]
    new: frozenset[bytes]
    touched: Collection[str]


def mend_file(job: Job, change: Change, name: str, earlier: Path, target: Path) -> bool:
    """Write one of the large files (``turtle``, ``jsonld``, ``promises``); False where it has to be written anew."""
    if not earlier.is_file():
        return False
    try:
        put_whole(target, _MENDED[name](job, change, earlier))
    except ValueError:
        return False
    return True


def _turtle(job: Job, change: Change, path: Path) -> Iterator[bytes]:
    subjects = {line[: line.index(b" ")] for line in change.gone | change.new}
    with sorted_lines(change.quads) as after:
        yield from mended_turtle(path, subjects, after, Style(job.config.base, load_terms(job.ontology)))


def _jsonld(job: Job, change: Change, path: Path) -> Iterator[bytes]:
    style = Style(job.config.base, load_terms(job.ontology))
    stores = fresh_store(change.earlier), fresh_store(change.quads)
    if not all(stores):
        raise ValueError("who refers to whom is told by stores")
    nests = list(typed(style.terms.prefixes))
    with sorted_lines(change.earlier) as before, sorted_lines(change.quads) as after:
        old, new = (
            Side(lines, partial(Engine.on_disk(store).referrers, predicates=nests))
            for lines, store in zip((before, after), filter(None, stores), strict=True)
        )
        yield from mended_jsonld(path, change.gone | change.new, old, new, style)


def _promises(job: Job, change: Change, path: Path) -> Iterator[bytes]:
    register = Register.reading(job.scratch)
    try:
        there = {key: mandate for key in change.touched if (mandate := mandate_of_key(register, key))}
    finally:
        register.close()
    base, authorities = job.config.base, load_authorities(job.authorities)
    iris = Iris(base)
    records = {iris.thing("mandate", key).encode(): b"" for key in change.touched}
    for key, line in zip(there, promises_table(there.values(), authorities, base), strict=True):
        records[iris.thing("mandate", key).encode()] = line
    yield from mended(path, Form(b"\n", 0, b"", _second_cell, moves=True), records)


def _second_cell(data: mmap, place: int) -> bytes:
    start = data.find(b"\t", place) + 1
    return data[start : data.find(b"\t", start)]


_MENDED: dict[str, Callable[[Job, Change, Path], Iterator[bytes]]] = {
    "turtle": _turtle,
    "jsonld": _jsonld,
    "promises": _promises,
}
