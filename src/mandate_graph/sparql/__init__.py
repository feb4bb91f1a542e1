"""Named queries with bound parameters, and what comes back.

A named query is a ``.rq`` file whose first comments say title, purpose, the competency question that it answers,
parameters and an example. A parameter is a projected variable that gets bound, never pasted into the text.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

from mandate_graph import glance
from mandate_graph.engine import (
    Answer,
    Quad,
    QueryForm,
    boolean,
    convert_results,
    literal,
    solutions,
    unquote,
    variables,
)
from mandate_graph.errors import BadParameter, BadQuery, MissingPackage, MissingPath, UnknownQuery, UsageError
from mandate_graph.failures import shown
from mandate_graph.sparql.nearest import nearest
from mandate_graph.sparql.refused import explained_refusal
from mandate_graph.sparql.text import with_values
from mandate_graph.write import FORMATS, Style, write

if TYPE_CHECKING:
    import pandas as pd
    import rdflib

__all__ = [
    "Answers",
    "NamedQuery",
    "Parameter",
    "Result",
    "Row",
    "Value",
    "bind",
    "explained",
    "find_query",
    "named_queries",
    "run",
    "serialize",
]

Value: TypeAlias = str | int | float | bool | Decimal | dt.date | None
"""A cell: IRIs and texts are ``str``, numbers and dates are Python's, unbound is None."""

_HEADER = re.compile(r"#\s*(\w+):\s*(.*)")
_PARAMETER = re.compile(r"(?P<name>\w+) \((?P<kind>[\w|-]+)\) (?P<purpose>.+)")
_XSD = "http://www.w3.org/2001/XMLSchema#"


class Answers(Protocol):
    """What answers SPARQL: the embedded engine, its process, an endpoint."""

    def answer(self, query: str, name: str) -> Answer:
        """Run a query; ``name`` is what an error calls it."""
        ...

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of N-Triples terms each (empty where unbound)."""
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

    ``audience`` is who asks such things. ``unanswered`` says why the corpus of this repository gives no rows, and what
    would; ``none`` what it means when there are none.
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
    parameters: tuple[Parameter, ...] = ()

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
            parameters,
        )

    def bound(self, bindings: Mapping[str, str]) -> str:
        """The text as it is run: ``bindings`` are terms in N-Triples syntax, by the names of their variables."""
        return with_values(self.text, bindings) if bindings else self.text


def named_queries(folder: Path) -> dict[str, NamedQuery]:
    """The query library, by name."""
    return {
        path.stem: NamedQuery.read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.rq"))
    }


def find_query(name: str, folder: Path) -> NamedQuery:
    """A named query, or a file that ends in ``.rq``.

    Raises:
        UnknownQuery: when there is none of that name.
        MissingPath: when the file is not there.
        BadQuery: when the file is not text.
    """
    library = named_queries(folder)
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


class Row(tuple[Value, ...]):
    """A row: by place, by name (``row["date"]``), or by attribute (``row.date``)."""

    _names: Sequence[str]

    def __new__(cls, names: Sequence[str], values: Sequence[Value]) -> Self:
        """Bind values to names."""
        row = super().__new__(cls, values)
        row._names = names
        return row

    def __getitem__(self, key: Any) -> Any:
        """A cell by its place or by the name of its variable."""
        if isinstance(key, str):
            if key not in self._names:
                raise KeyError(key)
            return super().__getitem__(self._names.index(key))
        return super().__getitem__(key)

    def __getnewargs__(self) -> tuple[Sequence[str], tuple[Value, ...]]:
        """What makes it anew: rows can be copied and pickled."""
        return self._names, tuple(self)

    def __getattribute__(self, name: str) -> Any:
        """A variable called ``count`` or ``index`` comes before the method of tuples."""
        if name in {"count", "index"} and name in self._names:
            return self[name]
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def asdict(self) -> dict[str, Value]:
        """The row as a dictionary."""
        return dict(zip(self._names, self, strict=True))


class Result:
    """The answer of a query: an iterable of rows.

    ``form`` is ``select``, ``ask`` or ``graph`` (CONSTRUCT, DESCRIBE); a graph's rows are its triples, and the answer
    of an ASK query is one row with the variable ``answer``. ``cut`` says that a limit left rows out.
    """

    def __init__(
        self,
        form: QueryForm,
        names: Sequence[str],
        terms: Sequence[Sequence[str]] | None = None,
        document: bytes = b"",
        *,
        cut: bool = False,
    ) -> None:
        self.form = form
        self.names = tuple(names)
        self.cut = cut
        self._given = terms
        self._document = document

    @cached_property
    def terms(self) -> Sequence[Sequence[str]]:
        """The rows as N-Triples terms, empty where unbound; read from the document when somebody looks at them."""
        return solutions(self._document)[1] if self._given is None else self._given

    def __repr__(self) -> str:
        return f"<Result: {self.form}, {len(self)} rows, {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows, with labels for identifiers."""
        return glance.table(self.names, self.rows, len(self), "cut at the limit" if self.cut else "")

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.terms)

    def __getitem__(self, place: int) -> Row:
        return self.rows[place]

    @cached_property
    def rows(self) -> list[Row]:
        """The rows, with cells as Python values."""
        return [Row(self.names, [_value(term) for term in terms]) for terms in self.terms]

    def dicts(self) -> list[dict[str, Value]]:
        """A dictionary a row."""
        return [row.asdict() for row in self.rows]

    def graph(self) -> rdflib.Graph:
        """An rdflib graph of a CONSTRUCT or DESCRIBE result.

        Raises:
            UsageError: when the result is a table.
        """
        from mandate_graph.interop import to_rdflib

        return to_rdflib(self.quads())

    def quads(self) -> list[Quad]:
        """The triples of a graph result, in the default graph.

        Raises:
            UsageError: when the result is a table.
        """
        if self.form != "graph":
            raise UsageError("only CONSTRUCT and DESCRIBE queries give a graph; this one gives a table")
        return [(s, p, o, "") for s, p, o in self.terms]

    def document(self, results_format: str) -> bytes:
        """The SPARQL results document: ``json``, ``xml``, ``csv`` or ``tsv``.

        Raises:
            UsageError: when the result is a graph, or the format cannot hold the answer of an ASK query.
        """
        if self.form == "graph" or (self.form == "ask" and results_format in {"csv", "tsv"}):
            raise UsageError(f"{results_format} cannot hold the result of this query; SPARQL defines it for tables")
        return convert_results(self._document, results_format)

    def frame(self) -> pd.DataFrame:
        """A pandas data frame, a column a variable.

        Raises:
            MissingPackage: when pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingPackage("pandas", "a data frame") from None
        return pd.DataFrame(self.dicts(), columns=list(self.names))


def run(engine: Answers, query: NamedQuery, base: str, parameters: Mapping[str, object] | None = None) -> Result:
    """Run a query with parameters.

    Raises:
        BadParameter: when a parameter is unknown, malformed, or names a thing that is not in the graph.
        BadQuery: when it cannot be parsed or evaluated.
    """
    text = query.bound(bind(engine, query, base, parameters or {}))
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

    Raises:
        BadParameter: as ``run`` does.
    """
    given = {name: str(value) for name, value in (parameters or {}).items() if value is not None}
    said = "".join(f" {name}={shown(value)}" for name, value in given.items())
    return f"# query: {shown(query.name)}{said}\n{query.bound(bind(engine, query, base, given))}"


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
    _, known = engine.table(
        f"SELECT DISTINCT ?thing {{ ?thing a ?class . FILTER ( STRSTARTS(STR(?thing), {literal(space)}) ) }}",
        "known keys",
    )
    keys = [row[0][1:-1].removeprefix(space) for row in known if row[0] != f"<{space}>"]
    close = difflib.get_close_matches(iri.removeprefix(space), keys, n=3, cutoff=0.6)
    hint = f"; close to it: {', '.join(close)}" if close else ""
    raise BadParameter(query.name, f"{parameter.name}={value!r} names nothing in this graph{hint}", _usage(query))


def _value(term: str) -> Value:
    if not term:
        return None
    kind, value, _, datatype = unquote(term)
    if kind != "literal" or not datatype.startswith(_XSD):
        return value
    try:
        native: Value = _NATIVE.get(datatype.removeprefix(_XSD), str)(value)
    except (ValueError, KeyError, ArithmeticError):  # an engine may hand out what its datatype does not allow
        return value
    return native


_NATIVE: Mapping[str, Callable[[str], Value]] = {
    "integer": int,
    "int": int,
    "long": int,
    "nonNegativeInteger": int,
    "decimal": Decimal,
    "double": float,
    "float": float,
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "dateTime": dt.datetime.fromisoformat,
}


def serialize(result: Result, name: str, style: Style) -> bytes:
    """A result as ``csv``, ``tsv``, ``json`` or ``xml`` (tables), or ``turtle``, ``jsonld`` or ``ntriples`` (graphs).

    Raises:
        UsageError: when the result has another form than the format is for.
    """
    if result.form == "ask" and name not in {"json", "xml"}:
        raise UsageError(f"{name} cannot hold a yes or no; use table, json or xml")
    if result.form == "graph":
        if name not in FORMATS:
            raise UsageError(f"{name} is for tables, and this query gives a graph; use turtle, jsonld or ntriples")
        return write(result.quads(), name, style)
    if name in FORMATS:
        raise UsageError(f"{name} is for graphs, and this query gives a table; use table, csv, tsv, json or xml")
    return result.document(name)
