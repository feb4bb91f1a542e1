"""A string taken apart for comparing: its words in one form each, its years, and its normal forms as a whole.

Spellings, plurals, broken words and ordinals ("3rd", "III", "tercera") are those of the authority tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from mandate_graph.authorities import Authorities
from mandate_graph.citator.names import Lexicon
from mandate_graph.citator.tokens import plain
from mandate_graph.lookup.words import keys

__all__ = ["Reader", "Text", "squeezed"]

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_RUN = re.compile(r"\w+\.?[ªº]?")
_PARTS = re.compile(r"[()\[\];,/|–—]+|\s-\s")
_DIGIT = re.compile(r"\d")
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Text:
    """A string: its words without the small ones (or all, when there are no others), and the years that are said.

    ``forms`` are the normal forms of the whole, ``parts`` those between brackets, commas and slashes; ``squeezed`` is
    the whole without spaces, for codes; ``cut`` are words that a full stop may have cut short ("Decl.").
    """

    raw: str
    words: tuple[str, ...]
    years: frozenset[str]
    forms: tuple[str, ...]
    parts: tuple[str, ...]
    squeezed: str
    cut: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads strings by the words of the tables."""

    lexicon: Lexicon
    small: frozenset[str]
    ordinals: Mapping[str, str]

    @classmethod
    def of(cls, authorities: Authorities, lexicon: Lexicon) -> Reader:
        """Take the words from the tables, of which the lexicon was made."""
        return cls(
            lexicon,
            frozenset(plain(row["word"]) for row in authorities.words["small-words"]),
            {
                row["word"].casefold(): row["roman"].casefold()
                for row in authorities.words["ordinals"]
                if row["roman"] and row["word"]
            },
        )

    def read(self, raw: str) -> Text:
        """Take a string apart; surrogates and what is no character are passed over."""
        text = unicodedata.normalize("NFC", raw.encode("utf-8", "ignore").decode("utf-8"))
        years = frozenset(_YEAR.findall(text))
        spelled = _RUN.sub(lambda run: self.ordinals.get(run[0].casefold(), run[0]), text)
        words = self._words(_YEAR.sub(" ", spelled))
        # the letter of "16.a" is no small word
        pairs = zip(("", *words), words, strict=False)
        content = tuple(word for before, word in pairs if word not in self.small or before.isdecimal())
        content = (*content, *(year for year in sorted(years)))
        parts = tuple(part for each in _PARTS.split(text) for part in keys(each)[:1] if part)
        forms = tuple(form for form in keys(text) if form)
        cut = frozenset(plain(match[1]) for match in re.finditer(r"\b([^\W\d_]{3,})\.", text))
        return Text(text, content or words, years, forms, parts if len(parts) > 1 else (), squeezed(text), cut)

    def _words(self, text: str) -> tuple[str, ...]:
        tokens = self.lexicon.spelling.tokens(text)
        words = [key for key in tokens.keys if key[0].isalnum()]
        words += [plain(acronym) for _, _, acronym in tokens.groups]
        return tuple(dict.fromkeys(words))[:_MOST_WORDS]


def squeezed(text: str) -> str:
    """Letters and digits alone, when there are both; codes are written with stops, spaces and hyphens or without."""
    if not _DIGIT.search(text):
        return ""
    form = keys(text)[0].replace(" ", "")
    return form if any(char.isalpha() for char in form) else ""
