"""SSSOM/TSV (schema 1.1, «TSV»): a header of ``#`` lines in YAML, then a table whose cells are parted by tabs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mandate_graph.errors import BadTable, MissingPath
from mandate_graph.sssom.records import COLUMNS, MappingSet, TermMapping

__all__ = ["ENDING", "merged_text", "read_set", "read_sets", "set_text"]

ENDING = ".sssom.tsv"
_PAIR = re.compile(r"(?P<indent>\s*)(?P<key>[\w.-]+)\s*:(?:\s+(?P<value>.*?))?\s*")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*?)\s*")


def read_set(path: Path, name: str = "") -> MappingSet:
    """Read one file; what its rows say is not judged here (`lint` does).

    Raises:
        MissingPath: when it is not there.
        BadTable: when it is not UTF-8, its header is no plain YAML, or a row has too many or too few cells.
    """
    name = name or path.name
    if not path.is_file():
        raise MissingPath(str(path), "SSSOM file", "A link set is a file like sources/links/wikidata.sssom.tsv.")
    try:
        lines = _lines(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        advice = "Save the file as UTF-8 and try again."
        raise BadTable(name, f"not UTF-8 at byte {error.start}", advice=advice) from None
    length = next((place for place, line in enumerate(lines) if not line.startswith(("#", '"#'))), len(lines))
    header, prefixes = _header(name, lines[:length])
    columns, rows = _rows(name, lines[length:], length)
    return MappingSet(name, header, prefixes, rows, columns)


def read_sets(folder: Path) -> tuple[MappingSet, ...]:
    """All sets of a folder by name; none when there is no folder.

    Raises:
        BadTable: as for `read_set`.
    """
    return tuple(read_set(path) for path in sorted(folder.glob(f"*{ENDING}")))


def _lines(text: str) -> list[str]:
    """The lines of a table: a cell may hold what only Unicode calls the end of a line (U+0085, U+2028)."""
    return list(io.StringIO(text, newline=""))


def _header(name: str, lines: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Plain values and lists of them, and one table, the prefixes; several values of a list are joined by ``|``."""
    header: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    inside = ""
    for number, line in enumerate(lines, 1):
        text = _first_cell(line)[1:].rstrip("\r\n\t ")
        if not text.strip():
            continue
        item, pair = _ITEM.fullmatch(text), _PAIR.fullmatch(text)
        if item and inside and inside != "curie_map":
            header[inside] = "|".join(filter(None, (header.get(inside, ""), _scalar(item["value"]))))
        elif pair and pair["indent"].strip("\t ") == "" and len(pair["indent"]) > 1 and inside == "curie_map":
            prefixes[pair["key"]] = _scalar(pair["value"] or "")
        elif pair and len(pair["indent"]) <= 1:
            inside = pair["key"]
            if pair["value"]:
                header[inside] = _scalar(pair["value"])
        else:
            raise BadTable(name, f"the header line {text.strip()!r} is not like #key: value", number)
    return header, prefixes


def _first_cell(line: str) -> str:
    """A header line as it was before a spreadsheet made a cell of it, with quotes around and quotes doubled."""
    return next(csv.reader([line], delimiter="\t"), [""])[0] if line.startswith('"') else line


def _scalar(value: str) -> str:
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    return value[1:-1].replace("''", "'") if value[:1] == value[-1:] == "'" and len(value) > 1 else value


def _rows(name: str, lines: Sequence[str], before: int) -> tuple[tuple[str, ...], tuple[TermMapping, ...]]:
    reader = csv.reader(lines, delimiter="\t", strict=True)
    rows: list[TermMapping] = []
    try:
        columns = tuple(cell.strip() for cell in next(reader, []))
        if len(set(columns)) != len(columns):
            raise BadTable(name, "two columns have one name", before + 1)
        line = before + reader.line_num + 1
        for cells in reader:
            if any(cells):
                if len(cells) > len(columns) and any(cells[len(columns) :]):
                    raise BadTable(name, f"{len(cells)} cells, but the table has {len(columns)} columns", line)
                rows.append(_row(columns, cells, line))
            line = before + reader.line_num + 1
    except csv.Error as error:
        raise BadTable(name, str(error), before + reader.line_num) from None
    return columns, tuple(rows)


def _row(columns: Sequence[str], cells: Sequence[str], line: int) -> TermMapping:
    # spreadsheets leave out empty cells at the end of a row
    return TermMapping(
        {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if cell.strip()}, line
    )


def set_text(
    header: Mapping[str, str], prefixes: Mapping[str, str], mappings: Iterable[TermMapping], columns: Sequence[str] = ()
) -> str:
    """A file's text. Columns that no row fills are left out unless ``columns`` names them; rows keep their order."""
    rows = list(mappings)
    kept = [column for column in COLUMNS if column in columns or any(row[column] for row in rows)]
    out = io.StringIO()
    out.write("#curie_map:\n")
    for prefix, iri in sorted(prefixes.items()):
        out.write(f"#  {prefix}: {iri}\n")
    for key, value in header.items():
        several = value.split("|") if key in _LISTS else []
        out.write(f"#{key}:" + ("".join(f"\n#  - {_quoted(each)}" for each in several) or f" {_quoted(value)}") + "\n")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(kept)
    writer.writerows([row[column] for column in kept] for row in rows)
    return out.getvalue()


def merged_text(sets: Sequence[MappingSet], header: Mapping[str, str]) -> str:
    """Several sets as one; what a set says of all of its rows is said by each row."""
    prefixes: dict[str, str] = {}
    rows: list[TermMapping] = []
    for each in sets:
        prefixes |= each.prefixes
        said = {slot: each.header[slot] for slot in _PROPAGATED if slot in each.header}
        rows += [TermMapping({**said, **row.cells}, row.line) for row in each.mappings]
    return set_text(header, prefixes, rows)


# SSSOM 1.0, «Propagation of mapping set slots»: those that rows have, too.
_PROPAGATED = (
    "mapping_date", "mapping_tool", "mapping_tool_version", "object_source", "object_source_version", "subject_source",
    "subject_source_version",
)  # fmt: skip
_LISTS = frozenset(("creator_id", "creator_label", "see_also"))
_PLAIN = re.compile(r"[A-Za-z](?:[\w ./#()+,;~%&=?–-]|:(?=\S))*")


def _quoted(value: str) -> str:
    """A YAML scalar: plain where it cannot be read as anything but text."""
    words = {"true", "false", "null", "yes", "no", "on", "off"}
    plain = _PLAIN.fullmatch(value) and " #" not in value and value.lower() not in words
    return value if plain else json.dumps(value, ensure_ascii=False)
