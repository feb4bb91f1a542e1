"""What the service speaks of: things with their names and facts, what is asked, and what is answered.

All records are frozen: a service is built once and read by many threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["Asked", "Candidate", "Given", "How", "Kind", "Name", "Plain", "Property", "Strict", "Thing"]

Strict: TypeAlias = Literal["any", "all", "should"]
How: TypeAlias = Literal["label", "other", "code", "form", "hidden"]
"""How a thing goes by a name: its label, another published name, a code (notation, identifier), a name that the tables
form of others ("Quebec Summit"), or a hidden or unchecked one."""
Plain: TypeAlias = str | float | int | bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of things: its id (the first word of their identifiers), what it is called, and what it holds."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Property:
    """Something known of things. ``holds`` says of what the values are: thing, date, int, text or address.

    ``paths`` lead from a thing to the values; the first one that leads anywhere is taken. ``of`` is the kind of the
    things that are values, where it is one.
    """

    id: str
    name: str
    description: str
    holds: Literal["thing", "date", "year", "text", "address"]
    paths: tuple[str, ...]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name, its language (empty for codes), and how the thing goes by it."""

    text: str
    language: str
    how: How


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing: its key (``instrument/vccr-1963``), kind, label, names (the best first), years, and context.

    ``context`` are words that stand beside its names when people write of it: where, when, whose.
    """

    key: str
    kind: str
    label: str
    names: tuple[Name, ...]
    years: frozenset[str] = frozenset()
    context: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A property that was given with a query: its id, and values of which any may hold. ``things`` are keys or IRIs."""

    pid: str
    values: tuple[Plain, ...]
    things: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of a batch (specification 0.2, reconciliation queries)."""

    query: str = ""
    types: tuple[str, ...] = ()
    strict: Strict = "any"
    given: tuple[Given, ...] = ()
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant: its key, label, kind, how well it fits (0 to 100), and whether it is certain.

    ``match`` is true for one candidate of a query at most: the only thing that goes by the very name, when the name is
    published and nothing that was given speaks against it. ``features`` say what the score was made of.
    """

    id: str
    name: str
    kind: str
    score: float
    match: bool
    description: str = ""
    features: Mapping[str, float] = field(default_factory=dict)
