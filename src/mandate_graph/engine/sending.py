"""Answers as documents, written while they are found: what a server needs of the engine."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple, cast

import pyoxigraph as ox

from mandate_graph.engine import NOT_IN_XML_TEXT, RESULTS, QueryForm
from mandate_graph.engine.clauses import Dataset, dataset_of
from mandate_graph.engine.closing import CLOSINGS, Limited, Overflow
from mandate_graph.errors import BadQuery

__all__ = ["GRAPHS", "Asked", "Unwanted", "send"]

GRAPHS: Mapping[str, ox.RdfFormat] = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_COMMENTS = {
    "turtle": b"# %s\n", "ntriples": b"# %s\n", "nquads": b"# %s\n", "trig": b"# %s\n", "rdfxml": b"\n<!-- %s -->\n",
}  # fmt: skip


class Asked(NamedTuple):
    """A query, its dataset, and the formats that an answer may have; an empty one is not wanted.

    ``default_graphs`` and ``named_graphs`` are bare IRIs; None for both is the engine's own dataset, whose default
    graph is the union. ``note`` is what a document says that was cut after ``most`` bytes. ``base`` is what relative
    IRIs are resolved against.
    """

    query: str
    results: str
    graph: str
    default_graphs: Sequence[str] | None
    named_graphs: Sequence[str] | None
    most: int
    note: str
    prefixes: Mapping[str, str]
    base: str


class Unwanted(Exception):
    """The answer is of a form in which none of its formats is wanted."""

    def __init__(self, form: QueryForm) -> None:
        self.form = form


def send(store: Any, asked: Asked, start: Callable[[QueryForm], None], write: Callable[[bytes], None]) -> bool:
    """Run a query; ``start`` is told what it is before the first piece is written. Whether the answer was cut.

    Raises:
        BadQuery: when it cannot be read or evaluated; nothing was written, unless the fault lies in a late row.
        Unwanted: before anything is written.
    """
    try:
        result = _run(store, asked)
        if isinstance(result, ox.QueryTriples):
            return _graph(result, asked, start, write)
        return _solutions(result, asked, start, write)
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise BadQuery("the query", str(error), asked.query) from None


def _run(store: Any, asked: Asked) -> Any:
    # a dataset of the protocol's goes before the query's own (SPARQL 1.1 Protocol §2.1.4), and either is whole
    dataset = Dataset([*(asked.default_graphs or ())], [*(asked.named_graphs or ())])
    if asked.default_graphs is None and asked.named_graphs is None:
        own = dataset_of(asked.query, asked.base)
        if own is None or len(own.default) < 2:
            return store.query(asked.query, base_iri=asked.base)
        dataset = own
    default: list[Any] = [ox.NamedNode(iri) for iri in dict.fromkeys(dataset.default)]
    named = [ox.NamedNode(iri) for iri in dict.fromkeys(dataset.named)]
    if len(default) > 1:
        store, default = _merged(store, default, named), [ox.DefaultGraph()]
    return store.query(asked.query, base_iri=asked.base, default_graph=default, named_graphs=named)


def _merged(store: Any, default: Sequence[Any], named: Sequence[Any]) -> Any:
    """A dataset whose default graph is a merge (SPARQL 1.1 §13.2): the engine would repeat what two graphs hold."""
    merged = ox.Store()
    for graph in default:
        merged.bulk_extend(
            ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in store.quads_for_pattern(None, None, None, graph)
        )
    for graph in named:
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return merged


def _solutions(result: Any, asked: Asked, start: Callable[[QueryForm], None], write: Callable[[bytes], None]) -> bool:
    form: QueryForm = "ask" if isinstance(result, ox.QueryBoolean) else "select"
    if not asked.results:
        raise Unwanted(form)
    sink = Limited(_Document(form, asked.results, start, write).add, CLOSINGS[asked.results], asked.most)
    try:
        result.serialize(sink, format=RESULTS[asked.results])
    except Overflow:
        sink.close(asked.note)
        return True
    sink.finish()
    return False


class _Document:
    """What an answer is written into: it begins with the first piece, and holds nothing that its format cannot."""

    def __init__(
        self, form: QueryForm, name: str, start: Callable[[QueryForm], None], write: Callable[[bytes], None]
    ) -> None:
        self._form = form
        self._other = {"xml": "JSON", "rdfxml": "Turtle"}.get(name)
        self._start = start
        self._write = write
        self._begun = False

    def begin(self) -> None:
        """Say what it is, once."""
        if not self._begun:
            self._begun = True
            self._start(self._form)

    def add(self, piece: bytes) -> None:
        """Write a piece."""
        if self._other and NOT_IN_XML_TEXT.search(piece):
            raise ValueError(f"the answer holds a control character, which XML 1.0 cannot; ask for {self._other}")
        self.begin()
        self._write(piece)


class _Counted(io.RawIOBase):
    """Passes pieces on, and knows how many bytes they were."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._write(bytes(piece))
        self.size += len(piece)
        return len(piece)


def _graph(result: Any, asked: Asked, start: Callable[[QueryForm], None], write: Callable[[bytes], None]) -> bool:
    if not asked.graph:
        raise Unwanted("graph")
    cut = False
    document = _Document("graph", asked.graph, start, write)
    sink = _Counted(document.add)

    def triples() -> Iterator[Any]:
        nonlocal cut
        for triple in result:
            if sink.size > asked.most:
                cut = True
                return
            yield triple

    prefixes = dict(asked.prefixes) if asked.graph in {"turtle", "trig", "rdfxml"} else None
    ox.serialize(triples(), cast("IO[bytes]", sink), GRAPHS[asked.graph], prefixes=prefixes)
    if cut and asked.graph in _COMMENTS:
        document.add(_COMMENTS[asked.graph] % asked.note.encode().replace(b"--", b"-"))
    document.begin()
    return cut
