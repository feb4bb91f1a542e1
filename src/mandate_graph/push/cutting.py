"""A build cut by graph into files of N-Triples, and those into parts that a request can hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mandate_graph.engine import unquote
from mandate_graph.errors import BadRdf
from mandate_graph.house import packaged_house

__all__ = ["Part", "Spooled", "parts", "spool"]

_SPACE = b" <http://rdfs.org/ns/void#uriSpace> "
_BUFFERED = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Spooled:
    """A build cut by graph: the base of its identifiers; of each graph a file of N-Triples, and how many they are."""

    base: str
    graphs: dict[str, tuple[Path, int]]

    @property
    def meta(self) -> str:
        """The graph that describes the dataset."""
        return f"{self.base}graph/meta"


class Part(NamedTuple):
    """What one request holds: N-Triples of a graph, and how many they are."""

    graph: str
    triples: int
    ntriples: bytes


def spool(file: Path, folder: Path, buffered: int = _BUFFERED) -> Spooled:
    """Cut sorted N-Quads by graph into files of N-Triples, in one pass and with at most ``buffered`` bytes in memory.

    Raises:
        BadRdf: when a line is no quad of the dataset, or holds a blank node. Those have a name in one request only:
            neither could a graph be sent in parts, nor a part be sent twice.
    """
    held: dict[str, list[bytes]] = {}
    counts: dict[str, int] = {}
    paths: dict[str, Path] = {}
    base, size = "", 0

    def empty() -> None:
        for graph, lines in held.items():
            paths.setdefault(graph, folder / f"{len(paths)}.nt")
            with paths[graph].open("ab") as out:
                out.writelines(lines)
        held.clear()

    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            triple, graph = _halves(line, f"{file}, line {number}")
            held.setdefault(graph, []).append(triple + b" .\n")
            counts[graph] = counts.get(graph, 0) + 1
            if _SPACE in triple and not base:
                base = _base(triple)
            size += len(line)
            if size > buffered:
                empty()
                size = 0
    empty()
    base = base or packaged_house().config().base
    foreign = [graph for graph in counts if not graph.startswith(f"{base}graph/")]
    if foreign or not counts:
        what = f"holds the graph {foreign[0]}, which is not below {base}graph/" if foreign else "is empty"
        raise BadRdf(str(file), f"{what}; nothing was pushed")
    return Spooled(base, {graph: (paths[graph], count) for graph, count in counts.items()})


def _halves(line: bytes, where: str) -> tuple[bytes, str]:
    """The triple and the graph of a line of canonical N-Quads, where the graph's IRI is what stands last."""
    triple, found, name = line.rpartition(b" <")
    if not found or not name.endswith(b"> .\n"):
        raise BadRdf(where, "is no quad in canonical N-Quads; make the build again")
    if triple.startswith(b"_:") or triple.split(b" ", 2)[-1].startswith(b"_:"):
        raise BadRdf(where, "holds a blank node, and a build has none; make the build again")
    return triple, name[:-4].decode()


def _base(triple: bytes) -> str:
    """The dataset's space, else nothing: vocabularies that are linked to have spaces too; a dataset lies in its own."""
    subject, _, term = triple.partition(_SPACE)
    space = unquote(term.decode())[1]
    return space if subject.startswith(f"<{space}".encode()) else ""


def parts(graph: str, file: Path, most_triples: int, most_bytes: int) -> Iterator[Part]:
    """A graph's file in parts of so many triples and bytes at most (a longer triple is a part of its own)."""
    lines: list[bytes] = []
    size = 0
    with file.open("rb") as opened:
        for line in opened:
            if lines and (len(lines) >= most_triples or size + len(line) > most_bytes):
                yield Part(graph, len(lines), b"".join(lines))
                lines, size = [], 0
            lines.append(line)
            size += len(line)
    if lines:
        yield Part(graph, len(lines), b"".join(lines))
