"""Values that a query compares with values of another kind.

SPARQL calls ``"11" < 12`` an error, and ``STR`` of a blank node, too, and so does the embedded engine; rdflib, and with
it pySHACL, puts the two in some order, and gives the blank node a text. Where the properties of which a query compares
the values have values of several kinds, the rarer are said to be odd, and pySHACL is asked of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from mandate_graph.engine import Engine, Quad, unquote
from mandate_graph.shacl.patterns import edges_of
from mandate_graph.shacl.queries import closing, mask
from mandate_graph.shacl.shapes import Constraint

__all__ = ["odd_values"]

_EXPRESSION = re.compile(r"(?:FILTER|BIND)\s*\w*\s*\(", re.IGNORECASE)
_OF_TEXT = re.compile(r"\bSTR\s*\(\s*[?$](\w+)\s*\)", re.IGNORECASE)
# What gives a value of one kind whatever it is asked of.
_OF_ANY_KIND = re.compile(
    r"\b(?:STR|LANG|DATATYPE|BOUND|is(?:Blank|IRI|URI|Literal|Numeric))\s*\(\s*[?$]\w+\s*\)", re.IGNORECASE
)
_KIND = (
    'BIND ( IF(isNumeric(?value), "number", IF(isLiteral(?value), STR(DATATYPE(?value)), '
    'IF(isBlank(?value), "blank", "thing"))) AS ?kind )'
)
_BLANK = '"blank"'


def odd_values(engine: Engine, constraints: Iterable[Constraint]) -> list[Quad]:
    """The triples with values of a rarer kind, of the properties that the queries of the constraints compare."""
    looks = {_looks(one) for one in constraints if one.component == "sparql"}
    counts = {name: _kinds(engine, name) for look in looks for names in look for name in names}
    odd: set[tuple[str, str]] = set()
    for compared, texts in looks:
        times: Counter[str] = Counter()
        for name in compared:
            times.update(counts[name])
        usual = max(times, key=lambda kind: (times[kind], kind), default="")
        odd |= {(name, kind) for name in compared for kind in counts[name] if kind != usual}
        odd |= {(name, _BLANK) for name in texts if counts[name][_BLANK]}
    return [quad for name, kind in sorted(odd) for quad in _quads(engine, name, kind)]


def _looks(constraint: Constraint) -> tuple[frozenset[str], frozenset[str]]:
    """The properties whose values a query compares, and those whose values it takes the text of."""
    code = mask(constraint.value[0])
    expressions = " ".join(code[each.end() : closing(code, each.end() - 1)] for each in _EXPRESSION.finditer(code))
    texts = set(_OF_TEXT.findall(expressions))
    compared = set(re.findall(r"[?$](\w+)", _OF_ANY_KIND.sub(" ", expressions)))
    read = edges_of(constraint)
    ends = [(edge.end[1:], edge.path) for edge in (read[1] if read else ()) if re.fullmatch("<[^<>]*>", edge.path)]
    return (
        frozenset(path for end, path in ends if end in compared),
        frozenset(path for end, path in ends if end in texts),
    )


def _kinds(engine: Engine, name: str) -> Counter[str]:
    query = f"SELECT ?kind (COUNT(*) AS ?times) WHERE {{ ?thing {name} ?value {_KIND} }} GROUP BY ?kind"
    return Counter({kind: int(unquote(times)[1]) for kind, times in engine.table(query, "kinds")[1]})


def _quads(engine: Engine, name: str, kind: str) -> list[Quad]:
    query = f"SELECT ?thing ?value WHERE {{ ?thing {name} ?value {_KIND} FILTER ( ?kind = {kind} ) }}"
    return [(thing, name, value, "") for thing, value in engine.table(query, "odd values")[1]]
