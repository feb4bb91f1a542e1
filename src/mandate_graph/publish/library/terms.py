"""The vocabulary with what the graph makes of it: how often each term is used, by what, and why others were invited."""

from __future__ import annotations

from typing import NamedTuple

from mandate_graph.engine import unquote
from mandate_graph.iris import MG
from mandate_graph.publish.things import Press

__all__ = ["Use", "terms_page"]

_CLASSES = """SELECT ?term (COUNT(DISTINCT ?thing) AS ?uses) (MIN(STR(?thing)) AS ?example) { ?thing a ?term }
GROUP BY ?term ORDER BY ?term"""
_PROPERTIES = """SELECT ?term (COUNT(*) AS ?uses) (MIN(STR(?thing)) AS ?example) { ?thing ?term ?value }
GROUP BY ?term ORDER BY ?term"""
_VALUES = """SELECT ?term (MIN(STR(?value)) AS ?said) (MIN(STR(isIRI(?value))) AS ?named) {{
VALUES (?term ?thing) {{ {} }} ?thing ?term ?value }} GROUP BY ?term ORDER BY ?term"""
_GUESTS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT DISTINCT ?term ?why {{ GRAPH <{}graph/ontology> {{ VALUES ?type {{ rdfs:Class rdf:Property }}
?term a ?type ; rdfs:comment ?why }} }} ORDER BY ?term ?why"""


class Use(NamedTuple):
    """How often a term is used, by which thing for example, and what that says with it (empty for classes)."""

    uses: int
    example: str
    value: str = ""
    is_iri: bool = False


class Guest(NamedTuple):
    """A term of others, its short name, and why it was invited."""

    iri: str
    name: str
    why: str


def terms_page(press: Press) -> dict[str, object]:
    """``uses`` by term (an IRI), the guests, and the prefixes."""
    table = press.answers.table
    counted: dict[str, Use] = {}
    for query in (_PROPERTIES, _CLASSES):
        for term, uses, example in table(query, "uses of terms")[1]:
            counted[term[1:-1]] = Use(int(unquote(uses)[1]), unquote(example)[1])
    pairs = " ".join(
        f"( <{term}> <{use.example}> )" for term, use in sorted(counted.items()) if term.startswith(MG) and use.example
    )
    for term, said, named in table(_VALUES.format(pairs), "examples of terms")[1] if pairs else ():
        is_iri = unquote(named)[1] == "true"
        counted[term[1:-1]] = counted[term[1:-1]]._replace(value=unquote(said)[1], is_iri=is_iri)
    guests = [
        Guest(term[1:-1], press.names.key(term[1:-1]), unquote(why)[1])
        for term, why in table(_GUESTS.format(press.site.base), "guests")[1]
    ]
    press.names.fetch({*counted, *(use.example for use in counted.values()), *(guest.iri for guest in guests)})
    return {"uses": counted, "guests": guests, "prefixes": sorted(press.style.terms.prefixes.items())}
