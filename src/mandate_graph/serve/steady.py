"""Whether a build is still the one that it was: files of two of them must not be mixed."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

__all__ = ["State", "Steady", "state"]

State: TypeAlias = tuple[int, ...]


def state(quads: Path) -> State:
    """What tells a build from the one that comes after it; nothing where there is none."""
    try:
        status = quads.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns


class Steady:
    """The build as it was when it was opened."""

    def __init__(self, quads: Path) -> None:
        self._quads = quads
        self._state = state(quads)

    @property
    def gone(self) -> str:
        """What is wrong when another one, or none, is there now; nothing while it is the same."""
        if state(self._quads) == self._state:
            return ""
        return "the build was replaced, or removed, while it was read"
