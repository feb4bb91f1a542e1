"""The source graphs: what each page says, and nothing that a rule inferred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mandate_graph.engine import literal
from mandate_graph.graph.quads import NamedGraph, Scope, date, integer, iri, plain, shorten
from mandate_graph.model import Footnote, Mandate, Occurrence, Page, Span

__all__ = ["source_graphs"]


def source_graphs(scope: Scope) -> Iterator[NamedGraph]:
    """One graph a capture."""
    yield from _Writer(scope).write()


class _Writer:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.superseded = scope.corpus.superseded

    def write(self) -> Iterator[NamedGraph]:
        by_page: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
        for occurrence in self.scope.corpus.occurrences:
            by_page[occurrence.page, occurrence.capture].append(occurrence)
        for page in self.scope.corpus.pages:
            graph = self.scope.graph("source", page.capture.key)
            self._page(graph, page)
            for occurrence in by_page[page.capture.page, page.capture.key]:
                self._occurrence(graph, page, occurrence)
                self._mandate(graph, page, occurrence)
            yield graph

    def _page(self, graph: NamedGraph, page: Page) -> None:
        capture = page.capture
        subject, web = self.scope.thing("capture", capture.key), self.scope.thing("page", capture.page)
        graph.types(web, "schema:WebPage")
        graph.texts(web, "rdfs:label", {"": f"page {capture.page}"})
        if newer := self.superseded.get(capture.key):
            graph.add(subject, "dcterms:isReplacedBy", self.scope.thing("capture", newer))
        else:  # only the capture that speaks for its page says what the page is about
            graph.add(web, "schema:url", iri(capture.url))
            graph.add(web, "dcterms:language", self.scope.language(page.language))
            graph.add(web, "dcterms:subject", self.scope.reference("theme", page.theme))
        for older in sorted(older for older, newer in self.superseded.items() if newer == capture.key):
            graph.add(subject, "dcterms:replaces", self.scope.thing("capture", older))
        graph.types(subject, "mg:Capture", "prov:Entity")
        graph.texts(subject, "rdfs:label", {"": f"{capture.name}, capture {capture.key}"})
        graph.add(subject, "prov:specializationOf", web)
        graph.add(subject, "schema:encodingFormat", literal(capture.encoding_format))
        graph.add(subject, "schema:contentSize", integer(capture.size))
        graph.add(subject, "schema:sha256", literal(capture.sha256))
        graph.add(subject, "schema:dateCreated", date(capture.captured))
        graph.add(subject, "schema:text", literal(capture.text))
        graph.add(subject, "mg:heading", plain(page.heading))
        broader = ""
        for key, label in page.minted_themes:
            theme = self.scope.thing("theme", key)
            graph.types(theme, "skos:Concept")
            graph.add(theme, "skos:inScheme", self.scope.thing("theme"))
            preferred = self.scope.corpus.theme_labels[key, page.language]
            for term in ("rdfs:label", "skos:prefLabel"):
                graph.texts(theme, term, {page.language: preferred})
            if label != preferred:
                graph.texts(theme, "skos:altLabel", {page.language: label})
            broader = self.scope.reference("theme", key.rpartition("/")[0])
            graph.add(theme, "skos:broader", broader)
            if not broader:
                graph.add(theme, "skos:topConceptOf", self.scope.thing("theme"))

    def _occurrence(self, graph: NamedGraph, page: Page, occurrence: Occurrence) -> None:
        listing = occurrence.listing
        subject = f"<{self.scope.iris.occurrence(occurrence.capture, listing.text_span.start)}>"
        graph.types(subject, "mg:Occurrence", "prov:Entity")
        graph.texts(subject, "rdfs:label", {"": f"{occurrence.page}, listing {occurrence.order}"})
        graph.add(subject, "mg:occurrenceOf", self.scope.expression(self.scope.corpus.mandates[occurrence.mandate]))
        self._place(graph, subject, occurrence.capture, listing.text_span, listing.line)
        graph.add(subject, "mg:order", integer(occurrence.order))
        graph.add(subject, "schema:text", literal(listing.text))
        graph.add(subject, "mg:marker", plain(listing.marker))
        graph.add(subject, "mg:printedLabel", plain(listing.printed_label))
        graph.add(subject, "mg:citation", plain(listing.citation))
        graph.add(subject, "mg:printedSection", plain(occurrence.printed_section or listing.printed_section))
        if occurrence.attribution:
            graph.add(subject, "mg:attribution", self.scope.kind("attribution", occurrence.attribution))
        for note in listing.footnotes:
            self._footnote(graph, page, occurrence, note)

    def _place(self, graph: NamedGraph, subject: str, capture: str, span: Span, line: int) -> None:
        graph.add(subject, "mg:inCapture", self.scope.thing("capture", capture))
        graph.add(subject, "mg:start", integer(span.start))
        graph.add(subject, "mg:end", integer(span.end))
        graph.add(subject, "mg:line", integer(line))

    def _footnote(self, graph: NamedGraph, page: Page, occurrence: Occurrence, note: Footnote) -> None:
        subject = f"<{self.scope.iris.footnote(occurrence.capture, note.text_span.start)}>"
        graph.types(subject, "mg:Footnote", "oa:Annotation")
        graph.texts(subject, "rdfs:label", {page.language: shorten(note.text)})
        graph.add(subject, "oa:motivatedBy", "<http://www.w3.org/ns/oa#commenting>")
        graph.add(subject, "oa:hasTarget", self.scope.thing("mandate", occurrence.mandate))
        graph.add(subject, "dcterms:type", self.scope.kind("footnote", note.kind))
        graph.add(subject, "mg:statedBy", self.scope.reference("country", note.country))
        graph.add(subject, "schema:text", literal(note.text))
        graph.add(subject, "mg:namesParagraph", *map(literal, note.paragraphs))
        self._place(graph, subject, occurrence.capture, note.text_span, note.line)

    def _mandate(self, graph: NamedGraph, page: Page, occurrence: Occurrence) -> None:
        mandate = self.scope.corpus.mandates[occurrence.mandate]
        subject, expression = self.scope.thing("mandate", mandate.key), self.scope.expression(mandate)
        graph.types(subject, "mg:Mandate", "eli:WorkSubdivision", "prov:Entity")
        graph.texts(subject, "rdfs:label", {mandate.language: shorten(mandate.text)})
        graph.add(subject, "eli:type_subdivision", self.scope.kind("subdivision", mandate.kind))
        graph.add(subject, "eli:number", plain(mandate.number))
        if page.capture.key not in self.superseded:
            graph.add(subject, "dcterms:subject", self.scope.reference("theme", page.theme))
        graph.add(subject, "eli:is_realized_by", expression)
        if occurrence.attribution in {"stated", "governed"}:
            graph.add(subject, "eli:is_part_of", self._origin(mandate))
        if occurrence.parent and occurrence.parent == mandate.chapeau:
            graph.add(subject, "mg:chapeau", self.scope.thing("mandate", occurrence.parent))
        graph.types(expression, "eli:Expression")
        graph.texts(expression, "rdfs:label", {mandate.language: shorten(mandate.text)})
        graph.add(expression, "eli:realizes", subject)
        graph.add(expression, "eli:language", self.scope.language(mandate.language))
        graph.texts(expression, "schema:text", {mandate.language or "und": mandate.text})

    def _origin(self, mandate: Mandate) -> str:
        return self.scope.reference("section", mandate.section) or self.scope.reference("document", mandate.document)
