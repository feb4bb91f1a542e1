"""What terms lie in, step by step up to the country: «Monterrey» in California, and that in the United States."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from mandate_graph.link.terms import Gathering, Term, Vocabulary
from mandate_graph.link.words import Words

__all__ = ["STEPS", "Fetch", "shown_names", "surrounded"]

STEPS = 5
"""How far up: town, district, province, region, country."""
Fetch: TypeAlias = Callable[[set[str], tuple[str, ...]], Iterable[tuple[str, str, str]]]
"""The triples of some subjects (IRIs) with properties of some roles: subject, property (IRI), value (N-Triples)."""


def surrounded(terms: Mapping[str, Term], words: Words, fetch: Fetch, *, placed: bool) -> Vocabulary:
    """Terms with the names of what they lie in or under.

    Everything is asked for its names once; only of places it is asked in turn what it lies in, up to `STEPS` times,
    because a vocabulary of subjects has no country at its top.
    """
    names: dict[str, tuple[str, ...]] = {iri: shown_names(term) for iri, term in terms.items()}
    above = {iri: upper for iri, term in terms.items() if placed and (upper := _upper(term))}
    seen = set(terms)
    wanted = _neighbours(terms.values()) - seen
    for _ in range(STEPS):
        if not wanted:
            break
        roles = ("pref", "alt", *(("country", "inside", "broader") if placed else ()))
        gathering = Gathering(words, wanted)
        for triple in fetch(wanted, roles):
            gathering.add(*triple)
        found = gathering.terms()
        names |= {iri: shown_names(term) for iri, term in found.items()}
        above |= {iri: upper for iri, term in found.items() if (upper := _upper(term))}
        seen |= wanted
        wanted = {value for iri in found for value in above.get(iri, ()) if ":" in value} - seen
    return replace(Vocabulary(terms), names=names, above=above)


def _upper(term: Term) -> tuple[str, ...]:
    return (*term.country, *term.inside, *term.broader)


def _neighbours(terms: Iterable[Term]) -> set[str]:
    """The IRIs of what terms lie in or under, and of what is instead of them."""
    return {value for term in terms for value in (*_upper(term), *term.replaced) if ":" in value}


def shown_names(term: Term) -> tuple[str, ...]:
    """The label to show first, then all others."""
    rest = sorted({label.text for label in term.labels} - {term.label})
    return (term.label, *rest) if term.label else tuple(rest)
