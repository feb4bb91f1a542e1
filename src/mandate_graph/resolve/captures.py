"""Captures of one page: what came, went and changed between them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from mandate_graph.model import Change, Mandate
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import MANDATE, mandate_from
from mandate_graph.resolve.similar import similarity, word_difference

__all__ = ["changes_between"]

_SAME_PLACE = 0.6
# Two captures that have little in common are two pages; nobody reads a thousand comparisons.
_MOST_COMPARED = 200


class _Capture(NamedTuple):
    capture: str
    page: str
    name: str
    captured: str
    newer: str


def changes_between(register: Register) -> Iterator[Change]:
    """The differences from each capture to the next one of its page: by the manifest's word, else by date."""
    several = register.rows(
        """SELECT capture, page, name, captured, newer FROM page
           WHERE page IN (SELECT page FROM page GROUP BY page HAVING COUNT(*) > 1) ORDER BY row"""
    )
    for older, newer in _in_order([_Capture._make(row) for row in several]):
        before, after = (_mandates(register, capture) for capture in (older, newer))
        went = [key for key in before if key not in after]
        came = [key for key in after if key not in before]
        mandates = {key: _mandate(register, key) for key in (*went, *came)}
        changed = []
        for old in list(went):
            likest = _likest(mandates[old], came, mandates)
            if likest:
                changed.append((old, likest, word_difference(mandates[old].text, mandates[likest].text)))
                went.remove(old)
                came.remove(likest)
        how: Literal["supersedes", "dates"] = "supersedes" if older.newer else "dates"
        yield Change(older.page, older.name, newer.name, how, tuple(came), tuple(went), tuple(changed))


def _mandates(register: Register, capture: _Capture) -> dict[str, None]:
    query = "SELECT mandate FROM listed WHERE capture = ? AND page = ? ORDER BY row"
    return dict.fromkeys(key for (key,) in register.rows(query, capture.capture, capture.page))


def _mandate(register: Register, key: str) -> Mandate:
    (row,) = register.rows(f"SELECT {MANDATE} FROM mandate m WHERE key = ?", key)  # noqa: S608  (ours)
    return mandate_from(row)


def _likest(old: Mandate, came: Sequence[str], mandates: Mapping[str, Mandate]) -> str:
    """The one that took the place of an old one; none when none is like it. The first of equals wins."""
    ranked = [(_likeness(old, mandates[new]), new) for new in came[:_MOST_COMPARED]]
    likeness, new = max(ranked, key=lambda pair: pair[0], default=(0.0, ""))
    return new if likeness >= _SAME_PLACE else ""


def _likeness(one: Mandate, other: Mandate) -> float:
    same = one.document == other.document and one.language == other.language
    return similarity(one.text, other.text) if same else 0.0


def _in_order(captures: Sequence[_Capture]) -> Iterator[tuple[_Capture, _Capture]]:
    by_key = {(each.page, each.capture): each for each in captures}
    groups: dict[str, list[_Capture]] = defaultdict(list)
    for each in captures:
        groups[each.page].append(each)
        if each.newer:
            yield each, by_key[each.page, each.newer]
    for group in groups.values():
        speaking = [each for each in group if not each.newer and each.captured]
        speaking.sort(key=lambda each: (each.captured, each.capture))
        yield from itertools.pairwise(speaking)
