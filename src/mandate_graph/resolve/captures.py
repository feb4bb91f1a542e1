"""Captures of one page: which one speaks for it, and what came, went and changed between them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mandate_graph.model import Change, Mandate, Occurrence, Page
from mandate_graph.resolve.similar import similarity, word_difference

__all__ = ["changes_between", "superseded_captures"]

_SAME_PLACE = 0.6
# Two captures that have little in common are two pages; nobody reads a thousand comparisons.
_MOST_COMPARED = 200


def superseded_captures(pages: Sequence[Page]) -> dict[str, str]:
    """Captures that a newer one replaces, by the manifest, with it; a newer one that is lost replaces none."""
    by_name = {(page.capture.page, page.capture.name): page.capture.key for page in pages}
    return {
        by_name[page.capture.page, page.capture.supersedes]: page.capture.key
        for page in pages
        if (page.capture.page, page.capture.supersedes) in by_name
    }


def changes_between(
    pages: Sequence[Page],
    occurrences: Sequence[Occurrence],
    mandates: Mapping[str, Mandate],
    superseded: Mapping[str, str],
) -> Iterator[Change]:
    """The differences from each capture to the next one of its page: by the manifest's word, else by date."""
    listed: dict[str, list[str]] = defaultdict(list)
    for occurrence in occurrences:
        listed[occurrence.capture].append(occurrence.mandate)
    for older, newer in _in_order(pages, superseded):
        before = dict.fromkeys(listed[older.capture.key])
        after = dict.fromkeys(listed[newer.capture.key])
        went = [key for key in before if key not in after]
        came = [key for key in after if key not in before]
        changed = []
        for old in list(went):
            likest = _likest(mandates[old], came, mandates)
            if likest:
                changed.append((old, likest, word_difference(mandates[old].text, mandates[likest].text)))
                went.remove(old)
                came.remove(likest)
        how = "supersedes" if older.capture.key in superseded else "dates"
        yield Change(
            older.capture.page,
            older.capture.name,
            newer.capture.name,
            how,  # type: ignore[arg-type]
            tuple(came),
            tuple(went),
            tuple(changed),
        )


def _likest(old: Mandate, came: Sequence[str], mandates: Mapping[str, Mandate]) -> str:
    """The one that took the place of an old one; none when none is like it. The first of equals wins."""
    ranked = [(_likeness(old, mandates[new]), new) for new in came[:_MOST_COMPARED]]
    likeness, new = max(ranked, key=lambda pair: pair[0], default=(0.0, ""))
    return new if likeness >= _SAME_PLACE else ""


def _likeness(one: Mandate, other: Mandate) -> float:
    same = one.document == other.document and one.language == other.language
    return similarity(one.text, other.text) if same else 0.0


def _in_order(pages: Sequence[Page], superseded: Mapping[str, str]) -> Iterator[tuple[Page, Page]]:
    by_key = {page.capture.key: page for page in pages}
    groups: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        groups[page.capture.page].append(page)
        if page.capture.key in superseded:
            yield page, by_key[superseded[page.capture.key]]
    for group in groups.values():
        speaking = [page for page in group if page.capture.key not in superseded and page.capture.captured]
        speaking.sort(key=lambda page: (page.capture.captured, page.capture.key))
        yield from itertools.pairwise(speaking)
