"""What a process gives up before it works for strangers: the file system, the network, and memory without end."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import signal
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from mandate_graph.child import expendable

__all__ = ["LARGE_STACK", "confine", "end_with_parent", "ending_with_parent", "large_stack"]

LARGE_STACK = 768 * 1024 * 1024
"""Bytes of stack: nesting as deep as the longest query allows fits; memory is taken only as far as it is used."""

_SMALL_STACK = 256 * 1024
_ALONE = 1.0
# The numbers stand in the kernel's headers: filter, seccomp, audit, prctl.
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_REFUSE, _ALLOW = 0x00050000, 0x7FFF0000
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_SOCKET = {("linux", "x86_64"): (0xC000003E, 41), ("linux", "aarch64"): (0xC00000B7, 198)}
"""The architecture of a system call and the number of socket(2) there."""
_PDEATHSIG = 1
"""prctl(2): a signal for the death of the parent."""


def confine(memory: int, *, files: bool = False) -> None:
    """Keep this process from opening any file or socket, and from taking more than so many bytes besides what it has.

    Holds for good: the hard limits are lowered, too (setrlimit(2)). What was opened before stays open. With ``files``
    it may open files, as an engine must that reads its store when it needs it; sockets it may open none on Linux, where
    the kernel refuses them (seccomp(2)).
    """
    _refuse_sockets()
    expendable()
    taken = _address_space()
    if taken:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if not files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _refuse_sockets() -> None:
    """Have socket(2) fail with EPERM, where we know its number."""
    known = _SOCKET.get((sys.platform, os.uname().machine))
    if known is None:
        return
    audit, number = known
    code = [
        (_LOAD, 0, 0, 4),  # the architecture, because numbers are its own
        (_JUMP_IF_EQUAL, 0, 3, audit),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_JUMP_IF_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_SECCOMP, _FILTER, program, 0, 0)


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
