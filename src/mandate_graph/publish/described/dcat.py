"""``dcat.ttl``: the dataset for catalogues of data (DCAT 3, W3C Recommendation of 2024-08-22; DCAT-AP 3.0.1).

One catalogue holds the dataset, its version, and one dataset for each table and for the links, because a table is not
another form of the graph: it says less (DCAT 3 §6.8: distributions are the same data). Each file is one distribution.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from mandate_graph.engine import literal
from mandate_graph.graph.quads import XSD, NamedGraph, date, iri
from mandate_graph.publish.described import vocabulary
from mandate_graph.publish.described.facts import Facts, Named
from mandate_graph.publish.described.served import SERVICES, Served, Service
from mandate_graph.publish.dumps import Download
from mandate_graph.publish.site import Site
from mandate_graph.tables import find_table

__all__ = ["LINKS", "Said", "dcat", "parts"]

_STATIC = Served()
_MEDIA = "https://www.iana.org/assignments/media-types/"
# the EU's table of file types, which DCAT-AP asks for
_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
_TYPES = {
    "turtle": "RDF_TURTLE",
    "trig": "RDF_TRIG",
    "nquads": "RDF_N_QUADS",
    "ntriples": "RDF_N_TRIPLES",
    "jsonld": "JSON_LD",
    "parquet": "PARQUET",
    "csv": "CSV",
    "sssom": "TSV",
}
_STANDARDS = {
    "csv": ("https://www.w3.org/TR/tabular-data-model/", "Model for Tabular Data and Metadata on the Web"),
    "sssom": ("https://w3id.org/sssom/", "Simple Standard for Sharing Ontological Mappings"),
}
LINKS = "Links to other datasets", "Every link to a term outside, with who made it, why it holds, and who checked it."
"""Title and description of the links, which no file of the library says."""


class Said(NamedTuple):
    """What a house says for catalogues, where it does: a contact, and concepts of others' schemes with their names."""

    contact: str = ""
    themes: Mapping[str, Mapping[str, str]] = MappingProxyType({})


class _Part(NamedTuple):
    """A dataset below the version: its IRI as a term, title and description by language, the files of it."""

    iri: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    files: Sequence[Download]


def dcat(site: Site, known: Facts, said: Said, downloads: Sequence[Download], served: Served = _STATIC) -> bytes:
    """The description as Turtle."""
    address = site.address("dcat.ttl")
    writer = _Writer(vocabulary.page(address), site, known)
    writer.write(said, downloads)
    for service in SERVICES:
        writer.service(service, served)
    return vocabulary.written(writer.graph.quads, site.base)


def parts(downloads: Iterable[Download]) -> Iterator[tuple[str, str, str, list[Download]]]:
    """What is not the whole graph: a key, an English title and description, and the files."""
    held: dict[str, list[Download]] = {}
    for each in downloads:
        held.setdefault(each.holds, []).append(each)
    for holds, files in held.items():
        if holds == "links":
            yield "links", *LINKS, files
        elif holds.startswith("table "):
            table = find_table(holds.removeprefix("table "))
            yield f"table-{table.name}", table.title, table.purpose, files


class _Writer:
    def __init__(self, graph: NamedGraph, site: Site, known: Facts) -> None:
        self.graph, self.site, self.known = graph, site, known
        self.dataset, self.version = iri(known.dataset), iri(known.version)
        self.home = iri(site.address(site.page("data", site.languages[0])))

    def write(self, said: Said, downloads: Sequence[Download]) -> None:
        graph, known = self.graph, self.known
        self._catalog()
        self._others()
        whole = [each for each in downloads if each.holds == "graph"]
        self._dataset(_Part(self.dataset, known.title, known.description, whole), said)
        self._dataset(_Part(self.version, known.title, known.description, whole), said)
        graph.add(self.dataset, "dcat:hasVersion", self.version)
        graph.add(self.dataset, "dcat:hasCurrentVersion", self.version)
        graph.add(self.version, "dcat:isVersionOf", self.dataset)
        for key, title, description, files in parts(downloads):
            part = _Part(self._below(key), {"en": title}, {"en": description}, files)
            self._dataset(part, said)
            graph.add(part.iri, "dcterms:isPartOf", self.version)
            graph.add(part.iri, "dcterms:source", self.version)
        for each in downloads:
            if each.form in _TYPES:
                self._distribution(each)

    def _below(self, key: str) -> str:
        return f"{self.version[:-1]}#{key}>"

    def _catalog(self) -> None:
        graph, known = self.graph, self.known
        catalog = f"{self.dataset[:-1]}#catalog>"
        graph.types(catalog, "dcat:Catalog")
        graph.texts(catalog, "dcterms:title", known.title)
        graph.texts(catalog, "dcterms:description", known.description)
        graph.add(catalog, "foaf:homepage", iri(self.site.url))
        graph.types(iri(self.site.url), "foaf:Document")
        self._common(catalog)

    def _common(self, subject: str) -> None:
        """Publisher, licence, days and languages, which a catalogue and a dataset have alike."""
        graph, known = self.graph, self.known
        graph.add(subject, "dcterms:publisher", iri(known.publisher.iri))
        graph.add(subject, "dcterms:license", iri(known.license))
        graph.add(subject, "dcterms:rights", f"{self.dataset[:-1]}#rights>" if known.rights else "")
        graph.add(subject, "dcterms:issued", date(known.issued))
        graph.add(subject, "dcterms:modified", date(known.modified))
        graph.add(subject, "dcterms:language", *map(iri, known.languages.values()))

    def _others(self) -> None:
        """What things of others are: DCAT-AP checks the class of everything that a property leads to."""
        graph, known = self.graph, self.known
        publisher = iri(known.publisher.iri)
        graph.types(publisher, "foaf:Agent")
        graph.texts(publisher, "foaf:name", known.publisher.names or {"": known.publisher.iri})
        if known.license:
            graph.types(iri(known.license), "dcterms:LicenseDocument")
        if known.rights:
            rights = f"{self.dataset[:-1]}#rights>"
            graph.types(rights, "dcterms:RightsStatement")
            graph.texts(rights, "rdfs:label", known.rights)
        for language in known.languages.values():
            graph.types(iri(language), "dcterms:LinguisticSystem")
        for country in known.countries:
            graph.types(iri(country.iri), "dcterms:Location")
            graph.texts(iri(country.iri), "rdfs:label", self._served(country))
        for theme in (*known.themes, *known.topics):
            graph.types(iri(theme.iri), "skos:Concept")
            graph.texts(iri(theme.iri), "skos:prefLabel", self._served(theme))
        if known.start:
            graph.types(self._below("period"), "dcterms:PeriodOfTime")
            graph.add(self._below("period"), "dcat:startDate", date(known.start))
            graph.add(self._below("period"), "dcat:endDate", date(known.end))
        graph.types(self.home, "foaf:Document")

    def _served(self, thing: Named) -> Mapping[str, str]:
        """Names in the languages of the site, else all."""
        return {code: name for code, name in thing.names.items() if code in self.site.languages} or thing.names

    def _dataset(self, part: _Part, said: Said) -> None:
        graph, known, subject = self.graph, self.known, part.iri
        catalog = f"{self.dataset[:-1]}#catalog>"
        graph.add(catalog, "dcat:dataset", subject)
        graph.types(subject, "dcat:Dataset")
        graph.texts(subject, "dcterms:title", part.title)
        graph.texts(subject, "dcterms:description", part.description)
        graph.add(subject, "dcterms:identifier", literal(subject[1:-1], datatype=f"{XSD}anyURI"))
        graph.add(subject, "dcat:landingPage", self.home)
        if subject != self.dataset:
            graph.add(subject, "dcat:version", literal(known.number) if known.number else "")
        self._common(subject)
        graph.add(subject, "dcterms:temporal", self._below("period") if known.start else "")
        graph.add(subject, "dcterms:spatial", *(iri(country.iri) for country in known.countries))
        graph.add(subject, "dcat:theme", *(iri(theme.iri) for theme in (*known.themes, *known.topics)))
        for theme in (*known.themes, *known.topics):
            graph.texts(subject, "dcat:keyword", self._served(theme))
        self._said(subject, said)
        graph.add(subject, "dcat:distribution", *(self._file(each) for each in part.files if each.form in _TYPES))

    def _said(self, subject: str, said: Said) -> None:
        """What only a house can know."""
        graph = self.graph
        for theme, names in said.themes.items():
            graph.types(iri(theme), "skos:Concept")
            graph.texts(iri(theme), "skos:prefLabel", names)
            graph.add(subject, "dcat:theme", iri(theme))
        if said.contact:
            contact = f"{self.dataset[:-1]}#contact>"
            graph.types(contact, "vcard:Kind")
            graph.texts(contact, "vcard:fn", self.known.publisher.names)
            kind = "vcard:hasEmail" if said.contact.startswith("mailto:") else "vcard:hasURL"
            graph.add(contact, kind, iri(said.contact))
            graph.add(subject, "dcat:contactPoint", contact)

    def service(self, each: Service, served: Served) -> None:
        """A service of the catalogue (DCAT 3 §6.9), where there is one."""
        address = getattr(served, each.key)
        if not address:
            return
        graph, known, subject = self.graph, self.known, self._below(f"service-{each.key}")
        described = iri(served.openapi)
        graph.add(f"{self.dataset[:-1]}#catalog>", "dcat:service", subject)
        graph.types(subject, "dcat:DataService")
        graph.texts(subject, "dcterms:title", self._named(each.titles))
        graph.texts(subject, "dcterms:description", self._named(each.purposes))
        graph.add(subject, "dcat:endpointURL", iri(address))
        # what describes itself is its own description, too
        graph.add(subject, "dcat:endpointDescription", described, iri(address) if each.describes_itself else "")
        for resource in filter(None, (iri(address), described)):
            graph.types(resource, "rdfs:Resource")
        graph.add(subject, "dcat:servesDataset", self.dataset, self.version)
        graph.add(subject, "dcterms:conformsTo", f"<{each.standard}>")
        graph.types(f"<{each.standard}>", "dcterms:Standard")
        graph.add(f"<{each.standard}>", "dcterms:title", literal(each.standard_title, "en"))
        graph.add(subject, "dcterms:publisher", iri(known.publisher.iri))
        graph.add(subject, "dcterms:license", iri(known.license))
        graph.add(subject, "dcat:landingPage", self.home)

    def _named(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        return {code: text for code, text in texts.items() if code in self.site.languages} or texts

    def _file(self, each: Download) -> str:
        return self._below(each.name.replace("/", "-"))

    def _distribution(self, each: Download) -> None:
        graph, known, subject = self.graph, self.known, self._file(each)
        address, checksum = iri(self.site.address(each.path)), f"{subject[:-1]}-sha256>"
        graph.types(subject, "dcat:Distribution")
        graph.add(subject, "dcterms:title", literal(each.name))
        graph.add(subject, "dcat:downloadURL", address)
        graph.add(subject, "dcat:accessURL", self.home)
        graph.add(subject, "dcat:byteSize", literal(str(each.size), datatype=f"{XSD}nonNegativeInteger"))
        graph.add(subject, "dcterms:license", iri(known.license))
        graph.add(subject, "dcterms:rights", f"{self.dataset[:-1]}#rights>" if known.rights else "")
        graph.add(subject, "dcterms:issued", date(known.issued))
        graph.add(subject, "dcterms:modified", date(known.modified))
        self._types(subject, each)
        graph.add(subject, "spdx:checksum", checksum)
        graph.types(checksum, "spdx:Checksum")
        algorithm = f"<{vocabulary.NAMESPACES['spdx']}checksumAlgorithm_sha256>"
        graph.types(algorithm, "spdx:ChecksumAlgorithm")
        graph.add(checksum, "spdx:algorithm", algorithm)
        graph.add(checksum, "spdx:checksumValue", literal(each.sha256, datatype=f"{XSD}hexBinary"))

    def _types(self, subject: str, each: Download) -> None:
        """What is in the file, and how it is packed."""
        graph = self.graph
        form, media = f"<{_FILE_TYPES}{_TYPES[each.form]}>", f"<{_MEDIA}{each.media}>"
        graph.types(form, "dcterms:MediaTypeOrExtent")
        graph.types(media, "dcterms:MediaType")
        graph.add(subject, "dcterms:format", form)
        graph.add(subject, "dcat:mediaType", media)
        if each.compressed_of:
            graph.types(f"<{_MEDIA}{each.served}>", "dcterms:MediaType")
            graph.add(subject, "dcat:compressFormat", f"<{_MEDIA}{each.served}>")
        if each.form in _STANDARDS:
            address, title = _STANDARDS[each.form]
            graph.types(f"<{address}>", "dcterms:Standard")
            graph.add(f"<{address}>", "dcterms:title", literal(title, "en"))
            graph.add(subject, "dcterms:conformsTo", f"<{address}>")
