"""Titles that stand alone: the heading of a document in the follow-up application's listing, the head of a full text.

``Plan of Action - Mar del Plata, Argentina - November 2005`` is a title, a place and a date on one line; a full text
begins with the same on several. Names and months come from the tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mandate_graph.authorities import Authorities
from mandate_graph.citator.citations import Citation, Citations
from mandate_graph.citator.wording import Wording, Words, contains
from mandate_graph.iris import text_key

__all__ = ["Titles"]

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LONGEST = 240
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class _Title:
    """A document, the words that can name it, and the words of its meeting: names of Summit and places."""

    document: str
    language: str
    titles: frozenset[Words]
    kinds: frozenset[Words]
    places: frozenset[Words]
    year: str


class Titles:
    """The titles of all documents, compiled once."""

    def __init__(self, authorities: Authorities, citations: Citations) -> None:
        self._wording = wording = Wording.of(authorities)
        self._citations = citations
        self._months = frozenset(
            text_key(row["text"]) for row in authorities.words["page-words"] if row["role"] == "month"
        )
        self._titles: list[_Title] = []
        self._meeting: set[Words] = set()
        for summit in authorities["summits"].values():
            self._meeting |= wording.names(summit) | wording.short_names(summit)
        for series in authorities["series"].values():
            self._meeting |= wording.names(series)
        for table in ("places", "countries"):
            for place in authorities[table].values():
                self._meeting |= wording.names(place)
        for document in authorities["documents"].values():
            summit = authorities["summits"][document.cells["summit"]]
            places = wording.short_names(summit) | wording.names(summit)
            for key in filter(None, (document.cells["place"], summit.cells["place"])):
                places |= wording.names(authorities["places"][key])
            for language, (titles, kinds) in wording.titles(document, authorities).items():
                fuller = {title for title in titles if title not in kinds}
                self._titles.append(
                    _Title(
                        document.key,
                        language,
                        frozenset(fuller),
                        frozenset(kinds | (titles - fuller)),
                        frozenset(places),
                        summit.cells["start"][:4],
                    )
                )

    def heading(self, line: str) -> Citation | None:
        """A line that is nothing but a document's title, place and date; unknown ones only in that very form."""
        if (
            len(line) > _LONGEST
            or not _YEAR.search(line[-8:])
            or line.startswith("(")
            or line.endswith((".", ";", ":"))
        ):
            return None
        year = _YEAR.findall(line)[-1]
        parts = re.split(r"\s+[-\u2013\u2014]\s+", line)
        place = parts[1].split(",")[0] if len(parts) > 2 else ""
        # The whole line first; then the title with its year, and a bare kind with its place.
        for title in (self._bare(line), f"{parts[0]} {year}", f"{parts[0]} {place} {year}" if place else ""):
            if title and (found := self._citations.of_title(title, line)).documents:
                return found
        return self._citations.of_title(self._bare(line), line) if len(parts) > 2 else None

    def _bare(self, line: str) -> str:
        words = (word for _, word in self._wording.placed(line) if word not in self._months)
        return " ".join(word for word in words if not _DAY.fullmatch(word))

    def of_head(self, lines: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """The documents that the first lines of a full text can be, and the language of the title.

        A line counts when it holds a title, or a kind and the place or year of its Summit, and little else.
        """
        candidates: dict[str, int] = {}
        language: dict[str, str] = {}
        keyed = [self._wording.printed(line) for line in lines]
        everything: Words = tuple(word for line in keyed for word in line)
        for title in self._titles:
            score = max((self._score(title, line, everything) for line in keyed), default=0)
            if score > candidates.get(title.document, 0):
                candidates[title.document] = score
                language[title.document] = title.language
        best = max(candidates.values(), default=0)
        if best < 2:
            return (), ""
        found = sorted(document for document, score in candidates.items() if score == best)
        return tuple(found), language[found[0]] if len(found) == 1 else ""

    def title_line(self, lines: Sequence[str], document: str) -> int:
        """Which of the first lines holds the title of a document, the last one where several do; -1 when none does."""
        keyed = [self._wording.printed(line) for line in lines]
        everything: Words = tuple(word for line in keyed for word in line)
        scores = [
            max(
                (self._score(title, line, everything) for title in self._titles if title.document == document),
                default=0,
            )
            for line in keyed
        ]
        best = max(scores, default=0)
        return len(scores) - 1 - scores[::-1].index(best) if best else -1

    def is_of_title(self, line: str, document: str, *, share: float = 0.25) -> bool:
        """Whether a line is part of a document's title page: title, kind, meeting, place or date, and little else.

        ``share`` is how much of it may be other words.
        """
        words = self._wording.printed(line)
        for title in self._titles:
            if title.document == document and (
                any(contains(other, words) for other in title.titles) or self._is_little_else(title, words, share)
            ):
                return True
        return False

    def _score(self, title: _Title, line: Words, everything: Words) -> int:
        named = max((len(words) for words in title.titles if contains(line, words)), default=0)
        kind = max((len(words) for words in title.kinds if contains(line, words)), default=0)
        if not (named or kind) or not self._is_little_else(title, line):
            return 0
        place = any(contains(everything, words) for words in title.places)
        year = title.year in everything
        other = any(re.fullmatch(r"(?:19|20)\d\d", word) for word in everything) and not year
        if other or (not named and not (place or year)):
            return 0
        return 2 * bool(named) + 2 * (not named) * (place or year) + place + year + bool(named and kind)

    def _is_little_else(self, title: _Title, line: Words, share: float = 0.25) -> bool:
        """Whether a line's words are those of titles, kinds, meetings and dates, but for a few."""
        left = list(line)
        parts = sorted({*title.titles, *title.kinds, *title.places, *self._meeting}, key=len, reverse=True)
        for part in parts:
            _remove(left, part)
        rest = [word for word in left if word not in self._months and not word[:1].isdigit()]
        return len(rest) <= max(1, int(len(line) * share))


def _remove(words: list[str], part: Words) -> None:
    size = len(part)
    if not size:
        return
    for place in range(len(words) - size, -1, -1):
        if tuple(words[place : place + size]) == part:
            del words[place : place + size]
