"""What comes back from a query: rows, terms, documents, graphs, frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from mandate_graph import glance
from mandate_graph.engine import Quad, QueryForm, convert_results, solutions, unquote
from mandate_graph.errors import MissingPackage, UsageError
from mandate_graph.write import FORMATS, Style, write

if TYPE_CHECKING:
    import pandas as pd
    import rdflib

__all__ = ["Result", "Row", "Value", "serialize"]

Value: TypeAlias = str | int | float | bool | Decimal | dt.date | None
"""A cell: IRIs and texts are ``str``, numbers and dates are Python's, unbound is None."""

_XSD = "http://www.w3.org/2001/XMLSchema#"


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
