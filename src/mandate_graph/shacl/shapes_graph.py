"""The shapes graph as it is read: subjects, their properties, lists, paths and the texts of queries (SHACL §2, §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mandate_graph.engine import named, parse_quads, unquote
from mandate_graph.errors import BadShape, MissingPath

__all__ = ["RDF", "SH", "TARGETS", "ShapesGraph", "shape_files"]

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_IMPORTS = "<http://www.w3.org/2002/07/owl#imports>"
_NIL = f"<{RDF}nil>"
_TYPE = f"<{RDF}type>"
_CLASSES = {"<http://www.w3.org/2000/01/rdf-schema#Class>", "<http://www.w3.org/2002/07/owl#Class>"}
_SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_PATHS: Mapping[str, str] = {
    "inversePath": "^({})",
    "zeroOrMorePath": "({})*",
    "oneOrMorePath": "({})+",
    "zeroOrOnePath": "({})?",
}


def shape_files(shapes: Path) -> list[Path]:
    """A file of shapes, or the ``*.ttl`` of a folder in order.

    Raises:
        MissingPath: when there is nothing.
    """
    files = sorted(shapes.glob("*.ttl")) if shapes.is_dir() else [shapes] if shapes.is_file() else []
    if not files:
        raise MissingPath(
            str(shapes), "file or folder of shapes", "A graph that nothing was promised about cannot be validated."
        )
    return files


class ShapesGraph:
    """All triples of some files, by subject; blank nodes of different files are different things."""

    def __init__(self, shapes: Path) -> None:
        """Read a file (any of the engine's formats), or the ``*.ttl`` of a folder.

        Raises:
            MissingPath: when there is nothing.
            BadRdf: when a file cannot be parsed.
        """
        self.triples: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for number, path in enumerate(shape_files(shapes)):
            for s, p, o, _ in named(parse_quads(path)):
                subject, value = (f"_:f{number}{term[2:]}" if term.startswith("_:") else term for term in (s, o))
                if value not in self.triples[subject][p]:
                    self.triples[subject][p].append(value)
        supers = {_SUBCLASS: _CLASSES}
        self._classes = _CLASSES | {
            subject for subject, said in self.triples.items() if supers[_SUBCLASS] & set(said.get(_SUBCLASS, ()))
        }

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        for subject, properties in self.triples.items():
            for predicate, values in properties.items():
                for value in values:
                    yield subject, predicate, value

    def get(self, subject: str, name: str) -> list[str]:
        """The values of one of SHACL's properties."""
        return self.said(subject).get(f"<{SH}{name}>", [])

    def said(self, subject: str) -> Mapping[str, list[str]]:
        """Everything said of a subject."""
        return self.triples.get(subject, {})

    def one(self, subject: str, name: str, default: str = "") -> str:
        """The one value of one of SHACL's properties.

        Raises:
            BadShape: when there are several.
        """
        values = self.get(subject, name)
        if len(values) > 1:
            raise BadShape(subject, f"it has {len(values)} values of sh:{name}, and can have one")
        return values[0] if values else default

    def items(self, node: str, source: str) -> list[str]:
        """The members of an RDF list; ``source`` is the shape that a message names.

        Raises:
            BadShape: when it is not a well-formed list (SHACL §1.5, terminology: SHACL list).
        """
        members: list[str] = []
        seen: set[str] = set()
        while node != _NIL:
            first, rest = (self.said(node).get(f"<{RDF}{name}>", []) for name in ("first", "rest"))
            if len(first) != 1 or len(rest) != 1 or node in seen:
                raise BadShape(source, "a list of it is not well formed")
            seen.add(node)
            members += first
            node = rest[0]
        return members

    def is_true(self, subject: str, name: str) -> bool:
        """Whether a switch is on.

        Raises:
            BadShape: when it is neither on nor off.
        """
        value = self.one(subject, name)
        if value and unquote(value)[1] not in {"true", "false", "1", "0"}:
            raise BadShape(subject, f"sh:{name} can only be true or false")
        return bool(value) and unquote(value)[1] in {"true", "1"}

    def targets(self, shape: str) -> list[tuple[str, str]]:
        """Kinds and terms of a shape's targets; a class that is a shape speaks of its own instances (SHACL §2.1.3)."""
        found = [(kind, term) for kind in TARGETS for term in sorted(self.get(shape, kind))]
        for kind, term in found:
            if term.startswith("_:") or (term.startswith('"') and kind != "targetNode"):
                raise BadShape(shape, f"sh:{kind} needs an IRI, and {term} is none")
        types = set(self.said(shape).get(_TYPE, ()))
        is_shape = types & {f"<{SH}NodeShape>", f"<{SH}PropertyShape>"}
        if is_shape and types & self._classes and ("targetClass", shape) not in found:
            found.append(("targetClass", shape))
        return found

    def path(self, term: str, source: str, above: Sequence[str] = ()) -> str:
        """A SHACL path as a SPARQL property path (SHACL §2.3.1).

        Raises:
            BadShape: when it is none.
        """
        if term.startswith("<"):
            return term
        kinds = [name for name in (*_PATHS, "alternativePath") if self.get(term, name)]
        is_list = bool(self.said(term).get(f"<{RDF}first>"))
        if term in above or not (is_list or len(kinds) == 1):
            raise BadShape(source, "its path is not well formed")
        above = (*above, term)
        if is_list:
            return "/".join(self._part(part, source, above) for part in self._several(term, source))
        value = self.one(term, kinds[0])
        if kinds[0] == "alternativePath":
            return "|".join(self._part(part, source, above) for part in self._several(value, source))
        return _PATHS[kinds[0]].format(self.path(value, source, above))

    def _part(self, term: str, source: str, above: Sequence[str]) -> str:
        path = self.path(term, source, above)
        return path if term.startswith("<") or path.startswith("^") else f"({path})"

    def _several(self, node: str, source: str) -> list[str]:
        members = self.items(node, source)
        if len(members) < 2:
            raise BadShape(source, "a path of several parts needs two or more")
        return members

    def select(self, constraint: str) -> str:
        """The query of a SPARQL constraint, with its prefixes (SHACL §5.2.1).

        Raises:
            BadShape: when it has none, or several.
        """
        query = self.one(constraint, "select")
        if not query.startswith('"'):
            raise BadShape(constraint, "a SPARQL constraint needs one sh:select")
        ontologies = list(self.get(constraint, "prefixes"))
        for ontology in ontologies:  # it grows: what an ontology imports declares, too
            ontologies += [each for each in self.said(ontology).get(_IMPORTS, ()) if each not in ontologies]
        prefixes = {
            (unquote(self.one(declaration, "prefix"))[1], unquote(self.one(declaration, "namespace"))[1])
            for ontology in ontologies
            for declaration in self.get(ontology, "declare")
        }
        header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes))
        return header + unquote(query)[1]
