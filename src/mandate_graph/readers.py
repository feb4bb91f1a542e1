"""Mandates as Python objects: thin readers over the named queries ``mandates``, ``mentions`` and ``footnotes``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from mandate_graph import glance
from mandate_graph.iris import MG
from mandate_graph.sparql import Result, Row, Tables

__all__ = ["Footnote", "Mandate", "Mention", "by_digits"]


class Asked(Protocol):
    """What a reader needs of its graph."""

    def query(self, name: str, parameters: dict[str, object]) -> Result:
        """Run a named query."""
        ...


def by_digits(answers: Tables, digits: str) -> list[str]:
    """The identifiers of the mandates that end in twelve digits; one, but for digits that two documents share."""
    _, rows = answers.table(
        f"SELECT DISTINCT ?thing {{ ?thing a <{MG}Mandate> "
        f'FILTER ( STRENDS(STR(?thing), "/{digits}") ) }} ORDER BY ?thing',
        "mandates by their digits",
    )
    return [row[0][1:-1] for row in rows]


class _Read:
    """A row of a named query by the names of its columns; the row itself is ``row``."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def _text(self, name: str) -> str:
        value = self.row[name]
        return "" if value is None else str(value)

    def _or_none(self, name: str) -> str | None:
        value = self.row[name]
        return None if value is None else str(value)


class Mention(_Read):
    """Words of a mandate that name a thing, or seem to."""

    def __repr__(self) -> str:
        return f"<Mention {self.quote!r}: {self.label or self.outcome}>"

    @property
    def quote(self) -> str:
        """The words."""
        return self._text("quote")

    @property
    def start(self) -> int:
        """Where they begin in the mandate's text, in code points."""
        return int(self._text("start"))

    @property
    def end(self) -> int:
        """Where they end, exclusive."""
        return int(self._text("end"))

    @property
    def outcome(self) -> str:
        """``resolved``, ``ambiguous`` or ``unresolved``."""
        return self._text("outcome")

    @property
    def target(self) -> str | None:
        """The identifier of what is named, or of a candidate; None where nothing is known."""
        return self._or_none("named")

    @property
    def label(self) -> str | None:
        """The name of what is named."""
        return self._or_none("namedLabel")

    @property
    def rule(self) -> str:
        """The rule that found it."""
        return self._text("ruleLabel")

    @property
    def confidence(self) -> Decimal:
        """The share of the rule's links that are right on the gold standard."""
        return Decimal(self._text("confidence"))


class Footnote(_Read):
    """What a state said about a mandate."""

    def __repr__(self) -> str:
        return f"<Footnote of {self.country_label or 'an unknown state'}: {self.kind}>"

    @property
    def kind(self) -> str:
        """Reservation, interpretative statement or statement on language."""
        return self._text("kindLabel")

    @property
    def country(self) -> str | None:
        """The identifier of the state that speaks, where it is known."""
        return self._or_none("country")

    @property
    def country_label(self) -> str | None:
        """Its name."""
        return self._or_none("countryLabel")

    @property
    def text(self) -> str:
        """What it says."""
        return self._text("note")


class Mandate(_Read):
    """A mandate in the language that it is printed in, with what the graph knows of it.

    >>> import mandate_graph as mg
    >>> mandate = mg.open("build").mandates(named="body/iom")[0]
    >>> [mention.quote for mention in mandate.mentions][-1]
    'International Organization of Migration (IOM)'
    """

    def __init__(self, graph: Asked, row: Row) -> None:
        super().__init__(row)
        self._graph = graph

    def __repr__(self) -> str:
        words = self.text if len(self.text) <= 60 else self.text[:59] + "…"
        return f"<Mandate of the {self.document_label or 'unknown document'}: {words}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mandate) and self.iri == other.iri

    def __hash__(self) -> int:
        return hash(self.iri)

    @property
    def iri(self) -> str:
        """Its identifier."""
        return self._text("mandate")

    @property
    def text(self) -> str:
        """Its words."""
        return self._text("text")

    @property
    def language(self) -> str:
        """Their language, as a code such as ``en``."""
        return self._text("language")

    @property
    def kind(self) -> str:
        """Mandate, chapeau or sub-item."""
        return self._text("kindLabel")

    @property
    def number(self) -> str | None:
        """Its official number, where the pages agree on one."""
        return self._or_none("number")

    @property
    def document(self) -> str | None:
        """The identifier of the document that it comes from, where that is known."""
        return self._or_none("document")

    @property
    def document_label(self) -> str | None:
        """The document's name."""
        return self._or_none("documentLabel")

    @property
    def summit(self) -> str | None:
        """The identifier of the Summit that adopted it, where that is known."""
        return self._or_none("summit")

    @property
    def summit_label(self) -> str | None:
        """The Summit's name."""
        return self._or_none("summitLabel")

    @property
    def date(self) -> dt.date | None:
        """The first day of that Summit."""
        value: Any = self.row["date"]
        return value if isinstance(value, dt.date) else None

    @cached_property
    def mentions(self) -> list[Mention]:
        """What its words name, in their order."""
        found = [Mention(row) for row in self._graph.query("mentions", {"mandate": self.iri})]
        return sorted(found, key=lambda mention: (mention.start, mention.end, mention.target or ""))

    @cached_property
    def footnotes(self) -> list[Footnote]:
        """What states said about it."""
        return [Footnote(row) for row in self._graph.query("footnotes", {"mandate": self.iri})]

    def _repr_html_(self) -> str:
        """What a notebook shows: the text with what it names marked, and where it comes from."""
        spans = [(each.start, each.end, each.label or each.outcome) for each in self.mentions]
        known = [
            ("Document", self.document_label), ("Summit", self.summit_label), ("Date", self.date),
            ("Number", self.number), ("Identifier", self.iri),
        ]  # fmt: skip
        return glance.marked(self.text, spans) + glance.facts(self.kind or "Mandate", known)
