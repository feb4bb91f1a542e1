"""A build is a stream of shards: its files are the same however they are cut, and whoever does the work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import clusters
import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph import assembly
from mandate_graph.assembly import shards_of
from mandate_graph.report.rows import Rows, json_pieces
from mandate_graph.sources import File
from mandate_graph.write.lines import blocks, describes
from mandate_graph.write.whole import put_whole

PAGES = sorted(path for path in (ROOT / "tests" / "pages").iterdir() if path.suffix == ".txt")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All pages of the tests in one process, as few shards as there can be."""
    out = tmp_path_factory.mktemp("plain") / "build"
    mg.build(PAGES, out=out, house=ROOT, store=False, workers=1)
    return files_of(out)


@pytest.mark.parametrize(("files", "size", "workers"), [(1, 1 << 30, 1), (3, 1 << 30, 3), (1000, 2_000, 2)])
def test_the_files_are_the_same_however_the_work_is_cut(
    plain: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: int,
    size: int,
    workers: int,
) -> None:
    monkeypatch.setattr(assembly, "_FILES", files)
    monkeypatch.setattr(assembly, "_BYTES", size)
    monkeypatch.setattr(assembly, "_SAMPLES", 2)
    monkeypatch.setattr(assembly, "_RANGE", 100_000)  # a hundred ranges
    mg.build(list(reversed(PAGES)), out=tmp_path / "build", house=ROOT, store=False, workers=workers)
    found = files_of(tmp_path / "build")
    assert found.keys() == plain.keys()
    assert [name for name in plain if found[name] != plain[name]] == []
    assert list(tmp_path.iterdir()) == [tmp_path / "build"]


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_does(
    plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Executor]
) -> None:
    monkeypatch.setattr(assembly, "_FILES", 3)
    with kind(2) as executor:  # type: ignore[call-arg]
        mg.build(PAGES, out=tmp_path / "build", house=ROOT, store=False, executor=executor)
    assert files_of(tmp_path / "build") == plain


def test_a_worker_that_is_killed_loses_nothing(
    plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "_FILES", 2)
    killed: set[str] = set()

    def progress(stage: str, done: int, _total: int) -> None:
        if done and stage in {"reading pages", "making the graph"} - killed:
            (worker, *_) = workers_of(os.getpid())
            os.kill(worker, signal.SIGKILL)
            killed.add(stage)

    mg.build(PAGES, out=tmp_path / "build", house=ROOT, store=False, workers=2, progress=progress)
    assert killed == {"reading pages", "making the graph"}
    assert files_of(tmp_path / "build") == plain


@pytest.mark.slow
def test_a_cluster_builds_the_same_and_a_killed_worker_loses_nothing(
    plain: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(assembly, "_FILES", 2)
    (tmp_path / "cluster").mkdir()
    with clusters.running(tmp_path / "cluster", 2) as cluster:

        def progress(stage: str, done: int, _total: int) -> None:
            if (stage, done) == ("making the graph", 2):
                cluster.kill(cluster.workers[0])

        mg.build(PAGES, out=tmp_path / "build", house=ROOT, store=False, cluster=cluster.address, progress=progress)
        assert files_of(tmp_path / "build") == plain
        run = cli("build", str(PAGES[0]), "--out", str(tmp_path / "one"), "--cluster", cluster.address)
        assert run.returncode == 0, run.stderr


def workers_of(process: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            command = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == process and b"mandate_graph.crew" in command:
            found.append(int(path.parent.name))
    return found


@pytest.mark.parametrize("moment", ["reading pages", "comparing mandates", "making the graph", "sorting", "writing"])
def test_a_build_that_is_killed_spoils_nothing_and_leaves_nothing(
    plain: dict[str, bytes], tmp_path: Path, moment: str
) -> None:
    out = tmp_path / "build"
    mg.build(PAGES[:1], out=out, house=ROOT, store=False, workers=1)
    before = files_of(out)
    code = f"""
import os, signal, sys
import mandate_graph as mg
def progress(stage, done, total):
    if stage == {moment!r}:
        os.kill(os.getpid(), signal.SIGKILL)
mg.build(sys.argv[2:], out=sys.argv[1], house={str(ROOT)!r}, store=False, workers=2, progress=progress)
"""
    run = subprocess.run([sys.executable, "-c", code, str(out), *map(str, PAGES)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert files_of(out) == before
    deadline = time.monotonic() + 60
    while any(str(out).encode() in path.read_bytes() for path in processes()):
        assert time.monotonic() < deadline, "workers outlive the build"
        time.sleep(0.05)
    mg.build(PAGES, out=out, house=ROOT, store=False, workers=1)
    assert files_of(out) == plain
    assert list(tmp_path.iterdir()) == [out]


def processes() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if path.parent.name != str(os.getpid())]


def test_shards_hold_whole_pages_in_order() -> None:
    rows = [("a", 1), ("b", 30), ("c", 2), ("d", 1), ("e", 23), ("f", 1)]
    files = [
        File(Path(f"{page}{number}"), {"page": page}, named=False) for page, count in rows for number in range(count)
    ]
    shards = list(shards_of(files))
    assert [file for shard in shards for file in shard] == files
    assert [sorted({file.page for file in shard}) for shard in shards] == [["a", "b"], ["c", "d", "e"], ["f"]]


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), plain_data), st.lists(plain_data, max_size=4))
def test_long_lists_are_written_as_json_writes_lists(data: dict[str, Any], items: list[Any]) -> None:
    whole = {**data, "rows": items, "below": {"rows": items, "more": data}}
    pieces = json_pieces(
        {**data, "rows": Rows(lambda: items), "below": {"rows": Rows(lambda: iter(items)), "more": data}}
    )
    assert "".join(pieces) == json.dumps(whole, ensure_ascii=False, indent=1)


@given(st.lists(st.text("ab/é#", max_size=5), max_size=12), st.text("ab/é#", max_size=5))
def test_a_thing_is_found_by_halving(tmp_path_factory: pytest.TempPathFactory, names: Sequence[str], name: str) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.nq"
    path.write_bytes(b"".join(sorted(f"<{each}> <p> <o> <g> .\n".encode() for each in names)))
    assert describes(path, name) == (name in names)


def test_a_line_that_goes_on_in_the_next_piece_is_not_tried_from_each_of_its_characters() -> None:
    """Otherwise this takes minutes, as did the Turtle of a page of a megabyte."""
    short = [b'<urn:a%06d> <urn:p> "x" <urn:g> .\n' % number for number in range(22_000)]
    long = b'<urn:b> <urn:p> "%s" <urn:g> .\n' % (b"words of a page " * 60_000)
    data = b"".join(short) + long + b"<urn:c> <urn:p> <urn:d> <urn:g> .\n"
    assert [block.lines for block in blocks(data)] == [*short, long, b"<urn:c> <urn:p> <urn:d> <urn:g> .\n"]


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    def pieces() -> Any:
        yield b"half"
        yield bytes(1 // 0)

    with pytest.raises(ZeroDivisionError):
        put_whole(tmp_path / "file", pieces())
    assert list(tmp_path.iterdir()) == []
