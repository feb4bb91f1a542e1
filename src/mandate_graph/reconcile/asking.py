"""What clients send, read strictly where it decides and leniently where it does not (members that nobody knows).

Reconciliation Service API 0.2: reconciliation queries, data extension queries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from mandate_graph.errors import UsageError
from mandate_graph.iris import MG
from mandate_graph.reconcile.matching import LONGEST
from mandate_graph.reconcile.records import Asked, Given, Plain, Strict

__all__ = ["BATCH", "MOST_QUERIES", "Extension", "Wanted", "read_extension", "read_queries"]

BATCH = 50
"""How many queries a client is asked to send at once."""
MOST_QUERIES = 500
"""How many queries (or, for extension, identifiers) are answered at once."""
_MOST_CHARACTERS = 250_000
"""As many as a batch of the size that the manifest asks for has, when every name is as long as names are looked at."""
_MOST_CANDIDATES = 100
_FEW = 5
_MOST_VALUES = 50
_STRICT = ("any", "all", "should")
_CONTENT = ("label", "id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property to be fetched: at most ``limit`` values (0: all), labels or identifiers, texts of one language."""

    pid: str
    limit: int = 0
    content: str = "label"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which things are to be fetched."""

    ids: tuple[str, ...]
    wanted: tuple[Wanted, ...]


def read_queries(text: str) -> dict[str, Asked]:
    """A batch of queries by their names.

    Raises:
        UsageError: when it is no JSON object of queries, a query is malformed, or there are too many.
    """
    batch = _object(_json(text, "queries"), "queries")
    if len(batch) > MOST_QUERIES:
        raise UsageError(f"queries: {len(batch)} queries are too many at once; send at most {MOST_QUERIES}")
    asked = {
        name: _asked(_object(query, f"query {name[:40]!r}"), f"query {name[:40]!r}") for name, query in batch.items()
    }
    # those that are longer name nothing, and are not looked at
    characters = sum(len(each.query) for each in asked.values() if len(each.query) <= LONGEST)
    if characters > _MOST_CHARACTERS:
        raise UsageError(
            f"queries: {characters:,} characters are too many at once; send at most {_MOST_CHARACTERS:,}, in parts"
        )
    return asked


def read_extension(text: str) -> Extension:
    """A data extension query.

    Raises:
        UsageError: when it is malformed, or asks for too much.
    """
    asked = _object(_json(text, "extend"), "extend")
    ids = asked.get("ids")
    properties = asked.get("properties")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise UsageError("extend: 'ids' must be a list of identifiers")
    if not isinstance(properties, list):
        raise UsageError("extend: 'properties' must be a list of objects with an 'id'")
    if len(ids) > MOST_QUERIES or len(properties) > _MOST_VALUES:
        raise UsageError(
            f"extend: {len(ids)} identifiers and {len(properties)} properties are too many at once; "
            f"send at most {MOST_QUERIES} and {_MOST_VALUES}"
        )
    wanted = tuple(_wanted(_object(each, "extend: a property")) for each in properties)
    return Extension(tuple(dict.fromkeys(ids)), tuple({each.pid: each for each in wanted}.values()))


def _json(text: str, where: str) -> object:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({str(error)[:100] or 'nested too deeply'})") from None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: must be a JSON object")
    return value


def _asked(query: Mapping[str, object], where: str) -> Asked:
    words = query.get("query", "")
    if not isinstance(words, str):
        raise UsageError(f"{where}: 'query' must be a string")
    strict = query.get("type_strict") or "any"
    if strict not in _STRICT:
        raise UsageError(f"{where}: 'type_strict' must be any, all or should")
    given = query.get("properties") or []
    if not isinstance(given, list) or len(given) > _MOST_VALUES:
        raise UsageError(f"{where}: 'properties' must be a list of at most {_MOST_VALUES} objects with 'pid' and 'v'")
    if "query" not in query and not given:
        raise UsageError(f"{where}: must have a 'query' or 'properties'")
    return Asked(
        words,
        _types(query.get("type"), where),
        cast("Strict", strict),
        tuple(_given(_object(each, f"{where}: a property"), where) for each in given),
        _number(query.get("limit"), _FEW, f"{where}: 'limit'"),
    )


def _types(value: object, where: str) -> tuple[str, ...]:
    types = [value] if isinstance(value, str) else value or []
    if not isinstance(types, list) or not all(isinstance(each, (str, dict)) for each in types):
        raise UsageError(f"{where}: 'type' must be an identifier or a list of them")
    # Some clients send types as they got them, with id and name.
    ids = [each.get("id", "") if isinstance(each, dict) else each for each in types]
    return tuple(dict.fromkeys(_kind(each) for each in ids if isinstance(each, str) and each.strip()))


def _kind(type_id: str) -> str:
    """The kind that a type means: its word, or the class of the ontology that things of it have."""
    asked = type_id.strip()
    return _CLASSES.get(asked, asked)


_CLASSES = {
    f"{space}{name}": kind
    for names, spaces in (
        ("Summit SummitDocument Instrument Body Mandate", ("mg:", MG)),
        ("Country Place EventSeries", ("schema:", "https://schema.org/")),
    )
    for name in names.split()
    for kind in [{"SummitDocument": "document", "EventSeries": "series"}.get(name, name.lower())]
    for space in spaces
}


def _number(value: object, default: int, where: str) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UsageError(f"{where} must be a number")
    return int(max(0, min(value, _MOST_CANDIDATES)))


def _given(given: Mapping[str, object], where: str) -> Given:
    pid, value = given.get("pid"), given.get("v")
    if not isinstance(pid, str):
        raise UsageError(f"{where}: each of its properties must have a 'pid'")
    values = value if isinstance(value, list) else [] if value is None else [value]
    plain: list[Plain] = []
    things: list[str] = []
    for each in values[:_MOST_VALUES]:
        if isinstance(each, (str, int, float)):
            if not isinstance(each, str) or each.strip():  # an empty cell says nothing
                plain.append(each)
        elif isinstance(each, dict) and isinstance(each.get("id"), str):
            things.append(each["id"])
        else:
            raise UsageError(
                f"{where}: a value of {pid[:40]!r} must be a string, a number, true, false or an object with an id"
            )
    return Given(pid, tuple(plain), tuple(things))


def _wanted(asked: Mapping[str, object]) -> Wanted:
    pid = asked.get("id")
    if not isinstance(pid, str):
        raise UsageError("extend: each property must have an 'id'")
    settings = _object(asked.get("settings") or {}, "extend: 'settings'")
    limit, content, language = settings.get("limit"), settings.get("content") or "label", settings.get("language") or ""
    if isinstance(limit, str):  # a form field of a client
        limit = int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 10 else 0
    if content not in _CONTENT:
        raise UsageError("extend: the setting 'content' must be label or id")
    if not isinstance(language, str):
        raise UsageError("extend: the setting 'language' must be a code, such as es")
    return Wanted(pid, _number(limit, 0, "extend: the setting 'limit'"), str(content), language)
