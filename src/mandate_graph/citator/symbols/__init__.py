"""Symbols of documents, read by their grammar: what one says of its body, session and year is known without a list.

A new family is one module with one function, and its rows in ``symbols.csv``, which say what its organs stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mandate_graph.citator.symbols.goals import goal_symbols
from mandate_graph.citator.symbols.health import health_symbols
from mandate_graph.citator.symbols.ilo import ilo_symbols
from mandate_graph.citator.symbols.oas import oas_symbols
from mandate_graph.citator.symbols.registries import registry_symbols
from mandate_graph.citator.symbols.symbol import Symbol
from mandate_graph.citator.symbols.un import un_symbols
from mandate_graph.model import Span

__all__ = ["Symbol", "symbols_in"]

_DIGIT = re.compile(r"\d")


def symbols_in(text: str) -> Iterator[Symbol]:
    """Every symbol of a text in its order, several for one list; what overlaps a longer one is not given."""
    if not _DIGIT.search(text):
        return
    last = Span(0, 0)
    found = (
        *oas_symbols(text),
        *un_symbols(text),
        *ilo_symbols(text),
        *registry_symbols(text),
        *health_symbols(text),
        *goal_symbols(text),
    )
    for symbol in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if symbol.span.start >= last.end or symbol.span == last:
            yield symbol
            last = symbol.span
