"""What rules inferred about a thing, and on which characters of which page each inference rests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote as percent_decode

from mandate_graph.engine import unquote
from mandate_graph.iris import MG
from mandate_graph.lookup.labels import facts_of, values
from mandate_graph.sparql import Tables

__all__ = ["ELI", "OA", "RDF", "Evidence", "Place", "evidence_of", "first", "places_of"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OA = "http://www.w3.org/ns/oa#"
ELI = "http://data.europa.eu/eli/ontology#"
PROV = "http://www.w3.org/ns/prov#"
SCHEMA = "https://schema.org/"
_REFERS_TO, _ABOUT = f"<{ELI}refers_to>", f"<{SCHEMA}about>"


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of a page.

    The page's stem, the line on which their paragraph begins (0 where unknown), start and end in code points of the
    capture, and the characters themselves.
    """

    page: str
    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """An inferred statement, all things as N-Triples terms; ``object`` is empty where the words are not linked.

    ``kind`` is mention, topic or claim. ``quote`` with ``start`` and ``end`` are words of the mandate's text (empty for
    a claim); ``relation`` says how the thing is named, ``cue`` by which words.
    """

    node: str
    kind: str
    subject: str
    property: str
    object: str
    quote: str
    start: int
    end: int
    outcome: str
    named_kind: str
    relation: str
    cue: str
    rule: str
    confidence: str
    who: str
    difference: str
    places: tuple[Place, ...]

    def iris(self) -> list[str]:
        """What has a label."""
        own = (self.subject, self.property, self.object, self.rule, self.who)
        how = (self.outcome, self.named_kind, self.relation, self.cue)
        return [each for each in (*own, *how) if each.startswith("<")]


def first(facts: Mapping[str, Sequence[str]], predicate: str) -> str:
    """The first object of a property as a term, empty where there is none."""
    return (facts.get(f"<{predicate}>") or [""])[0]


def _text(term: str) -> str:
    return unquote(term)[1] if term else ""


def _number(term: str) -> int:
    return int(_text(term)) if term and _text(term).isdecimal() else 0


def evidence_of(answers: Tables, thing: str, most: int) -> tuple[list[Evidence], int]:
    """The inferences about a thing, and the first of those that lead to it; with how many those are in all."""
    about = _nodes(
        answers,
        f"""{{ ?node <{RDF}subject> {thing} ; a <{MG}Claim> }} UNION {{
            ?selection <{OA}hasSource> ?text . ?text <{ELI}realizes> {thing} . ?node <{OA}hasTarget> ?selection }}""",
        "",
    )
    leading = f"""{{ ?node <{OA}hasBody> {thing} ; <{MG}quote> ?quote }} UNION {{
        ?node <{RDF}object> {thing} ; a <{MG}Claim> }}"""
    _, ((count,),) = answers.table(f"SELECT (COUNT(DISTINCT ?node) AS ?n) {{ {leading} }}", "evidence")
    nodes = about + [node for node in _nodes(answers, leading, f"LIMIT {most}") if node not in about]
    facts = facts_of(answers, nodes)
    chain = _subjects(answers, [node for node in nodes if first(facts[node], f"{OA}hasTarget")])
    spots = places_of(answers, {spot for node in nodes for spot in facts[node].get(f"<{PROV}wasDerivedFrom>", [])})
    found = [
        each
        for node in nodes
        for each in _read(node, facts[node], chain.get(node, ""), spots)
        if thing in {each.subject, each.object}
    ]
    found.sort(key=lambda each: (each.subject != thing, each.subject, each.kind, each.start, -each.end, each.node))
    return found, _number(count)


def _nodes(answers: Tables, pattern: str, limit: str) -> list[str]:
    return [
        row[0] for row in answers.table(f"SELECT DISTINCT ?node {{ {pattern} }} ORDER BY ?node {limit}", "evidence")[1]
    ]


def _subjects(answers: Tables, nodes: Iterable[str]) -> dict[str, str]:
    """Mandates by the mentions in their text."""
    found = {}
    for block in values(nodes):
        _, rows = answers.table(
            f"""SELECT DISTINCT ?node ?mandate {{ VALUES ?node {{ {block} }} ?node <{OA}hasTarget> ?selection .
            ?selection <{OA}hasSource> ?text . ?text <{ELI}realizes> ?mandate }} ORDER BY ?node ?mandate""",
            "evidence",
        )
        found.update(dict(rows))
    return found


def _read(node: str, facts: Mapping[str, list[str]], mandate: str, spots: Mapping[str, Place]) -> Iterable[Evidence]:
    types = facts.get(f"<{RDF}type>", [])
    kind = "claim" if f"<{MG}Claim>" in types else "topic" if f"<{MG}TopicMention>" in types else "mention"
    objects = [first(facts, f"{RDF}object")] if kind == "claim" else facts.get(f"<{OA}hasBody>") or [""]
    relation = first(facts, f"{MG}relation")
    for target in objects:
        yield Evidence(
            node=node,
            kind=kind,
            subject=first(facts, f"{RDF}subject") if kind == "claim" else mandate,
            property={"claim": first(facts, f"{RDF}predicate"), "topic": _ABOUT}.get(kind, _REFERS_TO),
            object=target,
            quote=_text(first(facts, f"{MG}quote")),
            start=_number(first(facts, f"{MG}start")),
            end=_number(first(facts, f"{MG}end")),
            outcome=first(facts, f"{MG}outcome"),
            named_kind=first(facts, "http://purl.org/dc/terms/type"),
            relation=relation,
            cue=first(facts, f"{MG}cue"),
            rule=first(facts, f"{MG}rule"),
            confidence=_text(first(facts, f"{MG}confidence")),
            who=first(facts, f"{PROV}wasAttributedTo"),
            difference=_text(first(facts, f"{MG}difference")),
            places=tuple(
                sorted(
                    (spots[spot] for spot in facts.get(f"<{PROV}wasDerivedFrom>", []) if spot in spots),
                    key=lambda place: (place.page, place.start),
                )
            ),
        )


def places_of(answers: Tables, spots: Iterable[str]) -> dict[str, Place]:
    """Where pieces of captures stand: those that say a page themselves, with the line of the listing around them."""
    facts = facts_of(answers, spots)
    captures = {capture for each in facts.values() if (capture := first(each, f"{MG}inCapture"))}
    pages = facts_of(answers, captures)
    lines = _lines(answers, captures)
    found = {}
    for spot, own in facts.items():
        capture, start = first(own, f"{MG}inCapture"), _number(first(own, f"{MG}start"))
        if not capture:
            continue
        line = _number(first(own, f"{MG}line"))
        starts = lines.get(capture, [])
        at = bisect_right(starts, (start, 1 << 60)) - 1
        found[spot] = Place(
            page_stem(first(pages.get(capture, {}), f"{PROV}specializationOf")),
            line or (starts[at][1] if at >= 0 else 0),
            start,
            _number(first(own, f"{MG}end")),
            _text(first(own, f"{SCHEMA}text")),
        )
    return found


def page_stem(page: str) -> str:
    """The stem of a page from its IRI."""
    return percent_decode(unquote(page)[1].rpartition("/")[2]) if page else ""


def _lines(answers: Tables, captures: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """By capture, the start and line of every listing, in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for block in values(captures):
        _, rows = answers.table(
            f"""SELECT DISTINCT ?capture ?start ?line {{ VALUES ?capture {{ {block} }}
            ?listing <{MG}inCapture> ?capture ; <{MG}line> ?line ; <{MG}start> ?start }}""",
            "lines",
        )
        for capture, start, line in rows:
            found.setdefault(capture, []).append((_number(start), _number(line)))
    return {capture: sorted(each) for capture, each in found.items()}
