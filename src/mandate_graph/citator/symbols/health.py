"""Resolutions of the World Health Organization (``WHA58.3``, ``EB130.R7``) and of PAHO (``CD53.R14``, ``CSP29.R2``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mandate_graph.citator.symbols.symbol import Symbol
from mandate_graph.model import Span

__all__ = ["health_symbols"]

_HEALTH = re.compile(
    r"(?<![\w/])(?P<organ>WHA|EB|CD|CSP)(?P<meeting>\d{1,3})\.(?P<act>R?)(?P<number>\d{1,3})(?![\w/]|\.\d)"
)


def health_symbols(text: str) -> Iterator[Symbol]:
    """Organ, number of its meeting, number of the resolution; all but those of the Assembly have an R."""
    for match in _HEALTH.finditer(text):
        organ, meeting = match["organ"], match["meeting"]
        if (organ == "WHA") == bool(match["act"]):
            continue
        yield Symbol(Span(*match.span()), "health", match.group(), organ, match["number"], meeting)
