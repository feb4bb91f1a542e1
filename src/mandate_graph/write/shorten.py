"""How terms are shortened: prefixed names and relative references."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import AnyStr

from mandate_graph.terms import Terms

__all__ = ["Remembered", "Shortener", "Style"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
# Local names that Turtle takes without a backslash (Turtle §6.3 PN_LOCAL, the plain part of it).
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# What is safe as a relative reference (RFC 3986 §4.2): a path whose first part holds no colon,
# and no dot segments, which a reader would resolve.
_RELATIVE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*([/#?][^:<>\"{}|\\^`\s]*)?")
_PLAIN = r"[A-Za-z0-9_~-]+(?:[/#?][A-Za-z0-9_~/#?=,-]*)?"
"""The part of it that most terms are: ASCII, and no dots."""
_DOT_SEGMENT = re.compile(r"(?:.*/)?\.{1,2}(?:/|\Z)")
_SHORT = {f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"), f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+")}
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How terms are shortened: the base of relative IRIs and the prefixes.

    Each is equal to itself only, so that writers can remember what they made of one.
    """

    base: str
    terms: Terms


class Remembered(dict[AnyStr, AnyStr]):
    """What a function gives for a text, looked up where it was asked before; all is forgotten when it gets too much."""

    def __init__(self, function: Callable[[AnyStr], AnyStr]) -> None:
        super().__init__()
        self._function: Callable[[AnyStr], AnyStr] = function

    def __missing__(self, key: AnyStr) -> AnyStr:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        value = self[key] = self._function(key)
        return value


class Shortener:
    """Shortens terms, and remembers the last ones: the things that many others name come again and again."""

    def __init__(self, style: Style) -> None:
        self._base = style.base
        # Namespaces end in "#" or "/", and a local name holds neither: one look finds the only one that fits.
        self._prefixes = {namespace: prefix for prefix, namespace in reversed(list(style.terms.prefixes.items()))}
        # Most things stand below the base, in no namespace that has a prefix: such a term is told at one look.
        self._start = f"<{style.base}".encode()
        others = "|".join(re.escape(name[len(style.base) :]) for name in self._prefixes if name.startswith(style.base))
        no_other = f"(?!{others})" if others else ""
        self._below = re.compile(re.escape(self._start) + f"{no_other}{_PLAIN}>".encode())
        self.seen: dict[bytes, bytes] = Remembered(self.fresh)

    def iri(self, iri: str) -> str:
        """A prefixed name, a relative reference, or the IRI as it is; the last two in angle brackets."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._prefixes.get(iri[:cut])
        if prefix is not None and _LOCAL.fullmatch(iri, cut):
            return f"{prefix}:{iri[cut:]}"
        return f"<{self.relative(iri)}>"

    def relative(self, iri: str) -> str:
        """The IRI below the base, when it may be written so."""
        if not iri.startswith(self._base):
            return iri
        rest = iri[len(self._base) :]
        safe = _RELATIVE.fullmatch(rest) and not ("." in rest and _DOT_SEGMENT.match(rest))
        return rest if safe else iri

    def term(self, term: bytes) -> bytes:
        """Any term in Turtle syntax."""
        return self.seen[term] if term[-1:] == b">" else term

    def fresh(self, term: bytes) -> bytes:
        """What is shortened here and not remembered."""
        if self._below.fullmatch(term):
            return b"<" + term[len(self._start) :]
        if term.startswith(b"<"):
            return self.iri(term[1:-1].decode()).encode()
        value, _, datatype = term.decode().rpartition("^^")
        iri, bare = datatype[1:-1], value[1:-1]
        if iri in _SHORT and _SHORT[iri].fullmatch(bare):
            return bare.encode()
        return f"{value}^^{self.iri(iri)}".encode()
