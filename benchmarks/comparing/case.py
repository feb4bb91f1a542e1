"""A case: a corpus of one size, its build, and the same things in the forms that peers take. Made once, never timed."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from comparing.ours import ROOT, THINGS
from corpus import write_corpus
from inventing.words import vocabulary
from mandate_graph.dataset import Graph
from mandate_graph.house import House, query_files
from mandate_graph.pipeline import build
from mandate_graph.publish import press_of
from mandate_graph.publish.beside import triples_of
from mandate_graph.publish.documents import documents
from mandate_graph.sparql import named_queries
from mandate_graph.write import stream
from mandate_graph.write.lines import blocks
from measuring import cores, say

__all__ = ["COLUMNS", "prepare"]

COLUMNS = ("id", "expression", "document", "title", "body")
"""The table that peers map to triples: a mandate, its text in its language, the document it comes from."""

QUERIES = ("instruments-cited", "mandates-per-theme-and-summit", "footnotes", "summits-recalled")
_PREFIXES = """
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
"""
_ITEMS = """
    ?id a mg:Mandate ; eli:is_part_of ?document ; eli:is_realized_by ?expression ; rdfs:label ?title .
    ?expression schema:text ?body ; rdfs:label ?title .
"""
_SELECT = f"{_PREFIXES} SELECT ?id ?expression ?document ?title ?body {{ {_ITEMS} }}"
_CONSTRUCT = f"""{_PREFIXES} CONSTRUCT {{ {_ITEMS}
    ?id a eli:WorkSubdivision . ?expression a eli:Expression ; eli:realizes ?id .
}} WHERE {{ {_ITEMS} }}"""


def prepare(folder: Path, mandates: int) -> None:
    """Make a case, or use the one that is there whole."""
    done = folder / "facts.json"
    if done.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    say(f"preparing {mandates:,} mandates")
    written = write_corpus(folder / "pages", mandates, workers=cores())
    build(folder / "pages", out=folder / "build", house=ROOT, turtle=False, jsonld=False, store=False)
    nquads = folder / "build" / "mandates.nq"
    graph = Graph(folder / "build")
    with (folder / "graph.nt").open("wb") as file:
        file.writelines(stream(nquads, "ntriples", graph.style()))
    store = ox.Store(str(folder / "asked"))  # a million mandates do not fit into memory
    store.bulk_load(path=str(folder / "graph.nt"))
    _items(store, folder)
    _texts(store, folder)
    del store
    shutil.rmtree(folder / "asked")
    _queries(folder)
    _things(graph, nquads, folder)
    shapes = [path.read_text(encoding="utf-8") for path in sorted(House(ROOT).shapes.glob("*.ttl"))]
    (folder / "shapes.ttl").write_text("\n".join(shapes), encoding="utf-8")
    counts = graph.report.data["counts"]
    facts = {
        "mandates": counts["distinct_items"], "listings": counts["listings"], "pages": counts["pages"],
        "quads": counts["quads"], "triples": counts["triples"], "text": written.size,
    }  # fmt: skip
    done.write_text(json.dumps(facts))


def _items(store: ox.Store, folder: Path) -> None:
    """The mandates as tables, one for each language, and the triples that every mapping has to make of them."""
    rows = store.query(_SELECT)
    assert isinstance(rows, ox.QuerySolutions)
    tables: dict[str, list[list[str]]] = {"en": [], "es": []}
    for row in rows:
        values = [row[name] for name in COLUMNS]
        body = values[-1]
        assert isinstance(body, ox.Literal)
        if body.language in tables:
            tables[body.language].append([value.value for value in values if hasattr(value, "value")])
    for language, table in tables.items():
        with (folder / f"items-{language}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *sorted(table)])
    triples = store.query(_CONSTRUCT)
    assert isinstance(triples, ox.QueryTriples)
    triples.serialize(str(folder / "expected.nt"), ox.RdfFormat.N_TRIPLES)


def _texts(store: ox.Store, folder: Path) -> None:
    """The words of the mandates with their languages, and all names in lower case."""
    rows = store.query(f"{_PREFIXES} SELECT ?body {{ ?text a eli:Expression ; schema:text ?body }}")
    assert isinstance(rows, ox.QuerySolutions)
    bodies = (row["body"] for row in rows)
    texts = sorted((body.value, body.language or "") for body in bodies if isinstance(body, ox.Literal))
    names = {name.lower() for both in vocabulary().names for several in both for name in several}
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    (folder / "names.json").write_text(json.dumps(sorted(names)), encoding="utf-8")


def _queries(folder: Path) -> None:
    (folder / "queries").mkdir(exist_ok=True)
    library = named_queries(query_files())
    for number, name in enumerate(QUERIES):
        (folder / "queries" / f"{number}-{name}.rq").write_text(library[name].text, encoding="utf-8")


def _things(graph: Graph, nquads: Path, folder: Path) -> None:
    """Which things are published when publishing is measured, and what is known of each."""
    press = press_of(graph)
    step = max(1, sum(1 for _ in documents(blocks(nquads), press.site, [])) // THINGS)
    (folder / "step").write_text(str(step))
    (folder / "things.json").write_text(json.dumps(list(_known(nquads, graph, step))), encoding="utf-8")


def _known(nquads: Path, graph: Graph, step: int) -> Iterator[str]:
    for document in islice(documents(blocks(nquads), press_of(graph).site, []), 0, None, step):
        triples = set().union(*(triples_of(lines) for _, lines in document.things))
        yield b"".join(sorted(triples)).decode()


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), int(sys.argv[2]))
