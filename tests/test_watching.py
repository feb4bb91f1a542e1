"""How far the work is: a bar with an estimate on a real terminal, a line now and then in a log, else nothing."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
import time

from conftest import Cli
from mandate_graph.cli.watching import Watch

# Patience that is at its end at once, and work of two stages, one of which cannot say how far it is.
WORK = """
import time
from mandate_graph.cli import watching
watching._PATIENCE, watching._EVERY = 0.01, 0.2
with watching.Watch() as watch:
    for done in range(1_000, 9_000, 1_000):
        watch("comparing mandates", done, 12_000_000)
        time.sleep(0.22)
    watch("sorting", 0, 0)
    time.sleep(0.5)
"""


def on_terminal(code: str, **environment: str) -> str:
    """What a program writes to standard error when that is a terminal; standard output must stay empty."""
    terminal, end = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        while True:
            try:
                block = os.read(terminal, 65536)
            except OSError:  # the last one who could write has gone
                return
            if not block:
                return
            seen.append(block)

    reader = threading.Thread(target=read)
    reader.start()
    run = subprocess.run(
        [sys.executable, "-c", code],
        stderr=end,
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment},
    )
    os.close(end)
    reader.join()
    os.close(terminal)
    assert run.stdout == b""
    return b"".join(seen).decode()


def test_a_terminal_shows_how_much_is_done_and_how_long_it_will_take() -> None:
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", on_terminal(WORK))
    assert re.search(r"comparing mandates .*[2-8],000 of 12,000,000 +\d+:\d\d:\d\d left", shown)
    assert re.search(r"sorting +\S* +0:00:0\d", shown)


def test_a_log_gets_a_line_now_and_then() -> None:
    run = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True)
    lines = run.stderr.splitlines()
    assert run.stdout == ""
    assert 3 <= len(lines) <= 20
    known = re.compile(r"comparing mandates: [1-8],000 of 12,000,000, about \d+:\d\d:\d\d left, 0:00:0\d so far")
    assert known.fullmatch(lines[len(lines) // 2])
    assert re.fullmatch(r"sorting: 0:00:0\d so far", lines[-1])


def test_a_terminal_that_cannot_draw_is_a_log() -> None:
    shown = on_terminal(WORK, TERM="dumb")
    assert "\x1b" not in shown
    assert "so far\r\n" in shown


def test_short_work_leaves_no_line(cli: Cli) -> None:
    done = cli("query")
    assert (done.returncode, done.stderr) == (0, "")


def test_who_reads_the_log_may_leave() -> None:
    command = [sys.executable, "-c", WORK + "print('done')"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr
        assert run.stdout
        run.stderr.close()
        assert run.stdout.read() == "done\n"
    assert run.returncode == 0


def test_the_estimate_is_that_of_the_stage() -> None:
    watch = Watch("reading pages")
    for done in range(3):
        watch("reading pages", done, 3)
    began = time.monotonic()
    for done in range(100, 900, 100):
        watch("making the graph", done, 1_000_000)
        time.sleep(0.25)
    took = time.monotonic() - began
    found = re.fullmatch(r"making the graph: (\d+) of 1,000,000, about (.*) left, .* so far", watch._line())
    assert found
    hours, minutes, seconds = map(int, found[2].split(":"))
    honest = (1_000_000 - 800) / 800 * took
    assert 0.5 < (hours * 3600 + minutes * 60 + seconds) / honest < 2

    watch("sorting", 0, 0)
    assert re.fullmatch(r"sorting: .* so far", watch._line())
    watch("writing", 5, 0)
    assert re.fullmatch(r"writing: 5, .* so far", watch._line())
