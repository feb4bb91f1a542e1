"""What a person sees who looks at a terminal: labels, folded text, a pager for what is long; and what a pipe gets."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
from pathlib import Path
from typing import NamedTuple

import pytest

import servers
from conftest import TERMINAL, Cli

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")
SHORT = "SELECT ?theme ?n { { SELECT ?theme (COUNT(*) AS ?n) { ?m <http://purl.org/dc/terms/subject> ?theme } GROUP BY ?theme } }"
LONG = "SELECT ?mandate { ?mandate a <https://w3id.org/mandate-graph/ns#Mandate> } ORDER BY ?mandate"
# A pager that says that it was there, and what it was asked to show.
PAGER = "#!/bin/sh\necho PAGED by $0 $*\ncat\n"


class Seen(NamedTuple):
    """What the terminal got, with and without its codes, and how the program ended."""

    raw: str
    text: str
    code: int


def look(
    *arguments: str | Path, rows: int = 24, columns: int = 80, keys: str = "", stdin: int = 0, **environment: str
) -> Seen:
    """Run the program in a terminal of a size; the keys are pressed when it is quiet for a second."""
    child, screen = pty.fork()
    if child == 0:  # pragma: no cover - another process
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.dup2(stdin, 0)
        own = {name: value for name, value in os.environ.items() if name not in TERMINAL}
        own |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8", **environment}
        # Not execv: what readline has set is not in os.environ, and would be inherited.
        os.execve(sys.executable, [sys.executable, "-m", "mandate_graph", *map(str, arguments)], own)
    parts: list[bytes] = []
    pressed = False
    while True:
        ready, _, _ = select.select([screen], [], [], 1.5 if keys and not pressed and parts else 60)
        if not ready:
            assert keys, "the program waits for keys"
            assert not pressed, "the program waits for more keys"
            os.write(screen, keys.encode())
            pressed = True
            continue
        try:
            data = os.read(screen, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not data:
            break
        parts.append(data)
    os.close(screen)
    _, status = os.waitpid(child, 0)
    raw = b"".join(parts).decode(errors="replace")
    return Seen(raw, CODES.sub("", raw), os.waitstatus_to_exitcode(status))


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    path = tmp_path / "pager"
    path.write_text(PAGER)
    path.chmod(0o755)
    return path


@pytest.fixture
def query(tmp_path: Path) -> Path:
    path = tmp_path / "long.rq"
    path.write_text(LONG)
    return path


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_no_line_is_wider_than_the_terminal(built: Path, columns: int) -> None:
    for arguments in (["show", "IOM"], ["search", "migrants", "--most", "3"], ["query", "instruments-cited"]):
        seen = look(*arguments, "--from", built, rows=2000, columns=columns)
        assert seen.code == 0
        assert max(len(line) for line in seen.text.split("\n")) <= columns


def test_a_result_shows_labels_above_identifiers(built: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "short.rq").write_text(SHORT)
    for columns in (80, 160):
        text = look("query", tmp_path / "short.rq", "--from", built, columns=columns).text
        assert text.index("MIGRATION") < text.index("id/theme/migration ")
    piped = cli("query", "short.rq", "--from", built).stdout
    assert "MIGRATION" in piped
    # Other formats are for machines: identifiers alone.
    assert "MIGRATION" not in cli("query", "short.rq", "--format", "csv", "--from", built).stdout


def test_what_is_long_goes_through_the_pager(built: Path, query: Path, pager: Path) -> None:
    seen = look("query", query, "--from", built, PAGER=f"{pager} -x")
    assert f"PAGED by {pager} -x" in seen.text
    assert "38 rows" in seen.text
    assert seen.code == 0
    assert seen.text.count("id/mandate/") == 38


def test_a_query_from_a_pipe_is_paged_too(built: Path, query: Path, pager: Path) -> None:
    read, write = os.pipe()
    os.write(write, LONG.encode())
    os.close(write)
    try:
        seen = look("query", "-", "--from", built, stdin=read, PAGER=str(pager))
    finally:
        os.close(read)
    assert (seen.code, seen.text.count("PAGED"), seen.text.count("id/mandate/")) == (0, 1, 38)


def test_what_fits_does_not(built: Path, query: Path, pager: Path) -> None:
    assert "PAGED" not in look("query", query, "--from", built, rows=3000, PAGER=str(pager)).text
    assert "PAGED" not in look("search", "IOM", "--kind", "body", "--from", built, PAGER=str(pager)).text


def test_a_pipe_and_a_dumb_terminal_are_never_paged(built: Path, query: Path, pager: Path, cli: Cli) -> None:
    run = cli("query", query, "--from", built, env={"PAGER": str(pager), "TERM": "xterm"})
    assert "PAGED" not in run.stdout
    assert "\x1b" not in run.stdout
    for terminal, named in (("dumb", str(pager)), ("xterm", ""), ("xterm", "/no/such/pager"), ("xterm", '"')):
        seen = look("query", query, "--from", built, TERM=terminal, PAGER=named)
        assert "PAGED" not in seen.text
        assert (seen.code, seen.text.count("id/mandate/")) == (0, 38)


def test_less_shows_a_page_and_is_left_with_q(built: Path, query: Path) -> None:
    servers.needed("less", "less")
    seen = look("query", query, "--from", built, keys="q")
    assert seen.code == 0
    assert 0 < seen.text.count("id/mandate/") < 38
    assert "Traceback" not in seen.text
    assert "\x1b[1m" in seen.raw, "styles reach the pager"


def test_a_pager_that_stops_reading_is_no_error(built: Path, query: Path, tmp_path: Path) -> None:
    path = tmp_path / "deaf"
    path.write_text("#!/bin/sh\nexec 0<&-\necho enough\n")
    path.chmod(0o755)
    seen = look("query", "mandates-by-theme", "--from", built, PAGER=str(path))
    assert (seen.code, "Traceback" in seen.text) == (0, False)
    assert "enough" in seen.text


def test_a_pager_that_fails_does_not_fail_the_command(built: Path, query: Path) -> None:
    assert look("query", query, "--from", built, PAGER="false").code == 0


def test_found_words_stand_out(built: Path, cli: Cli) -> None:
    seen = look("search", "smuggling", "--kind", "topic", "--from", built)
    assert "\x1b[1;33msmuggling\x1b[0m of migrants" in seen.raw
    assert "**" not in seen.raw
    assert "**smuggling** of migrants" in cli("search", "smuggling", "--kind", "topic", "--from", built).stdout
    assert (
        "**smuggling** of migrants"
        in look("search", "smuggling", "--kind", "topic", "--from", built, NO_COLOR="1").text
    )


def test_long_text_is_folded_and_whole(built: Path) -> None:
    text = look("show", "0c71954fd8b7", "--from", built, rows=3000, columns=60).text
    assert "in accordance with the Convention against Transnational Organized Crime" in " ".join(text.split())


def test_a_label_that_means_harm_moves_nothing(tmp_path: Path, cli: Cli) -> None:
    from conftest import page_text

    (tmp_path / "evil.txt").write_text(
        page_text("  1. Sail \x9b31m on \u202eyadnuS (Plan of Action Québec, 2001)."), encoding="utf-8"
    )
    assert cli("build", "evil.txt", "--out", "build").returncode in {0, 1}
    for arguments in (["search", "sail"], ["query", "mandates-saying", "words=Sail"]):
        seen = look(*arguments, "--from", tmp_path / "build", rows=200)
        assert "ail" in seen.text
        assert not {"\x9b", "\u202e"} & set(seen.raw)
