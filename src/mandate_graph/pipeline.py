"""The flow, readable from top to bottom: sources → pages → corpus → graph → gate → files."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeAlias

from mandate_graph import outputs, shacl
from mandate_graph.assembly import Assembly, Progress, silent
from mandate_graph.assembly.stages import Job, write_file
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.crew import Crew
from mandate_graph.dataset import Graph
from mandate_graph.decided import load_corrections, load_decisions
from mandate_graph.engine import Engine
from mandate_graph.errors import BrokenPromise, UnreadablePage
from mandate_graph.graph.identifiers import vanished
from mandate_graph.house import House, HouseConfig, choose_house
from mandate_graph.model import Capture, Correction, Decision, Page, ShapeResult
from mandate_graph.parse import PageReader
from mandate_graph.report import Findings, Report, make_report
from mandate_graph.report.linked import links_data, links_page, links_set
from mandate_graph.sources import find_files
from mandate_graph.sssom import Links, load_links
from mandate_graph.store import STORE, open_engine, put_store
from mandate_graph.write.lines import describes
from mandate_graph.write.whole import put_whole

__all__ = ["Build", "Progress", "build", "gate", "read_pages", "silent"]

PathLike: TypeAlias = str | Path

LARGE = 512 << 20
"""Bytes of N-Quads above which promises are checked on the disk: in memory they take some three times as many."""

# So many bytes of pages are read and written before workers have started.
_ALONE = 256 << 10

_FORMATS = {"turtle": "mandates.ttl", "jsonld": "mandates.jsonld"}


class Build(Graph):
    """A finished build, which is a graph to ask, and what was found while it was made.

    ``left_out`` are the pages that could not be read, ``results`` those of the gate. ``vanished`` are identifiers that
    the house's table names and the build lacks; only a build of a whole house knows. ``summary`` is the report without
    its long lists.
    """

    folder: Path

    def __init__(
        self,
        folder: Path,
        left_out: tuple[UnreadablePage, ...] = (),
        results: tuple[ShapeResult, ...] = (),
        vanished: tuple[str, ...] = (),
        summary: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(folder)
        self.left_out = left_out
        self.results = results
        self.vanished = vanished
        self.summary = summary or {}


def build(  # noqa: PLR0913  (each option leaves one file out, or says who works)
    paths: PathLike | Sequence[PathLike] = (),
    *,
    out: PathLike = "build",
    house: PathLike | None = None,
    turtle: bool = True,
    jsonld: bool = True,
    store: bool = True,
    workers: int | None = None,
    cluster: str | None = None,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> Build:
    """Build a graph from pages, or from a house's own sources, validate it, and swap it in for the previous build.

    ``workers`` processes share the work (default: one a processor; 1: this one alone), or those of the Dask scheduler
    at the address ``cluster`` (``tcp://HOST:PORT``), which see the folders of the pages and of ``out`` under the same
    paths; or any ``executor`` with so many workers. The bytes are the same in any case.

    Raises:
        NoHouse: when no page is named and there is no house around.
        MissingPath: when a path is not there.
        ForeignFolder: when ``out`` holds something that is not a build.
        BadTable: when a table or manifest is wrong.
        BadLinks: when a link set holds rows that may not be published.
        NothingToBuild: when not one page could be read.
        BrokenPromise: when a shape of severity Violation fails; the previous build stays.
        WorkLost: when some work kills its worker each time that it is begun.
        BadEndpoint: when ``cluster`` is no address of a scheduler.
        MissingPackage: when ``cluster`` is named and Dask is not installed.
        EndpointError: when the cluster does not answer (Unreachable) or cannot do the work (UnfitCluster).
    """
    outputs.check_target(Path(out))
    paths = [paths] if isinstance(paths, (str, Path)) else paths
    home = choose_house(house, needed=not paths)
    sources = _Sources.of(home)
    files, missing = find_files([Path(path) for path in paths] or [home.documents], sources.authorities.languages)
    with outputs.workshop(Path(out)) as folder, ExitStack() as stack:
        scratch, staged = folder / "scratch", folder / "staged"
        scratch.mkdir()
        staged.mkdir()
        reads = [home.authorities, home.ontology, *(paths or [home.documents])]
        if workers is None and sum(file.size for file in files) < _ALONE:
            workers = 1
        crew = stack.enter_context(_crew(workers, cluster or executor, scratch, reads))
        work = Assembly(
            Job(home.authorities.absolute(), home.ontology.absolute(), scratch, sources.config), crew, progress
        )
        work.read(files, missing)
        settled, joined = work.settle(sources.known, sources.decisions, sources.corrections)
        quads = staged / outputs.QUADS
        graphed, digest = work.write(settled, sources.decisions, sources.links, quads)
        loading = partial(progress, "loading")
        is_large = quads.stat().st_size > LARGE
        if is_large:
            put_store(quads, digest, loading)
        progress("checking the promises", 0, 0)
        results = gate(open_engine(quads, named_graphs=False), home.shapes)
        lost = [] if paths else vanished(home.identifiers, sources.config.base, lambda iri: describes(quads, iri))
        facts = sources.facts(home, lost)
        found = Findings(
            work.register, settled, joined, sources.decisions, work.read_pages(), work.tally, graphed, results
        )
        report = make_report(found, facts, sources.authorities)
        formats = [name for name, is_wanted in (("turtle", turtle), ("jsonld", jsonld)) if is_wanted]
        _write(work, report, sources, quads, formats)
        if store and not is_large:
            put_store(quads, digest, loading)
        elif is_large and not store:
            shutil.rmtree(staged / STORE)
        summary = report.summary()
        outputs.put_build(Path(out), staged, {outputs.QUADS: digest})
    return Build(Path(out), tuple(work.left_out), tuple(results), tuple(lost), summary)


@contextmanager
def _crew(
    workers: int | None, others: str | Executor | None, scratch: Path, reads: Sequence[PathLike]
) -> Iterator[Crew]:
    """Those who do the work: own processes, others', or a cluster's that see the scratch folder and the sources."""
    if not isinstance(others, str):
        with Crew(workers, others) as crew:
            yield crew
        return
    from mandate_graph.cluster import connect

    places = [Path(path).absolute() for path in reads]
    with connect(others, scratch, places) as executor, Crew(executor.workers, executor) as crew:
        yield crew


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a house holds beside pages."""

    authorities: Authorities
    config: HouseConfig
    decisions: Sequence[Decision]
    corrections: Sequence[Correction]
    links: Links

    @classmethod
    def of(cls, home: House) -> Self:
        authorities = load_authorities(home.authorities)
        return cls(
            authorities,
            home.config(),
            load_decisions(home.decisions),
            load_corrections(home.corrections, authorities),
            load_links(home.links, authorities),
        )

    @property
    def known(self) -> frozenset[str]:
        """The targets that tables know by a name."""
        return MentionFinder(self.authorities).targets

    def facts(self, home: House, lost: Sequence[str]) -> dict[str, Any]:
        """What a report says of a house."""
        return {
            "base": self.config.base,
            "borrowed": home.borrowed(),
            "vanished": lost,
            "links": links_data(self.links, self.authorities),
        }


def _write(work: Assembly, report: Report, sources: _Sources, quads: Path, formats: Sequence[str]) -> None:
    """Write the files beside the graph: the large ones in workers."""
    large = [
        *((name, quads.with_name(_FORMATS[name])) for name in formats),
        ("promises", quads.with_name(outputs.PROMISES)),
    ]
    small = list(_small_files(work, report, sources))
    total = len(large) + len(small)
    work.progress("writing", 0, total)
    tasks = ((work.job, name, quads, target) for name, target in large)
    for done, _ in enumerate(work.crew.each(write_file, tasks), 1):
        work.progress("writing", done, total)
    for done, (name, pieces) in enumerate(small, len(large) + 1):
        put_whole(quads.with_name(name), pieces)
        work.progress("writing", done, total)


def _small_files(work: Assembly, report: Report, sources: _Sources) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Files by name, piece by piece."""
    yield "context.jsonld", [(work.job.ontology / "context.jsonld").read_bytes()]
    yield "links.sssom.tsv", [links_set(sources.links, sources.config).encode()]
    yield "links.md", [links_page(sources.links, sources.authorities).encode()]
    yield "report.json", (piece.encode() for piece in report.json())
    yield "report.md", (line.encode() for line in report.markdown())


def read_pages(
    captures: Sequence[Capture | UnreadablePage], authorities: Authorities, progress: Progress = silent
) -> tuple[list[Page], list[UnreadablePage]]:
    """Read every capture; a page that cannot be used does not lose its neighbours."""
    reader = PageReader(authorities)
    pages: list[Page] = []
    left_out: list[UnreadablePage] = []
    for done, capture in enumerate(captures):
        progress("reading pages", done, len(captures))
        if isinstance(capture, UnreadablePage):
            left_out.append(capture)
            continue
        try:
            pages.append(reader.read(capture))
        except UnreadablePage as error:
            left_out.append(error)
    return pages, left_out


def gate(engine: Engine, shapes: Path) -> list[ShapeResult]:
    """Check the promises; a broken one of severity Violation closes the gate.

    Raises:
        BrokenPromise: with the results that say which, where, and what to do.
    """
    results = shacl.locate(engine, shacl.check(engine, shapes))
    broken = [result for result in results if result.severity == "Violation"]
    if broken:
        raise BrokenPromise(broken)
    return results
