"""What a cell of a table holds, and which tables hold the things that can be named."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["KINDS", "TABLES", "Row", "by_language", "kind_of", "split_cell"]

Row = Mapping[str, str]

KINDS: Mapping[str, str] = {
    "instruments": "instrument",
    "bodies": "body",
    "summits": "summit",
    "series": "series",
    "documents": "document",
    "countries": "country",
    "sdg": "sdg",
    "topics": "topic",
}
"""The tables whose things can be named, and the first part of their identifiers."""

TABLES: Mapping[str, str] = {kind: table for table, kind in KINDS.items()}
"""The same, the other way: the table of a kind."""


def kind_of(target: str) -> str:
    """What a target (``kind/key``) is for those who read mentions: the series of the Summits counts as a Summit."""
    kind = target.partition("/")[0]
    return "summit" if kind == "series" else kind


def split_cell(cell: str) -> tuple[str, ...]:
    """The values of a cell: ``"a | b"`` → ``("a", "b")``."""
    return tuple(part.strip() for part in cell.split(" | ") if part.strip())


def by_language(row: Row, prefix: str) -> dict[str, str]:
    """The filled cells of ``prefix_xx`` columns, by language."""
    return {name[len(prefix) + 1 :]: cell for name, cell in row.items() if name.startswith(f"{prefix}_") and cell}
