"""What every server says of every file: its media type, and what a browser may do with it."""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.publish.hosting.negotiation import OFFERS
from mandate_graph.publish.site import Site

__all__ = [
    "COMPRESSIBLE",
    "CROSS_ORIGIN",
    "HEADERS",
    "QUERY_PAGE",
    "STRICT",
    "TYPES",
    "forms",
    "page_endings",
    "prefix",
]

TYPES = {
    "html": "text/html; charset=utf-8",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "rdf": "application/rdf+xml",
    "rq": "application/sparql-query",
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xml": "application/xml",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "wasm": "application/wasm",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/vnd.microsoft.icon",
    "gz": "application/gzip",
}
"""Media types by ending, as IANA registers them; what is compressed is a file of its own, no encoding of another."""

COMPRESSIBLE = tuple(
    media for ending, media in TYPES.items() if ending not in {"gz", "parquet", "png", "ico"}
)  # fmt: skip

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}


def _joined(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


STRICT = _joined(_POLICY)
"""The content security policy of every page (CSP 3); what a ``meta`` element cannot say, ``frame-ancestors``, too."""

QUERY_PAGE = _joined(
    _POLICY | {"script-src": "'self' 'wasm-unsafe-eval'", "connect-src": "'self' https: http:"}
)  # fmt: skip
"""That of the SPARQL page: it compiles an engine, and asks the endpoint that its reader names."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link",
}
"""Scripts of other sites may read everything (Fetch §3.2)."""


def prefix(site: Site) -> str:
    """The path of the site's address: ``/`` or ``/graph/mandates/``."""
    return "/" + site.url.partition("://")[2].partition("/")[2]


def page_endings(site: Site) -> tuple[str, ...]:
    """What the names of pages end in, one a language of the interface: ``html``, ``es.html``."""
    return tuple(site.page("", language).removeprefix(".") for language in site.languages)


def forms(site: Site) -> Iterator[tuple[str, str]]:
    """Every file that a thing may have: its ending, and the parameters of a link to it (RFC 8288 §3.4)."""
    for language, ending in zip(site.languages, page_endings(site), strict=True):
        yield ending, f'rel="alternate"; type="text/html"; hreflang="{language}"'
    for offer in OFFERS[1:]:
        yield offer.ending, f'rel="alternate"; type="{offer.media}"'
