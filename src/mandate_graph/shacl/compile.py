"""Constraints to set queries: one SELECT finds every node that breaks a promise, however many nodes there are.

Each query projects ``?this`` and, where SHACL gives a result a value, ``?value``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mandate_graph.engine import unquote
from mandate_graph.errors import BadShape
from mandate_graph.shacl.queries import set_query
from mandate_graph.shacl.shapes import SH, Constraint, Target

__all__ = ["compile_constraint"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
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
        return set_query(constraint.value[0], constraint.source, target)
    if constraint.component == "class":
        classes = subclasses(constraint.value[0])
        typed = " UNION ".join(f"{{ ?value {_RDF_TYPE} {name} }}" for name in classes)
        return _values(constraint, target, f"MINUS {{ {typed} }}")
    return _WRITERS[constraint.component](constraint, target)


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
