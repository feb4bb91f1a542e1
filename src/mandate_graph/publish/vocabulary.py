"""What the SPARQL page knows before a query is run: the words of the graph, its things by name, the named queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from mandate_graph.dataset import Graph
from mandate_graph.engine import unquote
from mandate_graph.house import query_files
from mandate_graph.publish.site import File, Site
from mandate_graph.sparql import NamedQuery, federated_queries, named_queries

__all__ = ["MOST_TRIPLES", "query_data_files", "sparql_page"]

MOST_TRIPLES = 1_000_000
"""Above this many triples the engine in the browser is not offered; docs/benchmarks.md says what was measured."""

_CLASSES = "SELECT ?word (COUNT(DISTINCT ?thing) AS ?n) { ?thing a ?word } GROUP BY ?word ORDER BY ?word"
_PROPERTIES = "SELECT ?word (COUNT(*) AS ?n) { ?thing ?word ?value } GROUP BY ?word ORDER BY ?word"
_SAID = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?word ?said { VALUES ?how { rdfs:label rdfs:comment } ?word a ?type ; ?how ?said .
  VALUES ?type { rdfs:Class <http://www.w3.org/1999/02/22-rdf-syntax-ns#Property>
    <http://www.w3.org/2002/07/owl#Class> <http://www.w3.org/2002/07/owl#ObjectProperty>
    <http://www.w3.org/2002/07/owl#DatatypeProperty> } } ORDER BY ?word ?how ?said"""
_NAMED = ("theme", "summit", "document", "instrument", "body", "country", "place", "topic", "section", "kind", "sdg")
_THINGS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?name {{ ?thing rdfs:label|skos:prefLabel|skos:altLabel ?name
  FILTER ( STRSTARTS(STR(?thing), "{start}") ) }} ORDER BY ?thing ?name"""


def query_data_files(site: Site, graph: Graph) -> Iterator[File]:
    """``data/vocabulary.json`` and ``data/queries.json``."""
    yield File("data/vocabulary.json", (_json(_vocabulary(site, graph)),))
    yield File("data/queries.json", (_json(_queries()),))


def sparql_page(site: Site, graph: Graph) -> dict[str, Any]:
    """What the page is given: how many triples there are, whether the browser may load them, and the named queries."""
    _, ((count,),) = graph.engine().table("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "triples")
    triples = int(unquote(count)[1])
    config = {"triples": triples, "offered": triples <= MOST_TRIPLES, "most": MOST_TRIPLES, "site": site.url}
    return {**config, "queries": _queries()}


def _vocabulary(site: Site, graph: Graph) -> dict[str, Any]:
    engine = graph.engine()
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for word, text in engine.table(_SAID, "words")[1]:
        _, value, language, _ = unquote(text)
        said[word].setdefault(language, value)
    words = {
        name: [
            {"iri": word[1:-1], "n": int(unquote(n)[1]), "labels": said.get(word, {})}
            for word, n in engine.table(query, name)[1]
        ]
        for name, query in (("classes", _CLASSES), ("properties", _PROPERTIES))
    }
    names: dict[str, list[str]] = defaultdict(list)
    for kind in _NAMED:
        for thing, term in engine.table(_THINGS.format(start=f"{site.base}id/{kind}/"), "things")[1]:
            text = unquote(term)[1]
            if text not in names[thing]:
                names[thing].append(text)
    things = [{"iri": thing[1:-1], "names": texts} for thing, texts in sorted(names.items())]
    return {"prefixes": dict(graph.style().terms.prefixes), **words, "things": things}


def _queries() -> list[dict[str, Any]]:
    folder = query_files()
    own, federated = named_queries(folder), federated_queries(folder)
    return [*_described(own.values(), far=False), *_described(federated.values(), far=True)]


def _described(queries: Iterable[NamedQuery], *, far: bool) -> Iterator[dict[str, Any]]:
    for query in queries:
        yield {
            "name": query.name,
            "title": query.title,
            "purpose": query.purpose,
            "for": query.audience,
            "far": far,
            "example": query.example,
            "parameters": [parameter_of(each) for each in query.parameters],
            "text": query.text,
        }


def parameter_of(parameter: Any) -> dict[str, str]:
    """A parameter as the page reads it."""
    return {"name": parameter.name, "kind": parameter.kind, "purpose": parameter.purpose}


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
