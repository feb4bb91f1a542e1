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
from mandate_graph.house import query_files
from mandate_graph.sparql import named_queries

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
    assert found.count("\n") > 1, "a query that answers nothing here proves nothing"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {golden(name, example).name for name, example in RUNS}


def test_twelve_questions() -> None:
    assert len(LIBRARY) == 12
    questions = [query.question for query in LIBRARY.values()]
    assert len(set(questions)) == 12
    assert all(0 < int(question) <= 20 for question in questions)


@pytest.mark.parametrize("name", LIBRARY)
def test_headers_are_complete_and_labels_stand_beside_identifiers(dataset: Graph, name: str) -> None:
    query = LIBRARY[name]
    assert query.title
    assert query.purpose.endswith(".")
    declared = {parameter.name for parameter in query.parameters}
    assert len(re.findall(r"^# param:", query.text, re.MULTILINE)) == len(declared)
    result = dataset.query(name)
    assert declared <= set(result.names), "a parameter is a projected variable"
    for place, column in enumerate(result.names):
        if any(terms[place].startswith("<") for terms in result.terms):
            beside = {f"{column}Label", "text"} if column == "mandate" else {f"{column}Label"}
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
        ("mandates-saying", 2),
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
