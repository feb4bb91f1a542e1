"""Literals that two engines may take for different things.

The embedded engine keeps numbers, days and the like by their value: ``"01"^^xsd:integer`` comes back as ``1``, and
``"5"^^xsd:byte`` as the integer ``5``. pySHACL reads some forms that XML Schema does not know, and refuses some that it
does. A literal is plain when all of them read the same, and give back the same characters; of what is not plain
pySHACL is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mandate_graph.engine import Quad, unquote

__all__ = ["NUMBERS", "is_plain", "rough"]

XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))
"""The datatypes of numbers that the engine leaves as they are."""
_DAY = r"(?!0000)\d{4}-\d\d-\d\d"
_WHOLE = r"(?:0|-?[1-9]\d{0,%d})"
_BROKEN = r"-?(?:0|[1-9]\d{0,%d})\.\d{0,%d}[1-9]"
_PLAIN: Mapping[str, re.Pattern[str]] = {
    f"{XSD}{name}": re.compile(form, re.ASCII)
    for name, form in {
        "integer": _WHOLE % 16,
        "decimal": f"{_WHOLE % 14}|{_BROKEN % (11, 11)}",
        "double": f"{_WHOLE % 13}|{_BROKEN % (5, 5)}",
        "float": f"{_WHOLE % 4}|{_BROKEN % (2, 1)}",
        "boolean": "true|false",
        "date": _DAY,
        "dateTime": rf"{_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ?",
        "gYear": r"(?!0000)\d{4}",
    }.items()
}
# The datatypes that the engine keeps as they are, whatever they hold.
_TEXT = {f"{XSD}{name}" for name in ("string", "anyURI", "normalizedString", "token", "language", "NMTOKEN", "Name")}


def is_plain(term: str) -> bool:
    """Whether every engine reads a term the same; all but literals of XML Schema's datatypes are."""
    if not term.startswith('"'):
        return True
    _, value, _, datatype = unquote(term)
    if not datatype.startswith(XSD) or datatype in _TEXT:
        return True
    form = _PLAIN.get(datatype)
    return form is not None and form.fullmatch(value) is not None


def rough(quads: Iterable[Quad]) -> list[Quad]:
    """The quads whose object is not plain."""
    known: dict[str, bool] = {}
    found = []
    for quad in quads:
        term = quad[2]
        if term[-1] != ">" or term[0] != '"':  # no typed literal
            continue
        plain = known.get(term)
        if plain is None:
            plain = known[term] = is_plain(term)
        if not plain:
            found.append(quad)
    return found
