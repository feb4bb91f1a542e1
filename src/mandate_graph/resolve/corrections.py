"""What people decided about the words of mandates: it wins over every rule, in every build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from mandate_graph.authorities.cells import kind_of
from mandate_graph.model import Correction, Mandate, Mention, Problem, Span
from mandate_graph.resolve.listed import Listed

__all__ = ["Corrections"]

_RULE = "person"


class Corrections:
    """The corrections at work: what was applied, and what became of the others.

    An accepted or retargeted link stands for what the rules found at the same words; a rejected one goes.
    """

    def __init__(self, corrections: Iterable[Correction], known: Collection[str]) -> None:
        """``known`` are the targets that there are."""
        self._known = known
        self._by_mandate: dict[str, list[Correction]] = defaultdict(list)
        for correction in corrections:
            self._by_mandate[correction.mandate].append(correction)
        self.applied: list[Correction] = []
        self.problems: list[Problem] = []

    @property
    def mandates(self) -> list[str]:
        """The mandates that are corrected, in order."""
        return sorted(self._by_mandate)

    def missing(self, mandate: str) -> None:
        """Say that a mandate is in no page."""
        self.problems += [
            _unmet(correction, None, "stands in no page of this build") for correction in self._by_mandate[mandate]
        ]

    def apply(self, mandate: Mandate, where: Listed, named: Sequence[Mention]) -> list[Mention]:
        """The mentions of a mandate as people corrected them, and its topics, which they do not."""
        own = [mention for mention in named if mention.kind != "topic"]
        topics = [mention for mention in named if mention.kind == "topic"]
        for correction in self._by_mandate[mandate.key]:
            span = _place(mandate.text, correction)
            if span is None:
                self.problems.append(_unmet(correction, where, "does not stand in it as a word"))
            elif correction.target and correction.target not in self._known:
                self.problems.append(_unmet(correction, where, f"cannot name {correction.target}, which is not known"))
            else:
                own = _corrected(own, correction, mandate, span)
                self.applied.append(correction)
        return [*sorted(own, key=lambda each: (each.span.start, each.span.end)), *topics]


def _unmet(correction: Correction, where: Listed | None, what: str) -> Problem:
    message = f"corrections.csv: “{correction.quote}” of {correction.mandate} {what}; the row was not applied"
    return Problem("correction", where.page if where else "", where.line if where else 0, message)


def _place(text: str, correction: Correction) -> Span | None:
    start = -1
    for _ in range(correction.nth):
        start = _find(text, correction.quote, start + 1)
        if start < 0:
            return None
    return Span(start, start + len(correction.quote))


def _find(text: str, quote: str, start: int) -> int:
    """Where the quote stands next and is not a part of a word."""
    while (place := text.find(quote, start)) >= 0:
        end = place + len(quote)
        before = place and text[place - 1].isalnum() and quote[0].isalnum()
        behind = end < len(text) and text[end].isalnum() and quote[-1].isalnum()
        if not before and not behind:
            return place
        start = place + 1
    return -1


def _corrected(own: Sequence[Mention], correction: Correction, mandate: Mandate, span: Span) -> list[Mention]:
    there = [mention for mention in own if mention.span.start < span.end and span.start < mention.span.end]
    rest = [mention for mention in own if mention not in there]
    if correction.decision == "reject":
        return [*rest, *(left for mention in there for left in _without(mention, correction.target))]
    # How it is named was told by the words around, whatever the rule took for the name.
    same = next((mention for mention in there if mention.relation), None)
    decided = Mention(
        mandate.key, mandate.language, span, correction.quote, (correction.target,), "resolved", _RULE,
        kind_of(correction.target), same.relation if same else "", same.cue if same else None,
        by=correction.by,
    )  # fmt: skip
    others = [mention for mention in there if mention.by and mention.span == span]
    if correction.decision == "accept":  # what one phrase names beside it stays
        others += [
            left
            for mention in there
            if not mention.by and mention.outcome == "resolved" and mention.span == span
            for left in _without(mention, correction.target)
        ]
    return [*rest, *others, decided]


def _without(mention: Mention, target: str) -> list[Mention]:
    """A mention without one of its targets, or, without a target, nothing."""
    left = tuple(each for each in mention.targets if target and each != target)
    if target and target not in mention.targets:
        return [mention]
    if not left:
        return []
    return [replace(mention, targets=left, outcome="resolved" if mention.outcome == "resolved" else "ambiguous")]
