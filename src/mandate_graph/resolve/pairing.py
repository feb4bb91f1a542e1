"""Pairs of a whole corpus: found stem by stem, in the register, and settled for all of it.

Stems do not need one another, so that workers can look at them; what they find is put together in the order of stems.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mandate_graph.model import Claim, Problem, Span
from mandate_graph.resolve.likeness import Likeness, Signals, signals_of
from mandate_graph.resolve.listed import Listed
from mandate_graph.resolve.pairs import BY_LABEL, RULES, Found, Side, hold_against
from mandate_graph.resolve.register import WANTED, Register
from mandate_graph.resolve.settling import named_of

__all__ = ["Paired", "keep_pairs", "pair_stem", "settle_pairs", "settle_pairs_again", "stems_of"]

# A pair's rank comes before its score, and no score is as large.
_RANKS_APART = 1e5
_OFFERS = f"""
  SELECT "left", "right", MAX(rank * {_RANKS_APART} + ROUND(score, 3)) FROM (
    SELECT "left", "right", rank, score, MIN(numbered || ' ' || found_at) FROM joined.pair %s
    GROUP BY "left", "right", rank) GROUP BY "left", "right" """  # noqa: S608  (ours)
_BESTS = """
  WITH side AS (
    SELECT "left" AS key, r.language AS language, strength FROM joined.offer o JOIN mandate r ON r.key = o."right" %s
    UNION ALL
    SELECT "right", l.language, strength FROM joined.offer o JOIN mandate l ON l.key = o."left" %s),
  top AS (SELECT key, language, MAX(strength) AS strength FROM side GROUP BY key, language)
  SELECT side.key, side.language, side.strength, COUNT(*) FROM side JOIN top
    ON top.key = side.key AND top.language = side.language AND top.strength = side.strength
  GROUP BY side.key, side.language"""
_SETTLED = """
  SELECT o."left", o."right", one.strength = o.strength AND two.strength = o.strength, one.offers, two.offers
  FROM joined.offer o JOIN mandate l ON l.key = o."left" JOIN mandate r ON r.key = o."right"
  JOIN joined.best one ON one.key = o."left" AND one.language = r.language
  JOIN joined.best two ON two.key = o."right" AND two.language = l.language %s ORDER BY o."left", o."right" """
_LONELY = """
  SELECT mandate, page, line, elsewhere FROM (
    SELECT mandate, page, line, elsewhere, superseded, MIN(found_at) FROM joined.alone %s GROUP BY mandate) a
  WHERE NOT superseded AND NOT EXISTS (SELECT 1 FROM joined.paired p WHERE p.mandate = a.mandate)"""
_BY_NUMBER = """
  SELECT m.document, m.number, m.language, m.key, MIN(l.row) FROM mandate m JOIN listed l ON l.mandate = m.key
  WHERE m.number <> '' AND m.language <> '' AND l.official AND l.attribution IN ('stated', 'governed') %s
  GROUP BY m.key ORDER BY m.document, m.number, m.language <> 'en', m.language"""
_EITHER = f'("left" {WANTED} OR "right" {WANTED})'


class Paired(NamedTuple):
    """Rows of the tables ``pair`` and ``alone``."""

    pairs: list[tuple[str, str, int, int, str, int, int, float]]
    alone: list[tuple[str, str, str, int, str, int]]


def stems_of(register: Register) -> Iterator[str]:
    """The stems that pages in two languages share, in order; "" for full texts."""
    query = """SELECT stem FROM page WHERE language <> '' GROUP BY stem HAVING COUNT(DISTINCT language) > 1
        ORDER BY stem"""
    return (stem for (stem,) in register.rows(query))


def pair_stem(register: Register, stem: str) -> Paired:
    """Hold the pages of a stem against each other."""
    pages = register.rows(
        "SELECT language, page, capture FROM page WHERE stem = ? AND language <> '' ORDER BY row", stem
    )
    sides = [
        Side(
            language, page, capture, list(register.listed("WHERE capture = ? AND page = ? ORDER BY row", capture, page))
        )
        for language, page, capture in list(pages)
    ]
    signals = {key: _signals(register, key) for key in {listed.mandate for side in sides for listed in side.listed}}
    likeness = Likeness(signals)
    return _rows(hold_against(sides, likeness, of_one_document=not stem), likeness, stem)


def _signals(register: Register, key: str) -> Signals:
    ((text, named),) = register.rows("SELECT text, named FROM mandate WHERE key = ?", key)
    targets: set[str] = set()
    for mention in named_of(key, named):
        if mention.outcome == "resolved" and mention.kind != "topic":
            targets.update(mention.targets)
    return signals_of(text, frozenset(targets))


def _rows(found: Found, likeness: Likeness, found_at: str, *, numbered: bool = False) -> Paired:
    return Paired(
        [
            (*pair, rank, int(numbered), found_at, left.row, right.row, likeness.score(left, right))
            for pair, rules in found.pairs.items()
            for rank, (left, right) in rules.items()
        ],
        [
            (mandate, found_at, listed.page, listed.line, elsewhere, listed.superseded)
            for mandate, (listed, elsewhere) in found.alone.items()
        ],
    )


def keep_pairs(register: Register, found: Iterable[Paired]) -> None:
    """Keep what was found at stems, or by number."""
    for paired in found:
        register.write("INSERT INTO joined.pair VALUES (?, ?, ?, ?, ?, ?, ?, ?)", paired.pairs)
        register.write("INSERT INTO joined.alone VALUES (?, ?, ?, ?, ?, ?)", paired.alone)


def settle_pairs(register: Register) -> None:
    """One counterpart a language: the pair that more speaks for; none where two are as good."""
    keep_pairs(register, _by_number(register, register.rows(_BY_NUMBER % "")))
    register.write(f"INSERT INTO joined.offer {_OFFERS % ''}", [()])
    register.write(f"INSERT INTO joined.best {_BESTS % ('', '')}", [()])
    register.claims(_claims(register, register.rows(_SETTLED % "")))
    _say_lonely(register, register.rows(_LONELY % ""))


def _say_lonely(register: Register, lonely: Iterable[Sequence[Any]]) -> None:
    for mandate, page, line, elsewhere in list(lonely):
        problem = Problem("pair", page, line, f"has no counterpart on {elsewhere}")
        register.problems([problem], f"alone {mandate}")


def settle_pairs_again(
    register: Register, stems: Collection[str], numbers: Collection[tuple[str, str]]
) -> tuple[list[Claim], list[Claim]]:
    """The same where pages of some stems, or mandates of some documents and numbers, are others.

    Claims that are gone, and claims that are new.
    """
    touched = _forget(register, [*((0, stem) for stem in stems), *((1, _place(*each)) for each in numbers)])
    shared = set(stems_of(register))
    found = [pair_stem(register, stem) for stem in sorted(stems) if stem in shared]
    for document, number in sorted(numbers):
        query = _BY_NUMBER % "AND m.document = ? AND m.number = ?"
        found += _by_number(register, list(register.rows(query, document, number)))
    keep_pairs(register, found)
    for paired in found:
        touched.update(key for row in paired.pairs for key in row[:2])
        touched.update(row[0] for row in paired.alone)
    return _settle_again(register, touched)


def _forget(register: Register, places: Iterable[tuple[int, str]]) -> set[str]:
    """What was found at some places goes; the mandates that it was about."""
    touched: set[str] = set()
    for numbered, found_at in places:
        where = numbered, found_at
        for pair in register.rows(
            'SELECT "left", "right" FROM joined.pair WHERE numbered = ? AND found_at = ?', *where
        ):
            touched.update(pair)
        register.write("DELETE FROM joined.pair WHERE numbered = ? AND found_at = ?", [where])
        if not numbered:
            touched.update(
                key for (key,) in register.rows("SELECT mandate FROM joined.alone WHERE found_at = ?", found_at)
            )
            register.write("DELETE FROM joined.alone WHERE found_at = ?", [(found_at,)])
    return touched


def _settle_again(register: Register, touched: set[str]) -> tuple[list[Claim], list[Claim]]:
    register.only(touched)
    offers = f'SELECT "left", "right" FROM joined.offer WHERE {_EITHER}'  # noqa: S608  (ours)
    around = set(register.rows(offers))
    register.write(f"DELETE FROM joined.offer WHERE {_EITHER}", [()])  # noqa: S608  (ours)
    register.write(f"DELETE FROM joined.best WHERE key {WANTED}", [()])  # noqa: S608  (ours)
    register.write(f"INSERT INTO joined.offer {_OFFERS % f'WHERE {_EITHER}'}", [()])
    around |= set(register.rows(offers))
    sides = f'WHERE "left" {WANTED}', f'WHERE "right" {WANTED}'
    register.write(f"INSERT INTO joined.best {_BESTS % sides}", [()])
    for left, right in around:
        register.take_back(f"pair {left} {right}")
    gone = [
        claim
        for pair in sorted(around)
        for claim in register.drop_claims("relation = 'same-paragraph' AND subject = ? AND object = ?", *pair)
    ]
    either = {key for pair in around for key in pair} | touched
    register.write("DELETE FROM joined.paired WHERE mandate = ?", ((key,) for key in either))
    new = list(_claims(register, list(register.rows(_SETTLED % f"WHERE {_EITHER}"))))
    register.claims(new)
    register.only(either)
    still = f"""INSERT OR IGNORE INTO joined.paired SELECT %s FROM joined.claim
        WHERE relation = 'same-paragraph' AND %s {WANTED}"""  # noqa: S608  (ours)
    for side in ("subject", "object"):
        register.write(still % (side, side), [()])
    for key in either:
        register.take_back(f"alone {key}")
    _say_lonely(register, register.rows(_LONELY % f"WHERE mandate {WANTED}"))
    return gone, new


def _claims(register: Register, settled: Iterable[Sequence[Any]]) -> Iterator[Claim]:
    for left, right, best, *offers in list(settled):
        if not best:
            continue
        rank, one, two = _surest(register, left, right)
        if max(offers) == 1:
            register.write("INSERT OR IGNORE INTO joined.paired VALUES (?)", [(left,), (right,)])
            yield Claim(left, "same-paragraph", right, RULES[rank], (_evidence(one), _evidence(two)))
        else:
            message = "pages pair it with two different paragraphs in the other language; none was chosen"
            register.problems([Problem("pair", one.page, one.line, message)], f"pair {left} {right}")


def _surest(register: Register, left: str, right: str) -> tuple[int, Listed, Listed]:
    query = """SELECT rank, left_row, right_row FROM joined.pair WHERE "left" = ? AND "right" = ?
        ORDER BY rank DESC, numbered, found_at LIMIT 1"""
    ((rank, *rows),) = register.rows(query, left, right)
    one, two = (next(register.listed("WHERE row = ?", row)) for row in rows)
    return rank, one, two


def _evidence(listed: Listed) -> tuple[str, Span]:
    return listed.capture, Span(listed.start, listed.end)


def _by_number(register: Register, rows: Iterable[Sequence[Any]]) -> Iterator[Paired]:
    """A document's own number is the same in every language, on whatever page it stands."""
    for _, several in itertools.groupby(rows, key=lambda row: row[:2]):
        languages = [list(group) for _, group in itertools.groupby(several, key=lambda row: row[2])]
        alone = [group[0] for group in languages if len(group) == 1]
        for one, other in itertools.combinations(alone, 2):
            yield _of_number(register, one, other)


def _of_number(register: Register, one: Sequence[Any], other: Sequence[Any]) -> Paired:
    left, right = (next(register.listed("WHERE row = ?", row)) for row in (one[4], other[4]))
    likeness = Likeness({listed.mandate: _signals(register, listed.mandate) for listed in (left, right)})
    found = Found({(left.mandate, right.mandate): {BY_LABEL: (left, right)}})
    return _rows(found, likeness, _place(*one[:2]), numbered=True)


def _place(document: str, number: str) -> str:
    return f"{document} {number}"
