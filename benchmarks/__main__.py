"""Compares this project with its peers, task by task, in one run: ``python benchmarks``.

Prints a table in Markdown; progress goes to standard error. Every measurement is a process of its own, and all take
turns, one of each and then again. It asserts nothing. By default small sizes are measured, in three minutes;
``--full`` goes to a million mandates, with the peers as far as they come within their patience. Peers that are not
among this project's dependencies get Pythons of their own below ``benchmarks/.venvs`` on first use (versions:
``constraints-peers.txt``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import getloadavg
from pathlib import Path

from comparing.figures import chart, equal, table
from comparing.pythons import HERE, PEERS, pins, python_of
from comparing.tasks import TASKS
from measuring import Sample, fresh, machine, say

ROOT = HERE.parent
PAGE, PICTURE = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmarks.svg"
BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "ahocorasick-rs")
_SMALL, _FULL = "1000,2000", "1000,10000,100000,1000000"
# What took this long in all is not repeated.
_ENOUGH = 3.0
_COMPARED_UP_TO = 20_000


@dataclass(slots=True)
class Round:
    """What is measured, and what came of it."""

    tasks: Sequence[str]
    peers: Sequence[str]
    runs: int
    patience: float
    measured: dict[tuple[str, str, int], list[Sample] | str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Every task with ours and each peer that can be had."""
        for task in TASKS:
            if task.key in self.tasks:
                yield task.key, "ours"
                yield from ((task.key, who) for who in task.peers if who in self.peers and python_of(who))

    def measure(self, size: int, folder: Path) -> None:
        """All rows once, then again, as long as they have not taken enough."""
        for number in range(1, self.runs + 1):
            for task, who in self.rows():
                if self._is_wanted(task, who, size):
                    self._once(task, who, size, folder)
                    say(f"{size:,}, run {number}: {task}, {who}: {self._last(task, who, size)}")

    def _is_wanted(self, task: str, who: str, size: int) -> bool:
        if any(isinstance(said, str) for (key, name, _), said in self.measured.items() if (key, name) == (task, who)):
            return False  # it failed or was late at this size or at a smaller one
        samples = self.measured.get((task, who, size), [])
        return not isinstance(samples, str) and sum(sample.seconds for sample in samples) < _ENOUGH

    def _once(self, task: str, who: str, size: int, folder: Path) -> None:
        command = [str(python_of(who)), str(HERE / "child.py"), who, task, str(folder)]
        sample = fresh(command, None if who == "ours" else self.patience)
        if isinstance(sample, str):
            self.measured[task, who, size] = sample
            return
        samples = self.measured.setdefault((task, who, size), [])
        assert isinstance(samples, list)
        samples.append(sample)

    def _last(self, task: str, who: str, size: int) -> str:
        samples = self.measured[task, who, size]
        return samples if isinstance(samples, str) else f"{samples[-1].seconds:.3f} s"


def run(given: argparse.Namespace, work: Path) -> tuple[str, Round, dict[int, dict[str, int]]]:
    """Measure every size; returns the text of the table and of what it was measured on."""
    peers = [peer for peer in given.peers.split(",") if peer]
    todo = Round(given.tasks.split(","), peers, given.runs, given.patience)
    facts: dict[int, dict[str, int]] = {}
    checked: dict[tuple[str, str], str] = {}
    before = getloadavg()[0]
    for size in map(int, given.sizes.split(",")):
        folder = work / f"case{size}"
        subprocess.run([sys.executable, "-m", "comparing.case", str(folder), str(size)], check=True, cwd=HERE)
        facts[size] = json.loads((folder / "facts.json").read_text())
        todo.measure(size, folder)
        if size <= _COMPARED_UP_TO:
            checked.update(equal(todo.measured, folder, size))
    runs = f"Up to {given.runs} runs" if given.runs > 1 else "One run"
    lines = [
        f"{machine(LIBRARIES)}; {', '.join(f'{name} {version}' for name, version in pins().items())}.",
        f"{runs}; load average before {before:.1f}, after {getloadavg()[0]:.1f}.\n",
        *_sizes(facts),
        "",
        table(todo.measured, facts, checked),
    ]
    return "\n".join(lines) + "\n", todo, facts


def _sizes(facts: Mapping[int, Mapping[str, int]]) -> Iterator[str]:
    yield "| mandates | pages | text, MB | listings | triples | quads |"
    yield "|--:|--:|--:|--:|--:|--:|"
    for each in facts.values():
        text = f"{each['text'] / 1e6:.1f}"
        cells = (f"{each[name]:,}" for name in ("listings", "triples", "quads"))
        yield f"| {each['mandates']:,} | {each['pages']:,} | {text} | {' | '.join(cells)} |"


def keep(text: str, page: Path) -> None:
    """Put the text between the two marks of a page of the documentation."""
    whole = page.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page.name} lacks the lines {BEGIN.strip()} and {END.strip()}; nothing was written")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and keep where that was asked for."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--full", action="store_true", help=f"all sizes ({_FULL}), ten minutes of patience for each peer"
    )
    parser.add_argument("--sizes", help=f"how many mandates, from few to many ({_SMALL})")
    parser.add_argument("--tasks", default=",".join(task.key for task in TASKS), help="which tasks (all)")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"who else ({','.join(PEERS)})")
    parser.add_argument("--runs", type=int, default=2, help="measurements of each row; slow ones have one (2)")
    parser.add_argument(
        "--patience", type=float, help="seconds of processor time after which a peer is stopped (6; with --full 600)"
    )
    parser.add_argument("--work", type=Path, metavar="DIR", help="where cases are made, and kept for the next run")
    parser.add_argument("--write", action="store_true", help=f"keep table and chart in {PAGE.parent.name}/")
    given = parser.parse_args()
    given.sizes = given.sizes or (_FULL if given.full else _SMALL)
    given.patience = given.patience or (600.0 if given.full else 6.0)
    with tempfile.TemporaryDirectory() as own:
        text, todo, facts = run(given, given.work or Path(own))
    print(text)
    if given.write:
        keep(f"{text}\n![Seconds over mandates, for each task](benchmarks.svg)\n", PAGE)
        chart(todo.measured, facts, PICTURE)


if __name__ == "__main__":
    main()
