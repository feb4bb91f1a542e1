"""What a request to ``/sparql`` means, read by pure functions (SPARQL 1.1 Protocol §2.1)."""

from __future__ import annotations

import contextlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandate_graph.serve.messages import Refused, Request
from mandate_graph.serve.protocol import Query, check_length, read_query, traits

FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"


def get(**fields: str | list[str]) -> Request:
    return Request("GET", "sparql", urlencode(fields, doseq=True), {})


def post(body: str | bytes, media: str, query: str = "") -> Request:
    data = body.encode() if isinstance(body, str) else body
    return Request("POST", "sparql", query, {"content-type": media} if media else {}, body=data)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (get(), None),
        (get(format="json"), None),
        (get(query="ASK {}"), Query("ASK {}", None, None, "")),
        (get(query="ASK {}", format="csv"), Query("ASK {}", None, None, "csv")),
        (get(query="ASK {}", output="json", timeout="0"), Query("ASK {}", None, None, "")),
        (post(urlencode({"query": "ASK { ?s ?p 'á+b=&c' }"}), FORM), Query("ASK { ?s ?p 'á+b=&c' }", None, None, "")),
        (post("query=ASK%20%7B%7D", f"{FORM}; charset=UTF-8"), Query("ASK {}", None, None, "")),
        (post("ASK { ?s ?p 'á' }", DIRECT), Query("ASK { ?s ?p 'á' }", None, None, "")),
        (post("ASK {}", f'{DIRECT};charset="utf-8"'), Query("ASK {}", None, None, "")),
        (get(query="ASK {}", **{"default-graph-uri": ["urn:a", "urn:b"]}), Query("ASK {}", ["urn:a", "urn:b"], [], "")),
        (get(query="ASK {}", **{"named-graph-uri": "urn:n"}), Query("ASK {}", [], ["urn:n"], "")),
        # W3C's tests name the dataset of a POST in the address, and in the form; both count
        (post("query=ASK+%7B%7D&named-graph-uri=urn:n", FORM, "default-graph-uri=urn:a"), Query("ASK {}", ["urn:a"], ["urn:n"], "")),
        (post("ASK {}", DIRECT, "default-graph-uri=urn:a"), Query("ASK {}", ["urn:a"], [], "")),
    ],
)  # fmt: skip
def test_queries(request_: Request, expected: Query | None) -> None:
    assert read_query(request_) == expected


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [
        (get(query=["ASK {}", "ASK {}"]), 400, "malformed"),
        (get(query="  "), 400, "malformed"),
        (get(query="ASK {}", **{"default-graph-uri": "not an iri"}), 400, "malformed"),
        (get(query="ASK {}", **{"named-graph-uri": "relative"}), 400, "malformed"),
        (get(update="CLEAR ALL"), 403, "read-only"),
        (get(query="ASK {}", update="CLEAR ALL"), 400, "malformed"),
        (post("update=CLEAR+ALL", FORM), 403, "read-only"),
        (post("CLEAR ALL", "application/sparql-update"), 403, "read-only"),
        (post("", FORM), 400, "malformed"),
        (post("query=ASK+%7B%7D", ""), 415, "unsupported-media"),
        (post("query=ASK+%7B%7D", "text/plain"), 415, "unsupported-media"),
        (post("query=ASK+%7B%7D", DIRECT, "query=ASK+%7B%7D"), 400, "malformed"),
        (post("ASK {}".encode("utf-16"), f"{DIRECT}; charset=UTF-16"), 415, "unsupported-media"),
        (post(b"ASK { ?s ?p '\xe1' }", DIRECT), 400, "malformed"),
        (post("query=ASK%20%E1", FORM), 400, "malformed"),
        (post("&".join(f"a{n}=1" for n in range(1000)), FORM), 400, "malformed"),
        (Request("GET", "sparql", "query=%FF", {}), 400, "malformed"),
        (Request("PUT", "sparql", "query=ASK+%7B%7D", {}), 405, "method"),
        (Request("DELETE", "sparql", "", {}), 405, "method"),
    ],
)  # fmt: skip
def test_refusals(request_: Request, status: int, kind: str) -> None:
    with pytest.raises(Refused) as caught:
        read_query(request_)
    assert (caught.value.status, caught.value.kind) == (status, kind)
    assert caught.value.detail
    if status == 405:
        assert caught.value.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("query", "elsewhere", "lasting"),
    [
        ("SELECT * { ?s ?p ?o }", False, True),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", True, True),
        ("SELECT * { service silent ?x { ?s ?p ?o } }", True, True),
        ("SELECT * { { SELECT * { {SERVICE<http://x/>{} } } } }", True, True),
        ("SELECT * { \\u0053ERVICE <http://x/> {} }", True, True),
        ("SELECT * { SERV\\U00000049CE <http://x/> {} }", True, True),
        ("SELECT * { ?s ?p 'SERVICE <http://x/> {}' } # SERVICE", False, True),
        ("PREFIX service: <http://x/service> SELECT ?service { ?service service:x service: . ?s ?p 'x'@service }", False, True),
        ("SELECT * { FILTER(1<2)SERVICE <http://x/> {} FILTER(2>1) }", True, True),
        ("SELECT * { SERVICESILENT <http://x/> {} }", True, True),
        ("SELECT * { ?s ?p 1.5e3SERVICE <http://x/> {} }", True, True),
        ("SELECT * { ?s ?p trueSERVICE <http://x/> {} }", True, True),
        ("SELECT ?true1service { ?true1service x:servicesilent _:1service }", False, True),
        ("SELECT (RAND() AS ?r) {}", False, False),
        ("SELECT (now ( ) AS ?r) {}", False, False),
        ("SELECT (UUID() AS ?a) (STRUUID() AS ?b) {}", False, False),
        ("CONSTRUCT { ?b ?p ?o } { BIND(BNODE() AS ?b) ?s ?p ?o }", False, False),
        ("SELECT ?now ?rand { ?now <http://x/rand()> 'uuid()' }", False, True),
        ("SELECT (R\\u0041ND() AS ?r) {}", False, False),
    ],
)  # fmt: skip
def test_what_a_query_says_of_itself(query: str, elsewhere: bool, lasting: bool) -> None:
    assert traits(query) == (elsewhere, lasting)


def test_length_and_depth_are_bounded() -> None:
    check_length("SELECT * " + "{" * 500 + "}" * 500, 64_000)
    with pytest.raises(Refused, match="nested 600 deep; 512"):
        check_length("SELECT * " + "{" * 600 + "}" * 600, 64_000)
    with pytest.raises(Refused, match="nested 1,001 deep"):
        check_length("SELECT * { ?s ?p " + "[ ?p " * 1000 + "1" + "]" * 1000 + "}", 64_000)
    check_length(f"SELECT * {{ ?s ?p '{'(' * 5000}' }}", 64_000)
    with pytest.raises(Refused, match=r"has 2,016 characters .*; 1,000 are"):
        check_length("SELECT * { ?s } " + " " * 2000, 1000)
    # rows of VALUES are how clients join; they nest nothing
    rows = " ".join(f"( <http://x/{n}> )" for n in range(10_000))
    check_length(f"SELECT * {{ VALUES ( ?s ) {{ {rows} }} ?s ?p ?o }}", 64_000)


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    traits(text)
    check_length(text * 10, 64_000)
    for request in (Request("GET", "sparql", text, {}), post(text.encode("utf-8", "surrogatepass"), FORM)):
        with contextlib.suppress(Refused):
            read_query(request)
