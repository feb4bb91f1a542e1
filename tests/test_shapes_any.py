"""Shapes of anybody: what is not compiled is left to pySHACL by itself and said, and what is no shape is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mandate_graph.engine import Engine, Quad
from mandate_graph.errors import BadShape, MissingPath
from mandate_graph.interop import to_rdflib
from mandate_graph.model import ShapeResult
from mandate_graph.shacl import check
from mandate_graph.shacl.forms import of_quads
from mandate_graph.shacl.reference import reference_check
from shaped import KEPT, engine_of, iri, query_shape, read_text, shapes_folder

DATA = """
mg:Oak rdfs:subClassOf mg:Tree .
mg:oak a mg:Oak ; mg:place mg:port, mg:hill ; mg:height 5, 007, "2.50"^^xsd:decimal ; mg:name "Oak"@en, "Eiche"@de ; mg:crown 6 .
mg:ash a mg:Tree ; mg:place [ mg:name "nowhere" ] ; mg:height "tall", 7 ; mg:name "Ash" ; mg:twin mg:ash .
mg:fir a mg:Tree ; mg:height 3.5, true, "2001-01-01"^^xsd:date ; mg:felled "2001-02-30"^^xsd:date, "2001-02-03"^^xsd:date .
mg:box a mg:Shrub ; mg:place mg:port ; mg:name "Box\\n", "" ; mg:age "5"^^xsd:byte, "5"^^xsd:integer, "x"^^mg:Years .
[] a mg:Tree ; mg:place mg:port, "port" ; mg:height -1 ; mg:size mg:ash .
mg:port mg:near mg:hill . mg:hill mg:near mg:lake ; mg:place mg:port .
mg:Elm a mg:Elm ; mg:place mg:port .
"""
PLACE, HEIGHT, NAME = iri("mg:place"), iri("mg:height"), iri("mg:name")


def on(path: str, constraint: str) -> str:
    """A property shape on trees and shrubs."""
    return (
        "msh:Tree a sh:NodeShape ; sh:targetClass mg:Tree, mg:Shrub ; sh:property msh:Tree-part ."
        f"msh:Tree-part a sh:PropertyShape ; sh:path {path} ; {constraint} ."
    )


def node(constraint: str, target: str = "sh:targetClass mg:Tree ; sh:targetObjectsOf mg:crown, mg:place") -> str:
    """A node shape."""
    return f"msh:Tree a sh:NodeShape ; {target} ; {constraint} ."


COMPILED = {
    "minExclusive": on("mg:height", "sh:minExclusive 5"),
    "maxExclusive": on("mg:height", "sh:maxExclusive 5.5"),
    "minInclusive of a day": on("mg:felled", 'sh:minInclusive "2001-02-03"^^xsd:date'),
    "minInclusive of all sorts": on("mg:height", "sh:minInclusive 6"),
    "maxInclusive of all sorts": on("mg:height", "sh:maxInclusive 4"),
    "minLength": on("mg:name", "sh:minLength 4"),
    "maxLength": on("mg:name", "sh:maxLength 3"),
    "minLength of nothing": on("mg:place", "sh:minLength 0 ; sh:maxLength 30"),
    "pattern": on("mg:name", 'sh:pattern "^[A-Z][a-z]+$"'),
    "pattern in any case": on("mg:name", 'sh:pattern "^(oak|ash){1}$" ; sh:flags "i"'),
    "pattern of an IRI": on("mg:place", 'sh:pattern "port$"'),
    "hasValue": on("mg:place", "sh:hasValue mg:port"),
    "hasValue of a number": on("mg:height", "sh:hasValue 7"),
    "equals": on("mg:place", "sh:equals mg:twin"),
    "equals the other way": on("mg:twin", "sh:equals mg:place"),
    "disjoint": on("mg:place", "sh:disjoint mg:place"),
    "datatype of their own": on("mg:age", "sh:datatype mg:Years"),
    "datatype of whole numbers": on("mg:age", "sh:datatype xsd:integer"),
    "datatype of days": on("mg:felled", "sh:datatype xsd:date"),
    "datatype of words in a language": on("mg:name", "sh:datatype rdf:langString"),
    "datatype of words": on("mg:name", "sh:datatype xsd:string"),
    "list of numbers": on("mg:height", "sh:in ( 5 7 3.5 true )"),
    "class of literals": on("mg:place", "sh:class mg:Tree"),
    "class on a node": node("sh:class mg:Tree"),
    "kind on a node": node("sh:nodeKind sh:IRI"),
    "datatype on a node": node("sh:datatype xsd:integer"),
    "range on a node": node("sh:minInclusive 5"),
    "list on a node": node('sh:in ( mg:oak mg:ash "tall" 5 )'),
    "value on a node": node("sh:hasValue mg:oak"),
    "pattern on a node": node('sh:pattern "a"'),
    "length on a node": node("sh:maxLength 10"),
    "equals on a node": node("sh:equals mg:twin"),
    "disjoint on a node": node("sh:disjoint mg:twin"),
    "closed": node(
        "sh:closed true ; sh:ignoredProperties ( rdf:type mg:name ) ; sh:property [ sh:path mg:place ; sh:maxCount 2 ]"
    ),
    "closed to everything": node("sh:closed true"),
    "not closed": node("sh:closed false ; sh:nodeKind sh:IRI"),
    "alternative path": on(
        "[ sh:alternativePath ( mg:place mg:twin [ sh:inversePath mg:size ] ) ]", "sh:class mg:Tree"
    ),
    "path of any length": on("( mg:place [ sh:zeroOrMorePath mg:near ] )", "sh:nodeKind sh:BlankNode"),
    "path of some length": on("( mg:place [ sh:oneOrMorePath mg:near ] )", "sh:maxCount 1"),
    "path of one step at most": on("[ sh:zeroOrOnePath mg:twin ]", "sh:class mg:Oak"),
    "property of a blank name": node("sh:property [ sh:path mg:place ; sh:minCount 2 ]"),
    "property of a property": on("mg:place", "sh:property [ sh:path mg:near ; sh:minCount 1 ]"),
    "property of a property of a property": on(
        "mg:size", "sh:property [ sh:path mg:twin ; sh:property [ sh:path mg:place ; sh:nodeKind sh:IRI ] ]"
    ),
    "property that has targets": "msh:P a sh:PropertyShape ; sh:targetClass mg:Tree ; sh:path mg:name ; sh:minCount 2 .",
    "shape that does not say so": "msh:Tree sh:targetClass mg:Tree ; sh:property [ sh:path mg:name ; sh:maxCount 1 ] .",
    "shape that is a class": "mg:Elm a sh:NodeShape, rdfs:Class ; sh:property [ sh:path mg:name ; sh:minCount 1 ] .",
    "severity of their own": on("mg:name", "sh:minCount 2 ; sh:severity msh:Grave"),
    "annotation": on("mg:name", "sh:minCount 2 ; mg:place mg:port ; sh:order 1 ; sh:group mg:Group"),
    "query of a property": on("mg:name", 'sh:sparql [ sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ]'),
    "query of a longer path": on(
        "( mg:place mg:near )", 'sh:sparql [ sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ]'
    ),
    "query of a property without a value": on(
        "mg:name", f'sh:sparql [ sh:select "SELECT $this WHERE {{ $this {HEIGHT} ?x }}" ]'
    ),
    "query with names that are words of SPARQL": query_shape(
        f"PREFIX values: <{PLACE[1:-6]}> SELECT $this ?from WHERE {{ $this values:place ?from }}"
    ),
    "query with an option": query_shape(
        f"SELECT $this ?value WHERE {{ $this {NAME} ?name OPTIONAL {{ $this {PLACE} ?value }} FILTER ( BOUND(?name) ) }}"
    ),
}
LEFT = {
    "or": (on("mg:height", "sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:string ] )"), "sh:or"),
    "and": (node("sh:and ( [ sh:nodeKind sh:IRI ] [ sh:class mg:Oak ] )"), "sh:and"),
    "not": (on("mg:place", "sh:not [ sh:nodeKind sh:IRI ] ; sh:minCount 1"), "sh:not"),
    "xone": (on("mg:height", "sh:xone ( [ sh:datatype xsd:integer ] [ sh:minInclusive 5 ] )"), "sh:xone"),
    "node": (on("mg:place", "sh:node msh:Place") + "msh:Place a sh:NodeShape ; sh:nodeKind sh:IRI .", "sh:node"),
    "qualified": (
        on("mg:height", "sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMinCount 2"),
        "sh:qualified",
    ),
    "lessThan": (on("mg:height", "sh:lessThan mg:crown"), "sh:lessThan"),
    "languageIn": (on("mg:name", 'sh:languageIn ( "en" )'), "sh:languageIn"),
    "target by a query": (
        node("sh:nodeKind sh:BlankNode", f'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this {{ ?this {NAME} ?n }}" ]'),
        "sh:target",
    ),
    "component of their own": (
        on("mg:name", "mg:longest 3")
        + """mg:Longest a sh:ConstraintComponent ; sh:parameter [ sh:path mg:longest ] ;
          sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ( STRLEN(STR($value)) <= $longest ) }" ] .""",
        "component",
    ),
    "datatype of rare numbers": (on("mg:age", "sh:datatype xsd:byte"), "sh:datatype"),
    "range of words": (on("mg:name", 'sh:minInclusive "Box"'), "sh:minInclusive"),
    "list of a number written oddly": (on("mg:height", "sh:in ( 007 5 )"), "sh:in"),
    "pattern with a look behind": (on("mg:name", 'sh:pattern "(?<=A)sh"'), "pattern"),
    "pattern with flags": (on("mg:name", 'sh:pattern "o x" ; sh:flags "x"'), "pattern"),
    "path of no length": (node("sh:property [ sh:path [ sh:zeroOrOnePath mg:near ] ; sh:class mg:Tree ]"), "no length"),
    "nodes written oddly": (node("sh:maxInclusive 5", "sh:targetObjectsOf mg:height"), "literals"),
    "target written oddly": (node("sh:maxInclusive 5", "sh:targetNode 007, 5"), "a target"),
    "query that is cut": (query_shape(f"SELECT $this WHERE {{ $this {PLACE} ?x }} LIMIT 1"), "LIMIT"),
    "query in a query": (
        query_shape(f"SELECT $this WHERE {{ {{ SELECT $this ?x WHERE {{ $this {PLACE} ?x }} }} $this {NAME} ?n }}"),
        "one SELECT",
    ),
    "query about the shape": (
        query_shape(f"SELECT $this WHERE {{ $this {PLACE} ?x FILTER ( BOUND($currentShape) ) }}"), "$currentShape"
    ),
    "query that gives a path": (query_shape("SELECT $this ?path WHERE { $this ?path 5 }"), "?path"),
    "query without WHERE": (query_shape(f"SELECT $this {{ $this {PLACE} ?value }}"), "SELECT"),
    "query that does not give its node": (query_shape(f"SELECT ?value WHERE {{ $this {PLACE} ?value }}"), "$this"),
    "query that gives everything": (query_shape(f"SELECT * WHERE {{ $this {PLACE} ?value }}"), "SELECT *"),
    "query that gives its node as a value": (
        query_shape(f"SELECT ($this AS ?value) WHERE {{ $this {PLACE} ?x }}"), "give $this"
    ),
    "query that groups": (
        query_shape(f"SELECT $this WHERE {{ $this {PLACE} ?x }} GROUP BY $this HAVING ( COUNT(?x) > 1 )"), "GROUP BY"
    ),
    "query with a group that looks out": (
        query_shape(f"SELECT $this ?value WHERE {{ {{ ?value {PLACE} ?x FILTER ( ?value = $this ) }} }}"),
        "group of its own",
    ),
    "NOT EXISTS before its variable": (
        query_shape(f"SELECT $this ?value WHERE {{ FILTER NOT EXISTS {{ ?o {NAME} ?value }} $this {PLACE} ?value }}"),
        "NOT EXISTS",
    ),
    "NOT EXISTS in the middle": (
        query_shape(f"SELECT $this ?value WHERE {{ FILTER NOT EXISTS {{ $this {NAME} ?o }} $this {HEIGHT} ?value }}"),
        "stand last",
    ),
    "NOT EXISTS in NOT EXISTS": (
        query_shape(
            f"SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this {NAME} ?c FILTER NOT EXISTS {{ ?o {NAME} ?c }} }} }}"
        ),
        "more than triples",
    ),
    "NOT EXISTS with an option": (
        query_shape(f"SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this {NAME} ?c OPTIONAL {{ ?c {PLACE} ?p }} }} }}"),
        "more than triples",
    ),
    "NOT EXISTS with a filter without brackets": (
        query_shape(
            f"SELECT $this WHERE {{ $this {PLACE} ?p FILTER NOT EXISTS {{ $this {NAME} ?c FILTER isLITERAL(?p) }} }}"
        ),
        "more than triples",
    ),
    "NOT EXISTS of what may be unbound": (
        query_shape(f"SELECT $this WHERE {{ OPTIONAL {{ $this {PLACE} ?p }} FILTER NOT EXISTS {{ ?p {NAME} ?n }} }}"),
        "may be unbound",
    ),
    "what must not exist anywhere": (
        query_shape(f"SELECT $this WHERE {{ FILTER NOT EXISTS {{ ?other {iri('mg:weed')} ?weed }} }}"), "shares no variable"
    ),
    "what must not exist, by a value from outside": (
        query_shape(
            f"SELECT $this ?value WHERE {{ $this {HEIGHT} ?value . "
            f"FILTER NOT EXISTS {{ $this {HEIGHT} ?other FILTER ( ?other > ?value ) }} }}"
        ),
        "from outside",
    ),
    "what must not exist, compared without spaces": (
        query_shape(
            f"SELECT $this ?value WHERE {{ $this {HEIGHT} ?value . "
            f"FILTER NOT EXISTS {{ $this {HEIGHT} ?y FILTER(?y<?value||?value>?y) }} }}"
        ),
        "from outside",
    ),
}  # fmt: skip
SILENT = {
    "a deactivated shape": KEPT.replace("sh:targetClass", "sh:deactivated true ; sh:targetClass"),
    "a deactivated property shape": KEPT.replace("sh:minCount 1", "sh:maxCount 0 ; sh:deactivated true"),
    "a deactivated query": query_shape("SELECT $this WHERE { $this ?property ?value }", "; sh:deactivated true"),
    "a language that need not be unique": KEPT.replace("sh:minCount 1", "sh:uniqueLang false"),
    "a shape without a target beside one": KEPT.replace("sh:minCount 1", "sh:maxCount 9")
    + "msh:Other a sh:NodeShape ; sh:property msh:Tree-place .",
}


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> list[Quad]:
    return read_text(tmp_path_factory.mktemp("any"), DATA)


def keys(results: list[ShapeResult]) -> set[tuple[str, ...]]:
    return {(one.focus, one.path, one.component, one.severity, one.value) for one in results}


def alike(quads: list[Quad], shapes: Path) -> tuple[set[tuple[str, ...]], list[str]]:
    """What the gate finds, which pySHACL finds too, and why pySHACL was asked of whole shapes."""
    found = check(engine_of(quads), shapes, written=of_quads(quads))
    assert keys(found) == keys(reference_check(to_rdflib(quads), shapes))
    return keys(found), [left.why for left in found.left if left.nodes is None]


@pytest.mark.parametrize("what", COMPILED)
def test_what_is_compiled_is_what_the_reference_says(tmp_path: Path, quads: list[Quad], what: str) -> None:
    found, left = alike(quads, shapes_folder(tmp_path, COMPILED[what]))
    assert found
    assert left == []


def test_a_day_as_the_bound_of_numbers(tmp_path: Path, quads: list[Quad]) -> None:
    found, _ = alike(quads, shapes_folder(tmp_path, on("mg:height", 'sh:minInclusive "2001-02-03"^^xsd:date')))
    assert found


@pytest.mark.parametrize("what", LEFT)
def test_what_is_not_compiled_is_left_to_the_reference_alone(tmp_path: Path, quads: list[Quad], what: str) -> None:
    turtle, why = LEFT[what]
    beside = "msh:Beside a sh:NodeShape ; sh:targetClass mg:Tree ; sh:property [ sh:path mg:weed ; sh:minCount 1 ] ."
    found, left = alike(quads, shapes_folder(tmp_path, turtle + beside))
    assert len({component for _, _, component, _, _ in found}) > 1
    assert [why in each for each in left] == [True]


@pytest.mark.parametrize("what", SILENT)
def test_what_promises_nothing_finds_nothing(tmp_path: Path, quads: list[Quad], what: str) -> None:
    assert alike(quads, shapes_folder(tmp_path, SILENT[what])) == (set(), [])


REFUSED = {
    "a word that SHACL does not have": (KEPT.replace("sh:minCount 1", "sh:minCuont 1"), "sh:minCuont"),
    "a rule": (KEPT.replace("sh:minCount 1", "sh:rule [ sh:object 1 ]"), "sh:rule"),
    "a property shape without a path": (KEPT.replace("sh:path mg:place ;", ""), "needs a path"),
    "a property shape that is nowhere": (
        KEPT.replace("msh:Tree-place .", "msh:Tree-place, msh:Tree-plaice .", 1),
        "Tree-plaice>: a property shape needs a path",
    ),
    "a property shape that is a word": (KEPT.replace("msh:Tree-place .", '"place" .', 1), "no shape"),
    "a node shape with a path": (KEPT.replace("sh:targetClass", "sh:path mg:place ; sh:targetClass"), "cannot have a path"),
    "a count without a path": (KEPT.replace("sh:targetClass", "sh:minCount 1 ; sh:targetClass"), "needs a path"),
    "two paths": (KEPT.replace("sh:minCount 1", "sh:path mg:port"), "2 values of sh:path"),
    "two counts": (KEPT.replace("sh:minCount 1", "sh:minCount 1, 2"), "2 values of sh:minCount"),
    "a path that is a word": (KEPT.replace("sh:path mg:place", 'sh:path "place"'), "not well formed"),
    "a path of one part": (KEPT.replace("sh:path mg:place", "sh:path ( mg:place )"), "two or more"),
    "a path that leads to itself": (
        KEPT.replace("sh:path mg:place", "sh:path _:p") + "_:p sh:inversePath _:p .", "not well formed"
    ),
    "a list without an end": (
        KEPT.replace("sh:minCount 1", "sh:in _:l") + "_:l rdf:first 1 ; rdf:rest _:l .", "a list"
    ),
    "a list that is none": (KEPT.replace("sh:minCount 1", "sh:in mg:place"), "a list"),
    "a severity that is a word": (KEPT.replace("sh:minCount 1", 'sh:minCount 1 ; sh:severity "bad"'), "severity"),
    "a switch that is neither on nor off": (KEPT.replace("sh:minCount 1", 'sh:deactivated "perhaps"'), "true or false"),
    "an unknown node kind": (KEPT.replace("sh:minCount 1", "sh:nodeKind sh:Word"), "is not a node kind"),
    "a number below zero": (KEPT.replace("sh:minCount 1", "sh:maxCount -1"), "wants a whole number"),
    "a number that is a word": (KEPT.replace("sh:minCount 1", 'sh:minCount "one"'), "wants a whole number"),
    "a class that is a word": (KEPT.replace("sh:minCount 1", 'sh:class "Port"'), "wants an IRI"),
    "a range of a thing": (KEPT.replace("sh:minCount 1", "sh:minInclusive mg:Port"), "wants a literal"),
    "a pattern that is none": (KEPT.replace("sh:minCount 1", 'sh:pattern "("'), "its pattern"),
    "a pattern that is a thing": (KEPT.replace("sh:minCount 1", "sh:pattern mg:port"), "wants a string"),
    "a target that is a word": (KEPT.replace("sh:targetClass mg:Tree", 'sh:targetClass "Tree"'), "needs an IRI"),
    "a query that is missing": (
        KEPT.replace("sh:targetClass", 'sh:sparql [ sh:message "No query."@en ] ; sh:targetClass'),
        "needs one sh:select",
    ),
    "a query that asks": (query_shape("ASK WHERE { $this mg:place 5 }"), "ASK cannot"),
    "a query with values": (query_shape("SELECT $this WHERE { $this ?p ?x } VALUES ?x { 5 }"), "VALUES cannot"),
    "a query that takes away": (query_shape("SELECT $this WHERE { $this ?p ?x MINUS { $this ?p 5 } }"), "MINUS cannot"),
    "a query of elsewhere": (
        query_shape("SELECT $this WHERE { SERVICE <http://localhost/> { $this ?p ?x } }"), "SERVICE cannot"
    ),
    "a target of elsewhere": (
        KEPT.replace("sh:targetClass", 'sh:target [ sh:select "SELECT ?this FROM <http://localhost/> { }" ] ; sh:targetClass'),
        "FROM cannot",
    ),
    "a query that binds its node": (query_shape("SELECT $this WHERE { BIND ( 1 AS $this ) }"), "AS $this cannot"),
    "a query that cannot be read": (query_shape("SELECT $this WHERE { $this mg:place }"), "msh"),
    "a query that is none": (query_shape("Trees, please."), "must be a SELECT"),
    "a shape that leads to itself": (
        KEPT.replace("sh:minCount 1", "sh:node msh:Tree"), "leads back to itself"
    ),
    "a branch that is no shape": (KEPT.replace("sh:minCount 1", "sh:or ( 1 2 )"), "is no shape"),
    "branches that are no list": (KEPT.replace("sh:minCount 1", "sh:or mg:place"), "a list"),
    "a left shape that breaks SHACL's rules": (
        KEPT.replace("sh:minCount 1", "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount mg:port"),
        "pySHACL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_shape_is_refused(tmp_path: Path, quads: list[Quad], what: str) -> None:
    turtle, problem = REFUSED[what]
    problem = "shape" if problem == "msh" else problem
    with pytest.raises(BadShape, match=re.escape(problem)):
        check(engine_of(quads), shapes_folder(tmp_path, turtle))


def test_shapes_that_speak_of_nothing_are_missed(tmp_path: Path) -> None:
    with pytest.raises(MissingPath):
        check(Engine(b""), shapes_folder(tmp_path, KEPT.replace("sh:targetClass mg:Tree ;", "")))
