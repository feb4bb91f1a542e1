"""What a program gives to pages besides their queries, by the names that ``needs`` in ``pages.toml`` has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph.dataset import SHAPES, Graph
from mandate_graph.house import House
from mandate_graph.iris import MG
from mandate_graph.publish.captured import readings
from mandate_graph.publish.data_page import data_page
from mandate_graph.publish.described import Described
from mandate_graph.publish.described.facts import Facts
from mandate_graph.publish.figures import picture_data
from mandate_graph.publish.finding import search_page
from mandate_graph.publish.gathered import MOST_LISTED, origins
from mandate_graph.publish.library import STEMS
from mandate_graph.publish.library.linked import links_page
from mandate_graph.publish.library.terms import terms_page
from mandate_graph.publish.outline import first_named, read_outline
from mandate_graph.publish.things import Press
from mandate_graph.publish.vocabulary import sparql_page

__all__ = ["GIVEN", "Work", "everywhere"]


def everywhere(press: Press, facts: Facts) -> dict[str, Any]:
    """What every page is given: where to go, and title, version, licence and rights of the dataset."""
    there = {page.stem for page in press.plan.pages} | set(STEMS)
    return {
        "navigation": [stem for stem in press.plan.navigation if stem in there],
        "built": (Path(__file__).parent / "scripts" / "LICENCES.txt").is_file(),
        # our own vocabulary and shapes have pages here only where the base is ours
        "terms_iri": MG.removesuffix("#"),
        "shapes_iri": SHAPES.removesuffix("#"),
        "own_names": {code: words["site.language"] for code, words in press.words.items()},
        "dataset": {
            "title": facts.title,
            "description": facts.description,
            "rights": facts.rights,
            "version": facts.number,
            "modified": facts.modified,
            "license": facts.license,
        },
    }


class Work(NamedTuple):
    """What the parts of a publication are made from, and the folder that the site is written into."""

    press: Press
    graph: Graph
    home: House
    folder: Path
    described: Described


GIVEN: Mapping[str, Callable[[Work], Any]] = {
    "data": lambda work: data_page(work.described, work.graph),
    "firsts": lambda work: first_named(work.press.answers),
    "outline": lambda work: read_outline(work.press.answers),
    "most_listed": lambda _: MOST_LISTED,
    "origins": lambda work: origins(work.graph.engine()),
    "readings": lambda work: readings(work.graph),
    "pictures": lambda work: picture_data(work.press.site, work.graph),
    "search": lambda work: search_page(work.graph),
    "sparql": lambda work: sparql_page(work.graph),
    "linked": lambda work: links_page(work.graph.engine()),
    "terms": lambda work: terms_page(work.press),
}
"""What pages need, by name; asked for once: for kinds of things before their pages, else after them."""
