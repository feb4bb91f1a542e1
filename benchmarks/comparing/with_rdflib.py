"""rdflib, and pySHACL upon it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import rdflib

from comparing.job import Job, Jobs, nothing, rows_of

_MG = rdflib.Namespace("https://w3id.org/mandate-graph/ns#")
_ELI = rdflib.Namespace("http://data.europa.eu/eli/ontology#")
_TEXT = rdflib.URIRef("https://schema.org/text")


def _loaded(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path)


def _load(folder: Path) -> Job:
    return Job(lambda: _loaded(folder / "graph.nt"), lambda graph: {"out": len(graph)})


def _build(folder: Path) -> Job:
    def map_rows() -> rdflib.Graph:
        graph = rdflib.Graph()
        for language in ("en", "es"):
            with (folder / f"items-{language}.csv").open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    _add(graph, row, language)
        graph.serialize(folder / "made.rdflib.nt", format="nt", encoding="utf-8")
        return graph

    return Job(map_rows, lambda graph: {"out": len(graph), "file": "made.rdflib.nt"})


def _add(graph: rdflib.Graph, row: dict[str, str], language: str) -> None:
    item, text = rdflib.URIRef(row["id"]), rdflib.URIRef(row["expression"])
    title = rdflib.Literal(row["title"], lang=language)
    graph.add((item, rdflib.RDF.type, _MG.Mandate))
    graph.add((item, rdflib.RDF.type, _ELI.WorkSubdivision))
    graph.add((item, _ELI.is_part_of, rdflib.URIRef(row["document"])))
    graph.add((item, _ELI.is_realized_by, text))
    graph.add((item, rdflib.RDFS.label, title))
    graph.add((text, rdflib.RDF.type, _ELI.Expression))
    graph.add((text, _ELI.realizes, item))
    graph.add((text, rdflib.RDFS.label, title))
    graph.add((text, _TEXT, rdflib.Literal(row["body"], lang=language)))


def _validate(folder: Path) -> Job:
    """From files to the report."""
    import pyshacl

    def validate() -> Any:
        return pyshacl.validate(
            _loaded(folder / "graph.nt"), shacl_graph=_loaded(folder / "shapes.ttl"), advanced=True, allow_warnings=True
        )[1]

    return Job(validate, lambda report: {"results": sorted(_focuses(report))})


def _focuses(report: rdflib.Graph) -> list[str]:
    found = []
    for result in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult):
        parts = (report.value(result, part) for part in (rdflib.SH.focusNode, rdflib.SH.sourceConstraintComponent))
        found.append(" ".join(part.n3() for part in parts if part is not None))
    return found


def _query(folder: Path) -> Job:
    graph, texts = _loaded(folder / "graph.nt"), rows_of(folder)

    def ask() -> list[bytes]:
        return [graph.query(text).serialize(format="json") or b"" for text in texts]

    return Job(ask, lambda answers: {"documents": [answer.decode() for answer in answers]})


def _export(folder: Path) -> Job:
    graph = _loaded(folder / "graph.nt")
    return Job(lambda: graph.serialize(folder / "out.rdflib.ttl", format="turtle", encoding="utf-8"), nothing)


def _publish(folder: Path) -> Job:
    """The data of things in three formats, without any page: each is a file of triples."""
    import json

    things = [lines.encode() for lines in json.loads((folder / "things.json").read_text(encoding="utf-8"))]
    rdflib.Graph().parse(data="", format="nt").serialize(format="json-ld")  # imports are not what is measured

    def write() -> int:
        total = 0
        for data in things:
            graph = rdflib.Graph().parse(data=data, format="nt")
            total += sum(len(graph.serialize(format=name, encoding="utf-8")) for name in ("turtle", "json-ld", "nt"))
        return total

    return Job(write, lambda _: {"out": len(things)})


JOBS: Jobs = {
    "build": _build, "validate": _validate, "load": _load, "query": _query, "export": _export, "publish": _publish,
}  # fmt: skip
