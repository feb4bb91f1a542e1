"""Files to captures: what a manifest says, digests checked, bytes turned into text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mandate_graph.authorities import Row, is_date, read_csv
from mandate_graph.containers import CONTAINERS, SUFFIXES, Rendition, container_of
from mandate_graph.containers.apart import ReaderProcess
from mandate_graph.errors import BadTable, MissingPath, UnreadablePage
from mandate_graph.failures import shown
from mandate_graph.model import Capture

__all__ = ["COLUMNS", "MANIFEST", "File", "faults", "find_files", "read_captures", "read_files", "read_manifest"]

MANIFEST = "manifest.csv"
COLUMNS = ("file", "page", "url", "language", "theme", "sha256", "captured", "form", "document", "supersedes")
_REQUIRED = ("file", "page")
_SAID = ("url", "language", "theme", "captured", "form", "document", "supersedes")
# RFC 3986 without user names and bracketed hosts: what every parser of IRIs takes.
_PART = r"(?:[^\s<>\"{}|\\^`\[\]%#]|%[0-9A-Fa-f]{2})"
_ADDRESS = re.compile(rf"https?://(?![/?#]){_PART}+(?:#{_PART}*)?")
# What may lie beside a page and is none: its expected reading (docs/scores.md) and remarks.
_BESIDE = (".csv", ".problems")


class File(NamedTuple):
    """A file to read as a page, its row of a manifest, and whether it was named itself or found in a folder."""

    path: Path
    row: Row
    named: bool

    @property
    def page(self) -> str:
        """The stem of its page."""
        return self.row.get("page") or self.path.stem

    @property
    def size(self) -> int:
        """Its bytes; none where that cannot be known, which is said when it is read."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def read_captures(
    paths: Sequence[Path], languages: Collection[str], said: Mapping[Path, Row] | None = None
) -> Iterator[Capture | UnreadablePage]:
    """Find pages, and read them one at a time; see ``find_files`` and ``read_files``, and what they raise."""
    files, missing = find_files(paths, languages, said)
    yield from read_files(files)
    yield from missing


def find_files(
    paths: Sequence[Path], languages: Collection[str], said: Mapping[Path, Row] | None = None
) -> tuple[list[File], list[UnreadablePage]]:
    """Files of pages, in the order of page stems whatever the order of the paths, and those that are missing.

    A folder may hold ``manifest.csv``; its other files are pages, but for hidden ones, ``README*``, and the expected
    reading of a page beside it. ``said`` are rows for single files, which then need no manifest.

    Raises:
        MissingPath: when a path is not there.
        BadTable: when a manifest cannot be read.
    """
    found: dict[Path, Row] = {}
    missing: list[UnreadablePage] = []
    named = {path for path in paths if not path.is_dir()}
    beside = lru_cache(maxsize=1)(lambda folder: read_manifest(folder, languages))
    for path in paths:
        if path.is_dir():
            rows, absent = _folder(path, languages)
            found.update(rows)
            missing += absent
        elif path.exists() or path.is_symlink():
            own = said[path] if said and path in said else None
            found.setdefault(path, beside(path.parent).get(path.name, {}) if own is None else own)
        else:
            raise MissingPath(shown(str(path)))
    unique = {_real(path): File(path, row, path in named) for path, row in found.items()}
    return sorted(unique.values(), key=lambda file: (file.page, file.path.name, str(file.path))), missing


def read_files(files: Iterable[File]) -> Iterator[Capture | UnreadablePage]:
    """Read files, one at a time; all captures of a page must be among them.

    A page that cannot be used is yielded as the error that says why, so that its neighbours are not lost.
    """
    seen: dict[tuple[str, str], str] = {}
    with ReaderProcess() as apart:
        for file in files:
            capture = _read(file.path, file.row, apart, named=file.named)
            if isinstance(capture, Capture):
                # Two pages may show the same list; one page twice is a mistake.
                twin = seen.setdefault((capture.page, capture.key), capture.name)
                if twin is not capture.name:
                    advice = "It was read once; remove one of them."
                    yield UnreadablePage(capture.name, f"the same page and bytes as {shown(twin)}", advice)
                    continue
            yield capture


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return path.absolute()


def _folder(folder: Path, languages: Collection[str]) -> tuple[dict[Path, Row], list[UnreadablePage]]:
    rows = read_manifest(folder, languages)
    files = sorted(
        path
        for path in folder.iterdir()
        if path.name != MANIFEST
        and (path.name in rows or not path.name.startswith((".", "README")))
        and not path.is_dir()
    )
    pages = {path.stem for path in files if path.suffix.lower() in SUFFIXES}
    names = {path.name for path in files if path.suffix.lower() in SUFFIXES}
    files = [
        path
        for path in files
        if path.name in rows
        or path.suffix.lower() not in _BESIDE
        or not {path.stem, path.stem.partition(".")[0]} & (pages | names)
    ]
    if not files:
        advice = "Pages are files right in the folder; name deeper folders one by one."
        return {}, [UnreadablePage(str(folder), "holds no page", advice)]
    absent = [
        UnreadablePage(
            name,
            f"the manifest of {shown(str(folder))} names it, but it is not there",
            "Bring the file or remove its row.",
        )
        for name in sorted(rows)
        if not (folder / name).is_file() and not (folder / name).is_symlink()
    ]
    return {path: rows.get(path.name, {}) for path in files}, absent


def read_manifest(folder: Path, languages: Collection[str]) -> Mapping[str, Row]:
    """The rows of a folder's manifest by file name; none when there is no manifest.

    Raises:
        BadTable: when a row is wrong.
    """
    path = folder / MANIFEST
    if not path.is_file():
        if path.exists() or path.is_symlink():
            raise BadTable(shown(str(path)), "not a file that can be read")
        return {}
    rows: dict[str, Row] = {}
    lines: dict[str, int] = {}
    for line, row in read_csv(path, shown(str(path)), _REQUIRED):
        if row["file"] in rows:
            raise BadTable(shown(str(path)), f"the file {row['file']!r} stands twice", line)
        for problem in faults(row, languages):
            raise BadTable(shown(str(path)), problem, line)
        rows[row["file"]], lines[row["file"]] = row, line
    _check_chains(rows, lines, shown(str(path)))
    return rows


def _check_chains(rows: Mapping[str, Row], lines: Mapping[str, int], table: str) -> None:
    """What supersedes what: captures of one page, and never in a circle."""
    sound: set[str] = set()
    for name, entry in rows.items():
        older, seen = entry.get("supersedes", ""), {name}
        while older:
            if older not in rows or rows[older]["page"] != entry["page"]:
                problem = f"{name!r} supersedes {older!r}, which is no capture of the page {entry['page']!r} here"
                raise BadTable(table, problem, lines[name])
            if older in sound:
                break
            if older in seen:
                raise BadTable(table, f"{name!r} supersedes itself by way of {older!r}", lines[name])
            seen.add(older)
            older = rows[older].get("supersedes", "")
        sound |= seen


def faults(row: Row, languages: Collection[str]) -> Iterator[str]:
    """What is wrong with a row of a manifest."""
    for column in _REQUIRED:
        if not row[column].isprintable() or "/" in row[column] or not row[column].strip("."):
            yield f"the {column} {row[column]!r} must be a plain name"
    if row.get("language") and row["language"] not in languages:
        yield f"the language {row['language']!r} has no row in languages.csv ({', '.join(sorted(languages))})"
    if row.get("url") and not (row["url"].isprintable() and _ADDRESS.fullmatch(row["url"])):
        yield f"the url {row['url']!r} is not an http address"
    if not is_date(row.get("captured", "")):
        yield f"the date {row['captured']!r} is not like 2024-05-31, 2024-05 or 2024"
    if row.get("sha256") and not re.fullmatch(r"[0-9a-fA-F]{64}", row["sha256"]):
        yield f"the sha256 {row['sha256'][:20]!r} is not 64 hex digits"


def _read(path: Path, row: Row, apart: ReaderProcess, *, named: bool) -> Capture | UnreadablePage:
    try:
        return _capture(path, row, _bytes(path, row, named=named), apart)
    except UnreadablePage as error:
        return error


def _name(path: Path) -> str:
    """The name of a file; bytes of it that are no UTF-8 stand as escapes."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def _bytes(path: Path, row: Row, *, named: bool) -> bytes:
    """The bytes of a page, when it is a file that may be read and is what the manifest says."""
    name = _name(path)
    if not named and path.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(sorted(SUFFIXES))
        raise UnreadablePage(
            name, "not a page by its name", f"Pages of a folder end in {kinds}; name it to have it read."
        )
    try:
        if not named and path.is_symlink() and not _real(path).is_relative_to(_real(path.parent)):
            raise UnreadablePage(name, "a link that leads out of its folder", "Copy the page itself.")
        if not path.is_file():  # a pipe would be waited for without end
            raise UnreadablePage(
                name, "not a file that can be read", "A link to nowhere, a pipe or a device is no page."
            )
        size, most = path.stat().st_size, CONTAINERS[SUFFIXES.get(path.suffix.lower(), "text/plain")].largest
        if size > most:
            problem = f"{size / 2**20:,.0f} MiB; files of its kind are read up to {most // 2**20} MiB"
            raise UnreadablePage(name, problem, "Save the page alone.")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadablePage(name, f"cannot be read ({error.strerror})", "Check its permissions.") from None
    sha256 = hashlib.sha256(data).hexdigest()
    if row.get("sha256") and row["sha256"].lower() != sha256:
        raise UnreadablePage(
            name,
            f"its SHA-256 is {sha256[:12]}…, but the manifest says {row['sha256'][:12]}…",
            "Restore the file, or give the new capture a row of its own.",
        )
    return data


def _capture(path: Path, row: Row, data: bytes, apart: ReaderProcess) -> Capture:
    """The text of a page, with what the manifest says of it."""
    media_type, why = container_of(path.suffix, data)
    container, name = CONTAINERS[media_type], _name(path)
    read = Rendition("")
    if data.strip():
        read = apart.read(media_type, name, data) if container.apart else container.load()(name, data)
    if not read.text.strip():
        raise UnreadablePage(name, "the file is empty", "Save the page again.")
    said = {key: row.get(key, "") for key in _SAID}
    return Capture(
        page=row.get("page") or name.removesuffix(path.suffix),
        text=read.text,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        name=name,
        encoding_format=media_type,
        hints=read.hints,
        read_as=(f"{media_type}: {why}", *read.notes),
        **said,
    )
