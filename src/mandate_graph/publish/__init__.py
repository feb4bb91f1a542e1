"""The publication: a folder that any static host serves, with a page and data for every thing of a graph.

``publish`` is the flow. The address of everything is a matter of ``site``, which pages there are of ``pages.toml``, how
they look of ``layouts/`` and ``css/``, what they say of ``words/``, and what they ask of ``queries/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from mandate_graph import outputs
from mandate_graph.dataset import Graph
from mandate_graph.errors import BadOption, ForeignFolder
from mandate_graph.failures import shown
from mandate_graph.house import choose_house
from mandate_graph.pipeline import Progress, silent
from mandate_graph.publish.described.facts import facts
from mandate_graph.publish.documents import documents
from mandate_graph.publish.filters import FILTERS
from mandate_graph.publish.given import everywhere, supplied
from mandate_graph.publish.layouts import Layouts
from mandate_graph.publish.names import Names
from mandate_graph.publish.plan import read_plan
from mandate_graph.publish.prepared import MARK, Job, prepare
from mandate_graph.publish.putting import Putter
from mandate_graph.publish.shelf import Shelf
from mandate_graph.publish.site import File, Site
from mandate_graph.publish.things import Press
from mandate_graph.publish.words import load_words
from mandate_graph.write.lines import Block, blocks

__all__ = ["MARK", "Published", "checked_url", "press_of", "publish"]

_ROOM = Path(__file__).parent
_FIRST = "en"
_STEP = 100
"""So many things are written between two words of progress."""


class Published(NamedTuple):
    """How many pages and files were written, how large they are in bytes, and what could not be an address.

    ``notes`` are sentences about what was left out, and why.
    """

    pages: int
    files: int
    size: int
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def publish(
    source: str | Path = "build",
    out: str | Path = "site",
    site_url: str = "",
    house: str | Path | None = None,
    progress: Progress = silent,
) -> Published:
    """Write the site of a build into a folder, which is replaced whole.

    ``site_url`` is where the folder will be served; without it, the base of the identifiers, from which w3id.org leads
    there. ``progress`` is told what is being written, and how far in the lines of the build.

    Raises:
        MissingPath: when there is no build.
        BadOption: when the address is none of the web.
        ForeignFolder: when the folder holds something that is no site, or lies in the build.
        Unwritable: when the system refuses.
    """
    url = checked_url(site_url)
    graph = Graph(source)
    home = choose_house(house, needed=False)
    written: list[Published] = []

    def write(folder: Path) -> None:
        written.append(_write(folder, press_of(graph, url), Job(graph, home, progress)))

    outputs.swap_folder(Path(out), write, lambda target: _check(target, Path(source)))
    if url:
        return written[0]
    said = f"the sitemap and the descriptions say that the site stands at {graph.base}; --site-url says otherwise"
    return written[0]._replace(notes=(*written[0].notes, said))


def press_of(graph: Graph, site_url: str = "", *, served: bool = False) -> Press:
    """What the pages of things of a build are made with; ``served`` says that a server with an endpoint is behind them.

    Everything that they need is read here, and nothing is written.
    """
    words = load_words(_ROOM / "words", _FIRST)
    site = Site(graph.base, site_url or graph.base, tuple(words))
    engine = graph.engine(named_graphs=True)
    style = graph.style()
    press = Press(
        site,
        read_plan(_ROOM),
        Layouts([_ROOM / "layouts"], FILTERS),
        words,
        Names(engine, site.languages, style.terms.prefixes),
        engine,
        Shelf(outputs.find_build(graph.folder or Path()), site),
        style,
        {},
    )
    press = press._replace(given={"everywhere": everywhere(press, facts(engine, site.base), served=served)})
    return supplied(press, graph, press.plan.kinds)


def _write(folder: Path, press: Press, job: Job) -> Published:
    put = Putter(folder)
    left_out: list[str] = []
    listed: list[str] = []
    put(_things(press, job, left_out, listed))
    notes = prepare(put, press, job, listed)
    return Published(put.pages, put.files, put.size, tuple(sorted(left_out)), tuple(notes))


def _things(press: Press, job: Job, left_out: list[str], listed: list[str]) -> Iterator[File]:
    build = outputs.find_build(job.graph.folder or Path())
    size, read = build.stat().st_size, 0

    def watched() -> Iterator[Block]:
        nonlocal read
        for block in blocks(build):
            read = block.start
            yield block

    for count, document in enumerate(documents(watched(), press.site, left_out)):
        if count % _STEP == 0:
            job.progress(f"pages of things ({count:,})", read, size)
        yield from press.things(document)
        if press.plan.kind(document.stem).listed:
            listed.append(document.stem)


def checked_url(url: str) -> str:
    """An address as the site needs it: absolute, without query and fragment, with a slash at its end."""
    if not url:
        return ""
    parts = urlsplit(url)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or parts.query
        or parts.fragment
        or set(url) & set(' <>"')
    ):
        raise BadOption(
            "site-url", f"{shown(url)} is not the address of a folder, such as https://example.org/mandates"
        )
    return url.rstrip("/") + "/"


def _check(target: Path, build: Path) -> None:
    """Refuse a folder that holds something else than a site, and one in the build."""
    if build.resolve() in (target.resolve(), *target.resolve().parents):
        raise ForeignFolder(str(target), "")
    if target.resolve() == Path.cwd():
        raise ForeignFolder(str(target), "the folder that you stand in")
    if target.is_dir():
        if any(target.iterdir()) and not (target / MARK).is_file():
            raise ForeignFolder(str(target), next(path.name for path in sorted(target.iterdir())), "site")
    elif target.exists() or target.is_symlink():
        raise ForeignFolder(str(target), "a file, a device or a link to nowhere")
