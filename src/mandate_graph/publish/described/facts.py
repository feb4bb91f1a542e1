"""What the descriptions say of the dataset, asked of the graph itself: a house that is read elsewhere stays itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mandate_graph.engine import unquote
from mandate_graph.iris import MG
from mandate_graph.sparql import Tables

__all__ = ["Capture", "Facts", "Linkset", "Named", "facts"]

_PREFIXES = f"""PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <{MG}>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX void: <http://rdfs.org/ns/void#>
"""
_DATASET = """SELECT ?dataset ?version ?property ?value {
  ?dataset a dcat:Dataset ; dcat:hasVersion ?version . ?version a dcat:Dataset .
  VALUES ?property { dcterms:title dcterms:description dcterms:rights dcterms:license dcterms:publisher dcterms:issued
    dcterms:modified dcat:version }
  ?version ?property ?value } ORDER BY ?dataset ?version ?property ?value"""
_NAMES = "SELECT DISTINCT ?thing ?label { ?thing rdfs:label ?label . VALUES ?thing { %s } } ORDER BY ?thing ?label"
_PERIOD = """SELECT DISTINCT ?start ?end {
  { SELECT DISTINCT ?document { ?mandate a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?document } }
  ?document prov:wasGeneratedBy ?summit . ?summit schema:startDate ?start . OPTIONAL { ?summit schema:endDate ?end }
} ORDER BY ?start ?end"""
_LANGUAGES = """SELECT DISTINCT ?language (LANG(?text) AS ?code) {
  ?expression a eli:Expression ; eli:language ?language ; schema:text ?text } ORDER BY ?language ?code"""
_COUNTRIES = "SELECT DISTINCT ?thing { ?thing a schema:Country } ORDER BY ?thing"
_THEMES = """SELECT DISTINCT ?thing { ?capture a mg:Capture ; prov:specializationOf/dcterms:subject ?thing }
ORDER BY ?thing"""
_TOPICS = "SELECT DISTINCT ?thing { ?mandate a mg:Mandate ; schema:about ?thing } ORDER BY ?thing"
_CAPTURES = """SELECT ?capture ?page ?url ?digest ?size ?media ?day {
  ?capture a mg:Capture ; prov:specializationOf ?page ; schema:sha256 ?digest ; schema:contentSize ?size .
  OPTIONAL { ?capture schema:encodingFormat ?media } OPTIONAL { ?capture schema:dateCreated ?day }
  OPTIONAL { ?page schema:url ?url } } ORDER BY ?page ?capture"""
_LINKSETS = """SELECT DISTINCT ?set ?predicate ?target ?license {
  ?set a void:Linkset ; void:linkPredicate ?predicate ; void:objectsTarget ?target .
  OPTIONAL { ?set dcterms:license ?license } } ORDER BY ?set"""
_SPACES = "SELECT DISTINCT ?thing ?space { ?thing a void:Dataset ; void:uriSpace ?space } ORDER BY ?thing ?space"


class Named(NamedTuple):
    """A thing (a bare IRI) and its names by language."""

    iri: str
    names: Mapping[str, str]


class Capture(NamedTuple):
    """A source file: what it is a capture of, and how it is told from others; what is not known is empty."""

    iri: str
    page: str
    url: str
    sha256: str
    size: int
    media: str
    day: str


class Linkset(NamedTuple):
    """Links of one predicate to one target, all bare IRIs; ``space`` is what the target's identifiers begin with."""

    iri: str
    predicate: str
    target: Named
    space: str
    license: str
    names: Mapping[str, str]


class Facts(NamedTuple):
    """The dataset and its version, bare IRIs; ``start`` and ``end`` are days of the first and the last Summit."""

    dataset: str
    version: str
    number: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    rights: Mapping[str, str]
    license: str
    publisher: Named
    issued: str
    modified: str
    start: str
    end: str
    languages: Mapping[str, str]
    countries: tuple[Named, ...]
    themes: tuple[Named, ...]
    topics: tuple[Named, ...]
    captures: tuple[Capture, ...]
    linksets: tuple[Linkset, ...]


def facts(answers: Tables, base: str) -> Facts:
    """Everything that the descriptions need to know besides figures and files."""
    ask = _Asker(answers)
    said: dict[str, dict[str, str]] = {}
    version = f"{base}dataset"
    for dataset, found, name, value in ask.rows(_DATASET):
        if dataset[1:-1] == f"{base}dataset":
            version = found[1:-1]
            _, text, code, _ = unquote(value)
            said.setdefault(name[1:-1].rpartition("/")[2].rpartition("#")[2], {})[code] = text
    one = {name: next(iter(values.values())) for name, values in said.items()}
    period = list(ask.rows(_PERIOD))
    days = sorted(unquote(day)[1] for row in period for day in row if day)
    return Facts(
        f"{base}dataset",
        version,
        one.get("version", ""),
        said.get("title", {}),
        said.get("description", {}),
        said.get("rights", {}),
        one.get("license", ""),
        next(iter(ask.named([one["publisher"]])) if "publisher" in one else iter([Named("", {})])),
        one.get("issued", ""),
        one.get("modified", ""),
        days[0] if days else "",
        days[-1] if days else "",
        {unquote(code)[1]: language[1:-1] for language, code in ask.rows(_LANGUAGES) if code},
        ask.things(_COUNTRIES),
        ask.things(_THEMES),
        ask.things(_TOPICS),
        tuple(_capture(row) for row in ask.rows(_CAPTURES)),
        tuple(_linksets(ask)),
    )


class _Asker:
    def __init__(self, answers: Tables) -> None:
        self._answers = answers

    def rows(self, query: str) -> list[list[str]]:
        return self._answers.table(_PREFIXES + query, "a description of the dataset")[1]

    def things(self, query: str) -> tuple[Named, ...]:
        return self.named(row[0][1:-1] for row in self.rows(query))

    def named(self, iris: Iterable[str]) -> tuple[Named, ...]:
        """Things in their order, each with its names."""
        names: dict[str, dict[str, str]] = {iri: {} for iri in iris}
        if names:
            for thing, label in self.rows(_NAMES % " ".join(f"<{iri}>" for iri in names)):
                _, text, code, _ = unquote(label)
                names[thing[1:-1]].setdefault(code, text)
        return tuple(Named(iri, known) for iri, known in names.items())


def _capture(row: list[str]) -> Capture:
    capture, page, url, digest, size, media, day = (unquote(term)[1] if term else "" for term in row)
    return Capture(capture, page, url, digest, int(size), media, day)


def _linksets(ask: _Asker) -> Iterator[Linkset]:
    spaces = {thing: unquote(space)[1] for thing, space in ask.rows(_SPACES)}
    rows = ask.rows(_LINKSETS)
    names = {each.iri: each for each in ask.named(term[1:-1] for row in rows for term in (row[0], row[2]))}
    for each, predicate, target, license_ in rows:
        yield Linkset(
            each[1:-1],
            predicate[1:-1],
            names[target[1:-1]],
            spaces.get(target, ""),
            license_[1:-1],
            names[each[1:-1]].names,
        )
