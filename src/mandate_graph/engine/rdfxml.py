"""RDF/XML by the engine's serializer, in pieces, and what XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from mandate_graph.errors import NotInXml

__all__ = ["rdfxml"]

_XML_PIECE = 256 * 1024
# What XML 1.0 §2.2 leaves out, as canonical N-Triples writes it: after an even number of backslashes.
_NOT_IN_XML = re.compile(rb"(?<!\\)(?:\\\\)*(\\[bf]|\\u00(?:0[0-8BCEF]|1[0-9A-F])|\xef\xbf[\xbe\xbf])")
_NO_NAME = re.compile(rb'<(?:oxprefix: xmlns:oxprefix="([^"]*)"|(\w*):[ >/])')


def rdfxml(triples: Iterable[bytes], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """N-Triples, in pieces that hold their subjects whole, as one RDF/XML document, in pieces.

    Raises:
        NotInXml: when a text holds a character that XML 1.0 has no way to write, or a predicate does not end in a name.
    """
    head, foot = _xml(b"", prefixes).split(b"</", 1)
    head = head.rstrip()[:-1].rstrip(b"/") + b">\n" if head.rstrip().endswith(b"/>") else head
    yield head
    held: list[bytes] = []
    size = 0
    for piece in triples:
        held.append(piece)
        size += len(piece)
        if size >= _XML_PIECE:
            yield _between(_xml(b"".join(held), prefixes))
            held, size = [], 0
    if held:
        yield _between(_xml(b"".join(held), prefixes))
    yield b"</" + foot + b"\n"


def _between(document: bytes) -> bytes:
    """What stands inside the outermost element."""
    start = document.index(b">\n", document.index(b"<rdf:RDF")) + 2
    return document[start : document.rindex(b"</rdf:RDF>")]


def _xml(triples: bytes, prefixes: Mapping[str, str]) -> bytes:
    bad = _NOT_IN_XML.search(triples)
    if bad:
        line = triples[triples.rfind(b"\n", 0, bad.start()) + 1 : bad.start()]
        raise NotInXml(line.split(b" ", 1)[0].decode(), f"a text of it holds {bad[1].decode()!a}")
    parsed = ox.parse(input=triples, format=ox.RdfFormat.N_TRIPLES)
    document = ox.serialize(parsed, format=ox.RdfFormat.RDF_XML, prefixes=dict(prefixes)) or b""
    if no_name := _NO_NAME.search(document):
        raise NotInXml(no_name[1].decode(), "an element of XML needs a name, and this predicate ends in none")
    # A reader of XML takes a bare carriage return for a line feed (XML 1.0 §2.11).
    return document.replace(b"\r", b"&#xD;")
