"""The gate at work: which constraints are compiled, what they find, and what pySHACL is asked."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from mandate_graph.engine import Engine, Quad, unquote
from mandate_graph.errors import BadQuery, BadShape
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.affected import Change, join
from mandate_graph.shacl.compile import RANGES, compile_constraint, target_query
from mandate_graph.shacl.forms import NUMBERS, XSD, Written
from mandate_graph.shacl.mixed import odd_values
from mandate_graph.shacl.parameters import Unsupported
from mandate_graph.shacl.queries import of_names
from mandate_graph.shacl.screens import Screens, together
from mandate_graph.shacl.shapes import COMPONENTS, SH, Constraint, Unit, read_units
from mandate_graph.shacl.shapes_graph import ShapesGraph
from mandate_graph.shacl.sieve import Sieve, find_cut

__all__ = ["Foci", "Gate", "Left"]

Foci: TypeAlias = Mapping[tuple[str, str], Collection[str] | None]
"""By the shape that has the targets and the shape that makes the results: target nodes to look at, None for all."""

_SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_PATTERN = f"<{SH}{COMPONENTS['pattern']}>"
_AT_ONCE = 5_000


class Left(NamedTuple):
    """A shape that pySHACL was asked of: why, and of how many of its nodes (None for all)."""

    shape: str
    why: str
    nodes: int | None

    def __str__(self) -> str:
        whom = "" if self.nodes is None else f", {self.nodes} of its nodes"
        return f"shape {self.shape}: asked of pySHACL{whom}: {self.why}"


@dataclass
class _Asked:
    """A unit with what was found by queries, and the target nodes that pySHACL is asked of (None for all)."""

    unit: Unit
    foci: Collection[str] | None
    found: list[ShapeResult] = field(default_factory=list)
    of_reference: set[str] | None = field(default_factory=set)
    why: str = ""
    stands: bool = False

    def leave(self, nodes: set[str] | None, why: str) -> None:
        """Leave nodes to pySHACL; all of them where results do not name the target, or a node has no name."""
        if nodes is not None and not nodes:
            return
        nested = any(constraint.above for constraint in self.unit.constraints)
        if nodes is None or self.of_reference is None or nested or any(node.startswith("_:") for node in nodes):
            self.of_reference = None
        else:
            self.of_reference |= nodes
        self.why = self.why or why

    def stand(self, problem: str) -> None:
        """Let what the queries found stand for all nodes, because pySHACL has no answer."""
        self.why += f"; {problem}, so that the answer of the compiled shape stands"
        self.stands = True

    def answered(self) -> Iterator[ShapeResult]:
        """What the queries found of the nodes that pySHACL gave no answer of."""
        if self.stands:
            yield from self.found
        elif self.of_reference is not None:
            yield from (result for result in self.found if result.focus not in self.of_reference)

    def said(self) -> Left:
        """What people are told of it."""
        return Left(self.unit.part, self.why, None if self.of_reference is None else len(self.of_reference))


class Gate:
    """Shapes, ready to be held against the data of an engine."""

    def __init__(self, engine: Engine, shapes: Path) -> None:
        """Read and compile the shapes.

        Raises:
            MissingPath: when there are no shapes.
            BadRdf: when a shapes file cannot be parsed.
            BadShape: when a shape breaks SHACL's rules.
        """
        self.engine = engine
        self._graph = ShapesGraph(shapes)
        self._hierarchy = _Hierarchy(engine)
        self.sieve = Sieve(engine)
        self._all_named = False
        self.units = _decided(read_units(self._graph, shapes))

    def of(self, engine: Engine) -> Gate:
        """The same shapes for other data, with the classes of these."""
        other = copy(self)
        other.engine, other.sieve = engine, Sieve(engine)
        return other

    def affected(self, quads: Iterable[Quad]) -> dict[tuple[str, str], set[str] | None]:
        """The target nodes whose results these triples may have changed, by unit; None for all."""
        change = Change(self.engine, quads)
        found: dict[tuple[str, str], set[str] | None] = {}
        for unit in self.units:
            nodes = None if unit.left else join(change.foci(constraint) for constraint in unit.constraints)
            if nodes is None or nodes:
                # a query cannot name a blank node
                blank = nodes is not None and any(node.startswith("_:") for node in nodes)
                found[unit.shape, unit.part] = None if blank else nodes
        return found

    def check(
        self, foci: Foci | None, written: Written | None, *, all_named: bool = False
    ) -> tuple[set[ShapeResult], list[Left]]:
        """All results, and what pySHACL was asked; ``all_named`` says that no node of the data is blank."""
        self._all_named = all_named
        asked = [
            _Asked(unit, None if foci is None else foci[unit.shape, unit.part])
            for unit in self.units
            if foci is None or (unit.shape, unit.part) in foci
        ]
        for each in asked:
            if each.unit.left:
                each.leave(None, each.unit.left)
        if written is not None:
            self._leave_rough(asked, written)
        self._ask_engine([each for each in asked if not each.unit.left])
        for each in asked:
            self._leave_disputed(each)
        left = [each for each in asked if each.of_reference is None or each.of_reference]
        results = self._ask_reference(left, written) if left else set()
        return results.union(*(each.answered() for each in asked)), [each.said() for each in left]

    def _leave_rough(self, asked: Sequence[_Asked], written: Written) -> None:
        constraints = [constraint for each in asked for constraint in each.unit.constraints if not each.unit.left]
        found = [*written.rough(), *odd_values(self.engine, constraints)]
        if not found:
            return
        change = Change(self.engine, found, forms=True)
        for each in asked:
            nodes = join(change.foci(constraint) for constraint in each.unit.constraints)
            if nodes:
                nodes = self._targets(each, nodes)
            each.leave(nodes, "literals that engines read differently")

    def _targets(self, asked: _Asked, nodes: set[str]) -> set[str]:
        """Those nodes that are targets and are looked at."""
        if asked.foci is not None:
            nodes = nodes & set(asked.foci)
        blank = {node for node in nodes if node.startswith("_:")}
        known, found = sorted(nodes - blank), set(blank)
        for start in range(0, len(known), _AT_ONCE):
            for target in asked.unit.targets:
                query = target_query(target, self._hierarchy.below, known[start : start + _AT_ONCE])
                found |= {row[0] for row in self.engine.table(query, "targets")[1]}
        return found

    def _named(self, asked: _Asked) -> list[str] | None:
        """The nodes that pySHACL is asked of by name; None for all targets."""
        nodes = asked.foci if asked.of_reference is None else asked.of_reference
        return None if nodes is None else sorted(self._targets(asked, set(nodes)))

    def _ask_engine(self, asked: Sequence[_Asked]) -> None:
        screens = Screens(self.engine, self._hierarchy.below)
        work = [(each, some, screens) for each in asked for some in together(each.unit.constraints)]
        # those that take long come first, lest one is left over at the end when the others are done
        work.sort(key=lambda item: item[1][0].component != "sparql")
        # The engine gives the interpreter lock away while it works, so that threads use every core.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for (each, _, _), found in zip(work, pool.map(lambda item: self._look(*item), work), strict=True):
                each.found += found

    def _look(self, asked: _Asked, constraints: Sequence[Constraint], screens: Screens) -> list[ShapeResult]:
        return [
            result
            for constraint in (screens.left(constraints) if asked.foci is None else constraints)
            for query in compile_constraint(constraint, self._hierarchy.below, asked.foci)
            for result in self._results(asked, constraint, query)
        ]

    def _results(self, asked: _Asked, constraint: Constraint, query: str) -> list[ShapeResult]:
        cut = find_cut(constraint.value[0]) if constraint.component == "sparql" else None
        query = of_names(query) if self._all_named else query
        try:
            rows = self.sieve.rows(query, cut, narrow=asked.foci is not None)
            return [_result(constraint, cells) for cells in rows]
        except BadQuery as error:
            raise BadShape(constraint.source, error.problem) from None

    def _leave_disputed(self, asked: _Asked) -> None:
        """Of values that the engine and pySHACL compare differently the latter is asked."""
        bounds = {
            (each.source, f"<{SH}{COMPONENTS[each.component]}>"): each.value[0]
            for each in asked.unit.constraints
            if each.component in RANGES
        }
        disputed = set()
        for result in asked.found:
            bound = bounds.get((result.shape, result.component))
            is_odd = bound is not None and (_is_odd(bound) or _is_odd(result.value))
            if is_odd or (result.component == _PATTERN and unquote(result.value)[1].endswith("\n")):
                disputed.add(result.focus)
        asked.leave(disputed, "values that engines compare differently")

    def _ask_reference(self, left: Sequence[_Asked], written: Written | None) -> set[ShapeResult]:
        from mandate_graph.interop import to_rdflib
        from mandate_graph.shacl.reference import ReferenceFailed, reference_units

        quads: Iterable[Quad]
        if written is not None:
            quads = written.quads()
        else:
            body = self.engine.answer(_ALL, "the data").body
            quads = body if isinstance(body, list) else []
        data = to_rdflib(quads)
        questions = {id(each): (each.unit, self._named(each)) for each in left}
        try:
            return set(reference_units(data, self._graph, [*questions.values()]))
        except ReferenceFailed:
            results: set[ShapeResult] = set()
        for each in left:
            try:
                results.update(reference_units(data, self._graph, [questions[id(each)]], checked=True))
            except ReferenceFailed as failed:
                if each.unit.left:
                    raise BadShape(each.unit.part, failed.problem) from None
                each.stand(failed.problem)
        return results


class _Hierarchy:
    def __init__(self, engine: Engine) -> None:
        _, rows = engine.table(f"SELECT ?below ?above WHERE {{ ?below {_SUBCLASS}+ ?above }}", "subclasses")
        self._below: dict[str, set[str]] = {}
        for below, above in rows:
            self._below.setdefault(above, set()).add(below)

    def below(self, name: str) -> Sequence[str]:
        """A class and all its subclasses in the data (SHACL §1.4, SHACL instance)."""
        return [name, *sorted(self._below.get(name, set()) - {name})]


def _decided(units: Sequence[Unit]) -> list[Unit]:
    """Units with a word of why each is left to pySHACL; a shape whose own constraints are is left whole."""
    tried = [unit if unit.left else replace(unit, left=_why_not(unit)) for unit in units]
    whole = {unit.shape for unit in tried if unit.left and unit.part == unit.shape}
    return [unit for unit in tried if unit.shape not in whole or unit.part == unit.shape]


def _why_not(unit: Unit) -> str:
    try:
        for constraint in unit.constraints:
            compile_constraint(constraint, lambda name: [name])
    except Unsupported as why:
        return str(why)
    return ""


def _is_odd(term: str) -> bool:
    """A literal that is neither number nor text."""
    kind, _, _, datatype = unquote(term)
    return kind == "literal" and datatype not in {"", f"{XSD}string", *NUMBERS}


def _result(constraint: Constraint, cells: dict[str, str]) -> ShapeResult:
    value = cells.get("value", "")
    is_query = constraint.component == "sparql"
    if is_query and not value and not constraint.path:
        value = cells["this"]  # SHACL §5.3.2: without ?value, the value is the focus node
    path = cells.get("path", "") if constraint.component == "closed" else ""
    return ShapeResult(
        severity=constraint.severity,
        shape=constraint.source,
        component=f"<{SH}{COMPONENTS[constraint.component]}>",
        focus=cells["this"],
        path=path or (constraint.path if constraint.path_term.startswith("<") else ""),
        value=value,
        message=_fill(constraint.message, cells) if is_query else constraint.message or _said_of(constraint, value),
    )


def _said_of(constraint: Constraint, value: str) -> str:
    """What a shape without a message says."""
    parameter = " ".join(constraint.value)
    return f"sh:{constraint.component} {parameter} is not kept{f' by {value}' if value else ''}"


def _fill(message: str, cells: dict[str, str]) -> str:
    """Put the bound variables into a message (SHACL §5.2.2)."""
    for name, term in cells.items():
        for slot in (f"{{?{name}}}", f"{{${name}}}"):
            message = message.replace(slot, unquote(term)[1] if term else "")
    return message
