"""The on-disk store that lies beside the N-Quads of a build, and the choice between the two.

The N-Quads are the data of record; the store is the same data, ready to be asked. It is used only where it can be shown
to hold what the N-Quads say now.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from mandate_graph.engine import Engine, Progress, revise_store, silent, write_store
from mandate_graph.errors import BadRdf

__all__ = [
    "STORE",
    "file_digest",
    "fresh_store",
    "is_store",
    "open_engine",
    "put_revised_store",
    "put_store",
    "take_file",
]

STORE = "store"
"""The folder in a build."""

_ENGINE = "oxigraph"
_LOG = "LOG"
# Tables of the engine are written once and never changed.
_TABLE = ".sst"
_MADE_OF = "made-of.json"


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_store(quads: Path, sha256: str = "", progress: Progress = silent) -> None:
    """Make the store of a file of canonical N-Quads, beside it.

    ``sha256`` is that of the file, in hexadecimal, where it is known: it is not read for it again.

    Raises:
        BadRdf: when they are not valid.
        OSError: when the system refuses.
    """
    folder = quads.with_name(STORE)
    folder.mkdir()
    write_store(quads, folder / _ENGINE, progress)
    _finish(folder, quads, sha256)


def put_revised_store(earlier: Path, gone: Iterable[bytes], new: Iterable[bytes], quads: Path, sha256: str) -> None:
    """Make the store of a file of which another one with a store beside it is the ``earlier`` form.

    ``gone`` and ``new`` are the lines that one of them has alone. Files of the engine that are never changed are links.

    Raises:
        BadRdf: when the store cannot be revised.
        OSError: when the system refuses.
    """
    folder = quads.with_name(STORE)
    (folder / _ENGINE).mkdir(parents=True)
    for path in (earlier.with_name(STORE) / _ENGINE).iterdir():
        take_file(path, folder / _ENGINE / path.name, linked=path.suffix == _TABLE)
    revise_store(folder / _ENGINE, gone, new)
    _finish(folder, quads, sha256)


def _finish(folder: Path, quads: Path, sha256: str) -> None:
    (folder / _ENGINE / _LOG).unlink(missing_ok=True)  # it names the machine and its folders, and nothing reads it
    status = quads.stat()
    made_of = {"sha256": sha256 or file_digest(quads), "size": status.st_size, "mtime_ns": status.st_mtime_ns}
    (folder / _MADE_OF).write_text(json.dumps(made_of) + "\n")


def take_file(path: Path, target: Path, *, linked: bool) -> None:
    """Take a file over into another folder; ``linked`` where it is replaced and never written to.

    Raises:
        OSError: when the system refuses.
    """
    if linked:
        with contextlib.suppress(OSError):  # a file system without links
            os.link(path, target)
            return
    shutil.copy2(path, target)


def is_store(folder: Path) -> bool:
    """Whether a folder is such a store."""
    return (folder / _MADE_OF).is_file()


def fresh_store(quads: Path) -> Path | None:
    """The store beside the N-Quads, if it was made of what they say now.

    The size and the time of the last change tell it at once; after a copy, which changes the time, the digest does.
    """
    folder = quads.with_name(STORE)
    try:
        made_of = json.loads((folder / _MADE_OF).read_bytes())
        status = quads.stat()
        same = made_of["size"] == status.st_size and (
            made_of["mtime_ns"] == status.st_mtime_ns or made_of["sha256"] == file_digest(quads)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder / _ENGINE if same else None


def open_engine(quads: Path, *, named_graphs: bool, memory: bool = False) -> Engine:
    """The engine with a build's data: its store where that is fresh and can be read, else the N-Quads in memory.

    Raises:
        BadRdf: when the N-Quads are needed and not valid.
    """
    store = None if memory else fresh_store(quads)
    if store is not None:
        try:
            return Engine.on_disk(store)
        except BadRdf:  # of another version of the engine, say; the N-Quads are always good
            pass
    return Engine(quads, named_graphs=named_graphs)
