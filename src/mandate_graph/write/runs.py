"""Sorting N-Quads that do not fit into memory: runs, cut into ranges at common places; ranges, sorted and joined.

Runs are made where the lines are made, ranges are sorted one by one and anywhere, and only the joining goes in order::

    cuts = splitters(sample, count)
    runs = [put_run(lines, path, cuts) for …]                    # each as many lines as fit
    ranges = [sort_range(runs, number, path) for number in …]    # len(cuts) + 1 of them
    join([each.path for each in ranges], more, target)

A line is canonical N-Quads (RDF Dataset Canonicalization §5) in UTF-8 with its newline, names a graph, and holds no
blank node. The order is that of the bytes, which in UTF-8 is that of the code points, as in ``write.nquads``.

All lines of one triple are neighbours: two of them share the beginning "s p o ", and what sorts between two lines has
what they share. A term is never the beginning of another with a space behind it (an IRI holds no space, and the end of
a literal is told by its quotation mark), so that "s p o " begins lines of this triple alone. Cuts are such beginnings:
no triple is in two ranges, and figures of ranges add up.
"""

from __future__ import annotations

import hashlib
import operator
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, pairwise
from pathlib import Path
from typing import NamedTuple

from mandate_graph.iris import MG
from mandate_graph.write.whole import put_whole

__all__ = ["TYPING", "Joined", "Run", "Sorted", "join", "put_run", "sort_range", "splitters"]

TYPING = f" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{MG}".encode()
"""What says that something is of a class of the own vocabulary, behind its subject."""


class Run(NamedTuple):
    """A sorted file without repetition, and the bytes at which its ranges begin; the last one is its size."""

    path: Path
    cuts: tuple[int, ...]

    def only(self, number: int) -> Run:
        """The same file with one of its ranges."""
        return Run(self.path, self.cuts[number : number + 2])


class Sorted(NamedTuple):
    """One range of all runs, sorted, and its figures, which add up over ranges.

    ``size`` is in bytes. ``triples`` are distinct without regard of their graphs. ``classes`` are those of the own
    vocabulary, with the distinct triples that give them; ``graphs`` have their quads. Both by N-Triples IRI.
    """

    path: Path
    size: int
    quads: int
    triples: int
    classes: Mapping[str, int]
    graphs: Mapping[str, int]


class Joined(NamedTuple):
    """What was written: lines, bytes, and their SHA-256 in hexadecimal."""

    quads: int
    size: int
    sha256: str


def splitters(lines: Sequence[bytes], count: int) -> tuple[bytes, ...]:
    """Where to cut, so that each of at most ``count`` ranges has as many bytes, judged by a sample of the lines.

    A range is sorted in memory, where it takes some four times its bytes: ranges of 32 MB are a good size.
    """
    ordered = sorted(lines)
    sizes = list(accumulate(map(len, ordered)))
    places = (bisect_left(sizes, sizes[-1] * number / count) for number in range(1, count)) if ordered else ()
    return tuple(sorted({ordered[place].rpartition(b" <")[0] + b" " for place in places}))


def put_run(lines: Iterable[bytes], path: Path, cuts: Sequence[bytes]) -> Run:
    """Sort lines, each once, into one file; ``cuts`` are ``splitters``, the same ones for every run.

    The file is there whole or not at all, and may be written again.
    """
    ordered = sorted(set(lines))
    places = [0, *(bisect_left(ordered, cut) for cut in cuts), len(ordered)]
    parts = [b"".join(ordered[start:end]) for start, end in pairwise(places)]
    put_whole(path, parts)
    return Run(path, tuple(accumulate(map(len, parts), initial=0)))


def sort_range(runs: Iterable[Run], number: int, path: Path) -> Sorted:
    """Put one range of all runs into one sorted file without repetition, which is there whole or not at all.

    The runs stay. Memory grows with the range alone.
    """
    lines: list[bytes] = []
    for part in _slices(runs, number):
        lines += part.split(b"\n")
        lines.pop()  # what follows the last newline
    lines.sort()  # which merges the runs, as it finds them in order
    lines = list(compress(lines, map(operator.ne, lines, chain((b"",), lines))))
    triples, graphs = _figures(lines)
    data = b"\n".join([*lines, b""])
    put_whole(path, (data,))
    return Sorted(path, len(data), len(lines), triples, _classes(data), graphs)


def join(ranges: Iterable[Path], more: Iterable[bytes], target: Path) -> Joined:
    """Put sorted ranges, in their order, into one file, with a few more lines where they belong.

    Each range is removed when it was copied, so that the disk holds the quads once. Memory holds one range.
    """
    digest = hashlib.sha256()
    quads = size = 0
    with target.open("wb") as file:
        for data in _merged(ranges, sorted(set(more))):
            file.write(data)
            digest.update(data)
            quads += data.count(b"\n")
            size += len(data)
    return Joined(quads, size, digest.hexdigest())


def _slices(runs: Iterable[Run], number: int) -> Iterator[bytes]:
    for path, cuts in runs:
        start, end = cuts[number : number + 2]
        if start < end:
            with path.open("rb") as file:
                file.seek(start)
                yield file.read(end - start)


def _figures(lines: Iterable[bytes]) -> tuple[int, dict[str, int]]:
    """Distinct triples, and quads by graph, of sorted lines without their newlines."""
    graphs: list[bytes] = []
    triples, last = 0, b""
    for line in lines:
        triple, graph, _ = line.rsplit(b" ", 2)
        graphs.append(graph)
        if triple != last:
            triples += 1
            last = triple
    return triples, {name.decode(): count for name, count in sorted(Counter(graphs).items())}


def _classes(data: bytes) -> dict[str, int]:
    """Distinct typings by class in sorted lines; they are few, and are found faster than each line is looked at."""
    found: Counter[bytes] = Counter()
    last = b""
    at = data.find(TYPING)
    while at >= 0:
        start, end = data.rfind(b"\n", 0, at) + 1, data.index(b"> ", at + len(TYPING)) + 1
        triple = data[start:end]
        # A text may hold the words of a typing; in a true one they follow the subject, which holds no space.
        if triple != last and data.find(b" ", start) == at:
            found[triple.rpartition(b" ")[2]] += 1
            last = triple
        at = data.find(TYPING, at + 1)
    return {name.decode(): count for name, count in sorted(found.items())}


def _merged(ranges: Iterable[Path], more: list[bytes]) -> Iterator[bytes]:
    done = 0
    for path in ranges:
        data = path.read_bytes()
        last = data[data.rfind(b"\n", 0, -1) + 1 :]
        here = bisect_right(more, last, done)
        if here > done:
            lines = data.split(b"\n")[:-1]
            data = b"\n".join(sorted({*lines, *(line[:-1] for line in more[done:here])})) + b"\n"
            done = here
        yield data
        path.unlink()
    yield b"".join(more[done:])
