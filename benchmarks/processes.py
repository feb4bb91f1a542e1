"""What a server takes of the machine: the processor time and the memory of a process and of all that it has made."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Memory", "Tree", "free_port", "until"]

_TICK = os.sysconf("SC_CLK_TCK")
_CALM = 0.03


class Memory(NamedTuple):
    """Bytes: ``pss`` counts a page that several share once in all, ``rss`` once for each."""

    processes: int
    rss: int
    pss: int


class Tree:
    """A process and its descendants (Linux: all figures are of /proc)."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def pids(self) -> list[int]:
        """All that live now."""
        return list(_below(self.process.pid))

    def cpu(self) -> float:
        """Seconds of all that live, and of those that died and were waited for."""
        return sum(_spent(pid) for pid in self.pids())

    def memory(self) -> Memory:
        """What all take together."""
        taken = [_rollup(pid) for pid in self.pids()]
        return Memory(len(taken), sum(each["Rss"] for each in taken), sum(each["Pss"] for each in taken))

    def rest(self, most: float) -> None:
        """Wait until nothing is worked on any more."""
        ends = time.monotonic() + most
        while time.monotonic() < ends:
            before = self.cpu()
            time.sleep(0.3)
            if self.cpu() - before <= _CALM:
                return

    def kill(self) -> float:
        """End the first one by SIGKILL; seconds until all the others have noticed."""
        others = self.pids()
        began = time.perf_counter()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        while any(_lives(pid) for pid in others) and time.perf_counter() - began < 60:
            time.sleep(0.02)
        return time.perf_counter() - began

    def stop(self) -> None:
        """End all of them."""
        others = self.pids()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in others:
            if _lives(pid):
                os.kill(pid, signal.SIGKILL)


def _below(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _below(int(child))


def _spent(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / _TICK


def _rollup(pid: int) -> dict[str, int]:
    taken = {"Rss": 0, "Pss": 0}
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return taken
    for line in lines:
        name, amount = line.split()[:2]
        taken[name.rstrip(":")] = int(amount) * 1024
    return taken


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def until(true: Callable[[], bool], most: float, tree: Tree) -> None:
    """Wait for something.

    Raises:
        SystemExit: when it does not come, or the process has ended.
    """
    ends = time.monotonic() + most
    while not true():
        if tree.process.poll() is not None or time.monotonic() > ends:
            raise SystemExit(f"{tree.process.args!r} did not start")
        time.sleep(0.005)
