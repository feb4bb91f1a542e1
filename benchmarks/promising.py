"""Asks whether a draft was promised before, on corpora of more and more invented mandates.

``python benchmarks/promising.py [--mandates 1000,10000,100000] [--runs 3]`` prints a table in Markdown: the search
itself, and the command as a user runs it. The floor is reading the file and
looking for the draft's words one after the other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from citing import mandates
from mandate_graph.authorities import load_authorities
from mandate_graph.house import packaged_house
from mandate_graph.iris import text_key
from mandate_graph.outputs import PROMISES, QUADS
from mandate_graph.promises import Promises

_DRAFT = (
    "Implement fully the commitments on school meals and clean water, with special attention to women and young people,"
    " and recognize the contribution of PAHO and of small towns, no later than 2030."
)
_NAMES = 5_000


def write_build(folder: Path, count: int) -> None:
    """A build that holds nothing but the words of its mandates."""
    folder.mkdir()
    (folder / QUADS).write_text("", encoding="utf-8")
    with (folder / PROMISES).open("w", encoding="utf-8") as file:
        for place, text in enumerate(mandates(count, _NAMES)):
            cells = (
                text_key(text),
                f"https://example.org/id/mandate/x/{place:012x}",
                "en",
                "2001-04-20",
                "",
                "",
                "",
                text,
            )
            file.write("\t".join(cells) + "\n")


def best(work: Callable[[], object], runs: int) -> float:
    """The shortest of several times, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--mandates", default="1000,10000,100000")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    authorities = load_authorities(packaged_house().authorities)
    words = [f" {word} ".encode() for word in text_key(_DRAFT).split()]
    print("| mandates | file | search | whole command | reading and finding each word | search / floor |")
    print("|--:|--:|--:|--:|--:|--:|")
    for count in map(int, given.mandates.split(",")):
        with tempfile.TemporaryDirectory() as name:
            build = Path(name) / "build"
            write_build(build, count)
            table = build / PROMISES

            def search(table: Path = table) -> object:
                return Promises(table.read_bytes(), authorities).like(_DRAFT)

            def floor(table: Path = table) -> object:
                text = table.read_bytes()
                return [text.count(word) for word in words]

            command = [sys.executable, "-m", "mandate_graph", "promised", _DRAFT, "--from", str(build)]

            def whole(command: list[str] = command) -> object:
                return subprocess.run(command, check=True, capture_output=True)

            times = [best(work, given.runs) for work in (search, whole, floor)]
            print(
                f"| {count:,} | {table.stat().st_size / 1e6:,.1f} MB | {times[0]:.2f} s | {times[1]:.2f} s |"
                f" {times[2]:.2f} s | {times[0] / times[2]:.1f} |"
            )


if __name__ == "__main__":
    main()
