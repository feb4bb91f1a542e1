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
from mandate_graph.resolve.register import WANTED, Register, TooMuch

__all__ = [
    "MANDATE", "Settled", "mandate_from",
    "mandate_of_key", "mandates_of", "named_of", "settle_mandates",
    "settle_mandates_again",
]  # fmt: skip

MANDATE = "m.key, m.kind, m.language, m.text, m.document, m.section, m.chapeau, m.number, m.themes"
"""The columns that a mandate is made of again."""
# "0" comes behind "/"
_WITHOUT = f"{UNATTRIBUTED}/", f"{UNATTRIBUTED}0"


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds for the whole corpus.

    Retired keys with the kept ones, corrections that were applied, and instruments that are known from their symbols
    only; ``same`` are targets of symbols without a session, with those that they are.
    """

    retired: Mapping[str, str]
    corrections: tuple[Correction, ...]
    minted: Mapping[str, Minted]
    same: Mapping[str, str]


def settle_mandates(
    register: Register, known: Collection[str], decisions: Sequence[Decision], corrections: Sequence[Correction]
) -> Settled:
    """Put listings together to mandates, in the register; ``known`` are the targets that tables have.

    The result does not depend on the order in which pages are read.
    """
    register.index()
    retired = _decide(register, decisions)
    _mandates(register, _chapeaus(register))
    register.index_mandates()
    minted, same = _unify(register)
    _rename(register, same)
    applied = _correct(register, corrections, {*known, *(f"instrument/{key}" for key in minted)})
    named = _named_instruments(register, minted)
    register.write(
        "INSERT INTO theme VALUES (?, ?, ?)", ((*theme, label) for theme, label in _themes(register).items())
    )
    unattributed = register.rows("SELECT key FROM mandate WHERE key >= ? AND key < ?", *_WITHOUT)
    _elsewhere(register, [key for (key,) in unattributed])
    return Settled(retired, tuple(applied), {key: each for key, each in sorted(minted.items()) if key in named}, same)


def settle_mandates_again(
    register: Register,
    touched: Collection[str],
    before: Settled,
    decisions: Sequence[Decision],
    corrections: Sequence[Correction],
) -> tuple[Settled, list[Claim], list[Claim]]:
    """The same after pages were put and dropped in a settled register; ``touched`` are the mandates that they list.

    Beside it claims of chapeaux by position that are gone, and those that are there now.

    Raises:
        TooMuch: when other mandates may be others, too.
    """
    _keep_apart(register, touched, decisions, corrections)
    register.only(touched)
    hashes = {row[0] for row in register.rows(f"SELECT same FROM mandate WHERE key {WANTED}")}  # noqa: S608  (ours)
    instruments = _instruments_of(register)
    gone = register.drop_claims(f"relation = 'chapeau' AND subject {WANTED}")
    for table, column in (("mandate", "key"), ("mints", "mandate")):
        register.write(f"DELETE FROM {table} WHERE {column} {WANTED}", [()])  # noqa: S608  (ours)
    for key in touched:
        register.take_back(f"mandate {key}")
    _mandates(register, _chapeaus(register, f"mandate {WANTED}"), f"WHERE mandate {WANTED}")
    hashes |= {row[0] for row in register.rows(f"SELECT same FROM mandate WHERE key {WANTED}")}  # noqa: S608  (ours)
    minted, same = _unify(register)
    if same != before.same:
        raise TooMuch("symbols of instruments")
    _rename(register, same, touched)
    instruments |= _instruments_of(register)
    named = {key for key in before.minted if key in minted and key not in instruments}
    named |= _named_instruments(register, minted.keys() & instruments)
    after = {key: each for key, each in sorted(minted.items()) if key in named}
    if corrections and after.keys() != before.minted.keys():
        raise TooMuch("instruments that corrections may name")
    _themes_again(register)
    _elsewhere(register, _unattributed_again(register, touched, hashes))
    new = f"SELECT claim FROM joined.claim WHERE relation = 'chapeau' AND subject {WANTED}"  # noqa: S608  (ours)
    claims = [pickle.loads(blob) for (blob,) in register.rows(new)]  # noqa: S301  (written by this very program)
    return Settled(before.retired, before.corrections, after, same), gone, claims


def _keep_apart(
    register: Register, touched: Collection[str], decisions: Iterable[Decision], corrections: Iterable[Correction]
) -> None:
    """What people decided, and chapeaux in a circle, are settled with all mandates only."""
    if any({each.mandate, each.other} & set(touched) for each in decisions):
        raise TooMuch("mandates that somebody decided about")
    if any(each.mandate in touched for each in corrections):
        raise TooMuch("mandates that somebody corrected")
    for key in touched:
        head, seen = _printed_above(register, key), {key}
        while head and head not in seen:
            seen.add(head)
            head = _printed_above(register, head)
        if head:
            raise TooMuch("chapeaux that stand above each other")


def _printed_above(register: Register, key: str) -> str:
    return register.one("SELECT MIN(parent) FROM listed WHERE mandate = ? AND parent <> ''", key) or ""


def _instruments_of(register: Register) -> set[str]:
    """The instruments that the wanted mandates know by a symbol only."""
    query = f"SELECT instrument FROM mints WHERE mandate {WANTED}"  # noqa: S608  (ours)
    return {instrument for (instrument,) in register.rows(query)}


def _decide(register: Register, decisions: Iterable[Decision]) -> dict[str, str]:
    """Give the listings of mandates that are the same to the one that is kept."""

    def last(key: str) -> Listed | None:
        return next(register.listed("WHERE mandate = ? ORDER BY row DESC LIMIT 1", key), None)

    retired, problems = kept_mandates(decisions, last)
    register.problems(problems, "decisions")
    for old, kept in retired.items():
        register.write("UPDATE listed SET mandate = ? WHERE mandate = ?", [(kept, old)])
        register.write("UPDATE listed SET parent = ? WHERE parent = ?", [(kept, old)])
    if retired:
        _redirect(register, retired)
    return retired


def _redirect(register: Register, retired: Mapping[str, str]) -> None:
    changed = []
    for *row, blob in list(register.rows("SELECT page, place, claim FROM positional")):
        claim: Claim = pickle.loads(blob)  # noqa: S301  (written by this very build)
        new = replace(
            claim, subject=retired.get(claim.subject, claim.subject), object=retired.get(claim.object, claim.object)
        )
        if new != claim:
            changed.append((new.subject, pickle.dumps(new), *row))
    register.write("UPDATE positional SET mandate = ?, claim = ? WHERE page = ? AND place = ?", changed)


def _chapeaus(register: Register, only: str = "TRUE") -> dict[str, str]:
    """The chapeau of each mandate; the claims of those by position are kept for later, with the mandates."""
    printed = register.rows(
        f"""SELECT p.mandate, p.parent, l.page, l.line FROM (
              SELECT mandate, parent, MIN(row) AS first FROM listed WHERE parent <> '' AND {only}
              GROUP BY mandate, parent
            ) p JOIN listed l ON l.row = p.first ORDER BY p.mandate"""  # noqa: S608  (ours)
    )
    chapeaus, problems = printed_chapeaus(printed)
    for mandate, problem in problems:
        register.problems([problem], f"mandate {mandate}")
    rows = register.rows(f"SELECT claim FROM positional WHERE {only} ORDER BY mandate, page, place")  # noqa: S608  (ours)
    claims = (pickle.loads(blob) for (blob,) in rows)  # noqa: S301  (written by this very program)
    for claim in positional_claims(claim for claim in claims if claim.subject not in chapeaus):
        if isinstance(claim, Claim):
            chapeaus[claim.subject] = claim.object
            register.claims([claim])
            continue
        where = next(register.listed("WHERE mandate = ? ORDER BY row LIMIT 1", claim))
        message = "two pages put it under different chapeaux; none was chosen"
        register.problems([Problem("attribution", where.page, where.line, message)], f"mandate {claim}")
    return chapeaus


def _mandates(register: Register, chapeaus: Mapping[str, str], only: str = "") -> None:
    """One row a mandate."""

    def rows() -> Iterator[tuple[object, ...]]:
        for key, group in itertools.groupby(
            register.listed(f"{only} ORDER BY mandate, row"), key=lambda listed: listed.mandate
        ):
            several, problems = list(group), list[Problem]()
            mandate = mandate_of(several, chapeaus.get(key), problems)
            if problems:
                register.problems(problems, f"mandate {key}")
            own = fullest(several).row
            named = register.one("SELECT named FROM named WHERE row = ?", own)
            _mint(register, mandate, named)
            yield (
                key, mandate.kind, mandate.language, mandate.text, mandate.document, mandate.section, mandate.chapeau,
                mandate.number, json.dumps(mandate.themes), same_text(mandate.language, mandate.text), several[0].row,
                own, named,
            )  # fmt: skip

    register.write("INSERT INTO mandate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())


def _mint(register: Register, mandate: Mandate, blob: bytes) -> None:
    minted = named_in(blob, mandate.key).minted if b"Minted" in blob else ()
    register.write(
        "INSERT INTO mints VALUES (?, ?, ?)", ((each.key, mandate.key, pickle.dumps(each)) for each in minted)
    )


def mandate_from(row: Sequence[Any]) -> Mandate:
    """A mandate from the columns of ``MANDATE``."""
    return Mandate(*(*row[:-1], tuple(json.loads(row[-1]))))


def mandate_of_key(register: Register, key: str) -> Mandate | None:
    """One mandate, if it is there."""
    rows = register.rows(f"SELECT {MANDATE} FROM mandate m WHERE key = ?", key)  # noqa: S608  (ours)
    return next(map(mandate_from, rows), None)


def mandates_of(register: Register) -> Iterator[Mandate]:
    """All mandates, in the order of their keys."""
    return map(mandate_from, register.rows(f"SELECT {MANDATE} FROM mandate m ORDER BY key"))  # noqa: S608  (ours)


def named_of(key: str, blob: bytes) -> tuple[Mention, ...]:
    """The mentions and topics of a mandate's text."""
    return named_in(blob, key).mentions


def _unify(register: Register) -> tuple[dict[str, Minted], dict[str, str]]:
    """A symbol printed without its session is the one with it, where the corpus has one such only."""
    minted: dict[str, Minted] = {}
    query = "SELECT instrument, minted FROM mints WHERE minted <> x'' ORDER BY instrument, mandate"
    for key, blob in register.rows(query):
        each: Minted = pickle.loads(blob)  # noqa: S301
        minted[key] = fuller(minted.get(key, each), each)
    full: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in minted.values():
        if each.session or each.year:
            full[each.agency, each.symbol.partition(" (")[0]].append(each.key)
    same = {
        f"instrument/{each.key}": f"instrument/{full[each.agency, each.symbol][0]}"
        for each in minted.values()
        if not (each.session or each.year) and len(full.get((each.agency, each.symbol), ())) == 1
    }
    return {key: each for key, each in minted.items() if f"instrument/{key}" not in same}, same


def _rename(register: Register, same: Mapping[str, str], only: Collection[str] | None = None) -> None:
    """Give what texts name the names that they are known by."""
    for target, full_target in same.items():
        key, kept = (each.removeprefix("instrument/") for each in (target, full_target))
        for (mandate,) in list(register.rows("SELECT mandate FROM mints WHERE instrument = ?", key)):
            if only is None or mandate in only:
                register.write("INSERT OR IGNORE INTO mints VALUES (?, ?, ?)", [(kept, mandate, b"")])
                _rewrite(register, mandate, lambda mentions: [_renamed(mention, same) for mention in mentions])


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
    register.problems(work.problems, "corrections")
    return work.applied


def _named_instruments(register: Register, minted: Iterable[str]) -> set[str]:
    """Which of the instruments that only symbols name are named still, after people corrected what rules found."""
    named = set()
    for key in minted:
        for (mandate,) in register.rows("SELECT mandate FROM mints WHERE instrument = ?", key):
            blob = register.one("SELECT named FROM mandate WHERE key = ?", mandate) or b""
            if any(f"instrument/{key}" in mention.targets for mention in named_of(mandate, blob)):
                named.add(key)
                break
    return named


def _themes(register: Register) -> dict[tuple[str, str], str]:
    """One label a language for the themes that only headings name: that of the first page that speaks for itself."""
    labels: dict[tuple[str, str], str] = {}
    query = "SELECT themes, language FROM page WHERE themes <> '[]' ORDER BY newer <> '', row"
    for themes, language in register.rows(query):
        for key, label in json.loads(themes):
            labels.setdefault((key, language), label)
    return labels


def _themes_again(register: Register) -> None:
    before = {(key, language): label for key, language, label in register.rows("SELECT * FROM theme")}
    now = _themes(register)
    if any(label != before[theme] for theme, label in now.items() if theme in before):
        raise TooMuch("the label of a theme that no table has")
    register.write("DELETE FROM theme", [()])
    register.write("INSERT INTO theme VALUES (?, ?, ?)", ((*theme, label) for theme, label in now.items()))


def _elsewhere(register: Register, unattributed: Iterable[str]) -> None:
    """A text without a citation that another page cites: a person may see that the two are one; no rule says so."""
    cited = "SELECT MIN(key) FROM mandate WHERE same = ? AND NOT (key >= ? AND key < ?)"
    for key in unattributed:
        other = register.one(cited, register.one("SELECT same FROM mandate WHERE key = ?", key), *_WITHOUT)
        if other:
            message = f"the same text has its document elsewhere ({other}); a row in decisions.csv can make them one"
            problems = (
                Problem("attribution", listed.page, listed.line, message)
                for listed in list(register.listed("WHERE mandate = ? ORDER BY row", key))
            )
            register.problems(problems, f"elsewhere {key}")


def _unattributed_again(register: Register, touched: Iterable[str], hashes: Iterable[str]) -> list[str]:
    """The texts without a citation that were touched, or whose words are those of one that was."""
    again = {key for key in touched if _WITHOUT[0] <= key < _WITHOUT[1]}
    for each in hashes:
        query = "SELECT key FROM mandate WHERE same = ? AND key >= ? AND key < ?"
        again.update(key for (key,) in register.rows(query, each, *_WITHOUT))
    for key in again:
        register.take_back(f"elsewhere {key}")
    return sorted(again)
