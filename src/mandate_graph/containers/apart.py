"""Readers in a process of their own: a file that brings its reader down, or keeps it busy, loses nothing but itself.

The child reads requests from its standard input and answers on its standard output: a length of eight hex digits, then
that many bytes of JSON, then, in a request, the bytes of the file. It has a limit of memory, and each file one of time.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from typing import Any, Self

from mandate_graph.containers import CONTAINERS, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["ReaderProcess"]

_SECONDS = 60.0
_PATIENCE = 5.0
_MEMORY = 2 * 2**30
_CODE = "from mandate_graph.containers.apart import answer; answer()"


class ReaderProcess:
    """One child, started when it is first needed and again when it died."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, *, at_once: bool = False) -> None:
        """End the child: by the end of its input, or at once where it is busy with a file."""
        child, self._child = self._child, None
        if child is None:
            return
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

    def read(self, media_type: str, name: str, data: bytes) -> Rendition:
        """Read a file there.

        Raises:
            UnreadablePage: when the reader refuses it, takes too long or too much memory, or dies of it.
        """
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(  # noqa: S603  (our own interpreter and code)
                [sys.executable, "-c", _CODE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        try:
            reply = _exchange(self._child, {"type": media_type, "name": name, "size": len(data)}, data, self._seconds)
        except TimeoutError:
            self.close(at_once=True)
            advice = "A page takes less than a second; this one is not a usual page."
            raise UnreadablePage(name, f"was not read within {self._seconds:.0f} seconds", advice) from None
        except (EOFError, OSError, ValueError):
            self.close(at_once=True)
            raise UnreadablePage(name, "brought its reader down", "Save it again, or save its text.") from None
        if "problem" in reply:
            raise UnreadablePage(name, reply["problem"], reply["advice"])
        return Rendition(reply["text"], {int(place): hint for place, hint in reply["hints"]}, tuple(reply["notes"]))


def _exchange(child: subprocess.Popen[bytes], head: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any]:
    """Write the request and read the reply, both within the time."""
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  (both are pipes)
    deadline = time.monotonic() + seconds
    message = json.dumps(head).encode()
    todo = memoryview(b"%08x" % len(message) + message + data)
    out, into = child.stdin.fileno(), child.stdout.fileno()
    os.set_blocking(out, False)
    reply = bytearray()
    while True:
        left = deadline - time.monotonic()
        readable, writable, _ = select.select([into], [out] if todo else [], [], max(left, 0))
        if not readable and not writable:
            raise TimeoutError
        if writable:
            todo = todo[os.write(out, todo[: 1 << 16]) :]
        if readable:
            part = os.read(into, 1 << 16)
            if not part:
                raise EOFError
            reply += part
            if len(reply) >= 8 and len(reply) == 8 + int(reply[:8], 16):
                decoded: dict[str, Any] = json.loads(reply[8:])
                return decoded


def answer() -> None:
    """The child's whole life: read requests until there are no more."""
    _limit_memory()
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while head := source.read(8):
        request = json.loads(source.read(int(head, 16)))
        data = source.read(request["size"])
        reply = json.dumps(_reply(request["type"], request["name"], data)).encode()
        sink.write(b"%08x" % len(reply) + reply)
        sink.flush()


def _reply(media_type: str, name: str, data: bytes) -> dict[str, Any]:
    try:
        found = CONTAINERS[media_type].load()(name, data)
    except UnreadablePage as error:
        return {"problem": error.problem, "advice": error.advice}
    except MemoryError:
        return {"problem": f"needs more than {_MEMORY // 2**30} GiB to be read", "advice": "Save its text."}
    except Exception as error:  # noqa: BLE001  (whatever a reader stumbles over, the file is what is wrong)
        return {"problem": f"cannot be read ({type(error).__name__})", "advice": "Save it again, or save its text."}
    return {"text": found.text, "hints": list(found.hints.items()), "notes": list(found.notes)}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not every system has limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
