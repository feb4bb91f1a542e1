"""The query library: a page that lists the named queries, and one for each with its answer on the published graph."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from mandate_graph import sparql
from mandate_graph.dataset import Graph, Limits
from mandate_graph.errors import BadParameter
from mandate_graph.house import query_files
from mandate_graph.publish.rows import Cell, cell
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press

__all__ = ["SHOWN", "Asked", "Given", "asked", "question_files"]

SHOWN = 100
"""Rows of an answer that its page shows."""
_COUNTED = 10_000
"""Rows up to which they are counted."""
_AUDIENCES = ("policy officer", "researcher", "journalist", "librarian", "engineer")


class Given(NamedTuple):
    """An answer: the columns that are shown, some rows of them, how many there are, and whether they were all counted.

    ``parameters`` are those that it was asked with.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    cut: bool
    parameters: Mapping[str, str]


class Asked(NamedTuple):
    """A named query: its answer (None where another server is asked), its SPARQL as it was asked, and the command."""

    query: sparql.NamedQuery
    answer: Given | None
    text: str
    command: str

    @property
    def stem(self) -> str:
        """Where its page is."""
        return f"queries/{self.query.name}"

    @property
    def encoded(self) -> str:
        """Its SPARQL for the fragment of an address."""
        return quote(self.text, safe="")

    def title(self, language: str) -> Cell:
        """Its title, in the reader's language where there is one."""
        return _said(self.query.title or self.query.name, self.query.titles, language)

    def purpose(self, language: str) -> Cell:
        """What it is for."""
        return _said(self.query.purpose, self.query.purposes, language)


def question_files(press: Press, graph: Graph, listed: list[str]) -> Iterator[File]:
    """The pages of the library."""
    folder = query_files()
    here = [asked(graph, query) for query in sparql.named_queries(folder).values()]
    elsewhere = [asked(graph, query) for query in sparql.federated_queries(folder).values()]
    values = {"groups": _grouped(here), "elsewhere": _ordered(elsewhere)}
    for language in press.site.languages:
        yield press.page("queries", "library/queries.html", language, values)
    listed.append("queries")
    for each in (*here, *elsewhere):
        if each.answer:
            press.names.fetch(value for row in each.answer.rows for value in row if value.is_iri)
        for language in press.site.languages:
            yield press.page(each.stem, "library/question.html", language, {"asked": each, "shown": SHOWN})
        listed.append(each.stem)


def asked(graph: Graph, query: sparql.NamedQuery) -> Asked:
    """Ask a query with the parameters of its example; without them where they name nothing in this graph."""
    given = dict(part.split("=", 1) for part in shlex.split(query.example))
    if query.asks:
        return Asked(query, None, query.text, _command(query, given))
    answers = graph.engine(named_graphs=True)
    try:
        text = query.bound(sparql.bind(answers, query, graph.base, given))
    except BadParameter:
        given, text = {}, query.text
    result = graph.run(query, given, Limits(None, _COUNTED))
    return Asked(query, _given(result, given), text, _command(query, given))


def _given(result: sparql.Result, given: Mapping[str, str]) -> Given:
    """Labels stand in for what they name, in the reader's own language; their columns are left out."""
    kept = [
        place
        for place, name in enumerate(result.names)
        if not (name.endswith("Label") and name.removesuffix("Label") in result.names)
    ]
    rows = tuple(tuple(cell(row[place]) for place in kept) for row in result.terms[:SHOWN])
    return Given(tuple(result.names[place] for place in kept), rows, len(result.terms), result.cut, given)


def _command(query: sparql.NamedQuery, given: Mapping[str, str]) -> str:
    return shlex.join(["mandate-graph", "query", query.name, *(f"{name}={value}" for name, value in given.items())])


def _said(text: str, translations: Mapping[str, str], language: str) -> Cell:
    value = Cell(translations.get(language, text))
    value.is_iri, value.datatype = False, ""
    value.language = language if language in translations else "en"
    return value


def _grouped(every: Sequence[Asked]) -> list[tuple[str, list[Asked]]]:
    """By who asks such things: those that the words know first."""
    there = {each.query.audience for each in every}
    order = [*(name for name in _AUDIENCES if name in there), *sorted(there - set(_AUDIENCES))]
    return [(name, _ordered([each for each in every if each.query.audience == name])) for name in order]


def _ordered(every: Sequence[Asked]) -> list[Asked]:
    """By the number of the question that they answer; those of none last."""
    return sorted(every, key=lambda each: (int(each.query.question or 10**6), each.query.name))
