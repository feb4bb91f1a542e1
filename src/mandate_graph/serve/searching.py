"""``/search`` as data: things by their names and mandates by their words, as ``mandate-graph find`` finds them.

The parameters are those that the search page keeps in its address (``web/src/search/asked.js``), so that one address
serves both: ``q``, ``sort`` and the facets. Besides there are ``type`` (a kind of thing), ``lang``, ``limit``,
``offset``. Unknown ones are left out, as the page does; the answer says what was understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine
from mandate_graph.errors import BadOption, UsageError
from mandate_graph.failures import shown
from mandate_graph.lookup import naming_of
from mandate_graph.lookup.catalogue import Entry, Naming, catalogue
from mandate_graph.lookup.finding import Hit, Named, Place, hit, named, near_words, ranked, vocabulary
from mandate_graph.lookup.indexed import Index
from mandate_graph.lookup.words import Words, read_words
from mandate_graph.outputs import PROMISES, find_build
from mandate_graph.publish import paragraphs
from mandate_graph.publish.site import Site

__all__ = ["FACETS", "LONGEST", "MOST", "OFFSETS", "Searcher", "open_search"]

FACETS = ("theme", "summit", "document", "kind", "instrument", "body", "year", "language")
"""What mandates can be narrowed by; the values of one add up, facets narrow each other."""
MOST, OFFSETS, LONGEST = 100, 100_000, 200
"""The most results of an answer, the largest offset, the most characters that are looked for."""

_STEP = 20
_VALUES = 50
_NONE = "-"
_DATED = ("summit", "document", "year")
_SORTS = ("", "newest", "oldest")
_NO_WORDS = Words("", (), ("",))


class _Asked(NamedTuple):
    q: str
    kind: str
    language: str
    sort: str
    facets: Mapping[str, Sequence[str]]
    limit: int
    offset: int


class _Line(NamedTuple):
    """A mandate: its line of ``promises.tsv``, its first day, and the values of its facets."""

    line: bytes
    date: str
    values: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Searcher:
    """Everything that searching needs, read once; any number of calls may use it."""

    site: Site
    naming: Naming
    names: Sequence[Named]
    mandates: Sequence[_Line]
    index: Index
    occurring: Sequence[str]

    @classmethod
    def of(cls, graph: Graph, site: Site) -> Self:
        """Read a build."""
        naming, engine = naming_of(graph.base), graph.engine()
        names = named(catalogue(engine, naming))
        lines = find_build(graph.folder or Path()).with_name(PROMISES).read_bytes().splitlines()
        mandates = _mandates(lines, engine, naming)
        return cls(site, naming, names, mandates, Index.of([each.line for each in mandates]), vocabulary(names, lines))

    def search(self, fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """Answer the fields of a query string, as a JSON value.

        Raises:
            UsageError: when a field cannot be understood; the message says which, and what it may be.
        """
        asked = self._asked(fields)
        words = _words(asked.q)
        found = self._found(asked, words)
        last = asked.offset + asked.limit
        answer = {
            **_said(asked),
            "total": len(found),
            "results": [self._result(words, place, asked.language) for place in found[asked.offset : last]],
        }
        if last < len(found):
            answer["next"] = f"?{_address(asked, last)}"
        if not found and words.parts:
            answer["missing"], answer["near"] = near_words(words, self.occurring)
        return answer

    def _asked(self, fields: Iterable[tuple[str, str]]) -> _Asked:
        given: dict[str, list[str]] = {}
        for name, value in fields:
            given.setdefault(name, []).append(value)
        one = {name: values[0] for name, values in given.items()}
        facets = {facet: list(dict.fromkeys(filter(None, given.get(facet, ())))) for facet in FACETS}
        if (values := sum(map(len, facets.values()))) > _VALUES:
            raise UsageError(f"{values} values of facets are too many; {_VALUES} are the most")
        kinds = sorted({each.entry.kind for each in self.names} | {"mandate"})
        return _Asked(
            one.get("q", "").strip(),
            _one_of("type", one.get("type", ""), ["", *kinds]),
            _one_of("lang", one.get("lang", "") or self.site.languages[0], self.site.languages),
            _one_of("sort", one.get("sort", ""), _SORTS),
            {facet: values for facet, values in facets.items() if values},
            _number("limit", one.get("limit", ""), _STEP, 1, MOST),
            _number("offset", one.get("offset", ""), 0, 0, OFFSETS),
        )

    def _found(self, asked: _Asked, words: Words) -> list[Place]:
        """Everything that fits, in its order; things have no facets, so with one there are mandates alone."""
        places = self.index.candidates(words) if words.parts else range(len(self.mandates))
        lines = [self.mandates[place] for place in places if _fits(self.mandates[place], asked.facets)]
        names = () if asked.facets or not asked.q else self.names
        sort = asked.sort or ("" if asked.q else "newest")
        if sort:
            lines.sort(key=lambda each: each.date, reverse=sort == "newest")
        if asked.q and not words.parts:
            return []
        if not asked.q and asked.kind in {"", "mandate"}:
            return [each.line for each in lines]
        if not asked.q:  # all things of a kind, by their names
            things = [each.entry for each in self.names if each.entry.kind == asked.kind and not asked.facets]
            return [(entry, 0) for entry in sorted(things, key=lambda entry: (entry.label, entry.thing))]
        found = ranked(words, names, (each.line for each in lines), asked.kind)
        if not sort:
            return found
        having = {place for place in found if isinstance(place, bytes)}
        first: list[Place] = [place for place in found if not isinstance(place, bytes)]
        return first + [each.line for each in lines if each.line in having]

    def _result(self, words: Words, place: Place, language: str) -> dict[str, Any]:
        found = hit(words, place, self.naming)
        label = found.label if isinstance(place, bytes) else _label(place[0], language)
        result: dict[str, Any] = {
            "iri": found.thing,
            "id": found.key,
            "type": found.kind,
            "label": label,
            "page": self._page(found.thing, language),
            "where": found.where,
            "snippet": found.snippet,
            "marks": [list(mark) for mark in found.marks],
            "matched": list(dict.fromkeys(found.snippet[start:end] for start, end in found.marks)),
            "language": found.language,
        }
        if isinstance(place, bytes):
            result |= {"date": found.date, "document": self._document(found, language)}
        return {name: value for name, value in result.items() if value or name in {"marks", "matched"}}

    def _document(self, found: Hit, language: str) -> dict[str, str]:
        if not found.document:
            return {}
        page = self._page(found.document, language)
        return {"iri": found.document, "label": found.document_label, "page": page}

    def _page(self, iri: str, language: str) -> str:
        """The address of a thing's page; nothing for what is not ours."""
        stem, _, fragment = self.site.stem(iri), *iri.partition("#")[1:]
        if stem is None:
            return ""
        return self.site.address(self.site.page(stem, language)) + (f"#{fragment}" if fragment else "")


def _mandates(lines: Iterable[bytes], engine: Engine, naming: Naming) -> list[_Line]:
    """Mandates with their facets, in the order of documents and paragraphs that the search page has."""
    adopted, above = paragraphs.adopted(engine), _above(paragraphs.broader(engine, naming.base))
    ordered = [each for _, each in paragraphs.in_order(paragraphs.read_mandates(engine), adopted)]
    places = {mandate.iri: place for place, mandate in enumerate(ordered)}
    found = []
    for line in lines:
        iri = line.split(b"\t", 2)[1].decode()
        place = places.get(iri)
        mandate = paragraphs.Mandate(iri, [], {}) if place is None else ordered[place]
        summit, date = adopted.get(mandate.document, ("", ""))
        values = {name: frozenset(keys) for name, keys in _values(mandate, summit, date, above, naming)}
        found.append((len(places) if place is None else place, _Line(line, date, values)))
    return [each for _, each in sorted(found, key=lambda each: each[0])]


def _values(
    mandate: paragraphs.Mandate, summit: str, date: str, above: Mapping[str, Iterable[str]], naming: Naming
) -> Iterator[tuple[str, Iterable[str]]]:
    """What the search page shows as the values of each facet (``web/src/search/data.js``)."""
    facts = mandate.facts
    themes = facts.get("themes", ())
    names = facts.get("names", ())
    values = {
        "theme": {_key(each, naming) for theme in themes for each in (theme, *above.get(theme, ()))},
        "summit": {_key(summit, naming)} if summit else (),
        "document": {_key(mandate.document, naming)} if mandate.document else (),
        "kind": facts.get("kind", ())[:1],
        "year": {date[:4]} if date else (),
        "language": {code for code, _ in mandate.texts if code},
        **{
            kind: {_key(each, naming) for each in names if naming.kind(each) == kind} for kind in ("instrument", "body")
        },
    }
    for facet in FACETS:
        yield facet, values[facet] or ((_NONE,) if facet in _DATED else ())


def _above(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """By theme, every theme above it."""
    right: dict[str, list[str]] = {}
    for one, other in pairs:
        right.setdefault(one, []).append(other)
    found = {}
    for one, others in right.items():
        line = list(others)
        for each in line:
            line += (other for other in right.get(each, ()) if other not in line)
        found[one] = line
    return found


def _key(iri: str, naming: Naming) -> str:
    """What a thing is called in an address: its IRI without base and kind."""
    start = f"{naming.base}id/"
    return iri.removeprefix(start).partition("/")[2] if iri.startswith(start) else iri.removeprefix(naming.base)


def _fits(mandate: _Line, facets: Mapping[str, Sequence[str]]) -> bool:
    return all(not mandate.values[facet].isdisjoint(keys) for facet, keys in facets.items())


def _label(entry: Entry, language: str) -> str:
    named = (name.text for name in entry.names if name.kind == "label" and name.language == language)
    return next(named, entry.label)


def _words(q: str) -> Words:
    if len(q) > LONGEST:
        raise UsageError(f"q: {len(q):,} characters are too many to be looked for; {LONGEST} are the most")
    try:
        return read_words(q)
    except BadOption:  # no letter and no digit: nothing has that, as on the page
        return _NO_WORDS


def _one_of(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        there = ", ".join(filter(None, known))
        raise UsageError(f"{name}: {shown(value[:40])} is none that there is; there are {there}")
    return value


def _number(name: str, text: str, default: int, least: int, most: int) -> int:
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    if not least <= number <= most:
        raise UsageError(f"{name}: {shown(text[:40])} is no whole number from {least} to {most:,}")
    return number


def _said(asked: _Asked) -> dict[str, Any]:
    """What was understood."""
    said = {"q": asked.q, "type": asked.kind, "lang": asked.language, "sort": asked.sort, "facets": asked.facets}
    return {**{name: value for name, value in said.items() if value}, "limit": asked.limit, "offset": asked.offset}


def _address(asked: _Asked, offset: int) -> str:
    fields = [("q", asked.q), *((facet, key) for facet, keys in asked.facets.items() for key in keys)]
    fields += [("sort", asked.sort), ("type", asked.kind), ("lang", asked.language)]
    fields += [("limit", str(asked.limit)), ("offset", str(offset))]
    return urlencode([(name, value) for name, value in fields if value])


def open_search(site: Site, title: Mapping[str, str]) -> bytes:
    """``opensearch.xml``: how browsers and harvesters search here (OpenSearch 1.1, draft 6)."""
    from xml.sax.saxutils import escape, quoteattr

    language = site.languages[0]
    name = title.get(language) or next(iter(title.values()), site.url)
    address = f"{site.url}search?q={{searchTerms}}"
    urls = "".join(
        f"  <Url type={quoteattr(media)} template={quoteattr(address + more)}{counted}/>\n"
        for media, more, counted in (
            ("text/html", "", ""),
            # we count from 0; who is told nothing counts from 1
            ("application/json", "&limit={count?}&offset={startIndex?}", ' indexOffset="0"'),
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        # OpenSearch bounds them: 16 and 1,024 characters of plain text
        f"  <ShortName>{escape(name[:16].strip())}</ShortName>\n"
        f"  <Description>{escape(name[:1024])}</Description>\n"
        f"{urls}  <InputEncoding>UTF-8</InputEncoding>\n"
        "</OpenSearchDescription>\n"
    ).encode()
