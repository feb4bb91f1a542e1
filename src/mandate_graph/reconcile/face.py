"""The HTTP face as a function: a request in, a response out; whoever serves it mounts it under any path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mandate_graph.errors import UsageError
from mandate_graph.reconcile import answers, preview
from mandate_graph.reconcile.asking import read_extension, read_queries
from mandate_graph.reconcile.service import Service

__all__ = ["CORS", "Request", "Response", "answer", "refusal"]

CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
}
_JSON = "application/json; charset=utf-8"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_PAGES: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: the path below the mount, and the fields of query and form together.

    ``root`` is the address of the mount, without a slash at the end; the manifest names its parts by it.
    """

    method: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    root: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A status, headers and a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def answer(service: Service, request: Request) -> Response:
    """Answer a request; what is malformed gets status 400 and a line that says what and where.

    Reconciliation Service API 0.2, all parts; JSONP (``callback``) for clients that still ask so.
    """
    if request.method == "OPTIONS":
        return Response(204, {**CORS, "Access-Control-Max-Age": "86400"})
    if request.method not in {"GET", "HEAD", "POST"}:
        return refusal(405, f"{request.method[:20]}: this service answers GET, HEAD, POST and OPTIONS")
    route = _ROUTES.get(request.path.rstrip("/"))
    if route is None:
        return refusal(404, f"{request.path[:100]}: nothing is here; the manifest names what there is")
    try:
        found = route(service, request)
        if isinstance(found, Response):
            return found
        return _json(found, request.fields.get("callback", ""))
    except UsageError as error:
        return refusal(400, str(error))


def refusal(status: int, why: str) -> Response:
    """An error as one line of JSON."""
    line = " ".join(why.split())
    body = json.dumps({"status": "error", "message": line, "details": line}) + "\n"
    return Response(
        status,
        {**CORS, "Content-Type": _JSON, **({"Allow": "GET, HEAD, POST, OPTIONS"} if status == 405 else {})},
        body.encode(),
    )


def _json(value: answers.Json, callback: str) -> Response:
    # Plain ASCII: a surrogate that a client sent in a name of a query comes back as it was sent.
    text = json.dumps(value, separators=(",", ":"))
    if not callback:
        return Response(200, {**CORS, "Content-Type": _JSON, "X-Content-Type-Options": "nosniff"}, text.encode())
    if not _CALLBACK.fullmatch(callback):
        raise UsageError("callback: must be the name of a function, such as jQuery123")
    script = f"/**/{callback}({text});"
    return Response(
        200,
        {**CORS, "Content-Type": "application/javascript; charset=utf-8", "X-Content-Type-Options": "nosniff"},
        script.encode(),
    )


def _root(service: Service, request: Request) -> answers.Json:
    if "queries" in request.fields:
        return answers.candidates(service, read_queries(request.fields["queries"]))
    if "extend" in request.fields:
        return answers.extended(service, read_extension(request.fields["extend"]))
    if request.method == "POST" or "query" in request.fields:
        raise UsageError("nothing was asked; send the form field 'queries' or 'extend'")
    return answers.manifest(service, request.root)


def _number(request: Request, name: str) -> int:
    text = request.fields.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError(f"{name}: must be a whole number from 0 on")
    return int(text)


def _things(service: Service, request: Request) -> answers.Json:
    fields = request.fields
    return answers.suggested(
        service,
        fields.get("prefix", ""),
        _number(request, "cursor"),
        fields.get("type", ""),
        fields.get("lang", ""),
    )


def _types(service: Service, request: Request) -> answers.Json:
    return answers.suggested_kinds(service, request.fields.get("prefix", ""), _number(request, "cursor"))


def _properties(service: Service, request: Request) -> answers.Json:
    return answers.suggested_properties(service, request.fields.get("prefix", ""), _number(request, "cursor"))


def _proposed(service: Service, request: Request) -> answers.Json:
    return answers.proposed(service, request.fields.get("type", ""), _number(request, "limit"))


def _preview(service: Service, request: Request) -> Response:
    return _page(service, request, few=True)


def _view(service: Service, request: Request) -> Response:
    return _page(service, request, few=False)


def _page(service: Service, request: Request, *, few: bool) -> Response:
    asked = request.fields.get("id", "")
    thing = service.thing(asked)
    headers = {**CORS, **_PAGES, "Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    if thing is None:
        return Response(404, headers, preview.unknown(asked).encode("utf-8", "replace"))
    shown = preview.page(service, thing, request.fields.get("lang", ""), few=few)
    return Response(200, headers, shown.encode("utf-8", "replace"))


def _flyout(service: Service, request: Request) -> answers.Json:
    asked = request.fields.get("id", "")
    thing = service.thing(asked)
    return {"id": asked, "html": preview.flyout(thing) if thing else ""}


_ROUTES: Mapping[str, Callable[[Service, Request], answers.Json | Response]] = {
    "": _root,
    "/suggest/entity": _things,
    "/suggest/type": _types,
    "/suggest/property": _properties,
    "/properties": _proposed,
    "/preview": _preview,
    "/view": _view,
    "/flyout": _flyout,
}
