"""Corpus and tables to quads: the only place where the model meets the vocabulary.

Quads are written as lines of N-Quads: text made straight from the records is the fastest path into any engine.
There are no blank nodes, so that sorted N-Quads are canonical.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mandate_graph.authorities import Authorities
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

__all__ = ["Words", "common_lines", "link_figures", "meta_lines", "part_lines"]

_NOTHING = Corpus((), (), {}, (), ())


class Words(NamedTuple):
    """With which words things are written, and under which identifiers."""

    authorities: Authorities
    terms: Terms
    config: HouseConfig


def part_lines(corpus: Corpus, words: Words) -> list[bytes]:
    """What pages say and what rules inferred of them: N-Quads lines in no order, none twice.

    ``corpus`` may be a part of a larger one.

    Raises:
        UnknownTerm: when the ontology lacks a term that the graph needs.
    """
    scope = Scope(corpus, *words)
    return _lines(itertools.chain(source_graphs(scope), inference_graphs(scope)))


def common_lines(corpus: Corpus, words: Words, links: Links) -> list[bytes]:
    """What is the same for all parts: ontology, tables, decisions, links, instruments that have a symbol only.

    ``corpus`` holds no pages. Gives and raises what ``part_lines`` does.
    """
    scope = Scope(corpus, *words, links)
    graphs = (_ontology_graph(scope), authority_graph(scope), *curation_graph(scope), *link_graphs(scope))
    return _lines(itertools.chain(graphs, inference_graphs(scope)))


def meta_lines(triples: int, classes: Mapping[str, int], words: Words, links: Links) -> list[bytes]:
    """The description of a dataset of so many triples and things of each class, as ``part_lines`` gives lines."""
    return _lines([meta_graph(Scope(_NOTHING, *words, links), triples, classes)])


def _lines(graphs: Iterable[NamedGraph]) -> list[bytes]:
    # A literal holds no line break as it is (N-Quads §4).
    return "".join(itertools.chain.from_iterable(graph.lines for graph in graphs)).encode().splitlines(keepends=True)


def link_figures(authorities: Authorities, terms: Terms, config: HouseConfig, links: Links) -> list[bytes]:
    """The figures on links alone (VoID, DQV), as they stand in the description of a dataset; N-Quads lines."""
    scope = Scope(_NOTHING, authorities, terms, config, links)
    graph = scope.graph("meta")
    describe_links(graph, scope, f"<{config.base}dataset/{config.version}>")
    return _lines([graph])


def _ontology_graph(scope: Scope) -> NamedGraph:
    graph = scope.graph("ontology")
    graph.triples(scope.terms.ontology)
    return graph
