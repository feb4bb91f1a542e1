"""Where what is prepared is kept: a folder for each state of data, program and limits, held by whoever uses it.

A server holds its folder by a lock on it (flock(2)), which ends with the process, however it ends. What nobody holds is
removed, but for what was used last: who goes back to the build before finds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["hold", "let_go", "sweep"]

_KEPT = 3
_YOUNG = 60.0
"""Seconds after which a folder that is being written has been locked by who writes it."""
_OURS = re.compile(r"[0-9a-f]{24}|\.[0-9a-f]{24}\.\d+\.partial")


def hold(folder: Path) -> int | None:
    """Keep a folder from being removed, until ``let_go``; None where it is not there, or is being removed."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        os.utime(folder)
    except OSError:
        os.close(held)
        return None
    return held


def let_go(held: int | None) -> None:
    """Hold a folder no longer."""
    if held is not None:
        os.close(held)


def sweep(home: Path) -> None:
    """Remove what nobody holds: what was never completed, and all but what was used last."""
    with contextlib.suppress(OSError):
        folders = [each for each in home.iterdir() if _OURS.fullmatch(each.name) and each.is_dir()]
        whole = sorted((each for each in folders if each.name[0] != "."), key=_used, reverse=True)
        partial = [each for each in folders if each.name[0] == "." and time.time() - _used(each) > _YOUNG]
        kept = 0
        for folder in (*partial, *whole):
            with _alone(folder) as nobody:
                if nobody and folder in whole and kept < _KEPT:
                    kept += 1
                elif nobody:
                    shutil.rmtree(folder, ignore_errors=True)


def _used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # somebody else has removed it
        return 0.0


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody holds it, and nobody will meanwhile."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
    else:
        yield True
    finally:
        os.close(held)
