"""The order of the mandates of every document, with what each chapeau introduces."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mandate_graph.publish.rows import Cell, Row, ask
from mandate_graph.sparql import Tables

__all__ = ["Item", "Outline", "first_named", "read_outline"]

_NUMBER = re.compile(r"(\d+)|([^\W\d_]+)")
_PREFIXES = """PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX mg: <https://w3id.org/mandate-graph/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""
_QUERIES = {
    "mandates": """SELECT ?mandate ?place ?number ?chapeau ?twin {
      ?mandate a mg:Mandate .
      OPTIONAL { ?mandate eli:is_part_of ?place }
      OPTIONAL { ?mandate eli:number ?number }
      OPTIONAL { ?mandate mg:chapeau ?chapeau }
      OPTIONAL { ?mandate mg:sameParagraphAs ?twin }
    }""",
    "places": """SELECT ?page ?n ?text {
      ?listing mg:occurrenceOf ?text ; mg:order ?n ; mg:inCapture/prov:specializationOf ?page }""",
    "sections": "SELECT ?section ?document { ?document a mg:SummitDocument . ?section eli:is_part_of ?document }",
}


class Item(NamedTuple):
    """A paragraph: its mandates (one a language), its official number, its section, and what it introduces."""

    mandates: tuple[str, ...]
    number: str
    section: str
    below: tuple[Item, ...]

    def all(self) -> Iterator[Item]:
        """The paragraph, and everything below it."""
        yield self
        for each in self.below:
            yield from each.all()


class _Paragraph(NamedTuple):
    mandates: tuple[str, ...]
    number: str
    document: str
    section: str
    chapeau: str
    place: tuple[str, int]


class _Names(NamedTuple):
    keys: Mapping[str, str]
    parents: Mapping[str, str]


class Outline:
    """The mandates of each document in order: by official number, else as pages list them.

    Pages list a document in its own order, so that the place on a page stands for the place in the document where no
    number tells it. Sections follow each other as their first mandates do.
    """

    def __init__(self, mandates: Iterable[Row], places: Iterable[Row], sections: Iterable[Row]) -> None:
        known: dict[str, dict[str, str]] = {}
        twins: dict[str, set[str]] = defaultdict(set)
        for row in mandates:
            known.setdefault(row["mandate"], {key: row[key] for key in ("place", "number", "chapeau")})
            twins[row["mandate"]] |= {row["mandate"], *([row["twin"]] if row["twin"] else [])}
        self.keys = {mandate: min(twins[mandate]) for mandate in known}
        first: dict[str, tuple[str, int]] = {}
        self._languages: dict[str, str] = {}
        for row in places:
            # the IRI of a text is that of its mandate and its language
            mandate, _, language = row["text"].rpartition("/")
            place = str(row["page"]), int(row["n"])
            first[mandate] = min(first.get(mandate, place), place)
            self._languages[mandate] = language
        groups: dict[str, list[str]] = defaultdict(list)
        for mandate in sorted(known):
            groups[self.keys[mandate]].append(mandate)
        names = _Names(self.keys, {row["section"]: str(row["document"]) for row in sections})
        paragraphs = {key: _paragraph(group, known, first, names) for key, group in groups.items()}
        self._documents = _documents(paragraphs)
        self._beside: dict[str, tuple[Item | None, Item | None]] = {}
        self._at: dict[str, int] = {}
        for groups_of in self._documents.values():
            items = [item for _, top in groups_of for each in top for item in each.all()]
            for n, item in enumerate(items):
                before, after = items[n - 1] if n else None, items[n + 1] if n + 1 < len(items) else None
                self._beside[self.keys[item.mandates[0]]] = before, after
                self._at[self.keys[item.mandates[0]]] = n

    def of(self, place: str) -> list[tuple[str, list[Item]]]:
        """The sections of a document (none: empty) with their paragraphs, chapeaux first; of a section, itself."""
        if place in self._documents:
            return self._documents[place]
        return [
            (section, items)
            for groups in self._documents.values()
            for section, items in groups
            if section and section == place
        ]

    def count(self, place: str) -> int:
        """How many paragraphs a document or section has: one in several languages counts once."""
        return sum(1 for _, items in self.of(place) for item in items for _ in item.all())

    def beside(self, mandate: str) -> tuple[str, str]:
        """The mandates before and after one, in its language where they are in it; empty at the ends."""
        before, after = self._beside.get(self.keys.get(mandate, mandate), (None, None))
        return self._like(before, mandate), self._like(after, mandate)

    def sorted(self, rows: Iterable[Row], column: str) -> list[Row]:
        """Rows in the order in which the mandates of a column stand in their document."""
        return sorted(rows, key=lambda row: (self._at.get(self.keys.get(row[column], ""), -1), row[column]))

    def _like(self, item: Item | None, mandate: str) -> str:
        if item is None:
            return ""
        language = self._languages.get(mandate, "")
        return next((each for each in item.mandates if self._languages.get(each) == language), item.mandates[0])

    def tally(self, rows: Iterable[Row], column: str) -> list[tuple[Cell, int]]:
        """How many paragraphs have each value of a column, most first (rows with a column ``mandate``)."""
        pairs = {(row[column], self.keys.get(row["mandate"], row["mandate"])) for row in rows if row[column]}
        return sorted(Counter(value for value, _ in pairs).items(), key=lambda each: (-each[1], each[0]))


def read_outline(answers: Tables) -> Outline:
    """The outline of all documents of a graph, by three queries."""
    rows = ask(answers, {name: _PREFIXES + text for name, text in _QUERIES.items()})
    return Outline(rows["mandates"], rows["places"], rows["sections"])


def first_named(answers: Tables) -> dict[str, list[str]]:
    """By Summit, the instruments that no earlier one names; two Summits that begin on one day are both the first."""
    text = """SELECT DISTINCT ?named ?summit ?date {
      ?named a mg:Instrument . ?mandate eli:refers_to ?named ; eli:is_part_of/eli:is_part_of? ?document .
      ?document a mg:SummitDocument ; prov:wasGeneratedBy ?summit . ?summit schema:startDate ?date }"""
    rows = ask(answers, {"named": f"{_PREFIXES}PREFIX schema: <https://schema.org/>\n{text}"})["named"]
    first: dict[str, str] = {}
    for row in rows:
        first[row["named"]] = min(first.get(row["named"], row["date"]), row["date"])
    made: dict[str, list[str]] = defaultdict(list)
    for summit, named in sorted({(row["summit"], row["named"]) for row in rows if row["date"] == first[row["named"]]}):
        made[summit].append(named)
    return dict(made)


def _paragraph(
    group: list[str], known: Mapping[str, Mapping[str, str]], first: Mapping[str, tuple[str, int]], outline: _Names
) -> _Paragraph:
    """What the mandates of a paragraph say together: the first that says anything is heard."""

    def said(what: str) -> str:
        return next((known[mandate][what] for mandate in group if known[mandate][what]), "")

    place, chapeau = said("place"), said("chapeau")
    document = outline.parents.get(place, place)
    return _Paragraph(
        tuple(group),
        said("number"),
        document,
        place if document != place else "",
        outline.keys.get(chapeau, "") if chapeau else "",
        min((first[mandate] for mandate in group if mandate in first), default=("", 0)),
    )


def _documents(paragraphs: Mapping[str, _Paragraph]) -> dict[str, list[tuple[str, list[Item]]]]:
    below: dict[str, list[str]] = defaultdict(list)
    tops: dict[str, list[str]] = defaultdict(list)
    for key in sorted(paragraphs, key=lambda each: _order(paragraphs[each])):
        own = paragraphs[key]
        if _hangs(key, paragraphs):
            below[own.chapeau].append(key)
        elif own.document:
            tops[own.document].append(key)

    def item(key: str) -> Item:
        own = paragraphs[key]
        return Item(own.mandates, own.number, own.section, tuple(item(each) for each in below[key]))

    made: dict[str, list[tuple[str, list[Item]]]] = {}
    for document, keys in sorted(tops.items()):
        sections: dict[str, list[Item]] = {}
        for key in keys:
            sections.setdefault(paragraphs[key].section, []).append(item(key))
        made[document] = sorted(sections.items(), key=lambda each: bool(each[0]))
    return made


def _hangs(key: str, paragraphs: Mapping[str, _Paragraph]) -> bool:
    """Whether a paragraph stands below a chapeau of its document, and not, by a detour, below itself."""
    seen, at = {key}, key
    while (above := paragraphs[at].chapeau) in paragraphs and paragraphs[above].document == paragraphs[key].document:
        if above in seen:
            return False
        seen.add(above)
        at = above
    return at != key


def _order(paragraph: _Paragraph) -> tuple[bool, list[tuple[int, str]], tuple[str, int], tuple[str, ...]]:
    parts = [(int(digits or 0), letters.casefold()) for digits, letters in _NUMBER.findall(paragraph.number)]
    return not parts, parts, paragraph.place, paragraph.mandates
