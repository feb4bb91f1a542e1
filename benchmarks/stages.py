"""Says where the time of a build goes: ``python benchmarks/stages.py MANDATES [--work DIR]``.

Prints a table in Markdown with a row for each stage that the build tells of through its ``progress``: seconds by the
wall, seconds of processor time with those of its workers, the share of the whole, and the peak of memory in the stage.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comparing.ours import ROOT
from corpus import write_corpus
from mandate_graph.pipeline import build
from measuring import family_cpu, family_memory, machine, number

_WATCHED_EVERY = 0.05


@dataclass(slots=True)
class Stage:
    """A stage of a build and what it took; a stage that comes back adds up."""

    name: str
    seconds: float = 0.0
    cpu: float = 0.0
    rss: int = 0


@dataclass(slots=True)
class Watch:
    """Told of stages by a build, it reads the clock when they change, and the memory all the time."""

    stages: dict[str, Stage] = field(default_factory=dict)
    now: str = "before the first stage"
    since: tuple[float, float] = field(default_factory=lambda: (time.perf_counter(), family_cpu()))
    over: threading.Event = field(default_factory=threading.Event)

    def progress(self, stage: str, _done: int, _total: int) -> None:
        """What the build calls."""
        if stage != self.now:
            self.close(stage)

    def close(self, following: str) -> None:
        """End the stage that runs, and begin another."""
        then, now = self.since, (time.perf_counter(), family_cpu())
        stage = self._stage()
        stage.seconds += now[0] - then[0]
        stage.cpu += now[1] - then[1]
        self.since, self.now = now, following

    def look(self) -> None:
        """Read the memory of this process and its children until it is over."""
        while not self.over.wait(_WATCHED_EVERY):
            stage = self._stage()
            stage.rss = max(stage.rss, family_memory())

    def _stage(self) -> Stage:
        return self.stages.setdefault(self.now, Stage(self.now))


def watched(pages: Path, out: Path) -> list[Stage]:
    """Build in this process, and say what each stage took."""
    watch = Watch()
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    build(pages, out=out, house=ROOT, turtle=False, jsonld=False, store=False, progress=watch.progress)
    watch.close("")
    watch.over.set()
    thread.join()
    return list(watch.stages.values())


def rows(stages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The table."""
    total = sum(stage["seconds"] for stage in stages)
    yield "| stage | seconds | share | CPU s | peak MB |"
    yield "|---|--:|--:|--:|--:|"
    for stage in stages:
        share = f"{100 * stage['seconds'] / total:.0f} %"
        cells = (number(stage["seconds"]), share, number(stage["cpu"]), f"{stage['rss'] / 1e6:,.0f}")
        yield f"| {stage['name']} | {' | '.join(cells)} |"
    cpu, peak = sum(stage["cpu"] for stage in stages), max(stage["rss"] for stage in stages)
    yield f"| the whole build | {number(total)} | 100 % | {number(cpu)} | {peak / 1e6:,.0f} |"


def main() -> None:
    """Write the corpus, build it in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mandates", type=int, help="how many")
    parser.add_argument("--work", type=Path, metavar="DIR", help="a folder on the disk that is to be measured")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        stages = watched(given.child / "pages", given.child / "build")
        fields = ("name", "seconds", "cpu", "rss")
        print(json.dumps([{name: getattr(stage, name) for name in fields} for stage in stages]))
        return
    with tempfile.TemporaryDirectory(dir=given.work) as folder:
        written = write_corpus(Path(folder) / "pages", given.mandates)
        command = [sys.executable, __file__, str(given.mandates), "--child", folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        quads = (Path(folder) / "build" / "mandates.nq").stat().st_size
    print(f"{written.mandates:,} mandates on {written.files:,} pages, {quads / 1e6:,.0f} MB of N-Quads.")
    print(f"{machine(('pyoxigraph',))}.\n")
    print("\n".join(rows(json.loads(done.stdout))))


if __name__ == "__main__":
    main()
