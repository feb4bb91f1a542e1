"""Acronyms: alone where they are unambiguous, and as the text itself defines them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mandate_graph.citator.automaton import fold
from mandate_graph.citator.names import Candidate, Lexicon, chosen
from mandate_graph.citator.tokens import Tokens
from mandate_graph.model import Span

__all__ = ["Definitions", "acronyms", "definitions", "spells"]

_INITIAL = re.compile(r"[^\W\d_]+")
_EXPLAINED = re.compile(r" \((?P<words>[A-ZÁÉÍÓÚ][^()]{6,100})\)")
# "CIDI/RME.RES. 14", "CEPAL/RES. 700", "OEA/Ser.L/V": an acronym inside a symbol names no body.
_ACT = r"(?:RES|DEC|RME|doc|DOC|Ser|SER|INF|CONF|L|Res|Dec)\b"
_IN_SYMBOL = re.compile(rf"(?:/[A-Z]{{2,8}})*[/.]{_ACT}")
_BEHIND_SLASH = re.compile(r"\w/\Z")
_SHORT = 4
_WINDOW = 300
_UNKNOWN = "the text defines it by a name that no table knows"
_ALONE = "this acronym has other meanings, and the text does not give the name"


@dataclass(frozen=True, slots=True)
class Definitions:
    """Acronyms that a text defines: ``known`` by a name that is known, with its targets, and ``unknown`` by another."""

    known: Mapping[str, tuple[str, ...]]
    unknown: frozenset[str]


def definitions(tokens: Tokens, names: Sequence[Candidate], likely: Sequence[tuple[Span, str]]) -> Definitions:
    """What the acronyms in parentheses stand for: the name right before them."""
    known: dict[str, tuple[str, ...]] = {}
    unknown: set[str] = set()
    by_end = {each.span.end: each for each in names if each.outcome == "resolved"}
    likely_by_end = {span.end: span for span, _ in likely}
    for _, group, acronym in tokens.groups:
        each = by_end.get(group.end)
        if each and each.span.start < group.start:
            known[acronym] = each.targets
        if acronym in known:
            continue
        before = tokens.text[max(0, group.start - _WINDOW) : group.start].rstrip()
        end = max(0, group.start - _WINDOW) + len(before)
        span = likely_by_end.get(end)
        if _ends_spelling(acronym, before) or (span and _initials_hold(acronym, span.cut(tokens.text))):
            unknown.add(acronym)
    return Definitions(known, frozenset(unknown))


def acronyms(
    tokens: Tokens, language: str, lexicon: Lexicon, defined: Definitions, names: Sequence[Candidate]
) -> Iterator[Candidate]:
    """Every acronym of a text; ``names`` are the names that stand in it in full."""
    first: dict[str, int] = {}
    for name in names:
        if name.outcome == "resolved":
            for target in name.targets:
                first.setdefault(target, name.span.start)
    text, starts, ends = tokens.text, tokens.starts, tokens.ends
    places = [  # most words have no capital
        (place, Span(start, ends[place]))
        for place, start in enumerate(starts)
        if not text[start : ends[place]].islower()
    ]
    places += [(place, Span(group.start + 1, group.end - 1)) for place, group, _ in tokens.groups]
    for place, span in places:
        raw = span.cut(tokens.text)
        if (
            raw.islower()
            or _IN_SYMBOL.match(tokens.text, span.end)
            or _BEHIND_SLASH.search(tokens.text, max(0, span.start - _SHORT), span.start)
        ):
            continue
        raw = raw.strip().replace(".", "")
        if sum(char.isupper() for char in raw) < 2 or tokens.text[span.end : span.end + 1] == "$":
            continue
        if raw in defined.known:
            yield Candidate(span, place, place + 1, defined.known[raw], "resolved", "defined-acronym")
        elif raw in defined.unknown:
            yield Candidate(span, place, place + 1, (), "unresolved", "name-like", (), _UNKNOWN, kind="body")
        elif each := chosen(span, place, place + 1, lexicon.acronym(raw, language)):
            named = {target for target in each.targets if first.get(target, len(tokens.text)) < span.start}
            yield _alone(_as_explained(each, tokens.text, raw, names), raw, lexicon, named)


def _as_explained(each: Candidate, text: str, raw: str, names: Sequence[Candidate]) -> Candidate:
    """An acronym that the parenthesis behind it explains: "OMS (Oficina Municipal de Seguridad)" is not the WHO."""
    explained = _EXPLAINED.match(text, each.span.end)
    if explained is None or not spells(raw, explained["words"]):
        return each
    inside = {
        target
        for name in names
        if explained.start() < name.span.start and name.span.end < explained.end()
        for target in name.targets
    }
    if inside & set(each.targets):
        return each
    return replace(each, targets=(), outcome="unresolved", rule="name-like", why=_UNKNOWN, kind="body")


def _alone(each: Candidate, raw: str, lexicon: Lexicon, named: Collection[str]) -> Candidate:
    """An acronym that nothing defines here."""
    here = set(named) & set(each.targets)
    if each.outcome == "ambiguous" and len(here) == 1:
        return replace(each, targets=tuple(here), outcome="resolved", rule="name-with-antecedent", why="")
    guarded = all((target, raw) in lexicon.guarded for target in each.targets)
    if each.outcome == "resolved" and guarded and not here:
        kind = each.targets[0].partition("/")[0]
        return replace(each, targets=(), outcome="unresolved", rule="acronym-alone", why=_ALONE, kind=kind)
    return each


def spells(acronym: str, name: str) -> bool:
    """Whether an acronym is made of the first letters of a name's words, in their order."""
    letters = iter(word[0].upper() for word in _INITIAL.findall(fold(name)))
    return all(letter in letters for letter in acronym.upper() if letter.isalpha())


def _initials_hold(acronym: str, name: str) -> bool:
    """Whether an acronym is made of a name's initials in any order: those of another language have another."""
    initials = Counter(word[0].upper() for word in _INITIAL.findall(fold(name)))
    return not Counter(letter for letter in acronym.upper() if letter.isalpha()) - initials


def _ends_spelling(acronym: str, before: str) -> bool:
    """Whether the words before an acronym spell it, the last of them beginning with a capital."""
    words = _INITIAL.findall(before[-20 * len(acronym) :])[-2 * len(acronym) :]
    return bool(words) and words[-1][0].isupper() and spells(acronym, " ".join(words))
