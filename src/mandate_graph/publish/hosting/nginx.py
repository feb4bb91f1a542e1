"""``nginx.conf``: the same for nginx, as an include for a location, without modules and without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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

__all__ = ["nginx"]

_CHARSET = "; charset=utf-8"


def nginx(site: Site) -> Iterator[File]:
    """The rules for nginx, as one file at the site's root."""
    plain = {ending: media.removesuffix(_CHARSET) for ending, media in TYPES.items()}
    bare = dict.fromkeys(plain[ending] for ending, media in TYPES.items() if media.endswith(_CHARSET))
    headers = HEADERS | CROSS_ORIGIN
    text = filled(
        "nginx.conf",
        title=f"How {site.url} is served",
        url=site.url,
        prefix=prefix(site),
        charset_types=" ".join(media for media in bare if media != "text/html"),
        types="\n".join(f'    "{media}" {ending};' for ending, media in plain.items()),
        compressible=" ".join(
            f'"{media}"' for media in (each.removesuffix(_CHARSET) for each in COMPRESSIBLE) if media != "text/html"
        ),
        headers="\n".join(f'add_header {name} "{value}" always;' for name, value in headers.items()),
        strict=STRICT,
        query_page=QUERY_PAGE,
        spoken="\n".join(_spoken(site)),
        not_a_stem="\n".join(_not_a_stem(site)),
        weights="\n".join(_weights(media_ranges(), "accept", [offer.ending for offer in OFFERS])),
        forms="\n".join(_forms(site)),
        offered=_offered(offer.ending for offer in OFFERS),
        winner=WINNER,
        languages="\n".join(_languages(site)),
    )
    yield File("nginx.conf", [text])


def _if(condition: str, *then: str) -> str:
    return "\n".join([f"if ({condition}) {{", *(f"    {line}" for line in then), "}"])


def _name(key: str) -> str:
    return key.replace("-", "_").replace(".", "_")


def _set(keys: Iterable[str], value: str) -> list[str]:
    return [f"set $mg_q_{_name(key)} {value};" for key in keys]


def _weights(ranges: Iterable[Range], header: str, keys: list[str]) -> Iterator[str]:
    """Rules that leave in ``$mg_q_{key}`` how much each key is wanted: a weight as it was written."""
    yield from _set(keys, "0")
    yield _if(f'$http_{header} = ""', *_set(keys, "1"))
    for pattern, named in ranges:
        yield _if(f'$http_{header} ~* "{pattern}"', *_set(named, "$1"))


def _offered(keys: Iterable[str]) -> str:
    return "".join(f"{key}=$mg_q_{_name(key)};" for key in keys)


def _not_a_stem(site: Site) -> Iterator[str]:
    """``x.es`` names no thing, although there is a file ``x.es.html``."""
    for ending in page_endings(site)[1:]:
        page = ending.removesuffix(".html")
        yield 'set $mg_page "$mg_is$uri";'
        yield _if(f'$mg_page ~ "^thing.*[.]{page}$"', "return 404;")


def _forms(site: Site) -> Iterator[str]:
    """Everything that lies beside; what is missing is not wanted."""
    for place, (ending, parameters) in enumerate(forms(site)):
        escaped = parameters.replace('"', '\\"')
        yield f'set $mg_is_{_name(ending)} "";'
        yield _if(
            f"-f $request_filename.{ending}",
            f"set $mg_is_{_name(ending)} 1;",
            f'set $mg_list "$mg_list $mg_name.{ending}";',
            f'set $mg_link "{"$mg_link, " if place else ""}<$mg_name.{ending}>; {escaped}";',
        )
    for offer in OFFERS[1:]:
        yield _if(f'$mg_is_{offer.ending} = ""', *_set([offer.ending], "0"))


def _best_language(site: Site) -> Iterator[str]:
    yield f"set $mg_lang {site.languages[0]};"
    yield f'set $mg_offered "{_offered(site.languages)}";'
    yield _if(f'$mg_offered ~ "{WINNER}"', "set $mg_lang $1;")


def _spoken(site: Site) -> Iterator[str]:
    """How much each language is wanted, and the page that says that there is nothing."""
    yield from _weights(language_ranges(site.languages), "accept_language", list(site.languages))
    yield from _best_language(site)
    for language, ending in zip(site.languages, page_endings(site), strict=True):
        yield _if(f"$mg_lang = {language}", f"set $mg_nothing {ending};")


def _languages(site: Site) -> Iterator[str]:
    endings = page_endings(site)
    for language, ending in list(zip(site.languages, endings, strict=True))[1:]:
        yield _if(f'$mg_is_{_name(ending)} = ""', *_set([language], "0"))
    yield from _best_language(site)
    yield 'set $mg_page "$mg_end:$mg_lang";'
    for language, ending in zip(site.languages, endings, strict=True):
        yield _if(f"$mg_page = html:{language}", f"set $mg_end {ending};")
    # What a page is in, whether it was chosen or asked for.
    yield 'set $mg_page "$uri.$mg_end";'
    for language, ending in zip(site.languages, endings, strict=True):
        yield _if(f'$mg_page ~ "[.]{ending.replace(".", "[.]")}[.]?$"', f"set $mg_language {language};")
