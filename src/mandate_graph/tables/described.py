"""What a table is: a ``.rq`` file whose first comments say its title, its purpose, its key and its columns.

``# column: name (datatype; property) what it holds`` is one line a column. The datatype is one of CSVW's (W3C Metadata
Vocabulary for Tabular Data §6.4); a star after it says that a cell may hold several values. The property, where there
is one, is what the cell says of the thing that the first column names. ``# key: none`` says that there is no key;
without that line the first column is it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby

from mandate_graph.engine import Engine, unquote
from mandate_graph.house import query_files
from mandate_graph.spilled import in_order

__all__ = ["SEPARATOR", "Column", "Table", "ask", "csv_lines", "find_table"]

SEPARATOR = " | "
"""Between the values of a cell that may hold several."""

# Terms hold no such character: it is one that they escape (``engine.escape``).
_APART = b"\0"
_HEADER = re.compile(r"# (\w+): (.*)")
_COLUMN = re.compile(r"(?P<name>\w+) \((?P<datatype>\w+)(?P<several>\*?)(?:; (?P<property>\S+))?\) (?P<purpose>.+)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what CSVW calls its datatype, and the property that it stands for, as a compact name."""

    name: str
    datatype: str
    purpose: str
    property: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``key`` are the columns that tell its rows apart, ``text`` is the query."""

    name: str
    title: str
    purpose: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    text: str


@cache
def find_table(name: str) -> Table:
    """Read a table's file; the names are those of the files in ``queries/tables``."""
    text = (query_files() / "tables" / f"{name}.rq").read_text(encoding="utf-8")
    header: dict[str, list[str]] = {}
    for line in text.splitlines():
        found = _HEADER.fullmatch(line)
        if not found:
            break
        header.setdefault(found[1], []).append(found[2])
    columns = tuple(
        Column(part["name"], part["datatype"], part["purpose"], part["property"] or "", bool(part["several"]))
        for line in header["column"]
        if (part := _COLUMN.fullmatch(line))
    )
    said = header.get("key", [columns[0].name])[0]
    key = () if said == "none" else tuple(said.split())
    return Table(name, header["title"][0], header["purpose"][0], columns, key, text)


def ask(engine: Engine, table: Table) -> Iterator[dict[str, str]]:
    """The rows, in the order of their keys: what several solutions say of one key is put together.

    The values of a cell stand in their order as texts, each once. Memory: one row, and what ``spilled`` holds.
    """
    names, found = engine.rows(table.text, f"table {table.name}")
    keys = [names.index(name) for name in table.key]
    others = [place for place in range(len(names)) if place not in keys]
    said = in_order(line for terms in found for line in _said(terms, keys, others))
    for start, lines in groupby(said, lambda line: line.rsplit(_APART, 2)[0]):
        row: dict[str, set[str]] = {}
        for name, term in zip(table.key, start.decode().split("\0"), strict=True):
            _put(row, name, term)
        for line in lines:
            _, place, term = line[:-1].rsplit(_APART, 2)
            if place:
                _put(row, names[int(place)], term.decode())
        yield {column.name: SEPARATOR.join(sorted(row.get(column.name, ()))) for column in table.columns}


def _said(terms: Sequence[str], keys: Sequence[int], others: Sequence[int]) -> Iterator[bytes]:
    """What a solution says, a line each: its key, a column, the term there; one line more, for a key without others."""
    key = "\0".join(terms[place] for place in keys)
    yield f"{key}\0\0\n".encode()
    for place in others:
        if terms[place]:
            yield f"{key}\0{place}\0{terms[place]}\n".encode()


def _put(row: dict[str, set[str]], name: str, term: str) -> None:
    if term and (value := unquote(term)[1]):
        row.setdefault(name, set()).add(value)


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV (RFC 4180) with line feeds: the header, and a line for each row; a row's texts may hold line feeds too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in chain([names], rows):
        writer.writerow(row)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
