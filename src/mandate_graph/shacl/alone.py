"""Constraints that are about the whole graph: one triple must not be without another one.

"Every property is declared" has one target node, and looks at every triple. After a change nobody need look at those
that were there before, and had what they need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mandate_graph.engine import Engine, Quad
from mandate_graph.shacl.patterns import expanded
from mandate_graph.shacl.shapes import Constraint

__all__ = ["Lone", "around", "has_lost", "lone"]

_TERM = r"(?:[?$]\w+|<[^<>\s]*>)"
_SHAPE = re.compile(
    rf"""[^{{]*\bSELECT\s+(?:DISTINCT\s+)?\$this\s+\?value\s+WHERE\s*\{{\s*
      (?P<triple>{_TERM}\s+{_TERM}\s+{_TERM})\s*\.\s*
      FILTER\s*(?:
        NOT\s+EXISTS\s*\{{\s*\?value\s+(?P<needed><[^<>\s]*>)\s+\?(?P<any>\w+)\s*\.?\s*\}}
        |\(\s*isBlank\s*\(\s*\?\w+\s*\)(?:\s*\|\|\s*isBlank\s*\(\s*\?\w+\s*\))*\s*\)
      )\s*\}}\s*""",
    re.VERBOSE | re.IGNORECASE,
)


class Lone(NamedTuple):
    """A pattern of one triple, and the property that its ``?value`` needs ("" for none)."""

    triple: tuple[str, str, str]
    needed: str


def lone(constraint: Constraint) -> Lone | None:
    """What a constraint looks at, where it is of this kind and does not look at its target."""
    if constraint.component != "sparql" or constraint.path or constraint.above:
        return None
    found = _SHAPE.fullmatch(expanded(constraint.value[0]))
    if found is None:
        return None
    triple = tuple(found["triple"].split())
    needed = found["needed"] or ""
    if "$this" in triple or "?this" in triple or "?value" not in triple or f"?{found['any']}" in triple:
        return None
    return Lone((triple[0], triple[1], triple[2]), needed)


def has_lost(engine: Engine, pattern: Lone, gone: Iterable[Quad]) -> bool:
    """Whether a term is still there and may be without what it needs, because that is gone."""
    if not pattern.needed:
        return False
    losers = {subject for subject, predicate, _, _ in gone if predicate == pattern.needed}
    return any(
        next(engine.triples(each, pattern.needed, ""), None) is None and _is_used(engine, pattern.triple, each)
        for each in losers
    )


def _is_used(engine: Engine, triple: Sequence[str], value: str) -> bool:
    terms = (value if term == "?value" else term if term.startswith("<") else "" for term in triple)
    return next(engine.triples(*terms), None) is not None


def around(engine: Engine, patterns: Iterable[Lone], new: Iterable[Quad]) -> Engine:
    """New triples, and what the terms in them need, as a small graph: what breaks a promise now is in it."""
    quads, open_, known = set(new), set(new), set[str]()
    all_needed = {pattern.needed for pattern in patterns if pattern.needed}
    while open_:  # what is needed is a triple, too
        terms = {term for quad in open_ for term in quad[:3] if term.startswith("<")} - known
        open_ = {each for term in terms for needed in all_needed for each in engine.triples(term, needed, "")} - quads
        quads |= open_
        known |= terms
    lines = (f"{s} {p} {o} <urn:x> .\n".encode() for s, p, o, _ in quads)
    return Engine(b"".join(sorted(lines)))
