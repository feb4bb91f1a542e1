"""Queries that ask another server too (SPARQL 1.1 Federated Query), in two steps of ours.

Engines send the group of a SERVICE as it stands: what our side knows already (35 countries) is not in it, and the other
server would be asked for all that it has. So our side is asked first, alone: it is the sub-SELECT that the outermost
WHERE group begins with. What it finds stands as VALUES where a comment ``# VALUES ?x`` inside the SERVICE names one of
its variables. This text is plain SPARQL, which any engine with federation can run.

The other server is then asked by us and not by the engine, within a time, with our name, and in the way that all
servers take (Virtuoso never answers what an engine sends directly). Its rows stand as VALUES in the place of the
SERVICE: they are the same solutions (SPARQL 1.1 Federated Query §4), and the rest is run where the graph is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from mandate_graph.errors import BadQuery, EndpointError, NeedsAccess, NotSparql, Refused, UsageError
from mandate_graph.exchange import Access, checked_url
from mandate_graph.iris import NOT_IN_IRI
from mandate_graph.remote import Endpoint
from mandate_graph.sparql.text import MARK, one_line, tokens, where_group, with_values, without_comments

__all__ = ["MOST", "addresses", "with_our_side", "with_their_side"]

MOST = 500
"""How many things the other server is asked about in one query."""

_LARGEST = 32 * 1024 * 1024
_IRI = re.compile(r'<([^<>"{}|^`\\\x00-\x20]*)>')
# What another server sends stands in a text that we run, so it has to be one term, to its last character: RDF 1.1
# N-Triples §2 and SPARQL 1.1 §19.8 (VARNAME).
_VARIABLE = re.compile(r"\w+")
_TERM = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>|_:[^<>"{}|^`\\\x00-\x20]+
      |"(?:\\.|[^"\\\r\n])*"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^<[^<>"{}|^`\\\x00-\x20]*>)?""",
    re.VERBOSE,
)
_SHOWN = 60
_FORMS = frozenset({"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"})

Table = Callable[[str], tuple[list[str], list[list[str]]]]


class _Service(NamedTuple):
    """Places in a text: the word SERVICE, the name of the server, and the inside of its group."""

    word: int
    silent: bool
    name: tuple[int, int]
    inside: tuple[int, int]


def addresses(text: str) -> list[str]:
    """The servers that a query asks, in order, each once; where no address stands, what stands there."""
    return list(dict.fromkeys(_address(text, service) or text[slice(*service.name)] for service in _services(text)))


def with_our_side(name: str, text: str, table: Table, service: str | None, parameters: Collection[str]) -> str:
    """The text with what our side knows in it, and with the address ``service`` where one is given.

    ``table`` answers a SELECT query of our side with terms in N-Triples syntax; ``parameters`` are the query's own, and
    their marks are left alone. Where our side has nothing to ask about, the group stands without its server: nobody is
    asked, and it finds nothing.

    Raises:
        BadEndpoint: when ``service`` is no address of a server.
        BadQuery: when a SERVICE wants what the first sub-SELECT does not give.
        UsageError: when there are more than ``MOST`` things to ask about.
    """
    if service is not None:
        address = NOT_IN_IRI.sub(lambda match: f"%{ord(match[0]):02X}", checked_url(service))
        for found in reversed(_services(text)):
            text = f"{text[: found.name[0]]}<{address}>{text[found.name[1] :]}"
    marks = (mark[2] for found in _services(text) for mark in MARK.finditer(text, *found.inside))
    wanted = [variable for variable in dict.fromkeys(marks) if variable not in parameters]
    if not wanted:
        return text
    known = _known(name, text, table, wanted)
    if not all(known.values()):
        for found in reversed(_services(text)):
            text = text[: found.word] + text[found.inside[0] - 1 :]
    return with_values(text, {variable: " ".join(terms) for variable, terms in known.items()})


def with_their_side(name: str, text: str, seconds: float, *, redirected: bool = True) -> str:
    """The text with the answers of the other servers in the places of their SERVICE; each has so many seconds.

    Without ``redirected`` none of them may send us to another address.

    Raises:
        BadQuery: when a SERVICE names no address.
        BadEndpoint: when the address that it names cannot be asked.
        EndpointError: when the other server does not do its part, and the SERVICE is not SILENT.
    """
    for found in reversed(_services(text)):
        end = found.inside[1] + 1
        answer = _answered(name, text, found, seconds, redirected=redirected)
        # as many lines as before, so that the places in an engine's messages stay those of the text
        lines = text.count("\n", found.word, end)
        text = f"{text[: found.word]}{answer}{chr(10) * lines}{text[end:]}"
    return text


def _answered(name: str, text: str, service: _Service, seconds: float, *, redirected: bool) -> str:
    address = _address(text, service)
    if not address:
        raise BadQuery(name, "SERVICE is followed by the address of a server, such as <https://example.org/sparql>")
    # what stands before the form of the query is its PREFIX lines
    form = next((place for word, place in tokens(text) if word in _FORMS), 0)
    group = text[slice(*service.inside)]
    query = without_comments(f"{text[:form]}SELECT * WHERE {{{group}}}")
    endpoint = Endpoint(address, Access(), seconds, largest=_LARGEST, as_it_is=True, redirected=redirected)
    try:
        names, rows = endpoint.table(query, f"the SERVICE of query {name}")
        _check_terms(names, rows, address.partition("?")[0])
    except (BadQuery, EndpointError) as error:
        if service.silent:
            return "{ }"
        raise _of_theirs(error, address.partition("?")[0]) from None
    head = " ".join(f"?{variable}" for variable in names)
    cells = " ".join(f"( {' '.join(map(_cell, row))} )" for row in rows)
    return f"VALUES ( {head} ) {{ {cells} }}"


def _check_terms(names: Sequence[str], rows: Sequence[Sequence[str]], url: str) -> None:
    """Nothing but variables and terms: all else could be read as more of the query."""
    stray = [f"?{variable}" for variable in names if not _VARIABLE.fullmatch(variable)]
    stray += [term for row in rows for term in row if term and not _TERM.fullmatch(term)]
    if stray:
        raise NotSparql(url, f"it sends {stray[0][:_SHOWN]!r}, which is no variable and no term")


def _of_theirs(error: BadQuery | EndpointError, url: str) -> EndpointError:
    """Whatever went wrong there, as an error of that server: it is the other one, and is told no secrets."""
    if isinstance(error, BadQuery):
        return Refused(url, 400, error.problem)
    if isinstance(error, NeedsAccess):
        return Refused(url, error.status, error.reason or "it lets nobody in whom it does not know")
    return error


def _cell(term: str) -> str:
    """A term in a row of VALUES, where no blank node can stand (SPARQL 1.1 §10.2)."""
    return f"<urn:blank:{term[2:]}>" if term.startswith("_:") else one_line(term) or "UNDEF"


def _known(name: str, text: str, table: Table, wanted: Sequence[str]) -> dict[str, list[str]]:
    """What our side knows of each variable, in order."""
    names, rows = table(_our_side(name, text))
    known = {}
    for variable in wanted:
        if variable not in names:
            raise BadQuery(name, f"SERVICE asks about ?{variable}, and the sub-SELECT at the start has no such column")
        place = names.index(variable)
        known[variable] = sorted({row[place] for row in rows if row[place] and not row[place].startswith("_:")})
        if len(known[variable]) > MOST:
            raise UsageError(
                f"query {name} would ask another server about {len(known[variable]):,} things at once, and {MOST} are "
                "the most; ask for fewer with a parameter"
            )
    return known


def _our_side(name: str, text: str) -> str:
    """The sub-SELECT at the start of the outermost WHERE group, as a query."""
    group = where_group(text)
    form = next((place for word, place in tokens(text) if word in _FORMS), None)
    if group and form is not None:
        inside = text[group[0] : group[1]]
        found = list(tokens(inside))
        if [word for word, _ in found[:2]] == ["{", "SELECT"]:
            end = _closing(found, 0)
            return text[:form] + inside[found[1][1] : found[end][1]]
    raise BadQuery(name, "what SERVICE asks about is found by a sub-SELECT at the start of WHERE, and there is none")


def _address(text: str, service: _Service) -> str:
    iri = _IRI.fullmatch(text, *service.name)
    return iri[1] if iri else ""


def _services(text: str) -> list[_Service]:
    """Every SERVICE that lies in no other one; none in a text that is no SPARQL: the engine says why."""
    if where_group(text) is None:
        return []
    found = list(tokens(text))
    services: list[_Service] = []
    for number, (word, place) in enumerate(found):
        if word != "SERVICE" or (services and place < services[-1].inside[1]):
            continue
        silent = found[number + 1 : number + 2] != [] and found[number + 1][0] == "SILENT"
        after = number + 1 + silent
        if [word for word, _ in found[after : after + 2]] != [".", "{"]:
            continue
        end = _closing(found, after + 1)
        start, opening = found[after][1], found[after + 1][1]
        iri = _IRI.match(text, start)
        name = (start, iri.end() if iri else len(text[:opening].rstrip()))
        services.append(_Service(place, silent, name, (opening + 1, found[end][1])))
    return services


def _closing(found: Sequence[tuple[str, int]], opening: int) -> int:
    """The number of the token that closes the brace at ``opening``; all braces are closed."""
    depth = 0
    for number in range(opening, len(found)):
        depth += {"{": 1, "}": -1}.get(found[number][0], 0)
        if not depth:
            break
    return number
