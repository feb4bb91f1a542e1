"""Tables for spreadsheets, read from a build."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping

from mandate_graph.engine import Engine, unquote

__all__ = ["TABLES"]

_COLUMNS = (
    "page", "n", "line", "marker", "label", "kind", "theme", "subtheme", "language", "document", "section",
    "citation", "attribution", "mandate", "text",
)  # fmt: skip

_PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_OCCURRENCES = f"""{_PREFIXES}
SELECT ?capture ?page ?n ?line ?marker ?printed ?kind ?section ?citation ?attribution ?mandate ?text ?words WHERE {{
  ?occurrence a mg:Occurrence ; mg:inCapture ?capture ; mg:order ?n ; mg:line ?line ; schema:text ?text ;
  mg:occurrenceOf ?expression . ?capture prov:specializationOf ?page .
  ?expression eli:realizes ?mandate ; schema:text ?words .
  ?mandate eli:type_subdivision/skos:notation ?kind .
  OPTIONAL {{ ?occurrence mg:marker ?marker }}
  OPTIONAL {{ ?occurrence mg:printedLabel ?printed }}
  OPTIONAL {{ ?occurrence mg:printedSection ?section }}
  OPTIONAL {{ ?occurrence mg:citation ?citation }}
  OPTIONAL {{ ?occurrence mg:attribution/skos:notation ?attribution }}
}}"""
_DOCUMENTS = f"""{_PREFIXES}
SELECT DISTINCT ?mandate ?document WHERE {{
  ?mandate a mg:Mandate ; eli:is_part_of/eli:is_part_of? ?document .
  ?document a mg:SummitDocument .
}}"""
_THEMES = f"""{_PREFIXES}
SELECT ?page ?label ?broader WHERE {{
  ?page dcterms:subject ?theme .
  ?capture prov:specializationOf ?page .
  ?theme skos:prefLabel ?label .
  OPTIONAL {{ ?theme skos:broader/skos:prefLabel ?broader }}
}}"""
_HEADINGS = f"{_PREFIXES} SELECT ?capture ?heading WHERE {{ ?capture mg:heading ?heading }}"


def occurrences(engine: Engine) -> str:
    """One row a listing, in the order of pages and of listings on them, as CSV (RFC 4180) with line feeds.

    ``page`` is the page's stem; ``n`` and ``line`` count from 1; ``label`` is the bare official number or letter;
    ``citation``, ``section`` and ``text`` stand as printed, but for line breaks; what a page does not say is empty.
    """
    documents = {row[0]: _last(row[1]) for row in engine.table(_DOCUMENTS)[1]}
    headings = {row[0]: _text(row[1]) for row in engine.table(_HEADINGS)[1]}
    labels: dict[str, list[tuple[str, str]]] = {}
    for page, label, broader in sorted(engine.table(_THEMES)[1]):
        labels.setdefault(page, []).append((label, broader))
    names, found = engine.table(_OCCURRENCES)
    rows = []
    for terms in found:
        cell = dict(zip(names, terms, strict=True))
        language = unquote(cell["words"])[2].replace("und", "")
        theme, subtheme = _themes(labels.get(cell["page"], []), language, headings.get(cell["capture"], ""))
        document = documents.get(cell["mandate"], "")
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
    writer = csv.DictWriter(out, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _themes(labels: list[tuple[str, str]], language: str, heading: str) -> tuple[str, str]:
    """Main theme and subtheme: labels in the page's language, else the page's own heading, else in English."""
    if not labels:
        return "", ""
    main, _, sub = (part.strip() for part in heading.partition(":"))
    wanted = [pair for pair in labels if all(unquote(term)[2] == language for term in pair if term)]
    if not wanted and main:
        return main, sub
    english = [pair for pair in labels if all(unquote(term)[2] == "en" for term in pair if term)]
    label, broader = (wanted or english or labels)[0]
    return (_text(broader), _text(label)) if broader else (_text(label), "")


def _text(term: str) -> str:
    return unquote(term)[1] if term else ""


def _last(iri: str) -> str:
    return _text(iri).rpartition("/")[2]


def _bare(printed: str) -> str:
    """The number or letter of a printed label: ``"Initiative 33"`` → ``"33"``, ``"f."`` → ``"f"``."""
    return printed.rsplit(maxsplit=1)[-1].rstrip(".:)") if printed else ""


TABLES: Mapping[str, Callable[[Engine], str]] = {"occurrences": occurrences}
"""Tables by name."""
