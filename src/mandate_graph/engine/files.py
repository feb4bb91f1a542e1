"""Files of other people's vocabularies, read as a stream; only triples with properties that are asked for are taken."""

from __future__ import annotations

import gzip
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from mandate_graph.engine import EXTENSIONS, deepest_json, literal
from mandate_graph.errors import BadRdf, MissingPath

__all__ = ["ENDINGS", "read_triples"]

_ALSO = {".xml": ".rdf", ".owl": ".rdf", ".skos": ".rdf", ".json": ".jsonld", ".n3": ".ttl", ".turtle": ".ttl"}
ENDINGS = (*EXTENSIONS, *_ALSO)
"""The endings that a file may have; each may be followed by ``.gz``."""
_DEEPEST_JSON = 500
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
# What stands first in a file whose ending says nothing.
_SIGNS = (
    (re.compile(rb"\s*(?:<\?xml|<!DOCTYPE|<!--|<rdf:RDF)", re.IGNORECASE), ".rdf"),
    (re.compile(rb"\s*[\[{]\s*[\"{\]}]"), ".jsonld"),
    (re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:@prefix|@base|prefix\s|base\s)", re.IGNORECASE), ".ttl"),
    (re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:<[^>\s]*>|_:\S+)\s+(?:a\s|<[^>\s]*>)"), ".ttl"),
)


def read_triples(
    path: Path,
    properties: Container[str] | None = None,
    subjects: Container[str] | None = None,
    of_all: Container[str] = (),
) -> Iterator[tuple[str, str, str]]:
    """The triples of a file in the order of the file, without the names of graphs.

    The ending says the format, else the first bytes do; ``.gz`` is unpacked on the way. Terms are N-Triples strings, a
    property is an IRI without brackets. What a file states in bad IRIs or language tags is read as it stands, because
    many a published vocabulary has some.

    Args:
        path: the file.
        properties: IRIs; triples with others are passed over, which is much faster than leaving them out later.
        subjects: IRIs; triples of others are passed over, too,
        of_all: but for these properties, which are taken of any subject.

    Raises:
        MissingPath: when there is no such file.
        BadRdf: when its format is not known, or it breaks that format's rules.
    """
    if not path.is_file():
        raise MissingPath(str(path), "file")
    try:
        with _opened(path) as file:
            extension = _extension(path, file)
        if extension == ".jsonld":
            _check_depth(path)
        with _opened(path) as file:
            parsed = ox.parse(file, format=EXTENSIONS[extension], base_iri=path.resolve().as_uri(), lenient=True)
            for quad in parsed:
                iri = quad.predicate.value
                if properties is not None and iri not in properties:
                    continue
                if subjects is not None and quad.subject.value not in subjects and iri not in of_all:
                    continue
                yield _text(quad.subject), iri, _text(quad.object)
    except (SyntaxError, ValueError) as error:
        raise BadRdf(
            str(path), f"it cannot be read: {str(error).splitlines()[0]}. Is it whole, and of that format?"
        ) from None
    except (EOFError, gzip.BadGzipFile) as error:
        raise BadRdf(str(path), f"it cannot be unpacked: {error}. Fetch it again.") from None


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _extension(path: Path, file: IO[bytes]) -> str:
    ending = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    ending = ending.lower()
    if ending in EXTENSIONS:
        return ending
    start = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    told = next((extension for sign, extension in _SIGNS if sign.match(start)), _ALSO.get(ending, ""))
    if not told:
        known = ", ".join(ENDINGS)
        raise BadRdf(str(path), f"no format of RDF is told by its ending or its first bytes. Use one of {known} (.gz)")
    return told


def _check_depth(path: Path) -> None:
    with _opened(path) as file:
        if deepest_json(file.read()) > _DEEPEST_JSON:
            raise BadRdf(str(path), f"nested more than {_DEEPEST_JSON} levels deep; that is deeper than is read here")


def _text(term: Any) -> str:
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        plain = term.language or datatype == _XSD_STRING
        return literal(term.value, term.language or "", "" if plain else datatype)
    return str(term)
