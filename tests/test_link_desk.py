"""Several people at one desk: what one decides, another neither loses nor takes back; and what pipes may hold."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Cli
from invented import TARGET, decided, linked, new_house, turtle
from mandate_graph.house import House
from mandate_graph.link.decisions import Desk, Verdict
from mandate_graph.link.run import bench, open_file
from mandate_graph.link.targets import targets_of
from mandate_graph.sssom import MappingSet, read_set

FISH = "https://vocab.example/fish/"
OPEN = (
    "topic/human-rights||skos:exactMatch|fish:1|Human rights",
    "topic/migrants||skos:closeMatch|fish:2|Migrants",
    "topic/poverty||skos:exactMatch|fish:3|Poverty",
)
YES, NO = Verdict("A", "2026-11-28", True), Verdict("B", "2026-11-28", False)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = new_house(tmp_path / "house", TARGET)
    decided(house, "fish", FISH, *OPEN, folder="open")
    return house


def desk(house: House) -> Desk:
    table = bench(house)
    return Desk(house.links, table.base, table.authorities, targets_of(table.authorities))


def published(house: House) -> MappingSet:
    return read_set(house.links / "fish.sssom.tsv")


def test_two_reviewers_lose_nothing(house: House) -> None:
    one, other = desk(house), desk(house)
    mine, yours = one.questions(), other.questions()
    assert one.decide(mine[0], YES) == []
    assert other.decide(yours[1], NO) == []
    assert one.decide(mine[2], YES) == []
    assert [(row.subject, row["reviewer_label"]) for row in published(house).mappings] == [
        ("topic/human-rights", "A"), ("topic/migrants", "B"), ("topic/poverty", "A"),
    ]  # fmt: skip
    assert not read_set(house.links / "open" / "fish.sssom.tsv").mappings


def test_what_another_decided_cannot_be_decided_again(house: House) -> None:
    one, other = desk(house), desk(house)
    question, same = one.questions()[0], other.questions()[0]
    one.decide(question, NO)
    assert "somebody else decided" in other.decide(same, YES)[0]
    assert not other.waits(same)
    assert published(house).mappings[0].rejected


def test_undo_takes_back_nothing_of_others(house: House) -> None:
    one, other = desk(house), desk(house)
    one.decide(one.questions()[0], YES)
    other.decide(other.questions()[1], NO)
    assert "somebody else has written" in one.undo()
    assert len(published(house).mappings) == 2
    assert other.undo() == ""
    assert one.undo() == ""
    assert not (house.links / "fish.sssom.tsv").exists()
    assert len(read_set(house.links / "open" / "fish.sssom.tsv").mappings) == 3


def test_what_was_rejected_while_a_run_looked_is_not_proposed(house: House, tmp_path: Path) -> None:
    done = linked(house, "topic", turtle(tmp_path, 'v:1 skos:prefLabel "human rights"@en .'))
    assert len(done.proposals["fish"]) == 1
    table = bench(house)
    people = desk(house)
    people.decide(people.questions()[0], NO)
    path = house.links / "open" / "fish.sssom.tsv"
    text, added = open_file(table, done, "fish", path)
    assert added == 0
    assert "human-rights" not in text


@pytest.mark.parametrize("modifier", ["NOT", "not", "No"])
def test_a_no_that_is_misspelt_is_no_yes(cli: Cli, house: House, modifier: str) -> None:
    path = house.links / "open" / "fish.sssom.tsv"
    head, _, body = path.read_text(encoding="utf-8").partition("subject_id")
    rows = list(csv.DictReader(io.StringIO("subject_id" + body), delimiter="\t"))
    rows[0] |= {"predicate_modifier": modifier, "reviewer_label": "A", "review_date": "2026-11-28"}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(head + out.getvalue(), encoding="utf-8")
    run = cli("link", "review", "--signed", cwd=house.root)
    assert run.returncode == 1
    assert "must be Not, or empty" in run.stderr
    assert not (house.links / "fish.sssom.tsv").exists()
    lint = cli("link", "lint", cwd=house.root)
    assert lint.returncode == 1
    assert "must be Not, or empty" in lint.stdout


def test_a_pipe_may_hold_anything(house: House) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "mandate_graph", "link", "review"],
        cwd=house.root,
        input=b"x caf\xe9 \x1b[1mno\x07\na\nq\n",
        capture_output=True,
        env={**os.environ, "MANDATE_GRAPH_REVIEWER": "A\x1b[31m\tB"},
        check=False,
    )
    assert b"Traceback" not in run.stderr
    assert b"1 accepted, 1 rejected" in run.stderr
    row = published(house).mappings[0]
    assert row["comment"].startswith("caf\ufffd  [1mno")
    assert row["reviewer_label"] == "A [31m B"


def test_the_line_that_is_told_is_the_right_one(house: House) -> None:
    decided(house, "fish", FISH, "topic/children||skos:exactMatch|fish:3|Poverty")
    where = published(house).mappings[0].line
    people = desk(house)
    questions = people.questions()
    people.decide(questions[0], YES)
    assert f"(fish.sssom.tsv, line {where})" in people.decide(questions[2], YES)[0]
