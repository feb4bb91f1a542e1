"""The tables of listings and of mentions, which say more than one query can: labels in the language of a page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from urllib.parse import unquote as percent_decode

from mandate_graph.engine import Engine, unquote
from mandate_graph.parse.themes import split_heading
from mandate_graph.tables.described import find_table

__all__ = ["mentions", "occurrences"]

_PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_DOCUMENTS = f"""{_PREFIXES}
SELECT DISTINCT ?mandate ?document WHERE {{
  ?mandate a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?document .
  ?document a mg:SummitDocument .
}}"""
_THEMES = f"""{_PREFIXES}
SELECT ?page ?level ?label WHERE {{
  {{ ?page dcterms:subject/skos:prefLabel ?label . BIND ( "own" AS ?level ) }}
  UNION
  {{ ?page dcterms:subject/skos:broader/skos:prefLabel ?label . BIND ( "broader" AS ?level ) }}
  ?capture prov:specializationOf ?page .
}}"""
_HEADINGS = f"{_PREFIXES} SELECT ?capture ?heading WHERE {{ ?capture mg:heading ?heading }}"


def occurrences(engine: Engine) -> str:
    """One row a listing, in the order of pages and of listings on them, as CSV (RFC 4180) with line feeds.

    ``page`` is the page's stem; ``n`` and ``line`` count from 1; ``label`` is the bare official number or letter;
    ``citation``, ``section`` and ``text`` stand as printed, but for line breaks; what a page does not say is empty.
    """
    documents = {row[0]: _last(row[1]) for row in engine.table(_DOCUMENTS)[1]}
    headings = {row[0]: _text(row[1]) for row in engine.table(_HEADINGS)[1]}
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for page, level, label in sorted(engine.table(_THEMES)[1]):
        _, words, code, _ = unquote(label)
        labels.setdefault((page, _text(level)), {})[code] = words
    names, found = engine.table(find_table("occurrences").text)
    rows = []
    for terms in found:
        cell = dict(zip(names, terms, strict=True))
        language = unquote(cell["words"])[2].replace("und", "")
        theme, subtheme = _themes(
            labels.get((cell["page"], "broader"), {}),
            labels.get((cell["page"], "own"), {}),
            language,
            headings.get(cell["capture"], ""),
        )
        # What another page says of the same mandate is not what this page says.
        document = documents.get(cell["mandate"], "") if cell["attribution"] else ""
        rows.append(
            {
                "page": _last(cell["page"]),
                "n": int(_text(cell["n"])),
                "line": int(_text(cell["line"])),
                "marker": _text(cell["marker"]),
                "label": _bare(_text(cell["printed"])),
                "kind": _text(cell["kind"]),
                "theme": theme,
                "subtheme": subtheme,
                "language": language,
                "document": document,
                "section": _text(cell["section"]),
                "citation": _text(cell["citation"]),
                "attribution": _text(cell["attribution"]),
                "mandate": unquote(cell["mandate"])[1],
                "text": re.sub(r"\s*[\r\n]+\s*", " ", _text(cell["text"])),
                "capture": cell["capture"],
            }
        )
    rows.sort(key=lambda row: (row["page"], row["capture"], row["n"]))
    out = io.StringIO()
    names = [column.name for column in find_table("occurrences").columns]
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _themes(broader: Mapping[str, str], own: Mapping[str, str], language: str, heading: str) -> tuple[str, str]:
    """Main theme and subtheme: the label in the page's language, else the page's own words, else the English label."""
    main, sub = split_heading(heading)

    def label(labels: Mapping[str, str], printed: str) -> str:
        return labels.get(language) or printed or labels.get("en") or next(iter(sorted(labels.values())), "")

    if not own:
        return "", ""
    return (label(broader, main), label(own, sub)) if broader else (label(own, main), "")


def _text(term: str) -> str:
    return unquote(term)[1] if term else ""


def _last(iri: str) -> str:
    """The key that an identifier ends in."""
    return percent_decode(_text(iri).rpartition("/")[2])


def _bare(printed: str) -> str:
    """The number or letter of a printed label: ``"Initiative 33"`` → ``"33"``, ``"f."`` → ``"f"``."""
    return printed.rsplit(maxsplit=1)[-1].rstrip(".:)") if printed else ""


_LABELS = f"""{_PREFIXES}
SELECT DISTINCT ?target ?label {{ ?mention a mg:Mention ; oa:hasBody ?target . ?target rdfs:label ?label }}"""
_CURIES = {"http://purl.org/spar/cito/": "cito:", "https://w3id.org/mandate-graph/ns#": "mg:"}


def mentions(engine: Engine) -> str:
    """One row a thing that some words name, or seem to name, by mandate and place, as CSV.

    ``start`` and ``end`` are code points of the mandate's text, end-exclusive; ``capture_start`` is where the quote
    begins in the first capture that prints it. ``target`` is empty where nothing was chosen; ``relation`` is
    ``eli:refers_to`` where no cue tells more.
    """
    labels: dict[str, dict[str, str]] = {}
    for target, label in engine.table(_LABELS)[1]:
        _, words, code, _ = unquote(label)
        labels.setdefault(target, {})[code] = words
    names, found = engine.table(find_table("mentions").text)
    rows: dict[tuple[str, str], dict[str, str | int]] = {}
    for terms in found:
        cell = dict(zip(names, terms, strict=True))
        target = cell["target"]
        row: dict[str, str | int] = {name: _text(cell[name]) for name in names if name != "mention"}
        row |= {name: int(_text(cell[name])) for name in ("start", "end", "capture_start")}
        of = labels.get(target, {})
        row["target_label"] = (of.get("en") or next(iter(sorted(of.values())), "")) if target else ""
        row["relation"] = _curie(_text(cell["relation"])) or ("" if row["outcome"] == "unresolved" else "eli:refers_to")
        key = (cell["mention"], target)
        place = (row["capture"], row["capture_start"])
        if key not in rows or place < (rows[key]["capture"], rows[key]["capture_start"]):
            rows[key] = row
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in find_table("mentions").columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows.values(), key=lambda row: (row["mandate"], row["start"], row["end"], row["target"])))
    return out.getvalue()


def _curie(iri: str) -> str:
    for namespace, prefix in _CURIES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri
