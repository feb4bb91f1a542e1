"""Spreadsheets as people have them, and many clients at once."""

from __future__ import annotations

import contextlib
import csv
import socket
from pathlib import Path

import pytest

from conftest import Cli
from mandate_graph.dataset import Graph
from mandate_graph.reconcile import Service, listen

OURS = ["match", "score", "id", "label", "type", "description", "iri"]


def matched(cli: Cli, built: Path, sheet: Path, text: str, *more: str) -> str:
    sheet.write_text(text, encoding="utf-8", newline="")
    run = cli("reconcile", "--file", sheet, "--column", "T", "--format", "csv", "--from", built, *more)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("between", [";", "\t"])
def test_a_sheet_may_have_other_marks_between_its_cells(cli: Cli, built: Path, tmp_path: Path, between: str) -> None:
    """Excel writes semicolons where numbers have commas in them; what comes back has the same."""
    said = matched(
        cli,
        built,
        tmp_path / "sheet.csv",
        f"T{between}Año\r\nConvención, Viena, consular{between}1963\r\n",
        "--given",
        "year=Año",
    )
    head, row = csv.reader(said.splitlines(), delimiter=between)
    assert head == ["T", "Año", *OURS]
    assert row[:2] == ["Convención, Viena, consular", "1963"]
    assert row[4] == "instrument/vccr-1963"


def test_no_cell_is_lost(cli: Cli, built: Path, tmp_path: Path) -> None:
    """Two columns of one name, a row that is short, one with empty cells behind it, and what some take for ends of lines."""
    said = matched(cli, built, tmp_path / "sheet.csv", "A,A,T\n1,2,CIDH\n3\n4,5,x\u2028y\x0bz,,\n")
    rows = [row for row in csv.reader(said.split("\n")) if row][1:]
    assert [row[:3] for row in rows] == [["1", "2", "CIDH"], ["3", "", ""], ["4", "5", "x\u2028y\x0bz"]]
    assert rows[0][5] == "body/iachr"
    assert {len(row) for row in rows} == {10}


def test_an_empty_cell_is_no_name(cli: Cli, built: Path, tmp_path: Path) -> None:
    """Not even where what stands beside it fits one thing only."""
    (_, row) = matched(cli, built, tmp_path / "sheet.csv", "T,Year\n ,1999\n", "--given", "year=Year").splitlines()
    assert row == " ,1999,,,,,,,"


@pytest.mark.parametrize(
    ("sheet", "code", "why"),
    [
        ("A,T\n1,OAS,3\n", 1, "line 2 has 3 cells, and the first line 2"),
        ("T,T\nOAS,x\n", 2, "'T' stands more than once"),
        ("A;B\n1;2\n", 2, "Did you mean A or B?"),
        ("", 2, "'T' is no column"),
    ],
)
def test_a_sheet_that_says_two_things_is_refused(
    cli: Cli, built: Path, tmp_path: Path, sheet: str, code: int, why: str
) -> None:
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    run = cli("reconcile", "--file", "sheet.csv", "--column", "T", "--format", "csv", "--from", built)
    assert (run.returncode, run.stdout) == (code, "")
    assert why in run.stderr
    assert run.stderr.count("\n") == 1


def test_many_clients_at_once_are_let_in(built: Path) -> None:
    """They wait for their turn: nobody is turned away, although no request is served yet."""
    with listen(Service.of(Graph(built)), "127.0.0.1", 0) as server, contextlib.ExitStack() as lines:
        for _ in range(64):
            lines.enter_context(socket.create_connection(("127.0.0.1", server.server_port), timeout=5))
