"""The Reconciliation API 0.2: every answer is of the shape that its schema says, over HTTP as from the function."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph.reconcile import Request, Response, Service, answer, listen, preview
from test_reconcile import doubled, service

__all__ = ["doubled", "service"]

AT = "http://127.0.0.1:1/reconcile"
VARIABLE = "MANDATE_GRAPH_RECONCILIATION"
Check = Callable[[str, object], None]


@pytest.fixture(scope="module")
def conforms() -> Check:
    """Holds a value against a schema of the specification, found by an environment variable; never over the network."""
    folder = os.environ.get(VARIABLE, "")
    if not folder:
        said = f"{VARIABLE} names no folder; nothing was held against the JSON schemas of the Reconciliation API 0.2"
        if os.environ.get("MANDATE_GRAPH_TESTS") == "all":
            pytest.fail(said)
        pytest.skip(said)
    jsonschema = importlib.import_module("jsonschema")
    referencing = importlib.import_module("referencing")
    rules = importlib.import_module("referencing.jsonschema").DRAFT7
    schemas = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.json")}
    registry = referencing.Registry().with_resources(
        (schema["$id"], referencing.Resource(schema, rules)) for schema in schemas.values()
    )

    def check(name: str, value: object) -> None:
        jsonschema.Draft7Validator(schemas[name], registry=registry).validate(value)

    return check


def get(service: Service, path: str = "", **fields: object) -> Any:
    response = ask(service, path, "GET", **fields)
    assert response.status == 200, response.body
    return json.loads(response.body)


def ask(service: Service, path: str = "", method: str = "GET", **fields: object) -> Response:
    written = {name: each if isinstance(each, str) else json.dumps(each) for name, each in fields.items()}
    return answer(service, Request(method, path, written, AT))


BATCH: dict[str, dict[str, object]] = {
    "q0": {"query": "OEA", "type": "body", "limit": 3, "type_strict": "should"},
    "q1": {"query": "Vienna Convention", "type": ["instrument"], "properties": [{"pid": "year", "v": 1963}]},
    "q2": {"query": "cumbre de quebec", "properties": [{"pid": "country", "v": [{"id": "country/ca"}, "Canadá"]}]},
    "q3": {"query": "nothing of ours at all"},
    "q4": {"properties": [{"pid": "country", "v": "Chile"}], "type": "summit"},
    "q5": {"query": "derechos humanos", "limit": 0},
    "q6": {
        "query": "8.8",
        "type": ["sdg", "mandate"],
        "type_strict": "any",
        "properties": [{"pid": "year", "v": True}],
    },
}
EXTEND: dict[str, object] = {
    "ids": ["summit/2001-quebec", "instrument/vccr-1963", "body/iachr", "country/ca", "nothing/here"],
    "properties": [
        *({"id": each} for each in ("year", "date", "country", "place", "identifier", "page", "above", "colour")),
        {"id": "label", "settings": {"language": "es", "limit": 1}},
        {"id": "sort", "settings": {"content": "id"}},
    ],
}


def test_every_answer_is_of_its_shape(service: Service, conforms: Check) -> None:
    conforms("manifest", get(service))
    conforms("reconciliation-query-batch", BATCH)
    conforms("reconciliation-result-batch", get(service, queries=BATCH))
    for path, schema in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        for prefix in ("", "s", "summit", "qqq"):
            conforms(f"suggest-{schema}-response", get(service, f"/suggest/{path}", prefix=prefix, cursor=1))
    for fields in ({}, {"type": "summit"}, {"type": "nothing"}, {"type": "mandate", "limit": 2}):
        conforms("data-extension-property-proposal", get(service, "/properties", **fields))
    conforms("data-extension-query", EXTEND)
    conforms("data-extension-response", get(service, extend=EXTEND))


def test_every_property_of_every_thing_is_of_its_shape(service: Service, conforms: Check) -> None:
    properties = [{"id": each["id"]} for each in get(service, "/properties")["properties"]]
    ids = [thing.key for thing in service.things]
    for start in range(0, len(ids), 400):
        conforms(
            "data-extension-response", get(service, extend={"ids": ids[start : start + 400], "properties": properties})
        )


def test_the_schemas_refuse_what_is_wrong(conforms: Check) -> None:
    for name, value in (
        ("manifest", {"versions": ["0.1"], "name": "x", "identifierSpace": "x", "schemaSpace": "x"}),
        ("reconciliation-result-batch", {"q": {"result": [{"id": "x", "name": "x"}]}}),
        ("suggest-types-response", {"result": [{"id": "x"}]}),
    ):
        with pytest.raises(Exception, match=r"required property|None of"):
            conforms(name, value)


def test_the_manifest_leads_to_what_is_there(service: Service) -> None:
    manifest = get(service)
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://w3id.org/mandate-graph/id/"
    assert "mandate" in {each["id"] for each in manifest["defaultTypes"]}
    for part in manifest["suggest"].values():
        assert get(service, (part["service_url"] + part["service_path"]).removeprefix(AT), prefix="s")["result"]
    for part in ("view", "preview"):
        address = manifest[part]["url"].replace("{{id}}", urllib.parse.quote("summit/2001-quebec", safe=""))
        path, _, asked = address.removeprefix(AT).partition("?")
        response = ask(service, path, **dict(urllib.parse.parse_qsl(asked)))
        assert b"Third Summit of the Americas" in response.body


def test_a_batch_is_its_queries_one_by_one(service: Service) -> None:
    together = get(service, queries=BATCH)
    assert list(together) == list(BATCH)
    for name, query in BATCH.items():
        assert get(service, queries={name: query}) == {name: together[name]}
    assert together["q0"]["result"][0] == {
        "id": "body/oas",
        "name": "Organization of American States",
        "description": "body",
        "type": [{"id": "body", "name": "body"}],
        "score": 100.0,
        "features": together["q0"]["result"][0]["features"],
        "match": True,
    }
    assert together["q1"]["result"][0]["id"] == "instrument/vccr-1963"
    assert together["q2"]["result"][0]["id"] == "summit/2001-quebec"
    assert [each["id"] for each in together["q4"]["result"]] == ["summit/1998-santiago"]
    assert together["q5"]["result"] == []


def test_suggestions_begin_with_what_was_typed(service: Service) -> None:
    found = get(service, "/suggest/entity", prefix="interam")["result"]
    assert len(found) == 20
    assert all(each["name"].replace("-", "").lower().startswith("interam") for each in found[:3])
    further = get(service, "/suggest/entity", prefix="interam", cursor=20)["result"]
    assert further
    assert not {each["id"] for each in found} & {each["id"] for each in further}
    assert get(service, "/suggest/entity", prefix="CIDH")["result"][0]["id"] == "body/iachr"
    assert (
        get(service, "/suggest/entity", prefix="cid", type="body", lang="es")["result"][0]["name"]
        == "Comisión Interamericana de Derechos Humanos"
    )
    assert get(service, "/suggest/entity", prefix="") == {"result": []}


@pytest.mark.parametrize(
    ("cell", "kind", "expected"),
    [
        ("cumbre de quebec", "", "summit/2001-quebec"),
        ("Viena convention consular", "", "instrument/vccr-1963"),
        ("Ciudad de Panamá", "place", "place/panama-city"),
        ("4ta", "summit", "summit/2005-mar-del-plata"),
    ],
)
def test_the_text_of_a_cell_is_matched_where_no_name_begins_with_it(
    service: Service, cell: str, kind: str, expected: str
) -> None:
    """OpenRefine's box for a match opens with the text that could not be matched."""
    found = get(service, "/suggest/entity", prefix=cell, type=kind)["result"]
    assert found[0]["id"] == expected
    assert not kind or {each["notable"][0]["id"] for each in found} == {kind}
    assert get(service, "/suggest/entity", prefix=cell, type=kind, cursor=len(found)) == {"result": []}
    assert get(service, "/suggest/entity", prefix="qqqqzzzz") == {"result": []}


def test_types_and_properties_are_suggested(service: Service) -> None:
    assert [each["id"] for each in get(service, "/suggest/type", prefix="summ")["result"]] == [
        "summit",
        "document",
        "series",
    ]
    assert [each["id"] for each in get(service, "/suggest/property", prefix="coun")["result"]] == ["country"]


def test_properties_are_proposed_where_things_have_them(service: Service) -> None:
    summit = {each["id"] for each in get(service, "/properties", type="summit")["properties"]}
    assert {"year", "country", "place", "end"} <= summit
    assert not {"creator", "theme", "text"} & summit
    assert len(get(service, "/properties", type="summit", limit=2)["properties"]) == 2


def test_things_are_extended(service: Service) -> None:
    found = get(service, extend=EXTEND)
    assert list(found["rows"]) == EXTEND["ids"]
    quebec = found["rows"]["summit/2001-quebec"]
    assert quebec["year"] == [{"int": 2001}]
    assert quebec["date"] == [{"date": "2001-04-20T00:00:00Z"}]
    assert quebec["country"] == [{"id": "country/ca", "name": "Canada"}]
    assert quebec["label"] == [{"str": "Tercera Cumbre de las Américas"}]
    assert quebec["colour"] == []
    treaty = found["rows"]["instrument/vccr-1963"]
    assert {"str": "MTDSG III-6"} in treaty["identifier"]
    assert treaty["sort"] == [{"str": f"{service.facts.base}id/kind/instrument/treaty"}]
    assert treaty["page"][0]["str"].startswith("http")
    assert found["rows"]["body/iachr"]["above"] == [{"id": "body/oas", "name": "Organization of American States"}]
    assert all(values == [] for values in found["rows"]["nothing/here"].values())
    assert {"id": "country", "name": "country", "type": {"id": "country", "name": "country"}} in found["meta"]
    iri = f"{service.facts.base}id/summit/2001-quebec"
    assert get(service, extend={"ids": [iri], "properties": [{"id": "year"}]})["rows"] == {
        iri: {"year": [{"int": 2001}]}
    }


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_previews_are_pages_that_do_nothing(doubled: Service) -> None:
    for path in ("/preview", "/view"):
        response = ask(doubled, path, id="place/odd", lang="es")
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        tags = Tags(response.body.decode())
        assert tags.seen[0] == ("html", {"lang": "es"})
        assert "script" not in [tag for tag, _ in tags.seen]
        assert b"&lt;script&gt;" in response.body
    thing = doubled.thing("place/lima")
    assert thing is not None
    assert "<i>" not in preview.page(doubled, dataclasses.replace(thing, description="<i>"), "<i>")
    assert "<i>" not in preview.flyout(dataclasses.replace(thing, description="<i>", label="<i>"))
    gone = ask(doubled, "/preview", id="<script>alert(1)</script>")
    assert gone.status == 404
    assert b"<script" not in gone.body
    assert "<script" not in get(doubled, "/flyout", id="place/odd")["html"]
    assert get(doubled, "/flyout", id="nothing") == {"id": "nothing", "html": ""}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"queries": "{"}, "not JSON"),
        ({"queries": "[]"}, "must be a JSON object"),
        ({"queries": "[" * 100_000}, "not JSON"),
        ({"queries": '{"q": 3}'}, "query 'q': must be a JSON object"),
        ({"queries": '{"q": {}}'}, "must have a 'query' or 'properties'"),
        ({"queries": '{"q": {"query": 3}}'}, "'query' must be a string"),
        ({"queries": '{"q": {"query": "x", "limit": "many"}}'}, "'limit' must be a number"),
        ({"queries": '{"q": {"query": "x", "limit": NaN}}'}, "NaN"),
        ({"queries": '{"q": {"query": "x", "limit": 1' + "0" * 5000 + "}}"}, "not JSON"),
        ({"queries": '{"q": {"query": "x", "type_strict": "maybe"}}'}, "any, all or should"),
        ({"queries": '{"q": {"query": "x", "type": 3}}'}, "'type' must be"),
        ({"queries": '{"q": {"query": "x", "properties": [{"v": 1}]}}'}, "'pid'"),
        ({"queries": '{"q": {"query": "x", "properties": [{"pid": "year", "v": {}}]}}'}, "a value of 'year'"),
        ({"queries": {f"q{n}": {"query": "x"} for n in range(501)}}, "at most 500"),
        ({"extend": "{}"}, "'ids' must be"),
        ({"extend": {"ids": []}}, "'properties' must be"),
        ({"extend": {"ids": [], "properties": [{}]}}, "must have an 'id'"),
        ({"extend": {"ids": [], "properties": [{"id": "year", "settings": {"content": "x"}}]}}, "label or id"),
        ({"extend": {"ids": ["x"] * 501, "properties": []}}, "too many"),
        ({"queries": {f"q{n}": {"query": "word " * 999} for n in range(51)}}, "characters are too many"),
        ({"query": "OAS"}, "nothing was asked"),
        ({"queries": {}, "callback": "alert(1)//"}, "name of a function"),
    ],
)  # fmt: skip
def test_malformed_requests_get_a_line(service: Service, fields: dict[str, object], why: str) -> None:
    response = ask(service, **fields)  # type: ignore[arg-type]
    assert response.status == 400
    said = json.loads(response.body)
    assert why in said["message"]
    assert "\n" not in said["message"]
    assert len(said["message"]) < 300


def test_other_ways_to_ask(service: Service) -> None:
    assert ask(service, "/nowhere").status == 404
    assert ask(service, method="DELETE").status == 405
    assert ask(service, "/suggest/entity", prefix="x", cursor="-1").status == 400
    before = ask(service, method="OPTIONS")
    assert (before.status, before.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert ask(service).headers["Access-Control-Allow-Origin"] == "*"
    script = ask(service, callback="jQuery1.go", queries={})
    assert script.body == b"/**/jQuery1.go({});"
    assert script.headers["Content-Type"].startswith("application/javascript")
    # Members that the specification does not know are passed over, types may come as objects, an empty limit is none.
    asked = {"q": {"query": "OAS", "type": {"id": "body"}, "lang": "en"}, "\ud800": {"query": "\ud800", "limit": None}}
    assert ask(service, queries=asked).status == 400
    asked["q"]["type"] = [{"id": "body", "name": "body"}]  # type: ignore[index]
    found = get(service, queries=asked)
    assert found["q"]["result"][0]["match"]
    assert found["\ud800"] == {"result": []}
    assert get(service, queries={"q": {"query": "OAS", "type": "mg:Body"}})["q"]["result"][0]["match"]
    assert get(service, queries={"q": {"query": "Peru", "type": "https://schema.org/Country"}})["q"]["result"][0][
        "match"
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["query", "type", "limit", "properties", "pid", "v", "id", "ids", "settings", "q"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150)
@given(st.sampled_from(["queries", "extend"]), JSON | st.text(max_size=20))
def test_any_json_has_an_answer(service: Service, field: str, value: object) -> None:
    assert ask(service, **{field: value}).status in {200, 400}  # type: ignore[arg-type]
    assert ask(service, **{field: {"q": value}}).status in {200, 400}  # type: ignore[arg-type]


# Over HTTP


@contextlib.contextmanager
def serving(service: Service) -> Iterator[str]:
    server = listen(service, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    with serving(service) as url:
        yield url


def fetch(
    url: str, form: Mapping[str, object] | None = None, method: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    data = (
        None
        if form is None
        else urllib.parse.urlencode({name: json.dumps(each) for name, each in form.items()}).encode()
    )
    request = urllib.request.Request(url, data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def by_hand(url: str, request: bytes) -> bytes:
    """All that comes back for bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=30) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_as_openrefine_asks(doubled: Service) -> None:
    """Manifest, types guessed from a sample, a column matched with another beside it, previews, new columns."""
    with serving(doubled) as url:
        manifest = json.loads(fetch(f"{url}/")[2])
        assert manifest["preview"]["url"].startswith(url)
        part = manifest["suggest"]["type"]
        types = json.loads(fetch(f"{part['service_url']}{part['service_path']}?prefix=pla")[2])["result"]
        place = next(each["id"] for each in types if each["name"] == "place")
        sample = {f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(["Lima", "Cartagena", "Miami"])}
        guessed = json.loads(fetch(f"{url}/", {"queries": sample})[2])
        assert all(place in {kind["id"] for each in one["result"] for kind in each["type"]} for one in guessed.values())
        rows = [("Cartagena", "Colombia"), ("Cartagena", "Chile"), ("Cartagena", ""), ("Lima", "Perú")]
        queries = {
            f"q{n}": {
                "query": name,
                "type": place,
                "type_strict": "should",
                "properties": [{"pid": "country", "v": country}] if country else [],
            }
            for n, (name, country) in enumerate(rows)
        }
        found = json.loads(fetch(f"{url}/", {"queries": queries})[2])
        assert [(one["result"][0]["id"], one["result"][0]["match"]) for one in found.values()] == [
            ("place/cartagena", True),
            ("place/cartagena-chile", True),
            ("place/cartagena-chile", False),
            ("place/lima", True),
        ]
        quoted = urllib.parse.quote("place/cartagena-chile", safe="")
        assert b"Chile" in fetch(manifest["preview"]["url"].replace("{{id}}", quoted))[2]
        proposals = manifest["extend"]["propose_properties"]
        columns = json.loads(fetch(f"{proposals['service_url']}{proposals['service_path']}?type={place}&limit=10")[2])
        assert "country" in {each["id"] for each in columns["properties"]}
        extend = {"ids": ["place/lima"], "properties": [{"id": "country", "settings": {"limit": "1"}}]}
        new = json.loads(fetch(f"{url}/", {"extend": extend})[2])
        assert new["rows"] == {"place/lima": {"country": [{"id": "country/pe", "name": "Peru"}]}}


def test_http_is_spoken_right(address: str, service: Service) -> None:
    asked = urllib.parse.quote(json.dumps(BATCH))
    status, headers, body = fetch(f"{address}/?queries={asked}")
    assert status == 200
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(body) == get(service, queries=BATCH)
    head = by_hand(address, b"HEAD / HTTP/1.0\r\nHost: " + address.removeprefix("http://").encode() + b"\r\n\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert f"Content-Length: {len(fetch(f'{address}/')[2])}\r\n".encode() in head
    assert fetch(f"{address}/", method="OPTIONS")[0] == 204
    assert fetch(f"{address}/?{'&'.join(f'a{n}=1' for n in range(99))}")[0] == 400
    for body, sort, status in (
        (b"{}", "application/json", 415),
        (b"queries=\xff", "application/x-www-form-urlencoded", 400),
        (b"queries=%ff", "application/x-www-form-urlencoded", 400),
        (b"", "", 400),
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(address, body, {"Content-Type": sort}), timeout=30)
        with caught.value:
            assert caught.value.code == status
    # The manifest names the host that was asked, and nothing that is no host.
    host = 'x"><script>'
    assert b"script" not in by_hand(address, f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())


def test_too_much_is_refused_before_it_is_read(address: str) -> None:
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=30) as line:
        line.sendall(b"POST / HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n")
        assert b"413" in line.recv(65536).splitlines()[0]
    long = {"queries": {"q": {"query": "Vienna convention " * 60_000}}}
    assert json.loads(fetch(f"{address}/", long)[2]) == {"q": {"result": []}}


def test_many_ask_at_once(address: str) -> None:
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(fetch(f"{address}/", {"queries": BATCH})[2])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1


# The verb


def test_names_are_matched_at_the_terminal(cli: Cli, built: Path) -> None:
    run = cli("reconcile", "Viena convention consular", "OPEC", "OAS", "--from", built, "--house", ROOT)
    assert run.returncode == 0
    assert "instrument/vccr-1963" in run.stdout
    assert "nothing here goes by a name like this" in run.stdout
    assert run.stderr == "mandate-graph: 3 names, 1 of them certain\n"
    piped = cli(
        "reconcile", "-", "--from", built, "--type", "body", "--format", "json", "--most", "1", stdin="OEA\n\nCIDH\n"
    )
    assert [each["candidates"][0]["id"] for each in json.loads(piped.stdout)] == ["body/oas", "body/iachr"]


def test_a_spreadsheet_gets_columns(cli: Cli, built: Path, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(
        'Treaty,Signed,id\nVienna Convention,1963,x\n"qqqq, zzzz",,y\nUDHR?,1948\n', encoding="utf-8-sig"
    )
    run = cli(
        "reconcile",
        "--file",
        "sheet.csv",
        "--column",
        "Treaty",
        "--given",
        "year=Signed",
        "--type",
        "instrument",
        "--format",
        "csv",
        "--from",
        built,
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0] == "Treaty,Signed,id,match,score,id_2,label,type,description,iri"
    assert re.match(r"Vienna Convention,1963,x,no,[\d.]+,instrument/vccr-1963,", lines[1])
    assert lines[2] == '"qqqq, zzzz",,y,,,,,,,'
    assert lines[3].startswith("UDHR?,1948,,no,")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "there is no name to match"),
        (["x", "--type", "bdy"], "--type: 'bdy' is none here"),
        (["x", "--given", "year"], "is not PROPERTY=VALUE"),
        (["x", "--given", "yeer=1"], "--given: 'yeer' is none here"),
        (["x", "--file", "y"], "give one of them"),
        (["x", "--column", "y"], "--column wants --file"),
        (["--file", "gone.csv"], "gone.csv"),
        (["--file", "bytes.txt"], "not UTF-8 at byte 0"),
        (["--file", "sheet.csv", "--column", "Tret"], "Did you mean Treaty?"),
        (["--file", "sheet.csv", "--column", "Treaty", "--given", "year=When"], "'When' is no column"),
        (["x", "--bind", "127.0.0.1:0"], "leave out names"),
        (["--bind", "localhost"], "is not an address like"),
        (["--bind", "192.0.2.1:80"], "cannot be had"),
    ],
)
def test_wrong_calls_get_a_line(cli: Cli, built: Path, tmp_path: Path, arguments: list[str], why: str) -> None:
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "sheet.csv").write_text("Treaty\nx\n")
    run = cli("reconcile", *arguments, "--from", built)
    assert run.returncode in {1, 2}
    assert why in run.stderr
    assert "Traceback" not in run.stderr


def test_the_server_ends_with_control_c(built: Path) -> None:
    # Where the tests run in the background, Ctrl-C is ignored in all children, unless they want to hear of it.
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from mandate_graph.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "reconcile", "--bind", "127.0.0.1:0", "--from", str(built)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            url = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert url, said
            assert json.loads(fetch(url[0])[2])["versions"] == ["0.2"]
            process.send_signal(signal.SIGINT)
            out, rest = process.communicate(timeout=60)
            assert (out, rest) == ("", "mandate-graph: stopped\n")
            assert process.returncode == 0
        finally:
            process.kill()


def test_the_face_costs_nothing_until_it_is_used() -> None:
    assert "reconciled" in mg.__all__
    done = subprocess.run(
        [sys.executable, "-c", "import sys, mandate_graph; sys.exit('mandate_graph.reconcile' in sys.modules)"],
        check=False,
    )
    assert done.returncode == 0
