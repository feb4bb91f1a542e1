"""Results after a change: found anew where it may have altered them, and else those of before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from mandate_graph.engine import Quad
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.alone import Lone, around, has_lost, lone
from mandate_graph.shacl.gate import Foci, Gate, Left

__all__ = ["results_again"]

_AT_ONCE = 250


def results_again(
    gate: Gate, gone: Collection[Quad], new: Collection[Quad], before: Sequence[ShapeResult]
) -> set[ShapeResult] | None:
    """The results now; ``before`` are all results without the change.

    None where results do not tell of which node of which shape they are: then all has to be looked at.
    """
    if any(
        unit.left or any(each.above or each.source.startswith("_:") for each in unit.constraints) for unit in gate.units
    ):
        return None
    foci, again = _whole(gate, gate.affected([*gone, *new]))
    at_once = {key: nodes for key, nodes in foci.items() if nodes is not None or not _is_lone(gate, key, gone, before)}
    found, left = set[ShapeResult](), list[Left]()
    for several in _in_parts(at_once):
        some, asked = gate.check(several, None)
        found |= some
        left += asked
    lone_units = dict.fromkeys(foci.keys() - at_once.keys())
    if lone_units:
        patterns = [pattern for key in lone_units for pattern in _patterns(gate, key) if pattern]
        more, also_left = gate.of(around(gate.engine, patterns, new)).check(lone_units, None)
        found, left = found | more, [*left, *also_left]
    if left:
        return None
    kept = (replace(result, where="") for result in before if not _is_again(result, again))
    return {*found, *kept}


def _in_parts(foci: Foci) -> Iterator[Foci]:
    """The same foci, a few nodes at a time: joins with many named nodes are slow."""
    rest = dict(foci)
    while rest:
        yield {key: nodes and set(sorted(nodes)[:_AT_ONCE]) for key, nodes in rest.items()}
        rest = {key: set(sorted(nodes)[_AT_ONCE:]) for key, nodes in rest.items() if nodes and len(nodes) > _AT_ONCE}


def _patterns(gate: Gate, key: tuple[str, str]) -> list[Lone | None]:
    return [lone(each) for unit in gate.units if (unit.shape, unit.part) == key for each in unit.constraints]


def _is_lone(gate: Gate, key: tuple[str, str], gone: Collection[Quad], before: Sequence[ShapeResult]) -> bool:
    """Whether what is new tells all of a unit that looks at the whole graph: without results, and with nothing lost."""
    sources = {each.source for unit in gate.units if (unit.shape, unit.part) == key for each in unit.constraints}
    if any(result.shape in sources for result in before):
        return False
    return all(pattern and not has_lost(gate.engine, pattern, gone) for pattern in _patterns(gate, key))


def _whole(gate: Gate, foci: Foci) -> tuple[Foci, dict[str, set[str] | None]]:
    """Foci in which all units with one source of results have the same nodes; and these nodes by the source."""
    again: dict[str, set[str] | None] = {}
    for unit in gate.units:
        if (unit.shape, unit.part) in foci:
            nodes = foci[unit.shape, unit.part]
            for source in {each.source for each in unit.constraints}:
                known = again.get(source, set())
                again[source] = None if nodes is None or known is None else {*known, *nodes}
    whole: dict[tuple[str, str], set[str] | None] = {}
    for unit in gate.units:
        several = [again[each.source] for each in unit.constraints if each.source in again]
        if several:
            sets = [nodes for nodes in several if nodes is not None]
            whole[unit.shape, unit.part] = set().union(*sets) if len(sets) == len(several) else None
    return whole, again


def _is_again(result: ShapeResult, again: dict[str, set[str] | None]) -> bool:
    nodes = again.get(result.shape, set())
    return nodes is None or result.focus in nodes
