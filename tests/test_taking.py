"""What is taken away from the search page is the selection that it shows, and nothing in it is a command to anything."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

import mandate_graph as mg
from browser import ROOT, UNDER, serving
from conftest import page_text
from mandate_graph.dataset import Graph
from mandate_graph.engine import parse_triples
from mandate_graph.publish import publish
from searching import found, rows_of, search, taken

BASE = "https://w3id.org/mandate-graph/"
QUEBEC = "2001-quebec"
SELECTIONS = [
    "",
    "theme=democracy",
    "theme=democracy&theme=disaster-management/ews&summit=2022-los-angeles",
    f"summit={QUEBEC}&summit=1994-miami&language=es",
    "document=2001-quebec-plan-of-action&kind=mandate",
    "kind=chapeau&kind=sub-item",
    "body=oas",
    "instrument=att-2013&instrument=udhr-1948",
    "year=2001&year=2022&language=en",
    "q=sail",
    "q=publicos&language=es",
    "q=%22every+primary+school%22",
]
WRITTEN = ["summit=nowhere%3E+%7D+DROP+ALL", "language=en%22+.+%7D%23"]
"""Values that would like to be the end of an IRI, of a string, of a pattern."""


@pytest.fixture(scope="module")
def graph(bilingual: Path) -> Graph:
    return mg.open(bilingual)


def mandates_of(graph: Graph, query: str) -> set[str]:
    return {str(row[0]) for row in graph.query(query)}


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_query_gives_the_mandates_that_the_page_has_found(
    page: Page, site: str, graph: Graph, selection: str
) -> None:
    search(page, site, selection)
    assert found(page) > 0
    there = {row["mandate"] for row in rows_of(taken(page, "csv"))}
    query = taken(page, "rq")
    assert mandates_of(graph, query) == there
    assert page.locator("#query").input_value() == query
    assert ("VALUES ?mandate" in query) == ("q=" in selection)
    link = page.locator("[data-open]").get_attribute("href") or ""
    assert unquote(link.partition("#query=")[2]) == query
    if not selection:
        assert there == {row["mandate"] for row in csv.DictReader(io.StringIO(graph.table("mandates")))}


@pytest.fixture(scope="module")
def adrift(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A build with a mandate of which no page says where it comes from, and its site."""
    home = tmp_path_factory.mktemp("adrift")
    documents = home / "sources" / "documents"
    documents.mkdir(parents=True)
    shutil.copy(ROOT / "sources" / "house.toml", home / "sources")
    items = ["  1. Sail, as the OAS says (Plan of Action Québec, 2001).", "  2. Row, as the OAS says."]
    (documents / "ocean.txt").write_text(page_text(*items), encoding="utf-8")
    mg.build(out=home / "build", house=home)
    publish(home / "build", home / "site", "https://mandates.example/", ROOT)
    return home / "build", home / "site"


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        ("summit=-", {"Row, as the OAS says."}),
        ("document=-&document=2001-quebec-plan-of-action", {"Row, as the OAS says.", "Sail, as the OAS says"}),
        ("year=-&body=oas", {"Row, as the OAS says."}),
        ("year=-&summit=2001-quebec", set()),
    ],
)
def test_what_has_no_summit_can_be_chosen_too(
    page: Page, adrift: tuple[Path, Path], selection: str, words: set[str]
) -> None:
    build, folder = adrift
    with serving(folder) as site:
        search(page, site, selection)
        assert set(page.locator("#results .says").all_inner_texts()) == words
        if words:
            query = taken(page, "rq")
            assert {str(row.text) for row in mg.open(build).query(query)} == words


@pytest.mark.parametrize("selection", WRITTEN)
def test_an_address_that_anybody_wrote_cannot_change_the_query(
    page: Page, site: str, graph: Graph, selection: str
) -> None:
    search(page, site, f"kind=mandate&{selection}")
    assert found(page) == 0
    expect(page.locator("#chosen li")).to_have_count(2)
    query = page.evaluate(
        """async ([selection, script]) => {
          const worker = new Worker(script, {type: "module"});
          const ask = (id, kind, more) => new Promise((done) => {
            worker.onmessage = ({data}) => done(data.answer ?? data.failure); worker.postMessage({id, kind, ...more}); });
          await ask(1, "load", {address: new URL("../data/search.json", script).href, language: "en"});
          const facets = Object.fromEntries(["theme", "summit", "document", "kind", "instrument", "body", "year", "language"].map((f) => [f, new URLSearchParams(selection).getAll(f)]));
          return ask(2, "take", {asked: {q: "", facets, sort: ""}, form: "rq", head: ["x\\nSELECT"]});
        }""",
        [selection, f"{site}assets/search-worker.js"],
    )
    assert mandates_of(graph, query) == set()


def test_csv_is_the_table_of_mandates_with_citation_and_licence(page: Page, site: str, graph: Graph) -> None:
    search(page, site, f"summit={QUEBEC}")
    rows = rows_of(taken(page, "csv"))
    table = {row["mandate"]: row for row in csv.DictReader(io.StringIO(graph.table("mandates")))}
    assert len(rows) > 5
    for row in rows:
        assert row.pop("citation").endswith(row["mandate"])
        assert row.pop("licence") == "https://creativecommons.org/licenses/by/4.0/"
        assert row == table[row["mandate"]]


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_the_files_of_mandates_are_joined_and_say_where_they_come_from(
    page: Page, site: str, published: Path, form: str
) -> None:
    search(page, site, "theme=democracy&language=es")
    there = [row["mandate"] for row in rows_of(taken(page, "csv"))]
    text = taken(page, form)
    given = set(parse_triples(text.encode(), f".{form}", BASE))
    parts: set[tuple[str, str, str, str]] = set()
    for iri in there:
        file = published / UNDER / f"{iri.removeprefix(BASE)}.{form}"
        parts |= set(parse_triples(file.read_bytes(), f".{form}", BASE))
    assert parts <= given
    for said in ("creativecommons.org/licenses/by/4.0", "theme=democracy", "0.1.0"):
        assert said in text
    about = {quad for quad in given - parts if "search.html?" not in quad[0]}
    assert about == set()


def test_bibtex_has_an_entry_for_each_mandate(page: Page, site: str) -> None:
    search(page, site, f"summit={QUEBEC}")
    there = {row["mandate"] for row in rows_of(taken(page, "csv"))}
    text = taken(page, "bib")
    entries = text.split("@misc{")
    assert "@" not in entries[0]
    assert {re.findall(r"url = \{(.*)\}", entry)[0] for entry in entries[1:]} == there
    assert len({entry.split(",")[0] for entry in entries[1:]}) == len(there)
    for entry in entries[1:]:
        bare = re.sub(r"\\[{}]", "", entry)
        assert bare.count("{") + 1 == bare.count("}")
        assert "year = {2001}" in entry


def test_fetching_can_be_stopped(page: Page, site: str) -> None:
    search(page, site)
    page.route("**/*.ttl", lambda _route: None)  # an answer that never comes
    page.locator("[data-take=ttl]").click()
    page.locator("[data-stop]").click()
    expect(page.locator("#take .said")).to_have_text("Stopped; nothing was saved.")
    expect(page.locator("[data-take=csv]")).to_be_enabled()


HOSTILE = '<img src=x onerror="document.title=1">\\textbf{x} 100% & $5 #1 =cmd|x "quoted"'


@pytest.fixture(scope="module")
def hostile(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same site, with a text and names that would like to be markup, formulas and commands."""
    copy = tmp_path_factory.mktemp("hostile") / "site"
    shutil.copytree(published / UNDER, copy, ignore=shutil.ignore_patterns("id"))
    data = json.loads((copy / "data" / "search.json").read_text(encoding="utf-8"))
    for row in data["mandates"]:
        row[2] = [row[2][0], f"=SUM(A1) {HOSTILE}"]
    for thing in data["things"]:
        thing[2] = {code: HOSTILE + text for code, text in thing[2].items()}
    (copy / "data" / "search.json").write_text(json.dumps(data), encoding="utf-8")
    with serving(copy) as address:
        yield address


def test_text_of_sources_never_becomes_markup_a_formula_or_a_command(page: Page, hostile: str) -> None:
    search(page, hostile, "q=quoted&theme=democracy")
    assert HOSTILE in page.locator("#results .says").first.inner_text()
    assert page.locator("main img, main b").count() == 0
    assert page.locator("#things li").count() > 0
    rows = rows_of(taken(page, "csv"))
    assert rows
    assert {row["text"] for row in rows} == {f"'=SUM(A1) {HOSTILE}"}
    entry = taken(page, "bib").split("@misc{")[1]
    assert r"\textbackslash{}textbf\{x\} 100\% \& \$5 \#1" in entry
    bare = re.sub(r"\\[{}]", "", entry)
    assert bare.count("{") + 1 == bare.count("}")
