"""The process that holds the data of one build, and makes workers of itself.

A fork shares all memory until one of the two writes to it, so that a worker costs a few milliseconds, however large the
graph is. Orders come over a Unix socket (its number is the first argument), each with the socket that a child shall
work on; words about the state go back.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from mandate_graph.errors import MandateGraphError
from mandate_graph.serve.confined import confine, end_with_parent
from mandate_graph.serve.frames import HEAD, packed
from mandate_graph.serve.holding import Holding
from mandate_graph.serve.work import work

__all__ = ["main"]

_REAP = 0.5


def main() -> None:
    """The keeper's whole life: load, say so, and follow orders until the front is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    options = json.loads(sys.argv[2])
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)  # the front ends us when it is done
    try:
        holding = Holding.of(options)
    except (MandateGraphError, OSError) as error:
        control.sendall(packed(HEAD, json.dumps({"failed": str(error)}).encode()))
        return
    control.sendall(packed(HEAD, json.dumps({"ready": holding.said()}).encode()))
    _keep(control, holding)


def _keep(control: socket.socket, holding: Holding) -> None:
    while True:
        _reap()
        if not select.select([control], [], [], _REAP)[0]:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        order = json.loads(message)
        if os.fork() == 0:
            _become(order, holding, control, descriptors)
        for each in descriptors:
            os.close(each)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(order: dict[str, Any], holding: Holding, control: socket.socket, descriptors: list[int]) -> NoReturn:
    """A child's whole life."""
    code = 1
    try:
        control.close()
        own = socket.socket(fileno=descriptors[0])
        if order["be"] == "worker":
            end_with_parent()
            confine(holding.memory)
            work(own, holding)
        elif order["be"] == "clerk":
            end_with_parent()
            holding.learn()
            own.sendall(packed(HEAD, b'{"ready":{}}'))
            _keep(own, holding)
        else:
            end_with_parent()
            _prepare(own, holding, Path(order["folder"]))
        code = 0
    except (OSError, MandateGraphError):
        pass  # the front went away, or has been told
    finally:
        os._exit(code)


def _prepare(own: socket.socket, holding: Holding, folder: Path) -> None:
    """Write what is served as files."""
    try:
        holding.prepare(folder)
    except (MandateGraphError, OSError) as error:
        own.sendall(packed(HEAD, json.dumps({"failed": str(error)}).encode()))
        raise
    own.sendall(packed(HEAD, b'{"ready":{}}'))


if __name__ == "__main__":
    main()
