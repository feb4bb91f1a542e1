"""The data beside a page: Turtle, JSON-LD and N-Triples of what it is about.

A file holds what is said of the thing and of its parts, and the names of what these lead to. Every statement of it is
one of the graph; no file needs another one, nor the network, to be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from mandate_graph import write
from mandate_graph.engine import literal, unquote
from mandate_graph.publish.names import Names
from mandate_graph.publish.site import DATA, File
from mandate_graph.write.lines import blocks, object_of, predicates

__all__ = ["LABEL", "as_data", "data_files", "named", "triples_of"]

LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
"""How names stand in the data beside a page."""
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_VALUE = re.compile(rb"[^ ]+ (?!<http://www\.w3\.org/1999/02/22-rdf-syntax-ns#type>)[^ ]+ <([^<>\s]+)> \.\n")
_PREFIX = re.compile(rb"(?<![\w<])([A-Za-z][\w-]*):(?=[\w-])")
_COMPACT = re.compile(r'"(([A-Za-z][\w.-]*)(?::[^"/][^"]*)?)"')


def triples_of(lines: bytes) -> set[bytes]:
    """N-Quads without their graphs."""
    found = set()
    for line in lines.decode()[:-1].split("\n") if lines else []:
        subject, predicate, rest = line.split(" ", 2)
        found.add(f"{subject} {predicate} {object_of(rest)} .\n".encode())
    return found


def named(triples: set[bytes], names: Names) -> set[bytes]:
    """Triples, and with them the labels of what they lead to."""
    iris = {found[1].decode() for line in triples if (found := _VALUE.fullmatch(line))}
    names.fetch(iris)
    labels = {
        f"<{iri}> {LABEL} {literal(text, language)} .\n".encode()
        for iri in iris
        for language, text in names.all(iri).items()
    }
    return triples | labels


def data_files(stem: str, triples: Iterable[bytes], style: write.Style) -> Iterator[File]:
    """The same triples in each format of ``DATA``."""
    source = b"".join(sorted(triples))
    for ending, name in DATA.items():
        yield File(stem + ending, as_data(source, name, style))


def as_data(source: bytes, name: str, style: write.Style) -> Iterable[bytes]:
    """Sorted N-Quads of a thing in one of the formats of ``write``, without heads that they do not need.

    ``flattened`` is JSON-LD without a context, which is expanded, too.

    Raises:
        NotInXml: for RDF/XML, when a text holds what XML cannot.
    """
    return _WRITERS[name](source, style) if name in _WRITERS else write.stream(source, name, style)


def _ntriples(source: bytes, _style: write.Style) -> Iterable[bytes]:
    return (source,)


def _turtle(source: bytes, style: write.Style) -> Iterable[bytes]:
    return _short(b"".join(write.stream(source, "turtle", style)))


def _trig(source: bytes, style: write.Style) -> Iterable[bytes]:
    return _short(b"".join(write.stream(source, "trig", style)))


def _short(document: bytes) -> Iterable[bytes]:
    """Turtle or TriG that declares no prefix in vain: prefixes would be most of a small file."""
    head, _, body = document.partition(b"\n\n")
    used = set(_PREFIX.findall(body))
    lines = [line for line in head.split(b"\n") if line[:8] != b"@prefix " or line[8 : line.index(b":")] in used]
    return (b"\n".join(lines), b"\n\n", body)


def _jsonld(source: bytes, style: write.Style) -> Iterable[bytes]:
    """JSON-LD with the part of the context that it uses."""
    text = b"".join(write.stream(source, "jsonld", style))
    body = text[text.index(b"\n") :]
    return (
        b'{"@context": ',
        json.dumps(_used(style, body.decode()), ensure_ascii=False).encode(),
        b",",
        body,
    )


def _flattened(source: bytes, _style: write.Style) -> Iterable[bytes]:
    """JSON-LD without a context, a node a thing (JSON-LD 1.1 §4.2 expanded, §4.4 flattened: it is both)."""
    nodes: list[dict[str, object]] = []
    for block in blocks(source):
        node: dict[str, object] = {"@id": block.subject[1:-1].decode()}
        for predicate, terms in predicates(block.lines).items():
            key = predicate[1:-1]
            node["@type" if key == _TYPE else key] = [
                term[1:-1] if key == _TYPE else _value_object(term) for term in terms
            ]
        nodes.append(node)
    return (json.dumps(nodes, ensure_ascii=False, separators=(",", ":")).encode(), b"\n")


def _value_object(term: str) -> dict[str, str]:
    kind, text, language, datatype = unquote(term)
    if kind == "iri":
        return {"@id": text}
    more = {"@language": language} if language else {"@type": datatype} if datatype else {}
    return {"@value": text, **more}


def _used(style: write.Style, body: str) -> dict[str, object]:
    """The terms of a context that a text speaks of, and those that these are defined by."""
    context = style.terms.context
    kept = dict.fromkeys(_always(style))
    fresh = _spoken_of(body, context)
    while fresh:
        kept.update(dict.fromkeys(fresh))
        inner = "".join(map(_definitions(style).__getitem__, fresh))
        fresh = _spoken_of(inner, context) - kept.keys()
    places = _places(style)
    return {**{key: context[key] for key in sorted(kept, key=places.__getitem__)}, "@base": style.base}


@lru_cache(maxsize=4)
def _always(style: write.Style) -> tuple[str, ...]:
    """What every file's context has: what speaks to the processor, and the names of its keywords."""
    items = style.terms.context.items()
    return tuple(key for key, value in items if key[:1] == "@" or (isinstance(value, str) and value[0] == "@"))


@lru_cache(maxsize=4)
def _places(style: write.Style) -> Mapping[str, int]:
    """The place of each term in the context."""
    return {key: place for place, key in enumerate(style.terms.context)}


@lru_cache(maxsize=4)
def _definitions(style: write.Style) -> Mapping[str, str]:
    """The definition of each term, as JSON."""
    return {key: json.dumps(value) for key, value in style.terms.context.items()}


def _spoken_of(text: str, context: Mapping[str, object]) -> set[str]:
    """Terms, prefixes, and compact IRIs that are terms themselves (JSON-LD 1.1 §4.1.2)."""
    return {term for found in _COMPACT.findall(text) for term in found if term in context}


_WRITERS = {"ntriples": _ntriples, "turtle": _turtle, "trig": _trig, "jsonld": _jsonld, "flattened": _flattened}
