"""Whether a name that was found is only a part of a longer one: "UN Women" is not the UN."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from mandate_graph.authorities import Authorities, Row
from mandate_graph.model import Span

__all__ = ["Surroundings"]

# Joins the capitalised words of one name: "Convention on the Rights of the Child"; "and" may begin another name.
_JOINS = r"(?:of|on|for|against|the|to|de|del|la|las|los|el|sobre|para|contra|da|do|das|dos|des|du)"
_UPPER = r"A-ZÁÉÍÓÚÜÑÂÊÔÃÕÇÀÈ"
# A word with a capital; a possessive counts only inside a name ("Children’s Fund").
_CAPITAL = rf"[{_UPPER}]\w*(?:-\w+|[’'](?!s\b(?! [{_UPPER}]))\w+)*"
_CAPITALS_BEFORE = re.compile(rf"(?<![\w-])(?:{_CAPITAL} )*{_CAPITAL}[ -]\Z")
_CAPITALS_AFTER = re.compile(rf"(?:-[{_UPPER}]\w*| {_CAPITAL})(?: {_CAPITAL})*")
_OFFICE_OF = re.compile(
    rf"(?<![\w-])(?P<office>(?:{_CAPITAL} )*{_CAPITAL}) (?:of|of the|de|del|de la|de las|de los) \Z"
)
_POSSESSIVE = re.compile(r"[’'´`](?:s\b|(?!\w))")
# "the Second Summit of Indigenous Peoples" is another Summit; "the Summit in Lima" is not.
_OF_WHOM = re.compile(
    rf" (?:of|de|del) (?:the |la |los |las )?(?!\d)[\w’'-]+| (?:on|for|sobre|para) (?:the |la |los |las )?{_CAPITAL}"
)
# "of the United Nations for Refugees": the name goes on behind the owner.
_GOES_ON = re.compile(rf" (?:for|on|against|para|contra|sobre) (?:the |la |los |las |el )?(?:{_CAPITAL})")
_SENTENCE = '.:;!?“”"(«»¿¡'


class Surroundings:
    """The words around a name, in one language (or, without one, in all)."""

    def __init__(self, authorities: Authorities, language: str) -> None:
        rows = {
            table: [row for row in authorities.words[table] if language in {"", row["language"]} or not row["language"]]
            for table in ("heads", "parts", "small-words")
        }
        self._heads = _heads(rows["heads"])
        self._kinds = {row["head"]: row["kind"] for row in rows["heads"]}
        self._parts = tuple(row["words"] for row in rows["parts"])
        self._small_words = {row["word"] for row in rows["small-words"]}

    def like_names(self, text: str) -> list[tuple[Span, str]]:
        """Capitalised words around a head: what looks like a name, and of which kind."""
        found = []
        for match in self._heads.finditer(text) if self._heads else ():
            start = self._start(text, match.start(), match.start("head"))
            if " " in text[start : match.end()]:
                found.append((Span(start, match.end()), self._kinds[match["head"]]))
        return found

    def whole(
        self, text: str, span: Span, target: str, likely: Sequence[tuple[Span, str]], others: Collection[int]
    ) -> Span:
        """The longest name that a found one is part of; the found one itself when it stands alone.

        ``others`` are the places where other names begin.
        """
        start, end = span.start, span.end
        kind = target.partition("/")[0]
        if not (_POSSESSIVE.match(text, end) or self._is_part(text, end)):
            for other, head in likely:
                if (
                    other.start <= span.start
                    and span.end <= other.end
                    and not self._holds(text, other, span, head, kind)
                ):
                    start, end = min(start, other.start), max(end, other.end)
            if (after := _CAPITALS_AFTER.match(text, span.end)) and span.end + 1 not in others:
                end = max(end, after.end())
            if kind == "summit" and (of := _OF_WHOM.match(text, span.end)):
                end = max(end, of.end())
        if (before := _CAPITALS_BEFORE.search(text, 0, span.start)) and not self._is_end_of_part(text, span.start):
            start = min(start, self._start(text, before.start(), span.start))
        office = _OFFICE_OF.search(text, 0, span.start)
        if office and not office["office"].endswith(self._parts):
            place = self._start(text, office.start(), office.end("office"))
            if place < office.end("office"):
                start = min(start, place)
        elif office and (on := _GOES_ON.match(text, span.end)):
            start, end = min(start, office.start()), max(end, on.end())
        return Span(start, end)

    @staticmethod
    def _holds(text: str, other: Span, span: Span, head: str, kind: str) -> bool:
        """Whether the longer words only speak of what is named: a meeting or an organ *of* it."""
        between = text[other.start : span.start]
        return (
            head == "meeting"
            and kind != "summit"
            and other.end == span.end
            and bool(re.search(r" (?:of|de)(?: \w+)? \Z", between))
        )

    def _is_end_of_part(self, text: str, place: int) -> bool:
        return text[:place].rstrip().endswith(self._parts)

    def _start(self, text: str, start: int, end: int) -> int:
        """Where a name begins among capitalised words: not at an article, nor at the first word of a sentence.

        That first word has its capital from the sentence, unless a hyphen or more capitals say that it is a name's. An
        owner ("the IACHR's Special Rapporteur") ends a name, and another begins behind it.
        """
        for word in re.finditer(r"\S+", text[start:end]):
            place = start + word.start()
            if re.search(r"[’']s? ", text[place:end]):
                continue
            before = text[:place].rstrip()
            opens = not before or before[-1] in _SENTENCE
            plain = "-" not in word.group() and not word.group().isupper()
            if word.group() not in self._small_words and not (opens and plain):
                return place
        return end

    def _is_part(self, text: str, place: int) -> bool:
        """Whether what follows a body's name speaks of the body itself: its members, its organs."""
        return any(text.startswith(f" {part}", place) for part in self._parts)


def _heads(rows: Sequence[Row]) -> re.Pattern[str] | None:
    if not rows:
        return None
    heads = "|".join(sorted({re.escape(row["head"]) for row in rows}, key=lambda head: (-len(head), head)))
    return re.compile(rf"(?<!\w)(?:{_CAPITAL} )*(?P<head>{heads})(?: (?:{_JOINS} ){{0,3}}{_CAPITAL})*(?!\w)")
