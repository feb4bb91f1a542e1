"""A part of the corpus: some pages, with all that was settled of what they list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mandate_graph.model import Claim, Corpus, Mandate, Mention, Occurrence
from mandate_graph.resolve.attribution import inferred_documents
from mandate_graph.resolve.listed import Spooled
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import MANDATE, Settled, mandate_from, named_of

__all__ = ["part_of"]


def part_of(register: Register, spooled: Sequence[Spooled], settled: Settled, claims: Sequence[Claim] = ()) -> Corpus:
    """Some pages as a corpus of their own.

    Its mandates are whole, whichever other pages print them; its occurrences are those of its pages. ``claims`` are
    those between mandates; documents that rules inferred stand with the pages.
    """
    listed = [_kept(occurrence, settled.retired) for page in spooled for occurrence in page.occurrences]
    mandates: dict[str, Mandate] = {}
    named: list[Mention] = []
    for key in sorted({occurrence.mandate for occurrence in listed}):
        (row,) = register.rows(f"SELECT m.named, {MANDATE} FROM mandate m WHERE key = ?", key)  # noqa: S608  (ours)
        mandates[key] = mandate_from(row[1:])
        named += named_of(key, row[0])
    captures = {page.page.capture.key for page in spooled}
    return Corpus(
        tuple(page.page for page in spooled),
        tuple(_agreed(occurrence, mandates[occurrence.mandate]) for occurrence in listed),
        mandates,
        tuple(mention for mention in named if mention.kind != "topic"),
        tuple(
            sorted(
                [*_inferred(listed, mandates), *claims], key=lambda claim: (claim.subject, claim.relation, claim.object)
            )
        ),
        superseded=_superseded(register, captures),
        topics=tuple(mention for mention in named if mention.kind == "topic"),
        corrections=settled.corrections,
        theme_labels=_theme_labels(register, spooled),
        spans=tuple(register.spans_in(captures)),
    )


def _superseded(register: Register, captures: Iterable[str]) -> dict[str, str]:
    """The captures that are replaced on some page, here or elsewhere; a capture may stand on several."""
    query = "SELECT capture, newer FROM page WHERE capture = ? AND newer <> '' ORDER BY row"
    return {capture: newer for each in sorted(captures) for capture, newer in register.rows(query, each)}


def _kept(occurrence: Occurrence, retired: Mapping[str, str]) -> Occurrence:
    if not retired or not {occurrence.mandate, occurrence.parent} & retired.keys():
        return occurrence
    return replace(
        occurrence,
        mandate=retired.get(occurrence.mandate, occurrence.mandate),
        parent=retired.get(occurrence.parent, occurrence.parent),
    )


def _inferred(listed: Sequence[Occurrence], mandates: Mapping[str, Mandate]) -> Iterator[Claim]:
    """Documents that a rule inferred, where no other page contradicts it."""
    by_capture: dict[tuple[str, str], list[Occurrence]] = {}
    for occurrence in listed:
        by_capture.setdefault((occurrence.page, occurrence.capture), []).append(occurrence)
    for several in by_capture.values():
        for claim in inferred_documents(several):
            if claim.object == f"document/{mandates[claim.subject].document}":
                yield claim


def _agreed(occurrence: Occurrence, mandate: Mandate) -> Occurrence:
    """An inference that another page contradicts is taken back."""
    if occurrence.attribution != "inferred" or occurrence.document == mandate.document:
        return occurrence
    return replace(occurrence, document="", attribution=None, rule="")


def _theme_labels(register: Register, spooled: Sequence[Spooled]) -> dict[tuple[str, str], str]:
    wanted = {(key, page.page.language) for page in spooled for key, _ in page.page.minted_themes}
    return {
        (key, language): register.one("SELECT label FROM theme WHERE key = ? AND language = ?", key, language)
        for key, language in sorted(wanted)
    }
