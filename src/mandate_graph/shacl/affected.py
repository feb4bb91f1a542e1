"""Which nodes a change of triples can give other results: their paths are followed backwards.

More nodes than need be may come out, never fewer.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence

from mandate_graph.engine import Engine, Quad
from mandate_graph.shacl.patterns import Edge, edges_of, moves
from mandate_graph.shacl.queries import mask
from mandate_graph.shacl.shapes import Constraint
from mandate_graph.shacl.shapes_graph import RDF

__all__ = ["Change", "join"]

_TYPE = f"<{RDF}type>"
_SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_AT_ONCE = 5_000
_FEW = 10


class Change:
    """Triples that are not in the graph any more, or that are new in it; the engine holds the graph as it is now."""

    def __init__(self, engine: Engine, quads: Iterable[Quad], *, forms: bool = False) -> None:
        """With ``forms`` the triples are there, and only how their literals are written is another."""
        self._engine = engine
        self._forms = forms
        self._by_property: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for s, p, o, _ in quads:
            self._by_property[p].add((s, o))

    def foci(self, constraint: Constraint) -> set[str] | None:
        """The target nodes of a constraint whose results may be others; None for all of them.

        Not every one of them need be a target node.
        """
        if _SUBCLASS in self._by_property:
            return None
        read = edges_of(constraint)
        if read is None:
            return None if self._by_property else set()
        root, edges = read
        if self._forms and any(
            one.kind == "targetObjectsOf" and one.term in self._by_property for one in constraint.targets
        ):
            return None  # the nodes themselves are written otherwise
        found = set() if self._forms else self._aimed(constraint)
        for edge in edges:
            if self._forms and not _looks_at_form(constraint, edge):
                continue
            nodes = self._from(edge, root, edges)
            if nodes is None:
                return None
            found |= nodes
        return found

    def _aimed(self, constraint: Constraint) -> set[str]:
        """The nodes that became targets, or are none any more."""
        found: set[str] = set()
        for target in constraint.targets:
            if target.kind == "targetClass":
                found |= {s for s, _ in self._by_property.get(_TYPE, ())}
            elif target.kind == "targetSubjectsOf":
                found |= {s for s, _ in self._by_property.get(target.term, ())}
            elif target.kind == "targetObjectsOf":
                found |= {o for _, o in self._by_property.get(target.term, ())}
        return found

    def _from(self, edge: Edge, root: str, edges: Sequence[Edge]) -> set[str] | None:
        starts, ends = self._changed(edge)
        if not starts and not ends:
            return set()
        if edge.path == root:
            return set(self._by_property)
        ways = [
            (nodes, way)
            for end, nodes in ((edge.start, starts), (edge.end, ends))
            if end.startswith("?") and (way := _way(end, root, edge, edges)) is not None
        ]
        if not ways:
            return None
        found: set[str] | None = None
        for nodes, way in ways:
            here = nodes
            for step, forward in way:
                here = self._walk(here, step.path, forward=forward)
            if found is None or len(here) < len(found):
                found = here
            if len(found) <= _FEW * (len(nodes) + 1):  # what is named by many leads to many; another end may not
                break
        return found

    def _changed(self, edge: Edge) -> tuple[set[str], set[str]]:
        """The nodes that the ends of an edge may stand for in what is changed."""
        if edge.path.startswith("?"):
            pairs = {pair for pairs in self._by_property.values() for pair in pairs}
            along, long = set(self._by_property), False
        else:
            along, against, long = moves(edge.path)
            pairs = {pair for name in along for pair in self._by_property.get(name, ())}
            pairs |= {(o, s) for name in against for s, o in self._by_property.get(name, ())}
        if not pairs:
            return set(), set()
        if not long:
            fitting = [
                (s, o)
                for s, o in pairs
                if (edge.start == s or edge.start.startswith("?")) and (edge.end == o or not edge.end.startswith("<"))
            ]
            return {s for s, _ in fitting}, {o for _, o in fitting}
        starts, ends = {s for s, _ in pairs}, {o for _, o in pairs}
        return self._closure(starts, edge.path, forward=False), self._closure(ends, edge.path, forward=True)

    def _walk(self, nodes: set[str], path: str, *, forward: bool) -> set[str]:
        """The nodes at the other end of an edge, in what is there and in what was."""
        if path.startswith("?"):
            return self._step(nodes, path, forward=forward)
        along, against, long = moves(path)
        if long:
            return self._closure(nodes, path, forward=forward)
        found: set[str] = set()
        for name in along:
            found |= self._step(nodes, name, forward=forward)
        for name in against:
            found |= self._step(nodes, name, forward=not forward)
        return found

    def _closure(self, nodes: set[str], path: str, *, forward: bool) -> set[str]:
        along, against, _ = moves(path)
        found, front = set(nodes), set(nodes)
        while front:
            reached: set[str] = set()
            for name in along:
                reached |= self._step(front, name, forward=forward)
            for name in against:
                reached |= self._step(front, name, forward=not forward)
            front = reached - found
            found |= front
        return found

    def _step(self, nodes: set[str], name: str, *, forward: bool) -> set[str]:
        pairs = self._by_property.get(name, set()) if name.startswith("<") else set().union(*self._by_property.values())
        found = {o for s, o in pairs if s in nodes} if forward else {s for s, o in pairs if o in nodes}
        known = sorted(node for node in nodes if node.startswith("<") or (not forward and node.startswith('"')))
        for start in range(0, len(known), _AT_ONCE):
            values = " ".join(known[start : start + _AT_ONCE])
            pattern = f"?node {name} ?other" if forward else f"?other {name} ?node"
            _, rows = self._engine.table(f"SELECT DISTINCT ?other {{ VALUES ?node {{ {values} }} {pattern} }}", "paths")
            found |= {row[0] for row in rows}
        return found


def _way(start: str, root: str, changed: Edge, edges: Sequence[Edge]) -> list[tuple[Edge, bool]] | None:
    """The shortest way over edges that must hold where the changed one does; each with its direction."""
    sure = [edge for edge in edges if edge is not changed and edge.scope == changed.scope[: len(edge.scope)]]
    came: dict[str, list[tuple[Edge, bool]]] = {start: []}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == root:
            return came[node]
        for edge in sure:
            for here, there, forward in ((edge.start, edge.end, True), (edge.end, edge.start, False)):
                if here == node and there.startswith("?") and there not in came:
                    came[there] = [*came[node], (edge, forward)]
                    waiting.append(there)
    return None


def _looks_at_form(constraint: Constraint, edge: Edge) -> bool:
    """Whether it matters to a constraint how the literal at the end of an edge is written."""
    if constraint.component == "uniqueLang" or edge.end.startswith("<"):
        return False
    if constraint.component != "sparql" or not edge.end.startswith("?"):
        return True
    name = edge.end[1:]
    looks = rf"\bis(?:Blank|IRI|URI|Literal)\s*\(\s*[?$]{name}\s*\)"
    code = re.sub(looks, " ", mask(constraint.value[0]), flags=re.IGNORECASE)
    return len(re.findall(rf"[?$]{name}\b", code)) > 1


def join(found: Iterable[Collection[str] | None]) -> set[str] | None:
    """Several answers of ``Change.foci`` as one."""
    nodes: set[str] = set()
    for each in found:
        if each is None:
            return None
        nodes |= set(each)
    return nodes
