"""Requests with conditions and requests for a part: RFC 9110 §13 and §14, over what the server knows of an answer.

An entity tag is given as it is sent: ``"abc"``, or ``W/"abc"`` where it is weak; an empty one is none. A time is given
in seconds since 1970; none is None. Headers are given by lower-case names, several lines of one joined by a comma.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Literal, NamedTuple

__all__ = ["Span", "byte_range", "content_range", "http_date", "matches", "outcome", "seconds", "variant"]

_READING = frozenset(("GET", "HEAD"))
_UNCONDITIONAL = frozenset(("CONNECT", "OPTIONS", "TRACE"))
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_BEYOND = 10**18
"""More than any file has bytes; longer numbers are this one."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DATES = tuple(
    re.compile(form)
    for form in (
        rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_CLOCK} GMT",
        rf"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_CLOCK} GMT",
        rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_CLOCK} (?P<year>[0-9]{{4}})",
    )
)
"""IMF-fixdate, and the two that are obsolete and must be read (RFC 9110 §5.6.7)."""


class Span(NamedTuple):
    """A part of a file: its first and its last byte, both counted from 0 and both in it."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.last - self.first + 1


def outcome(method: str, headers: Mapping[str, str], etag: str, modified: float | None) -> Literal[200, 304, 412]:
    """What the conditions of a request come to, in the order of RFC 9110 §13.2.2: answer, 304 or 412.

    Of what would be answered with 200 only; errors have no conditions (§13.2.1). A client may hold the answer
    compressed or not, and may name it by either tag: both say the same (``variant``).
    """
    if method in _UNCONDITIONAL:
        return 200
    if (wanted := headers.get("if-match")) is not None:
        if not matches(wanted, etag, strong=True):
            return 412
    elif _changed_since(headers.get("if-unmodified-since"), modified) is True:
        return 412
    if (known := headers.get("if-none-match")) is not None:
        if not matches(known, etag):
            return 200
        return 304 if method in _READING else 412
    return 304 if method in _READING and _changed_since(headers.get("if-modified-since"), modified) is False else 200


def matches(header: str, etag: str, *, strong: bool = False) -> bool:
    """Whether a list of entity tags, or ``*``, names an answer that there is (RFC 9110 §8.8.3.2, §13.1).

    What is no entity tag is passed over.
    """
    if header.strip(" \t") == "*":
        return True
    if not etag or (strong and etag.startswith("W/")):
        return False
    own = _plain(etag)
    return any(_plain(tag) == own for tag in _TAG.findall(header) if not (strong and tag.startswith("W/")))


def byte_range(
    headers: Mapping[str, str], size: int, etag: str, modified: float | None
) -> Span | Literal[416] | None:  # fmt: skip
    """The part of a file that a GET asks for (RFC 9110 §14.2): None is the whole, 416 a part that is not there.

    One range is answered. Several are not: §14.2 lets a server ignore them, a client has to be ready for the whole
    file, and answers in many parts are how servers were brought down (overlapping ranges). Another unit and what is
    malformed is ignored as §14.2 says; so is every range where ``If-Range`` names another file (§13.1.5), by a strong
    tag of exactly these bytes or by the time of their change.
    """
    found = _ONE_RANGE.fullmatch(headers.get("range", ""))
    if found is None or not _is_same(headers.get("if-range"), etag, modified):
        return None
    first, last = (_number(digits) for digits in found.groups())
    if first is None:
        if last is None:
            return None
        if not last:
            return 416
        return Span(max(0, size - last), size - 1) if size else None  # no Content-Range can say "all of nothing"
    if last is not None and last < first:
        return None
    return Span(first, size - 1 if last is None else min(last, size - 1)) if first < size else 416


def content_range(part: Span | Literal[416], size: int) -> str:
    """The header of a part, and that of status 416 (RFC 9110 §14.4)."""
    return f"bytes {part.first}-{part.last}/{size}" if isinstance(part, Span) else f"bytes */{size}"


def variant(etag: str, encoding: str) -> str:
    """The tag of the same answer in a content coding, which other bytes must have (RFC 9110 §8.8.3.3)."""
    return f'{etag[:-1]}-{encoding}"' if etag and encoding else etag


@lru_cache(256)
def http_date(at: float) -> str:
    """A time as HTTP writes it: whole seconds, in Greenwich (RFC 9110 §5.6.7)."""
    return formatdate(int(at), usegmt=True)


def seconds(date: str, year: int | None = None) -> int | None:
    """The time that a date of HTTP names, in any of its three forms; None where it names none.

    Args:
        date: the header.
        year: the year that it is; a year of two digits is never more than 50 years after it (RFC 9110 §5.6.7).
    """
    found = next((found for form in _DATES if (found := form.fullmatch(date))), None)
    if found is None:
        return None
    written = int(found["year"])
    if len(found["year"]) == 2:
        now = time.gmtime().tm_year if year is None else year
        written += (now + 50 - written) // 100 * 100
    try:
        at = datetime(
            written,
            _MONTHS.index(found["month"]) + 1,
            int(found["day"]),
            int(found["hour"]),
            int(found["minute"]),
            59 if found["second"] == "60" else int(found["second"]),  # a leap second
            tzinfo=UTC,
        )
    except ValueError:  # the 30th of February
        return None
    return int(at.timestamp())


def _changed_since(date: str | None, modified: float | None) -> bool | None:
    """Whether something changed after a date; None where that cannot be said, as one of them is unknown."""
    at = None if date is None else seconds(date)
    return None if at is None or modified is None else int(modified) > at


def _is_same(if_range: str | None, etag: str, modified: float | None) -> bool:
    if if_range is None:
        return True
    validator = if_range.strip(" \t")
    if '"' in validator:
        return validator == etag and not etag.startswith("W/")
    return modified is not None and seconds(validator) == int(modified)


def _plain(etag: str) -> str:
    """What a tag says of the content, however it is coded."""
    return etag.removeprefix("W/").removesuffix('"').removesuffix("-gzip")


def _number(digits: str) -> int | None:
    """A number of any length; none is None. Python refuses thousands of digits."""
    significant = digits.lstrip("0")
    if len(significant) > 18:
        return _BEYOND
    return int(significant or "0") if digits else None
