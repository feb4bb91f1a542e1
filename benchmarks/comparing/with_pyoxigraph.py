"""The bare engine, pyoxigraph: what the library gives without this project."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from comparing.job import Job, Jobs, nothing, rows_of

_MG, _ELI = "https://w3id.org/mandate-graph/ns#", "http://data.europa.eu/eli/ontology#"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_TEXT = ox.NamedNode("https://schema.org/text")


def _loaded(folder: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(folder / "graph.nt"))
    return store


def _load(folder: Path) -> Job:
    return Job(lambda: _loaded(folder), lambda store: {"out": len(store)})


def _load_disk(folder: Path) -> Job:
    target = folder / "disk.pyoxigraph"
    shutil.rmtree(target, ignore_errors=True)

    def load() -> ox.Store:
        store = ox.Store(str(target))
        store.bulk_load(path=str(folder / "build" / "mandates.nq"))
        return store

    return Job(load, lambda store: {"out": len(store)})


def _build(folder: Path) -> Job:
    """Rows of a table to triples of the library, in a store, to a file."""

    def map_rows() -> ox.Store:
        store = ox.Store()
        for language in ("en", "es"):
            with (folder / f"items-{language}.csv").open(encoding="utf-8", newline="") as file:
                store.bulk_extend(quad for row in csv.DictReader(file) for quad in _quads(row, language))
        store.dump(str(folder / "made.pyoxigraph.nt"), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        return store

    return Job(map_rows, lambda store: {"out": len(store), "file": "made.pyoxigraph.nt"})


def _quads(row: dict[str, str], language: str) -> list[ox.Quad]:
    item, text = ox.NamedNode(row["id"]), ox.NamedNode(row["expression"])
    title = ox.Literal(row["title"], language=language)
    return [
        ox.Quad(item, _TYPE, ox.NamedNode(f"{_MG}Mandate")),
        ox.Quad(item, _TYPE, ox.NamedNode(f"{_ELI}WorkSubdivision")),
        ox.Quad(item, ox.NamedNode(f"{_ELI}is_part_of"), ox.NamedNode(row["document"])),
        ox.Quad(item, ox.NamedNode(f"{_ELI}is_realized_by"), text),
        ox.Quad(item, _LABEL, title),
        ox.Quad(text, _TYPE, ox.NamedNode(f"{_ELI}Expression")),
        ox.Quad(text, ox.NamedNode(f"{_ELI}realizes"), item),
        ox.Quad(text, _LABEL, title),
        ox.Quad(text, _TEXT, ox.Literal(row["body"], language=language)),
    ]


def _query(folder: Path) -> Job:
    store, texts = _loaded(folder), rows_of(folder)

    def ask() -> list[bytes]:
        return [_document(store.query(text)) for text in texts]

    return Job(ask, lambda answers: {"documents": [answer.decode() for answer in answers]})


def _document(result: Any) -> bytes:
    document: bytes = result.serialize(format=ox.QueryResultsFormat.JSON)
    return document


def _export(folder: Path) -> Job:
    store, out = _loaded(folder), folder / "out.pyoxigraph.ttl"
    return Job(lambda: store.dump(str(out), ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph()), nothing)


JOBS: Jobs = {
    "build": _build, "load": _load, "load-disk": _load_disk, "query": _query, "export": _export,
}  # fmt: skip
