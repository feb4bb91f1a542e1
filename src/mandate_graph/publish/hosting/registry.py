"""Rules for the registry that identifiers lead through: w3id.org, or any Apache that owns the address of the base."""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.publish.hosting.apache import best_language, language_weights, media_weights, offered
from mandate_graph.publish.hosting.filling import filled
from mandate_graph.publish.hosting.negotiation import OFFERS, WINNER
from mandate_graph.publish.hosting.policies import TYPES, forms, page_endings
from mandate_graph.publish.site import File, Site

__all__ = ["w3id"]


def w3id(site: Site, title: str) -> Iterator[File]:
    """Redirects that choose, for hosts that cannot; plain ones, for hosts that can; and how both are used."""
    values = {
        "base": site.base,
        "url": site.url,
        "title": title,
        "folder": site.base.partition("://")[2].partition("/")[2].rstrip("/"),
    }
    chosen = filled(
        "w3id.htaccess",
        **values,
        forms=", ".join(f".{ending}" for ending, _ in forms(site)),
        endings="|".join(TYPES),
        weights="\n".join(media_weights()),
        offered=offered(offer.ending for offer in OFFERS),
        winner=WINNER,
        languages="\n".join([*language_weights(site), *best_language(site, page_endings(site))]),
    )
    yield File("w3id/.htaccess", [chosen])
    yield File("w3id/plain.htaccess", [filled("w3id-plain.htaccess", **values)])
    yield File("w3id/README.md", [filled("w3id.md", **values)])
