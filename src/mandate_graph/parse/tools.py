"""What every form's reader needs: the tables, compiled once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from mandate_graph.authorities import Authorities
from mandate_graph.citator.citations import Citations
from mandate_graph.citator.titles import Titles
from mandate_graph.model import Capture, Listing, Piece, Problem
from mandate_graph.parse.lines import PageWords
from mandate_graph.parse.themes import Themes

__all__ = ["FormReader", "Layout", "Tools"]


@dataclass(slots=True)
class Layout:
    """What a page holds: its listings in order, every stretch that was understood, and what a person should look at."""

    heading: str = ""
    listings: list[Listing] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tools:
    """The words of pages, the citations, the titles and the themes."""

    words: PageWords
    citations: Citations
    titles: Titles
    themes: Themes

    @classmethod
    def of(cls, authorities: Authorities) -> Tools:
        """Compile them from the tables."""
        citations = Citations(authorities)
        return cls(
            PageWords.from_rows(authorities.words["page-words"]),
            citations,
            Titles(authorities, citations),
            Themes(authorities["themes"]),
        )


FormReader: TypeAlias = Callable[[Capture, Tools], Layout]
