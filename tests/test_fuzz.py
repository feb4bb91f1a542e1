"""No page breaks what must hold for every page: those of the tests, those that once did, and lines put together at random.

``python tests/fuzz/fuzz_pages.py CORPUS_DIR`` searches for more; what it finds is cut short and kept in ``fuzz/cases``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from fuzz.invariants import CONTAINERS, DETECTED, SHAPES, Broken, Machine, Shape, shape_of
from fuzz.tokens import ENDINGS, INDENTS, LINES, TAGS, TOKENS

# How long a page takes is for the search to say, not for the tests.
MACHINE = Machine(slowness=float("inf"))
CASES = sorted(path for path in (ROOT / "tests" / "fuzz" / "cases").iterdir() if path.suffix in CONTAINERS)
PAGES = sorted(path for path in (ROOT / "tests" / "pages").iterdir() if path.suffix in CONTAINERS)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_what_was_once_broken(path: Path) -> None:
    MACHINE.check(path.read_bytes(), shape_of(path))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_hold_in_every_form(path: Path) -> None:
    for shape in SHAPES:
        if shape.suffix == path.suffix:
            MACHINE.check(path.read_bytes(), shape)


def _page(tokens: list[str]) -> st.SearchStrategy[str]:
    words = st.lists(st.sampled_from(tokens), min_size=1, max_size=4).map(" ".join)
    line = st.tuples(st.sampled_from(INDENTS), st.one_of(words, st.sampled_from(LINES)), st.sampled_from(ENDINGS))
    return st.lists(line.map("".join), max_size=14).map("".join)


TEXTS = _page(list(TOKENS))
MARKUP = _page([*TOKENS, *TAGS * 4])


@pytest.mark.parametrize("form", ["theme-page", "listing", "full-text", DETECTED])
@given(text=TEXTS)
@settings(max_examples=150)
def test_lines_at_random(form: str, text: str) -> None:
    MACHINE.check(text.encode(), Shape(form, ".txt"))


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
