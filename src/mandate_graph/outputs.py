"""A build's folder: written to the side, swapped in whole, recognised when it is read.

A folder cannot be renamed onto a full one. The kernel can exchange two folders in one step (``renameat2`` with
``RENAME_EXCHANGE`` on Linux, ``renamex_np`` with ``RENAME_SWAP`` on macOS); where neither the system nor the file
system can, the old folder steps aside first, and ``recover`` brings it back if the process died between the two steps.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from mandate_graph.errors import ForeignFolder, MissingPath, Unwritable

__all__ = ["FILES", "QUADS", "find_build", "replace_folder"]

QUADS = "mandates.nq"
"""The store of record."""

FILES = (QUADS, "mandates.ttl", "mandates.jsonld", "context.jsonld", "report.json", "report.md", "SHA256SUMS")
"""Every file that a build may hold."""

_LOCK = ".lock"
_AT_CWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2
_CANNOT_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV}


def replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Put files, with their checksums, where a build was: all of them, or, when the process is killed, none.

    Raises:
        ForeignFolder: when the target holds something that is not a build.
        Unwritable: when the system refuses.
    """
    check_target(target)
    target = _real(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        _sweep(target)
        with _staging(target) as staging:
            sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
            for name, data in {**files, "SHA256SUMS": sums.encode()}.items():
                (staging / name).write_bytes(data)
            _put(staging, target)
    except OSError as error:
        raise Unwritable(str(target), error.strerror or str(error)) from None


def check_target(target: Path) -> None:
    """Refuse a target that a build must not replace.

    Raises:
        ForeignFolder: when it is a file, the folder that one stands in, or holds anything but a build.
    """
    if target.resolve() == Path.cwd():
        raise ForeignFolder(str(target), "the folder that you stand in")
    if target.is_file():
        raise ForeignFolder(str(target), "a file")
    if target.is_dir():
        foreign = sorted(path.name for path in target.iterdir() if path.name not in FILES and path.name != _LOCK)
        if foreign:
            raise ForeignFolder(str(target), f"{foreign[0]}{' and more' if len(foreign) > 1 else ''}")


def find_build(folder: Path) -> Path:
    """The quads of a build.

    Raises:
        MissingPath: when the folder is not a build.
    """
    recover(_real(folder))
    quads = folder / QUADS
    if not quads.is_file():
        raise MissingPath(
            str(quads), "build", "Make one with 'mandate-graph build', or say where it is with --from DIR."
        )
    return quads


def recover(target: Path) -> None:
    """Bring back a build that stepped aside for one that never came."""
    aside = _aside(target)
    if aside.is_dir() and not target.exists():
        with contextlib.suppress(OSError):
            aside.rename(target)


def _real(target: Path) -> Path:
    return target.resolve()


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


@contextlib.contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A new folder beside the target, marked as in use by a lock that dies with the process."""
    staging = target.with_name(f".{target.name}.{os.getpid()}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    lock = os.open(staging / _LOCK, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield staging
    finally:
        os.close(lock)
        shutil.rmtree(staging, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what killed builds left beside the target; a folder whose lock is held belongs to a build that runs."""
    for left in target.parent.glob(f".{target.name}.*.partial"):
        try:
            lock = os.open(left / _LOCK, os.O_RDWR)
        except OSError:
            shutil.rmtree(left, ignore_errors=True)
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)


def _put(staging: Path, target: Path) -> None:
    (staging / _LOCK).unlink()
    if not target.exists():
        staging.rename(target)
        return
    if not _exchange(staging, target):
        aside = _aside(target)
        shutil.rmtree(aside, ignore_errors=True)
        target.rename(aside)
        staging.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where that cannot be done."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        name, arguments = "renamex_np", (os.fsencode(one), os.fsencode(other), _RENAME_SWAP)
    else:
        name, arguments = "renameat2", (_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _RENAME_EXCHANGE)
    function = getattr(library, name, None)
    if function is None:
        return False
    if function(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code))
