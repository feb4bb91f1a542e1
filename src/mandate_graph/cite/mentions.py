"""Finds the instruments, bodies and Summits that a text names, and the words that look like a name and are not known.

What is a name stands in tables: labels and other names of instruments and bodies, ``forms`` (phrases with a slot for a
Summit, and phrases that need an antecedent), ``generics`` (phrases that name a class of things, and so nothing) and
``heads`` (words that names are built around).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.authorities import Authorities, Row
from mandate_graph.cite.automaton import Automaton, fold
from mandate_graph.model import Outcome, Span

__all__ = ["Found", "MentionFinder"]

_SUMMIT_SLOT = "{summit}"
_KINDS = {"instruments": "instrument", "bodies": "body", "summits": "summit", "series": "series"}
# Joins the capitalised words of one name: "Convention on the Rights of the Child"; "and" may begin another name.
_JOINS = r"(?:of|on|for|against|the|to|de|del|la|las|los|el|sobre|para|contra)"
# A word with a capital; a possessive counts only inside a name ("Children’s Fund").
_CAPITAL = r"[A-ZÁÉÍÓÚÜÑ]\w*(?:-\w+|[’'](?!s\b(?! [A-ZÁÉÍÓÚÜÑ]))\w+)*"
_CAPITALS_BEFORE = re.compile(rf"(?<![\w-])(?:{_CAPITAL} )*{_CAPITAL}[ -]\Z")
_CAPITALS_AFTER = re.compile(rf"(?:-[A-ZÁÉÍÓÚÜÑ]\w*| {_CAPITAL})(?: {_CAPITAL})*")
_OFFICE_OF = re.compile(
    rf"(?<![\w-])(?P<office>(?:{_CAPITAL} )*{_CAPITAL}) (?:of|of the|de|del|de la|de las|de los) \Z"
)
_POSSESSIVE = re.compile(r"[’'](?:s\b|(?!\w))")
# "the Charters of the United Nations and of the Organization of American States": the second name is cut short too.
_ELLIPSIS = re.compile(r" (?:and|y) (?:of|de|del) (?:the |la |los |las )?")
# "the Second Summit of Indigenous Peoples" is another Summit.
_OF_WHOM = re.compile(r" (?:of|on|for|de|del|sobre|para) (?:the |la |los |las )?(?!\d)[\w’'-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A mention in a text: where, what it names (``kind/key``), and the rule that says so."""

    span: Span
    targets: tuple[str, ...]
    outcome: Outcome
    rule: str


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    targets: tuple[str, ...]
    outcome: Outcome
    rule: str
    requires: str = ""


class MentionFinder:
    """All names of the tables, compiled once a language; a text of unknown language is searched for all of them."""

    def __init__(self, authorities: Authorities) -> None:
        self._languages: dict[str, _Language] = {}
        names = list(_table_names(authorities))
        languages = {language for language, _ in names} | {row["language"] for row in authorities.words["forms"]}
        for language in sorted(languages):
            self._languages[language] = _Language(
                authorities, language, [name for code, name in names if code == language]
            )
        self._any = _Language(authorities, "", [name for _, name in names])

    def find(self, text: str, language: str) -> list[Found]:
        """The mentions of a text in its order, none overlapping another but where one phrase names several things."""
        return self._languages.get(language, self._any).find(text)


class _Language:
    def __init__(self, authorities: Authorities, language: str, names: Sequence[_Name]) -> None:
        rows = {
            table: [row for row in authorities.words[table] if language in {"", row["language"]}]
            for table in ("forms", "generics", "heads", "parts", "small-words")
        }
        plain = [*names, *(_Name(row["phrase"], (), "unresolved", "generic-phrase") for row in rows["generics"])]
        summits = _summit_names(authorities, language)
        self._patterns: list[tuple[re.Pattern[str], Row]] = []
        for row in rows["forms"]:
            if _SUMMIT_SLOT in row["form"]:
                self._patterns.append((_pattern(row["form"], summits), row))
            else:
                targets = tuple(row["targets"].split())
                plain.append(_Name(row["form"], targets, "resolved", row["rule"], row["requires"]))
        self._summits = {fold(name): key for name, key in summits.items()}
        by_text: dict[str, list[_Name]] = {}
        for name in plain:
            by_text.setdefault(name.text, []).append(name)
        self._names = [_merge(group) for _, group in sorted(by_text.items())]
        self._automaton = Automaton([name.text for name in self._names])
        self._heads = _heads(rows["heads"])
        self._parts = [row["words"] for row in rows["parts"]]
        self._small_words = {row["word"] for row in rows["small-words"]}

    def find(self, text: str) -> list[Found]:
        candidates: list[tuple[Span, _Name]] = [
            (span, self._names[place]) for span, place in self._automaton.find(text)
        ]
        candidates += self._in_forms(text)
        like_names = self._like_names(text)
        found: list[Found] = []
        named: set[str] = set()
        place = 0
        for span, name in sorted(candidates, key=lambda pair: (pair[0].start, -pair[0].end, pair[1].rule)):
            if span.start < place or (name.requires and name.requires not in named):
                continue
            whole = self._whole(text, span, name, like_names)
            shared = (
                found and found[-1].rule == "part-of-name" and _ELLIPSIS.fullmatch(text, found[-1].span.end, span.start)
            )
            if whole == span and not shared:
                found.append(Found(span, name.targets, name.outcome, name.rule))
                named.update(name.targets)
            elif whole.start >= place:
                # A part of a longer name that no table knows is no link: "UN Women" is not the UN.
                found.append(Found(whole, (), "unresolved", "part-of-name"))
            place = max(place, whole.end)
        taken = [mention.span for mention in found]
        found += [
            Found(span, (), "unresolved", "name-like")
            for span in like_names
            if not any(span.start < other.end and other.start < span.end for other in taken)
        ]
        return sorted(found, key=lambda mention: (mention.span.start, mention.span.end))

    def _like_names(self, text: str) -> list[Span]:
        """Capitalised words around a head: what looks like a name."""
        spans = []
        for match in self._heads.finditer(text) if self._heads else ():
            start = self._name_start(text, match.start(), match.start("head"))
            if " " in text[start : match.end()]:
                spans.append(Span(start, match.end()))
        return spans

    def _whole(self, text: str, span: Span, name: _Name, like_names: Sequence[Span]) -> Span:
        """The longest name that a found one is part of; the found one itself when it stands alone."""
        if not name.targets or re.search(r"[\d/]", span.cut(text)):
            return span  # generic phrases and symbols stand for themselves
        start, end = span.start, span.end
        complete = bool(_POSSESSIVE.match(text, end)) or self._is_part(text, end)
        if not complete:
            for other in like_names:
                if other.start <= span.start and span.end <= other.end:
                    start, end = min(start, other.start), max(end, other.end)
            if after := _CAPITALS_AFTER.match(text, span.end):
                end = max(end, after.end())
            if name.targets[0].startswith("summit/") and (of := _OF_WHOM.match(text, span.end)):
                end = max(end, of.end())
        if before := _CAPITALS_BEFORE.search(text, 0, span.start):
            start = min(start, self._name_start(text, before.start(), span.start))
        office = _OFFICE_OF.search(text, 0, span.start)
        if office and not any(office["office"].endswith(part) for part in self._parts):
            place = self._name_start(text, office.start(), office.end("office"))
            start = min(start, place) if place < office.end("office") else start
        return Span(start, end)

    def _name_start(self, text: str, start: int, end: int) -> int:
        """Where a name begins among capitalised words: not at an article, nor at the first word of a sentence.

        That first word has its capital from the sentence, unless a hyphen or more capitals say that it is a name's. An
        owner ("the IACHR's Special Rapporteur") ends a name, and another begins behind it.
        """
        for word in re.finditer(r"\S+", text[start:end]):
            place = start + word.start()
            if re.search(r"[’']s? ", text[place:end]):
                continue
            before = text[:place].rstrip()
            opens = not before or before[-1] in '.:;!?“”"('
            plain = "-" not in word.group() and not word.group().isupper()
            if word.group() not in self._small_words and not (opens and plain):
                return place
        return end

    def _is_part(self, text: str, place: int) -> bool:
        """Whether what follows a body's name speaks of the body itself: its members, its organs."""
        return any(text.startswith(f" {part}", place) for part in self._parts)

    def _in_forms(self, text: str) -> Iterator[tuple[Span, _Name]]:
        folded = fold(text)
        for pattern, row in self._patterns:
            for match in pattern.finditer(folded):
                targets = tuple(f"summit/{self._summits[name]}" for name in match.groups())
                # What the tables write with a capital must stand so: "santiago summit" may be anything.
                if text[match.start()].isupper():
                    yield Span(*match.span()), _Name("", targets, "resolved", row["rule"])


def _merge(group: Sequence[_Name]) -> _Name:
    """One name of two things is ambiguous, unless one phrase was made to name both."""
    if len({name.targets for name in group}) == 1:
        return group[0]
    targets = tuple(sorted({target for name in group for target in name.targets}))
    return _Name(group[0].text, targets, "ambiguous", group[0].rule)


def _table_names(authorities: Authorities) -> Iterator[tuple[str, _Name]]:
    for table, kind in _KINDS.items():
        for key, entity in authorities[table].items():
            targets = (f"{kind}/{key}",)
            for language, label in entity.labels.items():
                yield language, _Name(label, targets, "resolved", "name")
            for language, alts in entity.alts.items():
                yield from ((language, _Name(alt, targets, "resolved", "name")) for alt in alts)
            for language, hiddens in entity.hiddens.items():
                yield from ((language, _Name(hidden, targets, "resolved", "misprint")) for hidden in hiddens)


def _summit_names(authorities: Authorities, language: str) -> dict[str, str]:
    columns = (
        [f"short_{language}"]
        if language
        else sorted(
            {
                column
                for summit in authorities["summits"].values()
                for column in summit.cells
                if column.startswith("short_")
            }
        )
    )
    return {
        name: key
        for key, summit in authorities["summits"].items()
        for column in columns
        for name in summit.cells.get(column, "").split(" | ")
        if name
    }


def _pattern(form: str, summits: Mapping[str, str]) -> re.Pattern[str]:
    names = "|".join(re.escape(fold(name)) for name in sorted(summits, key=lambda name: (-len(name), name)))
    words = f"({names})".join(re.escape(fold(part)) for part in form.split(_SUMMIT_SLOT))
    return re.compile(rf"(?<!\w){words}(?!\w)") if names else re.compile(r"(?!)")


def _heads(rows: Sequence[Row]) -> re.Pattern[str] | None:
    if not rows:
        return None
    heads = "|".join(sorted({re.escape(row["head"]) for row in rows}, key=lambda head: (-len(head), head)))
    capital = _CAPITAL
    return re.compile(rf"(?<!\w)(?:{capital} )*(?P<head>{heads})(?: (?:{_JOINS} ){{0,3}}{capital})*(?!\w)")
