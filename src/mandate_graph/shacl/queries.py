"""The queries of SPARQL constraints, asked for all nodes at once.

A query speaks of one node, ``$this``. Asked of all nodes it means the same only while it stays in a small dialect: one
SELECT with one WHERE, no sub-query, no slicing or grouping, each NOT EXISTS last in its group, of plain triples and
filters on their own variables, and nothing in a group of its own that looks at ``$this`` from outside. Whatever is more
is left to pySHACL, and what SHACL forbids (§5.3.1) is refused.

The engine evaluates ``FILTER NOT EXISTS`` once for every row: of one triple of ``$this`` that is a look into an index,
of several triples a join without an end, where ``MINUS`` takes a second. SHACL forbids ``MINUS``, so shapes say the one
and the gate asks for several triples the other. Inside the dialect the two mean the same (SPARQL 1.1 §8.3).
"""

from __future__ import annotations

import re

from mandate_graph.errors import BadShape
from mandate_graph.shacl.parameters import Unsupported

__all__ = ["check_query", "closing", "keywords", "mask", "of_names", "set_query"]

_QUOTED = re.compile(
    r"""(?P<comment>\#[^\n]*)|<[^<>"{}|^`\\\x00-\x20]*>|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""",
    re.DOTALL,
)


def keywords(*names: str) -> re.Pattern[str]:
    """What finds keywords in a masked query, and neither variables nor prefixed names of these names."""
    return re.compile(rf"(?<![\w:?$-])(?:{'|'.join(names)})(?![\w-]*:|[\w-])", re.IGNORECASE)


# SERVICE and FROM would be fetched by the one that is asked instead.
_FORBIDDEN = keywords("ASK", "CONSTRUCT", "DESCRIBE", "VALUES", "MINUS", "SERVICE", "FROM")
_REBOUND = re.compile(r"\b[Aa][Ss]\s+[?$](?:this|currentShape|shapesGraph|PATH)\b")
_FOREIGN = re.compile(
    r"\b(?:LIMIT|OFFSET|HAVING|GROUP\s+BY|GRAPH)\b|[?$](?:currentShape|shapesGraph|path|failure)\b", re.IGNORECASE
)
_WHERE = re.compile(r"WHERE\s*\{", re.IGNORECASE)
_NOT_EXISTS = re.compile(r"FILTER\s+NOT\s+EXISTS\s*\{", re.IGNORECASE)
_ANY_NOT_EXISTS = re.compile(r"\bNOT\s+EXISTS\b", re.IGNORECASE)
_FILTER = re.compile(r"FILTER\s*\(", re.IGNORECASE)
_LOOKS = re.compile(r"(?:FILTER|BIND)\s*\w*\s*\(|EXISTS\s*\{", re.IGNORECASE)
_CORRELATED = re.compile(r"(?:EXISTS|OPTIONAL)\s*$", re.IGNORECASE)
_MAYBE = re.compile(r"\b(?:OPTIONAL|UNION)\b", re.IGNORECASE)
_TRIPLE = re.compile(r"\s*(\S+)\s+([?$]\w+|<[^<>\s]*>|a|[\w-]*:[\w-]+)\s+([^\s\"',;]+?)\s*\.?\s*")
_IS_BLANK = re.compile(r"\bisBlank\s*\(\s*[?$](\w+)\s*\)", re.IGNORECASE)
_UNSURE = re.compile(r"\b(?:OPTIONAL|UNION|BIND|EXISTS|MINUS|UNDEF)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_PATH = re.compile(r"[?$]PATH\b")
_DISTINCT = re.compile(r"\bSELECT\s+DISTINCT\s+((?:[?$]\w+\s*)+)\Z", re.IGNORECASE)


def check_query(select: str, source: str) -> None:
    """Look whether SHACL lets a constraint ask so (§5.3.1).

    Raises:
        BadShape: when it does not; ``source`` is the shape that the message names.
    """
    masked = mask(select)
    if found := _FORBIDDEN.search(masked) or _REBOUND.search(masked):
        raise BadShape(source, f"{found.group()} cannot stand in its query")
    if not re.search(r"\bSELECT\b", masked, re.IGNORECASE):
        raise BadShape(source, "its query must be a SELECT")


def set_query(select: str, source: str, target: str, path: str = "") -> str:
    """The query with the target pattern in it, with MINUS for NOT EXISTS, and with its shape's path for ``$PATH``.

    Raises:
        BadShape: when SHACL forbids it; ``source`` is the shape that the message names.
        Unsupported: when it is not in the dialect.
    """
    check_query(select, source)
    if path:
        select = _PATH.sub(f"({path})" if path[0] != "<" or path.count("<") > 1 else path, select)
    masked = mask(select)
    if foreign := _FOREIGN.search(masked):
        raise Unsupported(f"sh:sparql with {foreign.group()}")
    where = _WHERE.search(masked)
    if where is None or len(re.findall(r"\bSELECT\b", masked, re.IGNORECASE)) != 1:
        raise Unsupported("sh:sparql with more or less than one SELECT … WHERE")
    _check_given(_without_brackets(masked[: where.start()]))
    blocks = list(_NOT_EXISTS.finditer(masked, where.end()))
    if len(_ANY_NOT_EXISTS.findall(masked)) != len(blocks):
        raise Unsupported("sh:sparql with a NOT EXISTS that is no filter of its own")
    place = _check_blocks(masked, where.end(), blocks)
    if blocks and masked[place:].strip().rstrip("} \t\r\n"):
        raise Unsupported("sh:sparql with a NOT EXISTS that does not stand last")
    _check_groups(masked, where.end())
    for block in reversed(blocks):
        if not _is_one_look(select[block.end() : closing(masked, block.end() - 1) - 1]):
            select = f"{select[: block.start()]}MINUS {{{select[block.end() :]}"
    if names := _of_all(masked, where, blocks):
        start, place = where.end(), blocks[0].start()
        distinct = f"{{ SELECT DISTINCT {names} WHERE {{{select[start:place]}}} }}"
        return f"{select[:start]} {{ {distinct} {select[place : mask(select).rindex('}')]} }} {target} }}"
    return f"{select[: where.end()]} {target} {select[where.end() :]}"


def of_names(query: str) -> str:
    """The compiled query of data without blank nodes: whether something is one need not be looked up of every row.

    Only where each variable is bound, because ``isBlank`` of nothing is an error and not false.
    """
    masked = mask(query)
    asked = list(_IS_BLANK.finditer(masked))
    bound = _variables(_IS_BLANK.sub("", masked[masked.find("{") :]))
    if _UNSURE.search(masked) or not {found[1] for found in asked} <= bound:
        return query
    for found in reversed(asked):
        query = f"{query[: found.start()]}false{query[found.end() :]}"
    return query


def _of_all(masked: str, where: re.Match[str], blocks: list[re.Match[str]]) -> str:
    """The variables beside ``$this`` of a SELECT DISTINCT that asks of all data alike; empty for all other queries.

    Most rows of such a query are alike, and a row is looked at less often when it is made distinct before.
    """
    names = _DISTINCT.search(masked[: where.start()])
    if names is None or not blocks or "this" in _variables(masked[where.end() :]):
        return ""
    body = masked[where.end() : blocks[0].start()]
    bound, wanted = _variables(body), _variables(names[1]) - {"this"}
    if not wanted or body.count("{") != body.count("}") or (_variables(masked[blocks[0].start() :]) & bound) - wanted:
        return ""
    return " ".join(f"?{name}" for name in sorted(wanted))


def _check_given(variables: str) -> None:
    if "*" in variables:
        raise Unsupported("sh:sparql with SELECT *")
    if not re.search(r"[?$]this\b", variables):
        raise Unsupported("sh:sparql that does not give $this")


def _is_one_look(block: str) -> bool:
    """One triple, of ``$this`` or of a property that ``MINUS`` would take every triple for."""
    triple = _TRIPLE.fullmatch(_without_filters(block)[0])
    return triple is not None and (triple[2][0] in "?$" or "this" in _variables(f"{triple[1]} {triple[3]}"))


def _check_blocks(masked: str, start: int, blocks: list[re.Match[str]]) -> int:
    """Where the last block ends."""
    place = blocks[0].start() if blocks else start
    before = masked[start:place]
    bound = _variables(before) | {"this"}
    for block in blocks:
        if masked[place : block.start()].strip():
            raise Unsupported("sh:sparql with a NOT EXISTS that does not stand last")
        place = closing(masked, block.end() - 1)
        patterns, filters = _without_filters(masked[block.end() : place - 1])
        shared = _variables(patterns) & bound
        if re.search(r"[{}]|\b(?:OPTIONAL|BIND|UNION|FILTER)\b", patterns, re.IGNORECASE):
            raise Unsupported("sh:sparql with a NOT EXISTS of more than triples and filters in brackets")
        if not shared:
            raise Unsupported("sh:sparql with a NOT EXISTS that shares no variable with what stands before it")
        if shared != {"this"} and _MAYBE.search(before):
            raise Unsupported("sh:sparql with a NOT EXISTS of a variable that may be unbound")
        if not _variables(filters) <= _variables(patterns):
            raise Unsupported("sh:sparql with a NOT EXISTS that filters by a variable from outside")
    return place


def _check_groups(masked: str, start: int) -> None:
    """``$this`` is bound outside, so that a group of its own does not see it, unless a triple there binds it, too."""
    for opening in (match.start() for match in re.compile(r"\{").finditer(masked, start)):
        if _CORRELATED.search(masked[:opening]):
            continue
        inside = masked[opening + 1 : closing(masked, opening) - 1]
        bare = inside
        while look := _LOOKS.search(bare):
            bare = bare[: look.start()] + bare[closing(bare, look.end() - 1) :]
        seen = "this" in _variables(inside)
        if seen and ("this" not in _variables(bare) or (bare != inside and _MAYBE.search(inside))):
            raise Unsupported("sh:sparql with $this inside a group of its own")


def mask(query: str) -> str:
    """The query as long as it is, with strings, IRIs and comments made blank: what is left is grammar."""
    return _QUOTED.sub(lambda match: " " * len(match.group()), query)


def closing(text: str, opening: int) -> int:
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
        end = closing(pattern, match.end() - 1)
        filters += pattern[match.start() : end]
        pattern = pattern[: match.start()] + pattern[end:]
    return pattern, filters


def _without_brackets(text: str) -> str:
    """The text without what stands in round brackets, however deep."""
    while "(" in (bare := _BRACKETS.sub(" ", text)) and bare != text:
        text = bare
    return bare


def _variables(text: str) -> set[str]:
    return set(re.findall(r"[?$](\w+)", text))
