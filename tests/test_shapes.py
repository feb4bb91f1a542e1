"""The shapes: every promise has examples that keep and break it, and the gate says of all what pySHACL says.

An example stands in ``shapes/<shape>/``. A line ``# expect: constraint component <focus> value`` on top of a bad one
names a result that it must give; the value may be left out, and IRIs stand relative to the file's own base, so that all
examples fit into one graph. A constraint goes by the name of its property shape or SPARQL constraint, because the
results of a SPARQL constraint name its node shape only.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import mandate_graph
from mandate_graph.engine import Quad, literal, parse_quads, unquote
from mandate_graph.errors import BadRdf, BadShape, MissingPath
from mandate_graph.interop import to_rdflib
from mandate_graph.model import ShapeResult
from mandate_graph.shacl import check, in_order
from mandate_graph.shacl.reference import reference_check
from mandate_graph.shacl.shapes import COMPONENTS, Constraint, read_shapes
from shaped import AGREED, KEPT, SHAPES, difference, engine_of, iri, local, query_shape, read_text, shapes_folder

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "tests" / "shapes").glob("*/*.ttl"))
WORDS = "<https://w3id.org/mandate-graph/ns>"
"""The focus of what is said about the graph as a whole."""

EXPECTATION = re.compile(r"^# expect: (\S+) (\S+) (<[^>]*>)(?: (.+))?$", re.MULTILINE)


def node_shape(source: str) -> str:
    """The node shape that a constraint belongs to: ``Tree`` for the property shape ``Tree-place``."""
    return local(source).partition("-")[0]


# The shapes themselves


@pytest.fixture(scope="module")
def constraints() -> list[Constraint]:
    return read_shapes(SHAPES)


@pytest.fixture(scope="module")
def shape_triples() -> dict[str, dict[str, list[str]]]:
    """The triples of the shapes graph that have no blank subject."""
    triples: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for s, p, o, _ in itertools.chain.from_iterable(map(parse_quads, sorted(SHAPES.glob("*.ttl")))):
        triples[s][p].append(o)
    return triples


@dataclass(frozen=True)
class Names:
    """The names of SPARQL constraints, by shape and message."""

    messages: dict[str, dict[str, str]]

    def constraint(self, constraint: Constraint) -> tuple[str, str]:
        """Name and component of a constraint."""
        name = local(constraint.source)
        if constraint.component == "sparql":
            name = self.messages[name][constraint.message]
        return name, COMPONENTS[constraint.component]

    def result(self, result: ShapeResult) -> tuple[str, str]:
        """Name and component of the constraint that a result is of."""
        name = local(result.shape)
        if local(result.component) == COMPONENTS["sparql"]:
            # A value may have been put into the message; its beginning is enough to know it by.
            (name,) = (
                constraint
                for message, constraint in self.messages[name].items()
                if result.message.startswith(message.partition("{?")[0])
            )
        return name, local(result.component)


@pytest.fixture(scope="module")
def names(shape_triples: dict[str, dict[str, list[str]]]) -> Names:
    return Names(
        {
            local(shape): {
                unquote(shape_triples[part][iri("sh:message")][0])[1]: local(part)
                for part in shape_triples[shape][iri("sh:sparql")]
            }
            for shape in list(shape_triples)
            if iri("sh:NodeShape") in shape_triples[shape][iri("rdf:type")]
        }
    )


def test_each_constraint_has_an_english_sentence_for_people(shape_triples: dict[str, dict[str, list[str]]]) -> None:
    parts = [
        subject
        for subject, properties in shape_triples.items()
        if {iri("sh:PropertyShape"), iri("sh:SPARQLConstraint")} & set(properties[iri("rdf:type")])
    ]
    assert parts
    for part in parts:
        english = [unquote(message) for message in shape_triples[part][iri("sh:message")] if message.endswith("@en")]
        assert [text.endswith(".") for _, text, _, _ in english] == [True], part


def test_what_is_read_has_a_message(constraints: list[Constraint]) -> None:
    assert [constraint for constraint in constraints if not constraint.message.endswith(".")] == []


def test_each_node_shape_has_an_english_label(shape_triples: dict[str, dict[str, list[str]]]) -> None:
    for subject, properties in list(shape_triples.items()):
        if iri("sh:NodeShape") in properties[iri("rdf:type")]:
            labels = [unquote(label) for label in properties[iri("rdfs:label")]]
            assert any(text and language == "en" for _, text, language, _ in labels), subject


def test_results_of_one_shape_can_be_told_apart(
    constraints: list[Constraint], names: Names, shape_triples: dict[str, dict[str, list[str]]]
) -> None:
    known = Counter(names.constraint(constraint) for constraint in constraints)
    assert [name for name, times in known.items() if times > 1] == []
    queries = sum(len(properties[iri("sh:sparql")]) for properties in shape_triples.values())
    assert sum(map(len, names.messages.values())) == queries


# The examples


@dataclass(frozen=True)
class Example:
    """An example file with the results that it promises: name, component, focus, and a value or nothing."""

    path: Path

    @property
    def shape(self) -> str:
        return self.path.parent.name

    @property
    def base(self) -> str:
        return f"http://example.org/{self.shape}/{self.path.stem}/"

    def quads(self) -> list[Quad]:
        return list(parse_quads(self.path))

    def expected(self) -> list[tuple[str, str, str, str]]:
        return [
            (name, component, self._whole(focus), self._whole(value))
            for name, component, focus, value in EXPECTATION.findall(self.path.read_text(encoding="utf-8"))
        ]

    def _whole(self, term: str) -> str:
        relative = term.startswith("<") and "://" not in term
        return f"<{self.base}{term[1:]}" if relative else term


ALL = [Example(path) for path in EXAMPLES]


def test_each_shape_has_its_folder_and_one_good_example(
    constraints: list[Constraint], shape_triples: dict[str, dict[str, list[str]]]
) -> None:
    shapes = {
        local(subject)
        for subject, properties in list(shape_triples.items())
        if iri("sh:NodeShape") in properties[iri("rdf:type")]
    }
    assert {node_shape(constraint.source) for constraint in constraints} == shapes
    assert {example.shape for example in ALL} == shapes
    assert {example.shape for example in ALL if example.path.stem == "good"} == shapes


@pytest.mark.parametrize("example", ALL, ids=lambda example: f"{example.shape}/{example.path.stem}")
def test_example_gives_the_results_that_it_names(example: Example, names: Names) -> None:
    found = [
        result for result in check(engine_of(example.quads()), SHAPES) if node_shape(result.shape) == example.shape
    ]
    expected = example.expected()
    assert bool(expected) == example.path.stem.startswith("bad-")
    assert Counter((*names.result(result), result.focus) for result in found) == Counter(
        (name, component, focus) for name, component, focus, _ in expected
    )
    values = {(*names.result(result), result.focus, result.value) for result in found}
    assert {promise for promise in expected if promise[3]} <= values


def test_each_example_keeps_to_its_base() -> None:
    for example in ALL:
        terms = itertools.chain.from_iterable(quad[:3] for quad in example.quads())
        own = {term for term in terms if term.startswith("<http://example.org/")}
        assert [term for term in own if not term.startswith(f"<{example.base}")] == [], example


def test_each_constraint_is_broken_by_an_example(constraints: list[Constraint], names: Names) -> None:
    broken = {(name, component) for example in ALL for name, component, _, _ in example.expected()}
    assert {names.constraint(constraint) for constraint in constraints} - broken == set()


def test_each_target_is_reached_by_an_example(constraints: list[Constraint]) -> None:
    reached: set[tuple[str, str]] = set()
    for example in ALL:
        focuses = {focus for _, _, focus, _ in example.expected()}
        reached |= {(example.shape, focus) for focus in focuses}
        reached |= {(example.shape, o) for s, p, o, _ in example.quads() if p == iri("rdf:type") and s in focuses}
        reached |= {(example.shape, p) for s, p, o, _ in example.quads() if focuses & {s, o}}
    targets = {(node_shape(part.source), target.term) for part in constraints for target in part.targets}
    assert targets - reached == set()


# The gate and pySHACL


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Quad]:
    """The graph of the repository's own sources."""
    folder = tmp_path_factory.mktemp("shapes") / "build"
    mandate_graph.build(house=ROOT, out=folder, turtle=False, jsonld=False)
    return mandate_graph.open(folder).quads()


@pytest.fixture(scope="module")
def small(unlinked: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Quad]:
    """The same with three of its link sets, of concepts and of individuals; of all of them the reference asks for minutes."""
    home = tmp_path_factory.mktemp("small")
    shutil.copytree(unlinked / "sources", home / "sources")
    for target in ("agrovoc", "ror", "topics"):
        shutil.copy(ROOT / "sources" / "links" / f"{target}.sssom.tsv", home / "sources" / "links")
    mandate_graph.build(house=home, out=home / "build", turtle=False, jsonld=False)
    return mandate_graph.open(home / "build").quads()


class Damage:
    """A graph in which one thing after another is broken; ``expected`` says which constraint must find which thing."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self.quads = set(quads)
        self.expected: set[tuple[str, str]] = set()
        self._taken: Counter[str] = Counter()

    def values(self, thing: str, name: str) -> list[str]:
        return sorted({o for s, p, o, _ in self.quads if (s, p) == (thing, name)})

    def having(self, name: str, value: str) -> list[str]:
        return sorted({s for s, p, o, _ in self.quads if (p, o) == (name, value)})

    def next(self, kind: str) -> str:
        """A thing of a class: every time another one, as long as there are any."""
        things = self.having(iri("rdf:type"), kind)
        self._taken[kind] += 1
        return things[(self._taken[kind] - 1) % len(things)]

    def put(self, thing: str, name: str, value: str) -> None:
        self.quads.add((thing, name, value, "<urn:damage>"))

    def replace(self, thing: str, name: str, *values: str) -> None:
        """Give a thing other values of a property, or none."""
        self.quads = {quad for quad in self.quads if quad[:2] != (thing, name)}
        for value in values:
            self.put(thing, name, value)

    def expect(self, constraint: str, focus: str) -> None:
        self.expected.add((constraint, focus))


def integer(number: int) -> str:
    return f'"{number}"^^{iri("xsd:integer")}'


def number(term: str) -> int:
    return int(unquote(term)[1])


def break_offsets(graph: Damage) -> None:
    for kind, constraint in (("mg:Occurrence", "Characters-equal"), ("mg:Mention", "MentionQuote-equal")):
        thing = graph.next(iri(kind))
        (start,) = graph.values(thing, iri("mg:start"))
        graph.replace(thing, iri("mg:start"), integer(number(start) + 1))
        graph.expect(constraint, thing)
    for kind, words, constraint in (
        ("mg:Occurrence", "schema:text", "Characters-equal"),
        ("mg:Footnote", "schema:text", "Characters-equal"),
        ("mg:Mention", "mg:quote", "MentionQuote-equal"),
    ):
        # The words go on to the end of the text, and the offsets go on behind it.
        thing = graph.next(iri(kind))
        (start,) = graph.values(thing, iri("mg:start"))
        (source,) = graph.values(thing, iri("oa:hasTarget" if kind == "mg:Mention" else "mg:inCapture"))
        if kind == "mg:Mention":
            (source,) = graph.values(source, iri("oa:hasSource"))
        (whole,) = graph.values(source, iri("schema:text"))
        rest = unquote(whole)[1][number(start) :]
        graph.replace(thing, iri(words), literal(rest))
        graph.replace(thing, iri("mg:end"), integer(number(start) + len(rest) + 1))
        graph.expect(constraint, thing)
    for kind, constraint in (("mg:Occurrence", "Characters-forward"), ("mg:Mention", "MentionQuote-forward")):
        thing = graph.next(iri(kind))
        graph.replace(thing, iri("mg:end"), *graph.values(thing, iri("mg:start")))
        graph.expect(constraint, thing)


def break_values(graph: Damage) -> None:
    for kind, name, value, constraint in (
        ("mg:Occurrence", "mg:citation", '"Plan of Action Bahía, 1789"', "CitationYear-same"),
        ("mg:Occurrence", "mg:line", integer(0), "OccurrenceComplete-line"),
        ("mg:Occurrence", "schema:text", '"Plant ten trees in every port."', "Characters-equal"),
        ("mg:Mention", "mg:confidence", f'"1.5"^^{iri("xsd:decimal")}', "InferenceEvidence-confidence"),
        ("mg:Claim", "mg:confidence", '"high"', "InferenceEvidence-confidence"),
        ("mg:Mention", "mg:quote", '""', "MentionQuote-quote"),
        ("mg:Mention", "mg:start", integer(-1), "MentionQuote-start"),
        ("mg:Mention", "mg:end", '"the end"', "MentionQuote-end"),
        ("mg:Footnote", "mg:inCapture", "<urn:other-capture>", "Footnote-capture"),
        ("mg:Footnote", "mg:start", integer(-1), "Footnote-start"),
        ("mg:Footnote", "mg:end", '"the end"', "Footnote-end"),
        ("mg:Summit", "schema:endDate", f'"1789-07-14"^^{iri("xsd:date")}', "Summit-forward"),
        ("mg:Summit", "schema:startDate", '"in spring"@en', "Summit-start"),
        ("mg:Capture", "schema:sha256", '"0123456789abcdef"', "Capture-digest"),
        ("eli:Expression", "schema:text", '"Plant ten trees in every port."', "ExpressionText-words"),
        ("mg:Mandate", "eli:is_part_of", '"Plan of Action Bahía"', "MandatePlace-one"),
        ("mg:SummitDocument", "eli:work_type", '"plan of action"', "Document-kind"),
    ):
        thing = graph.next(iri(kind))
        graph.replace(thing, iri(name), value)
        graph.expect(constraint, thing)


def break_numbers(graph: Damage) -> None:
    for kind, name, value, constraint in (
        ("mg:Mandate", "eli:is_part_of", "<urn:other-document>", "MandatePlace-one"),
        ("mg:Mandate", "eli:type_subdivision", "<urn:other-kind>", "MandateKind-one"),
        ("mg:Occurrence", "mg:start", integer(999_999), "OccurrenceComplete-start"),
        ("mg:Mention", "mg:end", integer(999_999), "MentionQuote-end"),
        ("mg:Footnote", "mg:end", integer(999_999), "Footnote-end"),
        ("mg:SummitDocument", "prov:wasGeneratedBy", "<urn:other-summit>", "Document-summit"),
        ("skos:Concept", "skos:prefLabel", '"Another name"@en', "Concept-label"),
        ("mg:Body", "rdfs:label", '"Another name"@en', "Labels-some"),
    ):
        thing = graph.next(iri(kind))
        graph.put(thing, iri(name), value)
        graph.expect(constraint, thing)


def break_structure(graph: Damage) -> None:
    concept = graph.next(iri("skos:Concept"))
    graph.put(concept, iri("skos:broader"), concept)
    graph.expect("Concept-cycle", concept)

    sub_item = graph.having(iri("eli:type_subdivision"), *graph.having(iri("skos:notation"), '"sub-item"'))[0]
    graph.replace(sub_item, iri("mg:chapeau"))
    graph.expect("MandateKind-sub-item", sub_item)

    graph.replace("<urn:preamble>", iri("skos:notation"), '"preamble"')
    mandate = graph.next(iri("mg:Mandate"))
    graph.replace(mandate, iri("eli:type_subdivision"), "<urn:preamble>")
    graph.expect("MandateKind-known", mandate)

    (text,) = graph.values(mandate := graph.next(iri("mg:Mandate")), iri("eli:is_realized_by"))
    for occurrence in graph.having(iri("mg:occurrenceOf"), text):
        graph.replace(occurrence, iri("mg:occurrenceOf"))
    graph.expect("MandatePrinted-some", mandate)


def break_evidence(graph: Damage) -> None:
    resolved = graph.having(iri("mg:outcome"), *graph.having(iri("skos:notation"), '"resolved"'))[-1]
    (named,) = graph.values(resolved, iri("oa:hasBody"))
    graph.replace(resolved, iri("oa:hasBody"))
    graph.expect("MentionQuote-body", resolved)
    (selection,) = graph.values(resolved, iri("oa:hasTarget"))
    (text,) = graph.values(selection, iri("oa:hasSource"))
    (mandate,) = graph.values(text, iri("eli:realizes"))
    assert named in graph.values(mandate, iri("eli:refers_to"))
    graph.expect("InferredTriple-refers-to", mandate)

    claim = graph.having(iri("rdf:predicate"), iri("mg:chapeau"))[-1]
    (mandate,) = graph.values(claim, iri("rdf:subject"))
    graph.replace(claim, iri("rdf:subject"))
    graph.expect("InferredTriple-chapeau", mandate)

    occurrence = graph.next(iri("mg:Occurrence"))
    graph.replace(occurrence, iri("mg:attribution"), *graph.having(iri("skos:notation"), '"inferred"'))
    graph.expect("InferredPlace-claim", occurrence)

    mandate = graph.next(iri("mg:Mandate"))
    for name, value in (("subject", mandate), ("predicate", iri("eli:is_part_of")), ("object", "<urn:other-document>")):
        graph.put("<urn:claim>", iri(f"rdf:{name}"), value)
    graph.expect("AttributionKnown-inferred", mandate)

    graph.put("<urn:name-like>", iri("skos:notation"), '"name-like"')
    mention = graph.next(iri("mg:Mention"))
    graph.replace(mention, iri("mg:rule"), "<urn:name-like>")
    graph.expect("NamesKnown-table", mention)


def break_words(graph: Damage) -> None:
    graph.put("<urn:thing>", iri("mg:promises"), '"Ten trees in every port."')
    graph.put("<urn:thing>", iri("rdf:type"), iri("mg:Promise"))
    graph.put("_:thing", iri("rdf:type"), iri("mg:Mandate"))
    for constraint in ("ClosedWords-properties", "ClosedWords-classes", "ClosedWords-blank"):
        graph.expect(constraint, WORDS)


def drop_what_is_required(graph: Damage) -> None:
    """Take one thing of every class every property that it must have."""
    for constraint in read_shapes(SHAPES):
        if constraint.component == "minCount" and constraint.path_term.startswith("<"):
            for target in constraint.targets:
                thing = graph.next(target.term)
                graph.replace(thing, constraint.path)
                graph.expect(local(constraint.source), thing)


@pytest.mark.no_cover
def test_gate_and_reference_agree_on_every_example(constraints: list[Constraint], names: Names) -> None:
    quads = [quad for example in ALL for quad in example.quads()]
    found = check(engine_of(quads), SHAPES)
    assert {names.result(result) for result in found} == {names.constraint(constraint) for constraint in constraints}
    assert difference(quads, found) == AGREED


@pytest.mark.no_cover
@pytest.mark.slow
def test_gate_and_reference_agree_on_the_repository_s_graph(small: list[Quad]) -> None:
    assert difference(small, check(engine_of(small), SHAPES)) == AGREED


DAMAGES: Sequence[Callable[[Damage], None]] = (
    break_offsets,
    break_values,
    break_numbers,
    break_structure,
    break_evidence,
    break_words,
    drop_what_is_required,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_found(built: list[Quad], names: Names, damage: Callable[[Damage], None]) -> None:
    graph = Damage(built)
    damage(graph)
    found = check(engine_of(sorted(graph.quads)), SHAPES)
    assert graph.expected
    assert graph.expected - {(names.result(result)[0], result.focus) for result in found} == set()


@pytest.mark.no_cover
@pytest.mark.slow
def test_gate_and_reference_agree_on_a_damaged_graph(small: list[Quad]) -> None:
    graph = Damage(small)
    for damage in DAMAGES:
        damage(graph)
    quads = sorted(graph.quads)
    assert difference(quads, check(engine_of(quads), SHAPES)) == AGREED


# The repository's own graph


def test_repository_s_graph_keeps_every_promise(built: list[Quad]) -> None:
    assert [result for result in check(engine_of(built), SHAPES) if result.severity != "Info"] == []


def test_sources_and_authority_alone_break_no_promise(built: list[Quad]) -> None:
    stated = [quad for quad in built if re.search(r"/graph/(source/.+|authority|ontology)>$", quad[3])]
    assert 0 < len(stated) < len(built)
    assert [result for result in check(engine_of(stated), SHAPES) if result.severity == "Violation"] == []


def test_results_that_differ_in_their_message_alone_have_an_order() -> None:
    """They come from a set, whose order is another one in every process."""
    one, other = (ShapeResult("Info", "<urn:s>", "<urn:c>", "<urn:f>", "", "", each) for each in ("Spanish", "English"))
    assert in_order([one, other]) == in_order([other, one]) == [other, one]


# What no shape of the house uses yet


def test_small_shape_is_read(tmp_path: Path) -> None:
    (constraint,) = read_shapes(shapes_folder(tmp_path, KEPT))
    assert (constraint.source, constraint.component, constraint.severity) == (
        iri("msh:Tree-place"), "minCount", "Violation"
    )  # fmt: skip


OTHER_SHAPES = '''
msh:Count a sh:NodeShape ; sh:targetClass mg:Tree ; sh:severity sh:Info ;
    sh:property msh:Count-two, msh:Count-no, msh:Count-any .
msh:Count-two a sh:PropertyShape ; sh:path mg:place ; sh:minCount 2 ; sh:message "Two."@en ; sh:severity sh:Warning .
msh:Count-no a sh:PropertyShape ; sh:path mg:weed ; sh:maxCount 0 ; sh:message "None."@en .
msh:Count-any a sh:PropertyShape ; sh:path mg:leaf ; sh:minCount 0 ; sh:message "Any."@en .

msh:Path a sh:NodeShape ; sh:targetClass mg:Tree ; sh:property msh:Path-back, msh:Path-there-and-back .
msh:Path-back a sh:PropertyShape ; sh:path [ sh:inversePath mg:tends ] ; sh:class mg:Gardener, mg:Neighbour ;
    sh:message "Tended by one of us."@en .
msh:Path-there-and-back a sh:PropertyShape ; sh:path ( mg:place [ sh:inversePath mg:place ] ) ; sh:maxCount 1 ;
    sh:message "Alone."@en .

msh:Target a sh:NodeShape ; sh:targetNode mg:nowhere, "nothing" ;
    sh:targetSubjectsOf mg:place ; sh:targetObjectsOf mg:place ; sh:property msh:Target-name .
msh:Target-name a sh:PropertyShape ; sh:path mg:name ; sh:minCount 1 ; sh:minLength 3 ;
    sh:pattern "^[a-z]+$" ; sh:flags "i" ; sh:nodeKind sh:BlankNodeOrIRI ; sh:message "Named."@en .

msh:Shared a sh:NodeShape ; sh:targetClass mg:Shrub ; sh:property msh:Target-name .

msh:Query a sh:NodeShape ; sh:targetClass mg:Tree ; sh:sparql msh:Query-tall .
msh:Query-tall a sh:SPARQLConstraint ; sh:message "{$this} is {?value}, {?word} for {?nothing}."@en ;
    sh:prefixes <https://w3id.org/mandate-graph/shapes> ;
    sh:select """select $this ?value ?word where {
        $this mg:height ?value ; mg:word ?word . filter not exists { $this mg:small true }
    }""" .
<https://w3id.org/mandate-graph/shapes>
    sh:declare [ sh:prefix "mg" ; sh:namespace "https://w3id.org/mandate-graph/ns#"^^xsd:anyURI ] .
'''
OTHER_DATA = """
mg:Oak rdfs:subClassOf mg:Tree .
mg:Gardener rdfs:subClassOf mg:Neighbour .
mg:Neighbour rdfs:subClassOf mg:Gardener .
mg:oak a mg:Oak ; mg:place mg:port, mg:hill ; mg:weed mg:ivy, mg:moss ; mg:name "Oak" .
mg:ash a mg:Tree, mg:Oak ; mg:place mg:port ; mg:name "OK", "ash tree"@en, mg:ash, 1234 ;
    mg:height 40, 41 ; mg:word "tall"@en .
mg:fir a mg:Tree ; mg:height 3 ; mg:word "small" ; mg:small true .
mg:box a mg:Shrub .
mg:ann mg:tends mg:oak, mg:ash .
mg:bea a mg:Neighbour ; mg:tends mg:fir .
"""


def test_gate_and_reference_agree_on_what_no_shape_uses_yet(tmp_path: Path) -> None:
    folder, quads = shapes_folder(tmp_path, OTHER_SHAPES), read_text(tmp_path, OTHER_DATA)
    found = check(engine_of(quads), folder)
    silent = {"Count-any"}
    assert {local(part.source) for part in read_shapes(folder)} - {local(one.shape) for one in found} == silent
    assert difference(quads, found, folder) == AGREED


def test_inverse_of_a_sequence_is_walked_backwards(tmp_path: Path) -> None:
    # pySHACL walks it nowhere, so that it cannot be asked: SHACL §2.3.1 says what it means.
    turtle = KEPT.replace("sh:path mg:place", "sh:path [ sh:inversePath ( mg:tends mg:place ) ]")
    quads = read_text(tmp_path, "mg:oak a mg:Tree . mg:row mg:place mg:oak . mg:ann mg:tends mg:row .")
    assert check(engine_of(quads), shapes_folder(tmp_path, turtle)) == []


OAK = "mg:oak a mg:Tree ; mg:place mg:port ; mg:height 5 ; mg:crown 6 ."
ASH = "mg:ash a mg:Tree ; mg:height 7 ."
BOX = "mg:box a mg:Shrub ."
HARD = {
    "a node kind that is rare": (
        KEPT.replace("sh:minCount 1", "sh:nodeKind sh:IRIOrLiteral"),
        "mg:oak a mg:Tree ; mg:place [] .",
    ),
    "a list of numbers": (
        KEPT.replace("sh:minCount 1", "sh:in ( 1 2 )"),
        'mg:oak a mg:Tree ; mg:place 1, 3, "2"^^xsd:decimal .',
    ),
    "an empty list": (KEPT.replace("sh:minCount 1", "sh:in ()"), OAK),
    "a number that is none": (
        KEPT.replace("sh:minCount 1", "sh:datatype xsd:decimal"),
        'mg:oak a mg:Tree ; mg:place "high"^^xsd:decimal, 1.5, 1 .',
    ),
    "a language in capitals": (
        KEPT.replace("sh:minCount 1", "sh:uniqueLang true"),
        'mg:oak a mg:Tree ; mg:place "port"@en, "harbour"@EN, "harbor"@en-US, "quay" .',
    ),
    "a query with a comment": (
        query_shape("# WHERE { is explained here\nSELECT $this WHERE { $this a ?kind }"),
        OAK + BOX,
    ),
    "a query with branches": (
        query_shape(
            f"SELECT $this ?value WHERE {{ {{ $this {iri('mg:height')} ?value }} UNION {{ $this {iri('mg:crown')} ?value }} }}"
        ),
        OAK + ASH,
    ),
    "what must exist": (
        query_shape(f"SELECT $this WHERE {{ FILTER EXISTS {{ $this {iri('mg:crown')} ?crown }} }}"),
        OAK + ASH,
    ),
    "what must not exist": (
        query_shape(f"SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this {iri('mg:crown')} ?crown }} }}"),
        OAK + ASH,
    ),
    "what must not exist, by a value of its own": (
        query_shape(
            f"SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this {iri('mg:height')} ?height FILTER ( ?height > 6 ) }} }}"
        ),
        OAK + ASH,
    ),
    "what must not exist twice over": (
        query_shape(
            f"SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this {iri('mg:crown')} ?crown }} "
            f"FILTER NOT EXISTS {{ $this {iri('mg:place')} ?place }} }}"
        ),
        OAK + ASH,
    ),
}


@pytest.mark.parametrize("what", HARD)
def test_gate_says_what_the_reference_says(tmp_path: Path, what: str) -> None:
    shapes, data = HARD[what]
    folder, quads = shapes_folder(tmp_path, shapes), read_text(tmp_path, data)
    found = check(engine_of(quads), folder)
    assert found
    assert difference(quads, found, folder) == AGREED


def test_folder_without_shapes_is_missed(tmp_path: Path) -> None:
    with pytest.raises(MissingPath):
        read_shapes(tmp_path)


def test_folder_with_prefixes_only_is_missed(tmp_path: Path) -> None:
    with pytest.raises(MissingPath):
        read_shapes(shapes_folder(tmp_path, "msh:Tree a mg:Tree ."))


def test_broken_turtle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRdf):
        read_shapes(shapes_folder(tmp_path, "msh:Tree a sh:NodeShape"))


@pytest.mark.parametrize(
    "turtle",
    [
        KEPT.replace("sh:minCount 1", 'sh:minCount "one"'),
        KEPT.replace("sh:minCount 1", "sh:minCount 1, 2"),
        KEPT.replace("sh:path mg:place", 'sh:path "place"'),
    ],
)
def test_shapes_graph_that_breaks_shacl_s_own_shapes_is_refused(tmp_path: Path, turtle: str) -> None:
    with pytest.raises(BadShape):
        reference_check(to_rdflib([]), shapes_folder(tmp_path, turtle))
