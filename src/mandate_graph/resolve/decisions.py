"""What people decided about mandates that are alike: a table under ``sources/``, applied in every build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mandate_graph.model import Decision, Occurrence, Problem

__all__ = ["apply_decisions"]


def apply_decisions(
    occurrences: Sequence[Occurrence], decisions: Iterable[Decision]
) -> tuple[list[Occurrence], dict[str, str], list[Problem]]:
    """Give the occurrences of mandates that are the same to the one that is kept.

    The retired keys come back with the kept ones, and what could not be applied: keys that no page prints, and mandates
    of two documents or languages, which no decision can make one.
    """
    known = {occurrence.mandate: occurrence for occurrence in occurrences}
    kept: dict[str, str] = {}
    problems = []
    for decision in decisions:
        if decision.decision != "same" or decision.other not in known:
            continue
        target = known.get(decision.mandate)
        other = known[decision.other]
        if target is None:
            message = f"decisions.csv keeps {decision.mandate}, which no page prints; {decision.other} stays as it is"
            problems.append(Problem("similar", other.page, other.listing.line, message))
        elif other.document and target.document != other.document:
            message = f"decisions.csv makes {decision.other} and {decision.mandate} one, but their documents differ"
            problems.append(Problem("similar", other.page, other.listing.line, message))
        else:
            kept[decision.other] = decision.mandate
    final = {key: _end(key, kept) for key in kept}
    changed = [
        replace(
            occurrence,
            mandate=final.get(occurrence.mandate, occurrence.mandate),
            parent=final.get(occurrence.parent, occurrence.parent),
        )
        for occurrence in occurrences
    ]
    return changed, final, problems


def _end(key: str, kept: dict[str, str]) -> str:
    """Where a chain of decisions ends; the table was checked to have no circles."""
    while key in kept:
        key = kept[key]
    return key
