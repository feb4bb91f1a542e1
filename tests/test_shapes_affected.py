"""What a change can have altered is found by following paths backwards: never less than what is altered."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import mandate_graph
from defects import Graph, Pool
from mandate_graph.engine import Quad
from mandate_graph.model import ShapeResult
from mandate_graph.shacl import affected, check
from mandate_graph.shacl.forms import of_quads
from shaped import SHAPES, engine_of, iri, read_text, shapes_folder

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """The graph of the repository's own sources."""
    folder = tmp_path_factory.mktemp("affected") / "build"
    mandate_graph.build(house=ROOT, out=folder, turtle=False, jsonld=False, store=False)
    return Pool(mandate_graph.open(folder).quads())


def after(
    before: Sequence[ShapeResult], new: Sequence[ShapeResult], foci: Mapping[tuple[str, str], set[str] | None]
) -> set[ShapeResult]:
    """The results before a change with those of the affected nodes replaced."""
    looked: dict[str, set[str] | None] = {}
    for (_, part), nodes in foci.items():
        known = looked.get(part, set())
        looked[part] = None if nodes is None or known is None else known | nodes

    def stays(result: ShapeResult) -> bool:
        nodes = looked.get(result.shape, set())
        return nodes is not None and result.focus not in nodes

    return {result for result in before if stays(result)} | set(new)


@pytest.mark.parametrize("number", range(12))
def test_what_is_affected_is_enough_to_know_all_results(pool: Pool, number: int) -> None:
    graph = Graph(pool, number)
    chance = random.Random(number)
    old = [quad for quad in graph.quads() if "_:" not in f"{quad[0]}{quad[2]}"]
    new = list(old)
    for _ in range(chance.choice((1, 2, 5))):
        s, p, o, g = new.pop(chance.randrange(len(new)))
        others = chance.choice(new)
        new.append(chance.choice(((s, p, others[2], g), (others[0], p, o, g), (s, others[1], o, g))))
    changed = sorted(set(old) ^ set(new))
    before, engine = check(engine_of(old), SHAPES), engine_of(new)
    foci = affected(SHAPES, changed, engine)
    partly = check(engine, SHAPES, foci=foci)
    assert after(before, partly, foci) == set(check(engine, SHAPES))


def test_what_is_left_to_the_reference_is_asked_of_the_affected_alone(tmp_path: Path) -> None:
    folder = shapes_folder(
        tmp_path,
        """msh:Height a sh:NodeShape ; sh:targetClass mg:Tree ; sh:property
            [ sh:path mg:height ; sh:minInclusive 3 ], [ sh:path mg:place ; sh:property [ sh:path mg:size ; sh:in ( 1 ) ] ] .""",
    )
    quads = read_text(
        tmp_path,
        """mg:oak a mg:Tree ; mg:height 01 ; mg:place mg:hill . mg:hill mg:size 02 .
        mg:ash a mg:Tree ; mg:height 01 . mg:box mg:height 01 .""",
    )
    foci = {
        (iri("msh:Height"), part): {iri("mg:oak"), iri("mg:box")}
        for _, part in affected(folder, [(iri("mg:oak"), iri("rdf:type"), iri("mg:Tree"), "")], engine_of(quads))
    }
    found = check(engine_of(quads), folder, foci=foci, written=of_quads(quads))
    assert {(one.focus, one.value) for one in found} == {
        (iri("mg:oak"), f'"01"^^{iri("xsd:integer")}'),
        (iri("mg:hill"), f'"02"^^{iri("xsd:integer")}'),
    }
    assert len(found.left) == 2


def test_a_change_far_away_touches_nothing_near(pool: Pool) -> None:
    quads: list[Quad] = [(s, p, o, "<urn:g>") for triples in pool.of.values() for s, p, o in triples]
    changed = [("<urn:nobody>", iri("mg:confidence"), '"1"', "<urn:g>")]
    assert affected(SHAPES, changed, engine_of([*quads, *changed])).keys() <= {
        (iri("msh:InferenceEvidence"), iri("msh:InferenceEvidence-confidence")),
        (iri("msh:LinkMapping"), iri("msh:LinkMapping-confidence")),
        (iri("msh:ClosedWords"), iri("msh:ClosedWords")),
        (iri("msh:LinkEvidence"), iri("msh:LinkEvidence")),
        (iri("msh:LinkSet"), iri("msh:LinkSet")),
        (iri("msh:InferredTriple"), iri("msh:InferredTriple")),
    }


SHAPES_OF_PATHS = """
msh:Up a sh:NodeShape ; sh:targetClass mg:Tree ; sh:property
    [ sh:path ( mg:place [ sh:zeroOrMorePath mg:near ] mg:name ) ; sh:minCount 1 ],
    [ sh:path [ sh:inversePath mg:tends ] ; sh:class mg:Gardener ],
    [ sh:path mg:place ; sh:property [ sh:path mg:near ; sh:nodeKind sh:IRI ] ] .
"""
FAR = """
mg:oak a mg:Tree ; mg:place mg:a . mg:a mg:near mg:b . mg:b mg:near mg:c . mg:c mg:name "C" .
mg:ash a mg:Tree ; mg:place mg:z . mg:ann mg:tends mg:oak ; a mg:Gardener .
"""


@pytest.mark.parametrize(
    ("gone", "trees"),
    [
        ("mg:c mg:name", {"mg:oak"}),
        ("mg:b mg:near", {"mg:oak"}),
        ("mg:a mg:near", {"mg:oak"}),
        ("mg:ann rdf:type", {"mg:oak", "mg:ann"}),
        ("mg:ash mg:place", {"mg:ash"}),
    ],
)
def test_paths_are_followed_backwards(tmp_path: Path, gone: str, trees: set[str]) -> None:
    folder, quads = shapes_folder(tmp_path, SHAPES_OF_PATHS), read_text(tmp_path, FAR)
    start = tuple(map(iri, gone.split()))
    changed = [quad for quad in quads if quad[:2] == start]
    assert changed
    found = affected(folder, changed, engine_of([quad for quad in quads if quad not in changed]))
    nodes = {node for nodes in found.values() for node in nodes or {"all"}}
    assert nodes & {iri("mg:oak"), iri("mg:ash"), iri("mg:ann"), "all"} == set(map(iri, trees))
