"""Where a server is asked, changed and given graphs, told from the one address that a person knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from mandate_graph.errors import BadQuery, EndpointError, NeedsAccess
from mandate_graph.remote import Access, Endpoint

__all__ = ["Addresses", "addresses"]

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server is asked, changed, and given graphs; without ``store`` graphs go by updates."""

    query: str
    update: str
    store: str | None


# The layouts of known servers: what the path of an address ends in, and then the paths of query, update and store.
_LAYOUTS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    # Virtuoso: changes need the addresses that ask for Digest
    (r"/sparql(?:-auth|-graph-crud|-graph-crud-auth)", ("/sparql-auth", "/sparql-auth", "/sparql-graph-crud-auth")),
    (r"/sparql", ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth")),
    # RDF4J and GraphDB
    (r"(?P<kept>/repositories/[^/]+)(?:/statements|/rdf-graphs/service)?", ("", "/statements", "/rdf-graphs/service")),
    # Oxigraph
    (r"/store", ("/query", "/update", "/store")),
    # Fuseki, where the data set has a name
    (r"(?P<kept>/[^/]+)/(?:query|update|data)", ("/query", "/update", "/data")),
    (r"/(?:query|update)", ("/query", "/update", "/store")),
    (r"/data", ("/query", "/update", "/data")),
)


def addresses(
    url: str,
    *,
    store: str | None = None,
    update: str | None = None,
    query: str | None = None,
    access: Access | None = None,
) -> Addresses:
    """The three addresses of a server from the one that a person knows; those that are given stay.

    Virtuoso's open address is told from another server that has a /sparql by whether the ones beside it ask for Digest.
    """
    parts = urlsplit(url)
    found = Addresses(url, url, None)
    for pattern, tails in _LAYOUTS:
        match = re.fullmatch(f"(?P<before>.*?){pattern}/?", parts.path)
        if match is None:
            continue
        before = match["before"] + (match.groupdict().get("kept") or "")
        found = Addresses(*(urlunsplit(parts._replace(path=before + tail, query="", fragment="")) for tail in tails))
        if pattern == r"/sparql" and not (update or store) and not _is_there(found.update, access or Access()):
            found = Addresses(url, url, None)
        break
    if parts.path in {"", "/"} and not (update or store) and not _answers(url, access or Access()):
        oxigraph = addresses(urlunsplit(parts._replace(path="/query", query="", fragment="")))
        if _answers(oxigraph.query, access or Access()):
            found = oxigraph
    if update and not store:
        # Whoever names the address of updates means updates.
        return Addresses(query or found.query, update, None)
    return Addresses(query or found.query, update or found.update, store or found.store)


def _is_there(url: str, access: Access) -> bool:
    """Whether a server has that address, also where it does not let us in."""
    try:
        Endpoint(url, access, _PATIENCE).answer("ASK {}")
    except (NeedsAccess, BadQuery):
        return True
    except EndpointError:
        return False
    return True


def _answers(url: str, access: Access) -> bool:
    try:
        Endpoint(url, access, _PATIENCE).answer("ASK {}")
    except (EndpointError, BadQuery):
        return False
    return True
