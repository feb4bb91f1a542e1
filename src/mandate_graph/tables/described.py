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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from mandate_graph.engine import Engine, unquote
from mandate_graph.house import query_files

__all__ = ["SEPARATOR", "Column", "Table", "ask", "find_table", "to_csv"]

SEPARATOR = " | "
"""Between the values of a cell that may hold several."""

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


def ask(engine: Engine, table: Table) -> list[dict[str, str]]:
    """The rows, in the order of their keys: what several solutions say of one key is put together.

    The values of a cell stand in their order as texts, each once.
    """
    names, found = engine.table(table.text, f"table {table.name}")
    place = {name: number for number, name in enumerate(names)}
    held: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for terms in found:
        key = tuple(terms[place[name]] for name in table.key)
        row = held.setdefault(key, {})
        for name, term in zip(names, terms, strict=True):
            if term and (value := unquote(term)[1]):
                row.setdefault(name, set()).add(value)
    return [
        {column.name: SEPARATOR.join(sorted(row.get(column.name, ()))) for column in table.columns}
        for _, row in sorted(held.items())
    ]


def to_csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV (RFC 4180) with a header and with line feeds."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()
