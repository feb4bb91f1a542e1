"""Canonical N-Quads into a store, in memory or on a disk: every graph by its name, and their union without a name."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import pyoxigraph as ox

from mandate_graph.errors import BadRdf

__all__ = ["Progress", "load", "revise_store", "silent", "write_store"]

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many bytes are done, and of how many."""

_PIECE = 1 << 20


def silent(_done: int, _total: int) -> None:
    """Say nothing."""


def write_store(nquads: Path, folder: Path, progress: Progress = silent) -> None:
    """Make an on-disk store of a file of canonical N-Quads in a new folder: every graph by its name, and their union.

    The file is read as a stream, twice; what the loader holds in memory has a bound that does not depend on it.

    Raises:
        BadRdf: when they are not valid N-Quads.
        OSError: when the system refuses.
    """
    store = ox.Store(str(folder))
    load(store, nquads, named_graphs=True, progress=progress)
    store.flush()


def revise_store(folder: Path, gone: Iterable[bytes], new: Iterable[bytes]) -> None:
    """Take lines of canonical N-Quads out of a store that ``write_store`` made, and put others in.

    Raises:
        BadRdf: when the folder holds no store, or the lines are not valid.
        OSError: when the system refuses.
    """
    try:
        store = ox.Store(str(folder))
        going, coming = (
            list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)) for lines in (list(gone), list(new))
        )
    except (SyntaxError, ValueError, RuntimeError) as error:
        raise BadRdf(str(folder), f"cannot be revised: {error}") from None
    for quad in going:
        store.remove(quad)
    store.extend(coming)
    store.extend({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in coming})
    for quad in going:
        found = store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        # On a disk the engine finds too much where the key of a term ends in a byte of ones, as that of 255 does.
        still = (each for each in found if each.triple == quad.triple)
        if all(isinstance(each.graph_name, ox.DefaultGraph) for each in still):
            store.remove(ox.Quad(quad.subject, quad.predicate, quad.object))
    store.flush()


def load(
    store: ox.Store,
    nquads: bytes | Path,
    *,
    named_graphs: bool,
    blank_names: bool = False,
    progress: Progress = silent,
) -> None:
    """Load into a store. With ``blank_names``, blank nodes keep the names that they have.

    Raises:
        BadRdf: when they are not valid N-Quads.
    """
    size = len(nquads) if isinstance(nquads, bytes) else nquads.stat().st_size
    total = 2 * size if named_graphs else size
    try:
        with io.BytesIO(nquads) if isinstance(nquads, bytes) else nquads.open("rb") as file:
            union: Any = _Pieces(_union(_read(file, lambda done: progress(done, total))))
            if blank_names and not (isinstance(nquads, bytes) and b"_:" not in nquads):
                store.bulk_extend(ox.parse(union, format=ox.RdfFormat.N_TRIPLES))
            else:
                store.bulk_load(union, ox.RdfFormat.N_TRIPLES)
            if named_graphs:
                file.seek(0)
                quads: Any = _Pieces(_read(file, lambda done: progress(size + done, total)))
                store.bulk_load(quads, ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise BadRdf("the dataset", f"not valid N-Quads: {error}") from None


class _Pieces:
    """Pieces as a file to the engine's loader, so that no second copy of the data is in memory."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """At most so many bytes more; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


def _read(file: BinaryIO, told: Callable[[int], None]) -> Iterator[bytes]:
    """Whole lines, a megabyte at a time; ``told`` of the bytes that were used."""
    done = 0
    while lines := file.read(_PIECE) + file.readline():
        yield lines
        done += len(lines)
        told(done)


def _union(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Canonical N-Quads read as N-Triples; a graph name is an IRI, and so the last one on its line.

    In sorted lines a triple of several graphs stands in neighbouring lines.
    """
    last = None
    for lines in pieces:
        triples = []
        for line in lines.splitlines():
            # what does not end in a graph's name stays as it is, for the parser to refuse
            triple = line.rpartition(b" <")[0] if line.endswith(b"> .") else line + b" ."
            if triple != last:
                triples.append(triple)
                last = triple
        if triples:
            yield b" .\n".join(triples) + b" .\n"
