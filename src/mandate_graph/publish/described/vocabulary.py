"""The words of the description files: a closed list of their own, beside the one of the graph.

What describes files says more of them than the graph does of anything (checksums, media types, executables), and the
graph's guest list holds only what the graph uses. A word that does not stand here cannot be written.
"""

from __future__ import annotations

from collections.abc import Iterable

from mandate_graph import write
from mandate_graph.engine import Quad
from mandate_graph.graph.quads import NamedGraph
from mandate_graph.terms import Terms

__all__ = ["NAMESPACES", "SERVED", "WORDS", "page", "written"]

NAMESPACES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
WORDS = {
    "dcat": (
        "Catalog Dataset Distribution accessURL byteSize compressFormat contactPoint dataset distribution downloadURL "
        "endDate hasCurrentVersion hasVersion isVersionOf keyword landingPage mediaType startDate theme version"
    ),
    "dcterms": (
        "LicenseDocument LinguisticSystem Location MediaType MediaTypeOrExtent PeriodOfTime RightsStatement Standard "
        "conformsTo description format identifier isPartOf issued language license modified publisher rights source "
        "spatial temporal title"
    ),
    "foaf": "Agent Document homepage name primaryTopic",
    "rdf": "type",
    "rdfs": "comment label seeAlso",
    "schema": "keywords",
    "sd": "NamedGraph name",
    "sh": (
        "PrefixDeclaration SPARQLAskExecutable SPARQLConstructExecutable SPARQLExecutable SPARQLSelectExecutable ask "
        "construct declare namespace prefix prefixes select"
    ),
    "skos": "Concept prefLabel",
    "spdx": "Checksum ChecksumAlgorithm algorithm checksum checksumAlgorithm_sha256 checksumValue",
    "spex": "federatesWith",
    "vcard": "Kind hasEmail hasURL fn",
    "void": (
        "Dataset DatasetDescription Linkset class classPartition classes dataDump distinctSubjects entities "
        "exampleResource feature linkPredicate objectsTarget properties property propertyPartition "
        "subjectsTarget subset triples uriSpace vocabulary"
    ),
}
"""Local names by prefix."""

SERVED = {
    "dcat": "DataService endpointDescription endpointURL service servesDataset",
    "rdfs": "Resource",
    "schema": "target",
    "sd": (
        "Dataset Feature Graph GraphCollection Service UnionDefaultGraph BasicFederatedQuery SPARQL11Query "
        "availableGraphs defaultDataset defaultEntailmentRegime defaultGraph endpoint feature graph namedGraph "
        "resultFormat supportedLanguage"
    ),
    "void": "openSearchDescription sparqlEndpoint",
}
"""Local names that are written only where a server answers."""


def _terms(namespaces: dict[str, str]) -> Terms:
    declared = {
        f"{prefix}:{name}": f"<{NAMESPACES[prefix]}{name}>"
        for words in (WORDS, SERVED)
        for prefix, names in words.items()
        for name in names.split()
    }
    return Terms(declared, namespaces, {"id": "@id", "type": "@type", **namespaces}, ())


def page(address: str) -> NamedGraph:
    """An empty description file at an address."""
    return NamedGraph(address, _terms(NAMESPACES))


def written(quads: Iterable[Quad], base: str, form: str = "turtle") -> bytes:
    """A description file in a format of ``write``, with the prefixes that it needs and no others."""
    held = list(quads)
    text = "\n".join(f"{s} {p} {o}" for s, p, o, _ in held)
    used = {prefix: space for prefix, space in NAMESPACES.items() if f"<{space}" in text}
    return write.write(held, form, write.Style(base, _terms(used)))
