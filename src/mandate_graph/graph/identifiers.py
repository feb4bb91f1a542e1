"""The identifiers that a graph gives, and those that an earlier one gave and this one lacks.

What people cite is for ever: pages, mandates, documents, concepts. Mentions, selections and claims are the evidence of
rules; a better rule replaces them, therefore they are not counted here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mandate_graph.engine import Quad, unquote

__all__ = ["identifiers", "known_identifiers", "vanished"]

_EVIDENCE = ("id/mention/", "id/selection/", "id/claim/", "id/mapping/", "id/agent/")


def identifiers(quads: Iterable[Quad], base: str) -> list[str]:
    """What the graph describes below the base, without the base, in order."""
    subjects = {unquote(subject)[1] for subject in {quad[0] for quad in quads}}
    local = (subject.removeprefix(base) for subject in subjects if subject.startswith(f"{base}id/"))
    return sorted(name for name in local if not name.startswith(_EVIDENCE) and "#" not in name)


def known_identifiers(table: Path) -> list[str]:
    """The table of a house: one identifier a line; none when there is no table."""
    return table.read_text(encoding="utf-8").split() if table.is_file() else []


def vanished(quads: Iterable[Quad], base: str, table: Path) -> list[str]:
    """Identifiers of the table that the graph gives no longer."""
    return sorted(set(known_identifiers(table)) - set(identifiers(quads, base)))
