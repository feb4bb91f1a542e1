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
    """One constraint of one shape. ``path`` is SPARQL syntax, empty on node shapes; ``value`` the parameter's terms.

    For ``sparql`` the value is the SELECT query with its prefixes.
    """

    shape: str
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
    if not shapes:
        raise MissingPath(
            str(folder), "folder of shapes", "A graph that nothing was promised about cannot be validated."
        )
    return [constraint for shape in shapes for constraint in _node_shape(graph, shape)]


def _node_shape(graph: _ShapesGraph, shape: str) -> Iterator[Constraint]:
    targets = tuple(
        Target(kind, term)
        for kind in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
        for term in sorted(graph.get(shape, kind))
    )
    if graph.get(shape, "deactivated"):
        raise BadShape(shape, "it is deactivated; remove it instead")
    yield from _constraints(graph, shape, shape, targets)
    for part in sorted(graph.get(shape, "property")):
        if part.startswith("_:"):
            raise BadShape(shape, "a property shape has no IRI, so that no result could name it")
        yield from _constraints(graph, shape, part, targets)


def _constraints(graph: _ShapesGraph, shape: str, source: str, targets: tuple[Target, ...]) -> Iterator[Constraint]:
    path_term = graph.one(source, "path")
    path = _path(graph, path_term) if path_term else ""
    severity = _severity(graph, source)
    message = _message(graph, source)
    for predicate in sorted(graph.triples[source]):
        name = predicate.removeprefix(f"<{SH}").removesuffix(">")
        if predicate in _FURNITURE:
            continue
        if name not in COMPONENTS or not predicate.startswith(f"<{SH}"):
            raise BadShape(
                source, f"{predicate} is not one of the constraints that can be checked ({', '.join(COMPONENTS)})"
            )
        if not path and name != "sparql":
            raise BadShape(source, f"sh:{name} needs a path here; put it on a property shape")
        for value in sorted(graph.triples[source][predicate]):
            terms = tuple(graph.items(value)) if name == "in" else (value,)
            own_message = message
            if name == "sparql":
                own_message = _message(graph, value) or message
                terms = (_select(graph, value),)
            flags = unquote(graph.one(source, "flags"))[1] if graph.get(source, "flags") else ""
            yield Constraint(shape, source, name, targets, path, path_term, terms, severity, own_message, flags)


def _path(graph: _ShapesGraph, term: str) -> str:
    """A SHACL path as a SPARQL property path (SHACL §2.3.1): a predicate, an inverse, or a sequence of them."""
    if term.startswith("<"):
        return term
    if inverse := graph.one(term, "inversePath"):
        return f"^{_path(graph, inverse)}"
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
    if not query:
        raise BadShape(constraint, "a SPARQL constraint needs sh:select")
    prefixes = [
        (unquote(graph.one(declaration, "prefix"))[1], unquote(graph.one(declaration, "namespace"))[1])
        for ontology in graph.get(constraint, "prefixes")
        for declaration in graph.get(ontology, "declare")
    ]
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes))
    return header + unquote(query)[1]
