"""Which words a link set may use, and what of ours may be linked."""

from __future__ import annotations

from collections.abc import Mapping

from mandate_graph.authorities import Authorities
from mandate_graph.authorities.cells import TABLES

__all__ = ["CONCEPTS", "IDENTITY", "IMPLIES", "JUSTIFICATIONS", "LINKED", "RELATIONS", "SPACES", "things_of"]

LINKED: Mapping[str, str] = {**TABLES, "theme": "themes", "place": "places"}
"""The kinds of things that are linked, and their tables."""
CONCEPTS = frozenset(("theme", "topic", "sdg"))
"""The kinds that are concepts and take SKOS's mapping relations (SKOS Reference §10); all others are individuals."""

RELATIONS = (
    "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch",
    "schema:sameAs", "rdfs:seeAlso",
)  # fmt: skip
"""The closed list of relations, the strongest of each sort first."""
IDENTITY = frozenset(("skos:exactMatch", "schema:sameAs"))
"""Relations that say that two are one in scope: at most one a vocabulary and side."""
IMPLIES = frozenset((("skos:exactMatch", "skos:closeMatch"), ("schema:sameAs", "rdfs:seeAlso")))
"""Who says the first, says the second (SKOS Reference S42); who rejects the second, rejects the first."""

JUSTIFICATIONS = frozenset(
    f"semapv:{name}"
    for name in (
        "CompositeMatching", "LexicalMatching", "LexicalSimilarityThresholdMatching", "LogicalReasoning",
        "ManualMappingCuration", "MappingChaining", "MappingInversion", "MappingReview",
        "SemanticSimilarityThresholdMatching", "UnspecifiedMatching",
    )
)  # fmt: skip
"""How a mapping can have been found (SEMAPV)."""

SPACES: Mapping[str, str] = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
}
"""What the prefixes of relations and justifications stand for."""


def things_of(authorities: Authorities) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """The keys of every kind that is linked, with the names that a ``subject_label`` may give."""
    return {
        kind: {
            key: frozenset((*entity.labels.values(), *(name for names in entity.alts.values() for name in names)))
            for key, entity in authorities[table].items()
        }
        for kind, table in LINKED.items()
    }
