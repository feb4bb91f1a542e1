"""Which document each listing of a page comes from: what is stated, what a neighbour governs, what a rule infers."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.iris import digest, text_key
from mandate_graph.model import Attribution, Claim, Kind, Listing, Occurrence, Page, Problem, Reading
from mandate_graph.parse.reading import read

__all__ = ["UNATTRIBUTED", "inferred_documents", "mandate_key", "occurrences_of", "unattributed"]

UNATTRIBUTED = "unattributed"
_NEIGHBOURS = "document-by-neighbours"


@dataclass(frozen=True, slots=True)
class _Origin:
    document: str = ""
    section: str = ""
    attribution: Attribution | None = None
    rule: str = ""
    printed_section: str = ""


def occurrences_of(page: Page) -> list[Occurrence]:
    """The listings of a page with their documents and mandates, in page order."""
    listings = page.listings
    children: dict[int, list[int]] = defaultdict(list)
    for place, listing in enumerate(listings):
        if listing.parent is not None:
            children[listing.parent].append(place)
    origins = _origins(listings, children)
    _infer_by_neighbours(origins, listings)
    occurrences: list[Occurrence] = []
    readings = [read(page.capture.text, listing.text_span, listing.skips) for listing in listings]
    repeated = _repeated(listings, readings)
    for place, (listing, reading) in enumerate(zip(listings, readings, strict=True)):
        kind: Kind = "mandate"
        if listing.parent is not None:
            kind = "sub-item"
        elif children[place] or reading.text.endswith(":"):
            kind = "chapeau"
        # An inferred document takes no part in identity: a better inference must not change the IRI.
        origin = origins[place]
        document = origin.document if origin.attribution in {"stated", "governed"} else ""
        parent = occurrences[listing.parent].mandate if listing.parent is not None else ""
        key = mandate_key(
            document, page.language, reading.text, "" if listing.introduced and place not in repeated else parent
        )
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


def _repeated(listings: Sequence[Listing], readings: Sequence[Reading]) -> set[int]:
    """Items of a full text whose words stand under several chapeaux: there the chapeau tells them apart after all."""
    heads: dict[str, set[str]] = defaultdict(set)
    for listing, reading in zip(listings, readings, strict=True):
        if listing.introduced and listing.parent is not None:
            heads[text_key(reading.text)].add(text_key(readings[listing.parent].text))
    chapeaus = {text_key(readings[listing.parent].text) for listing in listings if listing.parent is not None}
    return {
        place
        for place, (listing, reading) in enumerate(zip(listings, readings, strict=True))
        if listing.introduced and (len(heads[text_key(reading.text)]) > 1 or text_key(reading.text) in chapeaus)
    }


def mandate_key(document: str, language: str, text: str, chapeau: str = "") -> str:
    """``{document}/{12 hex}``, the hash over document, language, normalised text and the chapeau printed above it."""
    chapeau_hash = chapeau.rpartition("/")[2]
    return f"{document or UNATTRIBUTED}/{digest(document, language, text_key(text), chapeau_hash)[:12]}"


def _origins(listings: Sequence[Listing], children: Mapping[int, Sequence[int]]) -> list[_Origin]:
    """Own citation, else that of the last sub-item below, else the chapeau's, else that of the list's last sub-item.

    A citation that is printed but not understood rules out the others: the page says something, and nobody knows what.
    Lists may be as deep as a page is long; therefore each listing is looked at once, from the last to the first for
    what stands below, and from the first to the last for what stands above.
    """
    last = list(range(len(listings)))
    below: list[Listing | None] = [None] * len(listings)
    for place in range(len(listings) - 1, -1, -1):
        if listed := children.get(place):
            last[place] = last[listed[-1]]
            below[place] = _of_list(listings[last[place]], [listings[child] for child in listed])
    above: list[Listing | None] = [None] * len(listings)
    origins: list[_Origin] = []
    for place, listing in enumerate(listings):
        if listing.parent is not None:
            head = listings[listing.parent]
            above[place] = head if head.citation else below[listing.parent] or above[listing.parent]
        if listing.citation:
            origins.append(_from(listing, "stated"))
        elif governing := below[place] or above[place]:
            origins.append(_from(governing, "governed"))
        elif listing.heading_document:
            section, printed = listing.section, listing.printed_section
            origins.append(_Origin(listing.heading_document, section, "governed", "", printed))
        else:
            origins.append(_Origin())
    return origins


def _of_list(last: Listing, listed: Sequence[Listing]) -> Listing | None:
    """The last item of a list, however deep; where its citation was cut off, the others, when they agree."""
    if last.citation:
        return last
    cited = [listing for listing in listed if listing.citation]
    return cited[-1] if len({(listing.document, listing.section) for listing in cited}) == 1 else None


def _from(cited: Listing, attribution: Attribution) -> _Origin:
    if not cited.document:
        return _Origin()
    return _Origin(cited.document, cited.section, attribution, "", cited.printed_section)


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


def inferred_documents(occurrences: Sequence[Occurrence]) -> Iterable[Claim]:
    """A claim for each document that was inferred, with the citations before and behind it as evidence."""
    cited = [occurrence for occurrence in occurrences if occurrence.listing.citation_span is not None]
    orders = [occurrence.order for occurrence in cited]
    for occurrence in occurrences:
        if occurrence.attribution == "inferred":
            place = bisect.bisect(orders, occurrence.order)
            evidence = tuple(
                (other.capture, other.listing.citation_span)
                for other in cited[max(place - 1, 0) : place + 1]
                if other.listing.citation_span is not None
            )
            yield Claim(occurrence.mandate, "is_part_of", f"document/{occurrence.document}", occurrence.rule, evidence)


def unattributed(page: Page, occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
    """A remark for each listing whose document nothing tells."""
    for occurrence in occurrences:
        if occurrence.attribution is None and not occurrence.listing.citation and not occurrence.document:
            message = "nothing says which document it comes from"
            if occurrence.listing.doubt:
                message += f"; ({occurrence.listing.doubt}) could be its citation, but is not known or does not end it"
            yield Problem("attribution", page.capture.page, occurrence.listing.line, message)
