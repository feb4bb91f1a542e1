"""What a program gives to pages besides their queries, by the names that ``needs`` in ``pages.toml`` has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph.dataset import Graph
from mandate_graph.house import House
from mandate_graph.publish.figures import picture_data
from mandate_graph.publish.finding import search_page
from mandate_graph.publish.library import STEMS
from mandate_graph.publish.library.linked import links_page
from mandate_graph.publish.library.terms import terms_page
from mandate_graph.publish.things import Press

__all__ = ["GIVEN", "Work", "everywhere"]


def everywhere(press: Press, home: House) -> dict[str, Any]:
    """What every page is given: where to go, and title, version, licence and rights of the dataset."""
    config = home.config()
    there = {page.stem for page in press.plan.pages} | set(STEMS)
    return {
        "navigation": [stem for stem in press.plan.navigation if stem in there],
        "built": (Path(__file__).parent / "scripts" / "LICENCES.txt").is_file(),
        "own_names": {code: words["site.language"] for code, words in press.words.items()},
        "dataset": {
            "title": config.title,
            "description": config.description,
            "rights": config.rights,
            "publisher": config.publisher_name,
            "version": config.version,
            "modified": config.modified,
            "license": config.license,
        },
    }


class Work(NamedTuple):
    """What the parts of a publication are made from, and the folder that the site is written into."""

    press: Press
    graph: Graph
    home: House
    folder: Path


GIVEN: Mapping[str, Callable[[Work], Any]] = {
    "linked": lambda work: links_page(work.graph.engine()),
    "pictures": lambda work: picture_data(work.press.site, work.graph),
    "search": lambda work: search_page(work.graph),
    "terms": lambda work: terms_page(work.press),
}
"""What pages need, by name; asked for once: for kinds of things before their pages, else after them."""
