"""Which room answers which path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote, urlencode

from mandate_graph.serve import forms, problems
from mandate_graph.serve.edition import Answer, Edition
from mandate_graph.serve.files import Files
from mandate_graph.serve.jobs import run_job
from mandate_graph.serve.messages import Refused, Request, Response, fields_of
from mandate_graph.serve.negotiation import Form, choose
from mandate_graph.serve.protocol import QUERY_METHODS, Query, is_iri, read_query
from mandate_graph.serve.sparql import answer_query
from mandate_graph.serve.things import named_form, negotiated

__all__ = ["allowed", "answer"]

_READ = "GET, HEAD, OPTIONS"
_ALL_OF = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_HTML = Form("html", "text/html")


def allowed(path: str) -> str:
    """The methods that a path has, as ``Allow`` says them."""
    return QUERY_METHODS if path.rstrip("/") == "sparql" or path.partition("/")[0] == "reconcile" else _READ


async def answer(edition: Edition, request: Request) -> Response:
    """Answer a request.

    Raises:
        Refused: when it cannot be answered.
    """
    if request.method == "OPTIONS":
        more = {"Accept-Post": "application/sparql-query, application/x-www-form-urlencoded"}
        return Response(204, {"Allow": allowed(request.path), **(more if request.path == "sparql" else {})})
    if request.method not in allowed(request.path).split(", "):
        raise Refused(405, "method", f"{request.method[:20]}: this is answered to {allowed(request.path)}",
                      {"Allow": allowed(request.path)})  # fmt: skip
    first, slash, rest = request.path.partition("/")
    room = _ROOMS.get(first if first == "reconcile" or (slash and not rest and first in _SLASHED) else request.path)
    return await (room or _anything)(edition, request)


async def _sparql(edition: Edition, request: Request) -> Response:
    query = read_query(request)
    if query is not None and not query.form and request.method in {"GET", "HEAD"} and _read_by_people(request):
        return await _shown(edition, request, query)
    if query is not None:
        return await answer_query(edition, request, query)
    chosen = choose(request.headers.get("accept"), (*forms.GRAPHS[:4], _HTML))
    if chosen is _HTML:
        return await _page(edition, request, "sparql")
    return await _description(edition, request, chosen)


def _read_by_people(request: Request) -> bool:
    """Whether a page is wanted more than any answer: whoever follows a link to a query wants to see it."""
    return choose(request.headers.get("accept"), (*forms.RESULTS[:4], *forms.GRAPHS[:4], _HTML)) is _HTML


async def _shown(edition: Edition, request: Request, query: Query) -> Response:
    """The page with the query in it."""
    page = await _page(edition, request, "sparql")
    location = f"{page.headers['Content-Location']}#{urlencode({'query': query.text})}"
    return Response(303, {"Location": location}, vary=page.vary)


async def _description(edition: Edition, request: Request, chosen: Form | None) -> Response:
    """SPARQL 1.1 Service Description."""
    if chosen is None:
        raise Refused(406, "not-acceptable", "the description of the service is Turtle, N-Triples, JSON-LD, RDF/XML; "
                      "this page is HTML", {"Vary": "Accept"})  # fmt: skip
    headers = {"Content-Type": forms.MEDIA[chosen.key]}
    await edition.soon("pages")
    text = edition.said["service"][chosen.key]
    if edition.plan.guessed:
        text = text.replace(f"{edition.plan.site_url}sparql", f"{request.origin}{request.root}sparql")
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    return Response(200, headers, text.encode(), tag, edition.said["modified"], ("Accept",), of_host=True)


async def _store(edition: Edition, request: Request) -> Response:
    """The Graph Store HTTP Protocol, for reading (§5.2, §4.2: indirect identification)."""
    fields = fields_of(request.query, "query string")
    named = [value for key, value in fields if key == "graph"]
    default = any(key == "default" for key, _ in fields)
    if not named and not default:
        return await _description(edition, request, choose(request.headers.get("accept"), forms.GRAPHS[:4]))
    if len(named) + default > 1:
        raise Refused(400, "malformed", "name one graph: ?default, or ?graph=IRI")
    if named and not is_iri(named[0]):
        raise Refused(400, "malformed", f"{named[0][:100]}: the name of a graph is an absolute IRI")
    if named and named[0] not in edition.graphs:
        raise Refused(
            404, "no-graph", f"{named[0][:200]}: there is no graph of this name; /store lists those that there are"
        )
    chosen = choose(request.headers.get("accept"), forms.GRAPHS)
    if chosen is None:
        there = ", ".join(dict.fromkeys(form.media for form in forms.GRAPHS))
        raise Refused(406, "not-acceptable", f"a graph can be sent as {there}", {"Vary": "Accept"})
    query = Query(_ALL_OF, named or None, [] if named else None, "")
    return await answer_query(edition, request, query)


async def _reconcile(edition: Edition, request: Request) -> Response:
    fields = fields_of(request.query, "query string")
    if request.method == "POST":
        sort = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sort not in {"", "application/x-www-form-urlencoded"}:
            raise Refused(415, "unsupported-media", f"{sort[:60]}: send a form (application/x-www-form-urlencoded)")
        try:
            fields = fields_of(request.body.decode(), "form") + fields
        except UnicodeDecodeError as error:
            raise Refused(400, "malformed", f"the body is not UTF-8 at byte {error.start}") from None
    job = {
        "do": "reconcile",
        "method": request.method,
        "path": request.path.removeprefix("reconcile"),
        "fields": dict(reversed(fields)),
        "root": f"{request.origin}{request.root}reconcile",
    }
    found = await run_job(edition, "reconciliation", json.dumps(job).encode(), request.client)
    assert isinstance(found, Answer)  # noqa: S101  (small, and soon)
    return Response(found.head["status"], dict(found.head["headers"]), found.body)


async def _search(edition: Edition, request: Request) -> Response:
    chosen = choose(request.headers.get("accept"), (Form("json", "application/json"), _HTML))
    if chosen is None:
        raise Refused(
            406, "not-acceptable", "what is found can be sent as application/json or text/html", {"Vary": "Accept"}
        )
    if chosen is _HTML:
        return await _page(edition, request, "search")
    fields = fields_of(request.query, "query string")
    found = await run_job(
        edition, "reconciliation", json.dumps({"do": "search", "fields": fields}).encode(), request.client
    )
    assert isinstance(found, Answer)  # noqa: S101  (small, and soon)
    return Response(200, {"Content-Type": "application/json"}, found.body, vary=("Accept",))


async def _page(edition: Edition, request: Request, stem: str) -> Response:
    page = (await _files(edition)).page(stem, request)
    if page is None:
        raise Refused(404, "not-found", f"{stem}: there is no such page")
    page.links = _links(edition, request)
    return page


async def _files(edition: Edition) -> Files:
    await edition.soon("site")
    assert edition.files is not None  # noqa: S101  (prepared)
    return edition.files


async def _index(edition: Edition, request: Request) -> Response:
    chosen = choose(request.headers.get("accept"), (_HTML, *forms.GRAPHS[:4]))
    if chosen is None:
        raise Refused(406, "not-acceptable", "this page is text/html; the dataset is described in Turtle at void.ttl",
                      {"Vary": "Accept"})  # fmt: skip
    if chosen is not _HTML:
        return Response(303, {"Location": "dataset"}, vary=("Accept", "Accept-Language"))
    return await _page(edition, request, "index")


async def _anything(edition: Edition, request: Request) -> Response:
    if edition.files is not None and (found := _prepared(edition, edition.files, request)):
        return found
    found = await named_form(edition, request) or await negotiated(edition, request)
    if found is None and edition.files is None:
        found = _prepared(edition, await _files(edition), request)
    if found is None:
        raise Refused(404, "not-found", f"{request.path[:200] or '/'}: nothing is here")
    return found


def _prepared(edition: Edition, files: Files, request: Request) -> Response | None:
    found = files.file(request.path) or files.negotiated(request.path, request)
    if found is not None:
        found.links = [*_links(edition, request), *files.alternates(request.path)]
    return found


def _links(edition: Edition, request: Request) -> list[str]:
    """What is said of every file: where it lives, what describes the data, whose licence they are under."""
    return [
        f'<{edition.plan.site_url}{quote(request.path)}>; rel="canonical"',
        f'<{request.root}.well-known/void>; rel="describedby"; type="text/turtle"',
        *([f'<{edition.said["license"]}>; rel="license"'] if edition.said["license"] else []),
    ]


async def _problems(_: Edition, request: Request) -> Response:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": "en",
        "Content-Security-Policy": problems.POLICY,
    }
    return Response(200, headers, problems.page(request.root))


_SLASHED = {"sparql", "store"}
"""Endpoints that clients, W3C's tests among them, ask with a slash at the end, too."""
_ROOMS: Mapping[str, Callable[[Edition, Request], Awaitable[Response]]] = {
    "": _index,
    "sparql": _sparql,
    "store": _store,
    "problems": _problems,
    "reconcile": _reconcile,
    "search": _search,
}
