"""Mandates held against each other: kindred promises of different documents, and texts that are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mandate_graph.model import Claim, Decision, Mandate, Problem, Similar, Span
from mandate_graph.resolve.attribution import UNATTRIBUTED
from mandate_graph.resolve.kin import kindred
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import MANDATE, mandate_from
from mandate_graph.resolve.similar import similar_mandates, word_difference

__all__ = ["compare"]


def compare(register: Register, decisions: Sequence[Decision]) -> list[Similar]:
    """Keep the claims of kinship; list what is nearly the same, for a person."""
    mandates = {key: mandate for key, mandate in _mandates(register)}
    register.claims(_claims(register, mandates))
    similar, uncompared = similar_mandates(mandates, decisions)
    register.problems((
        Problem("similar", "", 0, f"{key or UNATTRIBUTED} has too many mandates that are alike; not all are listed")
        for key in uncompared
    ), "similar")
    return similar


def _mandates(register: Register) -> Iterator[tuple[str, Mandate]]:
    for row in register.rows(f"SELECT {MANDATE} FROM mandate m ORDER BY key"):  # noqa: S608  (ours)
        mandate = mandate_from(row)
        yield mandate.key, mandate


def _claims(register: Register, mandates: dict[str, Mandate]) -> Iterator[Claim]:
    for one, other, share in kindred(mandates):
        evidence = tuple(_first(register, key) for key in (one, other))
        difference = word_difference(mandates[one].text, mandates[other].text)
        yield Claim(one, "kindred", other, "kindred-words", evidence, share, difference)


def _first(register: Register, key: str) -> tuple[str, Span]:
    query = 'SELECT l.capture, l."start", l."end" FROM mandate m JOIN listed l ON l.row = m.first WHERE m.key = ?'
    ((capture, start, end),) = register.rows(query, key)
    return capture, Span(start, end)
