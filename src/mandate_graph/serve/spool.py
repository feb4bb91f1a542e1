"""An answer as it comes in: read by the client at its own pace, while the worker is free for the next job."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from typing import IO, Any
from weakref import WeakKeyDictionary

__all__ = ["Dropped", "Running", "Spool"]

_IN_MEMORY = 1 << 20
_PIECE = 1 << 16


class Dropped(Exception):
    """An answer that had to make room for others before its client took it."""


class Spool:
    """Bytes that grow at one end and are read from the other; more than a megabyte goes to a file without a name.

    All files together have at most ``most`` bytes (0: any number); then the one that was begun first is dropped.
    """

    most = 0
    files: WeakKeyDictionary[Spool, None] = WeakKeyDictionary()  # noqa: RUF012  (of the whole server, in their order)

    def __init__(self) -> None:
        self.dropped = False
        self.size = 0
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None

    def append(self, piece: bytes) -> None:
        """Add to the end."""
        if self.dropped:
            return
        self.size += len(piece)
        if self._file is None:
            self._pieces.append(piece)
            if self.size <= _IN_MEMORY:
                return
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed with the spool)
            piece = b"".join(self._pieces)
            self._pieces.clear()
            self.files[self] = None
        # to the page cache: the front does not wait for a disk
        os.pwrite(self._file.fileno(), piece, self.size - len(piece))
        if self.most and sum(each.size for each in self.files) > self.most:
            next(iter(self.files)).drop()

    def drop(self) -> None:
        """Let go of it before it was read."""
        self.dropped = True
        self.close()

    def read(self, start: int) -> bytes:
        """A piece from there on.

        Raises:
            Dropped: when it is not there any more.
        """
        if self.dropped:
            raise Dropped
        if self._file is None:
            return b"".join(self._pieces)[start : start + _PIECE]
        return os.pread(self._file.fileno(), _PIECE, start)

    def whole(self) -> bytes:
        """All of it."""
        if self._file is None:
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        return os.pread(self._file.fileno(), self.size, 0)

    @property
    def small(self) -> bool:
        """Whether it is in memory."""
        return self._file is None

    def close(self) -> None:
        """Let go of it."""
        self._pieces.clear()
        if self._file is not None:
            self._file.close()
            self.files.pop(self, None)


class Running:
    """A job that was given to a worker, and what has come back.

    ``settled`` is done when the answer is whole, when it failed, or when it is time to pass on what there is.
    ``stop`` ends the work for it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: Callable[[Running], None]) -> None:
        self._stop = stop
        self.settled: asyncio.Future[None] = loop.create_future()
        self._held_long = False
        self.head: dict[str, Any] | None = None
        self.end: dict[str, Any] | None = None
        self.spool = Spool()
        self._more: asyncio.Future[None] | None = None
        self._loop = loop

    @property
    def failure(self) -> dict[str, Any] | None:
        """What went wrong: ``error`` and ``detail``."""
        return self.end if self.end is not None and "error" in self.end else None

    def stop(self) -> None:
        """Nobody wants the answer any more."""
        if self.end is None:
            self._stop(self)

    def begin_again(self) -> None:
        """Forget what has come: the job will be done from its beginning."""
        self.spool.close()
        self.head, self.spool = None, Spool()

    def hold_no_longer(self) -> None:
        """What there is may be passed on, and what comes: an answer of which nothing is there may still fail."""
        self._held_long = True
        if self.spool.size:
            self._settle()

    def _settle(self) -> None:
        if not self.settled.done():
            self.settled.set_result(None)

    def add(self, piece: bytes) -> None:
        """More of the body."""
        self.spool.append(piece)
        if self.spool.dropped:
            self.stop()
            return
        if self._held_long:
            self._settle()
        self._wake()

    def finish(self, end: dict[str, Any]) -> None:
        """The end, or the failure; the first one counts."""
        if self.end is None:
            self.end = end
            self._settle()
            self._wake()

    async def more(self) -> None:
        """Wait until there is more, or the end."""
        self._more = self._loop.create_future()
        await self._more

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)
