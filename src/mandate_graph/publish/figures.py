"""What the pictures show, counted once for the drawings (``data/pictures.json``) and for the tables of the page.

What is counted is a paragraph: once however many pages print it and in however many languages (``paragraphs``). A theme
counts with everything below it, as the search does, because each number leads to the search.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine
from mandate_graph.publish.finding import Things, about
from mandate_graph.publish.paragraphs import Mandate, adopted, broader, dates, read_mandates
from mandate_graph.publish.site import File, Site

__all__ = ["picture_data", "picture_files", "shade"]

FILE = "data/pictures.json"
NONE = "-"
"""The column of paragraphs whose Summit no page says and no rule finds; the search has the same word for them."""

MOST_DRAWN = 40
"""Instruments and bodies that are drawn, the most named first: more names are not legible. The tables have all."""

_NAMED = ("instrument", "body")
_SHADES = 7

Pair = tuple[str, str]


class _Counts(NamedTuple):
    """Paragraphs by theme and Summit, by theme alone, by thing named and Summit, and by two things named together."""

    cells: Mapping[Pair, set[str]]
    themes: Mapping[str, set[str]]
    named: Mapping[Pair, set[str]]
    together: Mapping[Pair, set[str]]


def picture_data(site: Site, graph: Graph) -> dict[str, Any]:
    """For the layouts: ``summits`` and ``themes`` (rows of the heat map), ``cells`` by both, ``named``, ``together``.

    * ``summits``: ``{iri, year, key}``, oldest first; the last has no IRI where some paragraphs have no Summit.
    * ``themes``: ``{iri, key, depth, total}``, each before those below it.
    * ``cells``: by IRI of theme, by ``key`` of Summit, ``{n, shade}``.
    * ``named``: ``{iri, kind, total, first, by}``, the most named first; ``by`` counts by ``key`` of Summit.
    * ``together``: ``{one, other, n}``, the most frequent first.
    """
    engine = graph.engine()
    mandates = read_mandates(engine)
    things = Things(site, engine, mandates)
    counts = _count(engine, site, mandates, things)
    summits = _summits(site, engine, counts)
    return {
        "summits": summits,
        "themes": _themes(site, engine, counts, things),
        "cells": _cells(site, counts),
        "named": _named(site, counts, things, summits),
        "together": _together(counts),
        "drawn": MOST_DRAWN,
    }


def picture_files(site: Site, graph: Graph, data: Mapping[str, Any]) -> Iterator[File]:
    """``data/pictures.json``: what ``picture_data`` gave, and the names of the things in it, by language."""
    yield File(FILE, _pieces(site, graph.engine(), data))


def shade(number: int, most: int) -> int:
    """Which of the eight shades a number gets: none for nothing, and the square root, so that small ones differ."""
    return 0 if number <= 0 else min(_SHADES, 1 + int((_SHADES - 1) * (number / most) ** 0.5))


def _pieces(site: Site, engine: Engine, data: Mapping[str, Any]) -> Iterator[bytes]:
    used = {row["iri"] for part in ("summits", "themes", "named") for row in data[part]}
    names = {iri: found for iri, found in Things(site, engine, ()).names().items() if iri in used}
    text = json.dumps(
        {**data, "names": names, "about": about(site, engine)}, ensure_ascii=False, sort_keys=True, indent=1
    )
    yield text.encode() + b"\n"


def _count(engine: Engine, site: Site, mandates: Iterable[Mandate], things: Things) -> _Counts:
    documents, above = adopted(engine), _above(broader(engine, site.base))
    counts = _Counts({}, {}, {}, {})
    named: dict[str, set[str]] = {}
    for mandate in mandates:
        paragraph, summit = mandate.paragraph, documents.get(mandate.document, (NONE, ""))[0]
        for theme in {over for each in mandate.facts.get("themes", ()) for over in above(each)}:
            _put(counts.cells, (theme, summit), paragraph)
            _put(counts.themes, theme, paragraph)
        for thing in mandate.facts.get("names", ()):
            if things.kind(thing) in _NAMED:
                _put(counts.named, (thing, summit), paragraph)
                named.setdefault(paragraph, set()).add(thing)
    for paragraph, found in named.items():
        for pair in combinations(sorted(found), 2):
            _put(counts.together, pair, paragraph)
    return counts


def _put(counts: Any, key: Any, paragraph: str) -> None:
    counts.setdefault(key, set()).add(paragraph)


def _above(pairs: Iterable[Pair]) -> Any:
    """A function from a theme to itself and everything above it."""
    parents: dict[str, list[str]] = {}
    for one, other in pairs:
        parents.setdefault(one, []).append(other)

    def line(theme: str) -> set[str]:
        found, left = set(), [theme]
        while left:
            each = left.pop()
            if each not in found:
                found.add(each)
                left.extend(parents.get(each, ()))
        return found

    return line


def _summits(site: Site, engine: Engine, counts: _Counts) -> list[dict[str, str]]:
    used = {summit for _, summit in (*counts.cells, *counts.named)}
    found = [
        {"iri": iri, "key": _key(site, iri), "year": date[:4], "date": date}
        for iri, date in sorted(dates(engine).items(), key=lambda row: (row[1], row[0]))
        if iri in used
    ]
    return [*found, *([{"iri": "", "key": NONE, "year": "", "date": ""}] if NONE in used else [])]


def _key(site: Site, iri: str) -> str:
    """What a thing is called in the address of the search: its IRI without base and kind."""
    return iri.removeprefix(site.base).removeprefix("id/").partition("/")[2] if iri != NONE else NONE


def _themes(site: Site, engine: Engine, counts: _Counts, things: Things) -> list[dict[str, Any]]:
    names = things.names()
    first = site.languages[0]
    below: dict[str, list[str]] = {}
    for one, other in broader(engine, site.base):
        below.setdefault(other if other in counts.themes else "", []).append(one)
    under = {one for many in below.values() for one in many}
    below.setdefault("", []).extend(theme for theme in counts.themes if theme not in under)

    def order(iri: str) -> tuple[str, str]:
        known = names.get(iri, {})
        return (known.get(first) or min(known.values(), default="")).casefold(), iri

    found: list[dict[str, Any]] = []
    left = [(theme, 0) for theme in sorted(set(below[""]), key=order, reverse=True)]
    seen: set[str] = set()
    while left:
        theme, depth = left.pop()
        if theme in seen or theme not in counts.themes:
            continue
        seen.add(theme)
        found.append({"iri": theme, "key": _key(site, theme), "depth": depth, "total": len(counts.themes[theme])})
        left.extend((each, depth + 1) for each in sorted(below.get(theme, ()), key=order, reverse=True))
    return found


def _cells(site: Site, counts: _Counts) -> dict[str, dict[str, dict[str, int]]]:
    most = max((len(found) for found in counts.cells.values()), default=1)
    cells: dict[str, dict[str, dict[str, int]]] = {}
    for (theme, summit), found in sorted(counts.cells.items()):
        cells.setdefault(theme, {})[_key(site, summit)] = {"n": len(found), "shade": shade(len(found), most)}
    return cells


def _named(site: Site, counts: _Counts, things: Things, summits: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    totals: dict[str, set[str]] = {}
    by: dict[str, Counter[str]] = {}
    years = {summit["key"]: summit["year"] for summit in summits}
    for (thing, summit), found in sorted(counts.named.items()):
        totals.setdefault(thing, set()).update(found)
        by.setdefault(thing, Counter())[_key(site, summit)] = len(found)
    return [
        {
            "iri": thing,
            "kind": things.kind(thing),
            "total": len(totals[thing]),
            "first": min((years[key] for key in by[thing] if years[key]), default=""),
            "by": dict(by[thing]),
        }
        for thing in sorted(totals, key=lambda each: (-len(totals[each]), each))
    ]


def _together(counts: _Counts) -> list[dict[str, Any]]:
    ranked = sorted(counts.together.items(), key=lambda row: (-len(row[1]), row[0]))
    return [{"one": one, "other": other, "n": len(found)} for (one, other), found in ranked]
