"""Whether somebody checked a link of a thing, and how sure it is: what its mapping says, put beside the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mandate_graph.engine import unquote
from mandate_graph.lookup.evidence import PROV, RDF, first
from mandate_graph.lookup.labels import RDFS, Facts, facts_of
from mandate_graph.lookup.records import Link
from mandate_graph.sparql import Tables

__all__ = ["NO_MAPPING", "Links", "links_of", "mappings_of", "shown_with"]

Links: TypeAlias = Mapping[tuple[str, str, str], Link]
"""By subject, property and object, as N-Triples terms."""

_DCTERMS = "http://purl.org/dc/terms/"
_SSSOM = "https://w3id.org/sssom/"
_ENDS = f"<{RDF}subject>|<{RDF}object>"
_STATE = "http://www.w3.org/ns/adms#status"
_HOW = f"{_SSSOM}mapping_justification"
_WHO = f"{PROV}wasAttributedTo"
_READER = f"{_SSSOM}reviewer_id"
_CONFIDENCE = "https://w3id.org/mandate-graph/ns#confidence"

NO_MAPPING = "FILTER NOT EXISTS {{ ?thing a <" + _SSSOM + "Mapping> ; " + _ENDS + " {thing} }}"
"""Leaves out of what leads to a ``{thing}`` the mappings at its two ends: they stand beside the links."""


def mappings_of(answers: Tables, thing: str) -> Facts:
    """What is said of the mappings from a thing (an N-Triples term) and to it, by mapping."""
    _, rows = answers.table(
        f"SELECT DISTINCT ?node {{ ?node a <{_SSSOM}Mapping> ; {_ENDS} {thing} }} ORDER BY ?node", "links"
    )
    return facts_of(answers, [row[0] for row in rows])


def shown_with(mappings: Facts) -> list[str]:
    """All of mappings that is shown with a label."""
    return [term for said in mappings.values() for name in (_STATE, _WHO, _READER) if (term := first(said, name))]


def links_of(mappings: Facts, label: Callable[[str], str]) -> Links:
    """The links that mappings are evidence of; ``label`` says what a thing (an N-Triples term) is called."""
    return {
        (first(said, f"{RDF}subject"), first(said, f"{RDF}predicate"), first(said, f"{RDF}object")): Link(
            node=node[1:-1],
            state=label(first(said, _STATE)),
            confidence=float(_text(first(said, _CONFIDENCE)) or 0),
            justification=_text(first(said, _HOW)),
            who=label(first(said, _WHO)),
            made=_text(first(said, f"{_DCTERMS}date")),
            reviewer=label(first(said, _READER)),
            reviewed=_text(first(said, f"{_SSSOM}review_date")),
            comment=_text(first(said, f"{RDFS}comment")),
        )
        for node, said in sorted(mappings.items())
    }


def _text(term: str) -> str:
    return unquote(term)[1] if term else ""
