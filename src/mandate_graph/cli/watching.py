"""How far the work is, on standard error: a bar where somebody looks, a line now and then in a log."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
)
from rich.table import Column
from rich.text import Text

__all__ = ["Watch"]

_PATIENCE = 2.0
# In a log: seconds from line to line, and before the first.
_EVERY = 30.0
# The speed is that of the last minutes; the library keeps a thousand samples, so they are taken no faster than this.
_SPEED_OF = 180.0
_SAMPLE = 0.2


class Watch:
    """Shows how far the work is, and how long a stage will take from here, once the work has taken two seconds.

    On a terminal that is a bar; elsewhere a line every 30 seconds, so that the log of a long build tells where it is.
    """

    def __init__(self, stage: str = "") -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            _Given(_amount),
            _Given(_left),
            _Given(lambda _: self._so_far()),
            console=Console(stderr=True),
            expand=True,
            transient=True,
            speed_estimate_period=_SPEED_OF,
        )
        self._bar.add_task(stage, total=None)
        (self._task,) = self._bar.tasks
        self._began = time.monotonic()
        self._sampled = 0.0
        self._over = threading.Event()
        looked_at = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._thread = threading.Thread(target=self._draw if looked_at else self._log, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._bar.live.is_started:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say what is being done, and how much of it is done (of 0 where that is not known)."""
        now = time.monotonic()
        if stage != self._task.description:
            self._bar.reset(self._task.id, description=stage, completed=done)
        elif now - self._sampled >= _SAMPLE or done == total:
            self._bar.update(self._task.id, completed=done)
        else:
            return
        self._task.total = total or None
        self._sampled = now

    def _draw(self) -> None:
        if not self._over.wait(_PATIENCE):
            self._bar.start()

    def _log(self) -> None:
        while not self._over.wait(_EVERY):
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                sys.stderr.write(self._line() + "\n")
                sys.stderr.flush()

    def _line(self) -> str:
        """Such as ``sorting: 1,200 of 4,000, about 0:03:40 left, 0:01:30 so far``; what is not known is left out."""
        left = _left(self._task)
        said = [_amount(self._task), left and f"about {left}", f"{self._so_far()} so far"]
        return f"{self._task.description or 'working'}: {', '.join(filter(None, said))}"

    def _so_far(self) -> str:
        """How long all stages took until now."""
        return _time(time.monotonic() - self._began)


class _Given(ProgressColumn):
    """A column that holds what a function says of the task."""

    def __init__(self, say: Callable[[Task], str]) -> None:
        super().__init__(Column(no_wrap=True))
        self._say = say

    def render(self, task: Task) -> Text:
        return Text(self._say(task))


def _amount(task: Task) -> str:
    """How much is done, and of how much; empty where neither is known."""
    done = f"{task.completed:,.0f}" if task.completed or task.total else ""
    return f"{done} of {task.total:,.0f}" if task.total else done


def _left(task: Task) -> str:
    """How long the stage will go on at the speed of the last minutes; empty where that is not known."""
    return f"{_time(task.time_remaining)} left" if task.time_remaining else ""


def _time(seconds: float) -> str:
    return str(dt.timedelta(seconds=int(seconds)))
