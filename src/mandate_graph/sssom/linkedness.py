"""How well things are linked: for every kind and target what holds, what is open, and what was refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.authorities import Authorities
from mandate_graph.sssom.records import MappingSet, TermMapping
from mandate_graph.sssom.relations import LINKED, RELATIONS

__all__ = ["Linkedness", "Links", "counted_links"]


@dataclass(frozen=True, slots=True)
class Links:
    """The link sets of a house: those that are published, and those that wait for a decision."""

    sets: tuple[MappingSet, ...] = ()
    waiting: tuple[MappingSet, ...] = ()


@dataclass(frozen=True, slots=True)
class Linkedness:
    """One kind of thing and one target vocabulary.

    ``things`` is how many things of the kind there are, ``linked`` how many of them have a link that holds, and
    ``relations`` how many links there are, by relation (CURIEs, only those that occur). ``reviewed`` counts the links
    that a reviewer signed. ``not_found`` are things for which somebody looked and found none, ``rejected`` pairs that
    were refused, ``open`` pairs that wait for a decision.
    """

    kind: str
    target: str
    things: int
    linked: int
    relations: Mapping[str, int]
    reviewed: int
    not_found: int
    rejected: int
    open: int

    def figures(self) -> Iterator[tuple[str, int]]:
        """Every figure with the key of what it measures."""
        yield "things", self.things
        yield "linked", self.linked
        for relation in RELATIONS:
            yield relation.partition(":")[2], self.relations.get(relation, 0)
        for key in ("reviewed", "not_found", "rejected", "open"):
            yield key.replace("_", "-"), getattr(self, key)


def counted_links(links: Links, authorities: Authorities) -> tuple[Linkedness, ...]:
    """Count; one record a kind and target that any row speaks of, in the order of their names."""
    things = {kind: len(authorities[table]) for kind, table in LINKED.items()}
    rows = _by_kind_and_target(links.sets)
    asked = _by_kind_and_target(links.waiting)
    return tuple(_count(*key, things, rows[key], asked[key]) for key in sorted({*rows, *asked}) if key[0] in things)


def _by_kind_and_target(sets: Iterable[MappingSet]) -> dict[tuple[str, str], list[TermMapping]]:
    found: dict[tuple[str, str], list[TermMapping]] = defaultdict(list)
    for each in sets:
        for row in each.mappings:
            found[row.subject.partition("/")[0], each.target].append(row)
    return found


def _count(
    kind: str, target: str, things: Mapping[str, int], rows: Sequence[TermMapping], asked: Sequence[TermMapping]
) -> Linkedness:
    holding = [row for row in rows if row.asserted]
    decided = {row.pair for row in rows}
    return Linkedness(
        kind,
        target,
        things[kind],
        len({row.subject for row in holding}),
        Counter(row.predicate for row in holding),
        sum(row.reviewed for row in holding),
        len({row.subject for row in rows if row.not_found}),
        len({row.pair for row in rows if row.rejected}),
        len({row.pair for row in asked} - decided),
    )
