"""Lines put in order, however many there are: what does not fit into memory lies on a disk meanwhile."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import BinaryIO

__all__ = ["in_order"]

_HELD = 32 << 20
# What Python needs for a line besides its bytes.
_EACH = 41


def in_order(lines: Iterable[bytes], held: int = _HELD) -> Iterator[bytes]:
    """Lines, each with its line feed, in the order of their bytes; UTF-8 has the order of its characters.

    ``held`` is about how many bytes of them are in memory at once; what is more goes to temporary files.

    Raises:
        OSError: when there is no room for them.
    """
    with ExitStack() as stack:
        runs: list[BinaryIO] = []
        run: list[bytes] = []
        size = 0
        for line in lines:
            run.append(line)
            size += len(line) + _EACH
            if size >= held:
                runs.append(_put_away(run, stack))
                run, size = [], 0
        run.sort()
        yield from heapq.merge(*runs, run)


def _put_away(run: list[bytes], stack: ExitStack) -> BinaryIO:
    run.sort()
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (the stack closes it)
    file.writelines(run)
    file.seek(0)
    return file
