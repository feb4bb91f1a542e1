"""What a note under a listing is, and which state speaks in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.citator.automaton import Automaton, fold
from mandate_graph.model import Footnote

__all__ = ["Footnotes"]

_NUMBER = re.compile(r"\d{1,3}(?:-[A-Z]\b)?")
_LIST = r"\d{1,3}(?:-[A-Z]\b)?(?:(?:,|\s+\w{1,3})?\s+\d{1,3}(?:-[A-Z]\b)?(?!\d))*"


class Footnotes:
    """The cues that tell a note's kind, the names of the states, and the words before the numbers of paragraphs."""

    def __init__(self, authorities: Authorities) -> None:
        self._cues: Sequence[tuple[re.Pattern[str], str]] = [
            (re.compile(rf"\b{re.escape(fold(row['cue']))}\b"), row["kind"]) for row in authorities.words["footnotes"]
        ]
        words = "|".join(
            re.escape(row["text"]) for row in authorities.words["page-words"] if row["role"] == "paragraph-word"
        )
        # "paragraph 15", "paragraphs 6-A, 7 and 12": numbers with at most one word between them.
        self._paragraphs = re.compile(rf"\b(?:{words or '(?!)'})\s+(?P<numbers>{_LIST})", re.IGNORECASE)
        names = {
            name: key
            for key, country in authorities["countries"].items()
            for name in (
                *country.names(),
                *(
                    name
                    for column, cell in country.cells.items()
                    if column.startswith("demonym_")
                    for name in split_cell(cell)
                ),
            )
        }
        self._countries = [names[name] for name in sorted(names)]
        self._automaton = Automaton(sorted(names))

    def understand(self, note: Footnote) -> Footnote:
        """Say the kind by the first cue of the table that the note holds, and the state that is named first."""
        text = fold(note.text)
        kind = next((kind for cue, kind in self._cues if cue.search(text)), note.kind)
        found = sorted(
            (span.start, -span.end, self._countries[place]) for span, place in self._automaton.find(note.text)
        )
        paragraphs = tuple(
            number for phrase in self._paragraphs.finditer(note.text) for number in _NUMBER.findall(phrase["numbers"])
        )
        return replace(note, kind=kind, country=found[0][2] if found else "", paragraphs=paragraphs)
