"""Named queries with bound parameters, and what comes back.

A named query is a ``.rq`` file whose first comments say title, purpose, the competency question that it answers,
parameters and an example. A parameter is a projected variable; its value is written as a term into a ``VALUES`` block.
Those that ask another server too (``elsewhere``) lie in a folder of their own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mandate_graph.engine import Answer, boolean, literal, variables
from mandate_graph.errors import BadParameter, BadQuery, MissingPath, UnknownQuery
from mandate_graph.failures import shown
from mandate_graph.sparql.elsewhere import addresses, with_our_side, with_their_side
from mandate_graph.sparql.nearest import nearest
from mandate_graph.sparql.refused import explained_refusal
from mandate_graph.sparql.result import Result, Row, Value, serialize
from mandate_graph.sparql.text import with_values

__all__ = [
    "Answers",
    "NamedQuery",
    "Parameter",
    "Result",
    "Row",
    "Tables",
    "Value",
    "bind",
    "explained",
    "federated_queries",
    "find_query",
    "known_keys",
    "named_queries",
    "run",
    "serialize",
]

_HEADER = re.compile(r"#\s*([\w-]+):\s*(.*)")
_PARAMETER = re.compile(r"(?P<name>\w+) \((?P<kind>[\w|-]+)\) (?P<purpose>.+)")
_XSD = "http://www.w3.org/2001/XMLSchema#"


class Tables(Protocol):
    """What answers SELECT queries with N-Triples terms."""

    def table(self, query: str, name: str = "query", /) -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of terms each (empty where unbound)."""
        ...


class Answers(Tables, Protocol):
    """What answers SPARQL: the embedded engine, its process, an endpoint."""

    def answer(self, query: str, name: str) -> Answer:
        """Run a query; ``name`` is what an error calls it."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """What ``kind`` a value is of.

    ``text``, ``integer``, a choice (``one|other``), ``resource`` (``body/iom``), or a kind of thing (``theme``: a key).
    """

    name: str
    kind: str
    purpose: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with what a person wants to know before running it.

    ``titles`` and ``purposes`` are title and purpose in languages other than English, by their codes (``title-es``).
    ``audience`` is who asks such things. ``unanswered`` says why the corpus of this repository gives no rows, and what
    would; ``none`` what it means when there are none. ``service`` is what the other server that it asks has to hold.
    """

    name: str
    text: str
    title: str = ""
    purpose: str = ""
    question: str = ""
    example: str = ""
    audience: str = ""
    unanswered: str = ""
    none: str = ""
    service: str = ""
    parameters: tuple[Parameter, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, text: str) -> NamedQuery:
        """Take the header comments apart; a mark of byte order at the beginning is none of the query."""
        text = text.removeprefix("\ufeff")
        header: dict[str, list[str]] = {}
        for line in text.splitlines():
            match = _HEADER.match(line)
            if not match:
                break
            header.setdefault(match[1], []).append(match[2].strip())
        parameters = tuple(
            Parameter(found["name"], found["kind"], found["purpose"])
            for line in header.get("param", [])
            if (found := _PARAMETER.fullmatch(line))
        )
        first = {key: values[0] for key, values in header.items()}
        return cls(
            name,
            text,
            first.get("title", ""),
            first.get("purpose", ""),
            first.get("question", ""),
            first.get("example", ""),
            first.get("for", ""),
            first.get("unanswered", ""),
            first.get("none", ""),
            first.get("service", ""),
            parameters,
            _translated(first, "title-"),
            _translated(first, "purpose-"),
        )

    @property
    def asks(self) -> list[str]:
        """The addresses of the other servers that it asks; none for a query that asks this graph alone."""
        return addresses(self.text)

    def bound(self, bindings: Mapping[str, str]) -> str:
        """The text as it is run: ``bindings`` are terms in N-Triples syntax, by the names of their variables."""
        return with_values(self.text, bindings) if bindings else self.text


def _translated(header: Mapping[str, str], start: str) -> dict[str, str]:
    return {key.removeprefix(start): text for key, text in header.items() if key.startswith(start)}


def named_queries(folder: Path) -> dict[str, NamedQuery]:
    """The query library, by name."""
    return {
        path.stem: NamedQuery.read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.rq"))
    }


def federated_queries(folder: Path) -> dict[str, NamedQuery]:
    """The part of the query library that asks other servers too, by name."""
    return named_queries(folder / "federated")


def find_query(name: str, folder: Path) -> NamedQuery:
    """A named query, or a file that ends in ``.rq``.

    Raises:
        UnknownQuery: when there is none of that name.
        MissingPath: when the file is not there.
        BadQuery: when the file is not text.
    """
    library = {**named_queries(folder), **federated_queries(folder)}
    if name in library:
        return library[name]
    path = Path(name)
    if path.suffix != ".rq":
        raise UnknownQuery(name, nearest(name, library))
    if not path.is_file():
        raise MissingPath(name, "query file")
    try:
        return NamedQuery.read(path.stem, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise BadQuery(name, f"not UTF-8 at byte {error.start}; a query file is text") from None


def run(
    engine: Answers,
    query: NamedQuery,
    base: str,
    parameters: Mapping[str, object] | None = None,
    elsewhere: float = 60.0,
) -> Result:
    """Run a query with parameters.

    One that asks another server has a parameter ``service``, the address to ask instead; that server has ``elsewhere``
    seconds.

    Raises:
        BadParameter: when a parameter is unknown, malformed, or names a thing that is not in the graph.
        BadQuery: when it cannot be parsed or evaluated.
        BadEndpoint: when ``service`` is no address of a server.
        EndpointError: when the other server does not do its part.
        UsageError: when it would be asked about too many things at once.
    """
    text = _as_run(engine, query, base, parameters or {})
    if query.asks:
        text = with_their_side(query.name, text, elsewhere)
    try:
        form, answer, cut = engine.answer(text, f"query {query.name}")
    except BadQuery as error:
        raise explained_refusal(error, query.text) from None
    if isinstance(answer, list):
        return Result(form, ["subject", "predicate", "object"], [quad[:3] for quad in answer], cut=cut)
    if form == "ask":
        term = literal(str(boolean(answer)).lower(), datatype=f"{_XSD}boolean")
        return Result(form, ["answer"], [[term]], answer)
    return Result(form, variables(answer), None, answer, cut=cut)


def explained(engine: Answers, query: NamedQuery, base: str, parameters: Mapping[str, object] | None = None) -> str:
    """The text of a query as ``run`` sends it, below a line that names the query and its parameters.

    Of a query that asks another server it is the text before that server was asked: any engine with federation runs it.

    Raises:
        BadParameter: as ``run`` does.
    """
    given = {name: str(value) for name, value in (parameters or {}).items() if value is not None}
    said = "".join(f" {name}={shown(value)}" for name, value in given.items())
    return f"# query: {shown(query.name)}{said}\n{_as_run(engine, query, base, given)}"


def _as_run(engine: Answers, query: NamedQuery, base: str, parameters: Mapping[str, object]) -> str:
    """The text that is run: with the parameters, and, for another server, with what our side knows."""
    if not query.asks:
        return query.bound(bind(engine, query, base, parameters))
    own = dict(parameters)
    service = own.pop("service", None)
    text = query.bound(bind(engine, query, base, own))
    return with_our_side(
        query.name,
        text,
        lambda ours: engine.table(ours, f"our side of query {query.name}"),
        None if service is None else str(service),
        {parameter.name for parameter in query.parameters},
    )


def bind(engine: Answers, query: NamedQuery, base: str, parameters: Mapping[str, object]) -> dict[str, str]:
    """Parameters as terms, by the kinds that the query declares."""
    declared = {parameter.name: parameter for parameter in query.parameters}
    bindings = {}
    for name, value in parameters.items():
        if name not in declared:
            close = nearest(name, declared)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise BadParameter(query.name, f"there is no parameter {name!r}{hint}", _usage(query))
        if value is not None:
            bindings[name] = _bound(engine, query, base, declared[name], str(value))
    return bindings


def _usage(query: NamedQuery) -> list[str]:
    return [f"{parameter.name} ({parameter.purpose})" for parameter in query.parameters]


def _bound(engine: Answers, query: NamedQuery, base: str, parameter: Parameter, value: str) -> str:
    if not value.isascii() and not value.encode("utf-8", "ignore").decode() == value:
        raise BadParameter(query.name, f"{parameter.name} holds what is no character", _usage(query))
    if not value.strip():
        raise BadParameter(query.name, f"{parameter.name} is empty; leave it out to ask for all", _usage(query))
    if "|" in parameter.kind and value not in parameter.kind.split("|"):
        raise BadParameter(query.name, f"{parameter.name}={value!r} is none of {parameter.kind}", _usage(query))
    if parameter.kind == "text" or "|" in parameter.kind:
        return literal(value)
    if parameter.kind == "integer":
        if not re.fullmatch(r"[+-]?\d{1,18}", value):
            raise BadParameter(query.name, f"{parameter.name}={value!r} is not a whole number", _usage(query))
        return literal(str(int(value)), datatype=f"{_XSD}integer")
    space = f"{base}id/" if parameter.kind == "resource" else f"{base}id/{parameter.kind}/"
    iri = (
        value
        if value.startswith(("http://", "https://"))
        else space + value.removeprefix("id/").removeprefix(f"{parameter.kind}/")
    )
    if re.search(r'[\x00-\x20<>"{}|\\^`\[\]]', iri):
        raise BadParameter(query.name, f"{parameter.name}={value!r} is not a key or an IRI", _usage(query))
    if engine.table(f"SELECT ?class {{ <{iri}> a ?class }} LIMIT 1", "a key")[1] and iri.startswith(space):
        return f"<{iri}>"
    keys = known_keys(engine, space)
    close = difflib.get_close_matches(iri.removeprefix(space), keys, n=3, cutoff=0.6)
    hint = f"; close to it: {', '.join(close)}" if close else ""
    raise BadParameter(query.name, f"{parameter.name}={value!r} names nothing in this graph{hint}", _usage(query))


def known_keys(engine: Tables, space: str) -> list[str]:
    """The keys of the things whose identifiers begin so, in order."""
    _, known = engine.table(
        f"SELECT DISTINCT ?thing {{ ?thing a ?class . FILTER ( STRSTARTS(STR(?thing), {literal(space)}) ) }} "
        "ORDER BY ?thing",
        "known keys",
    )
    return [key for row in known if (key := row[0][1:-1].removeprefix(space))]
