"""What people decided, and the identifiers that were retired by it."""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.engine import literal
from mandate_graph.graph.quads import NamedGraph, Scope, date, integer, shorten
from mandate_graph.iris import digest
from mandate_graph.model import Correction, Decision

__all__ = ["correction_key", "curation_graph"]


def curation_graph(scope: Scope) -> Iterator[NamedGraph]:
    """One graph, where anything was decided that concerns this corpus."""
    known = {*scope.corpus.mandates, *scope.corpus.retired}
    decisions = [each for each in scope.corpus.decisions if each.mandate in known and each.other in known]
    corrections = scope.corpus.corrections
    if not decisions and not corrections:
        return
    graph = scope.graph("curation")
    for decision in decisions:
        _decision(graph, scope, decision)
    for correction in corrections:
        _correction(graph, scope, correction)
    for other, kept in sorted(scope.corpus.retired.items()):
        retired = scope.thing("mandate", other)
        graph.types(retired, "prov:Entity")
        graph.texts(retired, "rdfs:label", {"en": f"retired identifier {other}"})
        graph.add(retired, "dcterms:isReplacedBy", scope.thing("mandate", kept))
    yield graph


def _decision(graph: NamedGraph, scope: Scope, decision: Decision) -> None:
    subject = scope.thing("decision", digest(decision.mandate, decision.other, decision.decision)[:12])
    label = f"{decision.decision}: {decision.mandate} and {decision.other}"
    _activity(graph, scope, subject, label, decision)
    graph.add(subject, "prov:used", scope.thing("mandate", decision.mandate), scope.thing("mandate", decision.other))


def _correction(graph: NamedGraph, scope: Scope, correction: Correction) -> None:
    """Which words of which mandate, what they name, and whether that was accepted, rejected or put in its place."""
    subject = scope.thing("decision", correction_key(correction))
    label = f"{correction.decision}: “{shorten(correction.quote)}” in {correction.mandate}"
    _activity(graph, scope, subject, label, correction)
    graph.add(subject, "prov:used", scope.thing("mandate", correction.mandate))
    graph.add(subject, "mg:quote", literal(correction.quote))
    graph.add(subject, "mg:order", integer(correction.nth))
    if correction.target:
        graph.add(subject, "oa:hasBody", scope.target(correction.target))


def correction_key(correction: Correction) -> str:
    """What identifies a correction: what it says, not when or by whom it was said."""
    parts = (correction.mandate, correction.quote, str(correction.nth), correction.decision, correction.target)
    return digest(*parts)[:12]


def _activity(graph: NamedGraph, scope: Scope, subject: str, label: str, decided: Decision | Correction) -> None:
    agent = scope.person(decided.by)
    graph.types(subject, "prov:Activity")
    graph.texts(subject, "rdfs:label", {"en": label})
    graph.add(subject, "dcterms:type", scope.kind("decision", decided.decision))
    graph.add(subject, "prov:wasAssociatedWith", agent)
    graph.add(subject, "dcterms:date", date(decided.date))
    graph.texts(subject, "rdfs:comment", {"": decided.note} if decided.note else {})
    graph.types(agent, "prov:Agent")
    graph.texts(agent, "rdfs:label", {"": decided.by})
