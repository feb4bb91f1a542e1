"""The SPARQL page in a real browser: it answers as Python does, can be stopped, and trusts no server."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

import mandate_graph as mg
import servers
from browser import UNDER, barriers
from mandate_graph.dataset import Graph
from mandate_graph.engine import literal, unquote
from mandate_graph.house import query_files
from mandate_graph.outputs import find_build
from mandate_graph.publish.beside import triples_of
from mandate_graph.publish.site import Site
from mandate_graph.publish.vocabulary import MOST_TRIPLES, query_data_files, sparql_page
from mandate_graph.sparql import bind, named_queries
from mandate_graph.sparql.text import with_values

EDITOR = "document.querySelector('.CodeMirror').CodeMirror"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
ASK_WORKER = """async ([address, union, graphs, texts]) => {
  const worker = new Worker(address, { type: "module" });
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const ask = (message) => new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data.failure ? { failure: data.failure } : data.answer);
    worker.postMessage(message);
  });
  const sizes = [await ask({ kind: "load", what: "union", bytes: bytes(union) }), await ask({ kind: "load", what: "graphs", bytes: bytes(graphs) })];
  const found = [];
  for (const text of texts) found.push(await ask({ kind: "query", form: "select", text }));
  worker.terminate();
  return [sizes, found];
}"""


@pytest.fixture(scope="module")
def graph(bilingual: Path) -> Graph:
    return mg.open(bilingual)


@pytest.fixture(scope="module", autouse=True)
def dump(published: Path, bilingual: Path) -> tuple[bytes, bytes]:
    """The downloads that the page loads, packed; made here where the site has none yet."""
    folder = published / UNDER / "dump"
    folder.mkdir(exist_ok=True)
    quads = find_build(bilingual).read_bytes()
    for name, lines in (("mandates.nt.gz", b"".join(sorted(triples_of(quads)))), ("mandates.nq.gz", quads)):
        if not (folder / name).exists():
            (folder / name).write_bytes(gzip.compress(lines, 1))
    return (folder / "mandates.nt.gz").read_bytes(), (folder / "mandates.nq.gz").read_bytes()


def write(page: Page, text: str) -> None:
    page.evaluate(f"text => {EDITOR}.setValue(text)", text)


def run(page: Page, text: str, says: str | re.Pattern[str] = re.compile(r"\d s,")) -> None:
    write(page, text)
    page.locator("#run").click()
    expect(page.locator("#told")).to_contain_text(says)


def column(page: Page, nth: int = 1) -> list[str]:
    return [str(each) for each in page.locator(f"#answer tbody td:nth-child({nth})").all_inner_texts()]


def term(cell: dict[str, str]) -> str:
    if cell["type"] == "uri":
        return f"<{cell['value']}>"
    return literal(cell["value"], cell.get("xml:lang", ""), cell.get("datatype", ""))


def test_every_named_query_gives_the_rows_that_python_gives(
    page: Page, site: str, graph: Graph, dump: tuple[bytes, bytes]
) -> None:
    engine = graph.engine(named_graphs=True)
    texts = {}
    for query in named_queries(query_files()).values():
        texts[query.name] = query.text
        values = dict(part.split("=") for part in query.example.split() if "=" in part)
        with contextlib.suppress(mg.MandateGraphError):  # the example's thing may not be in these pages
            texts[f"{query.name} {query.example}"] = query.bound(bind(engine, query, graph.base, values))
    page.goto(f"{site}sparql.html")
    packed = [base64.b64encode(each).decode() for each in dump]
    sizes, answers = page.evaluate(ASK_WORKER, [f"{site}assets/sparql-worker.js", *packed, list(texts.values())])
    assert sizes[0] == len(gzip.decompress(dump[0]).splitlines())
    full = 0
    for (name, text), answer in zip(texts.items(), answers, strict=True):
        assert isinstance(answer, str), (name, answer)
        names, rows = engine.table(text, name)
        found = json.loads(answer)
        assert found["head"]["vars"] == names
        cells = [[term(row[each]) if each in row else "" for each in names] for row in found["results"]["bindings"]]
        assert sorted(cells) == sorted(rows), name
        full += bool(rows)
    assert full > 15


FILL = f"""async ([query, values]) => {{
  const item = document.querySelector(`[data-query="${{query}}"]`);
  item.querySelector("[aria-expanded]").click();
  await new Promise((done) => setTimeout(done, 20));
  for (const [name, value] of Object.entries(values)) document.getElementById(`p-${{query}}-${{name}}`).value = value;
  item.querySelector("form").requestSubmit();
  return {EDITOR}.getValue();
}}"""


def sample(kind: str, base: str) -> tuple[str, str]:
    """A value of a kind as a reader writes it, and the term that it is."""
    if "|" in kind:
        value = kind.rpartition("|")[2]
        return value, literal(value)
    if kind == "text":
        value = 'a\\u "b" é'
        return value, literal(value)
    if kind == "integer":
        return "+2004", literal("2004", datatype="http://www.w3.org/2001/XMLSchema#integer")
    return ("body/iom", f"<{base}id/body/iom>") if kind == "resource" else ("x/y", f"<{base}id/{kind}/x/y>")


def test_parameters_are_put_into_the_text_as_python_puts_them(page: Page, site: str, graph: Graph) -> None:
    page.goto(f"{site}sparql.html")
    expect(page.locator("[data-query] .deeds button").first).to_be_attached()
    tried = 0
    for query in named_queries(query_files()).values():
        if not query.parameters:
            continue
        values, terms = {}, {}
        for parameter in query.parameters:
            values[parameter.name], terms[parameter.name] = sample(parameter.kind, graph.base)
        assert page.evaluate(FILL, [query.name, values]) == with_values(query.text, terms), query.name
        tried += 1
    assert tried > 12
    page.locator("[data-query=mandates-by-theme] summary").click()
    page.locator("#p-mandates-by-theme-theme").fill("no good>")
    page.locator("[data-query=mandates-by-theme] button[type=submit]").click()
    expect(page.locator("[data-query=mandates-by-theme] [role=alert]")).to_contain_text("theme")


def test_names_stand_for_iris_in_the_language_of_the_reader(page: Page, site: str) -> None:
    text = "SELECT ?theme { VALUES ?theme { <https://w3id.org/mandate-graph/id/country/us> } ?theme ?p ?o } LIMIT 1"
    for code, name in (("", "United States"), (".es", "Estados Unidos")):
        page.goto(f"{site}sparql{code}.html")
        run(page, text)
        link = page.locator("#answer tbody a")
        expect(link).to_contain_text(name)
        assert link.get_attribute("href") == f"id/country/us{code}.html"
        page.locator("#named").uncheck()
        assert column(page) == ["https://w3id.org/mandate-graph/id/country/us"]


def test_a_query_can_be_stopped_and_the_page_stays_alive(page: Page, site: str) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/dump/" in request.url else None)
    page.goto(f"{site}sparql.html")
    assert not fetched  # nothing is loaded before it is wanted
    page.locator("#load").click()
    expect(page.locator("#told")).to_contain_text("statements are loaded")
    write(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.locator("#run").click()
    expect(page.locator("#told")).to_contain_text("running")
    expect(page.locator("#clock")).to_contain_text("1 s")
    assert (
        page.evaluate(
            "new Promise(done => { const t = performance.now(); setTimeout(() => done(performance.now() - t), 0) })"
        )
        < 200
    )
    page.locator("#stop").click()
    expect(page.locator("#told")).to_contain_text("Stopped")
    run(page, "ASK { ?s ?p ?o }")
    expect(page.locator("#answer")).to_contain_text("Yes")
    assert len(fetched) == 1
    page.evaluate("document.getElementById('limit').append(new Option('1', '1', true, true))")
    run(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "Stopped after 1 seconds")


def test_what_is_wrong_is_said_in_words(page: Page, site: str) -> None:
    page.goto(f"{site}sparql.html")
    run(page, "SELECT ?x {\n ?x a\n}", "Line 3, column")
    assert page.locator(".parse-error").count() == 1
    page.locator(".parse-error").hover()
    run(page, "PREFIX a: <b:c>", "no query yet")
    run(page, "INSERT DATA { <a:b> <a:c> 1 }", "changes nothing")
    run(page, "SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }", "asks another server (SERVICE)")
    page.get_by_role("button", name="Choose an endpoint").click()
    page.locator("#endpoint").fill("javascript:alert(1)")
    run(page, "ASK {}", "begins with https://")


def test_long_results_are_shown_a_page_at_a_time_and_taken_whole(page: Page, site: str) -> None:
    page.goto(f"{site}sparql.html")
    run(page, "SELECT ?n ?s { ?s ?p ?o . BIND (STRLEN(STR(?o)) AS ?n) } ORDER BY ?s LIMIT 5000", "5\u202f000 rows")
    assert page.locator("#answer tbody tr").count() == 100
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".pages")).to_contain_text("101–200 of 5\u202f000")
    page.get_by_role("button", name="n", exact=True).click()
    numbers = [int(each) for each in column(page)]
    assert numbers == sorted(numbers)
    with page.expect_download() as waiting:
        page.locator("[data-take=csv]").click()
    lines = Path(str(waiting.value.path())).read_bytes().split(b"\r\n")
    assert lines[0] == b"n,s"
    assert len(lines) == 5002


def test_statements_as_turtle_and_as_a_network(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}sparql.html")
    run(page, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER ( CONTAINS(STR(?s), '/id/country/') ) }", "statements")
    told = page.locator("#told").inner_text()
    for form, kind in (("ttl", "text/turtle"), ("nt", "application/n-triples")):
        with page.expect_download() as waiting:
            page.locator(f"[data-take={form}]").click()
        path = tmp_path / f"x.{form}"
        waiting.value.save_as(path)
        import rdflib

        assert f"{len(rdflib.Graph().parse(path, format=kind))} statements" in told.replace("\u202f", "")
    page.get_by_role("tab", name="Network").click()
    expect(page.locator("#panel-graph circle").nth(5)).to_be_visible()  # the part that draws is fetched first
    first = page.locator("#panel-graph svg").inner_html()
    page.locator("#run").click()
    page.get_by_role("tab", name="Network").click()
    expect(page.locator("#panel-graph circle").first).to_be_visible()
    assert page.locator("#panel-graph svg").inner_html() == first
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as SVG").click()
    assert b"var(" not in Path(str(waiting.value.path())).read_bytes()


def test_the_address_holds_the_query_and_the_endpoint(page: Page, site: str) -> None:
    page.goto(
        f"{site}sparql.html#query=ASK%20%7B%20%3Fa%20%3Fb%20%22%26%23%2B%22%20%7D&endpoint=http%3A%2F%2Flocalhost%3A1%2Fsparql"
    )
    assert page.evaluate(f"{EDITOR}.getValue()") == 'ASK { ?a ?b "&#+" }'
    assert page.locator("#endpoint").input_value() == "http://localhost:1/sparql"
    page.locator("#here").check()
    page.locator("#run").click()
    expect(page.locator("#answer")).to_contain_text("No")
    assert "endpoint" not in page.url
    assert page.url.endswith("#query=ASK%20%7B%20%3Fa%20%3Fb%20%22%26%23%2B%22%20%7D")


def test_names_are_completed_prefixes_added_and_the_keyboard_is_free(page: Page, site: str) -> None:
    page.goto(f"{site}sparql.html")
    write(page, "")
    page.locator("#editor textarea").focus()
    page.keyboard.type("SELECT ?mandate { ?mandate mg:confid", delay=5)
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("mg:confidence")
    page.keyboard.press("Enter")
    page.keyboard.type(" ?x ; ?p iom", delay=5)
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("/id/body/iom>")
    page.keyboard.press("Enter")
    page.keyboard.type(" . ?man", delay=5)
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("?mandate")
    page.keyboard.press("Escape")
    text = page.evaluate(f"{EDITOR}.getValue()")
    assert "PREFIX mg: <https://w3id.org/mandate-graph/ns#>" in text
    assert "?p <https://w3id.org/mandate-graph/id/body/iom> ." in text
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "run"
    page.keyboard.press("Shift+Tab")
    write(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text("Yes")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_anybody(browser: Browser, site: str, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{site}sparql.html")
    run(page, page.evaluate(f"{EDITOR}.getValue()"))
    assert barriers(page) == []
    page.get_by_role("tab", name="Table").press("ArrowRight")
    expect(page.get_by_role("tab", name="Chart")).to_be_focused()
    expect(page.locator("#panel-chart svg")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_without_scripts_the_questions_are_there(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}sparql.html")
    assert "needs JavaScript" in page.inner_text("main")
    assert page.locator("#asking").is_hidden()
    assert page.locator("a[href='queries/mandates-by-theme.html']").count() == 1
    context.close()


# --- other servers


@pytest.fixture
def stranger(browser: Browser, site: str) -> Iterator[tuple[Page, list[str]]]:
    """The page, and what broke its policy or its scripts; the browser may say that a server failed."""
    context = browser.new_context()
    page = context.new_page()
    broken: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        broken.append(dialog.message)
        dialog.dismiss()

    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("dialog", dismissed)
    page.on("console", lambda one: broken.append(one.text) if "Content Security Policy" in one.text else None)
    page.goto(f"{site}sparql.html")
    page.locator("#far").check()
    yield page, broken
    context.close()
    assert broken == []


def test_a_server_is_asked_by_the_protocol(
    stranger: tuple[Page, list[str]], tmp_path: Path, dump: tuple[bytes, bytes]
) -> None:
    page, _ = stranger
    with servers.oxigraph(tmp_path, "--cors") as store:
        load(store.query.removesuffix("query") + "store?default", gzip.decompress(dump[0]))
        page.locator("#endpoint").fill(store.query)
        run(page, f"SELECT ?s {{ ?s {LABEL} 'United States'@en }}", "127.0.0.1")
        expect(page.locator("#answer tbody a")).to_contain_text("United States")
        run(page, f"CONSTRUCT WHERE {{ ?s {LABEL} 'United States'@en }}", "1 statement,")
        run(page, "ASK { ?s ?p ?o }")
        run(page, "SELECT ?x {", "HTTP status 400")
        assert "endpoint=" in page.url
    run(page, "ASK { ?s ?p ?o }", "does not let pages of other sites ask it (CORS)")


def load(address: str, triples: bytes) -> None:
    import urllib.request

    sent = urllib.request.Request(address, triples, {"Content-Type": "application/n-triples"}, method="POST")
    with urllib.request.urlopen(sent, timeout=30) as answer:
        assert answer.status < 300


def test_a_hostile_server_gets_no_markup_no_script_and_no_link(stranger: tuple[Page, list[str]]) -> None:
    page, _ = stranger
    evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    rows = [
        {"x": {"type": "uri", "value": "javascript:alert(3)"}, "y": {"type": "literal", "value": evil}},
        {"x": {"type": "uri", "value": f"http://x.example/{evil}"}, "y": {"type": "literal", "value": "y" * 200_000}},
        {"x": {"type": "uri", "value": "data:text/html,<script>alert(4)</script>"}, "y": {"value": {"a": 1}}},
    ]
    bodies = {
        "results": (200, json.dumps({"head": {"vars": ["x", "y"]}, "results": {"bindings": rows}})),
        "html": (200, f"<html>{evil}</html>"),
        "status": (500, evil),
        "shape": (200, '{"head": {"vars": 3}, "results": null}'),
    }

    def answer(handler: Any, _body: bytes) -> None:
        status, text = bodies[handler.path.rpartition("/")[2]]
        handler.send_response(status)
        handler.send_header("Access-Control-Allow-Origin", "*")
        handler.send_header("Content-Type", "application/sparql-results+json")
        handler.end_headers()
        handler.wfile.write(text.encode())

    with servers.server(answer) as door:
        at = door.url.rstrip("/")
        page.locator("#endpoint").fill(f"{at}/results")
        run(page, "SELECT * {}", "3 rows")
        page.wait_for_timeout(200)
        assert (
            page.locator("#answer img, #answer script, #answer a[href^=javascript], #answer a[href^=data]").count() == 0
        )
        assert page.locator("#answer tbody a").count() == 1
        assert max(map(len, column(page, 2))) < 1000
        page.get_by_role("tab", name="Network").click() if page.get_by_role("tab", name="Network").count() else None
        page.get_by_role("tab", name="JSON").click()
        expect(page.locator("#panel-text pre")).to_contain_text("onerror")
        for path, says in (
            ("html", "no SPARQL results"),
            ("status", "HTTP status 500"),
            ("shape", "no SPARQL results"),
        ):
            page.locator("#endpoint").fill(f"{at}/{path}")
            run(page, "SELECT * {}", says)
        assert page.locator("main img, main script:not([type])").count() == 0


# --- what Python makes


def test_the_vocabulary_counts_what_is_in_the_graph(graph: Graph) -> None:
    site = Site(graph.base, "https://mandates.example/", ("en", "es"))
    files = {file.path: json.loads(b"".join(file.pieces)) for file in query_data_files(site, graph)}
    assert files.keys() == {"data/vocabulary.json", "data/queries.json"}
    known = files["data/vocabulary.json"]
    engine = graph.engine()
    for word in known["properties"]:
        _, ((n,),) = engine.table(f"SELECT (COUNT(*) AS ?n) {{ ?s <{word['iri']}> ?o }}")
        assert int(unquote(n)[1]) == word["n"]
    ours = {word["iri"]: word for word in known["classes"]}[f"{known['prefixes']['mg']}Mandate"]
    assert set(ours["labels"]) >= {"en", "es"}
    assert len(ours["comments"]["en"]) > len(ours["labels"]["en"])
    assert any(thing["iri"].endswith("/body/iom") for thing in known["things"])
    assert {query["name"] for query in files["data/queries.json"] if not query["far"]} == set(
        named_queries(query_files())
    )


def test_above_a_number_of_triples_only_endpoints_are_offered(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    given = sparql_page(graph)
    assert given["offered"]
    assert given["triples"] < MOST_TRIPLES
    monkeypatch.setattr("mandate_graph.publish.vocabulary.MOST_TRIPLES", given["triples"] - 1)
    assert not sparql_page(graph)["offered"]
