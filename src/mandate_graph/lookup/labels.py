"""What things are called: labels of many things with one query, and everything that is said of them with another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from mandate_graph.engine import unquote
from mandate_graph.sparql import Result, Tables

__all__ = ["Facts", "facts_of", "labels_of", "unlabelled", "values"]

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
Facts: TypeAlias = Mapping[str, Mapping[str, list[str]]]
"""By thing and property, the objects in order; all as N-Triples terms."""

# Queries have a longest length; what is longer is asked in parts.
_PART = 50_000
FIRST = ("en", "es")
"""The languages of labels, the best first; others come after."""


def values(iris: Iterable[str]) -> Iterator[str]:
    """IRIs (N-Triples terms) as insides of ``VALUES`` blocks that are not too long for a query."""
    part: list[str] = []
    size = 0
    for iri in sorted(set(iris)):
        if size + len(iri) > _PART and part:
            yield " ".join(part)
            part, size = [], 0
        part.append(iri)
        size += len(iri) + 1
    if part:
        yield " ".join(part)


def labels_of(answers: Tables, iris: Iterable[str]) -> dict[str, str]:
    """Labels of IRIs (N-Triples terms): in English, else in Spanish, else in any language; none for what has none."""
    found: dict[str, tuple[int, str, str]] = {}
    for block in values(iri for iri in iris if iri.startswith("<")):
        _, rows = answers.table(
            f"SELECT DISTINCT ?thing ?label {{ VALUES ?thing {{ {block} }} "
            f"?thing <{RDFS}label>|<{SKOS}prefLabel> ?label }}",
            "labels",
        )
        for thing, label in rows:
            _, text, language, _ = unquote(label)
            rank = (FIRST.index(language) if language in FIRST else len(FIRST), language, text)
            found[thing] = min(found.get(thing, rank), rank)
    return {thing: text for thing, (_, _, text) in sorted(found.items())}


def facts_of(answers: Tables, iris: Iterable[str]) -> Facts:
    """Everything that is said of things (N-Triples terms)."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for block in values(iris):
        _, rows = answers.table(
            f"SELECT DISTINCT ?thing ?property ?value {{ VALUES ?thing {{ {block} }} ?thing ?property ?value }}",
            "facts",
        )
        for thing, predicate, value in sorted(rows):
            found[thing][predicate].append(value)
    return found


def unlabelled(result: Result) -> set[str]:
    """The IRIs (N-Triples terms) of a result in columns that have no column of labels (``theme``, ``themeLabel``)."""
    places = [place for place, name in enumerate(result.names) if f"{name}Label" not in result.names]
    return {row[place] for row in result.terms for place in places if row[place].startswith("<")}
