"""What must hold for every page, however odd; the fuzz harness and the tests ask the same."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mandate_graph.authorities import load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.containers import SUFFIXES, Rendition
from mandate_graph.containers.html import read_html
from mandate_graph.containers.markdown import read_markdown
from mandate_graph.containers.plain import read_plain
from mandate_graph.errors import UnreadablePage
from mandate_graph.house import House
from mandate_graph.model import Capture, Corpus, Footnote, Listing, Mandate, Occurrence, Page, Span
from mandate_graph.parse import FORMS, PageReader
from mandate_graph.parse.lines import INVISIBLE
from mandate_graph.resolve import evidence_of, resolve

__all__ = ["CONTAINERS", "DETECTED", "ROOT", "SHAPES", "Broken", "Machine", "Shape", "shape_of"]

ROOT = Path(__file__).resolve().parents[2]
DETECTED = "detected"
CONTAINERS = {".txt": read_plain, ".html": read_html, ".md": read_markdown}
_KEY = re.compile(r"[a-z0-9-]+/[0-9a-f]{12}")
_BREAK = re.compile(r"\r\n|\r|\n")
# One second for ten thousand characters; less than two thousand are given the time of two thousand.
_SECONDS_A_CHARACTER = 1e-4
_FEWEST = 2_000


class Broken(AssertionError):
    """An invariant that does not hold; ``rule`` says which, without the particulars."""

    def __init__(self, rule: str, details: object = "") -> None:
        super().__init__(f"{rule}: {details!r}" if details != "" else rule)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Shape:
    """How bytes are read: the page form (``detected`` for none) and the suffix of the container."""

    form: str
    suffix: str


SHAPES: Sequence[Shape] = [Shape(form, suffix) for form in (*FORMS, DETECTED) for suffix in CONTAINERS]


def shape_of(path: Path) -> Shape:
    """``what.full-text.txt`` is read as a full text, ``what.txt`` as what it looks like."""
    form = path.stem.rpartition(".")[2]
    return Shape(form if form in FORMS else DETECTED, path.suffix)


def _holds(rule: str, condition: object, details: object = "") -> Iterator[Broken]:
    if not condition:
        yield Broken(rule, details)


class Machine:
    """Reads pages and checks them; the tables are compiled once."""

    def __init__(self, *, slowness: float = 1.0) -> None:
        """``slowness`` is how much longer everything may take, because it is watched."""
        self._slowness = slowness

    @cached_property
    def _tables(self) -> tuple[PageReader, MentionFinder]:
        authorities = load_authorities(House(ROOT).authorities)
        return PageReader(authorities), MentionFinder(authorities)

    def check(self, data: bytes, shape: Shape, *, twice: bool = True) -> None:
        """Read bytes in a shape, ``twice`` to see that it is the same.

        Raises:
            Broken: when an invariant does not hold.
        """
        for broken in self.broken(data, shape, twice=twice):
            raise broken

    def broken(self, data: bytes, shape: Shape, *, twice: bool = True) -> Iterator[Broken]:
        """Every invariant that does not hold; a page may be refused."""
        reader, finder = self._tables
        begin = time.process_time()
        try:
            found: Rendition = CONTAINERS[shape.suffix](f"page{shape.suffix}", data)
            if not found.text.strip():
                return
            capture = self._capture(found, shape)
            page = reader.read(capture)
        except UnreadablePage:
            return
        corpus = resolve([page], finder)
        took = time.process_time() - begin
        yield from check_page(page, found.hints)
        yield from check_corpus(corpus, page)
        if twice:
            yield from _holds("a page reads the same twice", reader.read(capture) == page)
            yield from _holds("a page resolves the same twice", resolve([page], finder) == corpus)
        allowed = max(_FEWEST, len(data)) * _SECONDS_A_CHARACTER * self._slowness
        yield from _holds("a page is read in time", took <= allowed, f"{took:.2f} s for {len(data)} bytes")

    def _capture(self, found: Rendition, shape: Shape) -> Capture:
        return Capture(
            page="page",
            text=found.text,
            sha256="0" * 64,
            size=len(found.text),
            name=f"page{shape.suffix}",
            encoding_format=SUFFIXES[shape.suffix],
            form="" if shape.form == DETECTED else shape.form,
            hints=found.hints,
            read_as=("by a test", *found.notes),
        )


def check_page(page: Page, hints: Mapping[int, str]) -> Iterator[Broken]:
    """What must hold before anything is looked up."""
    text = page.capture.text
    place = 0
    for piece in page.pieces:
        yield from _holds("pieces follow each other", piece.span.start == place, piece)
        yield from _holds("pieces are not empty", piece.span.end > place, piece)
        place = piece.span.end
    yield from _holds("pieces are the whole page", place == len(text), place)
    yield from _holds("hints are where lines begin", all(not start or text[start - 1] == "\n" for start in hints))
    blank = (piece.span.cut(text) for piece in page.pieces if piece.kind == "blank")
    yield from _holds("blank pieces hold no word", not any(map(str.isalnum, "".join(blank))))
    unread = sum(piece.kind == "unread" for piece in page.pieces)
    yield from _holds(
        "what was not read is reported", unread <= sum(problem.kind == "unread" for problem in page.problems)
    )
    words = [piece.span for piece in page.pieces if piece.kind == "text"]
    lines = len(_BREAK.findall(text)) + 1
    end = 0
    for number, listing in enumerate(page.listings):
        yield from _check_listing(listing, text)
        yield from _holds("listings do not overlap", listing.text_span.start >= end, listing)
        end = listing.text_span.end
        yield from _check_words(listing, text, words)
        yield from _holds(
            "parents stand before children", listing.parent is None or 0 <= listing.parent < number, listing
        )
        yield from _holds("lines are on the page", 1 <= listing.line <= lines, listing.line)
    yield from _holds(
        "listings are in order", [one.line for one in page.listings] == sorted(one.line for one in page.listings)
    )
    notes = [note for listing in page.listings for note in listing.footnotes]
    for note in notes:
        yield from _check_note(note, text)
    yield from _holds("notes have places of their own", len({note.span.start for note in notes}) == len(notes))
    for problem in page.problems:
        yield from _holds("problems are on the page", 1 <= problem.line <= lines, problem)


def _check_listing(listing: Listing, text: str) -> Iterator[Broken]:
    span, cited = listing.text_span, listing.citation_span
    yield from _holds("a listing's text stands at its span", span.cut(text) == listing.text, listing)
    yield from _holds("a listing has words", any(map(str.isalnum, listing.text)), listing)
    yield from _holds(
        "a listing has no white space around it", listing.text.strip(INVISIBLE + "\r\n") == listing.text, listing
    )
    if cited:
        yield from _holds(
            "a citation stands behind its text", span.end <= cited.start < cited.end <= len(text), listing
        )
        printed = iter(cited.cut(text))  # lines inside it that are no words of it are left out
        yield from _holds("a citation is printed", all(char in printed for char in _ink(listing.citation)), listing)
    place = span.start
    for skip in listing.skips:
        yield from _holds("skips stand inside the text, in order", place <= skip.start < skip.end <= span.end, listing)
        place = skip.end


def _check_words(listing: Listing, text: str, words: Sequence[Span]) -> Iterator[Broken]:
    """Every character of a listing is read as text, but for what is skipped."""
    kept = [*(span for span in words if span.start < listing.text_span.end and span.end > listing.text_span.start)]
    yield from _holds("text is read as text", all(listing.text_span.start <= span.start for span in kept), listing)
    yield from _holds("text is read as text", all(span.end <= listing.text_span.end for span in kept), listing)
    read = "".join(span.cut(text) for span in kept)
    yield from _holds("text is read whole", _ink(read) == _ink(listing.words), listing)


def _ink(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and char not in INVISIBLE)


def _check_note(note: Footnote, text: str) -> Iterator[Broken]:
    outer, inner = note.span, note.text_span
    yield from _holds("a note's words stand inside it", 0 <= outer.start <= inner.start <= inner.end <= outer.end, note)
    yield from _holds("a note is inside the page", outer.end <= len(text), note)
    yield from _holds("a note's text stands at its span", inner.cut(text) == note.text, note)
    yield from _holds("a note has words", note.text.strip(), note)


def check_corpus(corpus: Corpus, page: Page) -> Iterator[Broken]:
    """What must hold of the mandates of one page."""
    text = page.capture.text
    yield from _holds("every listing occurs", len(corpus.occurrences) == len(page.listings))
    yield from _holds("what occurs is what there is", {o.mandate for o in corpus.occurrences} == set(corpus.mandates))
    for occurrence in corpus.occurrences:
        yield from _check_reading(occurrence, text)
    for key, mandate in corpus.mandates.items():
        yield from _holds("keys are keys", _KEY.fullmatch(key) and mandate.key == key, key)
        yield from _holds("a mandate has words", mandate.text.strip(), mandate)
        yield from _holds(
            "chapeaux are mandates", mandate.chapeau is None or mandate.chapeau in corpus.mandates, mandate
        )
        yield from _holds("chains of chapeaux end", _ends(mandate, corpus.mandates), mandate)
    for mention in corpus.mentions:
        words = corpus.mandates[mention.mandate].text
        yield from _holds("a mention is quoted", mention.quote and mention.span.cut(words) == mention.quote, mention)
        places = evidence_of(mention, corpus.occurrences, words)
        yield from _holds("a mention has evidence", places, mention)
        yield from _holds("evidence is on the page", all(_inside(span, text) for _, span in places), mention)
    for claim in corpus.claims:
        yield from _holds("evidence is on the page", all(_inside(span, text) for _, span in claim.evidence), claim)


def _check_reading(occurrence: Occurrence, text: str) -> Iterator[Broken]:
    reading, span = occurrence.reading, occurrence.listing.text_span
    origin = list(reading.origin)
    yield from _holds("a reading has words", reading.text.strip(), occurrence)
    yield from _holds("every character has its origin", len(origin) == len(reading.text) + 1, occurrence)
    yield from _holds("origins are in order", origin == sorted(origin), occurrence)
    yield from _holds("origins are in the listing", span.start <= origin[0] and origin[-1] == span.end, occurrence)
    for place, char in enumerate(reading.text):
        yield from _holds("a reading changes noise alone", char in " ’" or text[origin[place]] == char, occurrence)


def _inside(span: Span, text: str) -> bool:
    return 0 <= span.start < span.end <= len(text)


def _ends(mandate: Mandate, mandates: Mapping[str, Mandate]) -> bool:
    seen = {mandate.key}
    while mandate.chapeau is not None:
        mandate = mandates[mandate.chapeau]
        if mandate.key in seen:
            return False
        seen.add(mandate.key)
    return True
