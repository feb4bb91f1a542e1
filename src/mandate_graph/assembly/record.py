"""What a build was made of and what it found, kept beside its register: so that the next one can tell what changed."""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, Self

from mandate_graph.assembly.described import Written
from mandate_graph.errors import UnreadablePage
from mandate_graph.house import MARK, House
from mandate_graph.model import ShapeResult
from mandate_graph.outputs import MADE_OF
from mandate_graph.report.tallies import Tally
from mandate_graph.resolve.joining import Joined
from mandate_graph.resolve.settling import Settled
from mandate_graph.sources import File
from mandate_graph.store import file_digest
from mandate_graph.write.whole import put_whole

__all__ = ["DATABASES", "Kept", "Record", "Seen", "changed_stems", "fingerprint", "key_of", "seen_now"]

DATABASES = ("listed.db", "joined.db")
"""The files of a register (``resolve.register``)."""

_PACKAGE = Path(__file__).resolve().parent.parent


class Seen(NamedTuple):
    """A file of a page as it was: what a manifest says of it, its size, and where a link leads.

    ``changed`` is when its content last changed, ``touched`` when anything of it did, which no program sets back; both
    in nanoseconds. ``found`` is its SHA-256 in hexadecimal, or why it could not be read.
    """

    page: str
    row: Mapping[str, str]
    named: bool
    leads_to: str
    size: int
    changed: int
    touched: int
    found: str | UnreadablePage = ""


class Kept(NamedTuple):
    """A file of the build: size in bytes, last change in nanoseconds, SHA-256 in hexadecimal."""

    size: int
    changed: int
    sha256: str

    @classmethod
    def of(cls, path: Path, sha256: str = "") -> Self:
        """A file as it is; its digest, where it is known already."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, sha256 or file_digest(path))

    def is_still(self, path: Path) -> bool:
        """Whether a file is what it was: its time says so at once, after a copy its digest does."""
        try:
            status = path.stat()
            same = status.st_size == self.size
            return same and (status.st_mtime_ns == self.changed or file_digest(path) == self.sha256)
        except OSError:
            return False


class Record(NamedTuple):
    """A finished build. ``made_with`` stands for all that is the same for all pages."""

    made_with: str
    files: Mapping[str, Seen]
    shards: int
    tally: Tally
    settled: Settled
    joined: Joined
    written: Written
    results: Sequence[ShapeResult]
    outputs: Mapping[str, Kept]

    def put(self, register: Path) -> None:
        """Keep it in a register's folder."""
        data = pickle.dumps(self, pickle.HIGHEST_PROTOCOL)
        put_whole(register / MADE_OF, [hashlib.sha256(data).digest(), data])

    @classmethod
    def get(cls, register: Path) -> Record | None:
        """The record of a register's folder; None when there is none that can be read."""
        try:
            data = (register / MADE_OF).read_bytes()
            if hashlib.sha256(data[32:]).digest() == data[:32]:
                record = pickle.loads(data[32:])  # noqa: S301  (this program wrote it; see docs/scaling.md)
                return record if isinstance(record, cls) else None
        except Exception:  # noqa: BLE001  (whatever another program, or another version, left there)
            return None
        return None


def fingerprint(home: House) -> str:
    """A digest of all that a build is made of beside its pages: the program, what it needs, and the house."""
    total = hashlib.sha256(f"{platform.python_version()} {sorted(_needed())}".encode())
    for path in _files(home):
        total.update(f"{path.name} {file_digest(path)}\n".encode())
    return total.hexdigest()


def _needed() -> Iterator[str]:
    try:
        for line in metadata.requires("mandate-graph") or ():
            name = line.partition(";")[0].split("[")[0].rstrip("<>=!~ .0123456789,")
            if "extra ==" not in line:
                yield f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return


def _files(home: House) -> Iterator[Path]:
    yield from sorted(_PACKAGE.rglob("*.py"))
    yield home.root / MARK
    for part in (home.authorities, home.ontology, home.shapes, home.links, home.decisions, home.corrections):
        if part.is_dir():
            yield from sorted(path for path in part.rglob("*") if path.is_file())
        elif part.is_file():
            yield part


def key_of(path: Path) -> str:
    """What stands for a path in a record, which names no folder of the machine."""
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()


def seen_now(files: Iterable[File]) -> dict[str, Seen]:
    """The files by their paths, as they are before they are read; one that cannot be looked at is not among them."""
    seen = {}
    for file in files:
        try:
            status = file.path.stat()
            leads_to = key_of(file.path.resolve()) if file.path.is_symlink() else ""
        except (OSError, RuntimeError):
            continue
        seen[key_of(file.path)] = Seen(
            file.page, dict(file.row), file.named, leads_to, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )
    return seen


def changed_stems(files: Iterable[File], now: Mapping[str, Seen], record: Record) -> tuple[set[str], int]:
    """The stems of pages with a file that is new, gone or another, and the number of these files.

    A file that could not be read is one of them: it may be read now.
    """
    stems: set[str] = set()
    changed = 0
    there = {key_of(file.path): file for file in files}
    for path, before in record.files.items():
        if path not in there:
            stems.add(before.page)
            changed += 1
    for path, file in there.items():
        if not _is_same(file, now.get(path), record.files.get(path)):
            stems.add(file.page)
            stems.update(before.page for before in [record.files.get(path)] if before)
            changed += not isinstance(getattr(record.files.get(path), "found", ""), UnreadablePage)
    return stems, changed


def _is_same(file: File, now: Seen | None, before: Seen | None) -> bool:
    if now is None or before is None or isinstance(before.found, UnreadablePage):
        return False
    if now[:4] != before[:4] or now.size != before.size:
        return False
    if (now.changed, now.touched) == (before.changed, before.touched):
        return True
    try:
        return file.path.is_file() and file_digest(file.path) == before.found
    except OSError:
        return False
