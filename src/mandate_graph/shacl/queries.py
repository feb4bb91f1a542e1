"""The queries of SPARQL constraints, asked for all nodes at once.

A query speaks of one node, ``$this``. Asked of all nodes it means the same only while it stays in a small dialect: one
SELECT with one WHERE, no sub-query, no slicing or grouping, and each NOT EXISTS last in its group, of plain triples and
filters on their own variables. Whatever is more is refused.

The engine evaluates ``FILTER NOT EXISTS`` once for every row, without an end where ``MINUS`` takes a second.
SHACL forbids ``MINUS`` (§5.3.1), so shapes say the one and the gate asks the other. Inside the dialect the two mean the
same (SPARQL 1.1 §8.3).
"""

from __future__ import annotations

import re

from mandate_graph.errors import BadShape

__all__ = ["set_query"]

_QUOTED = re.compile(r"""(?P<comment>\#[^\n]*)|<[^<>\s]*>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_FOREIGN = re.compile(
    r"\b(?:ASK|CONSTRUCT|DESCRIBE|LIMIT|OFFSET|VALUES|MINUS|SERVICE|HAVING|GROUP\s+BY|FROM)\b"
    r"|[?$](?:currentShape|shapesGraph|PATH|path)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"WHERE\s*\{", re.IGNORECASE)
_NOT_EXISTS = re.compile(r"FILTER\s+NOT\s+EXISTS\s*\{", re.IGNORECASE)
_ANY_NOT_EXISTS = re.compile(r"\bNOT\s+EXISTS\b", re.IGNORECASE)
_FILTER = re.compile(r"FILTER\s*\(", re.IGNORECASE)


def set_query(select: str, source: str, target: str) -> str:
    """The query with the target pattern in it, and with MINUS for NOT EXISTS.

    Raises:
        BadShape: when the query is not in the dialect; ``source`` is the shape that the message names.
    """
    masked = _mask(select)
    if foreign := _FOREIGN.search(masked):
        raise BadShape(source, f"{foreign.group()} in its query cannot be asked of all nodes at once")
    if len(re.findall(r"\bSELECT\b", masked, re.IGNORECASE)) != 1:
        raise BadShape(source, "its query must be one SELECT")
    where = _WHERE.search(masked)
    if where is None:
        raise BadShape(source, "its query has no WHERE clause")
    blocks = list(_NOT_EXISTS.finditer(masked, where.end()))
    if len(_ANY_NOT_EXISTS.findall(masked)) != len(blocks):
        raise BadShape(source, "NOT EXISTS can only be a filter of its own")
    place = _check_blocks(masked, where.end(), blocks, source)
    if blocks and masked[place:].strip().rstrip("} \t\r\n"):
        raise BadShape(source, "NOT EXISTS must stand last in its query")
    for block in reversed(blocks):
        select = f"{select[: block.start()]}MINUS {{{select[block.end() :]}"
    return f"{select[: where.end()]} {target} {select[where.end() :]}"


def _check_blocks(masked: str, start: int, blocks: list[re.Match[str]], source: str) -> int:
    """Where the last block ends."""
    place = blocks[0].start() if blocks else start
    bound = _variables(masked[start:place]) | {"this"}
    for block in blocks:
        if masked[place : block.start()].strip():
            raise BadShape(source, "NOT EXISTS must stand last in its query")
        place = _closing(masked, block.end() - 1)
        patterns, filters = _without_filters(masked[block.end() : place - 1])
        if re.search(r"[{}]|\b(?:OPTIONAL|BIND|UNION|FILTER)\b", patterns, re.IGNORECASE):
            raise BadShape(source, "a NOT EXISTS in its query can only hold triples and filters in brackets")
        if not _variables(patterns) & bound:
            raise BadShape(source, "a NOT EXISTS in its query shares no variable with what stands before it")
        if not _variables(filters) <= _variables(patterns):
            raise BadShape(source, "a filter inside NOT EXISTS speaks of a variable from outside")
    return place


def _mask(query: str) -> str:
    """The query as long as it is, with strings, IRIs and comments made blank: what is left is grammar."""
    return _QUOTED.sub(lambda match: " " * len(match.group()), query)


def _closing(text: str, opening: int) -> int:
    """The place behind the bracket that closes the one at ``opening``."""
    pair = {"{": "}", "(": ")"}[text[opening]]
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == text[opening]) - (text[place] == pair)
        if depth == 0:
            return place + 1
    return len(text)


def _without_filters(pattern: str) -> tuple[str, str]:
    filters = ""
    while match := _FILTER.search(pattern):
        end = _closing(pattern, match.end() - 1)
        filters += pattern[match.start() : end]
        pattern = pattern[: match.start()] + pattern[end:]
    return pattern, filters


def _variables(text: str) -> set[str]:
    return set(re.findall(r"[?$](\w+)", text))
