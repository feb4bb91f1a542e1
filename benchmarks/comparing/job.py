"""What a task is, to those who do it: what is timed, and what is then said of what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

__all__ = ["Job", "Jobs", "nothing", "rows_of"]


class Job(NamedTuple):
    """``work`` is timed; ``look`` says what came out: ``out`` a number, ``file`` what was written, ``rows`` answers."""

    work: Callable[[], Any]
    look: Callable[[Any], Mapping[str, Any]]


Jobs: TypeAlias = Mapping[str, Callable[[Path], Job]]
"""By task, what gets its input ready, which is not timed; the folder is that of a prepared case."""


def nothing(_result: Any) -> Mapping[str, Any]:
    """Say nothing."""
    return {}


def rows_of(folder: Path) -> list[str]:
    """The texts of the queries of a case, in order."""
    return [path.read_text(encoding="utf-8") for path in sorted((folder / "queries").glob("*.rq"))]
