"""Queries that ask another server too (SPARQL 1.1 Federated Query).

Engines send the group of a SERVICE as it stands: what our side knows already (35 countries) is not in it, and the other
server would be asked for all that it has. So our side is asked first, alone: it is the sub-SELECT that the outermost
WHERE group begins with. What it finds stands as VALUES where a comment ``# VALUES ?x`` inside the SERVICE names one of
its variables. The text that is run is plain SPARQL, which any engine with federation can run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from mandate_graph.errors import BadQuery, EndpointError, UsageError
from mandate_graph.exchange import checked_url
from mandate_graph.failures import HalfAnswer, NotSparql, Redirected, Refused, Unreachable
from mandate_graph.sparql.text import MARK, tokens, where_group, with_values

__all__ = ["MOST", "addresses", "failed_elsewhere", "with_our_side"]

MOST = 500
"""How many things the other server is asked about in one query."""

_IRI = re.compile(r'<([^<>"{}|^`\\\x00-\x20]*)>')
_NOT_IN_IRI = re.compile(r'[<>"{}|^`\\\x00-\x20]')
_FORMS = frozenset({"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"})
_STATUS = re.compile(r"Error (\d{3})\b.*? returned by (\S+) with payload:\s*(.*)", re.DOTALL)
_TYPE = re.compile(r"Unsupported Content-Type returned by service <[^>]*>: (.*)", re.DOTALL)
_REDIRECT = re.compile(r"too many redirects \(\d+\)\. The latest redirection target is (\S+)")
_SYNTAX = re.compile(r"error at \d+:\d+: expected")

Table = Callable[[str], tuple[list[str], list[list[str]]]]


class _Service(NamedTuple):
    """Places in a text: the word SERVICE, the name of the server, and the inside of its group."""

    word: int
    name: tuple[int, int]
    inside: tuple[int, int]


def addresses(text: str) -> list[str]:
    """The servers that a query asks, in order, each once; a variable or a prefixed name is none."""
    found = (_IRI.match(text, service.name[0]) for service in _services(text))
    return list(dict.fromkeys(match[1] for match in found if match))


def with_our_side(name: str, text: str, table: Table, service: str | None, parameters: Collection[str]) -> str:
    """The text as it is run: with what our side knows, and with the address ``service`` where one is given.

    ``table`` answers a SELECT query of our side with terms in N-Triples syntax; ``parameters`` are the query's own, and
    their marks are left alone. Where our side has nothing to ask about, the group stands without its server: nobody is
    asked, and it finds nothing.

    Raises:
        BadEndpoint: when ``service`` is no address of a server.
        BadQuery: when a SERVICE wants what the first sub-SELECT does not give.
        UsageError: when there are more than ``MOST`` things to ask about.
    """
    if service is not None:
        address = _NOT_IN_IRI.sub(lambda match: f"%{ord(match[0]):02X}", checked_url(service))
        for found in reversed(_services(text)):
            text = f"{text[: found.name[0]]}<{address}>{text[found.name[1] :]}"
    wanted = list(
        dict.fromkeys(
            mark[2]
            for found in _services(text)
            for mark in MARK.finditer(text, *found.inside)
            if mark[2] not in parameters
        )
    )
    if not wanted:
        return text
    known = _known(name, text, table, wanted)
    if not all(known.values()):
        for found in reversed(_services(text)):
            text = text[: found.word] + text[found.inside[0] - 1 :]
    return with_values(text, {variable: " ".join(terms) for variable, terms in known.items()})


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


def _services(text: str) -> list[_Service]:
    found = list(tokens(text))
    services = []
    for number, (word, place) in enumerate(found):
        if word != "SERVICE":
            continue
        after = number + (2 if [word for word, _ in found[number + 1 : number + 2]] == ["SILENT"] else 1)
        if [word for word, _ in found[after : after + 2]] != [".", "{"]:
            continue  # no SPARQL; the engine says so
        start, opening = found[after][1], found[after + 1][1]
        iri = _IRI.match(text, start)
        inside = opening + 1, found[_closing(found, after + 1)][1]
        services.append(_Service(place, (start, iri.end() if iri else opening), inside))
    return services


def _closing(found: Sequence[tuple[str, int]], opening: int) -> int:
    """The token that closes the brace at ``opening``; the last one where none does."""
    depth = 0
    for number in range(opening, len(found)):
        depth += {"{": 1, "}": -1}.get(found[number][0], 0)
        if not depth:
            return number
    return len(found) - 1


def failed_elsewhere(error: BadQuery, text: str) -> EndpointError | None:
    """What the embedded engine says went wrong with another server, as an error of that server.

    None where it is the text that is wrong, or where an endpoint of somebody else did the asking: it says itself why.
    """
    asked = addresses(text)
    problem = error.problem
    if not asked or not error.text or _SYNTAX.match(problem):
        return None
    url = next((address for address in asked if address in problem), asked[0]).partition("?")[0]
    if match := _STATUS.match(problem):
        return Refused(url, int(match[1]), match[3] or "it does not say why")
    if match := _TYPE.match(problem):
        return NotSparql(url, f"it answers with {match[1]}")
    if match := _REDIRECT.search(problem):
        return Redirected(url, match[1])
    return HalfAnswer(url, problem) if problem.startswith("Parser error") else Unreachable(url, problem)
