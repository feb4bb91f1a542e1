"""The door to ahocorasick-rs: all names at once, in one pass over a text."""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import ahocorasick_rs

from mandate_graph.model import Span

__all__ = ["Automaton", "Phrases", "WordAutomaton", "WordSearch", "fold"]

# Quotes and hyphens of every shape are one; each folds to one character, so that offsets stay true.
_SAME = (
    {ord(char): "'" for char in "‘’‛`´"} | {ord(char): '"' for char in "“”„«»"} | {ord(char): "-" for char in "‐‑–—−"}
)


_SPACES = re.compile(r"\s")


def fold(text: str) -> str:
    """Lower case without accents, character by character: the result is as long as the text."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text.translate(_SAME)))


@lru_cache(maxsize=4096)
def _fold_character(char: str) -> str:
    if char.isascii():
        return char.lower()
    base = unicodedata.normalize("NFKD", char)[0].casefold()
    return base if len(base) == 1 else char


class Automaton:
    """Finds folded names at word boundaries; a name in capitals or with a capital inside must stand so in the text."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._exact = [_is_acronym(name) for name in names]
        # Half of the capitals must be there: "a regional conference on migration" is any of them.
        self._wanted = [(_capitals(name) + 1) // 2 for name in names]
        self._compiled = ahocorasick_rs.AhoCorasick([fold(name) for name in names]) if names else None

    def find(self, text: str) -> Iterator[tuple[Span, int]]:
        """Every place of every name, overlapping ones too: the span and the name's place in the list."""
        if self._compiled is None:
            return
        for name, start, end in self._compiled.find_matches_as_indexes(fold(text), overlapping=True):
            found = text[start:end]
            if found != self._names[name] and (self._exact[name] or _capitals(found) < self._wanted[name]):
                continue
            if _is_boundary(text, start) and _is_boundary(text, end):
                yield Span(start, end), name


def _is_acronym(name: str) -> bool:
    """Short names in capitals: "IOM" is an acronym, "iom" is not; "un" is a Spanish article."""
    letters = [char for char in name if char.isalpha()]
    return " " not in name and sum(char.isupper() for char in letters) >= 2


def _capitals(name: str) -> int:
    return sum(1 for word in name.split() if word[0].isupper())


def _is_boundary(text: str, place: int) -> bool:
    if place in {0, len(text)}:
        return True
    return not (text[place - 1].isalnum() and text[place].isalnum())


class Phrases:
    """Finds phrases at word boundaries in folded text; "reaffirm*" stands for every word that begins so."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._open = [phrase.endswith("*") for phrase in phrases]
        folded = [fold(phrase).rstrip("*") for phrase in phrases]
        # An asterisk inside a phrase ("contenid* en") is tried with every word that begins so.
        self._rest = [phrase.partition("*")[2] for phrase in folded]
        self._compiled = ahocorasick_rs.AhoCorasick([phrase.partition("*")[0] for phrase in folded]) if folded else None

    def find(self, folded: str) -> Iterator[tuple[Span, int]]:
        """Every place of every phrase, overlapping ones too: the span and the phrase's place in the list."""
        if self._compiled is None:
            return
        text = _SPACES.sub(" ", folded)
        for phrase, start, stop in self._compiled.find_matches_as_indexes(text, overlapping=True):
            if start and _is_word(text[start - 1]):
                continue
            end = _word_end(text, stop) if self._rest[phrase] or self._open[phrase] else stop
            end += len(self._rest[phrase])
            if text.startswith(self._rest[phrase], end - len(self._rest[phrase])) and _word_end(text, end) == end:
                yield Span(start, end), phrase


def _word_end(text: str, place: int) -> int:
    while place < len(text) and _is_word(text[place]):
        place += 1
    return place


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


class WordAutomaton:
    """Finds sequences of words in a sequence of words."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        joined = [f" {' '.join(name)} " for name in names]
        self._compiled = ahocorasick_rs.AhoCorasick(joined) if joined else None

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Every place of every name, overlapping ones too: its place in the list, its first word, the word after."""
        if self._compiled is None or not words:
            return
        text = f" {' '.join(words)} "
        at: dict[int, int] = {}
        place = 0
        for number, word in enumerate(words):
            at[place] = number
            place += len(word) + 1
        at[place] = len(words)
        for name, start, end in self._compiled.find_matches_as_indexes(text, overlapping=True):
            yield name, at[start], at[end - 1]


class WordSearch:
    """Finds words and runs of words in many lines at once."""

    def __init__(self, parts: Sequence[str]) -> None:
        patterns = [f" {part} ".encode() for part in parts]
        self._compiled = ahocorasick_rs.BytesAhoCorasick(patterns) if patterns else None
        self._count = len(patterns)

    def lines(self, lines: Sequence[bytes]) -> list[int]:
        """By line, the parts that stand in it: bit ``n`` for part ``n``. Words are parted by single spaces."""
        found = [0] * len(lines)
        if self._compiled is None or not lines:
            return found
        ends, place = [], 0
        for line in lines:
            place += len(line) + 3
            ends.append(place)
        text = b" \n ".join((b"", *lines, b""))[2:]
        bits = [1 << part for part in range(self._count)]
        number, end, mask = 0, ends[0], 0
        # Matches come in the order of their ends, so that one line follows the other.
        for part, start, _ in self._compiled.find_matches_as_indexes(text, overlapping=True):
            if start >= end:
                found[number] = mask
                number = bisect.bisect_right(ends, start, number)
                end, mask = ends[number], found[number]
            mask |= bits[part]
        found[number] = mask
        return found
