"""The score sheet tells right, wrong, missed and invented apart."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from conftest import Cli, page_text
from mandate_graph.errors import BadTable, NothingToScore
from mandate_graph.score import score

PAGE = page_text(
    "  1. Read. (Plan of Action Miami, 1994).",
    "  • 2.8 Write. (Plan of Action Miami, 1994).",
    "  1. Count. (Declaration of Québec, 2001).",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ed.txt").write_text(PAGE)
    return tmp_path


def expect(folder: Path, *rows: str, header: str = "label,kind,document,text") -> None:
    (folder / "ed.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")


RIGHT = (
    ",mandate,1994-miami-plan-of-action,Read.",
    "2.8,mandate,1994-miami-plan-of-action,Write.",
    ",mandate,2001-quebec-declaration,Count.",
)


def test_all_right(folder: Path, cli: Cli) -> None:
    expect(folder, *RIGHT)
    sheet = score(folder)
    assert sheet.is_perfect
    assert sheet.counts == {
        "item": {"right": 3}, "label": {"right": 1}, "kind": {"right": 3}, "document": {"right": 3}, "text": {"right": 3},
    }  # fmt: skip
    run = cli("score", folder)
    assert (run.returncode, run.stderr) == (0, "")


def test_wrong_missed_and_invented(folder: Path, cli: Cli) -> None:
    expect(
        folder,
        "7,mandate,1994-miami-plan-of-action,Read.",
        ",sub-item,1994-miami-plan-of-action,Write.",
        ",mandate,1998-santiago-plan-of-action,Count.",
        ",mandate,,Sing.",
    )
    sheet = score(folder)
    assert sheet.counts["item"] == {"right": 3, "missed": 1}
    assert sheet.counts["label"] == {"missed": 1, "invented": 1}
    assert sheet.counts["kind"] == {"right": 2, "wrong": 1}
    assert sheet.counts["document"] == {"right": 2, "wrong": 1}
    run = cli("score", folder, "--format", "csv")
    assert run.returncode == 1
    rows = list(csv.DictReader(run.stdout.splitlines()))
    assert {(row["column"], row["outcome"]) for row in rows} == {
        ("label", "missed"), ("label", "invented"), ("kind", "wrong"), ("document", "wrong"), ("item", "missed"),
    }  # fmt: skip


def test_a_missing_row_does_not_shift_the_others(folder: Path) -> None:
    expect(folder, *RIGHT[1:])
    sheet = score(folder)
    assert sheet.counts["item"] == {"invented": 1, "right": 2}
    assert sheet.counts["document"] == {"right": 2}


def test_a_page_that_cannot_be_read_is_no_success(folder: Path, cli: Cli) -> None:
    expect(folder, *RIGHT)
    (folder / "bad.txt").write_text("only words")
    (folder / "bad.csv").write_text("text\nRead.\n")
    run = cli("score", folder)
    assert run.returncode == 1
    assert "bad.txt" in run.stderr


def test_what_cannot_be_scored_says_so(folder: Path, cli: Cli) -> None:
    with pytest.raises(NothingToScore):
        score(folder)
    run = cli("score", folder)
    assert run.returncode == 2
    assert "no page has an expected reading" in run.stderr
    expect(folder, "x", header="remark")
    with pytest.raises(BadTable, match="none of the columns"):
        score(folder)


def test_expected_readings_are_no_pages(folder: Path, cli: Cli) -> None:
    expect(folder, *RIGHT)
    (folder / "ed.txt.problems").write_text("theme 1\n")
    run = cli("build", folder)
    assert (run.returncode, run.stderr) == (0, "")
