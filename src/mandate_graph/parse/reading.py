"""A text made readable, with the way back to every character of the page."""

from __future__ import annotations

import re

from mandate_graph.model import Reading, Span

__all__ = ["read"]

# One alternative a kind of noise (domain: text noise): white space of any width, a space before a stop, a stray accent
# as apostrophe.
_NOISE = re.compile(
    r"(?P<before_stop>[\s\u200b\ufeff]+(?=[,;:.)](?!\w)))"
    r"|(?P<space>[\s\u200b\ufeff]+)"
    r"|(?P<apostrophe>(?<=\w)[´`](?=\w))"
)
_REPLACEMENT = {"before_stop": "", "space": " ", "apostrophe": "’"}


def read(text: str, span: Span) -> Reading:
    """Normalise white space, spaces before stops, and accents used as apostrophes; change nothing else."""
    source = span.cut(text)
    if not _NOISE.search(source.replace(" ", "_")) and "  " not in source and not re.search(r" [,;:.)]", source):
        return Reading(source, range(span.start, span.end + 1))
    characters: list[str] = []
    origin: list[int] = []
    place = 0
    for match in _NOISE.finditer(source):
        characters += source[place : match.start()]
        origin += range(span.start + place, span.start + match.start())
        replacement = _REPLACEMENT[match.lastgroup or ""]
        characters += replacement
        origin += [span.start + match.start()] * len(replacement)
        place = match.end()
    characters += source[place:]
    origin += range(span.start + place, span.end)
    return Reading("".join(characters), (*origin, span.end))
