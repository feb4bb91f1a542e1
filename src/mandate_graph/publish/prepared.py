"""What a site has besides its things: the pages about all, downloads, descriptions, and the data of its scripts.

A static host has these files beside those of the things; a server has them written once for each build.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mandate_graph.dataset import Graph
from mandate_graph.house import House
from mandate_graph.pipeline import Progress
from mandate_graph.publish.assets import assets
from mandate_graph.publish.crawled import crawled
from mandate_graph.publish.data_page import data_page
from mandate_graph.publish.described import Served, describe, description_files, said_by
from mandate_graph.publish.dumps import DUMP, write_dumps
from mandate_graph.publish.figures import picture_files
from mandate_graph.publish.finding import search_files
from mandate_graph.publish.given import supplied
from mandate_graph.publish.library import library_files
from mandate_graph.publish.putting import Putter
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press, page_of
from mandate_graph.publish.vocabulary import query_data_files
from mandate_graph.version import __version__

__all__ = ["MARK", "Job", "listed_things", "prepare"]

MARK = "site.json"
"""The file by which a published folder is told from others; it is written last."""

_ROOM = Path(__file__).parent


class Job(NamedTuple):
    """What is published, by which house, and who is told how far it is."""

    graph: Graph
    home: House
    progress: Progress


def listed_things(press: Press) -> list[str]:
    """The stems of the things that crawlers are told of, in their order; reads the whole build."""
    return [stem for stem in press.shelf.stems() if press.plan.kind(stem).listed]


def prepare(put: Putter, press: Press, job: Job, things: Iterable[str]) -> list[str]:
    """Write everything but the things; sentences about what was left out, and why.

    ``things`` are the stems of those that crawlers are told of. Progress has no numbers.

    Raises:
        MissingPath: when the graph has no build.
        OSError: when the system refuses.
    """
    graph, home, progress = job
    site = press.site
    progress("downloads", 0, 0)
    downloads, notes = write_dumps(graph, put.folder)
    put.found(put.folder / DUMP)
    progress("descriptions", 0, 0)
    described = describe(site, graph, said_by(home, site.base), downloads)
    served = Served.at(site.url) if press.given["everywhere"]["endpoint"] else Served()
    put(description_files(site, graph, described, served))
    put(assets(_ROOM))
    progress("what is searched", 0, 0)
    put(search_files(site, graph))
    put(query_data_files(site, graph))
    progress("pages about all", 0, 0)
    press = press._replace(given={**press.given, "data": data_page(described, graph)})
    press = supplied(press, graph, press.plan.pages)
    put(picture_files(site, graph, press.given["pictures"]))
    for page in press.plan.pages:
        put(page_of(press, page, {}))
    listed = [*(page.stem for page in press.plan.pages if page.stem != "404"), *things]
    put(library_files(press, graph, home, listed))
    put(crawled(press, described.known, put.folder, listed))
    mark = {"generator": f"mandate-graph {__version__}", "url": site.url, "base": site.base}
    put([File(MARK, ((json.dumps(mark, indent=2) + "\n").encode(),))])
    if not press.given["everywhere"]["built"]:
        notes.append("search, pictures and SPARQL are missing: their scripts are not built. In a checkout: make web")
    return notes
