"""A build as a stream of shards: pages are read, all of them are settled, their quads are written and sorted.

Each stage hands tasks to a crew, and needs of the stage before it only what lies in the scratch folder. What it holds
in memory does not grow with the corpus, but for what each method says.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from mandate_graph.assembly import spool, stages
from mandate_graph.assembly.described import Description, Figures, Written
from mandate_graph.assembly.stages import Job, words_of
from mandate_graph.crew import Crew
from mandate_graph.errors import NothingToBuild, UnreadablePage
from mandate_graph.graph import common_lines
from mandate_graph.model import Corpus, Correction, Decision
from mandate_graph.report import Read
from mandate_graph.report.rows import Rows
from mandate_graph.report.tallies import Tally
from mandate_graph.resolve.joining import Joined, join
from mandate_graph.resolve.pairing import Paired, keep_pairs, stems_of
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import MANDATE, Settled, mandate_from, settle_mandates
from mandate_graph.sources import File
from mandate_graph.sssom import Links
from mandate_graph.write import runs

__all__ = ["Assembly", "Progress", "left_out_of", "shards_of", "silent"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told how far a build is: the stage, how much of it is done, and of how much (0 where that is not known)."""

_FILES = 24
_BYTES = 1 << 19
_STEMS = 16
# A range takes some four times its bytes while it is sorted.
_RANGE = 24 << 20
_SAMPLES = 6


def silent(_stage: str, _done: int, _total: int) -> None:
    """Say nothing."""


def shards_of(files: Iterable[File]) -> Iterator[list[File]]:
    """Files in order, some at a time; those of one page stay together."""
    held: list[File] = []
    size = 0
    for _, several in itertools.groupby(files, key=lambda file: file.page):
        page = list(several)
        held += page
        size += sum(file.size for file in page)
        if len(held) >= _FILES or size >= _BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def left_out_of(files: Iterable[File], known: Mapping[str, str | UnreadablePage]) -> list[UnreadablePage]:
    """The files that could not be read, in order; ``known`` are those, or digests of others, by path."""
    found = (known[str(file.path.absolute())] for file in files)
    return [each for each in found if isinstance(each, UnreadablePage)]


@dataclass(slots=True)
class Assembly:
    """The stages of a build, in the order of their methods."""

    job: Job
    crew: Crew
    progress: Progress = silent
    shards: int = 0
    left_out: list[UnreadablePage] = field(default_factory=list)
    files: dict[str, str | UnreadablePage] = field(default_factory=dict)
    tally: Tally = field(default_factory=Counter)
    register: Register = field(init=False)

    def __post_init__(self) -> None:
        self.register = Register(self.job.scratch)

    def read(self, files: Sequence[File], missing: Sequence[UnreadablePage] = ()) -> None:
        """Read all files into the register; what cannot be read, or is ``missing``, does not lose its neighbours.

        Raises:
            NothingToBuild: when not one page could be read.
        """
        shards = list(shards_of(file._replace(path=file.path.absolute()) for file in files))
        self.shards = len(shards)
        done = 0
        tasks = ((self.job, number, shard) for number, shard in enumerate(shards))
        self.progress("reading pages", 0, len(files))
        for shard, read in zip(shards, self.crew.each(stages.read_shard, tasks), strict=True):
            for page in read.pages:
                self.register.add(page)
            self.files.update({**read.left_out, **read.digests})
            self.tally.update(read.tally)
            done += len(shard)
            self.progress("reading pages", done, len(files))
        self.left_out = [*left_out_of(files, self.files), *missing]
        if not self.tally["pages", ""]:
            raise NothingToBuild(self.left_out)

    def settle(
        self, known: Iterable[str], decisions: Sequence[Decision], corrections: Sequence[Correction]
    ) -> tuple[Settled, Joined]:
        """Put together what pages list; ``known`` are the targets that tables have.

        Memory: some 200 bytes for each mandate that stands under a chapeau.
        """
        self.progress("putting pages together", 0, 0)
        settled = settle_mandates(self.register, frozenset(known), decisions, corrections)
        self.register.commit()
        self.progress("comparing mandates", 0, 0)
        keep_pairs(self.register, self._pairs())
        return settled, join(self.register, decisions, self._compared)

    def _compared(self, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        for done, result in enumerate(self.crew.each(function, tasks), 1):
            self.progress("comparing mandates", done, 0)
            yield result

    def _pairs(self) -> Iterator[Paired]:
        stems = iter(list(stems_of(self.register)))
        tasks = ((self.job, batch) for batch in iter(lambda: list(itertools.islice(stems, _STEMS)), []))
        for several in self.crew.each(stages.pair_stems, tasks):
            yield from several

    def write(self, settled: Settled, decisions: Sequence[Decision], links: Links, target: Path) -> Written:
        """Write all quads, sorted, into one file."""
        common = set(common_lines(self.common(settled, decisions), words_of(self.job), links))
        of_parts = replace(settled, minted={})  # they are common to all parts
        cuts = self._cuts(of_parts, common)
        found = [runs.put_run(common, self.job.run(self.shards), cuts)]
        tasks = ((self.job, number, of_parts, cuts) for number in range(self.shards))
        for done, written in enumerate(self.crew.each(stages.write_shard, tasks), 1):
            found.append(written.run)
            self.tally.update(written.tally)
            self.progress("making the graph", done, self.shards)
        figures, ranges = self._sorted(found, len(cuts) + 1)
        description = Description.of(figures, words_of(self.job), links)
        # what the description says of links and targets may stand in the graphs of links too; pages never say it
        there = {line.rpartition(b" <")[0] for line in common}
        description = description.beside(triple for triple in description.triples if triple in there)
        joined = runs.join((each.path for each in ranges), description.lines, target)
        return Written(figures, description, joined.sha256)

    def common(self, settled: Settled, decisions: Sequence[Decision]) -> Corpus:
        """What no page says by itself."""
        keys = {key for each in decisions for key in (each.mandate, each.other)}
        query = f"SELECT {MANDATE} FROM mandate m WHERE key = ?"  # noqa: S608  (ours)
        rows = [row for key in sorted(keys) for row in self.register.rows(query, key)]
        decided = {mandate.key: mandate for mandate in map(mandate_from, rows)}
        return Corpus(
            (), (), decided, (), (), decisions=tuple(decisions), retired=settled.retired, minted=settled.minted,
            corrections=settled.corrections,
        )  # fmt: skip

    def _cuts(self, settled: Settled, common: set[bytes]) -> tuple[bytes, ...]:
        """Where to cut runs: judged by a few shards, which are made twice."""
        if self.shards <= _SAMPLES:
            return ()
        some = range(0, self.shards, self.shards // _SAMPLES)
        sample: list[bytes] = []
        for lines in self.crew.each(stages.sample_shard, ((self.job, number, settled) for number in some)):
            sample += lines
        size = sum(map(len, sample)) * stages.SAMPLED * self.shards // len(some) + sum(map(len, common))
        return runs.splitters(sample, max(1, size // _RANGE))

    def _sorted(self, found: Sequence[runs.Run], ranges: int) -> tuple[Figures, list[runs.Sorted]]:
        tasks = ((self.job, number, [run.only(number) for run in found]) for number in range(ranges))
        done = []
        for each in self.crew.each(stages.sort_runs, tasks):
            done.append(each)
            self.progress("sorting", len(done), ranges)
        for run in found:
            run.path.unlink()
        return Figures.sum(done), done

    def read_pages(self) -> Read:
        """What was read, for the report."""

        def rows(what: str) -> Rows:
            return Rows(lambda: spool.get_rows(self.job.rows(number, what) for number in range(self.shards)))

        return Read(rows("pages"), rows("unresolved"), rows("ambiguous"), self.left_out)
