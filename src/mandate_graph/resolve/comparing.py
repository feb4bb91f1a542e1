"""Mandates held against each other: kindred promises of different documents, and texts that are nearly the same.

Groups and stretches of mandates are compared in tasks that any process can do, with texts from the register.
"""

from __future__ import annotations

import itertools
import pickle
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from mandate_graph.model import Claim, Decision, Problem, Similar, Span
from mandate_graph.resolve.attribution import UNATTRIBUTED
from mandate_graph.resolve.kin import Each, Kin, TextRuns, find_kin, find_kin_again
from mandate_graph.resolve.register import WANTED, Register, TooMuch
from mandate_graph.resolve.similar import GroupSimilar, most_similar, similar_in_group, word_difference

__all__ = ["State", "Touched", "compare", "compare_again", "state"]


class State(NamedTuple):
    """What is compared of a mandate: another state makes other kin, or other pairs that are nearly the same."""

    kind: str
    language: str
    text: str
    document: str
    chapeau: str | None
    runs: bytes


def state(register: Register, key: str) -> State | None:
    """What is compared of a mandate, if it is there."""
    query = """SELECT m.kind, m.language, m.text, m.document, m.chapeau, n.runs
        FROM mandate m JOIN named n ON n.row = m.fullest WHERE m.key = ?"""
    return next(map(State._make, register.rows(query, key)), None)


_Where: TypeAlias = Register | Path
"""A register in memory, or the folder of one that any process can open."""

_AT_ONCE = 256


def compare(register: Register, decisions: Sequence[Decision], each: Each = itertools.starmap) -> list[Similar]:
    """Keep the claims of kinship; list what is nearly the same, for a person.

    ``each`` may do the calls in other processes; then the register lies in a folder that they see.
    """
    where = register.folder or register
    # a worker may still write into it when another one's work is given up
    with tempfile.TemporaryDirectory(prefix="kin-", dir=register.folder, ignore_cleanup_errors=True) as scratch:
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
    groups = list(register.rows("SELECT document, language FROM mandate GROUP BY document, language"))
    _keep_alike(register, where, groups, decisions, each)
    return _most_similar(register, {})


def _keep_alike(
    register: Register, where: _Where, groups: Sequence[tuple[str, str]], decisions: Sequence[Decision], each: Each
) -> None:
    decided = frozenset(frozenset((decision.mandate, decision.other)) for decision in decisions)
    found = each(_similar_in, ((where, document, language, decided) for document, language in groups))
    for (document, language), group in zip(groups, found, strict=True):
        register.write("INSERT INTO joined.alike VALUES (?, ?, ?)", [(document, language, pickle.dumps(group))])


def _most_similar(register: Register, known: Mapping[tuple[str, str], str]) -> list[Similar]:
    """The pairs of all groups; ``known`` are differences that were found before."""

    def difference(one: str, other: str) -> str:
        if (one, other) in known:
            return known[one, other]
        return word_difference(_text(register, one), _text(register, other))

    rows = register.rows("SELECT found FROM joined.alike ORDER BY document, language")
    groups = (pickle.loads(blob) for (blob,) in rows)  # noqa: S301  (written by this very program)
    similar, uncompared = most_similar(groups, difference)
    problems = (
        Problem("similar", "", 0, f"{key or UNATTRIBUTED} has too many mandates that are alike; not all are listed")
        for key in uncompared
    )
    register.problems(problems, "similar")
    return similar


class Touched(NamedTuple):
    """What is known of the mandates that changed pages list.

    ``keys`` are all of them; ``old`` and ``new`` the rows of those that are others now, or were: as ``state`` gives
    them, by key.
    """

    keys: Collection[str]
    old: Mapping[str, State]
    new: Mapping[str, State]


def compare_again(
    register: Register, touched: Touched, decisions: Sequence[Decision], before: Sequence[Similar]
) -> tuple[list[Claim], list[Claim], list[Similar]]:
    """The same where some mandates are others: claims of kinship that are gone and new, and what is most alike now.

    Raises:
        TooMuch: when words that many texts share have become a formula, or are none any more.
    """
    gone, new = _kin_again(register, touched)
    register.claims(new)
    changed = touched.old.keys() | touched.new.keys()
    groups = {(each.document, each.language) for several in (touched.old, touched.new) for each in several.values()}
    for key in changed:
        groups.update(register.rows("SELECT document, language FROM mandate WHERE chapeau = ?", key))
    register.write("DELETE FROM joined.alike WHERE document = ? AND language = ?", groups)
    some = "SELECT 1 FROM mandate WHERE document = ? AND language = ?"
    left = sorted(group for group in groups if register.one(some, *group))
    _keep_alike(register, register, left, decisions, itertools.starmap)
    register.take_back("similar")
    known = {(pair.one, pair.other): pair.difference for pair in before if not {pair.one, pair.other} & changed}
    return gone, new, _most_similar(register, known)


def _kin_again(register: Register, touched: Touched) -> tuple[list[Claim], list[Claim]]:
    again: set[str] = set()
    kin: list[Kin] = []
    if touched.old or touched.new:
        old, new = (
            [TextRuns(key, each.document, each.language, each.runs) for key, each in sorted(several.items())]
            for several in (touched.old, touched.new)
        )
        found = find_kin_again(lambda: _texts(register), old, new, partial(_text, register))
        if found is None:
            raise TooMuch("words that so many texts share that they make nobody kin")
        again, kin = found
    register.only(touched.keys)
    gone = register.drop_claims(f"relation = 'kindred' AND (subject {WANTED} OR object {WANTED})")
    register.only(again)
    gone += register.drop_claims(f"relation = 'kindred' AND subject {WANTED}")
    # the words are those of before, and only the places may be others
    same = [
        replace(claim, evidence=(_first(register, claim.subject), _first(register, claim.object)))
        for claim in gone
        if claim.subject not in again
    ]
    return gone, [*same, *_claims(register, kin)]


def _similar_in(where: _Where, document: str, language: str, decided: frozenset[frozenset[str]]) -> GroupSimilar:
    register = _register(where)
    query = "SELECT key, text FROM mandate WHERE document = ? AND language = ? ORDER BY key"
    return similar_in_group(document, register.rows(query, document, language), _chapeau_in(register), decided)


def _chapeau_in(register: Register) -> Callable[[str], tuple[str, str] | None]:
    query = """SELECT head.key, head.text FROM mandate m JOIN mandate head ON head.key = m.chapeau
        WHERE m.key = ? AND m.kind = 'sub-item'"""
    return lambda key: next(iter(register.rows(query, key)), None)
