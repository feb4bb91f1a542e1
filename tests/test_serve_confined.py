"""What a worker has given up: tried in a process of its own, because it holds for good."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRY = """
import os, socket, sys
from mandate_graph.serve.confined import confine
kept = open("/dev/null", "wb")
pair = socket.socketpair()
confine(64_000_000, files={files})
def tried(what, act):
    try:
        act()
    except BaseException as error:
        print(what, type(error).__name__)
    else:
        print(what, "done")
tried("file", lambda: open("/etc/passwd"))
tried("socket", lambda: socket.socket())
tried("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
tried("kept", lambda: (kept.write(b"x"), pair[0].sendall(b"x"), pair[1].recv(1)))
tried("little", lambda: bytearray(1_000_000))
tried("memory", lambda: bytearray(200_000_000))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux is what refuses")
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (False, {"file": "OSError", "socket": "PermissionError", "udp": "PermissionError"}),
        (True, {"file": "done", "socket": "PermissionError", "udp": "PermissionError"}),
    ],
)
def test_a_worker_opens_nothing_and_takes_no_more_than_its_share(files: bool, expected: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", TRY.format(files=files)], capture_output=True, text=True, timeout=60, check=True
    )
    found = dict(line.split() for line in ran.stdout.splitlines())
    assert found == {**expected, "kept": "done", "little": "done", "memory": "MemoryError"}
