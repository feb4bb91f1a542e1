"""How well the graph is linked, told by itself: VoID linksets, and measurements of the Data Quality Vocabulary."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urljoin

from mandate_graph.engine import literal
from mandate_graph.graph.links import link_of, linked_sets, set_of, target_of
from mandate_graph.graph.quads import NamedGraph, Scope, integer, iri
from mandate_graph.sssom import Linkedness, MappingSet, counted_links

__all__ = ["describe_links"]


def describe_links(graph: NamedGraph, scope: Scope, version: str) -> None:
    """Add targets, a linkset a target and relation, and the figures of every kind and target; all counted.

    ``version`` is the description that they belong to, as an N-Triples IRI.
    """
    for each in linked_sets(scope):
        _linksets(graph, scope, version, each)
    targets = {row["key"]: row for row in scope.authorities.words["targets"]}
    measured = counted_links(scope.links, scope.authorities)
    for target in sorted({each.target for each in scope.links.sets} | {each.target for each in measured}):
        if row := targets.get(target):
            node = target_of(scope, target)
            graph.types(node, "void:Dataset")
            graph.texts(node, "rdfs:label", {"en": row["label_en"], "es": row.get("label_es") or row["label_en"]})
            graph.add(node, "void:uriSpace", literal(urljoin(scope.config.base, row["iri"])))
            graph.add(node, "foaf:homepage", iri(row["homepage"]))
            graph.add(node, "dcterms:license", iri(row["license"]))
            graph.add(node, "void:sparqlEndpoint", iri(row["sparql"]))
    for one in measured:
        _measure(graph, scope, version, one)


def _linksets(graph: NamedGraph, scope: Scope, version: str, each: MappingSet) -> None:
    rows = [row for row in each.mappings if row.asserted]
    # counted as triples, because two rows may write one
    links = Counter(predicate for _, predicate, _ in {link_of(scope, each, row) for row in rows})
    names = {scope.terms[row.predicate]: row.predicate for row in rows}
    for predicate, count in sorted(links.items()):
        local = names[predicate].partition(":")[2]
        node = f"{version[:-1]}/linkset/{each.target}/{local}>"
        graph.types(node, "void:Linkset", "void:Dataset")
        graph.texts(
            node, "rdfs:label", {"en": f"links to {each.target} ({local})", "es": f"enlaces a {each.target} ({local})"}
        )
        graph.add(node, "void:linkPredicate", predicate)
        graph.add(node, "void:subjectsTarget", version)
        graph.add(node, "void:objectsTarget", target_of(scope, each.target))
        graph.add(node, "void:triples", integer(count))
        graph.add(node, "dcterms:license", iri(each.header["license"]))
        graph.add(node, "prov:wasDerivedFrom", set_of(scope, each))
        graph.add(version, "void:subset", node)


def _measure(graph: NamedGraph, scope: Scope, version: str, one: Linkedness) -> None:
    """What is measured is the part of the dataset that links one kind of thing to one target."""
    part = f"{version[:-1]}/links/{one.kind}/{one.target}>"
    graph.types(part, "void:Dataset")
    graph.texts(
        part,
        "rdfs:label",
        {"en": f"links of {one.kind} to {one.target}", "es": f"enlaces de {one.kind} a {one.target}"},
    )
    graph.add(part, "dcterms:type", scope.kind("linked-kind", one.kind))
    graph.add(part, "void:objectsTarget", target_of(scope, one.target))
    graph.add(version, "void:subset", part)
    for metric, value in one.figures():
        node = f"{part[:-1]}/{metric}>"
        measure = scope.kind("linkedness", metric)
        graph.types(node, "dqv:QualityMeasurement")
        graph.texts(node, "rdfs:label", {"": f"{one.kind}, {one.target}: {metric}"})
        graph.add(node, "dqv:isMeasurementOf", measure)
        graph.add(node, "dqv:computedOn", part)
        graph.add(node, "dqv:value", integer(value))
        graph.types(measure, "dqv:Metric")
