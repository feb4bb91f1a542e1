"""Titles and names as words that can be compared: without case, accents, punctuation, and what only joins them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.iris import text_key
from mandate_graph.model import Entity

__all__ = ["Wording", "Words", "contains"]

Words: TypeAlias = tuple[str, ...]

# One word as ``text_key`` sees it: a hyphen between letters joins, and accents may be characters of their own.
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+(?:(?<=[^\W\d_])[-\u00ad\u2010\u2011](?=[^\W\d_])[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Wording:
    """``joining`` are the words that say nothing between title and place ("Plan of Action of Santiago")."""

    joining: frozenset[str]

    @classmethod
    def of(cls, authorities: Authorities) -> Wording:
        """Take the joining words from the table ``small-words``."""
        rows = authorities.words["small-words"]
        return cls(frozenset(text_key(row["word"]) for row in rows if row["joins"]))

    def words(self, text: str) -> Words:
        """The words of a title."""
        return tuple(word for word in text_key(text).split() if word not in self.joining)

    def placed(self, content: str) -> list[tuple[int, str]]:
        """The words of a text as it is printed, with the places where they begin."""
        found = ((match.start(), text_key(match.group())) for match in _WORD.finditer(content))
        return [(place, word) for place, word in found if word not in self.joining]

    def printed(self, content: str) -> Words:
        """The words of a text as it is printed."""
        return tuple(word for _, word in self.placed(content))

    def names(self, entity: Entity) -> set[Words]:
        """Labels and other names of a thing."""
        return {self.words(name) for name in (*entity.labels.values(), *itertools.chain(*entity.alts.values()))}

    def short_names(self, summit: Entity) -> set[Words]:
        """The places by which a Summit goes."""
        cells = (cell for column, cell in summit.cells.items() if column.startswith("short_"))
        return {self.words(name) for cell in cells for name in split_cell(cell)}

    def titles(self, document: Entity, authorities: Authorities) -> dict[str, tuple[set[Words], set[Words]]]:
        """By language, the words of a document's titles (labels and other names), and those of its kind."""
        titles: dict[str, tuple[set[Words], set[Words]]] = {}
        for language, label in document.labels.items():
            titles.setdefault(language, (set(), set()))[0].add(self.words(label))
        for language, alts in document.alts.items():
            titles.setdefault(language, (set(), set()))[0].update(map(self.words, alts))
        for language, label in authorities.kind_labels("document", document.cells["kind"]).items():
            titles.setdefault(language, (set(), set()))[1].add(self.words(label))
        return titles

    def sections(self, sections: Iterable[Entity]) -> dict[Words, str]:
        """Section labels to their keys."""
        return {self.words(label): section.key for section in sections for label in section.labels.values()}


def contains(words: Words, part: Words) -> bool:
    """Whether the words of one stand together in the other; no words stand nowhere."""
    return bool(part) and any(words[place : place + len(part)] == part for place in range(len(words) - len(part) + 1))
