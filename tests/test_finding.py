"""The search page and the pictures in a real browser: what is found, counted and taken away is what the graph says."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import mandate_graph as mg
from browser import AXE, ROOT, SCRIPTS, UNDER, barriers, chromium, serving
from mandate_graph.dataset import Graph
from mandate_graph.engine import parse_triples
from mandate_graph.publish import finding, publish
from mandate_graph.publish.figures import picture_data, picture_files, shade
from mandate_graph.publish.finding import search_files, search_page
from mandate_graph.publish.site import Site

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
    "summit=-",
    "q=sail",
    "q=publicos&language=es",
    "q=%22every+primary+school%22",
    "summit=nowhere%3E+%7D+DROP+ALL",
    "language=en%22+.+%7D%23",
]


@pytest.fixture(scope="module")
def graph(bilingual: Path) -> Graph:
    return mg.open(bilingual)


@pytest.fixture(scope="module")
def where(graph: Graph) -> Site:
    return Site(graph.base, "https://mandates.example/", ("en", "es"))


@pytest.fixture(scope="module")
def folder(bilingual: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented pages, in both languages, below a path."""
    out = tmp_path_factory.mktemp("site")
    publish(bilingual, out / UNDER, "https://mandates.example/", ROOT)
    return out


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with serving(folder) as address:
        yield f"{address}{UNDER}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when a script fails or the security policy is broken."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, permissions=["clipboard-write"])
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert wrong == []


def search(page: Page, site: str, query: str = "", code: str = "") -> None:
    page.goto(f"{site}search{code}.html{'?' if query else ''}{query}")
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator("#status")).to_contain_text(re.compile(r"\d.*(paragraph|párrafo)"))
    page.wait_for_timeout(60)


def found(page: Page) -> int:
    return int(re.findall(r"\d+", page.locator("#status").inner_text())[0])


def shown(page: Page) -> list[str]:
    while page.locator("#more").is_visible():
        page.locator("#more").click()
        page.wait_for_timeout(80)
    return [
        str(each) for each in page.locator("#results > li").evaluate_all("all => all.map(li => li.dataset.mandate)")
    ]


def taken(page: Page, form: str, inside: str = "#take") -> str:
    if form == "rq":
        page.locator("details.query").evaluate("box => { box.open = true }")
    with page.expect_download() as waiting:
        page.locator(f"{inside} [data-take={form}]").click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def mandates_of(graph: Graph, query: str) -> set[str]:
    return {str(row[0]) for row in graph.query(query)}


# --- the data ---------------------------------------------------------------------------------------------------------


def test_data_of_the_search_hold_every_text_and_are_the_same_bytes_each_time(graph: Graph, where: Site) -> None:
    (file,) = search_files(where, graph)
    text = b"".join(file.pieces)
    data = json.loads(text)
    texts = {(BASE + row[0], words) for row in data["mandates"] for words in row[2][1::2]}
    assert texts == {(row["mandate"], row["text"]) for row in csv.DictReader(io.StringIO(graph.table("mandates")))}
    (again,) = search_files(where, mg.open(graph.folder or ""))
    assert b"".join(again.pieces) == text


def test_twins_stand_side_by_side_in_the_data(graph: Graph, where: Site) -> None:
    (file,) = search_files(where, graph)
    paragraphs = [row[1] for row in json.loads(b"".join(file.pieces))["mandates"]]
    runs = [one for one, other in zip(paragraphs, [None, *paragraphs], strict=False) if one != other]
    assert len(runs) == len(set(paragraphs)) < len(paragraphs)


def test_a_graph_that_is_too_large_has_no_search_and_the_page_is_told(
    graph: Graph, where: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = search_page(graph)["mandates"]
    monkeypatch.setattr(finding, "MOST", count - 1)
    assert list(search_files(where, graph)) == []
    assert search_page(graph) == {"mandates": count, "most": count - 1, "offered": False}


# --- finding ----------------------------------------------------------------------------------------------------------


def test_accents_and_case_make_no_difference_and_both_languages_are_searched(page: Page, site: str) -> None:
    search(page, site, "q=PUBLICOS")
    marks = page.locator("#results mark").all_inner_texts()
    assert marks
    assert all(each.lower().startswith("públicos") or each.lower().startswith("publicos") for each in marks)
    search(page, site, "q=p%C3%BAblicos")
    assert page.locator("#results mark").all_inner_texts() == marks
    assert page.locator("#results .says[lang=es]").count() == page.locator("#results > li").count()


def test_a_paragraph_in_two_languages_is_shown_once_in_the_language_that_was_found(page: Page, site: str) -> None:
    search(page, site, "q=obsequios")
    assert found(page) == 1
    assert page.locator("#results .says").get_attribute("lang") == "es"
    assert page.locator("#results").get_by_text("Also in English").count() == 1
    search(page, site, "q=gifts")
    assert found(page) == 1
    assert page.locator("#results .says").get_attribute("lang") == "en"


def test_a_phrase_in_quotation_marks_is_kept_together(page: Page, site: str) -> None:
    search(page, site, "q=thursdays+most")
    assert found(page) == 1
    search(page, site, "q=%22most+thursdays%22")
    assert found(page) == 1
    search(page, site, "q=%22thursdays+most%22")
    assert found(page) == 0
    assert page.locator("#nothing").is_visible()


def test_a_misspelt_word_finds_what_is_near_and_says_so(page: Page, site: str) -> None:
    search(page, site, "q=earthquaqe")
    assert found(page) >= 1
    assert "spelt alike" in page.locator("#status").inner_text()


def test_names_lead_to_the_pages_of_things_by_acronym_in_any_language(page: Page, site: str) -> None:
    search(page, site, "q=OIM", ".es")
    first = page.locator("#things a").first
    assert first.inner_text() == "Organización Internacional para las Migraciones"
    first.click()
    page.wait_for_url("**/id/body/iom.es.html")


def test_counts_say_what_choosing_gives_and_facets_narrow_each_other(page: Page, site: str) -> None:
    search(page, site, "theme=democracy")
    page.locator("[data-facet]").evaluate_all("all => all.forEach(each => { each.open = true })")
    said = page.locator("[data-facet=year] li").evaluate_all(
        "all => all.map(li => [li.querySelector('input').value, Number(li.querySelector('.count').textContent)])"
    )
    assert sum(n for _, n in said) == found(page)
    for year, n in said:
        search(page, site, f"theme=democracy&year={year}")
        assert found(page) == n == len(shown(page))


def test_values_of_one_facet_add_up_and_facets_live_in_the_address(page: Page, site: str) -> None:
    search(page, site)
    everything = found(page)
    page.locator(f"[data-facet=summit] input[value='{QUEBEC}']").check()
    settled(page)
    one = found(page)
    page.locator("[data-facet=summit] input[value='1994-miami']").check()
    settled(page)
    assert one < found(page) < everything
    assert parse_qs(urlsplit(page.url).query) == {"summit": ["1994-miami", QUEBEC]}
    page.go_back()
    expect(page.locator("[data-facet=summit] input[value='1994-miami']")).not_to_be_checked()
    settled(page)
    assert found(page) == one
    page.go_back()
    settled(page)
    assert found(page) == everything
    page.go_forward()
    expect(page.locator(f"[data-facet=summit] input[value='{QUEBEC}']")).to_be_checked()


def test_a_choice_can_be_taken_away_and_the_focus_is_not_lost(page: Page, site: str) -> None:
    search(page, site, f"q=e&summit={QUEBEC}&kind=mandate")
    chips = page.locator("#chosen li button")
    assert chips.count() == 2
    chips.first.focus()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(1)
    expect(chips.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_be_focused()


def test_more_results_are_added_and_the_first_new_one_has_the_focus(page: Page, site: str) -> None:
    search(page, site)
    assert page.locator("#results > li").count() == 20 < found(page)
    page.locator("#more").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results > li").nth(20).locator("h3 a")).to_be_focused()
    assert len(shown(page)) == found(page)


def test_the_newest_or_the_oldest_come_first(page: Page, site: str) -> None:
    for order, reverse in (("newest", True), ("oldest", False)):
        search(page, site, f"sort={order}")
        years = [re.findall(r"id/mandate/(\d{4})", each)[0] for each in shown(page)]
        assert years == sorted(years, reverse=reverse)
        assert len(set(years)) > 3


def test_typing_asks_at_once_and_the_address_can_be_shared(page: Page, site: str) -> None:
    search(page, site)
    page.locator("#q").press_sequentially("earthquake")
    expect(page.locator("#results mark").first).to_have_text("earthquake")
    assert parse_qs(urlsplit(page.url).query) == {"q": ["earthquake"]}
    first = shown(page)
    search(page, site, urlsplit(page.url).query)
    assert shown(page) == first


def test_results_lead_to_pages_that_are_there(page: Page, site: str, folder: Path) -> None:
    search(page, site, "", ".es")
    hrefs = page.locator("#results a, #things a").evaluate_all("all => all.map(a => a.href)")
    assert len(hrefs) > 50
    for href in hrefs:
        path = unquote(urlsplit(str(href)).path).lstrip("/")
        assert (folder / path).is_file(), path
        assert path.endswith(".es.html")


# --- taking away ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_query_gives_the_mandates_that_the_page_has_found(
    page: Page, site: str, graph: Graph, selection: str
) -> None:
    search(page, site, selection)
    if not found(page):
        assert selection == "summit=-" or "nowhere" in selection or "%22" in selection or not shown(page)
        return
    there = {row["mandate"] for row in rows_of(taken(page, "csv"))}
    query = taken(page, "rq")
    assert mandates_of(graph, query) == there
    assert page.locator("#query").input_value() == query
    assert ("VALUES ?mandate" in query) == ("q=" in selection)
    link = page.locator("[data-open]").get_attribute("href") or ""
    assert unquote(link.partition("#query=")[2]) == query
    if not selection:
        assert there == {row["mandate"] for row in csv.DictReader(io.StringIO(graph.table("mandates")))}


@pytest.mark.parametrize("selection", SELECTIONS[-2:])
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
    page: Page, site: str, folder: Path, form: str
) -> None:
    search(page, site, "theme=democracy&language=es")
    there = [row["mandate"] for row in rows_of(taken(page, "csv"))]
    text = taken(page, form)
    given = set(parse_triples(text.encode(), f".{form}", BASE))
    parts: set[tuple[str, str, str, str]] = set()
    for iri in there:
        file = folder / UNDER / f"{iri.removeprefix(BASE)}.{form}"
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
def hostile(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same site, with a text and names that would like to be markup, formulas and commands."""
    copy = tmp_path_factory.mktemp("hostile") / "site"
    shutil.copytree(folder / UNDER, copy, ignore=shutil.ignore_patterns("id"))
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


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_each_field_of_the_heat_map_says_what_the_search_behind_it_finds(
    page: Page, site: str, graph: Graph, where: Site
) -> None:
    data = picture_data(where, graph)
    page.goto(f"{site}pictures.html")
    links = page.locator("table.heat td a").evaluate_all("all => all.map(a => [a.href, a.textContent])")
    assert len(links) == sum(map(len, data["cells"].values())) + len(data["themes"])
    drawn = page.locator("[data-picture=heat] a:has(rect)").evaluate_all(
        "all => all.map(a => [a.href.baseVal, a.textContent])"
    )
    assert sorted(n for _, n in drawn) == sorted(str(c["n"]) for row in data["cells"].values() for c in row.values())
    for href, n in links[:: max(1, len(links) // 12)]:
        page.goto(str(href))
        settled(page)
        assert found(page) == int(n)


def test_the_counts_are_those_of_the_named_queries(graph: Graph, where: Site) -> None:
    data = picture_data(where, graph)
    leaves = {theme["iri"] for theme in data["themes"]} - {
        iri.rpartition("/")[0] for iri in (theme["iri"] for theme in data["themes"])
    }
    for row in graph.query("mandates-per-theme-and-summit"):
        if str(row.theme) in leaves:
            key = str(row.summit).rpartition("/")[2] if row.summit else "-"
            assert data["cells"][str(row.theme)][key]["n"] == row.mandates
    cited = {str(row.instrument): row.mandates for row in graph.query("instruments-cited")}
    assert {row["iri"]: row["total"] for row in data["named"] if row["kind"] == "instrument"} == cited
    assert all(sum(row["by"].values()) >= row["total"] > 0 for row in data["named"])


def test_shades_grow_with_the_number_and_nothing_has_none() -> None:
    shades = [shade(n, 400) for n in range(401)]
    assert shades == sorted(shades)
    assert shades[:2] == [0, 1]
    assert Counter(shades).keys() == set(range(8))


def test_pictures_are_the_same_each_time(browser: Browser, site: str, graph: Graph, where: Site) -> None:
    (one,) = picture_files(where, graph, picture_data(where, graph))
    (other,) = picture_files(where, graph, picture_data(where, mg.open(graph.folder or "")))
    assert b"".join(one.pieces) == b"".join(other.pieces)
    drawings = []
    for _ in range(2):
        opened = browser.new_page()
        opened.goto(f"{site}pictures.html")
        expect(opened.locator("[data-picture] svg")).to_have_count(3)
        drawings.append(opened.locator("[data-picture] svg").evaluate_all("all => all.map(svg => svg.outerHTML)"))
        opened.close()
    assert drawings[0] == drawings[1]


def test_a_drawing_is_saved_whole(page: Page, site: str) -> None:
    page.goto(f"{site}pictures.es.html")
    for key in ("heat", "time", "net"):
        with page.expect_download() as waiting:
            page.locator(f"[data-save={key}]").click()
        text = Path(waiting.value.path()).read_text(encoding="utf-8")
        root = ET.fromstring(text)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "creativecommons.org" in (root.findtext("{http://www.w3.org/2000/svg}desc") or "")
        assert root.get("role") == "img"
        assert not re.search(r"var\(|class=|style=", text)
        for element in root.iter("{http://www.w3.org/2000/svg}text"):
            assert re.fullmatch(r"rgb.*", element.get("fill") or "")
        hrefs = [element.get("href") or "" for element in root.iter("{http://www.w3.org/2000/svg}a")]
        assert hrefs
        assert all(href.startswith(site) for href in hrefs)


def test_links_of_drawings_lead_to_pages_that_are_there(page: Page, site: str, folder: Path) -> None:
    page.goto(f"{site}pictures.html")
    expect(page.locator("[data-picture] svg")).to_have_count(3)
    hrefs = page.locator("figure a, main table a").evaluate_all("all => all.map(a => a.href.baseVal ?? a.href)")
    assert len(hrefs) > 30
    for href in hrefs:
        path = unquote(urlsplit(page.evaluate("href => new URL(href, location).href", href)).path).lstrip("/")
        assert (folder / path).is_file(), path


def test_without_scripts_the_tables_are_open_and_the_search_leads_on(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}pictures.html")
    assert page.locator("main table").count() == 3
    assert all(table.is_visible() for table in page.locator("main table").all())
    page.goto(f"{site}search.html")
    assert page.locator("noscript").inner_text().strip() or page.locator("main li a").count()
    assert page.locator("#finding").is_hidden()
    context.close()


# --- for everybody ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["search.html?q=public&theme=democracy", "search.es.html?q=zzzz", "pictures.es.html"])
def test_axe_finds_no_barrier_and_nothing_is_cut_at_320_pixels(
    browser: Browser, site: str, path: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 700}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(site + path)
    if "search" in path:
        settled(page)
        page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    else:
        expect(page.locator("[data-picture] svg")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert barriers(page) == []
    context.close()


def test_the_search_works_by_keyboard_alone(page: Page, site: str) -> None:
    search(page, site)
    page.locator("#q").focus()
    page.keyboard.type("sail")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator("#results mark").first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    expect(page.locator("#chosen li")).to_have_count(1)
    assert page.evaluate("document.activeElement.checked") is True


def test_light_or_dark_is_remembered(page: Page, site: str) -> None:
    page.goto(f"{site}pictures.html")
    button = page.locator("button.theme")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(f"{site}search.html")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


# --- the scripts ------------------------------------------------------------------------------------------------------


def test_scripts_are_built_alike_each_time_and_carry_their_licences(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not AXE.exists():
        pytest.skip("no Node, or no packages (make web)")
    built = []
    for name in ("one", "other"):
        subprocess.run([node, ROOT / "web" / "build.mjs", tmp_path / name], check=True, capture_output=True)
        built.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert built[0] == built[1]
    assert built[0].keys() >= {"search.js", "search-worker.js", "pictures.js", "theme.js", "LICENCES.txt"}
    licences = built[0]["LICENCES.txt"].decode()
    for package in ("d3-force", "d3-scale", "minisearch"):
        assert re.search(rf"^{package} \d", licences, re.MULTILINE)
    assert licences.count("Permission") >= 3


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    assert sum("integrity" in package for package in lock["packages"].values()) > 25


def test_no_script_makes_markup_of_text() -> None:
    for path in (ROOT / "web" / "src").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text), path
    assert SCRIPTS.name == "scripts"
