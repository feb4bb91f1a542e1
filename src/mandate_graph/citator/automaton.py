"""The door to ahocorasick-rs: all names at once, in one pass over a text."""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterator, Sequence

import ahocorasick_rs

from mandate_graph.model import Span

__all__ = ["Automaton", "WordAutomaton", "WordSearch", "fold"]

# Quotes and hyphens of every shape are one; each folds to one character, so that offsets stay true.
_SAME = (
    {ord(char): "'" for char in "‘’‛`´"} | {ord(char): '"' for char in "“”„«»"} | {ord(char): "-" for char in "‐‑–—−"}
)


def fold(text: str) -> str:
    """Lower case without accents, character by character: the result is as long as the text."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text.translate(_SAME)))


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

    def lines(self, lines: Sequence[bytes]) -> dict[int, set[int]]:
        """By line, the places of the parts that stand in it; words are parted by single spaces."""
        found: dict[int, set[int]] = {}
        if self._compiled is None:
            return found
        starts, place = [], 0
        for line in lines:
            starts.append(place)
            place += len(line) + 3
        text = b" \n ".join((b"", *lines, b""))[2:]
        for part, start, _ in self._compiled.find_matches_as_indexes(text, overlapping=True):
            found.setdefault(bisect.bisect_right(starts, start) - 1, set()).add(part)
        return found
