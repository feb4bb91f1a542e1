"""No page breaks what must hold for every page: those of the tests, those that once did, and lines put together at random.

``python tests/fuzz/fuzz_pages.py CORPUS_DIR`` searches for more; what it finds is cut short and kept in ``fuzz/cases``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from fuzz.invariants import CONTAINERS, DETECTED, SHAPES, Broken, Machine, Shape, shape_of
from fuzz.tokens import ENDINGS, INDENTS, LINES, TAGS, TOKENS

# Slow machines are not what is looked for here; a page that takes a hundred times as long as others is.
MACHINE = Machine(slowness=4.0)
CASES = sorted(path for path in (ROOT / "tests" / "fuzz" / "cases").iterdir() if path.suffix in CONTAINERS)
PAGES = sorted(path for path in (ROOT / "tests" / "pages").iterdir() if path.suffix in CONTAINERS)
# Cases by name that are not mended yet, each with the reason.
_EDGE = "theme_page._trim and full_text._paragraph leave white space that lines.INVISIBLE names"
_SKIP = "lines that are no words of an item are cut out of its text alone, not of citation, note and heading"
_GAP = "gather._goes_on goes on behind a line that was given to something else"
_RING = "the key of an introduced item leaves its chapeau out, so that one is its own chapeau"
WAITING: Mapping[str, str] = {
    "bullet_alone_on_its_line.full-text.txt": _EDGE,
    "figure_space_behind_marker.listing.txt": _EDGE,
    "furniture_in_heading.full-text.txt": _SKIP,
    "furniture_in_note_behind_citation.theme-page.txt": _SKIP,
    "furniture_line_opens_citation.theme-page.txt": _SKIP,
    "heading_between_item_and_rest.listing.txt": _GAP,
    "item_worded_as_its_chapeau.full-text.txt": _RING,
    "note_of_marks_alone.theme-page.txt": "lines._FOOTNOTE gives back half of a mark of two signs, and takes the rest for words",
    "page_number_in_citation.theme-page.txt": _SKIP,
    "two_letter_roman_before_v.full-text.txt": "full_text._level asks ord() of a label of two letters",
    "two_texts_head_each_other.full-text.txt": _RING,
    "unread_line_between_item_and_rest.theme-page.txt": _GAP,
    "vertical_tab_before_citation.theme-page.txt": _EDGE,
    "vertical_tab_behind_marker.theme-page.txt": _EDGE,
    "zero_width_space_behind_label.theme-page.txt": _EDGE,
    "zero_width_space_behind_marker.full-text.txt": _EDGE,
}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.xfail(reason=WAITING[path.name]) if path.name in WAITING else ())
        for path in CASES
    ],
    ids=lambda path: path.name,
)
def test_what_was_once_broken(path: Path) -> None:
    MACHINE.check(path.read_bytes(), shape_of(path))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_hold_in_every_form(path: Path) -> None:
    for shape in SHAPES:
        if shape.suffix == path.suffix:
            MACHINE.check(path.read_bytes(), shape)


def test_cases_wait_by_name() -> None:
    assert set(WAITING) <= {path.name for path in CASES}


def _page(tokens: list[str]) -> st.SearchStrategy[str]:
    words = st.lists(st.sampled_from(tokens), min_size=1, max_size=4).map(" ".join)
    line = st.tuples(st.sampled_from(INDENTS), st.one_of(words, st.sampled_from(LINES)), st.sampled_from(ENDINGS))
    return st.lists(line.map("".join), max_size=14).map("".join)


TEXTS = _page(list(TOKENS))
MARKUP = _page([*TOKENS, *TAGS * 4])


@pytest.mark.skipif(bool(WAITING), reason="what is known to be broken would be found again")
@pytest.mark.parametrize("form", ["theme-page", "listing", "full-text", DETECTED])
@given(text=TEXTS)
@settings(max_examples=150)
def test_lines_at_random(form: str, text: str) -> None:
    MACHINE.check(text.encode(), Shape(form, ".txt"))


@pytest.mark.skipif(bool(WAITING), reason="what is known to be broken would be found again")
@pytest.mark.parametrize("suffix", [".html", ".md"])
@given(text=MARKUP)
@settings(max_examples=100)
def test_markup_at_random(suffix: str, text: str) -> None:
    MACHINE.check(text.encode(), Shape(DETECTED, suffix))


def test_what_is_broken_is_seen() -> None:
    """The checks themselves: a machine that may take no time at all finds every page slow."""
    page = PAGES[0]
    with pytest.raises(Broken, match="in time"):
        Machine(slowness=0.0).check(page.read_bytes(), shape_of(page))
