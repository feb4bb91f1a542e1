"""What people have decided already: accepted, rejected and missing links, as the published sets hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mandate_graph.link.terms import same_address
from mandate_graph.sssom import IDENTITY, MappingSet

__all__ = ["Known", "known"]


@dataclass(frozen=True, slots=True)
class Known:
    """Decisions, by our key and the other's address (`same_address`).

    ``exact`` and ``near`` are accepted, ``rejected`` are refused pairs; ``owners`` says whose an address is by an
    accepted identity (``iris`` does so by the IRI as it stands);
    ``missing`` are our things with the sets in which somebody looked for them in vain.
    """

    exact: frozenset[tuple[str, str]] = frozenset()
    near: frozenset[tuple[str, str]] = frozenset()
    rejected: frozenset[tuple[str, str]] = frozenset()
    missing: frozenset[tuple[str, str]] = frozenset()
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    iris: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def decided(self, subject: str, iri: str) -> bool:
        """Whether somebody has accepted or refused this pair, in whatever relation."""
        pair = subject, same_address(iri)
        return pair in self.exact or pair in self.near or pair in self.rejected

    def others(self, subject: str, iri: str) -> list[str]:
        """Things of the same kind that an accepted identity gives this term to."""
        kind = subject.partition("/")[0] + "/"
        owners = self.owners.get(same_address(iri), frozenset())
        return sorted(other for other in owners if other != subject and other.startswith(kind))

    def linked(self, subject: str) -> list[str]:
        """The addresses that our thing is the same as."""
        return sorted(address for key, address in self.exact if key == subject)


def known(sets: Iterable[MappingSet]) -> Known:
    """The decisions of published sets."""
    exact, near, rejected, missing = set(), set(), set(), set()
    owners: dict[str, set[str]] = {}
    iris: dict[str, set[str]] = {}
    for each in sets:
        for row in each.mappings:
            pair = row.subject, same_address(each.expand(row.object))
            if row.not_found:
                missing.add((row.subject, each.target))
            elif row.rejected:
                rejected.add(pair)
            elif row.predicate in IDENTITY:
                exact.add(pair)
                owners.setdefault(pair[1], set()).add(row.subject)
                iris.setdefault(each.expand(row.object), set()).add(row.subject)
            else:
                near.add(pair)
    return Known(
        frozenset(exact),
        frozenset(near),
        frozenset(rejected),
        frozenset(missing),
        {address: frozenset(keys) for address, keys in owners.items()},
        {iri: frozenset(keys) for iri, keys in iris.items()},
    )
