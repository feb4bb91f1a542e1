"""The access log: a line of JSON a request, without what a client would not want to see written down.

Neither query strings nor bodies nor headers are written, and of an address only the network (IPv4 /24, IPv6 /48).
Lines are written by a thread: whoever reads them slowly, or not at all, makes nobody wait; lines that find no room are
counted.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import queue
import threading
import time
from functools import lru_cache
from typing import Any, Protocol

__all__ = ["AccessLog", "Stderr", "Teller", "network", "turn"]

_ROOM = 10_000
_TOGETHER = 200
_SENTENCES = 100


class Sink(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Write it; may take as long as the reader likes."""

    def flush(self) -> None:
        """See to it that it is written."""


class Stderr:
    """Standard error without a buffer or a lock: a thread that waits here holds up neither another nor the end."""

    def write(self, text: str, /) -> None:
        """Write all of it."""
        left = text.encode("utf-8", "backslashreplace")
        while left:
            left = left[os.write(2, left) :]

    def flush(self) -> None:
        """There is no buffer."""


class Teller:
    """Says sentences from a thread: whoever does not read them holds nobody up."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._said: queue.Queue[str | None] = queue.Queue(_SENTENCES)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def __call__(self, text: str) -> None:
        """Say it, some time; what finds no room is lost."""
        with contextlib.suppress(queue.Full):
            self._said.put_nowait(text)

    def close(self) -> None:
        """Say what there is; a reader who does not read is not waited for."""
        with contextlib.suppress(queue.Full):
            self._said.put_nowait(None)
        self._thread.join(timeout=1.0)

    def _write(self) -> None:
        while (text := self._said.get()) is not None:
            with contextlib.suppress(OSError):
                self._sink.write(text)
                self._sink.flush()


class AccessLog:
    """Writes to a file that is open for text; without one, nothing."""

    def __init__(self, sink: Sink | None) -> None:
        self.wanted = sink is not None
        self._sink = sink
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue(_ROOM)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, daemon=True)
        if sink is not None:
            self._thread.start()

    def __call__(self, **said: Any) -> None:
        """Write a line, some time."""
        if self._sink is None:
            return
        try:
            self._lines.put_nowait({"time": round(time.time(), 3), **said})
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Write what there is; a reader who does not read is not waited for."""
        if self._sink is not None:
            with contextlib.suppress(queue.Full):
                self._lines.put_nowait(None)
            self._thread.join(timeout=1.0)

    def _write(self) -> None:
        while True:
            lines = [self._lines.get()]
            with contextlib.suppress(queue.Empty):
                while len(lines) < _TOGETHER:
                    lines.append(self._lines.get_nowait())
            if self._lost:
                lines.insert(0, {"time": round(time.time(), 3), "lost": self._lost})
                self._lost = 0
            text = "".join(json.dumps(line) + "\n" for line in lines if line is not None)
            assert self._sink is not None  # noqa: S101  (the thread runs only where there is one)
            with contextlib.suppress(OSError, ValueError):
                self._sink.write(text)
                self._sink.flush()
            if None in lines:
                return


@lru_cache(1024)
def turn(address: str) -> str:
    """Whose turn it is: an address, of IPv6 the /64 of which every client has all addresses (RFC 6177)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False).network_address)


@lru_cache(1024)
def network(address: str) -> str:
    """The network of an address, by which no one person is known; nothing where it is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False).network_address)
