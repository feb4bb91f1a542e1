"""What stands beside a CSV file: its columns and where it comes from (CSVW, W3C Metadata for Tabular Data)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mandate_graph.engine import Engine, unquote
from mandate_graph.tables.described import SEPARATOR, Column, Table

__all__ = ["metadata"]

# xsd:language is a datatype of CSVW, but not every validator knows it.
_DATATYPES = {"language": "string"}
_ABOUT = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?dataset ?title ?license ?modified {
  ?dataset a dcat:Dataset ; dcat:hasVersion ?version ; dcterms:title ?title ; dcterms:license ?license .
  OPTIONAL { ?dataset dcterms:modified ?modified }
} ORDER BY ?dataset ?title"""


def metadata(engine: Engine, table: Table, file: str, prefixes: Mapping[str, str]) -> bytes:
    """The metadata of a table that stands in ``file``, as JSON.

    Dataset, title and licence are those of the graph that the engine holds; a graph without them gives none.
    """
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file,
        "dc:title": table.title,
        "dc:description": table.purpose,
    }
    _, found = engine.table(_ABOUT, "the dataset's description")
    if found:
        dataset, _, license_, modified = found[0]
        titles = [unquote(row[1]) for row in found if row[0] == dataset]
        described["dc:license"] = {"@id": license_[1:-1]}
        described["dc:source"] = {"@id": dataset[1:-1]}
        described["dc:isPartOf"] = [{"@value": title, "@language": code} for _, title, code, _ in titles]
        if modified:
            described["dc:modified"] = {"@value": unquote(modified)[1], "@type": "xsd:date"}
    described["dialect"] = {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\n"]}
    schema: dict[str, Any] = {"columns": [_column(column, prefixes) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    first = table.columns[0]
    if table.key == (first.name,) and first.datatype == "anyURI":
        schema["aboutUrl"] = f"{{+{first.name}}}"
    described["tableSchema"] = schema
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _column(column: Column, prefixes: Mapping[str, str]) -> dict[str, Any]:
    # the title is what the header of the file says, or validators cannot tell the columns
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.purpose,
        "datatype": _DATATYPES.get(column.datatype, column.datatype),
    }
    if column.several:
        described["separator"] = SEPARATOR
    prefix, _, local = column.property.partition(":")
    if local:
        described["propertyUrl"] = prefixes[prefix] + local
    return described
