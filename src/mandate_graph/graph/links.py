"""The link sets as graphs: plain triples that anybody can join, and beside each the mapping that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mandate_graph.engine import literal
from mandate_graph.graph.quads import XSD, NamedGraph, Scope, date, iri, plain
from mandate_graph.iris import digest, slug
from mandate_graph.sssom import OWN, MappingSet, TermMapping

__all__ = ["link_graphs", "link_of", "linked_sets", "object_of", "set_of", "target_of"]


def link_graphs(scope: Scope) -> Iterator[NamedGraph]:
    """One graph a target, so that a target can be dropped; what was rejected or not found is not written."""
    for each in linked_sets(scope):
        yield _graph(scope, each)


def linked_sets(scope: Scope) -> Iterator[MappingSet]:
    """The sets in which at least one link holds."""
    return (each for each in scope.links.sets if any(row.asserted for row in each.mappings))


def set_of(scope: Scope, each: MappingSet) -> str:
    """The set itself."""
    return f"<{scope.config.base}links/{each.target}>"


def target_of(scope: Scope, target: str) -> str:
    """The vocabulary that a set leads to."""
    return scope.thing("target", target)


def object_of(scope: Scope, each: MappingSet, row: TermMapping) -> str:
    """The term of the other's; one of ours stands below the house's own base."""
    own = row.object.removeprefix(OWN)
    return scope.target(own) if own != row.object else iri(each.expand(row.object))


def link_of(scope: Scope, each: MappingSet, row: TermMapping) -> tuple[str, str, str]:
    """The plain triple."""
    return scope.target(row.subject), scope.terms[row.predicate], object_of(scope, each, row)


def _graph(scope: Scope, each: MappingSet) -> NamedGraph:
    graph = scope.graph("links", each.target)
    name = set_of(scope, each)
    graph.types(name, "sssom:MappingSet", "prov:Entity")
    graph.texts(name, "rdfs:label", {"en": each.header.get("mapping_set_title") or f"links to {each.target}"})
    graph.add(name, "dcterms:license", iri(each.header["license"]))
    graph.add(name, "dcat:version", plain(each.header.get("mapping_set_version", "")))
    for row in each.mappings:
        if row.asserted:
            _mapping(graph, scope, each, row)
    return graph


def _mapping(graph: NamedGraph, scope: Scope, each: MappingSet, row: TermMapping) -> None:
    subject, predicate, target = link_of(scope, each, row)
    graph.add(subject, row.predicate, target)
    if not row.object.startswith(OWN):
        graph.add(target, "rdfs:label", plain(row["object_label"]))
    node = scope.thing("mapping", digest(subject, predicate, target)[:20])
    graph.types(node, "sssom:Mapping", "rdf:Statement")
    words = f"{row.subject} {row.predicate} {row.object}"
    graph.texts(node, "rdfs:label", {"": f"{words} ({row['object_label']})" if row["object_label"] else words})
    graph.add(node, "rdf:subject", subject)
    graph.add(node, "rdf:predicate", predicate)
    graph.add(node, "rdf:object", target)
    graph.add(node, "dcterms:isPartOf", set_of(scope, each))
    graph.add(node, "sssom:mapping_justification", iri(each.expand(row["mapping_justification"])))
    # engines rewrite 0.90 to 0.9, and the text must survive them
    sure = format(Decimal(row["confidence"]).normalize(), "f")
    graph.add(node, "mg:confidence", literal(sure, datatype=f"{XSD}decimal"))
    graph.add(node, "dcterms:date", date(row["mapping_date"]))
    graph.add(node, "prov:wasAttributedTo", _author(graph, scope, row))
    graph.add(node, "sssom:match_string", plain(row["match_string"]))
    graph.add(node, "sssom:object_source_version", plain(_either(each, row, "object_source_version")))
    graph.add(node, "dcterms:source", plain(row["mapping_source"]))
    graph.texts(node, "rdfs:comment", {"": row["comment"]} if row["comment"] else {})
    graph.add(node, "adms:status", scope.kind("review", "reviewed" if row.reviewed else "not-reviewed"))
    if row.reviewed:
        reviewer = row["reviewer_label"] or row["reviewer_id"]
        graph.add(node, "sssom:reviewer_id", _person(graph, scope, reviewer))
        graph.add(node, "sssom:review_date", date(row["review_date"]))


def _either(each: MappingSet, row: TermMapping, slot: str) -> str:
    """A slot that a set may say once for all of its rows (SSSOM, propagation)."""
    return row[slot] or each.header.get(slot, "")


def _author(graph: NamedGraph, scope: Scope, row: TermMapping) -> str:
    if author := row["author_label"] or row["author_id"]:
        return _person(graph, scope, author)
    version = row["mapping_tool_version"]
    agent = scope.thing("agent", slug(f"{row['mapping_tool']} {version}"))
    graph.types(agent, "prov:SoftwareAgent")
    graph.texts(agent, "rdfs:label", {"en": f"{row['mapping_tool']} {version}".strip()})
    graph.add(agent, "schema:softwareVersion", plain(version))
    return agent


def _person(graph: NamedGraph, scope: Scope, name: str) -> str:
    """Who says something; the publisher of the dataset is known already, with a label in each language."""
    known = name in scope.config.publisher_name.values()
    agent = f"<{scope.config.publisher}>" if known else scope.person(name)
    graph.types(agent, "prov:Agent")
    graph.texts(agent, "rdfs:label", {} if known else {"": name})
    return agent
