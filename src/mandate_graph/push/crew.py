"""Several connections to one server, each of which takes the next piece of work when it has done one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Self, TypeVar

from mandate_graph.push.server import Pace, Server

__all__ = ["Crew"]

_T = TypeVar("_T")
_R = TypeVar("_R")


class _Work(Generic[_T]):
    """Pieces of work that are made while they are taken, one for whoever comes next: no more are in memory."""

    def __init__(self, pieces: Iterable[_T]) -> None:
        self._pieces = iter(pieces)
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[_T]:
        return self

    def __next__(self) -> _T:
        with self._lock:
            return next(self._pieces)


class Crew:
    """Connections to one server. Each has its own thread and its own credentials (a Digest counts its requests).

    The threads do not keep the process: who interrupts a push need not wait for the server's answers. Whoever leaves
    the crew stops it: requests that are under way come to their end, and no others are sent.
    """

    def __init__(self, connect: Callable[[Pace], Server], connections: int) -> None:
        self._pace = Pace()
        self.servers: Sequence[Server] = [connect(self._pace) for _ in range(connections)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pace.stopped.set()

    @property
    def first(self) -> Server:
        """The connection for what cannot be shared."""
        return self.servers[0]

    def each(self, do: Callable[[Server, _T], _R], pieces: Iterable[_T]) -> Iterator[_R]:
        """Do every piece of work; what comes of them, in the order in which they are done.

        When one fails, the others end the request that they are at; then the error is raised.
        """
        work = _Work(pieces)
        outcomes: queue.SimpleQueue[tuple[bool, _R | BaseException | None]] = queue.SimpleQueue()

        def run(server: Server) -> None:
            try:
                for piece in work:
                    if self._pace.stopped.is_set():
                        break
                    outcomes.put((True, do(server, piece)))
            except BaseException as error:  # noqa: BLE001 - it is raised again where the caller can see it
                self._pace.stopped.set()
                outcomes.put((False, error))
            else:
                outcomes.put((False, None))

        for server in self.servers:
            threading.Thread(target=run, args=(server,), daemon=True).start()
        yield from _gathered(outcomes, len(self.servers))


def _gathered(outcomes: queue.SimpleQueue[tuple[bool, _R | BaseException | None]], running: int) -> Iterator[_R]:
    failed: BaseException | None = None
    while running:
        done, outcome = outcomes.get()
        if done:
            yield outcome  # type: ignore[misc]  # what was done is no error
            continue
        running -= 1
        failed = failed or outcome  # type: ignore[assignment]
    if failed:
        raise failed
