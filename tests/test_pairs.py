"""The same paragraph in two languages: paired by evidence, counted once, never across documents."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, page_text
from mandate_graph.authorities import Authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.model import Capture, Corpus
from mandate_graph.parse import PageReader
from mandate_graph.resolve import resolve
from mandate_graph.sources import read_captures
from mandate_graph.sparql import NamedQuery, Result

PAIRS = ROOT / "tests" / "pairs"


@pytest.fixture(scope="module")
def reader(authorities: Authorities) -> PageReader:
    return PageReader(authorities)


@pytest.fixture(scope="module")
def finder(authorities: Authorities) -> MentionFinder:
    return MentionFinder(authorities)


def ask(build: Path, query: str) -> Result:
    return mg.open(build).run(NamedQuery.read("test", query))


def twins(corpus: Corpus) -> dict[tuple[str, str], str]:
    """Texts of the paired paragraphs, with the rule that paired them."""
    return {
        (corpus.mandates[claim.subject].text, corpus.mandates[claim.object].text): claim.rule
        for claim in corpus.claims
        if claim.relation == "same-paragraph"
    }


def read(reader: PageReader, finder: MentionFinder, **pages: str) -> Corpus:
    captures = [
        Capture(page=name, text=text, sha256=f"{place + 1}".ljust(64, "0"), size=len(text), name=f"{name}.txt")
        for place, (name, text) in enumerate(pages.items())
    ]
    return resolve([reader.read(capture) for capture in captures], finder)


@pytest.mark.parametrize("path", sorted(PAIRS.glob("*.twins.csv")), ids=lambda path: path.name.split(".")[0])
def test_pages_of_one_stem_are_paired(
    path: Path, reader: PageReader, finder: MentionFinder, authorities: Authorities
) -> None:
    """Every twin that a person marked is found, and no other: also where one page is older, or lacks an item."""
    stem = path.name.split(".")[0]
    files = [ROOT / "tests" / "pages" / f"{stem}{suffix}.txt" for suffix in ("", "_sp")]
    captures = read_captures(files, authorities.languages)
    corpus = resolve([reader.read(found) for found in captures if isinstance(found, Capture)], finder)
    order: dict[tuple[str, str], int] = {}
    for occurrence in corpus.occurrences:
        order.setdefault((occurrence.page, occurrence.mandate), occurrence.order)
    found = {
        (order[stem, claim.subject], order[f"{stem}_sp", claim.object])
        for claim in corpus.claims
        if claim.relation == "same-paragraph"
    }
    with path.open(encoding="utf-8", newline="") as file:
        assert found == {(int(row["en_n"]), int(row["es_n"])) for row in csv.DictReader(file)}
    listed = {(occurrence.page, occurrence.order) for occurrence in corpus.occurrences}
    paired = {(stem, one) for one, _ in found} | {(f"{stem}_sp", other) for _, other in found}
    reported = {(problem.page, problem.line) for problem in corpus.problems if problem.kind == "pair"}
    lines = {(occurrence.page, occurrence.order): occurrence.listing.line for occurrence in corpus.occurrences}
    assert reported == {(page, lines[page, number]) for page, number in listed - paired}


EN = "  1. {} (Plan of Action Québec, 2001)."
ES = "  1. {} (Plan de Acción de Quebec, 2001)."


def test_an_official_number_pairs_across_pages(reader: PageReader, finder: MentionFinder) -> None:
    corpus = read(
        reader,
        finder,
        sec=page_text("  • 2.8 Count birds. (Plan of Action Miami, 1994)."),
        hr_sp=page_text("  • 2.8 Contarán aves. (Plan de Acción de Miami, 1994).", language="es"),
    )
    assert twins(corpus) == {("Count birds.", "Contarán aves."): "pair-by-label"}


def test_unequal_official_numbers_never_pair(reader: PageReader, finder: MentionFinder) -> None:
    corpus = read(
        reader,
        finder,
        hr=page_text("  • 2.8 Count 20 birds. (Plan of Action Miami, 1994)."),
        hr_sp=page_text("  • 2.9 Contarán 20 aves. (Plan de Acción de Miami, 1994).", language="es"),
    )
    assert twins(corpus) == {}


def test_nothing_pairs_across_documents(reader: PageReader, finder: MentionFinder) -> None:
    corpus = read(
        reader,
        finder,
        hr=page_text("  1. Promote 20 programs of education. (Plan of Action Québec, 2001)."),
        hr_sp=page_text("  1. Promover 20 programas de educación. (Declaración de Québec, 2001).", language="es"),
    )
    assert twins(corpus) == {}
    assert [problem.page for problem in corpus.problems if problem.kind == "pair"] == ["hr", "hr_sp"]


def test_the_place_alone_pairs_only_between_equals(reader: PageReader, finder: MentionFinder) -> None:
    english = page_text(EN.format("Walk."), EN.format("Swim in warm lakes."))
    both = page_text(ES.format("Andar."), ES.format("Nadar en lagos tibios."), language="es")
    corpus = read(reader, finder, hr=english, hr_sp=both)
    assert set(twins(corpus).values()) == {"pair-by-position"}
    assert len(twins(corpus)) == 2
    assert twins(read(reader, finder, hr=english, hr_sp=page_text(ES.format("Leer."), language="es"))) == {}


def test_another_language_is_a_matter_of_rows(tmp_path: Path) -> None:
    """A French title in the table, and French pages are read and paired."""
    house = tmp_path / "house"
    documents = house / "sources" / "documents"
    documents.mkdir(parents=True)
    (house / "sources" / "house.toml").write_bytes((ROOT / "sources/house.toml").read_bytes())
    tables = house / "sources" / "authorities"
    tables.mkdir()
    for path in (ROOT / "sources/authorities").iterdir():
        (tables / path.name).write_bytes(path.read_bytes())
    rows = list(csv.DictReader((tables / "documents.csv").read_text(encoding="utf-8").splitlines()))
    with (tables / "documents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "cited_fr"])
        writer.writeheader()
        cited = {"2001-quebec-plan-of-action": "Plan d’action de Québec, 2001"}
        writer.writerows({**row, "cited_fr": cited.get(row["key"], "")} for row in rows)
    (documents / "hr.txt").write_text(page_text(EN.format("Promote 20 programs of education.")))
    (documents / "hr_fr.txt").write_text(
        "  1. Promouvoir 20 programmes d’éducation. (Plan d’action de Québec, 2001).\n"
    )
    done = mg.build(house=house, out=tmp_path / "build")
    assert [pair["languages"] for pair in done.report.data["review"]["pairs"]] == [["en", "fr"]]


def test_a_pair_is_a_claim_that_leads_to_its_evidence(bilingual: Path) -> None:
    rows = ask(
        bilingual,
        """PREFIX mg: <https://w3id.org/mandate-graph/ns#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?claim (COUNT(DISTINCT ?characters) AS ?evidence) (COUNT(DISTINCT ?back) AS ?both) {
          ?claim rdf:predicate mg:sameParagraphAs ; rdf:subject ?one ; rdf:object ?other ; mg:confidence ?confidence .
          ?claim prov:wasDerivedFrom ?characters . ?one mg:sameParagraphAs ?other . ?other mg:sameParagraphAs ?back
          FILTER ( ?back = ?one ) } GROUP BY ?claim""",
    )
    assert len(rows) == 17
    assert {(row.evidence, row.both) for row in rows} == {(2, 1)}


def test_counts_follow_the_pair(bilingual: Path) -> None:
    counts = json.loads((bilingual / "report.json").read_text())["counts"]
    assert counts["distinct_items"] - counts["paragraphs"] == 17
    rows = mg.open(bilingual).query("theme-overlap")
    assert len(rows) == 0
    per_theme = mg.open(bilingual).query("mandates-per-theme-and-summit")
    dem = sum(row.mandates for row in per_theme if str(row.theme).endswith("democracy/trans"))
    assert dem == 11


WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "12", "2015", "OEA", "delta"]), min_size=1, max_size=6).map(
    " ".join
)


@given(st.lists(WORDS, max_size=6, unique=True), st.lists(WORDS, max_size=6, unique=True))
def test_pairs_are_one_to_one_and_in_one_document(
    reader: PageReader, finder: MentionFinder, english: list[str], spanish: list[str]
) -> None:
    if not english or not spanish:
        return
    corpus = read(
        reader,
        finder,
        hr=page_text(*(EN.format(f"Do {text}.") for text in english)),
        hr_sp=page_text(*(ES.format(f"Haz {text}.") for text in spanish), language="es"),
    )
    claims = [claim for claim in corpus.claims if claim.relation == "same-paragraph"]
    for end in ("subject", "object"):
        keys = [getattr(claim, end) for claim in claims]
        assert len(keys) == len(set(keys))
    for claim in claims:
        one, other = corpus.mandates[claim.subject], corpus.mandates[claim.object]
        assert one.document == other.document
        assert (one.language, other.language) == ("en", "es")
