"""Which of the forms that there are a client gets: ``Accept`` and its kin, by RFC 9110 §12.5.

What the RFC leaves open is decided as on the static site (``publish.hosting.negotiation``): a range with parameters
names the type that we have, unless the type is named without any, too; a weight that is none counts as 1; of two ranges
that say the same, the first counts; a language is named by itself, else by the first of its regions, else by ``*``.
Beyond it, a range with a profile (JSON-LD 1.1 §C) names the form in that profile, where there is one.

Every function takes a header of any length and content in time that grows with its length; what was asked before is
looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Form", "choose", "encoding", "languages"]

_REMEMBERED = 1024
"""Headers that are kept with what was chosen; with ``_SHORT`` they bound the memory."""
_SHORT = 1024
_WHOLE = 1000
"""A weight of 1, in thousandths."""

# Possessive: what was taken is never given back, so no header makes them go back and forth. A quotation that does not
# end goes on to the end of the header.
_QUOTED = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_ITEM = re.compile(rf'(?:[^",]++|{_QUOTED})++', re.DOTALL)
_PART = re.compile(rf'(?:[^";]++|{_QUOTED})++', re.DOTALL)
_WEIGHT = re.compile(r"[qQ]=(?=[01.])([01]?)(?:\.([0-9]{0,3}))?")
_SPACE = " \t"


class Form(NamedTuple):
    """What can be sent: our name for it, its media type without parameters, the IRI of its profile if it has one.

    ``quality`` is what it is worth to a client beside the others, in thousandths: the weights of ranges are of it.
    """

    key: str
    media: str
    profile: str = ""
    quality: int = 1000


class _Range(NamedTuple):
    """An item of a list: its name in lower case, its weight in thousandths, and what stands before the weight."""

    name: str
    weight: int
    parameters: Sequence[str]


def choose(accept: str | None, offers: Sequence[Form]) -> Form | None:
    """The form that a client gets (RFC 9110 §12.5.1): the first of those that it wants most; None is 406.

    Args:
        accept: the header; None, empty, or a list of nothing wants everything alike.
        offers: what there is, in our order of preference; not empty.
    """
    if not accept:
        return offers[0]
    return (_chosen if len(accept) <= _SHORT else _choose)(accept, tuple(offers))


def languages(header: str | None, there: Sequence[str]) -> str:
    """The language that a reader gets (RFC 9110 §12.5.4, RFC 4647 §3.4); where none is wanted, the first."""
    if not header:
        return there[0]
    return (_spoken if len(header) <= _SHORT else _speak)(header, tuple(there))


def encoding(header: str | None) -> str:
    """``gzip`` where a client takes it as gladly as the bytes as they are, else nothing (RFC 9110 §12.5.3)."""
    if not header:
        return ""
    return (_encoded if len(header) <= _SHORT else _encode)(header)


def _choose(accept: str, offers: tuple[Form, ...]) -> Form | None:
    there = {(form.media, form.profile) for form in offers if form.profile}
    profiled: dict[tuple[str, str], int] = {}
    bare: dict[str, int] = {}
    qualified: dict[str, int] = {}
    for name, weight, parameters in _ranges(accept):
        if not parameters or name.endswith("/*"):
            bare.setdefault(name, weight)
        elif meant := [pair for profile in _profiles(parameters) if (pair := (name, profile)) in there]:
            for pair in meant:
                profiled.setdefault(pair, weight)
        else:
            qualified.setdefault(name, weight)
    if not (bare or qualified or profiled):
        return offers[0]

    def weight_of(form: Form) -> int:
        """That of the most specific range which names the form."""
        found = profiled.get((form.media, form.profile))
        for ranges, name in (
            (bare, form.media),
            (qualified, form.media),
            (bare, f"{form.media.partition('/')[0]}/*"),
            (bare, "*/*"),
        ):
            found = ranges.get(name) if found is None else found
        return found or 0

    best = max(offers, key=lambda form: weight_of(form) * form.quality)  # the first of the best
    return best if weight_of(best) else None


def _speak(header: str, there: tuple[str, ...]) -> str:
    weights: dict[str, int] = {}
    for name, weight, _ in _ranges(header):
        weights.setdefault(name, weight)

    def first(is_meant: Callable[[str], bool]) -> int | None:
        return next((weight for name, weight in weights.items() if is_meant(name)), None)

    def weight_of(language: str) -> int:
        code = language.lower()
        family = code.partition("-")[0]
        found = weights.get(code)
        if found is None:
            found = first(lambda name: name.startswith(f"{code}-"))
        if found is None and family != code:  # "pt" and "pt-PT" name "pt-BR", where nothing else does
            found = weights.get(family)
            found = first(lambda name: name.startswith(f"{family}-")) if found is None else found
        return (weights.get("*") if found is None else found) or 0

    return max(there, key=weight_of)


def _encode(header: str) -> str:
    weights: dict[str, int] = {}
    for name, weight, _ in _ranges(header):
        weights.setdefault("gzip" if name == "x-gzip" else name, weight)  # one coding (RFC 9110 §8.4.1.3)
    gzip = weights.get("gzip", weights.get("*", 0))
    return "gzip" if gzip and gzip >= weights.get("identity", 0) else ""


# A function is looked up by its arguments; longer headers would fill the memory, and no honest client sends them.
_chosen = lru_cache(_REMEMBERED)(_choose)
_spoken = lru_cache(_REMEMBERED)(_speak)
_encoded = lru_cache(_REMEMBERED)(_encode)


def _ranges(header: str) -> Iterator[_Range]:
    """Every range of a list, in its order; what follows the weight is not of the range."""
    for item in dict.fromkeys(_split(header, ",", _ITEM)):
        if ";" not in item:
            yield _Range(item.lower(), _WHOLE, ())
            continue
        parts = _split(item, ";", _PART)
        if not parts:
            continue
        weight, end = _WHOLE, len(parts)
        for place, part in enumerate(parts[1:], 1):
            if found := _WEIGHT.fullmatch(part):
                weight = _WHOLE if found[1] == "1" else int((found[2] or "").ljust(3, "0"))
                end = place
                break
        yield _Range(parts[0].lower(), weight, parts[1:end])


def _split(text: str, separator: str, pattern: re.Pattern[str]) -> list[str]:
    """The parts of a list that are not empty; a separator inside quotation marks is none."""
    parts = pattern.findall(text) if '"' in text else text.split(separator)
    return [part for each in parts if (part := each.strip(_SPACE))]


def _profiles(parameters: Sequence[str]) -> Iterator[str]:
    """The IRIs that parameters name as profiles; several stand in one, with spaces between (RFC 6906 §3.1)."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip(_SPACE).lower() == "profile":
            yield from value.strip(_SPACE).strip('"').split()
