"""Answers as they are written for a server: cut at a limit, and still documents; datasets of the protocol."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph as Rdflib

from mandate_graph.engine import Engine, literal
from mandate_graph.engine.clauses import dataset_of
from mandate_graph.engine.sending import Asked, Unwanted, send
from mandate_graph.errors import BadQuery

NOTE = 'cut "here" -- and why'
XML = "{http://www.w3.org/2005/sparql-results#}"


def asked(query: str, **more: object) -> Asked:
    values = {
        "results": "json", "graph": "turtle", "default_graphs": None, "named_graphs": None, "most": 10**9,
        "note": NOTE, "prefixes": {"x": "http://x/"}, "base": "http://x/",
    }  # fmt: skip
    return Asked(query, **{**values, **more})  # type: ignore[arg-type]


def run(engine: Engine, query: str, **more: object) -> tuple[str, bytes, bool]:
    forms: list[str] = []
    pieces: list[bytes] = []
    cut = send(engine.store, asked(query, **more), forms.append, pieces.append)
    assert len(forms) == 1
    return forms[0], b"".join(pieces), cut


def rows_of(form: str, document: bytes) -> list[tuple[str, ...]]:
    """The values of the one column, in each format."""
    if form == "json":
        return [tuple(cell["value"] for cell in row.values()) for row in json.loads(document)["results"]["bindings"]]
    if form == "xml":
        results = ET.fromstring(document).find(f"{XML}results")
        assert results is not None
        return [tuple(each[0].text or "" for each in row) for row in results]
    lines = list(csv.reader(io.StringIO(document.decode(), newline=""))) if form == "csv" else None
    if lines is not None:
        return [tuple(row) for row in lines[1:]]
    return [tuple(json.loads(cell) for cell in line.split("\t")) for line in document.decode().split("\n")[1:] if line]


# Quotation marks, line ends, braces and what looks like the seam between two rows.
texts = st.text(st.sampled_from('a"{},\n\r\\<>é\t') | st.characters(codec="utf-8", categories=["L", "P"]), max_size=30)
nasty = st.sampled_from(['},{"x":{"type"', "</result></results>", '","', '""\r\n""', "a\nb", "--"])


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
@given(values=st.lists(texts | nasty, min_size=1, max_size=40, unique=True), most=st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_a_cut_answer_is_a_document_whose_rows_are_the_first_ones(form: str, values: list[str], most: int) -> None:
    if form == "xml":  # an XML reader makes one line end of all
        values = list(dict.fromkeys(each.replace("\r", "") for each in values))
    data = "".join(sorted(f"<http://x/{n}> <http://x/p> {literal(v)} <http://x/g> .\n" for n, v in enumerate(values)))
    engine = Engine(data.encode())
    query = "SELECT ?o { ?s ?p ?o } ORDER BY ?s"
    _, whole, cut = run(engine, query, results=form)
    assert not cut
    all_rows = rows_of(form, whole)
    assert len(all_rows) == len(values)
    if most < 150:  # perhaps not even the head fits
        with contextlib.suppress(BadQuery):
            run(engine, query, results=form, most=most)
        return
    _, document, cut = run(engine, query, results=form, most=most)
    assert cut == (len(whole) > most)
    if not cut:
        assert document == whole
    else:
        few = rows_of(form, document)
        assert few == all_rows[: len(few)]
        assert len(few) < len(all_rows) or form in {"json", "xml"}  # the closing alone may be what did not fit
        if form == "json":
            assert json.loads(document)["cut"] == "cut 'here' -- and why"
        if form == "xml":
            assert b"<!-- cut 'here' - and why -->" in document


@pytest.mark.parametrize("form", ["turtle", "ntriples", "rdfxml", "trig", "nquads", "jsonld"])
def test_a_cut_graph_can_be_read(form: str) -> None:
    data = "".join(f'<http://x/{n:05}> <http://x/p> "text {n} ## \\" --" <http://x/g> .\n' for n in range(3000))
    engine = Engine(data.encode())
    query = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    names = {
        "turtle": "turtle",
        "ntriples": "nt",
        "rdfxml": "xml",
        "trig": "trig",
        "nquads": "nquads",
        "jsonld": "json-ld",
    }
    _, whole, cut = run(engine, query, graph=form)
    assert not cut
    assert len(Rdflib().parse(data=whole, format=names[form])) == 3000
    kind, document, cut = run(engine, query, graph=form, most=20_000)
    assert (kind, cut) == ("graph", True)
    assert 100 < len(Rdflib().parse(data=document, format=names[form])) < 3000
    assert (b"cut" in document[-100:]) == (form != "jsonld")


def test_an_answer_that_xml_cannot_hold_is_refused_and_not_broken() -> None:
    engine = Engine(b'<http://x/s> <http://x/p> "a\\u0001b" <http://x/g> .\n')
    with pytest.raises(BadQuery, match=r"XML 1\.0 cannot; ask for JSON"):
        run(engine, "SELECT ?o { ?s ?p ?o }", results="xml")
    with pytest.raises(BadQuery, match=r"ask for Turtle"):
        run(engine, "CONSTRUCT WHERE { ?s ?p ?o }", graph="rdfxml")


def test_what_nobody_wants_is_not_written() -> None:
    engine = Engine(b"<http://x/s> <http://x/p> <http://x/o> <http://x/g> .\n")
    for query, more, form in (
        ("SELECT * {}", {"results": ""}, "select"),
        ("ASK {}", {"results": ""}, "ask"),
        ("DESCRIBE <http://x/s>", {"graph": ""}, "graph"),
    ):
        with pytest.raises(Unwanted) as caught:
            run(engine, query, **more)
        assert caught.value.form == form


BOTH = b"""\
<http://x/s> <http://x/p> "1" <http://x/a> .
<http://x/s> <http://x/p> "1" <http://x/b> .
<http://x/s> <http://x/p> "2" <http://x/b> .
"""


@pytest.mark.parametrize(
    ("query", "default", "named", "count"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", None, None, 2),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", None, None, 3),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", ["http://x/a"], [], 1),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", ["http://x/a"], [], 0),
        # a merge is a set: what two graphs hold stands in it once
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", ["http://x/a", "http://x/b"], [], 2),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", ["http://x/a", "http://x/b"], ["http://x/b"], 2),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", [], ["http://x/b"], 0),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", [], ["http://x/b"], 2),
        # what the protocol says goes before what the query says (SPARQL 1.1 Protocol §2.1.4)
        ("SELECT (COUNT(*) AS ?n) FROM <http://x/b> { ?s ?p ?o }", ["http://x/a"], [], 1),
        ("SELECT (COUNT(*) AS ?n) FROM <http://x/a> { ?s ?p ?o }", None, None, 1),
        ("SELECT (COUNT(*) AS ?n) FROM <http://x/a> FROM <http://x/b> { ?s ?p ?o }", None, None, 2),
        ("PREFIX x: <http://x/> SELECT (COUNT(*) AS ?n) FROM x:a FROM x:b FROM NAMED x:b { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }",
         None, None, 2),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", ["http://x/none"], [], 0),
        ("SELECT (COUNT(*) AS ?n) FROM <a> FROM <b> { <s> ?p ?o }", None, None, 2),
    ],
)  # fmt: skip
def test_datasets(query: str, default: list[str] | None, named: list[str] | None, count: int) -> None:
    engine = Engine(BOTH, named_graphs=True)
    _, document, _ = run(engine, query, default_graphs=default, named_graphs=named)
    assert rows_of("json", document) == [(str(count),)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", None),
        ('SELECT * { ?from ?p "FROM <http://x/a>" } # FROM <http://x/b>', None),
        ("SELECT * FROM <http://x/a> from named <http://x/b> { }", (["http://x/a"], ["http://x/b"])),
        ("BASE <http://x/> PREFIX e: <> CONSTRUCT { ?s e:from ?o } FROM e:a FROM <b> WHERE { }", (["http://x/a", "http://x/b"], [])),
        ("PREFIX : <http://x/> ASK FROM :a\\-b { }", (["http://x/a-b"], [])),
        ("ASK FROM e:a { }", None),
    ],
)  # fmt: skip
def test_dataset_clauses(query: str, expected: tuple[list[str], list[str]] | None) -> None:
    assert dataset_of(query) == expected
