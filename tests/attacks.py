"""A running server to attack: raw requests over sockets, and what the system says of its processes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlencode

__all__ = ["ASK", "Answer", "Target", "attacked", "drained", "listener", "read_answers", "resident", "until"]

ASK = "ASK { ?s ?p ?o }"
_STARTS = 90.0
_READY = re.compile(rb"serving http://127\.0\.0\.1:(\d+)/")


class Answer(NamedTuple):
    """What came back: ``headers`` by lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Target:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, said: Path) -> None:
        self.process = process
        self.port = port
        self.said = said
        self.thing = "/id/sdg/1.ttl"

    # ---- requests

    def connect(self, source: str = "127.0.0.1", timeout: float = 10.0, receive: int = 0) -> socket.socket:
        """An open connection; ``receive`` is the size of its buffer, for a client that takes little."""
        made = socket.socket()
        if receive:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        made.settimeout(timeout)
        made.bind((source, 0))
        made.connect(("127.0.0.1", self.port))
        return made

    def raw(self, sent: bytes, timeout: float = 10.0) -> bytes:
        """Everything that comes back until the server closes, or nothing comes for so many seconds."""
        with self.connect(timeout=timeout) as made:
            with contextlib.suppress(OSError):  # it may close before it has read all
                made.sendall(sent)
            return drained(made)

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        source: str = "127.0.0.1",
        timeout: float = 15.0,
        **headers: str,
    ) -> Answer:
        """One honest request."""
        made = http.client.HTTPConnection("127.0.0.1", self.port, timeout, (source, 0))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(made):
            made.request(method, path, body, named)
            got = made.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())

    def query(self, text: str, accept: str = "application/json", **more: str) -> Answer:
        """A query, as the body of a POST."""
        query = f"?{urlencode(more)}" if more else ""
        kind = "application/sparql-query"
        return self.ask(f"/sparql{query}", "POST", text.encode(), Accept=accept, Content_Type=kind)

    # ---- what the system says

    @property
    def pid(self) -> int:
        return self.process.pid

    def family(self) -> dict[int, int]:
        """All processes below the server, each with its parent."""
        parents = _parents()
        found = {self.pid: 0}
        while more := {pid: parent for pid, parent in parents.items() if parent in found and pid not in found}:
            found |= more
        del found[self.pid]
        return found

    @property
    def keeper(self) -> int:
        return next(pid for pid, parent in self.family().items() if parent == self.pid)

    def workers(self) -> list[int]:
        """Everything that the keeper, or a keeper's clerk, has made."""
        return sorted(pid for pid, parent in self.family().items() if parent != self.pid)

    def memory(self, pid: int | None = None) -> int:
        """The bytes that are resident for a process (the server), or have been at most since it was last told."""
        return resident(pid or self.pid)

    def files(self) -> int:
        """How many files and sockets the front has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def state(self) -> tuple[int, int]:
        return len(self.family()), self.files()

    def busy(self) -> int:
        said = json.loads(self.ask("/healthz").body)
        return int(said["queries"]["running"]) + int(said["queries"]["waiting"])

    # ---- promises

    def well(self, within: float = 1.0, source: str = "127.0.0.9") -> None:
        """The next good requests are answered right, each within a second."""
        within = soon(within)
        query = f"ASK {{ ?s ?p ?o }} # {time.monotonic_ns()}"  # one that was never answered before
        for what, path, good in (
            ("health", "/healthz", b'"status": "ok"'),
            ("query", f"/sparql?{urlencode({'query': query})}&format=json", b'"boolean":true'),
            ("thing", f"{self.thing}?{time.monotonic_ns()}", b"@prefix"),
        ):
            began = time.monotonic()
            got = self.ask(path, source=source, Accept="application/json, text/turtle", timeout=within)
            took = time.monotonic() - began
            assert got.status == 200, (what, got)
            assert good in got.body, (what, got)
            assert took < within, (what, took)

    def calm(self, before: tuple[int, int], more: tuple[int, int] = (0, 0), within: float = 10.0) -> None:
        """In a moment there are no more processes and open files than there were."""

        def over() -> bool:
            now = self.state()
            return now[0] <= before[0] + more[0] and now[1] <= before[1] + more[1]

        assert until(over, within), f"{self.state()} is left of {before}: {self.family()}"


def resident(pid: int) -> int:
    """The bytes that are in memory for a process; 0 for one that has gone."""
    with contextlib.suppress(OSError):
        found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    found[int(entry.name)] = int(parent)
    return found


def until(true: Callable[[], bool], within: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.05)
    return true()


def drained(made: socket.socket, most: int = 1 << 26) -> bytes:
    """What comes until the end, a timeout or a reset."""
    pieces = []
    with contextlib.suppress(OSError):
        while most > 0 and (piece := made.recv(1 << 16)):
            pieces.append(piece)
            most -= len(piece)
    return b"".join(pieces)


def soon(seconds: float) -> float:
    """So many seconds of a machine that does nothing else; beside other tests it takes longer to be given a turn."""
    return seconds * (5 if "PYTEST_XDIST_WORKER" in os.environ else 1)


def unwatched() -> dict[str, str]:
    """The environment without what makes a process count its own lines, which takes its time and its files."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def read_answers(text: bytes) -> list[int]:
    """The statuses in what came back over one connection."""
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", text)]


@contextlib.contextmanager
def attacked(
    build: Path, folder: Path, settings: str, *options: str, stderr: int | IO[bytes] | None = None
) -> Iterator[Target]:
    """A server over a build, with the settings of a TOML text; ended when we leave, whatever was done to it."""
    config = folder / "serve.toml"
    config.write_text(settings)
    said = (folder / "said.log").open("w+b")
    command = [
        sys.executable, "-m", "mandate_graph", "serve", "--from", str(build), "--bind", "127.0.0.1:0",
        "--state", str(build.parent / "prepared"), "--config", str(config), *options,
    ]  # fmt: skip
    with (
        said,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=stderr or said, env=unwatched()
        ) as process,
    ):
        try:
            yield Target(process, _port(process, folder / "said.log"), folder / "said.log")
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()


def _port(process: subprocess.Popen[bytes], said: Path) -> int:
    """Wait until the server says where it is."""
    if process.stderr is not None:  # a pipe: read until the address, and then no more
        text = b""
        while not (found := _READY.search(text)):
            piece = os.read(process.stderr.fileno(), 4096)
            assert piece, f"the server does not start:\n{text.decode()}"
            text += piece
        return int(found[1])
    assert until(lambda: process.poll() is not None or bool(_READY.search(said.read_bytes())), _STARTS)
    match = _READY.search(said.read_bytes())
    assert match, f"the server does not start:\n{said.read_text(errors='replace')}"
    return int(match[1])


@contextlib.contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A socket that nobody should connect to: its port, and what came over it."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        stop = threading.Event()

        def take() -> None:
            while not stop.is_set():
                with contextlib.suppress(OSError):
                    made, _ = listening.accept()
                    with made:
                        made.settimeout(0.3)
                        seen.append(b"")
                        seen[-1] = made.recv(4096)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], seen
        finally:
            stop.set()
            thread.join()
