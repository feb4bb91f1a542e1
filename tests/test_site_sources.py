"""The pages of sources, themes, things named, and the start: every character is there once, every number is the graph's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

import mandate_graph as mg
from browser import UNDER
from mandate_graph.dataset import Graph
from mandate_graph.publish.captured import Mark, accounted, events
from mandate_graph.publish.markup import exact

Place = tuple[Path, Graph]


@pytest.fixture(params=["own", "invented"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "own":
        return request.getfixturevalue("own_site"), mg.open(request.getfixturevalue("built"))
    return request.getfixturevalue("published") / UNDER, mg.open(request.getfixturevalue("bilingual"))


def parsed(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text(encoding="utf-8"))


def captures(graph: Graph) -> Iterator[tuple[dict[str, object], str]]:
    engine = graph.engine()
    from mandate_graph.engine import unquote

    for page in graph.report.data["pages"]:
        iri = f"{graph.base}id/capture/{page['sha256'][:12]}"
        _, rows = engine.table(f"SELECT ?t {{ <{iri}> <https://schema.org/text> ?t }}")
        yield page, unquote(next(iter(rows))[0])[1]


def digits(text: str) -> int:
    return int("".join(each for each in text if each.isdigit()))


def number(graph: Graph, query: str) -> int:
    return int(graph.query(query)[0][0])


@pytest.mark.parametrize("language", ["", ".es"])
def test_a_source_page_has_every_character_once(place: Place, language: str) -> None:
    out, graph = place
    for page, text in captures(graph):
        shown = parsed(out / f"id/capture/{str(page['sha256'])[:12]}{language}.html").css("pre.source")
        assert [each.text() for each in shown] == [text]


def test_the_legend_is_the_accounting_of_the_report(place: Place) -> None:
    out, graph = place
    for page, _ in captures(graph):
        wanted: Counter[str] = Counter()
        for kind, start, end in page["pieces"]:  # type: ignore[attr-defined]
            wanted[kind] += end - start
        tree = parsed(out / f"id/capture/{str(page['sha256'])[:12]}.html")
        found = {
            row.attributes["data-kind"]: digits(row.css("td.number")[1].text())
            for row in tree.css(".legend tr[data-kind]")
        }
        assert found == {kind: n for kind, n in wanted.items() if n}


def test_every_place_of_the_graph_is_on_the_page(place: Place) -> None:
    out, graph = place
    rows = graph.query(
        "PREFIX mg: <https://w3id.org/mandate-graph/ns#> SELECT ?x ?c ?s { ?x mg:inCapture ?c ; mg:start ?s }"
    )
    wanted: dict[str, set[str]] = {}
    for thing, capture, start in rows:
        key = str(capture).rpartition("/")[2].rstrip(">")
        name = str(thing).rstrip(">")
        wanted.setdefault(key, set()).add(
            name.partition("#")[2] or ("o-" if "/occurrence/" in name else "f-") + str(start)
        )
    assert wanted
    for key, ids in wanted.items():
        tree = parsed(out / f"id/capture/{key}.html")
        found = Counter(each.attributes["id"] for each in tree.css("[id]"))
        assert ids <= found.keys()
        assert max(found.values()) == 1


def test_a_theme_lists_every_paragraph_once(place: Place) -> None:
    out, graph = place
    rows = graph.query("mandates-per-theme-and-summit")
    totals: Counter[str] = Counter()
    for row in rows:
        totals[str(row["theme"])] += int(row["mandates"])
    tree = parsed(out / "themes.html")
    own = {row.attributes["data-thing"]: digits(row.css("td")[0].text()) for row in tree.css("tr[data-thing]")}
    assert {theme: n for theme, n in own.items() if n} == dict(totals)
    for line in tree.css("tr[data-thing]"):
        iri = str(line.attributes["data-thing"])
        page = parsed(out / f"{iri.removeprefix(graph.base)}.html")
        listed = [each.attributes["data-paragraph"] for each in page.css("li[data-paragraph]")]
        assert len(listed) == len(set(listed)) == digits(line.css("td")[1].text())


def test_instruments_count_as_the_named_query_counts(place: Place) -> None:
    out, graph = place
    wanted = {str(row["instrument"]): int(row["mandates"]) for row in graph.query("instruments-cited")}
    tree = parsed(out / "instruments.html")
    found = {row.attributes["data-thing"]: digits(row.css("td")[0].text()) for row in tree.css("tr[data-thing]")}
    assert found == wanted
    for iri, n in wanted.items():
        page = parsed(out / f"{iri.removeprefix(graph.base)}.html")
        assert len(page.css("li[data-paragraph]")) == n


def test_the_start_counts_what_the_report_counts(place: Place) -> None:
    out, graph = place
    counts = graph.report.data["counts"]
    tree = parsed(out / "index.html")
    found = {each.attributes["data-figure"]: digits(each.css("dd")[0].text()) for each in tree.css("[data-figure]")}
    assert found["mandates"] == counts["paragraphs"]
    assert found["listings"] == counts["listings"]
    assert found["documents"] == counts["documents_cited"]
    assert found["mentions"] == sum(counts["mentions"].values())
    assert found["instruments"] == counts["things_named"].get("instrument", 0)
    assert found["bodies"] == counts["things_named"].get("body", 0)
    size = (out / "index.html").stat().st_size + (out / "assets/style.css").stat().st_size
    assert size < 100_000


MARKS = st.builds(
    Mark,
    st.integers(-2, 40),
    st.integers(-2, 40),
    st.sampled_from(["occurrence", "piece", "place"]),
    st.just("text"),
)


@given(st.text(st.sampled_from("a<>&\"'\r\n\u2028é😀{}%"), max_size=30), st.lists(MARKS, max_size=12))
def test_marks_that_cross_are_nested_and_no_character_is_lost(text: str, marks: list[Mark]) -> None:
    steps = list(events(text, marks))
    assert "".join(step.text for step in steps) == text
    depth = 0
    for step in steps:
        depth += {"open": 1, "close": -1}.get(step.step, 0)
        assert depth >= 0
    assert depth == 0
    body = "".join(
        {"open": "<span>", "close": "</span>", "line": "<span class=ln></span>"}.get(step.step, "") or exact(step.text)
        for step in steps
    )
    (shown,) = LexborHTMLParser(f"<pre>\n{body}</pre>").css("pre")
    assert shown.text() == text
    assert sum(each["characters"] for each in accounted(steps)) == len(text)
