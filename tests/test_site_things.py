"""The pages of mandates, texts, documents and Summits say what the graph says, and nothing of a source becomes markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

import mandate_graph as mg
from browser import UNDER
from conftest import page_text
from mandate_graph.dataset import Graph
from mandate_graph.publish import publish
from mandate_graph.publish.citing import bibtex
from mandate_graph.publish.filters import FILTERS
from mandate_graph.publish.layouts import Layouts, Reader
from mandate_graph.publish.markup import Markup
from mandate_graph.publish.outline import Outline, first_named, read_outline
from mandate_graph.publish.rows import Cell, Row, ask, cell
from mandate_graph.publish.site import Site
from mandate_graph.resolve.similar import word_changes

LAYOUTS = Path(mg.__file__).parent / "publish" / "layouts"
BASE = "https://w3id.org/mandate-graph/"
HOSTILE = [
    "Publish <script>alert(1)</script> & the <b>Arms Trade Treaty</b> in full.",
    'Name "><img src=x onerror=alert(2)> after the Inter-American Commission on Human Rights\u202e and \u200fits end.',
    f"Keep {'w' * 300} whole, {{{{ lang }}}} {{% raw %}} as it is.",
]
PREFIXES = (
    "PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX mg: <https://w3id.org/mandate-graph/ns#> "
    "PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX prov: <http://www.w3.org/ns/prov#> "
    "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX schema: <https://schema.org/> "
)


def site_of(build: Path, out: Path) -> tuple[Path, Graph]:
    publish(build, out)
    return out, mg.open(build)


@pytest.fixture(scope="module")
def own(own_site: Path, built: Path) -> tuple[Path, Graph]:
    """The site of the repository's two pages."""
    return own_site, mg.open(built)


@pytest.fixture(scope="module")
def two(published: Path, bilingual: Path) -> tuple[Path, Graph]:
    """The site of a house with Spanish pages, footnotes and several captures of a page."""
    return published / UNDER, mg.open(bilingual)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Graph]:
    """The site of a page whose texts would like to be markup."""
    home = tmp_path_factory.mktemp("hostile")
    (home / "sources" / "documents").mkdir(parents=True)
    (home / "sources" / "house.toml").write_bytes((LAYOUTS.parents[3] / "sources/house.toml").read_bytes())
    items = [f"  1. {text} (Plan of Action Québec, 2001)." for text in HOSTILE]
    items.append("  1. Sign the Arms Trade Treaty before noon. (Plan of Action Miami, 1994).")
    (home / "sources" / "documents" / "bad.txt").write_text(page_text(*items), encoding="utf-8")
    mg.build(out=home / "build", house=home)
    return site_of(home / "build", home / "site")


def select(graph: Graph, query: str) -> list[Row]:
    return ask(graph.engine(named_graphs=True), {"q": PREFIXES + query})["q"]


def parsed(site: Path, iri: str, ending: str = ".html") -> LexborHTMLParser:
    path = site / (iri.removeprefix(BASE) + ending)
    return LexborHTMLParser(path.read_text(encoding="utf-8"))


def one(node: LexborHTMLParser | LexborNode, css: str) -> LexborNode:
    """The first element that fits; there must be one."""
    found = node.css(css)
    assert found, css
    return found[0]


def texts(page: LexborHTMLParser, css: str) -> list[str]:
    return [node.text() for node in page.css(css)]


def target(site: Path, iri: str, node: LexborNode) -> str:
    """The IRI of the thing that a link of a page leads to."""
    href = (node.attributes["href"] or "").partition("#")[0]
    folder = (site / iri.removeprefix(BASE)).parent
    return BASE + (folder / href).resolve().relative_to(site.resolve()).as_posix().removesuffix(".html")


def all_mandates(graph: Graph) -> Iterator[tuple[str, str, str]]:
    query = "SELECT ?m ?w { ?m a mg:Mandate ; eli:is_realized_by/schema:text ?w } ORDER BY ?m"
    for row in select(graph, query):
        yield row["m"], row["w"], row["w"].language


@pytest.mark.parametrize("site", ["own", "two", "hostile"])
def test_the_text_of_a_mandate_is_that_of_the_graph(site: str, request: pytest.FixtureRequest) -> None:
    folder, graph = request.getfixturevalue(site)
    seen = 0
    for mandate, words, language in all_mandates(graph):
        for ending in (".html", ".es.html"):
            page = parsed(folder, mandate, ending)
            assert texts(page, "blockquote.hero") == [words]
            reader = "es" if ending == ".es.html" else "en"
            given_language = one(page, "blockquote.hero").attributes.get("lang") or reader
            assert given_language == language
            seen += 1
    assert seen


@pytest.mark.parametrize("site", ["own", "two", "hostile"])
def test_every_mention_is_marked_with_its_quote_and_explained(site: str, request: pytest.FixtureRequest) -> None:
    folder, graph = request.getfixturevalue(site)
    query = """SELECT DISTINCT ?m ?mention ?quote { ?m eli:is_realized_by ?t . ?s oa:hasSource ?t .
               ?mention oa:hasTarget ?s ; mg:quote ?quote } ORDER BY ?m"""
    rows = select(graph, query)
    assert len(rows) > (1 if site == "hostile" else 20)
    for mandate in {row["m"] for row in rows}:
        page = parsed(folder, mandate)
        explained = {}
        for item in page.css("li[id^=m-]"):
            mention = target(folder, mandate, item.css("a")[-1])
            number = (item.id or "")[2:]
            marks = page.css("blockquote.hero mark")
            explained[mention] = "".join(
                mark.text() for mark in marks if number in (mark.attributes["data-by"] or "").split()
            )
            assert one(item, "q").text() == explained[mention]
        assert explained == {row["mention"]: row["quote"] for row in rows if row["m"] == mandate}


def test_what_is_named_is_a_link_and_what_is_not_known_leads_to_why(own: tuple[Path, Graph]) -> None:
    folder, graph = own
    query = """SELECT ?m ?quote ?body { ?m eli:is_realized_by ?t . ?s oa:hasSource ?t .
               ?mention oa:hasTarget ?s ; a mg:Mention ; mg:quote ?quote . OPTIONAL { ?mention oa:hasBody ?body } }"""
    rows = select(graph, query)
    assert {bool(row["body"]) for row in rows} == {True, False}
    for row in rows:
        page = parsed(folder, row["m"])
        links = [node for node in page.css("blockquote.hero mark a") if node.text() in row["quote"]]
        why = {
            f"#{node.id}"
            for node in page.css("ul.mentions li")
            if (row["body"] in {target(folder, row["m"], a) for a in node.css("p:first-child a")})
            or (not row["body"] and node.attributes["class"] == "unresolved")
        }
        named = [node.attributes["href"] for node in links if (node.attributes["href"] or "").startswith("#")]
        if named:  # the words name several things, or none that is known: the explanations follow each other
            explained = [f"#{node.id}" for node in page.css("ul.mentions li") if one(node, "q").text() == row["quote"]]
            assert named[0] in explained
            assert why & set(explained)
        else:
            assert row["body"] in {target(folder, row["m"], node) for node in links}


_spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)
_hostile_text = st.lists(
    st.sampled_from(["<script>", '"><img onerror=x>', "&amp;", "&", "'", "\u202e", "\u200f", " ", "\n", "ñ", "x" * 20, "😀", "{{", "]]>"]),
    max_size=12,
).map("".join)  # fmt: skip


def macro(call: str, **values: object) -> str:
    """What a macro of ``parts/words.html`` makes of some values."""
    site = Site(BASE, BASE, ("en", "es"))
    layouts = Layouts([LAYOUTS], FILTERS)
    source = '{% import "parts/words.html" as words with context %}{{ words.' + call + " }}"
    environment = layouts._environment
    reader = Reader(site, {"things.only_here": "only here", "things.only_there": "only there"}, None, "x.html", "en")  # type: ignore[arg-type]
    ways = {"t": reader.t, "lang": "en", "link": lambda iri, inside: Markup('<a href="#">{}</a>').format(inside)}
    return environment.from_string(source).render({**ways, **values})


@given(_hostile_text, _spans)
def test_any_spans_over_any_text_leave_the_text_as_it_is(text: str, spans: list[tuple[int, int]]) -> None:
    rows = [
        {
            "text": cell("<x:t>"), "mention": cell(f"<x:{n}>"), "start": cell(f'"{start}"'), "end": cell(f'"{end}"'),
            "outcome": cell(f"<x:k/{['resolved', 'ambiguous', 'unresolved'][n % 3]}>"),
            "target": cell("<x:target>"), "evidence": cell(""),
        }
        for n, (start, end) in enumerate(spans)
    ]  # fmt: skip
    found = FILTERS["found"](rows)
    page = LexborHTMLParser(f"<div id=x>{macro('marked(text, found)', text=text, found=found)}</div>")
    box = one(page, "#x")
    assert box.text() == text
    assert {node.tag for node in box.css("*")} <= {"div", "mark", "a"}
    for each in found:
        marked = "".join(
            mark.text() for mark in box.css("mark") if str(each.number) in (mark.attributes["data-by"] or "").split()
        )
        inside = 0 <= each.start < each.end <= len(text)
        assert marked == (text[each.start : each.end] if inside else "")


@given(_hostile_text, _hostile_text)
def test_the_words_that_differ_make_both_texts(left: str, right: str) -> None:
    found = list(word_changes(left, right))
    assert " ".join(both or here for both, here, _ in found if both or here) == " ".join(left.split())
    assert " ".join(both or there for both, _, there in found if both or there) == " ".join(right.split())
    box = one(LexborHTMLParser(f"<p id=x>{macro('changed(one, other)', one=left, other=right)}</p>"), "#x")
    assert {node.tag for node in box.css("*")} <= {"p", "ins", "del", "span"}
    for node in box.css("span"):
        node.decompose()
    assert [node.text() for node in box.css("ins")] == [here for _, here, _ in found if here]
    assert [node.text() for node in box.css("del")] == [there for _, _, there in found if there]


def test_kindred_promises_show_the_words_that_differ(own: tuple[Path, Graph]) -> None:
    folder, graph = own
    known = {mandate: words for mandate, words, _ in all_mandates(graph)}
    pairs = select(graph, "SELECT ?one ?other { ?one mg:kindredTo ?other }")
    assert pairs
    for row in pairs:
        page = parsed(folder, row["one"])
        article = next(
            node
            for node in page.css("article.kindred")
            if target(folder, row["one"], one(node, "h3 a")) == row["other"]
        )
        assert "only here" in article.text()
        for node in article.css(".differing span"):
            node.decompose()
        for gone in article.css(".differing ins"):
            gone.decompose()
        assert one(article, ".differing").text().split() == known[row["other"]].split()


def test_a_pair_of_languages_stands_side_by_side(two: tuple[Path, Graph]) -> None:
    folder, graph = two
    known = {mandate: (words, language) for mandate, words, language in all_mandates(graph)}
    pairs = select(graph, "SELECT ?one ?other { ?one mg:sameParagraphAs ?other }")
    assert pairs
    for row in pairs:
        columns = parsed(folder, row["one"]).css(".twins article")
        said = [(one(column, "p"), known[iri]) for column, iri in zip(columns, (row["one"], row["other"]), strict=True)]
        for node, (words, language) in said:
            assert (node.text(), node.attributes.get("lang") or "en") == (words, language)


def test_a_chapeau_and_what_stands_under_it(own: tuple[Path, Graph]) -> None:
    folder, graph = own
    known = {mandate: words for mandate, words, _ in all_mandates(graph)}
    rows = select(graph, "SELECT ?m ?chapeau { ?m mg:chapeau ?chapeau }")
    assert len(rows) > 5
    for row in rows:
        page = parsed(folder, row["m"])
        assert one(page, "section.chapeau p").text().startswith(known[row["chapeau"]])
        siblings = {each["m"] for each in rows if each["chapeau"] == row["chapeau"]}
        shown = page.css("section[aria-labelledby=siblings] li")
        assert len(shown) == (len(siblings) if len(siblings) > 1 else 0)
        assert len([node for node in shown if node.attributes.get("aria-current")]) == (len(siblings) > 1)
        below = parsed(folder, row["chapeau"]).css("section[aria-labelledby=items] li a")
        order = [target(folder, row["chapeau"], node) for node in below]
        assert set(order) == siblings
        others = [target(folder, row["m"], one(node, "a")) for node in shown if node.css("a")]
        assert others == [each for each in order if each != row["m"]] or len(siblings) == 1


def test_footnotes_stand_below_their_mandate(two: tuple[Path, Graph]) -> None:
    folder, graph = two
    for row in select(graph, "SELECT ?m ?w { ?f a mg:Footnote ; oa:hasTarget ?m ; schema:text ?w }"):
        assert any(row["w"] in note for note in texts(parsed(folder, row["m"]), "aside.note"))
        break
    else:
        pytest.fail("there is no footnote")


@pytest.mark.parametrize("site", ["own", "two"])
def test_a_document_lists_every_paragraph_once_in_order(site: str, request: pytest.FixtureRequest) -> None:
    folder, graph = request.getfixturevalue(site)
    query = """SELECT ?d ?m ?twin { ?m a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?d . ?d a mg:SummitDocument .
               OPTIONAL { ?m mg:sameParagraphAs ?twin } }"""
    rows = select(graph, query)
    outline = read_outline(graph.engine(named_graphs=True))
    for document in {row["d"] for row in rows}:
        page = parsed(folder, document)
        mandates = {row["m"] for row in rows if row["d"] == document}
        listed = [target(folder, document, node) for node in page.css(".outline .entry a, .outline .twin a")]
        assert sorted(listed) == sorted(mandates)
        firsts = [target(folder, document, node) for node in page.css(".outline .entry a")]
        paragraphs = {min(row["m"], row["twin"] or row["m"]) for row in rows if row["d"] == document}
        assert len(firsts) == len(paragraphs) == outline.count(document)
        assert re.search(rf"\b{len(paragraphs)}\b", one(page, "p.lead").text())
        for before, after in pairwise(firsts):
            follows = one(parsed(folder, before), ".glance a[rel=next]")
            assert outline.keys[target(folder, before, follows)] == outline.keys[after]


def _row(**values: str) -> Row:
    return {key: Cell(value) for key, value in values.items()}


def _mandate(name: str, number: str = "", chapeau: str = "", place: str = "d") -> Row:
    return _row(mandate=name, place=place, number=number, chapeau=chapeau, twin="")


def test_official_numbers_go_before_places_and_ten_after_two() -> None:
    mandates = [
        _mandate("m/a", "2.10"),
        _mandate("m/b", "2.8"),
        _mandate("m/c"),
        _mandate("m/d"),
        _mandate("m/e", "", "m/b"),
    ]
    places = [_row(page="p", n=n, text=f"m/{name}/en") for name, n in zip("abcde", "54213", strict=True)]
    outline = Outline(mandates, places, [])
    [(section, items)] = outline.of("d")
    assert section == ""
    assert [each.mandates[0] for item in items for each in item.all()] == ["m/b", "m/e", "m/a", "m/d", "m/c"]
    assert outline.beside("m/e") == ("m/b", "m/a")
    assert outline.count("d") == 5


def test_chapeaux_that_introduce_each_other_lose_nothing() -> None:
    outline = Outline([_mandate("m/a", "", "m/b"), _mandate("m/b", "", "m/a"), _mandate("m/c", "", "m/a")], [], [])
    assert sorted(each.mandates[0] for _, items in outline.of("d") for item in items for each in item.all()) == [
        "m/a", "m/b", "m/c",
    ]  # fmt: skip


def _balanced(text: str) -> bool:
    depth = 0
    for character in re.sub(r"\\[\\{}]", "", text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _entry(text: str) -> dict[str, str]:
    assert re.match(r"@(inproceedings|misc)\{[a-z0-9-]+,\n", text)
    assert text.endswith("\n}")
    assert _balanced(text)
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", text, re.MULTILINE))


@pytest.mark.parametrize("site", ["own", "hostile"])
def test_every_citation_is_bibtex_that_leads_to_its_thing(site: str, request: pytest.FixtureRequest) -> None:
    folder, graph = request.getfixturevalue(site)
    for mandate, _, _ in all_mandates(graph):
        page = parsed(folder, mandate)
        entry = _entry(one(page, "#cite-bibtex").text())
        assert entry["url"] == mandate
        assert mandate in one(page, "#cite-text").text()
        button = one(page, "button[data-copy='#cite-bibtex']")
        assert "hidden" in button.attributes  # nothing that does not work is offered without scripts


@given(st.text(st.sampled_from('{}\\%&#$_~^"ñ\n a'), max_size=30))
def test_no_title_breaks_bibtex(title: str) -> None:
    entry = bibtex("x:d/1", title=title, booktitle=title, date="2001-04-20", howpublished=title, version="1")
    assert _balanced(entry)
    assert len(entry.split("\n")) <= 10


def test_texts_of_sources_never_become_markup(hostile: tuple[Path, Graph]) -> None:
    folder, _ = hostile
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 20
    for path in pages:
        page = LexborHTMLParser(path.read_text(encoding="utf-8"))
        assert not page.css("img")
        assert not [bold for bold in page.css("b") if "Arms" in bold.text()]
        assert all(node.attributes.get("src") for node in page.css("script:not([type*='json'])"))
        assert not [node for node in page.css("*") if any(name.startswith("on") for name in node.attributes)]


def test_the_lists_have_every_summit_and_document(own: tuple[Path, Graph]) -> None:
    folder, graph = own
    outline = read_outline(graph.engine(named_graphs=True))
    for page_name, kind in (("summits", "mg:Summit"), ("documents", "mg:SummitDocument")):
        things = {row["x"] for row in select(graph, f"SELECT ?x {{ ?x a {kind} }}")}
        for ending in (".html", ".es.html"):
            page = parsed(folder, BASE + page_name, ending)
            rows = [one(node, "a") for node in page.css("tbody th")]
            assert len(rows) == len(things)
    counts = [int(row.css("td")[-1].text()) for row in parsed(folder, BASE + "documents").css("tbody tr")]
    documents = [row["x"] for row in select(graph, "SELECT ?x { ?x a mg:SummitDocument }")]
    assert sorted(counts) == sorted(outline.count(document) for document in documents)
    assert sum(counts) > 20


def test_an_instrument_is_first_named_by_the_earliest_summit(hostile: tuple[Path, Graph]) -> None:
    folder, graph = hostile
    treaty = BASE + "id/instrument/arms-trade-treaty"
    naming = "?m eli:refers_to ?x ; eli:is_part_of/prov:wasGeneratedBy ?s"
    named = {row["s"] for row in select(graph, f"SELECT ?s {{ {naming} FILTER ( ?x = <{treaty}> ) }}")}
    early, late = BASE + "id/summit/1994-miami", BASE + "id/summit/2001-quebec"
    assert named == {early, late}
    assert first_named(graph.engine(named_graphs=True)) == {early: [treaty]}
    assert texts(parsed(folder, early), "section[aria-labelledby=firsts] li") == ["Arms Trade Treaty"]
    assert not parsed(folder, late).css("section[aria-labelledby=firsts]")


SMALL: dict[str, tuple[str, Callable[[LexborHTMLParser, Row], bool]]] = {
    "text": ("SELECT ?x ?w { ?x a eli:Expression ; schema:text ?w }", lambda page, row: row["w"] in texts(page, ".hero")),
    "mention": ("SELECT ?x ?w { ?x oa:motivatedBy oa:identifying ; mg:quote ?w }", lambda page, row: texts(page, "blockquote mark") == [row["w"]]),
    "selection": ("SELECT ?x ?w { ?x oa:hasSelector/oa:exact ?w }", lambda page, row: texts(page, "blockquote mark") == [row["w"]]),
    "occurrence": ("SELECT ?x ?w { ?x a mg:Occurrence ; schema:text ?w }", lambda page, row: row["w"] in texts(page, "blockquote")),
    "footnote": ("SELECT ?x ?w { ?x a mg:Footnote ; schema:text ?w }", lambda page, row: row["w"] in texts(page, ".hero")),
    "claim": ("SELECT ?x ?w { ?x a mg:Claim ; rdf:subject/eli:is_realized_by/schema:text ?w }", lambda page, row: row["w"] in texts(page, ".twins p") or not page.css(".twins")),
}  # fmt: skip


@pytest.mark.parametrize("kind", SMALL)
def test_small_things_quote_their_words(kind: str, own: tuple[Path, Graph]) -> None:
    folder, graph = own
    query, holds = SMALL[kind]
    rows = select(graph, query)
    assert rows
    for row in rows:
        assert holds(parsed(folder, row["x"]), row), row["x"]
        assert texts(parsed(folder, row["x"], ".es.html"), "p.lead")[0]
