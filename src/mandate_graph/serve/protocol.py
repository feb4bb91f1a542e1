"""The SPARQL 1.1 Protocol: which query a request asks, over which dataset (§2.1); nothing but reading the request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from mandate_graph.engine import code_of, written_length
from mandate_graph.serve.messages import Refused, Request, fields_of

__all__ = ["LONGEST", "QUERY_METHODS", "Query", "Traits", "check_length", "is_iri", "read_query", "traits"]

QUERY_METHODS = "GET, HEAD, POST, OPTIONS"
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_READ_ONLY = "this endpoint is read-only: it answers queries and refuses every update"
_DEEPEST = 512
LONGEST = 64_000
"""Characters of a query that is read while others wait; a longer one has rows of VALUES, and workers read it."""
_SERVICE = re.compile(
    r"(?<![\w:?$@-])(?:[0-9.]+(?:e[+-]?[0-9]+)?|true|false)?service(?:silent)?(?![\w:-])", re.IGNORECASE
)
"""Words that engines read without spaces between are one here: ``1SERVICE``, ``SERVICESILENT``."""
_VOLATILE = re.compile(r"(?<![\w:?$])(?:rand|now|uuid|struuid|bnode)\s*\(", re.IGNORECASE)
_WORDS = ("service", "rand", "now", "uuid", "bnode")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_BRACKET = re.compile(r"[(){}\[\]]")


class Query(NamedTuple):
    """A query and the dataset that the request names (None: none); ``form`` is the format that it names by itself."""

    text: str
    default_graphs: Sequence[str] | None
    named_graphs: Sequence[str] | None
    form: str


def read_query(request: Request) -> Query | None:
    """The query of a request; None where a GET asks nothing, and so for the description of the service.

    Raises:
        Refused: for what the protocol does not allow (§2.1.5: 400), for updates (403), methods (405), media (415).
    """
    if request.method not in {"GET", "HEAD", "POST"}:
        raise Refused(
            405, "method", f"{request.method[:20]}: SPARQL is asked with GET or POST", {"Allow": QUERY_METHODS}
        )
    fields = fields_of(request.query, "query string")
    queries: list[str] = []
    if request.method == "POST":
        queries, more = _posted(request)
        fields += more
    values = _by_name(fields)
    queries += values["query"]
    if any(values[name] for name in _OF_UPDATES):
        if queries:
            raise Refused(400, "malformed", "a request asks a query or an update, and updates are refused anyway")
        raise Refused(403, "read-only", _READ_ONLY)
    if not queries and request.method != "POST":
        return None
    if len(queries) != 1:
        raise Refused(400, "malformed", f"a request has one field 'query', and this one has {len(queries)}")
    if not queries[0].strip():
        raise Refused(400, "malformed", "the query is empty")
    default, named = values["default-graph-uri"], values["named-graph-uri"]
    for iri in (*default, *named):
        if not is_iri(iri):
            raise Refused(400, "malformed", f"{iri[:100]}: the name of a graph is an absolute IRI")
    form = next(iter(values["format"]), "")
    return Query(queries[0], default, named, form) if default or named else Query(queries[0], None, None, form)


def _posted(request: Request) -> tuple[list[str], list[tuple[str, str]]]:
    """The query that is the body of a POST (§2.1.3), or the fields of its form (§2.1.2)."""
    media, charset = _media(request.headers.get("content-type", ""))
    if charset not in {"", "utf-8", "utf8"}:
        raise Refused(415, "unsupported-media", f"charset {charset[:40]}: send UTF-8")
    if media == _QUERY:
        return [_decoded(request.body)], []
    if media == _FORM:
        return [], fields_of(_decoded(request.body), "form")
    if media == _UPDATE:
        raise Refused(403, "read-only", _READ_ONLY)
    said = f"{media[:60]} is not read here" if media else "there is no Content-Type"
    headers = {"Accept-Post": f"{_FORM}, {_QUERY}"}
    raise Refused(415, "unsupported-media", f"{said}; send {_QUERY}, or {_FORM} with a field 'query'", headers)


_NAMES = (
    "query", "update", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri", "format"
)  # fmt: skip
_OF_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")


def _media(header: str) -> tuple[str, str]:
    """A media type, and its charset; both in lower case."""
    media, *parameters = (part.strip() for part in header.lower().split(";"))
    charset = next((each[8:].strip('" ') for each in parameters if each.startswith("charset=")), "")
    return media, charset


def _by_name(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of every field that the protocol knows, in one pass: this is done for each query."""
    values: dict[str, list[str]] = {name: [] for name in _NAMES}
    for name, value in fields:
        if name in values:
            values[name].append(value)
    return values


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "malformed", f"the body is not UTF-8 at byte {error.start}") from None


def is_iri(text: str) -> bool:
    """Whether a text can be an absolute IRI (RFC 3987, loosely)."""
    return _IRI.fullmatch(text) is not None


class Traits(NamedTuple):
    """Whether a query asks another server (SERVICE), and whether its answer is the same each time."""

    elsewhere: bool
    lasting: bool


def traits(query: str) -> Traits:
    """What the words of a query say; escapes are read as SPARQL 1.1 §19.2 does."""
    lowered = query.lower()
    if "\\" not in query and not any(word in lowered for word in _WORDS):  # most queries: nothing to look for
        return Traits(elsewhere=False, lasting=True)
    codes = [code_of(text) for text in dict.fromkeys((query, _unescaped(query)))]
    return Traits(
        elsewhere=any(_SERVICE.search(code) for code in codes),
        lasting=not any(_VOLATILE.search(code) for code in codes),
    )


def _unescaped(query: str) -> str:
    def char(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0x110000 else ""

    return _ESCAPED.sub(char, query)


def check_length(query: str, most: int) -> None:
    """Refuse what is longer, or nested deeper, than anybody writes; rows of VALUES count for nothing.

    Raises:
        Refused: saying how long or how deep it is.
    """
    if len(query) <= min(most, _DEEPEST):
        return
    length = written_length(query)
    if length > most:
        raise Refused(
            413, "too-long", f"the query has {length:,} characters without rows of VALUES; {most:,} are the most"
        )
    depth = deepest = 0
    for match in _BRACKET.finditer(code_of(query)):
        depth += 1 if match[0] in "({[" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise Refused(400, "too-long", f"brackets are nested {deepest:,} deep; {_DEEPEST} levels are the most")
