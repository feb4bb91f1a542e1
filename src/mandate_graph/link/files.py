"""A vocabulary in files: read twice as a stream, first for its names, then for the terms that matter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from mandate_graph import alike
from mandate_graph.engine import unquote
from mandate_graph.engine.files import read_triples
from mandate_graph.iris import text_key
from mandate_graph.link.around import surrounded
from mandate_graph.link.known import Known
from mandate_graph.link.matching import FLOOR
from mandate_graph.link.ours import Index
from mandate_graph.link.terms import LONGEST, Gathering, Label, Vocabulary, same_address
from mandate_graph.link.words import Spellings, Words

__all__ = [
    "MOST", "Names", "Progress", "look_up", "search", "silent", "similar_names",
]  # fmt: skip

Progress: TypeAlias = Callable[[str, int, int], None]
MOST = 3
"""How many terms are suggested for one name."""
_EACH = 200_000
_NAMELESS = (
    "no name that a term has was found in what was read: is it the vocabulary, or does it name its terms by a property "
    "without a row in link-properties.csv? Terms without an address (blank nodes) cannot be linked"
)
_CONCEPT_SCHEME = "<http://www.w3.org/2004/02/skos/core#ConceptScheme>"
_NAMES = frozenset(("pref", "alt", "hidden"))


def silent(_stage: str, _done: int, _total: int) -> None:
    """Say nothing."""


def _read(
    paths: Sequence[Path],
    words: Words,
    roles: Sequence[str],
    stage: str,
    progress: Progress,
    wanted: set[str] | None = None,
) -> Iterator[tuple[str, str, str]]:
    properties = frozenset(words.of_role(*roles) if roles else words.roles)
    forms = frozenset(words.of_role("xl-form"))
    for place, path in enumerate(paths):
        progress(f"{stage} {path.name}", place, len(paths))
        for number, triple in enumerate(read_triples(path, properties, wanted, forms)):
            if number % _EACH == _EACH - 1:
                progress(f"{stage} {path.name}: {number + 1:,} triples", place, len(paths))
            yield triple


class Names:
    """The first reading: which terms have a name of ours, or a link that we have, too."""

    def __init__(self, index: Index, known: Known, words: Words, *, similar: bool) -> None:
        self.index, self.words = index, words
        self.wanted: set[str] = set()
        self.named = False
        self.schemes: set[str] = set()
        self.all: dict[str, dict[str, Label]] | None = {} if similar else None
        self._addresses = set(known.owners)
        self._forms: dict[str, list[tuple[str, str]]] = {}
        self._links: list[tuple[str, str, str]] = []

    def add(self, subject: str, iri: str, value: str) -> None:
        """Take a triple whose property has a role."""
        role = self.words.roles[iri]
        if role in _NAMES and subject.startswith("<"):
            self._name(subject[1:-1], value, role, self.words.curies[iri])
        elif role == "exact" and value.startswith("<"):
            if subject.startswith("<") and same_address(value[1:-1]) in self._addresses:
                self.wanted.add(subject[1:-1])
        elif role == "type" and value == _CONCEPT_SCHEME:
            self.schemes.add(subject[1:-1])
        elif role == "xl-form":
            self._forms.setdefault(subject, []).append((value, iri))
        elif role.startswith("xl-") and subject.startswith("<"):
            self._links.append((subject[1:-1], value, iri))

    def _name(self, key: str, value: str, role: str, curie: str) -> None:
        kind, text, language, _ = unquote(value)
        self.named = self.named or kind == "literal"
        if kind != "literal" or len(text) > LONGEST:
            return
        code = language.lower().partition("-")[0]
        if self.index.has(text, code):
            self.wanted.add(key)
        if self.all is not None:
            self.all.setdefault(text, {}).setdefault(key, Label(text, language.lower(), role, curie))

    def join(self) -> None:
        """Labels that are things of their own, once all of them are known."""
        for key, node, iri in self._links:
            for form, _ in self._forms.get(node, ()):
                self._name(key, form, self.words.roles[iri].removeprefix("xl-"), self.words.curies[iri])
        self._links.clear()
        self._forms.clear()


def search(  # noqa: PLR0913 - two sides, what is known of them, and the tables
    paths: Sequence[Path],
    index: Index,
    known: Known,
    words: Words,
    *,
    similar: bool = False,
    also: Collection[str] = (),
    progress: Progress = silent,
) -> Vocabulary:
    """The terms in files that may be things of ours, with what helps to tell them apart.

    ``also`` are terms that are described whatever they are called. Memory grows with the terms found, not with the
    files; only ``similar`` keeps every label.

    Raises:
        MissingPath: when a file is not there.
        BadRdf: when one cannot be read.
    """
    roles = ("pref", "alt", "hidden", "exact", "type", "xl-pref", "xl-alt", "xl-hidden", "xl-form")
    first = Names(index, known, words, similar=similar)
    for triple in _read(paths, words, roles, "reading names in", progress):
        first.add(*triple)
    first.join()
    suggestions: list[tuple[str, str, float, Label]] = []
    if first.all is not None:
        progress("comparing names", 0, 0)
        suggestions = similar_names(index, first.all)
    wanted = first.wanted | set(also) | {iri for _, iri, _, _ in suggestions}
    found = _described(paths, wanted, first.schemes, words, progress, placed=index.kind in Spellings.placed)
    return replace(found, similar=tuple(suggestions), notice="" if first.named else _NAMELESS)


def look_up(paths: Sequence[Path], iris: set[str], words: Words, progress: Progress = silent) -> Vocabulary:
    """The terms with these IRIs, as far as the files say anything of them; raises as `search`."""
    return _described(paths, iris, set(), words, progress, placed=False)


def _described(
    paths: Sequence[Path],
    wanted: set[str],
    schemes: set[str],
    words: Words,
    progress: Progress,
    *,
    placed: bool,
) -> Vocabulary:
    gathering = Gathering(words, wanted | schemes)
    for triple in _read(paths, words, (), "reading terms in", progress, wanted | schemes):
        gathering.add(*triple)
    terms = gathering.terms()
    versions = gathering.versions()
    terms = {iri: term for iri, term in terms.items() if iri in wanted}

    def fetch(iris: set[str], roles: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        roles = (*roles, "xl-pref", "xl-form")
        return _read(paths, words, roles, "reading what they lie in,", progress, iris)

    found = surrounded(terms, words, fetch, placed=placed)
    return replace(found, versions=versions, schemes=frozenset(schemes))


def similar_names(index: Index, labels: dict[str, dict[str, Label]]) -> list[tuple[str, str, float, Label]]:
    """The labels most like names of ours, of the same language or without one; ``labels`` are by text and IRI."""
    keys: dict[str, list[str]] = {}
    for text in sorted(labels):
        if key := _ordered(text_key(text)):
            keys.setdefault(key, []).append(text)
    return list(_alike(index, labels, keys))


def _alike(
    index: Index, labels: dict[str, dict[str, Label]], keys: dict[str, list[str]]
) -> Iterator[tuple[str, str, float, Label]]:
    """Names are compared with labels of their language or without one; the words of both in order, once for all."""
    listed: dict[str, list[str]] = {}
    for name in index.texts():
        if name.acronym:  # what is like three letters says nothing
            continue
        if name.language not in listed:
            codes = {name.language, ""}
            kept = (key for key, texts in keys.items() if any(_speaks(labels[text], codes) for text in texts))
            listed[name.language] = list(kept)
        choices = listed[name.language]
        for place, share in alike.closest_in_order(_ordered(text_key(name.text)), choices, MOST * 3, FLOOR):
            for text in keys[choices[place]]:
                for iri, label in sorted(labels[text].items()):
                    if label.code in {name.language, ""} and text_key(text) != text_key(name.text):
                        yield f"{name.subject}\t{name.text}", iri, min(share, 0.999), label


def _speaks(labels: dict[str, Label], codes: set[str]) -> bool:
    return any(label.code in codes for label in labels.values())


def _ordered(key: str) -> str:
    return " ".join(sorted(key.split()))
