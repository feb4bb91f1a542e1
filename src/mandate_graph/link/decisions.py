"""What people say to proposals: a row goes from the open questions to the published links, signed, or stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from mandate_graph.authorities import Authorities
from mandate_graph.errors import BadTable
from mandate_graph.link.proposals import new_header, new_prefixes
from mandate_graph.link.targets import Target, Targets
from mandate_graph.outputs import alone_in, write_files
from mandate_graph.sssom import (
    COLUMNS,
    CONCEPTS,
    ENDING,
    OWN,
    MappingSet,
    TermMapping,
    faults,
    read_set,
    set_text,
)

__all__ = ["RELATIONS", "Desk", "Question", "Verdict", "ours"]

RELATIONS: Mapping[str, tuple[str, str]] = {
    "e": ("skos:exactMatch", "schema:sameAs"),
    "c": ("skos:closeMatch", ""),
    "b": ("skos:broadMatch", ""),
    "n": ("skos:narrowMatch", ""),
    "r": ("skos:relatedMatch", "rdfs:seeAlso"),
}
"""The letters of relations, and what each is between concepts and between other things (empty: nothing)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A row that waits for a decision, and the file that it stands in."""

    path: Path
    row: TermMapping

    @property
    def concept(self) -> bool:
        """Whether it is about a concept of ours."""
        return self.row.subject.partition("/")[0] in CONCEPTS

    def relation(self, letter: str) -> str:
        """The relation that a letter means for this row; empty where it means none."""
        return RELATIONS[letter][0 if self.concept else 1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody says: who and on which day, whether the relation holds, which one, and perhaps why."""

    by: str
    date: str
    accepted: bool
    predicate: str = ""
    note: str = ""


class Desk:
    """The link sets of a house while somebody decides; every decision is on the disk when `decide` returns.

    Files keep their header and the order of their rows. Others may decide at the same time, or save a spreadsheet: a
    decision is made on what stands on the disk then, one at a time, and nothing that others wrote is lost.
    """

    def __init__(self, links: Path, base: str, authorities: Authorities, targets: Targets) -> None:
        self._links, self._base = links, base
        self._authorities, self._targets = authorities, targets
        self._sets: dict[Path, MappingSet] = {}
        self._held: dict[Path, bytes | None] = {}
        self._done: list[tuple[dict[Path, MappingSet | None], dict[Path, bytes | None]]] = []
        self._refresh()

    def questions(self, paths: Sequence[Path] = (), *, published: bool = False) -> list[Question]:
        """The rows that nobody has decided: those of open files, or with ``published`` the links that nobody signed.

        Without paths, all files of the house. Rows whose pair was decided meanwhile are left out.

        Raises:
            MissingPath: when a file is not there.
            BadTable: when one cannot be read, or has columns that would be lost.
        """
        folder = self._links if published else self._links / "open"
        found = []
        for named in paths or sorted(folder.glob(f"*{ENDING}")):
            # one file has one name here, however it was named
            path = self._links / named.name if self._inside(named) else named
            each = self._read(path)
            inside = self._inside(path)
            rows = [row for row in each.mappings if (row.asserted and not row.reviewed) or not inside]
            found += [Question(path, row) for row in rows if inside or not self._decided(each, row)]
        return found

    def decide(self, question: Question, verdict: Verdict) -> list[str]:
        """Carry a decision out, unless what it makes may not be published; then nothing is changed.

        Returns:
            Why it cannot be, one sentence each; empty when it is done.

        Raises:
            Unwritable: when a file cannot be written.
        """
        with self._alone():
            self._refresh()
            if question.row not in self._read(question.path).mappings:
                return ["the row is not there any more: somebody else decided or changed it meanwhile"]
            return self._decide(question, verdict)

    def waits(self, question: Question) -> bool:
        """Whether a row still stands where it stood when it was asked for, and as it stood."""
        return question.row in self._read(question.path).mappings

    def _decide(self, question: Question, verdict: Verdict) -> list[str]:
        each = self._read(question.path)
        target = self._targets.of(each.expand(question.row.object))
        if target is None or target.new:
            what = each.expand(question.row.object)
            return [f"no row of targets.csv has terms like {what}; add one, and decide again"]
        home = question.path if self._inside(question.path) else self._links / f"{target.key}{ENDING}"
        row = _signed(question.row, target, each.expand(question.row.object), verdict)
        changed = {home: self._with(home, target, each, question, row)}
        if home != question.path:
            changed[question.path] = _numbered(each, [one for one in each.mappings if one != question.row])
        problems = self._problems(changed[home])
        if not problems:
            before = {path: self._sets.get(path) for path in changed}
            self._write(changed)
            self._done.append((before, {path: self._held[path] for path in changed}))
        return problems

    def address(self, question: Question) -> str:
        """The IRI of the term that a question is about."""
        return self._read(question.path).expand(question.row.object)

    def undo(self) -> str:
        """Take the last decision back.

        Returns:
            Why it cannot be; empty when it is done.
        """
        if not self._done:
            return "there is nothing to undo"
        before, after = self._done[-1]
        with self._alone():
            if any(_bytes(path) != text for path, text in after.items()):
                return "somebody else has written there since, and would lose it: nothing was undone"
            self._write({path: each for path, each in before.items() if each is not None})
            for path, each in before.items():
                if each is None:  # the file was made by the decision
                    path.unlink(missing_ok=True)
                    del self._sets[path], self._held[path]
        self._done.pop()
        return ""

    def _alone(self) -> AbstractContextManager[None]:
        self._links.mkdir(parents=True, exist_ok=True)
        return alone_in(self._links)

    def _refresh(self) -> None:
        """Read anew what others have written since."""
        for path in {*self._sets, *self._links.glob(f"*{ENDING}")}:
            if path not in self._sets or _bytes(path) != self._held[path]:
                self._sets.pop(path, None)
                if path.is_file():
                    self._read(path)

    def _inside(self, path: Path) -> bool:
        return path.resolve().parent == self._links.resolve()

    def _read(self, path: Path) -> MappingSet:
        if path not in self._sets:
            held = _bytes(path)
            each = read_set(path)
            lost = [column for column in each.columns if column not in COLUMNS and column]
            if lost:
                problem = f"the column {lost[0]!r} is none that a link set has, and would be lost"
                raise BadTable(path.name, problem, advice="Take it out, or put what it holds into comment.")
            self._sets[path], self._held[path] = each, held
        return self._sets[path]

    def _published(self) -> Iterator[MappingSet]:
        return (each for path, each in sorted(self._sets.items()) if self._inside(path))

    def _decided(self, each: MappingSet, row: TermMapping) -> bool:
        pair = row.subject, each.expand(row.object)
        return not row.not_found and any(
            (one.subject, other.expand(one.object)) == pair for other in self._published() for one in other.mappings
        )

    def _with(self, home: Path, target: Target, source: MappingSet, question: Question, row: TermMapping) -> MappingSet:
        """The published set with a row: in the place of the one that is decided, else where the order asks for it."""
        each = self._sets.get(home) or _new(home, self._base, target)
        if home == question.path:
            return _numbered(each, [row if one == question.row else one for one in each.mappings])
        used = {curie.partition(":")[0] for curie in (row["subject_match_field"], row["object_match_field"]) if curie}
        more = {prefix: iri for prefix, iri in source.prefixes.items() if prefix in used}
        rows = [one for one in each.mappings if not (row.asserted and _denied(one, row))]
        rows.insert(_place([one.pair for one in rows], row.pair), row)
        return _numbered(replace(each, prefixes={**more, **each.prefixes, target.prefix: target.iri}), rows)

    def _problems(self, changed: MappingSet) -> list[str]:
        """What the lint says of the new state that it did not say of the old one; lines are not compared."""
        before = list(self._published())
        after = [each for each in before if each.name != changed.name] + [changed]
        old = {(fault.name, fault.problem) for fault in faults(before, self._authorities)}
        return [
            fault.problem
            for fault in faults(sorted(after, key=lambda each: each.name), self._authorities)
            if (fault.name, fault.problem) not in old
        ]

    def _write(self, changed: Mapping[Path, MappingSet]) -> None:
        texts = {
            path: set_text(each.header, each.prefixes, each.mappings, each.columns).encode()
            for path, each in sorted(changed.items(), key=lambda pair: not self._inside(pair[0]))
        }
        write_files(dict(texts), self._links / "build")
        self._sets.update(changed)
        self._held.update(texts)


def _bytes(path: Path) -> bytes | None:
    """What stands in a file; None where there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _place(pairs: Sequence[tuple[str, str]], pair: tuple[str, str]) -> int:
    """Where a row belongs: where the order asks for it, and at the end of what is in no order."""
    if list(pairs) != sorted(pairs):
        return len(pairs)
    return next((place for place, other in enumerate(pairs) if other > pair), len(pairs))


def _denied(one: TermMapping, row: TermMapping) -> bool:
    """Whether a row says that there is no such term as another one names."""
    return one.not_found and one.subject == row.subject and one.predicate == row.predicate


def _signed(row: TermMapping, target: Target, iri: str, verdict: Verdict) -> TermMapping:
    comment = ". ".join(filter(None, (verdict.note, row["comment"] if target.labels else "")))
    return row.with_cells(
        object_id=row.object if row.not_found else target.curie(iri),
        object_label=row["object_label"] if target.labels else "",
        predicate_id=verdict.predicate or row.predicate,
        predicate_modifier="" if verdict.accepted else "Not",
        reviewer_label=verdict.by,
        review_date=verdict.date,
        comment=comment or row["comment"],
    )


def _new(path: Path, base: str, target: Target) -> MappingSet:
    title = f"Links to {target.label}" if target.label else ""
    return MappingSet(path.name, new_header(base, target.key, title=title), new_prefixes(base, target), (), ())


def _numbered(each: MappingSet, rows: Sequence[TermMapping]) -> MappingSet:
    """A set with these rows, each on a line of its own; the columns are those that it had, and what the rows need."""
    before = set_text(each.header, each.prefixes, ()).count("\n")
    numbered = tuple(replace(row, line=number) for number, row in enumerate(rows, before + 1))
    held = {column for row in numbered for column in row.cells}
    return replace(
        each, mappings=numbered, columns=tuple(column for column in COLUMNS if column in held or column in each.columns)
    )


def ours(authorities: Authorities, table: str, row: TermMapping) -> list[str]:
    """What we call the thing of a row: its labels, then its other names."""
    entity = authorities[table].get(row["subject_id"].removeprefix(OWN).partition("/")[2])
    if entity is None:
        return [row["subject_label"]]
    labels = [f"{text} ({language})" for language, text in entity.labels.items()]
    others = [name for names in entity.alts.values() for name in names]
    return [" | ".join(labels), *([" | ".join(others)] if others else [])]
