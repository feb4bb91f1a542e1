"""Whether a name that was found is only a part of a longer one: "UN Women" is not the UN."""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Sequence

from mandate_graph.authorities import Authorities, Row
from mandate_graph.model import Span

__all__ = ["Surroundings"]

# Joins the capitalised words of one name: "Convention on the Rights of the Child"; "and" may begin another name.
_JOINS = r"(?:of|on|for|against|to|de|del|sobre|para|contra|da|do|das|dos|des|du)(?: (?:the|la|las|los|el))?"
_UPPER = r"A-ZÁÉÍÓÚÜÑÂÊÔÃÕÇÀÈ"
# A word with a capital; a possessive counts only inside a name ("Children’s Fund").
_CAPITAL = rf"[{_UPPER}]\w*(?:-\w+|[’'](?!s\b(?! [{_UPPER}]))\w+)*"
_CAPITALS_BEFORE = re.compile(rf"(?<![\w-])(?:{_CAPITAL} )*{_CAPITAL}[ -]\Z")
_CAPITALS_AFTER = re.compile(rf"(?:-[{_UPPER}]\w*| {_CAPITAL})(?: {_CAPITAL})*")
_OFFICE_OF = re.compile(
    rf"(?<![\w-])(?P<office>(?:{_CAPITAL} )*{_CAPITAL})"
    r" (?:of|of the|de|del|de la|de las|de los|du|des|do|da|dos|das) \Z"
)
_POSSESSIVE = re.compile(r"[’'´`](?:s\b|(?!\w))")
# "the Second Summit of Indigenous Peoples" is another Summit; "the Summit in Lima" is not.
_OF_WHOM = re.compile(
    rf" (?:of|de|del|sobre|contra) (?:the |la |los |las |el )?(?!\d)[\w’'-]+"
    rf"| (?:on|for|para|against) (?:the |la |los |las )?{_CAPITAL}"
)
# "the Declaration of Santiago on democracy" is another one; "to protect", "para proteger" only say what for.
_OF_WHAT = re.compile(
    rf" (?:of|sobre|de|del|contra|against) (?:the |la |los |las |el )?(?!\d)[\w’'-]+| for (?!\w+ing\b)\w+"
    rf"| (?:on|about) (?:the )?{_CAPITAL}"
    rf"| para (?!\w+[aei]r\b)\w+| to (?:the |\w+[’']s )\w+|: {_CAPITAL}"
)
_BETWEEN = re.compile(rf" (?:between|entre|among) (?:the |los |las |la |el )?{_CAPITAL}")
_FIRST_WORD = re.compile(rf"(?<![\w-])(?P<word>{_CAPITAL})[ -]\Z")
_IN_PLACE = re.compile(rf" (?:in|en) (?:the |los |las |la |el )?(?={_CAPITAL})")
_AND_CAPITAL = re.compile(rf" (?:and|y|e) (?P<word>{_CAPITAL})(?= [^{_UPPER}]|[.,;:)]|$)")
_ANY_SUMMIT = re.compile(r"(?:Summit|Cumbre)s?\b.{0,12}(?:Americas|Américas)")
_OWN_SUMMIT = re.compile(r" (?:of|de)(?: (?:the|la))? (?:[\w.ª-]+ ){0,2}(?:Summit|Cumbre)\b")
# "of the United Nations for Refugees": the name goes on behind the owner.
_GOES_ON = re.compile(rf" (?:for|on|against|para|contra|sobre) (?:the |la |los |las |el )?(?:{_CAPITAL})")
_VERBS = (
    "fund|join|invite|request|urge|ask|send|visit|study|publish|honou?r|protect|help|share|read|observe|entrust|propose"
)
_LONG_TITLE = 6
_FARTHEST = 200
_NEAR = 30
_SENTENCE = '.:;!?“”"(«»¿¡'


class Surroundings:
    """The words around a name, in one language (or, without one, in all)."""

    def __init__(self, authorities: Authorities, language: str) -> None:
        rows = {
            table: [row for row in authorities.words[table] if language in {"", row["language"]} or not row["language"]]
            for table in ("heads", "parts", "small-words", "cues")
        }
        self._heads = _heads(rows["heads"])
        self._kinds = {row["head"]: row["kind"] for row in rows["heads"]}
        self._parts = tuple(row["words"] for row in rows["parts"])
        self._part = re.compile(f" (?:{'|'.join(map(re.escape, self._parts)) or '(?!)'})")
        # The first words of cues are the verbs that sentences begin with.
        cues = {row["cue"].split()[0].casefold() for row in rows["cues"]}
        verbs = "|".join(re.escape(cue).replace(r"\*", r"\w*") for cue in sorted(cues))
        self._verbs = re.compile(rf"(?:{verbs or '(?!)'}|\w+(?:ing|ed|ar|er|ir|amos|emos|imos|ando|iendo)|{_VERBS})\Z")
        self._folded = frozenset(row["word"].casefold() for row in rows["small-words"])

    def like_names(self, text: str) -> list[tuple[Span, str]]:
        """Capitalised words around a head: what looks like a name, and of which kind."""
        found = []
        for match in self._heads.finditer(text) if self._heads else ():
            start = self._start(text, match.start(), match.start("head"))
            if " " in text[start : match.end()]:
                found.append((Span(start, match.end()), self._kinds[match["head"]]))
        return sorted(found, key=lambda each: each[0].start)

    def with_first_word(self, text: str, span: Span) -> Span:
        """An unknown name with the word that begins its sentence, when that is no verb: "Minamata Convention"."""
        before = _FIRST_WORD.search(text, max(0, span.start - _NEAR), span.start)
        if before is None:
            return span
        opens = text[max(0, before.start() - _NEAR) : before.start()].rstrip()
        word = before["word"].casefold()
        if (opens and opens[-1] not in _SENTENCE) or word in self._folded or self._verbs.match(word):
            return span
        return Span(before.start(), span.end)

    def whole(
        self, text: str, span: Span, target: str, likely: Sequence[tuple[Span, str]], others: Collection[int]
    ) -> Span:
        """The longest name that a found one is part of; the found one itself when it stands alone.

        ``others`` are the places where other names begin.
        """
        if span.cut(text).isupper() and " " in span.cut(text):
            return span  # a line in capitals does not tell where a name ends
        start, end = span.start, span.end
        kind = target.partition("/")[0]
        if not (_POSSESSIVE.match(text, end) or self._is_part(text, end)):
            first = bisect.bisect_left(likely, span.start - _FARTHEST, key=lambda each: each[0].start)
            last = bisect.bisect_right(likely, span.start, key=lambda each: each[0].start)
            for other, head in likely[first:last]:
                if other.start < span.start < other.end and not self._holds(text, other, span, head, kind):
                    start = min(start, other.start)
                    end = max(end, other.end)
                elif (
                    other.start == span.start and other.end > span.end and not self._another(text, span, other, others)
                ):
                    end = other.end
            end = max(end, self._behind(text, span, kind, others))
        before = _CAPITALS_BEFORE.search(text, max(0, span.start - _FARTHEST), span.start)
        if before and not self._is_end_of_part(text, span.start):
            start = min(start, self._start(text, before.start(), span.start))
        return self._with_office(text, span, start, end, kind)

    def _behind(self, text: str, span: Span, kind: str, others: Collection[int]) -> int:
        """Where a name ends that goes on behind the found one."""
        end = span.end
        after = _CAPITALS_AFTER.match(text, end)
        if after and end + 1 not in others and after.group().strip(" -").split()[0].casefold() not in self._folded:
            return after.end()
        quote = span.cut(text)
        pattern = {"summit": _OF_WHOM, "document": _OF_WHAT, "instrument": _BETWEEN}.get(kind)
        of = pattern.match(text, end) if pattern else None
        if of and kind == "document" and (self._titled(quote) or _OWN_SUMMIT.match(text, end)):
            of = None
        if of and not _ANY_SUMMIT.search(text, of.start(), of.end() + _NEAR):
            return of.end()
        place = _IN_PLACE.match(text, end) if kind == "summit" and not _ANY_SUMMIT.search(quote) else None
        if place and place.end() not in others:
            return place.end()
        joined = _AND_CAPITAL.match(text, end) if kind in {"body", "instrument"} else None
        if joined and re.search(r" (?:on|against|sobre|contra) \w+$", quote) and joined.start("word") not in others:
            word = joined["word"]
            if not word.startswith(self._parts):
                return joined.end()
        return end

    @staticmethod
    def _titled(quote: str) -> bool:
        """Whether a document goes by a title of its own rather than by a kind and a place."""
        return len(quote.split()) > _LONG_TITLE

    @staticmethod
    def _another(text: str, span: Span, other: Span, others: Collection[int]) -> bool:
        """Whether what follows a complete name is another name: "the Charter against Venezuela"."""
        join = re.compile(rf" {_JOINS} ").match(text, span.end, other.end)
        return join is not None and join.end() in others

    def _with_office(self, text: str, span: Span, start: int, end: int, kind: str) -> Span:
        """With what it is that belongs to the found thing, when that is a thing of its own: "the Bank of Canada"."""
        office = _OFFICE_OF.search(text, max(0, span.start - _FARTHEST), span.start)
        if office is None:
            return Span(start, end)
        goes_on = _GOES_ON.match(text, span.end)
        if office["office"].endswith(self._parts):
            return Span(min(start, office.start()), max(end, goes_on.end())) if goes_on else Span(start, end)
        is_thing = office["office"].rpartition(" ")[2] in self._kinds and kind != "body"
        if is_thing or goes_on:
            place = self._start(text, office.start(), office.end("office"))
            if place < office.end("office"):
                return Span(min(start, place), max(end, goes_on.end()) if goes_on else end)
        return Span(start, end)

    def _holds(self, text: str, other: Span, span: Span, head: str, kind: str) -> bool:
        """Whether the longer words only speak of what is named: a meeting or an organ *of* it."""
        before = text[other.start : span.start]
        of = re.search(r" (?:of|de|del|do|da|du)(?: (?:the|la|los|las|el))? \Z", before)
        if not of or kind == "summit":
            return False
        if kind == "body" and other.end == span.end:
            return True  # its statute, its principles: the body is named
        return (head == "meeting" and other.end == span.end) or before[: of.start()].endswith(self._parts)

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
            before = text[max(0, place - _FARTHEST) : place].rstrip()
            opens = not before or before[-1] in _SENTENCE
            plain = "-" not in word.group() and not word.group().isupper()
            if word.group().casefold() not in self._folded and not (opens and plain):
                return place
        return end

    def _is_part(self, text: str, place: int) -> bool:
        """Whether what follows a body's name speaks of the body itself: its members, its organs."""
        return bool(self._part.match(text, place))


def _heads(rows: Sequence[Row]) -> re.Pattern[str] | None:
    if not rows:
        return None
    heads = "|".join(sorted({re.escape(row["head"]) for row in rows}, key=lambda head: (-len(head), head)))
    return re.compile(rf"(?<!\w)(?:{_CAPITAL} )*(?P<head>{heads})(?: (?:{_JOINS} )?{_CAPITAL})*(?!\w)")
