"""The door to rich: tables, long output a page at a time, and (``watching``) how far the work is."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mandate_graph.cli.watching import Watch
from mandate_graph.engine import unquote
from mandate_graph.failures import shown
from mandate_graph.sparql import Result

__all__ = ["Line", "Watch", "paged", "say", "show_fields", "show_table", "shows_styles"]

Line: TypeAlias = str | tuple[str, Sequence[tuple[int, int]]]
"""A line, or a line with places (start and end in code points) that stand out."""

_PLAIN_WIDTH = 100
# Below this many characters a column cannot be read any more, and rows are printed as records.
_NARROWEST = 16


# While output is paged it is collected here.
_collected: list[io.StringIO] = []


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """The reader has left (head, less): the command line decides what that means."""
        raise BrokenPipeError


def _console() -> Console:
    """Written at once and never cut: what a pipe gets is what a terminal shows, without colours."""
    width = (
        shutil.get_terminal_size((_PLAIN_WIDTH, 24)).columns
        if sys.stdout.isatty() or "COLUMNS" in os.environ
        else _PLAIN_WIDTH
    )
    # What is collected for a terminal keeps the terminal's colours.
    to = {"file": _collected[-1], "force_terminal": True} if _collected else {}
    return _Console(width=width, highlight=False, soft_wrap=False, markup=False, **to)  # type: ignore[arg-type]


def shows_styles() -> bool:
    """Whether somebody looks at a terminal that can show bold and colours."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")


@contextlib.contextmanager
def paged() -> Iterator[None]:
    """What is printed inside goes through a pager when it is longer than the terminal that it is for.

    The pager is ``$PAGER``, else ``less -FRX`` where there is one. Nothing is paged in a pipe or a dumb terminal.
    Whoever leaves the pager early has read enough: that is no error.
    """
    pager = _pager()
    if not pager:
        yield
        return
    _collected.append(io.StringIO())
    try:
        yield
    finally:
        text = _collected.pop().getvalue()
        if text.count("\n") < shutil.get_terminal_size().lines or not _through(pager, text):
            sys.stdout.write(text)
            sys.stdout.flush()


def _pager() -> list[str]:
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return []
    if "PAGER" in os.environ:
        try:
            command = shlex.split(os.environ["PAGER"])
        except ValueError:
            return []
        return command if command and shutil.which(command[0]) else []
    return ["less", "-FRX"] if shutil.which("less") else []


def _through(pager: Sequence[str], text: str) -> bool:
    """Show a text in a pager; False when it cannot be started."""
    try:
        # A person's own command. LESS is what makes a bare "less" show colours, and leave when one screen is enough.
        process = subprocess.Popen(  # noqa: S603
            pager, stdin=subprocess.PIPE, env={"LESS": "FRX", **os.environ}, encoding="utf-8", errors="replace"
        )
    except OSError:
        return False
    assert process.stdin  # noqa: S101
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(text)
    while True:
        try:
            process.wait()
        except KeyboardInterrupt:  # it is meant for the pager, which stops searching, and stays
            continue
        return True


def clean(text: str) -> str:
    """What a terminal may be given: line feeds, and characters that can be seen; others stand as escapes.

    A page, a file name or a heading may hold what moves the cursor, changes colours, or turns the direction of writing.
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or char == "\n"
        else " "
        if unicodedata.category(char) == "Zs" or char in "\t\r"
        else shown(char)
        for char in text
    )


def say(text: str = "", style: str = "") -> None:
    """Print a line."""
    _console().print(Text(clean(text), style=style))


def show_fields(fields: Sequence[tuple[str, Sequence[Line]]]) -> None:
    """Print names with their lines beside them."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, lines in fields:
        for place, line in enumerate(lines):
            table.add_row(clean(name) if place == 0 else "", _line(line))
    _console().print(table)


def _line(line: Line) -> Text:
    if isinstance(line, str):
        return Text(clean(line))
    text, spans = line
    parts: list[str | tuple[str, str]] = []
    place = 0
    for start, end in spans:
        parts += [clean(text[place:start]), (clean(text[start:end]), "bold yellow")]
        place = end
    return Text.assemble(*parts, clean(text[place:]))


def show_table(result: Result, base: str, labels: Mapping[str, str] | None = None) -> None:
    """Print a result: a label above its identifier, identifiers below the base, long texts folded, long tables paged.

    ``labels`` are those of IRIs (N-Triples terms) in columns that have no column of labels beside them.
    """
    with paged():
        _show_table(result, base, labels or {})


def _show_table(result: Result, base: str, labels: Mapping[str, str]) -> None:
    console = _console()
    columns = _columns(result.names)
    cells = [
        [_cell(dict(zip(result.names, terms, strict=True)), name, base, labels) for name in columns]
        for terms in result.terms
    ]
    widths = [max((_identifier_width(row[place]) for row in cells), default=0) for place in range(len(columns))]
    if sum(max(width, _NARROWEST) + 3 for width in widths) > console.width:
        _show_records(console, columns, cells)
    else:
        table = Table(show_lines=any("\n" in cell.plain for row in cells for cell in row))
        for name, width in zip(columns, widths, strict=True):
            table.add_column(name, overflow="fold", width=max(width, len(name)) if width else None)
        for row in cells:
            table.add_row(*row)
        console.print(table)
    count = len(cells)
    if any(term.startswith(f"<{base}") for terms in result.terms for term in terms):
        console.print(Text(f"{count} row{'s' if count != 1 else ''}; identifiers stand below {base}", style="dim"))
    else:
        console.print(Text(f"{count} row{'s' if count != 1 else ''}", style="dim"))


def _show_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Text]]) -> None:
    for place, row in enumerate(rows, 1):
        console.rule(Text(str(place)), align="left", style="dim")
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="cyan", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            if cell.plain:
                grid.add_row(name, cell)
        console.print(grid)


def _identifier_width(cell: Text) -> int:
    """What a cell needs so that its identifier can be copied whole."""
    return max((len(line) for line in cell.plain.splitlines() if "/" in line and " " not in line), default=0)


def _columns(names: Sequence[str]) -> list[str]:
    """A column and its label are one; a label alone stays."""
    return [name for name in names if not (name.endswith("Label") and name.removesuffix("Label") in names)]


def _cell(terms: dict[str, str], name: str, base: str, labels: Mapping[str, str]) -> Text:
    value = _plain(terms[name], base)
    label = terms.get(f"{name}Label", "")
    words = _plain(label, base) if label else clean(labels.get(terms[name], ""))
    if not words or words == value:
        return Text(value)
    return Text.assemble(words, ("\n" + value, "dim"))


def show_figures(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows of names and numbers as one table, or as records where their words do not fit beside each other."""
    names = list(rows[0]) if rows else []
    cells = [[clean(str(row[name])) for name in names] for row in rows]
    columns = [[name, *column] for name, *column in zip(names, *cells, strict=True)]
    with paged():
        console = _console()
        widths = _whole_words(columns, console.width - 2 * (len(columns) - 1))
        if not widths:
            _show_records(console, names, [[Text(cell) for cell in row] for row in cells])
            return
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        for name, width in zip(names, widths, strict=True):
            number = all(isinstance(row[name], int) for row in rows)
            table.add_column(name, justify="right" if number else "left", width=width)
        for row in cells:
            table.add_row(*row)
        console.print(table)


def _whole_words(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """The width of each column, none of whose words is broken; nothing where there is not the room.

    Left to itself the library breaks words and drops the end of a row.
    """
    widths = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    spare = room - sum(widths)
    for place, column in enumerate(columns):
        more = min(max(map(len, column)) - widths[place], max(spare, 0))
        widths[place] += more
        spare -= more
    return widths if spare >= 0 else []


def _plain(term: str, base: str) -> str:
    return clean(unquote(term)[1].removeprefix(base)) if term else ""
