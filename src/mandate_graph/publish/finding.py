"""What the search page looks through: every mandate with its texts and facets, and the names of things, as one file.

The reader's browser makes the index of it (``web/src/search/``), so it is small and flat: things stand in one list and
are named by their place in it. Above ``MOST`` mandates the search is not offered, and nothing is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine, unquote
from mandate_graph.publish.paragraphs import Mandate, adopted, broader, dates, in_order, read_mandates, rows, terms
from mandate_graph.publish.site import File, Site

__all__ = ["MOST", "Things", "about", "search_files", "search_page"]

MOST = 25_000
"""Mandates up to which the search is offered.

Measured with invented texts of 25,000 different words, in Chromium on two shared cores: 10,000 mandates are a file of 6
MB and are searched 2.7 s after the page was asked for, 25,000 are 16 MB and 5 s; an answer then takes a tenth of a
second. Phones were not measured; the limit leaves room for machines several times as slow.
"""

FILE = "data/search.json"

_COUNT = "SELECT (COUNT(DISTINCT ?mandate) AS ?n) { ?mandate a mg:Mandate }"
# what can be found by its name; the first that fits says what it is
_KINDS = {
    "instrument": "mg:Instrument",
    "body": "mg:Body",
    "document": "mg:SummitDocument",
    "summit": "mg:Summit",
    "country": "schema:Country",
}
_SCHEMES = {"theme": "id/theme", "topic": "id/topic", "goal": "id/sdg"}
_LABELS = """SELECT DISTINCT ?thing ?label ?form {
  { ?thing rdfs:label ?label BIND ( "name" AS ?form ) } UNION { ?thing skos:prefLabel ?label BIND ( "name" AS ?form ) }
  UNION { ?thing skos:altLabel ?label BIND ( "other" AS ?form ) }
  UNION { ?thing skos:hiddenLabel ?label BIND ( "other" AS ?form ) }
}"""
_ABOUT = """SELECT DISTINCT ?dataset ?property ?value {
  ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; <http://www.w3.org/ns/dcat#version> [] ; ?property ?value
  VALUES ?property { dcterms:title dcterms:license dcterms:rights <http://www.w3.org/ns/dcat#version> }
} ORDER BY ?dataset ?property ?value"""


def search_page(graph: Graph) -> dict[str, Any]:
    """What the layout says: how many mandates there are, up to how many the search is offered, and whether it is."""
    count = _count(graph.engine())
    return {"mandates": count, "most": MOST, "offered": count <= MOST}


def search_files(site: Site, graph: Graph) -> Iterator[File]:
    """``data/search.json``, where the graph is not too large for it."""
    engine = graph.engine()
    if _count(engine) <= MOST:
        yield File(FILE, _pieces(site, engine))


def _count(engine: Engine) -> int:
    return int(rows(engine, _COUNT)[0][0])


def _pieces(site: Site, engine: Engine) -> Iterator[bytes]:
    documents = adopted(engine)
    mandates = in_order(read_mandates(engine), documents)
    things = Things(site, engine, (mandate for _, mandate in mandates))
    head = {
        "about": about(site, engine),
        "languages": list(site.languages),
        "things": things.listed(),
        "broader": things.lists(broader(engine, site.base)),
        "adopted": things.pairs((document, summit) for document, (summit, _) in documents.items()),
        "dates": {str(things.place(iri)): date for iri, date in dates(engine).items() if things.has(iri)},
    }
    yield _json(head)[:-1] + b',"mandates":[\n'
    places = {mandate.iri: place for place, (_, mandate) in enumerate(mandates)}
    for place, (paragraph, mandate) in enumerate(mandates):
        yield (b",\n" if place else b"") + _json(things.row(mandate, paragraph, places))
    yield b"\n]}\n"


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def about(site: Site, engine: Engine) -> dict[str, Any]:
    """Title and rights by language, licence, version and IRI of the published version of the dataset."""
    found: dict[str, Any] = {"base": site.base, "url": site.url, "title": {}, "rights": {}}
    for dataset, name, term in terms(engine, _ABOUT):
        _, value, language, _ = unquote(term)
        key = re.split("[/#]", name[1:-1])[-1]
        found["dataset"] = dataset[1:-1]
        if key in ("title", "rights"):
            found[key].setdefault(language, value)
        else:
            found.setdefault(key, value)
    return found


class Things:
    """Everything that mandates speak of or that can be found by its name, in the order of its IRIs."""

    def __init__(self, site: Site, engine: Engine, mandates: Iterable[Mandate]) -> None:
        self._site = site
        self._kinds: dict[str, str] = {}
        for kind, iris in self._found(engine).items():
            for iri in iris:
                self._kinds.setdefault(iri, kind)
        used = {
            value
            for mandate in mandates
            for name in ("document", "section", "themes", "names")
            for value in mandate.facts.get(name, ())
        }
        self._iris = sorted(used | self._kinds.keys())
        self._places = {iri: place for place, iri in enumerate(self._iris)}
        self._names: dict[str, dict[str, str]] = {}
        self._others: dict[str, set[str]] = {}
        for thing, term, form in sorted(terms(engine, _LABELS)):
            iri = thing[1:-1]
            if iri in self._places:
                _, label, language, _ = unquote(term)
                if form == '"name"' and language in ("", *site.languages):
                    self._names.setdefault(iri, {}).setdefault(language, label)
                self._others.setdefault(iri, set()).add(label)

    def _found(self, engine: Engine) -> dict[str, list[str]]:
        patterns = {kind: f"?thing a {name}" for kind, name in _KINDS.items()}
        for kind, scheme in _SCHEMES.items():
            patterns[kind] = f"?thing <http://www.w3.org/2004/02/skos/core#inScheme> <{self._site.base}{scheme}>"
        return {
            kind: [iri for (iri,) in rows(engine, f"SELECT DISTINCT ?thing {{ {pattern} }}")]
            for kind, pattern in patterns.items()
        }

    def has(self, iri: str) -> bool:
        """Whether it is one of them."""
        return iri in self._places

    def place(self, iri: str) -> int:
        """Where it stands in the list."""
        return self._places[iri]

    def kind(self, iri: str) -> str:
        """What it is; empty for what is only spoken of."""
        return self._kinds.get(iri, "")

    def names(self) -> dict[str, dict[str, str]]:
        """By thing, its names by language of the interface."""
        return self._names

    def pairs(self, rows: Iterable[Iterable[str]]) -> dict[str, int]:
        """Which thing leads to which, by places; the first where there are several."""
        found: dict[str, int] = {}
        for one, other in sorted(map(tuple, rows)):
            if self.has(one) and self.has(other):
                found.setdefault(str(self.place(one)), self.place(other))
        return found

    def lists(self, rows: Iterable[Iterable[str]]) -> dict[str, list[int]]:
        """Which things lead to which others, by places."""
        found: dict[str, list[int]] = {}
        for one, other in sorted(map(tuple, rows)):
            if self.has(one) and self.has(other):
                found.setdefault(str(self.place(one)), []).append(self.place(other))
        return found

    def listed(self) -> list[list[Any]]:
        """Short IRI, kind (empty for what is only spoken of), names by language, other names."""
        found = []
        for iri in self._iris:
            names = self._names.get(iri, {})
            others = sorted(self._others.get(iri, set()) - set(names.values()))
            found.append([self._short(iri), self._kinds.get(iri, ""), names, others])
        return found

    def _short(self, iri: str) -> str:
        return iri.removeprefix(self._site.base)

    def row(self, mandate: Mandate, paragraph: int, places: Mapping[str, int]) -> list[Any]:
        """Short IRI, paragraph, texts, kind, number, document, section, chapeau, themes, names; things by places."""
        facts = mandate.facts
        one = {name: next(iter(facts.get(name, ())), "") for name in ("kind", "number", "document", "section")}
        return [
            self._short(mandate.iri),
            paragraph,
            [part for text in mandate.texts for part in text],
            one["kind"],
            one["number"],
            self._places.get(one["document"], -1),
            self._places.get(one["section"], -1),
            next((places[iri] for iri in facts.get("chapeau", ()) if iri in places), -1),
            [self.place(iri) for iri in facts.get("themes", ())],
            [self.place(iri) for iri in facts.get("names", ())],
        ]
