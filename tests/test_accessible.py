"""Every layout of the site is there for everybody: WCAG 2.2 AA, small screens, no scripts, keyboard alone, on paper.

Each layout is tried in one language and in light or dark, taking turns; six pages are tried in all four ways.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser import ROOT, UNDER, barriers, serving
from mandate_graph.publish.words import load_words

PUBLISH = ROOT / "src" / "mandate_graph" / "publish"
WORDS = load_words(PUBLISH / "words", "en")
SINGLE = [
    "404", "bodies", "countries", "data", "documents", "goals", "index", "instruments", "links", "ns", "pictures",
    "queries", "search", "shapes", "sparql", "summits", "themes", "topics",
]  # fmt: skip
MANY = {
    "any": "id/decision/*",
    "body": "id/body/*",
    "capture": "id/capture/*",
    "claim": "id/claim/*",
    "country": "id/country/*",
    "dataset": "dataset",
    "document": "id/document/*",
    "footnote": "id/footnote/*/*",
    "graph": "graph/*",
    "instrument": "id/instrument/*",
    "linkset": "links/*",
    "mandate": "id/mandate/*/*",
    "mapping": "id/mapping/*",
    "mention": "id/mention/*/*/*",
    "occurrence": "id/occurrence/*/*",
    "page": "id/page/*",
    "place": "id/place/*",
    "query": "queries/*",
    "rule": "id/rule/*/*",
    "sdg": "id/sdg/*",
    "section": "id/section/*/*",
    "selection": "id/selection/*/*/*",
    "series": "id/series/*",
    "summit": "id/summit/*",
    "target": "id/target/*",
    "text": "id/mandate/*/*/*",
    "theme": "id/theme/*",
    "topic": "id/topic/*",
    "version": "dataset/*",
}
"""Where the pages of a kind are; one of middling size is tried."""
NEEDS_SCRIPTS = {"search", "pictures", "sparql"}
SIX = ["index", "data", "mandate", "capture", "theme", "query"]
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WAYS = [(name, ("en", "es")[n % 2], SCHEMES[n // 2 % 2]) for n, name in enumerate([*SINGLE, *MANY])]
WAYS += [way for way in product(SIX, ("en", "es"), SCHEMES) if way not in WAYS]

TEXT = """(() => {
  const buttons = [...document.querySelectorAll('main button')], before = buttons.map(each => each.hidden);
  buttons.forEach(each => { each.hidden = true });
  const text = document.querySelector('main').innerText;
  buttons.forEach((each, n) => { each.hidden = before[n] });
  return text;
})()"""
"""What a page says besides what its buttons say."""
DEAD = """[...document.querySelectorAll("button, input, select, textarea, [role=button], [role=tab], [onclick]")]
  .filter(each => each.checkVisibility() && !each.closest('form[action]')).map(each => each.outerHTML)"""
"""Controls that somebody sees and that do nothing without scripts: those of no form."""
FOCUS = """() => {
  const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect();
  return {
    tag: each.localName, name: each.textContent.trim(), skip: each.className === 'skip', nav: !!each.closest('nav'),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 1 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}"""
STOPS = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(each => each.checkVisibility() && !each.disabled && each.tabIndex >= 0).length"""


def test_every_kind_of_page_is_tried() -> None:
    rows = tomllib.loads((PUBLISH / "pages.toml").read_text(encoding="utf-8"))
    assert {each["stem"] for each in rows["page"]} | {"ns", "shapes", "queries"} == set(SINGLE)
    assert {each["name"] for each in rows["kind"]} - {"ontology"} <= set(MANY)  # it has one page: ns


def path_of(published: Path, name: str, language: str) -> str:
    """The path of a page in a language, below the site."""
    ending = ".html" if language == "en" else f".{language}.html"
    if name in SINGLE:
        return name + ending
    found = sorted(
        (each.stat().st_size, each.as_posix())
        for each in (published / UNDER).glob(f"{MANY[name]}.html")
        if not each.name.endswith(".es.html")
    )
    return (
        found[len(found) * 2 // 3][1].removeprefix(f"{(published / UNDER).as_posix()}/").removesuffix(".html") + ending
    )


@pytest.fixture(scope="module")
def screens(browser: Browser) -> Iterator[dict[str, Page]]:
    """A small screen in the light, one in the dark, and one of a browser without scripts."""
    size: ViewportSize = {"width": 320, "height": 800}
    contexts = [browser.new_context(viewport=size, color_scheme=each) for each in SCHEMES]
    contexts.append(browser.new_context(viewport=size, java_script_enabled=False))
    yield {name: each.new_page() for name, each in zip((*SCHEMES, "no scripts"), contexts, strict=True)}
    for each in contexts:
        each.close()


@pytest.fixture(scope="module")
def missing(published: Path) -> Iterator[str]:
    """The site at the root of a server: the page for what is missing is shown at any depth, so it counts from there."""
    with serving(published / UNDER) as address:
        yield address


@pytest.mark.parametrize(("name", "language", "scheme"), WAYS)
def test_nothing_bars_anybody_and_everything_fits_and_works_without_scripts(
    screens: dict[str, Page], site: str, missing: str, published: Path, name: str, language: str, scheme: Scheme
) -> None:
    address = (missing if name == "404" else site) + path_of(published, name, language)
    page = screens[scheme]
    page.goto(address)
    if name == "pictures":
        expect(page.locator("[data-picture] svg")).to_have_count(3)
    said = page.evaluate(TEXT)
    page.locator("main details:not([open])").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert barriers(page) == []
    page = screens["no scripts"]
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate(DEAD) == []
    if name in NEEDS_SCRIPTS:
        notice = page.locator("noscript p").first
        expect(notice).to_be_visible()
        expect(notice).to_have_text(WORDS[language][f"{name}.noscript"])
    else:
        assert page.evaluate(TEXT) == said
        assert len(said) > 100


@pytest.mark.parametrize(("name", "language"), [(name, ("en", "es")[n % 2]) for n, name in enumerate(SIX)])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page: Page, site: str, published: Path, name: str, language: str
) -> None:
    page.emulate_media(reduced_motion="reduce")  # what has the focus is in sight at once
    page.goto(site + path_of(published, name, language))
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUS)
    assert (first["skip"], first["name"], first["seen"]) == (True, WORDS[language]["skip"], True)
    page.keyboard.press("Tab")  # the name of the site
    menu = [
        WORDS[language][f"nav.{each}"]
        for each in tomllib.loads((PUBLISH / "pages.toml").read_text("utf-8"))["navigation"]
    ]
    for label in menu:
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        assert (at["nav"], at["name"], at["ring"], at["seen"]) == (True, label, True, True)
    page.goto(page.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert urlsplit(page.url).fragment == "main"
    expect(page.locator("main")).to_be_focused()
    left = page.evaluate(STOPS.replace("document.query", "document.querySelector('main').query"))
    for _ in range(min(left, 40)):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        assert at["ring"], at
        assert at["seen"], at
    assert page.evaluate("!!document.activeElement.closest('main')")
    if left <= 40:
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('footer')")


@pytest.mark.parametrize("path", ["", "index.es.html"])
def test_the_first_page_is_light(page: Page, site: str, path: str) -> None:
    got: dict[str, int] = {}
    page.on("response", lambda answer: got.update({answer.url: len(answer.body())}))
    page.goto(site + path, wait_until="networkidle")
    assert any(each.endswith("style.css") for each in got)
    assert any(each.endswith("theme.js") for each in got)
    assert not any("wasm" in each or "sparql" in each for each in got)
    assert sum(got.values()) < 100_000, got


@pytest.mark.parametrize("name", ["index", "mandate", "capture"])
def test_paper_has_the_text_alone_and_black_on_white(page: Page, site: str, published: Path, name: str) -> None:
    page.goto(site + path_of(published, name, "en"))
    page.locator("button.theme").click()  # dark on the screen, not on paper
    said = page.locator("main p").first.inner_text()
    page.emulate_media(media="print")
    for each in ("header nav", ".tools", ".skip"):
        assert page.locator(each).first.is_hidden(), each
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("main p").first.inner_text() == said
    assert page.locator("main button:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [each for each in barriers(page) if each.startswith("color-contrast")] == []
