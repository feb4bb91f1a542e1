"""What holds mandates together, and what a person should look at: the last part of settling."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mandate_graph.model import Change, Claim, Decision, Mention, Problem, Similar
from mandate_graph.resolve.captures import keep_changes, keep_changes_again, kept_changes
from mandate_graph.resolve.comparing import Touched, compare, compare_again
from mandate_graph.resolve.kin import Each
from mandate_graph.resolve.pairing import settle_pairs, settle_pairs_again
from mandate_graph.resolve.register import WANTED, Register
from mandate_graph.resolve.settling import named_of

__all__ = ["Again", "Joined", "Places", "join", "join_again"]

_UNKNOWN = {
    "name-like": "looks like a name that no table knows",
    "part-of-name": "is, or is part of, a longer name that no table knows",
    "year-differs": "has another year than the thing of that name",
    "acronym-alone": "has several meanings, and the text does not give the name",
}


@dataclass(frozen=True, slots=True)
class Joined:
    """What differs between captures, and mandates that are nearly the same."""

    changes: tuple[Change, ...]
    similar: tuple[Similar, ...]


def join(register: Register, decisions: Sequence[Decision], each: Each = itertools.starmap) -> Joined:
    """Settle pairs, compare mandates, and give every claim to the shard that writes it.

    ``each`` may do the comparing in other processes.
    """
    settle_pairs(register)
    similar = compare(register, decisions, each)
    _unknown_names(register)
    keep_changes(register)
    register.assign()
    register.index_joined()
    register.commit()
    return Joined(tuple(kept_changes(register)), tuple(similar))


class Again(NamedTuple):
    """What was joined again: claims that are gone, and claims that are new, beside those of before."""

    joined: Joined
    gone: Sequence[Claim]
    new: Sequence[Claim]


class Places(NamedTuple):
    """Where the pages that changed stand: stems of pages in several languages, documents with numbers, page stems."""

    stems: Collection[str]
    numbers: Collection[tuple[str, str]]
    pages: Collection[str]


def join_again(
    register: Register, touched: Touched, places: Places, decisions: Sequence[Decision], before: Joined
) -> Again:
    """The same after some mandates were settled again.

    Raises:
        TooMuch: when others may be joined in another way, too.
    """
    gone, new = settle_pairs_again(register, places.stems, places.numbers)
    kin_gone, kin_new, similar = compare_again(register, touched, decisions, before.similar)
    register.only(touched.keys)
    _unknown_names(register, f"m.key {WANTED}")
    keep_changes_again(register, places.pages)
    register.commit()
    joined = Joined(tuple(kept_changes(register)), tuple(similar))
    return Again(joined, [*gone, *kin_gone], [*new, *kin_new])


def _unknown_names(register: Register, only: str = "TRUE") -> None:
    query = f"""SELECT m.key, m.named, l.page, l.line FROM mandate m JOIN listed l ON l.row = m.first
        WHERE m.named <> x'' AND {only}"""  # noqa: S608  (ours)
    for key, named, page, line in register.rows(query):
        problems = [
            Problem("mention", page, line, f"“{mention.quote}” {what}")
            for mention in named_of(key, named)
            if (what := _doubt(mention))
        ]
        if problems:
            register.problems(problems, f"mandate {key}")


def _doubt(mention: Mention) -> str:
    if mention.kind == "topic":
        return ""
    ambiguous = f"could name {', '.join(mention.targets)}" if mention.outcome == "ambiguous" else ""
    return _UNKNOWN.get(mention.rule, ambiguous)
