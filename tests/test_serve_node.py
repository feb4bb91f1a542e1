"""Clients of JavaScript as their users use them: three of Node, and the editors of the YASGUI family in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browser import serving as files
from conftest import ROOT
from mandate_graph.dataset import Graph as Ours
from servers import needed, without
from serving import Served

CLIENTS = ROOT / "tests" / "clients"
MG = "https://w3id.org/mandate-graph/ns#"
US = "https://w3id.org/mandate-graph/id/country/us"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
SUMMITS = f"SELECT ?s ?l {{ ?s a <{MG}Summit> ; {LABEL} ?l }} ORDER BY ?s ?l"
LABELS = f"CONSTRUCT {{ ?s {LABEL} ?l }} WHERE {{ ?s a <{MG}Summit> ; {LABEL} ?l }}"
DESCRIBE = f"DESCRIBE <{US}>"
MANY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 20000"
Ask = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def ask(served: Served) -> Ask:
    """Ask with a client; what it said of each query."""
    node = needed("node", "nodejs")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.strip().lstrip("v").split(".")[:2])) < (20, 18):
        without(f"Node is {version.strip()}; the clients need 20.18 (tests/clients/package.json)")
    if not (CLIENTS / "node_modules" / ".package-lock.json").exists():
        without("the clients of Node are not installed (make clients)")

    def run(client: str, *asked: Mapping[str, object]) -> list[Any]:
        given = {"endpoint": served.sparql, "store": f"{served.url}store", "asked": asked}
        done = subprocess.run(
            [node, "ask.mjs", client], cwd=CLIENTS, input=json.dumps(given), capture_output=True, text=True,
            encoding="utf-8", check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: list[Any] = json.loads(done.stdout)
        return found

    return run


@pytest.fixture(scope="module")
def want(dataset: Ours) -> Mapping[str, Any]:
    """What every client must find."""
    lines = dataset.query(LABELS).terms
    return {
        SUMMITS: [dict(zip(("s", "l"), row, strict=True)) for row in dataset.query(SUMMITS).terms],
        LABELS: sorted(f"{s} {p} {o} ." for s, p, o in lines),
        DESCRIBE: sorted(f"{s} {p} {o} ." for s, p, o in dataset.query(f"CONSTRUCT WHERE {{ <{US}> ?p ?o }}").terms),
    }


def holds(found: Any, wanted: Sequence[str]) -> bool:
    """Whether a description has what is said of the thing itself."""
    return set(wanted) <= set(found)


@pytest.mark.slow
@pytest.mark.parametrize("source", [None, "", "service"])
def test_comunica(ask: Ask, want: Mapping[str, Any], served: Served, source: str | None) -> None:
    """As an endpoint that it is told of, and as one that it finds out about from the description of the service."""
    given = (
        {}
        if source is None
        else {"source": served.sparql if source == "" else {"type": "sparql", "value": served.sparql}}
    )
    rows, yes, no, triples = ask(
        "comunica",
        {"form": "select", "query": SUMMITS, **given},
        {"form": "ask", "query": f"ASK {{ ?s a <{MG}Summit> }}", **given},
        {"form": "ask", "query": "ASK { <x:y> ?p ?o }", **given},
        {"form": "construct", "query": LABELS, **given},
    )
    assert (rows, yes, no, triples) == (want[SUMMITS], True, False, want[LABELS])


@pytest.mark.slow
def test_comunica_reads_a_thing(ask: Ask, served: Served, dataset: Ours) -> None:
    """The address of a thing is a source: its data are found by negotiation, through the redirection."""
    query = f"SELECT ?l {{ <{US}> {LABEL} ?l }} ORDER BY ?l"
    wanted = [{"l": row[0]} for row in dataset.query(query).terms]
    for path in ("id/country/us", "id/country/us.ttl", "id/country/us.html"):
        (found,) = ask("comunica", {"form": "select", "query": query, "source": f"{served.url}{path}"})
        assert found == wanted, path


@pytest.mark.parametrize("options", [{}, {"method": "GET"}, {"method": "POST"}])
def test_fetch_sparql_endpoint(ask: Ask, want: Mapping[str, Any], options: Mapping[str, object]) -> None:
    rows, yes, triples, described, unread, refused, many = ask(
        "fetch-sparql-endpoint",
        {"form": "select", "query": SUMMITS, **options},
        {"form": "ask", "query": "ASK {}", **options},
        {"form": "construct", "query": LABELS, **options},
        {"form": "describe", "query": DESCRIBE, **options},
        {"form": "select", "query": "SELECT ?s {", **options},
        {"form": "update", "query": "CLEAR ALL", **options},
        {"form": "select", "query": MANY, **options},
    )
    assert (rows, yes, triples) == (want[SUMMITS], True, want[LABELS])
    assert holds(described, want[DESCRIBE])
    assert "400" in unread["failed"]
    assert "line 1" in unread["failed"]
    assert "403" in refused["failed"]
    assert len(many) == 20_000


@pytest.mark.parametrize("operation", ["get", "postUrlencoded", "postDirect"])
def test_sparql_http_client(ask: Ask, want: Mapping[str, Any], operation: str) -> None:
    for how in ("stream", "parsing"):
        rows, yes, triples, unread, many = ask(
            "sparql-http-client",
            {"how": how, "operation": operation, "form": "select", "query": SUMMITS},
            {"how": how, "operation": operation, "form": "ask", "query": "ASK {}"},
            {"how": how, "operation": operation, "form": "construct", "query": LABELS},
            {"how": how, "operation": operation, "form": "select", "query": "SELECT ?s {"},
            {"how": how, "operation": operation, "form": "select", "query": MANY},
        )
        assert (rows, yes, triples) == (want[SUMMITS], True, want[LABELS]), how
        assert "400" in unread["failed"]
        assert len(many) == 20_000


def test_sparql_http_client_simple_and_store(ask: Ask, dataset: Ours) -> None:
    names = sorted({row[0][1:-1] for row in dataset.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").terms})
    table, refused, *graphs = ask(
        "sparql-http-client",
        {"how": "simple", "form": "select", "query": SUMMITS, "headers": {"accept": "text/csv"}},
        {"how": "simple", "form": "select", "query": "SELECT ?s {"},
        *({"form": "graph", "graph": name} for name in names[:2]),
    )
    assert table["status"] == 200
    assert table["type"].startswith("text/csv")
    assert table["body"].startswith("s,l\r\n")
    assert refused["status"] == 400
    for name, lines in zip(names, graphs, strict=False):
        assert lines == sorted(f"{s} {p} {o} ." for s, p, o, g in dataset.quads() if g == f"<{name}>")


# --- editors


PAGE = """<!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="yasqe.min.css"><div id="yasqe"></div>
<script src="yasqe.min.js"></script>"""
RUN = """async ([endpoint, method, query, accept]) => {
  const yasqe = new Yasqe(document.getElementById("yasqe"), { requestConfig: { endpoint, method }, persistenceId: null });
  yasqe.setValue(query);
  const answer = await new Promise((resolve) => {
    yasqe.on("queryResponse", (_, found) => resolve(found));
    yasqe.query().catch(resolve);
  });
  yasqe.destroy?.();
  document.getElementById("yasqe").innerHTML = "";
  return {
    status: answer.status ?? answer.statusCode ?? answer.response?.status,
    type: answer.headers?.get?.("content-type") ?? answer.headers?.["content-type"] ?? answer.response?.type ?? answer.type,
    said: answer.message ?? answer.response?.text ?? "",
    text: answer.text ?? answer.data ?? answer.content ?? answer.response?.text,
  };
}"""


@pytest.fixture(scope="module", params=["@triply/yasqe", "@zazuko/yasqe"])
def editor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of another site with one of the editors."""
    home = CLIENTS if request.param.startswith("@triply") else ROOT / "web"
    build = home / "node_modules" / request.param / "build"
    if not build.is_dir():
        without(f"{request.param} is not installed (make clients, make web)")
    folder = tmp_path_factory.mktemp("editor")
    for name in ("yasqe.min.js", "yasqe.min.css"):
        shutil.copy(build / name, folder)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    with files(folder) as address:
        yield address


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_editors_of_other_sites(
    browser: Browser, editor: str, served: Served, want: Mapping[str, Any], method: str
) -> None:
    page = browser.new_page()
    page.goto(editor)
    found = page.evaluate(RUN, [served.sparql, method, SUMMITS, ""])
    assert found["status"] == 200, found
    bindings = json.loads(found["text"])["results"]["bindings"]
    assert [row["s"]["value"] for row in bindings] == [row["s"][1:-1] for row in want[SUMMITS]]
    graph = page.evaluate(RUN, [served.sparql, method, LABELS, ""])
    assert graph["status"] == 200, graph
    assert re.search("turtle|n-triples", str(graph["type"])), graph["type"]
    wrong = page.evaluate(RUN, [served.sparql, method, "SELECT ?s { ?s a }", ""])
    assert wrong["status"] == 400 or '"status": 400' in wrong["said"], wrong
    assert "line 1" in wrong["said"]
    page.close()


def test_the_page_of_the_site_asks_the_endpoint_beside_it(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda one: broken.append(one.text) if "Content Security Policy" in one.text else None)
    page.goto(f"{served.url}sparql")  # a browser wants HTML
    page.locator("#far").check()
    page.locator("#endpoint").fill(served.sparql)
    page.evaluate(
        "text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)",
        f"SELECT ?s {{ ?s {LABEL} 'United States'@en }}",
    )
    page.locator("#run").click()
    expect(page.locator("#told")).to_contain_text(re.compile(r"\d s,|127\.0\.0\.1"))
    expect(page.locator("#answer tbody a")).to_contain_text("United States")
    page.close()
    assert broken == []
