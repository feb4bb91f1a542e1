"""Terms as strings in N-Triples syntax (RDF 1.1 N-Triples §2), put together and taken apart; the code of a query."""

from __future__ import annotations

import json
import re
from typing import Literal

__all__ = ["code_of", "escape", "literal", "unquote"]

# SPARQL 1.1 §19.8: IRIs, strings and comments.
# SPARQL 1.1 §19.8. Possessive, and a string that does not end goes on to the end: what was looked at is not looked at
# again, so that the time grows with the length whatever stands there. A backslash outside of a string escapes a mark.
_NOT_CODE = re.compile(
    r"""<[^<>\s"{}|^`\\]*+>|\\.
      |\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*+(?:\"{3})?|'{3}(?:'{0,2}(?:[^'\\]|\\.))*+(?:'{3})?
      |"(?:\\.|[^"\\\r\n])*+"?|'(?:\\.|[^'\\\r\n])*+'?|\#[^\r\n]*+""",
    re.DOTALL | re.VERBOSE,
)

# Canonical N-Quads (RDF Dataset Canonicalization §5) names these escapes; the other control characters take \u.
_ESCAPES = {
    **{code: f"\\u{code:04X}" for code in (*range(32), 127)},
    **{
        ord(char): text
        for char, text in zip('\\"\b\t\n\f\r', ("\\\\", '\\"', "\\b", "\\t", "\\n", "\\f", "\\r"), strict=True)
    },
}
_NEEDS_ESCAPE = frozenset(map(chr, _ESCAPES))


def escape(text: str) -> str:
    """The inside of a canonical N-Triples literal."""
    # Most texts need nothing, and looking is cheaper than translating; what is printable is looked at fastest.
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return text if _NEEDS_ESCAPE.isdisjoint(text) else text.translate(_ESCAPES)


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """A literal in N-Triples syntax; without language and datatype it is a plain string."""
    quoted = f'"{escape(text)}"'
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^<{datatype}>" if datatype else quoted


def unquote(term: str) -> tuple[Literal["iri", "literal", "bnode"], str, str, str]:
    """Take an N-Triples term apart: kind, value, language, datatype (empty for plain strings)."""
    if term.startswith("<"):
        return "iri", term[1:-1], "", ""
    if term.startswith("_:"):
        return "bnode", term[2:], "", ""
    end = term.rindex('"')
    value, suffix = term[1:end], term[end + 1 :]
    if "\\" in value:
        value = json.loads(f'"{value}"')
    if suffix.startswith("@"):
        return "literal", value, suffix[1:], ""
    return "literal", value, "", suffix[3:-1] if suffix else ""


def code_of(query: str) -> str:
    """A query without its IRIs, strings and comments."""
    return _NOT_CODE.sub(lambda found: found[0] if found[0][0] == "\\" else " ", query)
