"""What the publication says of itself to machines: figures, files, licences, queries; all of it made of one build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mandate_graph import outputs
from mandate_graph.dataset import Graph
from mandate_graph.house import House, query_files
from mandate_graph.publish.described.counts import Counts, count
from mandate_graph.publish.described.dcat import Said, dcat
from mandate_graph.publish.described.executables import executables
from mandate_graph.publish.described.facts import Facts, facts
from mandate_graph.publish.described.schema_org import as_file, schema_org
from mandate_graph.publish.described.served import Served
from mandate_graph.publish.described.void import void
from mandate_graph.publish.dumps import Download
from mandate_graph.publish.site import File, Site
from mandate_graph.sparql import federated_queries, named_queries

__all__ = ["Described", "Said", "Served", "describe", "description_files", "said_by"]

_STATIC = Served()


class Described(NamedTuple):
    """What there is to say: what the graph says of the dataset, its figures, its files, and schema.org's form of it."""

    known: Facts
    counted: Counts
    downloads: Sequence[Download]
    said: Said
    schema_org: Mapping[str, Any]


def said_by(home: House, base: str) -> Said:
    """What a house says for catalogues; nothing where the graph is another house's."""
    config = home.config()
    return Said(config.contact, config.themes) if config.base == base else Said()


def describe(site: Site, graph: Graph, said: Said, downloads: Sequence[Download]) -> Described:
    """Ask the graph, and count it."""
    folder = graph.folder
    if folder is None:  # pragma: no cover - an endpoint is refused before
        raise TypeError("only a build can be described")
    known = facts(graph.engine(named_graphs=True), site.base)
    counted = count(outputs.find_build(folder), site.base)
    return Described(known, counted, downloads, said, schema_org(site, known, said, downloads))


def description_files(site: Site, graph: Graph, described: Described, served: Served = _STATIC) -> Iterator[File]:
    """The files at the root of the site, and the named queries; ``served`` says where a server answers, if one does."""
    known, counted, downloads, said, marked = described
    prefixes = graph.style().terms.prefixes
    text = void(site, known, counted, downloads, prefixes, served)
    yield File("void.ttl", [text])
    yield File(".well-known/void", [text])
    yield File("dcat.ttl", [dcat(site, known, said, downloads, served)])
    yield File("schema-org.jsonld", [as_file(marked)])
    library = query_files()
    yield from executables(site, {**named_queries(library), **federated_queries(library)}, served.sparql)
