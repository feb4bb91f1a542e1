"""The description of the SPARQL service (SPARQL 1.1 Service Description): what it answers, in which formats, over what.

Everything is asked of the data that are served, or told by the settings that the server runs with. There are no blank
nodes: what is described has an identifier behind ``#`` below the endpoint, a named graph is itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from mandate_graph.engine import Quad, unquote
from mandate_graph.graph.quads import NamedGraph, integer, iri
from mandate_graph.publish.described import vocabulary
from mandate_graph.publish.described.facts import Facts
from mandate_graph.sparql import Tables

__all__ = ["FORMATS", "Limits", "limits_said", "service_description", "written"]

_W3C_FORMATS = "http://www.w3.org/ns/formats/"
FORMATS: Mapping[str, str] = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "nquads": "N-Quads",
}
"""The names that W3C gives to formats ("Unique URIs for File Formats"), by those that writers and results have here."""

_SIMPLE = "<http://www.w3.org/ns/entailment/Simple>"
_ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_GRAPHS = "SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_LABELS = """SELECT DISTINCT ?graph ?label { { SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } } }
  ?graph <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?graph ?label"""


class Limits(Protocol):
    """The settings of a server that its clients are told (bytes, seconds, characters, numbers)."""

    @property
    def seconds(self) -> float:
        """How long a query may run."""
        ...

    @property
    def memory(self) -> int:
        """What it may take besides the data."""
        ...

    @property
    def answer(self) -> int:
        """After how much an answer is cut."""
        ...

    @property
    def body(self) -> int:
        """How much a client may send."""
        ...

    @property
    def query(self) -> int:
        """How long the text of a query may be."""
        ...

    @property
    def services(self) -> tuple[str, ...]:
        """Which other endpoints it may ask."""
        ...


def service_description(
    answers: Tables, known: Facts, endpoint: str, limits: Limits, formats: Iterable[str] = FORMATS
) -> set[Quad]:
    """The triples that describe the service at an absolute address.

    ``answers`` has the union of all graphs as its default graph and the named graphs beside it; ``formats`` are keys of
    ``FORMATS``, those in which answers are really sent.
    """
    graph = vocabulary.page(endpoint)
    service, dataset, whole = (f"<{endpoint}#{name}>" for name in ("service", "dataset", "default-graph"))
    graph.types(service, "sd:Service")
    graph.add(service, "sd:endpoint", iri(endpoint))
    graph.texts(service, "dcterms:title", known.title)
    graph.add(service, "dcterms:license", iri(known.license))
    graph.texts(service, "rdfs:comment", {"en": limits_said(limits)})
    sd = vocabulary.NAMESPACES["sd"]
    graph.add(service, "sd:supportedLanguage", f"<{sd}SPARQL11Query>")
    graph.add(service, "sd:resultFormat", *(f"<{_W3C_FORMATS}{FORMATS[key]}>" for key in formats))
    features = ["UnionDefaultGraph", *(["BasicFederatedQuery"] if limits.services else [])]
    for feature in features:
        graph.add(service, "sd:feature", f"<{sd}{feature}>")
        graph.types(f"<{sd}{feature}>", "sd:Feature")
    graph.add(service, "sd:defaultEntailmentRegime", _SIMPLE)
    graph.add(service, "sd:defaultDataset", dataset)
    # a request may choose among the same graphs (FROM, default-graph-uri)
    graph.add(service, "sd:availableGraphs", dataset)
    graph.add(iri(known.version), "void:sparqlEndpoint", iri(endpoint))
    graph.types(iri(known.version), "void:Dataset")
    graph.types(dataset, "sd:Dataset", "sd:GraphCollection")
    graph.texts(dataset, "dcterms:title", known.title)
    graph.texts(dataset, "dcterms:description", known.description)
    graph.add(dataset, "dcterms:license", iri(known.license))
    graph.add(dataset, "dcterms:source", iri(known.version))
    graph.add(dataset, "sd:defaultGraph", whole)
    graph.types(whole, "sd:Graph", "void:Dataset")
    graph.add(whole, "void:triples", integer(int(unquote(answers.table(_ALL, "the union")[1][0][0])[1])))
    _named(graph, answers, endpoint, dataset)
    return graph.quads


def _named(graph: NamedGraph, answers: Tables, endpoint: str, dataset: str) -> None:
    for place, (name, number) in enumerate(answers.table(_GRAPHS, "named graphs")[1], 1):
        if not name:  # the row of an empty aggregate
            continue
        named = f"<{endpoint}#named-graph-{place}>"
        graph.add(dataset, "sd:namedGraph", named)
        graph.types(named, "sd:NamedGraph")
        graph.add(named, "sd:name", name)
        graph.add(named, "sd:graph", name)
        graph.types(name, "sd:Graph", "void:Dataset")
        graph.add(name, "void:triples", integer(int(unquote(number)[1])))
    for name, label in answers.table(_LABELS, "labels of named graphs")[1]:
        graph.add(name, "rdfs:label", label)


def limits_said(limits: Limits) -> str:
    """The limits of a query as a person reads them."""
    asked = f"It may ask {', '.join(limits.services)}." if limits.services else "It asks no other server (SERVICE)."
    return (
        f"Read-only. A query has {limits.seconds:g} seconds, {limits.memory:,} bytes of memory besides the data, and "
        f"at most {limits.query:,} characters without rows of VALUES. An answer is cut after {limits.answer:,} bytes, "
        f"and says so. {asked}"
    )


def written(quads: Iterable[Quad], base: str, form: str = "turtle") -> bytes:
    """A description in a format of ``write``; ``base`` is that of the identifiers of the graph."""
    return vocabulary.written(quads, base, form)
