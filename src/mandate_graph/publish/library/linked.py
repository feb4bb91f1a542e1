"""How well things are linked, as the build measured it, vocabulary by vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mandate_graph.engine import Engine
from mandate_graph.tables.described import ask, find_table

__all__ = ["RELATIONS", "Linked", "Vocabulary", "links_page"]

RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "sameAs", "seeAlso")
STATES = ("reviewed", "notFound", "rejected", "open")


class Linked(NamedTuple):
    """One kind of thing and one vocabulary: the figures by the names of the table ``linkedness``."""

    kind: str
    target: str
    figures: Mapping[str, int]

    @property
    def links(self) -> int:
        """How many links there are."""
        return sum(self.figures[name] for name in RELATIONS)


class Vocabulary(NamedTuple):
    """A vocabulary (the IRI of the target) with its rows."""

    target: str
    key: str
    rows: tuple[Linked, ...]

    @property
    def links(self) -> int:
        """How many links lead to it."""
        return sum(row.links for row in self.rows)

    def total(self, name: str) -> int:
        """The sum of a figure over all kinds."""
        return sum(row.figures[name] for row in self.rows)


def links_page(engine: Engine) -> dict[str, object]:
    """What the page needs: the rows, the vocabularies, the names of the figures, and the sums over all."""
    rows = [
        Linked(row["kind"], row["target"], {name: int(row[name]) for name in ("things", "linked", *RELATIONS, *STATES)})
        for row in ask(engine, find_table("linkedness"))
    ]
    targets = sorted({row.target for row in rows})
    vocabularies = [
        Vocabulary(target, target.rpartition("/")[2], tuple(row for row in rows if row.target == target))
        for target in targets
    ]
    return {
        "rows": rows,
        "vocabularies": sorted(vocabularies, key=lambda each: (-each.links, each.key)),
        "relations": [name for name in RELATIONS if any(row.figures[name] for row in rows)],
        "states": STATES,
        "links": sum(row.links for row in rows),
        "reviewed": sum(row.figures["reviewed"] for row in rows),
    }
