"""What the graph says: five mandates against the page, the closed vocabulary, and four formats that say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SKOS

from conftest import ROOT
from mandate_graph.dataset import Graph
from mandate_graph.engine import parse_quads
from mandate_graph.house import House
from mandate_graph.terms import load_terms
from mandate_graph.write import FORMATS

MG = rdflib.Namespace("https://w3id.org/mandate-graph/ns#")
ELI = rdflib.Namespace("http://data.europa.eu/eli/ontology#")
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
SCHEMA = rdflib.Namespace("https://schema.org/")
BASE = "https://w3id.org/mandate-graph/"


@pytest.fixture(scope="module")
def graph(built: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(built / "mandates.ttl")


def mandate(graph: rdflib.Graph, beginning: str) -> rdflib.URIRef:
    """The one mandate whose text begins so."""
    found = {
        graph.value(expression, ELI.realizes)
        for expression, text in graph.subject_objects(SCHEMA.text)
        if (expression, RDF.type, ELI.Expression) in graph and str(text).startswith(beginning)
    }
    assert len(found) == 1
    return rdflib.URIRef(str(found.pop()))


def thing(key: str) -> rdflib.URIRef:
    return rdflib.URIRef(f"{BASE}id/{key}")


# Beginning of the text, where it comes from, kind, official number, themes, what it names, listings.
FIVE = [
    (
        "Seek full respect for, and compliance with, the 1963 Vienna Convention",
        "document/1998-santiago-plan-of-action", "mandate", None, {"migration"}, {"instrument/vccr-1963"}, 1,
    ),
    (
        "To strengthen programs to prevent and fight illicit smuggling",
        "section/2015-panama-mandates-for-action/migration", "mandate", None, {"migration"},
        {"instrument/untoc-2000", "instrument/trafficking-protocol-2000", "instrument/smuggling-protocol-2000"}, 1,
    ),
    (
        "Analyze the applicability of exclusion", "document/2022-los-angeles-democratic-governance", "sub-item", None,
        {"migration"}, set(), 1,
    ),
    (
        "Guarantee the protection of the human rights of all migrant workers", "document/1994-miami-plan-of-action", "mandate",
        "2.8", {"migration", "migration/migrant-human-rights"}, set(), 2,
    ),
    (
        "We underscore the importance of cooperation between countries of origin", "document/2004-nuevo-leon-declaration",
        "mandate", None, {"migration", "migration/migrant-human-rights"}, {"summit/1998-santiago", "summit/2001-quebec"}, 2,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("beginning", "place", "kind", "number", "themes", "named", "listings"), FIVE)
def test_five_mandates_as_the_pages_print_them(
    graph: rdflib.Graph,
    beginning: str,
    place: str,
    kind: str,
    number: str | None,
    themes: set[str],
    named: set[str],
    listings: int,
) -> None:
    subject = mandate(graph, beginning)
    assert set(graph.objects(subject, ELI.is_part_of)) == {thing(place)}
    assert set(graph.objects(subject, ELI.type_subdivision)) == {thing(f"kind/subdivision/{kind}")}
    assert [str(value) for value in graph.objects(subject, ELI.number)] == ([number] if number else [])
    assert set(graph.objects(subject, rdflib.DCTERMS.subject)) == {thing(f"theme/{theme}") for theme in themes}
    assert set(graph.objects(subject, ELI.refers_to)) == {thing(target) for target in named}
    expression = graph.value(subject, ELI.is_realized_by)
    assert len(set(graph.subjects(MG.occurrenceOf, expression))) == listings


def test_chapeau_of_the_sub_item_is_printed_and_governed(graph: rdflib.Graph) -> None:
    child = mandate(graph, "Analyze the applicability")
    chapeau = mandate(graph, "Adopt appropriate measures")
    assert set(graph.objects(child, MG.chapeau)) == {chapeau}
    occurrence = graph.value(None, MG.occurrenceOf, graph.value(chapeau, ELI.is_realized_by))
    assert graph.value(occurrence, MG.attribution) == thing("kind/attribution/governed")


def test_chapeaux_by_position_are_claims_with_evidence(graph: rdflib.Graph) -> None:
    member = mandate(graph, "Promote recognition of the value of close cooperation")
    chapeau = mandate(graph, "Reaffirming the commitments made in 1998")
    assert set(graph.objects(member, MG.chapeau)) == {chapeau}
    claim = next(claim for claim in graph.subjects(RDF.subject, member) if graph.value(claim, RDF.object) == chapeau)
    assert str(graph.value(claim, MG.confidence)) == "0.6"
    # Both pages show it: each gives the characters of the chapeau and of the member.
    assert len(set(graph.objects(claim, PROV.wasDerivedFrom))) == 4


def test_the_footnote(graph: rdflib.Graph) -> None:
    notes = list(graph.subjects(RDF.type, MG.Footnote))
    assert len(notes) == 2
    for note in notes:
        assert graph.value(note, MG.statedBy) == thing("country/us")
        assert graph.value(note, rdflib.DCTERMS.type) == thing("kind/footnote/statement-on-language")
        assert str(graph.value(note, SCHEMA.text)).startswith("The United States notes that")
        assert graph.value(note, OA.hasTarget) == mandate(graph, "To strengthen constructive dialogue")


def test_a_mention_leads_to_its_characters(graph: rdflib.Graph, built: Path) -> None:
    """Every piece of evidence, cut from the file, is the quote but for white space."""
    report = json.loads((built / "report.json").read_text())
    files = {page["sha256"][:12]: (ROOT / "sources/documents" / page["file"]).read_text() for page in report["pages"]}
    checked = 0
    for mention in graph.subjects(RDF.type, MG.Mention):
        quote = str(graph.value(mention, MG.quote))
        for evidence in graph.objects(mention, PROV.wasDerivedFrom):
            match = re.search(r"capture/([0-9a-f]{12})#char=(\d+),(\d+)$", str(evidence))
            assert match is not None
            cut = files[match[1]][int(match[2]) : int(match[3])]
            assert re.sub(r"\s", "", cut) == re.sub(r"\s", "", quote)
            checked += 1
    assert checked >= 24


def test_mentions_are_web_annotations(graph: rdflib.Graph) -> None:
    """Both selectors say the same as the flat properties (Web Annotation Data Model §4.2.4, §4.2.5)."""
    for mention in graph.subjects(RDF.type, MG.Mention):
        selection = graph.value(mention, OA.hasTarget)
        text = str(graph.value(graph.value(selection, OA.hasSource), SCHEMA.text))
        start, end = (int(str(graph.value(mention, name))) for name in (MG.start, MG.end))
        assert text[start:end] == str(graph.value(mention, MG.quote))
        for selector in graph.objects(selection, OA.hasSelector):
            if (selector, RDF.type, OA.TextPositionSelector) in graph:
                assert int(str(graph.value(selector, OA.start))) == start
            else:
                around = "".join(str(graph.value(selector, name)) for name in (OA.prefix, OA.exact, OA.suffix))
                assert around in text


def test_no_blank_nodes(dataset: Graph) -> None:
    assert [quad for quad in dataset.quads() if any(term.startswith("_:") for term in quad)] == []


def test_all_formats_say_the_same(dataset: Graph, built: Path, tmp_path: Path) -> None:
    triples = {quad[:3] for quad in dataset.quads()}
    for name in ("mandates.ttl", "mandates.jsonld"):
        assert {quad[:3] for quad in parse_quads(built / name)} == triples
    for name, extension in (
        ("turtle", ".ttl"),
        ("jsonld", ".jsonld"),
        ("ntriples", ".nt"),
        ("trig", ".trig"),
        ("nquads", ".nq"),
        ("rdfxml", ".rdf"),
    ):
        path = tmp_path / f"mandates{extension}"
        path.write_bytes(dataset.export(name))
        parsed = set(parse_quads(path))
        assert {quad[:3] for quad in parsed} == triples
        if extension in {".trig", ".nq"}:
            assert parsed == set(dataset.quads())
    assert set(FORMATS) == {"turtle", "jsonld", "ntriples", "trig", "nquads", "rdfxml"}


def test_rdflib_reads_what_we_write(dataset: Graph, built: Path) -> None:
    """A second, unrelated parser."""
    count = len({quad[:3] for quad in dataset.quads()})
    assert len(rdflib.Graph().parse(built / "mandates.ttl")) == count
    assert len(rdflib.Graph().parse(built / "mandates.jsonld", format="json-ld")) == count


def test_exports_are_the_files_of_the_build(dataset: Graph, built: Path) -> None:
    assert dataset.export("nquads") == (built / "mandates.nq").read_bytes()
    assert dataset.export("turtle") == (built / "mandates.ttl").read_bytes()
    assert dataset.export("jsonld") == (built / "mandates.jsonld").read_bytes()


def test_words_are_closed_and_used(graph: rdflib.Graph, house: House, bilingual: Path) -> None:
    """Every term that is used is declared, every own term is used, and every guest is met somewhere."""
    declared = {rdflib.URIRef(term[1:-1]) for term in load_terms(house.ontology).declared.values()}
    other = rdflib.Graph().parse(bilingual / "mandates.ttl")
    used = {term for each in (graph, other) for term in (*each.predicates(), *each.objects(None, RDF.type))}
    assert used <= declared
    alignments = set(graph.objects(None, RDFS.subClassOf)) | set(graph.objects(None, RDFS.subPropertyOf))
    ranges = set(graph.objects(None, RDFS.range)) | set(graph.objects(None, RDFS.domain))
    idle = {str(term) for term in declared} - {str(term) for term in used | alignments | ranges}
    assert idle == set()


def test_own_terms_are_described(graph: rdflib.Graph) -> None:
    for term in {s for s in graph.subjects() if str(s).startswith(str(MG))}:
        languages = {label.language for label in graph.objects(term, RDFS.label) if isinstance(label, rdflib.Literal)}
        assert {"en", "es"} <= languages, term
        assert graph.value(term, SKOS.definition), term


def test_every_property_has_a_term_in_the_context(graph: rdflib.Graph, house: House) -> None:
    terms = load_terms(house.ontology)
    known = set()
    for definition in terms.context.values():
        if isinstance(definition, dict):
            prefix, _, local = definition["@id"].partition(":")
            known.add(rdflib.URIRef(terms.prefixes[prefix] + local))
    assert set(graph.predicates()) - {RDF.type} <= known


def test_figures_are_counted(graph: rdflib.Graph, dataset: Graph) -> None:
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    version = rdflib.URIRef(f"{BASE}dataset/0.1.0")
    content = {quad[:3] for quad in dataset.quads() if not quad[3].endswith("graph/meta>")}
    assert int(str(graph.value(version, void.triples))) == len(content)
    for part in graph.objects(version, void.classPartition):
        members = set(graph.subjects(RDF.type, graph.value(part, void["class"])))
        assert int(str(graph.value(part, void.entities))) == len(members)


def test_sources_alone_hold_no_inference(dataset: Graph) -> None:
    """What a rule inferred stands in `derived`, and nowhere else."""
    refers = f"<{ELI.refers_to}>"
    assert {quad[3] for quad in dataset.quads() if quad[1] == refers} == {f"<{BASE}graph/derived>"}
