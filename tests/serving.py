"""The server as a user starts it: a process of its own on a free port of loopback, stopped as a system stops it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pytest

from hosts import Answer

STARTS = 120.0
ENDS = 30.0
_READY = re.compile(r"serving (http://127\.0\.0\.1:\d+/)")


@dataclass(frozen=True)
class Served:
    """A running server: its address (ends in a slash), its process, and what it has said on stderr so far."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def sparql(self) -> str:
        return f"{self.url}sparql"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Ask for what lies at a path, which begins after the slash of the address; nothing is added but Host."""
        return ask(self.port, f"/{path}", method, headers, body)


def ask(
    port: int, target: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """One request, and its answer, with nothing that a client would add by itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
        return Answer(response.status, found, response.read())


@contextlib.contextmanager
def serving(
    build: Path, work: Path, *options: str, env: Mapping[str, str] | None = None, whole: bool = False
) -> Iterator[Served]:
    """Serve a build; ``work`` is an own folder for what the server prepares, and ``whole`` waits until it has done so.
    Fails when it does not start, or does not end, with all its processes, when it is told to."""
    command = [sys.executable, "-m", "mandate_graph", "serve", "--from", str(build), "--bind", "127.0.0.1:0", *options]
    environment = {**os.environ, "XDG_CACHE_HOME": str(work), "PYTHONIOENCODING": "utf-8", **(env or {})}
    process = subprocess.Popen(
        command,
        cwd=work,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
        start_new_session=True,  # so that what it leaves behind can be told
    )
    said: list[str] = []
    ready = threading.Event()
    assert process.stderr is not None
    listener = threading.Thread(target=_listen, args=(process.stderr, said, ready), daemon=True)
    listener.start()
    try:
        server = Served(_address(process, said, ready), process, said)
        if whole:
            _wait_for_all(server)
        yield server
        assert process.poll() is None, f"the server has ended by itself ({process.returncode}):\n{''.join(said)}"
    finally:
        _stop(process, said)
        listener.join(5)
        process.stderr.close()


def _listen(stderr: IO[str], said: list[str], ready: threading.Event) -> None:
    for line in stderr:
        said.append(line)
        if _READY.search(line):
            ready.set()
    ready.set()  # it has ended


def _address(process: subprocess.Popen[str], said: list[str], ready: threading.Event) -> str:
    ready.wait(STARTS)
    found = _READY.search("".join(said))
    if found is None:
        pytest.fail(f"the server does not start ({process.poll()}):\n{''.join(said)}")
    return found[1]


def _wait_for_all(server: Served) -> None:
    """Wait until all that the server prepares after its start is ready."""
    ends = time.monotonic() + STARTS
    while True:
        health = json.loads(server.ask("healthz").body)
        if health["site"] == health["reconciliation"] == "ready":
            return
        if time.monotonic() > ends:
            pytest.fail(f"the server is not ready: {health}\n{''.join(server.said)}")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[str], said: list[str]) -> None:
    """SIGTERM, as systemd sends it; what is still there after a while is killed, and that is a failure."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(ENDS)
    except subprocess.TimeoutExpired:
        _kill_all(process.pid)
        process.wait()
        pytest.fail(f"the server does not end on SIGTERM:\n{''.join(said)}")
    if not _all_gone(process.pid):
        _kill_all(process.pid)
        pytest.fail("the server has ended and left processes behind")


def _all_gone(group: int) -> bool:
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def _kill_all(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
