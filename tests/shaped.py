"""What tests of shapes share: prefixes, small files of shapes and data, and the difference from pySHACL."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rdflib.plugins.sparql.processor import SPARQLProcessor, prepareQuery

from mandate_graph import write
from mandate_graph.engine import Engine, Quad, named, parse_quads
from mandate_graph.interop import to_rdflib
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.reference import reference_check

SHAPES = Path(__file__).resolve().parents[1] / "shapes"
PREFIXES = {
    "eli": "http://data.europa.eu/eli/ontology#",
    "mg": "https://w3id.org/mandate-graph/ns#",
    "msh": "https://w3id.org/mandate-graph/shapes#",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def iri(name: str) -> str:
    """A prefixed name as an N-Triples term."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def local(term: str) -> str:
    """What stands behind the hash in the IRI of a shape or component."""
    return term[1:-1].rpartition("#")[2]


def engine_of(quads: Sequence[Quad]) -> Engine:
    """An engine as the gate gets it: with a graph name on every line."""
    return Engine(write.nquads((s, p, o, g or "<urn:example>") for s, p, o, g in quads), blank_names=True)


def said(results: Sequence[ShapeResult]) -> Counter[ShapeResult]:
    """Results without the labels of blank nodes, which mean nothing, and what a shape without a message is told."""

    def bare(term: str) -> str:
        return "_:" if term.startswith("_:") else term

    return Counter(
        replace(result, focus=bare(result.focus), value=bare(result.value), where="") for result in set(results)
    )


def difference(
    quads: Sequence[Quad], found: Sequence[ShapeResult], shapes: Path = SHAPES
) -> tuple[list[ShapeResult], list[ShapeResult]]:
    """What the gate alone says, and what pySHACL alone says."""
    ours, theirs = said(found), said(reference_check(to_rdflib(quads), shapes))
    return sorted(ours - theirs, key=str), sorted(theirs - ours, key=str)


AGREED: tuple[list[ShapeResult], list[ShapeResult]] = ([], [])


HEAD = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
KEPT = """
msh:Tree a sh:NodeShape ; sh:targetClass mg:Tree ; sh:property msh:Tree-place .
msh:Tree-place a sh:PropertyShape ; sh:path mg:place ; sh:minCount 1 ; sh:message "A tree stands somewhere."@en .
"""


def shapes_folder(folder: Path, turtle: str) -> Path:
    (folder / "tree.ttl").write_text(HEAD + turtle, encoding="utf-8")
    return folder


def query_shape(query: str, more: str = "") -> str:
    return f'''
    msh:Tree a sh:NodeShape ; sh:targetClass mg:Tree ; sh:sparql msh:Tree-query .
    msh:Tree-query a sh:SPARQLConstraint ; sh:message "No."@en ; sh:select """{query}""" {more} .
    '''


def read_text(folder: Path, turtle: str) -> list[Quad]:
    path = folder / "data" / "data.ttl"
    path.parent.mkdir()
    path.write_text(HEAD + turtle, encoding="utf-8")
    return named(parse_quads(path))


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """Where rdflib reads a query once, not once for every node that pySHACL asks it of; its answers stay what they are."""
    known: dict[str, object] = {}
    ask = SPARQLProcessor.query

    def query(
        self: SPARQLProcessor, text: object, bindings: object = None, names: object = None, *more: object
    ) -> object:
        if isinstance(text, str) and text not in known:
            known[text] = prepareQuery(text, initNs=names)  # type: ignore[arg-type]
        return ask(self, known[text] if isinstance(text, str) else text, bindings, names, *more)  # type: ignore[arg-type]

    SPARQLProcessor.query = query  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        SPARQLProcessor.query = ask  # type: ignore[method-assign]
