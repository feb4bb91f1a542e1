"""Which chapeau a mandate stands under: the one that pages print above it, else one by position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mandate_graph.model import Claim, Occurrence, Problem

__all__ = ["by_position", "positional_claims", "printed_chapeaus"]

_BY_POSITION = "chapeau-by-position"


def by_position(capture: str, occurrences: Sequence[Occurrence]) -> Iterator[Claim]:
    """A claim for each listing of a page that stands below a chapeau and cites the same document as that one."""
    current: Occurrence | None = None
    for occurrence in occurrences:
        if occurrence.listing.parent is not None:
            current = None
        elif occurrence.kind == "chapeau":
            current = occurrence if occurrence.attribution == "stated" else None
        elif current is not None and occurrence.document != current.document:
            current = None
        elif current is not None and occurrence.attribution == "stated":
            evidence = ((capture, current.listing.text_span), (capture, occurrence.listing.text_span))
            yield Claim(occurrence.mandate, "chapeau", current.mandate, _BY_POSITION, evidence)


def printed_chapeaus(
    printed: Iterable[tuple[str, str, str, int]],
) -> tuple[dict[str, str], list[tuple[str, Problem]]]:
    """The chapeaux that pages print; where two full texts word one differently, the first by its key.

    Beside them mandates with what is wrong.

    ``printed`` are mandate, chapeau, and the page and line of the first listing that has the two, in the order of
    mandates.
    """
    by_mandate: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for mandate, chapeau, page, line in printed:
        by_mandate[mandate][chapeau] = (page, line)
    problems = []
    chapeaus: dict[str, str] = {}
    for mandate, parents in sorted(by_mandate.items()):
        if len(parents) > 1:
            message = f"printed under {len(parents)} different chapeaux; the graph keeps {min(parents)}"
            problems.append((mandate, Problem("attribution", *parents[min(parents)], message)))
        head: str | None = min(parents)
        while head is not None and head != mandate:
            head = chapeaus.get(head)
        if head is None:  # two pages may print two texts above each other
            chapeaus[mandate] = min(parents)
    return chapeaus, problems


def positional_claims(claims: Iterable[Claim]) -> Iterator[Claim | str]:
    """One claim a mandate, with the evidence of all pages that agree; its key alone where they do not.

    ``claims`` come in the order of mandates and, within one, of pages.
    """
    for mandate, candidates in _grouped(claims):
        if len({claim.object for claim in candidates}) == 1:
            spans = tuple(dict.fromkeys(span for claim in candidates for span in claim.evidence))
            yield replace(candidates[0], evidence=spans)
        else:
            yield mandate


def _grouped(claims: Iterable[Claim]) -> Iterator[tuple[str, list[Claim]]]:
    held: list[Claim] = []
    for claim in claims:
        if held and held[0].subject != claim.subject:
            yield held[0].subject, held
            held = []
        held.append(claim)
    if held:
        yield held[0].subject, held
