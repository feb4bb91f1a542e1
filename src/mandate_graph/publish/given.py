"""What a program gives to pages besides their queries, by the names that ``needs`` in ``pages.toml`` has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph.dataset import SHAPES, Graph
from mandate_graph.iris import MG
from mandate_graph.publish.captured import readings
from mandate_graph.publish.described.facts import Facts
from mandate_graph.publish.figures import picture_data
from mandate_graph.publish.finding import search_page
from mandate_graph.publish.gathered import MOST_LISTED, origins
from mandate_graph.publish.library import STEMS
from mandate_graph.publish.library.linked import links_page
from mandate_graph.publish.library.terms import terms_page
from mandate_graph.publish.outline import first_named, read_outline
from mandate_graph.publish.plan import Kind, Page
from mandate_graph.publish.things import Press
from mandate_graph.publish.vocabulary import sparql_page

__all__ = ["GIVEN", "everywhere", "supplied"]


def everywhere(press: Press, facts: Facts, *, served: bool = False) -> dict[str, Any]:
    """What every page is given: where to go, and title, version, licence and rights of the dataset.

    ``endpoint`` is the path of the site's own SPARQL endpoint; empty where no server is behind the pages.
    """
    there = {page.stem for page in press.plan.pages} | set(STEMS)
    return {
        "navigation": [stem for stem in press.plan.navigation if stem in there],
        "endpoint": "sparql" if served else "",
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


class _Work(NamedTuple):
    """What the parts of a publication are made from."""

    press: Press
    graph: Graph


GIVEN: Mapping[str, Callable[[_Work], Any]] = {
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
"""What pages need, by name; "data" is given where the downloads are known."""


def supplied(press: Press, graph: Graph, rows: Iterable[Kind | Page]) -> Press:
    """With everything that some pages need and nobody has given yet; each is asked for once."""
    wanted = sorted({name for row in rows for name in row.needs} - press.given.keys())
    work = _Work(press, graph)
    return press._replace(given={**press.given, **{name: GIVEN[name](work) for name in wanted}})
