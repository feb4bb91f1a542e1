"""What invented paragraphs can say and name: phrases in two languages, and what the project's tables know."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from inventing.chance import falling
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.house import packaged_house
from mandate_graph.model import Entity

__all__ = ["LANGUAGES", "Document", "Said", "Vocabulary", "vocabulary"]

LANGUAGES = ("en", "es")
Said: TypeAlias = tuple[str, str]
"""The same words in English and Spanish."""

_PHRASES = Path(__file__).with_name("phrases.tsv")
_MONTHS = (("April", "Abril"), ("November", "Noviembre"), ("January", "Enero"))


@dataclass(frozen=True, slots=True)
class Document:
    """A document that pages cite: how, and where its paragraphs are numbered; ``most`` is 0 where they are not."""

    key: str
    kind: str
    year: int
    title: Said
    cited: Said
    place: Said
    country: Said
    sections: tuple[Said, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases by role, documents from the oldest on, names of things (the likeliest first), themes, countries."""

    phrases: Mapping[str, Sequence[Said]]
    documents: Sequence[Document]
    cited: Sequence[int]
    names: Sequence[tuple[Sequence[str], Sequence[str]]]
    themes: Sequence[tuple[str, str, Said]]
    countries: Sequence[Said]
    summits: Sequence[tuple[str, Said]]
    name_weights: Sequence[float]
    cited_weights: Sequence[float]
    theme_weights: Sequence[float]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Read phrases and tables once."""
    tables = load_authorities(packaged_house().authorities)
    documents = sorted((_document(entity, tables) for entity in tables["documents"].values()), key=lambda one: one.year)
    names = [_names(entity) for table in ("instruments", "bodies") for entity in _mixed(tables, table)]
    places = {document.key: number for number, document in enumerate(documents)}
    # A closing statement is adopted by nobody: pages do not cite it.
    cited = [places[entity.key] for entity in _mixed(tables, "documents") if entity.cells["kind"] != "statement"]
    themes = [(entity.key, entity.cells["stem"], _heading(entity, tables)) for entity in _mixed(tables, "themes")]
    return Vocabulary(
        _phrases(),
        documents,
        cited,
        names[::2] + names[1::2],
        themes,
        [_both(entity) for entity in tables["countries"].values()],
        [(entity.key[:4], _short(entity)) for entity in tables["summits"].values()],
        falling(len(names)),
        falling(len(cited), 4),
        falling(len(themes)),
    )


def _phrases() -> Mapping[str, Sequence[Said]]:
    phrases: dict[str, list[Said]] = defaultdict(list)
    with _PHRASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            phrases[row["role"]].append((row["en"], row["es"]))
    return phrases


def _mixed(tables: Authorities, table: str) -> list[Entity]:
    """The rows of a table in an order that has nothing to do with their names."""
    return sorted(tables[table].values(), key=lambda entity: hashlib.sha256(entity.key.encode()).digest())


def _both(entity: Entity) -> Said:
    return entity.labels["en"], entity.labels.get("es", entity.labels["en"])


def _short(entity: Entity) -> Said:
    english, spanish = (entity.cells[f"short_{language}"].split(" | ")[0] for language in LANGUAGES)
    return english, spanish or english


def _names(entity: Entity) -> tuple[Sequence[str], Sequence[str]]:
    """All names of a thing in each language; a language without any borrows those of the other."""
    english, spanish = (
        tuple(
            dict.fromkeys(
                (
                    *filter(None, (entity.labels.get(language),)),
                    *entity.alts.get(language, ()),
                    *entity.finds.get(language, ()),
                )
            )
        )
        for language in LANGUAGES
    )
    return english or spanish, spanish or english


def _document(entity: Entity, tables: Authorities) -> Document:
    summit = tables["summits"][entity.cells["summit"]]
    place = tables["places"][entity.cells["place"] or summit.cells["place"]]
    country = tables["countries"][place.cells["country"]]
    year, title = int(entity.key[:4]), _both(entity)
    city = _both(place)
    cited = tuple(
        entity.cells[f"cited_{language}"] or _made(title[number], city[number], year)
        for number, language in enumerate(LANGUAGES)
    )
    sections = tuple(
        _both(section) for section in tables["sections"].values() if section.cells["document"] == entity.key
    )
    most = int(entity.cells["numbers"].partition("-")[2] or 0)
    return Document(
        entity.key, entity.cells["kind"], year, title, (cited[0], cited[1]), city, _both(country), sections, most
    )


def _made(title: str, city: str, year: int) -> str:
    """A citation that no page was seen with, made as the others are; a title without its place gets it."""
    return f"{title}, {year}" if city in title else f"{title.partition(' (')[0]}, {city}, {year}"


def _heading(entity: Entity, tables: Authorities) -> Said:
    """What stands at the head of the page: a subtheme behind its theme."""
    english, spanish = _both(entity)
    broader = entity.cells["broader"]
    if not broader:
        return english, spanish
    above = _both(tables["themes"][broader])
    return f"{above[0]}: {english}", f"{above[1]}: {spanish}"
