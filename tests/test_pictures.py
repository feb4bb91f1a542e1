"""The pictures in a real browser: drawings and tables say the same, and each number leads to what it counts."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import mandate_graph as mg
from mandate_graph.dataset import Graph
from mandate_graph.publish.figures import picture_data, picture_files, shade
from mandate_graph.publish.site import Site
from searching import found, settled


@pytest.fixture(scope="module")
def graph(bilingual: Path) -> Graph:
    return mg.open(bilingual)


@pytest.fixture(scope="module")
def where(graph: Graph) -> Site:
    return Site(graph.base, "https://mandates.example/", ("en", "es"))


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


def test_links_of_drawings_lead_to_pages_that_are_there(page: Page, site: str, published: Path) -> None:
    page.goto(f"{site}pictures.html")
    expect(page.locator("[data-picture] svg")).to_have_count(3)
    hrefs = page.locator("figure a, main table a").evaluate_all("all => all.map(a => a.href.baseVal ?? a.href)")
    assert len(hrefs) > 30
    for href in hrefs:
        path = unquote(urlsplit(page.evaluate("href => new URL(href, location).href", href)).path).lstrip("/")
        assert (published / path).is_file(), path


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
