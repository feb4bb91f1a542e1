"""How terms are shortened: prefixed names and relative references."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mandate_graph.terms import Terms

__all__ = ["Shortener", "Style"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
# Local names that Turtle takes without a backslash (Turtle §6.3 PN_LOCAL, the plain part of it).
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# What is safe as a relative reference (RFC 3986 §4.2): a path whose first part holds no colon,
# and no dot segments, which a reader would resolve.
_RELATIVE = re.compile(r"(?!(?:.*/)?\.{1,2}(?:/|\Z))[A-Za-z0-9_~-][A-Za-z0-9._~-]*([/#?][^:<>\"{}|\\^`\s]*)?")
_SHORT = {f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"), f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+")}
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Style:
    """How terms are shortened: the base of relative IRIs and the prefixes."""

    base: str
    terms: Terms


class Shortener:
    """Shortens terms, and remembers the last ones: the things that many others name come again and again."""

    def __init__(self, style: Style) -> None:
        self._base = style.base
        self._namespaces = sorted(style.terms.prefixes.items(), key=lambda item: -len(item[1]))
        self._seen: dict[str, str] = {}

    def iri(self, iri: str) -> str:
        """A prefixed name, a relative reference, or the IRI as it is; the last two in angle brackets."""
        for prefix, namespace in self._namespaces:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{self.relative(iri)}>"

    def relative(self, iri: str) -> str:
        """The IRI below the base, when it may be written so."""
        rest = iri[len(self._base) :]
        return rest if iri.startswith(self._base) and _RELATIVE.fullmatch(rest) else iri

    def term(self, term: str) -> str:
        """Any term in Turtle syntax."""
        if term[-1] != ">":
            return term
        short = self._seen.get(term)
        if short is None:
            if len(self._seen) >= _MOST_REMEMBERED:
                self._seen.clear()
            short = self._seen[term] = self._short(term)
        return short

    def _short(self, term: str) -> str:
        if term.startswith("<"):
            return self.iri(term[1:-1])
        value, _, datatype = term.rpartition("^^")
        iri, bare = datatype[1:-1], value[1:-1]
        if iri in _SHORT and _SHORT[iri].fullmatch(bare):
            return bare
        return f"{value}^^{self.iri(iri)}"
