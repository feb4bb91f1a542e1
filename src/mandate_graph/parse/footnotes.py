"""What a note under a listing is, and which state speaks in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.cite.automaton import Automaton, fold
from mandate_graph.model import Footnote

__all__ = ["Footnotes"]


class Footnotes:
    """The cues that tell a note's kind, and the names of the states."""

    def __init__(self, authorities: Authorities) -> None:
        self._cues: Sequence[tuple[re.Pattern[str], str]] = [
            (re.compile(rf"\b{re.escape(fold(row['cue']))}\b"), row["kind"]) for row in authorities.words["footnotes"]
        ]
        names = {
            name: key
            for key, country in authorities["countries"].items()
            for name in (
                *country.labels.values(),
                *(name for group in (country.alts, country.hiddens) for several in group.values() for name in several),
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
        return replace(note, kind=kind, country=found[0][2] if found else "")
