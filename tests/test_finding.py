"""The search page in a real browser: what is found and counted is what the graph says."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import mandate_graph as mg
from browser import AXE, ROOT, barriers
from mandate_graph.dataset import Graph
from mandate_graph.publish import finding
from mandate_graph.publish.finding import search_files, search_page
from mandate_graph.publish.site import Site
from searching import found, search, settled, shown

BASE = "https://w3id.org/mandate-graph/"
QUEBEC = "2001-quebec"


@pytest.fixture(scope="module")
def graph(bilingual: Path) -> Graph:
    return mg.open(bilingual)


@pytest.fixture(scope="module")
def where(graph: Graph) -> Site:
    return Site(graph.base, "https://mandates.example/", ("en", "es"))


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


def test_results_lead_to_pages_that_are_there(page: Page, site: str, published: Path) -> None:
    search(page, site, "", ".es")
    hrefs = page.locator("#results a, #things a").evaluate_all("all => all.map(a => a.href)")
    assert len(hrefs) > 50
    for href in hrefs:
        path = unquote(urlsplit(str(href)).path).lstrip("/")
        assert (published / path).is_file(), path
        assert path.endswith(".es.html")


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
