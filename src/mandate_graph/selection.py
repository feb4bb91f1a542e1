"""A part of a graph that is useful by itself: mandates, what belongs to them, and what they lead to.

Which mandates, what belongs to them and what things lead to is asked by the queries in ``queries/selection``; here the
answers are followed until nothing new comes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mandate_graph.engine import Engine, unquote
from mandate_graph.errors import BadOption, BadParameter, UsageError
from mandate_graph.failures import shown
from mandate_graph.iris import MG
from mandate_graph.sparql import NamedQuery, find_query, known_keys, run
from mandate_graph.write.lines import Source, blocks, object_of

__all__ = ["FACETS", "Part", "by_facets", "by_query", "part_of", "written"]

FACETS = ("theme", "summit", "document", "year", "language")
"""What mandates are selected by; each is a query of its own."""

_MANY = 200
_TEXT = "https://schema.org/text"
_FIGURES = ("http://rdfs.org/ns/void#triples", "http://rdfs.org/ns/void#entities")
_FEW = 3
_VALUES = {
    "language": f"""SELECT DISTINCT ?value {{
  ?mandate a <{MG}Mandate> ; <http://data.europa.eu/eli/ontology#is_realized_by>/<{_TEXT}> ?text .
  BIND ( LANG(?text) AS ?value )
}} ORDER BY ?value""",
    "year": f"""SELECT DISTINCT ?value {{
  ?mandate a <{MG}Mandate> ; <http://data.europa.eu/eli/ontology#is_part_of> ?part .
  ?part <http://data.europa.eu/eli/ontology#is_part_of>?/<http://www.w3.org/ns/prov#wasGeneratedBy> ?summit .
  ?summit <https://schema.org/startDate> ?date . BIND ( SUBSTR(STR(?date), 1, 4) AS ?value )
}} ORDER BY ?value""",
}
"""What the values of a facet without keys are."""
_MANDATES = f"SELECT DISTINCT ?mandate {{ ?mandate a <{MG}Mandate> }}"


@dataclass(frozen=True, slots=True)
class Part:
    """The things of a part, and the things that belong to other mandates and that no statement of it may name."""

    things: frozenset[str]
    others: frozenset[str]


def by_facets(engine: Engine, base: str, queries: Path, facets: Mapping[str, str]) -> set[str]:
    """The mandates that all facets select, as terms.

    Raises:
        BadParameter: when a value cannot be one of its kind.
        BadOption: when a key names nothing in the graph, or when no mandate is selected.
    """
    found: set[str] | None = None
    for name, value in facets.items():
        query = find_query(str(queries / "selection" / f"{name}.rq"), queries)
        try:
            mandates = {terms[0] for terms in run(engine, query, base, {name: value}).terms}
        except BadParameter:
            _look_up(engine, base, name, value)
            raise
        if not mandates and name in _VALUES:
            there = [unquote(row[0])[1] for row in engine.table(_VALUES[name], f"each {name}")[1]]
            raise BadOption("", f"no mandate is selected by --{name} {shown(value)}; there are: {', '.join(there)}")
        found = mandates if found is None else found & mandates
    if not found:
        said = " ".join(f"--{name} {shown(value)}" for name, value in facets.items())
        raise BadOption("", f"no mandate is selected by {said}")
    return found


def _look_up(engine: Engine, base: str, kind: str, key: str) -> None:
    """Say which keys of a kind of things are near to one that is refused, whatever the case of its letters.

    Raises:
        BadOption: when there are any.
    """
    space = f"{base}id/{kind}/"
    keys = known_keys(engine, space)
    asked = key.removeprefix(space).removeprefix(f"{kind}/").casefold()
    close = [each for each in keys if each.casefold() == asked]
    parted = [each for each in keys if asked and asked in each.casefold()]
    close = close or sorted(parted, key=lambda each: not each.casefold().startswith(asked))[:_FEW]
    close = close or difflib.get_close_matches(asked, keys, n=_FEW)
    if close:
        said = shown(key)
        raise BadOption("", f"--{kind}: {said} names nothing in this graph; close to it: {', '.join(close)}")


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
        mapped = {term for row in ask("mapped", "thing", fresh) for term in row}
        fresh = ({thing for thing, _ in found} | mapped) - own - things - others
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
