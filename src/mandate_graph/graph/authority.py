"""The authority graph: what people decided and the tables hold, one method a table."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mandate_graph.authorities import by_language, split_cell
from mandate_graph.engine import literal
from mandate_graph.graph.quads import PROGRAM, NamedGraph, Scope, date, iri, plain
from mandate_graph.model import Entity
from mandate_graph.version import __version__

__all__ = ["authority_graph", "identifier"]

_BODY_CLASSES = {
    "organization": "org:Organization",
    "post": "org:Post",
    "collaboration": "org:OrganizationalCollaboration",
}
_TYPED_KINDS = {"country": "schema:Country", "place": "schema:Place", "series": "schema:EventSeries"}


def authority_graph(scope: Scope) -> NamedGraph:
    """Series, Summits, documents, places, instruments, bodies, themes, topics, kinds and rules."""
    return _Writer(scope).write()


class _Writer:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def write(self) -> NamedGraph:
        graph = self.scope.graph("authority")
        self._closed_lists(graph)
        for table, kind in (("series", "series"), ("places", "place"), ("countries", "country")):
            for key, entity in self.scope.authorities[table].items():
                subject = self.scope.thing(kind, key)
                graph.types(subject, _TYPED_KINDS[kind])
                self._names(graph, subject, entity)
        for key, series in self.scope.authorities["series"].items():
            subject = self.scope.thing("series", key)
            graph.add(subject, "schema:organizer", self.scope.reference("body", series.cells["organizer"]))
            graph.add(subject, "schema:url", iri(series.cells.get("url", "")))
        for key, place in self.scope.authorities["places"].items():
            graph.add(
                self.scope.thing("place", key),
                "schema:containedInPlace",
                self.scope.reference("country", place.cells["country"]),
            )
        for key, state in self.scope.authorities["countries"].items():
            codes = (state.cells[column] for column in ("iso2", "iso3", "m49"))
            graph.add(self.scope.thing("country", key), "schema:identifier", *map(literal, filter(None, codes)))
        self._summits(graph)
        self._documents(graph)
        self._concepts(graph)
        self._instruments(graph)
        self._bodies(graph)
        return graph

    def _names(self, graph: NamedGraph, subject: str, entity: Entity, *, concept: bool = False) -> None:
        graph.texts(subject, "rdfs:label", entity.labels)
        if concept:
            graph.texts(subject, "skos:prefLabel", entity.labels)
        for term, names in (("skos:altLabel", entity.alts), ("skos:hiddenLabel", entity.hiddens)):
            graph.add(subject, term, *(literal(name, code) for code, several in names.items() for name in several))
        graph.add(subject, "dcterms:source", plain(entity.cells.get("source", "")))

    def _closed_lists(self, graph: NamedGraph) -> None:
        for row in self.scope.authorities.words["kinds"]:
            kind = self.scope.kind(row["scheme"], row["key"])
            self._concept_of(graph, kind, self.scope.thing("kind", row["scheme"]), row)
        for scheme in sorted({row["scheme"] for row in self.scope.authorities.words["kinds"]}):
            graph.types(self.scope.thing("kind", scheme), "skos:ConceptScheme")
            graph.texts(
                self.scope.thing("kind", scheme), "rdfs:label", {"en": f"kinds: {scheme}", "es": f"tipos: {scheme}"}
            )
        for row in self.scope.authorities.words["rules"]:
            rule = f"<{self.scope.iris.rule(row['key'], row['version'])}>"
            self._concept_of(graph, rule, self.scope.thing("rule"), row)
        graph.types(self.scope.thing("rule"), "skos:ConceptScheme")
        graph.texts(self.scope.thing("rule"), "rdfs:label", {"en": "rules of inference", "es": "reglas de inferencia"})
        graph.types(self.scope.agent, "prov:SoftwareAgent")
        graph.texts(self.scope.agent, "rdfs:label", {"en": f"{PROGRAM} {__version__}"})
        graph.add(self.scope.agent, "schema:softwareVersion", literal(__version__))

    def _concept_of(self, graph: NamedGraph, concept: str, scheme: str, row: Mapping[str, str]) -> None:
        graph.types(concept, "skos:Concept")
        graph.add(concept, "skos:inScheme", scheme)
        # Shapes and queries ask for the notation: it is the same under every publisher's base.
        graph.add(concept, "skos:notation", literal(row["key"]))
        for term in ("rdfs:label", "skos:prefLabel"):
            graph.texts(concept, term, by_language(row, "label"))
        graph.texts(concept, "skos:definition", by_language(row, "definition"))

    def _summits(self, graph: NamedGraph) -> None:
        for key, summit in self.scope.authorities["summits"].items():
            subject, cells = self.scope.thing("summit", key), summit.cells
            graph.types(subject, "mg:Summit", "schema:Event", "prov:Activity")
            self._names(graph, subject, summit)
            graph.add(subject, "skos:notation", plain(cells["ordinal"]))
            graph.add(subject, "schema:startDate", date(cells["start"]))
            graph.add(subject, "schema:endDate", date(cells["end"]))
            graph.add(subject, "schema:location", self.scope.reference("place", cells["place"]))
            graph.add(subject, "rdfs:seeAlso", *map(iri, split_cell(cells.get("see_also", ""))))
            graph.add(subject, "schema:superEvent", self.scope.reference("series", cells["series"]))

    def _documents(self, graph: NamedGraph) -> None:
        for key, document in self.scope.authorities["documents"].items():
            subject, cells = self.scope.thing("document", key), document.cells
            graph.types(subject, "mg:SummitDocument", "eli:Work", "prov:Entity")
            self._names(graph, subject, document)
            for code, cited in by_language(cells, "cited").items():
                forms = (form for form in split_cell(cited) if "{" not in form)
                graph.add(subject, "skos:altLabel", *(literal(form, code) for form in forms))
            graph.add(subject, "eli:work_type", self.scope.kind("document", cells["kind"]))
            graph.add(subject, "eli:date_document", date(cells["date"]))
            graph.add(subject, "prov:wasGeneratedBy", self.scope.reference("summit", cells["summit"]))
        for key, section in self.scope.authorities["sections"].items():
            subject = self.scope.thing("section", key)
            graph.types(subject, "eli:WorkSubdivision")
            self._names(graph, subject, section)
            graph.add(subject, "eli:is_part_of", self.scope.thing("document", section.cells["document"]))

    def _concepts(self, graph: NamedGraph) -> None:
        for table, kind, title in (
            ("themes", "theme", {"en": "themes of the site", "es": "temas del sitio"}),
            ("topics", "topic", {"en": "topics", "es": "materias"}),
            ("sdg", "sdg", {"en": "Sustainable Development Goals", "es": "Objetivos de Desarrollo Sostenible"}),
        ):
            scheme = self.scope.thing(kind)
            graph.types(scheme, "skos:ConceptScheme")
            graph.texts(scheme, "rdfs:label", title)
            for key, entity in self.scope.authorities[table].items():
                subject, cells = self.scope.thing(kind, key), entity.cells
                graph.types(subject, "skos:Concept")
                graph.add(subject, "skos:inScheme", scheme)
                self._names(graph, subject, entity, concept=True)
                graph.add(subject, "skos:broader", self.scope.reference(kind, cells.get("broader", "")))
                graph.add(subject, "skos:notation", plain(cells.get("stem", "")), plain(cells.get("notation", "")))
                if not cells.get("broader"):
                    graph.add(subject, "skos:topConceptOf", scheme)

    def _instruments(self, graph: NamedGraph) -> None:
        for key, instrument in self.scope.authorities["instruments"].items():
            subject, cells = self.scope.thing("instrument", key), instrument.cells
            graph.types(subject, "mg:Instrument", "eli:Work")
            self._names(graph, subject, instrument)
            graph.add(subject, "eli:work_type", self.scope.kind("instrument", cells["kind"]))
            graph.add(subject, "eli:date_document", date(cells["date"]))
            graph.add(subject, "dcterms:creator", self.scope.reference("body", cells["creator"]))
            graph.add(subject, "dcterms:isPartOf", self.scope.reference("instrument", cells["part_of"]))
            graph.add(subject, "rdfs:seeAlso", *map(iri, split_cell(cells["see_also"])))
            graph.add(subject, "dcterms:isReplacedBy", self.scope.reference("instrument", cells["successor"]))
            for each in split_cell(cells["identifiers"]):
                agency, _, number = each.partition("=")
                identifier(graph, self.scope, subject, key, agency, number)

    def _bodies(self, graph: NamedGraph) -> None:
        for key, body in self.scope.authorities["bodies"].items():
            subject, cells = self.scope.thing("body", key), body.cells
            graph.types(subject, "mg:Body", "prov:Agent", _BODY_CLASSES[cells["class"]])
            self._names(graph, subject, body)
            graph.add(subject, "schema:url", *map(iri, split_cell(cells.get("url", ""))))
            relation = "org:postIn" if cells["class"] == "post" else "org:subOrganizationOf"
            graph.add(subject, relation, self.scope.reference("body", cells["parent"]))
            graph.add(subject, "dcterms:isReplacedBy", self.scope.reference("body", cells["successor"]))


def identifier(graph: NamedGraph, scope: Scope, subject: str, key: str, agency: str, number: str) -> None:
    """A registry number or symbol of an instrument, with the agency that gave it where that is known."""
    node = scope.thing("identifier", key, re.sub(r"[/ ]", "-", re.sub(r"[()]", "", number)))
    graph.types(node, "adms:Identifier")
    graph.texts(node, "rdfs:label", {"en": f"{agency}: {number}" if agency else number})
    graph.add(node, "skos:notation", literal(number))
    graph.add(node, "adms:schemaAgency", plain(agency))
    graph.add(subject, "adms:identifier", node)
    graph.add(subject, "dcterms:identifier", literal(number))
