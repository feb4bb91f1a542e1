"""A named graph under construction, the terms that fill it, and what all of its writers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mandate_graph.authorities import Authorities
from mandate_graph.engine import Quad, literal
from mandate_graph.house import HouseConfig
from mandate_graph.iris import NOT_IN_IRI, Iris, digest, slug
from mandate_graph.model import Corpus, Mandate, Occurrence
from mandate_graph.sssom import Links
from mandate_graph.terms import Terms
from mandate_graph.version import __version__

__all__ = ["PROGRAM", "XSD", "NamedGraph", "Scope", "date", "integer", "iri", "plain", "shorten"]

XSD = "http://www.w3.org/2001/XMLSchema#"
PROGRAM = "mandate-graph"
_LABEL_LENGTH = 80


class NamedGraph:
    """N-Quads lines of one graph, with their newlines.

    Properties are compact names, which the ontology must declare; values are N-Triples terms.
    """

    def __init__(self, name: str, terms: Terms) -> None:
        self._rest = f" <{name}> .\n"
        self._terms = terms
        self.lines: set[str] = set()

    @property
    def quads(self) -> set[Quad]:
        """The same, taken apart."""
        name = self._rest[1:-3]
        parts = (line[: -len(self._rest)].split(" ", 2) for line in self.lines)
        return {(subject, predicate, value, name) for subject, predicate, value in parts}

    def add(self, subject: str, term: str, *values: str) -> None:
        """Add a triple a value; empty values say nothing."""
        beginning = f"{subject} {self._terms[term]} "
        for value in values:
            if value:
                self.lines.add(f"{beginning}{value}{self._rest}")

    def triples(self, triples: Iterable[Quad]) -> None:
        """Add triples as they are; their own graph is left out."""
        self.lines.update(f"{s} {p} {o}{self._rest}" for s, p, o, _ in triples)

    def types(self, subject: str, *names: str) -> None:
        """Say what a thing is."""
        self.add(subject, "rdf:type", *(self._terms[name] for name in names))

    def texts(self, subject: str, term: str, by_code: Mapping[str, str]) -> None:
        """Add texts by language; the empty language gives plain strings."""
        self.add(subject, term, *(literal(text, code) for code, text in by_code.items()))


@dataclass(frozen=True, slots=True)
class Scope:
    """What is written, with which words, under which identifiers."""

    corpus: Corpus
    authorities: Authorities
    terms: Terms
    config: HouseConfig
    links: Links = field(default_factory=Links)
    iris: Iris = field(init=False)
    agent: str = field(init=False)
    by_mandate: Mapping[str, list[Occurrence]] = field(init=False)

    def __post_init__(self) -> None:
        by_mandate: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in self.corpus.occurrences:
            by_mandate[occurrence.mandate].append(occurrence)
        object.__setattr__(self, "iris", Iris(self.config.base))
        object.__setattr__(self, "by_mandate", by_mandate)
        object.__setattr__(self, "agent", self.thing("agent", f"{PROGRAM}-{__version__}"))

    def graph(self, *keys: str) -> NamedGraph:
        """A new named graph."""
        return NamedGraph(self.iris.graph(*keys), self.terms)

    def thing(self, kind: str, *keys: str) -> str:
        """Anything with a key."""
        return f"<{self.iris.thing(kind, *keys)}>"

    def reference(self, kind: str, key: str) -> str:
        """A thing, or nothing where a cell is empty."""
        return self.thing(kind, key) if key else ""

    def person(self, name: str) -> str:
        """A person who decided something."""
        return self.thing("agent", slug(name) or digest(name)[:12])

    def kind(self, scheme: str, key: str) -> str:
        """A concept of a closed list."""
        return f"<{self.iris.kind(scheme, key)}>"

    def target(self, target: str) -> str:
        """What a mention names: ``body/iom``."""
        kind, _, key = target.partition("/")
        return self.thing(kind, key)

    def language(self, code: str) -> str:
        """A language of the EU authority table."""
        authority = self.authorities.languages.get(code, "")
        return f"<{self.iris.language(authority)}>" if authority else ""

    def expression(self, mandate: Mandate) -> str:
        """A mandate's text."""
        return f"<{self.iris.expression(mandate.key, mandate.language or 'und')}>"


def shorten(text: str) -> str:
    """A label from a text: its first words, at most eighty characters."""
    line = " ".join(text.split())
    if len(line) <= _LABEL_LENGTH:
        return line
    return line[: _LABEL_LENGTH - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"


def plain(text: str) -> str:
    """A plain string, or nothing."""
    return literal(text) if text else ""


def iri(address: str) -> str:
    """An address as an IRI; what no IRI may hold (RFC 3987 §2.2) is percent-encoded."""
    if not address:
        return ""
    return "<" + NOT_IN_IRI.sub(lambda match: f"%{ord(match.group()):02X}", address) + ">"


def integer(number: int) -> str:
    """An xsd:integer."""
    return literal(str(number), datatype=f"{XSD}integer")


def date(text: str) -> str:
    """A date, a month or a year, each with the datatype that it has the precision for."""
    if not text:
        return ""
    return literal(text, datatype=XSD + {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)])
