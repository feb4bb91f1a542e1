"""``void.ttl``: how much there is of what (VoID, W3C Interest Group Note of 2011-03-03).

The figures are those of ``counts``; the partitions of our own classes have the identifiers that the graph gives them,
what is new stands behind ``#`` below the version, so that every identifier leads to a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mandate_graph.engine import literal
from mandate_graph.graph.quads import NamedGraph, integer, iri
from mandate_graph.iris import MG, digest
from mandate_graph.publish.described import vocabulary
from mandate_graph.publish.described.counts import Counts
from mandate_graph.publish.described.facts import Facts, Linkset
from mandate_graph.publish.described.served import Served
from mandate_graph.publish.dumps import Download
from mandate_graph.publish.site import Site

__all__ = ["links_of", "void"]

# W3C, "Unique URIs for File Formats"
_FORMATS = "http://www.w3.org/ns/formats/"
_STATIC = Served()
_LEFT_OUT = {
    "en": "The figures are those of the data: graph/meta, in which the graph speaks of itself, is left out of them and "
    "has its own. Whoever counts all triples finds more.",
    "es": "Las cifras son las de los datos: graph/meta, donde el grafo habla de sí mismo, no se cuenta en ellas y "
    "tiene la suya. Quien cuente todas las tripletas encontrará más.",
}
_FEATURES = {"turtle": "Turtle", "trig": "TriG", "nquads": "N-Quads", "ntriples": "N-Triples", "jsonld": "JSON-LD"}


def void(
    site: Site,
    known: Facts,
    counted: Counts,
    downloads: Sequence[Download],
    prefixes: Mapping[str, str],
    served: Served = _STATIC,
) -> bytes:
    """The description as Turtle; ``prefixes`` are those of the graph, and name what has no name of its own."""
    address = site.address("void.ttl")
    graph = vocabulary.page(address)
    version, file = iri(known.version), iri(address)
    graph.types(file, "void:DatasetDescription")
    graph.texts(file, "dcterms:title", known.title)
    graph.add(file, "foaf:primaryTopic", version)
    graph.types(version, "void:Dataset")
    _about(graph, version, known, site)
    # VoID §3.4 and §3.6
    graph.add(version, "void:sparqlEndpoint", iri(served.sparql))
    graph.add(version, "void:openSearchDescription", iri(served.search))
    for each in downloads:
        if each.form in _FEATURES:
            graph.add(version, "void:dataDump", iri(site.address(each.path)))
            graph.add(version, "void:feature", f"<{_FORMATS}{_FEATURES[each.form]}>")
    _figures(graph, version, counted)
    _partitions(graph, version, counted, prefixes)
    _graphs(graph, version, counted)
    _linksets(graph, version, known, counted, site.base)
    return vocabulary.written(graph.quads, site.base)


def _about(graph: NamedGraph, version: str, known: Facts, site: Site) -> None:
    graph.texts(version, "dcterms:title", known.title)
    graph.texts(version, "dcterms:description", known.description)
    graph.add(version, "dcterms:license", iri(known.license))
    graph.add(version, "dcterms:publisher", iri(known.publisher.iri))
    graph.add(version, "foaf:homepage", iri(site.url))
    graph.add(version, "void:uriSpace", literal(site.base))


def _figures(graph: NamedGraph, version: str, counted: Counts) -> None:
    graph.add(version, "void:triples", integer(counted.triples))
    graph.texts(version, "rdfs:comment", _LEFT_OUT)
    graph.add(version, "void:entities", integer(counted.entities))
    graph.add(version, "void:distinctSubjects", integer(counted.subjects))
    graph.add(version, "void:classes", integer(len(counted.classes)))
    graph.add(version, "void:properties", integer(len(counted.properties)))
    spaces = {_split(term)[0] for term in (*counted.classes, *counted.properties)}
    graph.add(version, "void:vocabulary", *(f"<{space}>" for space in spaces))
    graph.add(
        version, "void:exampleResource", *(thing for name, thing in counted.examples.items() if name[1:].startswith(MG))
    )


def _partitions(graph: NamedGraph, version: str, counted: Counts, prefixes: Mapping[str, str]) -> None:
    for name, number in counted.classes.items():
        # the graph itself has a partition for each class of our own
        own = name[1:].startswith(MG)
        part = f"{version[:-1]}/class/{_split(name)[1]}>" if own else _part(version, "class", name, prefixes)
        graph.add(version, "void:classPartition", part)
        graph.add(part, "void:class", name)
        graph.add(part, "void:entities", integer(number))
    for name, number in counted.properties.items():
        part = _part(version, "property", name, prefixes)
        graph.add(version, "void:propertyPartition", part)
        graph.add(part, "void:property", name)
        graph.add(part, "void:triples", integer(number))
        graph.add(part, "void:distinctSubjects", integer(counted.subjects_of[name]))


def _graphs(graph: NamedGraph, version: str, counted: Counts) -> None:
    """Each named graph, which is a part of the dataset under the name that the quads have for it."""
    for name, number in counted.graphs.items():
        if name:
            graph.types(name, "void:Dataset", "sd:NamedGraph")
            graph.add(name, "sd:name", name)
            graph.add(name, "void:triples", integer(number))
            graph.add(version, "void:subset", name)


def _linksets(graph: NamedGraph, version: str, known: Facts, counted: Counts, base: str) -> None:
    for each in known.linksets:
        part, target = iri(each.iri), iri(each.target.iri)
        number = links_of(each, counted, base)
        graph.types(part, "void:Linkset")
        graph.texts(part, "rdfs:label", each.names)
        graph.add(part, "void:subjectsTarget", version)
        graph.add(part, "void:objectsTarget", target)
        graph.add(part, "void:linkPredicate", iri(each.predicate))
        graph.add(part, "void:triples", integer(number))
        graph.add(part, "dcterms:license", iri(each.license))
        graph.add(version, "void:subset", part)
        graph.types(target, "void:Dataset")
        graph.texts(target, "rdfs:label", each.target.names)
        graph.add(target, "void:uriSpace", literal(each.space) if each.space else "")


def links_of(each: Linkset, counted: Counts, base: str) -> int:
    """How many links a linkset has: the triples of its predicate in the named graph of its target."""
    key = each.target.iri.removeprefix(f"{base}id/target/")
    return counted.links.get((f"<{base}graph/links/{key}>", iri(each.predicate)), 0)


def _split(term: str) -> tuple[str, str]:
    """An IRI as namespace and local name."""
    cut = max(term.rfind("/"), term.rfind("#")) + 1
    return term[1:cut], term[cut:-1]


def _part(version: str, kind: str, name: str, prefixes: Mapping[str, str]) -> str:
    space, local = _split(name)
    prefix = next((prefix for prefix, namespace in prefixes.items() if namespace == space), digest(space)[:6])
    return f"{version[:-1]}#{kind}-{prefix}-{local}>"
