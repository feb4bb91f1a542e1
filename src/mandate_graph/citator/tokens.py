"""Texts and names as words that can be compared, each with the way back to its characters.

Case, accents, hyphens, quotes, commas, the dots of abbreviations, British spelling and the plural play no part in a
word's *key*; the *form* keeps the plural. Nothing here is counted on but the offsets, which are those of the text as it
stands (Unicode code points, end-exclusive).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.model import Span

__all__ = ["Spelling", "Tokens", "plain"]

_LETTERS = r"[^\W\d_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f\u00ad]+[^\W_]*)*"
_WORD = re.compile(
    rf"(?P<dotted>(?<!\w)(?:[A-Z]{{1,2}}\.){{2,}})"  # U.N., EE.UU.
    r"|(?P<year>\((?:18|19|20)\d\d\)|(?<=\s)(?:of|de|del) (?:\d{1,2} (?:de )?[^\W\d_]+ (?:de )?)?(?:18|19|20)\d\d"
    r"(?=\s(?:on|against|relating|for|to|concerning|sobre|contra|relativ\w+|para)\b))"
    r"|(?P<group>[\[(]\s*"
    rf"(?P<acronym>(?=\w*[A-Z]\w*[A-Z])(?![IVXLC]+\s*[\])])[A-Z][A-Za-z]{{1,14}})\s*[\])])"  # (IACHR)
    rf"|(?P<owner>[’'´`]s(?!\w))"
    rf"|(?P<word>{_LETTERS}|\d[\d.,]*\d|\d)"
    r"|(?P<silent>[\s\u00ad\u200b-\u200d\ufeff“”„«»\"‘’‛'`´\-\u2010-\u2015−]+)"
    r"|(?P<comma>,)"
    r"|(?P<stop>\S)"
)
# What ends in these has its plural in -es (naciones, ciudades, relatores).
_SPANISH_PLURAL = re.compile(r"(?:[cs]ion|dad|tad|or|al|ar|il|ez|en|tud|\bplan|\bred)es\Z")
_SHORT = 3
_MOST_WORDS = 100_000
_HYPHENS = ("-", "\u2010", "\u2011")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")


def plain(text: str) -> str:
    """Lower case without accents and invisible characters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and char != "\u00ad")


def singular(word: str) -> str:
    """A word without the mark of the plural, the same for both numbers; not always a word itself."""
    if len(word) <= _SHORT or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if _SPANISH_PLURAL.search(word) else word[:-1]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text: where each stands, how it is written, its form, its key, and what stands before it.

    ``commas[i]`` says that a comma stands before word ``i``; ``groups`` are acronyms in parentheses, which are no
    words: the place of the word before which they stand, the span of the group, and the acronym.
    """

    text: str
    starts: list[int]
    ends: list[int]
    forms: list[str]
    keys: list[str]
    commas: set[int]
    groups: list[tuple[int, Span, str]]

    def __len__(self) -> int:
        return len(self.keys)

    def raw(self, place: int) -> str:
        """A word as it is written."""
        return self.text[self.starts[place] : self.ends[place]]

    def span(self, first: int, last: int) -> Span:
        """The characters of words ``first`` to ``last`` (exclusive)."""
        return Span(self.starts[first], self.ends[last - 1])


class Spelling:
    """Makes tokens: knows the spellings that are one, and the words that names write with a hyphen."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self._spellings = spellings
        self._joined: dict[str, tuple[str, str]] = {}
        self._known: set[str] = set()
        self._cache: dict[str, tuple[str, str]] = {}
        self._words: dict[str, Sequence[tuple[str, str]]] = {}

    def learn(self, names: Collection[str]) -> None:
        """Take from names the words with hyphens ("Inter-American"), which texts print without, and all other words."""
        for name in names:
            for match in re.finditer(r"([^\W\d_]{3,})[-‐‑]([^\W\d_]{3,})", name):
                left, right = (self._written(plain(part))[0] for part in match.groups())
                self._joined[plain(match[1] + match[2])] = (left, right)
            self._known.update(plain(word) for word in re.findall(r"[^\W\d_]{5,}", name))
        self._words.clear()

    def tokens(self, text: str) -> Tokens:
        """The words of a text."""
        found = Tokens(text, [], [], [], [], set(), [])
        broken = self._broken_lines(text) if "\n" in text else {}
        end = 0
        for match in _WORD.finditer(text):
            kind = match.lastgroup
            if kind == "silent":
                continue
            start, stop = match.span()
            if start < end:
                continue
            end = stop
            if kind == "word":
                if start in broken or text[end : end + 1] in _HYPHENS:
                    end, parts = self._broken_word(text, match, broken)
                else:
                    parts = self._words.get(match[0]) or self._parts(match[0])
                self._take(found, start, end, parts)
            elif kind == "comma":
                found.commas.add(len(found.forms))
            elif kind == "year":
                continue
            elif match["group"]:
                found.groups.append((len(found.forms), Span(start, end), match["acronym"]))
            elif not (match[0] == "." and found.ends and self._abbreviates(found, start)):
                form = "'s" if kind == "owner" else plain(match[0].replace(".", "")) if kind == "dotted" else match[0]
                self._take(found, start, end, (self._written(form),))
        return found

    @staticmethod
    def _take(tokens: Tokens, start: int, end: int, parts: Sequence[tuple[str, str]]) -> None:
        for form, key in parts:
            tokens.starts.append(start)
            tokens.ends.append(end)
            tokens.forms.append(form)
            tokens.keys.append(key)

    def _parts(self, word: str) -> Sequence[tuple[str, str]]:
        """Form and key of a word, or of each of the two that names write with a hyphen; words come again and again."""
        form = plain(word)
        parts = tuple(self._written(part) for part in self._joined.get(form) or (form,))
        if len(self._words) < _MOST_WORDS:
            self._words[word] = parts
        return parts

    def _broken_word(
        self, text: str, match: re.Match[str], broken: Mapping[int, tuple[int, str]]
    ) -> tuple[int, Sequence[tuple[str, str]]]:
        """Where a word ends and its parts, put together where a hyphen parts what names write in one."""
        start, end, word = match.start(), match.end(), match["word"]
        if start in broken:
            end, word = broken[start]
        elif text[end : end + 1] in _HYPHENS and (rest := _LETTERS_ONLY.match(text, end + 1)):
            whole = plain(word + rest[0])  # "Co-operation" where names write "Cooperation"
            if whole in self._known and whole not in self._joined:
                return rest.end(), self._parts(whole)
        return end, self._parts(word)

    def names(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...], int]:
        """Forms and keys of a name's words, and how many commas it has."""
        tokens = self.tokens(name.rstrip("."))
        return tuple(tokens.forms), tuple(tokens.keys), name.count(",")

    def _written(self, form: str) -> tuple[str, str]:
        known = self._cache.get(form)
        if known is None:
            form_as = self._spellings.get(form, form)
            known = (form_as, self._spellings.get(singular(form_as), singular(form_as)))
            if len(self._cache) < _MOST_WORDS:
                self._cache[form] = known
        return known

    def _broken_lines(self, text: str) -> dict[int, tuple[int, str]]:
        """Words that a line end parts with a hyphen, where names know the whole word."""
        found = {}
        for match in re.finditer(r"([^\W\d_]+)[-‐\u00ad][ \t]*\n\s*([^\W\d_]+)", text):
            word = match[1] + match[2]
            if plain(word) in self._known or plain(word) in self._joined:
                found[match.start()] = (match.end(), word)
        return found

    @staticmethod
    def _abbreviates(tokens: Tokens, stop: int) -> bool:
        """A dot behind one or two letters, the first a capital ("St.", "EE."), ends no sentence."""
        word = tokens.raw(len(tokens) - 1)
        near = tokens.ends[-1] == stop and stop + 1 < len(tokens.text)
        return near and len(word) <= 2 and word[0].isupper() and word.isalpha()
