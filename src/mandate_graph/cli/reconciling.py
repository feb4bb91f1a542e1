"""The verb that matches a person's names, and serves the API on this machine."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mandate_graph.errors import BadOption, MissingPath, UnreadablePage, UsageError

if TYPE_CHECKING:
    from mandate_graph.reconcile import Asked, Candidate, Service

__all__ = ["reconcile"]

_COLUMNS = ("match", "score", "id", "label", "type", "description", "iri")
_PER_NAME = 3
_EVERY = 50
# What stands between cells: Excel writes semicolons where numbers have commas in them, as in Spanish.
_BETWEEN = (",", ";", "\t")


class _Row(NamedTuple):
    """A name, and the row of the file that it stands in, by column and as it is."""

    name: str
    given: Mapping[str, str]
    cells: Sequence[str]


class _Sheet(NamedTuple):
    """What was given: rows, the columns that they have, and what stands between cells."""

    columns: Sequence[str]
    rows: Sequence[_Row]
    between: str = ","


def reconcile(options: argparse.Namespace) -> int:
    """Print candidates for names, or serve."""
    if options.bind:
        if options.names or options.file:
            raise UsageError("--bind serves names that others send; leave out names and --file")
        return _serve(options)
    sheet = _sheet(options)
    from mandate_graph.cli.console import Watch
    from mandate_graph.dataset import Graph
    from mandate_graph.reconcile import Service

    most = options.most or (1 if options.format == "csv" else _PER_NAME)
    asked = [_asked(options, row, most) for row in sheet.rows]
    with Watch("reading the build") as watch:
        service = Service.of(Graph(options.source), house=options.house)
        found = []
        for place, each in enumerate(asked):
            if place % _EVERY == 0:
                watch("matching", place, len(asked))
            # nothing is said of a cell that says nothing, whatever stands beside it
            found.append(service.match(each) if each.query.strip() else [])
    _WRITERS[options.format](service, sheet, found)
    return 0


def _asked(options: argparse.Namespace, row: _Row, most: int) -> Asked:
    from mandate_graph.reconcile import asked_of

    given = []
    for each in options.given:
        pid, equals, value = each.partition("=")
        if not equals or not pid:
            raise BadOption("given", f"{each[:60]!r} is not PROPERTY=VALUE, such as year=2001")
        if options.column and value not in row.given:
            raise BadOption("given", f"{value[:60]!r} is no column of {options.file}", list(row.given))
        given.append((pid, row.given[value] if options.column else value))
    return asked_of(row.name, options.kind, given, most)


def _sheet(options: argparse.Namespace) -> _Sheet:
    if options.column and not options.file:
        raise UsageError("--column wants --file, a CSV file")
    if options.file and options.names:
        raise UsageError("names and --file: give one of them")
    if options.file and options.column:
        return _table(options.file, options.column)
    if options.file:
        names = _lines(_read(options.file))
    elif options.names == ["-"]:
        names = _lines(_decoded("standard input", sys.stdin.buffer.read()))
    else:
        names = options.names
    if not names:
        raise UsageError("there is no name to match; give some, or --file, or --bind to serve")
    return _Sheet(["name"], [_Row(name, {"name": name}, [name]) for name in names])


def _table(file: str, column: str) -> _Sheet:
    text = _read(file)
    try:
        heads: dict[str, list[str]] = {between: next(_parsed(text, between), []) for between in _BETWEEN}
        between = max(_BETWEEN, key=lambda each: (column in heads[each], len(heads[each])))
        columns = heads[between]
        if columns.count(column) != 1:
            times = "stands more than once in" if column in columns else "is no column of"
            raise BadOption("column", f"{column[:60]!r} {times} {file}", [] if column in columns else columns)
        lines = _parsed(text, between)
        rows = [_row(file, lines.line_num, columns, cells, column) for cells in lines if cells][1:]
    except csv.Error as error:
        raise UnreadablePage(file, f"not CSV ({error})", "Save it as CSV again.") from None
    return _Sheet(columns, rows, between)


def _parsed(text: str, between: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=between)


def _row(file: str, line: int, columns: Sequence[str], cells: list[str], column: str) -> _Row:
    if any(cells[len(columns) :]):
        problem = f"line {line} has {len(cells)} cells, and the first line {len(columns)}"
        raise UnreadablePage(file, problem, "Put quotation marks around cells that hold commas.")
    own = [*cells[: len(columns)], *[""] * (len(columns) - len(cells))]
    # of two columns of one name neither is meant by it
    given = {name: cell for name, cell in zip(columns, own, strict=True) if columns.count(name) == 1}
    return _Row(given[column], given, own)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read(file: str) -> str:
    path = Path(file)
    if not path.is_file():
        raise MissingPath(file, "file", "Give a text file with a name a line, or a CSV file and --column.")
    return _decoded(file, path.read_bytes())


def _decoded(where: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePage(where, f"not UTF-8 at byte {error.start}", "Save it as UTF-8.") from None


def _cells(service: Service, candidate: Candidate) -> dict[str, object]:
    return {
        "match": "yes" if candidate.match else "no",
        "score": candidate.score,
        "id": candidate.id,
        "label": candidate.name,
        "type": candidate.kind,
        "description": candidate.description,
        "iri": f"{service.facts.base}id/{candidate.id}",
    }


def _write_csv(service: Service, sheet: _Sheet, found: Sequence[Sequence[Candidate]]) -> None:
    """A row a candidate: the columns of the file as they were, then ours; a name without candidates keeps its row."""
    ours = [f"{name}_2" if name in sheet.columns else name for name in _COLUMNS]
    writer = csv.writer(sys.stdout, delimiter=sheet.between, lineterminator="\n")
    writer.writerow([*sheet.columns, *ours])
    for row, candidates in zip(sheet.rows, found, strict=True):
        for cells in [_cells(service, each) for each in candidates] or [dict.fromkeys(_COLUMNS, "")]:
            writer.writerow([*row.cells, *(cells[name] for name in _COLUMNS)])


def _write_json(service: Service, sheet: _Sheet, found: Sequence[Sequence[Candidate]]) -> None:
    answer = [
        {
            "name": row.name,
            "candidates": [
                {**_cells(service, each), "match": each.match, "features": dict(each.features)} for each in candidates
            ],
        }
        for row, candidates in zip(sheet.rows, found, strict=True)
    ]
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")


def _write_table(_: Service, sheet: _Sheet, found: Sequence[Sequence[Candidate]]) -> None:
    from mandate_graph.cli.console import paged, say, show_fields

    with paged():
        for row, candidates in zip(sheet.rows, found, strict=True):
            say(row.name, "bold")
            if candidates:
                show_fields([(_mark(each), [each.name, f"{each.id}  {each.description}"]) for each in candidates])
            else:
                say("  nothing here goes by a name like this", "dim")
    certain = sum(candidates[0].match for candidates in found if candidates)
    sys.stderr.write(f"mandate-graph: {len(sheet.rows):,} names, {certain:,} of them certain\n")


def _mark(candidate: Candidate) -> str:
    return f"{'yes' if candidate.match else '   '} {candidate.score:g}"


_WRITERS = {"csv": _write_csv, "json": _write_json, "table": _write_table}


def _serve(options: argparse.Namespace) -> int:
    from mandate_graph.cli.console import Watch
    from mandate_graph.dataset import Graph
    from mandate_graph.reconcile import Service, listen

    host, port = options.bind
    with Watch("reading the build"):
        service = Service.of(Graph(options.source), house=options.house)
    try:
        server = listen(service, host, port)
    except OSError as error:
        raise BadOption("bind", f"{host}:{port} cannot be had ({error.strerror or error}); choose another") from None
    shown = f"[{host}]" if ":" in host else host
    with server:
        sys.stderr.write(
            f"mandate-graph: {len(service.things):,} things; in OpenRefine, add the standard service "
            f"http://{shown}:{server.server_port}/ ; Ctrl-C ends\n"
        )
        sys.stderr.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stderr.write("mandate-graph: stopped\n")
    return 0
