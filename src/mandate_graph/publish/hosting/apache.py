"""``.htaccess``: content negotiation, media types and headers for Apache 2.4, wherever the folder lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mandate_graph.publish.hosting.filling import filled
from mandate_graph.publish.hosting.negotiation import OFFERS, WINNER, Range, language_ranges, media_ranges
from mandate_graph.publish.hosting.policies import (
    COMPRESSIBLE,
    CROSS_ORIGIN,
    HEADERS,
    QUERY_PAGE,
    STRICT,
    TYPES,
    forms,
    page_endings,
    prefix,
)
from mandate_graph.publish.site import File, Site

__all__ = ["apache", "best_language", "language_weights", "media_weights", "offered"]


def apache(site: Site) -> Iterator[File]:
    """The rules for Apache, as one file at the site's root."""
    further = [ending for ending in page_endings(site) if ending != "html"]
    pages = [ending.replace(".", "[.]").removesuffix("[.]html") for ending in further]
    text = filled(
        "apache.htaccess",
        title=f"How {site.url} is served",
        url=site.url,
        prefix=prefix(site),
        types="\n".join(_types(site)),
        headers="\n".join(_headers()),
        query_page=QUERY_PAGE,
        chosen="\n".join(_chosen(site)),
        compressible=" ".join(media.partition(";")[0] for media in COMPRESSIBLE),
        spoken="\n".join(_indented(_spoken(site))),
        not_a_stem="".join(f' [OR]\n    RewriteCond %{{REQUEST_URI}} "[.]{page}$"' for page in pages),
        weights="\n".join(_indented(media_weights())),
        forms="\n".join(_indented(_forms(site))),
        offered=offered(offer.ending for offer in OFFERS),
        winner=WINNER,
        languages="\n".join(_indented(_languages(site))),
    )
    yield File(".htaccess", [text])


def media_weights() -> Iterator[str]:
    """Rules that leave in ``MG_Q_{ending}`` how much each form is wanted: a weight as it was written."""
    yield from _weights(media_ranges(), "Accept", [offer.ending for offer in OFFERS])


def language_weights(site: Site) -> Iterator[str]:
    """Rules that leave in ``MG_Q_{language}`` how much each language is wanted."""
    yield from _weights(language_ranges(site.languages), "Accept-Language", site.languages)


def best_language(site: Site, endings: Sequence[str], missing: Sequence[str] = ()) -> Iterator[str]:
    """Rules after the weights: an ``MG_END`` that is ``html`` becomes that of the language that is wanted most.

    ``missing`` are rules that take away what there is not.
    """
    yield from missing
    yield _set({"MG_LANG": site.languages[0]})
    yield f'RewriteCond "{offered(site.languages)}" "{WINNER}"'
    yield _set({"MG_LANG": "%1"})
    for language, ending in list(zip(site.languages, endings, strict=True))[1:]:
        yield f"RewriteCond %{{ENV:MG_END}}:%{{ENV:MG_LANG}} =html:{language}"
        yield _set({"MG_END": ending})


def offered(keys: Iterable[str]) -> str:
    """What ``WINNER`` reads: every key with its weight."""
    return "".join(f"{key}=%{{ENV:MG_Q_{_variable(key)}}};" for key in keys)


def _weights(ranges: Iterable[Range], header: str, keys: Sequence[str]) -> Iterator[str]:
    yield _set({f"MG_Q_{_variable(key)}": "0" for key in keys})
    yield f'RewriteCond %{{HTTP:{header}}} =""'
    yield _set({f"MG_Q_{_variable(key)}": "1" for key in keys})
    for pattern, named in ranges:
        yield f'RewriteCond %{{HTTP:{header}}} "{pattern}" [NC]'
        yield _set({f"MG_Q_{_variable(key)}": "%1" for key in named})


def _variable(key: str) -> str:
    return key.replace(".", "_").replace("-", "_")


def _set(values: dict[str, str]) -> str:
    return f"RewriteRule ^ - [{','.join(f'E={name}:{value}' for name, value in values.items())}]"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _types(site: Site) -> Iterator[str]:
    """By the last ending alone: in ``dataset/0.1.0.ttl`` mod_mime would take ``.1`` for a page of a manual."""
    for ending, media in TYPES.items():
        yield f'<FilesMatch "\\.{ending}$">\n    ForceType "{media}"\n</FilesMatch>'
    yield "<IfModule mod_headers.c>"
    for language, ending in zip(site.languages, page_endings(site), strict=True):
        pattern = ending.replace(".", "\\.")
        yield f'    <FilesMatch "\\.{pattern}$">\n        Header set Content-Language "{language}"\n    </FilesMatch>'
    yield "</IfModule>"


def _headers() -> Iterator[str]:
    for name, value in (HEADERS | CROSS_ORIGIN | {"Content-Security-Policy": STRICT}).items():
        yield f'    Header always set {name} "{value}"'


def _chosen(site: Site) -> Iterator[str]:
    """Where the answer itself is, and in which other forms: on the answer, and on the refusal."""
    yield '    Header always set Content-Location "%{REDIRECT_MG_NAME}e.%{REDIRECT_MG_END}e" env=REDIRECT_MG_END'
    for redirected in ("REDIRECT_", ""):
        for ending, parameters in forms(site):
            there = f"{redirected}MG_IS_{_variable(ending)}"
            escaped = parameters.replace('"', '\\"')
            yield f'    Header always add Link "<%{{{redirected}MG_NAME}}e.{ending}>; {escaped}" env={there}'


def _forms(site: Site) -> Iterator[str]:
    for ending, _ in forms(site):
        variable = _variable(ending)
        yield f"RewriteCond %{{REQUEST_FILENAME}}.{ending} -f"
        yield f'RewriteRule ^ - "[E=MG_IS_{variable}:1,E=MG_LIST:%{{ENV:MG_LIST}} %{{ENV:MG_NAME}}.{ending}]"'
    for offer in OFFERS[1:]:
        yield from _unless(offer.ending, offer.ending)


def _spoken(site: Site) -> Iterator[str]:
    """The weights, and the page that says that there is nothing."""
    yield from language_weights(site)
    yield f'RewriteCond "{offered(site.languages)}" "{WINNER}"'
    yield _set({"MG_LANG": "%1"})
    for language, ending in list(zip(site.languages, page_endings(site), strict=True))[1:]:
        yield f"RewriteCond %{{ENV:MG_LANG}} ={language}"
        yield _set({"MG_NOTHING": ending.removesuffix("html")})


def _languages(site: Site) -> Iterator[str]:
    endings = page_endings(site)
    missing = [
        rule
        for language, ending in list(zip(site.languages, endings, strict=True))[1:]
        for rule in _unless(ending, language)
    ]
    yield from best_language(site, endings, missing)


def _unless(ending: str, key: str) -> Iterator[str]:
    """A form that is not there is not wanted."""
    yield f'RewriteCond %{{ENV:MG_IS_{_variable(ending)}}} =""'
    yield _set({f"MG_Q_{_variable(key)}": "0"})
