"""The score sheet: how well pages are read, held against readings that a person wrote down.

An expected reading is a CSV file beside its page (``dem.txt`` and ``dem.csv``, or ``dem.html`` and ``dem.html.csv``):
one row a listing, in page order, with any of the columns in ``COLUMNS``. docs/scores.md describes them.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from mandate_graph.authorities import load_authorities, read_csv
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.errors import BadTable, NothingToScore, UnreadablePage
from mandate_graph.house import choose_house
from mandate_graph.iris import text_key
from mandate_graph.model import Corpus, Occurrence, Page
from mandate_graph.pipeline import PathLike, Progress, read_pages, silent
from mandate_graph.resolve import resolve
from mandate_graph.sources import read_captures

__all__ = ["COLUMNS", "Difference", "Score", "expected_of", "score"]

COLUMNS = (
    "n", "line", "marker", "label", "kind", "document", "section", "attribution", "citation", "footnotes", "theme",
    "subtheme", "language", "text",
)  # fmt: skip
"""What an expected reading may say of a listing. Columns with other names are remarks."""

# Labels that a page prints in capitals and a table does not.
_LABELS = frozenset(("theme", "subtheme"))

Outcome: TypeAlias = Literal["right", "wrong", "missed", "invented"]
Row: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was not read as expected; ``column`` is ``item`` where a whole listing is missing or too many."""

    page: str
    line: int
    column: str
    expected: str
    found: str

    @property
    def outcome(self) -> Outcome:
        """Wrong, missed (expected and not there) or invented (there and not expected)."""
        if not self.found:
            return "missed"
        return "wrong" if self.expected else "invented"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by column and outcome, and every difference. ``unexpected`` are pages without an expected reading."""

    pages: int
    counts: Mapping[str, Mapping[Outcome, int]]
    differences: tuple[Difference, ...]
    left_out: tuple[UnreadablePage, ...] = ()
    unexpected: tuple[str, ...] = ()

    @property
    def is_perfect(self) -> bool:
        """Whether every page was read as expected."""
        return not self.differences and not self.left_out


def score(paths: PathLike | Sequence[PathLike], *, house: PathLike | None = None, progress: Progress = silent) -> Score:
    """Read pages and folders of pages, and hold each against the expected reading beside it.

    Raises:
        MissingPath: when a path is not there.
        BadTable: when an expected reading cannot be read.
        NothingToScore: when no page has an expected reading.
    """
    paths = [paths] if isinstance(paths, (str, Path)) else paths
    home = choose_house(house, needed=False)
    authorities = load_authorities(home.authorities)
    files = [Path(path) for path in paths]
    captures = list(read_captures(files, authorities.languages))
    pages, left_out = read_pages(captures, authorities, progress)
    corpus = resolve(pages, MentionFinder(authorities))
    counts: dict[str, Counter[Outcome]] = {}
    differences: list[Difference] = []
    unexpected: list[str] = []
    scored = 0
    for capture, found in _by_capture(corpus).items():
        page = next(page for page in corpus.pages if page.capture.key == capture)
        path = expected_of(files, page.capture.name)
        if path is None:
            unexpected.append(page.capture.name)
            continue
        scored += 1
        rows = [_found(page, occurrence) for occurrence in found]
        for column, outcome, difference in _compare(page.capture.name, _expected(path), rows):
            counts.setdefault(column, Counter())[outcome] += 1
            differences += [difference] if difference else []
    expected_left_out = [error for error in left_out if expected_of(files, error.page)]
    if not scored and not expected_left_out:
        raise NothingToScore(", ".join(map(str, files)))
    ordered = {column: counts[column] for column in ("item", *COLUMNS) if column in counts}
    return Score(scored, ordered, tuple(differences), tuple(expected_left_out), tuple(unexpected))


def expected_of(paths: Sequence[Path], name: str) -> Path | None:
    """The expected reading of a page: its own name with ``.csv`` behind it, or instead of its ending."""
    for path in paths:
        folder = path if path.is_dir() else path.parent
        if (folder / name).is_file():
            for other in (folder / f"{name}.csv", (folder / name).with_suffix(".csv")):
                if other.is_file() and other.name != name:
                    return other
    return None


def _by_capture(corpus: Corpus) -> dict[str, list[Occurrence]]:
    found: dict[str, list[Occurrence]] = {page.capture.key: [] for page in corpus.pages}
    for occurrence in corpus.occurrences:
        found[occurrence.capture].append(occurrence)
    return found


def _expected(path: Path) -> list[Row]:
    rows: list[Row] = [row for _, row in read_csv(path, str(path), ())]
    if rows and not set(rows[0]) & set(COLUMNS):
        raise BadTable(str(path), f"none of the columns {', '.join(COLUMNS)} is there", 1)
    return rows


def _found(page: Page, occurrence: Occurrence) -> Row:
    listing = occurrence.listing
    return {
        "n": str(occurrence.order),
        "line": str(listing.line),
        "marker": listing.marker,
        "label": listing.label,
        "kind": occurrence.kind,
        "document": occurrence.document,
        "section": occurrence.printed_section or listing.printed_section,
        "attribution": occurrence.attribution or "",
        "citation": listing.citation,
        "footnotes": " | ".join(f"{note.kind}/{note.country}" for note in listing.footnotes),
        "theme": page.theme_label,
        "subtheme": page.subtheme_label,
        "language": page.language,
        "text": _words(listing.words),
    }


def _words(text: str) -> str:
    return " ".join(text.split())


def _compare(
    page: str, expected: Sequence[Row], found: Sequence[Row]
) -> Iterator[tuple[str, Outcome, Difference | None]]:
    """Row by row; rows are paired by their texts, so that one that is missing does not shift the others."""
    columns = [column for column in COLUMNS if expected and column in expected[0] and column != "n"]
    for want, got in _paired(expected, found, by_text="text" in columns):
        line = int(got["line"]) if got else 0
        if want is None or got is None:
            words = (want or got or {}).get("text", "")[:60] or "a listing"
            difference = Difference(page, line, "item", words if want else "", words if got else "")
            yield "item", difference.outcome, difference
            continue
        yield "item", "right", None
        for column in columns:
            wanted = _words(want[column])
            same = text_key(wanted) == text_key(got[column]) if column in _LABELS else wanted == got[column]
            if same:
                if wanted:
                    yield column, "right", None
                continue
            difference = Difference(page, line, column, wanted, got[column])
            yield column, difference.outcome, difference


def _paired(expected: Sequence[Row], found: Sequence[Row], *, by_text: bool) -> Iterator[tuple[Row | None, Row | None]]:
    if not by_text:
        for place in range(max(len(expected), len(found))):
            yield (
                expected[place] if place < len(expected) else None,
                found[place] if place < len(found) else None,
            )
        return
    keys = [text_key(row["text"]) for row in expected], [text_key(row["text"]) for row in found]
    matcher = difflib.SequenceMatcher(None, *keys, autojunk=False)
    for operation, left, right, top, bottom in matcher.get_opcodes():
        both = min(right - left, bottom - top) if operation in {"equal", "replace"} else 0
        yield from zip(expected[left : left + both], found[top : top + both], strict=True)
        yield from ((row, None) for row in expected[left + both : right])
        yield from ((None, row) for row in found[top + both : bottom])
