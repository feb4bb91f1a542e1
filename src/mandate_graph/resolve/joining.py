"""What holds mandates together, and what a person should look at: the last part of settling."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mandate_graph.model import Change, Decision, Mention, Problem, Similar
from mandate_graph.resolve.captures import keep_changes, kept_changes
from mandate_graph.resolve.comparing import compare
from mandate_graph.resolve.kin import Each
from mandate_graph.resolve.pairing import settle_pairs
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import named_of

__all__ = ["Joined", "join"]

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
