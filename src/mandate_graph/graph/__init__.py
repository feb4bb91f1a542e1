"""Corpus and tables to quads: the only place where the model meets the vocabulary.

Quads are written as N-Triples strings, because text made straight from the records is the fastest path into any engine.
There are no blank nodes, so that sorted N-Quads are canonical.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

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

__all__ = ["Words", "common_quads", "link_figures", "meta_quads", "part_quads"]

_NOTHING = Corpus((), (), {}, (), ())


class Words(NamedTuple):
    """With which words things are written, and under which identifiers."""

    authorities: Authorities
    terms: Terms
    config: HouseConfig


def part_quads(corpus: Corpus, words: Words) -> Iterator[Quad]:
    """What pages say and what rules inferred of them, in no order; ``corpus`` may be a part of a larger one.

    Raises:
        UnknownTerm: when the ontology lacks a term that the graph needs.
    """
    scope = Scope(corpus, *words)
    for graph in itertools.chain(source_graphs(scope), inference_graphs(scope)):
        yield from graph.quads


def common_quads(corpus: Corpus, words: Words, links: Links) -> Iterator[Quad]:
    """What is the same for all parts: ontology, tables, decisions, links, instruments that have a symbol only.

    ``corpus`` holds no pages. Raises what ``part_quads`` raises.
    """
    scope = Scope(corpus, *words, links)
    graphs = (_ontology_graph(scope), authority_graph(scope), *curation_graph(scope), *link_graphs(scope))
    for graph in itertools.chain(graphs, inference_graphs(scope)):
        yield from graph.quads


def meta_quads(triples: int, classes: Mapping[str, int], words: Words, links: Links) -> list[Quad]:
    """The description of a dataset of so many triples and things of each class; raises what ``part_quads`` raises."""
    return list(meta_graph(Scope(_NOTHING, *words, links), triples, classes).quads)


def link_figures(authorities: Authorities, terms: Terms, config: HouseConfig, links: Links) -> list[Quad]:
    """The figures on links alone (VoID, DQV), as they stand in the description of a dataset."""
    scope = Scope(_NOTHING, authorities, terms, config, links)
    graph = scope.graph("meta")
    describe_links(graph, scope, f"<{config.base}dataset/{config.version}>")
    return list(graph.quads)


def _ontology_graph(scope: Scope) -> NamedGraph:
    graph = scope.graph("ontology")
    name = f"<{scope.iris.graph('ontology')}>"
    graph.quads = {(s, p, o, name) for s, p, o, _ in scope.terms.ontology}
    return graph
