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
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.iris import text_key
from mandate_graph.model import Entity, Span

__all__ = ["Citation", "Citations"]

Words: TypeAlias = tuple[str, ...]

# "Plan of Action Santiago", "Plan of Action of Santiago", "Plan de Acción de Santiago": what joins title and place says
# nothing.
_JOINING = frozenset(
    (
        *("of", "the", "on", "in", "and", "de", "del", "la", "las", "los", "el", "en", "sobre", "y"),
        *("du", "des", "et", "e", "do", "da", "dos", "das"),
    )
)
# One word as ``text_key`` sees it: a hyphen between letters joins.
_WORD = re.compile(r"[^\W_]+(?:(?<=[^\W\d_])[-\u00ad\u2010\u2011](?=[^\W\d_])[^\W_]+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What may follow a citation on its line: its own stop, and the mark of a footnote.
_TAIL = re.compile(r"[\s.;:,*]*\Z")
# An unknown title still looks like one: two words and a year at the end; "(IHR) (2005)" and "(2006-2016)" do not.
_LOOKS_LIKE = re.compile(r"[^\W\d_]{3,}\W+(?:\w+\W+)*?[^\W\d_]{3,}.*[\s,.](?:19|20)\d\d\W*\Z", re.DOTALL)
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
        self._forms: dict[Words, set[_Form]] = {}
        self._after_section: dict[Words, set[_Form]] = {}
        self._sections = {
            document: _section_words(authorities.sections_of(document).values())
            for document in authorities["documents"]
        }
        self._printed: list[str] = []
        self._kind_words = {
            _words(label)
            for row in authorities.words["kinds"]
            if row["scheme"] == "document"
            for label in authorities.kind_labels("document", row["key"]).values()
        }
        for document in authorities["documents"].values():
            self._compile(document, authorities)

    def _compile(self, document: Entity, authorities: Authorities) -> None:
        summit = authorities["summits"][document.cells["summit"]]
        year = summit.cells["start"][:4]
        place_names = [_names(entity) for entity in _places(document, summit, authorities)]
        for language, forms in _cited(document):
            for form in forms:
                self._printed.append(form)
                if _SECTION_SLOT in form:
                    rest = _words(form.replace(_SECTION_SLOT, ""))
                    self._after_section.setdefault(rest, set()).add(_Form(document.key, language))
                    if set(rest) - set(itertools.chain(*itertools.chain(*place_names))) - {year}:
                        self._add(
                            document.key, language, rest
                        )  # its title stands alone too; a bare place and year do not
                else:
                    self._add(document.key, language, _words(form))
        for language, titles in _titles(document, authorities).items():
            suffixes = itertools.product(
                _optional(_names(summit)), _optional(itertools.chain(*place_names[:-1])), _optional(place_names[-1])
            )
            for title, suffix in itertools.product(titles, suffixes):
                self._add(document.key, language, (*title, *itertools.chain(*suffix), year))

    def _add(self, document: str, language: str, words: Words) -> None:
        self._forms.setdefault(words, set()).add(_Form(document, language))

    def at_end(self, text: str, start: int, end: int) -> Citation | None:
        """The citation that ends ``text[start:end]``: the last parenthesis, when its title is known or looks like one.

        A parenthesis that was never closed counts only when its title is known.
        """
        close = text.rfind(")", start, end)
        if close < 0 or not _TAIL.match(text, close + 1, end):
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
        return found if found.documents or _LOOKS_LIKE.search(content) else None

    def _resolve(self, content: str, span: Span) -> Citation:
        printed = " ".join(content.split())
        places = [
            (match.start(), word)
            for match in _WORD.finditer(content)
            if (word := text_key(match.group())) not in _JOINING
        ]
        words = tuple(word for _, word in places)
        if not words or not _YEAR.fullmatch(words[-1]):
            return Citation(span, printed, ())
        if forms := self._forms.get(words):
            return _citation(span, printed, forms)
        for cut in range(1, len(words)):
            before = content[: places[cut][0]].rstrip()
            if not before.endswith((",", ";", ":", ".")) or words[:cut] in self._kind_words:
                continue
            forms = self._after_section.get(words[cut:]) or self._forms.get(words[cut:])
            if forms and not self._names_a_kind(words[:cut]):
                return self._with_section(span, printed, forms, " ".join(before.rstrip(" ,;:.").split()), words[:cut])
        return Citation(span, printed, (), closest=tuple(self._closest(printed)))

    def _with_section(self, span: Span, printed: str, forms: set[_Form], section: str, words: Words) -> Citation:
        found = _citation(span, printed, forms)
        key = self._sections.get(found.documents[0], {}).get(words, "") if found.outcome == "resolved" else ""
        return Citation(span, printed, found.documents, key, section, found.language)

    def _names_a_kind(self, words: Words) -> bool:
        """A section is no title: "Declaration of X, Cartagena, 2012" cites a document that is not in the tables."""
        return any(words[: len(kind)] == kind for kind in self._kind_words)

    def _closest(self, printed: str) -> Iterator[str]:
        keyed = {text_key(form.replace(_SECTION_SLOT + ",", "").strip()): form for form in self._printed}
        for key in difflib.get_close_matches(text_key(printed), keyed, n=3, cutoff=0.5):
            yield keyed[key]


def _citation(span: Span, printed: str, forms: set[_Form]) -> Citation:
    documents = tuple(sorted({form.document for form in forms}))
    languages = {form.language for form in forms}
    return Citation(span, printed, documents, language=languages.pop() if len(languages) == 1 else "")


def _opening(text: str, start: int, close: int) -> int:
    """The parenthesis that the one at ``close`` closes, or -1."""
    depth = 0
    for place in range(close, start - 1, -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth == 0:
            return place
    return -1


def _words(text: str) -> Words:
    return tuple(word for word in text_key(text).split() if word not in _JOINING)


def _names(entity: Entity) -> set[Words]:
    names = {*entity.labels.values(), *itertools.chain(*entity.alts.values())}
    return {_words(name) for name in names}


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


def _titles(document: Entity, authorities: Authorities) -> dict[str, set[Words]]:
    """The words of each title by language: labels, other names, and the bare kind."""
    titles: dict[str, set[Words]] = {}
    kinds = authorities.kind_labels("document", document.cells["kind"])
    for labels in (document.labels, kinds):
        for language, label in labels.items():
            titles.setdefault(language, set()).add(_words(label))
    for language, alts in document.alts.items():
        titles.setdefault(language, set()).update(map(_words, alts))
    return titles


def _section_words(sections: Iterable[Entity]) -> dict[Words, str]:
    return {_words(label): section.key for section in sections for label in section.labels.values()}
