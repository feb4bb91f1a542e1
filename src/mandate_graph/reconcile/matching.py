"""Which things a name means: the very name first, then names by their words; what else is given raises or lowers.

The score is a number from 0 to 100: 100 for a published name, 97 for one that the tables form ("Quebec Summit"), 94
for a hidden or an unchecked one, at most 92 for names that only share words. A year that speaks against a thing takes a
quarter of it, a wrong type and a wrong property a third each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from mandate_graph.citator.names import is_acronym
from mandate_graph.reconcile.given import Agreement
from mandate_graph.reconcile.index import Index
from mandate_graph.reconcile.known import KINDS, Facts
from mandate_graph.reconcile.records import Asked, Candidate, Name, Thing
from mandate_graph.reconcile.words import Reader, Text

__all__ = ["Matcher"]

LONGEST = 5_000
"""Strings with more characters name nothing; no mandate is as long."""

_EXACT: Mapping[str, float] = {"id": 100.0, "label": 100.0, "other": 100.0, "code": 98.0, "form": 97.0, "hidden": 94.0}
_WORDS_AT_MOST = 92.0
_LEAST = 30.0
_OTHER_YEAR = 0.75
_OTHER_TYPE = 0.65
_OTHER_VALUE = 0.65
_UNKNOWN_VALUE = 0.85
_MANDATE_WORDS = 5
_MANDATE_SHARE = 0.5
_ALL_WORDS = 0.95
_QUOTED_WORDS = 8
_SHORT_ACRONYM = 3
_DIGITS = re.compile(r"[0-9a-f]{12}")
_PUBLISHED = frozenset({"id", "label", "other", "code"})


class Matcher:
    """Built once over the things of a graph; answers queries without changing."""

    def __init__(self, facts: Facts, things: Sequence[Thing], reader: Reader) -> None:
        self.things = things
        self.by_key = {thing.key: place for place, thing in enumerate(things)}
        self._facts = facts
        self._reader = reader
        self._kinds = {kind: [*group] for kind, group in groupby(range(len(things)), lambda place: things[place].kind)}
        first = self._kinds.get("mandate", [len(things)])[0]
        # Mandates come last. Their words would make every word of a name a common one.
        self._named = Index(things[:first], reader)
        self._mandates = Index(things[first:], reader)
        self._first = first
        self._agreement = Agreement(facts, things)
        self._order = {kind: place for place, kind in enumerate(KINDS)}

    def candidates(self, asked: Asked) -> list[Candidate]:
        """The things that may be meant, best first; those with less than 30 points are left out."""
        if len(asked.query) > LONGEST:
            return []
        text = self._reader.read(asked.query)
        allowed = self._allowed(asked)
        scored: dict[int, tuple[float, dict[str, float]]] = {}
        exact = self._exact(asked, text)
        for place, fit in self._fits(asked, text, allowed):
            if place not in exact and _WORDS_AT_MOST * fit[2] < _LEAST:
                continue  # nothing that is given raises a score
            features = {"name_words": round(fit[0], 3), "name_share": round(fit[1], 3)}
            scored[place] = _WORDS_AT_MOST * fit[2], features
        for place, how in exact.items():
            _, features = scored.get(place, (0.0, {}))
            scored[place] = _EXACT[how], {"name_exact": _EXACT[how] / 100, **features}
        if not asked.query.strip() and asked.given:
            scored = {place: (100.0, {}) for place in self._given_alone(asked, allowed)}
        found = [
            self._candidate(place, score, features, text, asked)
            for place, (score, features) in scored.items()
            if allowed is None or place in allowed
        ]
        found = [candidate for candidate in found if candidate.score >= _LEAST]
        found.sort(key=lambda each: (-each.score, self._order[each.kind], each.name, each.id))
        return self._certain(found, exact, asked)

    def _allowed(self, asked: Asked) -> frozenset[int] | None:
        """Which things the types let in; None for all."""
        if not asked.types or asked.strict == "should":
            return None
        kinds = set(asked.types)
        if asked.strict == "all" and len(kinds) > 1:
            return frozenset()  # a thing is of one type
        return frozenset(place for kind in kinds for place in self._kinds.get(kind, ()))

    def _fits(
        self, asked: Asked, text: Text, allowed: frozenset[int] | None
    ) -> Iterable[tuple[int, tuple[float, float, float]]]:
        if allowed is None or any(kind != "mandate" for kind in asked.types):
            for fit in self._named.fits(text):
                yield fit.thing, (fit.words, fit.share, fit.goodness)
        wanted = "mandate" in asked.types
        if wanted or (not asked.types and len(text.words) >= _MANDATE_WORDS):
            for fit in self._mandates.fits(text):
                whole = fit.words >= _ALL_WORDS and len(text.words) >= _QUOTED_WORDS
                if wanted or whole or fit.share >= _MANDATE_SHARE:
                    yield fit.thing + self._first, (fit.words, fit.share, fit.goodness)

    def _exact(self, asked: Asked, text: Text) -> dict[int, str]:
        """The things that go by the very string, and how; also those all of whose parts do ("… Group (SIRG)")."""
        found: dict[int, str] = {}
        raw = asked.query.strip()
        key = raw.strip("<>").removeprefix(f"{self._facts.base}id/")
        if key in self.by_key:
            found[self.by_key[key]] = "id"
        elif _DIGITS.fullmatch(raw):
            found.update((place, "id") for each, place in self.by_key.items() if each.endswith(f"/{raw}"))
        for place, name in self._called(text.forms, text.squeezed):
            if self._counts(name, asked, text, self.things[place]):
                found[place] = min(found.get(place, name.how), name.how, key=lambda how: -_EXACT[how])
        parts = [{place: name.how for place, name in self._called((part,), "")} for part in text.parts]
        if parts and not found:
            for place in set(parts[0]).intersection(*parts[1:]):
                found[place] = max((part[place] for part in parts), key=lambda how: -_EXACT[how])
        return found

    def _called(self, forms: Iterable[str], squeezed: str) -> Iterable[tuple[int, Name]]:
        for index, first in ((self._named, 0), (self._mandates, self._first)):
            hits = [hit for form in forms for hit in index.exact.get(form, ())]
            if not hits and squeezed:
                hits = index.squeezed.get(squeezed, [])
            yield from sorted(
                ((place + first, name) for place, name in hits), key=lambda hit: (-_EXACT[hit[1].how], hit[0])
            )

    def _counts(self, name: Name, asked: Asked, text: Text, thing: Thing) -> bool:
        """Whether a name is one here: a code without letters or digits is, where its type is asked for.

        "who" and "us" are words before they are acronyms; where no type is asked for, a short acronym is written in
        capitals.
        """
        if asked.types and thing.kind in asked.types:
            return True
        if name.how == "code":
            return bool(text.squeezed) and len(text.squeezed) > _SHORT_ACRONYM
        short = is_acronym(name.text) and len(name.text) <= _SHORT_ACRONYM
        return not short or asked.query.strip().isupper()

    def _given_alone(self, asked: Asked, allowed: frozenset[int] | None) -> list[int]:
        places = range(len(self.things)) if allowed is None else sorted(allowed)
        return [
            place
            for place in places
            if all(self._agreement.of(self.things[place], given) == 1 for given in asked.given)
        ]

    def _candidate(
        self, place: int, score: float, features: Mapping[str, float], text: Text, asked: Asked
    ) -> Candidate:
        thing = self.things[place]
        said: dict[str, float] = {}
        if text.years and thing.years:
            said["year"] = float(bool(text.years & thing.years))
            score *= 1 if said["year"] else _OTHER_YEAR
        if asked.types:
            said["type"] = float(thing.kind in asked.types)
            score *= 1 if said["type"] else _OTHER_TYPE
        for given in asked.given:
            agrees = self._agreement.of(thing, given)
            if agrees is not None:
                said[f"property:{given.pid}"] = agrees
            score *= {None: _UNKNOWN_VALUE, 0.0: _OTHER_VALUE, 1.0: 1.0}[agrees]
        return Candidate(
            thing.key, thing.label, thing.kind, round(score, 1), match=False,
            description=thing.description, features={**features, **said},
        )  # fmt: skip

    def _certain(self, found: list[Candidate], exact: Mapping[int, str], asked: Asked) -> list[Candidate]:
        """Say which candidate is certain: the only one of that name that nothing speaks against."""
        rivals = [
            (each, exact[self.by_key[each.id]])
            for each in found
            if self.by_key[each.id] in exact and each.features.get("type", 1.0) == 1.0
        ]
        agree = [(each, how) for each, how in rivals if not _speaks_against(each)]
        if any(how == "id" for _, how in agree):
            agree = [(each, how) for each, how in agree if how == "id"]
        if len(agree) != 1 or agree[0][1] not in _PUBLISHED:
            return found[: asked.limit]
        certain = agree[0][0]
        if found[0] is not certain:
            return found[: asked.limit]
        return [replace(certain, match=True), *found[1 : asked.limit]] if asked.limit else []


def _speaks_against(candidate: Candidate) -> bool:
    return any(
        value == 0.0
        for feature, value in candidate.features.items()
        if feature == "year" or feature.startswith("property:")
    )
