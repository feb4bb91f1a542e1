"""A settled register brought up to date: pages dropped and put, and what depends on them settled again.

Everything else stays as it is. What is settled again is found by what it is made of: mandates by the pages that list
them, pairs by the stems of those pages, kin by shared words. The result is that of settling all pages anew; where that
cannot be had by looking at a part, ``TooMuch`` says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from mandate_graph.model import Claim, Correction, Decision
from mandate_graph.resolve.comparing import State, Touched, state
from mandate_graph.resolve.joining import Joined, Places, join_again
from mandate_graph.resolve.listed import Listed, ReadPage
from mandate_graph.resolve.register import Register, TooMuch, numbered, page_of
from mandate_graph.resolve.settling import Settled, settle_mandates_again

__all__ = ["Revised", "revise"]


class Revised(NamedTuple):
    """What holds now.

    ``touched`` are the mandates that changed pages list or listed, ``captures`` those with something new to say:
    changed ones, those that list a touched mandate, and those that hold evidence of a claim that is gone or new.
    """

    settled: Settled
    joined: Joined
    touched: Collection[str]
    captures: Collection[str]
    gone: Sequence[Claim]
    new: Sequence[Claim]


def revise(
    register: Register,
    gone: Collection[str],
    come: Sequence[ReadPage],
    before: tuple[Settled, Joined],
    decisions: Sequence[Decision],
    corrections: Sequence[Correction],
) -> Revised:
    """Bring a register up to date: ``gone`` are the stems of pages that changed or went, ``come`` what they list now.

    ``come`` is in the order of stems and captures.

    Raises:
        TooMuch: when more depends on the change than can be told from a part; the register is spoilt then.
    """
    settled, joined = before
    old_pages = [page for stem in sorted(gone) for page in register.rows(_PAGES, stem)]
    touched = {key for row, *_ in old_pages for key in register.mandates_on(row)}
    touched |= {str(listed[_MANDATE]) for page in come for listed in page.listed}
    old = _mandates(register, touched)
    for row, *_ in old_pages:
        register.drop(row)
    for number, page in list(_numbered(register, come)):
        register.put(page, number)
    settled, chapeaus_gone, chapeaus_new = settle_mandates_again(register, touched, settled, decisions, corrections)
    new = _mandates(register, touched)
    pages, captures = _around(register, touched)
    pages |= {*gone, *(page.row.page for page in come)}
    captures |= {*(capture for _, capture, _ in old_pages), *(page.row.capture for page in come)}
    others = {key for key in touched if old.get(key) != new.get(key)}
    stems = {*(stem for *_, stem in old_pages), *(page.row.group for page in come), *_stems(register, others)}
    numbers = {(each.state.document, each.number) for several in (old, new) for each in several.values() if each.number}
    compared = Touched(touched, *({key: each[key].state for key in others if key in each} for each in (old, new)))
    again = join_again(register, compared, Places(stems, numbers, pages), decisions, joined)
    claims_gone, claims_new = [*chapeaus_gone, *again.gone], [*chapeaus_new, *again.new]
    captures.update(capture for claim in (*claims_gone, *claims_new) for capture, _ in claim.evidence)
    return Revised(settled, again.joined, touched, captures, claims_gone, claims_new)


class _Mandate(NamedTuple):
    """What others depend on of a mandate."""

    state: State
    number: str
    named: bytes


_MANDATE = Listed._fields.index("mandate") - 1
_PAGES = "SELECT row, capture, stem FROM page WHERE page = ?"


def _mandates(register: Register, keys: Iterable[str]) -> dict[str, _Mandate]:
    """Those of the mandates that are there."""
    found = {}
    for key in keys:
        known = state(register, key)
        if known is not None:
            ((number, named),) = register.rows("SELECT number, named FROM mandate WHERE key = ?", key)
            found[key] = _Mandate(known, number, named)
    return found


def _numbered(register: Register, pages: Iterable[ReadPage]) -> Iterator[tuple[int, ReadPage]]:
    """Numbers for new pages, between those of the pages around them.

    Raises:
        TooMuch: when there is no room.
    """
    last = "SELECT row FROM page WHERE (page, capture) < (?, ?) ORDER BY page DESC, capture DESC LIMIT 1"

    def before(page: ReadPage) -> int:
        return register.one(last, page.row.page, page.row.capture) or 0

    for start, group in itertools.groupby(pages, before):
        several = list(group)
        end = register.one("SELECT MIN(row) FROM page WHERE row > ?", start) or start + numbered(len(several) + 1)
        step = (end - start) // (len(several) + 1)
        if not step:
            raise TooMuch("so many new pages in one place that they cannot be numbered")
        yield from zip(itertools.count(start + step, step), several, strict=False)


def _around(register: Register, keys: Iterable[str]) -> tuple[set[str], set[str]]:
    """The stems and captures of the pages that list some mandates."""
    numbers = {
        page_of(row) for key in keys for (row,) in register.rows("SELECT row FROM listed WHERE mandate = ?", key)
    }
    found = [next(register.rows("SELECT page, capture FROM page WHERE row = ?", number)) for number in numbers]
    return {page for page, _ in found}, {capture for _, capture in found}


def _stems(register: Register, keys: Iterable[str]) -> set[str]:
    """The stems whose pages list some mandates; "" for full texts."""
    numbers = {
        page_of(row) for key in keys for (row,) in register.rows("SELECT row FROM listed WHERE mandate = ?", key)
    }
    return {register.one("SELECT stem FROM page WHERE row = ?", number) for number in numbers}
