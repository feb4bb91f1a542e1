"""The service over a graph: everything that is needed for an answer, made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from mandate_graph.authorities import load_authorities
from mandate_graph.citator.knowledge import Knowledge
from mandate_graph.dataset import Graph, PathLike
from mandate_graph.house import choose_house
from mandate_graph.lookup.words import keys
from mandate_graph.reconcile.known import KINDS, PROPERTIES, Facts, read_facts
from mandate_graph.reconcile.matching import Matcher
from mandate_graph.reconcile.records import Asked, Candidate, Property, Thing
from mandate_graph.reconcile.things import read_things, spoken
from mandate_graph.reconcile.words import Reader

__all__ = ["Service"]


@dataclass(frozen=True, slots=True)
class Service:
    """A Reconciliation API 0.2 service, as functions; any number of threads may ask it at once.

    ``kinds`` are the types that the graph has things of, ``kinds_with`` those that have a property, ``forms`` the names
    of each thing in normal form.
    """

    facts: Facts
    things: Sequence[Thing]
    matcher: Matcher
    kinds: Sequence[str]
    kinds_with: Mapping[str, Sequence[str]]
    forms: Sequence[tuple[str, ...]]

    @classmethod
    def of(cls, graph: Graph, *, house: PathLike | None = None) -> Self:
        """Read a build. The tables of a house (default: the one you stand in) lend their words and unchecked names.

        Raises:
            MissingPath: when there is no such house.
            BadTable: when a table of it is damaged.
        """
        authorities = load_authorities(choose_house(house, needed=False).authorities)
        knowledge = Knowledge.of(authorities)
        reader = Reader.of(authorities, knowledge.lexicon)
        facts = read_facts(graph.answers(""), graph.base)
        things = read_things(facts, knowledge, authorities["places"])
        present = {thing.kind for thing in things}
        return cls(
            facts,
            things,
            Matcher(facts, things, reader),
            [kind for kind in KINDS if kind in present],
            {pid: _kinds(facts, things, known) for pid, known in PROPERTIES.items()},
            [_forms(thing) for thing in things],
        )

    def match(self, asked: Asked) -> list[Candidate]:
        """The candidates of a query, best first, at most as many as it asks for."""
        return self.matcher.candidates(asked)

    def thing(self, asked: str) -> Thing | None:
        """The thing of a key or an IRI."""
        place = self.matcher.by_key.get(asked.strip().strip("<>").removeprefix(f"{self.facts.base}id/"))
        return None if place is None else self.things[place]

    def label(self, thing: Thing, language: str = "") -> str:
        """What a thing is called in a language, else in English, else in any."""
        if thing.kind == "mandate":
            return thing.label
        return spoken(self.facts.walk(self.facts.term(thing.key), "label"), language)[0]


def _kinds(facts: Facts, things: Sequence[Thing], known: Property) -> list[str]:
    """The kinds of things that have a property in this graph."""
    return [
        kind
        for kind, several in groupby(things, lambda thing: thing.kind)
        if any(facts.values(facts.term(thing.key), known) for thing in several)
    ]


def _forms(thing: Thing) -> tuple[str, ...]:
    names = [name.text for name in thing.names if name.how in {"label", "other", "code"}]
    return tuple(dict.fromkeys(form for text in (*names, thing.key) for form in keys(text) if form))
