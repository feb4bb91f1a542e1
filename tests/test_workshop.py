"""A long build has a place to work in, which is gone afterwards, and puts a whole folder where the last one was."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mandate_graph import outputs
from mandate_graph.errors import ForeignFolder, Unwritable

# A build that says when it works, and ends when it is told to: TARGET MARK.
BUILD = """
import os, sys
from pathlib import Path
from mandate_graph import outputs
target, mark = Path(sys.argv[1]), sys.argv[2].encode()
with outputs.workshop(target) as folder:
    staged = folder / "staged"
    staged.mkdir()
    (folder / "run").write_bytes(mark)
    {before}
    for name in ("mandates.nq", "promises.tsv", "report.json"):
        (staged / name).write_bytes(mark * 200_000)
    outputs.put_build(target, staged, {{}})
"""
WAITING = BUILD.format(before="print(flush=True); sys.stdin.readline()")
FORKING = BUILD.format(
    before="pid = os.fork()\n    if pid == 0: os.read(int(sys.argv[3]), 1); os._exit(0)\n"
    "    print(pid, flush=True); sys.stdin.readline()"
)
UNMEASURED = {key: value for key, value in os.environ.items() if not key.startswith("COV")}


def start(code: str, *arguments: object, keep: tuple[int, ...] = ()) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=UNMEASURED, pass_fds=keep
    )


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def put(target: Path, mark: bytes) -> None:
    with outputs.workshop(target) as folder:
        (folder / "staged").mkdir()
        (folder / "staged" / "mandates.nq").write_bytes(mark)
        outputs.put_build(target, folder / "staged", {})


def whole(target: Path) -> str:
    """The mark of a build all of whose files have it."""
    marks = set()
    for line in (target / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        data = (target / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        marks.add(chr(data[0]))
    assert len(marks) == 1
    return marks.pop()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_build_is_put_with_checksums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool) -> None:
    if not can_exchange:
        monkeypatch.setattr(outputs, "_exchange", lambda one, other: False)
    target = tmp_path / "deep" / "out"
    for mark in (b"one", b"two"):
        with outputs.workshop(target) as folder:
            assert folder.parent == target.parent
            staged = folder / "staged"
            (staged / "store").mkdir(parents=True)
            (staged / "store" / "made-of.json").write_bytes(b"{}")
            (staged / "mandates.nq").write_bytes(mark)
            (staged / "report.json").write_bytes(b"{}")
            outputs.put_build(target, staged, {"mandates.nq": "known"})
        assert (target / "mandates.nq").read_bytes() == mark
        assert names(target) == ["SHA256SUMS", "mandates.nq", "report.json", "store"]
        empty = hashlib.sha256(b"{}").hexdigest()
        assert (target / "SHA256SUMS").read_text() == f"known  mandates.nq\n{empty}  report.json\n"
        assert names(target.parent) == ["out"]


def test_a_build_that_fails_leaves_the_last_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out"
    put(target, b"good")
    for raised, seen in [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (ConnectionResetError(errno.ECONNRESET, "gone"), ConnectionResetError),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), Unwritable),
    ]:
        with pytest.raises(seen), outputs.workshop(target):
            raise raised
        assert names(tmp_path) == ["out"]
        assert (target / "mandates.nq").read_bytes() == b"good"


def test_what_is_no_build_is_refused_at_once_and_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    with outputs.workshop(target) as folder:
        (target / "thesis.txt").write_text("three years of work")
        with pytest.raises(ForeignFolder):
            outputs.put_build(target, folder, {})
    with pytest.raises(ForeignFolder), outputs.workshop(target):
        pytest.fail("there is something in the way")
    assert names(target) == ["thesis.txt"]
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable), outputs.workshop(tmp_path / "file" / "out"):
        pytest.fail("there is no such folder")


def test_a_build_killed_at_any_moment_leaves_a_whole_one(tmp_path: Path) -> None:
    """Builds of two kinds take turns and are killed; what stands is one of the two, and the next one cleans up."""
    target, chance = tmp_path / "out", random.Random(9)
    put(target, b"a")
    for turn in range(8):
        process = start(WAITING, target, "ab"[turn % 2])
        heard(process)
        assert process.stdin is not None
        if turn > 1:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert whole(target) in {"a", "b"}
    put(target, b"c")
    assert whole(target) == "c"
    assert names(tmp_path) == ["out"]


def test_builds_at_once_have_a_workshop_each(tmp_path: Path) -> None:
    """None sweeps another's, neither from another process nor from a thread of its own; the one that ends last stands."""
    target = tmp_path / "out"
    first, second = start(WAITING, target, "a"), start(WAITING, target, "b")
    heard(first), heard(second)
    with outputs.workshop(target) as folder:
        put(target, b"c")
        assert folder.is_dir()
        assert len(names(tmp_path)) == 4
    for process, mark in ((second, "b"), (first, "a")):
        process.communicate("\n")
        assert process.returncode == 0
        assert whole(target) == mark
    assert names(tmp_path) == ["out"]


def test_a_worker_that_outlives_its_build_keeps_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    process = start(FORKING, tmp_path / "out", "a", reading, keep=(reading,))
    worker = int(heard(process))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(names(tmp_path)) == 1, "what the killed build left"
    put(tmp_path / "out", b"b")
    os.kill(worker, 0)
    os.close(writing)
    os.close(reading)
    process.communicate()
    assert names(tmp_path) == ["out"]
