"""Work in a process of its own, which can be stopped and may die without taking anybody along.

The child reads requests from its standard input and answers on its standard output. A message is a length of eight hex
digits, that many bytes of JSON, and then as many bytes of data as the JSON's ``size`` says.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["Child", "Message", "expendable", "serve"]

Message: TypeAlias = tuple[dict[str, Any], bytes]

_PATIENCE = 5.0
_ALONE = 1.0
_PIECE = 1 << 16


class Child:
    """One process that runs ``code``, started when it is first needed and again when it died."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process while there is one."""
        return None if self._child is None else self._child.pid

    def close(self, *, at_once: bool = False) -> None:
        """End the child: by the end of its input, or at once where it is busy."""
        child, self._child = self._child, None
        if child is not None:
            self._end.detach()
            _end(child, at_once=at_once)

    def kill(self) -> None:
        """End the process from another thread than the one that asks it, which is told as of any other death."""
        child = self._child
        if child is not None:
            child.kill()

    def ask(self, head: Mapping[str, Any], data: bytes = b"", seconds: float | None = None) -> Message:
        """Send a request and wait for its answer; whatever goes wrong, the child is gone afterwards.

        Raises:
            TimeoutError: when there is no answer within the time.
            EOFError: when the child died of it.
        """
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(  # noqa: S603  (our own interpreter and code)
                [sys.executable, "-c", self._code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            # a process must not outlive those who can ask it
            self._end = weakref.finalize(self, _end, self._child, at_once=True)
        try:
            return _exchange(self._child, _message(head, data), seconds)
        except (OSError, ValueError) as error:
            self.close(at_once=True)
            if isinstance(error, TimeoutError):
                raise
            raise EOFError from None
        except BaseException:  # the person who asked went away, too
            self.close(at_once=True)
            raise


def _end(child: subprocess.Popen[bytes], *, at_once: bool) -> None:
    if at_once:
        child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    try:
        child.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _message(head: Mapping[str, Any], data: bytes) -> bytes:
    said = json.dumps({**head, "size": len(data)}).encode()
    return b"%08x" % len(said) + said + data


def _exchange(child: subprocess.Popen[bytes], message: bytes, seconds: float | None) -> Message:
    """Write the request and read the reply, both within the time."""
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  (both are pipes)
    deadline = None if seconds is None else time.monotonic() + seconds
    todo = memoryview(message)
    out, into = child.stdin.fileno(), child.stdout.fileno()
    os.set_blocking(out, False)
    reply = bytearray()
    head: dict[str, Any] | None = None
    start = 0
    while True:
        left = None if deadline is None else max(deadline - time.monotonic(), 0)
        readable, writable, _ = select.select([into], [out] if todo else [], [], left)
        if not readable and not writable:
            raise TimeoutError
        if writable:
            todo = todo[os.write(out, todo[:_PIECE]) :]
        if not readable:
            continue
        part = os.read(into, _PIECE)
        if not part:
            raise EOFError
        reply += part
        if head is None and len(reply) >= 8 and len(reply) >= (start := 8 + int(reply[:8], 16)):
            head = json.loads(reply[8:start])
        if head is not None and len(reply) == start + head["size"]:
            return head, bytes(memoryview(reply)[start:])


def serve(reply: Callable[[dict[str, Any], bytes], Message]) -> None:
    """The child's whole life: answer requests until there are no more, or nobody is left to hear the answers."""
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while head := source.read(8):
        request = json.loads(source.read(int(head, 16)))
        sink.write(_message(*reply(request, source.read(request["size"]))))
        sink.flush()


def _end_with(parent: int) -> None:
    """Nobody is left to stop a child whose parent was killed; it does so itself."""
    while os.getppid() == parent:
        time.sleep(_ALONE)
    os._exit(1)


def expendable() -> None:
    """Should memory be short, let the kernel end this process before others (Linux; elsewhere nothing is done)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
