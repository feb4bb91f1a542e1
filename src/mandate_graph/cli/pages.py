"""The verbs that take pages in and measure how well they are read."""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mandate_graph.intake import Added
    from mandate_graph.score import Score

__all__ = ["add", "score"]

_SHOWN = 40
_PLURALS = {"mandate": "mandates", "chapeau": "chapeaux", "sub-item": "sub-items"}


def add(options: argparse.Namespace) -> int:
    """Take a page in, and say what was read."""
    from mandate_graph.intake import add as run

    names = ("language", "theme", "page", "captured", "form", "document", "supersedes")
    said = {name: getattr(options, name) for name in names}
    _show_added(run(options.file, url=options.url, house=options.house, **said))
    return 0


def _show_added(added: Added) -> None:
    from mandate_graph.cli.console import say, show_fields

    (page,) = added.corpus.pages
    listings = page.listings
    kinds = Counter(occurrence.kind for occurrence in added.corpus.occurrences)
    cited = [listing for listing in listings if listing.citation]
    known = sum(bool(occurrence.document) for occurrence in added.corpus.occurrences)
    unread = sum(piece.span.end - piece.span.start for piece in page.pieces if piece.kind == "unread")
    notes = sum(len(listing.footnotes) for listing in listings)
    theme = f"{page.theme} (by {page.theme_from})" if page.theme else "unknown"
    say(f"Taken in as {added.path}", "bold green")
    say()
    show_fields(
        [
            ("Page", [f"{page.capture.page}, in {page.language or 'an unknown language'}; theme: {theme}"]),
            ("Read as", [f"{page.form}: {page.form_because}", *page.capture.read_as]),
            (
                "Found",
                [
                    f"{len(listings)} listings: "
                    + ", ".join(
                        f"{count} {_PLURALS[kind] if count > 1 else kind}" for kind, count in sorted(kinds.items())
                    ),
                    f"{sum(bool(listing.document) for listing in cited)} of {len(cited)} citations resolved",
                    f"the document of {known} listings is known; {notes} footnotes",
                    f"{len(page.capture.text):,} characters, {unread:,} unread",
                ],
            ),
            (
                "To look at",
                [f"line {problem.line}: {problem.kind}: {_line(problem.message)}" for problem in added.corpus.problems]
                or ["nothing"],
            ),
        ]
    )


def _line(text: str) -> str:
    return " ".join(text.split())[:160]


def score(options: argparse.Namespace) -> int:
    """Print the score sheet, or every difference as a row."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.score import score as run

    with Watch() as watch:
        sheet = run(options.paths, house=options.house, progress=watch)
    if options.format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("page", "line", "column", "outcome", "expected", "found"))
        for each in sheet.differences:
            writer.writerow((each.page, each.line, each.column, each.outcome, each.expected, each.found))
    else:
        _show_sheet(sheet)
    for error in sheet.left_out:
        sys.stderr.write(f"mandate-graph: left out: {error}\n")
    return 0 if sheet.is_perfect else 1


def _show_sheet(sheet: Score) -> None:
    from mandate_graph.cli.console import say, show_fields

    say(f"{sheet.pages} page{'' if sheet.pages == 1 else 's'} with expected readings", "bold")
    say()
    width = max(map(len, sheet.counts), default=0)
    say(f"{'':{width}}  {'right':>7} {'wrong':>7} {'missed':>7} {'invented':>9}")
    for column, counts in sheet.counts.items():
        numbers = [counts.get(outcome, 0) for outcome in ("right", "wrong", "missed", "invented")]
        say(f"{column:{width}}  {numbers[0]:>7,} {numbers[1]:>7,} {numbers[2]:>7,} {numbers[3]:>9,}")
    if sheet.differences:
        say()
        fields = []
        for each in sheet.differences[:_SHOWN]:
            what = [
                f"expected {each.expected[:100]!r}" if each.expected else "",
                f"found {each.found[:100]!r}" if each.found else "",
            ]
            fields.append((f"{each.page}:{each.line} {each.column}", [each.outcome, *filter(None, what)]))
        show_fields(fields)
        if len(sheet.differences) > _SHOWN:
            say(f"… and {len(sheet.differences) - _SHOWN} more (--format csv lists all)")
    if sheet.unexpected:
        say()
        say(f"without an expected reading: {', '.join(sheet.unexpected[:_SHOWN])}")
