"""Pages between reading and writing: on a disk, a file a shard."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mandate_graph.resolve.listed import Spooled
from mandate_graph.write.whole import put_whole

__all__ = ["get_pages", "get_rows", "put_pages", "put_rows"]

_FAST = 1


def put_pages(pages: Sequence[Spooled], path: Path) -> None:
    """Keep the pages of a shard; the file is there whole or not at all."""
    put_whole(path, [zlib.compress(pickle.dumps(list(pages), pickle.HIGHEST_PROTOCOL), _FAST)])


def get_pages(path: Path) -> list[Spooled]:
    """The pages of a shard."""
    pages: list[Spooled] = pickle.loads(zlib.decompress(path.read_bytes()))  # noqa: S301  (written by this very build)
    return pages


def put_rows(rows: Iterable[Any], path: Path) -> None:
    """Keep plain data, a line of JSON a row."""
    put_whole(path, (f"{json.dumps(row, ensure_ascii=False)}\n".encode() for row in rows))


def get_rows(paths: Iterable[Path]) -> Iterator[Any]:
    """Plain data from files, in their order."""
    for path in paths:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from map(json.loads, file)
