"""Constraints to set queries: one SELECT finds every node that breaks a promise, however many nodes there are.

Each query projects ``?this`` and, where SHACL gives a result a value, ``?value``; ``?path`` where the path is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from mandate_graph.engine import unquote
from mandate_graph.shacl.parameters import CASTS, NODE_KINDS
from mandate_graph.shacl.queries import closing, mask, set_query
from mandate_graph.shacl.shapes import Constraint, Target

__all__ = ["RANGES", "TESTS", "Subclasses", "compile_constraint", "focus_pattern", "is_one_step", "target_query"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
RANGES: Mapping[str, str] = {"minExclusive": ">", "minInclusive": ">=", "maxExclusive": "<", "maxInclusive": "<="}
Subclasses = Callable[[str], Sequence[str]]


def compile_constraint(
    constraint: Constraint, subclasses: Subclasses, foci: Collection[str] | None = None
) -> list[str]:
    """The queries of a constraint, one a target; ``subclasses`` gives a class and all below it.

    ``foci``, IRIs or literals, are the only nodes of the targets to look at; None for all.

    Raises:
        Unsupported: when a query cannot be asked of all nodes at once.
        BadShape: when a query of a shape is none.
    """
    focuses = (focus_pattern(constraint, target, subclasses, foci) for target in constraint.targets)
    queries = [_query(constraint, focus, subclasses) for focus in focuses]
    return queries if foci is None or constraint.above else [_confined(query, _nodes(foci)) for query in queries]


def target_query(target: Target, subclasses: Subclasses, nodes: Collection[str]) -> str:
    """Those of some nodes that are a target's."""
    return f"SELECT DISTINCT ?this {{ {_some(target, subclasses, nodes)} }}"


def focus_pattern(
    constraint: Constraint, target: Target, subclasses: Subclasses, foci: Collection[str] | None = None
) -> str:
    """A pattern that binds ``?this`` to the focus nodes, each once."""
    pattern = _target(target, subclasses) if foci is None else _some(target, subclasses, foci)
    for depth, path in enumerate(constraint.above):
        outer = f"?above{depth}"
        pattern = f"{{ SELECT DISTINCT ?this {{ {pattern.replace('?this', outer)} {outer} {path} ?this }} }}"
    return pattern


def _some(target: Target, subclasses: Subclasses, nodes: Collection[str]) -> str:
    """The same for those of some nodes that are the target's."""
    classes = subclasses(target.term) if target.kind == "targetClass" else ()
    if len(classes) > 1:  # each node is looked at, and not all that are of these classes
        typed = f"?this {_RDF_TYPE} ?type FILTER ( ?type IN ( {', '.join(classes)} ) )"
        return f"{{ SELECT DISTINCT ?this {{ {_nodes(nodes)} {typed} }} }}"
    return f"{_nodes(nodes)} {_target(target, subclasses)}"


def _nodes(foci: Collection[str]) -> str:
    return f"VALUES ?this {{ {' '.join(sorted(foci))} }}"


def _confined(query: str, nodes: str) -> str:
    """The query with the nodes in each MINUS about them, which alone would be evaluated for all that there are."""
    code = mask(query)
    for start in reversed([match.end() for match in re.finditer(r"\bMINUS\s*\{", code)]):
        if re.search(r"[?$]this\b", code[start : closing(code, start - 1)]):
            query = f"{query[:start]} {nodes} {query[start:]}"
    return query


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
        return set_query(constraint.value[0], constraint.source, target, constraint.path)
    if constraint.component == "class":
        classes = subclasses(constraint.value[0])
        if len(classes) == 1:
            return _values(constraint, target, f"FILTER NOT EXISTS {{ ?value {_RDF_TYPE} {classes[0]} }}")
        typed = " UNION ".join(f"{{ ?value {_RDF_TYPE} {name} }}" for name in classes)
        return _values(constraint, target, f"MINUS {{ {typed} }}")
    if test := TESTS.get(constraint.component):
        # A value that the expression is false or an error for breaks the promise.
        return _values(constraint, target, f"FILTER ( !COALESCE({test(constraint)}, false) )")
    return _WRITERS[constraint.component](constraint, target)


def _step(constraint: Constraint, variable: str = "?value") -> str:
    """The pattern from a focus node to its value nodes; of a node shape it is its own."""
    if not constraint.path:
        return f"BIND ( ?this AS {variable} )"
    return f"?this {constraint.path} {variable} ."


def _values(constraint: Constraint, target: str, filter_pattern: str) -> str:
    return f"SELECT DISTINCT ?this ?value WHERE {{ {target} {_step(constraint)} {filter_pattern} }}"


def _count(constraint: Constraint, target: str) -> str:
    limit = _number(constraint)
    if constraint.component == "maxCount":
        pattern, test = f"{target} ?this {constraint.path} ?each .", f"> {limit}"
    elif limit == 1:
        return f"SELECT DISTINCT ?this WHERE {{ {target} {_without(constraint, '?each')} }}"
    else:
        pattern, test = f"{target} OPTIONAL {{ ?this {constraint.path} ?each }}", f"< {limit}"
    # Where every node comes once, and a triple leads to its values, each of these comes once, too.
    counted = "?each" if is_one_step(constraint) else "DISTINCT ?each"
    return f"SELECT ?this WHERE {{ {pattern} }} GROUP BY ?this HAVING ( COUNT({counted}) {test} )"


def is_one_step(constraint: Constraint) -> bool:
    """Whether the path of a constraint is a property, or the inverse of one."""
    return constraint.path.count("<") == 1 and constraint.path[-1] not in "*+?"


def _without(constraint: Constraint, value: str) -> str:
    """What keeps the nodes that no value is found for: a look into an index for each, or one join for all."""
    negation = "FILTER NOT EXISTS" if is_one_step(constraint) else "MINUS"
    return f"{negation} {{ ?this {constraint.path} {value} }}"


def _unique_lang(constraint: Constraint, target: str) -> str:
    # One result a language (SHACL §4.4.5), therefore the language is grouped by; plain strings have none.
    return (
        f"SELECT ?this ?language WHERE {{ {target} ?this {constraint.path} ?each . BIND ( LANG(?each) AS ?language ) "
        'FILTER ( ?language != "" ) } GROUP BY ?this ?language HAVING ( COUNT(DISTINCT ?each) > 1 )'
    )


def _has_value(constraint: Constraint, target: str) -> str:
    term = constraint.value[0]
    if not constraint.path:
        return f"SELECT DISTINCT ?this WHERE {{ {target} FILTER ( !sameTerm(?this, {term}) ) }}"
    return f"SELECT DISTINCT ?this WHERE {{ {target} {_without(constraint, term)} }}"


def _equals(constraint: Constraint, target: str) -> str:
    """Every value that only one of the two has."""
    own, other = _step(constraint), f"?this {constraint.value[0]} ?value ."
    missing = f"MINUS {{ {target} {own} }}" if constraint.path else "FILTER ( !sameTerm(?this, ?value) )"
    return (
        f"SELECT DISTINCT ?this ?value WHERE {{ {{ {target} {own} MINUS {{ {other} }} }} "
        f"UNION {{ {target} {other} {missing} }} }}"
    )


def _disjoint(constraint: Constraint, target: str) -> str:
    if not constraint.path:
        return _values(constraint, f"{target} ?this {constraint.value[0]} ?this .", "")
    return _values(constraint, target, f"?this {constraint.value[0]} ?value .")


def _closed(constraint: Constraint, target: str) -> str:
    allowed = ", ".join(dict.fromkeys(constraint.value))
    # The path is the property that is not allowed (SHACL §4.8.1).
    test = f"FILTER ( ?path NOT IN ( {allowed} ) )" if allowed else ""
    return f"SELECT DISTINCT ?this ?path ?value WHERE {{ {target} ?this ?path ?value . {test} }}"


def _number(constraint: Constraint) -> int:
    return int(unquote(constraint.value[0])[1])


def _datatype(constraint: Constraint) -> str:
    name = constraint.value[0]
    well_formed = f" && isLiteral({name}(STR(?value)))" if name in CASTS else ""
    return f"isLiteral(?value) && DATATYPE(?value) = {name}{well_formed}"


def _in(constraint: Constraint) -> str:
    return " || ".join(f"sameTerm(?value, {term})" for term in constraint.value) or "false"


def _pattern(constraint: Constraint) -> str:
    pattern, flags = constraint.value[0].partition('"^^')[0], constraint.flags
    pattern = pattern if pattern.endswith('"') else f'{pattern}"'
    return f'!isBlank(?value) && REGEX(STR(?value), {pattern}, "{flags}")'


def _range(constraint: Constraint) -> str:
    return f"?value {RANGES[constraint.component]} {constraint.value[0]}"


_WRITERS: Mapping[str, Callable[[Constraint, str], str]] = {
    "minCount": _count,
    "maxCount": _count,
    "uniqueLang": _unique_lang,
    "equals": _equals,
    "disjoint": _disjoint,
    "closed": _closed,
    "hasValue": _has_value,
}
TESTS: Mapping[str, Callable[[Constraint], str]] = {
    "datatype": _datatype,
    "nodeKind": lambda constraint: NODE_KINDS[constraint.value[0]].format("?value"),
    **dict.fromkeys(RANGES, _range),
    "minLength": lambda one: f"{_number(one)} = 0 || !isBlank(?value) && STRLEN(STR(?value)) >= {_number(one)}",
    "maxLength": lambda one: f"!isBlank(?value) && STRLEN(STR(?value)) <= {_number(one)}",
    "pattern": _pattern,
    "in": _in,
}
"""By component, an expression that is true of a ``?value`` that keeps the promise, and false or an error of others."""
