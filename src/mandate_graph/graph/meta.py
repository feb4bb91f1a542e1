"""The description of the dataset by itself; its own triples are not counted in its figures."""

from __future__ import annotations

from collections.abc import Mapping

from mandate_graph.engine import literal
from mandate_graph.graph.linksets import describe_links
from mandate_graph.graph.quads import NamedGraph, Scope, date, integer
from mandate_graph.iris import MG

__all__ = ["meta_graph"]


def meta_graph(scope: Scope, triples: int, classes: Mapping[str, int]) -> NamedGraph:
    """Title, licence, version and figures (DCAT 3, VoID), counted from the other graphs.

    ``triples`` are distinct ones, ``classes`` the things of each class of ours, by N-Triples IRI.
    """
    return _Writer(scope).write(triples, classes)


class _Writer:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def write(self, triples: int, classes: Mapping[str, int]) -> NamedGraph:
        graph, config = self.scope.graph("meta"), self.scope.config
        dataset = f"<{config.base}dataset>"
        version = f"<{config.base}dataset/{config.version}>"
        publisher = f"<{config.publisher}>"
        graph.types(publisher, "foaf:Agent")
        graph.texts(publisher, "rdfs:label", config.publisher_name)
        for subject in (dataset, version):
            graph.types(subject, "dcat:Dataset", "void:Dataset", "schema:Dataset")
            graph.texts(subject, "rdfs:label", config.title)
            graph.texts(subject, "dcterms:title", config.title)
            graph.texts(subject, "dcterms:description", config.description)
            graph.texts(subject, "dcterms:rights", config.rights)
            graph.add(subject, "dcterms:license", f"<{config.license}>")
            graph.add(subject, "dcterms:publisher", publisher)
            graph.add(subject, "dcterms:issued", date(config.issued))
            graph.add(subject, "dcterms:modified", date(config.modified))
        graph.add(dataset, "dcat:hasVersion", version)
        graph.add(version, "dcat:version", literal(config.version))
        graph.add(version, "void:uriSpace", literal(config.base))
        graph.add(version, "void:triples", integer(triples))
        for name, count in classes.items():
            local = name[len(MG) + 1 : -1]
            part = f"<{config.base}dataset/{config.version}/class/{local}>"
            graph.types(part, "void:Dataset")
            graph.texts(part, "rdfs:label", {"en": f"instances of {local}"})
            graph.add(part, "void:class", name)
            graph.add(part, "void:entities", integer(count))
            graph.add(version, "void:classPartition", part)
        describe_links(graph, self.scope, version)
        return graph
