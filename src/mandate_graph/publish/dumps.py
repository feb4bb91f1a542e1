"""The downloads: the graph in every format, the tables, the context and the links, each with its size and its digest.

Every file is streamed once: what is written is counted, hashed and packed as it goes by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mandate_graph import outputs, parquet, tables, write
from mandate_graph.dataset import Graph
from mandate_graph.errors import MissingPackage
from mandate_graph.write.lines import batched

__all__ = ["DUMP", "SUMS", "Download", "write_dumps"]

DUMP = "dump"
"""The folder of the downloads, below the site's root."""
SUMS = "SHA256SUMS"

_GRAPHS = {
    "turtle": ("ttl", "text/turtle"),
    "trig": ("trig", "application/trig"),
    "nquads": ("nq", "application/n-quads"),
    "ntriples": ("nt", "application/n-triples"),
    "jsonld": ("jsonld", "application/ld+json"),
}
_GZIP = "application/gzip"
# Media types: IANA; Parquet's is registered since 2024
_PARQUET = "application/vnd.apache.parquet"
_BESIDE = (
    ("context.jsonld", "context", "application/ld+json"),
    ("links.sssom.tsv", "sssom", "text/tab-separated-values"),
)


class Download(NamedTuple):
    """A file that is taken away: its path below the site's root, and what it is.

    ``holds`` is ``graph``, ``context``, ``links`` or ``table NAME``; ``form`` is the name of the format (those of
    ``write.FORMATS``, ``parquet``, ``csv``, ``csvw``, ``context``, ``sssom``). A packed file has the media type of what
    is in it, and names the plain one in ``compressed_of``.
    """

    path: str
    holds: str
    form: str
    media: str
    size: int
    sha256: str
    compressed_of: str = ""

    @property
    def name(self) -> str:
        """The path below the folder of downloads."""
        return self.path.removeprefix(f"{DUMP}/")

    @property
    def served(self) -> str:
        """The media type of the bytes."""
        return _GZIP if self.compressed_of else self.media


class _What(NamedTuple):
    """What a file is, before it is written."""

    name: str
    holds: str
    form: str
    media: str


def write_dumps(graph: Graph, folder: Path) -> tuple[list[Download], list[str]]:
    """Write ``dump/`` below a folder; what was written, and sentences about what could not be.

    Raises:
        MissingPath: when the graph has no build.
    """
    home = folder / DUMP
    (home / "tables").mkdir(parents=True, exist_ok=True)
    notes: list[str] = []
    written = [*_graphs(graph, home, notes), *_tables(graph, home, typed=not notes), *_beside(graph, home)]
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in sorted(written))
    (home / SUMS).write_text(sums, encoding="utf-8", newline="\n")
    return written, notes


def _graphs(graph: Graph, home: Path, notes: list[str]) -> Iterator[Download]:
    source, style = outputs.find_build(graph.folder or Path()), graph.style()
    for form, (ending, media) in _GRAPHS.items():
        what = _What(f"mandates.{ending}", "graph", form, media)
        yield from _both(home, what, write.stream(source, form, style))
    try:
        yield _plain(home, _What("mandates.parquet", "graph", "parquet", _PARQUET), parquet.quads(source))
    except MissingPackage as error:
        notes.append(f"Parquet is left out: {error}")


def _tables(graph: Graph, home: Path, *, typed: bool) -> Iterator[Download]:
    engine, prefixes = graph.engine(named_graphs=True), graph.style().terms.prefixes
    for name in tables.TABLES:
        described = tables.find_table(name)
        holds, file = f"table {name}", f"tables/{name}.csv"
        lines = batched(line.encode() for line in tables.TABLES[name](engine))
        yield from _both(home, _What(file, holds, "csv", "text/csv"), lines)
        beside = _What(f"{file}-metadata.json", holds, "csvw", "application/ld+json")
        yield _plain(home, beside, [tables.metadata(engine, described, f"{name}.csv", prefixes)])
        if typed:
            what = _What(f"tables/{name}.parquet", holds, "parquet", _PARQUET)
            with (home / file).open(encoding="utf-8", newline="") as written:
                yield _plain(home, what, parquet.table(written, described))


def _beside(graph: Graph, home: Path) -> Iterator[Download]:
    """What a build holds besides the graph."""
    for name, form, media in _BESIDE:
        path = (graph.folder or Path()) / name
        if path.is_file():
            what = _What(name, "links" if form == "sssom" else form, form, media)
            yield from _both(home, what, _read(path))


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            yield piece


class _Tally:
    """Writes pieces, and knows how many bytes they were and what their digest is."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._digest = hashlib.sha256()
        self._size = 0

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._size += self._handle.write(piece)
            self._digest.update(piece)
            yield piece

    def said(self, what: _What, *, packed: bool = False) -> Download:
        path = f"{DUMP}/{what.name}"
        end, of = (".gz", path) if packed else ("", "")
        return Download(path + end, what.holds, what.form, what.media, self._size, self._digest.hexdigest(), of)


def _plain(home: Path, what: _What, pieces: Iterable[bytes]) -> Download:
    with (home / what.name).open("wb") as handle:
        tally = _Tally(handle)
        for _ in tally.through(pieces):
            pass
        return tally.said(what)


def _both(home: Path, what: _What, pieces: Iterable[bytes]) -> list[Download]:
    """A file and the same file packed, in one pass over the pieces."""
    with (home / what.name).open("wb") as one, (home / f"{what.name}.gz").open("wb") as other:
        plain, packed = _Tally(one), _Tally(other)
        for _ in packed.through(outputs.compressed(plain.through(pieces))):
            pass
        return [plain.said(what), packed.said(what, packed=True)]
