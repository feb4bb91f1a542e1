"""The tables that people keep: summits, documents, themes, named things, and the words that pages use.

Every table is a CSV file with a header. ``label_xx``, ``alt_xx``, ``hidden_xx`` (misprints) and ``find_xx`` (names that
nobody has checked: searched for, never published) hold names in the language ``xx``: a new language is a new column.
Several values in one cell are parted by `` | ``.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from mandate_graph.authorities.cells import Row, by_language, split_cell
from mandate_graph.authorities.checks import check_entities, check_words
from mandate_graph.errors import BadTable, MissingPath
from mandate_graph.model import Entity, Rule

__all__ = ["Authorities", "Row", "by_language", "is_date", "load_authorities", "read_csv", "split_cell"]

# The columns that a table must have beside its key, and the table that a cell points into.
_ENTITIES: Mapping[str, Mapping[str, str]] = {
    "series": {"organizer": "bodies"},
    "summits": {"series": "series", "place": "places"},
    "documents": {"summit": "summits", "place": "places"},
    "sections": {"document": "documents"},
    "places": {"country": "countries"},
    "countries": {},
    "themes": {"broader": "themes"},
    "topics": {},
    "sdg": {"broader": "sdg"},
    "instruments": {"creator": "bodies", "part_of": "instruments", "successor": "instruments"},
    "bodies": {"parent": "bodies", "successor": "bodies"},
}
_REQUIRED: Mapping[str, Sequence[str]] = {
    "summits": ("start", "end", "ordinal"),
    "documents": ("kind", "date", "numbers"),
    "themes": ("stem",),
    "sdg": ("notation",),
    "instruments": ("kind", "date", "years", "guarded", "identifiers", "see_also"),
    "bodies": ("class", "guarded"),
    "countries": ("iso2", "iso3", "m49"),
}
# The column that names a concept of a closed list, and the list.
_KINDS = {"documents": ("kind", "document"), "instruments": ("kind", "instrument"), "bodies": ("class", "body")}
_WORDS: Mapping[str, Sequence[str]] = {
    "kinds": ("scheme", "key", "label_en", "definition_en"),
    "rules": ("key", "version", "confidence", "label_en", "definition_en"),
    "page-words": ("role", "language", "text"),
    "footnotes": ("kind", "language", "cue"),
    "generics": ("language", "phrase"),
    "heads": ("language", "head", "kind"),
    "parts": ("language", "words"),
    "small-words": ("language", "word", "joins"),
    "languages": ("code", "authority", "label_en"),
    "forms": ("language", "form", "targets", "requires", "rule"),
    "spellings": ("language", "variant", "spelling"),
    "abbreviations": ("language", "long", "short"),
    "ordinals": ("language", "roman", "word"),
    "pointers": ("language", "words", "strong"),
    "openings": ("language", "words"),
    "decoys": ("language", "phrase"),
    "cues": ("language", "cue", "relation", "reach", "kinds"),
    "relations": ("key", "curie", "label_en", "definition_en"),
    "targets": ("key", "prefix", "iri", "pattern", "holds", "labels", "license", "homepage", "sparql", "label_en"),
    "symbols": ("organ", "creator", "kind", "prefix", "agency", "label_en"),
}
_RANGE = re.compile(r"\d+-\d+")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")


@dataclass(frozen=True, slots=True, eq=False)
class Authorities:
    """All tables, checked: keys are unique, and every key that a cell names exists. Equal only to itself."""

    entities: Mapping[str, Mapping[str, Entity]]
    words: Mapping[str, tuple[Row, ...]]
    rules: Mapping[str, Rule]

    def __getitem__(self, table: str) -> Mapping[str, Entity]:
        return self.entities[table]

    @property
    def languages(self) -> Mapping[str, str]:
        """The codes of languages that pages may have, and their codes in the EU authority table."""
        return {row["code"]: row["authority"] for row in self.words["languages"]}

    def kind_labels(self, scheme: str, key: str) -> Mapping[str, str]:
        """The labels of a concept of a closed list, by language."""
        row = next(row for row in self.words["kinds"] if row["scheme"] == scheme and row["key"] == key)
        return by_language(row, "label")

    def sections_of(self, document: str) -> Mapping[str, Entity]:
        """The sections of a document, by the last part of their key."""
        return {
            key.removeprefix(f"{document}/"): section
            for key, section in self.entities["sections"].items()
            if section.cells["document"] == document
        }


def is_date(text: str) -> bool:
    """Whether a cell is empty, or a day, month or year that the calendar has."""
    if not text:
        return True
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if _DATE.fullmatch(text) else text)
    except ValueError:
        return False
    return bool(_DATE.fullmatch(text))


def read_csv(path: Path, name: str, required: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table with the lines that they begin on; cells are stripped.

    Raises:
        MissingPath: when the file is not there.
        BadTable: when it is not UTF-8, lacks a column, or a row has too many or too few cells.
    """
    if not path.is_file():
        raise MissingPath(str(path), "table", "Every house needs it; copy it from another house or from the package.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(
            name, f"not UTF-8 at byte {error.start}", advice="Save the table as UTF-8 and build again."
        ) from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        missing = [column for column in required if column not in header]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise BadTable(name, f"the column{'' if verb == 'is' else 's'} {' and '.join(missing)} {verb} missing", 1)
        if len(set(header)) != len(header):
            raise BadTable(name, "two columns have one name", 1)
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                if len(cells) != len(header):
                    raise BadTable(name, f"{len(cells)} cells, but the header names {len(header)} columns", line)
                yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadTable(name, str(error), reader.line_num) from None


def load_authorities(folder: Path) -> Authorities:
    """Read and check every table of a folder; tables that have not changed since the last time are not read again.

    Raises:
        MissingPath: when a table is not there.
        BadTable: when a row breaks a rule; the message names table and line.
    """
    files = sorted(folder.glob("*.csv"))
    return _load(
        folder, folder.resolve(), tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    )


@lru_cache(maxsize=4)
def _load(folder: Path, _real: Path, _state: tuple[tuple[str, int, int], ...]) -> Authorities:
    words: dict[str, tuple[Row, ...]] = {}
    lines: dict[str, tuple[int, ...]] = {}
    for table, columns in _WORDS.items():
        found = list(read_csv(folder / f"{table}.csv", f"{table}.csv", columns))
        lines[table] = tuple(line for line, _ in found)
        words[table] = tuple(row for _, row in found)
    entities: dict[str, dict[str, Entity]] = {}
    places: dict[tuple[str, str], int] = {}
    for table, references in _ENTITIES.items():
        entities[table] = {}
        columns = ("key", *references, *_REQUIRED.get(table, ()))
        for line, row in read_csv(folder / f"{table}.csv", f"{table}.csv", columns):
            entity = _entity(table, row, line)
            if entity.key in entities[table]:
                raise BadTable(f"{table}.csv", f"the key {row['key']!r} stands twice", line)
            entities[table][entity.key] = entity
            places[table, entity.key] = line
    _check_references(entities, words, places)
    rules = {row["key"]: Rule(row["key"], row["version"], row["confidence"]) for row in words["rules"]}
    check_words(words, lines, rules, entities)
    check_entities(entities, places, words["small-words"])
    return Authorities(
        MappingProxyType({table: MappingProxyType(dict(sorted(rows.items()))) for table, rows in entities.items()}),
        MappingProxyType(words),
        MappingProxyType(rules),
    )


def _entity(table: str, row: Row, line: int) -> Entity:
    key = row["key"]
    if not _KEY.fullmatch(key):
        raise BadTable(
            f"{table}.csv", f"the key {key!r} must be lower-case letters and digits with single hyphens", line
        )
    for column in ("start", "end", "date"):
        if not is_date(row.get(column, "")):
            raise BadTable(
                f"{table}.csv", f"{column} {row[column]!r} is not a date like 2001-04-20, 2001-04 or 2001", line
            )
    if row.get("numbers") and not _RANGE.fullmatch(row["numbers"]):
        raise BadTable(f"{table}.csv", f"numbers {row['numbers']!r} is not a range like 1-57", line)
    labels = by_language(row, "label")
    if not labels:
        raise BadTable(f"{table}.csv", f"{key} has no label in any language", line)
    if table == "sections":  # a section's slug is unique in its document only
        key = f"{row['document']}/{key}"
    return Entity(
        table,
        key,
        labels,
        {language: split_cell(cell) for language, cell in by_language(row, "alt").items()},
        {language: split_cell(cell) for language, cell in by_language(row, "hidden").items()},
        row,
        {language: split_cell(cell) for language, cell in by_language(row, "find").items()},
    )


def _check_references(
    entities: Mapping[str, Mapping[str, Entity]],
    words: Mapping[str, Sequence[Row]],
    places: Mapping[tuple[str, str], int],
) -> None:
    kinds = {(row["scheme"], row["key"]) for row in words["kinds"]}
    for table, rows in entities.items():
        for entity in rows.values():
            line = places[table, entity.key]
            for column, target in _ENTITIES[table].items():
                cell = entity.cells[column]
                if cell and cell not in entities[target]:
                    raise BadTable(f"{table}.csv", f"{column} {cell!r} has no row in {target}.csv", line)
            if table in _KINDS:
                column, scheme = _KINDS[table]
                if (scheme, entity.cells[column]) not in kinds:
                    raise BadTable(f"{table}.csv", f"{column} {entity.cells[column]!r} has no row in kinds.csv", line)
