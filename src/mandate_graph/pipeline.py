"""The flow, readable from top to bottom: sources → pages → corpus → graph → gate → files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from mandate_graph import outputs
from mandate_graph.assembly import Assembly, Progress, silent
from mandate_graph.assembly.beside import mend_file
from mandate_graph.assembly.holdings import Holdings
from mandate_graph.assembly.making import Made, Plan, Wanted, gate, keep, make
from mandate_graph.assembly.stages import write_file
from mandate_graph.authorities import Authorities
from mandate_graph.crew import Crew
from mandate_graph.dataset import Graph
from mandate_graph.errors import UnreadablePage
from mandate_graph.graph.identifiers import vanished
from mandate_graph.house import choose_house
from mandate_graph.model import Capture, Page, ShapeResult
from mandate_graph.parse import PageReader
from mandate_graph.report import Findings, Report, make_report
from mandate_graph.report.linked import links_page, links_set
from mandate_graph.sources import find_files
from mandate_graph.write.lines import describes
from mandate_graph.write.whole import put_whole

__all__ = ["Build", "Progress", "build", "gate", "read_pages", "silent"]

PathLike: TypeAlias = str | Path

# So many bytes of pages are read and written before workers have started.
_ALONE = 256 << 10

_FORMATS = {"turtle": "mandates.ttl", "jsonld": "mandates.jsonld"}


class Build(Graph):
    """A finished build, which is a graph to ask, and what was found while it was made.

    ``left_out`` are the pages that could not be read, ``results`` those of the gate. ``vanished`` are identifiers that
    the house's table names and the build lacks; only a build of a whole house knows. ``summary`` is the report without
    its long lists. ``how`` says how many files changed since the previous build, or why all was built anew; it is empty
    where there was none.
    """

    folder: Path

    def __init__(
        self,
        folder: Path,
        left_out: tuple[UnreadablePage, ...] = (),
        results: tuple[ShapeResult, ...] = (),
        vanished: tuple[str, ...] = (),
        summary: Mapping[str, Any] | None = None,
        how: str = "",
    ) -> None:
        super().__init__(folder)
        self.left_out = left_out
        self.results = results
        self.vanished = vanished
        self.summary = summary or {}
        self.how = how


def build(  # noqa: PLR0913  (each option leaves one file out, or says who works)
    paths: PathLike | Sequence[PathLike] = (),
    *,
    out: PathLike = "build",
    house: PathLike | None = None,
    turtle: bool = True,
    jsonld: bool = True,
    store: bool = True,
    register: bool = True,
    fresh: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> Build:
    """Build a graph from pages, or from a house's own sources, validate it, and swap it in for the previous build.

    ``workers`` processes share the work (default: one a processor; 1: this one alone), or those of the Dask scheduler
    at the address ``cluster`` (``tcp://HOST:PORT``), which see the folders of the pages and of ``out`` under the same
    paths; or any ``executor`` with so many workers. The bytes are the same in any case.

    Where the previous build left a ``register``, only pages that changed are read, linked and validated again, unless
    the build has to be ``fresh``; the bytes are the same, too.

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
    holdings = Holdings.of(home)
    found = find_files([Path(path) for path in paths] or [home.documents], holdings.authorities.languages)
    with outputs.workshop(Path(out)) as folder, ExitStack() as stack:
        reads = [home.authorities, home.ontology, *(paths or [home.documents])]
        if workers is None and sum(file.size for file in found[0]) < _ALONE:
            workers = 1
        crew = stack.enter_context(_crew(workers, cluster or executor, folder, reads))
        wanted = Wanted(store, register, not fresh)
        plan = Plan.of(holdings, found, Path(out), wanted, crew, progress)
        made = make(plan, folder)
        quads = made.quads
        lost = [] if paths else vanished(home.identifiers, holdings.config.base, lambda iri: describes(quads, iri))
        report = _report(made, holdings, lost)
        formats = [name for name, is_wanted in (("turtle", turtle), ("jsonld", jsonld)) if is_wanted]
        _write(made, report, holdings, formats)
        summary = report.summary()
        outputs.put_build(Path(out), made.staged, keep(plan, made))
    return Build(Path(out), tuple(made.work.left_out), tuple(made.results), tuple(lost), summary, made.how)


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


def _report(made: Made, holdings: Holdings, lost: Sequence[str]) -> Report:
    work = made.work
    found = Findings(
        work.register, made.settled, made.joined, holdings.decisions, work.read_pages(), work.tally,
        made.written.graphed, made.results,
    )  # fmt: skip
    return make_report(found, holdings.facts(lost), holdings.authorities)


def _write(made: Made, report: Report, sources: Holdings, formats: Sequence[str]) -> None:
    """Write the files beside the graph: the large ones in workers, if they are not those of before with a change."""
    work, quads = made.work, made.quads
    large = [
        *((name, quads.with_name(_FORMATS[name])) for name in formats),
        ("promises", quads.with_name(outputs.PROMISES)),
    ]
    small = list(_small_files(work, report, sources))
    total = len(large) + len(small)
    work.progress("writing", 0, total)
    tasks = ((work.job, name, quads, target) for name, target in large if not _is_mended(made, name, target))
    for done, _ in enumerate(work.crew.each(write_file, tasks), 1):
        work.progress("writing", done, total)
    for done, (name, pieces) in enumerate(small, len(large) + 1):
        put_whole(quads.with_name(name), pieces)
        work.progress("writing", done, total)


def _is_mended(made: Made, name: str, target: Path) -> bool:
    change = made.change
    return change is not None and mend_file(made.work.job, change, name, change.earlier.with_name(target.name), target)


def _small_files(work: Assembly, report: Report, sources: Holdings) -> Iterator[tuple[str, Iterable[bytes]]]:
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
