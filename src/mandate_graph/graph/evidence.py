"""What rules inferred, and the evidence of each inference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mandate_graph.engine import literal
from mandate_graph.graph.authority import identifier
from mandate_graph.graph.curation import correction_key
from mandate_graph.graph.quads import XSD, NamedGraph, Scope, date, integer, plain, shorten
from mandate_graph.model import Claim, Mandate, Mention, Minted, Rule, Span
from mandate_graph.resolve import evidence_of

__all__ = ["inference_graphs"]

_CONTEXT_LENGTH = 32
_RELATIONS = {
    "chapeau": "mg:chapeau",
    "is_part_of": "eli:is_part_of",
    "same-paragraph": "mg:sameParagraphAs",
    "kindred": "mg:kindredTo",
}
_BOTH_WAYS = frozenset(("same-paragraph", "kindred"))


def inference_graphs(scope: Scope) -> Iterator[NamedGraph]:
    """The inferred triples, and the mentions and claims that they rest on."""
    yield from _Writer(scope).write()


class _Writer:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.captures = {page.capture.key: page.capture.text for page in scope.corpus.pages}
        self.relations = {row["key"]: row["curie"] for row in scope.authorities.words["relations"]}

    def write(self) -> Iterator[NamedGraph]:
        derived, evidence = self.scope.graph("derived"), self.scope.graph("evidence")
        for mention in self.scope.corpus.mentions:
            self._mention(derived, evidence, mention)
        for mention in self.scope.corpus.topics:
            self._topic(derived, evidence, mention)
        for minted in self.scope.corpus.minted.values():
            self._minted(derived, minted)
        for claim in self.scope.corpus.claims:
            self._claim(derived, evidence, claim)
        for capture, span in self.scope.corpus.spans:
            self._characters(evidence, capture, span)
        yield derived
        yield evidence

    def _inference(self, graph: NamedGraph, subject: str, rule: Rule, by: str = "") -> None:
        graph.add(subject, "mg:confidence", literal(rule.confidence, datatype=f"{XSD}decimal"))
        graph.add(subject, "mg:rule", f"<{self.scope.iris.rule(rule.key, rule.version)}>")
        graph.add(subject, "prov:wasAttributedTo", self.scope.person(by) if by else self.scope.agent)

    def _mention(self, derived: NamedGraph, evidence: NamedGraph, mention: Mention) -> None:
        mandate = self.scope.corpus.mandates[mention.mandate]
        # Two things named by one phrase are two mentions; things that it may name are the bodies of one.
        groups = [(target,) for target in mention.targets] if mention.outcome == "resolved" else [mention.targets]
        relation = self.relations.get(mention.relation, "")
        for targets in groups:
            suffix = targets[0] if mention.outcome == "resolved" else mention.outcome
            bodies = [self.scope.target(target) for target in targets]
            subject = self._annotation(evidence, mandate, mention, suffix, bodies)
            evidence.types(subject, "mg:Mention")
            evidence.add(subject, "oa:motivatedBy", "<http://www.w3.org/ns/oa#identifying>")
            evidence.add(subject, "mg:outcome", self.scope.kind("outcome", mention.outcome))
            evidence.add(subject, "dcterms:type", self.scope.kind("named", mention.kind))
            evidence.texts(subject, "rdfs:comment", {"en": mention.why} if mention.why else {})
            if mention.by:
                evidence.add(subject, "prov:wasGeneratedBy", *self._decisions(mention, targets))
            if mention.cue and relation:
                evidence.add(subject, "mg:relation", self.scope.terms[relation])
                evidence.add(subject, "mg:cue", self._selection(evidence, mandate, mention.cue))
            if mention.outcome == "resolved":
                naming = self.scope.thing("mandate", mandate.key)
                derived.add(naming, "eli:refers_to", *bodies)
                if relation:
                    derived.add(naming, relation, *bodies)

    def _decisions(self, mention: Mention, targets: Sequence[str]) -> list[str]:
        """The decisions of people that a mention comes from."""
        return [
            f"<{self.scope.iris.thing('decision', correction_key(each))}>"
            for each in self.scope.corpus.corrections
            if each.mandate == mention.mandate and each.quote == mention.quote and each.target in targets
        ]

    def _topic(self, derived: NamedGraph, evidence: NamedGraph, mention: Mention) -> None:
        """What a text is about indexes the mandate; it is no reference, and no ``mg:Mention``."""
        mandate = self.scope.corpus.mandates[mention.mandate]
        topics = [self.scope.target(target) for target in mention.targets]
        subject = self._annotation(evidence, mandate, mention, mention.targets[0], topics)
        evidence.types(subject, "mg:TopicMention")
        evidence.add(subject, "oa:motivatedBy", "<http://www.w3.org/ns/oa#classifying>")
        derived.add(self.scope.thing("mandate", mandate.key), "schema:about", *topics)

    def _annotation(
        self, evidence: NamedGraph, mandate: Mandate, mention: Mention, suffix: str, bodies: Sequence[str]
    ) -> str:
        """What mentions and topic mentions share: the words, where they stand, by which rule, in which captures."""
        text_hash = mandate.key.rpartition("/")[2]
        subject = f"<{self.scope.iris.mention(text_hash, mention.span.start, mention.span.end, suffix)}>"
        evidence.types(subject, "oa:Annotation")
        evidence.texts(subject, "rdfs:label", {mandate.language: f"“{shorten(mention.quote)}”"})
        evidence.add(subject, "mg:quote", literal(mention.quote))
        evidence.add(subject, "mg:start", integer(mention.span.start))
        evidence.add(subject, "mg:end", integer(mention.span.end))
        evidence.add(subject, "oa:hasBody", *bodies)
        evidence.add(subject, "oa:hasTarget", self._selection(evidence, mandate, mention.span))
        self._inference(evidence, subject, self.scope.authorities.rules[mention.rule], mention.by)
        for capture, span in evidence_of(mention, self.scope.by_mandate[mandate.key], mandate.text):
            evidence.add(subject, "prov:wasDerivedFrom", self._characters(evidence, capture, span))
        return subject

    def _minted(self, graph: NamedGraph, minted: Minted) -> None:
        """An instrument that no table has: what its symbol says, and that nothing else is known."""
        subject = self.scope.thing("instrument", minted.key)
        graph.types(subject, "mg:Instrument", "eli:Work")
        graph.texts(subject, "rdfs:label", minted.labels)
        graph.add(subject, "skos:altLabel", literal(minted.symbol))
        graph.add(subject, "eli:work_type", self.scope.kind("instrument", minted.kind))
        graph.add(subject, "dcterms:creator", self.scope.reference("body", minted.creator))
        graph.add(subject, "eli:date_document", date(minted.year))
        graph.add(subject, "mg:session", plain(minted.session))
        graph.add(subject, "adms:status", self.scope.kind("status", "symbol-only"))
        identifier(graph, self.scope, subject, minted.key, minted.agency, minted.symbol)

    def _selection(self, graph: NamedGraph, mandate: Mandate, span: Span) -> str:
        """The quoted words as a specific resource (Web Annotation Data Model §4), with both usual selectors."""
        key = self.scope.iris.thing("selection", mandate.key.rpartition("/")[2], f"{span.start}-{span.end}")
        subject, position, quote = f"<{key}>", f"<{key}/position>", f"<{key}/quote>"
        graph.types(subject, "oa:SpecificResource")
        graph.texts(subject, "rdfs:label", {mandate.language: f"“{shorten(span.cut(mandate.text))}”"})
        graph.add(subject, "oa:hasSource", self.scope.expression(mandate))
        graph.add(subject, "oa:hasSelector", position, quote)
        graph.types(position, "oa:TextPositionSelector")
        graph.add(position, "oa:start", integer(span.start))
        graph.add(position, "oa:end", integer(span.end))
        graph.types(quote, "oa:TextQuoteSelector")
        graph.add(quote, "oa:exact", literal(span.cut(mandate.text)))
        graph.add(quote, "oa:prefix", literal(mandate.text[max(0, span.start - _CONTEXT_LENGTH) : span.start]))
        graph.add(quote, "oa:suffix", literal(mandate.text[span.end : span.end + _CONTEXT_LENGTH]))
        return subject

    def _characters(self, graph: NamedGraph, capture: str, span: Span) -> str:
        """The piece of evidence itself: which capture, which characters, which words."""
        subject = f"<{self.scope.iris.characters(capture, span.start, span.end)}>"
        if capture not in self.captures:  # the part of the corpus that has the capture describes it
            return subject
        words = span.cut(self.captures[capture])
        graph.types(subject, "prov:Entity")
        graph.texts(subject, "rdfs:label", {"": f"“{shorten(words)}”"})
        graph.add(subject, "mg:inCapture", self.scope.thing("capture", capture))
        graph.add(subject, "mg:start", integer(span.start))
        graph.add(subject, "mg:end", integer(span.end))
        graph.add(subject, "schema:text", literal(words))
        return subject

    def _claim(self, derived: NamedGraph, evidence: NamedGraph, claim: Claim) -> None:
        subject = self.scope.thing("mandate", claim.subject)
        predicate = self.scope.terms[_RELATIONS[claim.relation]]
        target = (
            self.scope.target(claim.object)
            if claim.relation == "is_part_of"
            else self.scope.thing("mandate", claim.object)
        )
        derived.add(subject, _RELATIONS[claim.relation], target)
        if claim.relation in _BOTH_WAYS:  # clients need not infer that
            derived.add(target, _RELATIONS[claim.relation], subject)
        node = f"<{self.scope.iris.claim(subject, predicate, target)}>"
        evidence.types(node, "mg:Claim", "rdf:Statement")
        evidence.texts(
            node, "rdfs:label", {"en": f"{re.sub('[_-]', ' ', claim.relation)}: {claim.subject} → {claim.object}"}
        )
        evidence.add(node, "rdf:subject", subject)
        evidence.add(node, "rdf:predicate", predicate)
        evidence.add(node, "rdf:object", target)
        for capture, span in claim.evidence:
            evidence.add(node, "prov:wasDerivedFrom", self._characters(evidence, capture, span))
        if claim.similarity:
            evidence.add(node, "mg:similarity", literal(claim.similarity, datatype=f"{XSD}decimal"))
            evidence.add(node, "mg:difference", literal(claim.difference))
        self._inference(evidence, node, self.scope.authorities.rules[claim.rule])
