"""One run of the linker: a kind of thing against one source; proposals by target, and the texts of their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.house import House
from mandate_graph.iris import text_key
from mandate_graph.link import endpoints, files, reconciling
from mandate_graph.link.checking import Change, changes, linked_iris
from mandate_graph.link.endpoints import Asker
from mandate_graph.link.files import Progress, silent
from mandate_graph.link.known import Known, known
from mandate_graph.link.matching import Left, Proposal, match
from mandate_graph.link.ours import Index, subjects
from mandate_graph.link.proposals import field_prefixes, merged, new_header, new_prefixes, row_of, text_of, today
from mandate_graph.link.reconciling import Service
from mandate_graph.link.targets import Target, Targets, targets_of
from mandate_graph.link.terms import Vocabulary
from mandate_graph.link.words import Spellings, Words, load_words
from mandate_graph.sssom import ENDING, MappingSet, TermMapping, read_set, read_sets

__all__ = ["Asked", "Behind", "Bench", "Done", "Files", "Reconciling", "Source", "bench", "propose"]


class Source(Protocol):
    """Where terms come from."""

    def search(self, bench: Bench, index: Index) -> Vocabulary:
        """The terms that may be things of ours."""

    def planned(self, bench: Bench, index: Index) -> list[tuple[str, str]]:
        """What would be read or asked, as (what for, the request)."""


@dataclass(frozen=True, slots=True)
class Files:
    """Files of RDF, in any of the formats that are known."""

    paths: Sequence[Path]
    similar: bool = False
    progress: Progress = silent

    def search(self, bench: Bench, index: Index) -> Vocabulary:
        """As `files.search`."""
        return files.search(
            self.paths,
            index,
            bench.known,
            bench.words,
            similar=self.similar,
            also=bench.linked_iris(),
            progress=self.progress,
        )

    def planned(self, bench: Bench, index: Index) -> list[tuple[str, str]]:
        """The files that would be read."""
        del bench
        return [(f"names of {index.kind} things, read from a file", str(path)) for path in self.paths]


@dataclass(frozen=True, slots=True)
class Behind:
    """A SPARQL endpoint."""

    asker: Asker
    similar: bool = False

    def search(self, bench: Bench, index: Index) -> Vocabulary:
        """As `endpoints.search`."""
        # only a named target says which terms are none of it without a look at all of them
        keep = bool if not bench.targets.only else lambda iri: bool(bench.target_of(iri))
        return endpoints.search(
            self.asker, index, bench.known, bench.words, similar=self.similar, also=bench.linked_iris(), keep=keep
        )

    def planned(self, bench: Bench, index: Index) -> list[tuple[str, str]]:
        """What would be asked."""
        return endpoints.planned(index, bench.known, bench.words)


@dataclass(frozen=True, slots=True)
class Reconciling:
    """A service of the Reconciliation API."""

    service: Service
    similar: bool = False

    def search(self, bench: Bench, index: Index) -> Vocabulary:
        """As `reconciling.search`."""
        del bench
        return reconciling.search(self.service, index, similar=self.similar)

    def planned(self, bench: Bench, index: Index) -> list[tuple[str, str]]:
        """What would be asked."""
        del bench
        return reconciling.planned(index, self.service.url)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants linked: a kind, perhaps some of its things, in which languages, into which target.

    ``only`` are keys; things that are named so are tried although they are linked already.
    """

    kind: str
    languages: Sequence[str] = ()
    only: Sequence[str] = ()
    target: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a run needs to know of its house."""

    house: House
    base: str
    authorities: Authorities
    words: Words
    targets: Targets
    sets: tuple[MappingSet, ...]
    known: Known
    countries: Mapping[str, str]

    def target_of(self, iri: str) -> str:
        """The key of the vocabulary of a term, or nothing."""
        target = self.targets.of(iri)
        return target.key if target else ""

    def linked_iris(self) -> set[str]:
        """The terms that published links lead to; with a target, those of it."""
        return linked_iris(self.sets, self.targets.only)

    def linked(self, subject: str, target: str) -> bool:
        """Whether our thing is the same as some term of a vocabulary already."""
        row = self.targets.rows.get(target)
        if row is None:
            return False
        start = row.iri.partition("://")[2]
        return any(address.startswith(start) for address in self.known.linked(subject))


@dataclass(frozen=True, slots=True)
class Done:
    """What a run found: proposals by target, what was left, the vocabulary, and what became of linked terms."""

    asked: Asked
    proposals: Mapping[str, Sequence[Proposal]]
    left: Left
    vocabulary: Vocabulary = field(repr=False)
    targets: Mapping[str, Target] = field(default_factory=dict)
    changes: Sequence[Change] = ()

    def rows(self, target: str, date: str) -> list[TermMapping]:
        """The proposals into one target as rows."""
        return [row_of(each, self.targets[target], self.vocabulary, date) for each in self.proposals[target]]


def bench(house: House, target: str = "") -> Bench:
    """Read the tables and the published sets of a house.

    Raises:
        MissingPath, BadTable: when a table or a set cannot be read.
        UsageError: when no target has that key.
    """
    authorities = load_authorities(house.authorities)
    sets = read_sets(house.links)
    countries = {
        text_key(text): key
        for key, entity in authorities["countries"].items()
        for text in (
            *(entity.cells[column] for column in ("iso2", "iso3")),
            *entity.labels.values(),
            *(name for names in entity.alts.values() for name in names),
        )
    }
    return Bench(
        house,
        house.config().base,
        authorities,
        load_words(house),
        targets_of(authorities, target),
        sets,
        known(sets),
        countries,
    )


def index_of(bench: Bench, asked: Asked) -> Index:
    """The names of what is to be linked; raises as `propose`."""
    things = subjects(asked.kind, bench.authorities, asked.languages, asked.only)
    return Index(things, Spellings(bench.authorities))


def propose(bench: Bench, asked: Asked, source: Source) -> Done:
    """Find proposals for a kind of thing in a source. Nothing is written, and nothing is ever accepted by itself.

    Raises:
        UnknownThing: when a key of ``asked.only`` is none of the kind.
        UsageError: when the tables have no names in these languages.
        MandateGraphError: when the source cannot be read or asked.
    """
    index = index_of(bench, asked)
    found = source.search(bench, index)
    bench.targets.settle(found.terms)
    terms = {iri: term for iri, term in found.terms.items() if bench.target_of(iri)}
    vocabulary = replace(found, terms=terms)
    proposals, left = match(
        index,
        vocabulary,
        bench.known,
        bench.words,
        bench.countries,
        group=bench.target_of,
        linked=bench.linked,
        again=bool(asked.only),
    )
    by_target: dict[str, list[Proposal]] = {}
    targets: dict[str, Target] = {}
    for proposal in proposals:
        target = bench.targets.of(proposal.term.iri)
        if target is not None:
            by_target.setdefault(target.key, []).append(proposal)
            targets[target.key] = target
    seen = {bench.target_of(iri) for iri in terms}
    for key in [key for key in left.unmatched if any(bench.linked(key, target) for target in seen)]:
        left.unmatched.remove(key)
        left.linked.append(key)
    missing = bench.known.missing
    left.retried = sorted(
        {each.subject.key for each in proposals for target in seen if (each.subject.key, target) in missing}
    )
    changed, _ = changes(bench.sets, found)
    return Done(asked, dict(sorted(by_target.items())), left, vocabulary, targets, changed)


def check(bench: Bench, source: Files | Behind) -> tuple[list[Change], int]:
    """What changed of the terms that published links lead to, and how many links were held against the source.

    Raises:
        MandateGraphError: when the source cannot be read or asked.
    """
    iris = bench.linked_iris()
    if isinstance(source, Files):
        found = files.look_up(source.paths, iris, bench.words, source.progress)
    else:
        found = endpoints.look_up(source.asker, iris, bench.words)
    return changes(bench.sets, found, bench.targets.only)


def open_file(bench: Bench, done: Done, target: str, path: Path) -> tuple[str, int]:
    """The text of an open file with the proposals into a target joined to what stands there, and how many are new.

    Raises:
        BadTable: when what stands there cannot be read.
    """
    old = read_set(path) if path.is_file() else None
    now = known(read_sets(bench.house.links))  # what was decided since the run began is not proposed again
    rows = [
        row_of(each, done.targets[target], done.vocabulary, today())
        for each in done.proposals[target]
        if not now.decided(each.subject.key, each.term.iri)
    ]
    own = new_prefixes(bench.base, done.targets[target])
    prefixes = {**field_prefixes(rows, bench.words), **(old.prefixes if old else {}), **own}
    joined, added = merged(old, rows, now, prefixes)
    name = path.name.removesuffix(ENDING)
    header = dict(old.header) if old else new_header(bench.base, f"open/{name}")
    return text_of(header, prefixes, joined), added


def one_file(bench: Bench, done: Done) -> str:
    """All proposals, whatever their targets, as one file's text."""
    rows = [row for target in done.proposals for row in done.rows(target, today())]
    prefixes = {**field_prefixes(rows, bench.words), **new_prefixes(bench.base, None)}
    for target in done.targets.values():
        prefixes[target.prefix] = target.iri
    ordered, _ = merged(None, rows, bench.known, prefixes)
    return text_of(new_header(bench.base, "open/proposals"), prefixes, ordered)
