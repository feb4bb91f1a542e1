"""A crew on a cluster: a real scheduler, real workers, killed in mid-work."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import clusters
import crew_tasks as tasks
from clusters import ENOUGH, Processes
from conftest import ROOT
from mandate_graph import cluster
from mandate_graph.cluster import Cluster, cluster_address, connect
from mandate_graph.crew import Crew
from mandate_graph.errors import BadEndpoint, BadTable, UnfitCluster, Unreachable, WorkLost

pytest.importorskip("distributed")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that test much at once are slow to answer."""
    monkeypatch.setattr(cluster, "_REACHED", ENOUGH)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """A scheduler and two workers, which no test kills."""
    with clusters.running(tmp_path_factory.mktemp("cluster"), 2) as processes:
        yield processes


def joined(processes: Processes, folder: Path, workers: int) -> Cluster:
    """The cluster once all its workers are there."""
    found = connect(processes.address, folder)
    until(lambda: found.workers == workers, "all workers")
    return found


def until(there: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + ENOUGH
    while not there():
        assert time.monotonic() < ends, f"{what}: never"
        time.sleep(0.05)


def taken(folder: Path) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for file in folder.iterdir():
        number, pid = map(int, file.name.split("-"))
        found.setdefault(number, set()).add(pid)
    return found


def test_a_crew_on_a_cluster_does_what_a_crew_does(two: Processes, tmp_path: Path) -> None:
    with joined(two, tmp_path, 2) as theirs, Crew(theirs.workers, theirs) as crew:
        assert crew.workers == 2
        with Crew(2) as own:
            assert list(crew.each(tasks.square, ((number,) for number in range(30)))) == list(
                own.each(tasks.square, ((number,) for number in range(30)))
            )
        pids = set(crew.each(tasks.who, ((number,) for number in range(30))))
        assert os.getpid() not in pids
        assert len(pids) == 2
        # the same task again is done again: what it leaves behind may be gone
        assert len(set(crew.each(tasks.when, ((1,) for _ in range(3))))) == 3
        with pytest.raises(BadTable) as caught:
            list(crew.each(tasks.wrong, ((number,) for number in range(9))))
        assert caught.value == BadTable("themes.csv", "no such theme", 7)
        with pytest.raises(TimeoutError, match="the task's own"):
            list(crew.each(tasks.late, ((1,),)))
    assert not list(tmp_path.glob("token*"))


def test_what_nobody_wants_is_not_begun(two: Processes, tmp_path: Path) -> None:
    with joined(two, tmp_path, 2) as theirs, Crew(theirs.workers, theirs) as crew:
        results = crew.each(tasks.gated, ((number, tmp_path) for number in range(10**6)))
        assert next(results) == 0
        until(lambda: len(taken(tmp_path)) == 3, "two workers at work")
        results.close()  # type: ignore[attr-defined]
        until(lambda: not any(theirs._client.processing().values()), "cancelled")
        (tmp_path / "0-0").touch()
        assert list(crew.each(tasks.square, ((number,) for number in range(3)))) == [0, 1, 4]
    assert sorted(taken(tmp_path)) == [0, 1, 2]


def test_the_scheduler_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(Unreachable, match="no Dask scheduler answers within 1 seconds"):
        patiently(connect, f"127.0.0.1:{port}")
    assert time.monotonic() - began < ENOUGH


def patiently(function: Callable[..., object], address: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_REACHED", 1.0)
        function(address, Path("/nowhere"))


WEB = """
import http.server
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
print(server.server_port, flush=True)
server.serve_forever()
"""


def test_somebody_else_is_there() -> None:
    """A server of the web, say, which waits to be asked."""
    server = subprocess.Popen(
        [sys.executable, "-c", WEB],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with server:
        assert server.stdout is not None
        try:
            with pytest.raises(Unreachable):
                patiently(connect, f"127.0.0.1:{server.stdout.readline().strip()}")
        finally:
            server.kill()


def test_dask_need_not_be_installed() -> None:
    """Where it is not, it cannot be imported, and that is said."""
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from pathlib import Path\nfrom mandate_graph.cluster import connect\nfrom mandate_graph.errors import UsageError\n"
        "try: connect('foo:80', Path())\nexcept UsageError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "work on a cluster needs the package distributed. Install it with: pip install distributed\n"


@pytest.mark.parametrize(
    "text", ["", "foo", "tcp://foo", "foo:0", "foo:65536", "http://foo:80", "tcp://foo:80/", "a b:80", "tcp://:8786"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadEndpoint, match="tcp://HOST:PORT"):
        cluster_address(text)


def test_addresses() -> None:
    assert cluster_address("head-1.example.org:8786") == "tcp://head-1.example.org:8786"
    assert cluster_address("tls://[::1]:8786") == "tls://[::1]:8786"


def test_folders_must_be_shared(two: Processes, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.touch()
    connect(two.address, tmp_path, [there]).shutdown()
    with pytest.raises(UnfitCluster, match=r"worker tcp://\S+ does not see \S+gone"):
        connect(two.address, tmp_path, [there, tmp_path / "gone"])
    assert list(tmp_path.iterdir()) == [there]


def test_workers_may_be_killed_and_added(tmp_path: Path) -> None:
    """The whole life of one cluster: a worker killed in mid-work, a task that kills its workers, none left, no scheduler."""
    place, noted = tmp_path / "cluster", tmp_path / "noted"
    place.mkdir()
    noted.mkdir()
    with clusters.running(place, 2) as processes, joined(processes, tmp_path, 2) as theirs:
        crew = Crew(2, theirs)
        results = crew.each(tasks.gated, ((number, noted) for number in range(12)))
        assert next(results) == 0
        until(lambda: len(taken(noted)) == 3, "two workers at work")
        processes.kill(processes.workers[0])
        (noted / "0-0").touch()
        assert list(results) == list(range(1, 12)), "nothing is lost"
        assert any(len(pids) == 2 for number, pids in taken(noted).items() if number), "it was given to another"

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cluster, "PATIENCE", 1.0)
            processes.kill(processes.workers[1])
            with pytest.raises(UnfitCluster, match="no workers for 1 seconds"):
                list(crew.each(tasks.square, ((number,) for number in range(3))))
            with pytest.raises(UnfitCluster, match="dask worker tcp://"):
                connect(processes.address, tmp_path)

        deadly = tmp_path / "deadly"
        deadly.mkdir()
        for _ in range(5):
            processes.add_worker()
        until(lambda: theirs.workers == 5, "new workers")
        with pytest.raises(WorkLost, match=r"deadly\(3, .*4 workers"):
            list(crew.each(tasks.deadly, ((number, deadly, 99) for number in range(4))))
        assert len(taken(deadly)[3]) == 4

        slow = crew.each(tasks.slow, ((number, noted) for number in range(20, 24)))
        with pytest.raises(Unreachable, match="the scheduler was lost"):
            lose(processes, slow)


def lose(processes: Processes, results: Iterator[int]) -> None:
    """Kill the scheduler while somebody waits for a result."""
    threading.Timer(0.5, processes.kill, [processes.scheduler]).start()
    next(results)


@pytest.mark.parametrize("missing", ["", "cluster.py"])
def test_versions_must_be_the_same(missing: str, tmp_path: Path) -> None:
    other = tmp_path / "other" / "mandate_graph"
    shutil.copytree(ROOT / "src" / "mandate_graph", other, ignore=shutil.ignore_patterns("__pycache__", "scripts"))
    (other / "version.py").write_text('__version__ = "99"\n')
    (other / missing).unlink() if missing else None
    said = r"cannot run mandate-graph \(.*No module" if missing else r"has mandate-graph 99, and here is"
    with clusters.running(tmp_path, 0) as processes:
        processes.add_worker(env={"PYTHONPATH": str(other.parent)})
        with pytest.raises(UnfitCluster, match=rf"worker tcp://\S+ {said}"):
            connect(processes.address, tmp_path)


@pytest.mark.skipif(
    subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode != 0,
    reason="a worker that sees another folder needs a mount of its own",
)
def test_a_folder_of_the_same_name_is_not_the_same_folder(tmp_path: Path) -> None:
    scratch, place = tmp_path / "scratch", tmp_path / "cluster"
    scratch.mkdir()
    place.mkdir()
    with clusters.running(place, 0) as processes:
        hidden = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs none "{scratch}" && exec "$@"', "sh"]
        processes.add_worker(before=hidden)
        with pytest.raises(UnfitCluster, match="cannot use the folder"):
            connect(processes.address, scratch)
    assert list(scratch.iterdir()) == []
