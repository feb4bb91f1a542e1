"""What a worker does with a shard: read its pages; later, when all is settled, write their quads.

Each function can be run again, on any machine that sees the folders: it writes files that are there whole or not at
all, and gives back little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

from mandate_graph import write
from mandate_graph.assembly import spool
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.errors import UnreadablePage
from mandate_graph.graph import Words, part_lines
from mandate_graph.house import HouseConfig
from mandate_graph.model import Claim, Page
from mandate_graph.parse import PageReader
from mandate_graph.promises import promises_table
from mandate_graph.report.tallies import Tally, citations_of, described, tally_of_page, tally_of_part
from mandate_graph.resolve.listed import Reader, ReadPage, Spooled, captures_of
from mandate_graph.resolve.pairing import Paired, pair_stem
from mandate_graph.resolve.parts import part_of
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import Settled, mandates_of
from mandate_graph.sources import File, read_files
from mandate_graph.terms import Terms, load_terms
from mandate_graph.write.runs import Run, Sorted, put_run, sort_range
from mandate_graph.write.whole import put_whole

__all__ = [
    "SAMPLED", "Job", "ReadShard", "WrittenShard", "lines_of_pages", "pair_stems", "read_shard",
    "read_shard_again", "sample_shard", "sort_runs", "words_of",
    "write_file", "write_shard",
]  # fmt: skip

# One line of so many is enough to know where most lines are.
SAMPLED = 40


class Job(NamedTuple):
    """What is the same for all tasks of a build: where tables, ontology and scratch folder are, and how it is named."""

    authorities: Path
    ontology: Path
    scratch: Path
    config: HouseConfig

    def at(self, scratch: Path) -> Self:
        """The same with another scratch folder."""
        return self._replace(scratch=scratch)

    def pages(self, shard: int) -> Path:
        """The pages of a shard, as they were read."""
        return self.scratch / f"pages-{shard:06}"

    def rows(self, shard: int, what: str) -> Path:
        """What the report says of a shard: ``pages``, ``unresolved``, ``ambiguous``."""
        return self.scratch / f"{what}-{shard:06}.jsonl"

    def run(self, shard: int) -> Path:
        """The quads of a shard, sorted."""
        return self.scratch / f"run-{shard:06}"

    def range(self, number: int) -> Path:
        """A range of all quads, sorted."""
        return self.scratch / f"range-{number:06}"


class ReadShard(NamedTuple):
    """What settling needs of the pages of a shard, and what became of its files, by their paths.

    ``left_out`` are those that could not be read, ``digests`` the SHA-256 of the others.
    """

    pages: Sequence[ReadPage]
    left_out: Mapping[str, UnreadablePage]
    digests: Mapping[str, str]
    tally: Tally


class WrittenShard(NamedTuple):
    """The quads of a shard, and what was counted."""

    run: Run
    tally: Tally


# Compiling the tables takes longer than reading a shard. Each build has a scratch folder of its own, and the tables as
# they are when it begins.
@lru_cache(maxsize=2)
def _reader(authorities: Path, _scratch: Path) -> tuple[PageReader, Reader]:
    known = load_authorities(authorities)
    return PageReader(known), Reader(MentionFinder(known))


@lru_cache(maxsize=2)
def _words(authorities: Path, ontology: Path, _scratch: Path) -> tuple[Authorities, Terms]:
    return load_authorities(authorities), load_terms(ontology)


def words_of(job: Job) -> Words:
    """The tables and terms of a build, loaded once a process."""
    return Words(*_words(job.authorities, job.ontology, job.scratch), job.config)


def read_shard(job: Job, shard: int, files: Sequence[File]) -> ReadShard:
    """Read the files of a shard, which holds all captures of each of its pages."""
    return _read(job, shard, files, ())


def read_shard_again(job: Job, shard: int, files: Sequence[File], gone: Collection[str], earlier: Path) -> ReadShard:
    """Read the files of some pages of a shard; ``gone`` are the stems of those that went or are read again.

    What is left of the shard is taken from its file in the folder of an ``earlier`` build. The tally is the difference.
    """
    old = spool.get_pages(job.at(earlier).pages(shard))
    dropped: Tally = Counter()
    for spooled in old:
        if spooled.page.capture.page in gone:
            dropped.update(tally_of_page(spooled.page))
    read = _read(job, shard, files, [spooled for spooled in old if spooled.page.capture.page not in gone])
    read.tally.subtract(dropped)
    return read


def _read(job: Job, shard: int, files: Sequence[File], kept: Sequence[Spooled]) -> ReadShard:
    page_reader, reader = _reader(job.authorities, job.scratch)
    pages: list[Page] = []
    left_out: dict[str, UnreadablePage] = {}
    digests: dict[str, str] = {}
    for file, capture in zip(files, read_files(files), strict=True):
        try:
            if isinstance(capture, UnreadablePage):
                raise capture
            pages.append(page_reader.read(capture))
            digests[str(file.path.absolute())] = capture.sha256
        except UnreadablePage as error:
            left_out[str(file.path.absolute())] = error
    pages.sort(key=_order)
    read = [reader.read(page, newer, shard) for page, newer in captures_of(pages)]
    spooled = sorted([*kept, *(each for each, _ in read)], key=lambda each: _order(each.page))
    spool.put_pages(spooled, job.pages(shard))
    spool.put_rows((described(each.page, each.newer or None) for each in spooled), job.rows(shard, "pages"))
    for what in ("unresolved", "ambiguous"):
        spool.put_rows(
            citations_of([each.page for each in spooled], ambiguous=what == "ambiguous"), job.rows(shard, what)
        )
    tally: Tally = Counter()
    for page in pages:
        tally.update(tally_of_page(page))
    return ReadShard([each for _, each in read], left_out, digests, tally)


def _order(page: Page) -> tuple[str, str]:
    return page.capture.page, page.capture.key


def pair_stems(job: Job, stems: Sequence[str]) -> list[Paired]:
    """Hold pages in different languages against each other."""
    register = Register.reading(job.scratch, joined=False)
    try:
        return [pair_stem(register, stem) for stem in stems]
    finally:
        register.close()


def sample_shard(job: Job, shard: int, settled: Settled) -> list[bytes]:
    """Some of the lines of a shard."""
    lines, _ = _lines(job, shard, settled)
    return sorted(lines)[::SAMPLED]


def write_shard(job: Job, shard: int, settled: Settled, cuts: Sequence[bytes]) -> WrittenShard:
    """The quads of a shard, as a sorted run."""
    lines, tally = _lines(job, shard, settled)
    return WrittenShard(put_run(lines, job.run(shard), cuts), tally)


def _lines(job: Job, shard: int, settled: Settled) -> tuple[list[bytes], Tally]:
    register = Register.reading(job.scratch)
    try:
        corpus = part_of(register, spool.get_pages(job.pages(shard)), settled, register.claims_of(shard))
    finally:
        register.close()
    return part_lines(corpus, words_of(job)), tally_of_part(corpus)


def lines_of_pages(
    job: Job, folder: Path, shard: int, pages: Collection[tuple[str, str]], settled: Settled, claims: Sequence[Claim]
) -> tuple[list[bytes], Tally]:
    """The lines of some pages of a shard (stem and capture), and of claims, as the register in a folder has them."""
    register = Register.reading(folder)
    try:
        some = [each for each in spool.get_pages(job.at(folder).pages(shard)) if _order(each.page) in pages]
        corpus = part_of(register, some, settled, claims)
    finally:
        register.close()
    return part_lines(corpus, words_of(job)), tally_of_part(corpus)


def write_file(job: Job, name: str, quads: Path, target: Path) -> None:
    """A large file beside the graph: the quads in another format, or the ``promises``."""
    put_whole(target, _promises(job) if name == "promises" else _format(job, name, quads))


def _format(job: Job, name: str, quads: Path) -> Iterator[bytes]:
    return write.stream(quads, name, write.Style(job.config.base, load_terms(job.ontology)))


def _promises(job: Job) -> Iterator[bytes]:
    register = Register.reading(job.scratch)
    try:
        yield from promises_table(mandates_of(register), load_authorities(job.authorities), job.config.base)
    finally:
        register.close()


def sort_runs(job: Job, number: int, runs: Sequence[Run]) -> Sorted:
    """One range; ``runs`` have this range alone."""
    return sort_range(runs, 0, job.range(number))
