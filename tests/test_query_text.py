"""Parameters become VALUES blocks in the text of a query, and the text still says what it said."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from mandate_graph.engine import Engine, literal, solutions, speaks_of_graphs
from mandate_graph.errors import BadQuery, UnknownQuery
from mandate_graph.house import query_files
from mandate_graph.sparql import NamedQuery, find_query, run
from mandate_graph.sparql.nearest import nearest
from mandate_graph.sparql.text import with_values

DATA = b"""<urn:a> <urn:p> <urn:b> <urn:g> .
<urn:c> <urn:p> <urn:d> <urn:g> .
"""
X = {"x": "<urn:a>"}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x ?y { ?x <urn:p> ?y }",
        "SELECT ?x ?y WHERE { ?x <urn:p> ?y } ORDER BY ?x LIMIT 1",
        "BASE <urn:(#> PREFIX construct: <urn:x> SELECT ?x { ?x <urn:p> ?y # { a brace\n}",
        "# { a brace\nSELECT (EXISTS { ?x ?q ?z } AS ?e) ?x { ?x <urn:p> ?y }",
        "SELECT ?x (\"{ '\" AS ?s) ('''{ \" '''AS ?t) { ?x <urn:p> ?y }",
        "SELECT * { SELECT ?x { ?x <urn:p> ?y } }",
        "SELECT ?x { { SELECT ?x { ?x <urn:p> ?y } } }",
        "SELECT ?x {\n  # VALUES ?x\n  ?x <urn:p> ?y }",
        "SELECT ?x (COUNT(?y) AS ?n) { ?x <urn:p> ?y } GROUP BY ?x HAVING (COUNT(?y) > 0)",
        "SELECT ?x FROM <urn:g> { ?x <urn:p> ?y }",
        "SELECT ?x { { ?x <urn:p> ?y } UNION { ?x <urn:p> ?y FILTER ( false ) } }",
        "SELECT ?x ?z { BIND ( 1 AS ?z )\n# VALUES ?x\n?s <urn:p> ?y BIND ( ?s AS ?z2 ) FILTER ( ?s = ?x ) }",
        "SELECT ?x { ?s <urn:p> ?o BIND ( ?s AS ?x )\n  # VALUES ?x\n}",
    ],
)
def test_only_what_was_asked_for_is_left(text: str) -> None:
    bound = with_values(text, X)
    assert bound.count("\n") == text.count("\n")
    engine = Engine(DATA, named_graphs=True)
    answers = []
    for query in (text, bound):
        _, answer, _ = engine.answer(query, "test")
        assert isinstance(answer, bytes)
        names, rows = solutions(answer)
        answers.append([row[names.index("x")] for row in rows])
    assert set(answers[1]) == {"<urn:a>"}
    assert len(answers[1]) == 1


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        ("CONSTRUCT { ?x <urn:q> ?y } WHERE { ?x <urn:p> ?y }", 1),
        ("CONSTRUCT { ?x <urn:q> ?y }\nFROM <urn:g>\n{ ?x <urn:p> ?y }", 1),
        ("CONSTRUCT WHERE { ?x <urn:p> ?y }", 1),
        ("DESCRIBE ?x", 1),
        ("DESCRIBE ?x { ?x <urn:p> ?y }", 1),
    ],
)
def test_graphs_too(text: str, triples: int) -> None:
    _, answer, _ = Engine(DATA, named_graphs=True).answer(with_values(text, X), "test")
    assert len(answer) == triples


def test_yes_and_no() -> None:
    engine = Engine(DATA)
    for term, said in (("<urn:a>", b"true"), ("<urn:z>", b"false")):
        _, answer, _ = engine.answer(with_values("ASK { ?x <urn:p> ?y }", {"x": term}), "test")
        assert said in answer


def test_every_line_that_asks_for_a_block_gets_it() -> None:
    text = "SELECT ?x {\n  { # VALUES ?x is said here in passing\n # VALUES ?x\n } UNION {\n\t#VALUES ?x  \n }\n # VALUES ?y\n}"
    bound = with_values(text, {"x": '"$1 \\\\1"'})
    assert bound.count('VALUES ?x { "$1 \\\\1" }') == 2
    assert "# VALUES ?x is said" in bound
    assert "# VALUES ?y" in bound


def test_without_parameters_nothing_changes() -> None:
    assert NamedQuery.read("mine", "SELECT ?x { }").bound({}) == "SELECT ?x { }"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_arrives_as_it_was(value: str) -> None:
    """Even where an engine reads ``\\u0041`` before it reads the string."""
    query = with_values("SELECT ?x { }", {"x": literal(value)})
    found: Any = ox.Store().query(query)
    assert next(found)["x"].value == value
    also: Any = rdflib.Graph().query(query)
    assert [str(row[0]) for row in also] == [value]


@given(st.lists(st.sampled_from(["\\", "u", "U", "0041", "n", '"', "}", "#", "\n", "?x"])).map("".join))
def test_texts_that_look_like_escapes_arrive_too(value: str) -> None:
    query = with_values("SELECT ?x {\n# VALUES ?x\n}", {"x": literal(value)})
    found: Any = ox.Store().query(query)
    assert next(found)["x"].value == value
    also: Any = rdflib.Graph().query(query)
    assert [str(row[0]) for row in also] == [value]


@given(st.text())
def test_any_text_at_all_can_be_given_values(text: str) -> None:
    assert "VALUES ?x { <urn:a> }" in with_values(text, X)


# What is said of SPARQL that cannot be read, and of names that nobody knows.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "SELECT ?x {\n ?x foaf:name ?y }",
            "Prefix not found (line 2, column 14)\n   ?x foaf:name ?y }\n               ^",
        ),
        ("SELECT * { ?x ?p ?o \n\n", "(line 1, column 21)\n  SELECT * { ?x ?p ?o \n                      ^"),
        ("SELECT ?x { ?x ?p <a b> }", "IRI parsing failed (line 1, column 24)"),
        ("SELECT ?x {\n# VALUES ?x\n ?x ?p } }", "(line 3, column "),
        ("{", "(line 1, column 2)"),
    ],
)
def test_a_caret_stands_under_the_place(text: str, said: str) -> None:
    with pytest.raises(BadQuery) as raised:
        run(Engine(DATA), NamedQuery.read("mine", text), "urn:")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "body", ["{{ ?x ?p <a b> }}", "{{\n# VALUES ?x\n ?x ?p <a b> }}", "{{ ?x ?p 1 .\n?x <a b> ?x }}"]
)
def test_places_are_those_of_the_text_without_parameters(body: str) -> None:
    text = f"# param: x (text) some text\nSELECT ?x {body.format()}"
    messages = []
    for parameters in ({}, {"x": "some text that is long"}):
        with pytest.raises(BadQuery) as raised:
            run(Engine(DATA), NamedQuery.read("mine", text), "urn:", parameters)
        messages.append(str(raised.value))
    assert messages[0] == messages[1]


def test_long_lines_and_control_characters_are_cut_and_cleaned() -> None:
    with pytest.raises(BadQuery) as raised:
        run(Engine(DATA), NamedQuery.read("mine", " " * 500 + "SELECT * {日 \x1b[31m\t?x }" + " " * 500), "urn:")
    _, line, caret = str(raised.value).splitlines()
    assert raised.value.place is not None
    there = raised.value.text[raised.value.place[1] - 1]
    assert "\x1b" not in line
    assert len(line) < 150
    assert line[len(caret) - 2] == there, "a wide character takes two cells"


@given(st.text() | st.text("SELECT {}?xyz:<>\"'.;# \n\\", min_size=5).map("SELECT * { ".__add__))
def test_any_text_as_a_query_is_answered_or_refused(text: str) -> None:
    said = ""
    try:
        run(Engine(DATA), NamedQuery.read("mine", text), "urn:")
    except BadQuery as error:
        said = str(error)
    assert all(line.isprintable() for line in said.split("\n"))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("theme-mandates", "mandates-by-theme"),
        ("mandatesByTheme", "mandates-by-theme"),
        ("MENTIONS", "mentions"),
        ("naming", "mandates-naming"),
        ("footnote", "footnotes"),
        ("mandates-overlapping-themes", "mandates-by-theme"),
    ],
)
def test_the_nearest_name_is_offered(name: str, first: str) -> None:
    with pytest.raises(UnknownQuery) as raised:
        find_query(name, query_files())
    assert raised.value.close[0] == first


def test_nothing_is_offered_for_nothing_like_it() -> None:
    assert nearest("zzz", ["mandates", "footnotes"]) == []
    assert nearest("---", ["mandates"]) == []


@pytest.mark.parametrize(
    ("query", "graphs"),
    [
        ("SELECT * { GRAPH ?g {} }", True),
        ("select * from<x> {}", True),
        ("SELECT * {{}graph<x>{}}", True),
        ("SELECT ?graph { ?graph a ?from }", False),
        ("SELECT * { ?s ex:graph 'from' }", False),
        ('SELECT * { ?s ?p """a "from" b""" } # from', False),
        ("PREFIX graph: <x> SELECT * { ?s graph:x ?o }", False),
    ],
)
def test_which_queries_speak_of_graphs(query: str, graphs: bool) -> None:
    assert speaks_of_graphs(query) is graphs
