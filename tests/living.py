"""The server as those run it who keep servers running: started, signalled and looked after as a process."""

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import pytest

from attacks import unwatched
from hosts import Answer

ENOUGH = 240.0
"""Seconds after which something that should have happened will not happen any more."""
_READY = re.compile(r"serving http://(127\.0\.0\.1|\[::1\]):(\d+)/")


@dataclass
class Running:
    """A server; ``said`` holds the lines of its standard error."""

    process: subprocess.Popen[str]
    port: int
    host: str = "127.0.0.1"
    said: list[str] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", body: str = "", **fields: str) -> Answer:
        """One request on a connection of its own; ``accept_language="es"`` is a header."""
        return ask(self.port, path, method, body, host=self.host, **fields)

    def query(self, text: str) -> Any:
        """The value of the one cell that a query answers."""
        found = self.ask(f"/sparql?query={quote(text)}", accept="application/sparql-results+json")
        assert found.status == 200, found
        (row,) = json.loads(found.body)["results"]["bindings"]
        (cell,) = row.values()
        return cell["value"]

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask("/healthz").body)
        return found

    def until(self, there: Callable[[], object], what: str) -> None:
        """Wait for something."""
        ends = time.monotonic() + ENOUGH
        while not there():
            assert time.monotonic() < ends, f"{what}: never; {''.join(self.said)}"
            time.sleep(0.02)

    def says(self, words: str) -> None:
        """Wait for words on standard error."""
        self.until(lambda: any(words in line for line in list(self.said)), words)

    def complete(self) -> None:
        """Wait until everything is there."""
        self.until(lambda: self.health()["site"] == self.health()["reconciliation"] == "ready", "complete")

    def all_processes(self) -> list[int]:
        """The server's own and all that it has made: they are one process group."""
        return sorted(
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and _group(folder) == self.process.pid
        )

    def children(self, parent: int) -> list[int]:
        """The processes that one of them has made."""
        return [pid for pid in self.all_processes() if _stat(Path(f"/proc/{pid}"))[1:2] == [str(parent)]]

    def keepers(self) -> list[int]:
        """The processes that hold the data of a build: children of the front."""
        return self.children(self.process.pid)

    def ends(self) -> int:
        """Wait for the end of the program and all of its processes; its exit code."""
        code = self.process.wait(ENOUGH)
        self.until(lambda: not self.all_processes(), "an end of all processes")
        return code


class Hammer:
    """Clients that ask without a pause; ``seen`` holds what each address has answered, in the order of the answers."""

    def __init__(self, server: Running, *paths: str) -> None:
        self.seen: dict[str, list[bytes]] = {path: [] for path in paths}
        self.failed: list[object] = []
        self._server = server
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(path,)) for path in paths]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, path: str) -> None:
        while not self._over.is_set():
            time.sleep(0.01)
            try:
                found = self._server.ask(path)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(error)
                continue
            if found.status != 200:
                self.failed.append((path, found))
            elif self.seen[path][-1:] != [found.body]:
                self.seen[path].append(found.body)


def _stat(folder: Path) -> list[str]:
    """State, parent and group of a process; nothing when it has ended."""
    try:
        found = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return []
    return [] if found[0] in "ZX" else found


def _group(folder: Path) -> int:
    found = _stat(folder)
    return int(found[2]) if found else 0


def ask(port: int, path: str, method: str = "GET", body: str = "", host: str = "127.0.0.1", **fields: str) -> Answer:
    """One request, and its answer."""
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=ENOUGH)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in fields.items():
            connection.putheader(name.replace("_", "-"), value)
        if body:
            connection.putheader("Content-Length", str(len(body.encode())))
        connection.endheaders(body.encode() or None)
        response = connection.getresponse()
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        return Answer(response.status, headers, response.read())


def command(build: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "mandate_graph", "serve", "--from", str(build), *options]


@contextlib.contextmanager
def running(build: Path, work: Path, *options: str, bind: str = "127.0.0.1:0", ready: bool = True,
            env: Mapping[str, str] | None = None) -> Iterator[Running]:  # fmt: skip
    """A server on a port of its own; whatever happens, nothing of it is left."""
    process = subprocess.Popen(
        command(build, "--bind", bind, *options),
        cwd=work,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**unwatched(), "XDG_CACHE_HOME": str(work / "cache"), **(env or {})},
        start_new_session=True,
    )
    assert process.stderr is not None
    server = Running(process, int(bind.rpartition(":")[2]), bind.rpartition(":")[0].strip("[]"))
    listener = threading.Thread(target=_listen, args=(process.stderr, server.said), daemon=True)
    listener.start()
    try:
        if ready:
            server.until(lambda: process.poll() is not None or _ready(server), "a start")
            if not _ready(server):
                pytest.fail("".join(server.said))
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        listener.join(5)
        process.stderr.close()


def _ready(server: Running) -> bool:
    found = _READY.search("".join(server.said))
    if found:
        server.port = int(found[2])
    return bool(found)


def _listen(stderr: IO[str], said: list[str]) -> None:
    said.extend(iter(stderr.readline, ""))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
