"""The pages on which the graph speaks of itself say what its own program says: answers, links, terms, promises, graphs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from urllib.parse import unquote as percent_decode

import pytest
from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode

import mandate_graph as mg
from browser import UNDER
from conftest import ROOT, Cli
from mandate_graph import sparql
from mandate_graph.dataset import Graph
from mandate_graph.engine import parse_quads, unquote
from mandate_graph.house import query_files
from mandate_graph.iris import MG
from mandate_graph.publish.library.promised import promises
from mandate_graph.publish.library.questions import SHOWN, asked
from mandate_graph.publish.library.shapes import shape_files

HERE = sparql.named_queries(query_files())
ELSEWHERE = sparql.federated_queries(query_files())
LANGUAGES = ("", ".es")


@pytest.fixture(scope="module")
def graph(bilingual: Path) -> Graph:
    return mg.open(bilingual)


@pytest.fixture(scope="module")
def root(published: Path) -> Path:
    return published / UNDER


def read(path: Path) -> Html:
    return Html(path.read_text(encoding="utf-8"))


def number(text: str) -> int:
    return int(text.replace("\u202f", ""))


def one(page: Html | LexborNode, selector: str) -> LexborNode:
    found = page.css_first(selector)
    assert found is not None, selector
    return found


def texts(page: Html, selector: str) -> list[str]:
    return [node.text().strip() for node in page.css(selector)]


@pytest.mark.parametrize("name", HERE)
def test_a_question_has_the_rows_that_its_query_gives(name: str, root: Path, graph: Graph) -> None:
    query = HERE[name]
    given = dict([query.example.split("=", 1)]) if query.example else {}
    result = graph.query(name, given)
    columns = [each for each in result.names if not (each.endswith("Label") and each[:-5] in result.names)]
    for ending in LANGUAGES:
        page = read(root / f"queries/{name}{ending}.html")
        assert len(page.css("table.answer tbody tr")) == min(len(result), SHOWN)
        assert texts(page, "table.answer thead th") == (columns if result else [])
        for row, shown in zip(result.terms, page.css("table.answer tbody tr"), strict=False):
            for column, cell in zip(columns, shown.css("td"), strict=True):
                term = row[result.names.index(column)]
                if term.startswith("<"):
                    assert cell.css_first("a") is not None
                elif term and "#date" not in term:
                    assert " ".join(cell.text().split()) == " ".join(unquote(term)[1].split())
        if not result:
            assert one(page, "p.note").text() == (query.unanswered or query.none or one(page, "p.note").text())


@pytest.mark.parametrize("name", [*HERE, *ELSEWHERE])
def test_a_question_can_be_asked_again(name: str, root: Path, graph: Graph) -> None:
    page = read(root / f"queries/{name}.html")
    opened = one(page, "a.button[href*='#query=']").attributes["href"] or ""
    text = percent_decode(opened.partition("#query=")[2])
    assert opened.startswith("../sparql.html#")
    assert text.strip() == one(page, "pre[role=region]").text().strip()
    assert one(page, "a[download]").attributes["href"] == f"{name}.rq"
    if name in HERE:
        rows = graph.query(name, dict([HERE[name].example.split("=", 1)]) if HERE[name].example else {})
        assert graph.query(text).terms == rows.terms  # what is opened gives what is shown


def test_every_question_is_listed_once(root: Path) -> None:
    for ending in LANGUAGES:
        links = [node.attributes["href"] for node in read(root / f"queries{ending}.html").css("ul.cards h3 a")]
        assert Counter(links) == Counter(f"queries/{name}{ending}.html" for name in (*HERE, *ELSEWHERE))


def test_the_command_of_a_question_gives_its_rows(root: Path, bilingual: Path, cli: Cli, graph: Graph) -> None:
    command = one(read(root / "queries/dated-targets.html"), "pre code").text().split()
    assert command[0] == "mandate-graph"
    done = cli(*command[1:], "--from", bilingual, "--format", "csv")
    assert done.returncode == 0, done.stderr
    head, *rows = csv.reader(io.StringIO(done.stdout))
    result = graph.query("dated-targets", asOf=2026)
    assert tuple(head) == result.names
    assert len(rows) == len(result) > 0


def test_questions_have_titles_in_the_readers_language(root: Path) -> None:
    for name, query in (HERE | ELSEWHERE).items():
        heading = one(read(root / f"queries/{name}.es.html"), "h1")
        assert heading.text() == query.titles["es"]
        assert not heading.css("[lang]")
        assert query.purposes.keys() == query.titles.keys() == {"es"}


def test_a_title_in_another_language_says_so(graph: Graph) -> None:
    query = asked(graph, sparql.NamedQuery.read("x", "# title: One\n# title-es: Uno\nSELECT * { VALUES ?x { 1 } }"))
    assert [(query.title(code), query.title(code).language) for code in ("es", "pt")] == [("Uno", "es"), ("One", "en")]


def test_an_example_that_names_nothing_here_is_left_out(graph: Graph) -> None:
    query = sparql.NamedQuery.read("x", HERE["mandates-naming"].text.replace("body/iom", "body/nobody"))
    answer = asked(graph, query).answer
    assert answer is not None
    assert answer.parameters == {}
    assert answer.total == len(graph.query("mandates-naming"))


def test_figures_of_links_are_those_of_the_report(root: Path, bilingual: Path, graph: Graph, cli: Cli) -> None:
    done = cli("link", "report", "--house", bilingual.parent)
    assert done.returncode == 0, done.stderr
    told = {tuple(line.split()[:4]) for line in done.stdout.splitlines()}
    table = list(csv.DictReader(io.StringIO(graph.table("linkedness"))))
    page = read(root / "links.html")
    heads = texts(page, "table.linked thead th")
    rows = [[each.text().strip() for each in row.css("th, td")] for row in page.css("table.linked tbody tr")]
    assert len(rows) == len(table) > 0
    for row, known in zip(rows, table, strict=True):
        figures = dict(zip(heads, row, strict=True))
        assert number(figures["Things"]) == int(known["things"])
        assert number(figures["Linked"]) == int(known["linked"])
        assert number(figures["reviewed by a second person"]) == int(known["reviewed"])
        assert number(figures["pairs refused"]) == int(known["rejected"])
        for relation in heads[4:-4]:
            assert number(figures[relation]) == int(known[relation])
        key = known["target"].rpartition("/")[2]
        assert (known["kind"], key, known["things"], known["linked"]) in told
    assert number(texts(page, "dl.figures dd")[2]) == sum(int(row["reviewed"]) for row in table) > 0


def test_a_link_is_told_as_a_sentence(root: Path, graph: Graph) -> None:
    row = next(each for each in graph.query("external-links", state="reviewed") if each.how)
    pages = [read(path) for path in (root / "id/mapping").glob("*.html") if not path.name.endswith(".es.html")]
    sentences = [" ".join(one(page, "main p.lead").text().split()) for page in pages]
    assert any(row.thingLabel in said and "says" in said for said in sentences)
    assert any("B. Reader" in (one(page, "dl.facts").text()) for page in pages)


def test_every_own_term_is_explained_once_under_its_name(root: Path, graph: Graph) -> None:
    own = {s[1:-1] for s, p, o, _ in graph.quads() if p.endswith("#isDefinedBy>")}
    uses = Counter(p[1:-1] for _, p, _, _ in {(s, p, o, "") for s, p, o, _ in graph.quads()})
    types = Counter(
        o[1:-1] for _, o in {(s, o) for s, p, o, _ in graph.quads() if p.endswith("22-rdf-syntax-ns#type>")}
    )
    for ending in LANGUAGES:
        page = read(root / f"ns{ending}.html")
        ids = Counter(node.attributes["id"] for node in page.css("[id]"))
        assert set(ids.values()) == {1}
        terms = [f"{MG}{node.attributes['id']}" for node in page.css("section.term")]
        assert Counter(terms) == Counter(own)
        for node in page.css("section.term"):
            term = f"{MG}{node.attributes['id']}"
            shown = one(node, "[data-uses]").attributes["data-uses"] or ""
            assert int(shown) == (types[term] or uses[term])
        guests = texts(page, "[aria-labelledby=guests] tbody th")
        assert "dcterms:source" in guests
        assert len(guests) == len(set(guests))


def test_promises_say_what_validate_says(root: Path, bilingual: Path) -> None:
    results = mg.validate(bilingual, house=ROOT)
    every = promises(shape_files(ROOT / "shapes"), ROOT / "shapes", results)
    placed = Counter(result for shape in every for each in shape.promises for result in each.results)
    assert placed == Counter(results)  # each result stands under one promise
    for ending in LANGUAGES:
        page = read(root / f"shapes{ending}.html")
        shown = {node.attributes["data-severity"]: number(node.text()) for node in page.css("[data-severity]")}
        assert shown == {
            name: sum(each.severity == name for each in results) for name in ("Violation", "Warning", "Info")
        }
        assert len(page.css("section.promise")) == len(every)
        assert len(page.css("ul.checks > li")) == sum(len(shape.promises) for shape in every)
        for shape in every:
            assert page.css_first(f"[id='{shape.key}']") is not None
            for each in shape.promises:
                assert page.css_first(f"[id='{each.key}']") is not None


def test_the_data_of_the_shapes_are_the_shapes(root: Path) -> None:
    from rdflib import Graph as Triples
    from rdflib.compare import isomorphic

    own = Triples()
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        own.parse(path)
    for ending, name in {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld"}.items():
        assert isomorphic(own, Triples().parse(root / f"shapes.{ending}", format=name)), ending


def test_a_page_of_a_graph_holds_the_graph(root: Path, graph: Graph) -> None:
    known: dict[str, set[tuple[str, str, str]]] = {}
    for s, p, o, g in graph.quads():
        known.setdefault(g[1:-1].removeprefix(graph.base), set()).add((s, p, o))
    listed = [node.attributes["href"] for node in read(root / "graph.html").css("tbody th a")]
    assert sorted(map(str, listed)) == sorted(f"{stem}.html" for stem in known)
    for stem, triples in known.items():
        assert number(one(read(root / f"{stem}.html"), "#triples").text()) == len(triples)
        for ending in (".nt", ".ttl", ".jsonld"):
            assert {quad[:3] for quad in parse_quads(root / f"{stem}{ending}")} == triples, stem


def test_the_page_for_nothing_leads_on_from_everywhere(root: Path) -> None:
    for ending in LANGUAGES:
        page = read(root / f"404{ending}.html")
        ways = [
            str(node.attributes[name])
            for name in ("href", "src", "action")
            for node in page.css(f"[{name}]")
            if not str(node.attributes[name]).startswith(("https://", "#"))
        ]
        assert len(ways) > 10
        assert [way for way in ways if not way.startswith("/")] == []  # mandates.example serves it at its root
        assert page.css_first("form[role=search] input[name=q]") is not None
        missing = [way for way in ways if way.endswith((".css", ".svg", ".js")) and not (root / way[1:]).is_file()]
        assert missing == []


def test_the_page_for_nothing_knows_the_path_of_the_site(root: Path) -> None:
    from mandate_graph.publish.layouts import Lost
    from mandate_graph.publish.site import Site

    lost = Lost(Site("https://w3id.org/x/", "https://host.example/a%20b/", ("en", "es")), {}, None, "404.html", "es")  # type: ignore[arg-type]
    assert lost.href("assets/style.css") == "/a%20b/assets/style.css"
    assert lost.page("ns", fragment="Body") == "/a%20b/ns.es.html#Body"
    assert lost.root == "/a%20b/"
