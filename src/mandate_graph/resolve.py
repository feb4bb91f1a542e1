"""Pages to a corpus: which document each listing comes from, which mandate it prints, and what its text names.

What a page states, what the citation of a neighbour governs and what a rule infers are told apart here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mandate_graph.cite.mentions import MentionFinder
from mandate_graph.iris import digest, text_key
from mandate_graph.model import (
    Attribution,
    Claim,
    Corpus,
    Kind,
    Listing,
    Mandate,
    Mention,
    Occurrence,
    Page,
    Problem,
    Reading,
    Span,
)
from mandate_graph.parse.reading import read

__all__ = ["UNATTRIBUTED", "resolve"]

UNATTRIBUTED = "unattributed"
_NEIGHBOURS = "document-by-neighbours"
_BY_POSITION = "chapeau-by-position"
_UNKNOWN = {
    "name-like": "looks like a name that no table knows",
    "part-of-name": "is, or is part of, a longer name that no table knows",
}


@dataclass(frozen=True, slots=True)
class _Origin:
    document: str = ""
    section: str = ""
    attribution: Attribution | None = None
    rule: str = ""
    printed_section: str = ""


def resolve(pages: Sequence[Page], finder: MentionFinder) -> Corpus:
    """Put pages together. The result does not depend on their order."""
    pages = sorted(pages, key=lambda page: (page.capture.page, page.capture.key))
    problems = [problem for page in pages for problem in page.problems]
    occurrences: list[Occurrence] = []
    claims: list[Claim] = []
    for page in pages:
        listed = _occurrences(page)
        occurrences += listed
        claims += _inferred_documents(listed)
        problems += _unattributed(page, listed)
    chapeaus, positional, disputed = _chapeaus(pages, occurrences)
    problems += disputed
    mandates = _mandates(
        occurrences, chapeaus, {(page.capture.page, page.capture.key): page for page in pages}, problems
    )
    claims = [claim for claim in claims if claim.object == f"document/{mandates[claim.subject].document}"]
    occurrences = [_agreed(occurrence, mandates[occurrence.mandate]) for occurrence in occurrences]
    claims += [claim for claim in positional if chapeaus.get(claim.subject) == claim.object]
    mentions = [
        Mention(
            mandate.key,
            mandate.language,
            found.span,
            found.span.cut(mandate.text),
            found.targets,
            found.outcome,
            found.rule,
        )
        for mandate in mandates.values()
        for found in finder.find(mandate.text, mandate.language)
    ]
    problems += _unknown_names(mentions, occurrences)
    problems += _cited_elsewhere(mandates, occurrences)
    return Corpus(
        tuple(pages),
        tuple(occurrences),
        mandates,
        tuple(mentions),
        tuple(sorted(claims, key=lambda claim: (claim.subject, claim.relation, claim.object))),
        tuple(sorted(set(problems), key=lambda problem: (problem.page, problem.line, problem.kind, problem.message))),
    )


def _occurrences(page: Page) -> list[Occurrence]:
    listings = page.listings
    children: dict[int, list[int]] = defaultdict(list)
    for place, listing in enumerate(listings):
        if listing.parent is not None:
            children[listing.parent].append(place)
    origins = [_origin(place, listings, children) for place in range(len(listings))]
    _infer_by_neighbours(origins, listings)
    occurrences: list[Occurrence] = []
    for place, listing in enumerate(listings):
        reading = read(page.capture.text, listing.text_span, listing.skips)
        kind: Kind = "mandate"
        if listing.parent is not None:
            kind = "sub-item"
        elif children[place] or reading.text.endswith(":"):
            kind = "chapeau"
        # An inferred document takes no part in identity: a better inference must not change the IRI.
        origin = origins[place]
        document = origin.document if origin.attribution in {"stated", "governed"} else ""
        parent = occurrences[listing.parent].mandate if listing.parent is not None else ""
        key = mandate_key(document, page.language, reading.text, "" if listing.introduced else parent)
        occurrences.append(
            Occurrence(
                capture=page.capture.key,
                page=page.capture.page,
                order=place + 1,
                listing=listing,
                mandate=key,
                kind=kind,
                document=origin.document,
                section=origin.section,
                attribution=origin.attribution,
                rule=origin.rule,
                reading=reading,
                parent=parent,
                printed_section=origin.printed_section,
            )
        )
    return occurrences


def mandate_key(document: str, language: str, text: str, chapeau: str = "") -> str:
    """``{document}/{12 hex}``, the hash over document, language, normalised text and the chapeau printed above it."""
    chapeau_hash = chapeau.rpartition("/")[2]
    return f"{document or UNATTRIBUTED}/{digest(document, language, text_key(text), chapeau_hash)[:12]}"


def _origin(place: int, listings: Sequence[Listing], children: Mapping[int, Sequence[int]]) -> _Origin:
    """Own citation, else that of the last sub-item below, else the chapeau's, else that of the list's last sub-item.

    A citation that is printed but not understood rules out the others: the page says something, and nobody knows what.
    """
    listing = listings[place]
    if listing.citation:
        return _from(listing, "stated")
    governing = _of_list(place, listings, children)
    head = listing.parent
    while head is not None:
        governing += [listings[head], *_of_list(head, listings, children)]
        head = listings[head].parent
    for other in governing:
        if other.citation:
            return _from(other, "governed")
    if listing.heading_document:
        return _Origin(listing.heading_document, listing.section, "governed", "", listing.printed_section)
    return _Origin()


def _from(cited: Listing, attribution: Attribution) -> _Origin:
    if not cited.document:
        return _Origin()
    return _Origin(cited.document, cited.section, attribution, "", cited.printed_section)


def _of_list(place: int, listings: Sequence[Listing], children: Mapping[int, Sequence[int]]) -> list[Listing]:
    """The last item of a list; where it was cut off, the others, when they agree."""
    last = listings[_last(place, children)]
    cited = [listings[child] for child in children.get(place, ()) if listings[child].citation]
    agreed = cited[-1:] if len({(other.document, other.section) for other in cited}) == 1 else []
    return [last, *agreed]


def _last(place: int, children: Mapping[int, Sequence[int]]) -> int:
    """The last item of the list that an item opens, however deep."""
    while children.get(place):
        place = children[place][-1]
    return place


def _infer_by_neighbours(origins: list[_Origin], listings: Sequence[Listing]) -> None:
    """A list without any citation between two items of one document is taken to be of that document."""
    tops = [place for place, listing in enumerate(listings) if listing.parent is None]
    for before, here, after in zip(tops, tops[1:], tops[2:], strict=False):
        ends = {origins[before].document, origins[after].document}
        group = range(here, after)
        silent = not any(
            listings[place].citation or listings[place].doubt or listings[place].heading for place in group
        )
        if silent and len(ends) == 1 and origins[before].attribution in {"stated", "governed"}:
            document = ends.pop()
            for place in group:
                if document and origins[after].attribution is not None and origins[place].attribution is None:
                    origins[place] = _Origin(document, "", "inferred", _NEIGHBOURS)


def _inferred_documents(occurrences: Sequence[Occurrence]) -> Iterable[Claim]:
    cited = [occurrence for occurrence in occurrences if occurrence.listing.citation_span is not None]
    for occurrence in occurrences:
        if occurrence.attribution == "inferred":
            before = [other for other in cited if other.order < occurrence.order][-1:]
            after = [other for other in cited if other.order > occurrence.order][:1]
            evidence = tuple(
                (other.capture, other.listing.citation_span)
                for other in (*before, *after)
                if other.listing.citation_span is not None
            )
            yield Claim(occurrence.mandate, "is_part_of", f"document/{occurrence.document}", occurrence.rule, evidence)


def _unattributed(page: Page, occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
    for occurrence in occurrences:
        if occurrence.attribution is None and not occurrence.listing.citation:
            message = "nothing says which document it comes from"
            if occurrence.listing.doubt:
                message += f"; ({occurrence.listing.doubt}) could be a citation, but it is not known"
            yield Problem("attribution", page.capture.page, occurrence.listing.line, message)


def _chapeaus(
    pages: Sequence[Page], occurrences: Sequence[Occurrence]
) -> tuple[dict[str, str], list[Claim], list[Problem]]:
    """The chapeau of each mandate: printed above it, or by position below one that cites the same document."""
    chapeaus = {occurrence.mandate: occurrence.parent for occurrence in occurrences if occurrence.parent}
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
    claims, problems = [], []
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


def _mandates(
    occurrences: Sequence[Occurrence],
    chapeaus: Mapping[str, str],
    pages: Mapping[tuple[str, str], Page],
    problems: list[Problem],
) -> dict[str, Mandate]:
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
                sorted({theme for occurrence in group if (theme := pages[occurrence.page, occurrence.capture].theme)})
            ),
        )
    return mandates


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


def _agreed(occurrence: Occurrence, mandate: Mandate) -> Occurrence:
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


def _cited_elsewhere(mandates: Mapping[str, Mandate], occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
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
                message = f"the same text stands elsewhere with its document ({other}); the two were not made one"
                yield Problem("attribution", occurrence.page, occurrence.listing.line, message)


def _unknown_names(mentions: Sequence[Mention], occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
    first: dict[str, Occurrence] = {}
    for occurrence in occurrences:
        first.setdefault(occurrence.mandate, occurrence)
    for mention in mentions:
        ambiguous = "could name several things" if mention.outcome == "ambiguous" else ""
        if what := _UNKNOWN.get(mention.rule, ambiguous):
            where = first[mention.mandate]
            yield Problem("mention", where.page, where.listing.line, f"“{mention.quote}” {what}")


def evidence_of(mention: Mention, occurrences: Iterable[Occurrence], text: str) -> list[tuple[str, Span]]:
    """The characters of the captures that a mention was found in: listings whose reading is the mandate's text."""
    return [
        (occurrence.capture, occurrence.reading.source(mention.span))
        for occurrence in occurrences
        if occurrence.reading.text == text
    ]
