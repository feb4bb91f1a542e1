"""A build's folder: written to the side, swapped in whole, recognised when it is read.

A folder cannot be renamed onto a full one. The kernel can exchange two folders in one step (``renameat2`` with
``RENAME_EXCHANGE`` on Linux, ``renamex_np`` with ``RENAME_SWAP`` on macOS); where neither the system nor the file
system can, the old folder steps aside first, and ``recover`` brings it back if the process died between the two steps.

What takes long is made in a ``workshop`` and put in place by ``put_build``; the lock of the parent folder is held for a
moment at both ends, so that builds of other folders need not wait.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from mandate_graph.errors import ForeignFolder, MissingPath, Unwritable
from mandate_graph.store import STORE, file_digest, is_store

__all__ = [
    "FILES",
    "PROMISES",
    "QUADS",
    "compressed",
    "find_build",
    "put_build",
    "swap_folder",
    "workshop",
    "write_file",
    "write_files",
]

QUADS = "mandates.nq"
"""The store of record."""

PROMISES = "promises.tsv"
"""The words of every mandate, for ``promised``."""

REGISTER = "register"
"""The folder with what the next build needs."""

MADE_OF = "made-of"
"""The file in it that says of what the build was made."""

FILES = (
    QUADS, PROMISES, "mandates.ttl", "mandates.jsonld", "context.jsonld", "links.sssom.tsv", "links.md", "report.json",
    "report.md", "SHA256SUMS",
)  # fmt: skip
"""Every file that a build may hold."""

_AT_CWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2
_LOCK = ".lock"
_DISK_REFUSES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
_CANNOT_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV}


def swap_folder(target: Path, write: Callable[[Path], None], check: Callable[[Path], None]) -> None:
    """Let a folder be written to the side, and put it where another one was, whole or not at all.

    ``check`` raises when the target must not be replaced.

    Raises:
        Unwritable: when the system refuses.
    """
    check(target)
    target = _real(target)
    staging = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(target.parent):
            recover(target)
            _sweep(target)
            staging.mkdir()
            try:
                write(staging)
                _put(staging, target)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise Unwritable(str(target), error.strerror or str(error)) from None


@contextlib.contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """A scratch folder beside the target, on its file system, for as long as a build takes; removed in any case.

    What a killed build left is removed by the next one. Builds of one target at once have a workshop each.

    Raises:
        ForeignFolder: when the target holds something that is not a build.
        Unwritable: when the system refuses, also later, as when the disk is full.
    """
    check_target(target)
    folder = _real(target)
    with contextlib.ExitStack() as stack:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with alone_in(folder.parent):
                recover(folder)
                _sweep(folder)
                name = f".{folder.name}.{os.getpid()}."
                scratch = Path(tempfile.mkdtemp(prefix=name, suffix=".partial", dir=folder.parent))
                stack.callback(shutil.rmtree, scratch, ignore_errors=True)
                # Of a process and not of a handle: workers forked from it, which may outlive it, do not hold it.
                lock = stack.enter_context((scratch / _LOCK).open("wb"))
                with contextlib.suppress(OSError):  # a file system without locks
                    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unwritable(str(target), error.strerror or str(error)) from None
        try:
            yield scratch
        except OSError as error:
            if error.errno in _DISK_REFUSES:
                raise Unwritable(str(target), error.strerror or str(error)) from None
            raise


def put_build(target: Path, staged: Path, digests: Mapping[str, str]) -> None:
    """Put a finished folder from the workshop, with checksums of its files, where a build was: whole or not at all.

    ``digests`` are SHA-256 that are known already, in hexadecimal by name; the other files are read. Folders in the
    folder have no checksum.

    Raises:
        ForeignFolder: when the target has become something that is not a build.
        Unwritable: when the system refuses.
    """
    check_target(target)
    try:
        files = sorted(path for path in staged.iterdir() if path.is_file())
        sums = "".join(f"{digests.get(path.name) or file_digest(path)}  {path.name}\n" for path in files)
        (staged / "SHA256SUMS").write_text(sums)
        target = _real(target)
        with alone_in(target.parent):
            recover(target)
            _put(staged, target)
    except OSError as error:
        raise Unwritable(str(target), error.strerror or str(error)) from None


def write_file(target: Path, data: bytes | Iterable[bytes], build: Path) -> None:
    """Write one file as ``write_files`` does."""
    write_files({target: data}, build)


def write_files(files: Mapping[Path, bytes | Iterable[bytes]], build: Path) -> None:
    """Write files, whole or piece by piece, to the side, and rename them into place when all of them are written.

    A file of the build that was read is never touched, and an error of the pieces leaves the targets as they were.

    Raises:
        ForeignFolder: when a target lies in the build, however deep.
        Unwritable: when the system refuses.
    """
    sides: dict[Path, Path] = {}
    target = next(iter(files))
    try:
        for target in files:
            _check_file(target, build)
        for target, data in files.items():
            if target.exists() and not target.is_file():  # a device or a pipe is written through, never replaced
                _put_pieces(target, data)
                continue
            sides[target] = target.with_name(f".{target.name}.{os.getpid()}.partial")
            _put_pieces(sides[target], data)
        for target, side in sides.items():
            side.replace(target)
    except OSError as error:
        raise Unwritable(str(target), error.strerror or str(error)) from None
    finally:
        for side in sides.values():
            with contextlib.suppress(OSError):
                side.unlink(missing_ok=True)


def _check_file(target: Path, build: Path) -> None:
    whole = build.resolve()
    for place in (target.resolve(), target.parent.resolve() / target.name):  # a link, and what it leads to
        if whole in place.parents:
            raise ForeignFolder(str(target), "")
    if target.is_dir():
        raise Unwritable(str(target), os.strerror(errno.EISDIR))


def _put_pieces(path: Path, data: bytes | Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as one gzip file (RFC 1952) without name and time, so that equal data give equal bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def check_target(target: Path) -> None:
    """Refuse a target that a build must not replace.

    Raises:
        ForeignFolder: when it is a file, the folder that one stands in, or holds anything but a build.
    """
    if target.resolve() == Path.cwd():
        raise ForeignFolder(str(target), "the folder that you stand in")
    if target.is_dir():
        foreign = sorted(
            path.name
            for path in target.iterdir()
            if path.name not in FILES and not (path.name == STORE and is_store(path)) and not _is_register(path)
        )
        if foreign:
            raise ForeignFolder(str(target), f"{foreign[0]}{' and more' if len(foreign) > 1 else ''}")
    elif target.exists() or target.is_symlink():
        raise ForeignFolder(str(target), "a file, a device or a link to nowhere")


def _is_register(folder: Path) -> bool:
    return folder.name == REGISTER and (folder / MADE_OF).is_file()


def find_build(folder: Path) -> Path:
    """The quads of a build.

    Raises:
        MissingPath: when the folder is not a build.
    """
    recover(_real(folder))
    quads = folder / QUADS
    if not quads.is_file():
        raise MissingPath(
            str(quads), "build", "Make one with 'mandate-graph build', or name the folder that holds one."
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
def alone_in(folder: Path) -> Iterator[None]:
    """Only one process at a time writes into a folder; the lock dies with the process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: two builds at once are on their own
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(target: Path) -> None:
    """Remove what killed builds left beside the target."""
    left = re.compile(re.escape(f".{target.name}.") + r"(\d+)(\.\w+)?\.partial")
    for path in target.parent.iterdir():
        found = left.fullmatch(path.name)
        if found and path.is_dir() and not (found[2] and _in_use(path, int(found[1]))):
            shutil.rmtree(path, ignore_errors=True)


def _in_use(scratch: Path, owner: int) -> bool:
    """Whether a workshop's process lives; our own would let go of its lock if we tried it."""
    if owner == os.getpid():
        return True
    try:
        with (scratch / _LOCK).open("r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:  # never locked
        return False
    return False


def _put(staging: Path, target: Path) -> None:
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
