"""In which forms what can be sent: answers of SPARQL, graphs, things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from mandate_graph.serve.negotiation import Form

__all__ = ["ENDINGS", "GRAPHS", "MEDIA", "RESULTS", "THINGS", "alternates", "by_name", "near", "page_endings"]

RESULTS: Sequence[Form] = (
    Form("json", "application/sparql-results+json"),
    Form("xml", "application/sparql-results+xml"),
    Form("csv", "text/csv"),
    Form("tsv", "text/tab-separated-values"),
    Form("json", "application/json"),
    Form("xml", "application/xml"),
    Form("xml", "text/xml"),
)
"""SPARQL 1.1 Query Results, and names of theirs that clients use besides."""

GRAPHS: Sequence[Form] = (
    Form("turtle", "text/turtle"),
    Form("ntriples", "application/n-triples"),
    Form("jsonld", "application/ld+json"),
    Form("rdfxml", "application/rdf+xml"),
    Form("trig", "application/trig"),
    Form("nquads", "application/n-quads"),
    Form("turtle", "application/x-turtle"),
    Form("jsonld", "application/json"),
    Form("rdfxml", "application/xml"),
    Form("ntriples", "text/plain"),
)
"""RDF 1.1, and names of its formats that clients use besides."""

_QUADS = 800
"""Clients that take everything name quads first and then look into the default graph only (Comunica), where nothing of
a thing is: triples that are wanted nearly as much serve them better."""
THINGS: Sequence[Form] = (
    Form("html", "text/html"),
    Form("ttl", "text/turtle"),
    Form("jsonld", "application/ld+json"),
    Form("nt", "application/n-triples"),
    Form("rdf", "application/rdf+xml"),
    Form("trig", "application/trig", quality=_QUADS),
    Form("nq", "application/n-quads", quality=_QUADS),
    Form("html", "application/xhtml+xml"),
    Form("ttl", "application/x-turtle"),
    Form("jsonld", "application/json"),
)
"""A thing, by the endings of its forms."""

ENDINGS: Mapping[str, str] = {
    "ttl": "turtle",
    "jsonld": "jsonld",
    "nt": "ntriples",
    "rdf": "rdfxml",
    "trig": "trig",
    "nq": "nquads",
}
"""The formats by the ending of a file."""

MEDIA: Mapping[str, str] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "turtle": "text/turtle; charset=utf-8",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}
"""What a format is sent as, where it was asked for by its own name."""


def page_endings(spoken: Sequence[str]) -> dict[str, str]:
    """What the pages of a thing end in, by language; those of the first language have no code in their name."""
    return {code: "html" if place == 0 else f"{code}.html" for place, code in enumerate(spoken)}


def near(path: str) -> str:
    """A reference from a sibling (RFC 3986 §4.2); a colon would be read as a scheme."""
    name = quote(path.rpartition("/")[2], safe="-._~!$&'()*+,;=:@")
    return f"./{name}" if ":" in name else name


def alternates(stem: str, spoken: Sequence[str], endings: Iterable[str]) -> list[str]:
    """Links from one form of a thing to others, by what they end in (RFC 8288 §3.4)."""
    pages = {ending: code for code, ending in page_endings(spoken).items()}
    found = []
    for ending in endings:
        code = pages.get(ending)
        media = "text/html" if code else MEDIA[ENDINGS[ending]].partition(";")[0]
        language = f'; hreflang="{code}"' if code else ""
        found.append(f'<{near(f"{stem}.{ending}")}>; rel="alternate"; type="{media}"{language}')
    return found


def by_name(name: str, forms: Sequence[Form]) -> Form | None:
    """The form of a name, an ending or a media type, as links name it (``format=csv``)."""
    wanted = ENDINGS.get(name, name)
    return next((form for form in forms if wanted in {form.key, form.media}), None)
