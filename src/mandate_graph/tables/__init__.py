"""Tables for spreadsheets, read from a build: CSV, what its columns mean, and CSVW metadata to stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from mandate_graph.engine import Engine
from mandate_graph.tables.described import SEPARATOR, Column, Table, ask, find_table, to_csv
from mandate_graph.tables.metadata import metadata
from mandate_graph.tables.pages import mentions, occurrences

__all__ = ["SEPARATOR", "TABLES", "Column", "Table", "find_table", "metadata"]


def _asked(name: str, engine: Engine) -> str:
    table = find_table(name)
    rows = ask(engine, table)
    return to_csv([column.name for column in table.columns], (list(row.values()) for row in rows))


TABLES: Mapping[str, Callable[[Engine], str]] = {
    "mandates": partial(_asked, "mandates"),
    "occurrences": occurrences,
    "documents": partial(_asked, "documents"),
    "summits": partial(_asked, "summits"),
    "themes": partial(_asked, "themes"),
    "mentions": mentions,
    "links": partial(_asked, "links"),
    "footnotes": partial(_asked, "footnotes"),
}
"""Tables by name, as CSV."""
