"""Content negotiation as RFC 9110 §12 says it, with nothing but lists: what the servers are held against."""

from __future__ import annotations

import re
from typing import NamedTuple

MEDIA = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}


class Wanted(NamedTuple):
    name: str
    parameters: bool
    weight: int  # thousandths


def items(header: str, separator: str = ",") -> list[str]:
    """The items of a list; a separator inside quotation marks is none."""
    parts, quoted, escaped = [""], False, False
    for character in header:
        if character == '"' and not escaped:
            quoted = not quoted
        escaped = quoted and character == "\\" and not escaped
        if character == separator and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip(" \t") for part in parts if part.strip(" \t")]


def wanted(header: str) -> list[Wanted]:
    """Every range with its weight; what follows the weight is not of the range."""
    ranges = []
    for item in items(header):
        name, *parameters = items(item, ";")
        own, weight = 0, 1000
        for parameter in parameters:
            if found := re.fullmatch(r"q=(1|0)?(?:\.(\d{0,3}))?", parameter, re.IGNORECASE):
                weight = 1000 if found[1] == "1" else int((found[2] or "").ljust(3, "0"))
                break
            own += 1
        ranges.append(Wanted(name.lower(), own > 0, weight))
    return ranges


def media(header: str | None, there: list[str]) -> str | None:
    """Which of the forms that there are, in our order of preference, is sent; ``None`` is 406."""
    if not header:
        return there[0]
    ranges = wanted(header)

    def weight(ending: str) -> int:
        name = MEDIA[ending]
        family = name.partition("/")[0] + "/*"
        exact = [each for each in ranges if each.name == name]
        found = (
            [each for each in exact if not each.parameters]
            or exact
            or [each for each in ranges if each.name == family]
            or [each for each in ranges if each.name == "*/*"]
        )
        return found[0].weight if found else 0

    best = max(there, key=weight)  # the first of the best
    return best if weight(best) else None


def language(header: str | None, there: list[str]) -> str:
    """Which language of those that there are; the first, where none is wanted."""
    ranges = wanted(header or "*")

    def weight(code: str) -> int:
        found = (
            [each for each in ranges if each.name == code]
            or [each for each in ranges if each.name.startswith(f"{code}-")]
            or [each for each in ranges if each.name == "*"]
        )
        return found[0].weight if found else 0

    return max(there, key=weight)
