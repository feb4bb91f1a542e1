"""curl as people type it, and OpenRefine's calls, against the server."""

from __future__ import annotations

import gzip
import json
import subprocess
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rdflib import Graph

from mandate_graph.dataset import Graph as Ours
from servers import needed
from serving import Served
from test_reconcile_api import BATCH, EXTEND, Check, conforms

__all__ = ["conforms"]

US = "id/country/us"
ASK = "ASK { ?s ?p ?o }"
FORMS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}


class Got(NamedTuple):
    """What curl got in the end: the headers of the last answer by lower-case names, and the body as it was given."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@pytest.fixture(scope="module")
def curl(tmp_path_factory: pytest.TempPathFactory) -> Any:
    program = needed("curl", "curl")
    folder = tmp_path_factory.mktemp("curl")

    def run(url: str, *options: str, stdin: bytes = b"") -> Got:
        body = folder / "body"
        body.unlink(missing_ok=True)
        command = [program, "--silent", "--show-error", "--max-time", "60", "--dump-header", "-", "--output", str(body)]
        done = subprocess.run(
            [*command, "--write-out", "%{stderr}%{url_effective}", *options, url],
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        *_, head = done.stdout.decode("latin-1").strip().split("\r\n\r\n")
        first, *lines = head.splitlines()
        fields: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            key = name.lower()
            fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
        got = body.read_bytes() if body.exists() else b""
        return Got(int(first.split()[1]), fields, got, done.stderr.decode())

    return run


# --- things


@pytest.mark.parametrize("accept", FORMS)
def test_a_thing_in_every_format(served: Served, dataset: Ours, curl: Any, accept: str) -> None:
    got = curl(served.url + US, "--location", "--header", f"Accept: {accept}")
    assert (got.status, got.media) == (200, accept)
    triples = (
        {
            tuple(triple[:3])
            for triple in Graph().parse(data=got.body, format="turtle" if accept == "text/turtle" else FORMS[accept])
        }
        if accept not in {"application/trig", "application/n-quads"}
        else set()
    )
    said = dataset.query(f"CONSTRUCT WHERE {{ <https://w3id.org/mandate-graph/{US}> ?p ?o }}").graph()
    if triples:
        assert set(said) <= triples
    else:
        assert b"country/us" in got.body


def test_quads_are_sent_to_who_wants_them(served: Served, curl: Any) -> None:
    """And not to who would take triples nearly as well: its queries look into the default graph (Comunica)."""
    for accept, media in (
        ("application/n-quads", "application/n-quads"),
        ("application/n-quads, text/turtle;q=0.5", "application/n-quads"),
        ("application/trig;q=0.3, */*;q=0.1", "application/trig"),
        ("application/n-quads, application/trig;q=0.95, application/ld+json;q=0.9", "application/ld+json"),
    ):
        assert curl(served.url + US, "--location", "--header", f"Accept: {accept}").media == media, accept


def test_the_path_of_the_iri_is_answered_too(served: Served, curl: Any) -> None:
    one = curl(f"{served.url}mandate-graph/{US}", "--location", "--header", "Accept: text/turtle")
    assert one.status == 200
    assert one.body == curl(served.url + US, "--location", "--header", "Accept: text/turtle").body


def test_a_browser_gets_a_page_in_its_language(served: Served, curl: Any) -> None:
    html = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    first = curl(served.url + US, "--header", html)
    assert first.status == 303
    assert {"accept", "accept-language"} <= {each.strip().lower() for each in first.headers["vary"].split(",")}
    for language, name in (("en", b"United States"), ("es-MX,es;q=0.9,en;q=0.1", b"Estados Unidos")):
        page = curl(served.url + US, "--location", "--header", html, "--header", f"Accept-Language: {language}")
        assert (page.status, page.media) == (200, "text/html")
        assert name in page.body
        assert f'lang="{language[:2]}"'.encode() in page.body


def test_what_is_not_there_and_what_is_not_wanted(served: Served, curl: Any) -> None:
    gone = curl(f"{served.url}id/country/atlantis", "--header", "Accept: text/turtle")
    assert (gone.status, gone.media) == (404, "application/problem+json")
    unwanted = curl(served.url + US, "--header", "Accept: image/png")
    assert unwanted.status == 406
    for ending in ("html", "es.html", "ttl", "jsonld", "nt", "rdf", "trig", "nq"):
        assert f"us.{ending}" in json.loads(unwanted.body)["detail"], ending


def test_head_is_get_without_a_body(served: Served, curl: Any) -> None:
    for path in (
        f"{US}.ttl",
        f"{US}.html",
        "",
        "sparql",
        f"sparql?query={urllib.parse.quote(ASK)}",
        "store?default",
        "gone",
    ):
        for accept in ("*/*", "text/html"):
            headers = ("--header", f"Accept: {accept}")
            head = curl(served.url + path, "--head", *headers)
            got = curl(served.url + path, *headers)
            assert head.body == b"" or head.body.startswith(b"HTTP/"), path
            assert head.status == got.status, path
            kept = ("content-type", "content-length", "etag", "vary", "last-modified", "link", "cache-control")
            assert {name: head.headers.get(name) for name in kept} == {name: got.headers.get(name) for name in kept}


def test_what_has_not_changed_is_not_sent_again(served: Served, curl: Any, tmp_path: Path) -> None:
    tag = tmp_path / "etag"
    for path in (
        f"{US}.ttl",
        f"{US}.html",
        "dump/mandates.nt.gz",
        "void.ttl",
        f"sparql?query={urllib.parse.quote(ASK)}",
    ):
        assert curl(served.url + path, "--etag-save", str(tag)).status == 200, path
        assert tag.read_text().strip(), path
        again = curl(served.url + path, "--etag-compare", str(tag))
        assert (again.status, again.body) == (304, b""), path
    modified = curl(f"{served.url}{US}.ttl").headers["last-modified"]
    since = curl(f"{served.url}{US}.ttl", "--header", f"If-Modified-Since: {modified}")
    assert since.status == 304
    # a form that was negotiated has its own tag
    tags = {curl(served.url + US, "--location", "--header", f"Accept: {accept}").headers["etag"] for accept in FORMS}
    assert len(tags) == len(FORMS)


def test_a_download_can_be_taken_up_where_it_stopped(served: Served, curl: Any) -> None:
    whole = curl(f"{served.url}dump/mandates.nt.gz")
    assert whole.headers["accept-ranges"] == "bytes"
    size = len(whole.body)
    for asked, want in (("0-99", whole.body[:100]), (f"{size - 7}-", whole.body[-7:]), ("-12", whole.body[-12:])):
        part = curl(f"{served.url}dump/mandates.nt.gz", "--range", asked)
        assert (part.status, part.body) == (206, want)
        assert part.headers["content-range"].endswith(f"/{size}")
    outside = curl(f"{served.url}dump/mandates.nt.gz", "--range", f"{size}-")
    assert outside.status == 416
    assert outside.headers["content-range"] == f"bytes */{size}"
    gzip.decompress(whole.body)


def test_compression_is_undone_by_curl(served: Served, curl: Any) -> None:
    for path in (f"{US}.html", f"{US}.ttl", "store?default"):
        plain, packed = curl(served.url + path), curl(served.url + path, "--compressed")
        assert packed.headers["content-encoding"] == "gzip", path
        assert "accept-encoding" in packed.headers["vary"].lower()
        assert packed.body == plain.body
        assert packed.headers.get("etag") != plain.headers.get("etag") or packed.headers.get("etag") is None
    assert "content-encoding" not in curl(f"{served.url}dump/mandates.nt.gz", "--compressed").headers


# --- SPARQL


@pytest.mark.parametrize(
    "options",
    [
        ("--data-urlencode", f"query={ASK}"),
        ("--get", "--data-urlencode", f"query={ASK}"),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", ASK),
        (
            "--header",
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
            "--data-urlencode",
            f"query={ASK}",
        ),
    ],
)
def test_sparql_in_all_three_ways(served: Served, curl: Any, options: tuple[str, ...]) -> None:
    got = curl(served.sparql, *options)
    assert (got.status, got.media) == (200, "application/sparql-results+json")
    assert json.loads(got.body)["boolean"] is True


def test_a_query_of_a_file_and_a_table(served: Served, curl: Any, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("SELECT ?s { ?s a <https://w3id.org/mandate-graph/ns#Summit> } # größer\n")
    got = curl(served.sparql, "--header", "Accept: text/csv", "--data-urlencode", f"query@{tmp_path / 'q.rq'}")
    assert (got.status, got.media) == (200, "text/csv")
    assert got.body.startswith(b"s\r\n")


def test_a_query_that_cannot_be_read_is_explained(served: Served, curl: Any) -> None:
    got = curl(served.sparql, "--data-urlencode", "query=SELECT ?s {\n ?s a\n}")
    assert (got.status, got.media) == (400, "application/problem+json")
    said = json.loads(got.body)
    assert "line 3" in said["detail"]
    assert (
        curl(served.sparql, "--header", "Content-Type: application/sparql-update", "--data", "CLEAR ALL").status == 403
    )
    for method in ("PUT", "DELETE", "PATCH"):
        refused = curl(served.sparql, "--request", method)
        assert refused.status == 405
        assert "POST" in refused.headers["allow"]


def test_a_link_that_names_a_format_gives_it_to_a_browser(served: Served, curl: Any) -> None:
    """A link is all that one can send who follows it; without ``format``, the page with the query in it is shown."""
    browser = ("--header", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    address = f"{served.sparql}?query={urllib.parse.quote(ASK)}"
    assert curl(address, *browser).status == 303
    got = curl(f"{address}&format=csv", *browser)
    assert (got.status, got.media, got.body) == (200, "text/csv", b"true")


def test_pages_about_all_say_what_describes_them(served: Served, curl: Any) -> None:
    for path in ("", "sparql", "search"):
        link = curl(f"{served.url}{path}", "--header", "Accept: text/html").headers["link"]
        for relation in ("canonical", "describedby", "license"):
            assert f'rel="{relation}"' in link, (path, relation)


def test_a_long_answer_is_not_sent_again(served: Served, curl: Any) -> None:
    address = f"{served.url}store?default"
    got = curl(address)
    assert len(got.body) > 1 << 20  # more than is held in memory
    assert got.headers["last-modified"]
    again = curl(address, "--header", f"If-None-Match: {got.headers['etag']}")
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", got.headers["etag"])


def test_a_graph_is_taken_by_its_name(served: Served, dataset: Ours, curl: Any) -> None:
    (name,) = {row[0][1:-1] for row in dataset.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 1").terms}
    for accept in FORMS:
        got = curl(f"{served.url}store?graph={urllib.parse.quote(name, safe='')}", "--header", f"Accept: {accept}")
        assert (got.status, got.media) == (200, accept)
        if accept == "application/n-triples":
            assert len(got.body.splitlines()) == sum(1 for quad in dataset.quads() if quad[3] == f"<{name}>")
    assert curl(f"{served.url}store?graph=http://nowhere.example/").status == 404
    assert curl(f"{served.url}store?default&graph={urllib.parse.quote(name)}").status == 400


def test_pages_of_other_sites_may_ask(served: Served, curl: Any) -> None:
    """A preflight as a browser sends it, and the answer after it."""
    before = curl(
        served.sparql, "--request", "OPTIONS", "--header", "Origin: https://elsewhere.example",
        "--header", "Access-Control-Request-Method: POST", "--header", "Access-Control-Request-Headers: content-type",
    )  # fmt: skip
    assert before.status in {200, 204}
    assert before.headers["access-control-allow-origin"] == "*"
    assert "POST" in before.headers["access-control-allow-methods"]
    allowed = before.headers["access-control-allow-headers"].lower().split(", ")
    assert {"content-type", "*"} <= set(allowed)  # libraries add headers of their own
    for path in ("sparql", US, f"{US}.ttl", "reconcile", "dump/mandates.nt.gz"):
        got = curl(served.url + path, "--header", "Origin: https://elsewhere.example")
        assert got.headers["access-control-allow-origin"] == "*", path


# --- OpenRefine


def form(**fields: object) -> list[str]:
    return [
        each
        for name, value in fields.items()
        for each in ("--data-urlencode", f"{name}={value if isinstance(value, str) else json.dumps(value)}")
    ]


def address(part: Mapping[str, str]) -> str:
    return part["service_url"] + part["service_path"]


def test_as_openrefine_asks(served: Served, curl: Any, conforms: Check) -> None:
    manifests = [json.loads(curl(served.url + path).body) for path in ("reconcile", "reconcile/")]
    assert manifests[0] == manifests[1]
    manifest = manifests[0]
    conforms("manifest", manifest)
    assert address(manifest["suggest"]["entity"]).startswith(f"{served.url}reconcile")
    script = curl(f"{served.url}reconcile?callback=jQuery123")
    assert script.media == "application/javascript"
    assert script.body.startswith(b"/**/jQuery123(")
    for path in ("reconcile", "reconcile/"):
        found = json.loads(curl(served.url + path, *form(queries=BATCH)).body)
        conforms("reconciliation-result-batch", found)
        assert found["q0"]["result"][0]["id"] == "body/oas"
        assert found["q0"]["result"][0]["match"] is True
    asked = curl(f"{served.url}reconcile", "--get", *form(queries={"q0": BATCH["q0"]}))
    assert json.loads(asked.body)["q0"] == found["q0"]


def test_openrefine_suggests_previews_and_extends(served: Served, curl: Any, conforms: Check) -> None:
    manifest = json.loads(curl(f"{served.url}reconcile").body)
    for kind, schema in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        found = json.loads(curl(f"{address(manifest['suggest'][kind])}?prefix=s").body)
        conforms(f"suggest-{schema}-response", found)
        assert found["result"]
    for part in ("preview", "view"):
        page = curl(manifest[part]["url"].replace("{{id}}", urllib.parse.quote("body/oas", safe="")), "--location")
        assert (page.status, page.media) == (200, "text/html")
        assert b"Organization of American States" in page.body
        assert "x-frame-options" not in page.headers  # OpenRefine shows it in a frame
        assert "frame-ancestors" not in page.headers.get("content-security-policy", "")
    proposals = manifest["extend"]["propose_properties"]
    properties = json.loads(curl(f"{address(proposals)}?type=summit&limit=5").body)
    conforms("data-extension-property-proposal", properties)
    extended = json.loads(curl(f"{served.url}reconcile", *form(extend=EXTEND)).body)
    conforms("data-extension-response", extended)
    assert extended["rows"]["summit/2001-quebec"]["year"]


def test_what_openrefine_would_not_send(served: Served, curl: Any) -> None:
    assert curl(f"{served.url}reconcile", *form(queries="{")).status == 400
    assert curl(f"{served.url}reconcile/nowhere").status == 404
    assert curl(f"{served.url}reconcile", "--header", "Content-Type: application/xml", "--data", "<x/>").status == 415
