"""What stands on a page: its form, theme, languages and captures, and what fills each of its places.

Everything is known from the seed and the page's number alone, so pages can be made in any order and by any number of
workers, and a larger corpus begins with the pages of a smaller one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inventing.chance import Chance
from inventing.items import steps
from inventing.words import Vocabulary

__all__ = ["Plan", "Slot", "full_text_of", "plan_page", "plans"]

Filled: TypeAlias = Literal["own", "copy", "near", "kin", "steps", "loose", "wrong", "noted"]
Form: TypeAlias = Literal["theme-page", "listing", "full-text"]
KnownBy: TypeAlias = Literal["manifest", "heading", "stem", "minted"]

SHARED_PLACES = 10
"""The first places of every page hold paragraphs of its own; other pages may list these, too."""

_FULL_TEXT_EVERY, _FULL_TEXT_AT = 25, 7
_TWINS = (1, 4, 7)
_SHARES: tuple[tuple[Filled, float], ...] = (
    ("copy", 0.33), ("near", 0.36), ("kin", 0.38), ("steps", 0.44), ("loose", 0.46), ("wrong", 0.48), ("noted", 0.52),
    ("own", 1.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a page: how it is filled, and the page and place that the paragraph belongs to.

    ``missing`` says that the Spanish page lacks it.
    """

    filled: Filled
    page: int
    place: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A page, and its Spanish twin and older capture where it has them; ``mandates`` is how many it adds."""

    number: int
    form: Form
    container: Literal["txt", "html", "md"]
    theme: int
    known_by: KnownBy
    twin: bool
    older: bool
    slots: tuple[Slot, ...]
    mandates: int


def full_text_of(page: int, words: Vocabulary) -> int | None:
    """The document whose full text a page is; None when it is none. Each document has one."""
    turn, place = divmod(page, _FULL_TEXT_EVERY)
    return words.cited[turn] if place == _FULL_TEXT_AT and turn < len(words.cited) else None


def plan_page(seed: int, number: int, words: Vocabulary) -> Plan:
    """Plan one page."""
    chance = Chance(seed, "page", number)
    form: Form = "theme-page"
    if full_text_of(number, words) is not None:
        form = "full-text"
    elif number % 33 == 5:
        form = "listing"
    twin = number % 10 in _TWINS
    size = chance.between(15, 25) + chance.between(0, 10)
    places = [chance.below(SHARED_PLACES), chance.pick((1, 3, 7, 9))]
    slots = tuple(_slot(chance, number, place, form, places) for place in range(size))
    older = form == "theme-page" and number % 31 == 8
    container: Literal["txt", "html", "md"] = "txt"
    if form == "theme-page" and not older:
        container = "html" if number % 29 == 3 else "md" if number % 41 == 9 else "txt"
    known_by: KnownBy = (
        "minted" if number % 37 == 11 else "heading" if number % 7 == 6 else "stem" if number % 13 == 12 else "manifest"
    )
    added = sum(_added(seed, slot, words) * (1 + (twin and not slot.missing)) for slot in slots)
    theme = chance.falling(words.theme_weights)
    return Plan(number, form, container, theme, known_by, twin, older, slots, added)


def plans(seed: int, mandates: int, words: Vocabulary) -> Iterator[Plan]:
    """As many pages as together have this many mandates."""
    number = total = 0
    while total < mandates:
        plan = plan_page(seed, number, words)
        number, total = number + 1, total + plan.mandates
        yield plan


def _slot(chance: Chance, page: int, place: int, form: Form, places: list[int]) -> Slot:
    draw, far, missing = chance.draw(), chance.draw(), chance.happens(0.04)
    if place < SHARED_PLACES or form == "full-text":
        return Slot("own", page, place, missing)
    filled: Filled = next(filled for filled, share in _SHARES if draw < share)
    if form == "listing" and filled != "copy":
        filled = "own"
    if filled in {"copy", "near", "kin"}:
        source = _source(page, far)
        if source is None:
            return Slot("own", page, place, missing)
        shared = (places[0] + places[1] * place) % SHARED_PLACES
        return Slot(filled, source, shared, missing)
    return Slot(filled, page, place, missing)


def _source(page: int, draw: float) -> int | None:
    """An earlier page; for a page with a twin one that has a twin, too, so that both languages list the paragraph."""
    source = int(draw * page)
    if page % 10 in _TWINS:
        source = source // 10 * 10 + _TWINS[source % 3]
    return source if source < page else None


def _added(seed: int, slot: Slot, words: Vocabulary) -> int:
    """How many mandates a place adds in one language; a chapeau is one beside its sub-items."""
    if slot.filled == "copy":
        return 0
    return 1 + len(steps(seed, slot.page, slot.place, words)) if slot.filled == "steps" else 1
