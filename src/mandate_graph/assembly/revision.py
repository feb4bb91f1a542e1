"""An earlier build brought up to date: only pages that changed are read, and only what depends on them is made again.

The files are those of a build of all pages. Where that cannot be had from a part, ``TooMuch`` says why, and all of it
is built anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mandate_graph.assembly import Assembly, left_out_of, stages
from mandate_graph.assembly.described import Description, Figures, Written
from mandate_graph.assembly.record import DATABASES, Record, key_of
from mandate_graph.assembly.stages import words_of
from mandate_graph.errors import NothingToBuild, UnreadablePage
from mandate_graph.graph import common_lines
from mandate_graph.model import Claim, Correction, Decision
from mandate_graph.resolve.listed import ReadPage
from mandate_graph.resolve.register import Register, TooMuch
from mandate_graph.resolve.revising import Revised, revise
from mandate_graph.resolve.settling import Settled
from mandate_graph.sources import File
from mandate_graph.sssom import Links
from mandate_graph.store import take_file
from mandate_graph.write.splice import Difference, Mended, SortedLines, put_spliced, sorted_lines

__all__ = ["Revision", "Spliced"]

# Of all pages; with more of them to write again, all is as fast, and needs less memory.
_MOST = 0.1


@dataclass(slots=True)
class Spliced:
    """What was written, and the lines that are gone and new by it."""

    written: Written
    gone: frozenset[bytes]
    new: frozenset[bytes]


@dataclass(slots=True)
class Revision(Assembly):
    """The stages of a build that revises an earlier one; ``earlier`` is the folder of its register."""

    earlier: Path = field(kw_only=True)
    record: Record = field(kw_only=True)
    come: list[ReadPage] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in self.earlier.iterdir():
            take_file(path, self.job.scratch / path.name, linked=path.name not in DATABASES)
        self.register = Register.revising(self.job.scratch)
        self.shards = self.record.shards
        self.tally = Counter(self.record.tally)

    def read_again(self, files: Sequence[File], missing: Sequence[UnreadablePage], stems: Collection[str]) -> None:
        """Read the pages of some stems; of all others the register knows what they list.

        Raises:
            NothingToBuild: when not one page is left.
        """
        self.progress("reading pages", 0, len(stems))
        by_shard: dict[int, tuple[set[str], list[File]]] = {}
        for stem in stems:
            by_shard.setdefault(self._shard_of(stem), (set(), []))[0].add(stem)
        places = {stem: shard for shard, (several, _) in by_shard.items() for stem in several}
        for file in files:
            if file.page in places:
                by_shard[places[file.page]][1].append(file._replace(path=file.path.absolute()))
        tasks = ((self.job, shard, several, gone, self.earlier) for shard, (gone, several) in sorted(by_shard.items()))
        for read in self.crew.each(stages.read_shard_again, tasks):
            self.come += read.pages
            self.files.update({**read.left_out, **read.digests})
            self.tally.update(read.tally)
        self.come.sort(key=lambda page: (page.row.page, page.row.capture))
        others = (file.path for file in files if file.page not in places)
        before = {str(path.absolute()): self.record.files[key_of(path)].found for path in others}
        self.files = {**before, **self.files}
        self.left_out = [*left_out_of(files, self.files), *missing]
        if not self.tally["pages", ""]:
            raise NothingToBuild(self.left_out)

    def _shard_of(self, stem: str) -> int:
        query = "SELECT shard FROM page WHERE page <= ? ORDER BY page DESC LIMIT 1"
        return self.register.one(query, stem) or 0

    def settle_again(
        self, stems: Collection[str], decisions: Sequence[Decision], corrections: Sequence[Correction]
    ) -> Revised:
        """Settle what depends on what was read.

        Raises:
            TooMuch: when that cannot be told from a part.
        """
        self.progress("putting pages together", 0, 0)
        before = self.record.settled, self.record.joined
        return revise(self.register, frozenset(stems), self.come, before, decisions, corrections)

    def write_again(
        self, revised: Revised, decisions: Sequence[Decision], links: Links, earlier: Path, target: Path
    ) -> Spliced:
        """Write the quads of an earlier file with the difference.

        Raises:
            TooMuch: when too many pages say something new, or the file does not hold what it held.
        """
        self.progress("making the graph", 0, 0)
        before = self.record.settled
        gone = self._lines(self.earlier, revised.captures, before, revised.gone, -1)
        new = self._lines(self.job.scratch, revised.captures, revised.settled, revised.new, 1)
        if before.minted != revised.settled.minted:
            for lines, settled in ((gone, before), (new, revised.settled)):
                lines.update(common_lines(self.common(settled, decisions), words_of(self.job), links))
        with sorted_lines(earlier) as old:
            try:
                return self._splice(old, gone, new, links, target)
            except ValueError as error:
                raise TooMuch(f"quads of the earlier build ({error})") from None

    def _splice(self, old: SortedLines, gone: set[bytes], new: set[bytes], links: Links, target: Path) -> Spliced:
        mended = Mended.of(old, gone, new)
        before = self.record.written
        figures = _added(before.figures, mended.difference)
        description = Description.of(figures, words_of(self.job), links).beside(before.description.known)
        old_lines, new_lines = set(before.description.lines), set(description.lines)
        spliced = Mended.of(old, mended.gone | (old_lines - new_lines), mended.new | (new_lines - old_lines))
        digest = put_spliced(old, spliced.gone, spliced.new, target)
        return Spliced(Written(figures, description, digest), spliced.gone, spliced.new)

    def _lines(
        self, folder: Path, captures: Collection[str], settled: Settled, claims: Sequence[Claim], sign: int
    ) -> set[bytes]:
        """What the pages of some captures say, and some claims; it is added to the tally, or taken from it."""
        register = Register.reading(folder)
        try:
            by_shard = _by_shard(register, captures)
            if sum(map(len, by_shard.values())) > max(_MOST * register.one("SELECT COUNT(*) FROM page"), 1000):
                raise TooMuch("mandates that many pages list")
        finally:
            register.close()
        several = sorted(by_shard.items())
        tasks = (
            (self.job, folder, shard, pages, settled, () if place else claims)
            for place, (shard, pages) in enumerate(several)
        )
        lines: set[bytes] = set()
        for some, tally in self.crew.each(stages.lines_of_pages, tasks):
            lines.update(some)
            self.tally.update({name: sign * count for name, count in tally.items()})
        return lines


def _by_shard(register: Register, captures: Iterable[str]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for capture in captures:
        for page, shard in register.rows("SELECT page, shard FROM page WHERE capture = ?", capture):
            found.setdefault(shard, set()).add((page, capture))
    return found


def _added(figures: Figures, difference: Difference) -> Figures:
    classes, graphs = Counter(figures.classes), Counter(figures.graphs)
    classes.update(difference.classes)
    graphs.update(difference.graphs)
    # what nothing is of is not named
    return Figures(figures.triples + difference.triples, figures.quads + difference.quads, +classes, +graphs)
