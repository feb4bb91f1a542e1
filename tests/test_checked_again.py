"""Promises that are checked again after a change have the results that all of them have."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from conftest import ROOT
from mandate_graph.engine import Engine, parse_lines
from mandate_graph.shacl import check, check_again


@pytest.fixture(scope="module")
def lines(built: Path) -> list[bytes]:
    return (built / "mandates.nq").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("seed", range(12))
def test_results_after_a_change_are_all_results(seed: int, lines: list[bytes]) -> None:
    """Some lines go, some come back, and a few say something that nobody declared, or has no label."""
    pick = random.Random(seed)
    base = b"<https://w3id.org/mandate-graph/"
    odd = [
        base + b"id/x%d> " % seed + predicate + b" " + thing + b" " + base + b"graph/derived> .\n"
        for predicate, thing in (
            (base + b"ns#undeclared>", b'"x"'),
            (b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", base + b"ns#Undeclared>"),
            (b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", base + b"ns#Mandate>"),
        )
    ]
    labels = [line for line in lines if b"#label> " in line and b"/ns#" in line.split(b" ")[0]]
    first = set(lines) - set(pick.sample(lines, 40)) | set(pick.sample(odd, pick.randrange(2)))
    second = (
        first - set(pick.sample(sorted(first), 30))
        | set(pick.sample(lines, 30))
        | set(pick.sample(odd, pick.randrange(3)))
    )
    second -= set(pick.sample(labels, pick.choice([0, 0, 2])))
    before = check(Engine(b"".join(sorted(first))), ROOT / "shapes")
    engine = Engine(b"".join(sorted(second)))
    again = check_again(engine, ROOT / "shapes", parse_lines(first - second), parse_lines(second - first), before)
    assert list(again) == list(check(engine, ROOT / "shapes"))
