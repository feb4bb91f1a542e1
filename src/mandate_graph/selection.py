"""A part of a graph that is useful by itself: mandates, what belongs to them, and what they lead to.

Which mandates, what belongs to them and what things lead to is asked by the queries in ``queries/selection``; here the
answers are followed until nothing new comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mandate_graph.engine import Engine
from mandate_graph.errors import BadOption, UsageError
from mandate_graph.iris import MG
from mandate_graph.sparql import NamedQuery, find_query, run
from mandate_graph.write.lines import Source, blocks, object_of

__all__ = ["FACETS", "Part", "by_facets", "by_query", "part_of", "written"]

FACETS = ("theme", "summit", "document", "year", "language")
"""What mandates are selected by; each is a query of its own."""

_MANY = 200
_TEXT = "https://schema.org/text"
_FIGURES = ("http://rdfs.org/ns/void#triples", "http://rdfs.org/ns/void#entities")
_MANDATES = f"SELECT DISTINCT ?mandate {{ ?mandate a <{MG}Mandate> }}"


@dataclass(frozen=True, slots=True)
class Part:
    """The things of a part, and the things that belong to other mandates and that no statement of it may name."""

    things: frozenset[str]
    others: frozenset[str]


def by_facets(engine: Engine, base: str, queries: Path, facets: Mapping[str, str]) -> set[str]:
    """The mandates that all facets select, as terms.

    Raises:
        BadParameter: when a key names nothing in the graph.
        BadOption: when no mandate is selected.
    """
    found: set[str] | None = None
    for name, value in facets.items():
        query = find_query(str(queries / "selection" / f"{name}.rq"), queries)
        mandates = {terms[0] for terms in run(engine, query, base, {name: value}).terms}
        found = mandates if found is None else found & mandates
    if not found:
        said = " ".join(f"--{name} {value}" for name, value in facets.items())
        raise BadOption("", f"no mandate is selected by {said}")
    return found


def by_query(engine: Engine, base: str, query: NamedQuery, parameters: Mapping[str, str]) -> set[str] | bytes:
    """The mandates in the column ``?mandate`` of a SELECT query, or the graph of a CONSTRUCT query as N-Quads.

    Raises:
        UsageError: when the query gives neither.
        BadOption: when no mandate of the graph stands in the column.
    """
    from mandate_graph.write import nquads

    result = run(engine, query, base, parameters)
    if result.form == "graph":
        return nquads(result.quads())
    if result.form == "ask" or "mandate" not in result.names:
        raise UsageError(
            f"query {query.name}: selects no mandates: a SELECT query needs a column ?mandate, and a CONSTRUCT query "
            "gives the graph itself"
        )
    place = result.names.index("mandate")
    known = {row[0] for row in engine.table(_MANDATES, "the mandates")[1]}
    found = known & {terms[place] for terms in result.terms}
    if not found:
        raise BadOption("", f"no mandate is selected by --query {query.name}")
    return found


def part_of(engine: Engine, base: str, queries: Path, mandates: Iterable[str]) -> Part:
    """Everything that mandates need to be understood: chapeaux, what belongs to them, what all of it leads to."""
    ask = _Asker(engine, queries)
    chosen = set(mandates)
    chosen |= {thing for thing, *_ in ask("chapeau", "mandate", chosen)}
    belonging = {thing for thing, other in ask("belongs", "mandate", chosen) if not other or other in chosen}
    things = chosen | belonging | {f"<{base}dataset>"}
    others: set[str] = set()
    fresh = set(things)
    while fresh:
        found = ask("leads-to", "thing", fresh)
        own = {thing for thing, belongs in found if "true" in belongs}
        others |= own - things
        fresh = {thing for thing, _ in found} - own - things - others
        things |= fresh
    return Part(frozenset(things), frozenset(others - things))


class _Asker:
    def __init__(self, engine: Engine, queries: Path) -> None:
        self._engine = engine
        self._queries = queries / "selection"

    def __call__(self, name: str, variable: str, terms: Iterable[str]) -> list[list[str]]:
        """The rows of a query about terms of the graph, some hundred at a time."""
        text = (self._queries / f"{name}.rq").read_text(encoding="utf-8")
        ordered = sorted(terms)
        rows: list[list[str]] = []
        for start in range(0, len(ordered), _MANY):
            values = f"VALUES ?{variable} {{ {' '.join(ordered[start : start + _MANY])} }}"
            rows += self._engine.table(text.replace(f"# VALUES ?{variable}", values), f"selection {name}")[1]
        return rows


def written(source: Source, part: Part) -> Iterator[bytes]:
    """The lines of the source that speak of things of a part and of nothing that belongs to others.

    A capture comes without its text: that is the whole page, with the mandates that were not selected. The dataset
    comes without its figures, which are those of the whole.
    """
    things = {thing.encode() for thing in part.things}
    for block in blocks(source):
        if block.subject not in things:
            continue
        lines = block.lines.decode()
        left_out = {f"<{figure}>" for figure in _FIGURES}
        if "ns#Capture> " in lines:
            left_out.add(f"<{_TEXT}>")
        # not splitlines, which also splits where a text holds a separator of Unicode
        yield "".join(f"{line}\n" for line in lines[:-1].split("\n") if _stays(line, part, left_out)).encode()


def _stays(line: str, part: Part, left_out: set[str]) -> bool:
    _, predicate, rest = line.split(" ", 2)
    return predicate not in left_out and object_of(rest) not in part.others
