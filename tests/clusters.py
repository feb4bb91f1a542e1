"""Dask as those run it who keep a cluster: a scheduler and workers as processes, on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attacks import unwatched

ENOUGH = 90.0


class Processes:
    """A scheduler, and workers that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.log = folder / "log"
        self.scheduler = self._run("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.workers: list[subprocess.Popen[bytes]] = []
        ends = time.monotonic() + ENOUGH
        while not self.file.exists() or not self.file.read_text():
            assert time.monotonic() < ends, self.log.read_text()
            time.sleep(0.05)
        self.address: str = json.loads(self.file.read_text())["address"]

    def _run(self, what: str, *options: str, env: Mapping[str, str] = {}, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:  # fmt: skip
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [
                    *before,
                    sys.executable,
                    "-m",
                    "dask",
                    what,
                    "--scheduler-file",
                    str(self.file),
                    "--no-dashboard",
                    *options,
                ],
                env={**unwatched(), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **env},
                cwd=self.file.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def add_worker(self, *, env: Mapping[str, str] = {}, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """A worker that nobody starts again."""
        found = self._run("worker", "--nthreads", "1", "--no-nanny", env=env, before=before)
        self.workers.append(found)
        return found

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def running(folder: Path, workers: int) -> Iterator[Processes]:
    """A cluster of so many workers; whatever happens, nothing of it is left."""
    cluster = Processes(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        for process in (*cluster.workers, cluster.scheduler):
            cluster.kill(process)
