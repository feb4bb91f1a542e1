"""Which vocabulary an IRI belongs to: a row of ``targets.csv``, or one without a row, which is named after its IRIs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mandate_graph.authorities import Authorities
from mandate_graph.errors import UsageError
from mandate_graph.iris import NOT_IN_IRI, slug

__all__ = ["Target", "Targets", "namespace", "targets_of"]

_RESERVED = frozenset(
    ("skos", "schema", "schemahttp", "rdfs", "rdf", "owl", "semapv", "sssom", "mgid", "orcid", "open")
)
# Parts of addresses that say nothing of what a vocabulary is about.
_GENERAL = frozenset((
    "concept", "concepts", "id", "ids", "resource", "resources", "term", "terms", "entity", "entities", "descriptor",
    "vocab", "vocabs", "vocabulary", "vocabularies", "thesaurus", "thesauri", "skos", "authority", "authorities", "def",
    "ontology", "ontologies", "page", "data", "www", "scheme", "schemes", "en", "es", "c", "org", "com", "net", "int",
    "example", "http:", "https:", "urn", "",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A vocabulary: its key, prefix and IRI, the pattern of what follows in a term, and whether labels may be written.

    ``new`` says that ``targets.csv`` has no row for it.
    """

    key: str
    prefix: str
    iri: str
    pattern: str = ".+"
    labels: bool = True
    label: str = ""
    new: bool = False

    def has(self, iri: str) -> bool:
        """Whether an IRI is one of its terms."""
        return iri.startswith(self.iri) and re.fullmatch(self.pattern, iri.removeprefix(self.iri)) is not None

    def curie(self, iri: str) -> str:
        """A term as a CURIE."""
        return f"{self.prefix}:{iri.removeprefix(self.iri)}"


@dataclass
class Targets:
    """All rows by key; ``only`` is the one that was asked for."""

    rows: Mapping[str, Target]
    only: str = ""
    _made: dict[str, Target] = field(default_factory=dict)

    def of(self, iri: str) -> Target | None:
        """The vocabulary of a term; None for what is none of its terms: a category, a note, another vocabulary."""
        if NOT_IN_IRI.search(iri):  # a vocabulary may hold what no row can
            return None
        if self.only:
            return self.rows[self.only] if self.rows[self.only].has(iri) else None
        near = [target for target in self.rows.values() if iri.startswith(target.iri)]
        if near:
            longest = max(len(target.iri) for target in near)
            return next((target for target in near if len(target.iri) == longest and target.has(iri)), None)
        space = namespace(iri)
        return self._made.get(space) or self._make(space)

    def _make(self, space: str) -> Target | None:
        if space == iri_without_name(space):
            key = self._free(_named_after(space))
            self._made[space] = Target(key, key, space, ".+", True, "", True)  # noqa: FBT003
            return self._made[space]
        return None

    def _free(self, name: str) -> str:
        taken = {*self.rows, *(row.prefix for row in self.rows.values()), *(row.key for row in self._made.values())}
        taken |= _RESERVED
        number, key = 1, name
        while key in taken:
            number += 1
            key = f"{name}-{number}"
        return key

    def settle(self, iris: Iterable[str]) -> None:
        """Name the vocabularies without a row in an order that does not depend on that of their terms."""
        for space in sorted({namespace(iri) for iri in iris}):
            self.of(space + "x")

    @property
    def new(self) -> list[Target]:
        """Those that have no row."""
        return [self._made[space] for space in sorted(self._made)]


def iri_without_name(space: str) -> str:
    """What of a namespace can be one: it ends in a slash, a hash sign or a colon."""
    return space if space[-1:] in {"/", "#", ":"} else ""


def namespace(iri: str) -> str:
    """An IRI up to the last hash sign, else slash, else colon that something follows."""
    body = iri.rstrip("/")
    for sign in "#/:":
        before, found, _ = body.rpartition(sign)
        if found and not before.endswith((":", ":/")):
            return before + found
    return iri


def _named_after(space: str) -> str:
    """A short name: the last part of an address that says something, else the host's."""
    rest = space.partition("://")[2] or space.removeprefix("urn:")
    host, _, path = rest.partition("/")
    parts = [slug(part) for part in re.split(r"[/#:]", path) if part]
    said = [part for part in parts if part not in _GENERAL and not re.fullmatch(r"v?\d[\d-]*", part)]
    names = [part for part in re.split(r"[.:]", host) if part not in _GENERAL]
    return (said[-1] if said else "") or slug(max(names[:-1] or names or ["terms"], key=len)) or "terms"


def targets_of(authorities: Authorities, only: str = "") -> Targets:
    """The rows of ``targets.csv``.

    Raises:
        UsageError: when ``only`` is the key of no row.
    """
    rows = {
        row["key"]: Target(
            row["key"], row["prefix"], row["iri"], row["pattern"] or ".+", row["labels"] != "no", row["label_en"]
        )
        for row in authorities.words["targets"]
    }
    if only and only not in rows:
        raise UsageError(f"--target {only}: no row of targets.csv has this key. There are: {', '.join(sorted(rows))}")
    return Targets(rows, only)
