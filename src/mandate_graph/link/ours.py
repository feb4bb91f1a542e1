"""Our side: the things of a kind with all their names, and an index of these."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mandate_graph.authorities import Authorities
from mandate_graph.errors import UnknownThing, UsageError
from mandate_graph.iris import text_key
from mandate_graph.link.words import KINDS, Spellings
from mandate_graph.model import Entity

__all__ = ["Index", "Name", "Subject", "subjects"]

Field: TypeAlias = Literal["label", "alt", "hidden", "find"]
"""What a name is to us; ``find`` are names that nobody has checked."""
_ACRONYM = 6
_SEVERAL_KEYS = re.compile(r"[(\[,\-\u2010\u2011]")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a thing of ours."""

    subject: str
    text: str
    language: str
    field: Field

    @property
    def acronym(self) -> bool:
        """Whether it is one short word of capital letters, which many things share."""
        return len(self.text) <= _ACRONYM and self.text.isupper() and " " not in self.text


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing of ours as the matcher sees it: its key with its kind (``topic/remittances``), label and names.

    ``country`` and ``country_label`` are key and label of the country that a place lies in; ``context`` are keys of
    what that country is called.
    """

    key: str
    label: str
    names: tuple[Name, ...]
    country: str = ""
    country_label: str = ""
    context: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The kind: what stands before the slash."""
        return self.key.partition("/")[0]


def subjects(
    kind: str, authorities: Authorities, languages: Collection[str] = (), only: Sequence[str] = ()
) -> dict[str, Subject]:
    """The things of a kind by key; with ``only`` those, with ``languages`` their names in these.

    Raises:
        UsageError: when the tables have no name in any of the languages.
        UnknownThing: when a key of ``only`` is none of the kind.
    """
    entities = authorities[KINDS[kind]]
    keys = [key.removeprefix(f"{kind}/") for key in only] or list(entities)
    for key in keys:
        if key not in entities:
            raise UnknownThing(f"{kind}/{key}")
    found = {}
    for key in keys:
        entity = entities[key]
        whole = f"{kind}/{key}"
        country = entity.cells.get("country", "") if kind == "place" else ""
        names = tuple(name for name in _names(whole, entity) if not languages or name.language in languages)
        lies_in = authorities["countries"][country].label() if country else ""
        found[whole] = Subject(whole, entity.label(), names, country, lies_in, _context(authorities, country))
    if languages and found and not any(subject.names for subject in found.values()):
        raise UsageError(f"--languages {','.join(languages)}: no {kind} of the tables has a name in any of these")
    return found


def _names(key: str, entity: Entity) -> Iterator[Name]:
    for language, text in entity.labels.items():
        yield Name(key, text, language, "label")
    fields: tuple[tuple[Field, Mapping[str, tuple[str, ...]]], ...] = (
        ("alt", entity.alts),
        ("hidden", entity.hiddens),
        ("find", entity.finds),
    )
    for field, names in fields:
        for language, several in names.items():
            for text in several:
                yield Name(key, text, language, field)


def _context(authorities: Authorities, country: str) -> frozenset[str]:
    """What a country is called, and its codes, as keys."""
    if not country:
        return frozenset()
    entity = authorities["countries"][country]
    codes = (entity.cells[column] for column in ("iso2", "iso3"))
    return frozenset(map(text_key, (*codes, *entity.names())))


class Index:
    """The names of several things by their keys."""

    def __init__(self, things: Mapping[str, Subject], spellings: Spellings) -> None:
        self.things = things
        self.kind = next((subject.kind for subject in things.values()), "")
        self.spellings = spellings
        self._same: dict[str, list[Name]] = {}
        self._loose: dict[str, list[Name]] = {}
        for subject in things.values():
            for name in subject.names:
                for key in spellings.keys(name.text, name.language, ""):
                    if key.form == "same":
                        self._same.setdefault(key.text, []).append(name)
                        # a singular of ours meets a plural of theirs on their loose key
                        self._loose.setdefault(spellings.loose(key.text, name.language), []).append(name)

    def hits(self, text: str, language: str) -> Iterator[tuple[Name, str, str]]:
        """The names of ours that a label is one with: the name, the form, the qualifier; the strongest forms first."""
        for key in self.spellings.keys(text, language, self.kind):
            index = self._loose if key.form == "spelling" else self._same
            for name in index.get(key.text, ()):
                yield name, key.form, key.qualifier

    def has(self, text: str, language: str) -> bool:
        """Whether a label is one with any name of ours."""
        # Nearly every label of a vocabulary is none of ours: these must cost little.
        whole = text_key(text)
        known = self.spellings.loose(whole, language) in self._loose or whole in self._same
        if not known and not _SEVERAL_KEYS.search(text):
            return False
        return next(self.hits(text, language), None) is not None

    def texts(self) -> list[Name]:
        """All names."""
        return [name for subject in self.things.values() for name in subject.names]
