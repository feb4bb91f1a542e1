"""What the queries of a page give to its layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mandate_graph.engine import unquote
from mandate_graph.sparql import Tables
from mandate_graph.sparql.text import with_values

__all__ = ["Cell", "Row", "Rows", "ask", "cell", "read_queries"]


class Cell(str):
    """The text of a value: an IRI without brackets, or a literal with its language and datatype; empty for none."""

    __slots__ = ("datatype", "is_iri", "language")
    is_iri: bool
    language: str
    datatype: str


Row = dict[str, Cell]
"""A row by the names of its columns (a layout cannot ask for ``items``, ``keys`` or ``values``)."""
Rows = dict[str, list[Row]]
"""Results by the names of their queries."""


def cell(term: str) -> Cell:
    """A term in N-Triples syntax as a value for layouts."""
    kind, text, language, datatype = unquote(term) if term else ("", "", "", "")
    value = Cell(text)
    value.is_iri, value.language, value.datatype = kind == "iri", language, datatype
    return value


def read_queries(folder: Path) -> dict[str, str]:
    """The texts of the queries of a page, by name; none where there is no folder."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.rq"))}


def ask(answers: Tables, queries: Mapping[str, str], thing: str = "") -> Rows:
    """Run the queries of a page; those of a thing (a bare IRI) have it as ``?thing``."""
    bound = {"thing": f"<{thing}>"} if thing else {}
    return {
        name: list(_run(answers, name, with_values(text, bound) if bound else text)) for name, text in queries.items()
    }


def _run(answers: Tables, name: str, text: str) -> Iterator[Row]:
    names, rows = answers.table(text, f"page query {name}")
    for row in rows:
        yield dict(zip(names, map(cell, row), strict=True))
