"""Corpus and tables to quads: the only place where the model meets the vocabulary.

Quads are written as N-Triples strings, because text made straight from the records is the fastest path into any engine.
There are no blank nodes, so that sorted N-Quads are canonical.
"""

from __future__ import annotations

from mandate_graph.authorities import Authorities
from mandate_graph.engine import Quad
from mandate_graph.graph.authority import authority_graph
from mandate_graph.graph.curation import curation_graph
from mandate_graph.graph.evidence import inference_graphs
from mandate_graph.graph.links import link_graphs
from mandate_graph.graph.linksets import describe_links
from mandate_graph.graph.meta import meta_graph
from mandate_graph.graph.pages import source_graphs
from mandate_graph.graph.quads import NamedGraph, Scope
from mandate_graph.house import HouseConfig
from mandate_graph.model import Corpus
from mandate_graph.sssom import Links
from mandate_graph.terms import Terms

__all__ = ["build_graph", "link_figures"]


def build_graph(
    corpus: Corpus, authorities: Authorities, terms: Terms, config: HouseConfig, links: Links | None = None
) -> list[Quad]:
    """All quads of a dataset, without repetition, in no order.

    Raises:
        UnknownTerm: when the ontology lacks a term that the graph needs.
    """
    scope = Scope(corpus, authorities, terms, config, links or Links())
    content = [_ontology_graph(scope), authority_graph(scope), *source_graphs(scope), *inference_graphs(scope)]
    content += [*curation_graph(scope), *link_graphs(scope)]
    return [quad for graph in (*content, meta_graph(scope, content)) for quad in graph.quads]


def link_figures(authorities: Authorities, terms: Terms, config: HouseConfig, links: Links) -> list[Quad]:
    """The figures on links alone (VoID, DQV), as they stand in the description of a dataset."""
    scope = Scope(Corpus((), (), {}, (), ()), authorities, terms, config, links)
    graph = scope.graph("meta")
    describe_links(graph, scope, f"<{config.base}dataset/{config.version}>")
    return list(graph.quads)


def _ontology_graph(scope: Scope) -> NamedGraph:
    graph = scope.graph("ontology")
    name = f"<{scope.iris.graph('ontology')}>"
    graph.quads = {(s, p, o, name) for s, p, o, _ in scope.terms.ontology}
    return graph
