"""Whether a constraint's parameter is one (SHACL §4), and whether the engine means by it what SHACL means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mandate_graph.engine import unquote
from mandate_graph.errors import BadShape
from mandate_graph.shacl.forms import NUMBERS, XSD, is_plain
from mandate_graph.shacl.shapes_graph import RDF, SH

__all__ = ["CASTS", "NODE_KINDS", "Unsupported", "check_parameter"]

NODE_KINDS = {
    f"<{SH}IRI>": "isIRI({})",
    f"<{SH}Literal>": "isLiteral({})",
    f"<{SH}BlankNode>": "isBlank({})",
    f"<{SH}BlankNodeOrIRI>": "(isBlank({0}) || isIRI({0}))",
    f"<{SH}BlankNodeOrLiteral>": "(isBlank({0}) || isLiteral({0}))",
    f"<{SH}IRIOrLiteral>": "(isIRI({0}) || isLiteral({0}))",
}
CASTS = {
    f"<{XSD}{name}>" for name in ("boolean", "date", "dateTime", "decimal", "double", "float", "integer", "string")
}
"""Datatypes that casting tells an ill-typed literal of, such as the 30th of February (SHACL §4.1.2)."""
_IRIS = {"class", "datatype", "equals", "disjoint", "closed"}
_RANGES = {"minExclusive", "minInclusive", "maxExclusive", "maxInclusive"}
_WHOLE = {"minCount", "maxCount", "minLength", "maxLength"}
_OF_ALL_LITERALS = {
    "<http://www.w3.org/2000/01/rdf-schema#Literal>",
    "<http://www.w3.org/2000/01/rdf-schema#Datatype>",
}
# Regular expressions that Python's engine, which is pySHACL's, and ours read alike.
_SAFE = re.compile(
    r"""(?:[^\\\[\](){}?*+|^$]          # a character
      | \\[.\-\\/()\[\]{}^$|*+?d]        # an escape
      | \[\^?(?:[^\\\[\]&~-]|\\[.\-\\/()\[\]{}^$|*+?d]|(?<=[^\[^-])-(?=[^\]-]))+\]   # a class
      | \((?!\?) | \(\?: | [)|^$]        # groups, branches, ends
      | (?<=[^(|^])(?:[?*+]|\{\d{1,3}(?:,\d{0,3})?\})\??(?![?*+{]))*""",
    re.VERBOSE,
)


class Unsupported(Exception):
    """What is not compiled, so that pySHACL is asked; the text names it."""


def check_parameter(source: str, name: str, terms: Sequence[str], flags: str) -> None:
    """Look at a parameter of a constraint.

    Raises:
        BadShape: when SHACL does not allow it.
        Unsupported: when the engine and pySHACL may mean different things by it.
    """
    if name in _WHOLE:
        _check_whole(source, name, terms[0])
    elif name in _RANGES:
        _check_range(source, name, terms[0])
    elif name in _IRIS:
        if any(not term.startswith("<") for term in terms):
            raise BadShape(source, f"sh:{name} wants an IRI")
        if name == "datatype":
            _check_datatype(terms[0])
    elif name == "nodeKind" and terms[0] not in NODE_KINDS:
        raise BadShape(source, f"{terms[0]} is not a node kind")
    elif name == "pattern":
        _check_pattern(source, terms[0], flags)
    elif name in {"in", "hasValue"} and any(term.startswith("_:") or not is_plain(term) for term in terms):
        raise Unsupported(f"sh:{name} of a term that engines read differently")


def _check_whole(source: str, name: str, term: str) -> None:
    _, value, _, datatype = unquote(term)
    if not term.startswith('"') or datatype != f"{XSD}integer" or not value.isdecimal():
        raise BadShape(source, f"sh:{name} wants a whole number, not {value!r}")


def _check_range(source: str, name: str, term: str) -> None:
    if not term.startswith('"'):
        raise BadShape(source, f"sh:{name} wants a literal")
    if unquote(term)[3] not in {*NUMBERS, f"{XSD}date"} or not is_plain(term):
        raise Unsupported(f"sh:{name} of what is neither number nor day")


def _check_datatype(term: str) -> None:
    langstring = f"<{RDF}langString>"
    foreign = not term.startswith((f"<{XSD}", f"<{RDF}")) and term not in _OF_ALL_LITERALS
    if not (term in CASTS or term == langstring or foreign):
        raise Unsupported(f"sh:datatype of {term}")


def _check_pattern(source: str, term: str, flags: str) -> None:
    kind, value, _, _ = unquote(term)
    if kind != "literal":
        raise BadShape(source, "sh:pattern wants a string")
    try:
        re.compile(value)
    except re.error as error:
        raise BadShape(source, f"its pattern cannot be read: {error}") from None
    if set(flags) - set("i") or not _SAFE.fullmatch(value):
        raise Unsupported("a pattern that engines read differently")
