"""What the search page looks through: every mandate with its texts and facets, and the names of things, as one file.

The reader's browser makes the index of it (``web/src/search/``), so it is small and flat: things stand in one list and
are named by their place in it. Above ``MOST`` mandates the search is not offered, and nothing is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine, unquote
from mandate_graph.publish.site import File, Site

__all__ = ["MOST", "search_files", "search_page"]

MOST = 25_000
"""Mandates up to which the search is offered.

10,000 are a file of some megabytes that a laptop's browser indexes in a few seconds (docs/benchmarks.md has the
figures); both grow with the number, and beyond this one a phone runs out of patience or memory.
"""

FILE = "data/search.json"

_PREFIXES = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_COUNT = "SELECT (COUNT(DISTINCT ?mandate) AS ?n) { ?mandate a mg:Mandate }"
_TEXTS = "SELECT DISTINCT ?mandate ?text { ?mandate a mg:Mandate ; eli:is_realized_by/schema:text ?text }"
# a column of the mandates each; the same paths as in the table `mandates`
_FACTS = {
    "kind": "?mandate a mg:Mandate ; eli:type_subdivision/skos:notation ?value",
    "number": "?mandate a mg:Mandate ; eli:number ?value",
    "document": "?mandate a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?value . ?value a mg:SummitDocument",
    "section": "?mandate a mg:Mandate ; eli:is_part_of ?value . ?value eli:is_part_of ?whole",
    "chapeau": "?mandate a mg:Mandate ; mg:chapeau ?value",
    "themes": "?mandate a mg:Mandate ; dcterms:subject ?value",
    "names": "?mandate a mg:Mandate ; eli:refers_to ?value",
    "twins": "?mandate a mg:Mandate ; mg:sameParagraphAs ?value",
}
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
_ADOPTED = """SELECT DISTINCT ?document ?summit ?date {
  ?document a mg:SummitDocument ; prov:wasGeneratedBy ?summit . ?summit schema:startDate ?date }"""
_DATES = "SELECT DISTINCT ?summit ?date { ?summit a mg:Summit ; schema:startDate ?date }"
_BROADER = "SELECT DISTINCT ?theme ?broader { ?theme skos:broader ?broader ; skos:inScheme <SCHEME> }"
_ABOUT = """SELECT DISTINCT ?dataset ?property ?value {
  ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; <http://www.w3.org/ns/dcat#version> [] ; ?property ?value
  VALUES ?property { dcterms:title dcterms:license dcterms:rights dcterms:publisher <http://www.w3.org/ns/dcat#version> }
} ORDER BY ?dataset ?property ?value"""


class _Mandate(NamedTuple):
    """A mandate as it is written: things are IRIs until they get their places."""

    iri: str
    texts: list[tuple[str, str]]
    facts: Mapping[str, list[str]]


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
    return int(_rows(engine, _COUNT)[0][0])


def _rows(engine: Engine, query: str) -> list[list[str]]:
    """Rows of values: IRIs bare, literals without language."""
    return [[unquote(term)[1] if term else "" for term in row] for row in _terms(engine, query)]


def _terms(engine: Engine, query: str) -> list[Any]:
    return list(engine.table(_PREFIXES + query)[1])


def _pieces(site: Site, engine: Engine) -> Iterator[bytes]:
    adopted = {document: (summit, date) for document, summit, date in sorted(_rows(engine, _ADOPTED))}
    mandates = _in_order(_mandates(engine), adopted)
    things = _Things(site, engine, mandates)
    head = {
        "about": _about(site, engine),
        "languages": list(site.languages),
        "things": things.listed(),
        "broader": things.lists(_rows(engine, _BROADER.replace("SCHEME", f"{site.base}id/theme"))),
        "adopted": things.pairs((document, summit) for document, (summit, _) in adopted.items()),
        "dates": {str(things.place(iri)): date for iri, date in sorted(_rows(engine, _DATES)) if things.has(iri)},
    }
    yield _json(head)[:-1] + b',"mandates":[\n'
    places = {mandate.iri: place for place, (_, mandate) in enumerate(mandates)}
    for place, (paragraph, mandate) in enumerate(mandates):
        yield (b",\n" if place else b"") + _json(things.row(mandate, paragraph, places))
    yield b"\n]}\n"


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _about(site: Site, engine: Engine) -> dict[str, Any]:
    """Title and rights by language, licence, version and IRI of the published version of the dataset."""
    found: dict[str, Any] = {"base": site.base, "url": site.url, "title": {}, "rights": {}}
    for dataset, name, term in _terms(engine, _ABOUT):
        _, value, language, _ = unquote(term)
        key = re.split("[/#]", name[1:-1])[-1]
        found["dataset"] = dataset[1:-1]
        if key in ("title", "rights"):
            found[key].setdefault(language, value)
        else:
            found.setdefault(key, value)
    return found


def _mandates(engine: Engine) -> list[_Mandate]:
    texts: dict[str, list[tuple[str, str]]] = {}
    for subject, term in _terms(engine, _TEXTS):
        _, text, language, _ = unquote(term)
        texts.setdefault(subject[1:-1], []).append(("" if language == "und" else language, text))
    facts: dict[str, dict[str, list[str]]] = {iri: {} for iri in texts}
    for name, pattern in _FACTS.items():
        for iri, value in sorted(_rows(engine, f"SELECT DISTINCT ?mandate ?value {{ {pattern} }}")):
            if iri in facts:
                facts[iri].setdefault(name, []).append(value)
    return [_Mandate(iri, sorted(texts[iri]), facts[iri]) for iri in sorted(texts)]


def _in_order(
    mandates: list[_Mandate], adopted: Mapping[str, tuple[str, str]]
) -> list[tuple[int, _Mandate]]:
    """Mandates with the number of their paragraph: oldest Summit first, by document, by number; twins side by side."""
    heads = {mandate.iri: min([mandate.iri, *mandate.facts.get("twins", ())]) for mandate in mandates}

    def key(mandate: _Mandate) -> tuple[Any, ...]:
        document = min(mandate.facts.get("document", [""]))
        number = min(mandate.facts.get("number", [""]))
        natural = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", number)]
        return adopted.get(document, ("", ""))[1], document, not number, natural, mandate.iri

    by_iri = {mandate.iri: mandate for mandate in mandates}
    keys = {head: key(by_iri.get(head, by_iri[iri])) for iri, head in heads.items()}
    ordered = sorted(mandates, key=lambda each: (keys[heads[each.iri]], heads[each.iri], each.iri))
    numbers: dict[str, int] = {}
    return [(numbers.setdefault(heads[mandate.iri], len(numbers)), mandate) for mandate in ordered]


class _Things:
    """Everything that mandates speak of or that can be found by its name, in the order of its IRIs."""

    def __init__(self, site: Site, engine: Engine, mandates: Iterable[tuple[int, _Mandate]]) -> None:
        self._site = site
        self._kinds = {iri: kind for kind, iris in self._found(engine).items() for iri in iris}
        used = {
            value
            for _, mandate in mandates
            for name in ("document", "section", "themes", "names")
            for value in mandate.facts.get(name, ())
        }
        self._iris = sorted(used | self._kinds.keys())
        self._places = {iri: place for place, iri in enumerate(self._iris)}
        self._names: dict[str, dict[str, str]] = {}
        self._others: dict[str, set[str]] = {}
        for thing, term, form in sorted(_terms(engine, _LABELS)):
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
            kind: [iri for (iri,) in _rows(engine, f"SELECT DISTINCT ?thing {{ {pattern} }}")]
            for kind, pattern in patterns.items()
        }

    def has(self, iri: str) -> bool:
        return iri in self._places

    def place(self, iri: str) -> int:
        return self._places[iri]

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
        rows = []
        for iri in self._iris:
            names = self._names.get(iri, {})
            others = sorted(self._others.get(iri, set()) - set(names.values()))
            rows.append([self._short(iri), self._kinds.get(iri, ""), names, others])
        return rows

    def _short(self, iri: str) -> str:
        return iri.removeprefix(self._site.base)

    def row(self, mandate: _Mandate, paragraph: int, places: Mapping[str, int]) -> list[Any]:
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
