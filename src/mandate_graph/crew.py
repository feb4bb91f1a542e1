"""Work handed to several processes, or to any ``concurrent.futures`` executor; a worker that dies loses nothing.

A task is a function that can be imported and arguments that can be pickled. It may be run again after its worker died,
so it must leave the same behind however often it is begun: it writes to a file beside the target, and renames it.

Processes are started as ``child`` starts them and not by ``multiprocessing``, whose workers run the caller's main
module again (a script that builds without a guard would build in each of them), and whose pool is broken whole when one
of them dies.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import reprlib
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Any, Self, TypeVar

from mandate_graph.child import Child, Message, expendable, serve
from mandate_graph.errors import MandateGraphError, WorkLost

__all__ = ["Crew", "described", "processors", "work"]

_T = TypeVar("_T")

TRIES = 10
"""How often a task is begun: one that has brought down so many workers is what brings them down, and not a person."""

_AHEAD = 3
_MOMENT = 0.01
_CODE = "from mandate_graph.crew import work; work()"


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system lets a process be bound to some
        return os.cpu_count() or 1


class Crew:
    """Runs tasks on ``workers`` processes of its own (default: one a processor), or on an ``executor`` of others.

    Used in a ``with`` statement; at its end no process is left. Own processes are started when they are first needed:
    for one worker, or a single task, there is none, and the task runs here. An executor of others is not shut down, and
    gives tasks of lost workers to others by rules of its own; ``workers`` says how many it has.
    """

    def __init__(self, workers: int | None = None, executor: Executor | None = None) -> None:
        self.workers = processors() if workers is None else workers
        self._foreign = executor
        self._own: _Processes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.end()

    def each(self, function: Callable[..., _T], tasks: Iterable[tuple[Any, ...]]) -> Iterator[_T]:
        """Run the function on the arguments of each task, and give the results in the order of the tasks.

        Tasks are taken as results are: at most three a worker are in flight, and more are not asked for. What is in
        flight goes on while the caller uses a result. When the iterator is closed, what has not begun is cancelled.

        Raises:
            WorkLost: when a task has brought down its worker ``TRIES`` times.
            Exception: what a task raised, as it raised it; those after it are cancelled.
        """
        tasks = iter(tasks)
        first = list(itertools.islice(tasks, 2))
        tasks = itertools.chain(first, tasks)
        if self._foreign is None and (self.workers == 1 or len(first) < 2):
            yield from itertools.starmap(function, tasks)
            return
        executor = self._executor()
        ahead: deque[tuple[tuple[Any, ...], Future[_T]]] = deque()
        try:
            while True:
                for task in itertools.islice(tasks, self.workers * _AHEAD - len(ahead)):
                    ahead.append((task, _given(executor, function, task)))
                if not ahead:
                    return
                yield _result(function, *ahead.popleft())
        finally:
            for _, future in ahead:
                future.cancel()

    def _executor(self) -> Executor | _Processes:
        if self._foreign is not None:
            return self._foreign
        if self._own is None:
            self._own = _Processes(self.workers)
        return self._own


def _given(executor: Executor | _Processes, function: Callable[..., _T], task: tuple[Any, ...]) -> Future[_T]:
    try:
        return executor.submit(function, *task)
    except BrokenExecutor:
        raise WorkLost(described(function, task), 1) from None


def _result(function: Callable[..., _T], task: tuple[Any, ...], future: Future[_T]) -> _T:
    try:
        return future.result()
    except BrokenExecutor:
        raise WorkLost(described(function, task), 1) from None


def described(function: Callable[..., Any], task: tuple[Any, ...]) -> str:
    """A task in one line, for people."""
    return f"{function.__name__}({', '.join(map(reprlib.repr, task))})"


class _Processes:
    """A thread a process: each keeps one busy, and starts it again when it died."""

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, "crew")
        self._mine = threading.local()
        self._hands: list[_Hand] = []
        self._over = threading.Event()

    def submit(self, function: Callable[..., _T], /, *args: Any) -> Future[_T]:
        """Run a function in one of the processes."""
        return self._threads.submit(self._run, function, args)

    def end(self) -> None:
        """End all processes, those that are at work at once."""
        self._over.set()
        for hand in self._hands:
            while hand.busy:
                hand.child.kill()
                time.sleep(_MOMENT)
        self._threads.shutdown(cancel_futures=True)
        for hand in self._hands:
            hand.child.close()

    def _run(self, function: Callable[..., _T], args: tuple[Any, ...]) -> _T:
        task = pickle.dumps((function, args))
        if not hasattr(self._mine, "hand"):
            self._mine.hand = _Hand()
            self._hands.append(self._mine.hand)
        hand: _Hand = self._mine.hand
        hand.busy = True  # before the end is looked for: so one side sees the other
        try:
            for _ in range(TRIES):
                if self._over.is_set():
                    raise CancelledError
                with contextlib.suppress(EOFError):
                    return _outcome(*hand.child.ask({}, task))  # type: ignore[no-any-return]
        finally:
            hand.busy = False
        raise WorkLost(described(function, args), TRIES)


class _Hand:
    """One process, and whether it is at work."""

    def __init__(self) -> None:
        self.child = Child(_CODE)
        self.busy = False


def _outcome(head: dict[str, Any], data: bytes) -> Any:
    value = pickle.loads(data)  # noqa: S301  (it comes from our own process)
    if head["raised"]:
        raise value
    return value


def work() -> None:
    """A worker's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for the process that gives out the work, and it ends us
    expendable()
    serve(_reply)


def _reply(_head: dict[str, Any], message: bytes) -> Message:
    try:
        function, args = pickle.loads(message)  # noqa: S301  (it comes from the process that started us)
        return {"raised": False}, pickle.dumps(function(*args))
    except Exception as error:  # noqa: BLE001  (it is raised where the work was given out)
        return {"raised": True}, _carried(error)


def _carried(error: Exception) -> bytes:
    """An error as bytes; one of a kind that cannot travel becomes another that says the same."""
    where = traceback.format_exc()
    if not isinstance(error, MandateGraphError):
        error.add_note(f"In a worker:\n{where}")
    try:
        carried = pickle.dumps(error)
        pickle.loads(carried)  # noqa: S301  (our own)
    except Exception:  # noqa: BLE001  (whatever its class stumbles over)
        return pickle.dumps(RuntimeError(where))
    return carried
