"""Constraints to set queries: one SELECT finds every node that breaks a promise, however many nodes there are.

Each query projects ``?this`` and, where SHACL gives a result a value, ``?value``. The engine evaluates ``FILTER NOT
EXISTS`` once for every row, which takes hours for what ``MINUS`` does in a second; SHACL forbids ``MINUS`` (§5.3.1), so
shapes say the one and the gate asks the other. The two mean the same where the inner pattern shares a variable with the
outer one and its filters speak of its own variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mandate_graph.engine import unquote
from mandate_graph.errors import BadShape
from mandate_graph.shacl.shapes import SH, Constraint, Target

__all__ = ["compile_constraint"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_WHERE = re.compile(r"WHERE\s*\{", re.IGNORECASE)
_NOT_EXISTS = re.compile(r"FILTER\s+NOT\s+EXISTS\s*\{", re.IGNORECASE)
_NODE_KINDS = {
    f"<{SH}IRI>": "isIRI(?value)",
    f"<{SH}Literal>": "isLiteral(?value)",
    f"<{SH}BlankNode>": "isBlank(?value)",
    f"<{SH}BlankNodeOrIRI>": "(isBlank(?value) || isIRI(?value))",
    f"<{SH}BlankNodeOrLiteral>": "(isBlank(?value) || isLiteral(?value))",
    f"<{SH}IRIOrLiteral>": "(isIRI(?value) || isLiteral(?value))",
}
# Casting tells an ill-typed literal, such as the 30th of February, from a good one (SHACL §4.1.2).
_CASTS = {
    f"<http://www.w3.org/2001/XMLSchema#{name}>"
    for name in ("boolean", "date", "dateTime", "decimal", "double", "float", "integer", "string")
}
_COMMENT = re.compile(r'(<[^<>\s]*>|"(?:\\.|[^"\\])*")|#.*')
Subclasses = Callable[[str], Sequence[str]]


def compile_constraint(constraint: Constraint, subclasses: Subclasses) -> list[str]:
    """The queries of a constraint, one a target; ``subclasses`` gives a class and all below it.

    Raises:
        BadShape: when a SPARQL constraint has no WHERE clause, or a parameter cannot be read.
    """
    return [_query(constraint, _target(target, subclasses), subclasses) for target in constraint.targets]


def _target(target: Target, subclasses: Subclasses) -> str:
    """A pattern that binds ``?this`` to the target nodes (SHACL §2.1.3)."""
    if target.kind == "targetNode":
        return f"VALUES ?this {{ {target.term} }}"
    if target.kind == "targetSubjectsOf":
        return f"{{ SELECT DISTINCT ?this {{ ?this {target.term} ?any }} }}"
    if target.kind == "targetObjectsOf":
        return f"{{ SELECT DISTINCT ?this {{ ?any {target.term} ?this }} }}"
    classes = subclasses(target.term)
    if len(classes) == 1:
        return f"?this {_RDF_TYPE} {classes[0]} ."
    return f"{{ SELECT DISTINCT ?this {{ VALUES ?type {{ {' '.join(classes)} }} ?this {_RDF_TYPE} ?type }} }}"


def _query(constraint: Constraint, target: str, subclasses: Subclasses) -> str:
    if constraint.component == "sparql":
        select = _COMMENT.sub(lambda match: match.group(1) or "", constraint.value[0])
        query, found = _WHERE.subn(lambda match: f"{match.group()} {target} ", select, count=1)
        if not found:
            raise BadShape(constraint.source, "its query has no WHERE clause")
        return _with_minus(query, constraint.source)
    if constraint.component == "class":
        classes = subclasses(constraint.value[0])
        typed = " UNION ".join(f"{{ ?value {_RDF_TYPE} {name} }}" for name in classes)
        return _values(constraint, target, f"MINUS {{ {typed} }}")
    return _WRITERS[constraint.component](constraint, target)


def _with_minus(query: str, source: str) -> str:
    """Ask MINUS where the query says NOT EXISTS; refuse where the two could differ (SPARQL 1.1 §8.3)."""
    while match := _NOT_EXISTS.search(query):
        end = _closing(query, match.end() - 1)
        inner = query[match.end() : end - 1]
        outer = query[: match.start()] + query[end:]
        patterns, filters = _without_filters(inner)
        if not _variables(patterns) & _variables(outer):
            raise BadShape(source, "a NOT EXISTS in its query shares no variable with what stands around it")
        if not _variables(filters) <= _variables(patterns):
            raise BadShape(source, "a filter inside NOT EXISTS speaks of a variable from outside")
        query = f"{query[: match.start()]}MINUS {{{inner}}}{query[end:]}"
    return query


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
    while match := re.search(r"FILTER\s*\(", pattern, re.IGNORECASE):
        end = _closing(pattern, match.end() - 1)
        filters += pattern[match.start() : end]
        pattern = pattern[: match.start()] + pattern[end:]
    return pattern, filters


def _variables(text: str) -> set[str]:
    return set(re.findall(r"[?$](\w+)", text))


def _values(constraint: Constraint, target: str, filter_pattern: str) -> str:
    return f"SELECT DISTINCT ?this ?value WHERE {{ {target} ?this {constraint.path} ?value . {filter_pattern} }}"


def _count(constraint: Constraint, target: str) -> str:
    limit = _whole_number(constraint)
    if constraint.component == "maxCount":
        pattern, test = f"{target} ?this {constraint.path} ?each .", f"> {limit}"
    elif limit == 1:
        return f"SELECT DISTINCT ?this WHERE {{ {target} MINUS {{ ?this {constraint.path} ?each }} }}"
    else:
        pattern, test = f"{target} OPTIONAL {{ ?this {constraint.path} ?each }}", f"< {limit}"
    return f"SELECT ?this WHERE {{ {pattern} }} GROUP BY ?this HAVING ( COUNT(DISTINCT ?each) {test} )"


def _unique_lang(constraint: Constraint, target: str) -> str:
    # One result a language (SHACL §4.4.5), therefore the language is grouped by; plain strings have none.
    return (
        f"SELECT ?this ?language WHERE {{ {target} ?this {constraint.path} ?each . BIND ( LANG(?each) AS ?language ) "
        'FILTER ( ?language != "" ) } GROUP BY ?this ?language HAVING ( COUNT(DISTINCT ?each) > 1 )'
    )


def _test(expression: Callable[[Constraint], str]) -> Callable[[Constraint, str], str]:
    """A value that the expression is false or an error for breaks the promise."""

    def write(constraint: Constraint, target: str) -> str:
        return _values(constraint, target, f"FILTER ( !COALESCE({expression(constraint)}, false) )")

    return write


def _whole_number(constraint: Constraint) -> int:
    value = unquote(constraint.value[0])[1]
    if not value.isdecimal():
        raise BadShape(constraint.source, f"sh:{constraint.component} wants a whole number, not {value!r}")
    return int(value)


def _length(constraint: Constraint) -> str:
    return f"!isBlank(?value) && STRLEN(STR(?value)) >= {_whole_number(constraint)}"


def _datatype(constraint: Constraint) -> str:
    name = constraint.value[0]
    well_formed = f" && isLiteral({name}(STR(?value)))" if name in _CASTS else ""
    return f"isLiteral(?value) && DATATYPE(?value) = {name}{well_formed}"


def _node_kind(constraint: Constraint) -> str:
    if constraint.value[0] not in _NODE_KINDS:
        raise BadShape(constraint.source, f"{constraint.value[0]} is not a node kind")
    return _NODE_KINDS[constraint.value[0]]


def _in(constraint: Constraint) -> str:
    return " || ".join(f"sameTerm(?value, {term})" for term in constraint.value) or "false"


def _pattern(constraint: Constraint) -> str:
    return f'!isBlank(?value) && REGEX(STR(?value), {constraint.value[0]}, "{constraint.flags}")'


_WRITERS: Mapping[str, Callable[[Constraint, str], str]] = {
    "minCount": _count,
    "maxCount": _count,
    "uniqueLang": _unique_lang,
    "datatype": _test(_datatype),
    "nodeKind": _test(_node_kind),
    "minInclusive": _test(lambda constraint: f"?value >= {constraint.value[0]}"),
    "maxInclusive": _test(lambda constraint: f"?value <= {constraint.value[0]}"),
    "minLength": _test(_length),
    "pattern": _test(_pattern),
    "in": _test(_in),
}
