"""Everything known of one thing: a handful of queries, whatever the size of the graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mandate_graph.engine import Quad, unquote
from mandate_graph.iris import MG
from mandate_graph.lookup.catalogue import Naming
from mandate_graph.lookup.evidence import ELI, RDF, Evidence, evidence_of
from mandate_graph.lookup.labels import FIRST, RDFS, SKOS, Facts, facts_of, labels_of
from mandate_graph.lookup.linked import NO_MAPPING, Links, links_of, mappings_of, shown_with
from mandate_graph.lookup.paragraphs import around, paragraph
from mandate_graph.lookup.records import Incoming, Inference, Link, Node, Nodes, Statement, Thing, Value
from mandate_graph.sparql import Tables

__all__ = ["describe", "triples_about"]

_TYPE = f"<{RDF}type>"
# What a thing is called stands before what is said of it.
_NAMES = (f"<{RDFS}label>", *(f"<{SKOS}{name}>" for name in ("prefLabel", "altLabel", "hiddenLabel", "definition")))


def describe(answers: Tables, naming: Naming, iri: str, most: int = 10) -> Thing:
    """What is known of the thing with an IRI that is in the graph, with at most so many of each that lead to it."""
    thing = f"<{iri}>"
    facts = around(answers, thing)
    evidence, leading_count = evidence_of(answers, thing, most)
    incoming = list(_incoming(answers, thing, most))
    mappings = mappings_of(answers, thing)
    labels = labels_of(answers, (*_iris(thing, facts, evidence, incoming), *shown_with(mappings)))

    def node(term: str) -> Node:
        plain = term[1:-1] if term.startswith("<") else term
        return Node(plain, key := naming.key(plain), labels.get(term) or key)

    def word(term: str) -> Node:
        """A property: where it has no label its own name is as good as one."""
        named = node(term)
        return replace(named, label=labels.get(term) or naming.local(named.iri))

    own = facts.get(thing, {})
    links: Links = links_of(mappings, lambda term: node(term).label if term else "")
    inferred = {(each.property, each.object) for each in evidence if each.subject == thing}
    inferred |= {(each.relation, each.object) for each in evidence if each.subject == thing and each.relation}
    # What is claimed of the other one of two, in the same words, holds here too.
    inferred |= {(each.property, each.subject) for each in evidence if each.object == thing and each.kind == "claim"}
    return Thing(
        iri=iri,
        key=naming.key(iri),
        kind=naming.kind(iri),
        label=node(thing).label,
        types=tuple(node(each) for each in sorted(own.get(_TYPE, []), key=lambda each: (MG not in each, each))),
        statements=tuple(
            Statement(
                word(predicate),
                tuple(
                    _value(term, node, links.get((thing, predicate, term)), inferred=(predicate, term) in inferred)
                    for term in sorted(terms, key=_tongue)
                ),
            )
            for predicate, terms in sorted(own.items(), key=lambda item: (_rank(item[0]), item[0]))
            if predicate != _TYPE
        ),
        incoming=tuple(
            Incoming(
                word(predicate),
                count,
                tuple(node(each) for each in first),
                tuple(links.get((each, predicate, thing)) for each in first),
            )
            for predicate, count, first in incoming
        ),
        inferences=tuple(_inference(each, node) for each in evidence if each.subject == thing),
        leading=tuple(_inference(each, node) for each in evidence if each.subject != thing),
        leading_count=leading_count,
        paragraph=paragraph(facts, thing, node),
    )


def _rank(predicate: str) -> int:
    return _NAMES.index(predicate) if predicate in _NAMES else len(_NAMES)


def _tongue(term: str) -> int:
    language = unquote(term)[2]
    return FIRST.index(language) if language in FIRST else len(FIRST)


def _iris(
    thing: str, facts: Facts, evidence: list[Evidence], incoming: list[tuple[str, int, list[str]]]
) -> Iterator[str]:
    """All that is shown with a label."""
    yield thing
    for said in facts.values():
        for predicate, terms in said.items():
            yield predicate
            yield from (term for term in terms if term.startswith("<"))
    yield from facts
    for each in evidence:
        yield from each.iris()
    for predicate, _, first in incoming:
        yield predicate
        yield from first


def _incoming(answers: Tables, thing: str, most: int) -> Iterator[tuple[str, int, list[str]]]:
    """Properties that lead to a thing: how many things they come from, and the first of these."""
    others = NO_MAPPING.format(thing=thing)
    _, rows = answers.table(
        f"SELECT ?property (COUNT(DISTINCT ?thing) AS ?things) {{ ?thing ?property {thing} {others} }} "
        "GROUP BY ?property ORDER BY ?property",
        "what leads here",
    )
    for predicate, count in rows:
        _, first = answers.table(
            f"SELECT DISTINCT ?thing {{ ?thing {predicate} {thing} {others} }} ORDER BY ?thing LIMIT {most}",
            "what leads here",
        )
        yield predicate, int(unquote(count)[1]), [row[0] for row in first]


def _value(term: str, node: Nodes, link: Link | None, *, inferred: bool) -> Value:
    kind, text, language, datatype = unquote(term)
    return Value(text, language, datatype, node(term) if kind == "iri" else None, inferred, link)


def _inference(each: Evidence, node: Nodes) -> Inference:

    def label(term: str) -> str:
        return node(term).label if term else ""

    version = each.rule.rstrip(">").rpartition("/")[2] if each.rule else ""
    return Inference(
        kind=each.kind,
        node=each.node[1:-1],
        subject=node(each.subject),
        property=node(each.property),
        object=node(each.object) if each.object else None,
        quote=each.quote,
        start=each.start,
        end=each.end,
        outcome=label(each.outcome),
        named_kind=label(each.named_kind),
        relation=label(each.relation),
        cue=label(each.cue).strip("“”"),
        rule=label(each.rule),
        rule_version=version,
        confidence=float(each.confidence or 0),
        who=label(each.who),
        difference=each.difference,
        places=each.places,
    )


def triples_about(answers: Tables, thing: Thing) -> list[Quad]:
    """The statements about a thing, its texts, and the evidence of its inferences and links, in the default graph."""
    texts = [
        f"<{value.node.iri}>"
        for statement in thing.statements
        if statement.property.iri == f"{ELI}is_realized_by"
        for value in statement.values
        if value.node
    ]
    links = [value.link for statement in thing.statements for value in statement.values if value.link]
    reasons = [*(each.node for each in thing.inferences), *(link.node for link in links)]
    facts = facts_of(answers, [f"<{thing.iri}>", *texts, *(f"<{each}>" for each in reasons)])
    return [(s, p, o, "") for s, said in facts.items() for p, terms in said.items() for o in terms]
