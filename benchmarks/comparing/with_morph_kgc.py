"""Morph-KGC: tables to triples by RML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import morph_kgc

from comparing.job import Job, Jobs

_MAPPING = """
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix mg: <https://w3id.org/mandate-graph/ns#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
"""
_MAPS = """
<#item-LANG> a rr:TriplesMap ;
  rml:logicalSource [ rml:source "FOLDER/items-LANG.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rml:reference "id" ; rr:termType rr:IRI ; rr:class mg:Mandate , eli:WorkSubdivision ] ;
  rr:predicateObjectMap
    [ rr:predicate eli:is_part_of ; rr:objectMap [ rml:reference "document" ; rr:termType rr:IRI ] ] ,
    [ rr:predicate eli:is_realized_by ; rr:objectMap [ rml:reference "expression" ; rr:termType rr:IRI ] ] ,
    [ rr:predicate rdfs:label ; rr:objectMap [ rml:reference "title" ; rr:language "LANG" ] ] .
<#text-LANG> a rr:TriplesMap ;
  rml:logicalSource [ rml:source "FOLDER/items-LANG.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rml:reference "expression" ; rr:termType rr:IRI ; rr:class eli:Expression ] ;
  rr:predicateObjectMap
    [ rr:predicate eli:realizes ; rr:objectMap [ rml:reference "id" ; rr:termType rr:IRI ] ] ,
    [ rr:predicate rdfs:label ; rr:objectMap [ rml:reference "title" ; rr:language "LANG" ] ] ,
    [ rr:predicate schema:text ; rr:objectMap [ rml:reference "body" ; rr:language "LANG" ] ] .
"""


def _build(folder: Path) -> Job:
    mapping = folder / "mapping.rml.ttl"
    maps = (_MAPS.replace("LANG", language).replace("FOLDER", str(folder)) for language in ("en", "es"))
    mapping.write_text(_MAPPING + "".join(maps), encoding="utf-8")
    config = f"[CONFIGURATION]\nlogging_level=ERROR\n[items]\nmappings={mapping}\n"

    def map_rows() -> Any:
        triples = morph_kgc.materialize_set(config)
        with (folder / "made.morph_kgc.nt").open("w", encoding="utf-8") as file:
            file.writelines(f"{triple} .\n" for triple in triples)
        return triples

    return Job(map_rows, lambda triples: {"out": len(triples), "file": "made.morph_kgc.nt"})


JOBS: Jobs = {"build": _build}
