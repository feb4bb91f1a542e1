"""What settling needs of a page and of each of its listings: light rows that a database keeps.

Pages themselves, with their texts and the way back to every character, stay where they were read.
"""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.iris import digest, text_key
from mandate_graph.model import Attribution, Claim, Kind, Listing, Mention, Minted, Occurrence, Page, Problem
from mandate_graph.parse.themes import stem_of
from mandate_graph.resolve.attribution import occurrences_of, unattributed
from mandate_graph.resolve.chapeaus import by_position
from mandate_graph.resolve.shared_runs import runs_of

__all__ = [
    "Listed",
    "ListedPage",
    "Named",
    "ReadPage",
    "Reader",
    "Spooled",
    "captures_of",
    "fuller",
    "is_official",
    "named_in",
    "same_text",
]


_MOST_KNOWN = 20_000


class Named(NamedTuple):
    """What a text names and is about, and the instruments that it knows by a symbol only."""

    mentions: tuple[Mention, ...]
    minted: tuple[Minted, ...]


class ListedPage(NamedTuple):
    """A page: ``group`` is the stem that pages in other languages share ("" for full texts), ``captured`` a date.

    ``newer`` is the capture that replaces this one; ``themes`` are the themes that only its heading names, as JSON.
    """

    capture: str
    page: str
    name: str
    language: str
    theme: str
    group: str
    captured: str
    newer: str
    themes: str
    shard: int


class Listed(NamedTuple):
    """A listing as settling sees it: ``row`` is its place among all, in the order of pages and listings.

    ``official`` says whether the label is the document's own number; ``start`` and ``end`` are the span of its text.
    """

    row: int
    capture: str
    page: str
    line: int
    mandate: str
    parent: str
    kind: Kind
    document: str
    section: str
    printed_section: str
    attribution: Attribution | None
    label: str
    official: int
    footnotes: int
    start: int
    end: int
    language: str
    theme: str
    superseded: int
    text: str


class Spooled(NamedTuple):
    """A page with its occurrences, as they are written down; ``newer`` is the capture that replaces it, or empty."""

    page: Page
    occurrences: tuple[Occurrence, ...]
    newer: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What settling needs of a page.

    ``listed`` are rows of ``Listed`` without their place; ``named`` are, for each, a pickled ``Named`` and the
    hashes of its runs of words.
    """

    row: ListedPage
    listed: tuple[tuple[str | int | None, ...], ...]
    named: tuple[tuple[bytes, bytes], ...]
    problems: tuple[Problem, ...]
    positional: tuple[Claim, ...]


class Reader:
    """Reads what pages list and name; a text that stands on several pages is searched once."""

    def __init__(self, finder: MentionFinder) -> None:
        self._finder = finder
        self._known: dict[tuple[str, str], Named] = {}

    def read(self, page: Page, newer: str = "", shard: int = 0) -> tuple[Spooled, ReadPage]:
        """One page; ``newer`` is the capture that replaces it."""
        occurrences = occurrences_of(page)
        return Spooled(page, tuple(occurrences), newer), ReadPage(
            ListedPage(
                page.capture.key, page.capture.page, page.capture.name, page.language, page.theme,
                "" if page.form == "full-text" else stem_of(page.capture.page)[0],
                page.capture.captured, newer, json.dumps(page.minted_themes), shard,
            ),
            tuple(_listed(occurrence, page, newer) for occurrence in occurrences),
            tuple(self._named(occurrence, page.language) for occurrence in occurrences),
            (*page.problems, *unattributed(page, occurrences)),
            tuple(by_position(page.capture.key, occurrences)),
        )  # fmt: skip

    def _named(self, occurrence: Occurrence, language: str) -> tuple[bytes, bytes]:
        text = occurrence.reading.text
        known = self._known.get((text, language))
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[text, language] = self._find(text, language)
        own = tuple(replace(mention, mandate=occurrence.mandate) for mention in known.mentions)
        named = pickle.dumps(Named(own, known.minted), pickle.HIGHEST_PROTOCOL) if own else b""
        return named, runs_of(text)

    def _find(self, text: str, language: str) -> Named:
        mentions: list[Mention] = []
        minted: dict[str, Minted] = {}
        for found in self._finder.find(text, language, topics=True):
            for each in found.minted:
                minted[each.key] = fuller(minted.get(each.key, each), each)
            mentions.append(
                Mention(
                    "", language, found.span, found.span.cut(text), found.targets, found.outcome, found.rule,
                    found.kind, found.relation, found.cue, found.why,
                )
            )  # fmt: skip
        return Named(tuple(mentions), tuple(minted.values()))


def fuller(one: Minted, other: Minted) -> Minted:
    """Of two symbols of one thing the one that says more; the first where they say as much."""
    return max(one, other, key=lambda known: (len(known.symbol), known.symbol))


def named_in(blob: bytes, mandate: str) -> Named:
    """What was found in a text, as mentions of the mandate that it is the text of."""
    if not blob:
        return Named((), ())
    named: Named = pickle.loads(blob)  # noqa: S301  (written by this very build)
    if named.mentions[0].mandate == mandate:
        return named
    return named._replace(mentions=tuple(replace(mention, mandate=mandate) for mention in named.mentions))


def same_text(language: str, text: str) -> str:
    """A hash that texts share which are the same but for case, accents and punctuation."""
    return digest(language, text_key(text))


def is_official(listing: Listing) -> bool:
    """Whether the printed number is the document's own: "2.8" and "Initiative 33" are, letters are not."""
    return bool(re.match(r"\d", listing.label)) and listing.printed_label != listing.marker


def _listed(occurrence: Occurrence, page: Page, newer: str) -> tuple[str | int | None, ...]:
    listing = occurrence.listing
    return (
        occurrence.capture, occurrence.page, listing.line, occurrence.mandate, occurrence.parent, occurrence.kind,
        occurrence.document, occurrence.section, occurrence.printed_section or listing.printed_section,
        occurrence.attribution, listing.label, int(is_official(listing)), len(listing.footnotes),
        listing.text_span.start, listing.text_span.end, page.language, page.theme, int(bool(newer)),
        occurrence.reading.text,
    )  # fmt: skip


def captures_of(pages: Iterable[Page]) -> Iterator[tuple[Page, str]]:
    """Pages with the captures that replace them, by the manifest; a newer one that is lost replaces none."""
    known = list(pages)
    newer = superseded_captures(known)
    for page in known:
        yield page, newer.get(page.capture.key, "")


def superseded_captures(pages: Sequence[Page]) -> dict[str, str]:
    """Captures that a newer one replaces, by the manifest, with it; a newer one that is lost replaces none."""
    by_name = {(page.capture.page, page.capture.name): page.capture.key for page in pages}
    return {
        by_name[page.capture.page, page.capture.supersedes]: page.capture.key
        for page in pages
        if (page.capture.page, page.capture.supersedes) in by_name
    }
