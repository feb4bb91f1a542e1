"""Texts that share many runs of three words, found by hashes of the runs on disk: the door to numpy.

A million texts have a hundred million runs. Sets of strings would need tens of gigabytes; here a run is eight bytes in
a file. Three stages, of which the second and the third are tasks without an order among them:

1. `spool_runs` writes the hashes of each text one after another, and all of them again into parts by their first bits.
2. `index_part` finds in a part which texts share a run.
3. `candidates` gathers from all parts the pairs of a stretch of texts (`stretches`), and counts what they share.

Inside, a text is its place in the order in which the texts came.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mandate_graph.iris import text_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mandate_graph.resolve.kin import Bounds, TextRuns

    Hashes = NDArray[np.uint64]
    Places = NDArray[np.int64]

__all__ = ["PARTS", "Index", "candidates", "index_part", "runs_of", "spool_runs", "stretches"]

PARTS = 64
"""The parts are cut by the first six bits of a hash: of 10⁸ runs each has 1.6 million, about 150 MB while indexed."""

_PART_SHIFT = np.uint64(58)
# Little-endian on any machine, because files may go to another one.
_HASH = np.dtype("<u8")
_NUMBER = np.dtype("<u4")
# So many runs are put into their parts at once; so many pairs, or so many texts, make a stretch.
_RUNS_AT_ONCE = 1 << 20
_PAIRS_AT_ONCE = 1 << 21
_TEXTS_AT_ONCE = 10_000
_KNOWN_WORDS = 1 << 17
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
# The constants of SplitMix64's finaliser (Steele, Lea, Flood 2014).
_FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)


def runs_of(text: str) -> bytes:
    """The hashes of the runs of a text (`kin.runs`): 8 bytes each, little-endian, ascending, none twice.

    They are the same on every machine.
    """
    words = np.array([_word_hash(word) for word in text_key(text).split()], dtype=np.uint64)
    if len(words) < 3:
        return b""
    hashes = _mixed(_mixed(_mixed(words[:-2]) + words[1:-1]) + words[2:])
    hashes.sort()
    return hashes[_changes(hashes)].astype(_HASH, copy=False).tobytes()


@functools.lru_cache(_KNOWN_WORDS)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(numbers: Hashes) -> Hashes:
    numbers = (numbers ^ (numbers >> _SHIFTS[0])) * _FACTORS[0]
    numbers = (numbers ^ (numbers >> _SHIFTS[1])) * _FACTORS[1]
    return numbers ^ (numbers >> _SHIFTS[2])


def _changes(ordered: NDArray[np.integer]) -> Places:
    """Where another number begins."""
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.flatnonzero(first)


def _together(numbers: Places) -> Iterator[tuple[int, int]]:
    """Where equal numbers that stand together begin and end."""
    return itertools.pairwise([*_changes(numbers).tolist(), len(numbers)])


def spool_runs(texts: Iterable[TextRuns], scratch: Path) -> None:
    """Write what the other stages read into an empty folder; texts of no document are left out.

    Raises:
        ValueError: a text does not come after the one before in the order of keys.
    """
    documents: dict[str, int] = {}
    languages: dict[str, int] = {}
    spooled = 0
    for batch in _batches(texts):
        keys = [text.key.encode() for text in batch]
        sizes = [len(text.runs) // _HASH.itemsize for text in batch]
        hashes = b"".join([text.runs for text in batch])
        _append(scratch / "hashes", hashes)
        _append(scratch / "keys", b"".join(keys))
        for name, numbers in (
            ("sizes", sizes),
            ("key-sizes", [len(key) for key in keys]),
            ("documents", [documents.setdefault(text.document, len(documents)) for text in batch]),
            ("languages", [languages.setdefault(text.language, len(languages)) for text in batch]),
        ):
            _append(scratch / name, np.array(numbers, _NUMBER).tobytes())
        _part(scratch, np.frombuffer(hashes, _HASH), np.repeat(np.arange(spooled, spooled + len(batch)), sizes))
        spooled += len(batch)


def _batches(texts: Iterable[TextRuns]) -> Iterator[list[TextRuns]]:
    batch: list[TextRuns] = []
    held, before = 0, ""
    for text in texts:
        if text.key <= before:
            raise ValueError(
                f"{text.key!r} comes after {before!r}: give the texts in the order of their keys, each once"
            )
        before = text.key
        if text.document:
            batch.append(text)
            held += len(text.runs)
        if held > _RUNS_AT_ONCE * _HASH.itemsize:
            yield batch
            batch, held = [], 0
    yield batch


def _part(scratch: Path, hashes: Hashes, owners: Places) -> None:
    parts = (hashes >> _PART_SHIFT).astype(np.uint8)
    order = parts.argsort(kind="stable")
    hashes, owners = hashes[order], owners[order].astype(_NUMBER)
    ends = np.bincount(parts, minlength=PARTS).cumsum()
    for part, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if start < end:
            _append(_of_part(scratch, part, "hashes"), hashes[start:end].tobytes())
            _append(_of_part(scratch, part, "texts"), owners[start:end].tobytes())


def _of_part(scratch: Path, part: int, name: str) -> Path:
    return scratch / f"{part:02}-{name}"


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _numbers(path: Path, start: int = 0, count: int = -1, dtype: np.dtype[np.unsignedinteger] = _NUMBER) -> Places:
    """What a file holds of numbers, from a place on; a part that has nothing has no file."""
    if not path.exists():
        return np.empty(0, np.int64)
    return np.fromfile(path, dtype, count, offset=start * dtype.itemsize).astype(np.int64)


def index_part(scratch: Path, part: int, formula: int) -> None:
    """Write for a part which texts of one language and several documents share a run that is no formula.

    ``postings`` are the texts of each such run in their order. ``own``, ``at`` and ``tails`` say of each text, by text,
    at which posting the later texts of a run begin, and how many they are. ``formulas`` and ``pairs`` count for each
    text its runs that stand in more than ``formula`` texts, and its pairs.
    """
    documents = _numbers(scratch / "documents")
    languages = _numbers(scratch / "languages").astype(np.uint64)
    owners, sizes, formulas = _sharers(scratch, part, formula, len(documents))
    # Within a run by language, and within it by text.
    spoken = np.uint64(languages.max(initial=0) + 1)
    group = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes) * spoken + languages[owners]
    group = (group << _HALF) | owners.astype(np.uint64)
    group.sort()
    owners = (group & _LOW).astype(np.int64)
    starts = _changes(group >> _HALF)
    sizes = np.diff(starts, append=len(owners))
    if len(starts):
        of = documents[owners]
        several = np.minimum.reduceat(of, starts) != np.maximum.reduceat(of, starts)
        owners, sizes = owners[np.repeat(several, sizes)], sizes[several]
    at = np.arange(1, len(owners) + 1)
    tails = np.repeat(sizes.cumsum(), sizes) - at
    order = owners.argsort(kind="stable")
    order = order[tails[order] > 0]
    pairs = np.bincount(owners, weights=tails, minlength=len(documents))
    for name, numbers in (
        ("postings", owners), ("own", owners[order]), ("at", at[order]), ("tails", tails[order]),
        ("formulas", formulas), ("pairs", pairs),
    ):  # fmt: skip
        _put(numbers, _of_part(scratch, part, name))


def _sharers(scratch: Path, part: int, formula: int, texts: int) -> tuple[Places, Places, Places]:
    """The texts of each run that several have and that is no formula, how many each has; the formulas of each text."""
    hashes = _numbers(_of_part(scratch, part, "hashes"), dtype=_HASH)
    owners = _numbers(_of_part(scratch, part, "texts"))
    order = hashes.argsort()
    hashes, owners = hashes[order], owners[order]
    sizes = np.diff(_changes(hashes), append=len(hashes))
    formulas = np.bincount(owners[np.repeat(sizes > formula, sizes)], minlength=texts)
    shared = (sizes > 1) & (sizes <= formula)
    return owners[np.repeat(shared, sizes)], sizes[shared], formulas


def stretches(scratch: Path) -> list[tuple[int, int]]:
    """Where stretches begin and end that have few enough texts and pairs for one task; what indexing read goes."""
    pairs = _summed(scratch, "pairs")
    _put(_summed(scratch, "formulas"), scratch / "formulas")
    for part in range(PARTS):
        for name in ("hashes", "texts"):
            _of_part(scratch, part, name).unlink(missing_ok=True)
    ends = pairs.cumsum()
    found, first = [], 0
    while first < len(pairs):
        before = ends[first] - pairs[first]
        end = int(np.searchsorted(ends, before + _PAIRS_AT_ONCE, side="right"))
        end = min(max(end, first + 1), first + _TEXTS_AT_ONCE)
        found.append((first, end))
        first = end
    return found


def _put(numbers: Places, path: Path) -> None:
    """Write numbers to a file: what ``tofile`` cannot write when it closes it is lost without a word."""
    path.write_bytes(numbers.astype(_NUMBER).tobytes())


def _summed(scratch: Path, name: str) -> Places:
    total = _numbers(_of_part(scratch, 0, name))
    for part in range(1, PARTS):
        total += _numbers(_of_part(scratch, part, name))
    return total


def candidates(scratch: Path, first: int, end: int, bounds: Bounds) -> Iterator[tuple[str, list[tuple[float, str]]]]:
    """The keys of a stretch with the later texts that are kin by their hashes: their shares and keys, likest first."""
    one, other, common = _pairs(scratch, first, end, bounds.telling)
    sizes = _numbers(scratch / "sizes")
    formulas = _numbers(scratch / "formulas")
    shorter = np.minimum(sizes[one], sizes[other])
    most = common + np.minimum(formulas[one], formulas[other])
    likely = (most >= bounds.fewest) & (most / shorter >= bounds.share)
    one, other, common, shorter, most = one[likely], other[likely], common[likely], shorter[likely], most[likely]
    open_ = np.flatnonzero(most > common)
    common[open_] = _in_common(scratch / "hashes", sizes, one[open_], other[open_])
    share = common / shorter
    kin = np.flatnonzero((common >= bounds.fewest) & (share >= bounds.share))
    kin = kin[np.lexsort((other[kin], -share[kin], one[kin]))]
    if len(kin):
        yield from _named(scratch, one[kin], other[kin], share[kin])


def _pairs(scratch: Path, first: int, end: int, telling: int) -> tuple[Places, Places, Places]:
    """The texts of a stretch with later texts of other documents, and how many runs that are no formulas they share."""
    documents = _numbers(scratch / "documents")
    found = []
    for part in range(PARTS):
        path = _of_part(scratch, part, "own")
        if not path.stat().st_size:
            continue
        own = np.memmap(path, _NUMBER, "r")
        start, stop = np.searchsorted(own, np.array([first, end], _NUMBER)).tolist()
        tails = _numbers(_of_part(scratch, part, "tails"), start, stop - start)
        at = _numbers(_of_part(scratch, part, "at"), start, stop - start)
        one = np.repeat(own[start:stop].astype(np.int64), tails)
        postings = np.memmap(_of_part(scratch, part, "postings"), _NUMBER, "r")
        other = postings[np.repeat(at - tails.cumsum() + tails, tails) + np.arange(len(one))].astype(np.int64)
        apart = documents[one] != documents[other]
        found.append((one[apart] - first) << 32 | other[apart])
    pairs = np.concatenate(found) if found else np.empty(0, np.int64)
    pairs.sort()
    starts = _changes(pairs)
    counts = np.diff(starts, append=len(pairs))
    pairs, counts = pairs[starts[counts >= telling]], counts[counts >= telling]
    return (pairs >> 32) + first, pairs & 0xFFFFFFFF, counts


def _in_common(path: Path, sizes: Places, one: Places, other: Places) -> Places:
    """How many runs each two texts have in common, formulas too; those of one text stand together."""
    ends = sizes.cumsum() * _HASH.itemsize
    counts = np.zeros(len(one), np.int64)
    with path.open("rb", buffering=0) as file:

        def read(text: int) -> bytes:
            size = int(sizes[text]) * _HASH.itemsize
            file.seek(int(ends[text]) - size)
            return file.read(size)

        for start, stop in _together(one):
            own = np.frombuffer(read(one[start]), _HASH)
            theirs = [read(text) for text in other[start:stop].tolist()]
            runs = np.frombuffer(b"".join(theirs), _HASH)
            both = own[np.searchsorted(own, runs).clip(max=len(own) - 1)] == runs
            begins = np.array([0, *[len(each) // _HASH.itemsize for each in theirs[:-1]]]).cumsum()
            counts[start:stop] = np.add.reduceat(both, begins, dtype=np.int64)
    return counts


def _named(
    scratch: Path, one: Places, other: Places, share: NDArray[np.float64]
) -> Iterator[tuple[str, list[tuple[float, str]]]]:
    ends = _numbers(scratch / "key-sizes").cumsum()
    with (scratch / "keys").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as keys:

        def key(text: int) -> str:
            return keys[ends[text - 1] if text else 0 : ends[text]].decode()

        for start, stop in _together(one):
            others = zip(share[start:stop].tolist(), other[start:stop].tolist(), strict=True)
            yield key(int(one[start])), [(each, key(text)) for each, text in others]


class Index:
    """Which texts of documents have some of a few runs; memory grows with those, and by some 200 bytes a text."""

    def __init__(self, texts: Iterable[TextRuns], runs: Iterable[bytes]) -> None:
        """The texts come in the order of their keys; ``runs`` are hashes as texts have them."""
        wanted = np.unique(np.frombuffer(b"".join(runs), _HASH))
        self.keys: list[str] = []
        self._kinds: list[tuple[str, str]] = []
        sizes, hashes, owners = [np.empty(0, np.int64)], [np.empty(0, _HASH)], [np.empty(0, np.int64)]
        for batch in _batches(texts):
            own = np.array([len(text.runs) // _HASH.itemsize for text in batch], np.int64)
            all_of = np.frombuffer(b"".join([text.runs for text in batch]), _HASH)
            places = np.searchsorted(wanted, all_of).clip(max=max(len(wanted) - 1, 0))
            found = wanted[places] == all_of if len(wanted) else np.zeros(len(all_of), bool)
            owners.append(np.repeat(np.arange(len(self.keys), len(self.keys) + len(batch)), own)[found])
            hashes.append(all_of[found])
            sizes.append(own)
            self.keys += [text.key for text in batch]
            self._kinds += [(text.language, text.document) for text in batch]
        self._sizes, self._hashes, of = (np.concatenate(several) for several in (sizes, hashes, owners))
        self._ends = np.bincount(of, minlength=len(self.keys)).cumsum()
        order = self._hashes.argsort(kind="stable")
        self._ordered, self._owners = self._hashes[order], of[order]

    def counts(self, runs: bytes) -> list[int]:
        """How many texts have each run, of those that were asked for."""
        starts, ends = self._span(np.frombuffer(runs, _HASH))
        counts: list[int] = (ends - starts).tolist()
        return counts

    def _span(self, runs: Hashes) -> tuple[Places, Places]:
        return np.searchsorted(self._ordered, runs, "left"), np.searchsorted(self._ordered, runs, "right")

    def kin(self, text: TextRuns, bounds: Bounds) -> tuple[list[str], list[tuple[float, str]]]:
        """Earlier texts that are kin of a text by their hashes, and later ones with their shares, likest first.

        All runs of the text were asked for; it need not be among the texts itself.
        """
        own = np.frombuffer(text.runs, _HASH)
        earlier: list[str] = []
        later: list[tuple[float, str]] = []
        for other, told in self._sharers(own, bounds).items():
            language, document = self._kinds[other]
            if told < bounds.telling or language != text.language or document == text.document:
                continue
            end = int(self._ends[other])
            start = int(self._ends[other - 1]) if other else 0
            common = len(np.intersect1d(own, self._hashes[start:end], assume_unique=True))
            share = common / min(len(own), int(self._sizes[other]))
            if common < bounds.fewest or share < bounds.share:
                continue
            if self.keys[other] > text.key:
                later.append((share, self.keys[other]))
            else:
                earlier.append(self.keys[other])
        return earlier, sorted(later, key=lambda pair: (-pair[0], pair[1]))

    def _sharers(self, runs: Hashes, bounds: Bounds) -> dict[int, int]:
        """The texts that have some of the runs that are no formulas, and how many."""
        starts, ends = self._span(runs)
        found = [
            self._owners[start:end]
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
            if end - start <= bounds.formula
        ]
        if not found:
            return {}
        owners, counts = np.unique(np.concatenate(found), return_counts=True)
        return dict(zip(owners.tolist(), counts.tolist(), strict=True))
