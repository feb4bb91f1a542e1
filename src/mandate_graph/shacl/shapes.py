"""Reads the shapes graph: every constraint with its target, path, severity and message (SHACL §2, §4, §5).

The gate reads exactly the part of SHACL that ``COMPONENTS`` names; a shape that uses more is refused, never passed
over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mandate_graph.engine import parse_quads, unquote
from mandate_graph.errors import BadShape, MissingPath
from mandate_graph.model import Severity

__all__ = ["COMPONENTS", "Constraint", "Target", "read_shapes"]

SH = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

COMPONENTS: Mapping[str, str] = {
    "class": "ClassConstraintComponent",  # SHACL §4.1.1
    "datatype": "DatatypeConstraintComponent",  # §4.1.2
    "nodeKind": "NodeKindConstraintComponent",  # §4.1.3
    "minCount": "MinCountConstraintComponent",  # §4.2.1
    "maxCount": "MaxCountConstraintComponent",  # §4.2.2
    "minInclusive": "MinInclusiveConstraintComponent",  # §4.3.2
    "maxInclusive": "MaxInclusiveConstraintComponent",  # §4.3.4
    "minLength": "MinLengthConstraintComponent",  # §4.4.1
    "pattern": "PatternConstraintComponent",  # §4.4.3
    "uniqueLang": "UniqueLangConstraintComponent",  # §4.4.5
    "in": "InConstraintComponent",  # §4.8.3
    "sparql": "SPARQLConstraintComponent",  # §5.3
}
"""The constraint parameters that the gate checks, and the components that results name."""

_TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
# What may stand on a shape without being a constraint of its own.
_FURNITURE = {
    *(
        f"<{SH}{name}>"
        for name in ("property", "path", "message", "severity", "flags", "name", "description", "deactivated")
    ),
    *(f"<{SH}{name}>" for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")),
    f"<{_RDF}type>",
    "<http://www.w3.org/2000/01/rdf-schema#label>",
    "<http://www.w3.org/2000/01/rdf-schema#comment>",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Whose nodes a shape speaks of: ``kind`` is the local name of the SHACL target, ``term`` an N-Triples IRI."""

    kind: str
    term: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint; ``source`` is the shape that results name.

    ``path`` is SPARQL syntax, empty on node shapes; ``value`` holds the parameter's terms, for ``sparql`` the query
    with its prefixes.
    """

    source: str
    component: str
    targets: tuple[Target, ...]
    path: str
    path_term: str
    value: tuple[str, ...]
    severity: Severity
    message: str
    flags: str = ""


class _ShapesGraph:
    def __init__(self, folder: Path) -> None:
        self.triples: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for path in sorted(folder.glob("*.ttl")):
            # Blank nodes of different files are different things, whatever their labels.
            own = f"_:{path.stem.replace('-', '')}"
            for s, p, o, _ in parse_quads(path):
                subject, value = (f"{own}{term[2:]}" if term.startswith("_:") else term for term in (s, o))
                self.triples[subject][p].append(value)

    def get(self, subject: str, name: str) -> list[str]:
        return self.triples[subject].get(f"<{SH}{name}>", [])

    def one(self, subject: str, name: str, default: str = "") -> str:
        values = self.get(subject, name)
        return values[0] if values else default

    def items(self, node: str) -> list[str]:
        """The members of an RDF list."""
        members = []
        while node != f"<{_RDF}nil>":
            members += self.triples[node][f"<{_RDF}first>"]
            node = self.triples[node][f"<{_RDF}rest>"][0]
        return members


def read_shapes(folder: Path) -> list[Constraint]:
    """Every constraint of the ``*.ttl`` files in a folder.

    Raises:
        MissingPath: when there is no shape there.
        BadRdf: when a file cannot be parsed.
        BadShape: when a shape uses what the gate cannot check.
    """
    graph = _ShapesGraph(folder)
    shapes = sorted(
        subject for subject in graph.triples if f"<{SH}NodeShape>" in graph.triples[subject][f"<{_RDF}type>"]
    )
    aimed = {subject for subject in graph.triples if any(graph.get(subject, kind) for kind in _TARGETS)}
    for subject in sorted(aimed - set(shapes)):
        parts = {part for shape in shapes for part in graph.get(shape, "property")}
        _refuse(subject not in parts, subject, "it has a target, but is no sh:NodeShape")
    if not shapes:
        raise MissingPath(
            str(folder), "folder of shapes", "A graph that nothing was promised about cannot be validated."
        )
    return [constraint for shape in shapes for constraint in _node_shape(graph, shape)]


def _node_shape(graph: _ShapesGraph, shape: str) -> Iterator[Constraint]:
    targets = tuple(Target(kind, term) for kind in _TARGETS for term in sorted(graph.get(shape, kind)))
    _refuse(not targets, shape, "it has no target, so that it speaks of nothing")
    _refuse_deactivated(graph, shape)
    yield from _constraints(graph, shape, targets)
    for part in sorted(graph.get(shape, "property")):
        _refuse(part.startswith("_:"), shape, "a property shape has no IRI, so that no result could name it")
        _refuse(not graph.get(part, "path"), part, "a property shape needs a path")
        _refuse(bool(graph.get(part, "property")), part, "a property shape inside a property shape cannot be checked")
        _refuse(any(graph.get(part, kind) for kind in _TARGETS), part, "a property shape with a target of its own")
        _refuse_deactivated(graph, part)
        yield from _constraints(graph, part, targets)


def _refuse(condition: bool, source: str, problem: str) -> None:  # noqa: FBT001
    if condition:
        raise BadShape(source, problem)


def _refuse_deactivated(graph: _ShapesGraph, source: str) -> None:
    _refuse(bool(graph.get(source, "deactivated")), source, "it is deactivated; remove it instead")


def _constraints(graph: _ShapesGraph, source: str, targets: tuple[Target, ...]) -> Iterator[Constraint]:
    for name in ("path", "severity", "flags"):
        _refuse(len(graph.get(source, name)) > 1, source, f"it has two values of sh:{name}")
    path_term = graph.one(source, "path")
    path = _path(graph, path_term) if path_term else ""
    severity = _severity(graph, source)
    flags = unquote(graph.one(source, "flags"))[1] if graph.get(source, "flags") else ""
    for predicate in sorted(graph.triples[source]):
        if predicate in _FURNITURE:
            continue
        name = predicate.removeprefix(f"<{SH}").removesuffix(">")
        known = ", ".join(COMPONENTS)
        unknown = name not in COMPONENTS or not predicate.startswith(f"<{SH}")
        _refuse(unknown, source, f"{predicate} is not one of the constraints that can be checked ({known})")
        _refuse(not path and name != "sparql", source, f"sh:{name} needs a path; put it on a property shape")
        _refuse(bool(path) and name == "sparql", source, "a query belongs on the node shape")
        for value in sorted(graph.triples[source][predicate]):
            terms, message = _parameter(graph, source, name, value)
            yield Constraint(source, name, targets, path, path_term, terms, severity, message, flags)


def _parameter(graph: _ShapesGraph, source: str, name: str, value: str) -> tuple[tuple[str, ...], str]:
    """A parameter's terms, and what a result says."""
    message = _message(graph, source)
    if name == "in":
        return tuple(graph.items(value)), message
    if name == "sparql":
        _refuse_deactivated(graph, value)
        return (_select(graph, value),), _message(graph, value) or message
    if name == "uniqueLang":
        _refuse(unquote(value)[1] != "true", source, "sh:uniqueLang can only be true")
    return (value,), message


def _path(graph: _ShapesGraph, term: str) -> str:
    """A SHACL path as a SPARQL property path (SHACL §2.3.1): a predicate, an inverse, or a sequence of them."""
    if term.startswith("<"):
        return term
    if inverse := graph.one(term, "inversePath"):
        return f"^({_path(graph, inverse)})"
    if graph.triples[term].get(f"<{_RDF}first>"):
        return "/".join(_path(graph, part) for part in graph.items(term))
    raise BadShape(term, "a path can be a property, an inverse path or a sequence of these")


def _severity(graph: _ShapesGraph, source: str) -> Severity:
    term = graph.one(source, "severity", f"<{SH}Violation>")
    severities: Mapping[str, Severity] = {
        f"<{SH}Violation>": "Violation",
        f"<{SH}Warning>": "Warning",
        f"<{SH}Info>": "Info",
    }
    if term not in severities:
        raise BadShape(source, f"the severity {term} is not one of SHACL's")
    return severities[term]


def _message(graph: _ShapesGraph, source: str) -> str:
    messages: Sequence[str] = sorted(graph.get(source, "message"))
    english = [message for message in messages if message.endswith("@en")] or messages
    return unquote(english[0])[1] if english else ""


def _select(graph: _ShapesGraph, constraint: str) -> str:
    query = graph.one(constraint, "select")
    _refuse(len(graph.get(constraint, "select")) != 1, constraint, "a SPARQL constraint needs one sh:select")
    prefixes = [
        (unquote(graph.one(declaration, "prefix"))[1], unquote(graph.one(declaration, "namespace"))[1])
        for ontology in graph.get(constraint, "prefixes")
        for declaration in graph.get(ontology, "declare")
    ]
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes))
    return header + unquote(query)[1]
