"""Mandates as the search and the pictures count them: their facts, their order, and which are one paragraph.

A paragraph that was read in several languages is several mandates, which ``mg:sameParagraphAs`` joins; it counts once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mandate_graph.engine import Engine, unquote

__all__ = ["Mandate", "adopted", "broader", "dates", "in_order", "read_mandates", "rows", "terms"]

_PREFIXES = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_TEXTS = "SELECT DISTINCT ?mandate ?text { ?mandate a mg:Mandate ; eli:is_realized_by/schema:text ?text }"
# a column of the mandates each; the same paths as in the table `mandates`
_FACTS = {
    "kind": "?mandate a mg:Mandate ; eli:type_subdivision/skos:notation ?value",
    "number": "?mandate a mg:Mandate ; eli:number ?value",
    "document": "?mandate a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?value . ?value a mg:SummitDocument",
    "section": "?mandate a mg:Mandate ; eli:is_part_of ?value . ?value eli:is_part_of ?whole",
    "chapeau": "?mandate a mg:Mandate ; mg:chapeau ?value",
    "themes": "?mandate a mg:Mandate ; dcterms:subject ?value",
    "names": "?mandate a mg:Mandate ; eli:refers_to ?value",
    "twins": "?mandate a mg:Mandate ; mg:sameParagraphAs ?value",
}
_ADOPTED = """SELECT DISTINCT ?document ?summit ?date {
  ?document a mg:SummitDocument ; prov:wasGeneratedBy ?summit . ?summit schema:startDate ?date }"""
_DATES = "SELECT DISTINCT ?summit ?date { ?summit a mg:Summit ; schema:startDate ?date }"
_BROADER = "SELECT DISTINCT ?theme ?broader { ?theme skos:broader ?broader ; skos:inScheme <SCHEME> }"


class Mandate(NamedTuple):
    """A mandate: its texts (language and text), and its facts by name (see ``_FACTS``), all as plain values."""

    iri: str
    texts: list[tuple[str, str]]
    facts: Mapping[str, list[str]]

    @property
    def document(self) -> str:
        """The document that it comes from; empty where none is known."""
        return next(iter(self.facts.get("document", ())), "")

    @property
    def paragraph(self) -> str:
        """The first of the mandates that are the same paragraph."""
        return min(self.iri, *self.facts.get("twins", ())) if "twins" in self.facts else self.iri


def rows(engine: Engine, query: str) -> list[list[str]]:
    """Rows of values: IRIs bare, literals without language."""
    return [[unquote(term)[1] if term else "" for term in row] for row in terms(engine, query)]


def terms(engine: Engine, query: str) -> list[Any]:
    """Rows of N-Triples terms, empty where there is none."""
    return list(engine.table(_PREFIXES + query)[1])


def adopted(engine: Engine) -> dict[str, tuple[str, str]]:
    """By document, the Summit that adopted it and its first day."""
    return {document: (summit, date) for document, summit, date in sorted(rows(engine, _ADOPTED))}


def dates(engine: Engine) -> dict[str, str]:
    """By Summit, its first day."""
    return {row[0]: row[1] for row in sorted(rows(engine, _DATES), reverse=True)}


def broader(engine: Engine, base: str) -> list[tuple[str, str]]:
    """Themes and those right above them."""
    return sorted((one, other) for one, other in rows(engine, _BROADER.replace("SCHEME", f"{base}id/theme")))


def read_mandates(engine: Engine) -> list[Mandate]:
    """Every mandate that has a text, in the order of its IRI."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for subject, term in terms(engine, _TEXTS):
        _, text, language, _ = unquote(term)
        texts.setdefault(subject[1:-1], []).append(("" if language == "und" else language, text))
    facts: dict[str, dict[str, list[str]]] = {iri: {} for iri in texts}
    for name, pattern in _FACTS.items():
        for iri, value in sorted(rows(engine, f"SELECT DISTINCT ?mandate ?value {{ {pattern} }}")):
            if iri in facts:
                facts[iri].setdefault(name, []).append(value)
    return [Mandate(iri, sorted(texts[iri]), facts[iri]) for iri in sorted(texts)]


def in_order(mandates: list[Mandate], adopted: Mapping[str, tuple[str, str]]) -> list[tuple[int, Mandate]]:
    """Mandates with the number of their paragraph: oldest Summit first, by document, by number; twins side by side."""
    heads = {mandate.iri: mandate.paragraph for mandate in mandates}

    def key(mandate: Mandate) -> tuple[Any, ...]:
        number = min(mandate.facts.get("number", [""]))
        natural = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", number)]
        return adopted.get(mandate.document, ("", ""))[1], mandate.document, not number, natural, mandate.iri

    by_iri = {mandate.iri: mandate for mandate in mandates}
    keys = {head: key(by_iri.get(head, by_iri[iri])) for iri, head in heads.items()}
    ordered = sorted(mandates, key=lambda each: (keys[heads[each.iri]], heads[each.iri], each.iri))
    numbers: dict[str, int] = {}
    return [(numbers.setdefault(heads[mandate.iri], len(numbers)), mandate) for mandate in ordered]
