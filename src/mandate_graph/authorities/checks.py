"""What the tables must keep beside their columns: words from closed lists, keys that exist, names that are names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mandate_graph.authorities.cells import TABLES, Row, split_cell
from mandate_graph.errors import BadTable
from mandate_graph.model import Entity, Rule

__all__ = ["Checked", "check_entities", "check_words"]

Entities = Mapping[str, Mapping[str, Entity]]
Checked = Callable[[Row], Iterator[str]]

# The rules that the program itself applies; a table without them would break in the middle of a build.
_RULES = frozenset((
    "acronym-alone", "back-reference", "chapeau-by-position", "defined-acronym", "document-by-neighbours",
    "elliptic-plural", "generic-phrase", "kindred-words", "misprint", "name", "name-in-number", "name-like",
    "name-with-antecedent", "no-antecedent", "pair-by-label", "pair-by-position", "pair-by-words", "part-of-name",
    "person", "shared-name", "symbol", "topic", "unchecked-name", "year-differs",
))  # fmt: skip
_NAMED = frozenset(TABLES) - {"series"}
_SLOTS = frozenset(("summit", "ordinal", "title", "year"))
_HEADS = frozenset(("instrument", "body", "meeting", "summit"))
_REACHES = frozenset(("near", "clause", "behind"))
_TREES = {
    "instruments": ("part_of", "successor"),
    "bodies": ("parent", "successor"),
    "themes": ("broader",),
    "sdg": ("broader",),
}
_NAME_COLUMNS = ("label", "alt", "hidden", "find", "about")
_SLOT = re.compile(r"\{(\w*)\}")
_SHORTEST = 2
_YEAR = re.compile(r"\d{4}")
_TARGET = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def check_words(
    words: Mapping[str, Sequence[Row]],
    lines: Mapping[str, Sequence[int]],
    rules: Mapping[str, Rule],
    entities: Entities,
) -> None:
    """Check the tables of words.

    Raises:
        BadTable: with the table and the line of the first row that breaks a rule.
    """
    for rule in rules.values():
        if not re.fullmatch(r"0|1|0\.\d*[1-9]", rule.confidence):
            raise BadTable(
                "rules.csv", f"the confidence of {rule.key} must be a decimal from 0 to 1 without a final zero"
            )
    if missing := sorted(_RULES - set(rules)):
        raise BadTable("rules.csv", f"the rows {', '.join(missing)} are missing")
    languages = {row["code"] for row in words["languages"]}
    kinds = {(row["scheme"], row["key"]) for row in words["kinds"]}
    relations = {row["key"] for row in words["relations"]}
    checks: Mapping[str, Checked] = {
        "forms": lambda row: _form(row, rules, entities, kinds),
        "heads": lambda row: _closed(row, "kind", _HEADS),
        "cues": lambda row: _cue(row, relations),
        "symbols": lambda row: _symbol(row, entities, kinds),
        "targets": _target,
        "decoys": lambda row: _filled(row, "phrase"),
        "generics": lambda row: _filled(row, "phrase"),
        "pointers": lambda row: _filled(row, "words"),
        "parts": lambda row: _filled(row, "words"),
        "openings": lambda row: _filled(row, "words"),
        "abbreviations": lambda row: _filled(row, "long", "short"),
        "spellings": lambda row: _filled(row, "variant", "spelling"),
        "ordinals": lambda row: _filled(row, "word"),
    }
    for table, check in checks.items():
        for line, row in zip(lines[table], words[table], strict=True):
            for problem in (*check(row), *_language(row, languages)):
                raise BadTable(f"{table}.csv", problem, line)
    _unique(words["symbols"], lines["symbols"], "symbols", "organ")
    for column in ("key", "prefix", "iri"):
        _unique(words["targets"], lines["targets"], "targets", column)
    if not any(row["organ"] == "*" for row in words["symbols"]):
        raise BadTable("symbols.csv", "the row of the organ * is missing, which stands for every other organ")


def check_entities(entities: Entities, places: Mapping[tuple[str, str], int], small_words: Iterable[Row]) -> None:
    """Check the names, years, numbers and trees of the things.

    Raises:
        BadTable: with the table and the line of the first row that breaks a rule.
    """
    small = {row["word"].casefold() for row in small_words}
    numbers: dict[str, str] = {}
    for table, rows in entities.items():
        for key, entity in rows.items():
            for problem in (
                *_names(entity, small),
                *_cells(entity),
                *_trees(table, key, rows),
                *_numbers(entity, numbers),
            ):
                raise BadTable(f"{table}.csv", problem, places[table, key])


def _language(row: Row, languages: Iterable[str]) -> Iterator[str]:
    if "language" in row and row["language"] not in {"", *languages}:
        yield f"the language {row['language']!r} has no row in languages.csv"


def _filled(row: Row, *columns: str) -> Iterator[str]:
    for column in columns:
        if not row[column]:
            yield f"{column} is empty"


def _closed(row: Row, column: str, known: Iterable[str]) -> Iterator[str]:
    if row[column] not in known:
        yield f"{column} {row[column]!r} is none of {', '.join(sorted(known))}"


def _form(row: Row, rules: Mapping[str, Rule], entities: Entities, kinds: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from _filled(row, "form")
    if row["rule"] not in rules:
        yield f"rule {row['rule']!r} has no row in rules.csv"
    slots = _SLOT.findall(row["form"])
    if len(slots) > 1 or not set(slots) <= _SLOTS:
        yield f"the form {row['form']!r} must have one slot at most, of {', '.join(sorted(_SLOTS))}"
    if slots:
        kind = row["targets"].removeprefix("document/")
        if row["targets"] and (kind == row["targets"] or ("document", kind) not in kinds):
            yield f"targets {row['targets']!r} of a form with a slot must be empty or like document/plan-of-action"
    else:
        yield from _targets(row, "targets", entities)
        yield from _filled(row, "targets")
    yield from _targets(row, "requires", entities)


def _targets(row: Row, column: str, entities: Entities) -> Iterator[str]:
    for target in row[column].split():
        kind, _, key = target.partition("/")
        if kind not in TABLES or key not in entities[TABLES[kind]]:
            table = f"{TABLES[kind]}.csv" if kind in TABLES else "any table"
            yield f"{column} {target!r} has no row in {table}"


def _cue(row: Row, relations: Iterable[str]) -> Iterator[str]:
    if not row["cue"].strip("* "):
        yield "cue is empty"
    yield from _closed(row, "relation", relations)
    yield from _closed(row, "reach", _REACHES)
    if not row["kinds"] or not set(row["kinds"].split()) <= _NAMED:
        yield f"kinds {row['kinds']!r} must be of {', '.join(sorted(_NAMED))}"


def _symbol(row: Row, entities: Entities, kinds: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from _filled(row, "organ")
    if row["creator"] and row["creator"] not in entities["bodies"]:
        yield f"creator {row['creator']!r} has no row in bodies.csv"
    if ("instrument", row["kind"]) not in kinds:
        yield f"kind {row['kind']!r} has no row in kinds.csv"


def _target(row: Row) -> Iterator[str]:
    yield from _filled(row, "prefix", "label_en")
    if not _TARGET.fullmatch(row["key"]):
        yield f"the key {row['key']!r} must be lower-case letters and digits with single hyphens"
    if not _PREFIX.fullmatch(row["prefix"]):
        yield f"prefix {row['prefix']!r} must be a letter, then letters, digits and hyphens"
    own = row["iri"].startswith("id/")  # things of ours, below the base of the house
    for column in ("iri", "license", "homepage", "sparql"):
        if not _ADDRESS.fullmatch(row[column]) and (row[column] if column != "iri" else not own):
            yield f"{column} {row[column]!r} is no http(s) address"
    yield from _closed(row, "holds", ("concepts", "things"))
    yield from _closed(row, "labels", ("yes", "no"))
    try:
        re.compile(row["pattern"])
    except re.error as error:
        yield f"pattern {row['pattern']!r} is no regular expression ({error})"


def _unique(rows: Sequence[Row], lines: Sequence[int], table: str, column: str) -> None:
    seen: set[str] = set()
    for line, row in zip(lines, rows, strict=True):
        if row[column] in seen:
            raise BadTable(f"{table}.csv", f"{column} {row[column]!r} stands twice", line)
        seen.add(row[column])


def _names(entity: Entity, small: Iterable[str]) -> Iterator[str]:
    for column, cell in entity.cells.items():
        if unseen := next((char for char in cell if unicodedata.category(char) in {"Cc", "Cf", "Cs"}), ""):
            yield f"{column} holds a character that nobody sees (U+{ord(unseen):04X})"
        if column.partition("_")[0] in _NAME_COLUMNS:
            for name in split_cell(cell):
                letters = [char for char in name if char.isalnum()]
                if len(letters) < _SHORTEST or (name.casefold() in small and not name.isupper()):
                    yield f"{column} {name!r} is no name that a text can be searched for"


def _cells(entity: Entity) -> Iterator[str]:
    names = set(entity.names())
    for word in split_cell(entity.cells.get("guarded", "")):
        if word not in names:
            yield f"guarded {word!r} is none of the names of {entity.key}"
    for year in split_cell(entity.cells.get("years", "")):
        if not _YEAR.fullmatch(year):
            yield f"years {year!r} is not a year"
    for address in split_cell(entity.cells.get("see_also", "")):
        if not address.startswith(("http://", "https://")) or " " in address:
            yield f"see_also {address!r} is no http(s) address"


def _trees(table: str, key: str, rows: Mapping[str, Entity]) -> Iterator[str]:
    for column in _TREES.get(table, ()):
        seen, above = {key}, rows[key].cells.get(column, "")
        while above:
            if above in seen:
                yield f"{column} leads from {key} back to {above}"
                break
            seen.add(above)
            above = rows[above].cells.get(column, "")


def _numbers(entity: Entity, numbers: dict[str, str]) -> Iterator[str]:
    cells = [*split_cell(entity.cells.get("identifiers", ""))]
    for identifier in cells:
        if not all(part.strip() for part in identifier.partition("=")):
            yield f"the identifier {identifier!r} is not like OAS Treaties=B-32"
    if entity.table == "sdg" and entity.cells["notation"]:
        cells.append(f"SDG={entity.cells['notation']}")
    for identifier in cells:
        other = numbers.setdefault(identifier, entity.key)
        if other != entity.key:
            yield f"{identifier!r} stands at {other} too"
