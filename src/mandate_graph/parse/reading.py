"""A text made readable, with the way back to every character of the page."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

from mandate_graph.model import Reading, Span

__all__ = ["read"]

# One alternative a kind of noise (domain: text noise): white space of any width, a space before a stop, the line break
# behind a hyphen, a soft hyphen, a stray accent as apostrophe.
_NOISE = re.compile(
    r"(?P<before_stop>[\s\u200b\ufeff]+(?=[,;:.)](?!\w)))"
    r"|(?P<broken>(?<=[^\W\d_]-)[ \t\u00a0]*[\r\n][\s\u200b\ufeff]*(?=[^\W\d_])(?!(?:and|or|y|o)\b)|\u00ad\s*)"
    r"|(?P<space>[\s\u200b\ufeff]+)"
    r"|(?P<apostrophe>(?<=\w)[´`](?=\w))"
)
_REPLACEMENT = {"before_stop": "", "broken": "", "space": " ", "apostrophe": "’"}


def read(text: str, span: Span, skips: Sequence[Span] = ()) -> Reading:
    """Normalise white space, hyphens at line ends, spaces before stops, and accents used as apostrophes; nothing else.

    ``skips`` are stretches inside the span that are no words of it, such as the number of a page.
    """
    source = span.cut(text)
    for skip in skips:  # as long as before, so that every place stays what it is
        left, right = skip.start - span.start, skip.end - span.start
        source = source[:left] + " " * (right - left) + source[right:]
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
    return Reading("".join(characters), array("L", (*origin, span.end)))
