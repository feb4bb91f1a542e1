"""W3C's tests of SPARQL over HTTP, read from their manifests as requests: the protocol and the Graph Store Protocol.

The folder is not ours to copy; ``MANDATE_GRAPH_SPARQL_HTTP`` names it (``protocol``, ``service-description`` and
``http-rdf-update`` of the SPARQL 1.1 test suite).
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rdflib import RDF, RDFS, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from servers import without

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
STORE_HOST = "store.example"
_PARTS = ("protocol", "service-description", "http-rdf-update")


@dataclass(frozen=True)
class Exchange:
    """One request, and what the answer must be; ``statuses`` are ``2xx``, ``4xx`` … or whole numbers."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None = None
    format: str = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer_body: str = ""


class Case(NamedTuple):
    """One test: the graphs that it needs (their names, and N-Triples), and its requests in their order."""

    name: str
    graphs: Mapping[str, str]
    exchanges: tuple[Exchange, ...]


def folder() -> Path:
    """Where the manifests are; a test skips without them, but where all must run it fails."""
    named = os.environ.get("MANDATE_GRAPH_SPARQL_HTTP", "")
    if not named or not all((Path(named) / part / "manifest.ttl").is_file() for part in _PARTS):
        without(
            "MANDATE_GRAPH_SPARQL_HTTP does not name the folder with protocol, service-description, http-rdf-update"
        )
    return Path(named)


def entries(manifest: Path) -> tuple[Graph, list[URIRef]]:
    """A manifest, and its tests in their order."""
    graph = Graph().parse(manifest, publicID=f"{manifest.parent.as_uri()}/")
    return graph, [URIRef(str(each)) for each in Collection(graph, next(graph.objects(None, MF.entries)))]


def name_of(test: Node) -> str:
    return str(test).rpartition("#")[2]


# --- the protocol


def protocol_cases() -> list[Case]:
    home = folder() / "protocol"
    graph, tests = entries(home / "manifest.ttl")
    return [Case(name_of(test), dict(_graphs(graph, test, home)), tuple(_exchanges(graph, test))) for test in tests]


def _graphs(graph: Graph, test: Node, home: Path) -> Iterator[tuple[str, str]]:
    for data in graph.objects(test, UT.graphData):
        file = str(graph.value(data, UT.graph)).rpartition("/")[2]
        yield str(graph.value(data, RDFS.label)), (home / file).read_text(encoding="utf-8")


def _exchanges(graph: Graph, test: Node) -> Iterator[Exchange]:
    action = graph.value(test, MF.action)
    for request in Collection(graph, _one(graph, action, HT.requests)):
        response = _one(graph, request, HT.resp)
        boolean = graph.value(response, MF.expectedBoolean)
        yield Exchange(
            str(_one(graph, request, HT.methodName)),
            str(_one(graph, request, HT.absolutePath)),
            dict(_headers(graph, request)),
            _body(graph, request),
            frozenset(name_of(each).removeprefix("StatusCode") for each in graph.objects(response, MF.expectedStatus)),
            None if boolean is None else str(boolean) == "true",
            str(graph.value(response, MF.expectedFormat) or ""),
        )


def _headers(graph: Graph, request: Node) -> Iterator[tuple[str, str]]:
    listed = graph.value(request, HT.headers)
    for header in Collection(graph, listed) if listed is not None else ():
        yield str(graph.value(header, HT.fieldName)), str(graph.value(header, HT.fieldValue))


def _body(graph: Graph, request: Node) -> bytes | None:
    body = graph.value(request, HT.body)
    if body is None:
        return None
    return str(_one(graph, body, CNT.chars)).encode(str(_one(graph, body, CNT.characterEncoding)))


def _one(graph: Graph, subject: Node | None, predicate: URIRef) -> Node:
    found = graph.value(subject, predicate)
    assert found is not None, (subject, predicate)
    return found


# --- the Graph Store Protocol


def store_cases() -> list[Case]:
    """The tests of the Graph Store, each over a graph of its own that holds what the answer must give.

    Their requests name the graph by its own address, below the store; graphs here have names elsewhere, so they are
    asked with ``?graph=`` (§4.2 instead of §4.1). Their blank nodes get names, since the build has none.
    """
    graph, tests = entries(folder() / "http-rdf-update" / "manifest.ttl")
    cases = []
    for test in tests:
        name = name_of(test)
        (comment,) = (str(each) for each in graph.objects(test, RDFS.comment) if "#### Request" in str(each))
        exchange = _stored(name, comment)
        target = exchange.target.partition("graph=")[2]
        data = named_nodes(exchange.answer_body, name) if exchange.answer_body else _SOMETHING
        there = "404" not in exchange.statuses
        cases.append(Case(name, {target or f"http://{STORE_HOST}/{name}": data} if there else {}, (exchange,)))
    return cases


_SOMETHING = f"<http://{STORE_HOST}/s> <http://{STORE_HOST}/p> <http://{STORE_HOST}/o> .\n"


def _stored(name: str, comment: str) -> Exchange:
    own = f"{name}/"
    text = comment.replace("$GRAPHSTORE$/person", f"{own}person").replace("$NEWPATH$", f"{own}new")
    asked, _, answered = text.partition("#### Response")
    method, target, headers, body = _message(asked.partition("#### Request")[2])
    path, _, query = target.partition("?")
    if query.startswith("graph="):
        target = f"?graph={query.removeprefix('graph=').replace('$HOST$/', f'{STORE_HOST}/')}"
    elif query:
        target = f"?{query}"
    elif path.startswith(own):
        target = f"?graph=http://{STORE_HOST}/{path}"
    else:
        target = ""
    status, _, answer_headers, answer_body = _message(answered)
    return Exchange(
        method,
        target,
        {key: value for key, value in headers.items() if key != "host"},
        body.replace("$HOST$", STORE_HOST).encode() if body else None,
        frozenset([status]),
        answer_headers=answer_headers,
        answer_body=answer_body.replace("$HOST$", STORE_HOST),
    )


def _message(text: str) -> tuple[str, str, dict[str, str], str]:
    """The first two words of a message, its headers and its body."""
    head, _, body = textwrap.dedent(text.strip("\n")).strip().partition("\n\n")
    first, *lines = head.splitlines()
    one, other = first.split(maxsplit=2)[:2]
    headers = {}
    for line in lines:
        key, _, value = line.partition(":")
        headers[key.lower()] = value.strip()
    return one, other, headers, body


def named_nodes(turtle: str, name: str) -> str:
    """N-Triples of a graph whose blank nodes have names made of their types; no two in these tests have the same."""
    graph = Graph().parse(data=turtle, format="turtle")

    def named(node: Node) -> Node:
        kind = name_of(graph.value(node, RDF.type) or node).rpartition("/")[2]
        return URIRef(f"http://{STORE_HOST}/{name}/node/{kind}") if isinstance(node, BNode) else node

    renamed = Graph()
    for subject, predicate, value in graph:
        renamed.add((named(subject), predicate, named(value)))
    return renamed.serialize(format="nt")
