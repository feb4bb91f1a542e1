"""The doors to rdflib and to its view of an engine's store, for those who want its graphs: quads in, terms out."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mandate_graph.engine import Quad, literal, parse_quads, unquote
from mandate_graph.errors import UsageError

if TYPE_CHECKING:
    import rdflib

__all__ = ["from_rdflib", "quiet", "read_graph", "to_dataset", "to_rdflib", "view"]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Where rdflib does not talk of every literal that it cannot read: whoever checks data is told by the results."""
    log = logging.getLogger("rdflib.term")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)


def to_rdflib(quads: Iterable[Quad]) -> rdflib.Graph:
    """A plain rdflib graph, the union of all named graphs."""
    import rdflib

    graph = rdflib.Graph()
    with quiet():
        for s, p, o, _ in quads:
            graph.add((_node(s), _node(p), _node(o)))
    return graph


def to_dataset(quads: Iterable[Quad]) -> rdflib.Dataset:
    """An rdflib dataset of its own; its default graph shows the union of all graphs."""
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    for s, p, o, g in quads:
        dataset.graph(rdflib.URIRef(unquote(g)[1]) if g else None).add((_node(s), _node(p), _node(o)))
    return dataset


def view(store: Any) -> rdflib.Dataset:
    """An rdflib dataset that looks into an engine's store, without a copy; its default graph holds the union.

    Numbers come back in the form that the engine keeps (``0.60`` as ``0.6``).
    """
    import oxrdflib
    import rdflib
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    class View(oxrdflib.OxigraphStore):
        """For reading only; a string with the datatype xsd:string is given as the plain one that it was.

        To rdflib the two are different, and the engine knows only the first.
        """

        def add(self, *_: Any, **__: Any) -> None:
            raise UsageError("this view of the graph is for reading; rdflib(copy=True) gives a copy to change")

        remove = remove_graph = add

        def add_graph(self, _: Any) -> None:
            """Every graph is there that will ever be."""

        def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
            for (s, p, o), found in super().triples(triple_pattern, context):
                contexts = list(found)
                if context is None:  # asked for quads: the union is none of the graphs
                    contexts = [
                        each for each in contexts if each is not None and each.identifier != DATASET_DEFAULT_GRAPH_ID
                    ]
                    if not contexts:
                        continue
                plain = isinstance(o, rdflib.Literal) and o.datatype == rdflib.XSD.string
                yield (s, p, rdflib.Literal(str(o)) if plain else o), iter(contexts)

    return rdflib.Dataset(store=View(store=store))


def read_graph(paths: Sequence[Path]) -> rdflib.Graph:
    """RDF files as one rdflib graph."""
    import rdflib

    if all(path.suffix == ".ttl" for path in paths):
        graph = rdflib.Graph()  # rdflib's own parser keeps the blank nodes of different files apart
        for path in paths:
            graph.parse(path, format="turtle")
        return graph
    return to_rdflib(quad for path in paths for quad in parse_quads(path))


def _node(term: str) -> Any:
    import rdflib

    kind, value, language, datatype = unquote(term)
    if kind == "iri":
        return rdflib.URIRef(value)
    if kind == "bnode":
        return rdflib.BNode(value)
    # normalize=False: an engine that rewrites "0.90" has no place in a round trip
    return rdflib.Literal(
        value, lang=language or None, datatype=rdflib.URIRef(datatype) if datatype else None, normalize=False
    )


def from_rdflib(term: Any) -> str:
    """An rdflib term in N-Triples syntax."""
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return f"<{term}>"
    if isinstance(term, rdflib.BNode):
        return f"_:{term}"
    datatype = "" if term.datatype is None or term.datatype == rdflib.XSD.string else str(term.datatype)
    return literal(str(term), term.language or "", "" if term.language else datatype)
