"""What machines read first: ``sitemap.xml``, ``robots.txt`` and ``llms.txt``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from mandate_graph.publish.hosting.filling import filled
from mandate_graph.publish.hosting.policies import page_endings
from mandate_graph.publish.site import File, Site

__all__ = ["About", "llms", "robots", "sitemap"]

ADDRESSES, BYTES = 50_000, 50 * 1024 * 1024
"""The most that one sitemap may hold (sitemaps.org protocol)."""

_OPEN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
_CLOSE = b"</urlset>\n"


class About(NamedTuple):
    """What the dataset says of itself, in one language."""

    title: str
    description: str
    version: str
    modified: str  # ISO 8601, of the dataset
    licence: str
    cite: str
    figures: Mapping[str, int]  # what is counted → how many
    pages: Sequence[tuple[str, str]]  # stem → what it is
    downloads: Sequence[tuple[str, str]]  # file → what it is
    descriptions: Sequence[tuple[str, str]]  # file → what it is


def robots(site: Site) -> Iterator[File]:
    """Everybody may read everything, and where the list of it is."""
    yield File("robots.txt", [filled("robots.txt", url=site.url)])


def llms(site: Site, about: About) -> Iterator[File]:
    """What this is and where the data are, for readers that are programs (llmstxt.org)."""
    further = [f"`.{ending}`" for ending in page_endings(site)[1:]]
    text = filled(
        "llms.txt",
        title=_line(about.title),
        description=_line(about.description),
        version=about.version,
        modified=about.modified,
        licence=about.licence,
        cite=_line(about.cite),
        base=site.base,
        url=site.url,
        figures="\n".join(f"- {_line(name)}: {number:,}" for name, number in about.figures.items()),
        further=f", in other languages in {', '.join(further)}" if further else "",
        pages=_links(site, [(site.page(stem, site.languages[0]), what) for stem, what in about.pages]),
        downloads=_links(site, about.downloads),
        descriptions=_links(site, about.descriptions),
    )
    yield File("llms.txt", [text])


def sitemap(
    site: Site, stems: Iterable[str], modified: str, most: int = ADDRESSES, largest: int = BYTES
) -> Iterator[File]:
    """Every page in every language, with the others as alternates; several files and their index, where one is full.

    Of the pages, one file at most is kept in memory.
    """
    names: list[str] = []
    entries: list[bytes] = []
    size = len(_OPEN) + len(_CLOSE)
    for stem in stems:
        for entry in _entries(site, stem, modified):
            if entries and (len(entries) == most or size + len(entry) > largest):
                names.append(f"sitemap-{len(names) + 1}.xml")
                yield File(names[-1], [_OPEN, *entries, _CLOSE])
                entries, size = [], len(_OPEN) + len(_CLOSE)
            entries.append(entry)
            size += len(entry)
    if names:
        names.append(f"sitemap-{len(names) + 1}.xml")
    yield File(names[-1] if names else "sitemap.xml", [_OPEN, *entries, _CLOSE])
    if names:
        yield File("sitemap.xml", _index(site, names, modified))


def _entries(site: Site, stem: str, modified: str) -> Iterator[bytes]:
    """An ``url`` a language, all with the same alternates."""
    places = {language: site.address(site.page(stem, language)) for language in site.languages}
    others = {**places, "x-default": places[site.languages[0]]}
    links = "".join(
        f'    <xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(place)}/>\n'
        for language, place in others.items()
    )
    for place in places.values():
        text = f"  <url>\n    <loc>{escape(place)}</loc>\n    <lastmod>{escape(modified)}</lastmod>\n{links}  </url>\n"
        yield text.encode("utf-8")


def _index(site: Site, names: Sequence[str], modified: str) -> Iterator[bytes]:
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for name in names:
        place, day = escape(site.address(name)), escape(modified)
        yield f"  <sitemap>\n    <loc>{place}</loc>\n    <lastmod>{day}</lastmod>\n  </sitemap>\n".encode()
    yield b"</sitemapindex>\n"


def _links(site: Site, files: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- [{_line(what)}]({site.address(path)})" for path, what in files)


def _line(text: str) -> str:
    """One line, whatever a source has put into it; brackets would end a link."""
    return " ".join(text.split()).replace("[", "(").replace("]", ")")
