"""Everything a service knows, read from a graph once: predicate by predicate, as N-Triples terms.

Properties are paths over these facts (``location/country`` leads from a Summit to the country of its place), so that a
property is a row here and needs no code of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.engine import unquote
from mandate_graph.reconcile.records import Kind, Property
from mandate_graph.sparql import Tables

__all__ = ["KINDS", "PROPERTIES", "Facts", "read_facts"]

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_DCTERMS = "http://purl.org/dc/terms/"
_SCHEMA = "https://schema.org/"
_ELI = "http://data.europa.eu/eli/ontology#"
_ORG = "http://www.w3.org/ns/org#"
_PROV = "http://www.w3.org/ns/prov#"

_PREDICATES: Mapping[str, tuple[str, ...]] = {
    "label": (f"{_SKOS}prefLabel", f"{_RDFS}label"),
    "other": (f"{_SKOS}altLabel",),
    "hidden": (f"{_SKOS}hiddenLabel",),
    "code": (f"{_SKOS}notation", f"{_DCTERMS}identifier", f"{_SCHEMA}identifier"),
    "start": (f"{_SCHEMA}startDate",),
    "end": (f"{_SCHEMA}endDate",),
    "date": (f"{_ELI}date_document",),
    "place": (f"{_SCHEMA}location",),
    "country": (f"{_SCHEMA}containedInPlace",),
    "summit": (f"{_PROV}wasGeneratedBy",),
    "series": (f"{_SCHEMA}superEvent",),
    "part": (f"{_ELI}is_part_of",),
    "supplements": (f"{_DCTERMS}isPartOf",),
    "creator": (f"{_DCTERMS}creator",),
    "sort": (f"{_ELI}work_type", f"{_ELI}type_subdivision"),
    "above": (f"{_ORG}subOrganizationOf", f"{_ORG}postIn", f"{_SKOS}broader"),
    "later": (f"{_DCTERMS}isReplacedBy",),
    "theme": (f"{_DCTERMS}subject",),
    "about": (f"{_SCHEMA}about",),
    "names": (f"{_ELI}refers_to",),
    "expression": (f"{_ELI}is_realized_by",),
    "text": (f"{_SCHEMA}text",),
    "number": (f"{_ELI}number",),
    "meaning": (f"{_SKOS}definition",),
    "same": (f"{_SKOS}exactMatch", f"{_SCHEMA}sameAs"),
    "page": (f"{_RDFS}seeAlso", f"{_SCHEMA}url"),
}

KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind("summit", "Summit", "a Summit of the Americas"),
        Kind("document", "Summit document", "a declaration, plan of action or other document of a Summit"),
        Kind("theme", "theme", "a theme under which the site lists mandates"),
        Kind("topic", "topic", "what mandates are about"),
        Kind("instrument", "instrument", "a treaty, declaration, resolution or programme that mandates name"),
        Kind("body", "body", "an organization, a mechanism or a forum that mandates name"),
        Kind("country", "country", "a country"),
        Kind("place", "place", "a city in which a Summit was held"),
        Kind("series", "series of Summits", "a series of Summits"),
        Kind("sdg", "Sustainable Development Goal", "a goal or a target of the 2030 Agenda"),
        Kind("mandate", "mandate", "a paragraph in which governments promise something"),
    )
}
"""The types, in the order in which of two equal candidates the first one is meant."""

# From a thing to its Summit: a Summit itself, a document, a mandate in a document, a mandate in a section of one.
_SUMMITS = ("summit/", "part/summit/", "part/part/summit/")


def _there(path: str) -> tuple[str, ...]:
    """A path, and the same from what belongs to a Summit."""
    return (path, *(f"{summit}{path}" for summit in _SUMMITS))


PROPERTIES: Mapping[str, Property] = {
    each.id: each
    for each in (
        Property(
            "year", "year", "the year of a Summit, of its documents and mandates, or of an instrument", "year",
            ("date", *_there("start")),
        ),
        Property(
            "date", "date", "the first day of a Summit, the day of a document or an instrument", "date",
            ("date", *_there("start")),
        ),
        Property("end", "last day", "the last day of a Summit", "date", ("end",)),
        Property(
            "country", "country", "the country of a place, and of what happened there", "thing",
            ("country", *_there("place/country")), "country",
        ),
        Property(
            "place", "place", "the place of a Summit, and of its documents and mandates", "thing",
            _there("place"), "place",
        ),
        Property(
            "summit", "Summit", "the Summit that a document or a mandate comes from", "thing",
            ("summit", "part/summit", "part/part/summit"), "summit",
        ),
        Property(
            "document", "document", "the document that a mandate stands in", "thing", ("part/part", "part"), "document"
        ),
        Property("series", "series", "the series that a Summit belongs to", "thing", ("series",), "series"),
        Property(
            "identifier", "identifier", "a symbol, a registration number, a code of a country, a notation", "text",
            ("code",),
        ),
        Property("same", "same as", "the same thing elsewhere, such as in Wikidata", "address", ("same",)),
        Property("page", "page", "pages about it", "address", ("page",)),
        Property("sort", "kind", "what kind of document, instrument or paragraph it is", "thing", ("sort",)),
        Property("creator", "made by", "the body that made an instrument", "thing", ("creator",), "body"),
        Property(
            "above", "part of", "the body, theme, goal or treaty that it belongs to", "thing", ("above", "supplements")
        ),
        Property("later", "replaced by", "what took its place", "thing", ("later",)),
        Property("theme", "theme", "the themes that a mandate is listed under", "thing", ("theme",), "theme"),
        Property("about", "about", "the topics that a mandate is about", "thing", ("about",)),
        Property("names", "names", "the instruments, bodies and Summits that a mandate names", "thing", ("names",)),
        Property("number", "number", "the official number of a mandate", "text", ("number",)),
        Property("text", "text", "the words of a mandate", "text", ("expression/text",)),
        Property("meaning", "meaning", "what a goal or a topic means", "text", ("meaning",)),
        Property("label", "label", "what it is called", "text", ("label",)),
        Property("other", "other names", "what it is called as well", "text", ("other",)),
    )
}  # fmt: skip
"""The properties, in the order in which they are proposed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """By predicate (a short word) and IRI, the objects in order; all as N-Triples terms."""

    base: str
    objects: Mapping[str, Mapping[str, Sequence[str]]]

    def walk(self, thing: str, path: str) -> list[str]:
        """Where a path leads to from a thing (N-Triples terms), without repetitions, in order."""
        reached = [thing]
        for step in path.split("/"):
            objects = self.objects[step]
            reached = list(dict.fromkeys(each for term in reached for each in objects.get(term, ())))
        return reached

    def values(self, thing: str, known: Property) -> list[str]:
        """The values of a property of a thing (N-Triples terms), in order."""
        for path in known.paths:
            if found := self.walk(thing, path):
                return found
        return []

    def keys(self, kind: str) -> Iterator[str]:
        """The keys of all things of a kind that have a label, in order; of a mandate's texts none."""
        start = f"<{self.base}id/{kind}/"
        place = len(f"<{self.base}id/")
        for thing in sorted(self.objects["label"]):
            if thing.startswith(start) and (kind != "mandate" or thing in self.objects["expression"]):
                yield thing[place:-1]

    def term(self, key: str) -> str:
        """The IRI of a key, as an N-Triples term."""
        return f"<{self.base}id/{key}>"

    def key(self, term: str) -> str:
        """The key of an IRI below the base, else the IRI itself."""
        return term[1:-1].removeprefix(f"{self.base}id/")

    def languages(self) -> list[str]:
        """The languages in which labels are given, in order."""
        tags = {unquote(label)[2] for labels in self.objects["label"].values() for label in labels}
        return sorted(tags - {""})


def read_facts(answers: Tables, base: str) -> Facts:
    """Read what services speak of, one short query a predicate: each is answered from an index."""
    objects: dict[str, dict[str, Sequence[str]]] = {}
    for word, predicates in _PREDICATES.items():
        found: dict[str, set[str]] = defaultdict(set)
        for predicate in predicates:
            query = f"SELECT DISTINCT ?thing ?value {{ ?thing <{predicate}> ?value }}"
            for thing, value in answers.table(query, "what is known")[1]:
                found[thing].add(value)
        objects[word] = {thing: tuple(sorted(values)) for thing, values in found.items()}
    return Facts(base, objects)
