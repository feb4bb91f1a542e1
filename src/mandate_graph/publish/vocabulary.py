"""What the SPARQL page knows before a query is run: the words of the graph, its things by name, the named queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine, literal, unquote
from mandate_graph.house import query_files
from mandate_graph.publish.site import File, Site
from mandate_graph.sparql import NamedQuery, federated_queries, named_queries

__all__ = ["MOST_TRIPLES", "query_data_files", "sparql_page"]

MOST_TRIPLES = 500_000
"""Triples up to which the engine in the browser is offered.

Measured in Chromium on two shared, busy cores, with the dump repeated under other IRIs: 38 thousand triples are loaded
after 1.3 s and take 0.2 GB at most, 365 thousand 4.7 s and 0.5 GB, 889 thousand 13 s and 1 GB, 1.7 million 27 s and 1.5
GB, 3.5 million 43 s and 2.7 GB. Phones were not measured; the limit leaves
room for machines several times as slow.
"""

_COUNTED = {
    "classes": "SELECT ?word (COUNT(DISTINCT ?thing) AS ?n) { ?thing a ?word } GROUP BY ?word ORDER BY ?word",
    "properties": "SELECT ?word (COUNT(*) AS ?n) { ?thing ?word ?value } GROUP BY ?word ORDER BY ?word",
}
_SAID = """PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?word ?said {{ ?word a ?type ; {how} ?said . VALUES ?type {{ rdfs:Class
  <http://www.w3.org/1999/02/22-rdf-syntax-ns#Property> owl:Class owl:ObjectProperty owl:DatatypeProperty
  owl:AnnotationProperty }} }} ORDER BY ?word ?said"""
_KINDS = ("theme", "summit", "document", "instrument", "body", "country", "place", "topic", "section", "kind", "sdg")
_THINGS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?name {{ ?thing rdfs:label|skos:prefLabel|skos:altLabel ?name
  FILTER ( STRSTARTS(STR(?thing), {start}) ) }} ORDER BY ?thing ?name"""
_FIRST = """# How many mandates were adopted at which Summit?
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
SELECT ?summit ?day (COUNT(DISTINCT ?mandate) AS ?mandates)
WHERE {
  ?mandate a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?document .
  ?document a mg:SummitDocument ; prov:wasGeneratedBy ?summit .
  ?summit schema:startDate ?day .
}
GROUP BY ?summit ?day
ORDER BY ?day
"""
_AUDIENCES = ("policy officer", "researcher", "journalist", "librarian", "engineer")
"""In the order in which the page has their questions; others follow."""


def query_data_files(site: Site, graph: Graph) -> Iterator[File]:
    """``data/vocabulary.json`` and ``data/queries.json``.

    The first holds ``prefixes``, ``classes`` and ``properties`` (``iri``, ``n``, ``labels`` and ``comments`` by
    language) and ``things`` (``iri``, ``names``); the second a list of named queries as ``_described`` makes them.
    """
    yield File("data/vocabulary.json", (_json(_vocabulary(site, graph)),))
    yield File("data/queries.json", (_json(_queries()),))


def sparql_page(graph: Graph) -> dict[str, Any]:
    """What the layout says: how many triples there are, whether the browser may load them, and the named queries."""
    _, ((count,),) = graph.engine().table("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "triples")
    triples = int(unquote(count)[1])
    queries = _queries()
    audiences = dict.fromkeys([*_AUDIENCES, *sorted({each["for"] for each in queries})])
    groups = [(name, [each for each in queries if each["for"] == name]) for name in audiences]
    return {
        "triples": triples,
        "offered": triples <= MOST_TRIPLES,
        "most": MOST_TRIPLES,
        "first": _FIRST,
        "groups": [(name, found) for name, found in groups if found],
    }


def _vocabulary(site: Site, graph: Graph) -> dict[str, Any]:
    engine = graph.engine()
    labels, comments = _said(engine, "rdfs:label"), _said(engine, "rdfs:comment|skos:definition")
    words = {
        name: [
            {
                "iri": word[1:-1],
                "n": int(unquote(n)[1]),
                "labels": labels.get(word, {}),
                "comments": comments.get(word, {}),
            }
            for word, n in engine.table(query, name)[1]
        ]
        for name, query in _COUNTED.items()
    }
    return {"prefixes": dict(graph.style().terms.prefixes), **words, "things": _things(site, engine)}


def _said(engine: Engine, how: str) -> dict[str, dict[str, str]]:
    """By word and language, what a property (or a path of them) says of it."""
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for word, term in engine.table(_SAID.format(how=how), how)[1]:
        _, text, language, _ = unquote(term)
        said[word].setdefault(language, text)
    return said


def _things(site: Site, engine: Engine) -> list[dict[str, Any]]:
    """Things worth completing, with all their names."""
    names: dict[str, list[str]] = defaultdict(list)
    for kind in _KINDS:
        for thing, term in engine.table(_THINGS.format(start=literal(f"{site.base}id/{kind}/")), "things")[1]:
            text = unquote(term)[1]
            if text not in names[thing]:
                names[thing].append(text)
    return [{"iri": thing[1:-1], "names": texts} for thing, texts in sorted(names.items())]


def _queries() -> list[dict[str, Any]]:
    folder = query_files()
    own, federated = named_queries(folder), federated_queries(folder)
    return [*_described(own.values(), far=False), *_described(federated.values(), far=True)]


def _described(queries: Iterable[NamedQuery], *, far: bool) -> Iterator[dict[str, Any]]:
    """Named queries as the page reads them; ``far`` are those that ask another server, too."""
    for query in queries:
        yield {
            "name": query.name,
            "title": query.title,
            "purpose": query.purpose,
            "for": query.audience,
            "far": far,
            "example": query.example,
            "parameters": [
                {"name": each.name, "kind": each.kind, "purpose": each.purpose} for each in query.parameters
            ],
            "text": query.text,
        }


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
