"""What is taken away at any size: lines in order, tables, and what is held of them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator

import pytest

from mandate_graph import tables
from mandate_graph.dataset import Graph
from mandate_graph.spilled import in_order
from mandate_graph.write.lines import in_reading_order


@pytest.mark.parametrize("held", [1, 500, 10**6])
def test_lines_come_in_order_however_few_are_held(held: int) -> None:
    chance = random.Random(held)
    lines = [f"{chance.randrange(300)} é\0{chance.random()}\n".encode() for _ in range(500)] + [b"\n", b"\n"]
    assert list(in_order(iter(lines), held=held)) == sorted(lines)
    assert list(in_order([], held=held)) == []


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_table_begins_before_it_ends(dataset: Graph, name: str) -> None:
    """Lines are given as they are made: a header and a row do not wait for the others."""
    lines = tables.TABLES[name](dataset.engine())
    assert isinstance(lines, Iterator)
    header, *first = next(csv.reader([next(lines)]))
    assert [header, *first] == [column.name for column in tables.find_table(name).columns]
    assert len(next(csv.reader([next(lines)]))) == len(first) + 1


@pytest.mark.parametrize("name", ["mandates", "occurrences", "mentions"])
def test_rows_are_read_from_the_engine_one_by_one(dataset: Graph, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory is what a run may hold, and one row: with a small run, all others are on the disk."""
    whole = "".join(tables.TABLES[name](dataset.engine()))
    monkeypatch.setattr(in_order, "__defaults__", (2000,))
    assert "".join(tables.TABLES[name](dataset.engine())) == whole


def test_what_stands_below_a_thing_comes_after_it_at_any_depth() -> None:
    """Sorted lines have ``<a/b>`` before ``<a>``; people read the other way round."""
    keys = ["a", "a/b", "a/b/c", "a/b-1", "a/bc", "a1", "ab", "ab/c", "b", "b/a/a", "b/a/b", "b/c", "c/d", "c/d/e"]
    lines = "".join(sorted(f'<urn:{key}> <urn:p> "x" <urn:g> .\n' for key in keys)).encode()
    found = [block.subject.decode() for block in in_reading_order(lines)]
    assert found == [f"<urn:{key}>" for key in sorted(keys)]
