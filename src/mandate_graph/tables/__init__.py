"""Tables for spreadsheets, read from a build: CSV, what its columns mean, and CSVW metadata to stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from mandate_graph.engine import Engine
from mandate_graph.tables.described import SEPARATOR, Column, Table, ask, csv_lines, find_table
from mandate_graph.tables.metadata import metadata
from mandate_graph.tables.pages import mentions, occurrences

__all__ = ["SEPARATOR", "TABLES", "Column", "Table", "find_table", "metadata", "of_part"]

_COUNTED = {"summits", "documents", "themes"}
"""Tables whose rows count mandates."""


def _asked(name: str, engine: Engine) -> Iterator[str]:
    table = find_table(name)
    return _as_csv(table, ask(engine, table))


def _as_csv(table: Table, rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    return csv_lines([column.name for column in table.columns], (list(row.values()) for row in rows))


def of_part(name: str, engine: Engine) -> Iterator[str]:
    """A table of a part as lines of CSV, without Summits, documents and themes that no mandate of the part belongs to.

    Such things are in a part because something names them, and what the part says of them is not what the whole says.
    A theme stays where one below it does.
    """
    if name not in _COUNTED:
        return TABLES[name](engine)
    table = find_table(name)
    rows = {row[table.key[0]]: row for row in ask(engine, table)}
    kept = {key for key, row in rows.items() if row["mandates"] != "0"}
    above = kept
    while above := {rows[key].get("broader", "") for key in above} & rows.keys() - kept:
        kept |= above
    return _as_csv(table, (row for key, row in rows.items() if key in kept))


TABLES: Mapping[str, Callable[[Engine], Iterator[str]]] = {
    "mandates": partial(_asked, "mandates"),
    "occurrences": occurrences,
    "documents": partial(_asked, "documents"),
    "summits": partial(_asked, "summits"),
    "themes": partial(_asked, "themes"),
    "mentions": mentions,
    "links": partial(_asked, "links"),
    "linkedness": partial(_asked, "linkedness"),
    "footnotes": partial(_asked, "footnotes"),
}
"""Tables by name, as lines of CSV: the header, then the rows as they are found (see ``csv_lines``)."""
