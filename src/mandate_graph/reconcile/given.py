"""Whether what was given beside a name agrees with what is known: years, places, bodies, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mandate_graph.engine import unquote
from mandate_graph.lookup.words import keys
from mandate_graph.reconcile.known import PROPERTIES, Facts
from mandate_graph.reconcile.records import Given, Plain, Property, Thing
from mandate_graph.reconcile.words import squeezed

__all__ = ["Agreement"]

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


class Agreement:
    """Holds what is given against the facts; built once, changed never."""

    def __init__(self, facts: Facts, things: Iterable[Thing]) -> None:
        self._facts = facts
        self._names: Mapping[str, frozenset[str]] = {
            facts.term(thing.key): frozenset(
                form for name in thing.names for text in (name.text,) for form in (*keys(text), squeezed(text)) if form
            )
            for thing in things
            if thing.kind != "mandate"
        }

    def of(self, thing: Thing, given: Given) -> float | None:
        """1 when any value holds, 0 when none does, None when nothing is known of the thing or of the property.

        A date agrees to the precision that is given; a thing by its key, its IRI or any of its names; text in normal
        form; an address by its end, too ("Q739").
        """
        known = PROPERTIES.get(given.pid)
        if known is None or not (given.values or given.things):
            return None
        values = self._facts.values(self._facts.term(thing.key), known)
        if known.id == "country" and thing.kind == "country":
            values = [self._facts.term(thing.key)]
        if not values and known.id == "year":
            return self._years(thing, given)
        if not values:
            return None
        holds = any(self._holds(known, value, given) for value in values)
        return float(holds)

    @staticmethod
    def _years(thing: Thing, given: Given) -> float | None:
        said = {year for value in given.values for year in _YEAR.findall(_written(value))}
        return float(bool(said & thing.years)) if thing.years and said else None

    def _holds(self, known: Property, value: str, given: Given) -> bool:
        if value.startswith("<"):
            return self._is(known, value, given)
        text = unquote(value)[1]
        return any(_same(known, text, _written(each)) for each in given.values)

    def _is(self, known: Property, value: str, given: Given) -> bool:
        """Whether a thing, or an address elsewhere, is one that was given."""
        iri, key = value[1:-1], self._facts.key(value)
        written = [_written(each).strip() for each in given.values]
        if any(each.strip().strip("<>") in {iri, key} for each in (*given.things, *written)):
            return True
        if known.holds == "address":
            return any(_leads_to(iri, each) for each in written if each)
        names = self._names.get(value) or frozenset(
            form for label in self._facts.walk(value, "label") for form in keys(unquote(label)[1])
        )
        return any(names & {*keys(each), squeezed(each)} - {""} for each in written)


def _leads_to(iri: str, given: str) -> bool:
    """Whether an address, or the identifier at its end, is one that was given.

    Of an address the site and the end count: https://www.geonames.org/3687238 is https://sws.geonames.org/3687238/.
    """
    site, end = _site_and_end(iri)
    if "://" in given:
        return _site_and_end(given) == (site, end)
    return given.casefold() == end


def _site_and_end(address: str) -> tuple[list[str], str]:
    rest = address.casefold().partition("://")[2].rstrip("/")
    return rest.partition("/")[0].split(".")[-2:], rest.replace("#", "/").rpartition("/")[2]


def _written(value: Plain) -> str:
    """A value as text: 2001.0 is 2001, as spreadsheets have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _same(known: Property, text: str, given: str) -> bool:
    if known.holds == "year":
        return bool(set(_YEAR.findall(text)[:1]) & set(_YEAR.findall(given)))
    if known.holds == "date":
        match = _DATE.match(given.strip())
        return match is not None and (text.startswith(match[0]) or match[0].startswith(text))
    if squeezed(text):
        return squeezed(text) == squeezed(given)
    return bool({form for form in keys(text) if form} & {form for form in keys(given) if form})
