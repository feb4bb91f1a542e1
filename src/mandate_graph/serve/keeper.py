"""The process that holds the data of one build, and makes workers of itself.

A fork shares all memory until one of the two writes to it, so that a worker costs little. Orders come over a Unix
socket (its number is the first argument), each with the socket that a child shall work on; words about the state go
back.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from mandate_graph.errors import MandateGraphError
from mandate_graph.outputs import QUADS
from mandate_graph.serve.confined import confine, end_with_parent, ending_with_parent
from mandate_graph.serve.frames import HEAD, packed
from mandate_graph.serve.holding import Holding
from mandate_graph.serve.steady import Steady
from mandate_graph.serve.work import rehearse, work

__all__ = ["main"]

_REAP = 0.5
_LATER = 10
"""How much less urgent than answers it is to write what is prepared (nice(1))."""


def main() -> None:
    """The keeper's whole life: load, say so, and follow orders until the front is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    options = json.loads(sys.argv[2])
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)  # the front ends us when it is done
    steady = Steady(Path(options["source"]) / QUADS)
    try:
        with ending_with_parent():
            holding = Holding.of(options)
            said = holding.said()
            rehearse(holding)
    except (MandateGraphError, OSError) as error:
        _fail(control, steady.gone or str(error))
        return
    if steady.gone:
        _fail(control, steady.gone)
        return
    control.sendall(packed(HEAD, json.dumps({"ready": said}).encode()))
    _keep(control, holding, steady)


def _fail(control: socket.socket, why: str) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        control.sendall(packed(HEAD, json.dumps({"failed": why}).encode()))


def _keep(control: socket.socket, holding: Holding, steady: Steady) -> None:
    while True:
        _reap()
        if not select.select([control], [], [], _REAP)[0]:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        order = json.loads(message)
        if os.fork() == 0:
            _become(order, holding, steady, control, descriptors)
        for each in descriptors:
            os.close(each)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(
    order: dict[str, Any], holding: Holding, steady: Steady, control: socket.socket, descriptors: list[int]
) -> NoReturn:
    """A child's whole life."""
    code = 1
    try:
        control.close()
        own = socket.socket(fileno=descriptors[0])
        end_with_parent()
        if order["be"] == "worker":
            confine(holding.memory, files=holding.on_disk)
            work(own, holding)
        elif order["be"] == "site":
            os.nice(_LATER)
            _done(own, steady, partial(holding.prepare, Path(order["folder"])))
        else:
            _done(own, steady, {"pages": holding.furnish, "reconciliation": holding.learn}[order["be"]])
            _keep(own, holding, steady)
        code = 0
    except (OSError, MandateGraphError):
        pass  # the front went away, or has been told
    finally:
        os._exit(code)


def _done(own: socket.socket, steady: Steady, task: Callable[[], dict[str, Any]]) -> None:
    """Do what reads files of the build, and say how it went, and what is known now."""
    try:
        said = task()
    except (OSError, MandateGraphError) as error:
        _fail(own, steady.gone or str(error))
        raise
    if steady.gone:
        _fail(own, steady.gone)
    else:
        own.sendall(packed(HEAD, json.dumps({"ready": said}).encode()))


if __name__ == "__main__":
    main()
