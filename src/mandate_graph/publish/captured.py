"""A capture as it is shown: its text, cut where something begins or ends, with what each part was read as.

The text is walked once. What lies inside something else is opened inside it; what crosses its end is closed there and
opened again behind it, so that elements are always nested and every character is written once, in order. Places count
Unicode code points, as everywhere.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mandate_graph.dataset import Graph
from mandate_graph.errors import MandateGraphError

__all__ = ["KINDS", "Event", "Mark", "Reading", "accounted", "capture_events", "events", "readings"]

KINDS = (
    "heading", "marker", "label", "text", "citation", "footnote-mark", "footnote", "furniture", "unread", "blank",
    "untold",
)  # fmt: skip
"""What a piece of a capture can be read as (docs/reading.md), and ``untold`` where no report tells."""

_NEWLINE = re.compile(r"\r\n|\r|\n")
_RANK = {"occurrence": 0, "piece": 1, "place": 2}


class Mark(NamedTuple):
    """Something between two characters: its class, the address that leads to it, what it is about, what to say of it.

    ``sort`` is occurrence, piece or place; ``title`` names words of the interface; ``about`` are IRIs.
    """

    start: int
    end: int
    sort: str
    kind: str
    id: str = ""
    about: tuple[str, ...] = ()
    more: str = ""


class Event(NamedTuple):
    """A step through a text: ``open`` (a mark), ``close``, ``line`` (its number), ``text``, or ``anchor``."""

    step: str
    mark: Mark | None = None
    text: str = ""
    line: int = 0


class Reading(NamedTuple):
    """What the report says of a capture: its pieces, and how the file came to be read so."""

    pieces: tuple[tuple[str, int, int], ...]
    form: str
    because: str
    read_as: tuple[str, ...]


def readings(graph: Graph) -> dict[str, Reading]:
    """By the key of a capture, what the report of the build says; empty where there is no report to be read."""
    try:
        pages = graph.report.data["pages"]
    except (MandateGraphError, KeyError, ValueError):
        return {}
    return {
        page["sha256"][:12]: Reading(
            tuple((kind, start, end) for kind, start, end in page["pieces"]),
            page["form"]["name"],
            page["form"]["because"],
            tuple(page["read_as"]),
        )
        for page in reversed(pages)
    }


def accounted(events: Iterable[Event]) -> list[dict[str, Any]]:
    """By kind, in the order of ``KINDS``, how many pieces there are and how many characters they have."""
    pieces, characters = Counter[str](), Counter[str]()
    inside: list[Mark] = []
    for event in events:
        if event.step == "open" and event.mark:
            inside.append(event.mark)
            if event.mark.sort == "piece" and event.mark.id != "+":
                pieces[event.mark.kind] += 1
        elif event.step == "close":
            inside.pop()
        elif event.step == "text":
            kind = next((mark.kind for mark in reversed(inside) if mark.sort == "piece"), "untold")
            characters[kind] += len(event.text)
    return [
        {"kind": kind, "pieces": pieces[kind], "characters": characters[kind]} for kind in KINDS if characters[kind]
    ]


def capture_events(
    text: str, reading: Reading | None, rows: Mapping[str, Sequence[Mapping[str, Any]]], places: Iterable[str]
) -> list[Event]:
    """The steps through a capture's text.

    ``rows`` are the results of the queries ``occurrences``, ``footnotes`` and ``evidence``; ``places`` are the
    fragments (``char=1,2``) that IRIs of the graph have, each of which becomes a place that an address leads to.
    """
    told = _pieces(text, reading)
    marks = [*_occurrences(rows["occurrences"]), *_places(rows["evidence"], places)]
    marks += [Mark(start, end, "piece", kind) for kind, start, end in told or _guessed(text, rows)]
    marks += [
        Mark(int(row["start"]), int(row["end"]), "occurrence", "note", f"f-{row['start']}") for row in rows["footnotes"]
    ]
    return list(events(text, marks))


def events(text: str, marks: Iterable[Mark]) -> Iterator[Event]:
    """Steps whose texts, joined, are the text, and whose marks open and close as elements do.

    A mark without characters is left out. The part of a mark behind another one's end has the id ``+``.
    """
    size = len(text)
    lines = _lines(text)
    left = [
        (max(mark.start, 0), -min(mark.end, size), _RANK[mark.sort], number, mark)
        for number, mark in enumerate(marks)
        if max(mark.start, 0) < min(mark.end, size)
    ]
    heapq.heapify(left)
    inside: list[tuple[int, Mark]] = []
    here = 0
    while left or inside:
        if inside and (not left or inside[-1][0] <= left[0][0]):
            end, _ = inside.pop()
            yield from _text(text, here, end, lines)
            here = end
            yield Event("close")
            continue
        start, end, rank, number, mark = heapq.heappop(left)
        yield from _text(text, here, start, lines)
        here = start
        if inside and -end > inside[-1][0]:
            heapq.heappush(left, (inside[-1][0], end, rank, number, mark._replace(id="+")))
            end = -inside[-1][0]
        inside.append((-end, mark))
        yield Event("open", mark)
    yield from _text(text, here, size, lines)


def _lines(text: str) -> dict[int, int]:
    """By the place of its first character, the number of a line."""
    starts = [0, *(found.end() for found in _NEWLINE.finditer(text))]
    return {start: number for number, start in enumerate(starts, 1) if start < len(text)}


def _text(text: str, start: int, end: int, lines: Mapping[int, int]) -> Iterator[Event]:
    """Characters, with the number of each line before its first one."""
    here = start
    while here < end:
        if here in lines:
            yield Event("line", line=lines[here])
        found = _NEWLINE.search(text, here, end)
        # a line break of two characters may be cut by a mark; then the line begins behind the second one
        stop = found.end() if found else end
        yield Event("text", text=text[here:stop])
        here = stop


def _pieces(text: str, reading: Reading | None) -> list[tuple[str, int, int]]:
    """The pieces of the report, if they are those of this text: one after the other, from its start to its end."""
    here = 0
    for _, start, end in reading.pieces if reading else ():
        if start != here or end < start:
            return []
        here = end
    return list(reading.pieces) if reading and here == len(text) else []


def _guessed(text: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[tuple[str, int, int]]:
    """What the graph alone says: where listings and footnotes are, and that nothing is told of the rest."""
    known = sorted(
        (int(row["start"]), int(row["end"]), kind)
        for kind, name in (("text", "occurrences"), ("footnote", "footnotes"))
        for row in rows[name]
    )
    found: list[tuple[str, int, int]] = []
    here = 0
    for start, end, kind in known:
        if start < here or end > len(text):
            continue
        found += [("untold", here, start), (kind, start, end)]
        here = end
    return [piece for piece in [*found, ("untold", here, len(text))] if piece[1] < piece[2]]


def _occurrences(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mark]:
    """Listings, each with the mandate that it is of; the class says who says where it comes from."""
    by_start: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        by_start.setdefault((int(row["start"]), int(row["end"])), []).append(row)
    seen: set[int] = set()
    for (start, end), found in sorted(by_start.items()):
        mandates = tuple(sorted({row["mandate"] for row in found}))
        place = "" if start in seen else f"o-{start}"
        seen.add(start)
        yield Mark(start, end, "occurrence", found[0]["attribution"] or "unknown", place, mandates)


def _places(rows: Iterable[Mapping[str, Any]], fragments: Iterable[str]) -> Iterator[Mark]:
    """The places that inferences rest on, with what is named there."""
    about: dict[str, set[str]] = {}
    sorts: dict[str, set[str]] = {}
    for row in rows:
        place = row["place"].partition("#")[2]
        if row["named"]:
            about.setdefault(place, set()).add(row["named"])
        if row["type"]:
            sorts.setdefault(place, set()).add(row["type"])
    for fragment in sorted(set(fragments) | set(sorts)):
        found = re.fullmatch(r"char=(\d+),(\d+)", fragment)
        if found:
            kind = min(sorts.get(fragment, {"place"}), key=_weight)
            yield Mark(int(found[1]), int(found[2]), "place", kind, fragment, tuple(sorted(about.get(fragment, ()))))


def _weight(kind: str) -> tuple[int, str]:
    order = ("mention", "topic", "cue", "claim")
    return (order.index(kind) if kind in order else len(order), kind)
