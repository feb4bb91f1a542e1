"""Server files: what a host has to know to serve the site as linked data, and what crawlers read first."""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.publish.hosting.apache import apache
from mandate_graph.publish.hosting.crawlers import About, llms, robots, sitemap
from mandate_graph.publish.hosting.nginx import nginx
from mandate_graph.publish.hosting.registry import w3id
from mandate_graph.publish.hosting.static import static_hosts
from mandate_graph.publish.site import File, Site

__all__ = ["About", "llms", "robots", "server_files", "sitemap"]


def server_files(site: Site, title: str) -> Iterator[File]:
    """Rules for every host that can be told anything; ``title`` is the dataset's, for comments."""
    title = " ".join(title.split())
    yield from apache(site)
    yield from nginx(site)
    yield from static_hosts(site)
    # A site at the address of its identifiers needs nobody to lead there; rules would lead to themselves.
    if not site.url.startswith(site.base):
        yield from w3id(site, title)
