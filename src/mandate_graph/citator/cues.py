"""How a thing is named: the words before (or behind) it that say why.

The table ``cues`` gives words, the relation that they tell (a CiTO property, or one of ours), and how far they reach:
``near`` cues (prepositions, "adopt") are followed by the name itself, ``clause`` cues (verbs) govern the rest of the
clause. The nearest one wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mandate_graph.authorities import Authorities, Row
from mandate_graph.citator.automaton import fold
from mandate_graph.model import Span

__all__ = ["Cues"]

_FARTHEST = 120
_NEAR_WORDS = 4
_CLAUSE_END = re.compile(r"[.;:!?](?:\s|$)")
_BEHIND = 24
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
        self._rows = [row for row in authorities.words["cues"] if language in {"", row["language"]}]
        ordered = sorted(self._rows, key=lambda row: (-len(row["cue"]), row["cue"]))
        self._by_group = {f"c{number}": row for number, row in enumerate(ordered)}
        parts = [f"(?P<c{number}>{_pattern(row['cue'])})" for number, row in enumerate(ordered)]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)")

    def relations(self, text: str, mentions: Sequence[tuple[Span, str]]) -> list[tuple[str, Span | None]]:
        """The relation of each mention (span and kind, in order) and the words that tell it; "" where none does."""
        folded = fold(text)
        cues = [self._cue(match, folded) for match in self._pattern.finditer(folded)]
        # Words inside a name are no cue: "Declaration in Support of …".
        cues = [cue for cue in cues if not any(span.start <= cue.span.start < span.end for span, _ in mentions)]
        # The stops inside names ("AG/RES. 2141") end no clause.
        masked = list(text)
        for span, _ in mentions:
            masked[span.start : span.end] = "x" * (span.end - span.start)
        text = "".join(masked)
        told: list[tuple[str, Span | None]] = []
        for place, (span, kind) in enumerate(mentions):
            told.append(self._of(text, span, kind, cues, list(zip(mentions[:place], told, strict=True))))
        return told

    def _cue(self, match: re.Match[str], folded: str) -> _Cue:
        row = self._by_group[match.lastgroup or ""]
        denied = _DENIED.search(folded, max(0, match.start() - _FARTHEST), match.start())
        return _Cue(Span(*match.span()), "" if denied else row["relation"], row["reach"], _kinds(row))

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
        between = text[start : span.start]
        return len(re.findall(r"\w+", between)) <= _NEAR_WORDS


def _kinds(row: Row) -> frozenset[str]:
    return frozenset(row["kinds"].split())


def _pattern(cue: str) -> str:
    """A pattern: "reaffirm*" stands for every word that begins so; words may be parted by any white space."""
    words = [re.escape(fold(word)).replace(r"\*", r"\w*") for word in cue.split()]
    return r"\s+".join(words)
