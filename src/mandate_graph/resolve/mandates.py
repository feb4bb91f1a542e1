"""Listings to mandates: one, however many pages print it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mandate_graph.model import Kind, Mandate, Problem
from mandate_graph.resolve.listed import Listed

__all__ = ["fullest", "mandate_of"]


def mandate_of(group: Sequence[Listed], chapeau: str | None, problems: list[Problem]) -> Mandate:
    """The mandate of its listings, in the order of pages; what pages disagree on is added to ``problems``."""
    sections = {listed.section for listed in group if listed.section}
    if len(sections) > 1:
        message = f"pages disagree on its section: {', '.join(sorted(sections))}"
        problems.append(Problem("section", group[0].page, group[0].line, message))
    problems += _in_two_sections(group)
    return Mandate(
        key=group[0].mandate,
        kind=_kind(group),
        language=group[0].language,
        text=fullest(group).text,
        document=_document(group, problems),
        section=sections.pop() if len(sections) == 1 else "",
        chapeau=chapeau,
        number=_number(group, problems),
        themes=tuple(sorted({listed.theme for listed in group if listed.theme and not listed.superseded})),
    )


def fullest(group: Sequence[Listed]) -> Listed:
    """The one with the fullest reading: pages differ in final stops, and what was dropped by one is kept by another."""
    return max(group, key=lambda listed: (len(listed.text), listed.text))


def _in_two_sections(group: Sequence[Listed]) -> Iterable[Problem]:
    """The same words under two headings of one text are one mandate; a person may want to know."""
    by_capture: dict[str, set[str]] = defaultdict(set)
    for listed in group:
        by_capture[listed.capture].add(listed.printed_section)
        sections = by_capture[listed.capture] - {""}
        if len(sections) > 1:
            message = f"the same words stand in two sections ({'; '.join(sorted(sections))}); they are one mandate"
            yield Problem("section", listed.page, listed.line, message)
            return


def _kind(group: Sequence[Listed]) -> Kind:
    kinds = {listed.kind for listed in group}
    if "sub-item" in kinds:
        return "sub-item"
    return "chapeau" if "chapeau" in kinds else "mandate"


def _document(group: Sequence[Listed], problems: list[Problem]) -> str:
    """The document that the pages print; inferred ones must agree, or none is chosen."""
    printed = {listed.document for listed in group if listed.attribution in {"stated", "governed"}}
    inferred = {listed.document for listed in group if listed.attribution == "inferred"}
    documents = printed or inferred
    if len(documents) > 1:
        names = ", ".join(sorted(documents))
        where = next(listed for listed in group if listed.attribution == "inferred")
        message = f"its neighbours cite different documents on different pages ({names}); none was chosen"
        problems.append(Problem("attribution", where.page, where.line, message))
    return documents.pop() if len(documents) == 1 else ""


def _number(group: Sequence[Listed], problems: list[Problem]) -> str:
    numbers = {listed.label for listed in group if listed.official}
    if len(numbers) > 1:
        message = f"pages disagree on its number: {', '.join(sorted(numbers))}"
        problems.append(Problem("label", group[0].page, group[0].line, message))
    return numbers.pop() if len(numbers) == 1 else ""
