"""The door to Oxigraph: parse RDF, load it, ask it.

Terms cross this door as strings in N-Triples syntax (RDF 1.1 N-Triples §2), and nothing else of the library does.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, TypeAlias, TypeVar

import pyoxigraph as ox

from mandate_graph.engine.loading import Progress, load, revise_store, silent, write_store
from mandate_graph.engine.strings import code_of, escape, literal, unquote
from mandate_graph.errors import BadQuery, BadRdf

__all__ = [
    "EXTENSIONS",
    "NOT_IN_XML_TEXT",
    "RESULTS",
    "Answer",
    "Engine",
    "Progress",
    "Quad",
    "QueryForm",
    "boolean",
    "code_of",
    "convert_results",
    "count_quads",
    "deepest_json",
    "document",
    "escape",
    "literal",
    "named",
    "parse_lines",
    "parse_quads",
    "parse_triples",
    "revise_store",
    "silent",
    "solutions",
    "speaks_of_graphs",
    "unquote",
    "variables",
    "write_store",
    "written_length",
]

T = TypeVar("T")

Quad: TypeAlias = tuple[str, str, str, str]
"""Subject, predicate, object and graph name; the graph is empty for the default graph."""

QueryForm: TypeAlias = Literal["select", "ask", "graph"]


class Answer(NamedTuple):
    """SPARQL JSON results of a SELECT or ASK query, triples of the others; ``cut`` says that a limit left some out."""

    form: QueryForm
    body: bytes | list[Quad]
    cut: bool = False


EXTENSIONS: Mapping[str, ox.RdfFormat] = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
}
RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
# Nesting as deep as the longest query allows fits the large stack; memory is taken only as far as it is used.
_LONGEST_QUERY = 64_000
# A row of VALUES: terms in brackets, which nest nothing.
_ROW = re.compile(r'\( (?:(?:<[^<>\s]*>|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^<>\s]*>)?|UNDEF) )*\)')
_LARGE_STACK = 768 * 1024 * 1024
_DEEPEST_JSON = 500
_JSON_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_HEAD = re.compile(rb'\s*\{\s*"head"\s*:\s*\{\s*"vars"\s*:\s*(\[(?:\s|,|"[^"\\]*")*\])')
NOT_IN_XML_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


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
    if path.suffix == ".jsonld" and deepest_json(path.read_bytes()) > _DEEPEST_JSON:
        raise BadRdf(str(path), f"nested more than {_DEEPEST_JSON} levels deep; that is deeper than is read here")
    try:
        yield from _quads(ox.parse(path=str(path), format=rdf_format, base_iri=path.resolve().as_uri()))
    except (SyntaxError, ValueError) as error:
        raise BadRdf(str(path), f"not valid {rdf_format.name}: {error}") from None


def count_quads(path: Path) -> int:
    """How many quads a file of N-Quads holds, read through without being loaded.

    Raises:
        BadRdf: when they are not valid.
    """
    try:
        return sum(1 for _ in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS))
    except (SyntaxError, ValueError) as error:
        raise BadRdf("the dataset", f"not valid N-Quads: {error}") from None


def named(quads: Iterable[Quad]) -> list[Quad]:
    """Quads whose blank nodes are called by their order; the parser calls those without a name otherwise each time."""
    names: dict[str, str] = {}

    def name(term: str) -> str:
        return names.setdefault(term, f"_:b{len(names)}") if term.startswith("_:") else term

    return [(name(s), p, name(o), name(g)) for s, p, o, g in quads]


def document(triples: bytes, extension: str, prefixes: Mapping[str, str]) -> bytes:
    """N-Triples in the format of a file extension (one of ``EXTENSIONS``)."""
    parsed = ox.parse(triples, format=ox.RdfFormat.N_TRIPLES)
    return ox.serialize(parsed, format=EXTENSIONS[extension], prefixes=dict(prefixes)) or b""


def parse_lines(lines: Iterable[bytes]) -> list[Quad]:
    """The quads of lines of N-Quads.

    Raises:
        BadRdf: when they are not valid.
    """
    try:
        return list(_quads(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)))
    except (SyntaxError, ValueError) as error:
        raise BadRdf("the dataset", f"not valid N-Quads: {error}") from None


def parse_triples(document: bytes, extension: str, base: str) -> list[Quad]:
    """Triples in the format of a file extension (one of ``EXTENSIONS``), as quads of the default graph.

    Raises:
        BadRdf: when they break the format's rules; ``base`` is where they came from.
    """
    try:
        return list(_quads(ox.parse(document, format=EXTENSIONS[extension], base_iri=base)))
    except (SyntaxError, ValueError) as error:
        raise BadRdf(base, f"not valid {EXTENSIONS[extension].name}: {error}") from None


def deepest_json(document: bytes) -> int:
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
    """A dataset that answers SPARQL 1.1 queries, in memory or on a disk; the default graph is the union of all graphs.

    The engine's own union repeats a triple once for every graph that holds it, so that counts would lie. Therefore the
    union is loaded as the default graph, and, in memory, the named graphs beside it only where a query speaks of them.
    """

    def __init__(self, nquads: bytes | Path, *, named_graphs: bool = False, blank_names: bool = False) -> None:
        """Load N-Quads, or a file of them, into memory; ``blank_names`` keeps those of blank nodes, and takes longer.

        Raises:
            BadRdf: when they are not valid.
        """
        self.named_graphs = named_graphs
        self._store = ox.Store()
        load(self._store, nquads, named_graphs=named_graphs, blank_names=blank_names)

    @classmethod
    def on_disk(cls, folder: Path) -> Self:
        """Open a store that ``write_store`` made: any number of processes may read it, and none changes a byte.

        Raises:
            BadRdf: when the folder holds no store that this engine can read.
        """
        try:
            store = ox.Store.read_only(str(folder))
        except (OSError, ValueError, RuntimeError) as error:
            raise BadRdf(str(folder), f"not a store that can be opened: {error}") from None
        engine = cls.__new__(cls)
        vars(engine).update(_store=store, named_graphs=True)
        return engine

    def __len__(self) -> int:
        return len(self._store)

    @property
    def store(self) -> Any:
        """The ``pyoxigraph.Store`` itself, for the door to rdflib."""
        return self._store

    def referrers(self, term: str, predicates: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Subjects and predicates of the statements that an IRI is the object of, in the union of all graphs."""
        for predicate in predicates:
            for triple in self.triples("", predicate, term):
                yield triple[0], predicate

    def triples(self, subject: str, predicate: str, thing: str) -> Iterator[Quad]:
        """The triples in the union of all graphs with some terms, which are IRIs, or empty for any."""
        wanted = [ox.NamedNode(term[1:-1]) if term else None for term in (subject, predicate, thing)]
        found = self._store.quads_for_pattern(wanted[0], wanted[1], wanted[2], ox.DefaultGraph())
        # On a disk the engine finds too much where the key of a term ends in a byte of ones.
        return _quads(
            each for each in found if all(term in {None, has} for term, has in zip(wanted, each.triple, strict=True))
        )

    def _run(self, query: str, name: str) -> Any:
        try:
            return self._store.query(query)
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise BadQuery(name, str(error), query) from None

    def answer(self, query: str, name: str, *, most: int | None = None) -> Answer:
        """Run a query; ``most`` is the number of rows, or of triples, after which the answer is cut.

        Raises:
            BadQuery: when it is too long, or cannot be parsed or evaluated; ``name`` is what the message calls it.
        """
        length = written_length(query)
        if length > _LONGEST_QUERY:
            raise BadQuery(name, f"it has {length:,} characters, and {_LONGEST_QUERY:,} are the most")

        def run() -> Answer:
            result = self._run(query, name)
            if isinstance(result, ox.QueryTriples):
                triples = _triples(result, name, most)
                return Answer("graph", triples[:most], most is not None and len(triples) > most)
            if isinstance(result, ox.QuerySolutions):
                return Answer("select", *_solutions(result, name, most))
            return Answer("ask", _serialize(result, "json", name))

        return _on_a_large_stack(run)

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of N-Triples terms each (empty where unbound)."""
        return solutions(_serialize(self._run(query, name), "json", name))

    def rows(self, query: str, name: str = "query") -> tuple[list[str], Iterator[list[str]]]:
        """Run a SELECT query as ``table`` does, where memory may not hold all rows: they come as they are found."""
        result = self._run(query, name)
        return [variable.value for variable in result.variables], _rows(result, name)


def _rows(result: Any, name: str) -> Iterator[list[str]]:
    try:
        for row in result:
            yield ["" if cell is None else _term(cell) for cell in row]
    except (RuntimeError, OSError) as error:
        raise BadQuery(name, str(error)) from None


def written_length(query: str) -> int:
    """The characters of a query, without rows of VALUES where it is long: they nest nothing."""
    return len(query) if len(query) <= _LONGEST_QUERY else len(_ROW.sub("", query))


def speaks_of_graphs(query: str) -> bool:
    """Whether a query can tell named graphs from their union (SPARQL 1.1 §13)."""
    return re.search(r"(?<![\w:?$])(?:graph|from)\b(?!:)", code_of(query), re.IGNORECASE) is not None


def solutions(document: bytes) -> tuple[list[str], list[list[str]]]:
    """The variables and rows of SPARQL JSON results."""
    parsed = json.loads(document)
    names: list[str] = parsed["head"]["vars"]
    return names, [
        [_json_term(binding[key]) if key in binding else "" for key in names]
        for binding in parsed["results"]["bindings"]
    ]


def variables(document: bytes) -> list[str]:
    """The variables of SPARQL JSON results, without reading the rows where the head comes first."""
    head = _HEAD.match(document)
    names: list[str] = json.loads(head[1]) if head else json.loads(document)["head"]["vars"]
    return names


def boolean(document: bytes) -> bool:
    """The answer in the SPARQL JSON results of an ASK query."""
    return bool(json.loads(document)["boolean"])


def convert_results(document: bytes, results_format: str) -> bytes:
    """SPARQL JSON results as ``json``, ``xml``, ``csv`` or ``tsv`` (SPARQL 1.1 Query Results)."""
    if results_format == "json":
        return document
    try:
        parsed = ox.parse_query_results(document, format=RESULTS["json"])
        written = bytes(parsed.serialize(format=RESULTS[results_format]) or b"")
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise BadRdf("the result", f"holds what {results_format} cannot: {error}") from None
    if results_format == "xml" and NOT_IN_XML_TEXT.search(written):
        raise BadRdf("the result", "holds a control character, which XML 1.0 cannot; use json")
    return written


def _triples(result: Any, name: str, most: int | None) -> list[Quad]:
    """The triples of a result, at most one more than may be shown."""
    stop = None if most is None else most + 1
    try:
        return [(_term(t.subject), _term(t.predicate), _term(t.object), "") for t in islice(result, stop)]
    except (RuntimeError, OSError) as error:
        raise BadQuery(name, str(error)) from None


def _solutions(result: Any, name: str, most: int | None) -> tuple[bytes, bool]:
    """SPARQL JSON results, and whether rows were cut off."""
    if most is None:
        return _serialize(result, "json", name), False
    names = [variable.value for variable in result.variables]
    try:
        rows = [list(row) for row in islice(result, most + 1)]
    except (RuntimeError, OSError) as error:
        raise BadQuery(name, str(error)) from None
    bindings = [
        {key: _json_cell(_term(cell)) for key, cell in zip(names, row, strict=True) if cell is not None}
        for row in rows[:most]
    ]
    document = {"head": {"vars": names}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False).encode(), len(rows) > most


def _json_cell(term: str) -> dict[str, str]:
    """A term as SPARQL 1.1 Query Results JSON §3.2.2 writes it."""
    kind, value, language, datatype = unquote(term)
    if kind != "literal":
        return {"type": "uri" if kind == "iri" else "bnode", "value": value}
    cell = {"type": "literal", "value": value}
    if language:
        cell["xml:lang"] = language
    elif datatype:
        cell["datatype"] = datatype
    return cell


def _serialize(result: Any, results_format: str, name: str) -> bytes:
    # Serialized whole, because iterating takes and gives back the interpreter lock for every row.
    try:
        return bytes(result.serialize(format=RESULTS[results_format]))
    except (RuntimeError, ValueError, OSError) as error:
        raise BadQuery(name, str(error)) from None


def _json_term(cell: Mapping[str, str]) -> str:
    kind, value = cell["type"], cell["value"]
    if kind == "uri":
        return f"<{value}>"
    if kind == "bnode":
        return f"_:{value}"
    return literal(value, cell.get("xml:lang", ""), cell.get("datatype", ""))
