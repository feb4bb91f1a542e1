"""Hosts without rules: ``_headers`` and ``_redirects`` for Netlify and Cloudflare Pages, ``.nojekyll`` for GitHub."""

from __future__ import annotations

from collections.abc import Iterator

from mandate_graph.publish.hosting.filling import filled
from mandate_graph.publish.hosting.policies import CROSS_ORIGIN, HEADERS, TYPES, prefix
from mandate_graph.publish.site import File, Site

__all__ = ["static_hosts"]

# What these hosts know by themselves; a line less is a line that cannot disagree.
_KNOWN = {"html", "css", "js", "json", "xml", "txt", "svg", "png", "ico", "wasm"}


def static_hosts(site: Site) -> Iterator[File]:
    """As far as these hosts can go: headers and media types."""
    here = prefix(site)
    headers = HEADERS | CROSS_ORIGIN | {"Content-Security-Policy": "frame-ancestors 'none'"}
    types = {f"{here}*.{ending}": media for ending, media in TYPES.items() if ending not in _KNOWN}
    types[f"{here}.well-known/void"] = TYPES["ttl"]
    lines = [f"{path}\n  Content-Type: {media}" for path, media in types.items()]
    text = filled(
        "headers.txt",
        prefix=here,
        headers="\n".join(f"  {name}: {value}" for name, value in headers.items()),
        types="\n".join(lines),
    )
    yield File("_headers", [text])
    yield File("_redirects", [filled("redirects.txt", prefix=here)])
    # GitHub's Jekyll would leave out what begins with a dot or a low line.
    yield File(".nojekyll", [b""])
