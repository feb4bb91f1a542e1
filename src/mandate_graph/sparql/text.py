"""The text of a query with its parameters in it: ``VALUES`` blocks, so that every engine is sent the same words.

A comment line ``# VALUES ?x`` is where a block goes; several lines may ask for one, and ``# VALUES ?x . ?s ?p ?x .``
says more, which counts only where the parameter is given. Without such a line the block stands at the start of the
outermost WHERE group. No line is added before the end, so that the places in an engine's
messages stay those of the text that a person wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

__all__ = ["MARK", "one_line", "tokens", "where_group", "with_values", "without_comments"]

# SPARQL 1.1 §19.8: what may hold a brace that opens nothing, and the words that matter here.
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\r\n]*|<[^<>"{}|^`\\\x00-\x20]*>|\"{3}(?:\\.|(?!\"{3})[^\\])*\"{3}|'{3}(?:\\.|(?!'{3})[^\\])*'{3}
      |"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'|\\.|[?$]\w+|\w*:[\w.:-]*)
      |(?P<word>\w+)|(?P<mark>[{}()])""",
    re.VERBOSE | re.DOTALL,
)
MARK = re.compile(r"^([ \t]*)#[ \t]*VALUES[ \t]+\?(\w+)([ \t]+\..*|[ \t]*)$", re.MULTILINE)
# SPARQL 1.1 §19.2 reads \u before anything else, and some engines do so even where the backslash is itself escaped.
_ROUND = {"(": 1, ")": -1}
_CURLY = {"{": 1, "}": -1}
_ESCAPE = re.compile(r"\\\\([uU])|\\.")


def with_values(text: str, bindings: Mapping[str, str]) -> str:
    """A query's text with variables bound to terms in N-Triples syntax; several terms have spaces between them."""
    blocks = {name: f"VALUES ?{name} {{ {one_line(term)} }}" for name, term in bindings.items()}
    placed = {match[2] for match in MARK.finditer(text)}
    start = " ".join(block for name, block in blocks.items() if name not in placed)
    if start:
        text = _at_the_start(text, start)
    return MARK.sub(lambda match: match[1] + blocks[match[2]] + match[3] if match[2] in blocks else match[0], text)


def without_comments(text: str) -> str:
    """A query's text as it is sent to somebody else; a comment leaves its line behind."""
    return _TOKEN.sub(lambda match: "" if match[0].startswith("#") else match[0], text)


def one_line(term: str) -> str:
    """A term in N-Triples syntax as every engine reads it, also one that reads escapes of characters first."""
    return _ESCAPE.sub(_apart, term)


def _apart(match: re.Match[str]) -> str:
    return rf"\\\u{ord(match[1]):04X}" if match[1] else match[0]


def _at_the_start(text: str, block: str) -> str:
    """The outermost WHERE group begins with the block; a query that has no such group ends with it."""
    group = where_group(text)
    if group is None:
        return f"{text.rstrip()}\n{block}\n"
    opening, closing = group
    if next(tokens(text[opening:closing]), ("", 0))[0] == "SELECT":  # a sub-SELECT has nothing beside it
        return f"{text[:opening]} {block} {{{text[opening:closing]}}} {text[closing:]}"
    return f"{text[:opening]} {block}{text[opening:]}"


def where_group(text: str) -> tuple[int, int] | None:
    """The inside of the outermost WHERE group, or None where there is none or it takes no VALUES."""
    groups = _outermost(text)
    if not groups:
        return None
    if any(found == "CONSTRUCT" for found, _ in tokens(text[: groups[0][0]])):
        template, *groups = groups
        if template[2] != "CONSTRUCT" or not groups:  # CONSTRUCT WHERE { … }: the group is the template too
            return None
    return groups[0][:2]


def _outermost(text: str) -> list[tuple[int, int, str]]:
    """The braces that lie in no others: where their inside begins and ends, and the word before them."""
    groups = []
    depth = parentheses = opening = 0
    before = word = ""
    for token, place in tokens(text):
        if token in _ROUND:
            parentheses += _ROUND[token]
        elif parentheses and not depth:
            continue  # an expression of the SELECT clause: EXISTS { … } has braces of its own
        if token in _CURLY:
            if not depth:
                opening, word = place + 1, before
            depth += _CURLY[token]
            if not depth:
                groups.append((opening, place, word))
        before = token
    return groups


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """Words in upper case and brackets, each with its place; other tokens are dots, and comments nothing."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield match[0].upper(), match.start()
        elif not match[0].startswith("#"):
            yield ".", match.start()
