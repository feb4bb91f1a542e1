"""The publication: a folder that any static host serves, with a page and data for every thing of a graph.

``publish`` is the flow. The address of everything is a matter of ``site``, which pages there are of ``pages.toml``, how
they look of ``layouts/`` and ``css/``, what they say of ``words/``, and what they ask of ``queries/``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from mandate_graph import outputs
from mandate_graph.dataset import Graph
from mandate_graph.errors import BadOption, ForeignFolder
from mandate_graph.failures import shown
from mandate_graph.house import House, choose_house
from mandate_graph.publish.assets import assets
from mandate_graph.publish.crawled import crawled
from mandate_graph.publish.documents import documents
from mandate_graph.publish.figures import picture_files
from mandate_graph.publish.filters import FILTERS
from mandate_graph.publish.finding import search_files
from mandate_graph.publish.given import GIVEN, Work, everywhere
from mandate_graph.publish.layouts import Layouts
from mandate_graph.publish.library import library_files
from mandate_graph.publish.names import Names
from mandate_graph.publish.plan import Kind, Page, read_plan
from mandate_graph.publish.site import File, Site
from mandate_graph.publish.things import Press, page_of
from mandate_graph.publish.words import load_words
from mandate_graph.version import __version__
from mandate_graph.write.lines import blocks

__all__ = ["MARK", "Published", "publish"]

MARK = "site.json"
"""The file by which a published folder is told from others."""

_ROOM = Path(__file__).parent
_FIRST = "en"
Progress = Callable[[int, int], None]


class Published(NamedTuple):
    """How many pages and files were written, how large they are in bytes, and what could not be an address."""

    pages: int
    files: int
    size: int
    left_out: tuple[str, ...]


def publish(
    source: str | Path = "build", out: str | Path = "site", site_url: str = "", house: str | Path | None = None
) -> Published:
    """Write the site of a build into a folder, which is replaced whole.

    ``site_url`` is where the folder will be served; without it, the base of the identifiers, from which w3id.org leads
    there.

    Raises:
        MissingPath: when there is no build.
        BadOption: when the address is none of the web.
        ForeignFolder: when the folder holds something that is no site, or lies in the build.
        Unwritable: when the system refuses.
    """
    url = _checked(site_url)
    graph = Graph(source)
    home = choose_house(house, needed=False)
    written: list[Published] = []

    def write(folder: Path) -> None:
        written.append(_write(folder, graph, home, url))

    outputs.swap_folder(Path(out), write, lambda target: _check(target, Path(source)))
    return written[0]


def _write(folder: Path, graph: Graph, home: House, site_url: str) -> Published:
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
        style,
        {},
    )
    press = press._replace(given={"everywhere": everywhere(press, home)})
    work = Work(press, graph, home, folder)
    press = _supplied(press, work, press.plan.kinds)
    left_out: list[str] = []
    put = _Putter(folder)
    put(assets(_ROOM))
    listed: list[str] = [page.stem for page in press.plan.pages if page.stem != "404"]
    put(_things(press, graph, left_out, listed))
    put(search_files(site, graph))
    press = _supplied(press, work, press.plan.pages)
    put(picture_files(site, graph, press.given["pictures"]))
    for page in press.plan.pages:
        put(page_of(press, page, {}))
    put(library_files(press, graph, home, listed))
    put(crawled(press, home, folder, listed))
    mark = {"generator": f"mandate-graph {__version__}", "url": site.url, "base": site.base}
    put([File(MARK, ((json.dumps(mark, indent=2) + "\n").encode(),))])
    return Published(put.pages, put.files, put.size, tuple(sorted(left_out)))


def _supplied(press: Press, work: Work, rows: Iterable[Kind | Page]) -> Press:
    """With everything that some pages need and nobody has given yet."""
    wanted = sorted({name for row in rows for name in row.needs} - press.given.keys())
    return press._replace(given={**press.given, **{name: GIVEN[name](work) for name in wanted}})


def _things(press: Press, graph: Graph, left_out: list[str], listed: list[str]) -> Iterator[File]:
    build = outputs.find_build(graph.folder or Path())
    for document in documents(blocks(build), press.site, left_out):
        yield from press.things(document)
        if press.plan.kind(document.stem).listed:
            listed.append(document.stem)


class _Putter:
    """Writes files below a folder, and counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._there: set[Path] = set()
        self.pages = self.files = self.size = 0

    def __call__(self, files: Iterable[File]) -> None:
        for file in files:
            path = self._folder / file.path
            if path.parent not in self._there:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._there.add(path.parent)
            with path.open("wb") as handle:
                for piece in file.pieces:
                    self.size += handle.write(piece)
            self.files += 1
            self.pages += file.path.endswith(".html")


def _checked(url: str) -> str:
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
