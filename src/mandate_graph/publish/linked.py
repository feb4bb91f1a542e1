"""How well each kind of thing is linked to each vocabulary, as the build counted it."""

from __future__ import annotations

from typing import Any

from mandate_graph.dataset import Graph
from mandate_graph.publish.rows import cell
from mandate_graph.publish.things import Press

__all__ = ["link_report"]

RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "sameAs", "seeAlso")
_STATES = ("reviewed", "not-found", "rejected", "open")
_LICENCES = """SELECT ?target ?licence { ?target a <http://rdfs.org/ns/void#Dataset> ;
  <http://purl.org/dc/terms/license> ?licence }"""
_SETS = "SELECT ?set { ?set a <https://w3id.org/sssom/MappingSet> }"


def link_report(press: Press, graph: Graph) -> list[dict[str, Any]]:
    """By vocabulary: its IRI, that of our link set, its licence where one is known, and a row of counts a kind."""
    base = press.site.base
    licences: dict[str, str] = {
        cell(target): cell(licence) for target, licence in press.answers.table(_LICENCES, "licences")[1]
    }
    sets = {cell(row[0]) for row in press.answers.table(_SETS, "link sets")[1]}
    rows = graph.report.data["links"]
    found = []
    for key in sorted({row["target"] for row in rows}):
        iri = f"{base}id/target/{key}"
        own = [row for row in rows if row["target"] == key]
        totals = {name: sum(row[name] for row in own) for name in (*RELATIONS, *_STATES)}
        found.append(
            {
                "key": key,
                "iri": iri,
                "set": f"{base}links/{key}" if f"{base}links/{key}" in sets else "",
                "licence": licences.get(iri, ""),
                "kinds": own,
                "totals": totals,
                "links": sum(totals[name] for name in RELATIONS),
                "relations": RELATIONS,
            }
        )
    press.names.fetch({each["iri"] for each in found} | {f"{base}id/kind/linked-kind/{row['kind']}" for row in rows})
    return found
