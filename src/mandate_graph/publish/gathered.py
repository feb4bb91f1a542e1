"""Rows about mandates, gathered into paragraphs: what is read in two languages is one paragraph, and counts once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mandate_graph.engine import Engine
from mandate_graph.publish.paragraphs import dates, rows

__all__ = ["MOST_LISTED", "Origins", "by_summit", "context", "counted", "gathered", "origins", "tree", "verbs"]

MOST_LISTED = 500
"""How many paragraphs a page lists whole; a page of a large theme would else be as large as the whole dataset."""
AROUND = 110
"""Characters before and behind quoted words."""

_OPENING = re.compile(r"(?:To |We )?([^ ,;:]+)", re.DOTALL)
_DOCUMENTS = """SELECT DISTINCT ?place ?document ?summit ?date {
  { ?document a mg:SummitDocument BIND ( ?document AS ?place ) }
  UNION { ?mandate a mg:Mandate ; eli:is_part_of ?place . ?place eli:is_part_of ?document .
    ?document a mg:SummitDocument }
  OPTIONAL { ?document prov:wasGeneratedBy ?summit } OPTIONAL { ?summit schema:startDate ?date } }"""

Rows = Iterable[Mapping[str, Any]]


class Origins(NamedTuple):
    """By document or section, the document, its Summit and the day of it; and all Summits, oldest first."""

    places: Mapping[str, tuple[str, str, str]]
    summits: Sequence[tuple[str, str]]


def origins(engine: Engine) -> Origins:
    """Where mandates come from; there are few documents, and asking once is cheaper than asking for each mandate."""
    places = {place: (document, summit, date) for place, document, summit, date in sorted(rows(engine, _DOCUMENTS))}
    known = sorted(dates(engine).items(), key=lambda row: (row[1], row[0]))
    return Origins(places, known)


def gathered(found: Rows, known: Origins, language: str) -> list[dict[str, Any]]:
    """Paragraphs, the newest Summit first and those of no Summit last.

    Rows have ``mandate``, ``twin``, ``place``, ``number`` and ``text``; all others stay in ``rows``. A paragraph has
    ``key`` (the first of its mandates), ``mandate`` and ``text`` (in the reader's language if there is one),
    ``mandates``, ``document``, ``summit``, ``date``, ``number``, ``rows``.
    """
    many: dict[str, list[Mapping[str, Any]]] = {}
    firsts = _firsts(found)
    for row in found:
        many.setdefault(firsts[row["mandate"]], []).append(row)
    return sorted((_paragraph(key, own, known, language) for key, own in many.items()), key=_order)


def _firsts(found: Rows) -> dict[str, str]:
    """By mandate, the first of those that are the same paragraph."""
    firsts: dict[str, str] = {}
    for row in found:
        mandate = row["mandate"]
        firsts[mandate] = min(firsts.get(mandate, mandate), row.get("twin") or mandate)
    return firsts


def _paragraph(key: str, own: Sequence[Mapping[str, Any]], known: Origins, language: str) -> dict[str, Any]:
    read = [row for row in own if row.get("text")]
    shown = min(read or own, key=lambda row: (getattr(row.get("text"), "language", "") != language, row["mandate"]))
    place = next((row["place"] for row in (shown, *own) if row.get("place")), "")
    document, summit, date = known.places.get(place, ("", "", ""))
    return {
        "key": key,
        "mandate": shown["mandate"],
        "mandates": sorted({row["mandate"] for row in own}),
        "text": shown.get("text", ""),
        "number": min((row["number"] for row in own if row.get("number")), default=""),
        "document": document,
        "summit": summit,
        "date": date,
        "rows": own,
    }


def _order(paragraph: Mapping[str, Any]) -> tuple[Any, ...]:
    parts = re.findall(r"\d+|\D+", paragraph["number"])
    natural = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
    newest = tuple(-int(part) for part in re.findall(r"\d+", paragraph["date"])) or (1,)
    return newest, paragraph["summit"], paragraph["document"], not natural, natural, paragraph["key"]


def by_summit(paragraphs: Sequence[Mapping[str, Any]], known: Origins) -> list[dict[str, Any]]:
    """Every Summit in order of time, and none ("") last where it is needed.

    Each has ``summit``, ``date``, ``paragraphs``, ``n``, and ``part`` (of the largest, in hundredths).
    """
    of: dict[str, list[Mapping[str, Any]]] = {}
    for paragraph in paragraphs:
        of.setdefault(paragraph["summit"], []).append(paragraph)
    most = max(map(len, of.values()), default=1)
    whole = [*known.summits, *sorted((summit, "") for summit in of.keys() - {summit for summit, _ in known.summits})]
    return [
        {
            "summit": summit,
            "date": date,
            "paragraphs": of.get(summit, []),
            "n": len(of.get(summit, [])),
            "part": round(100 * len(of.get(summit, [])) / most),
        }
        for summit, date in whole
    ]


def counted(found: Rows, column: str, paragraphs: Rows = ()) -> list[dict[str, Any]]:
    """By value of a column, the most frequent first, in how many paragraphs it is: ``value`` and ``n``.

    ``paragraphs`` tell which mandates are one; without them the rows do, by their column ``twin``.
    """
    firsts = {mandate: each["key"] for each in paragraphs for mandate in each["mandates"]} or _firsts(found)
    of: dict[Any, set[str]] = {}
    for row in found:
        if row.get(column):
            mandate = row["mandate"]
            of.setdefault(row[column], set()).add(firsts.get(mandate) or mandate)
    return [
        {"value": value, "n": len(keys)}
        for value, keys in sorted(of.items(), key=lambda each: (-len(each[1]), each[0]))
    ]


def context(row: Mapping[str, Any]) -> dict[str, Any]:
    """Words of a text around a quote: ``before``, ``quote``, ``behind``, each cut at a space."""
    text, start, end = row["text"], int(row["start"]), int(row["end"])
    before, behind = text[:start], text[end:]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].partition(" ")[2]
    if len(behind) > AROUND:
        behind = behind[:AROUND].rpartition(" ")[0] + " …"
    return {"before": before, "quote": text[start:end], "behind": behind, "language": text.language}


def verbs(paragraphs: Rows) -> list[dict[str, Any]]:
    """By the word that paragraphs open with, behind "To" or "We" (as ``mandates-naming`` has it), how many do."""
    found = Counter(opening[1].lower() for each in paragraphs if (opening := _OPENING.match(each["text"])))
    return [{"value": word, "n": n} for word, n in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def tree(things: Rows, members: Rows, name: Callable[[str], str]) -> list[dict[str, Any]]:
    """Concepts, each before those below it, with ``depth``, ``own`` and ``all`` (paragraphs with those below it).

    ``things`` have ``thing`` and ``broader``, ``members`` have ``thing``, ``mandate`` and ``twin``.
    """
    above: dict[str, set[str]] = {}
    for row in things:
        above.setdefault(row["thing"], set()).update({row["broader"]} if row.get("broader") else ())
    firsts = _firsts(members)
    own: dict[str, set[str]] = {}
    for row in members:
        own.setdefault(row["thing"], set()).add(firsts[row["mandate"]])
    below: dict[str, list[str]] = {}
    for thing, many in above.items():
        for other in sorted(many & above.keys()) or [""]:
            below.setdefault(other, []).append(thing)

    def order(thing: str) -> tuple[Any, ...]:
        tail = [int(part) for part in re.findall(r"\d+", thing.rpartition("/")[2])] if "/sdg/" in thing else []
        return tail, name(thing).casefold(), thing

    found: list[dict[str, Any]] = []

    def walk(thing: str, depth: int, line: frozenset[str]) -> set[str]:
        row: dict[str, Any] = {"thing": thing, "depth": depth, "own": len(own.get(thing, ()))}
        found.append(row)
        every = set(own.get(thing, ()))
        for each in sorted(below.get(thing, ()), key=order):
            if each not in line:
                every |= walk(each, depth + 1, line | {each})
        row["all"] = len(every)
        row["below"] = len(below.get(thing, ()))
        return every

    for top in sorted(below.get("", ()), key=order):
        walk(top, 0, frozenset({top}))
    return found
