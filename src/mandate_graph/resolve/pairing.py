"""Pairs of a whole corpus: found stem by stem, in the register, and settled for all of it.

Stems do not need one another, so that workers can look at them; what they find is put together in the order of stems.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mandate_graph.model import Claim, Problem, Span
from mandate_graph.resolve.likeness import Likeness, Signals, signals_of
from mandate_graph.resolve.listed import Listed
from mandate_graph.resolve.pairs import BY_LABEL, RULES, Found, Side, hold_against
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import named_of

__all__ = ["Paired", "keep_pairs", "pair_stem", "settle_pairs", "stems_of"]

# A pair's rank comes before its score, and no score is as large.
_RANKS_APART = 1e5
_OFFERS = f"""SELECT "left", "right", MAX(rank * {_RANKS_APART} + ROUND(score, 3)) FROM joined.pair
  GROUP BY "left", "right" """  # noqa: S608  (ours)


class Paired(NamedTuple):
    """Rows of the tables ``pair`` and ``alone``."""

    pairs: list[tuple[str, str, int, int, int, float]]
    alone: list[tuple[str, str, int, str, int]]


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
    return _rows(hold_against(sides, likeness, of_one_document=not stem), likeness)


def _signals(register: Register, key: str) -> Signals:
    ((text, named),) = register.rows("SELECT text, named FROM mandate WHERE key = ?", key)
    targets: set[str] = set()
    for mention in named_of(key, named):
        if mention.outcome == "resolved" and mention.kind != "topic":
            targets.update(mention.targets)
    return signals_of(text, frozenset(targets))


def _rows(found: Found, likeness: Likeness) -> Paired:
    return Paired(
        [
            (*pair, rank, left.row, right.row, likeness.score(left, right))
            for pair, rules in found.pairs.items()
            for rank, (left, right) in rules.items()
        ],
        [
            (mandate, listed.page, listed.line, elsewhere, listed.superseded)
            for mandate, (listed, elsewhere) in found.alone.items()
        ],
    )


def keep_pairs(register: Register, found: Iterable[Paired]) -> None:
    """Keep what was found at stems, in their order: what was found first stays."""
    for paired in found:
        register.write("INSERT OR IGNORE INTO joined.pair VALUES (?, ?, ?, ?, ?, ?)", paired.pairs)
        register.write("INSERT OR IGNORE INTO joined.alone VALUES (?, ?, ?, ?, ?)", paired.alone)


def settle_pairs(register: Register) -> None:
    """One counterpart a language: the pair that more speaks for; none where two are as good."""
    keep_pairs(register, _by_number(register))
    register.write(f"INSERT INTO joined.offer {_OFFERS}", [()])
    query = """
        WITH side AS (
          SELECT "left" AS key, r.language AS language, strength FROM joined.offer JOIN mandate r ON r.key = "right"
          UNION ALL
          SELECT "right", l.language, strength FROM joined.offer JOIN mandate l ON l.key = "left"),
        top AS (SELECT key, language, MAX(strength) AS strength FROM side GROUP BY key, language)
        SELECT side.key, side.language, side.strength, COUNT(*) FROM side JOIN top
          ON top.key = side.key AND top.language = side.language AND top.strength = side.strength
        GROUP BY side.key, side.language"""
    register.write(f"INSERT INTO joined.best {query}", [()])
    register.claims(_claims(register))
    lonely = register.rows(
        """SELECT page, line, elsewhere FROM joined.alone a WHERE NOT superseded AND NOT EXISTS (
             SELECT 1 FROM joined.paired p WHERE p.mandate = a.mandate)"""
    )
    register.problems(
        Problem("pair", page, line, f"has no counterpart on {elsewhere}") for page, line, elsewhere in list(lonely)
    )


def _claims(register: Register) -> Iterator[Claim]:
    settled = """
        SELECT o."left", o."right", one.strength = o.strength AND two.strength = o.strength, one.offers, two.offers
        FROM joined.offer o JOIN mandate l ON l.key = o."left" JOIN mandate r ON r.key = o."right"
        JOIN joined.best one ON one.key = o."left" AND one.language = r.language
        JOIN joined.best two ON two.key = o."right" AND two.language = l.language ORDER BY o."left", o."right" """
    for left, right, best, *offers in list(register.rows(settled)):
        if not best:
            continue
        rank, one, two = _surest(register, left, right)
        if max(offers) == 1:
            register.write("INSERT OR IGNORE INTO joined.paired VALUES (?)", [(left,), (right,)])
            yield Claim(left, "same-paragraph", right, RULES[rank], (_evidence(one), _evidence(two)))
        else:
            message = "pages pair it with two different paragraphs in the other language; none was chosen"
            register.problems([Problem("pair", one.page, one.line, message)])


def _surest(register: Register, left: str, right: str) -> tuple[int, Listed, Listed]:
    query = """SELECT rank, left_row, right_row FROM joined.pair WHERE "left" = ? AND "right" = ?
        ORDER BY rank DESC LIMIT 1"""
    ((rank, *rows),) = register.rows(query, left, right)
    one, two = (next(register.listed("WHERE row = ?", row)) for row in rows)
    return rank, one, two


def _evidence(listed: Listed) -> tuple[str, Span]:
    return listed.capture, Span(listed.start, listed.end)


def _by_number(register: Register) -> Iterator[Paired]:
    """A document's own number is the same in every language, on whatever page it stands."""
    query = """
        SELECT m.document, m.number, m.language, m.key, MIN(l.row) FROM mandate m JOIN listed l ON l.mandate = m.key
        WHERE m.number <> '' AND m.language <> '' AND l.official AND l.attribution IN ('stated', 'governed')
        GROUP BY m.key ORDER BY m.document, m.number, m.language <> 'en', m.language"""
    for _, several in itertools.groupby(register.rows(query), key=lambda row: row[:2]):
        languages = [list(group) for _, group in itertools.groupby(several, key=lambda row: row[2])]
        alone = [group[0] for group in languages if len(group) == 1]
        for one, other in itertools.combinations(alone, 2):
            yield _of_number(register, one, other)


def _of_number(register: Register, one: Sequence[object], other: Sequence[object]) -> Paired:
    left, right = (next(register.listed("WHERE row = ?", row)) for row in (one[4], other[4]))
    likeness = Likeness({listed.mandate: _signals(register, listed.mandate) for listed in (left, right)})
    return _rows(Found({(left.mandate, right.mandate): {BY_LABEL: (left, right)}}), likeness)
