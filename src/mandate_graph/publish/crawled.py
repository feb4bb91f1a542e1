"""What crawlers and programs are told of the site, counted from the graph and from what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mandate_graph.engine import unquote
from mandate_graph.iris import MG
from mandate_graph.publish.described.facts import Facts
from mandate_graph.publish.hosting import About, llms, robots, server_files, sitemap
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press

__all__ = ["crawled"]

_FIGURES = ("Mandate", "SummitDocument", "Summit", "Instrument", "Body", "Mention", "Capture")
_COUNT = """SELECT ?label (COUNT(DISTINCT ?thing) AS ?things) {{ ?thing a <{kind}> . <{kind}>
  <http://www.w3.org/2000/01/rdf-schema#label> ?label FILTER ( LANG(?label) = "{language}" ) }} GROUP BY ?label"""
_DESCRIPTIONS = {"void.ttl": "VoID", "dcat.ttl": "DCAT", "schema-org.jsonld": "schema.org", "queries.ttl": "SHACL"}


def crawled(press: Press, facts: Facts, folder: Path, stems: Iterable[str]) -> Iterator[File]:
    """Rules for hosts, the sitemap of the pages with these stems, ``robots.txt`` and ``llms.txt``."""
    site, language = press.site, press.site.languages[0]
    words = press.words[language]
    title = facts.title.get(language) or next(iter(facts.title.values()), facts.dataset)
    yield from server_files(site, title)
    yield from sitemap(site, stems, facts.modified)
    yield from robots(site)
    dumps = [f"dump/{path.name}" for path in sorted((folder / "dump").glob("mandates.*"))]
    yield from llms(
        site,
        About(
            title=title,
            description=facts.description.get(language) or next(iter(facts.description.values()), ""),
            version=facts.number,
            modified=facts.modified,
            licence=facts.license,
            cite=words["cite.dataset"].format(title=title, version=facts.number, day=facts.modified, iri=site.base),
            figures=_figures(press, language),
            pages=[(stem, words[f"nav.{stem}"]) for stem in ("index", *press.plan.navigation)],
            downloads=[(path, path.removeprefix("dump/")) for path in dumps],
            descriptions=[(path, what) for path, what in _DESCRIPTIONS.items() if (folder / path).is_file()],
        ),
    )


def _figures(press: Press, language: str) -> dict[str, int]:
    found = {}
    for name in _FIGURES:
        query = _COUNT.format(kind=f"{MG}{name}", language=language)
        for label, count in press.answers.table(query, "figures")[1]:
            found[unquote(label)[1]] = int(unquote(count)[1])
    return found
