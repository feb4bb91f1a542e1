"""Tasks for workers: a worker imports them from here."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from mandate_graph.errors import BadTable


def square(number: int) -> int:
    return number * number


def who(_number: int) -> int:
    return os.getpid()


def noted(number: int, folder: Path) -> int:
    """Leaves a file that says who took the task up."""
    (folder / f"{number}-{os.getpid()}").touch()
    return number


def slow(number: int, folder: Path) -> int:
    """The first is done at once, the others never."""
    noted(number, folder)
    time.sleep(600 if number else 0)
    return number


def gated(number: int, folder: Path) -> int:
    """The first is done at once, the others when the gate is open."""
    noted(number, folder)
    while number and not (folder / "0-0").exists():
        time.sleep(0.01)
    return number


def deadly(number: int, folder: Path, times: int) -> int:
    """The last of four kills its worker as often as is asked, as the kernel does when memory is short."""
    noted(number, folder)
    if number == 3 and len(list(folder.glob("3-*"))) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return number


def wrong(number: int) -> int:
    if number == 2:
        raise BadTable("themes.csv", problem="no such theme", row=7)
    return number


def bug(number: int) -> float:
    return 1 / (number - number)


class Stubborn(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def stubborn(_number: int) -> int:
    raise Stubborn(1, 2)


def late(_number: int) -> int:
    raise TimeoutError("the task's own")


def when(_number: int) -> int:
    return time.monotonic_ns()
