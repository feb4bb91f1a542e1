"""What the properties and types of other people's vocabularies mean to us: two tables, and the keys of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from mandate_graph.authorities import Authorities, read_csv
from mandate_graph.errors import BadTable
from mandate_graph.house import House, packaged_house
from mandate_graph.iris import text_key
from mandate_graph.sssom import LINKED

__all__ = ["KINDS", "Form", "Key", "Spellings", "Words", "load_words", "parted", "table"]

KINDS: Mapping[str, str] = LINKED
"""The kinds of things that can be linked, and their tables."""

ROLES = frozenset((
    "pref", "alt", "hidden", "xl-pref", "xl-alt", "xl-hidden", "xl-form", "type", "scheme", "exact", "near",
    "deprecated", "replaced", "definition", "broader", "inside", "country", "version",
))  # fmt: skip

Form: TypeAlias = Literal["same", "qualified", "spelling"]
"""How two names are one: as they stand (but for case, accents and punctuation); without the qualifier of one
(«Mercury (planet)»); or only when plurals and spellings of English are made one, too."""


class Key(NamedTuple):
    """What a name is looked up by; ``qualifier`` is what was taken off, as it stands."""

    text: str
    form: Form
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The tables: of each property (an IRI) its role and its CURIE; of a kind and a type whether they fit.

    ``old`` are types and states that only terms have which are no longer in use.
    """

    roles: Mapping[str, str]
    curies: Mapping[str, str]
    fits: Mapping[tuple[str, str], bool]
    old: frozenset[str] = frozenset()

    def of_role(self, *roles: str) -> list[str]:
        """The properties of these roles, in the order of the table."""
        return [iri for iri, role in self.roles.items() if role in roles]

    def label_of(self, role: str) -> str:
        """The first property that has plainly what one of SKOS-XL leads to: ``pref`` for ``xl-pref``."""
        return self.of_role(role.removeprefix("xl-"))[0]

    def prefixes(self, curies: Sequence[str]) -> dict[str, str]:
        """The prefixes that these CURIEs of properties use, and their IRIs."""
        found = {}
        for iri, curie in self.curies.items():
            if curie in curies:
                prefix, _, local = curie.partition(":")
                found[prefix] = iri.removesuffix(local)
        return found


def table(house: House, name: str) -> Path:
    """A table of the house, else the packaged one: what is said of the world need not be said by every house."""
    own = house.authorities / name
    return own if own.is_file() else packaged_house().authorities / name


def load_words(house: House) -> Words:
    """Read ``link-properties.csv`` and ``link-types.csv``.

    Raises:
        BadTable: when a row has a role that is not known, or a property stands twice.
    """
    roles: dict[str, str] = {}
    curies: dict[str, str] = {}
    for line, row in read_csv(table(house, "link-properties.csv"), "link-properties.csv", ("role", "curie", "iri")):
        if row["role"] not in ROLES:
            raise BadTable("link-properties.csv", f"the role {row['role']!r} is not known", line)
        if row["iri"] in roles:
            raise BadTable("link-properties.csv", f"the property {row['iri']} stands twice", line)
        roles[row["iri"]] = row["role"]
        curies[row["iri"]] = row["curie"]
    fits: dict[tuple[str, str], bool] = {}
    old: set[str] = set()
    for line, row in read_csv(table(house, "link-types.csv"), "link-types.csv", ("kind", "fits", "type")):
        if row["fits"] == "old" and row["kind"] == "*":
            old.add(row["type"])
            continue
        if row["kind"] not in {*KINDS, "*"} or row["fits"] not in {"yes", "no"}:
            raise BadTable("link-types.csv", "kind must be a kind or *, and fits yes or no (with *, also old)", line)
        fits[row["kind"], row["type"]] = row["fits"] == "yes"
    return Words(roles, curies, fits, frozenset(old))


_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")
_BRACKETS = re.compile(r"(?P<name>.+?)\s*[(\[](?P<rest>[^()\[\]]+)[)\]]\s*")
_COMMA = re.compile(r"(?P<name>[^,]+),\s*(?P<rest>.+)")
_DASHES = re.compile(r"(?P<rest>.+?)\s*--\s*(?P<name>[^-].*)")
_PLURALS = (
    (re.compile(r"(?<=[^aeiou])ies$"), "y"),
    (re.compile(r"(?:(?<=[sxz])|(?<=[cs]h))es$"), ""),
    (re.compile(r"(?<=[^su])s$"), ""),
)


class Spellings:
    """Makes keys of names; ``placed`` are the kinds whose names other people write with what they lie in."""

    placed = frozenset(("place",))

    def __init__(self, authorities: Authorities) -> None:
        rows = authorities.words["spellings"]
        self._spellings = {(row["language"], text_key(row["variant"])): text_key(row["spelling"]) for row in rows}

    def keys(self, text: str, language: str, kind: str) -> Iterator[Key]:
        """The keys of a name in a language, the strongest forms of it first; no key stands twice.

        A name without a letter or digit has none. Plurals are those of English; a name without a language may be
        English.
        """
        whole = text_key(text)
        if not whole:
            return
        yield Key(whole, "same")
        seen = {(whole, "same")}
        found = [Key(parted(text), "same"), Key(self.loose(whole, language), "spelling")]
        for name, rest in _unqualified(text, placed=kind in self.placed):
            for base in dict.fromkeys((text_key(name), parted(name))):
                found += [Key(base, "qualified", rest), Key(self.loose(base, language), "spelling", rest)]
        for key in found:
            if key.text and key[:2] not in seen:
                seen.add(key[:2])
                yield key

    def loose(self, key: str, language: str) -> str:
        """A key with one spelling of words that have several, and every word of English in the singular."""
        if language not in {"en", ""}:
            return " ".join(self._spellings.get((language, word), word) for word in key.split())
        return " ".join(_singular(self._spellings.get(("en", word), word)) for word in key.split())


def parted(text: str) -> str:
    """The key of a name whose hyphens part words: «Port-of-Spain» is Port of Spain, as «inter-American» is one word."""
    return text_key(_HYPHEN.sub(" ", text)) if _HYPHEN.search(text) else text_key(text)


def _unqualified(text: str, *, placed: bool) -> Iterator[tuple[str, str]]:
    found = _BRACKETS.fullmatch(text)
    if found:
        yield found["name"], found["rest"]
    if not placed:
        return
    inner = found["name"] if found else text
    more = found["rest"] if found else ""
    for pattern in (_COMMA, _DASHES):
        if parted := pattern.fullmatch(inner):
            yield parted["name"], ", ".join(filter(None, (parted["rest"], more)))


@lru_cache(maxsize=65_536)
def _singular(word: str) -> str:
    if len(word) < 4:
        return word
    for ending, instead in _PLURALS:
        if ending.search(word):
            return ending.sub(instead, word)
    return word
