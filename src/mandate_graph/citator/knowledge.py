"""What the tables know beside names: whose a thing is, of which years, and the numbers that lead to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Self

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.authorities.cells import KINDS
from mandate_graph.citator.coordination import Coordination
from mandate_graph.citator.names import Lexicon
from mandate_graph.citator.registry import Registry

__all__ = ["Knowledge"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """By thing: the bodies that it belongs to, the years beside its name, and the words its names are built around."""

    lexicon: Lexicon
    registry: Registry
    coordination: Coordination
    owners: dict[str, frozenset[str]]
    years: dict[str, frozenset[str]]
    targets: frozenset[str]
    heads_of: dict[str, frozenset[str]]

    @classmethod
    def of(cls, authorities: Authorities) -> Self:
        """Compile the tables."""
        lexicon = Lexicon.of(authorities)
        targets = (f"{kind}/{key}" for table, kind in KINDS.items() if kind != "topic" for key in authorities[table])
        return cls(
            lexicon,
            Registry(authorities),
            Coordination(lexicon, lexicon.heads),
            _owners(authorities),
            _years(authorities),
            frozenset(targets),
            _heads_of(lexicon),
        )


def _years(authorities: Authorities) -> dict[str, frozenset[str]]:
    years: dict[str, frozenset[str]] = {}
    for key, instrument in authorities["instruments"].items():
        checked = {instrument.cells["date"][:4], *split_cell(instrument.cells["years"])}
        own = {*checked, *split_cell(instrument.cells.get("unchecked_years", ""))} - {""}
        years[f"instrument/{key}"] = frozenset(own)
    for key, summit in authorities["summits"].items():
        years[f"summit/{key}"] = frozenset({summit.cells["start"][:4]})
    for key, document in authorities["documents"].items():
        years[f"document/{key}"] = years[f"summit/{document.cells['summit']}"]
    return years


def _owners(authorities: Authorities) -> dict[str, frozenset[str]]:
    """By thing, its creator or parent, and theirs."""
    bodies = authorities["bodies"]
    owners: dict[str, frozenset[str]] = {}
    for table, kind, column in (("instruments", "instrument", "creator"), ("bodies", "body", "parent")):
        for key, entity in authorities[table].items():
            above: list[str] = []
            body = entity.cells[column]
            while body and f"body/{body}" not in above:
                above.append(f"body/{body}")
                body = bodies[body].cells["parent"]
            owners[f"{kind}/{key}"] = frozenset(above)
    return owners


def _heads_of(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """By thing, the head of each of its names: the first one, for "Protocol … supplementing the Convention …"."""
    found: dict[str, set[str]] = defaultdict(set)
    for keys, names in lexicon.groups.items():
        first = next((key for key in keys if key in lexicon.heads), None)
        for name in names if first else ():
            if len(name.targets) == 1 and not name.requires:
                found[name.targets[0]].add(first or "")
    return {target: frozenset(heads) for target, heads in found.items()}
