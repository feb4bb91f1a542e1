"""One look instead of many: whether the values of a property keep all that a shape promises of them.

A shape promises of the values of one property a number, a kind, a class …, and each of these is a query that goes
through all nodes. Nearly all data are good, and that they are is told by two numbers: how many values there are, and
how many keep every promise. Only where these differ are the constraints asked one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from mandate_graph.engine import Engine, unquote
from mandate_graph.shacl.compile import TESTS, Subclasses, focus_pattern, is_one_step
from mandate_graph.shacl.shapes import Constraint, Target

__all__ = ["Screens", "together"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
# Kept where no node has several values, which is all that a look tells of them.
_AT_MOST = {"maxCount", "uniqueLang"}
_ONE = {f'"1"^^<http://www.w3.org/2001/XMLSchema#{name}>' for name in ("integer", "int", "nonNegativeInteger")}


def together(constraints: Sequence[Constraint]) -> Iterator[list[Constraint]]:
    """The constraints of a shape, those in one list that one look may spare."""
    apt = [constraint for constraint in constraints if _is_apt(constraint)]
    yield from ([constraint] for constraint in constraints if not _is_apt(constraint))
    yield from (list(some) for _, some in groupby(apt, lambda each: each.source))


def _is_apt(constraint: Constraint) -> bool:
    if constraint.above or not constraint.path or not is_one_step(constraint):
        return False
    if constraint.component in {"minCount", "maxCount"}:
        return constraint.value[0] in _ONE
    return constraint.component in {"class", "uniqueLang", *TESTS}


class Screens:
    """Looks at the data of an engine; of how many nodes a target has it is asked once."""

    def __init__(self, engine: Engine, subclasses: Subclasses) -> None:
        self._engine = engine
        self._subclasses = subclasses
        self._nodes: dict[str, int] = {}

    def left(self, constraints: Sequence[Constraint]) -> list[Constraint]:
        """What is still to be asked of these constraints of one property, each of the targets that a look leaves."""
        if not all(map(_is_apt, constraints)) or (len(constraints) == 1 and constraints[0].component not in _AT_MOST):
            return list(constraints)  # one query says as much, and which
        targets = tuple(target for target in constraints[0].targets if not self._are_kept_by(target, constraints))
        return [replace(constraint, targets=targets) for constraint in constraints] if targets else []

    def _are_kept_by(self, target: Target, constraints: Sequence[Constraint]) -> bool:
        nodes = focus_pattern(constraints[0], target, self._subclasses)
        components = {constraint.component for constraint in constraints}
        tests = [f"({self._test(each)})" for each in constraints if each.component not in {"minCount", *_AT_MOST}]
        kept = " && ".join(tests) or "true"
        kept = f"BOUND(?value) && {kept}" if "minCount" in components else f"!BOUND(?value) || {kept}"
        values, good = self._numbers(
            f"SELECT (COUNT(*) AS ?values) (COUNT(IF({kept}, 1, ?none)) AS ?good) "
            f"WHERE {{ {nodes} OPTIONAL {{ ?this {constraints[0].path} ?value }} }}"
        )
        return values == good and (components.isdisjoint(_AT_MOST) or values == self._count(nodes))

    def _test(self, constraint: Constraint) -> str:
        if constraint.component != "class":
            return TESTS[constraint.component](constraint)
        classes = self._subclasses(constraint.value[0])
        return " || ".join(f"EXISTS {{ ?value {_RDF_TYPE} {name} }}" for name in classes)

    def _count(self, nodes: str) -> int:
        if nodes not in self._nodes:
            (self._nodes[nodes],) = self._numbers(f"SELECT (COUNT(*) AS ?nodes) WHERE {{ {nodes} }}")
        return self._nodes[nodes]

    def _numbers(self, query: str) -> list[int]:
        _, rows = self._engine.table(query, "a look at all values")
        return [int(unquote(cell)[1]) for cell in rows[0]]
