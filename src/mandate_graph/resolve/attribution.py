"""Which document each listing of a page comes from: what is stated, what a neighbour governs, what a rule infers."""

from __future__ import annotations

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
    origins = [_origin(place, listings, children) for place in range(len(listings))]
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
    return {
        place
        for place, (listing, reading) in enumerate(zip(listings, readings, strict=True))
        if listing.introduced and len(heads[text_key(reading.text)]) > 1
    }


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


def inferred_documents(occurrences: Sequence[Occurrence]) -> Iterable[Claim]:
    """A claim for each document that was inferred, with the citations before and behind it as evidence."""
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


def unattributed(page: Page, occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
    """A remark for each listing whose document nothing tells."""
    for occurrence in occurrences:
        if occurrence.attribution is None and not occurrence.listing.citation and not occurrence.document:
            message = "nothing says which document it comes from"
            if occurrence.listing.doubt:
                message += f"; ({occurrence.listing.doubt}) could be a citation, but it is not known"
            yield Problem("attribution", page.capture.page, occurrence.listing.line, message)
