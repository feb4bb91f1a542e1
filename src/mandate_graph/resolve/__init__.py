"""Pages to a corpus: which document each listing comes from, which mandate it prints, and what its text names.

What a page states, what the citation of a neighbour governs, what a rule infers and what a person decided are told
apart here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.model import Corpus, Correction, Decision, Mention, Occurrence, Page, Span
from mandate_graph.resolve.attribution import UNATTRIBUTED, mandate_key
from mandate_graph.resolve.joining import join
from mandate_graph.resolve.listed import Reader, captures_of
from mandate_graph.resolve.pairing import keep_pairs, pair_stem, stems_of
from mandate_graph.resolve.parts import part_of
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import settle_mandates

__all__ = ["UNATTRIBUTED", "evidence_of", "mandate_key", "resolve"]


def resolve(
    pages: Sequence[Page],
    finder: MentionFinder,
    decisions: Sequence[Decision] = (),
    corrections: Sequence[Correction] = (),
) -> Corpus:
    """Put a few pages together, in memory. The result does not depend on their order."""
    reader, register = Reader(finder), Register()
    ordered = sorted(pages, key=lambda page: (page.capture.page, page.capture.key))
    read = [reader.read(page, newer) for page, newer in captures_of(ordered)]
    for _, each in read:
        register.add(each)
    settled = settle_mandates(register, finder.targets, decisions, corrections)
    keep_pairs(register, (pair_stem(register, stem) for stem in stems_of(register)))
    joined = join(register, decisions)
    return replace(
        part_of(register, [spooled for spooled, _ in read], settled, register.claims_of(0)),
        changes=joined.changes,
        similar=joined.similar,
        decisions=tuple(decisions),
        retired=settled.retired,
        minted=settled.minted,
        problems=tuple(register.kept_problems()),
    )


def evidence_of(mention: Mention, occurrences: Iterable[Occurrence], text: str) -> list[tuple[str, Span]]:
    """The characters of the captures that a mention was found in: listings whose reading is the mandate's text."""
    return [
        (occurrence.capture, occurrence.reading.source(mention.span))
        for occurrence in occurrences
        if occurrence.reading.text == text
    ]
