"""The four users walk through the published site in a real browser, in both languages, by clicking what they see.

What is clicked is found by the words of the interface, as the site's own tables of words have them, and by nothing else
that is written here: a page that no longer says where it leads is a page that a person would not leave.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import ROOT, UNDER
from mandate_graph.engine import parse_triples
from mandate_graph.house import query_files
from mandate_graph.publish.words import load_words
from mandate_graph.sparql import named_queries
from searching import found, rows_of, settled

BASE = "https://w3id.org/mandate-graph/"
WORDS = load_words(ROOT / "src" / "mandate_graph" / "publish" / "words", "en")
SOUGHT = {"en": "public", "es": "públicos"}
"""A word that mandates in that language have."""
CELLS = """rows => rows.map(row => [...row.cells].map(cell => {
  const [link, time] = [cell.querySelector('a'), cell.querySelector('time')];
  const plain = cell.cloneNode(true);
  plain.querySelectorAll('small').forEach(each => each.remove());
  return link ? link.href : time ? time.dateTime : plain.textContent.trim();
}))"""
"""What a table of an answer says: the address behind a name, the day behind a date."""


class Walk:
    """A reader on the site: the words that a language has for what can be clicked, and where one is."""

    def __init__(self, page: Page, site: str, language: str) -> None:
        self.page = page
        self.site = site
        self.language = language
        self.ending = ".html" if language == "en" else f".{language}.html"
        page.goto(site)
        if language != "en":
            page.get_by_role("link", name=WORDS[language]["site.language"], exact=True).click()
        self.is_at("index")

    def words(self, key: str, **values: object) -> str:
        return WORDS[self.language][key].format(**values)

    def any_number(self, key: str) -> re.Pattern[str]:
        """The words of a key, whatever stands in their gaps."""
        return re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(WORDS[self.language][key])))

    def is_at(self, stem: str) -> None:
        """The reader is at a page, in the language, and it has a heading."""
        at = unquote(urlsplit(self.page.url).path).removeprefix(f"/{UNDER}/") or "index.html"
        assert at.removesuffix(self.ending) == stem or (at == "index.html" and self.language == "en")
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert self.page.locator("h1").inner_text().strip()

    def goes(self, link: Locator, stem: str) -> None:
        """Clicks, and comes to the page of a stem (``*`` for what the reader does not know before)."""
        expect(link).to_be_visible()
        link.click()
        self.page.wait_for_url(
            re.compile(rf"/{re.escape(stem).replace(re.escape('*'), '[^?#]+')}{re.escape(self.ending)}([?#]|$)")
        )
        if "*" not in stem:
            self.is_at(stem)
        assert self.page.locator("html").get_attribute("lang") == self.language

    def navigates(self, target: str) -> None:
        menu = self.page.get_by_role("navigation", name=self.words("nav.label"))
        self.goes(menu.get_by_role("link", name=self.words(f"nav.{target}"), exact=True), target)

    def section(self, key: str) -> Locator:
        """The part of a page below a heading."""
        return self.page.get_by_role("region", name=self.words(key), exact=True)

    def saves(self, link: Locator) -> bytes:
        """The file behind a link or a button, saved as by "Save link as …": a browser would show some of them."""
        expect(link).to_be_visible()
        link.evaluate("each => each.localName === 'a' && each.setAttribute('download', '')")
        with self.page.expect_download() as waiting:
            link.click()
        return Path(waiting.value.path()).read_bytes()

    def copies(self, place: Locator) -> str:
        """What the clipboard holds after the button beside a citation was pressed."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        place.get_by_role("button", name=self.words("cite.copy"), exact=True).click()
        expect(place.get_by_role("button")).to_have_text(self.words("cite.copied"))
        return str(self.page.evaluate("navigator.clipboard.readText()"))


Begin = Callable[[str], Walk]


@pytest.fixture
def begin(page: Page, site: str) -> Begin:
    return lambda language: Walk(page, site, language)


def iri_of(address: str) -> str:
    """The IRI of the thing whose page is at an address; other addresses stand for themselves."""
    path = unquote(urlsplit(address).path)
    if f"/{UNDER}/" not in path:
        return address
    return BASE + re.sub(r"(\.es)?\.html$", "", path.partition(f"/{UNDER}/")[2])


both = pytest.mark.parametrize("language", ["en", "es"])


@both
def test_a_policy_officer_finds_the_same_promise_in_the_other_language_and_cites_it(
    begin: Begin, language: str
) -> None:
    walk = begin(language)
    page = walk.page
    walk.goes(page.get_by_role("link", name=walk.words("start.officer.1"), exact=True), "themes")
    theme = page.locator("tr[data-thing$='id/theme/democracy/trans']")
    listed = int(theme.locator("td").last.inner_text())
    walk.goes(theme.get_by_role("link"), "id/theme/democracy/trans")
    promises = page.locator("[data-paragraph]")
    assert promises.count() == listed  # what the list of themes counts is what the theme lists
    promise = promises.filter(has_text="obsequios" if language == "es" else "gifts").first
    walk.goes(promise.get_by_role("link", name=walk.words("about.whole")), "id/mandate/*")
    first = iri_of(page.url)
    twins = walk.section("things.twins").get_by_role("article")
    assert sorted(twins.locator(".code").all_inner_texts()) == ["en", "es"]
    assert "obsequios" in walk.section("things.twins").inner_text()
    assert "gifts" in walk.section("things.twins").inner_text()
    walk.goes(twins.get_by_role("link", name=walk.words("things.its_page")), "id/mandate/*")
    second = iri_of(page.url)
    assert first != second
    text, bibtex = walk.section("cite.title").locator(".citation").all()
    said = walk.copies(text)
    assert said == text.locator("pre").inner_text()
    assert said.endswith(second)
    assert "1994" in said
    assert walk.copies(bibtex).startswith("@")
    assert f"url = {{{second}}}" in bibtex.inner_text()


@both
def test_a_policy_officer_searches_narrows_and_takes_the_selection_as_a_table(begin: Begin, language: str) -> None:
    walk = begin(language)
    page = walk.page
    page.get_by_label(walk.words("start.search"), exact=True).fill(SOUGHT[language])
    page.get_by_role("search").get_by_role("button", name=walk.words("nav.search"), exact=True).click()
    page.wait_for_url(re.compile(rf"/search{re.escape(walk.ending)}\?q="))
    walk.is_at("search")
    settled(page)
    before = found(page)
    facet = page.get_by_role("group", name=walk.words("search.narrow")).locator("[data-facet=summit]")
    expect(facet.locator("summary")).to_contain_text(walk.words("search.facet.summit"))
    choice = facet.locator("li").filter(has_not=page.locator(".count", has_text=re.compile("^0$"))).first
    year = choice.locator("input").input_value()[:4]
    counted = int(choice.locator(".count").inner_text())
    choice.locator("input").check()
    settled(page)
    assert 0 < found(page) == counted < before
    page.get_by_role("link", name=walk.words("search.totake"), exact=True).click()
    take = walk.section("search.take")
    expect(take).to_be_in_viewport()
    expect(take.locator("[data-how-many]")).to_have_text(
        re.compile("|".join(walk.any_number(f"search.take.mandates.{each}").pattern for each in ("one", "many")))
    )
    rows = rows_of(walk.saves(take.get_by_role("button", name="CSV", exact=True)).decode())
    assert len(rows) == int(re.findall(r"\d+", take.locator("[data-how-many]").inner_text())[0])
    assert {row["date"][:4] for row in rows} == {year}
    texts = [row["text"].lower() for row in rows]
    assert any(SOUGHT[language] in text for text in texts)
    shown = page.locator("#results > li").evaluate_all("all => all.map(each => each.dataset.mandate)")
    assert {str(each).rpartition("/")[2] for each in shown} <= {row["mandate"].rpartition("/")[2] for row in rows}


@both
def test_a_researcher_follows_a_number_of_a_picture_to_the_words_on_the_page(begin: Begin, language: str) -> None:
    walk = begin(language)
    page = walk.page
    walk.goes(page.get_by_role("link", name=walk.words("start.researcher.2"), exact=True), "pictures")
    drawing = page.get_by_role("group", name=walk.words("pictures.heat.title"), exact=True)
    cell = drawing.locator("svg a[href$='?theme=migration&summit=2001-quebec']")
    expect(cell).to_have_accessible_name(walk.any_number("pictures.cell"))
    number = int(re.findall(r"\d+", cell.get_attribute("aria-label") or cell.inner_text())[0])
    cell.click()
    page.wait_for_url(re.compile(rf"/search{re.escape(walk.ending)}\?"))
    settled(page)
    assert parse_qs(urlsplit(page.url).query) == {"theme": ["migration"], "summit": ["2001-quebec"]}
    expect(page.get_by_role("list", name=walk.words("search.chosen")).get_by_role("button")).to_have_count(2)
    assert found(page) == number
    facet = page.locator("[data-facet=instrument]")
    if not facet.evaluate("each => each.open"):
        facet.locator("summary").filter(has_text=walk.words("search.facet.instrument")).click()
    facet.locator("input[value=udhr-1948]").check()
    settled(page)
    assert found(page) == 1
    walk.goes(page.locator("#results h3").get_by_role("link"), "id/mandate/*")
    mandate = iri_of(page.url)
    named = walk.section("things.named").get_by_role("listitem").first
    quote = named.locator("q").first.inner_text().strip("“”«»\"'")
    walk.goes(named.locator("a[href*='/instrument/']").first, "id/instrument/udhr-1948")
    expect(page.get_by_role("heading", name=walk.words("named.who"), exact=True)).to_be_visible()
    naming = page.locator("[data-paragraph]")
    expect(page.get_by_role("main")).to_contain_text(walk.words("named.count", n=naming.count()))
    expect(naming.locator("mark").first).to_have_text(quote)
    walk.goes(naming.get_by_role("link", name=walk.words("about.whole")).first, "id/mandate/*")
    assert iri_of(page.url) == mandate
    line = walk.section("things.named").get_by_role("link", name=walk.any_number("things.on_line")).first
    said = int(re.findall(r"\d+", line.inner_text())[0])
    walk.goes(line, "id/capture/*")
    assert re.search(r"#char=\d+,\d+$", page.url)
    target = page.locator(":target")
    expect(target).to_be_in_viewport()
    assert target.inner_text() == quote
    plain = page.locator(".source").evaluate("each => getComputedStyle(each).backgroundColor")
    assert target.evaluate("each => getComputedStyle(each).backgroundColor") != plain
    before = page.locator(".source").evaluate(
        "(source, to) => Math.max(...[...source.querySelectorAll('.ln')]"
        ".filter(each => each.compareDocumentPosition(document.querySelector(':target')) & 4).map(each => Number(each.dataset.n)))",
        None,
    )
    assert before == said


@both
def test_a_librarian_checks_a_download_and_the_data_beside_a_page(begin: Begin, language: str) -> None:
    walk = begin(language)
    page = walk.page
    walk.goes(page.get_by_role("contentinfo").get_by_role("link", name=walk.words("foot.data"), exact=True), "data")
    downloads = walk.section("data.downloads")
    item = downloads.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name=walk.words("data.form.ntriples"), exact=True)
    )
    link = item.get_by_role("link").first
    name = (link.get_attribute("href") or "").rpartition("/")[2]
    dump = walk.saves(link)
    sums = walk.saves(downloads.get_by_role("link", name="SHA256SUMS", exact=True)).decode()
    assert f"{hashlib.sha256(dump).hexdigest()}  {name}" in sums.splitlines()
    walk.goes(
        page.get_by_role("navigation", name=walk.words("data.on_page")).get_by_role(
            "link", name=walk.words("data.cite"), exact=True
        ),
        "data",
    )
    cite = walk.section("data.cite")
    expect(cite).to_be_in_viewport()
    citation, _ = cite.locator(".citation").all()
    version = cite.locator("dd").filter(has=page.locator("code.iri")).nth(1).locator("code.iri").inner_text()
    assert walk.copies(citation).endswith(version)
    walk.navigates("summits")
    walk.goes(page.get_by_role("main").locator("a[href*='id/summit/2001-quebec']").first, "id/summit/2001-quebec")
    beside = page.get_by_role("complementary", name=walk.words("thing.data"), exact=True)
    iri = beside.locator("code.iri").inner_text()
    assert iri == iri_of(page.url)
    turtle = walk.saves(beside.get_by_role("link", name="Turtle", exact=True))
    statements = {each[:3] for each in parse_triples(turtle, ".ttl", BASE)}
    everything = {each[:3] for each in parse_triples(dump, ".nt", BASE)}
    assert statements <= everything
    own = {each for each in everything if each[0] == f"<{iri}>"}
    assert len(own) > 5
    assert own <= statements


@both
def test_an_engineer_runs_a_question_in_the_browser_and_gets_the_answer_of_its_page(
    begin: Begin, language: str
) -> None:
    walk = begin(language)
    page = walk.page
    query = named_queries(query_files())["instruments-cited"]
    walk.navigates("queries")
    walk.goes(
        page.get_by_role("link", name=query.titles.get(language, query.title), exact=True), f"queries/{query.name}"
    )
    table = page.get_by_role("group", name=walk.words("library.answer"), exact=True).get_by_role("table")
    count = table.locator("tbody tr").count()
    expect(walk.section("library.answer")).to_contain_text(walk.words("library.rows", n=count))
    names = table.locator("thead th").all_inner_texts()
    answer = table.locator("tbody tr").evaluate_all(CELLS)
    said = table.locator("tbody tr td:first-child a").all_inner_texts()
    walk.goes(page.get_by_role("link", name=walk.words("library.open"), exact=True), "sparql")
    page.get_by_role("button", name=walk.words("sparql.run"), exact=True).click()
    expect(page.locator("#told")).to_contain_text(walk.any_number("sparql.found.select.many"), timeout=30_000)
    results = walk.section("sparql.results").first
    rows = results.get_by_role("table").locator("tbody tr")
    expect(rows.locator("td:first-child a")).to_have_text(said)  # names, in the language of the reader
    assert rows.count() == len(answer) > 3
    text = walk.saves(results.get_by_role("button", name="CSV", exact=True)).decode()
    first, *taken = list(csv.reader(io.StringIO(text)))
    # the page shows a name in place of a thing, so that a column of labels is one with the column of things
    shown = [first.index(name) for name in names]
    assert {name for name in first if name not in names} == {f"{names[0]}Label"}
    assert [[row[place] for place in shown] for row in taken] == [[iri_of(str(each)) for each in row] for row in answer]
