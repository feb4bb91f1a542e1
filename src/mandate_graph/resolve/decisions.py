"""What people decided about mandates that are alike: a table under ``sources/``, applied in every build."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mandate_graph.model import Decision, Problem
from mandate_graph.resolve.listed import Listed

__all__ = ["kept_mandates"]


def kept_mandates(
    decisions: Iterable[Decision], find: Callable[[str], Listed | None]
) -> tuple[dict[str, str], list[Problem]]:
    """The keys of mandates that decisions retire with the kept ones; ``find`` gives a listing of a mandate.

    Beside them what could not be applied: keys that no page prints, and mandates of two documents or languages, which
    no decision can make one.
    """
    kept: dict[str, str] = {}
    problems = []
    for decision in decisions:
        other = find(decision.other) if decision.decision == "same" else None
        if other is None:
            continue
        target = find(decision.mandate)
        if target is None:
            message = f"decisions.csv keeps {decision.mandate}, which no page prints; {decision.other} stays as it is"
            problems.append(Problem("similar", other.page, other.line, message))
        elif other.document and target.document != other.document:
            message = f"decisions.csv makes {decision.other} and {decision.mandate} one, but their documents differ"
            problems.append(Problem("similar", other.page, other.line, message))
        else:
            kept[decision.other] = decision.mandate
    return {key: _end(key, kept) for key in kept}, problems


def _end(key: str, kept: dict[str, str]) -> str:
    """Where a chain of decisions ends; the table was checked to have no circles."""
    while key in kept:
        key = kept[key]
    return key
