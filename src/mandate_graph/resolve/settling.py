"""From what pages list to mandates: what people decided, chapeaux, one mandate a text, what each names."""

from __future__ import annotations

import itertools
import json
import pickle
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mandate_graph.model import Claim, Correction, Decision, Mandate, Mention, Minted, Problem
from mandate_graph.resolve.attribution import UNATTRIBUTED
from mandate_graph.resolve.chapeaus import positional_claims, printed_chapeaus
from mandate_graph.resolve.corrections import Corrections
from mandate_graph.resolve.decisions import kept_mandates
from mandate_graph.resolve.listed import Listed, Named, fuller, named_in, same_text
from mandate_graph.resolve.mandates import fullest, mandate_of
from mandate_graph.resolve.register import Register

__all__ = ["MANDATE", "Settled", "mandate_from", "mandates_of", "named_of", "settle_mandates"]

MANDATE = "m.key, m.kind, m.language, m.text, m.document, m.section, m.chapeau, m.number, m.themes"
"""The columns that a mandate is made of again."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds for the whole corpus.

    Retired keys with the kept ones, corrections that were applied, and instruments that are known from their symbols
    only.
    """

    retired: Mapping[str, str]
    corrections: tuple[Correction, ...]
    minted: Mapping[str, Minted]


def settle_mandates(
    register: Register, known: Collection[str], decisions: Sequence[Decision], corrections: Sequence[Correction]
) -> Settled:
    """Put listings together to mandates, in the register; ``known`` are the targets that tables have.

    The result does not depend on the order in which pages are read.
    """
    register.index()
    retired = _decide(register, decisions)
    chapeaus = _chapeaus(register)
    _mandates(register, chapeaus)
    minted = _unify(register)
    applied = _correct(register, corrections, {*known, *(f"instrument/{key}" for key in minted)})
    named = _named_instruments(register, minted)
    _themes(register)
    _elsewhere(register)
    return Settled(retired, tuple(applied), {key: each for key, each in sorted(minted.items()) if key in named})


def _decide(register: Register, decisions: Iterable[Decision]) -> dict[str, str]:
    """Give the listings of mandates that are the same to the one that is kept."""

    def last(key: str) -> Listed | None:
        return next(register.listed("WHERE mandate = ? ORDER BY row DESC LIMIT 1", key), None)

    retired, problems = kept_mandates(decisions, last)
    register.problems(problems)
    for old, kept in retired.items():
        register.write("UPDATE listed SET mandate = ? WHERE mandate = ?", [(kept, old)])
        register.write("UPDATE listed SET parent = ? WHERE parent = ?", [(kept, old)])
    if retired:
        _redirect(register, retired)
    return retired


def _redirect(register: Register, retired: Mapping[str, str]) -> None:
    changed = []
    for row, claim in _claims(register.rows("SELECT row, claim FROM positional")):
        new = replace(
            claim, subject=retired.get(claim.subject, claim.subject), object=retired.get(claim.object, claim.object)
        )
        if new != claim:
            changed.append((new.subject, pickle.dumps(new), row))
    register.write("UPDATE positional SET mandate = ?, claim = ? WHERE row = ?", changed)


def _claims(rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, Claim]]:
    return ((row, pickle.loads(blob)) for row, blob in rows)  # noqa: S301  (written by this very build)


def _chapeaus(register: Register) -> dict[str, str]:
    """The chapeau of each mandate; the claims of those by position are kept for later, with the mandates."""
    printed = register.rows(
        """SELECT p.mandate, p.parent, l.page, l.line FROM (
             SELECT mandate, parent, MIN(row) AS first FROM listed WHERE parent <> '' GROUP BY mandate, parent
           ) p JOIN listed l ON l.row = p.first ORDER BY p.mandate"""
    )
    chapeaus, problems = printed_chapeaus(printed)
    register.problems(problems)
    claims = (claim for _, claim in _claims(register.rows("SELECT row, claim FROM positional ORDER BY mandate, row")))
    for claim in positional_claims(claim for claim in claims if claim.subject not in chapeaus):
        if isinstance(claim, Claim):
            chapeaus[claim.subject] = claim.object
            register.claims([claim])
            continue
        where = next(register.listed("WHERE mandate = ? ORDER BY row LIMIT 1", claim))
        message = "two pages put it under different chapeaux; none was chosen"
        register.problems([Problem("attribution", where.page, where.line, message)])
    return chapeaus


def _mandates(register: Register, chapeaus: Mapping[str, str]) -> None:
    """One row a mandate; an inference that another page contradicts is taken back."""
    problems: list[Problem] = []
    taken_back: list[tuple[int]] = []

    def rows() -> Iterator[tuple[object, ...]]:
        for key, group in itertools.groupby(
            register.listed("ORDER BY mandate, row"), key=lambda listed: listed.mandate
        ):
            several = list(group)
            mandate = mandate_of(several, chapeaus.get(key), problems)
            taken_back.extend(
                (listed.row,)
                for listed in several
                if listed.attribution == "inferred" and listed.document != mandate.document
            )
            own = fullest(several).row
            named = register.one("SELECT named FROM named WHERE row = ?", own)
            _mint(register, mandate, named)
            yield (
                key, mandate.kind, mandate.language, mandate.text, mandate.document, mandate.section, mandate.chapeau,
                mandate.number, json.dumps(mandate.themes), same_text(mandate.language, mandate.text), several[0].row,
                own, named,
            )  # fmt: skip

    register.write("INSERT INTO mandate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())
    register.index_mandates()
    register.problems(problems)
    register.write("UPDATE listed SET document = '', attribution = NULL WHERE row = ?", taken_back)


def _mint(register: Register, mandate: Mandate, blob: bytes) -> None:
    minted = named_in(blob, mandate.key).minted if b"Minted" in blob else ()
    register.write(
        "INSERT INTO mints VALUES (?, ?, ?)", ((each.key, mandate.key, pickle.dumps(each)) for each in minted)
    )


def mandate_from(row: Sequence[Any]) -> Mandate:
    """A mandate from the columns of ``MANDATE``."""
    return Mandate(*(*row[:-1], tuple(json.loads(row[-1]))))


def mandates_of(register: Register) -> Iterator[Mandate]:
    """All mandates, in the order of their keys."""
    return map(mandate_from, register.rows(f"SELECT {MANDATE} FROM mandate m ORDER BY key"))  # noqa: S608  (ours)


def named_of(key: str, blob: bytes) -> tuple[Mention, ...]:
    """The mentions and topics of a mandate's text."""
    return named_in(blob, key).mentions


def _unify(register: Register) -> dict[str, Minted]:
    """A symbol printed without its session is the one with it, where the corpus has one such only."""
    minted: dict[str, Minted] = {}
    for key, blob in register.rows("SELECT instrument, minted FROM mints ORDER BY instrument, mandate"):
        each: Minted = pickle.loads(blob)  # noqa: S301
        minted[key] = fuller(minted.get(key, each), each)
    full: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in minted.values():
        if each.session or each.year:
            full[each.agency, each.symbol.partition(" (")[0]].append(each.key)
    same = {
        f"instrument/{each.key}": f"instrument/{full[each.agency, each.symbol][0]}"
        for each in list(minted.values())
        if not (each.session or each.year) and len(full.get((each.agency, each.symbol), ())) == 1
    }
    for target, full_target in same.items():
        key = target.removeprefix("instrument/")
        del minted[key]
        for (mandate,) in list(register.rows("SELECT mandate FROM mints WHERE instrument = ?", key)):
            kept = full_target.removeprefix("instrument/")
            register.write("INSERT OR IGNORE INTO mints VALUES (?, ?, ?)", [(kept, mandate, b"")])
            _rewrite(register, mandate, lambda mentions: [_renamed(mention, same) for mention in mentions])
    return minted


def _renamed(mention: Mention, same: Mapping[str, str]) -> Mention:
    if not same.keys() & set(mention.targets):
        return mention
    return replace(mention, targets=tuple(dict.fromkeys(same.get(target, target) for target in mention.targets)))


def _rewrite(register: Register, mandate: str, change: Callable[[Sequence[Mention]], list[Mention]]) -> None:
    blob = register.one("SELECT named FROM mandate WHERE key = ?", mandate) or b""
    named = named_in(blob, mandate)
    mentions = tuple(change(named.mentions))
    new = pickle.dumps(Named(mentions, named.minted)) if mentions else b""
    register.write("UPDATE mandate SET named = ? WHERE key = ?", [(new, mandate)])


def _correct(register: Register, corrections: Sequence[Correction], known: Collection[str]) -> list[Correction]:
    """What people corrected in the words of mandates."""
    work = Corrections(corrections, known)
    for key in work.mandates:
        row = next(iter(register.rows(f"SELECT {MANDATE} FROM mandate m WHERE key = ?", key)), None)  # noqa: S608
        mandate = mandate_from(row) if row else None
        where = next(register.listed("WHERE mandate = ? ORDER BY row LIMIT 1", key), None)
        if mandate is None or where is None:
            work.missing(key)
            continue
        _rewrite(register, key, partial(work.apply, mandate, where))
    register.problems(work.problems)
    return work.applied


def _named_instruments(register: Register, minted: Mapping[str, Minted]) -> set[str]:
    """Which of the instruments that only symbols name are named still, after people corrected what rules found."""
    named = set()
    for key in minted:
        for (mandate,) in register.rows("SELECT mandate FROM mints WHERE instrument = ?", key):
            blob = register.one("SELECT named FROM mandate WHERE key = ?", mandate) or b""
            if any(f"instrument/{key}" in mention.targets for mention in named_of(mandate, blob)):
                named.add(key)
                break
    return named


def _themes(register: Register) -> None:
    """One label a language for the themes that only headings name: that of the first page that speaks for itself."""
    query = "SELECT themes, language FROM page WHERE themes <> '[]' ORDER BY newer <> '', row"
    for themes, language in register.rows(query):
        rows = ((key, language, label) for key, label in json.loads(themes))
        register.write("INSERT OR IGNORE INTO theme VALUES (?, ?, ?)", rows)


def _elsewhere(register: Register) -> None:
    """A text without a citation that another page cites: a person may see that the two are one; no rule says so."""
    # "0" comes behind "/"
    without = f"{UNATTRIBUTED}/", f"{UNATTRIBUTED}0"
    cited = "SELECT MIN(key) FROM mandate WHERE same = ? AND NOT (key >= ? AND key < ?)"
    for key, same in list(register.rows("SELECT key, same FROM mandate WHERE key >= ? AND key < ?", *without)):
        other = register.one(cited, same, *without)
        if other:
            message = f"the same text has its document elsewhere ({other}); a row in decisions.csv can make them one"
            register.problems(
                Problem("attribution", listed.page, listed.line, message)
                for listed in register.listed("WHERE mandate = ? ORDER BY row", key)
            )
