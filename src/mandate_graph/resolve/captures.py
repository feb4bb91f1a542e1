"""Captures of one page: what came, went and changed between them."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from mandate_graph.model import Change, Mandate
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import MANDATE, mandate_from
from mandate_graph.resolve.similar import similarity, word_difference

__all__ = ["keep_changes", "keep_changes_again", "kept_changes"]

_SAME_PLACE = 0.6
# Two captures that have little in common are two pages; nobody reads a thousand comparisons.
_MOST_COMPARED = 200


class _Capture(NamedTuple):
    capture: str
    page: str
    name: str
    captured: str
    newer: str


def keep_changes(register: Register) -> None:
    """Keep what differs between the captures of each page that has several."""
    query = "SELECT page FROM page GROUP BY page HAVING COUNT(*) > 1"
    _keep(register, [page for (page,) in register.rows(query)])


def keep_changes_again(register: Register, pages: Collection[str]) -> None:
    """The same where captures of some pages, or what they list, are others."""
    register.write("DELETE FROM joined.change WHERE page = ?", ((page,) for page in pages))
    _keep(register, pages)


def _keep(register: Register, pages: Iterable[str]) -> None:
    for page in pages:
        if changes := list(_changes(register, page)):
            register.write("INSERT INTO joined.change VALUES (?, ?)", [(page, pickle.dumps(changes))])


def kept_changes(register: Register) -> list[Change]:
    """All of them, by page; those that the manifest says come first."""
    changes: list[Change] = []
    for (blob,) in register.rows("SELECT changes FROM joined.change ORDER BY page"):
        changes += pickle.loads(blob)  # noqa: S301  (written by this very program)
    return sorted(changes, key=lambda change: change.by != "supersedes")


def _changes(register: Register, page: str) -> Iterator[Change]:
    """The differences from each capture to the next one of its page: by the manifest's word, else by date."""
    several = register.rows("SELECT capture, page, name, captured, newer FROM page WHERE page = ? ORDER BY row", page)
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
    by_key = {each.capture: each for each in captures}
    for each in captures:
        if each.newer:
            yield each, by_key[each.newer]
    speaking = [each for each in captures if not each.newer and each.captured]
    speaking.sort(key=lambda each: (each.captured, each.capture))
    yield from itertools.pairwise(speaking)
