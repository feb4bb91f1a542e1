"""The benchmarks: their arithmetic, what they say of peers that are late or fail, and one tiny run with peers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from comparing.figures import Measured, chart, equal, growth, table
from comparing.pythons import PEERS, pins, python_of
from comparing.tasks import TASKS
from conftest import ROOT
from measuring import Sample, exponent, fresh, middle, number, spread
from stages import Watch

FACTS = {"mandates": 1000, "listings": 1200, "pages": 45, "quads": 5000, "triples": 4000, "text": 2_000_000}


def sample(seconds: float, rss: int = 50_000_000, **said: object) -> Sample:
    return Sample(seconds, 0.5 * seconds, rss, said)


def program(folder: Path, text: str) -> list[str]:
    path = folder / "program.py"
    path.write_text(f"import sys\nsys.path.insert(0, {str(ROOT / 'benchmarks')!r})\n{text}", encoding="utf-8")
    return [sys.executable, str(path)]


def test_growth_is_the_slope_through_all_points() -> None:
    assert exponent([(1000, 2.0), (10_000, 20.0), (100_000, 200.0)]) == pytest.approx(1)
    assert exponent([(10, 1.0), (100, 100.0)]) == pytest.approx(2)
    assert exponent([(10, 1.0), (100, 10.0), (1000, 1000.0)]) == pytest.approx(1.5)
    assert exponent([(1000, 2.0), (1000, 3.0)]) is None


def test_the_median_is_a_sample_and_the_peak_is_the_highest() -> None:
    several = [sample(3.0, 10), sample(1.0, 30), sample(2.0, 20)]
    assert (middle(several).seconds, middle(several).rss) == (2.0, 30)
    assert middle([sample(1.0), sample(4.0)]).seconds == 1.0
    assert spread(several) == "2.00 (1.00–3.00)"
    assert spread(several[:1]) == "3.00"
    assert [number(value) for value in (1234.4, 12.34, 1.234, 0.01234)] == ["1,234", "12.3", "1.23", "0.0123"]


def test_a_measured_process_is_not_held_up_by_what_it_says(tmp_path: Path) -> None:
    text = "from measuring import timed\ntimed(lambda: 'x' * 300_000, lambda made: {'made': made})"
    found = fresh(program(tmp_path, text), 20)
    assert isinstance(found, Sample)
    assert len(found.said["made"]) == 300_000


def test_the_memory_of_all_children_counts(tmp_path: Path) -> None:
    hungry = "import time; held = bytearray(b'x') * 120_000_000; time.sleep(1)"
    text = (
        "import subprocess\nfrom measuring import timed\n"
        f"def work():\n    both = [subprocess.Popen([sys.executable, '-c', {hungry!r}]) for _ in 'ab']\n"
        "    return [each.wait() for each in both]\n"
        "timed(work, lambda _: {})"
    )
    found = fresh(program(tmp_path, text))
    assert isinstance(found, Sample)
    assert 240e6 < found.rss < 500e6
    assert found.cpu > 0


def test_one_that_is_late_or_fails_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    told = tmp_path / "child"
    text = (
        "import subprocess, pathlib\nfrom measuring import timed\n"
        "def work():\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        f"    pathlib.Path({str(told)!r}).write_text(str(child.pid))\n"
        "    child.wait()\n"
        "timed(work, lambda _: {})"
    )
    assert fresh(program(tmp_path, text), 0.1) == "> 0.1 s"
    state = Path(f"/proc/{told.read_text()}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"
    assert fresh(program(tmp_path, "raise SystemExit('no such thing')")) == "no such thing"
    busy = "from measuring import timed\ndef work():\n    while True: pass\ntimed(work, lambda _: {})"
    assert fresh(program(tmp_path, busy), 0.2) == "> 0.2 s"


def test_the_table_says_rates_growth_ratios_and_what_was_compared() -> None:
    facts = {1000: FACTS, 2000: {name: 2 * value for name, value in FACTS.items()}}
    measured: Measured = {
        ("load", "ours", 1000): [sample(1.0)],
        ("load", "ours", 2000): [sample(2.0)],
        ("load", "rdflib", 1000): [sample(5.0)],
        ("load", "rdflib", 2000): "> 8 s",
        ("build", "ours", 1000): [sample(2.0, out=4000)],
        ("build", "rdflib", 1000): [sample(1.0, out=1000)],
    }
    assert growth(measured, "load", "ours") == pytest.approx(1)
    assert growth(measured, "load", "rdflib") is None
    assert table(measured, facts, {("load", "rdflib"): "equal triples"}).splitlines() == [
        "| task | who | 1,000 | 2,000 | CPU s | rate | peak MB | growth | ours / theirs | compared |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|---|",
        "| build | ours | 2.00 |  | 1.00 | 2.00 k/s | 50 |  |  |  |",
        "| build | rdflib | 1.00 |  | 0.5 | 1.00 k/s | 50 |  | 0.5 |  |",
        "| load | ours | 1.00 | 2.00 | 1.00 | 4.00 k/s | 50 | 1.00 |  |  |",
        "| load | rdflib | 5.00 | > 8 s | 2.50 | 0.8 k/s | 50 |  | 0.2 | equal triples |",
    ]


def test_answers_are_compared_row_by_row(tmp_path: Path) -> None:
    def document(*names: str) -> str:
        return json.dumps({"results": {"bindings": [{"name": {"value": name}} for name in names]}})

    measured = {
        ("query", "ours", 1000): [sample(1, documents=[document("a | b", "c"), document("d")])],
        ("query", "pyoxigraph", 1000): [sample(1, documents=[document("c", "b | a"), document("d")])],
        ("query", "rdflib", 1000): [sample(1, documents=[document("c", "b"), document("d")])],
        ("query", "maplib", 1000): [sample(1, counts=[2, 2])],
    }
    assert dict(equal(measured, tmp_path, 1000)) == {
        ("query", "pyoxigraph"): "equal rows",
        ("query", "rdflib"): "equal rows of 1 in 2 queries",
        ("query", "maplib"): "other number of rows",
    }


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    measured = {("load", "ours", 1000): [sample(1.0)], ("load", "ours", 2000): [sample(2.0)]}
    facts = {1000: FACTS, 2000: FACTS | {"mandates": 2000}}
    for name in ("one.svg", "other.svg"):
        chart(measured, facts, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


def test_every_peer_has_a_python_and_a_pinned_version() -> None:
    assert {who for task in TASKS for who in task.peers} == PEERS.keys()
    assert {package for package in PEERS.values() if package} == pins().keys()
    assert python_of("rdflib") == sys.executable


def test_one_command_measures_a_task_beside_its_peers(tmp_path: Path) -> None:
    command = [
        sys.executable, "benchmarks", "--sizes", "40", "--tasks", "load,build", "--peers", "pyoxigraph,rdflib",
        "--runs", "1", "--patience", "60", "--work", str(tmp_path),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=os.environ.copy(), capture_output=True, text=True, check=True)
    lines = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith(("| load", "| build"))]
    assert [(line[0], line[1], line[-1].rstrip(" |")) for line in lines] == [
        ("| build", "ours", ""),
        ("| build", "pyoxigraph", "equal triples"),
        ("| build", "rdflib", "equal triples"),
        ("| load", "ours", ""),
        ("| load", "pyoxigraph", "equal number of triples"),
        ("| load", "rdflib", "equal number of triples"),
    ]
    assert "CPython" in done.stdout
    assert json.loads((tmp_path / "case40" / "facts.json").read_text())["mandates"] >= 36


def test_the_stages_of_a_build_are_told_apart(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/stages.py", "40", "--work", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 4
    assert rows[-1][0] == "the whole build"
    assert all(float(cell.replace(",", "")) >= 0 for row in rows for cell in (row[1], row[3], row[4]))


def test_what_passes_before_a_stage_begins_is_that_of_the_one_before() -> None:
    watch = Watch()
    watch.progress("reading", 0, 2)
    watch.since = (watch.since[0] - 50, watch.since[1] - 30)
    watch.progress("reading", 1, 2)
    watch.progress("writing", 0, 0)
    watch.since = (watch.since[0] - 7, watch.since[1] - 5)
    watch.close("")
    reading, writing = watch.stages["reading"], watch.stages["writing"]
    assert (round(reading.seconds, -1), round(reading.cpu, -1)) == (50, 30)
    assert 7 <= writing.seconds < 50
    assert 5 <= writing.cpu < 30
