"""Workers of one kind, and who is served next.

Every job has a deadline; a worker that outlives it is killed, and so is one whose client has left. Those who wait are
served in turns, one client after the other, however many jobs each of them has.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from mandate_graph.serve.frames import BODY, END, HEAD, JOB, Splitter, packed, unpacked
from mandate_graph.serve.spool import Running

__all__ = ["Busy", "Pool"]

_LONG = 1.0
"""Seconds after which a job is long: others are more urgent, and its worker is not used again (it may have grown)."""
_YOUNG = 0.05
"""Seconds for which a job is young: there are no more such jobs than processors, because most are over by then."""
_TICK = 0.05
_TRIAL = 0.25
"""Seconds of a trial; less than an answer is held, so that nothing of it has been sent."""
_LOW = 10
_SPARE = 1
_AGAIN = 0.5


class Busy(Exception):
    """There is no room for another job."""


class _Waiting(NamedTuple):
    """A job that waits: ``times`` are its deadline and how long its answer is held, ``since`` when it came.

    ``tried`` says that it was not done within the time of a trial.
    """

    running: Running
    job: bytes
    times: tuple[float, float]
    since: float
    tried: bool = False


class _Worker(asyncio.Protocol):
    """One process, as the front sees it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._splitter = Splitter()
        self.pid = 0
        self.running: Running | None = None
        self.client = ""
        self.trial: _Waiting | None = None
        self.transport: asyncio.Transport | None = None
        self.began = 0.0
        self.seconds = self.hold = 0.0
        self.young = self.long = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        for kind, payload in self._splitter.feed(data):
            if self.running is None:
                if not self.pid:
                    self.pid = json.loads(payload)["pid"]
                    self._pool.born(self)
            elif kind == BODY:
                self.running.add(payload)
            elif kind == HEAD:
                self.running.head = unpacked(payload)
            elif kind == END:
                self.done(unpacked(payload))

    def done(self, end: dict[str, Any]) -> None:
        """The job is over."""
        running, self.running = self.running, None
        if running is not None:
            running.finish(end)
            self._pool.freed(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._pool.lost(self)
        self.done({"error": "crashed"})

    def kill(self, why: str) -> None:
        """End the process; the job fails for this reason."""
        if self.running is not None:
            self.running.finish({"error": why})
        self.end()

    def end(self) -> None:
        """End the process."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if self.transport is not None:
            self.transport.abort()

    def look(self, now: float) -> None:
        """Do what is due: stop what takes too long, pass on what was held, let others go before what is long."""
        age = now - self.began
        if self.running is None:
            return
        if age >= self.seconds:
            if self.trial is not None:
                self._pool.put_back(self, self.trial)
            else:
                self.kill("timeout")
            return
        if age >= self.hold:
            self.running.hold_no_longer()
        if age >= _LONG and not self.long:
            self._lower()

    def _lower(self) -> None:
        self.long = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _LOW)


class Pool:
    """At most ``most`` workers, made by ``order`` (which is given the socket that a new one works on).

    A client may have all of them but one, so that another is never shut out. With that one it may try what it asked
    last, for a moment: so a light question is answered, whatever else the same client (or another one behind the same
    address) has asked.
    """

    def __init__(self, order: Callable[[socket.socket], None], most: int, waiting: int) -> None:
        self._order = order
        self._most = most
        self._share = max(most - 1, 1)
        self._waiting_most = waiting
        self._loop = asyncio.get_running_loop()
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._coming = 0
        self._young = 0
        self._cores = max(os.cpu_count() or 1, 2) + 1  # while one is handed its next job, the others work
        self._tick: asyncio.TimerHandle | None = None
        self._busy: dict[str, int] = {}
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._waits = 0
        self._closed = False

    @property
    def busy(self) -> int:
        """How many jobs are running."""
        return sum(self._busy.values())

    @property
    def waits(self) -> int:
        """How many jobs wait."""
        return self._waits

    def start(self, job: bytes, client: str, seconds: float, hold: float) -> Running:
        """Give a job to a worker, now or in its turn.

        After ``hold`` seconds what there is of the answer is passed on (``Running.settled``).

        A client who has half of all places is sent away from the front of its queue (``too-many``).

        Raises:
            Busy: when too many wait.
        """
        if self._closed:
            raise Busy
        running = Running(self._loop, self._stop)
        if self._idle and self._young < self._cores and self._busy.get(client, 0) < self._share:
            self._give(self._idle.pop(), _Waiting(running, job, (seconds, hold), self._loop.time()), client)
            return running
        mine = self._waiting.get(client)
        if mine is not None and len(mine) >= max(self._waiting_most // 2, 1):
            # who floods is sent away from the front of its own queue: what it asks now it wants most
            mine.popleft().running.finish({"error": "too-many"})
            self._waits -= 1
        if self._waits >= self._waiting_most:
            raise Busy
        self._waiting.setdefault(client, deque()).append(_Waiting(running, job, (seconds, hold), self._loop.time()))
        self._waits += 1
        if self._tick is None:
            self._tick = self._loop.call_later(_TICK, self._look)
        self._next()
        return running

    def _stop(self, running: Running) -> None:
        running.finish({"error": "left"})
        for worker in self._all:
            if worker.running is running:
                worker.kill("left")
                return
        self._forget(running)

    def warm(self) -> None:
        """Have a worker ready before anybody asks."""
        if not self._all and not self._coming:
            self._spawn()

    def close(self) -> None:
        """End all workers."""
        self._closed = True
        for worker in list(self._all):
            worker.kill("crashed")
        for jobs in self._waiting.values():
            for entry in jobs:
                entry.running.finish({"error": "busy"})
        self._waiting.clear()
        self._waits = 0

    # ---- what workers report

    def born(self, worker: _Worker) -> None:
        """A new worker is ready."""
        self._coming -= 1
        if self._closed:
            worker.kill("crashed")
        else:
            self._idle.append(worker)
            self._next()

    def put_back(self, worker: _Worker, entry: _Waiting) -> None:
        """A trial took too long: the job waits for its turn, before others of its client, and is tried no more."""
        worker.running = None
        self._off(worker)
        entry.running.begin_again()
        self._waiting.setdefault(worker.client, deque()).appendleft(entry._replace(tried=True))
        self._waits += 1
        worker.end()

    def _off(self, worker: _Worker) -> None:
        self._aged(worker)
        left = self._busy[worker.client] - 1
        if left:
            self._busy[worker.client] = left
        else:
            del self._busy[worker.client]

    def freed(self, worker: _Worker) -> None:
        """A worker has finished a job."""
        self._off(worker)
        if worker.transport is not None and worker.transport.is_closing():
            pass
        elif worker.long:
            worker.kill("left")
        else:
            self._idle.append(worker)
        self._next()

    def lost(self, worker: _Worker) -> None:
        """A worker has gone."""
        if worker in self._all:
            self._all.discard(worker)
            if not worker.pid:
                self._coming -= 1
            if worker in self._idle:
                self._idle.remove(worker)
            if worker.pid and not self._closed:
                self._fill()
            elif not self._closed:  # it died before it could do anything; so may the next one
                self._loop.call_later(_AGAIN, self._fill)

    # ---- inside

    def _give(self, worker: _Worker, entry: _Waiting, client: str, *, trial: bool = False) -> None:
        worker.running, worker.client = entry.running, client
        worker.seconds, worker.hold = entry.times
        worker.trial = None
        if trial:
            worker.trial, worker.seconds = entry, min(_TRIAL, worker.seconds)
        worker.began = self._loop.time()
        worker.young = True
        self._young += 1
        self._busy[client] = self._busy.get(client, 0) + 1
        if self._tick is None:
            self._tick = self._loop.call_later(_TICK, self._look)
        assert worker.transport is not None  # noqa: S101  (it has said its name over it)
        worker.transport.write(packed(JOB, entry.job))

    def _look(self) -> None:
        """Look at all who work; while there are any, again in a moment."""
        self._tick = None
        now = self._loop.time()
        for worker in list(self._all):
            if worker.young and now - worker.began > _YOUNG:
                self._aged(worker)
            worker.look(now)
        self._give_up(now)
        self._next()
        if (self._busy or self._waits) and self._tick is None:
            self._tick = self._loop.call_later(_TICK, self._look)

    def _aged(self, worker: _Worker) -> None:
        if worker.young:
            worker.young = False
            self._young -= 1

    def _next(self) -> None:
        """Give jobs to those who are idle: a job of each client in turn."""
        while self._idle and self._young < self._cores:
            client = next((each for each in self._waiting if self._busy.get(each, 0) < self._share), None)
            if client is None:
                if not self._try():
                    break
                continue
            jobs = self._waiting.pop(client)
            entry = jobs.popleft()
            self._waits -= 1
            if jobs:
                self._waiting[client] = jobs  # behind the others
            self._give(self._idle.pop(), entry, client)
        self._fill()

    def _try(self) -> bool:
        """Try, for a moment, the newest job of a client who has all that one may have; whether there is one."""
        for client, jobs in self._waiting.items():
            entry = jobs[-1]
            if not entry.tried:
                jobs.pop()
                self._waits -= 1
                del self._waiting[client]
                if jobs:
                    self._waiting[client] = jobs  # behind the others
                self._give(self._idle.pop(), entry, client, trial=True)
                return True
        return False

    def _give_up(self, now: float) -> None:
        """Those who have waited as long as they might have been worked on are sent away."""
        for jobs in list(self._waiting.values()):
            for entry in [each for each in jobs if now - each.since > each.times[0]]:
                self._forget(entry.running)
                entry.running.finish({"error": "busy"})

    def _forget(self, running: Running) -> bool:
        """Take a job out of those that wait; whether it was one."""
        for client, jobs in self._waiting.items():
            for entry in jobs:
                if entry.running is running:
                    jobs.remove(entry)
                    self._waits -= 1
                    if not jobs:
                        del self._waiting[client]
                    return True
        return False

    def _fill(self) -> None:
        """Have as many workers as are wanted and allowed, and one to spare."""
        young = min(self._waits, max(self._cores - self._young, 0))
        wanted = min(self._most, self.busy + young + _SPARE)
        while not self._closed and len(self._all) < wanted:
            self._spawn()

    def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003  (its own name)
        worker = _Worker(self)
        self._all.add(worker)
        self._coming += 1
        with theirs:
            self._order(theirs)
        task = self._loop.create_task(self._connect(worker, ours))
        task.add_done_callback(_seen)

    async def _connect(self, worker: _Worker, ours: socket.socket) -> None:
        await self._loop.create_connection(lambda: worker, sock=ours)


def _seen(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()
