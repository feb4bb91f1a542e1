"""Each named query answers its competency question on the two pages; the answers are golden files that a person has read."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import ROOT
from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine
from mandate_graph.house import query_files
from mandate_graph.sparql import named_queries, run

GOLDEN = ROOT / "tests" / "golden" / "queries"
LIBRARY = named_queries(query_files())
# One run of each query without parameters and one with its example.
RUNS = [(name, "") for name in LIBRARY] + [(name, query.example) for name, query in LIBRARY.items() if query.example]


def answer(dataset: Graph, name: str, example: str) -> str:
    parameters = dict([example.split("=", 1)]) if example else {}
    result = dataset.query(name, parameters)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(result.names)
    for row in result:
        writer.writerow("" if cell is None else str(cell).removeprefix(dataset.base) for cell in row)
    return out.getvalue()


def golden(name: str, example: str) -> Path:
    return GOLDEN / (name + (f"@{re.sub(r'[^a-zA-Z0-9]+', '-', example)}" if example else "") + ".csv")


@pytest.mark.parametrize(("name", "example"), RUNS)
def test_answers(dataset: Graph, name: str, example: str, request: pytest.FixtureRequest) -> None:
    found = answer(dataset, name, example)
    path = golden(name, example)
    if request.config.getoption("--golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()
    query = LIBRARY[name]
    if query.unanswered:
        assert found.count("\n") == 1, "what has rows is answered"
    elif not query.none:
        assert found.count("\n") > 1, "a query that answers nothing here proves nothing"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {golden(name, example).name for name, example in RUNS}


def test_twenty_questions() -> None:
    questions = [query.question for query in LIBRARY.values() if query.question]
    assert sorted(questions, key=int) == [str(number) for number in range(1, 21)]
    assert {query.audience for query in LIBRARY.values()} == {"policy officer", "researcher", "journalist", "engineer"}


def test_what_is_not_answered_says_why() -> None:
    """Every other query has rows on the repository's own pages, or says what it means that there are none."""
    assert {name for name, query in LIBRARY.items() if query.unanswered} == {
        "counterparts",
        "lima-mandates",
        "wording-changed",
    }
    assert {name for name, query in LIBRARY.items() if query.none} == {"incomplete-mandates"}


@pytest.mark.parametrize(
    ("name", "example", "rows"),
    [
        ("counterparts", "", 34),
        ("counterparts", "rule=pair-by-position", 6),
        ("wording-changed", "", 3),
        ("wording-changed", "change=reworded", 1),
        ("lima-mandates", "", 4),
        ("lima-mandates", "theme=democracy/trans", 4),
    ],
)
def test_what_is_not_answered_here_is_answered_where_the_pages_are(
    bilingual: Path, name: str, example: str, rows: int
) -> None:
    assert len(mg.open(bilingual).query(name, dict([example.split("=", 1)]) if example else {})) == rows


def test_a_full_text_tells_what_no_theme_shows(tmp_path: Path) -> None:
    """The page of a theme, and the full text in Spanish: what neither it nor its twin is listed in is in no theme."""
    pages = ROOT / "tests" / "pages"
    mg.build([pages / "dem_trans.txt", pages / "compromiso_de_lima_sp.txt"], out=tmp_path / "build", house=ROOT)
    dataset = mg.open(tmp_path / "build")
    rows = {themed: dataset.query("lima-mandates", {"themed": themed}).rows for themed in ("yes", "no")}
    assert [len(rows["yes"]), len(rows["no"])] == [2, 14]
    assert {row.themeLabel for row in rows["yes"]} == {"Transparency"}
    numbers = [row.number for row in rows["no"] if row.number]
    assert numbers == sorted(numbers, key=int)
    assert "Pagar a los jueces" in next(row.text for row in rows["no"] if row.number == "1")


def test_what_a_reworded_mandate_said_before(bilingual: Path) -> None:
    found = {row.change: row for row in mg.open(bilingual).query("wording-changed")}
    assert (found["came"].after, found["came"].before) == ("Dive.", None)
    assert (found["went"].before, found["went"].after) == ("Swim.", None)
    assert "Tuesdays" in found["reworded"].before
    assert "Thursdays" in found["reworded"].after


def test_both_languages_stand_side_by_side(bilingual: Path) -> None:
    rows = mg.open(bilingual).query("side-by-side").rows
    assert sum(row.textEn is not None and row.textEs is not None for row in rows) == 17
    assert all(row.counterpartLabel for row in rows if row.counterpart)
    alone = {row.mandate for row in rows if row.textEn is None}
    assert not alone & {row.counterpart for row in rows}


def test_one_mandate_is_a_parameter(dataset: Graph) -> None:
    (key,) = {str(row.mandate) for row in dataset.query("footnotes")}
    assert len(dataset.query("footnotes", {"mandate": key})) == 2
    assert all(row.mandate == key for row in dataset.query("mentions", {"mandate": key}))
    other = str(dataset.query("mentions")[0].mandate)
    assert {row.mandate for row in dataset.query("mentions", {"mandate": other.removeprefix(dataset.base)})} == {other}


@pytest.mark.parametrize(
    ("facets", "rows"),
    [
        ({}, 38),
        ({"theme": "migration"}, 38),
        ({"theme": "migration/migrant-human-rights"}, 14),
        ({"summit": "2001-quebec"}, 14),
        ({"document": "2001-quebec-plan-of-action"}, 13),
        ({"year": 2001}, 14),
        ({"year": 2001, "theme": "migration/migrant-human-rights", "language": "en"}, 4),
        ({"language": "es"}, 0),
        ({"named": "body/iom"}, 1),
        ({"words": "REMITTANCES"}, 3),
        ({"words": 'no "such" } words \\u0041'}, 0),
    ],
)
def test_every_facet_of_mandates(dataset: Graph, facets: dict[str, object], rows: int) -> None:
    found = dataset.query("mandates", facets)
    assert len(found) == len({row.mandate for row in found}) == rows


def test_a_graph_that_lacks_things_is_found_out() -> None:
    """Six mandates, each with one fault, and one without."""
    base = "https://example.org/"
    mg_, eli = "https://w3id.org/mandate-graph/ns#", "http://data.europa.eu/eli/ontology#"
    a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    whole = {
        ("", a, f"<{mg_}Mandate>"),
        ("", "http://www.w3.org/2000/01/rdf-schema#label", '"a mandate"'),
        ("", f"{eli}is_part_of", "<urn:document>"),
        ("", "http://purl.org/dc/terms/subject", "<urn:theme>"),
        ("", f"{eli}is_realized_by", "<{}/en>"),
        ("", f"{eli}type_subdivision", "<urn:sub-item>"),
        ("", f"{mg_}chapeau", "<urn:chapeau>"),
    }
    faults = {
        "whole": whole,
        "no-document": {triple for triple in whole if "is_part_of" not in triple[1]},
        "several-documents": whole | {("", f"{eli}is_part_of", "<urn:other>")},
        "no-theme": {triple for triple in whole if "subject" not in triple[1]},
        "no-listing": whole,
        "no-chapeau": {triple for triple in whole if "chapeau" not in triple[1]},
        "several-chapeaux": whole | {("", f"{mg_}chapeau", "<urn:other>")},
    }
    lines = [f"<{document}> <{a}> <{mg_}SummitDocument> <urn:g> ." for document in ("urn:document", "urn:other")] + [
        '<urn:sub-item> <http://www.w3.org/2004/02/skos/core#notation> "sub-item" <urn:g> .'
    ]
    for name, triples in faults.items():
        mandate = f"{base}{name}"
        lines += [f"<{mandate}> <{p}> {o.format(mandate)} <urn:g> ." for _, p, o in triples]
        if name != "no-listing":
            lines.append(f"<{mandate}/listing> <{mg_}occurrenceOf> <{mandate}/en> <urn:g> .")
    engine = Engine("\n".join(sorted(lines)).encode() + b"\n")
    found = run(engine, LIBRARY["incomplete-mandates"], base)
    assert {row.problem: row.mandate for row in found} == {name: base + name for name in faults if name != "whole"}
    assert len(found) == 6
    for name in sorted(faults.keys() - {"whole"}):
        assert [row.mandate for row in run(engine, LIBRARY["incomplete-mandates"], base, {"problem": name})] == [
            base + name
        ]


def test_a_link_says_who_made_it_and_who_checked_it() -> None:
    """Links come with mappings; what links inside the graph is no link to the world outside."""
    prefixes = {
        "rdf:": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "skos:": "http://www.w3.org/2004/02/skos/core#",
        "dc:": "http://purl.org/dc/terms/",
        "sssom:": "https://w3id.org/sssom/",
        "rdfs:": "http://www.w3.org/2000/01/rdf-schema#",
        "prov:": "http://www.w3.org/ns/prov#",
        "own:": "https://example.org/",
        "far:": "https://elsewhere.example/",
    }
    text = """<urn:d> <http://rdfs.org/ns/void#uriSpace> "https://example.org/"
<urn:d> rdf:type <http://www.w3.org/ns/dcat#Dataset>
<urn:t> <http://rdfs.org/ns/void#uriSpace> "https://elsewhere.example/"
own:a skos:exactMatch far:a
own:a skos:closeMatch own:b
own:a <https://schema.org/sameAs> far:c
own:a dc:source "name remembered"
far:a rdfs:label "one name"
far:a rdfs:label "another name"
<urn:m> rdf:type sssom:Mapping
<urn:m> rdf:subject own:a
<urn:m> rdf:predicate skos:exactMatch
<urn:m> rdf:object far:a
<urn:m> dc:date "2026-11-21"
<urn:m> prov:wasAttributedTo <urn:tool>
<urn:m> sssom:mapping_justification <https://w3id.org/semapv/vocab/LexicalMatching>
<urn:m> sssom:reviewer_id <urn:me>
<urn:m> sssom:review_date "2026-11-28"
<urn:m> rdfs:comment "seen there"
<urn:me> rdfs:label "A. Reader"
<urn:me> rdfs:label "A. Reader"@en"""
    lines = []
    for line in text.splitlines():
        terms = [
            f"<{prefixes[head + ':']}{tail}>" if (head + ":") in prefixes else term
            for term in line.split(" ", 2)
            for head, _, tail in [term.partition(":")]
        ]
        lines.append(" ".join(terms) + " <urn:g> .\n")
    engine = Engine("".join(sorted(lines)).encode())
    query = LIBRARY["external-links"]
    rows = run(engine, query, "https://example.org/").rows
    assert [
        (row.relation, row.targetLabel, row.how, row.made, row.madeBy, row.state, row.checked, row.checkedByLabel)
        for row in rows
    ] == [
        (
            "exactMatch",
            "another name",
            "LexicalMatching",
            "2026-11-21",
            "urn:tool",
            "reviewed",
            "2026-11-28",
            "A. Reader",
        ),
        ("sameAs", "https://elsewhere.example/c", None, None, None, "not-reviewed", None, None),
    ]
    assert [row.source for row in rows] == ["seen there", "name remembered"]
    assert [row.relation for row in run(engine, query, "https://example.org/", {"state": "not-reviewed"})] == ["sameAs"]


@pytest.mark.parametrize("name", LIBRARY)
def test_headers_are_complete_and_labels_stand_beside_identifiers(dataset: Graph, name: str) -> None:
    query = LIBRARY[name]
    assert query.title
    assert query.purpose.endswith(".")
    declared = {parameter.name for parameter in query.parameters}
    assert len(re.findall(r"^# param:", query.text, re.MULTILINE)) == len(declared)
    result = dataset.query(name)
    if name not in {"mandates", "side-by-side"}:  # their facets are no columns
        assert declared <= set(result.names), "what was asked for stands beside what was found"
    assert all(re.search(rf"\?{parameter}\b", query.text) for parameter in declared)
    for place, column in enumerate(result.names):
        if any(terms[place].startswith("<") for terms in result.terms):
            beside = {f"{column}Label", "text", "textEn"} if column == "mandate" else {f"{column}Label"}
            assert beside & set(result.names), f"{column} has no label"


def test_answers_do_not_repeat_themselves(dataset: Graph) -> None:
    for name in LIBRARY:
        terms = [tuple(row) for row in dataset.query(name).terms]
        assert len(terms) == len(set(terms)), name


# What the answers must say, counted by hand on the pages.


def test_the_fourteen_are_wholly_in_the_thirty_eight(dataset: Graph) -> None:
    row = dataset.query("theme-overlap", {"theme": "migration/migrant-human-rights"})[0]
    assert (row.shared, row.ofTheme, row.ofOther, row.contained) == (14, 14, 38, True)


def test_the_dated_target(dataset: Graph) -> None:
    rows = dataset.query("dated-targets", {"asOf": 2026}).rows
    assert [(row.year, row.passed, row.documentLabel) for row in rows] == [(2008, True, "Declaration of Nuevo León")]
    assert dataset.query("dated-targets", {"asOf": 2007})[0].passed is False


def test_counts_per_summit_add_up_to_the_distinct_items(dataset: Graph) -> None:
    rows = dataset.query("mandates-per-theme-and-summit", {"theme": "migration"})
    assert sum(int(str(row.mandates)) for row in rows) == 38


def test_newest_summit_first(dataset: Graph) -> None:
    dates = [row.date for row in dataset.query("mandates-by-theme", {"theme": "migration/migrant-human-rights"})]
    assert len(dates) == 14
    assert dates == sorted(dates, reverse=True)


# A page in Spanish, with a theme that no table has and a listing whose document nobody knows, is not lost to any query


SPANISH = """DESARROLLO SOCIAL: Cosas nuevas

  1. Cuidar los puertos con la OEA para 2030, tras la Cumbre de Santiago.* (Plan de Acción de Santiago, 1998)
    *La delegación de Ultramar expresa su reserva.

  1. Pedir a la OEA más árboles, antes de 2031.
"""


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("dated-targets", 2),
        ("footnotes", 1),
        ("mandates-by-theme", 4),
        ("mandates-naming", 3),
        ("mandates-per-theme-and-summit", 2),
        ("mandates", 2),
        ("mandates-saying", 2),
        ("side-by-side", 2),
        ("statements-per-country", 1),
        ("mentions", 3),
        ("not-stated", 1),
        ("opening-verbs", 2),
        ("summits-recalled", 1),
    ],
)
def test_nothing_spanish_or_unattributed_vanishes(spanish: Graph, name: str, rows: int) -> None:
    result = spanish.query(name)
    assert len(result) == rows
    for row in result:
        for column in result.names:
            if f"{column}Label" in result.names and row[column] is not None:
                assert row[f"{column}Label"], f"{column} has no label"


def test_a_note_of_no_known_state_is_nobodys(spanish: Graph) -> None:
    assert spanish.query("footnotes")[0].country is None
    assert len(spanish.query("footnotes", {"country": "us"})) == 0


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = tmp_path_factory.mktemp("spanish")
    (folder / "cosas_sp.txt").write_text(SPANISH, encoding="utf-8")
    mg.build(folder / "cosas_sp.txt", out=folder / "build", house=ROOT)
    return mg.open(folder / "build")
