"""The tables of listings and of mentions, which say more than one query can: labels in the language of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from urllib.parse import unquote as percent_decode

from mandate_graph.engine import Engine, unquote
from mandate_graph.parse.themes import split_heading
from mandate_graph.spilled import in_order
from mandate_graph.tables.described import csv_lines, find_table

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
_THEMES = f"""{_PREFIXES}
SELECT ?page ?level ?label WHERE {{
  {{ ?page dcterms:subject/skos:prefLabel ?label . BIND ( "own" AS ?level ) }}
  UNION
  {{ ?page dcterms:subject/skos:broader/skos:prefLabel ?label . BIND ( "broader" AS ?level ) }}
  ?capture prov:specializationOf ?page .
}}"""
_HEADINGS = f"{_PREFIXES} SELECT ?capture ?heading WHERE {{ ?capture mg:heading ?heading }}"


def occurrences(engine: Engine) -> Iterator[str]:
    """One row a listing, in the order of pages and of listings on them, as lines of CSV.

    ``page`` is the page's stem; ``n`` and ``line`` count from 1; ``label`` is the bare official number or letter;
    ``citation``, ``section`` and ``text`` stand as printed, but for line breaks; what a page does not say is empty.
    Memory: the headings of the captures.
    """
    headings = {row[0]: _text(row[1]) for row in engine.table(_HEADINGS)[1]}
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for page, level, label in sorted(engine.table(_THEMES)[1]):
        _, words, code, _ = unquote(label)
        labels.setdefault((page, _text(level)), {})[code] = words
    columns = [column.name for column in find_table("occurrences").columns]

    def placed() -> Iterator[tuple[str, list[str]]]:
        names, found = engine.rows(find_table("occurrences").text)
        for terms in found:
            cell = dict(zip(names, terms, strict=True))
            language = unquote(cell["words"])[2].replace("und", "")
            theme, subtheme = _themes(
                labels.get((cell["page"], "broader"), {}),
                labels.get((cell["page"], "own"), {}),
                language,
                headings.get(cell["capture"], ""),
            )
            row = {
                "page": _last(cell["page"]),
                "n": _text(cell["n"]),
                "line": _text(cell["line"]),
                "marker": _text(cell["marker"]),
                "label": _bare(_text(cell["printed"])),
                "kind": _text(cell["kind"]),
                "theme": theme,
                "subtheme": subtheme,
                "language": language,
                # What another page says of the same mandate is not what this page says.
                "document": _last(cell["document"]) if cell["attribution"] else "",
                "section": _text(cell["section"]),
                "citation": _text(cell["citation"]),
                "attribution": _text(cell["attribution"]),
                "mandate": unquote(cell["mandate"])[1],
                "text": re.sub(r"\s*[\r\n]+\s*", " ", _text(cell["text"])),
            }
            yield _key(row["page"], cell["capture"], int(row["n"])), [row[name] for name in columns]

    return csv_lines(columns, (row for _, row in _sorted(placed())))


def _key(*parts: str | int) -> str:
    """What sorts as its parts do: texts without a null character, whole numbers from 0."""
    return "\0".join(part if isinstance(part, str) else f"{part:012}" for part in parts)


def _sorted(rows: Iterable[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, list[str]]]:
    """Rows in the order of their keys, however many there are."""
    lines = (f"{key}\0{json.dumps(row, ensure_ascii=False)}\n".encode() for key, row in rows)
    for line in in_order(lines):
        key, _, row = line.decode().rpartition("\0")
        yield key, json.loads(row)


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


def mentions(engine: Engine) -> Iterator[str]:
    """One row a thing that some words name, or seem to name, by mandate and place, as lines of CSV.

    ``start`` and ``end`` are code points of the mandate's text, end-exclusive; ``capture_start`` is where the quote
    begins in the first capture that prints it. ``target`` is empty where nothing was chosen; ``relation`` is
    ``eli:refers_to`` where no cue tells more. Memory: the labels of what is named.
    """
    labels: dict[str, dict[str, str]] = {}
    for target, label in engine.table(_LABELS)[1]:
        _, words, code, _ = unquote(label)
        labels.setdefault(target, {})[code] = words
    columns = [column.name for column in find_table("mentions").columns]

    def placed() -> Iterator[tuple[str, list[str]]]:
        names, found = engine.rows(find_table("mentions").text)
        for terms in found:
            cell = dict(zip(names, terms, strict=True))
            row = {name: _text(cell[name]) for name in names}
            start, end, capture_start = (int(row[name]) for name in ("start", "end", "capture_start"))
            of = labels.get(cell["target"], {}) if cell["target"] else {}
            row["target_label"] = of.get("en") or next(iter(sorted(of.values())), "")
            row["relation"] = _curie(row["relation"]) or ("" if row["outcome"] == "unresolved" else "eli:refers_to")
            row |= {"start": str(start), "end": str(end), "capture_start": str(capture_start)}
            thing = _key(row["mandate"], start, end, row["target"], cell["mention"])
            yield f"{thing}\0{_key(row['capture'], capture_start)}", [thing, *(row[name] for name in columns)]

    # the first place of each
    groups = groupby(_sorted(placed()), lambda each: each[1][0])
    return csv_lines(columns, (next(rows)[1][1:] for _, rows in groups))


def _curie(iri: str) -> str:
    for namespace, prefix in _CURIES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri
