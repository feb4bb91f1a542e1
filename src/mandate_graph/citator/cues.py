"""How a thing is named: the words before (or behind) it that say why.

The table ``cues`` gives words, the relation that they tell (a CiTO property, or one of ours), and how far they reach:
``near`` cues (prepositions, "adopt") are followed by the name itself, ``clause`` cues (verbs) govern the rest of the
clause. The nearest one wins.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from mandate_graph.authorities import Authorities, Row
from mandate_graph.citator.automaton import Phrases, fold
from mandate_graph.model import Span

__all__ = ["Cues"]

_FARTHEST = 120
_NEAR_WORDS = 4
_CLAUSE_END = re.compile(r"[.;:!?](?:\s|$)")
_BEHIND = 24
_DENIAL = 60
_LONGEST_CUE = 60
_MOST_LISTED = 40
# "with organizations, such as the IOM"
_EXAMPLES = re.compile(r"\b(?:such as|including|in particular|tales como|incluid[ao]s?|en particular)\b")
# "has not ratified", "Following the adoption of": the cue says the opposite, or that it has happened.
_DENIED = re.compile(
    r"(?:\b(?:not|no|never|nor|neither|without|cannot|nunca|jamas|tampoco|ni|sin)\b(?:\s+\w+){0,3}"
    r"|\b(?:following|since|after|upon|tras|desde|luego de)(?:\s+(?:the|la|el))?)\s+\Z"
)


@dataclass(frozen=True, slots=True)
class _Cue:
    span: Span
    relation: str
    reach: str
    kinds: frozenset[str]


class Cues:
    """The cues of one language (or, without one, of all)."""

    def __init__(self, authorities: Authorities, language: str) -> None:
        rows = [row for row in authorities.words["cues"] if language in {"", row["language"]}]
        self._rows = [contracted for row in rows for contracted in _contracted(row)]
        self._automaton = Phrases([row["cue"] for row in self._rows])

    def relations(self, text: str, mentions: Sequence[tuple[Span, str]]) -> list[tuple[str, Span | None]]:
        """The relation of each mention (span and kind, in order) and the words that tell it; "" where none does."""
        folded = fold(text)
        cues = [self._cue(row, span, folded) for span, row in self._found(folded)]
        # Words inside a name are no cue: "Declaration in Support of …".
        starts = [span.start for span, _ in mentions]
        cues = [cue for cue in cues if not self._inside(cue.span.start, starts, mentions)]
        places = [cue.span.start for cue in cues]
        # The stops inside names ("AG/RES. 2141") end no clause.
        masked = list(text)
        for span, _ in mentions:
            masked[span.start : span.end] = "x" * (span.end - span.start)
        text = "".join(masked)
        told: list[tuple[str, Span | None]] = []
        for place, (span, kind) in enumerate(mentions):
            first = bisect.bisect_left(places, span.start - _FARTHEST - _LONGEST_CUE)
            last = bisect.bisect_right(places, span.end + _BEHIND)
            before = list(zip(mentions[max(0, place - _MOST_LISTED) : place], told[-_MOST_LISTED:], strict=True))
            told.append(self._of(text, span, kind, cues[first:last], before))
        return told

    @staticmethod
    def _inside(start: int, starts: Sequence[int], mentions: Sequence[tuple[Span, str]]) -> bool:
        place = bisect.bisect_right(starts, start) - 1
        return place >= 0 and start < mentions[place][0].end

    def _found(self, folded: str) -> list[tuple[Span, Row]]:
        """The cues of a text from left to right, the longest where several begin or one stands in another."""
        found: list[tuple[Span, Row]] = []
        ordered = sorted(self._automaton.find(folded), key=lambda each: (each[0].start, -each[0].end, each[1]))
        for span, place in ordered:
            if not found or span.start >= found[-1][0].end:
                found.append((span, self._rows[place]))
        return found

    @staticmethod
    def _cue(row: Row, span: Span, folded: str) -> _Cue:
        denied = _DENIED.search(folded, max(0, span.start - _DENIAL), span.start)
        return _Cue(span, "" if denied else row["relation"], row["reach"], _kinds(row["kinds"]))

    def _of(
        self,
        text: str,
        span: Span,
        kind: str,
        cues: Sequence[_Cue],
        before: Sequence[tuple[tuple[Span, str], tuple[str, Span | None]]],
    ) -> tuple[str, Span | None]:
        best: _Cue | None = None
        for cue in cues:
            if kind not in cue.kinds:
                continue
            if cue.reach == "behind":
                if 0 <= cue.span.start - span.end <= _BEHIND and not _CLAUSE_END.search(text, span.end, cue.span.start):
                    return (cue.relation, cue.span) if cue.relation else ("", None)
                continue
            gap = span.start - cue.span.end
            if not 0 <= gap <= _FARTHEST or _CLAUSE_END.search(text, cue.span.end, span.start):
                continue
            if cue.reach == "near" and not self._is_near(text, cue, span, before):
                continue
            best = cue
        return (best.relation, best.span) if best and best.relation else ("", None)

    @staticmethod
    def _is_near(
        text: str,
        cue: _Cue,
        span: Span,
        before: Sequence[tuple[tuple[Span, str], tuple[str, Span | None]]],
    ) -> bool:
        """Few words stand between, but for what the same cue introduces too ("under the Charter and the Pact")."""
        start = cue.span.end
        for (other, _), (_, told) in before:
            if told == cue.span:
                start = max(start, other.end)
        between = _EXAMPLES.split(text[start : span.start])[-1]
        return len(re.findall(r"\w+", between)) <= _NEAR_WORDS


@cache
def _kinds(kinds: str) -> frozenset[str]:
    return frozenset(kinds.split())


def _contracted(row: Row) -> Iterator[Row]:
    """A cue, and in Spanish its contraction with the article: "firma de" and "firma del"."""
    yield row
    if row["language"] == "es" and row["cue"].endswith((" de", " a")):
        yield {**row, "cue": f"{row['cue']}l"}
