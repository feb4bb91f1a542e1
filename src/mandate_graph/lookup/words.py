"""Words that are looked for: the same normal form as that of texts, and where they stand in a text.

Case, accents and punctuation play no part. A hyphen between letters may be there or not, on both sides:
"Inter-American" is found as "InterAmerican", as "inter american" and as "american".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mandate_graph.citator.tokens import plain
from mandate_graph.errors import BadOption
from mandate_graph.iris import text_key

__all__ = ["Part", "Words", "keys", "read_words"]

_LONGEST = 1_000
_HYPHENS = "-\u2010\u2011"
_PART = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]?|([^\s\"“”„«»]+)")
_BROKEN = str.maketrans(dict.fromkeys(_HYPHENS, " "))


def keys(text: str) -> tuple[str, ...]:
    """A text in normal form, with words parted by hyphens as one and as two; twice only where that differs."""
    joined = text_key(text)
    parted = text_key(text.translate(_BROKEN)) if any(char in text for char in _HYPHENS) else joined
    return (joined,) if joined == parted else (joined, parted)


@dataclass(frozen=True, slots=True)
class Part:
    """Words that must follow each other; of the last a beginning is enough, unless they stood in quotes (``whole``)."""

    forms: tuple[str, ...]
    whole: bool

    def needles(self) -> list[str]:
        """What must stand in a normal form that is framed by spaces."""
        return [f" {form} " if self.whole else f" {form}" for form in self.forms]

    def stands_in(self, forms: Sequence[str]) -> bool:
        """Whether a text with these normal forms has the words."""
        return any(needle in f" {form} " for form in forms for needle in self.needles())


@dataclass(frozen=True, slots=True)
class Words:
    """All that must occur, and the whole in normal form."""

    text: str
    parts: tuple[Part, ...]
    forms: tuple[str, ...]

    def marks(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where the words stand in a text: start and end in code points, without overlaps, in order."""
        found = []
        for parted in (False, True):
            folded, places = _folded(text, parted=parted)
            for part in self.parts:
                for needle in part.needles():
                    found += _spans(folded, places, needle.rstrip(), whole=part.whole)
        merged: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return tuple(merged)


def read_words(text: str) -> Words:
    """Take what a person typed apart: words, and phrases in quotes.

    Raises:
        BadOption: when there is no letter and no digit in it, or far too much.
    """
    if len(text) > _LONGEST:
        raise BadOption("", f"{len(text):,} characters are too many to be looked for; {_LONGEST:,} are the most")
    parts = []
    for match in _PART.finditer(text):
        forms = tuple(form for form in keys(match[1] if match[2] is None else match[2]) if form)
        if forms:
            parts.append(Part(forms, match[2] is None))
    if not parts:
        raise BadOption("", "the words hold no letter and no digit; there is nothing to look for")
    return Words(text, tuple(parts), keys(text))


def _folded(text: str, *, parted: bool) -> tuple[str, list[int]]:
    """A text in normal form, framed by spaces, and for each of its characters the place that it comes from."""
    chars, places = [" "], [-1]
    for place, char in enumerate(text):
        hyphen = char in _HYPHENS and text[place - 1 : place].isalpha() and text[place + 1 : place + 2].isalpha()
        if unicodedata.combining(char) or char == "\u00ad" or (hyphen and not parted):
            continue
        for each in plain(char):
            if each.isalnum():
                chars.append(each)
                places.append(place)
            elif chars[-1] != " ":
                chars.append(" ")
                places.append(place)
    return "".join(chars) + " ", [*places, len(text)]


def _spans(folded: str, places: Sequence[int], needle: str, *, whole: bool) -> list[tuple[int, int]]:
    spans = []
    at = folded.find(needle)
    while at >= 0:
        last = at + len(needle)
        end = folded.index(" ", last)
        if not (whole and end != last):
            spans.append((places[at + 1], places[end - 1] + 1))
        at = folded.find(needle, at + 1)
    return spans
