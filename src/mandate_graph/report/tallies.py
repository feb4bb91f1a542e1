"""What is counted where a page is read or written, so that nobody needs all pages at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from mandate_graph.model import Corpus, Page
from mandate_graph.parse.lines import line_numbers

__all__ = ["Tally", "citations_of", "described", "tally_of_page", "tally_of_part"]

Tally: TypeAlias = Counter[tuple[str, str]]
"""Counts by what is counted and, where there are several, by its name; tallies of parts add up."""


def tally_of_page(page: Page) -> Tally:
    """What is known as soon as a page was read."""
    printed = [listing for listing in page.listings if listing.citation]
    tally: Tally = Counter(
        {
            ("pages", ""): 1,
            ("listings", ""): len(page.listings),
            ("citations_printed", ""): len(printed),
            ("citations_resolved", ""): sum(1 for listing in printed if listing.document),
            ("footnotes", ""): sum(len(listing.footnotes) for listing in page.listings),
            ("characters", ""): len(page.capture.text),
        }
    )
    for piece in page.pieces:
        tally["pieces", piece.kind] += piece.span.end - piece.span.start
    return tally


def tally_of_part(corpus: Corpus) -> Tally:
    """What is known of a part of the corpus when all is settled; claims between mandates are counted elsewhere."""
    tally: Tally = Counter(("attributions", occurrence.attribution or "unknown") for occurrence in corpus.occurrences)
    tally["inferred", ""] = sum(1 for claim in corpus.claims if claim.relation == "is_part_of")
    return tally


def described(page: Page, superseded: str | None) -> dict[str, Any]:
    """A page as the report lists it."""
    capture = page.capture
    unread = [piece.span for piece in page.pieces if piece.kind == "unread"]
    return {
        "page": capture.page,
        "file": capture.name,
        "sha256": capture.sha256,
        "bytes": capture.size,
        "language": page.language or None,
        "theme": page.theme or None,
        "theme_from": page.theme_from,
        "form": {"name": page.form, "because": page.form_because, "forced": bool(capture.form)},
        "read_as": list(capture.read_as),
        "superseded_by": superseded,
        "heading": page.heading or None,
        "listings": len(page.listings),
        "characters": len(capture.text),
        "unread": [
            {"line": line, "start": span.start, "text": span.cut(capture.text)}
            for line, span in zip(line_numbers(capture.text, unread), unread, strict=True)
        ],
        "pieces": [[piece.kind, piece.span.start, piece.span.end] for piece in page.pieces],
    }


def citations_of(pages: Sequence[Page], *, ambiguous: bool) -> Iterator[dict[str, Any]]:
    """Citations that name no known document, with the forms they are spelt like, or several, with all of them."""
    for page in pages:
        for listing in page.listings:
            if listing.citation and not listing.document and bool(listing.candidates) == ambiguous:
                yield {
                    "page": page.capture.page,
                    "line": listing.line,
                    "citation": listing.citation,
                    **({"candidates": list(listing.candidates)} if ambiguous else {"closest": list(listing.closest)}),
                }
