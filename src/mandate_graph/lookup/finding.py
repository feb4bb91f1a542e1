"""Things by their names, and mandates by their words: the best first, each with where the words stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from mandate_graph.alike import near
from mandate_graph.citator.tokens import plain
from mandate_graph.errors import BadOption
from mandate_graph.lookup.catalogue import Entry, Naming
from mandate_graph.lookup.words import Words, keys

__all__ = ["Found", "Hit", "Named", "Place", "find", "hit", "named", "near_words", "ranked", "shortened", "vocabulary"]

_COLUMNS = ("words", "mandate", "language", "date", "document", "label", "verb", "text")
_EQUAL, _BEGINS, _IN_ONE, _IN_SEVERAL, _IN_TEXT = range(5)
# Who looks for a name means what mandates speak of, before the words that this project speaks in.
_KINDS = ("summit", "document", "theme", "topic", "instrument", "body", "country", "place", "sdg", "section", "page")
_SNIPPET = 180
_BEFORE = 60
_LABEL = 80
_WORD_ALIKE = 0.75
_FEW = 5
_HYPHENS = ("-", "\u2010", "\u2011")


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: its kind, its short key, its label, and where the words stand.

    ``where`` says in what they stand (label, other name, notation, identifier, hidden name, key or text), ``snippet``
    is that or a part of it, and ``marks`` are the places of the words in the snippet (start and end in code points).
    Of a mandate the first day of its Summit and its document are there too.
    """

    kind: str
    key: str
    label: str
    thing: str
    where: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    language: str = ""
    date: str = ""
    document: str = ""
    document_label: str = ""

    def marked(self, before: str = "**", after: str = "**") -> str:
        """The snippet with the words between signs."""
        text = self.snippet
        for start, end in reversed(self.marks):
            text = f"{text[:start]}{before}{text[start:end]}{after}{text[end:]}"
        return text


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, the best hits, and how many there are in all.

    When there is none: the words that occur nowhere (``missing``), and words that occur and are like them (``near``).
    """

    words: str
    hits: tuple[Hit, ...]
    total: int
    missing: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


class Named(NamedTuple):
    """A thing with all its names in normal form, made once for many questions; ``framed`` is all of them in one."""

    entry: Entry
    forms: Sequence[tuple[str, ...]]
    framed: str


Place: TypeAlias = "tuple[Entry, int] | bytes"
"""Where the words stand: in which name of a thing, or in which line of ``promises.tsv``."""


def named(entries: Iterable[Entry]) -> list[Named]:
    """Things as they are looked through."""
    found = []
    for entry in entries:
        forms = [keys(name.text) for name in entry.names]
        found.append(Named(entry, forms, " " + "  ".join(form for own in forms for form in own)))
    return found


def find(
    words: Words, names: Sequence[Named], promises: bytes, naming: Naming, *, kind: str = "", most: int = 20
) -> Found:
    """Look through names and through the words of mandates (``promises.tsv``).

    Raises:
        BadOption: when there is no such kind of thing.
    """
    known = {each.entry.kind for each in names} | {"mandate"}
    if kind and kind not in known:
        raise BadOption(
            "kind", f"{kind!r} is no kind of thing here; there are {', '.join(sorted(known))}", sorted(known)
        )
    found = ranked(words, names, promises.splitlines(), kind)
    return Found(words.text, tuple(hit(words, place, naming) for place in found[:most]), len(found))


def ranked(words: Words, names: Iterable[Named], lines: Iterable[bytes], kind: str = "") -> list[Place]:
    """Everything that has the words, the best first; ``lines`` are those of the mandates that count."""
    things = sorted(
        ((rank, each.entry) for each in names if kind in {"", each.entry.kind} and (rank := _rank(words, each))),
        key=lambda each: each[0],
    )
    mandates = sorted(_mandates(words, lines)) if kind in {"", "mandate"} else []
    by_key = sum(rank == _EQUAL for rank, *_ in mandates)
    found: list[Place] = [line for *_, line in mandates[:by_key]]
    found += ((entry, place) for (_, place, *_), entry in things)
    found += (line for *_, line in mandates[by_key:])
    return found


def hit(words: Words, place: Place, naming: Naming) -> Hit:
    """What is shown of it."""
    return _mandate(words, place, naming) if isinstance(place, bytes) else _named(words, *place)


def _rank(words: Words, asked: Named) -> tuple[int, int, int, int, str] | None:
    """How good a hit is, and in which of the names: the lower, the better."""
    entry, forms, framed = asked
    best: tuple[int, int] | None = None
    if words.text.strip("<> ") in {entry.thing, entry.key}:
        best = (_EQUAL, len(forms) - 1)
    elif not all(any(f" {form}" in framed for form in part.forms) for part in words.parts):
        return None  # most things are told at this look
    for place, own in enumerate(forms):
        if set(own) & set(words.forms):
            rank = _EQUAL
        elif any(one.startswith(other) for one in own for other in words.forms if other) and words.parts[0].stands_in(
            own
        ):
            rank = _BEGINS
        elif all(part.stands_in(own) for part in words.parts):
            rank = _IN_TEXT if entry.names[place].kind == "text" else _IN_ONE
        else:
            continue
        best = min(best, (rank, place)) if best else (rank, place)
    if best is None and all(any(part.stands_in(own) for own in forms) for part in words.parts):
        best = (_IN_SEVERAL, next(place for place, own in enumerate(forms) if words.parts[0].stands_in(own)))
    if best is None:
        return None
    order = _KINDS.index(entry.kind) if entry.kind in _KINDS else len(_KINDS)
    return *best, order, len(entry.label), entry.thing


def _named(words: Words, entry: Entry, place: int) -> Hit:
    name = entry.names[place]
    snippet, marks = shortened(name.text, words.marks(name.text))
    return Hit(entry.kind, entry.key, entry.label, entry.thing, name.kind, snippet, marks, name.language)


def _mandates(words: Words, lines: Iterable[bytes]) -> Iterator[tuple[int, int, int, str, bytes]]:
    """The lines that hold the words: those that were asked for by key, those that hold them in one run, the newest."""
    needles = [[needle.encode() for needle in part.needles()] for part in words.parts]
    runs = [f" {form}".encode() for form in words.forms]
    asked = f"/{words.text.strip().strip('<>').rpartition('/')[2]}".encode()
    for line in lines:
        column, _, rest = line.partition(b"\t")
        framed = b" " + column + b" "
        if rest.partition(b"\t")[0].endswith(asked):
            rank = _EQUAL
        elif all(any(needle in framed for needle in part) for part in needles) or _beside_hyphens(words, line):
            rank = _IN_TEXT
        else:
            continue
        mandate, _, date, _ = rest.decode().split("\t", 3)
        in_a_run = 0 if any(run in framed for run in runs) else 1
        yield rank, in_a_run, -int(re.sub(r"\D", "", date) or 0), mandate, line


def _beside_hyphens(words: Words, line: bytes) -> bool:
    """Whether words that a hyphen joins to others make up what is missing; looked at only where there is one."""
    if not any(hyphen.encode() in line for hyphen in _HYPHENS):
        return False
    text = plain(line.rpartition(b"\t")[2].decode())
    firsts = {form.split()[0] for part in words.parts for form in part.forms}
    if not any(hyphen + first in text for first in firsts for hyphen in _HYPHENS):
        return False
    return all(part.stands_in(keys(text)) for part in words.parts)


def _mandate(words: Words, line: bytes, naming: Naming) -> Hit:
    cells = dict(zip(_COLUMNS, line.decode().split("\t"), strict=True))
    text = cells["text"]
    snippet, marks = shortened(text, words.marks(text))
    return Hit(
        "mandate",
        naming.key(cells["mandate"]),
        text if len(text) <= _LABEL else text[: _LABEL + 1].rpartition(" ")[0] + "…",
        cells["mandate"],
        "text" if marks else "key",
        snippet,
        marks,
        cells["language"],
        cells["date"],
        cells["document"],
        cells["label"],
    )


def shortened(text: str, marks: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The part of a text around the first mark, cut between words, and the marks in it."""
    if len(text) <= _SNIPPET:
        return text, marks
    start = max(0, (marks[0][0] if marks else 0) - _BEFORE)
    end = min(len(text), start + _SNIPPET)
    start = max(0, end - _SNIPPET)
    if start:
        start = text.find(" ", start, marks[0][0]) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end), marks[0][1] if marks else 0) if " " in text[start:end] else end
    before, after = "…" * (start > 0), "…" * (end < len(text))
    shift = len(before) - start
    inside = tuple((a + shift, min(b, end) + shift) for a, b in marks if a >= start and a < end)
    return f"{before}{text[start:end]}{after}", inside


def vocabulary(names: Iterable[Named], lines: Iterable[bytes]) -> list[str]:
    """Every word that occurs, in order."""
    found = {word for each in names for forms in each.forms for form in forms for word in form.split()}
    return sorted(found | {word.decode() for line in lines for word in line.partition(b"\t")[0].split()})


def near_words(words: Words, occurring: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that occur nowhere (``occurring`` are those that do), and for the first few words like them."""
    missing = [
        word
        for word in dict.fromkeys(word for form in words.forms for word in form.split())
        if not "".join(occurring[(place := bisect_left(occurring, word)) : place + 1]).startswith(word)
    ]
    found: dict[str, None] = {}
    for word in missing[:_FEW]:
        alike = [each for each in occurring if abs(len(each) - len(word)) <= 2 and not each.isdecimal()]
        found.update((alike[place], None) for place, _ in near(word[:_LABEL], alike, 3, _WORD_ALIKE))
    return tuple(missing), tuple(found)
