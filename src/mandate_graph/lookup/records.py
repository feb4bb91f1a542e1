"""What is known of one thing, as records that can be printed, kept as JSON, or read in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from mandate_graph.lookup.evidence import Place

__all__ = [
    "Footnote",
    "Incoming",
    "Inference",
    "Link",
    "Node",
    "Nodes",
    "Paragraph",
    "Printed",
    "Statement",
    "Text",
    "Thing",
    "Value",
]


@dataclass(frozen=True, slots=True)
class Node:
    """Another thing: its IRI, its short key, and its label (the key where it has none)."""

    iri: str
    key: str
    label: str


Nodes: TypeAlias = Callable[[str], Node]
"""Makes a node of an IRI (an N-Triples term)."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the mapping (``node``, an IRI) says of a link to a thing of somebody else.

    ``state`` is whether somebody checked it ("not yet reviewed"), ``confidence`` is from 0 to 1, ``justification`` is a
    term of the Semantic Mapping Vocabulary (an IRI). ``who`` made it on the day ``made``; ``reviewer`` checked it on
    the day ``reviewed``, both empty where nobody has. ``comment`` is what it rests on.
    """

    node: str
    state: str
    confidence: float
    justification: str
    who: str
    made: str
    reviewer: str
    reviewed: str
    comment: str


@dataclass(frozen=True, slots=True)
class Value:
    """A thing (``node``) or a literal: its text, its language, its datatype (an IRI, empty for strings).

    ``inferred`` says that a rule made the statement, and that its evidence is among the inferences; ``link`` is there
    where a mapping says why the statement holds.
    """

    text: str
    language: str
    datatype: str
    node: Node | None
    inferred: bool
    link: Link | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A property of the thing with all its values."""

    property: Node
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """How many things lead here with a property, the first ten of them, and beside each its link, if it is one.

    Mappings are not among them: they are what the links say.
    """

    property: Node
    count: int
    first: tuple[Node, ...]
    links: tuple[Link | None, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """An inferred statement and why it was made.

    ``kind`` is mention, topic or claim. ``quote`` are words of the mandate's text at ``start`` to ``end`` (code
    points), empty for a claim; ``places`` are where on pages the evidence stands. ``confidence`` is from 0 to 1.
    """

    kind: str
    node: str
    subject: Node
    property: Node
    object: Node | None
    quote: str
    start: int
    end: int
    outcome: str
    named_kind: str
    relation: str
    cue: str
    rule: str
    rule_version: str
    confidence: float
    who: str
    difference: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a listing prints a mandate: page, line, and number, section and citation as printed.

    ``attribution`` says whether the document is stated, governed or unknown there.
    """

    page: str
    line: int
    label: str
    section: str
    citation: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note under a mandate: its text, whose it is, its kind, and where it stands."""

    text: str
    by: str
    kind: str
    page: str
    line: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What one wants to know of a mandate, a chapeau or a sub-item; ``date`` is the first day of its Summit."""

    texts: tuple[Text, ...]
    kind: str
    number: str
    section: Node | None
    document: Node | None
    summit: Node | None
    date: str
    themes: tuple[Node, ...]
    chapeau: tuple[Node, ...]
    subitems: tuple[Node, ...]
    printed: tuple[Printed, ...]
    footnotes: tuple[Footnote, ...]
    twins: tuple[Node, ...]
    kindred: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """Everything known of one thing.

    ``inferences`` are about it; ``leading`` are the first that lead to it, of ``leading_count`` in all.
    ``paragraph`` is there for mandates.
    """

    iri: str
    key: str
    kind: str
    label: str
    types: tuple[Node, ...]
    statements: tuple[Statement, ...]
    incoming: tuple[Incoming, ...]
    inferences: tuple[Inference, ...]
    leading: tuple[Inference, ...]
    leading_count: int
    paragraph: Paragraph | None

    def as_dict(self) -> dict[str, Any]:
        """The same as dictionaries and lists, as JSON has them."""
        return asdict(self)
