"""Functions that layouts may call on values (`{{ value|name }}`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mandate_graph.publish.captured import accounted, capture_events
from mandate_graph.publish.citing import bibtex, shortened
from mandate_graph.publish.gathered import by_summit, context, counted, gathered, tree, verbs
from mandate_graph.publish.marking import found, line_of, pieces, window
from mandate_graph.publish.markup import exact
from mandate_graph.publish.outline import Item, Outline
from mandate_graph.publish.rows import Cell, Row
from mandate_graph.resolve.similar import word_changes

__all__ = ["FILTERS"]

_OUTWARD = re.compile(r"[/#](sameAs|seeAlso|url|\w+Match)\Z")


def _by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows by the value of a column."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[column], []).append(row)
    return grouped


def _worded(item: Item, texts: Mapping[str, list[Row]], language: str) -> list[tuple[str, Cell]]:
    """The mandates of a paragraph with their texts, that in the reader's language first."""
    pairs = [(mandate, row["words"]) for mandate in item.mandates for row in texts.get(mandate, [])[:1]]
    return sorted(pairs, key=lambda pair: pair[1].language != language)


def _has(item: Item, rows: Mapping[str, list[Row]], column: str) -> list[Cell]:
    """The values of a column for the mandates of a paragraph, each once."""
    return list(dict.fromkeys(row[column] for mandate in item.mandates for row in rows.get(mandate, [])))


def _counted(place: str, outline: Outline) -> int:
    """How many paragraphs a document has."""
    return outline.count(place)


def _trimmed(share: float) -> str:
    """A number without decimals that say nothing."""
    return f"{share:.1f}".removesuffix(".0")


def _outward(facts: Mapping[str, Iterable[Cell]], base: str) -> list[tuple[str, Cell]]:
    """The links of a thing that lead away from the site."""
    return [
        (name, value)
        for name, values in facts.items()
        for value in values
        if _OUTWARD.search(name) and value.is_iri and not value.startswith(base)
    ]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "bibtex": bibtex,
    "by": _by,
    "changes": word_changes,
    "paragraphs_of": _counted,
    "found": found,
    "has": _has,
    "line_of": line_of,
    "outward": _outward,
    "pieces": pieces,
    "shortened": shortened,
    "trimmed": _trimmed,
    "window": window,
    "worded": _worded,
    "accounted": accounted,
    "by_summit": by_summit,
    "capture_events": capture_events,
    "context": context,
    "counted": counted,
    "exact": exact,
    "gathered": gathered,
    "tree": tree,
    "verbs": verbs,
}
