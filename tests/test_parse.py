"""Pages are read without loss: the two real ones against what is known of them, invented ones against their expected reading."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, page_text
from mandate_graph.authorities import Authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.containers import SUFFIXES
from mandate_graph.dataset import Graph
from mandate_graph.errors import UnreadablePage
from mandate_graph.model import Capture, Page, Span
from mandate_graph.parse import PageReader
from mandate_graph.parse.reading import read
from mandate_graph.resolve import resolve
from mandate_graph.score import score
from mandate_graph.sources import read_captures

CASES = ROOT / "tests" / "pages"


def capture(text: str, page: str = "page", **given: str) -> Capture:
    return Capture(page=page, text=text, sha256="0" * 64, size=len(text), name=f"{page}.txt", **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def reader(authorities: Authorities) -> PageReader:
    return PageReader(authorities)


@pytest.fixture(scope="module")
def pages(reader: PageReader) -> dict[str, Page]:
    documents = ROOT / "sources" / "documents"
    return {
        stem: reader.read(capture((documents / f"{stem}.txt").read_bytes().decode(), stem, theme=theme, language="en"))
        for stem, theme in (("mig", "migration"), ("mig_hr", "migration/migrant-human-rights"))
    }


def whole(page: Page) -> bool:
    """The pieces, put together, are the file."""
    return "".join(piece.span.cut(page.capture.text) for piece in page.pieces) == page.capture.text


# The two real pages, as counted on them


def test_list_items(pages: dict[str, Page]) -> None:
    assert len(pages["mig_hr"].listings) == 14
    assert len(pages["mig"].listings) == 38
    markers = Counter(listing.marker for page in pages.values() for listing in page.listings)
    assert markers == {"1.": 48, "•": 4}


def test_citations_and_labels(pages: dict[str, Page]) -> None:
    listings = [listing for page in pages.values() for listing in page.listings]
    assert sum(bool(listing.citation) for listing in listings) == 51
    assert all(listing.document for listing in listings if listing.citation)
    assert len({(listing.document, listing.printed_section) for listing in pages["mig_hr"].listings}) == 10
    assert (
        len({(listing.document, listing.printed_section) for listing in pages["mig"].listings if listing.citation})
        == 14
    )
    assert [listing.label for listing in pages["mig"].listings if listing.label] == ["f", "33", "2.8"]
    assert [listing.printed_label for listing in pages["mig"].listings if listing.label] == [
        "f.",
        "Initiative 33",
        "2.8",
    ]
    assert [listing.label for listing in pages["mig_hr"].listings if listing.label] == ["2.8"]


def test_every_character_is_accounted_for(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert whole(page)
        assert not [piece for piece in page.pieces if piece.kind == "unread"]
        assert page.problems == ()


def test_the_inline_enumeration_is_kept_whole(pages: dict[str, Page]) -> None:
    (listing,) = [listing for listing in pages["mig"].listings if "1) provide" in listing.text]
    assert all(f"{number})" in listing.text for number in range(1, 8))
    assert listing.text.endswith("identity of all migrants.")


def test_the_golden_table(dataset: Graph, request: pytest.FixtureRequest) -> None:
    """Every cell of every listing, read once by a person against the pages."""
    path = ROOT / "tests" / "golden" / "occurrences.csv"
    found = dataset.table("occurrences")
    if request.config.getoption("--golden"):
        path.write_text(found)
    assert found == path.read_text()


def test_the_table_has_the_promised_columns(dataset: Graph) -> None:
    header = "page,n,line,marker,label,kind,theme,subtheme,language,document,section,citation,attribution,mandate,text"
    assert dataset.table("occurrences").splitlines()[0] == header


def test_fourteen_are_among_the_thirty_eight(dataset: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(dataset.table("occurrences"))))
    one, other = ({row["mandate"] for row in rows if row["page"] == page} for page in ("mig_hr", "mig"))
    assert (len(rows), len(one), len(other), len(one | other)) == (52, 14, 38, 38)


# Invented pages: each file with its expected reading beside it


PAGES = [path for path in sorted(CASES.rglob("*.*")) if path.suffix in SUFFIXES]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(CASES).as_posix())
def test_invented_pages(path: Path, reader: PageReader, authorities: Authorities) -> None:
    """Every page reads as a person wrote down beside it; ``.problems`` lists kind and line of what is reported."""
    sheet = score(path, house=ROOT)
    assert [str(difference) for difference in sheet.differences] == []
    assert sheet.is_perfect
    assert sheet.pages == 1
    (found,) = read_captures([path], authorities.languages)
    assert isinstance(found, Capture)
    corpus = resolve([reader.read(found)], MentionFinder(authorities))
    assert whole(corpus.pages[0])
    reported = [f"{problem.kind} {problem.line}" for problem in corpus.problems]
    problems = path.parent / f"{path.name}.problems"
    assert reported == (problems.read_text(encoding="utf-8").splitlines() if problems.exists() else [])


def test_the_corpus_is_large_and_speaks_two_languages() -> None:
    assert len(PAGES) >= 60
    assert sum(path.stem.endswith("_sp") for path in PAGES) >= 25
    assert {path.suffix for path in PAGES} >= {".txt", ".html", ".md"}


def test_open_citations_are_in_the_report(tmp_path: Path) -> None:
    page = tmp_path / "ed.txt"
    page.write_text(
        page_text(
            "  1. Read. (Plan of Action Santiago, 2001).",
            "  1. Write. (Commitment, Los Angeles, 2022).",
            "  1. Count. (Plan of Action Santiago, 1998).",
        )
    )
    citations = mg.build(page, out=tmp_path / "out", house=ROOT).report.data["citations"]
    (unknown,), (several,) = citations["unresolved"], citations["ambiguous"]
    assert (unknown["page"], unknown["line"], unknown["citation"]) == ("ed", 6, "Plan of Action Santiago, 2001")
    assert "Plan of Action Santiago, 1998" in unknown["closest"]
    assert (several["line"], len(several["candidates"])) == (8, 5)


# What is common to all pages


LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "  1. Promote reading. (Plan of Action Québec, 2001).", "    • f. open libraries; (Lima Commitment. Peru, 2018)",
                "  1. Act on this, and to:", "    *The United States notes this.", "MIGRATION: Health", "2", "   ", "\u00a0", "_____",
                "© Summits of the Americas", "• 2.8 Count. (Plan of Action Miami, 1994).*", "  Initiative 33 Plant.", "(1998)", "((((",
                "    1. one", "      two (Declaration of Québec, 2001).", "\t\t• c. tabs", "MANDATES", ") (", "*", "1.", "•",
            ]
        ),
    ),
    max_size=12,
)  # fmt: skip


@given(LINES, st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
def test_no_character_is_lost_on_any_page(reader: PageReader, lines: list[str], ending: str) -> None:
    text = ending.join(lines)
    try:
        page = reader.read(capture(text))
    except UnreadablePage:
        return
    assert whole(page)
    for listing in page.listings:
        assert listing.text_span.cut(text) == listing.text
        assert listing.text.strip()
        if listing.citation_span:
            assert listing.citation_span.start >= listing.text_span.end
        if listing.parent is not None:
            assert page.listings[listing.parent].line <= listing.line
    assert [listing.line for listing in page.listings] == sorted(listing.line for listing in page.listings)


@given(st.text(max_size=80))
def test_readings_lead_back_to_their_source(text: str) -> None:
    reading = read(text, Span(0, len(text)))
    assert len(reading.origin) == len(reading.text) + 1
    assert list(reading.origin) == sorted(reading.origin)
    assert "".join(reading.text.split()).replace("’", "") == "".join(
        char for char in "".join(text.split()) if char not in "\u200b\ufeff"
    ).replace("’", "") or any(char in text for char in "´`")
    for place, char in enumerate(reading.text):
        source = text[reading.origin[place]]
        assert char == source or char in " ’"


def test_readings_mend_noise_and_nothing_else() -> None:
    text = "the  country´s\u00a0roads , and\n    bridges ; 3.5 .5 (so )"
    assert read(text, Span(0, len(text))).text == "the country’s roads, and bridges; 3.5 .5 (so)"


@pytest.mark.parametrize(
    ("text", "page", "given", "language"),
    [
        (page_text("  1. Leer. (Plan de Acción de Santiago, 1998).", language="es"), "ed", {}, "es"),
        ("  1. Leer. (Plan de Acción de Santiago, 1998).", "ed", {}, "es"),
        ("  1. Read. (Plan of Action Santiago, 1998).", "ed", {}, "en"),
        ("  1. Leer.", "ed_sp", {}, "es"),
        ("  1. Ler.", "ed", {"language": "pt"}, "pt"),
        ("  1. Read.", "ed", {}, ""),
    ],
)
def test_language(reader: PageReader, text: str, page: str, given: dict[str, str], language: str) -> None:
    assert reader.read(capture(text, page, **given)).language == language


ITEM = "  1. Read. (Plan of Action Santiago, 1998)."


@pytest.mark.parametrize(
    ("heading", "page", "theme", "key", "found", "labels"),
    [
        (
            "MIGRATION: Migrant Human Rights",
            "x",
            "",
            "migration/migrant-human-rights",
            "heading",
            ("MIGRATION", "Migrant Human Rights"),
        ),
        (
            "Migration: Migrant human rights",
            "x",
            "",
            "migration/migrant-human-rights",
            "heading",
            ("Migration", "Migrant human rights"),
        ),
        ("HEALTH: Clean Hands", "x", "", "health/clean-hands", "heading", ("HEALTH", "Clean Hands")),
        ("SPACE TRAVEL", "x", "", "space-travel", "heading", ("SPACE TRAVEL", "")),
        ("", "mig_hr", "", "migration/migrant-human-rights", "stem", ("MIGRATION", "Migrant Human Rights")),
        ("", "mig_hr_sp", "", "migration/migrant-human-rights", "stem", ("MIGRACIÓN", "Migrant Human Rights")),
        ("", "health_xyz", "", "health", "stem", ("HEALTH", "")),
        ("EDUCATION: Literacy", "ed_lit", "", "education/lit", "heading", ("EDUCATION", "Literacy")),
        ("EDUCACIÓN: Alfabetización", "ed_lit_sp", "", "education/lit", "heading", ("EDUCACIÓN", "Alfabetización")),
        ("", "xyz", "", "", "unknown", ("", "")),
        ("", "xyz", "democracy/corruption", "democracy/corruption", "manifest", ("DEMOCRACY", "Corruption")),
        (
            "JUSTICE AND RULE OF LAW: Corruption",
            "x",
            "",
            "justice/corruption",
            "heading",
            ("JUSTICE AND RULE OF LAW", "Corruption"),
        ),
        ("HEALTH", "x", "migration", "migration", "manifest", ("MIGRATION", "")),
    ],
)
def test_theme(
    reader: PageReader, heading: str, page: str, theme: str, key: str, found: str, labels: tuple[str, str]
) -> None:
    read_page = reader.read(capture(f"{heading}\n\n{ITEM}", page, theme=theme))
    assert (read_page.theme, read_page.theme_from) == (key, found)
    assert (read_page.theme_label, read_page.subtheme_label) == labels
    assert whole(read_page)
