"""The door to SPARQLWrapper: any SPARQL 1.1 server, asked and answering like the embedded engine."""

from __future__ import annotations

import copy
import json
import re
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from mandate_graph.engine import Answer, Quad, QueryForm, code_of, parse_triples, solutions, speaks_of_graphs
from mandate_graph.errors import BadQuery, BadRdf, Deadlocked, HalfAnswer, NeedsAccess, NotSparql, Refused
from mandate_graph.exchange import LARGEST_ANSWER, Access, Exchange, Reply, checked_url
from mandate_graph.failures import CutAnswer
from mandate_graph.version import __version__

__all__ = ["Access", "Endpoint", "form_of", "graphs_to_name"]

_MG = "https://w3id.org/mandate-graph/ns#"
_AGENT = f"mandate-graph/{__version__}"
_RESULTS = "application/sparql-results+json"
_TRIPLES = {
    "application/n-triples": ".nt",
    "text/turtle": ".ttl",
    "application/turtle": ".ttl",
    "application/x-turtle": ".ttl",
    "application/rdf+xml": ".rdf",
    "text/plain": ".nt",  # what N-Triples were called first
}
_ACCEPTED_TRIPLES = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
_JSON_TYPES = {_RESULTS, "application/json"}
# Addresses longer than this are cut or refused by one server or proxy or another.
_LONGEST_ADDRESS = 4_000
# What Virtuoso says of SQLSTATE 40001: in a page of its graph store, and in the text of its updates.
_TAKEN_BACK = re.compile(rb"\b(?:Error|Virtuoso) 40001\b")
_FORMS: dict[str, QueryForm] = {"select": "select", "ask": "ask", "construct": "graph", "describe": "graph"}

_SHOWS_MANDATES = f"ASK {{ ?mandate a <{_MG}Mandate> }}"
_HAS_MANDATES = f"ASK {{ GRAPH ?graph {{ ?mandate a <{_MG}Mandate> }} }}"
# a vocabulary that links lead to has a space too, and is no dcat:Dataset
_BASES = """SELECT DISTINCT ?base { GRAPH ?graph {
  ?version a <http://www.w3.org/ns/dcat#Dataset> ; <http://rdfs.org/ns/void#uriSpace> ?base } }"""
_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?subject ?predicate ?object } }"


def form_of(query: str) -> QueryForm | None:
    """The form of a query by its first word that says one; None where no word does."""
    found = re.search(r"(?<![\w:?$])(select|ask|construct|describe)\b(?!:)", code_of(query), re.IGNORECASE)
    return _FORMS[found.group().lower()] if found else None


def graphs_to_name(ask: Callable[[str], bool], column: Callable[[str], Sequence[tuple[str, str]]]) -> tuple[str, ...]:
    """The named graphs that queries must name so that they see the mandates; none where the default graph shows them.

    ``ask`` answers an ASK query, ``column`` gives kind and value of the one column of a SELECT query.
    """
    if ask(_SHOWS_MANDATES) or not ask(_HAS_MANDATES):
        return ()
    bases = [value for kind, value in column(_BASES) if kind in {"literal", "typed-literal"} and value]
    graphs = sorted(value for kind, value in column(_GRAPHS) if kind == "uri")
    ours = tuple(graph for graph in graphs if any(graph.startswith(f"{base}graph/") for base in bases))
    return ours or tuple(graphs)


@dataclass
class Endpoint:
    """A SPARQL 1.1 server at an address; queries, updates and graphs travel as whoever ``access`` says.

    ``timeout`` is in seconds, for a whole answer. ``default_graphs`` are the graphs whose union a query sees that does
    not speak of graphs; where none are given and the server's own default graph shows no mandates although a named
    graph has them, they are found once.
    With ``as_it_is`` nothing is found out, and queries see what the server shows: other things than mandates.
    Without ``redirected`` the server may not send us to another address.

    Raises:
        BadEndpoint: when the address cannot be asked.
    """

    url: str
    access: Access = field(default_factory=Access)
    timeout: float = 60.0
    default_graphs: Sequence[str] = ()
    largest: int = field(default=LARGEST_ANSWER, repr=False)
    most: int | None = None
    as_it_is: bool = False
    redirected: bool = True

    def __post_init__(self) -> None:
        checked_url(self.url)
        self._exchange = Exchange(self.access, self.timeout, self.largest, redirected=self.redirected)
        # what is found out of the server, once for all that are made from this
        self._found_graphs: list[tuple[str, ...]] = []
        self._decodes_twice: list[bool] = []

    def within(self, seconds: float | None, most: int | None) -> Endpoint:
        """The same endpoint with another time for each answer, and a number of rows after which one is cut."""
        other = copy.copy(self)
        other.most = most
        if seconds is not None:
            other.timeout = seconds
            vars(other)["_exchange"] = self._exchange.within(seconds)
        return other

    def answer(self, query: str, name: str = "query") -> Answer:
        """Run a query: SPARQL JSON results of a SELECT or ASK query, triples of the others.

        Raises:
            BadQuery: when the server cannot parse it; ``name`` is what the message calls it.
            EndpointError: when the server does not do its part.
        """
        form = form_of(query)
        if form is None:
            raise BadQuery(name, "it is none of SELECT, ASK, CONSTRUCT, DESCRIBE")
        graphs = () if speaks_of_graphs(query) else self._graphs()
        reply = self._ask(query, name, form, graphs)
        if form == "graph":
            triples = self._triples(reply)
            return Answer(form, triples[: self.most], self.most is not None and len(triples) > self.most)
        results = self._results(reply, form)
        if form == "select" and self.most is not None and len(results["results"]["bindings"]) > self.most:
            del results["results"]["bindings"][self.most :]
            return Answer(form, json.dumps(results, ensure_ascii=False).encode(), cut=True)
        return Answer(form, reply.body)

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of N-Triples terms each (empty where unbound).

        Raises:
            BadQuery: when it is no SELECT query, or the server cannot parse it.
            EndpointError: when the server does not do its part.
        """
        form, body, _ = self.within(None, None).answer(query, name)
        if form != "select" or not isinstance(body, bytes):
            raise BadQuery(name, "only a SELECT query gives a table")
        return solutions(body)

    def update(self, text: str) -> None:
        """Run a SPARQL Update.

        Raises:
            BadQuery: when the server cannot parse it.
            EndpointError: when the server does not do its part.
        """
        from SPARQLWrapper.Wrapper import INSERT, POST, POSTDIRECTLY

        wrapper = self._wrapper(INSERT, "*/*")
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(POSTDIRECTLY)
        wrapper.queryString = text
        self._checked(self._sent(wrapper), "update")

    def put_graph(self, graph: str, ntriples: bytes) -> None:
        """Make a graph these N-Triples (Graph Store Protocol §5.3); raises EndpointError."""
        self._store("PUT", graph, ntriples)

    def add_to_graph(self, graph: str, ntriples: bytes) -> None:
        """Add N-Triples to a graph (Graph Store Protocol §5.5); raises EndpointError."""
        self._store("POST", graph, ntriples)

    def delete_graph(self, graph: str) -> None:
        """Remove a graph (Graph Store Protocol §5.4); one that is not there is gone already. Raises EndpointError."""
        self._store("DELETE", graph, None)

    def _store(self, method: str, graph: str, data: bytes | None) -> None:
        joint = "&" if urlsplit(self.url).query else "?"
        request = urllib.request.Request(  # noqa: S310 - the address was checked
            f"{self.url}{joint}graph={quote(graph, safe='')}", data=data, method=method
        )
        request.add_header("User-Agent", _AGENT)
        if data is not None:
            request.add_header("Content-Type", "application/n-triples")
        reply = self._exchange.send(request)
        if not (method == "DELETE" and reply.status == 404):
            self._checked(reply, "graph")

    def _graphs(self) -> Sequence[str]:
        if self.default_graphs or self.as_it_is:
            return self.default_graphs
        if not self._found_graphs:
            found = graphs_to_name(
                lambda query: bool(self._results(self._ask(query, "query", "ask"), "ask")["boolean"]),
                lambda query: [
                    (cell["type"], cell["value"])
                    for row in self._results(self._ask(query, "query", "select"), "select")["results"]["bindings"]
                    for cell in row.values()
                ],
            )
            self._found_graphs.append(found)
        return self._found_graphs[0]

    def _ask(self, query: str, name: str, form: QueryForm, graphs: Sequence[str] = ()) -> Reply:
        from SPARQLWrapper.Wrapper import POST, POSTDIRECTLY, SELECT

        wrapper = self._wrapper(SELECT, _ACCEPTED_TRIPLES if form == "graph" else _RESULTS)
        wrapper.queryString = query
        for graph in graphs:
            wrapper.addParameter("default-graph-uri", graph)
        if len(wrapper._createRequest().full_url) > _LONGEST_ADDRESS:  # noqa: SLF001 - our own subclass
            wrapper.setMethod(POST)
            # A form is what every server reads (Virtuoso waits for ever for the end of a query sent directly), but
            # rdflib-endpoint decodes it twice, which only tells where a query holds a percent sign.
            if re.search(r"%[0-9A-Fa-f]{2}", query) and self._twice():
                wrapper.setRequestMethod(POSTDIRECTLY)
        return self._checked(self._sent(wrapper), name)

    def _twice(self) -> bool:
        if not self._decodes_twice:
            from SPARQLWrapper.Wrapper import POST, SELECT

            wrapper = self._wrapper(SELECT, _RESULTS)
            wrapper.queryString = 'ASK { FILTER(STRLEN("%41") = 3) }'
            wrapper.setMethod(POST)
            reply = self._checked(self._sent(wrapper), "query")
            self._decodes_twice.append(not self._results(reply, "ask")["boolean"])
        return self._decodes_twice[0]

    def _wrapper(self, kind: str, accept: str) -> Any:
        """SPARQLWrapper with our exchange below it; it knows the form, and need not guess it from the text."""
        parts = urlsplit(self.url)
        wrapper = _wrapper_class()(urlunsplit(parts._replace(query="", fragment="")), agent=_AGENT)
        wrapper.exchange = self._exchange
        wrapper.accept = accept
        wrapper.onlyConneg = True
        wrapper.queryType = kind
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            wrapper.addParameter(key, value)
        return wrapper

    def _sent(self, wrapper: Any) -> Reply:
        reply: Reply = wrapper.query().response
        return reply

    def _where(self) -> str:
        return self.url.partition("?")[0]

    def _checked(self, reply: Reply, name: str) -> Reply:
        if reply.cut:
            raise CutAnswer(self._where(), f"it gives no more than {reply.cut} rows, and there are more; use LIMIT")
        if 200 <= reply.status < 300:
            return reply
        page = reply.content_type in {"text/html", "application/xhtml+xml"}
        reason = reply.reason if page else _said(reply)
        if reply.status in {401, 403}:
            raise NeedsAccess(self._where(), reply.status, "" if page else reason)
        if reply.status == 400 and not page and name != "graph":
            raise BadQuery(name, reason)
        if _TAKEN_BACK.search(reply.body):  # Virtuoso's 500, with a page or without
            raise Deadlocked(self._where(), reply.status, "two writers waited for each other")
        raise Refused(self._where(), reply.status, reason, reply.wait)

    def _results(self, reply: Reply, form: QueryForm) -> dict[str, Any]:
        """SPARQL JSON results that are whole and are such."""
        if reply.content_type not in _JSON_TYPES:
            raise NotSparql(self._where(), f"it answers with {reply.content_type or 'something unnamed'}")
        try:
            parsed = json.loads(reply.body)
        except (ValueError, RecursionError):
            tail = reply.body[-80:].decode("utf-8", "replace")
            problem = f"the JSON that it sends is broken after {len(reply.body):,} bytes; it ends in {tail!r}"
            raise HalfAnswer(self._where(), problem) from None
        if not _are_results(parsed, form):
            raise NotSparql(self._where(), f"the JSON that it sends holds no {form.upper()} results")
        results: dict[str, Any] = parsed
        return results

    def _triples(self, reply: Reply) -> list[Quad]:
        if reply.content_type not in _TRIPLES:
            raise NotSparql(self._where(), f"it answers with {reply.content_type or 'something unnamed'}")
        try:
            return parse_triples(reply.body, _TRIPLES[reply.content_type], self._where())
        except BadRdf as error:
            raise HalfAnswer(self._where(), error.problem) from None


def _are_results(parsed: Any, form: QueryForm) -> bool:
    try:
        if form == "ask":
            return isinstance(parsed["boolean"], bool)
        return all(isinstance(name, str) for name in parsed["head"]["vars"]) and all(
            cell["type"] in {"uri", "literal", "typed-literal", "bnode"} and isinstance(cell["value"], str)
            for row in parsed["results"]["bindings"]
            for cell in row.values()
        )
    except (TypeError, KeyError, AttributeError):
        return False


def _said(reply: Reply) -> str:
    """What the server says is wrong: the text itself, or the message in its JSON."""
    text = reply.body.decode("utf-8", "replace")
    if reply.content_type.endswith("json"):
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(parsed, dict):
            text = next((str(parsed[key]) for key in ("message", "detail", "error") if parsed.get(key)), text)
    return text if text.strip() else reply.reason


_WRAPPERS: list[type[Any]] = []


def _wrapper_class() -> type[Any]:
    """SPARQLWrapper is imported (with rdflib) when a server is asked, and not before."""
    if not _WRAPPERS:
        from SPARQLWrapper import SPARQLWrapper

        class Wrapper(SPARQLWrapper):  # type: ignore[misc, unused-ignore]
            exchange: Exchange
            accept: str

            def _parseQueryType(self, query: str) -> str:  # noqa: N802, ARG002 - the name is the library's
                return "SELECT"

            def _getAcceptHeader(self) -> str:  # noqa: N802 - the name is the library's
                return self.accept

            def _createRequest(self) -> urllib.request.Request:  # noqa: N802 - the name is the library's
                request = super()._createRequest()
                # Without parameters it leaves a question mark behind, which Virtuoso's Digest does not count.
                request.full_url = request.full_url.removesuffix("?")
                return request

            def _query(self) -> tuple[Any, str]:
                return self.exchange.send(self._createRequest()), self.returnFormat

        _WRAPPERS.append(Wrapper)
    return _WRAPPERS[0]
