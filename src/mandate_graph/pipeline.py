"""The flow, readable from top to bottom: sources → pages → corpus → graph → gate → files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from mandate_graph import outputs, shacl, write
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.dataset import Graph
from mandate_graph.decided import load_corrections, load_decisions
from mandate_graph.engine import Engine
from mandate_graph.errors import BrokenPromise, NothingToBuild, UnreadablePage
from mandate_graph.graph import build_graph
from mandate_graph.graph.identifiers import vanished
from mandate_graph.house import choose_house
from mandate_graph.model import Capture, Page, ShapeResult
from mandate_graph.parse import PageReader
from mandate_graph.promises import promises_table
from mandate_graph.report import make_report
from mandate_graph.report.linked import links_data, links_page, links_set
from mandate_graph.resolve import resolve
from mandate_graph.sources import read_captures
from mandate_graph.sssom import load_links
from mandate_graph.store import put_store
from mandate_graph.terms import load_terms

__all__ = ["Build", "build", "gate", "read_pages", "silent"]

PathLike: TypeAlias = str | Path
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told how far a build is: the stage, how much of it is done, and of how much (0 where that is not known)."""


class Build(Graph):
    """A finished build, which is a graph to ask, and what was found while it was made.

    ``left_out`` are the pages that could not be read, ``results`` those of the gate. ``vanished`` are identifiers that
    the house's table names and the build lacks; only a build of a whole house knows.
    """

    folder: Path

    def __init__(
        self,
        folder: Path,
        left_out: tuple[UnreadablePage, ...] = (),
        results: tuple[ShapeResult, ...] = (),
        vanished: tuple[str, ...] = (),
    ) -> None:
        super().__init__(folder)
        self.left_out = left_out
        self.results = results
        self.vanished = vanished


def silent(_stage: str, _done: int, _total: int) -> None:
    """Say nothing."""


def build(  # noqa: PLR0913  (each option leaves one file out)
    paths: PathLike | Sequence[PathLike] = (),
    *,
    out: PathLike = "build",
    house: PathLike | None = None,
    turtle: bool = True,
    jsonld: bool = True,
    store: bool = True,
    workers: int | None = None,  # noqa: ARG001
    cluster: str | None = None,  # noqa: ARG001
    progress: Progress = silent,
) -> Build:
    """Build a graph from pages, or from a house's own sources, validate it, and swap it in for the previous build.

    ``workers`` processes share the work (default: one a processor; 1: this one alone), or those of the Dask scheduler
    at the address ``cluster`` (``tcp://HOST:PORT``), which see the folders of the pages and of ``out`` under the same
    paths. The bytes are the same either way.

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
    authorities, terms, config = load_authorities(home.authorities), load_terms(home.ontology), home.config()
    decisions, corrections = load_decisions(home.decisions), load_corrections(home.corrections, authorities)
    links = load_links(home.links, authorities)
    captures = list(read_captures([Path(path) for path in paths] or [home.documents], authorities.languages))
    pages, left_out = read_pages(captures, authorities, progress)
    if not pages:
        raise NothingToBuild(left_out)
    progress("putting pages together", 0, 0)
    corpus = resolve(pages, MentionFinder(authorities), decisions, corrections)
    progress("making the graph", 0, 0)
    quads = build_graph(corpus, authorities, terms, config, links)
    nquads = write.nquads(quads)
    progress("checking the promises", 0, 0)
    results = gate(nquads, home.shapes)
    progress("writing", 0, 0)
    lost = [] if paths else vanished(quads, config.base, home.identifiers)
    home_facts = {
        "base": config.base,
        "borrowed": home.borrowed(),
        "vanished": lost,
        "links": links_data(links, authorities),
    }
    report = make_report(corpus, authorities, quads, left_out, results, home_facts)
    style = write.Style(config.base, terms)
    files = {
        outputs.QUADS: nquads,
        outputs.PROMISES: promises_table(corpus, authorities, config.base),
        "context.jsonld": (home.ontology / "context.jsonld").read_bytes(),
        "links.sssom.tsv": links_set(links, config).encode(),
        "links.md": links_page(links, authorities).encode(),
        "report.json": report.json().encode(),
        "report.md": report.markdown().encode(),
    }
    if turtle:
        files["mandates.ttl"] = b"".join(write.stream(nquads, "turtle", style))
    if jsonld:
        files["mandates.jsonld"] = b"".join(write.stream(nquads, "jsonld", style))
    outputs.replace_folder(
        Path(out), files, (lambda folder: put_store(folder / outputs.QUADS)) if store else outputs.nothing_more
    )
    return Build(Path(out), tuple(left_out), tuple(results), tuple(lost))


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


def gate(nquads: bytes, shapes: Path) -> list[ShapeResult]:
    """Check the promises; a broken one of severity Violation closes the gate.

    Raises:
        BrokenPromise: with the results that say which, where, and what to do.
    """
    engine = Engine(nquads)
    results = shacl.locate(engine, shacl.check(engine, shapes))
    broken = [result for result in results if result.severity == "Violation"]
    if broken:
        raise BrokenPromise(broken)
    return results
