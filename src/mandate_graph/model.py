"""The things the project speaks of, as frozen values. No files, no RDF.

Offsets count Unicode code points, 0-based, end-exclusive, in the text exactly as decoded (RFC 5147 counts the same
way).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mandate_graph.records import Record

__all__ = [
    "Attribution",
    "Capture",
    "Change",
    "Claim",
    "Corpus",
    "Correction",
    "Decision",
    "Entity",
    "Footnote",
    "Kind",
    "Listing",
    "Mandate",
    "Mention",
    "Minted",
    "Occurrence",
    "Outcome",
    "Page",
    "Piece",
    "Problem",
    "Reading",
    "Rule",
    "ShapeResult",
    "Similar",
    "Span",
]

Kind = Literal["mandate", "chapeau", "sub-item"]
Attribution = Literal["stated", "governed", "inferred"]
Outcome = Literal["resolved", "unresolved", "ambiguous"]
PieceKind = Literal[
    "marker", "label", "text", "citation", "footnote-mark", "footnote", "heading", "furniture", "blank", "unread"
]


@dataclass(frozen=True, slots=True)
class Span(Record):
    """Code points ``start`` to ``end`` (exclusive) of a text."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Piece(Record):
    """A stretch of a capture and what it was read as; the pieces of a page, put together, are the page."""

    kind: PieceKind
    span: Span


@dataclass(frozen=True, slots=True)
class Capture:
    """A source file of a page, as text, with what the manifest says of it.

    ``page`` is the stem; ``theme`` and ``document`` are keys of their tables; ``form`` is a page form that was forced;
    ``captured`` an ISO date, only when known; ``supersedes`` the file name of the capture that this one replaces.
    ``text`` is the file itself where it is plain text, else what its container renders; ``hints`` are the beginnings of
    lines that the container marks as ``heading`` or ``furniture``; ``read_as`` says how the bytes became text.
    """

    page: str
    text: str
    sha256: str
    size: int
    name: str
    url: str = ""
    language: str = ""
    theme: str = ""
    captured: str = ""
    encoding_format: str = "text/plain"
    form: str = ""
    document: str = ""
    supersedes: str = ""
    hints: Mapping[int, str] = field(default_factory=dict)
    read_as: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The first twelve hex digits of the digest: the capture's identifier."""
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Footnote(Record):
    """A note under a listing; ``span`` is the whole note with its mark, ``text`` what follows the mark.

    ``kind`` is a concept of the closed list ``footnote``, ``country`` a key of the table of states (empty when none is
    named), ``paragraphs`` the official numbers that the note names ("15", "6-A").
    """

    span: Span
    text_span: Span
    line: int
    text: str
    kind: str = "statement"
    country: str = ""
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing(Record):
    """One list item as a page prints it, before anything is looked up.

    ``text_span`` is the item's own words, without marker, label and citation; ``parent`` is the place among the page's
    listings of the item that this one is indented under; ``doubt`` is a parenthesis that could be a citation but was
    not read as one; ``candidates`` are the documents of an ambiguous citation, ``closest`` the known forms that an
    unknown one is spelt like. ``skips`` are lines inside the text that are no words of it. ``heading`` is the title
    that stands above where a page names its document there, ``heading_document`` the document that it is known to be.
    ``introduced`` items stand under a chapeau that takes no part in what they are.
    """

    line: int
    marker: str
    printed_label: str
    label: str
    text_span: Span
    text: str
    citation_span: Span | None = None
    citation: str = ""
    document: str = ""
    section: str = ""
    printed_section: str = ""
    parent: int | None = None
    doubt: str = ""
    candidates: tuple[str, ...] = ()
    closest: tuple[str, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    skips: tuple[Span, ...] = ()
    heading: str = ""
    heading_document: str = ""
    introduced: bool = False

    @property
    def words(self) -> str:
        """The text without the lines inside it that are none of its words."""
        parts, place = [], self.text_span.start
        for skip in self.skips:
            parts.append(self.text[place - self.text_span.start : skip.start - self.text_span.start])
            place = skip.end
        return "".join((*parts, self.text[place - self.text_span.start :]))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at. ``kind`` is a closed word of the report."""

    kind: Literal[
        "page", "form", "unread", "citation", "section", "theme", "language", "mention", "footnote", "label",
        "attribution", "capture", "similar", "pair", "correction",
    ]  # fmt: skip
    page: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its listings in order, and every character accounted for by ``pieces``.

    ``minted_themes`` are themes (key, label) that only the page's heading names; ``form`` is the page form that it was
    read as, and ``form_because`` how that was told.
    """

    capture: Capture
    language: str
    theme: str
    heading: str
    theme_label: str
    subtheme_label: str
    theme_from: Literal["manifest", "heading", "stem", "unknown"]
    listings: tuple[Listing, ...]
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()
    minted_themes: tuple[tuple[str, str], ...] = ()
    form: str = "theme-page"
    form_because: str = ""


@dataclass(frozen=True, slots=True)
class Reading(Record):
    """A text made readable, with the way back.

    ``origin[i]`` is the source offset of character ``i``, and ``origin[len(text)]`` the offset after the last one.
    """

    text: str
    origin: Sequence[int]

    def source(self, span: Span) -> Span:
        """The span of the source that a span of the reading was made from."""
        return Span(self.origin[span.start], self.origin[span.end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Occurrence(Record):
    """A listing with its document, its mandate and its place in a capture.

    ``document`` is a key of the document table, empty when nothing is known; ``rule`` names the rule of an
    inferred document; ``order`` counts from 1; ``parent`` is the mandate of the chapeau that it is printed under;
    ``printed_section`` stands in the citation that gives the document.
    """

    capture: str
    page: str
    order: int
    listing: Listing
    mandate: str
    kind: Kind
    document: str
    section: str
    attribution: Attribution | None
    rule: str
    reading: Reading
    parent: str = ""
    printed_section: str = ""


@dataclass(frozen=True, slots=True)
class Mandate(Record):
    """A paragraph, a chapeau or a sub-item, once however many pages print it.

    ``key`` is ``{document}/{12 hex}``, with ``unattributed`` for the document where none is printed.
    """

    key: str
    kind: Kind
    language: str
    text: str
    document: str
    section: str
    chapeau: str | None
    number: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention(Record):
    """Words of a mandate's text that name ``targets`` (``kind/key``).

    Resolved: what the words name, several things when one phrase names several. Ambiguous: the candidates.
    Unresolved: none; ``why`` says why. ``kind`` is the first part of a target, or what the words seem to name.
    ``relation`` is how the thing is named ("" where nothing tells), ``cue`` the words of the text that tell it. ``by``
    is the person who decided it, empty where a rule did.
    """

    mandate: str
    language: str
    span: Span
    quote: str
    targets: tuple[str, ...]
    outcome: Outcome
    rule: str
    kind: str = ""
    relation: str = ""
    cue: Span | None = None
    why: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Minted(Record):
    """An instrument that is known from its symbol only: what the symbol says of its organ, session and year.

    ``kind`` is a concept of the closed list ``instrument``, ``creator`` a key of the table of bodies (or empty).
    """

    key: str
    symbol: str
    kind: str
    creator: str
    agency: str
    labels: Mapping[str, str]
    session: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """An inferred triple in keys; the evidence are spans of captures.

    ``relation`` is ``chapeau``, ``is_part_of``, or ``same-paragraph`` and ``kindred``, which hold in both directions.
    ``similarity`` is a decimal from 0 to 1, ``difference`` the words that differ (``[-went-]``, ``{+came+}``).
    """

    subject: str
    relation: Literal["chapeau", "is_part_of", "same-paragraph", "kindred"]
    object: str
    rule: str
    evidence: tuple[tuple[str, Span], ...]
    similarity: str = ""
    difference: str = ""


@dataclass(frozen=True, slots=True)
class Similar:
    """Two mandates that are nearly the same: ``similarity`` as a decimal below 1, ``difference`` word by word."""

    one: str
    other: str
    similarity: str
    difference: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about two mandates: ``same`` gives the occurrences of ``other`` to ``mandate``."""

    mandate: str
    other: str
    decision: Literal["same", "different"]
    by: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided about words of a mandate: whether, and what, they name.

    ``nth`` counts the places of the quote in the mandate's text, from 1. ``target`` is what is accepted, rejected
    (empty: whatever was linked) or linked instead.
    """

    mandate: str
    quote: str
    nth: int
    decision: Literal["accept", "reject", "retarget"]
    target: str
    by: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two captures of a page, in keys of mandates; ``changed`` are old, new, and the difference.

    ``by`` says how the order is known: the newer one supersedes the older, or their dates.
    """

    page: str
    older: str
    newer: str
    by: Literal["supersedes", "dates"]
    came: tuple[str, ...]
    went: tuple[str, ...]
    changed: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in its version, with how sure it is of what it says (0 to 1, as a canonical decimal)."""

    key: str
    version: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of an authority table: labels by language, and the other cells as they stand.

    ``finds`` are names that nobody has checked: texts are searched for them, and they are never published.
    """

    table: str
    key: str
    labels: Mapping[str, str]
    alts: Mapping[str, tuple[str, ...]]
    hiddens: Mapping[str, tuple[str, ...]]
    cells: Mapping[str, str]
    finds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, language: str = "en") -> str:
        """The label in a language, else in English, else in any, else the key."""
        return self.labels.get(language) or self.labels.get("en") or next(iter(self.labels.values()), self.key)

    def names(self) -> Iterator[str]:
        """Every name in every language, published or not."""
        yield from self.labels.values()
        for names in (self.alts, self.hiddens, self.finds):
            for several in names.values():
                yield from several


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything read from the pages, ready to become a graph. All sequences are in a fixed order.

    ``superseded`` are keys of captures with those of the newer ones; ``retired`` are keys of mandates that a decision
    gave to another one. ``minted`` are instruments that are known from their symbols only. ``topics`` are mentions too,
    but of what a text is about: they are no references. ``corrections`` are those that were applied.

    A corpus may be a part of a larger one. ``theme_labels`` are those of themes that only headings name, by key and
    language; ``spans`` are evidence of claims that may stand in other parts.
    """

    pages: tuple[Page, ...]
    occurrences: tuple[Occurrence, ...]
    mandates: Mapping[str, Mandate]
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]
    problems: tuple[Problem, ...] = ()
    superseded: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    similar: tuple[Similar, ...] = ()
    decisions: tuple[Decision, ...] = ()
    retired: Mapping[str, str] = field(default_factory=dict)
    minted: Mapping[str, Minted] = field(default_factory=dict)
    topics: tuple[Mention, ...] = ()
    corrections: tuple[Correction, ...] = ()
    theme_labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    spans: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class ShapeResult:
    """One SHACL validation result (SHACL §3.6.2): terms are N-Triples strings, the message is for people.

    ``severity`` is Violation, Warning or Info, or the IRI of another one.
    """

    severity: str
    shape: str
    component: str
    focus: str
    path: str
    value: str
    message: str
    where: str = field(default="", compare=False)
