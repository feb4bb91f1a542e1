"""What a house holds beside pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.decided import load_corrections, load_decisions
from mandate_graph.house import House, HouseConfig
from mandate_graph.model import Correction, Decision
from mandate_graph.report.linked import links_data
from mandate_graph.sssom import Links, load_links

__all__ = ["Holdings"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Tables, settings, decisions, corrections and link sets, loaded."""

    home: House
    authorities: Authorities
    config: HouseConfig
    decisions: Sequence[Decision]
    corrections: Sequence[Correction]
    links: Links

    @classmethod
    def of(cls, home: House) -> Self:
        """Those of a house.

        Raises:
            BadTable: when a table or the settings are wrong.
            BadLinks: when a link set holds rows that may not be published.
        """
        authorities = load_authorities(home.authorities)
        return cls(
            home,
            authorities,
            home.config(),
            load_decisions(home.decisions),
            load_corrections(home.corrections, authorities),
            load_links(home.links, authorities),
        )

    @property
    def known(self) -> frozenset[str]:
        """The targets that tables know by a name."""
        return MentionFinder(self.authorities).targets

    def facts(self, lost: Sequence[str]) -> dict[str, Any]:
        """What a report says of a house; ``lost`` are identifiers that were published and are gone."""
        return {
            "base": self.config.base,
            "borrowed": self.home.borrowed(),
            "vanished": lost,
            "links": links_data(self.links, self.authorities),
        }
