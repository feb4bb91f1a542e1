"""What a process gives up before it works for strangers: the file system, the network, and memory without end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

__all__ = ["LARGE_STACK", "confine", "end_with_parent", "ending_with_parent", "large_stack"]

LARGE_STACK = 768 * 1024 * 1024
"""Bytes of stack: nesting as deep as the longest query allows fits; memory is taken only as far as it is used."""

_SMALL_STACK = 256 * 1024
_ALONE = 1.0
_PDEATHSIG = 1
"""prctl(2): a signal for the death of the parent."""


def confine(memory: int) -> None:
    """Keep this process from opening any file or socket, and from taking more than so many bytes besides what it has.

    Holds for good: the hard limits are lowered, too (setrlimit(2)). What was opened before stays open.
    """
    with contextlib.suppress(OSError):  # Linux only: should memory be short, the kernel ends a worker first
        Path("/proc/self/oom_score_adj").write_text("1000")
    taken = _address_space()
    if taken:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _address_space() -> int:
    """How many bytes of address space this process has; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


@contextlib.contextmanager
def large_stack() -> Iterator[None]:
    """Processes that are started meanwhile have a large stack."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    large = LARGE_STACK if hard == resource.RLIM_INFINITY else min(LARGE_STACK, hard)
    if soft != resource.RLIM_INFINITY and soft < large:
        resource.setrlimit(resource.RLIMIT_STACK, (large, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))


def end_with_parent() -> None:
    """End this process when its parent has gone: a server that was killed leaves nobody behind."""
    _watching(threading.Event()).start()


@contextlib.contextmanager
def ending_with_parent() -> Iterator[None]:
    """The same for a while, for a process that forks afterwards: a fork should find no other thread."""
    over = threading.Event()
    thread = _watching(over)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watching(over: threading.Event) -> threading.Thread:
    with contextlib.suppress(AttributeError):  # Linux: at once, and also while a query lets no thread of ours run
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    threading.stack_size(_SMALL_STACK)  # that of the process, which threads have by default, is for deep queries
    return threading.Thread(target=_watch, args=(os.getppid(), over), daemon=True)


def _watch(parent: int, over: threading.Event) -> None:
    while os.getppid() == parent:
        if over.wait(_ALONE):
            return
    os.kill(os.getpid(), signal.SIGKILL)
