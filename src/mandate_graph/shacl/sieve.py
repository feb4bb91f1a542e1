"""Long texts, cut outside of the engine.

A query that compares the characters at a place of a text with others is asked of every place of it, and the engine
copies the text, and walks it from its beginning, for each: a page with n mandates costs n². Of texts that are longer
than ``LONG`` the engine is asked for the places alone, a text is fetched once for many of them, and cut here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from mandate_graph.engine import Engine, unquote
from mandate_graph.shacl.forms import XSD
from mandate_graph.shacl.queries import closing, mask

__all__ = ["LONG", "Cut", "Sieve", "find_cut"]

LONG = 50_000
"""Code points; texts that have no more are cut by the engine, in less time than it takes to hand the places over."""

_AT_ONCE = 50_000
_NODES_AT_ONCE = 250
_CUT = re.compile(
    r"SUBSTR\s*\(\s*STR\s*\(\s*[?$](?P<text>\w+)\s*\)\s*,(?P<start>[^(),{}]+),(?P<length>[^(),{}]+)\)"
    r"\s*!=\s*(?P<other>STR\s*\(\s*[?$]\w+\s*\))",
    re.IGNORECASE,
)
_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_WHERE = re.compile(r"WHERE\s*\{", re.IGNORECASE)
_PLAIN = re.compile(r"\bSELECT\b[^*(){}]*\bWHERE\s*\{[^{}]*\}\s*\Z", re.IGNORECASE)
_FILTER_BEFORE = re.compile(r"\bFILTER\s*$", re.IGNORECASE)
_OWN_NAMES = re.compile(r"[?$](?:cut[A-Z]|PATH\b)")
_TRIPLE = re.compile(r"[?$](?P<node>\w+)\s+(?P<predicate><[^<>\s]*>|[\w-]*:[\w-]+)\s+[?$]\w+\Z")
_TRIPLE_BEFORE = re.compile(r"[.{]\s*\Z")
_TRIPLE_AFTER = re.compile(r"\s*(?:[.}]|FILTER\b)", re.IGNORECASE)
_WHOLE = re.compile(rf'"(-?\d+)"\^\^<{re.escape(XSD)}integer>')
_TRUE = f'"true"^^<{XSD}boolean>'


@dataclass(frozen=True)
class Cut:
    """Where a query compares a part of a text with another text, and whose text it is."""

    node: str
    predicate: str
    text: str
    atom: str
    condition: str
    start: str
    length: str
    other: str

    def nodes_query(self, query: str) -> str:
        """The nodes whose texts the compiled query comes to."""
        header, _, body = _parts(query)
        return f"{header} SELECT DISTINCT ?{self.node} {{ {body.replace(self.condition, '( true )')} }}"

    def long_query(self, query: str, nodes: Sequence[str] = ()) -> str:
        """The nodes with a long text, of all or of some that have names."""
        some = f"VALUES ?{self.node} {{ {' '.join(nodes)} }}" if nodes else ""
        return (
            f"{_parts(query)[0]} SELECT DISTINCT ?{self.node} {{ {some} ?{self.node} {self.predicate} ?{self.text} "
            f"FILTER ( isIRI(?{self.node}) && STRLEN(STR(?{self.text})) > {LONG} ) }}"
        )

    def texts_query(self, query: str, node: str) -> str:
        """The texts of a node."""
        return f"{_parts(query)[0]} SELECT (STR(?{self.text}) AS ?cutText) {{ {node} {self.predicate} ?{self.text} }}"

    def places_query(self, query: str, nodes: Sequence[str]) -> str:
        """The compiled query, which cuts the texts of other nodes, and gives the places in the texts of these.

        A place has what is needed to cut: the node, the characters to leave out and to end at, and the other text, each
        unbound where the engine makes an error of it, and whether it is a result however the cut text reads.
        """
        header, select, body = _parts(query)
        if_other, if_equal = (self.condition.replace(self.atom, word) for word in ("true", "false"))
        body = body.replace(self.condition, f"( IF ( BOUND(?cutNode), {if_other}, {self.condition} ) )")
        begin = f"({self.start}) - 1"
        long = " ".join(f"({node} {node})" for node in nodes)
        # OPTIONAL is a look into a table for every row; a join with VALUES goes through all of them.
        return (
            f"{header} {select} ?cutNode ({begin} AS ?cutBegin) ({begin} + ({self.length}) AS ?cutEnd) "
            f"({self.other} AS ?cutOther) ({if_equal} AS ?cutSure) "
            f"WHERE {{ {body} OPTIONAL {{ VALUES (?{self.node} ?cutNode) {{ {long} }} }} }}"
        )


class Sieve:
    """Asks an engine compiled queries, and cuts long texts itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._nodes: dict[str, list[str]] = {}

    def rows(self, query: str, cut: Cut | None, *, narrow: bool) -> Iterator[dict[str, str]]:
        """The variables that the query gives, row by row.

        Raises:
            BadQuery: when it cannot be evaluated.
        """
        nodes = self._long(query, cut, narrow=narrow) if cut else []
        if cut and nodes:
            yield from self._cut(query, cut, nodes)
        else:
            names, rows = self._engine.table(query)
            yield from (dict(zip(names, row, strict=True)) for row in rows)

    def _long(self, query: str, cut: Cut, *, narrow: bool) -> list[str]:
        """The nodes with long texts; ``narrow`` looks at those alone that the compiled query comes to."""
        if narrow:
            # named in another query: joined in one, all texts that there are would be measured
            reached = [node for (node,) in self._engine.table(cut.nodes_query(query), "nodes")[1] if node[:1] == "<"]
            parts = (reached[start : start + _NODES_AT_ONCE] for start in range(0, len(reached), _NODES_AT_ONCE))
            asked = [cut.long_query(query, some) for some in parts]
        else:
            asked = [cut.long_query(query)]
        for each in asked:
            if each not in self._nodes:
                self._nodes[each] = sorted(row[0] for row in self._engine.table(each, "long texts")[1])
        return sorted(node for each in asked for node in self._nodes[each])

    def _cut(self, query: str, cut: Cut, nodes: Sequence[str]) -> Iterator[dict[str, str]]:
        names, rows = self._engine.rows(cut.places_query(query, nodes))
        own = names.index("cutNode")
        while some := list(islice(rows, _AT_ONCE)):
            some.sort(key=lambda row: row[own])
            for node, places in groupby(some, key=lambda row: row[own]):
                texts = self._texts(cut.texts_query(query, node)) if node else []
                for row in places:
                    if not node or _is_result(texts, *row[own + 1 :]):
                        yield dict(zip(names[:own], row[:own], strict=True))

    def _texts(self, query: str) -> list[str]:
        return [unquote(text)[1] for (text,) in self._engine.table(query, "texts")[1] if text]


def find_cut(select: str) -> Cut | None:
    """The one cut of a query that is simple enough; None for all others, which stay with the engine.

    Simple is one group of triples and filters. The comparison stands in a filter, inside of nothing but brackets,
    ``&&`` and ``||``: then an error means for the filter what equal texts mean (SPARQL 1.1 §17.2).
    """
    masked = mask(select)
    found, plain = _CUT.search(masked), _PLAIN.search(masked)
    if found is None or plain is None or found[0] != select[found.start() : found.end()]:
        return None
    uses = [use.end() for use in re.finditer(rf"[?$]{found['text']}\b", masked)]
    if len(uses) != 2 or _OWN_NAMES.search(masked):
        return None
    triple = _triple(select, masked, min(uses, key=lambda end: found.start() <= end <= found.end()))
    condition = _condition(masked, found.start(), found.end())
    if triple is None or condition is None:
        return None
    parts = (select[slice(*condition)], *found.group("start", "length", "other"))
    return Cut(triple["node"], triple["predicate"], found["text"], found[0], *parts)


def _parts(query: str) -> tuple[str, str, str]:
    """What stands before SELECT, from there to WHERE, and inside of its brackets; a compiled query has both."""
    masked = mask(query)
    select, where = _SELECT.search(masked), _WHERE.search(masked)
    assert select is not None and where is not None  # noqa: S101, PT018  (see above)
    return (
        query[: select.start()],
        query[select.start() : where.start()],
        query[where.end() : masked.rindex("}")],
    )


def _triple(select: str, masked: str, end: int) -> re.Match[str] | None:
    """The triple that ends there, if it stands alone."""
    begin = max(masked.rfind(".", 0, end), masked.rfind("{", 0, end)) + 1
    found = _TRIPLE.search(select[begin:end].lstrip())
    alone = found is not None and found.start() == 0 and _TRIPLE_AFTER.match(masked, end)
    return found if alone else None


def _condition(masked: str, start: int, end: int) -> tuple[int, int] | None:
    """The brackets of the filter around a comparison that nothing but brackets, ``&&`` and ``||`` stand around."""
    while True:
        before, after = masked[:start].rstrip(), masked[end:].lstrip()
        if not before.endswith(("(", "&&", "||")) or not after.startswith((")", "&&", "||")):
            return None
        start = _opening(masked, start)
        end = closing(masked, start)
        if _FILTER_BEFORE.search(masked[:start]):
            return start, end


def _opening(masked: str, place: int) -> int:
    """The bracket that is open at a place."""
    depth = 0
    for each in range(place - 1, -1, -1):
        depth += (masked[each] == ")") - (masked[each] == "(")
        if depth < 0:
            return each
    return 0


def _is_result(texts: Sequence[str], begin: str, end: str, other: str, sure: str) -> bool:
    if sure == _TRUE:
        return True
    first, last = _WHOLE.fullmatch(begin), _WHOLE.fullmatch(end)
    if not (first and last and other):
        return False
    # What stands before the first character is none (XPath fn:substring, SPARQL 1.1 §17.4.3.3).
    cut = slice(max(int(first[1]), 0), max(int(last[1]), 0))
    return any(text[cut] != unquote(other)[1] for text in texts)
