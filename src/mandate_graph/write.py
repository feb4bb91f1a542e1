"""Quads to files: N-Quads and N-Triples in canonical order, Turtle and TriG to be read, JSON-LD with our context.

All are written from the same quads, so that they say the same; equal quads give equal bytes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mandate_graph.engine import Quad, unquote
from mandate_graph.terms import Terms

__all__ = ["FORMATS", "Style", "nquads", "write"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
# Local names that Turtle takes without a backslash (Turtle §6.3 PN_LOCAL, the plain part of it).
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# What is safe as a relative reference (RFC 3986 §4.2): a path whose first part holds no colon,
# and no dot segments, which a reader would resolve.
_RELATIVE = re.compile(r"(?!(?:.*/)?\.{1,2}(?:/|\Z))[A-Za-z0-9_~-][A-Za-z0-9._~-]*([/#?][^:<>\"{}|\\^`\s]*)?")
_SHORT = {f"{_XSD}integer": re.compile(r"[+-]?\d+"), f"{_XSD}decimal": re.compile(r"[+-]?\d*\.\d+")}

Triples: TypeAlias = Iterable[tuple[str, Mapping[str, Sequence[str]]]]
"""Subjects with their predicates and objects, all in order."""


@dataclass(frozen=True, slots=True)
class Style:
    """How terms are shortened: the base of relative IRIs and the prefixes."""

    base: str
    terms: Terms


def write(quads: Iterable[Quad], name: str, style: Style) -> bytes:
    """Write quads in one of ``FORMATS``; those without named graphs hold the union of all."""
    return FORMATS[name](quads, style).encode("utf-8")


def nquads(quads: Iterable[Quad]) -> bytes:
    """Sorted N-Quads, one line each, no repetition: canonical, because there are no blank nodes."""
    return _nquads(quads, None).encode("utf-8")


def _nquads(quads: Iterable[Quad], _style: Style | None) -> str:
    return "".join(sorted({f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in quads}))


def _ntriples(quads: Iterable[Quad], _style: Style) -> str:
    return "".join(sorted({f"{s} {p} {o} .\n" for s, p, o, _ in quads}))


def _grouped(quads: Iterable[Quad]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each subject once, in order, with its predicates and their objects in order."""
    subjects: dict[str, set[tuple[str, str]]] = {}
    for s, p, o, _ in quads:
        subjects.setdefault(s, set()).add((p, o))
    for s in sorted(subjects, key=_without_bracket):
        # type and label first, because a reader wants to know what a thing is before anything else
        predicates: dict[str, list[str]] = {_RDF_TYPE: [], _LABEL: []}
        for p, o in sorted(subjects[s]):
            if p in predicates:
                predicates[p].append(o)
            else:
                predicates[p] = [o]
        yield s, {p: objects for p, objects in predicates.items() if objects}


def _without_bracket(subject: str) -> str:
    """A thing sorts before what stands below it: ">" would come after "/"."""
    return subject[:-1]


class _Shortener:
    def __init__(self, style: Style) -> None:
        self._base = style.base
        self._namespaces = sorted(style.terms.prefixes.items(), key=lambda item: -len(item[1]))
        self._seen: dict[str, str] = {}

    def iri(self, iri: str) -> str:
        """A prefixed name, a relative reference, or the IRI as it is."""
        if iri not in self._seen:
            self._seen[iri] = self._short(iri)
        return self._seen[iri]

    def _short(self, iri: str) -> str:
        for prefix, namespace in self._namespaces:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{self.relative(iri)}>"

    def relative(self, iri: str) -> str:
        """The IRI below the base, when it may be written so."""
        rest = iri[len(self._base) :]
        return rest if iri.startswith(self._base) and _RELATIVE.fullmatch(rest) else iri

    def term(self, term: str) -> str:
        """Any term in Turtle syntax."""
        if term.startswith("<"):
            return self.iri(term[1:-1])
        if term.endswith(">"):
            value, _, datatype = term.rpartition("^^")
            iri = datatype[1:-1]
            bare = value[1:-1]
            if iri in _SHORT and _SHORT[iri].fullmatch(bare):
                return bare
            return f"{value}^^{self.iri(iri)}"
        return term


def _turtle(quads: Iterable[Quad], style: Style) -> str:
    short = _Shortener(style)
    return _header(style) + "".join(_blocks(_grouped(quads), short, ""))


def _trig(quads: Iterable[Quad], style: Style) -> str:
    short = _Shortener(style)
    graphs: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graphs[quad[3]].append(quad)
    parts = [_header(style)]
    for graph in sorted(graphs):
        blocks = _blocks(_grouped(graphs[graph]), short, "    " if graph else "")
        if graph:
            parts += [f"\n{short.term(graph)} {{\n", *blocks, "}\n"]
        else:
            parts += blocks
    return "".join(parts)


def _header(style: Style) -> str:
    prefixes = "".join(
        f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(style.terms.prefixes.items())
    )
    return f"@base <{style.base}> .\n{prefixes}"


def _blocks(triples: Triples, short: _Shortener, indent: str) -> Iterator[str]:
    for subject, predicates in triples:
        lines = []
        for predicate, objects in predicates.items():
            name = "a" if predicate == _RDF_TYPE else short.term(predicate)
            joint = (
                ",\n" + indent + "        " if any(len(term) > 40 for term in objects) and len(objects) > 1 else ", "
            )
            lines.append(f"{name} {joint.join(map(short.term, objects))}")
        body = f" ;\n{indent}    ".join(lines)
        yield f"\n{indent}{short.term(subject)} {body} .\n"


def _jsonld(quads: Iterable[Quad], style: Style) -> str:
    compactor = _Compactor(style)
    context = {**style.terms.context, "@base": style.base}
    lines = ",\n".join(
        json.dumps(compactor.node(subject, predicates), ensure_ascii=False) for subject, predicates in _grouped(quads)
    )
    return f'{{"@context": {json.dumps(context, ensure_ascii=False)},\n"@graph": [\n{lines}\n]}}\n'


class _Compactor:
    """Compacts node objects against the context (JSON-LD 1.1 §4.1 to §4.4), as far as the context's own keywords go."""

    def __init__(self, style: Style) -> None:
        self._short = _Shortener(style)
        prefixes = style.terms.prefixes
        self._choices: dict[str, list[tuple[str, Mapping[str, str]]]] = defaultdict(list)
        for term, definition in style.terms.context.items():
            if isinstance(definition, dict):
                prefix, _, local = definition["@id"].partition(":")
                self._choices[prefixes[prefix] + local].append((term, definition))

    def node(self, subject: str, predicates: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        node: dict[str, Any] = {"id": self._short.relative(subject[1:-1])}
        for predicate, objects in predicates.items():
            if predicate == _RDF_TYPE:
                types = [self._type(term[1:-1]) for term in objects]
                node["type"] = types[0] if len(types) == 1 else types
                continue
            for term in objects:
                self._put(node, predicate[1:-1], term)
        return node

    def _type(self, iri: str) -> str:
        short = self._short.iri(iri)
        return iri if short.startswith("<") else short

    def _put(self, node: dict[str, Any], predicate: str, term: str) -> None:
        kind, value, language, datatype = unquote(term)
        wanted = "@id" if kind != "literal" else datatype
        for name, definition in self._choices[predicate]:
            if definition.get("@container") == "@language":
                if language:
                    _append(node.setdefault(name, {}), language, value)
                    return
            elif definition.get("@type", "") == (self._coercion(wanted) if not language else None):
                _append(node, name, self._short.relative(value) if kind == "iri" else value)
                return
        name = next(
            (name for name, definition in self._choices[predicate] if "@container" not in definition),
            self._type(predicate),
        )
        _append(node, name, self._expanded(kind, value, language, datatype))

    def _coercion(self, wanted: str) -> str:
        return wanted if wanted in {"", "@id"} else self._short.iri(wanted).strip("<>")

    def _expanded(self, kind: str, value: str, language: str, datatype: str) -> dict[str, str]:
        if kind != "literal":
            return {"@id": self._short.relative(value) if kind == "iri" else f"_:{value}"}
        if language:
            return {"@value": value, "@language": language}
        return {"@value": value, "@type": datatype} if datatype else {"@value": value}


def _append(holder: dict[str, Any], key: str, value: Any) -> None:
    if key not in holder:
        holder[key] = value
    elif isinstance(holder[key], list):
        holder[key].append(value)
    else:
        holder[key] = [holder[key], value]


FORMATS: Mapping[str, Callable[[Iterable[Quad], Style], str]] = {
    "nquads": _nquads,
    "ntriples": _ntriples,
    "turtle": _turtle,
    "trig": _trig,
    "jsonld": _jsonld,
}
"""Writers by the name of their format."""
