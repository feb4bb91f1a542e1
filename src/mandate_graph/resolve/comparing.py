"""Mandates held against each other: kindred promises of different documents, and texts that are nearly the same.

Groups and stretches of mandates are compared in tasks that any process can do, with texts from the register.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

from mandate_graph.model import Claim, Decision, Problem, Similar, Span
from mandate_graph.resolve.attribution import UNATTRIBUTED
from mandate_graph.resolve.kin import Each, Kin, TextRuns, find_kin
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.similar import GroupSimilar, most_similar, similar_in_group, word_difference

__all__ = ["compare"]

_Where: TypeAlias = Register | Path
"""A register in memory, or the folder of one that any process can open."""

_AT_ONCE = 256


def compare(register: Register, decisions: Sequence[Decision], each: Each = itertools.starmap) -> list[Similar]:
    """Keep the claims of kinship; list what is nearly the same, for a person.

    ``each`` may do the calls in other processes; then the register lies in a folder that they see.
    """
    where = register.folder or register
    with tempfile.TemporaryDirectory(prefix="kin-", dir=register.folder) as scratch:
        kin = find_kin(_texts(register), Path(scratch), partial(_text, where), each)
        for claims in each(_claims, ((where, batch) for batch in _batches(kin))):
            register.claims(claims)
    return _similar(register, where, decisions, each)


def _texts(register: Register) -> Iterator[TextRuns]:
    query = (
        "SELECT m.key, m.document, m.language, n.runs FROM mandate m JOIN named n ON n.row = m.fullest ORDER BY m.key"
    )
    return map(TextRuns._make, register.rows(query))


def _batches(kin: Iterable[Kin]) -> Iterator[list[Kin]]:
    kin = iter(kin)
    return iter(lambda: list(itertools.islice(kin, _AT_ONCE)), [])


@lru_cache(maxsize=2)
def _opened(folder: Path) -> Register:
    return Register.reading(folder, joined=False)


def _register(where: _Where) -> Register:
    return _opened(where) if isinstance(where, Path) else where


def _text(where: _Where, key: str) -> str:
    return str(_register(where).one("SELECT text FROM mandate WHERE key = ?", key))


def _claims(where: _Where, kin: Sequence[Kin]) -> list[Claim]:
    """What two of a kind share and how they differ, with the first listing of each as evidence."""
    return [
        Claim(
            one, "kindred", other, "kindred-words", (_first(where, one), _first(where, other)), share,
            word_difference(_text(where, one), _text(where, other)),
        )
        for one, other, share in kin
    ]  # fmt: skip


def _first(where: _Where, key: str) -> tuple[str, Span]:
    query = 'SELECT l.capture, l."start", l."end" FROM mandate m JOIN listed l ON l.row = m.first WHERE m.key = ?'
    ((capture, start, end),) = _register(where).rows(query, key)
    return capture, Span(start, end)


def _similar(register: Register, where: _Where, decisions: Sequence[Decision], each: Each) -> list[Similar]:
    """What is most alike in all documents; of which ones not all is listed is a problem."""
    decided = frozenset(frozenset((decision.mandate, decision.other)) for decision in decisions)
    groups = list(register.rows("SELECT document, language FROM mandate GROUP BY document, language"))
    found = each(_similar_in, ((where, document, language, decided) for document, language in groups))
    similar, uncompared = most_similar(found, partial(_text, register))
    problems = (
        Problem("similar", "", 0, f"{key or UNATTRIBUTED} has too many mandates that are alike; not all are listed")
        for key in uncompared
    )
    register.problems(problems, "similar")
    return similar


def _similar_in(where: _Where, document: str, language: str, decided: frozenset[frozenset[str]]) -> GroupSimilar:
    register = _register(where)
    query = "SELECT key, text FROM mandate WHERE document = ? AND language = ? ORDER BY key"
    return similar_in_group(document, register.rows(query, document, language), _chapeau_in(register), decided)


def _chapeau_in(register: Register) -> Callable[[str], tuple[str, str] | None]:
    query = """SELECT head.key, head.text FROM mandate m JOIN mandate head ON head.key = m.chapeau
        WHERE m.key = ? AND m.kind = 'sub-item'"""
    return lambda key: next(iter(register.rows(query, key)), None)
