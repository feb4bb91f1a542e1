"""The door to Oxigraph: parse RDF, load it, ask it.

Terms cross this door as strings in N-Triples syntax (RDF 1.1 N-Triples §2), and nothing else of the library does.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import pyoxigraph as ox

from mandate_graph.errors import BadQuery, BadRdf

__all__ = [
    "EXTENSIONS",
    "Engine",
    "Quad",
    "QueryForm",
    "boolean",
    "convert_results",
    "escape",
    "literal",
    "parse_quads",
    "solutions",
    "speaks_of_graphs",
    "unquote",
]

T = TypeVar("T")

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
    **{
        ord(char): text
        for char, text in zip('\\"\b\t\n\f\r', ("\\\\", '\\"', "\\b", "\\t", "\\n", "\\f", "\\r"), strict=True)
    },
}
_NEEDS_ESCAPE = frozenset(map(chr, _ESCAPES))
# Nesting as deep as the longest query allows fits the large stack; memory is taken only as far as it is used.
_LONGEST_QUERY = 64_000
_LARGE_STACK = 768 * 1024 * 1024
_DEEPEST_JSON = 500
_JSON_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def escape(text: str) -> str:
    """The inside of a canonical N-Triples literal."""
    # Most texts need nothing, and looking is cheaper than translating.
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


def _on_a_large_stack(work: Callable[[], T]) -> T:
    """Do work that recurses as deep as its input is nested: a small stack would end the process without a word."""
    answer: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the caller can see it
            # What the frames of this thread hold must be let go of in it.
            error.__context__ = None
            failure.append(error.with_traceback(None) if isinstance(error, BadQuery) else error)

    before = threading.stack_size(_LARGE_STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failure:
        raise failure[0]
    return answer[0]


def parse_quads(path: Path) -> Iterator[Quad]:
    """Read an RDF file; its extension says the format (one of ``EXTENSIONS``).

    Raises:
        BadRdf: when the extension is unknown or the file breaks its format's rules.
    """
    if path.suffix not in EXTENSIONS:
        known = ", ".join(EXTENSIONS)
        raise BadRdf(str(path), f"'{path.suffix}' is no RDF format known here. Use one of {known}.")
    rdf_format = EXTENSIONS[path.suffix]
    if path.suffix == ".jsonld" and _depth(path.read_bytes()) > _DEEPEST_JSON:
        raise BadRdf(str(path), f"nested more than {_DEEPEST_JSON} levels deep; that is deeper than is read here")
    try:
        yield from _quads(ox.parse(path=str(path), format=rdf_format, base_iri=path.resolve().as_uri()))
    except (SyntaxError, ValueError) as error:
        raise BadRdf(str(path), f"not valid {rdf_format.name}: {error}") from None


def _depth(document: bytes) -> int:
    """How deep the brackets of a JSON document are nested."""
    depth = deepest = 0
    for match in _JSON_BRACKETS.finditer(document):
        token = match.group()
        if token in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in b"]}":
            depth -= 1
    return deepest


class Engine:
    """A dataset in memory that answers SPARQL 1.1 queries; the default graph is the union of all graphs.

    The engine's own union repeats a triple once for every graph that holds it, so that counts would lie. Therefore the
    union is loaded as the default graph, and the named graphs beside it only where a query speaks of graphs.
    """

    def __init__(self, nquads: bytes, *, named_graphs: bool = False) -> None:
        """Load N-Quads.

        Raises:
            BadRdf: when they are not valid.
        """
        self._store = ox.Store()
        try:
            self._store.bulk_load(_without_graphs(nquads), ox.RdfFormat.N_TRIPLES)
            if named_graphs:
                self._store.bulk_load(nquads, ox.RdfFormat.N_QUADS)
        except (SyntaxError, ValueError) as error:
            raise BadRdf("the dataset", f"not valid N-Quads: {error}") from None

    def __len__(self) -> int:
        return len(self._store)

    def _run(self, query: str, name: str) -> Any:
        try:
            return self._store.query(query)
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise BadQuery(name, str(error), query) from None

    def answer(self, query: str, name: str) -> tuple[QueryForm, bytes | list[Quad]]:
        """Run a query: SPARQL JSON results of a SELECT or ASK query, triples of the others.

        Raises:
            BadQuery: when it is too long, or cannot be parsed or evaluated; ``name`` is what the message calls it.
        """
        if len(query) > _LONGEST_QUERY:
            raise BadQuery(name, f"it has {len(query):,} characters, and {_LONGEST_QUERY:,} are the most")

        def run() -> tuple[QueryForm, bytes | list[Quad]]:
            result = self._run(query, name)
            if isinstance(result, ox.QueryTriples):
                return "graph", _triples(result, name)
            form: QueryForm = "select" if isinstance(result, ox.QuerySolutions) else "ask"
            return form, _serialize(result, "json", name)

        return _on_a_large_stack(run)

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of N-Triples terms each (empty where unbound)."""
        return solutions(_serialize(self._run(query, name), "json", name))


def _without_graphs(nquads: bytes) -> bytes:
    """Canonical N-Quads as N-Triples; a graph name is an IRI, and so the last one on its line."""
    return b"".join({line.rpartition(b" <")[0] + b" .\n" for line in nquads.splitlines()})


def speaks_of_graphs(query: str) -> bool:
    """Whether a query can tell named graphs from their union (SPARQL 1.1 §13)."""
    words = re.sub(r"""<[^<>\s]*>|\"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#.*""", " ", query)
    return re.search(r"\b(?:graph|from)\b", words, re.IGNORECASE) is not None


def solutions(document: bytes) -> tuple[list[str], list[list[str]]]:
    """The variables and rows of SPARQL JSON results."""
    parsed = json.loads(document)
    names: list[str] = parsed["head"]["vars"]
    return names, [
        [_json_term(binding[key]) if key in binding else "" for key in names]
        for binding in parsed["results"]["bindings"]
    ]


def boolean(document: bytes) -> bool:
    """The answer in the SPARQL JSON results of an ASK query."""
    return bool(json.loads(document)["boolean"])


def convert_results(document: bytes, results_format: str) -> bytes:
    """SPARQL JSON results as ``json``, ``xml``, ``csv`` or ``tsv`` (SPARQL 1.1 Query Results)."""
    if results_format == "json":
        return document
    parsed = ox.parse_query_results(document, format=_RESULTS["json"])
    return _serialize(parsed, results_format, "the result")


def _triples(result: Any, name: str) -> list[Quad]:
    try:
        return [(_term(t.subject), _term(t.predicate), _term(t.object), "") for t in result]
    except (RuntimeError, OSError) as error:
        raise BadQuery(name, str(error)) from None


def _serialize(result: Any, results_format: str, name: str) -> bytes:
    # Serialized whole, because iterating takes and gives back the interpreter lock for every row.
    try:
        return bytes(result.serialize(format=_RESULTS[results_format]))
    except (RuntimeError, ValueError, OSError) as error:
        raise BadQuery(name, str(error)) from None


def _json_term(cell: Mapping[str, str]) -> str:
    kind, value = cell["type"], cell["value"]
    if kind == "uri":
        return f"<{value}>"
    if kind == "bnode":
        return f"_:{value}"
    return literal(value, cell.get("xml:lang", ""), cell.get("datatype", ""))
