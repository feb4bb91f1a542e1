"""The server's HTTP as functions: tables from the RFCs, and what must hold for any header."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import negotiated
from mandate_graph.publish.hosting.policies import TYPES
from mandate_graph.serve.compression import Compressor, compressed, worthwhile
from mandate_graph.serve.conditional import (
    Span,
    byte_range,
    content_range,
    http_date,
    matches,
    outcome,
    seconds,
    variant,
)
from mandate_graph.serve.kept import Kept
from mandate_graph.serve.messages import Request, Response
from mandate_graph.serve.negotiation import Form, choose, encoding, languages
from mandate_graph.serve.problems import KINDS, page, problem
from mandate_graph.serve.sending import Sender
from mandate_graph.serve.spool import Running

JSON_LD = "http://www.w3.org/ns/json-ld#"
OFFERS = tuple(Form(ending, media) for ending, media in negotiated.MEDIA.items())
PROFILED = (
    Form("html", "text/html"),
    Form("compacted", "application/ld+json", f"{JSON_LD}compacted"),
    Form("expanded", "application/ld+json", f"{JSON_LD}expanded"),
    Form("nt", "application/n-triples"),
)


def lists(names: list[str]) -> st.SearchStrategy[str]:
    """Lists that clients might send: names, most with a weight, some with parameters."""
    weights = st.integers(0, 1000).map(lambda weight: f";q={weight / 1000}") | st.sampled_from(
        ["", "; Q=0.50", " ; q=1"]
    )
    parameters = st.sampled_from(["", "", "", ";charset=utf-8", ';p="a,b;q=0"'])
    ranges = st.tuples(st.sampled_from(names), parameters, weights).map("".join)
    return st.lists(ranges, min_size=1, max_size=8).map(", ".join)


ACCEPT = lists(
    ["text/html", "Text/Turtle", "application/ld+json", "application/n-triples", "text/*", "application/*", "*/*"]
)
SPOKEN = lists(["en", "es", "pt", "en-US", "ES-MX", "fr", "*", "est", "x-es"])
HTTP_TEXT = st.text(st.characters(max_codepoint=0xFF, blacklist_characters="\r\n\0"), max_size=60)
# Pieces that lists are made of, in any order: most are no header that anybody means.
SHAPES = st.lists(
    st.sampled_from([
        "text/html", "text/turtle", "TEXT/*", "*/*", "application/*", "application/ld+json", "application/n-triples", "x/y",
        ",", ", ", ";", ' "', '"', "\\", ";q=0", ";q=0.5", "; Q=0.25", ";q=1.5", ";q=0.1234", ";q=x", ";q=.7", ";q=1",
        ';p="a,b;q=0"', ";level=1", "en", "es-MX", "es", "*", "\t",
    ]),
    max_size=14,
).map("".join)  # fmt: skip


def key(accept: str | None, offers: Sequence[Form] = OFFERS) -> str | None:
    found = choose(accept, offers)
    return found and found.key


# Negotiation


def test_the_example_of_the_standard() -> None:
    """RFC 9110 §12.5.1: the table of weights, read from who wins against whom."""
    accept = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
    offers = [Form("3", "text/html"), Form("5", "image/jpeg"), Form("7", "text/plain")]
    for least in range(3):
        assert key(accept, offers[: least + 1]) == offers[least].key
    assert key("audio/*; q=0.2, audio/basic", [Form("other", "audio/ogg"), Form("basic", "audio/basic")]) == "basic"
    several = "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c"
    assert key(several, [Form("dvi", "text/x-dvi"), Form("c", "text/x-c"), Form("html", "text/html")]) == "c"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        # Without a wish, and lists of nothing (RFC 9110 §5.6.1.2)
        (None, "html"),
        ("", "html"),
        (" , ,", "html"),
        # A weight that is none counts as 1
        ("text/html;q=, text/turtle;q=0.9", "html"),
        ("text/turtle;q=-1, text/html;q=0.9", "ttl"),
        ("text/turtle;q=5, text/html;q=0.9", "ttl"),
        ("text/turtle;q=0.0000, text/html;q=0.9", "ttl"),
        # The first of two that say the same
        ("text/html;q=0.1, text/html, text/turtle;q=0.5", "ttl"),
        ("text/html;q=0, TEXT/HTML;q=1", None),
        # A type without parameters counts before one with them, wherever it stands
        ("text/html;level=1;q=0.1, text/html;q=0.8, text/turtle;q=0.5", "html"),
        ("text/html;q=0.25, text/turtle;q=0.3", "ttl"),
        # Quotation marks that do not end take the rest
        ('text/turtle, text/html;x="', "html"),
        ('text/turtle;x=", text/html', "ttl"),
        ('x;y="\\", text/turtle, z="', None),
        ('text/turtle;a="\\\\", text/turtle;q=0.5', "ttl"),
    ],
)
def test_what_the_standard_leaves_open(accept: str | None, expected: str | None) -> None:
    assert key(accept) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/ld+json", "compacted"),
        (f'application/ld+json;profile="{JSON_LD}expanded"', "expanded"),
        (f'application/ld+json; PROFILE="{JSON_LD}expanded" ;q=0.2', "expanded"),
        (f"application/ld+json;profile={JSON_LD}expanded", "expanded"),
        (f'Application/LD+JSON;profile="{JSON_LD}compacted"', "compacted"),
        # Several IRIs, of which one is here (JSON-LD 1.1 §C; RFC 6906)
        (f'application/ld+json;profile="{JSON_LD}flattened {JSON_LD}expanded"', "expanded"),
        # None that is here: the type
        (f'application/ld+json;profile="{JSON_LD}framed"', "compacted"),
        (f'application/ld+json;profile="{JSON_LD}Expanded"', "compacted"),
        ("application/ld+json;charset=utf-8", "compacted"),
        # Which is more specific than the type
        (f'application/ld+json;profile="{JSON_LD}expanded", application/ld+json;q=0.9', "expanded"),
        (f'application/ld+json;profile="{JSON_LD}expanded";q=0.8, application/ld+json;q=0.9', "compacted"),
        (f'application/ld+json;profile="{JSON_LD}compacted";q=0, application/ld+json', "expanded"),
        (f'application/ld+json;profile="{JSON_LD}compacted";q=0, application/*;q=0.1', "expanded"),
        (f'application/ld+json;profile="{JSON_LD}expanded";q=0.5, text/html;q=0.4', "expanded"),
        (f'text/html;profile="{JSON_LD}expanded"', "html"),
        # What follows a weight is not of the range
        (f'application/ld+json;q=1;profile="{JSON_LD}expanded"', "compacted"),
    ],
)
def test_profiles(accept: str, expected: str) -> None:
    assert key(accept, PROFILED) == expected


@given(st.one_of(ACCEPT, SHAPES, HTTP_TEXT), st.lists(st.sampled_from(OFFERS), min_size=1, max_size=4, unique=True))
def test_forms_are_chosen_as_the_reference_does(header: str, offers: list[Form]) -> None:
    assume(not re.search(r"q=[ \t]*(?:[;,]|$)", header, re.IGNORECASE))  # none at all: the reference counts that as 0
    ranges = negotiated.wanted(header)
    expected = negotiated.media(header, [form.key for form in offers]) if ranges else offers[0].key
    assert key(header, offers) == expected


@given(st.one_of(SPOKEN, SHAPES, HTTP_TEXT), st.permutations(["en", "es", "pt"]))
def test_languages_are_chosen_as_the_reference_does(header: str, there: list[str]) -> None:
    expected = negotiated.language(header, there) if negotiated.wanted(header) else there[0]
    assert languages(header, there) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("fr", "en"),
        ("estonian, x-es", "en"),
        ("pt", "pt-BR"),
        ("pt-PT;q=0.5, es;q=0.4", "pt-BR"),
        ("pt;q=0.3, pt-br;q=0.5, es;q=0.4", "pt-BR"),
        ("pt-BR;q=0.1, pt;q=0.9, es;q=0.5", "es"),
        ("es-419, en;q=0.9", "es"),
        ("en;q=0, *", "es"),
    ],
)
def test_languages_with_regions(header: str | None, expected: str) -> None:
    assert languages(header, ["en", "es", "pt-BR"]) == expected


@given(st.one_of(ACCEPT, SHAPES), st.permutations(OFFERS))
def test_choice_is_an_order(header: str, offers: list[Form]) -> None:
    """The best of all is the best of any part that it is in; who is excluded alone is never chosen."""
    best = choose(header, offers)
    for form in offers:
        alone = choose(header, [form])
        if best is None:
            assert alone is None
        elif offers.index(form) > offers.index(best):
            assert choose(header, [best, form]) == best
        elif form != best:
            assert choose(header, [form, best]) == best
        if alone is None:
            assert form != best


@given(st.sampled_from(OFFERS), SHAPES)
def test_weight_zero_excludes(form: Form, rest: str) -> None:
    found = choose(f"{form.media};q=0, {rest}", OFFERS)
    assert found is None or found != form


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        # RFC 9110 §12.5.3
        (None, ""),
        ("", ""),
        ("compress, gzip", "gzip"),
        ("*", "gzip"),
        ("compress;q=0.5, gzip;q=1.0", "gzip"),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"),
        # What browsers and libraries send
        ("gzip, deflate, br, zstd", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("identity", ""),
        ("br", ""),
        ("gzip;q=0", ""),
        ("gzip;q=0, *", ""),
        ("*;q=0", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0, *;q=0.1", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("notgzip, gzipped", ""),
    ],
)
def test_codings(header: str | None, expected: str) -> None:
    assert encoding(header) == expected


NASTY = [
    ",", '"', ";", "\\", " ", '\\"', '"\\', '",', '";', ";q=", ";q=0.5", "q=0.1,", "*/*,", ";=", '="', 'a"b",', "a;b;", "\t,",
    "text/html;", 'text/html;p="', "application/ld+json;profile=", ' profile="', "a-", "en-,", '"a" ', "W/", 'W/"', 'W/"a"', "a-1,",
]  # fmt: skip


@pytest.mark.parametrize("shape", NASTY)
def test_long_headers_are_answered(shape: str) -> None:
    """64 kB of anything. What grows with the square of the length would need minutes here: 30 tests, 10 readings each."""
    for header in (
        (shape * 65_536)[:65_536],
        f'"{(shape * 65_536)[:65_534]}',
        f"text/html;{(shape * 65_536)[:65_500]}",
    ):
        for offers in (OFFERS, PROFILED):
            choose(header, offers)
        languages(header, ["en", "es", "pt-BR"])
        encoding(header)
        matches(header, '"x"')
        assert seconds(header) is None
        assert byte_range({"range": f"bytes={header}"}, 10, '"x"', 0.0) is None
        assert outcome("GET", {"if-match": "*", "if-none-match": header, "if-modified-since": header}, "", 0.0) == 200


def test_long_numbers_are_read() -> None:
    digits = "9" * 65_536
    assert byte_range({"range": f"bytes={digits}-"}, 10, "", None) == 416
    assert byte_range({"range": f"bytes=1-{digits}"}, 10, "", None) == Span(1, 9)
    assert byte_range({"range": f"bytes=-{digits}"}, 10, "", None) == Span(0, 9)
    assert byte_range({"range": f"bytes={'0' * 65_536}3-"}, 10, "", None) == Span(3, 9)


@given(st.lists(SHAPES, min_size=20, max_size=20))
def test_memory_and_length_do_not_change_the_choice(parts: list[str]) -> None:
    """Short headers are looked up, long ones are read each time."""
    header = ",".join(parts).replace('"', "")
    padded = f"{header}{',' * 2_000}"
    assert choose(header, OFFERS) == choose(header, list(OFFERS)) == choose(padded, OFFERS)
    assert languages(header, ["en", "es"]) == languages(padded, ["en", "es"])
    assert encoding(header) == encoding(padded)


# Conditions

DAY = 784_111_777  # the example of RFC 9110 §5.6.7
TAGS = st.text(st.characters(min_codepoint=0x23, max_codepoint=0x7E), max_size=8).map('"{}"'.format)
ANY_TAG = st.one_of(TAGS, TAGS.map("W/{}".format))


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", DAY),
        ("Sunday, 06-Nov-94 08:49:37 GMT", DAY),
        ("Sun Nov  6 08:49:37 1994", DAY),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_199),
        ("Tue, 29 Feb 2023 00:00:00 GMT", None),
        ("Sun, 00 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 0000 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 24:49:37 GMT", None),
        ("Sun, 6 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 UTC", None),
        ("Sun, 06 Nov 1994 08:49:37 +0000", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT\n", None),
        ("Dim, 06 Nov 1994 08:49:37 GMT", None),
        ("Sun, ٠٦ Nov 1994 08:49:37 GMT", None),
        ("1994-11-06T08:49:37Z", None),
        ("784111777", None),
        ("", None),
    ],
)
def test_dates(date: str, expected: int | None) -> None:
    assert seconds(date) == expected


def test_a_year_of_two_digits_is_at_most_fifty_years_ahead() -> None:
    for two, year in (("76", 2076), ("77", 1977), ("00", 2000), ("26", 2026)):
        found = seconds(f"Friday, 01-Jan-{two} 00:00:00 GMT", 2026)
        assert found is not None
        assert http_date(found).split()[3] == str(year)


@given(st.integers(0, 4_000_000_000), st.floats(0, 0.99))
def test_a_date_is_read_as_it_was_written(at: int, part: float) -> None:
    assert seconds(http_date(at)) == seconds(http_date(at + part)) == at


def test_comparison_of_tags() -> None:
    """The table of RFC 9110 §8.8.3.2."""
    for one, other, strong, weak in (
        ('W/"1"', 'W/"1"', False, True),
        ('W/"1"', 'W/"2"', False, False),
        ('W/"1"', '"1"', False, True),
        ('"1"', '"1"', True, True),
    ):
        for header, etag in ((one, other), (other, one)):
            assert matches(header, etag, strong=True) is strong
            assert matches(header, etag) is weak


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("*", True),
        (' "x" , "abc"', True),
        ('"x",W/"abc","y"', True),
        ('"abc-gzip"', True),
        ('W/"abc-gzip"', True),
        ('"a,b", "abc"', True),
        ('abc, "x"', False),
        ("abc", False),
        ('"ABC"', False),
        ('"abc', False),
        ('w/"abc-br"', False),
        ('"*"', False),
        ('*, "x"', False),
        ("", False),
    ],
)
def test_lists_of_tags(header: str, expected: bool) -> None:
    assert matches(header, '"abc"') is expected
    assert matches(header, '"abc-gzip"') is expected


BEFORE, SAME, AFTER = (http_date(DAY + more) for more in (-1, 0, 1))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 200),
        # Each alone
        ({"if-match": '"abc"'}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": '"abc-gzip"'}, 200),
        ({"if-match": 'W/"abc"'}, 412),
        ({"if-match": '"x", "y"'}, 412),
        ({"if-match": "abc"}, 412),
        ({"if-none-match": '"abc"'}, 304),
        ({"if-none-match": 'W/"abc"'}, 304),
        ({"if-none-match": '"abc-gzip"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200),
        ({"if-modified-since": SAME}, 304),
        ({"if-modified-since": AFTER}, 304),
        ({"if-modified-since": BEFORE}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-unmodified-since": SAME}, 200),
        ({"if-unmodified-since": BEFORE}, 412),
        ({"if-unmodified-since": "yesterday"}, 200),
        # The order of §13.2.2
        ({"if-match": '"x"', "if-none-match": '"abc"'}, 412),
        ({"if-match": '"abc"', "if-none-match": '"abc"'}, 304),
        ({"if-match": '"abc"', "if-unmodified-since": BEFORE}, 200),
        ({"if-match": '"abc"', "if-modified-since": SAME}, 304),
        ({"if-unmodified-since": BEFORE, "if-none-match": '"abc"'}, 412),
        ({"if-unmodified-since": SAME, "if-none-match": '"abc"'}, 304),
        ({"if-none-match": '"x"', "if-modified-since": SAME}, 200),
        ({"if-none-match": "", "if-modified-since": SAME}, 200),
        ({"if-none-match": '"abc"', "if-modified-since": BEFORE}, 304),
    ],
)
def test_conditions(fields: Mapping[str, str], expected: int) -> None:
    for method in ("GET", "HEAD"):
        assert outcome(method, fields, '"abc"', DAY + 0.9) == expected
        assert outcome(method, fields, '"abc-gzip"', DAY + 0.9) == expected


def test_conditions_of_other_methods() -> None:
    assert outcome("POST", {"if-none-match": '"abc"'}, '"abc"', DAY) == 412
    assert outcome("POST", {"if-none-match": '"x"'}, '"abc"', DAY) == 200
    assert outcome("POST", {"if-modified-since": SAME}, '"abc"', DAY) == 200
    assert outcome("OPTIONS", {"if-match": '"x"'}, '"abc"', DAY) == 200


def test_conditions_without_validators() -> None:
    """What has no tag matches none but ``*``; what has no time was never changed, and never not."""
    assert outcome("GET", {"if-none-match": '"", "abc"'}, "", None) == 200
    assert outcome("GET", {"if-match": '""'}, "", None) == 412
    assert outcome("GET", {"if-modified-since": SAME}, "", None) == 200
    assert outcome("GET", {"if-unmodified-since": BEFORE}, "", None) == 200


@given(st.lists(ANY_TAG, max_size=4), ANY_TAG, st.sampled_from(["", "gzip"]))
def test_not_modified_if_and_only_if_a_tag_is_known(known: list[str], etag: str, coding: str) -> None:
    def bare(tag: str) -> str:
        return tag.removeprefix("W/")[1:-1].removesuffix("-gzip")

    expected = 304 if bare(etag) in map(bare, known) else 200
    assert outcome("GET", {"if-none-match": ", ".join(known)}, variant(etag, coding), None) == expected


def test_variants() -> None:
    assert variant('"abc"', "gzip") == '"abc-gzip"'
    assert variant('W/"abc"', "gzip") == 'W/"abc-gzip"'
    assert variant('"abc"', "") == '"abc"'
    assert variant("", "gzip") == ""


# Ranges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        # RFC 9110 §14.1.2: a file of 10,000 bytes
        ("bytes=0-499", Span(0, 499)),
        ("bytes=500-999", Span(500, 999)),
        ("bytes=-500", Span(9500, 9999)),
        ("bytes=9500-", Span(9500, 9999)),
        ("bytes=0-", Span(0, 9999)),
        ("bytes=0-0", Span(0, 0)),
        ("bytes=9999-10000", Span(9999, 9999)),
        ("bytes=-10001", Span(0, 9999)),
        ("BYTES=0-0", Span(0, 0)),
        ("bytes= 0-0 ", Span(0, 0)),
        # Not there (§15.5.17)
        ("bytes=10000-", 416),
        ("bytes=10000-10001", 416),
        ("bytes=-0", 416),
        # Ignored
        ("bytes=0-0,-1", None),
        ("bytes= 0-999, 4500-5499, -1000", None),
        ("bytes=2-1", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes=a-b", None),
        ("bytes=0-1-2", None),
        ("bytes=--1", None),
        ("bytes=+1-2", None),
        ("bytes=٠-٩", None),
        ("bytes 0-499", None),
        ("lines=0-499", None),
        ("", None),
    ],
)
def test_ranges(header: str, expected: Span | int | None) -> None:
    assert byte_range({"range": header}, 10_000, '"abc"', DAY) == expected


def test_without_a_range_the_whole() -> None:
    assert byte_range({}, 10, '"abc"', DAY) is None
    assert byte_range({"if-range": '"abc"'}, 10, '"abc"', DAY) is None


def test_parts_of_nothing() -> None:
    assert byte_range({"range": "bytes=0-"}, 0, "", None) == 416
    assert byte_range({"range": "bytes=-5"}, 0, "", None) is None


@pytest.mark.parametrize(
    ("if_range", "etag", "holds"),
    [
        ('"abc"', '"abc"', True),
        (SAME, '"abc"', True),
        ("Sunday, 06-Nov-94 08:49:37 GMT", '"abc"', True),
        ('"x"', '"abc"', False),
        ('W/"abc"', 'W/"abc"', False),
        ('W/"abc"', '"abc"', False),
        ('"abc-gzip"', '"abc"', False),  # other bytes
        ('"abc", "x"', '"abc"', False),
        (BEFORE, '"abc"', False),
        (AFTER, '"abc"', False),
        ("*", '"abc"', False),
        ("", "", False),
    ],
)
def test_a_range_of_the_same_file_only(if_range: str, etag: str, holds: bool) -> None:
    found = byte_range({"range": "bytes=1-2", "if-range": if_range}, 10, etag, DAY + 0.5)
    assert found == (Span(1, 2) if holds else None)


@given(
    st.one_of(
        st.from_regex(r"bytes=[0-9]{0,25}-[0-9]{0,25}", fullmatch=True),
        st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda two: f"bytes={two[0]}-{two[1]}"),
        st.text(max_size=20),
    ),
    st.integers(0, 40),
)
def test_ranges_stay_inside(header: str, size: int) -> None:
    found = byte_range({"range": header}, size, "", None)
    if isinstance(found, Span):
        assert 0 <= found.first <= found.last < size
        assert found.size == len(range(size)[found.first : found.last + 1])
        assert content_range(found, size) == f"bytes {found.first}-{found.last}/{size}"
    elif found is not None:
        assert content_range(found, size) == f"bytes */{size}"


# Problems

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("text/turtle, */*;q=0.1", "application/problem+json"),
        ("text/turtle", "application/problem+json"),  # the client wants none of them
        ("application/sparql-results+json", "application/problem+json"),
        ("application/json", "application/json"),
        ("application/problem+json, text/html;q=0.5", "application/problem+json"),
        (CHROME, "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
def test_problems_come_in_the_form_that_is_wanted(accept: str | None, media: str) -> None:
    headers, body = problem(404, "", "no <b>x</b> here", kind="not-found", root="/g/", accept=accept)
    assert headers["Content-Type"] == media
    assert headers["Vary"] == "Accept"
    if "json" in media:
        assert json.loads(body) == {
            "type": "/g/problems#not-found",
            "title": "There is no such thing",
            "status": 404,
            "detail": "no <b>x</b> here",
        }
    elif "html" in media:
        assert b"no &lt;b&gt;x&lt;/b&gt; here" in body
        assert b'href="/g/"' in body
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    else:
        assert body.startswith(b"404 There is no such thing\nno <b>x</b> here\n")


def test_problems_without_a_kind_and_with_more() -> None:
    _, body = problem(418, "", "", graphs=["http://a/\x00", 1, None], limit=2.5, type="mine", status_of={"a\n": True})
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "I'm a Teapot",
        "status": 418,
        "detail": "",
        "graphs": ["http://a/\\x00", 1, None],
        "limit": 2.5,
        "status_of": {"a\\n": True},
    }
    assert json.loads(problem(499, "", "x")[1])["title"] == "Error"
    assert json.loads(problem(400, "Own", "x", kind="malformed")[1])["title"] == "Own"
    with pytest.raises(KeyError):
        problem(400, "", "x", kind="mistake")


ANYTHING = st.text(st.characters(blacklist_categories=[]), max_size=80)


@given(ANYTHING, ANYTHING, st.sampled_from([*KINDS, ""]), st.sampled_from([None, "text/html", "text/plain"]))
def test_problems_never_send_what_cannot_be_seen(title: str, detail: str, kind: str, accept: str | None) -> None:
    headers, body = problem(400, title, detail, kind=kind, accept=accept, said=[detail, {detail: title}])
    text = body.decode()
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not {char for char in text if unicodedata.category(char) in unseen} - {"\n"}
    if accept is None:
        told = json.loads(body)
        assert told["status"] == 400
        assert not any(unicodedata.category(char) in unseen for char in told["title"] + told["detail"])
    if accept == "text/html":
        assert Elements(text).names <= {"html", "head", "meta", "title", "body", "main", "h1", "p", "a"}
    assert all(value.isascii() and value.isprintable() for value in headers.values())


def test_problems_are_short() -> None:
    for accept in (None, "text/html", "text/plain"):
        _, body = problem(400, "é" * 100_000, "\x00" * 1_000_000, kind="malformed", accept=accept)
        assert len(body) < 30_000
    _, body = problem(400, "", "x", said=["y"] * 100_000)
    assert len(json.loads(body)["said"]) < 1_000


class Elements(HTMLParser):
    """The names of the elements of a page, and the values of ``id``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.ids |= {value for name, value in attrs if name == "id" and value}


def test_every_kind_is_told() -> None:
    """The address of a kind leads to what it means and what to do."""
    text = page("/g/").decode()
    assert Elements(text).ids == set(KINDS)
    for about in KINDS.values():
        assert about.statuses
        assert all(400 <= status < 600 for status in about.statuses)
        for said in (about.meaning, about.remedy):
            assert said.endswith(".")


# Compression


def test_what_is_worth_compressing() -> None:
    for media in (
        "text/html; charset=utf-8",
        "application/sparql-results+json",
        "text/csv",
        "Text/Turtle",
        TYPES["nq"],
    ):
        assert worthwhile(media, 100_000)
        assert worthwhile(media, None)
        assert not worthwhile(media, 100)
    for media in (TYPES["gz"], TYPES["parquet"], TYPES["png"], "application/octet-stream", ""):
        assert not worthwhile(media, 100_000)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_compressed_bytes_are_the_same(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    assert gzip.decompress(compressed(whole)) == whole
    assert compressed(whole) == compressed(whole)
    assert compressed(whole)[4:8] == bytes(4)  # no time (RFC 1952 §2.3.1)
    compressor = Compressor()
    streamed = [*map(compressor.add, pieces), compressor.end()]
    assert gzip.decompress(b"".join(streamed)) == whole


def test_what_was_added_can_be_sent_now() -> None:
    compressor, reader = Compressor(), zlib.decompressobj(31)
    for row in (b"first\n", b"second\n"):
        assert reader.decompress(compressor.add(row, now=True)) == row
    assert reader.decompress(compressor.end()) == b""
    assert reader.eof


def test_who_takes_a_long_answer_at_once_lets_others_have_their_turn() -> None:
    """A client that reads as fast as we write never makes us wait: packing all of it would hold up everybody."""

    async def sent() -> tuple[int, int]:
        async def send(_: Any) -> None:
            turns.append(len(others))

        async def other() -> None:
            while True:
                others.append(0)
                await asyncio.sleep(0)

        turns: list[int] = []
        others: list[int] = []
        running = Running(asyncio.get_running_loop(), lambda _: None)
        for _ in range(64):
            running.add(os.urandom(1 << 16))
        running.finish({"cut": False})
        task = asyncio.create_task(other())
        request = Request("GET", "sparql", "", {"accept-encoding": "gzip"})
        response = Response(200, {"Content-Type": "text/csv"}, running)
        await Sender(send, 5.0, Kept(1)).send(request, response)
        task.cancel()
        running.spool.close()
        return len(turns), len(others)

    pieces, turns = asyncio.run(sent())
    assert pieces > 60
    assert turns > 60
