"""The parenthesis that ends a mandate: which document, and which section of it, the page says that it comes from.

Grammar, as the theme pages print it: ``( [section ,] title [,] [Summit ,] [city ,] [country ,] year )``. Titles, cities
and years come from the tables; this module holds no name. The year must be the Summit's own: a title with another
Summit's year is unknown.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.citator.wording import Wording, Words, contains
from mandate_graph.iris import text_key
from mandate_graph.model import Entity, Span

__all__ = ["Citation", "Citations"]

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_AT_END = re.compile(r"(?:19|20)[0-9]{2}\W*\Z")
# What may follow a citation: its own stop, the mark of a footnote, the quotation mark that the text left open.
_RAISED = "\u2020\u2021\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079"
_TAIL = re.compile(rf"(?:[\s.;:,*”\"’'»{_RAISED}]|\((?:\*{{1,4}}|\d{{1,2}})\)|\[(?:\d{{1,2}}|\*{{1,4}})\])*\Z")
_STOPS = f" \t\r\n\u00a0\u200b\ufeff\u2007\u202f\x0b\x0c.;:,*”\"’'»{_RAISED}"
_BRACKETED_MARK = re.compile(r"(?:\((?:\*{1,4}|\d{1,2})\)|\[(?:\d{1,2}|\*{1,4})\])\Z")
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_REACH = 2000
# Pages repeat their citations; so many are remembered.
_REMEMBERED = 4096
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_PARENTHESIS = re.compile(r"\(([^()]*)\)")
_SECTION_SLOT = "{section}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation as printed. ``span`` covers the parentheses, ``text`` is what stands between them.

    ``documents`` holds one key when it is resolved, several when it is ambiguous, none when the title is unknown;
    ``section`` is a key of the section table, empty when no section is printed or the printed one is unknown;
    ``language`` is that of the title.
    """

    span: Span
    text: str
    documents: tuple[str, ...]
    section: str = ""
    printed_section: str = ""
    language: str = ""
    closest: tuple[str, ...] = ()

    @property
    def outcome(self) -> Literal["resolved", "ambiguous", "unresolved"]:
        """What became of it."""
        if len(self.documents) > 1:
            return "ambiguous"
        return "resolved" if self.documents else "unresolved"


@dataclass(frozen=True, slots=True)
class _Form:
    document: str
    language: str


class Citations:
    """Every way in which the documents of the tables can be cited, compiled once."""

    def __init__(self, authorities: Authorities) -> None:
        self._wording = wording = Wording.of(authorities)
        self._forms: dict[Words, set[_Form]] = {}
        self._after_section: dict[Words, set[_Form]] = {}
        self._sections = {
            document: wording.sections(authorities.sections_of(document).values())
            for document in authorities["documents"]
        }
        self._printed: list[str] = []
        self._closest_of: dict[str, tuple[str, ...]] = {}
        self._resolved: dict[str, Citation] = {}
        self._years = {summit.cells["start"][:4] for summit in authorities["summits"].values()}
        self._kind_words = {
            wording.words(label)
            for row in authorities.words["kinds"]
            if row["scheme"] == "document"
            for label in authorities.kind_labels("document", row["key"]).values()
        }
        self._heads = {wording.words(row["head"]) for row in authorities.words["heads"]}
        self._months = frozenset(
            text_key(row["text"]) for row in authorities.words["page-words"] if row["role"] == "month"
        )
        # "Summit of the Americas" without its ordinal: a meeting that no table has yet is one all the same.
        self._meetings = {
            name[1:] for summit in authorities["summits"].values() for name in wording.names(summit) if len(name) > 2
        }
        self._place_words: set[Words] = set()
        for document in authorities["documents"].values():
            self._compile(document, authorities)

    def _compile(self, document: Entity, authorities: Authorities) -> None:
        summit = authorities["summits"][document.cells["summit"]]
        year = summit.cells["start"][:4]
        *towns, country = _places(document, summit, authorities)
        wording = self._wording
        names = _Names(
            wording.names(summit),
            set().union(*map(wording.names, towns), wording.short_names(summit)),
            wording.names(country),
            year,
        )
        self._place_words |= names.towns
        for language, forms in _cited(document):
            for form in forms:
                self._printed.append(form)
                words = wording.words(form.replace(_SECTION_SLOT, ""))
                title = names.strip(words)
                if _SECTION_SLOT not in form:
                    self._add(self._forms, document.key, language, names.respelt(words))
                    continue
                variants = [*names.respelt(words), *names.around(title), *names.around(())]
                self._add(self._after_section, document.key, language, variants)
                if title:  # it stands alone too; a bare place and year do not
                    self._add(self._forms, document.key, language, names.around(title))
        has_sections = any(_SECTION_SLOT in form for _, forms in _cited(document) for form in forms)
        for language, (titles, kinds) in wording.titles(document, authorities).items():
            for title in titles | {(*kind, *title) for kind in kinds for title in titles}:
                if has_sections:
                    self._add(self._after_section, document.key, language, [(*title, year), *names.around(title)])
                self._add(self._forms, document.key, language, [(*title, year), *names.around(title)])
            for kind in kinds:  # a bare kind and year could be anybody's
                self._add(self._forms, document.key, language, names.around(kind))

    def _add(self, forms: dict[Words, set[_Form]], document: str, language: str, variants: Iterable[Words]) -> None:
        for words in variants:
            forms.setdefault(words, set()).add(_Form(document, language))

    def at_end(self, text: str, start: int, end: int) -> Citation | None:
        """The citation that ends ``text[start:end]``: the last parenthesis, when its title is known or looks like one.

        A parenthesis that was never closed counts only when its title is known. Only the last two thousand characters
        are looked at: a citation is shorter.
        """
        start = max(start, end - _REACH)
        last = _before_tail(text, start, end)
        close = last - 1 if text[start:last].endswith(")") else text.rfind(")", start, end)
        if close < last - 1 or close < 0:
            opening = text.rfind("(", max(start, close + 1), end)
            if opening < 0:
                return None
            tail = end - len(text[opening:end]) + len(text[opening:end].rstrip(" \t\r\n.;:,*"))
            found = self._resolve(text[opening + 1 : tail], Span(opening, tail))
            return found if found.documents else None
        opening = _opening(text, start, close)
        if opening < 0:
            return None
        content = text[opening + 1 : close]
        found = self._resolve(content, Span(opening, close + 1))
        return found if found.documents or self._looks_like(content) else None

    def inside(self, text: str, start: int, end: int) -> Iterator[str]:
        """The known citations that stand inside a text, and so give nobody a document."""
        for match in _PARENTHESIS.finditer(text, start, end):
            if _YEAR_AT_END.search(match[1]) and self._resolve(match[1], Span(*match.span())).documents:
                yield " ".join(match[1].split())

    def of_title(self, title: str, printed: str) -> Citation:
        """A title without parentheses, in which only what a citation holds is left; ``printed`` is the whole line."""
        found = self._resolve(title, Span(0, len(printed)))
        return replace(found, text=" ".join(printed.split()))

    def section_of(self, document: str, heading: str) -> str:
        """The key of a document's section by its heading; empty when the table has none."""
        return self._sections.get(document, {}).get(self._wording.words(heading), "")

    def doubt(self, text: str, start: int, end: int) -> str:
        """A parenthesis that was not read as the citation, but could be one: nothing should be guessed then."""
        for match in _PARENTHESIS.finditer(text, start, end):
            content = match[1]
            at_end = _TAIL.match(text, match.end(), end)
            words = self._wording.printed(content)
            named = any(self._forms.get(words[:cut]) for cut in range(len(words), 1, -1))
            if named or (at_end and _YEAR_AT_END.search(content) and _LONG_WORD.search(content)):
                return " ".join(content.split())
        return ""

    def _looks_like(self, content: str) -> bool:
        """An unknown title still looks like one; "(IHR) (2005)", "(2006-2016)" and "(Geneva, 17 June 1999)" do not."""
        if not _YEAR_AT_END.search(content):
            return False
        words = self._wording.printed(content)
        if any(words[:-1] == place for place in self._place_words) and words[-1] in self._years:
            return True
        if len(_LONG_WORD.findall(content)) < 2:
            return False
        kinds = any(contains(words, kind) for kind in self._kind_words | self._meetings)
        return words[-1] in self._years or kinds

    def _resolve(self, content: str, span: Span) -> Citation:
        found = self._resolved.get(content)
        if found is None:
            if len(self._resolved) >= _REMEMBERED:
                self._resolved.clear()
            found = self._resolved[content] = self._look_up(content, span)
        # Built anew by hand: dataclasses.replace takes longer than the rest of the look-up.
        return Citation(
            span,
            found.text,
            found.documents,
            found.section,
            found.printed_section,
            found.language,
            found.closest,
        )

    def _look_up(self, content: str, span: Span) -> Citation:
        printed = " ".join(content.split())
        # "Port-of-Spain" is three words here and one where hyphens were lost.
        for spelling in (content, content.replace("-", " "), self._without_date(content)):
            if found := self._known(spelling, printed, span):
                return found
        if printed not in self._closest_of:  # comparing spellings is slow, and a page repeats its mistakes
            self._closest_of[printed] = tuple(self._closest(printed))
        return Citation(span, printed, (), closest=self._closest_of[printed])

    def _without_date(self, content: str) -> str:
        """The words without the days and the month that may stand before or behind the place: "Lima, 14 April 2018"."""
        places = self._wording.placed(content)
        months = [number for number, (_, word) in enumerate(places) if word in self._months]
        drop = set(months)
        for number in months:
            for step in (-1, 1):
                other = number + step
                while 0 <= other < len(places) and _DAY.fullmatch(places[other][1]):
                    drop.add(other)
                    other += step
        ends = [place for place, _ in places[1:]] + [len(content)]
        cut = content
        for number in sorted(drop, reverse=True):
            cut = f"{cut[: places[number][0]]}{cut[ends[number] :]}"
        return cut

    def _known(self, content: str, printed: str, span: Span) -> Citation | None:
        places = self._wording.placed(content)
        words = tuple(word for _, word in places)
        if not words or not _YEAR.match(content, places[-1][0]) or not _YEAR.fullmatch(words[-1]):
            return None  # raised digits and those of other scripts read alike, but are not what pages print
        if forms := self._forms.get(words):
            return _citation(span, printed, forms)
        for cut in range(1, len(words)):
            before = content[: places[cut][0]].rstrip()
            forms = self._after_section.get(words[cut:])
            known = any(words[:cut] in self._sections[form.document] for form in forms or ())
            if forms and (known or before.endswith((",", ";", ":", "."))):
                section = " ".join(before.rstrip(" ,;:.").split())
                if found := self._with_section(span, printed, forms, section, words[:cut]):
                    return found
        return None

    def _with_section(self, span: Span, printed: str, forms: set[_Form], section: str, words: Words) -> Citation | None:
        """A section that the table lacks is taken at its word, unless it names a document or a meeting itself."""
        found = _citation(span, printed, forms)
        key = self._sections.get(found.documents[0], {}).get(words, "") if found.outcome == "resolved" else ""
        if not key and any(contains(words, other) for other in self._kind_words | self._heads):
            return None
        return Citation(span, printed, found.documents, key, section, found.language)

    def _closest(self, printed: str) -> list[str]:
        """Known forms that are spelt alike, those of the same year first."""
        year = printed.rstrip(" .")[-4:]
        keyed = {
            text_key(form.replace(_SECTION_SLOT, "")): form.replace(_SECTION_SLOT, "[section]")
            for form in self._printed
        }
        close = [keyed[key] for key in difflib.get_close_matches(text_key(printed), keyed, n=8, cutoff=0.4)]
        # The year counts for something, and less than the words do.
        return [form for _, form in sorted(enumerate(close), key=lambda pair: pair[0] - 1.5 * pair[1].endswith(year))][
            :3
        ]


@dataclass(frozen=True, slots=True)
class _Names:
    """What may stand between a title and its year."""

    summit: set[Words]
    towns: set[Words]
    country: set[Words]
    year: str

    def around(self, title: Words) -> Iterator[Words]:
        """The title with Summit, town and country, one of them at least."""
        options = itertools.product(_optional(self.summit), _optional(self.towns), _optional(self.country))
        for summit, town, country in options:
            if summit or town or (country and title):
                yield (*title, *summit, *town, *country, self.year)

    def respelt(self, words: Words) -> Iterator[Words]:
        """The words as they are, and with the Summit by each of its other names ("VII Summit", "Seventh Summit")."""
        yield words
        for name in self.summit:
            for place in range(len(words) - len(name) + 1):
                if name and words[place : place + len(name)] == name:
                    for other in self.summit:
                        yield (*words[:place], *other, *words[place + len(name) :])

    def strip(self, words: Words) -> Words:
        """The title of a cited form: without year and town."""
        rest = words[:-1] if words[-1:] == (self.year,) else words
        for town in sorted(self.towns, key=len, reverse=True):
            if rest[len(rest) - len(town) :] == town:
                return rest[: len(rest) - len(town)]
        return rest


def _citation(span: Span, printed: str, forms: set[_Form]) -> Citation:
    documents = tuple(sorted({form.document for form in forms}))
    languages = {form.language for form in forms}
    return Citation(span, printed, documents, language=languages.pop() if len(languages) == 1 else "")


def _before_tail(text: str, start: int, end: int) -> int:
    """Where a text ends without the stops and marks behind it."""
    while True:
        end = start + len(text[start:end].rstrip(_STOPS))
        mark = _BRACKETED_MARK.search(text, max(start, end - 8), end)
        if mark is None:
            return end
        end = mark.start()


def _opening(text: str, start: int, close: int) -> int:
    """The parenthesis that the one at ``close`` closes, or -1."""
    nearest = text.rfind("(", start, close)
    if nearest < 0 or text.find(")", nearest, close) < 0:
        return nearest
    depth = 0
    for place in range(close, start - 1, -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth == 0:
            return place
    return -1


def _optional(names: Iterable[Words]) -> tuple[Words, ...]:
    return ((), *sorted(set(names)))


def _places(document: Entity, summit: Entity, authorities: Authorities) -> Iterator[Entity]:
    """The document's place, the Summit's, and last the country."""
    places = authorities["places"]
    for entity in (document, summit):
        if place := entity.cells["place"]:
            yield places[place]
    yield authorities["countries"][places[summit.cells["place"]].cells["country"]]


def _cited(document: Entity) -> Iterator[tuple[str, tuple[str, ...]]]:
    for column, cell in document.cells.items():
        if column.startswith("cited_") and cell:
            yield column.removeprefix("cited_"), split_cell(cell)
