"""One look at all values of a property spares the constraints that they keep, and never one that they break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mandate_graph.engine import Engine, Quad, literal
from mandate_graph.shacl import check, has_blank_nodes
from mandate_graph.shacl.compile import compile_constraint
from mandate_graph.shacl.forms import XSD
from mandate_graph.shacl.queries import of_names
from mandate_graph.shacl.screens import Screens, together
from mandate_graph.shacl.shapes import Constraint, read_shapes
from mandate_graph.write import nquads
from shaped import SHAPES, engine_of, iri, local, query_shape, shapes_folder

NODES = ["<urn:a>", "<urn:b>", "_:c"]
VALUES = [
    *NODES, literal("mandate"), literal(""), literal("a", "en"), literal("3", "", f"{XSD}integer"),
    literal("0", "", f"{XSD}integer"), literal("x", "", f"{XSD}integer"), literal("0.5", "", f"{XSD}decimal"),
    literal("2001-04-20", "", f"{XSD}date"),
]  # fmt: skip
PROMISES = [
    "sh:minCount 1", "sh:maxCount 1", "sh:minCount 2", "sh:maxCount 0", "sh:datatype xsd:integer", "sh:class mg:Place",
    "sh:datatype xsd:string", "sh:nodeKind sh:IRI", "sh:nodeKind sh:Literal", "sh:minInclusive 1", "sh:minLength 1",
    'sh:pattern "^m"', 'sh:in ( "mandate" <urn:a> 3 )', "sh:uniqueLang true", "sh:hasValue <urn:a>",
]  # fmt: skip
PATHS = ["mg:place", "[ sh:inversePath mg:place ]", "( mg:place mg:place )"]
TARGETS = ["sh:targetClass mg:Tree", "sh:targetSubjectsOf mg:place", "sh:targetNode <urn:b>"]
TYPES = [iri("mg:Tree"), iri("mg:Oak"), iri("mg:Place"), iri("mg:Square")]
SUBCLASS = iri("rdfs:subClassOf")


def exactly(engine: Engine, constraints: Sequence[Constraint]) -> bool:
    """Whether each query of each constraint finds nothing."""
    below = {iri("mg:Tree"): [iri("mg:Tree"), iri("mg:Oak")], iri("mg:Place"): [iri("mg:Place"), iri("mg:Square")]}
    return not any(
        engine.table(query)[1]
        for constraint in constraints
        for query in compile_constraint(constraint, lambda name: below.get(name, [name]))
    )


def quads_of(types: Sequence[tuple[str, str]], values: Sequence[tuple[str, str]]) -> list[Quad]:
    said = [(node, iri("rdf:type"), name) for node, name in types]
    said += [(node, iri("mg:place"), value) for node, value in values]
    said += [(iri("mg:Oak"), SUBCLASS, iri("mg:Tree")), (iri("mg:Square"), SUBCLASS, iri("mg:Place"))]
    return [(s, p, o, "") for s, p, o in said]


@settings(max_examples=400)
@given(
    st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(TYPES)), max_size=4),
    st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(VALUES)), max_size=4),
    st.sampled_from(PATHS),
    st.sets(st.sampled_from(TARGETS), min_size=1),
    st.lists(st.sampled_from(PROMISES), min_size=1, max_size=4, unique_by=lambda each: each.split()[0]),
)
def test_what_a_look_calls_kept_is_kept(
    tmp_path: Path,
    types: list[tuple[str, str]],
    values: list[tuple[str, str]],
    path: str,
    targets: set[str],
    promises: list[str],
) -> None:
    shapes = shapes_folder(
        tmp_path,
        f"msh:Tree a sh:NodeShape ; {' ; '.join(sorted(targets))} ; sh:property msh:Tree-place .\n"
        f"msh:Tree-place sh:path {path} ; {' ; '.join(promises)} .",
    )
    engine = engine_of(quads_of(types, values))
    below = {iri("mg:Tree"): [iri("mg:Tree"), iri("mg:Oak")], iri("mg:Place"): [iri("mg:Place"), iri("mg:Square")]}
    screens = Screens(engine, lambda name: below.get(name, [name]))
    constraints = read_shapes(shapes)
    groups = list(together(constraints))
    assert sorted(map(repr, constraints)) == sorted(repr(each) for some in groups for each in some)
    for some in groups:
        left = screens.left(some)
        asked = {target for constraint in left for target in constraint.targets}
        spared = tuple(target for target in some[0].targets if target not in asked)
        assert exactly(engine, [replace(each, targets=spared) for each in some])
        if len(some) > 1 and path == PATHS[0] and "sh:uniqueLang true" not in promises:
            for target in asked:
                assert not exactly(engine, [replace(each, targets=(target,)) for each in left]), "it is kept"


def test_things_of_a_class_below_are_spared(tmp_path: Path) -> None:
    shapes = shapes_folder(
        tmp_path,
        "msh:Tree sh:targetClass mg:Tree ; sh:property msh:P . msh:P sh:path mg:place ; sh:minCount 1 ; sh:class mg:Place .",
    )
    types = [("<urn:a>", iri("mg:Tree")), ("<urn:b>", iri("mg:Square"))]
    engine = engine_of(quads_of(types, [("<urn:a>", "<urn:b>")]))
    classes = [iri("mg:Place"), iri("mg:Square")]
    assert not Screens(engine, lambda name: classes if name == classes[0] else [name]).left(read_shapes(shapes))


def test_the_house_is_looked_at_property_by_property() -> None:
    groups = {local(some[0].source): len(some) for some in together(read_shapes(SHAPES)) if len(some) > 1}
    assert groups["OccurrenceComplete-order"] == 4
    assert groups["InferenceEvidence-confidence"] == 5
    assert len(groups) > 30


def test_of_several_promises_that_one_is_named_that_is_broken(tmp_path: Path) -> None:
    shapes = shapes_folder(tmp_path, "msh:Tree sh:targetClass mg:Tree ; sh:property msh:P . msh:P sh:path mg:p ;"
                           ' sh:minCount 1 ; sh:pattern "[0-9]{2}" .')  # fmt: skip
    quads = [("<urn:a>", iri("rdf:type"), iri("mg:Tree"), ""), ("<urn:a>", iri("mg:p"), literal("2"), "")]
    assert [local(result.component) for result in check(engine_of(quads), shapes)] == ["PatternConstraintComponent"]


OF_ALL = "?subject ?value ?object . FILTER ( ?object != <urn:no> ) FILTER NOT EXISTS { ?value rdfs:label ?label }"
PREFIX = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"


@pytest.mark.parametrize("targets", ["sh:targetNode <urn:x>, <urn:y>", "sh:targetClass mg:Tree"])
@pytest.mark.parametrize(("body", "is_apart"), [(OF_ALL, True), (f"{OF_ALL} # }}\n", True), (f"{{ {OF_ALL} }}", False)])
def test_a_question_of_all_data_is_answered_as_it_is_without_distinct(
    tmp_path: Path, targets: str, body: str, is_apart: bool
) -> None:
    quads = quads_of([("<urn:a>", TYPES[0]), ("<urn:b>", TYPES[0])], [("<urn:a>", "<urn:no>"), ("<urn:b>", "<urn:q>")])
    quads += [("<urn:a>", "<urn:p>", "<urn:a>", ""), ("<urn:a>", "<urn:q>", "<urn:no>", "")]
    quads += [("<urn:p>", iri("rdfs:label"), literal("p"), ""), ("<urn:b>", "<urn:r>", "<urn:b>", "")]
    found = []
    for distinct in ("DISTINCT", ""):
        select = f"{PREFIX} SELECT {distinct} $this ?value WHERE {{ {body} }} # }}"
        shapes = shapes_folder(tmp_path, query_shape(select).replace("sh:targetClass mg:Tree", targets))
        (constraint,) = read_shapes(shapes)
        queries = compile_constraint(constraint, lambda name: [name])
        assert all((query.count("SELECT") == 2) == (is_apart and bool(distinct)) for query in queries)
        found.append(set(check(engine_of(quads), shapes)))
    assert found[0] == found[1]
    assert {result.value for result in found[0]} == {
        iri("rdf:type"), iri("mg:place"), iri("rdfs:label"), SUBCLASS, "<urn:r>",
    }  # fmt: skip


IS_BLANK = "?s ?value ?o . FILTER ( isBlank(?s) || ISBLANK( $o ) )"


def test_of_data_with_names_alone_nobody_looks_for_blank_nodes(tmp_path: Path) -> None:
    quads = [("<urn:a>", iri("rdf:type"), iri("mg:Tree"), ""), ("<urn:a>", "<urn:p>", literal("a _:b"), "")]
    file = tmp_path / "data.nq"
    shapes = shapes_folder(tmp_path, query_shape(f"SELECT DISTINCT $this ?value WHERE {{ {IS_BLANK} }}"))
    for more, is_found in (([], False), ([("_:b", "<urn:q>", "<urn:a>", "")], True)):
        file.write_bytes(nquads((s, p, o, "<urn:g>") for s, p, o, _ in [*quads, *more]))
        assert has_blank_nodes(file), "a text may read like one"
        assert bool(check(engine_of([*quads, *more]), shapes)) == is_found
        assert not check(engine_of([*quads, *more]), shapes, all_named=True)
    file.write_bytes(nquads((s, p, o, "<urn:g>") for s, p, o, _ in quads[:1]))
    assert not has_blank_nodes(file)
    file.write_bytes(b"")
    assert not has_blank_nodes(file)


@pytest.mark.parametrize(
    ("body", "is_known"),
    [
        (IS_BLANK, True),
        ("?s ?value ?o FILTER ( !isBlank(?s) )", True),
        ("?s ?value ?o FILTER ( isBlank(?other) )", False),
        ("?s ?value ?o OPTIONAL { ?o ?p ?other } FILTER ( !isBlank(?other) )", False),
        ("?s ?value ?o FILTER NOT EXISTS { ?s ?p ?x FILTER ( isBlank(?x) ) }", False),
        ("?s ?value ?o BIND ( 1 / 0 AS ?x ) FILTER ( !isBlank(?x) )", False),
        ('?s ?value "isBlank(?s)"', True),
    ],
)
def test_it_is_known_of_bound_variables_alone(body: str, is_known: bool) -> None:
    query = f"SELECT ?this ?value WHERE {{ VALUES ?this {{ <urn:x> }} {body} }}"
    found = of_names(query)
    assert ("isblank(?" in found.lower().replace('"isblank(?s)"', "")) != is_known
    assert found.count('"isBlank(?s)"') == query.count('"isBlank(?s)"')
