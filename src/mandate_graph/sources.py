"""Files to captures: what a manifest says, digests checked, bytes decoded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from mandate_graph.authorities import Row, is_date, read_csv
from mandate_graph.errors import BadTable, MissingPath, UnreadablePage
from mandate_graph.model import Capture

__all__ = ["MANIFEST", "read_captures"]

MANIFEST = "manifest.csv"
_COLUMNS = ("file", "page")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def read_captures(paths: Sequence[Path], languages: Collection[str]) -> Iterator[Capture | UnreadablePage]:
    """Read pages and folders of pages, in the order of page stems whatever the order of the paths.

    A folder may hold ``manifest.csv``; its other files are pages, but for hidden ones and ``README*``. A page that
    cannot be used is yielded as the error that says why, so that its neighbours are not lost.

    Raises:
        MissingPath: when a path is not there.
        BadTable: when a manifest cannot be read.
    """
    found: dict[Path, Row] = {}
    missing: list[UnreadablePage] = []
    named = {path for path in paths if not path.is_dir()}
    for path in paths:
        if path.is_dir():
            rows, absent = _folder(path, languages)
            found.update(rows)
            missing += absent
        elif path.exists():
            found.setdefault(path, _beside(path, languages))
        else:
            raise MissingPath(str(path))
    unique = {path.resolve(): (path, row) for path, row in found.items()}
    seen: dict[tuple[str, str], Capture] = {}
    for path, row in sorted(
        unique.values(), key=lambda pair: (pair[1].get("page") or pair[0].stem, pair[0].name, str(pair[0]))
    ):
        capture = _read(path, row, named=path in named)
        if isinstance(capture, Capture):
            # Two pages may show the same list; one page twice is a mistake.
            twin = seen.setdefault((capture.page, capture.key), capture)
            if twin is not capture:
                advice = "It was read once; remove one of them."
                yield UnreadablePage(capture.name, f"the same page and bytes as {twin.name}", advice)
                continue
        yield capture
    yield from missing


def _folder(folder: Path, languages: Collection[str]) -> tuple[dict[Path, Row], list[UnreadablePage]]:
    rows = _manifest(folder, languages)
    files = sorted(
        path
        for path in folder.iterdir()
        if not path.is_dir() and path.name != MANIFEST and not path.name.startswith((".", "README"))
    )
    if not files:
        advice = "Pages are files right in the folder; name deeper folders one by one."
        return {}, [UnreadablePage(str(folder), "holds no page", advice)]
    absent = [
        UnreadablePage(
            name, f"the manifest of {folder} names it, but it is not there", "Bring the file or remove its row."
        )
        for name in sorted(rows)
        if not (folder / name).is_file()
    ]
    return {path: rows.get(path.name, {}) for path in files}, absent


def _beside(path: Path, languages: Collection[str]) -> Row:
    """The row of a single page in the manifest of its folder."""
    return _manifest(path.parent, languages).get(path.name, {})


def _manifest(folder: Path, languages: Collection[str]) -> Mapping[str, Row]:
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    rows: dict[str, Row] = {}
    for line, row in read_csv(path, str(path), _COLUMNS):
        if row["file"] in rows:
            raise BadTable(str(path), f"the file {row['file']!r} stands twice", line)
        for problem in _faults(row, languages):
            raise BadTable(str(path), problem, line)
        rows[row["file"]] = row
    return rows


def _faults(row: Row, languages: Collection[str]) -> Iterator[str]:
    """What is wrong with a row of a manifest."""
    for column in ("file", "page"):
        if not row[column] or "/" in row[column] or not row[column].strip("."):
            yield f"the {column} {row[column]!r} must be a plain name"
    if row.get("language") and row["language"] not in languages:
        yield f"the language {row['language']!r} has no row in languages.csv ({', '.join(sorted(languages))})"
    if row.get("url") and not _ADDRESS.fullmatch(row["url"]):
        yield f"the url {row['url']!r} is not an http address"
    if not is_date(row.get("captured", "")):
        yield f"the date {row['captured']!r} is not like 2024-05-31, 2024-05 or 2024"


def _read(path: Path, row: Row, *, named: bool) -> Capture | UnreadablePage:
    if not named and path.suffix.lower() != ".txt":
        return UnreadablePage(path.name, "not a .txt file, as the pages of a folder are", "Name it to have it read.")
    if not path.is_file():  # a pipe would be waited for without end
        advice = "A link to nowhere, a pipe or a device is no page."
        return UnreadablePage(path.name, "not a file that can be read", advice)
    try:
        data = path.read_bytes()
    except OSError as error:
        return UnreadablePage(path.name, f"cannot be read ({error.strerror})", "Check its permissions.")
    sha256 = hashlib.sha256(data).hexdigest()
    if row.get("sha256") and row["sha256"].lower() != sha256:
        return UnreadablePage(
            path.name,
            f"its SHA-256 is {sha256[:12]}…, but the manifest says {row['sha256'][:12]}…",
            "Restore the file, or give the new capture a row of its own.",
        )
    text = _decode(path.name, data)
    if isinstance(text, UnreadablePage):
        return text
    return Capture(
        page=row.get("page") or path.stem,
        text=text,
        sha256=sha256,
        size=len(data),
        name=path.name,
        url=row.get("url", ""),
        language=row.get("language", ""),
        theme=row.get("theme", ""),
        captured=row.get("captured", ""),
    )


def _decode(name: str, data: bytes) -> str | UnreadablePage:
    """The text of a page; a byte-order mark is no part of it."""
    if b"\0" in data:
        return UnreadablePage(
            name, f"a binary file (NUL at byte {data.index(0)})", "Save the page as plain text, UTF-8."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return UnreadablePage(name, f"not UTF-8 at byte {error.start}", "Save the page as UTF-8.")
    if not text.strip():
        return UnreadablePage(name, "the file is empty", "Save the page again.")
    return text
