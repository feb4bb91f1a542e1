"""Long texts are cut outside of the engine, and the results are those that the engine itself would give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mandate_graph.engine import Quad, literal
from mandate_graph.shacl import check, sieve
from mandate_graph.shacl.compile import compile_constraint
from mandate_graph.shacl.forms import XSD
from mandate_graph.shacl.shapes import Constraint, read_shapes
from mandate_graph.shacl.sieve import LONG, Sieve, find_cut
from shaped import AGREED, SHAPES, difference, engine_of, iri, local, query_shape, shapes_folder

PATTERNS = "$this mg:inCapture ?page ; mg:start ?start ; mg:end ?end ; schema:text ?value . ?page schema:text ?text ."
OTHER = "SUBSTR(STR(?text), ?start + 1, ?end - ?start) != STR(?value)"
FILTERS = [
    OTHER,
    f"?end > ?start && ( {OTHER} || STRLEN(STR(?value)) != ?end - ?start )",
    f"( ?start < 3 || ({OTHER}) ) && ?value != 'a'",
]
HEAD = "PREFIX mg: <https://w3id.org/mandate-graph/ns#> PREFIX schema: <https://schema.org/>"


def query(condition: str, patterns: str = PATTERNS) -> str:
    return f"{HEAD} SELECT $this ?value WHERE {{ {patterns} FILTER ( {condition} ) }}"


QUERIES = [query(condition) for condition in FILTERS]
CHARACTERS = st.text(st.sampled_from('ab é\u0301\u200d\n"\\𝄞🇵🇪'), max_size=6)
WHOLE = f"{XSD}integer"
# What is not a whole number is an error to the engine, and so is one that it cannot count with.
ODD = [literal("1.0", "", f"{XSD}decimal"), literal("1"), literal(str(2**63 - 1), "", WHOLE)]
NODES = ["<urn:a>", "<urn:b>", "_:c", "<urn:d>"]


class Text(NamedTuple):
    """A text that is longer than the engine is left with, or one that is not."""

    head: str
    filling: str
    is_long: bool
    tail: str
    language: str

    def __str__(self) -> str:
        return f"{self.head}{self.filling * (LONG if self.is_long else 3)}{self.tail}"


class Place(NamedTuple):
    """A place in a text of a page: from its beginning or its end, with the value that it has, None for what is there."""

    page: int
    text: int
    at_end: bool
    start: int
    length: int
    value: str | None
    odd: tuple[str, int] | None
    missing: int


TEXTS = st.builds(Text, CHARACTERS, st.sampled_from("x𝄞"), st.booleans(), CHARACTERS, st.sampled_from(["", "en", "es"]))
PLACES = st.builds(
    Place,
    page=st.sampled_from([0, 1, 1, 2, 3]),
    text=st.integers(0, 1),
    at_end=st.booleans(),
    start=st.sampled_from([-3, -2, -1, 0, 1, 4, 8]),
    length=st.sampled_from([3, 5, 2, 1, 0, -1, -2]),
    value=st.one_of(
        st.none(), st.none(), st.sampled_from(["_:c", "<urn:x>", '"a"@en', '"7"']), CHARACTERS.map(literal)
    ),
    odd=st.one_of(st.none(), st.none(), st.tuples(st.sampled_from(ODD), st.integers(0, 1))),
    missing=st.integers(0, 20),
)
PAGES = st.tuples(*[st.lists(TEXTS, min_size=1, max_size=size) for size in (1, 1, 2, 2)])


def quads_of(pages: Sequence[list[Text]], places: list[Place]) -> list[Quad]:
    """Pages, of which one has no name, and one has nodes and a number for texts, too, and the places."""
    text = iri("schema:text")
    said = [(NODES[page], text, literal(str(each), each.language)) for page in range(4) for each in pages[page]]
    said += [("<urn:d>", text, "_:c"), ("<urn:d>", text, "<urn:b>"), ("<urn:d>", text, literal("7", "", WHOLE))]
    for number, place in enumerate(places):
        words = str(pages[place.page][place.text % len(pages[place.page])])
        start = place.start + (len(words) - 6 if place.at_end else 0)
        kept = literal(words[max(start, 0) : max(start + place.length, 0)])
        offsets = [literal(str(each), "", WHOLE) for each in (start, start + place.length)]
        if place.odd:
            offsets[place.odd[1]] = place.odd[0]
        triples = [
            ("rdf:type", iri("mg:Tree")), ("mg:inCapture", NODES[place.page]), ("mg:start", offsets[0]),
            ("mg:end", offsets[1]), ("schema:text", place.value or kept),
        ]  # fmt: skip
        node = f"<urn:place:{number}>"
        said += [(node, iri(name), term) for each, (name, term) in enumerate(triples) if each != place.missing]
    return [(s, p, o, "") for s, p, o in said]


def constraint_of(folder: Path, select: str) -> Constraint:
    (only,) = read_shapes(shapes_folder(folder, query_shape(select)))
    return only


@settings(max_examples=300)
@given(PAGES, st.lists(PLACES, min_size=6, max_size=12), st.sampled_from(QUERIES), st.booleans())
def test_what_is_cut_here_is_what_the_engine_would_cut(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pages: Sequence[list[Text]],
    places: list[Place],
    select: str,
    narrow: bool,
) -> None:
    engine = engine_of(quads_of(pages, places))
    constraint = constraint_of(tmp_path, select)
    foci = ["<urn:place:0>", "<urn:place:1>", "<urn:place:2>"] if narrow else None
    (compiled,) = compile_constraint(constraint, lambda name: [name], foci)
    cut = find_cut(constraint.value[0])
    assert cut
    names, rows = engine.table(compiled)
    monkeypatch.setattr(sieve, "_AT_ONCE", 3)
    found = Sieve(engine).rows(compiled, cut, narrow=narrow)
    assert {tuple(row[name] for name in names) for row in found} == set(map(tuple, rows))


def test_the_house_cuts_long_texts_here() -> None:
    cutting = [each for each in read_shapes(SHAPES) if "SUBSTR(STR(?" in each.value[0] and "?end" in each.value[0]]
    found = {local(each.source): find_cut(each.value[0]) for each in cutting}
    assert {name: cut.node for name, cut in found.items() if cut} == {
        "Characters": "capture",
        "MentionQuote": "expression",
        "Selection": "expression",
        "TopicMention": "expression",
    }
    assert None not in found.values()


def test_results_on_a_long_page_are_those_of_the_reference(tmp_path: Path) -> None:
    page = Text("Ñandú 𝄞 ", "x", True, " the end", "es")
    right, wrong = (Place(0, 0, False, 3, 5, value, None, 20) for value in (None, literal("Nandú")))
    places = [right, wrong, right._replace(at_end=True), wrong._replace(at_end=True)]
    quads = [
        each for each in quads_of([[page]] * 4, places) if each[2] not in {"_:c", "<urn:b>", literal("7", "", WHOLE)}
    ]
    shapes = shapes_folder(tmp_path, query_shape(query(f"?start < 3 || {OTHER}")).replace("No.", "Not {?value}."))
    tree, engine = iri("msh:Tree"), engine_of(quads)
    every = check(engine, shapes)
    assert difference(quads, every, shapes) == AGREED
    assert [(one.focus, one.message) for one in every] == [(f"<urn:place:{number}>", "Not Nandú.") for number in (1, 3)]
    assert check(engine, shapes, foci={(tree, tree): ["<urn:place:1>", "<urn:place:2>"]}) == every[:1]


BESIDE = [
    query(f"!( {OTHER} )"),
    query(f"( {OTHER} ) = ( ?start < 3 )"),
    query(f"?start < 3 || COALESCE( {OTHER}, true )"),
    query(f"IF ( {OTHER}, ?start < 3, ?end < 3 )"),
    query(f"{OTHER} && STRLEN(STR(?text)) > 3"),
    query(f"{OTHER} && {OTHER}"),
    query(OTHER.replace("!=", "=")),
    query(OTHER.replace("?start + 1, ?end - ?start", "1, STRLEN(STR(?value))")),
    query(OTHER.replace("?start + 1, ?end - ?start", "?start + 1")),
    query(OTHER, PATTERNS.replace("?page schema:text", "?page mg:start ?more ; schema:text")),
    query(OTHER, PATTERNS.replace("?page schema:text ?text .", "OPTIONAL { ?page schema:text ?text }")),
    query(OTHER, PATTERNS.replace("?page schema:text", "?page schema:text/schema:text")),
    query(OTHER, PATTERNS.replace("mg:inCapture", "$PATH")),
    query(f"'{OTHER}' = ?value"),
    query(OTHER).replace("$this ?value WHERE", "$this ?text WHERE"),
    query(OTHER).replace("$this ?value WHERE", "* WHERE"),
]


@pytest.mark.parametrize("select", BESIDE)
def test_what_is_less_simple_stays_with_the_engine(select: str) -> None:
    assert find_cut(select) is None
