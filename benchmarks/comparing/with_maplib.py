"""maplib: tables to triples by templates (OTTR), and a columnar store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import maplib
import polars as pl

from comparing.job import Job, Jobs, nothing, rows_of

_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_TEMPLATE = """
@prefix mg: <https://w3id.org/mandate-graph/ns#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix ottr: <http://ns.ottr.xyz/0.4/> .
@prefix t: <urn:template:> .
t:Item [ottr:IRI ?id, ottr:IRI ?expression, ottr:IRI ?document, rdf:langString ?title, rdf:langString ?body] :: {
  ottr:Triple(?id, rdf:type, mg:Mandate),
  ottr:Triple(?id, rdf:type, eli:WorkSubdivision),
  ottr:Triple(?id, eli:is_part_of, ?document),
  ottr:Triple(?id, eli:is_realized_by, ?expression),
  ottr:Triple(?id, rdfs:label, ?title),
  ottr:Triple(?expression, rdf:type, eli:Expression),
  ottr:Triple(?expression, eli:realizes, ?id),
  ottr:Triple(?expression, rdfs:label, ?title),
  ottr:Triple(?expression, schema:text, ?body)
} .
"""


def _loaded(folder: Path) -> Any:
    model = maplib.Model()
    model.read(str(folder / "graph.nt"), format="ntriples")
    return model


def _load(folder: Path) -> Job:
    return Job(lambda: _loaded(folder), lambda model: {"out": model.size()})


def _build(folder: Path) -> Job:
    def map_rows() -> Any:
        model = maplib.Model()
        model.add_template(_TEMPLATE)
        for language in ("en", "es"):
            frame = pl.read_csv(folder / f"items-{language}.csv", infer_schema_length=0)
            tagged = (_tagged(name, language) for name in ("title", "body"))
            model.map("urn:template:Item", maplib.SolutionMappings(frame.with_columns(*tagged), _types()))
        model.write(str(folder / "made.maplib.nt"), format="ntriples")
        return model

    return Job(map_rows, lambda model: {"out": model.size(), "file": "made.maplib.nt"})


def _tagged(name: str, language: str) -> Any:
    """A column of words in a language, as the library holds such."""
    return pl.struct(pl.col(name).alias(f"<{_LANG_STRING}>"), pl.lit(language).alias("l")).alias(name)


def _types() -> dict[str, Any]:
    iri, words = maplib.RDFType.IRI, maplib.RDFType.Literal(_LANG_STRING)
    return {"id": iri, "expression": iri, "document": iri, "title": words, "body": words}


def _query(folder: Path) -> Job:
    model, texts = _loaded(folder), rows_of(folder)
    return Job(lambda: [model.query(text) for text in texts], lambda all_: {"counts": [*map(len, all_)]})


def _export(folder: Path) -> Job:
    model = _loaded(folder)
    return Job(lambda: model.write(str(folder / "out.maplib.ttl"), format="turtle"), nothing)


JOBS: Jobs = {"build": _build, "load": _load, "query": _query, "export": _export}
