"""The other side: terms of a vocabulary, put together from its triples."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from mandate_graph.engine import unquote
from mandate_graph.link.words import Words

__all__ = ["LONGEST", "Gathering", "Label", "Term", "Vocabulary", "same_address"]

_TRUE = frozenset(("true", "1"))
_MOST_OF_A_TEXT = 300
_MOST_BROADER = 5
LONGEST = 1_000
"""Longer texts are no names, whatever their property says; a row that held one could not be read again."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A label as it stands: text, language (lower case, empty where none is said), role, CURIE of its property."""

    text: str
    language: str
    role: str
    curie: str

    @property
    def code(self) -> str:
        """The language without region and script: ``en`` of ``en-gb``."""
        return self.language.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of another vocabulary, with whatever helps to tell it from others; IRIs stand without brackets.

    ``inside`` and ``country`` hold IRIs, or literals as a vocabulary wrote them. ``description`` is what a service says
    of it in passing.
    """

    iri: str
    labels: tuple[Label, ...] = ()
    types: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    broader: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    definition: str = ""
    description: str = ""
    deprecated: bool = False

    def named(self, role: str, languages: Iterable[str] = ("en", "")) -> list[str]:
        """Its labels of a role, those in the first of the languages that has any, else in all."""
        for language in languages:
            if found := [label.text for label in self.labels if label.role == role and label.code == language]:
                return found
        return [label.text for label in self.labels if label.role == role]

    @property
    def label(self) -> str:
        """One label to show: preferred, English, without a language, or any."""
        for role in ("pref", "alt", "hidden"):
            if found := self.named(role):
                return found[0]
        return ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What was found in a source.

    ``names`` are labels of terms that others lie in or under, by IRI; ``above`` what those lie in themselves, by IRI,
    as IRIs or literals, where places were looked for; ``versions`` what the source says of the version
    of a scheme, by IRI; ``similar`` names like ours that are not ours, as (our key and name parted by a tab, the
    term, how alike, its label); ``notice`` what a person should know of the search.
    """

    terms: Mapping[str, Term] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    similar: tuple[tuple[str, str, float, Label], ...] = ()
    schemes: frozenset[str] = frozenset()
    notice: str = ""
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def same_address(iri: str) -> str:
    """An IRI as it can be compared: http and https, and a slash at the end, tell no two terms apart."""
    return iri.partition("://")[2].rstrip("/") if "://" in iri else iri


class Gathering:
    """Collects the triples of some subjects and makes terms of them; the order of the triples plays no part.

    Subjects and objects are N-Triples terms, properties IRIs. Labels that are things of their own (SKOS-XL) are put in
    the place of the links to them.
    """

    def __init__(self, words: Words, wanted: Collection[str] | None = None) -> None:
        self._words = words
        self._wanted = wanted
        self._values: dict[str, dict[str, set[str]]] = {}
        self._labels: dict[str, set[Label]] = {}
        self._links: dict[str, set[tuple[str, str, str]]] = {}
        self._forms: dict[str, set[str]] = {}

    def add(self, subject: str, iri: str, value: str) -> None:
        """Take one triple; one whose property has no role, or whose subject is not wanted, is passed over."""
        role = self._words.roles.get(iri)
        if role is None:
            return
        if role == "xl-form":
            self._forms.setdefault(subject, set()).add(value)
            return
        if not subject.startswith("<"):
            return
        key = subject[1:-1]
        if self._wanted is not None and key not in self._wanted:
            return
        if role.startswith("xl-"):
            self._links.setdefault(key, set()).add((value, role.removeprefix("xl-"), self._words.curies[iri]))
        elif role in {"pref", "alt", "hidden"}:
            self._label(key, value, role, self._words.curies[iri])
        elif role != "definition" or value.startswith('"'):
            self._values.setdefault(key, {}).setdefault(role, set()).add(value)

    def _label(self, key: str, value: str, role: str, curie: str) -> None:
        kind, text, language, _ = unquote(value)
        if kind == "literal" and text.strip() and len(text) <= LONGEST:
            self._labels.setdefault(key, set()).add(Label(" ".join(text.split()), language.lower(), role, curie))

    def terms(self) -> dict[str, Term]:
        """The terms by IRI, in the order of their IRIs."""
        for key, links in self._links.items():
            for node, role, curie in links:
                for form in self._forms.get(node, ()):
                    self._label(key, form, role, curie)
        return {key: self._term(key) for key in sorted({*self._values, *self._labels})}

    def _term(self, key: str) -> Term:
        values = self._values.get(key, {})

        def iris(role: str) -> frozenset[str]:
            return frozenset(value[1:-1] for value in values.get(role, ()) if value.startswith("<"))

        def texts(role: str) -> tuple[str, ...]:
            return tuple(sorted(unquote(value)[1] for value in values.get(role, ())))

        definitions = sorted(values.get("definition", ()), key=lambda value: (not value.endswith("@en"), value))
        return Term(
            iri=key,
            labels=tuple(sorted(self._labels.get(key, ()))),
            types=iris("type"),
            schemes=iris("scheme"),
            exact=iris("exact"),
            near=iris("near"),
            broader=tuple(sorted(iris("broader"))[:_MOST_BROADER]),
            inside=texts("inside"),
            country=texts("country"),
            replaced=tuple(sorted(iris("replaced"))),
            definition=" ".join(unquote(definitions[0])[1].split())[:_MOST_OF_A_TEXT] if definitions else "",
            deprecated=bool(values.get("replaced"))
            or any(text.casefold() in _TRUE for text in texts("deprecated"))
            or not self._words.old.isdisjoint(iris("type") | iris("deprecated")),
        )

    def versions(self) -> dict[str, str]:
        """What is said of versions, by IRI: a version, else the newest date."""
        found = {}
        for key, values in self._values.items():
            said = sorted(unquote(value)[1] for value in values.get("version", ()))
            if said:
                found[key] = said[-1]
        return found
