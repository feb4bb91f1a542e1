"""Content negotiation as regular expressions, for servers that can match but not count.

A server file matches ``Accept`` against one pattern for every range that may name what we offer, from the least to the
most specific, and keeps the weight of the last that matched (RFC 9110 §12.5.1). The weights stand in one string, in
the server's order of preference; ``WINNER`` finds in it the first that none after it exceeds: the first of the best.

Three things that the RFC leaves open: a range with parameters (``application/ld+json;profile="…"``) names the type that
we have, unless the type is named without any, too; a weight that is none counts as 1; a language is named by itself,
else by the first of its regions (``es-MX`` for ``es``; RFC 4647 §3.4), else by ``*``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["OFFERS", "WINNER", "Offer", "Range", "language_ranges", "media_ranges"]


class Offer(NamedTuple):
    """A form that every thing is served in: the ending of its file, and its media type without parameters."""

    ending: str
    media: str


OFFERS = (
    Offer("html", "text/html"),
    Offer("ttl", "text/turtle"),
    Offer("jsonld", "application/ld+json"),
    Offer("nt", "application/n-triples"),
)
"""In order of preference, where a client has none."""


class Range(NamedTuple):
    """A pattern whose first group is the weight of a range (nothing where it has none), and whom that weight is for."""

    pattern: str
    keys: tuple[str, ...]


# Quotation marks and backslashes by number: the servers do not agree on how to write them in a quoted argument.
_QUOTED = r"\x22(?:[^\x22\x5C]++|\x5C.)*+\x22"
# Possessive, so that no header can make them go back and forth; a lone quotation mark is passed over.
_ITEM = rf"(?:[^\x22,]++|{_QUOTED}|\x22)*+"
_PARAMETER = rf"[ \t]*+;[ \t]*+(?!q=)(?:[^\x22,;]++|{_QUOTED}|\x22)*+"
_WEIGHT = rf"[ \t]*(?:;[ \t]*q=([01]?(?:[.][0-9]{{0,3}})?){_ITEM})?(?:,|$)"


def media_ranges() -> Iterator[Range]:
    """Every media range that names an offer, from the least to the most specific."""
    yield Range(_pattern("[*]/[*]", f"(?:{_PARAMETER})*"), tuple(offer.ending for offer in OFFERS))
    for family in dict.fromkeys(offer.media.partition("/")[0] for offer in OFFERS):
        endings = tuple(offer.ending for offer in OFFERS if offer.media.startswith(f"{family}/"))
        yield Range(_pattern(f"{family}/[*]", f"(?:{_PARAMETER})*"), endings)
    for offer in OFFERS:
        media = offer.media.replace("+", "[+]")
        yield Range(_pattern(media, f"(?:{_PARAMETER})+"), (offer.ending,))
        yield Range(_pattern(media), (offer.ending,))


def language_ranges(languages: Sequence[str]) -> Iterator[Range]:
    """Every language range that names a language, from the least to the most specific."""
    yield Range(_pattern("[*]"), tuple(languages))
    for language in languages:
        primary = language.partition("-")[0]
        if primary != language:  # "pt" and "pt-PT" name "pt-BR", where nothing else does
            yield Range(_pattern(f"{primary}-[a-z0-9-]+"), (language,))
            yield Range(_pattern(primary), (language,))
        yield Range(_pattern(f"{language}-[a-z0-9-]+"), (language,))
        yield Range(_pattern(language), (language,))


def _pattern(name: str, parameters: str = "") -> str:
    """The first item of a list that is this range; to be matched without regard to case."""
    return f"^(?:{_ITEM},)*?[ \\t]*{name}{parameters}{_WEIGHT}"


def _winner() -> str:
    r"""In ``key=weight;key=weight;…``: the first key whose weight is not 0 and that no later one exceeds.

    A weight is as it was written: ``1.0``, ``0.75``, ``.5``; nothing is 1. Two fractions are compared digit by digit:
    after what both begin with (``\2``), the later one has a greater digit, or goes on where the first has ended.
    """
    exceeded = [rf"{digit}.*=0?[.]\2[{digit + 1}-9]" for digit in range(9)]
    exceeded.append(r"(?![0-9]).*=0?[.]\2[0-9]*[1-9]")
    fraction = rf"0?[.](?=[0-9]*[1-9])(?!.*=(?:1|;))(?!([0-9]*)(?:{'|'.join(exceeded)}))"
    return rf"([A-Za-z-]+)=(?:1|;|{fraction})"


WINNER = _winner()
