"""Corpus and tables to quads: the only place where the model meets the vocabulary.

Quads are written as N-Triples strings, because text made straight from the records is the fastest path into any engine.
There are no blank nodes, so that sorted N-Quads are canonical.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mandate_graph.authorities import Authorities, by_language, split_cell
from mandate_graph.engine import Quad, literal
from mandate_graph.house import HouseConfig
from mandate_graph.iris import MG, Iris
from mandate_graph.model import Claim, Corpus, Entity, Footnote, Mandate, Mention, Occurrence, Page, Rule, Span
from mandate_graph.resolve import evidence_of
from mandate_graph.terms import Terms
from mandate_graph.version import __version__

__all__ = ["build_graph"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_PROGRAM = "mandate-graph"
_LABEL_LENGTH = 80
_CONTEXT_LENGTH = 32
_BODY_CLASSES = {
    "organization": "org:Organization",
    "post": "org:Post",
    "collaboration": "org:OrganizationalCollaboration",
}
_TYPED_KINDS = {"country": "schema:Country", "place": "schema:Place", "series": "schema:EventSeries"}
_RELATIONS = {"chapeau": "mg:chapeau", "is_part_of": "eli:is_part_of"}


class _Graph:
    """One named graph under construction. Properties are compact names; values are N-Triples terms."""

    def __init__(self, name: str, terms: Terms) -> None:
        self._name = f"<{name}>"
        self._terms = terms
        self.quads: set[Quad] = set()

    def add(self, subject: str, term: str, *values: str) -> None:
        predicate = self._terms[term]
        self.quads.update((subject, predicate, value, self._name) for value in values if value)

    def types(self, subject: str, *names: str) -> None:
        self.add(subject, "rdf:type", *(self._terms[name] for name in names))

    def texts(self, subject: str, term: str, by_code: Mapping[str, str]) -> None:
        self.add(subject, term, *(literal(text, code) for code, text in by_code.items()))


def build_graph(corpus: Corpus, authorities: Authorities, terms: Terms, config: HouseConfig) -> list[Quad]:
    """All quads of a dataset, without repetition, in no order.

    Raises:
        UnknownTerm: when the ontology lacks a term that the graph needs.
    """
    writer = _Writer(corpus, authorities, terms, config)
    return [quad for graph in writer.graphs() for quad in graph.quads]


class _Writer:
    def __init__(self, corpus: Corpus, authorities: Authorities, terms: Terms, config: HouseConfig) -> None:
        self.corpus = corpus
        self.authorities = authorities
        self.terms = terms
        self.config = config
        self.iris = Iris(config.base)
        self.agent = self._thing("agent", f"{_PROGRAM}-{__version__}")
        self.by_mandate: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in corpus.occurrences:
            self.by_mandate[occurrence.mandate].append(occurrence)

    def graphs(self) -> Iterator[_Graph]:
        ontology = self._graph("ontology")
        ontology.quads = {(s, p, o, f"<{self.iris.graph('ontology')}>") for s, p, o, _ in self.terms.ontology}
        content = [ontology, self._authority(), *self._sources(), *self._inferences()]
        yield from content
        yield self._meta(content)

    def _graph(self, *keys: str) -> _Graph:
        return _Graph(self.iris.graph(*keys), self.terms)

    def _thing(self, kind: str, *keys: str) -> str:
        return f"<{self.iris.thing(kind, *keys)}>"

    def _kind(self, scheme: str, key: str) -> str:
        return f"<{self.iris.kind(scheme, key)}>"

    def _target(self, target: str) -> str:
        kind, _, key = target.partition("/")
        return self._thing(kind, key)

    def _language(self, code: str) -> str:
        return f"<{self.iris.language(code)}>" if code else ""

    # The authority graph: one method a table

    def _authority(self) -> _Graph:
        graph = self._graph("authority")
        self._closed_lists(graph)
        for table, kind in (("series", "series"), ("places", "place"), ("countries", "country")):
            for key, entity in self.authorities[table].items():
                subject = self._thing(kind, key)
                graph.types(subject, _TYPED_KINDS[kind])
                self._names(graph, subject, entity)
        for key, series in self.authorities["series"].items():
            subject = self._thing("series", key)
            graph.add(subject, "schema:organizer", self._reference("body", series.cells["organizer"]))
            graph.add(subject, "schema:url", _iri(series.cells.get("url", "")))
        for key, place in self.authorities["places"].items():
            graph.add(
                self._thing("place", key), "schema:containedInPlace", self._reference("country", place.cells["country"])
            )
        for key, country in self.authorities["countries"].items():
            codes = (country.cells[column] for column in ("iso2", "iso3", "m49"))
            graph.add(self._thing("country", key), "schema:identifier", *map(literal, filter(None, codes)))
        self._summits(graph)
        self._documents(graph)
        self._concepts(graph)
        self._instruments(graph)
        self._bodies(graph)
        return graph

    def _names(self, graph: _Graph, subject: str, entity: Entity, *, concept: bool = False) -> None:
        graph.texts(subject, "rdfs:label", entity.labels)
        if concept:
            graph.texts(subject, "skos:prefLabel", entity.labels)
        for term, names in (("skos:altLabel", entity.alts), ("skos:hiddenLabel", entity.hiddens)):
            graph.add(subject, term, *(literal(name, code) for code, several in names.items() for name in several))
        graph.add(subject, "dcterms:source", _plain(entity.cells.get("source", "")))

    def _reference(self, kind: str, key: str) -> str:
        return self._thing(kind, key) if key else ""

    def _closed_lists(self, graph: _Graph) -> None:
        for row in self.authorities.words["kinds"]:
            kind = self._kind(row["scheme"], row["key"])
            self._concept_of(graph, kind, self._thing("kind", row["scheme"]), row)
        for scheme in sorted({row["scheme"] for row in self.authorities.words["kinds"]}):
            graph.types(self._thing("kind", scheme), "skos:ConceptScheme")
            graph.texts(self._thing("kind", scheme), "rdfs:label", {"en": f"kinds: {scheme}"})
        for row in self.authorities.words["rules"]:
            rule = f"<{self.iris.rule(row['key'], row['version'])}>"
            self._concept_of(graph, rule, self._thing("rule"), row)
        graph.types(self._thing("rule"), "skos:ConceptScheme")
        graph.texts(self._thing("rule"), "rdfs:label", {"en": "rules of inference", "es": "reglas de inferencia"})
        graph.types(self.agent, "prov:SoftwareAgent")
        graph.texts(self.agent, "rdfs:label", {"en": f"{_PROGRAM} {__version__}"})
        graph.add(self.agent, "schema:softwareVersion", literal(__version__))

    def _concept_of(self, graph: _Graph, concept: str, scheme: str, row: Mapping[str, str]) -> None:
        graph.types(concept, "skos:Concept")
        graph.add(concept, "skos:inScheme", scheme)
        # Shapes and queries ask for the notation: it is the same under every publisher's base.
        graph.add(concept, "skos:notation", literal(row["key"]))
        for term in ("rdfs:label", "skos:prefLabel"):
            graph.texts(concept, term, by_language(row, "label"))
        graph.texts(concept, "skos:definition", by_language(row, "definition"))

    def _summits(self, graph: _Graph) -> None:
        for key, summit in self.authorities["summits"].items():
            subject, cells = self._thing("summit", key), summit.cells
            graph.types(subject, "mg:Summit", "schema:Event", "prov:Activity")
            self._names(graph, subject, summit)
            graph.add(subject, "skos:notation", _plain(cells["ordinal"]))
            graph.add(subject, "schema:startDate", _date(cells["start"]))
            graph.add(subject, "schema:endDate", _date(cells["end"]))
            graph.add(subject, "schema:location", self._reference("place", cells["place"]))
            graph.add(subject, "schema:superEvent", self._reference("series", cells["series"]))

    def _documents(self, graph: _Graph) -> None:
        for key, document in self.authorities["documents"].items():
            subject, cells = self._thing("document", key), document.cells
            graph.types(subject, "mg:SummitDocument", "eli:Work", "prov:Entity")
            self._names(graph, subject, document)
            for code, cited in by_language(cells, "cited").items():
                forms = (form for form in split_cell(cited) if "{" not in form)
                graph.add(subject, "skos:altLabel", *(literal(form, code) for form in forms))
            graph.add(subject, "eli:work_type", self._kind("document", cells["kind"]))
            graph.add(subject, "eli:date_document", _date(cells["date"]))
            graph.add(subject, "prov:wasGeneratedBy", self._reference("summit", cells["summit"]))
        for key, section in self.authorities["sections"].items():
            subject = self._thing("section", key)
            graph.types(subject, "eli:WorkSubdivision")
            self._names(graph, subject, section)
            graph.add(subject, "eli:is_part_of", self._thing("document", section.cells["document"]))

    def _concepts(self, graph: _Graph) -> None:
        for table, kind, title in (
            ("themes", "theme", {"en": "themes of the site", "es": "temas del sitio"}),
            ("topics", "topic", {"en": "topics", "es": "materias"}),
        ):
            scheme = self._thing(kind)
            graph.types(scheme, "skos:ConceptScheme")
            graph.texts(scheme, "rdfs:label", title)
            for key, entity in self.authorities[table].items():
                subject, cells = self._thing(kind, key), entity.cells
                graph.types(subject, "skos:Concept")
                graph.add(subject, "skos:inScheme", scheme)
                self._names(graph, subject, entity, concept=True)
                graph.add(subject, "skos:broader", self._reference(kind, cells.get("broader", "")))
                graph.add(subject, "skos:notation", _plain(cells.get("stem", "")))
                graph.add(subject, "skos:closeMatch", self._reference("topic", cells.get("topic", "")))
                if not cells.get("broader"):
                    graph.add(subject, "skos:topConceptOf", scheme)

    def _instruments(self, graph: _Graph) -> None:
        for key, instrument in self.authorities["instruments"].items():
            subject, cells = self._thing("instrument", key), instrument.cells
            graph.types(subject, "mg:Instrument", "eli:Work")
            self._names(graph, subject, instrument)
            graph.add(subject, "eli:work_type", self._kind("instrument", cells["kind"]))
            graph.add(subject, "eli:date_document", _date(cells["date"]))
            graph.add(subject, "dcterms:creator", self._reference("body", cells["creator"]))
            graph.add(subject, "dcterms:isPartOf", self._reference("instrument", cells["part_of"]))
            graph.add(subject, "rdfs:seeAlso", *map(_iri, split_cell(cells["see_also"])))
            for identifier in split_cell(cells["identifiers"]):
                agency, _, number = identifier.partition("=")
                node = self._thing("identifier", key, number.replace("/", "-").replace(" ", "-"))
                graph.types(node, "adms:Identifier")
                graph.texts(node, "rdfs:label", {"en": f"{agency}: {number}"})
                graph.add(node, "skos:notation", literal(number))
                graph.add(node, "adms:schemaAgency", literal(agency))
                graph.add(subject, "adms:identifier", node)
                graph.add(subject, "dcterms:identifier", literal(number))

    def _bodies(self, graph: _Graph) -> None:
        for key, body in self.authorities["bodies"].items():
            subject, cells = self._thing("body", key), body.cells
            graph.types(subject, "mg:Body", "prov:Agent", _BODY_CLASSES[cells["class"]])
            self._names(graph, subject, body)
            relation = "org:postIn" if cells["class"] == "post" else "org:subOrganizationOf"
            graph.add(subject, relation, self._reference("body", cells["parent"]))

    # The source graphs: what each page says

    def _sources(self) -> Iterator[_Graph]:
        by_capture: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in self.corpus.occurrences:
            by_capture[occurrence.capture].append(occurrence)
        for page in self.corpus.pages:
            graph = self._graph("source", page.capture.key)
            self._page(graph, page)
            for occurrence in by_capture[page.capture.key]:
                self._occurrence(graph, page, occurrence)
                self._mandate(graph, page, occurrence)
            yield graph

    def _page(self, graph: _Graph, page: Page) -> None:
        capture = page.capture
        subject, web = self._thing("capture", capture.key), self._thing("page", capture.page)
        graph.types(web, "schema:WebPage")
        graph.texts(web, "rdfs:label", {"": f"page {capture.page}"})
        graph.add(web, "schema:url", _iri(capture.url))
        graph.add(web, "dcterms:language", self._language(page.language))
        graph.add(web, "dcterms:subject", self._reference("theme", page.theme))
        graph.types(subject, "mg:Capture", "prov:Entity")
        graph.texts(subject, "rdfs:label", {"": f"{capture.name}, capture {capture.key}"})
        graph.add(subject, "prov:specializationOf", web)
        graph.add(subject, "schema:encodingFormat", literal(capture.encoding_format))
        graph.add(subject, "schema:contentSize", _integer(capture.size))
        graph.add(subject, "schema:sha256", literal(capture.sha256))
        graph.add(subject, "schema:dateCreated", _date(capture.captured))
        graph.add(subject, "schema:text", literal(capture.text))
        graph.add(subject, "mg:heading", _plain(page.heading))
        broader = ""
        for key, label in page.minted_themes:
            theme = self._thing("theme", key)
            graph.types(theme, "skos:Concept")
            graph.add(theme, "skos:inScheme", self._thing("theme"))
            for term in ("rdfs:label", "skos:prefLabel"):
                graph.texts(theme, term, {page.language: label})
            broader = self._reference("theme", key.rpartition("/")[0])
            graph.add(theme, "skos:broader", broader)
            if not broader:
                graph.add(theme, "skos:topConceptOf", self._thing("theme"))

    def _occurrence(self, graph: _Graph, page: Page, occurrence: Occurrence) -> None:
        listing = occurrence.listing
        subject = f"<{self.iris.occurrence(occurrence.capture, listing.text_span.start)}>"
        graph.types(subject, "mg:Occurrence", "prov:Entity")
        graph.texts(subject, "rdfs:label", {"": f"{occurrence.page}, listing {occurrence.order}"})
        graph.add(subject, "mg:occurrenceOf", self._expression(self.corpus.mandates[occurrence.mandate]))
        self._place(graph, subject, occurrence.capture, listing.text_span, listing.line)
        graph.add(subject, "mg:order", _integer(occurrence.order))
        graph.add(subject, "schema:text", literal(listing.text))
        graph.add(subject, "mg:marker", _plain(listing.marker))
        graph.add(subject, "mg:printedLabel", _plain(listing.printed_label))
        graph.add(subject, "mg:citation", _plain(listing.citation))
        graph.add(subject, "mg:printedSection", _plain(listing.printed_section))
        if occurrence.attribution:
            graph.add(subject, "mg:attribution", self._kind("attribution", occurrence.attribution))
        for note in listing.footnotes:
            self._footnote(graph, page, occurrence, note)

    def _place(self, graph: _Graph, subject: str, capture: str, span: Span, line: int) -> None:
        graph.add(subject, "mg:inCapture", self._thing("capture", capture))
        graph.add(subject, "mg:start", _integer(span.start))
        graph.add(subject, "mg:end", _integer(span.end))
        graph.add(subject, "mg:line", _integer(line))

    def _footnote(self, graph: _Graph, page: Page, occurrence: Occurrence, note: Footnote) -> None:
        subject = f"<{self.iris.footnote(occurrence.capture, note.text_span.start)}>"
        graph.types(subject, "mg:Footnote", "oa:Annotation")
        graph.texts(subject, "rdfs:label", {page.language: shorten(note.text)})
        graph.add(subject, "oa:motivatedBy", "<http://www.w3.org/ns/oa#commenting>")
        graph.add(subject, "oa:hasTarget", self._thing("mandate", occurrence.mandate))
        graph.add(subject, "dcterms:type", self._kind("footnote", note.kind))
        graph.add(subject, "mg:statedBy", self._reference("country", note.country))
        graph.add(subject, "schema:text", literal(note.text))
        self._place(graph, subject, occurrence.capture, note.text_span, note.line)

    def _mandate(self, graph: _Graph, page: Page, occurrence: Occurrence) -> None:
        mandate = self.corpus.mandates[occurrence.mandate]
        subject, expression = self._thing("mandate", mandate.key), self._expression(mandate)
        graph.types(subject, "mg:Mandate", "eli:WorkSubdivision", "prov:Entity")
        graph.texts(subject, "rdfs:label", {mandate.language: shorten(mandate.text)})
        graph.add(subject, "eli:type_subdivision", self._kind("subdivision", mandate.kind))
        graph.add(subject, "eli:number", _plain(mandate.number))
        graph.add(subject, "dcterms:subject", self._reference("theme", page.theme))
        graph.add(subject, "eli:is_realized_by", expression)
        if occurrence.attribution in {"stated", "governed"}:
            graph.add(subject, "eli:is_part_of", self._origin(mandate))
        if occurrence.parent:
            graph.add(subject, "mg:chapeau", self._thing("mandate", occurrence.parent))
        graph.types(expression, "eli:Expression")
        graph.texts(expression, "rdfs:label", {mandate.language: shorten(mandate.text)})
        graph.add(expression, "eli:realizes", subject)
        graph.add(expression, "eli:language", self._language(mandate.language))
        graph.texts(expression, "schema:text", {mandate.language or "und": mandate.text})

    def _origin(self, mandate: Mandate) -> str:
        return self._reference("section", mandate.section) or self._reference("document", mandate.document)

    def _expression(self, mandate: Mandate) -> str:
        return f"<{self.iris.expression(mandate.key, mandate.language or 'und')}>"

    # What rules inferred, and their evidence

    def _inferences(self) -> Iterator[_Graph]:
        derived, evidence = self._graph("derived"), self._graph("evidence")
        for mention in self.corpus.mentions:
            self._mention(derived, evidence, mention)
        for claim in self.corpus.claims:
            self._claim(derived, evidence, claim)
        yield derived
        yield evidence

    def _inference(self, graph: _Graph, subject: str, rule: Rule) -> None:
        graph.add(subject, "mg:confidence", literal(rule.confidence, datatype=f"{_XSD}decimal"))
        graph.add(subject, "mg:rule", f"<{self.iris.rule(rule.key, rule.version)}>")
        graph.add(subject, "prov:wasAttributedTo", self.agent)

    def _mention(self, derived: _Graph, evidence: _Graph, mention: Mention) -> None:
        mandate = self.corpus.mandates[mention.mandate]
        text_hash = mandate.key.rpartition("/")[2]
        # Two things named by one phrase are two mentions; things that it may name are the bodies of one.
        groups = [(target,) for target in mention.targets] if mention.outcome == "resolved" else [mention.targets]
        for targets in groups:
            suffix = targets[0] if mention.outcome == "resolved" else mention.outcome
            subject = f"<{self.iris.mention(text_hash, mention.span.start, mention.span.end, suffix)}>"
            evidence.types(subject, "mg:Mention", "oa:Annotation")
            evidence.texts(subject, "rdfs:label", {mandate.language: f"“{shorten(mention.quote)}”"})
            evidence.add(subject, "oa:motivatedBy", "<http://www.w3.org/ns/oa#identifying>")
            evidence.add(subject, "mg:quote", literal(mention.quote))
            evidence.add(subject, "mg:start", _integer(mention.span.start))
            evidence.add(subject, "mg:end", _integer(mention.span.end))
            evidence.add(subject, "mg:outcome", self._kind("outcome", mention.outcome))
            evidence.add(subject, "oa:hasBody", *map(self._target, targets))
            evidence.add(subject, "oa:hasTarget", self._selection(evidence, mandate, mention.span))
            self._inference(evidence, subject, self.authorities.rules[mention.rule])
            for capture, span in evidence_of(mention, self.by_mandate[mandate.key], mandate.text):
                evidence.add(subject, "prov:wasDerivedFrom", f"<{self.iris.characters(capture, span.start, span.end)}>")
            if mention.outcome == "resolved":
                derived.add(self._thing("mandate", mandate.key), "eli:refers_to", *map(self._target, targets))

    def _selection(self, graph: _Graph, mandate: Mandate, span: Span) -> str:
        """The quoted words as a specific resource (Web Annotation Data Model §4), with both usual selectors."""
        key = self.iris.thing("selection", mandate.key.rpartition("/")[2], f"{span.start}-{span.end}")
        subject, position, quote = f"<{key}>", f"<{key}/position>", f"<{key}/quote>"
        graph.types(subject, "oa:SpecificResource")
        graph.add(subject, "oa:hasSource", self._expression(mandate))
        graph.add(subject, "oa:hasSelector", position, quote)
        graph.types(position, "oa:TextPositionSelector")
        graph.add(position, "oa:start", _integer(span.start))
        graph.add(position, "oa:end", _integer(span.end))
        graph.types(quote, "oa:TextQuoteSelector")
        graph.add(quote, "oa:exact", literal(span.cut(mandate.text)))
        graph.add(quote, "oa:prefix", literal(mandate.text[max(0, span.start - _CONTEXT_LENGTH) : span.start]))
        graph.add(quote, "oa:suffix", literal(mandate.text[span.end : span.end + _CONTEXT_LENGTH]))
        return subject

    def _claim(self, derived: _Graph, evidence: _Graph, claim: Claim) -> None:
        subject = self._thing("mandate", claim.subject)
        predicate = self.terms[_RELATIONS[claim.relation]]
        target = self._thing("mandate", claim.object) if claim.relation == "chapeau" else self._target(claim.object)
        derived.add(subject, _RELATIONS[claim.relation], target)
        node = f"<{self.iris.claim(subject, predicate, target)}>"
        evidence.types(node, "mg:Claim", "rdf:Statement")
        evidence.texts(
            node, "rdfs:label", {"en": f"{claim.relation.replace('_', ' ')}: {claim.subject} → {claim.object}"}
        )
        evidence.add(node, "rdf:subject", subject)
        evidence.add(node, "rdf:predicate", predicate)
        evidence.add(node, "rdf:object", target)
        for capture, span in claim.evidence:
            evidence.add(node, "prov:wasDerivedFrom", f"<{self.iris.characters(capture, span.start, span.end)}>")
        self._inference(evidence, node, self.authorities.rules[claim.rule])

    # The dataset's description of itself; its own triples are not counted in its figures

    def _meta(self, content: Iterable[_Graph]) -> _Graph:
        graph, config = self._graph("meta"), self.config
        dataset = f"<{config.base}dataset>"
        version = f"<{config.base}dataset/{config.version}>"
        publisher = f"<{config.publisher}>"
        graph.types(publisher, "foaf:Agent")
        graph.texts(publisher, "rdfs:label", config.publisher_name)
        union = {quad[:3] for part in content for quad in part.quads}
        for subject in (dataset, version):
            graph.types(subject, "dcat:Dataset", "void:Dataset", "schema:Dataset")
            graph.texts(subject, "rdfs:label", config.title)
            graph.texts(subject, "dcterms:title", config.title)
            graph.texts(subject, "dcterms:description", config.description)
            graph.texts(subject, "dcterms:rights", config.rights)
            graph.add(subject, "dcterms:license", f"<{config.license}>")
            graph.add(subject, "dcterms:publisher", publisher)
            graph.add(subject, "dcterms:issued", _date(config.issued))
            graph.add(subject, "dcterms:modified", _date(config.modified))
        graph.add(dataset, "dcat:hasVersion", version)
        graph.add(version, "dcat:version", literal(config.version))
        graph.add(version, "void:uriSpace", literal(config.base))
        graph.add(version, "void:triples", _integer(len(union)))
        rdf_type = self.terms["rdf:type"]
        classes = Counter(o for s, p, o in union if p == rdf_type and o.startswith(f"<{MG}"))
        for name, count in classes.items():
            local = name[len(MG) + 1 : -1]
            part = f"<{config.base}dataset/{config.version}/class/{local}>"
            graph.types(part, "void:Dataset")
            graph.texts(part, "rdfs:label", {"en": f"instances of {local}"})
            graph.add(part, "void:class", name)
            graph.add(part, "void:entities", _integer(count))
            graph.add(version, "void:classPartition", part)
        return graph


def shorten(text: str) -> str:
    """A label from a text: its first words, at most eighty characters."""
    line = " ".join(text.split())
    if len(line) <= _LABEL_LENGTH:
        return line
    return line[: _LABEL_LENGTH - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"


def _plain(text: str) -> str:
    return literal(text) if text else ""


def _iri(address: str) -> str:
    """An address as an IRI; what no IRI may hold (RFC 3987 §2.2) is percent-encoded."""
    if not address:
        return ""
    return "<" + re.sub(r'[\x00-\x20<>"{}|\\^`]', lambda match: f"%{ord(match.group()):02X}", address) + ">"


def _integer(number: int) -> str:
    return literal(str(number), datatype=f"{_XSD}integer")


def _date(text: str) -> str:
    """A date, a month or a year, each with the datatype that it has the precision for."""
    if not text:
        return ""
    return literal(text, datatype=_XSD + {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)])
