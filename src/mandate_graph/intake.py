"""Taking a page into a house: the file is copied as it is, its row and digest are written, what it holds is read."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from mandate_graph.authorities import Authorities, load_authorities, read_csv
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.containers import CONTAINERS, SUFFIXES
from mandate_graph.errors import BadOption, MissingPath, UnreadablePage, Unwritable
from mandate_graph.failures import shown
from mandate_graph.house import House, find_house
from mandate_graph.iris import slug
from mandate_graph.model import Capture, Corpus
from mandate_graph.outputs import alone_in
from mandate_graph.parse import FORMS, PageReader
from mandate_graph.resolve import resolve
from mandate_graph.sources import COLUMNS, MANIFEST, faults, read_captures, read_manifest

__all__ = ["Added", "add", "page_of"]


@dataclass(frozen=True, slots=True)
class Added:
    """A page that was taken in: where its copy is, its row of the manifest, and what was read in it."""

    path: Path
    row: Mapping[str, str]
    corpus: Corpus = field(repr=False)


def add(file: str | Path, *, url: str, house: str | Path | None = None, **said: str) -> Added:
    """Copy a page into a house, and write its row of the manifest.

    ``said`` is what a person knows: ``language``, ``theme``, ``page`` (else the stem of the address), ``captured`` (a
    date), ``form``, ``document`` (of a full text), and ``supersedes`` (the file of the capture that this one replaces).
    Nothing is written when the page cannot be read.

    Raises:
        NoHouse, MissingPath: when there is no house, or no such file.
        BadOption: when something that was said is not known, or the house has this very capture already.
        UnreadablePage: when nothing can be read in the file.
        Unwritable: when the house cannot be written.
    """
    source = Path(file)
    if not source.exists() and not source.is_symlink():
        raise MissingPath(shown(str(source)))
    if source.is_dir():
        raise BadOption("", f"{str(source)!r} is a folder; name one file")
    home = find_house(None if house is None else Path(house), Path.cwd())
    authorities = load_authorities(home.authorities)
    row = {column: said.get(column, "") for column in COLUMNS}
    row |= {"file": source.name, "url": url, "page": said.get("page") or page_of(url) or source.stem}
    _check(row, authorities)
    capture = _read(source, row, authorities)
    corpus = resolve([PageReader(authorities).read(capture)], MentionFinder(authorities))
    try:
        home.documents.mkdir(parents=True, exist_ok=True)
        with alone_in(home.documents):
            path, row = _write(source, row, capture, home, authorities)
    except OSError as error:
        raise Unwritable(str(home.documents), error.strerror or str(error)) from None
    return Added(path, row, corpus)


def page_of(url: str) -> str:
    """The stem of an address, which is the same on every host of the site: ``…/sisca/mig_hr.html`` → ``mig_hr``."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address, as the check of it will say
        return ""
    stem = PurePosixPath(unquote(parts.path)).stem
    # The follow-up application keeps what it shows behind the question mark; saved pages do not.
    shows = parts.query and not PurePosixPath(parts.path).suffix.lower().startswith(".htm")
    return slug(f"{stem} {parts.query}").replace("-", "_") if shows else stem


def _check(row: Mapping[str, str], authorities: Authorities) -> None:
    """What was said must be known to the tables."""
    for problem in faults(row, authorities.languages):
        raise BadOption("", problem)
    known: Sequence[tuple[str, str, Sequence[str]]] = (
        ("theme", "themes.csv", list(authorities["themes"])),
        ("document", "documents.csv", list(authorities["documents"])),
        ("form", "the forms of pages", list(FORMS)),
    )
    for option, where, keys in known:
        if row[option] and row[option] not in keys:
            raise BadOption(option, f"{row[option]!r} is not in {where}", keys)


def _read(source: Path, row: Mapping[str, str], authorities: Authorities) -> Capture:
    (found,) = read_captures([source], authorities.languages, {source: row})
    if isinstance(found, UnreadablePage):
        raise found
    return found


def _write(
    source: Path, row: dict[str, str], capture: Capture, home: House, authorities: Authorities
) -> tuple[Path, dict[str, str]]:
    rows = read_manifest(home.documents, authorities.languages)
    for name, other in rows.items():
        if other["page"] == row["page"] and other.get("sha256", "").lower() == capture.sha256:
            raise BadOption("", f"the house has this capture of {row['page']} already, as {name}")
    older = row["supersedes"]
    if older and rows.get(older, {}).get("page") != row["page"]:
        captures = [name for name, other in rows.items() if other["page"] == row["page"]]
        raise BadOption("supersedes", f"{older!r} is no capture of {row['page']} in this house", captures)
    suffix = source.suffix.lower() if source.suffix.lower() in SUFFIXES else _suffix(capture)
    stem = re.sub(r"[^\w.-]+", "_", row["page"])
    path = home.documents / f"{stem}{suffix}"
    if path.exists() or path.name in rows:
        path = home.documents / f"{stem}.{capture.key}{suffix}"
    row = {**row, "file": path.name, "sha256": capture.sha256}
    with path.open("xb") as copy:
        copy.write(source.read_bytes())
    try:
        _replace(home.documents / MANIFEST, _with_row(home.documents / MANIFEST, row))
    except BaseException:
        path.unlink()
        raise
    return path, row


def _suffix(capture: Capture) -> str:
    return CONTAINERS[capture.encoding_format].suffixes[0]


def _with_row(path: Path, row: Mapping[str, str]) -> str:
    """The manifest with one more row, and with the columns that it lacks."""
    rows = [known for _, known in read_csv(path, str(path), ())] if path.is_file() else []
    names = list(rows[0]) if rows else list(COLUMNS[:7])
    names += [column for column in COLUMNS if row[column] and column not in names]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, row])
    return out.getvalue()


def _replace(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
