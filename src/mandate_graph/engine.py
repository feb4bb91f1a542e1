"""The door to Oxigraph: parse RDF, load it, ask it.

Terms cross this door as strings in N-Triples syntax (RDF 1.1 N-Triples §2), and nothing else of the library does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyoxigraph as ox

from mandate_graph.errors import BadRdf

__all__ = ["EXTENSIONS", "Engine", "Quad", "QueryForm", "escape", "literal", "parse_quads", "parse_text", "unquote"]

Quad: TypeAlias = tuple[str, str, str, str]
"""Subject, predicate, object and graph name; the graph is empty for the default graph."""

QueryForm: TypeAlias = Literal["select", "ask", "graph"]

EXTENSIONS: Mapping[str, ox.RdfFormat] = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
}
_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
# Canonical N-Quads (RDF Dataset Canonicalization §5) names these escapes; the other control characters take \u.
_ESCAPES = {
    **{code: f"\\u{code:04X}" for code in (*range(32), 127)},
    **{ord(char): text for char, text in zip('\\"\b\t\n\f\r', ("\\\\", '\\"', "\\b", "\\t", "\\n", "\\f", "\\r"), strict=True)},
}
_NEEDS_ESCAPE = frozenset(map(chr, _ESCAPES))
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def escape(text: str) -> str:
    """The inside of a canonical N-Triples literal."""
    # Most texts need nothing, and looking first is three times faster than translating always.
    return text if _NEEDS_ESCAPE.isdisjoint(text) else text.translate(_ESCAPES)


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """A literal in N-Triples syntax; without language and datatype it is a plain string."""
    quoted = f'"{escape(text)}"'
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^<{datatype}>" if datatype else quoted


def unquote(term: str) -> tuple[Literal["iri", "literal", "bnode"], str, str, str]:
    """Take an N-Triples term apart: kind, value, language, datatype (empty for plain strings)."""
    if term.startswith("<"):
        return "iri", term[1:-1], "", ""
    if term.startswith("_:"):
        return "bnode", term[2:], "", ""
    end = term.rindex('"')
    value, suffix = term[1:end], term[end + 1 :]
    if "\\" in value:
        value = json.loads(f'"{value}"')
    if suffix.startswith("@"):
        return "literal", value, suffix[1:], ""
    return "literal", value, "", suffix[3:-1] if suffix else ""


def _term(term: Any) -> str:
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        plain = term.language or datatype == _XSD_STRING
        return literal(term.value, term.language or "", "" if plain else datatype)
    return str(term)


def _quads(parsed: Iterable[Any]) -> Iterator[Quad]:
    for quad in parsed:
        graph = quad.graph_name
        yield (
            _term(quad.subject),
            _term(quad.predicate),
            _term(quad.object),
            "" if isinstance(graph, ox.DefaultGraph) else _term(graph),
        )


def parse_quads(path: Path) -> Iterator[Quad]:
    """Read an RDF file; its extension says the format (one of ``EXTENSIONS``).

    Raises:
        BadRdf: when the extension is unknown or the file breaks its format's rules.
    """
    if path.suffix not in EXTENSIONS:
        known = ", ".join(EXTENSIONS)
        raise BadRdf(str(path), f"'{path.suffix}' is no RDF format known here. Use one of {known}.")
    try:
        yield from _quads(ox.parse(path=str(path), format=EXTENSIONS[path.suffix]))
    except (SyntaxError, ValueError) as error:
        raise BadRdf(str(path), f"not valid {EXTENSIONS[path.suffix].name}: {error}") from None


def parse_text(data: bytes, extension: str, name: str) -> Iterator[Quad]:
    """Read RDF from memory; ``name`` is what an error calls it.

    Raises:
        BadRdf: when the data break the format's rules.
    """
    try:
        yield from _quads(ox.parse(data, format=EXTENSIONS[extension]))
    except (SyntaxError, ValueError) as error:
        raise BadRdf(name, f"not valid {EXTENSIONS[extension].name}: {error}") from None


class Engine:
    """A dataset in memory that answers SPARQL 1.1 queries; the default graph is the union of all graphs."""

    def __init__(self, nquads: bytes) -> None:
        """Load N-Quads.

        Raises:
            BadRdf: when they are not valid.
        """
        self._store = ox.Store()
        try:
            self._store.bulk_load(nquads, ox.RdfFormat.N_QUADS)
        except (SyntaxError, ValueError) as error:
            raise BadRdf("the dataset", f"not valid N-Quads: {error}") from None

    def __len__(self) -> int:
        return len(self._store)

    def _run(self, query: str, bindings: Mapping[str, str], name: str) -> Any:
        try:
            # A substituted variable must be projected; the caller has looked after that.
            return self._store.query(
                query,
                use_default_graph_as_union=True,
                substitutions={ox.Variable(key): _from_string(term) for key, term in bindings.items()},
            )
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise BadRdf(name, f"not a query that can be answered: {error}") from None

    def form(self, query: str, bindings: Mapping[str, str], name: str) -> tuple[QueryForm, Any]:
        """Run a query and say which form of result it has.

        Raises:
            BadRdf: when the query cannot be parsed or evaluated.
        """
        result = self._run(query, bindings, name)
        if isinstance(result, ox.QuerySolutions):
            return "select", result
        return ("ask" if isinstance(result, ox.QueryBoolean) else "graph"), result

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of N-Triples terms each (empty where unbound)."""
        return solutions(self._run(query, {}, name), name)


def solutions(result: Any, name: str) -> tuple[list[str], list[list[str]]]:
    """The variables and rows of a SELECT result; serialized first, because iterating holds the interpreter lock."""
    document = json.loads(serialize_results(result, "json", name))
    names: list[str] = document["head"]["vars"]
    rows = [
        [_json_term(binding[key]) if key in binding else "" for key in names] for binding in document["results"]["bindings"]
    ]
    return names, rows


def boolean(result: Any) -> bool:
    """The answer of an ASK query."""
    return bool(result)


def triples(result: Any, name: str) -> list[Quad]:
    """The triples of a CONSTRUCT or DESCRIBE result.

    Raises:
        BadRdf: when evaluation fails half-way.
    """
    try:
        return [(_term(t.subject), _term(t.predicate), _term(t.object), "") for t in result]
    except (RuntimeError, OSError) as error:
        raise BadRdf(name, f"the query failed: {error}") from None


def serialize_results(result: Any, results_format: str, name: str) -> bytes:
    """SPARQL 1.1 results of a SELECT or ASK query: ``json``, ``xml``, ``csv`` or ``tsv``.

    Raises:
        BadRdf: when evaluation fails half-way.
    """
    try:
        return bytes(result.serialize(format=_RESULTS[results_format]))
    except (RuntimeError, OSError) as error:
        raise BadRdf(name, f"the query failed: {error}") from None


def _json_term(cell: Mapping[str, str]) -> str:
    kind, value = cell["type"], cell["value"]
    if kind == "uri":
        return f"<{value}>"
    if kind == "bnode":
        return f"_:{value}"
    return literal(value, cell.get("xml:lang", ""), cell.get("datatype", ""))


def _from_string(term: str) -> ox.NamedNode | ox.Literal:
    kind, value, language, datatype = unquote(term)
    if kind == "iri":
        return ox.NamedNode(value)
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)
