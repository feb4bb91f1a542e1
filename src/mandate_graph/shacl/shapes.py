"""Reads the shapes graph: every constraint with its target, path, severity and message (SHACL §2, §4, §5).

``COMPONENTS`` names what is compiled. What uses more is left to pySHACL, shape by shape, and what is no SHACL at all is
refused; nothing is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mandate_graph.engine import unquote
from mandate_graph.errors import BadShape, MissingPath
from mandate_graph.shacl.forms import is_plain
from mandate_graph.shacl.parameters import Unsupported, check_parameter
from mandate_graph.shacl.shapes_graph import RDF, SH, TARGETS, ShapesGraph

__all__ = ["COMPONENTS", "SH", "Constraint", "Target", "Unit", "read_shapes", "read_units"]

COMPONENTS: Mapping[str, str] = {
    "class": "ClassConstraintComponent",  # SHACL §4.1.1
    "datatype": "DatatypeConstraintComponent",  # §4.1.2
    "nodeKind": "NodeKindConstraintComponent",  # §4.1.3
    "minCount": "MinCountConstraintComponent",  # §4.2.1
    "maxCount": "MaxCountConstraintComponent",  # §4.2.2
    "minExclusive": "MinExclusiveConstraintComponent",  # §4.3.1
    "minInclusive": "MinInclusiveConstraintComponent",  # §4.3.2
    "maxExclusive": "MaxExclusiveConstraintComponent",  # §4.3.3
    "maxInclusive": "MaxInclusiveConstraintComponent",  # §4.3.4
    "minLength": "MinLengthConstraintComponent",  # §4.4.1
    "maxLength": "MaxLengthConstraintComponent",  # §4.4.2
    "pattern": "PatternConstraintComponent",  # §4.4.3
    "uniqueLang": "UniqueLangConstraintComponent",  # §4.4.5
    "equals": "EqualsConstraintComponent",  # §4.5.1
    "disjoint": "DisjointConstraintComponent",  # §4.5.2
    "closed": "ClosedConstraintComponent",  # §4.8.1
    "hasValue": "HasValueConstraintComponent",  # §4.8.2
    "in": "InConstraintComponent",  # §4.8.3
    "sparql": "SPARQLConstraintComponent",  # §5.3
}
"""The constraint parameters that are compiled, and the components that results name."""

# Of these a value is a shape, or a list of shapes.
_SHAPES_IN = ("property", "node", "not", "qualifiedValueShape")
_LISTS_OF_SHAPES = ("and", "or", "xone")
_LEFT = {
    *_SHAPES_IN, *_LISTS_OF_SHAPES, "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint",
    "lessThan", "lessThanOrEquals", "languageIn", "target", "expression",
}  # fmt: skip
# What may stand on a shape without being a constraint of its own.
_FURNITURE = {
    "path", "message", "severity", "flags", "prefixes", "select", "ask", "name", "description", "deactivated", "order",
    "group", "defaultValue", "ignoredProperties", "property", *TARGETS,
}  # fmt: skip
# These are of node shapes and property shapes with values; the others need a path.
_ON_NODES = {*COMPONENTS} - {"minCount", "maxCount", "uniqueLang"}
_SINGLE = {*COMPONENTS} - {"class", "pattern", "equals", "disjoint", "hasValue", "sparql"}


@dataclass(frozen=True, slots=True)
class Target:
    """Whose nodes a shape speaks of: ``kind`` is the local name of the SHACL target, ``term`` an N-Triples term."""

    kind: str
    term: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint; ``source`` is the shape that results name.

    ``path`` is SPARQL syntax, empty on node shapes; ``value`` holds the parameter's terms, for ``sparql`` the query
    with its prefixes. ``above`` are the paths of the property shapes that hold this one: its focus nodes are the value
    nodes of those. ``severity`` is the local name of one of SHACL's, or an IRI.
    """

    source: str
    component: str
    targets: tuple[Target, ...]
    path: str
    path_term: str
    value: tuple[str, ...]
    severity: str
    message: str
    flags: str = ""
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What is compiled or left to pySHACL as one: a shape that has targets, or one property shape of it.

    ``part`` is the property shape, or the shape itself for its own constraints. ``left`` says why pySHACL is asked.
    """

    shape: str
    part: str
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    left: str = ""


def read_shapes(shapes: Path) -> list[Constraint]:
    """Every constraint that can be read, of a file or of the ``*.ttl`` of a folder; raises like ``read_units``."""
    return [constraint for unit in read_units(ShapesGraph(shapes), shapes) for constraint in unit.constraints]


def read_units(graph: ShapesGraph, where: Path) -> list[Unit]:
    """All that the shapes promise.

    Raises:
        MissingPath: when no shape there has a target.
        BadShape: when a shape breaks SHACL's rules.
    """
    reader = _Reader(graph)
    aimed = sorted(subject for subject in graph.triples if graph.targets(subject) or graph.get(subject, "target"))
    if not aimed:
        raise MissingPath(
            str(where), "shape with a target there", "A graph that nothing was promised about cannot be validated."
        )
    for shape in aimed:
        reader.refuse_recursion(shape, ())
    return [unit for shape in aimed if not graph.is_true(shape, "deactivated") for unit in reader.shape(shape)]


class _Reader:
    def __init__(self, graph: ShapesGraph) -> None:
        self._graph = graph
        self._parameters = {
            path: component
            for component, said in graph.triples.items()
            if said.get(f"<{SH}parameter>")
            for parameter in said[f"<{SH}parameter>"]
            for path in graph.get(parameter, "path")
        }
        self._plain: set[str] = set()

    def shape(self, shape: str) -> Iterator[Unit]:
        targets = tuple(Target(kind, term) for kind, term in self._graph.targets(shape))
        unit = Unit(shape, shape, targets, ())
        if self._graph.get(shape, "target"):
            yield replace(unit, left="sh:target")
            return
        try:
            own = tuple(self._constraints(shape, targets, ()))
        except Unsupported as why:
            yield replace(unit, left=str(why))
            return
        if self._graph.get(shape, "path"):  # a property shape with targets of its own is one with what it holds
            yield self._unit(unit, own, ((shape, self._path(shape)),))
            return
        if own:
            yield replace(unit, constraints=own)
        for part in sorted(self._graph.get(shape, "property")):
            yield self._unit(replace(unit, part=part), (), ())

    def _unit(self, unit: Unit, own: Sequence[Constraint], above: Sequence[tuple[str, str]]) -> Unit:
        try:
            held = self._graph.get(unit.part, "property") if above else [unit.part]
            below = [one for part in sorted(held) for one in self._property(part, unit.targets, [p for _, p in above])]
        except Unsupported as why:
            return replace(unit, left=str(why))
        return replace(unit, constraints=(*own, *below))

    def _property(self, part: str, targets: tuple[Target, ...], above: Sequence[str]) -> Iterator[Constraint]:
        """The constraints of a property shape and of those that it holds."""
        graph = self._graph
        if not graph.get(part, "path"):
            raise BadShape(part, "a property shape needs a path")
        if graph.is_true(part, "deactivated"):
            return
        yield from self._constraints(part, targets, tuple(above))
        for inner in sorted(graph.get(part, "property")):
            yield from self._property(inner, targets, [*above, self._path(part)])

    def _path(self, shape: str) -> str:
        return self._graph.path(self._graph.one(shape, "path"), shape)

    def _constraints(self, source: str, targets: tuple[Target, ...], above: tuple[str, ...]) -> Iterator[Constraint]:
        graph = self._graph
        if not all(is_plain(target.term) for target in targets):
            raise Unsupported("a target that engines read differently")
        blank = self._blank(source, targets, above)
        for predicate in sorted(graph.said(source)):
            name = self._component(source, predicate)
            if not name:
                continue
            if not blank.path and name not in _ON_NODES:
                raise BadShape(source, f"sh:{name} needs a path; put it on a property shape")
            if blank.path and name == "closed":
                raise Unsupported("sh:closed on a property shape")
            if name in _SINGLE:
                graph.one(source, name)
            for value in sorted(graph.get(source, name)):
                yield from self._constraint(replace(blank, component=name), value)

    def _blank(self, source: str, targets: tuple[Target, ...], above: tuple[str, ...]) -> Constraint:
        """What all constraints of a shape have in common."""
        graph = self._graph
        path_term, flags = graph.one(source, "path"), graph.one(source, "flags")
        path = graph.path(path_term, source) if path_term else ""
        if path and f"<{SH}NodeShape>" in graph.said(source).get(f"<{RDF}type>", ()):
            raise BadShape(source, "a node shape cannot have a path")
        # Of no path at all every node is the end, also one that no triple holds: the engine does not know that one.
        nowhere = above or any(target.kind in {"targetNode", "targetObjectsOf"} for target in targets)
        if nowhere and any(mark in path for mark in (")*", ")?")):
            raise Unsupported("a path of no length")
        return Constraint(
            source, "", targets, path, path_term, (), _severity(graph, source), _message(graph, source),
            unquote(flags)[1] if flags else "", above,
        )  # fmt: skip

    def _component(self, source: str, predicate: str) -> str:
        """The name of a constraint's parameter; empty for what constrains nothing."""
        if predicate in self._parameters:
            raise Unsupported(f"the component {self._parameters[predicate]}")
        name = predicate.removeprefix(f"<{SH}").removesuffix(">")
        if not predicate.startswith(f"<{SH}") or name in _FURNITURE:
            return ""
        if name not in COMPONENTS and name not in _LEFT:
            raise BadShape(source, f"sh:{name} is no property of a shape that can be checked")
        if name not in COMPONENTS:
            raise Unsupported(f"sh:{name}")
        return name

    def _constraint(self, blank: Constraint, value: str) -> Iterator[Constraint]:
        graph, name, source = self._graph, blank.component, blank.source
        if name == "sparql":
            if not graph.is_true(value, "deactivated"):
                own = _message(graph, value) or blank.message
                yield replace(blank, value=(graph.select(value),), message=own)
            return
        terms: tuple[str, ...] = (value,)
        if name == "in":
            terms = tuple(graph.items(value, source))
        elif name == "closed":
            if not graph.is_true(source, name):
                return
            terms = tuple(self._known(source))
        elif name == "uniqueLang" and not (graph.is_true(source, name) and value.startswith('"true"')):
            return
        check_parameter(source, name, terms, blank.flags)
        yield replace(blank, value=terms)

    def _known(self, source: str) -> Iterator[str]:
        """The properties that a closed shape allows (SHACL §4.8.1)."""
        graph = self._graph
        for ignored in graph.get(source, "ignoredProperties"):
            yield from graph.items(ignored, source)
        for part in sorted(graph.get(source, "property")):
            path = graph.one(part, "path")
            if path.startswith("<"):
                yield path

    def refuse_recursion(self, shape: str, above: tuple[str, ...]) -> None:
        """SHACL leaves open what a shape means that leads back to itself (§3.4.3).

        Raises:
            BadShape: when this one does.
        """
        graph = self._graph
        if shape in above:
            raise BadShape(shape, "it leads back to itself; what that means SHACL does not say")
        if shape in self._plain:
            return
        parts = [part for name in _SHAPES_IN for part in graph.get(shape, name)]
        for name in _LISTS_OF_SHAPES:
            for members in graph.get(shape, name):
                parts += graph.items(members, shape)
        for part in parts:
            if part.startswith('"'):
                raise BadShape(shape, f"{part} is no shape")
            self.refuse_recursion(part, (*above, shape))
        self._plain.add(shape)


def _severity(graph: ShapesGraph, source: str) -> str:
    term = graph.one(source, "severity", f"<{SH}Violation>")
    if not term.startswith("<"):
        raise BadShape(source, f"the severity {term} is no IRI")
    name = term.removeprefix(f"<{SH}").removesuffix(">")
    return name if name in {"Violation", "Warning", "Info"} else term


def _message(graph: ShapesGraph, source: str) -> str:
    messages: Sequence[str] = sorted(graph.get(source, "message"))
    english = [message for message in messages if message.endswith("@en")] or messages
    return unquote(english[0])[1] if english else ""
