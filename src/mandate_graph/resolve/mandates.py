"""Occurrences to mandates: one, however many pages print it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mandate_graph.iris import text_key
from mandate_graph.model import Claim, Kind, Listing, Mandate, Occurrence, Page, Problem, Reading
from mandate_graph.resolve.attribution import UNATTRIBUTED

__all__ = ["agreed", "chapeaus_of", "cited_elsewhere", "is_official", "mandates_of"]

_BY_POSITION = "chapeau-by-position"


def chapeaus_of(
    pages: Sequence[Page], occurrences: Sequence[Occurrence]
) -> tuple[dict[str, str], list[Claim], list[Problem]]:
    """The chapeau of each mandate: printed above it, or by position below one that cites the same document."""
    chapeaus, problems = _printed_chapeaus(occurrences)
    by_page: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        by_page[occurrence.page, occurrence.capture].append(occurrence)
    positional: dict[str, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        current: Occurrence | None = None
        for occurrence in by_page[page.capture.page, page.capture.key]:
            if occurrence.listing.parent is not None:
                current = None
            elif occurrence.kind == "chapeau":
                current = occurrence if occurrence.attribution == "stated" else None
            elif current is not None and occurrence.document != current.document:
                current = None
            elif current is not None and occurrence.attribution == "stated" and occurrence.mandate not in chapeaus:
                evidence = (
                    (page.capture.key, current.listing.text_span),
                    (page.capture.key, occurrence.listing.text_span),
                )
                claim = Claim(occurrence.mandate, "chapeau", current.mandate, _BY_POSITION, evidence)
                positional[occurrence.mandate][current.mandate].append(claim)
    claims = []
    for mandate, candidates in sorted(positional.items()):
        if len(candidates) == 1:
            chapeau, agreeing = next(iter(candidates.items()))
            chapeaus[mandate] = chapeau
            spans = tuple(dict.fromkeys(span for claim in agreeing for span in claim.evidence))
            claims.append(replace(agreeing[0], evidence=spans))
        else:
            where = next(occurrence for occurrence in occurrences if occurrence.mandate == mandate)
            problems.append(
                Problem(
                    "attribution",
                    where.page,
                    where.listing.line,
                    "two pages put it under different chapeaux; none was chosen",
                )
            )
    return chapeaus, claims, problems


def _printed_chapeaus(occurrences: Sequence[Occurrence]) -> tuple[dict[str, str], list[Problem]]:
    """The chapeaux that pages print; where two full texts word one differently, the first by its key."""
    printed: dict[str, dict[str, Occurrence]] = defaultdict(dict)
    for occurrence in occurrences:
        if occurrence.parent:
            printed[occurrence.mandate].setdefault(occurrence.parent, occurrence)
    problems = []
    for parents in printed.values():
        if len(parents) > 1:
            where = parents[min(parents)]
            message = f"printed under {len(parents)} different chapeaux; the graph keeps {min(parents)}"
            problems.append(Problem("attribution", where.page, where.listing.line, message))
    chapeaus: dict[str, str] = {}
    for mandate, parents in sorted(printed.items()):
        head: str | None = min(parents)
        while head is not None and head != mandate:
            head = chapeaus.get(head)
        if head is None:  # two pages may print two texts above each other
            chapeaus[mandate] = min(parents)
    return chapeaus, problems


def mandates_of(
    occurrences: Sequence[Occurrence],
    chapeaus: Mapping[str, str],
    pages: Mapping[tuple[str, str], Page],
    superseded: frozenset[str],
    problems: list[Problem],
) -> dict[str, Mandate]:
    """Put the occurrences of each mandate together; what pages disagree on is added to ``problems``."""
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        groups[occurrence.mandate].append(occurrence)
    mandates = {}
    for key, group in sorted(groups.items()):
        sections = {occurrence.section for occurrence in group if occurrence.section}
        if len(sections) > 1:
            problems.append(
                Problem(
                    "section",
                    group[0].page,
                    group[0].listing.line,
                    f"pages disagree on its section: {', '.join(sorted(sections))}",
                )
            )
        problems += _in_two_sections(group)
        mandates[key] = Mandate(
            key=key,
            kind=_kind(group),
            language=pages[group[0].page, group[0].capture].language,
            text=_reading(group).text,
            document=_document(group, problems),
            section=sections.pop() if len(sections) == 1 else "",
            chapeau=chapeaus.get(key),
            number=_number(group, problems),
            themes=tuple(
                sorted(
                    {
                        theme
                        for occurrence in group
                        if occurrence.capture not in superseded
                        and (theme := pages[occurrence.page, occurrence.capture].theme)
                    }
                )
            ),
        )
    return mandates


def _in_two_sections(group: Sequence[Occurrence]) -> Iterable[Problem]:
    """The same words under two headings of one text are one mandate; a person may want to know."""
    by_capture: dict[str, set[str]] = defaultdict(set)
    for occurrence in group:
        by_capture[occurrence.capture].add(occurrence.printed_section or occurrence.listing.printed_section)
        sections = by_capture[occurrence.capture] - {""}
        if len(sections) > 1:
            message = f"the same words stand in two sections ({'; '.join(sorted(sections))}); they are one mandate"
            yield Problem("section", occurrence.page, occurrence.listing.line, message)
            return


def _kind(group: Sequence[Occurrence]) -> Kind:
    kinds = {occurrence.kind for occurrence in group}
    if "sub-item" in kinds:
        return "sub-item"
    return "chapeau" if "chapeau" in kinds else "mandate"


def _document(group: Sequence[Occurrence], problems: list[Problem]) -> str:
    """The document that the pages print; inferred ones must agree, or none is chosen."""
    printed = {occurrence.document for occurrence in group if occurrence.attribution in {"stated", "governed"}}
    inferred = {occurrence.document for occurrence in group if occurrence.attribution == "inferred"}
    documents = printed or inferred
    if len(documents) > 1:
        names = ", ".join(sorted(documents))
        where = next(occurrence for occurrence in group if occurrence.attribution == "inferred")
        message = f"its neighbours cite different documents on different pages ({names}); none was chosen"
        problems.append(Problem("attribution", where.page, where.listing.line, message))
    return documents.pop() if len(documents) == 1 else ""


def agreed(occurrence: Occurrence, mandate: Mandate) -> Occurrence:
    """An inference that another page contradicts is taken back."""
    if occurrence.attribution != "inferred" or occurrence.document == mandate.document:
        return occurrence
    return replace(occurrence, document="", attribution=None, rule="")


def _reading(group: Sequence[Occurrence]) -> Reading:
    """The fullest of the readings: pages differ in final stops, and what was dropped by one is kept by another."""
    return max((occurrence.reading for occurrence in group), key=lambda reading: (len(reading.text), reading.text))


def is_official(listing: Listing) -> bool:
    """Whether the printed number is the document's own: "2.8" and "Initiative 33" are, letters are not."""
    return bool(re.match(r"\d", listing.label)) and listing.printed_label != listing.marker


def _number(group: Sequence[Occurrence], problems: list[Problem]) -> str:
    numbers = {occurrence.listing.label for occurrence in group if is_official(occurrence.listing)}
    if len(numbers) > 1:
        problems.append(
            Problem(
                "label",
                group[0].page,
                group[0].listing.line,
                f"pages disagree on its number: {', '.join(sorted(numbers))}",
            )
        )
    return numbers.pop() if len(numbers) == 1 else ""


def cited_elsewhere(mandates: Mapping[str, Mandate], occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
    """A text without a citation that another page cites: a person may see that the two are one; no rule says so."""
    stated: dict[tuple[str, str], str] = {}
    for mandate in mandates.values():
        if not mandate.key.startswith(f"{UNATTRIBUTED}/"):
            stated.setdefault((mandate.language, text_key(mandate.text)), mandate.key)
    for occurrence in occurrences:
        mandate = mandates[occurrence.mandate]
        if mandate.key.startswith(f"{UNATTRIBUTED}/"):
            other = stated.get((mandate.language, text_key(mandate.text)))
            if other:
                message = (
                    f"the same text has its document elsewhere ({other}); a row in decisions.csv can make them one"
                )
                yield Problem("attribution", occurrence.page, occurrence.listing.line, message)
