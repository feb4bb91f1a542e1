"""Everything that has a name, from one query: what it is, how it is called in which way, and its short key.

Mandates, listings, mentions and claims are not in it: they are found by their words, and by what they belong to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote as percent_decode

from mandate_graph.engine import unquote
from mandate_graph.iris import MG
from mandate_graph.lookup.labels import FIRST, RDFS, SKOS
from mandate_graph.sparql import Tables

__all__ = ["Entry", "Name", "Naming", "catalogue"]

_ELI = "http://data.europa.eu/eli/ontology#"
_SCHEMA = "https://schema.org/"
_CLASSES = (
    *(f"{MG}{name}" for name in ("Summit", "SummitDocument", "Instrument", "Body", "Footnote", "Capture")),
    f"{SKOS}Concept",
    f"{SKOS}ConceptScheme",
    *(f"{_SCHEMA}{name}" for name in ("WebPage", "Place", "Country", "EventSeries")),
    *(f"http://www.w3.org/ns/prov#{name}" for name in ("Agent", "SoftwareAgent", "Person", "Activity")),
    "http://xmlns.com/foaf/0.1/Agent",
    "http://www.w3.org/ns/dcat#Dataset",
    *(f"http://www.w3.org/2002/07/owl#{name}" for name in ("Class", "ObjectProperty", "DatatypeProperty")),
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property",
    f"{RDFS}Class",
)
# How a thing is called, the first one best.
_NAMES = {
    f"<{RDFS}label>": "label",
    f"<{SKOS}prefLabel>": "label",
    f"<{SKOS}altLabel>": "other name",
    f"<{SKOS}notation>": "notation",
    "<http://purl.org/dc/terms/identifier>": "identifier",
    f"<{_SCHEMA}identifier>": "identifier",
    f"<{SKOS}hiddenLabel>": "hidden name",
    f"<{_SCHEMA}text>": "text",
}
_ORDER = [*dict.fromkeys(_NAMES.values()), "key"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name, what kind of name (label, other name, notation, identifier, hidden name, text, key), and its language."""

    text: str
    kind: str
    language: str

    @property
    def order(self) -> tuple[int, int, str, str]:
        """Labels before other names, English before Spanish before others."""
        language = FIRST.index(self.language) if self.language in FIRST else len(FIRST)
        return _ORDER.index(self.kind), language, self.language, self.text


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing (its IRI), its kind, its short key, its label, and all its names, the best first."""

    thing: str
    kind: str
    key: str
    label: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """How things are named in short: ``body/iom`` below the base, ``mg:Mandate`` with a prefix."""

    base: str
    prefixes: Mapping[str, str]

    def key(self, iri: str) -> str:
        """The short key of an IRI, or the IRI where there is none."""
        for start in (f"{self.base}id/", self.base):
            if iri.startswith(start) and iri != start and not iri.startswith(MG):
                return iri.removeprefix(start)
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace) and iri != namespace and "/" not in iri[len(namespace) :]:
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def kind(self, iri: str) -> str:
        """What the identifier says: the word that stands first in it, ``term`` for a word of a vocabulary."""
        if iri.startswith(f"{self.base}id/"):
            kind, slash, rest = iri.removeprefix(f"{self.base}id/").partition("/")
            return kind if slash and rest else "scheme"
        return "dataset" if iri.startswith(f"{self.base}dataset") else "term"

    def local(self, iri: str) -> str:
        """A name for what has no label: the end of its IRI."""
        end = iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
        return percent_decode(end) or iri


def catalogue(answers: Tables, naming: Naming) -> list[Entry]:
    """Everything that has a name, in the order of IRIs."""
    names: dict[str, set[Name]] = defaultdict(set)
    for thing, predicate, text in answers.table(_query(naming.base), "names")[1]:
        _, value, language, _ = unquote(text)
        names[thing[1:-1]].add(Name(value, _NAMES[predicate], language))
    entries = []
    for iri in sorted(names):
        own = sorted(names[iri], key=lambda name: name.order)
        kind, key = naming.kind(iri), naming.key(iri)
        rest = key.removeprefix(f"{kind}/")
        own += [Name(percent_decode(each), "key", "") for each in dict.fromkeys((rest, key))]
        entries.append(Entry(iri, kind, key, own[0].text, tuple(own)))
    return entries


def _query(base: str) -> str:
    classes = " ".join(f"<{each}>" for each in _CLASSES)
    names = ", ".join(name for name in _NAMES if name != f"<{_SCHEMA}text>")
    # A second VALUES would make the engine look at each pair of class and property: twenty times as long.
    return f"""SELECT DISTINCT ?thing ?property ?name {{
  {{ VALUES ?class {{ {classes} }} ?thing a ?class ; ?property ?name FILTER ( ?property IN ( {names} ) ) }}
  UNION {{ ?thing a <{MG}Footnote> ; <{_SCHEMA}text> ?name BIND ( <{_SCHEMA}text> AS ?property ) }}
  UNION {{ ?document a <{MG}SummitDocument> . ?thing <{_ELI}is_part_of> ?document ; <{RDFS}label> ?name
    FILTER ( STRSTARTS(STR(?thing), "{base}id/section/") ) BIND ( <{RDFS}label> AS ?property ) }}
}}"""
