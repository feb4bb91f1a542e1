"""Phrases that name several things at once.

"the Charters of the United Nations and of the Organization of American States" (what follows the head is listed),
"the Santiago and Quebec City Summits" (what precedes it is), "the Declaration and Plan of Action of Mar del Plata"
(the head is). Nothing is guessed: every member of a list must be a name when it is written out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mandate_graph.citator.names import Candidate, Lexicon, Name
from mandate_graph.citator.tokens import Tokens
from mandate_graph.model import Span

__all__ = ["Coordination"]

_RULE = "elliptic-plural"
_LONGEST = 14
# How far from "and" a name may begin or end.
_INSIDE = 9
_REACH = 12
_CONJUNCTIONS = frozenset(("and", "y", "e", "&", "or", "o", "et"))
_JOINS = frozenset(
    ("of", "the", "on", "against", "for", "to", "in", "de", "del", "la", "las", "los", "el", "sobre", "contra", "para")
)
_OWNERS = frozenset(("its", "their", "his", "su", "sus"))
_ARTICLES = frozenset(("the", "la", "las", "los", "el"))


@dataclass(frozen=True, slots=True)
class Coordination:
    """Knows the names, and the words that names are built around (as keys)."""

    lexicon: Lexicon
    heads: Collection[str]

    def find(self, tokens: Tokens, language: str, found: Sequence[Candidate]) -> Iterator[Candidate]:
        """Every phrase that names several things; ``found`` are the names that stand in the text whole."""
        for place, key in enumerate(tokens.keys):
            if key in _CONJUNCTIONS:
                yield from self._within(tokens, language, place)
            if key in self.heads:
                if self._listed(tokens, place + 1, place + _LONGEST):
                    yield from self._behind(tokens, language, place)
                if self._listed(tokens, max(0, place - _REACH), place):
                    yield from self._before(tokens, language, place)
        for candidate in found:
            if candidate.outcome == "resolved":
                yield from self._heads_behind(tokens, language, candidate)
                yield from self._heads_of(
                    tokens, language, candidate, [tuple(tokens.keys[candidate.first : candidate.last])]
                )

    @staticmethod
    def _listed(tokens: Tokens, first: int, last: int) -> bool:
        """Whether "and" stands among these words."""
        return not _CONJUNCTIONS.isdisjoint(tokens.keys[first:last])

    def _names(self, tokens: Tokens, places: Sequence[int], language: str) -> list[Name]:
        """What these words name, written out; what needs no other name must have its capitals."""
        names = self.lexicon.named(tuple(tokens.keys[place] for place in places), language)
        if not names:
            return []
        capitals = sum(tokens.raw(place)[:1].isupper() for place in places)
        return [name for name in names if name.requires or capitals >= name.capitals]

    def _behind(self, tokens: Tokens, language: str, head: int) -> Iterator[Candidate]:
        """Head, then a list: its members share what stands before them."""
        if tokens.forms[head] == tokens.keys[head]:
            return  # not a plural
        for left in range(max(0, head - 5), head + 1):
            before = range(left, head + 1)
            first = self._longest(tokens, before, (), head + 1, language)
            if first is None:
                continue
            end, name = first
            members, place = [name], end
            joins = [*takewhile(lambda each: tokens.keys[each] in _JOINS, range(head + 1, end))]
            while (start := self._next(tokens, place)) is not None:
                own = tokens.keys[start] in _JOINS - _ARTICLES
                member = None
                for shared in range(1 if own else len(joins) + 1):
                    member = member or self._longest(tokens, before, joins[:shared], start, language)
                if member is None:
                    break
                place, name = member
                members.append(name)
            if _are_distinct(members):
                made = self._made(tokens, left, place, members)
                yield made
                yield from self._heads_of(tokens, language, made, [name.keys for name in members])
                return

    def _before(self, tokens: Tokens, language: str, head: int) -> Iterator[Candidate]:
        """A list, then the head: its members share the head and what follows it."""
        for end in range(min(len(tokens), head + _LONGEST), head, -1):
            if tokens.keys[end - 1] not in self.lexicon.endings:
                continue
            rest = range(head, end)
            last = self._longest_before(tokens, head, rest, language)
            if last is None:
                continue
            start, name = last
            members = [name]
            while (stop := self._previous(tokens, start)) is not None:
                member = self._longest_before(tokens, stop, rest, language)
                if member is None:
                    break
                start, name = member
                members.append(name)
            if _are_distinct(members):
                yield self._made(tokens, start, end, members[::-1])
                return

    def _within(self, tokens: Tokens, language: str, place: int) -> Iterator[Candidate]:
        """What stands around "and" inside a name: "the Vienna Conventions on Consular and Diplomatic Relations"."""
        for first in range(max(0, place - _INSIDE), place):
            if tuple(tokens.keys[first : first + 2]) not in self.lexicon.beginnings:
                continue
            for last in range(min(len(tokens), place + _INSIDE), place + 1, -1):
                heads = [each for each in range(first, last) if tokens.keys[each] in self.heads]
                if tokens.keys[last - 1] not in self.lexicon.endings or not any(
                    tokens.forms[each] != tokens.keys[each] for each in heads
                ):
                    continue
                members = self._split(tokens, first, place, last, language)
                if members:
                    yield self._made(tokens, first, last, members)
                    return

    def _split(self, tokens: Tokens, first: int, place: int, last: int, language: str) -> list[Name]:
        """The phrase without what stands behind "and", and without what stands before it: both must be names."""
        for behind in range(place + 2, min(last + 1, place + 5)):
            one = self._names(tokens, (*range(first, place), *range(behind, last)), language)
            for before in range(place - 1, max(first - 1, place - 4), -1) if one else ():
                other = self._names(tokens, (*range(first, before), *range(place + 1, last)), language)
                if other and {name.targets for name in one} != {name.targets for name in other}:
                    return [one[0], other[0]]
        return []

    def _heads_of(
        self, tokens: Tokens, language: str, found: Candidate, members: Sequence[tuple[str, ...]]
    ) -> Iterator[Candidate]:
        """A head, "and", whole names: the head takes what follows the names' own heads."""
        stop = self._previous(tokens, found.first)
        if stop is None or stop in tokens.commas:
            return
        for start in range(max(0, stop - 4), stop):
            if not tokens.raw(start)[:1].isupper():
                continue
            others = [self._with_tail(tokens.keys[start:stop], keys, language) for keys in members]
            if all(others):
                targets = (*(target for other in others if other for target in other.targets), *found.targets)
                requires = tuple(
                    dict.fromkeys((*(each for other in others if other for each in other.requires), *found.requires))
                )
                span = Span(tokens.starts[start], found.span.end)
                yield Candidate(span, start, found.last, tuple(dict.fromkeys(targets)), "resolved", _RULE, requires)
                return

    def _heads_behind(self, tokens: Tokens, language: str, found: Candidate) -> Iterator[Candidate]:
        """A whole name, "and", a head that shares its beginning: "the Santiago Declaration and Plan of Action"."""
        stop = found.last
        if stop + 1 >= len(tokens) or stop in tokens.commas or tokens.keys[stop] not in _CONJUNCTIONS:
            return
        for end in range(min(len(tokens), stop + 5), stop + 1, -1):
            for part in range(found.first + 1, found.last):
                places = (*range(found.first, part), *range(stop + 1, end))
                names = self._names(tokens, places, language) if tokens.raw(stop + 1)[0].isupper() else []
                if len({name.targets for name in names}) == 1 and names[0].targets != found.targets:
                    own = Name("", "", found.targets, found.rule, (), (), 0, found.requires)
                    yield self._made(tokens, found.first, end, [own, names[0]])
                    return

    def _with_tail(self, head: Sequence[str], keys: Sequence[str], language: str) -> Name | None:
        for tail in range(1, len(keys)):
            if keys[tail] in _JOINS:
                names = self.lexicon.named((*head, *keys[tail:]), language)
                if names and len({name.targets for name in names}) == 1:
                    return names[0]
        return None

    def _longest(
        self, tokens: Tokens, before: Sequence[int], prefix: Sequence[int], start: int, language: str
    ) -> tuple[int, Name] | None:
        for end in range(min(len(tokens), start + _LONGEST), start, -1):
            if tokens.keys[end - 1] not in self.lexicon.endings:
                continue
            names = self._names(tokens, (*before, *prefix, *range(start, end)), language)
            if names:  # a member that could be several things is none of them, and the list goes on
                return end, names[0] if len({name.targets for name in names}) == 1 else replace(names[0], targets=())
        return None

    def _longest_before(self, tokens: Tokens, stop: int, rest: Sequence[int], language: str) -> tuple[int, Name] | None:
        for start in range(max(0, stop - 6), stop):
            if not (tokens.raw(start)[0].isupper() or tokens.raw(start)[0].isdigit()):
                continue
            names = self._names(tokens, (*range(start, stop), *rest), language)
            if names and len({name.targets for name in names}) == 1:
                return start, names[0]
        return None

    @staticmethod
    def _next(tokens: Tokens, place: int) -> int | None:
        """Where the next member of a list begins, when a comma or "and" stands here."""
        comma = place in tokens.commas
        if place < len(tokens) and tokens.keys[place] in _CONJUNCTIONS:
            return place + 1 if place + 1 < len(tokens) else None
        return place if comma and place < len(tokens) else None

    @staticmethod
    def _previous(tokens: Tokens, place: int) -> int | None:
        """Where the member before ends, when a comma or "and" (and an article) stands here."""
        comma = place in tokens.commas
        while place > 0 and tokens.keys[place - 1] in _ARTICLES:
            place -= 1
            comma = comma or place in tokens.commas
        if place > 1 and tokens.keys[place - 1] in _CONJUNCTIONS:
            return place - 1
        return place if comma and place > 0 else None

    @staticmethod
    def _made(tokens: Tokens, first: int, last: int, members: Sequence[Name]) -> Candidate:
        if first and tokens.keys[first - 1] in _OWNERS:
            first -= 1
        targets = tuple(dict.fromkeys(target for name in members for target in name.targets))
        requires = tuple(dict.fromkeys(each for name in members for each in name.requires))
        return Candidate(
            Span(tokens.starts[first], tokens.ends[last - 1]), first, last, targets, "resolved", _RULE, requires
        )


def _are_distinct(members: Sequence[Name]) -> bool:
    return (
        len(members) > 1
        and len({name.targets for name in members}) == len(members)
        and any(name.targets for name in members)
    )
