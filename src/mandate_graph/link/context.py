"""Which of several things with one name is meant: by what they are, and by the country that they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from mandate_graph.iris import text_key
from mandate_graph.link.known import Known
from mandate_graph.link.ours import Subject
from mandate_graph.link.terms import Term, Vocabulary, same_address
from mandate_graph.link.words import Words

__all__ = ["Standing", "fits", "lies"]

Standing: TypeAlias = Literal["ours", "other", "unknown"]
"""Where a term lies: in the country of our thing, in another one, or nobody says."""
# A code of two or three letters is a word of some language in running text.
_SHORTEST = 4
_PART = re.compile(r"[,;()\[\]]|--|\s–\s")


def fits(term: Term, kind: str, words: Words) -> bool:
    """Whether a term can be a thing of a kind: one type that fits is enough, else one that does not is too many."""
    said = [words.fits[who, type_] for type_ in term.types for who in (kind, "*") if (who, type_) in words.fits]
    return any(said) or all(said)


def lies(
    subject: Subject, term: Term, qualifier: str, vocabulary: Vocabulary, known: Known, countries: Mapping[str, str]
) -> Standing:
    """Where a term lies, as far as anything says so.

    Args:
        subject: our thing; one without a country lies nowhere.
        term: the other's.
        qualifier: what stood beside its name («CO» of «Cartagena, CO»).
        vocabulary: where the labels of what it lies in are.
        known: the links of our country are evidence, too.
        countries: the countries that we know, by the keys of their names and codes.
    """
    if not subject.country:
        return "unknown"
    words = f" {text_key(term.description)} "
    if any(f" {key} " in words for key in subject.context if len(key) >= _SHORTEST):
        return "ours"
    standing: Standing = "unknown"
    for said, sure in _said(term, qualifier, vocabulary):
        key = text_key(said)
        if key in subject.context or _is_country(subject, said, known):
            return "ours"
        if key in countries or sure:
            standing = "other"
    if standing == "unknown" and any(f" {key} " in words for key in countries if len(key) >= _SHORTEST):
        return "other"
    return standing


def _is_country(subject: Subject, said: str, known: Known) -> bool:
    return (f"country/{subject.country}", same_address(said)) in known.exact


def _said(term: Term, qualifier: str, vocabulary: Vocabulary) -> Iterator[tuple[str, bool]]:
    """All that is said of where a term lies, step by step up, and whether it can be nothing but a country."""
    for value in term.country:
        names = vocabulary.names.get(value, ())
        yield value, not (names or "://" in value)
        for place, name in enumerate(names):
            yield name, place == 0
    for value in _upwards(term, vocabulary):
        yield value, False
        for name in vocabulary.names.get(value, ()):
            yield name, False
    for part in _PART.split(qualifier):
        if part.strip():
            yield part.strip(), False


def _upwards(term: Term, vocabulary: Vocabulary) -> Iterator[str]:
    """What a term lies in or under, and what that lies in, nearest first; a ring ends where it began."""
    waiting = [*term.inside, *term.broader, *term.country]
    seen = set(term.country)
    for value in waiting:
        if value not in seen:
            yield value
        seen.add(value)
        waiting += [upper for upper in vocabulary.above.get(value, ()) if upper not in waiting]
