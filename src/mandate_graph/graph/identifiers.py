"""The identifiers that a graph gives, and those that an earlier one gave and this one lacks.

What people cite is for ever: pages, mandates, documents, concepts. Mentions, selections and claims are the evidence of
rules; a better rule replaces them, therefore they are not counted here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["is_for_ever", "known_identifiers", "vanished"]

_EVIDENCE = ("id/mention/", "id/selection/", "id/claim/", "id/mapping/", "id/agent/")


def known_identifiers(table: Path) -> list[str]:
    """The table of a house: one identifier a line; none when there is no table."""
    return table.read_text(encoding="utf-8").split() if table.is_file() else []


def is_for_ever(name: str) -> bool:
    """Whether an identifier, without the base, is one that people cite."""
    return name.startswith("id/") and not name.startswith(_EVIDENCE) and "#" not in name


def vanished(table: Path, base: str, is_there: Callable[[str], bool]) -> list[str]:
    """Identifiers of the table that the graph gives no longer; ``is_there`` tells whether it describes an IRI."""
    known = sorted(set(known_identifiers(table)))
    return [name for name in known if not (is_for_ever(name) and is_there(f"{base}{name}"))]
