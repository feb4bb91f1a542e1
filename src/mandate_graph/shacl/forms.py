"""Literals that two engines may take for different things.

The embedded engine keeps numbers, days and the like by their value: ``"01"^^xsd:integer`` comes back as ``1``, and
``"5"^^xsd:byte`` as the integer ``5``. pySHACL reads some forms that XML Schema does not know, and refuses some that it
does. A literal is plain when all of them read the same, and give back the same characters; of what is not plain
pySHACL is asked.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mandate_graph.engine import Quad, parse_quads, parse_triples, unquote

__all__ = ["NUMBERS", "XSD", "Written", "has_blank_nodes", "is_plain", "of_file", "of_quads", "rough"]

XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))
"""The datatypes of numbers that the engine leaves as they are."""
_TYPED = f'"^^<{XSD}'.encode()
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
        "gYearMonth": r"(?!0000)\d{4}-(?:0[1-9]|1[0-2])",
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


class Written(NamedTuple):
    """Data as they are written: every quad, and those whose object is not plain."""

    quads: Callable[[], Iterable[Quad]]
    rough: Callable[[], list[Quad]]


def of_quads(quads: Sequence[Quad]) -> Written:
    """Quads that are in memory."""
    return Written(lambda: quads, lambda: rough(quads))


def of_file(path: Path) -> Written:
    """A file of canonical N-Quads; it is not parsed to find what is not plain."""
    return Written(lambda: parse_quads(path), lambda: _rough_lines(path))


def has_blank_nodes(path: Path) -> bool:
    """Whether a file of canonical N-Quads may hold a blank node; a text that reads like one counts, too."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data[:2] == b"_:" or data.find(b"\n_:") >= 0 or data.find(b" _:") >= 0


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


def _rough_lines(path: Path) -> list[Quad]:
    if not path.stat().st_size:
        return []
    known: dict[bytes, bool] = {}
    lines = []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(_TYPED)
        while place >= 0:
            end = data.find(b">", place)
            term = data[data.rfind(b'"', 0, place) : end + 1]
            plain = known.get(term)
            if plain is None:
                # a quotation mark inside starts too late, and the rest of such a literal is plain for nobody
                plain = known[term] = b"\\" not in term and is_plain(term.decode())
            if not plain:
                lines.append(data[data.rfind(b"\n", 0, place) + 1 : data.find(b"\n", end) + 1 or len(data)])
            place = data.find(_TYPED, end)
    return rough(parse_triples(b"".join(lines), ".nq", str(path)))
