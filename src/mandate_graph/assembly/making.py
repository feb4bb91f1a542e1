"""A build's graph made of all pages, or of an earlier build and the pages that changed: the same bytes either way."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from mandate_graph import outputs, shacl
from mandate_graph.assembly import Assembly, Progress
from mandate_graph.assembly.beside import Change
from mandate_graph.assembly.described import Written
from mandate_graph.assembly.holdings import Holdings
from mandate_graph.assembly.record import Kept, Record, Seen, changed_stems, fingerprint, key_of, seen_now
from mandate_graph.assembly.revision import Revision
from mandate_graph.assembly.stages import Job
from mandate_graph.crew import Crew
from mandate_graph.engine import Engine, parse_lines
from mandate_graph.errors import BrokenPromise, UnreadablePage
from mandate_graph.model import ShapeResult
from mandate_graph.resolve.joining import Joined
from mandate_graph.resolve.register import TooMuch
from mandate_graph.resolve.settling import Settled
from mandate_graph.sources import File
from mandate_graph.store import STORE, fresh_store, open_engine, put_revised_store, put_store

__all__ = ["LARGE", "Made", "Plan", "Wanted", "gate", "keep", "make"]

LARGE = 512 << 20
"""Bytes of N-Quads above which promises are checked on the disk: in memory they take some three times as many."""

# With more changed pages than this share of all, all is built anew.
_MOST_CHANGED = 0.1
# Of a few pages any number may change.
_FEW = 10
# So many changed pages are read and written before workers have started.
_ALONE = 50
_DAMAGED = (sqlite3.Error, zlib.error, pickle.UnpicklingError, EOFError, FileNotFoundError)


class Wanted(NamedTuple):
    """What a build may leave out: its store, the register for the next build, and the use of that of an earlier one."""

    store: bool = True
    register: bool = True
    earlier: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What is built, of what, by whom; ``seen`` are the files as they were before they were read."""

    holdings: Holdings
    files: Sequence[File]
    missing: Sequence[UnreadablePage]
    target: Path
    wanted: Wanted
    crew: Crew
    progress: Progress
    made_with: str
    seen: Mapping[str, Seen]

    @classmethod
    def of(
        cls,
        holdings: Holdings,
        found: tuple[Sequence[File], Sequence[UnreadablePage]],
        target: Path,
        wanted: Wanted,
        crew: Crew,
        progress: Progress,
    ) -> Plan:
        """``found`` are files, and what is missing."""
        return cls(
            holdings, *found, target, wanted, crew, progress, fingerprint(holdings.home), seen_now(found[0])
        )  # fmt: skip

    def job(self, staged: Path) -> Job:
        """What is the same for all tasks of the build."""
        home = self.holdings.home
        return Job(
            home.authorities.absolute(), home.ontology.absolute(), staged / outputs.REGISTER, self.holdings.config
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A graph in its folder, checked; the register is open.

    ``how`` says in words what was done, ``change`` what it changed.
    """

    work: Assembly
    settled: Settled
    joined: Joined
    written: Written
    results: Sequence[ShapeResult]
    staged: Path
    how: str
    change: Change | None = None

    @property
    def quads(self) -> Path:
        """The file of the graph."""
        return self.staged / outputs.QUADS


def make(plan: Plan, workshop: Path) -> Made:
    """Make the graph, in the quickest way that gives the bytes of a build of all pages.

    Raises:
        NothingToBuild: when not one page could be read.
        BrokenPromise: when a shape of severity Violation fails.
        WorkLost: when a worker died again and again over the same pages.
    """
    try:
        return _again(plan, workshop / "revised")
    except TooMuch as why:
        shutil.rmtree(workshop / "revised", ignore_errors=True)
        return replace(_anew(plan, workshop / "anew"), how=f"built anew: {why}" if str(why) else "")
    except _DAMAGED:
        shutil.rmtree(workshop / "revised", ignore_errors=True)
        return replace(_anew(plan, workshop / "anew"), how="built anew: the register of the previous build is damaged")


def _anew(plan: Plan, staged: Path) -> Made:
    holdings = plan.holdings
    (staged / outputs.REGISTER).mkdir(parents=True)
    work = Assembly(plan.job(staged), plan.crew, plan.progress)
    work.read(plan.files, plan.missing)
    settled, joined = work.settle(holdings.known, holdings.decisions, holdings.corrections)
    quads = staged / outputs.QUADS
    written = work.write(settled, holdings.decisions, holdings.links, quads)
    return Made(work, settled, joined, written, _checked(plan, quads, written), staged, "")


def _checked(plan: Plan, quads: Path, written: Written) -> list[ShapeResult]:
    """Load the store and check the promises, in the order that needs less memory."""
    loading = partial(plan.progress, "loading")
    is_large = quads.stat().st_size > LARGE
    if is_large:
        put_store(quads, written.sha256, loading)
    plan.progress("checking the promises", 0, 0)
    engine = open_engine(quads, named_graphs=False)
    results = gate(engine, plan.holdings.home.shapes, all_named=not shacl.has_blank_nodes(quads))
    if plan.wanted.store and not is_large:
        put_store(quads, written.sha256, loading)
    elif is_large and not plan.wanted.store:
        shutil.rmtree(quads.with_name(STORE))
    return results


def _again(plan: Plan, staged: Path) -> Made:
    """Bring the earlier build up to date.

    Raises:
        TooMuch: when there is none that could be, or it takes as much as building anew.
    """
    record, earlier = _record(plan), plan.target / outputs.REGISTER
    stems, changed = changed_stems(plan.files, plan.seen, record)
    pages = len({seen.page for seen in record.files.values()})
    if len(stems) > max(_FEW, _MOST_CHANGED * pages):
        raise TooMuch(f"{len(stems):,} of {pages:,} pages changed")
    holdings = plan.holdings
    (staged / outputs.REGISTER).mkdir(parents=True)
    crew = Crew(1) if len(stems) <= _ALONE else plan.crew
    work = Revision(plan.job(staged), crew, plan.progress, earlier=earlier, record=record)
    work.read_again(plan.files, plan.missing, stems)
    revised = work.settle_again(stems, holdings.decisions, holdings.corrections)
    quads = staged / outputs.QUADS
    spliced = work.write_again(revised, holdings.decisions, holdings.links, plan.target / outputs.QUADS, quads)
    if plan.wanted.store and fresh_store(plan.target / outputs.QUADS):
        plan.progress("loading", 0, 0)
        put_revised_store(plan.target / outputs.QUADS, spliced.gone, spliced.new, quads, spliced.written.sha256)
        plan.progress("checking the promises", 0, 0)
        engine = open_engine(quads, named_graphs=False)
        gone, new = parse_lines(spliced.gone), parse_lines(spliced.new)
        results = _closed(engine, shacl.check_again(engine, holdings.home.shapes, gone, new, record.results))
    else:
        results = _checked(plan, quads, spliced.written)
    how = f"{changed:,} of {len(plan.files):,} files changed since the previous build"
    change = Change(plan.target / outputs.QUADS, quads, spliced.gone, spliced.new, revised.touched)
    return Made(work, revised.settled, revised.joined, spliced.written, results, staged, how, change)


def _record(plan: Plan) -> Record:
    """The record of the earlier build.

    Raises:
        TooMuch: when it is not wanted, not there, or of another make, or when a file is not what it was.
    """
    if not plan.wanted.earlier:
        raise TooMuch("")
    if not (plan.target / outputs.QUADS).is_file():
        raise TooMuch("")
    record = Record.get(plan.target / outputs.REGISTER)
    if record is None:
        raise TooMuch("the previous build has no register that can be read")
    if record.made_with != plan.made_with:
        raise TooMuch("the program, or what the house holds beside pages, is not the same")
    for name, kept in record.outputs.items():
        if not kept.is_still(plan.target / name):
            raise TooMuch(f"{name} of the previous build is not what it was")
    return record


def keep(plan: Plan, made: Made) -> dict[str, str]:
    """Keep what the next build needs, or nothing of it, when it is not wanted; digests of files, by name."""
    made.work.register.close()
    register = made.staged / outputs.REGISTER
    names = [path.name for path in made.staged.iterdir() if path.is_file()]
    known = {outputs.QUADS: made.written.sha256}
    kept = {name: Kept.of(made.staged / name, known.get(name, "")) for name in names}
    if plan.wanted.register and _can_be_told(plan.files):
        before = made.work.record.outputs if isinstance(made.work, Revision) else {}
        inner = [f"{outputs.REGISTER}/{path.name}" for path in register.iterdir() if path.name != outputs.MADE_OF]
        paths = ((key_of(file.path), str(file.path.absolute())) for file in plan.files)
        files = {key: plan.seen[key]._replace(found=made.work.files[path]) for key, path in paths if key in plan.seen}
        Record(
            plan.made_with, files, made.work.shards, made.work.tally, made.settled, made.joined, made.written,
            made.results, {**kept, **{name: _kept(made.staged / name, before.get(name)) for name in inner}},
        ).put(register)  # fmt: skip
    else:
        shutil.rmtree(register)
    return {name: each.sha256 for name, each in kept.items()}


def _kept(path: Path, before: Kept | None) -> Kept:
    """A file of the register; one that is that of the earlier build need not be read again."""
    return before if before is not None and before.is_still(path) else Kept.of(path)


def _can_be_told(files: Sequence[File]) -> bool:
    """Whether pages go by the names of their files: bytes that are no UTF-8 stand as something else there."""
    return all(os.fsencode(file.page) == file.page.encode(errors="replace") for file in files)


def gate(engine: Engine, shapes: Path, *, all_named: bool = False) -> list[ShapeResult]:
    """Check the promises; a broken one of severity Violation closes the gate. ``all_named`` is that of ``check``.

    Raises:
        BrokenPromise: with the results that say which, where, and what to do.
    """
    return _closed(engine, shacl.check(engine, shapes, all_named=all_named))


def _closed(engine: Engine, results: Sequence[ShapeResult]) -> list[ShapeResult]:
    results = shacl.locate(engine, results)
    broken = [result for result in results if result.severity == "Violation"]
    if broken:
        raise BrokenPromise(broken)
    return results
