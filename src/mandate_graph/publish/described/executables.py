"""``queries.ttl`` and ``queries/NAME.rq``: every named query, as a file and as a SHACL executable (SHACL-AF §5.2).

The text of an executable is that of the library, with its prefixes; they are declared besides (``sh:prefixes``), as the
note wants it. Saying a prefix twice is allowed, so whoever puts them before the text has a query that runs, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mandate_graph.engine import literal
from mandate_graph.graph.quads import XSD, NamedGraph, iri
from mandate_graph.publish.described import vocabulary
from mandate_graph.publish.site import File, Site
from mandate_graph.sparql import NamedQuery
from mandate_graph.sparql.text import tokens

__all__ = ["executables", "prefixes_of"]

_PREFIX = re.compile(r"^\s*PREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.MULTILINE | re.IGNORECASE)
_FORMS = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct"}


def executables(site: Site, library: Mapping[str, NamedQuery], endpoint: str = "") -> Iterator[File]:
    """The files of all queries; ``endpoint`` is the address that answers them, where there is one.

    It is said as the collections of examples of SIB's endpoints say it (``schema:target``); SHACL has no word for it.
    """
    graph = vocabulary.page(site.address("queries.ttl"))
    document = f"<{site.base}queries>"
    for name, query in sorted(library.items()):
        yield File(f"queries/{name}.rq", [query.text.encode()])
        _executable(graph, f"{document[:-1]}#{name}>", document, query, site)
        graph.add(f"{document[:-1]}#{name}>", "schema:target", "" if query.asks else iri(endpoint))
    spaces = {pair for query in library.values() for pair in prefixes_of(query.text)}
    for prefix, space in sorted(spaces):
        declaration = f"{document[:-1]}#prefix-{prefix}>"
        graph.add(document, "sh:declare", declaration)
        graph.types(declaration, "sh:PrefixDeclaration")
        graph.add(declaration, "sh:prefix", literal(prefix))
        graph.add(declaration, "sh:namespace", literal(space, datatype=f"{XSD}anyURI"))
    yield File("queries.ttl", [vocabulary.written(graph.quads, site.base)])


def prefixes_of(text: str) -> list[tuple[str, str]]:
    """The prefixes that a query declares, with their namespaces."""
    return [(found[1], found[2]) for found in _PREFIX.finditer(text)]


def _form(query: NamedQuery) -> str:
    return next(word for word, _ in tokens(query.text) if word in _FORMS)


def _executable(graph: NamedGraph, subject: str, document: str, query: NamedQuery, site: Site) -> None:
    form = _form(query)
    graph.types(subject, "sh:SPARQLExecutable", f"sh:SPARQL{_FORMS[form]}Executable")
    graph.add(subject, f"sh:{form.lower()}", literal(query.text))
    graph.add(subject, "sh:prefixes", document)
    graph.add(subject, "rdfs:label", literal(query.title, "en") if query.title else "")
    graph.add(subject, "rdfs:comment", literal(query.purpose, "en") if query.purpose else "")
    words = [query.audience, query.service, *(parameter.name for parameter in query.parameters)]
    graph.add(subject, "schema:keywords", *(literal(word, "en") for word in words if word))
    graph.add(subject, "rdfs:seeAlso", iri(site.address(f"queries/{query.name}.rq")))
    graph.add(subject, "spex:federatesWith", *map(iri, query.asks))
