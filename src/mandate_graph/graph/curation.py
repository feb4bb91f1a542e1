"""What people decided, and the identifiers that were retired by it."""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.graph.quads import NamedGraph, Scope, date
from mandate_graph.iris import digest, slug
from mandate_graph.model import Decision

__all__ = ["curation_graph"]


def curation_graph(scope: Scope) -> Iterator[NamedGraph]:
    """One graph, where anything was decided that concerns this corpus."""
    known = {*scope.corpus.mandates, *scope.corpus.retired}
    decisions = [each for each in scope.corpus.decisions if each.mandate in known and each.other in known]
    if not decisions:
        return
    graph = scope.graph("curation")
    for decision in decisions:
        _decision(graph, scope, decision)
    for other, kept in sorted(scope.corpus.retired.items()):
        retired = scope.thing("mandate", other)
        graph.types(retired, "prov:Entity")
        graph.texts(retired, "rdfs:label", {"en": f"retired identifier {other}"})
        graph.add(retired, "dcterms:isReplacedBy", scope.thing("mandate", kept))
    yield graph


def _decision(graph: NamedGraph, scope: Scope, decision: Decision) -> None:
    subject = scope.thing("decision", digest(decision.mandate, decision.other, decision.decision)[:12])
    agent = scope.thing("agent", slug(decision.by) or digest(decision.by)[:12])
    graph.types(subject, "prov:Activity")
    graph.texts(subject, "rdfs:label", {"en": f"{decision.decision}: {decision.mandate} and {decision.other}"})
    graph.add(subject, "dcterms:type", scope.kind("decision", decision.decision))
    graph.add(subject, "prov:used", scope.thing("mandate", decision.mandate), scope.thing("mandate", decision.other))
    graph.add(subject, "prov:wasAssociatedWith", agent)
    graph.add(subject, "dcterms:date", date(decision.date))
    graph.texts(subject, "rdfs:comment", {"": decision.note} if decision.note else {})
    graph.types(agent, "prov:Agent")
    graph.texts(agent, "rdfs:label", {"": decision.by})
