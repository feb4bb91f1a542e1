"""Errors that say what is wrong and what to do: problem details (RFC 9457), or a page for who reads pages.

``KINDS`` is the closed list of what can be wrong. Its prose is what the address of a kind shows (``page``) and what
docs/serving.md lists.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from mandate_graph.failures import shown
from mandate_graph.serve.negotiation import Form, choose

__all__ = ["KINDS", "POLICY", "Kind", "page", "problem"]


class Kind(NamedTuple):
    """Something that can be wrong: the statuses that it comes with, what it is called, what it means, what to do."""

    statuses: tuple[int, ...]
    title: str
    meaning: str
    remedy: str


KINDS: Mapping[str, Kind] = {
    "malformed": Kind(
        (400,),
        "The request cannot be read",
        "Something in it is not as the protocol says: a field is missing, stands twice or has an impossible value.",
        "Change what the detail names. The description of the interface (openapi.json) lists every field.",
    ),
    "unreadable-query": Kind(
        (400,),
        "The query cannot be read",
        "It is not SPARQL 1.1, or it asks for something that this engine does not know. The detail says where.",
        "Correct the query. A missing PREFIX, a bracket and a full stop are what is wrong most often.",
    ),
    "no-service": Kind(
        (403,),
        "This server asks no other",
        "The query holds SERVICE, and the address in it is not one that this server is allowed to ask.",
        "Run the query with an engine of your own, and let it ask this endpoint; or take the part without SERVICE.",
    ),
    "read-only": Kind(
        (403, 405),
        "Nothing can be changed here",
        "The request is an update. The data come from a build; a server never changes them, whoever asks.",
        "Take the downloads, and change your copy.",
    ),
    "not-found": Kind(
        (404,),
        "There is no such thing",
        "Nothing that is served has this address.",
        "Look at the spelling, or search. Names do not end in a slash.",
    ),
    "no-graph": Kind(
        (404,),
        "There is no such graph",
        "No named graph has this name.",
        "Take one of the names that /store lists; ?default is the union of all.",
    ),
    "method": Kind(
        (405,),
        "This method is not answered here",
        "The address is served, but not by this method.",
        "Use one of those that the header Allow lists.",
    ),
    "not-acceptable": Kind(
        (406,),
        "There is no such form",
        "Accept wants none of the forms that there are.",
        "Ask for one that the detail lists, or add */*;q=0.1 to Accept.",
    ),
    "slow-request": Kind(
        (408,),
        "The request did not arrive in time",
        "It was begun, and not completed within the time that a client has for it.",
        "Send it again.",
    ),
    "precondition": Kind(
        (412,),
        "The condition does not hold",
        "If-Match, If-Unmodified-Since or If-None-Match names another state of this than the one that is served.",
        "Ask without the condition, and take the ETag of the answer.",
    ),
    "too-long": Kind(
        (400, 413, 414, 431),
        "Too long, or too deep",
        "The address, the headers, the body or the query is longer than this server reads, or nests deeper.",
        "Send a long query as the body of a POST; split what is longer than the detail says.",
    ),
    "unsupported-media": Kind(
        (415,),
        "The body is of another type",
        "Content-Type names a type, a charset or a coding that is not read here.",
        "Send one of the types that the detail lists, in UTF-8, not compressed.",
    ),
    "range": Kind(
        (416,),
        "There is no such part",
        "Range asks for bytes after the end of the file; it may be a new one that is shorter.",
        "The header Content-Range says how long it is. Begin again from its start.",
    ),
    "too-many": Kind(
        (429,),
        "Too many requests of yours",
        "As many requests of this client are being answered, or are waiting, as one client may have.",
        "Wait for answers before you ask more, and now as many seconds as Retry-After says. For everything, take the "
        "downloads.",
    ),
    "memory": Kind(
        (500, 507),
        "It needs too much memory",
        "The answer cannot be computed in the memory that one request may take. Most often two patterns share no "
        "variable, or everything is sorted or grouped at once.",
        "Ask for less: connect the patterns, name types and properties. Or take the downloads, and ask an engine of "
        "your own.",
    ),
    "crashed": Kind(
        (500,),
        "The process that worked on it has died",
        "Nothing else was hurt by it. The request most likely needs more memory, or nests deeper, than a request may.",
        "Ask for less. If a small request does it every time, please report it.",
    ),
    "internal": Kind(
        (500,),
        "The server has a fault",
        "This is our mistake, not yours.",
        "Please report the request and the time.",
    ),
    "other-server": Kind(
        (502,),
        "The other server did not answer",
        "The query asks another server with SERVICE, which did not do its part.",
        "Ask again later, or write SERVICE SILENT to go on without it.",
    ),
    "busy": Kind(
        (503,),
        "Too many requests at the moment",
        "As many requests are waiting as can be answered in time.",
        "Ask again after as many seconds as Retry-After says.",
    ),
    "preparing": Kind(
        (503,),
        "Not ready yet",
        "The server has begun to load the data, or is about to end.",
        "Ask again after as many seconds as Retry-After says.",
    ),
    "unavailable": Kind(
        (503,),
        "This part is missing",
        "The server could not write, or read, what this is answered from. The detail says why; the rest is served.",
        "Tell those who run the server. SPARQL and every single thing are answered meanwhile.",
    ),
    "timeout": Kind(
        (504,),
        "It takes too long",
        "The answer was not there within the time that one request may take; the work was stopped.",
        "Ask for less: connect the patterns, name types and properties. To ask the same again will not help.",
    ),
}
"""What can be wrong, by the status; the key is the fragment of its address."""

POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content security policy of these pages: they need nothing (CSP 3)."""

_FORMS = (
    Form("json", "application/problem+json"),
    Form("json", "application/json"),
    Form("html", "text/html"),
    Form("text", "text/plain"),
)
_LONGEST = 2_000
_MORE = 100
"""Items of a list or an object that a problem brings along; nobody reads more."""


def problem(
    status: int, title: str, detail: str, *, kind: str = "", root: str = "/", accept: str | None = None, **more: Any
) -> tuple[dict[str, str], bytes]:
    """An error as headers and a body, in the form that the client wants; problem details (RFC 9457 §3) if in none.

    What a client sent may stand in ``detail`` and in ``more``: it is cut where it is long, and characters that cannot
    be seen are written as escapes.

    Args:
        status: the status of the response.
        title: what is wrong in general; empty for that of the kind, or of the status (§4.2.1).
        detail: what is wrong this time.
        kind: a key of ``KINDS``; empty for ``about:blank``.
        root: where the site begins: a path or an address that ends in a slash.
        accept: the header ``Accept`` of the request.
        more: other members (§3.2): text, numbers, lists and objects of them.

    Raises:
        KeyError: for a kind that is none.
    """
    about = KINDS[kind] if kind else None
    title = _seen(title) or (about.title if about else _phrase(status))
    detail = _seen(detail)
    form = choose(accept, _FORMS) or _FORMS[0]
    headers = {"Content-Type": form.media, "Content-Language": "en", "Vary": "Accept"}
    if form.key == "json":
        of = f"{root}problems#{kind}" if kind else "about:blank"
        own = {"type": of, "title": title, "status": status, "detail": detail}
        text = json.dumps(own | _clean(more) | own, ensure_ascii=False, indent=1)
    elif form.key == "html":
        headers |= {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        text = "".join(_error_page(status, title, detail, about, root))
    else:
        headers["Content-Type"] = "text/plain; charset=utf-8"
        text = "\n".join(filter(None, (f"{status} {title}", detail, about.remedy if about else "")))
    return headers, f"{text}\n".encode("utf-8", "backslashreplace")


def page(root: str) -> bytes:
    """The page at ``problems`` below ``root``, to whose sections the types of problems lead."""
    body = "".join(
        f'<h2 id="{kind}">{html.escape(about.title)}</h2>'
        f"<p>Status {' or '.join(map(str, about.statuses))}; kind <code>{kind}</code>.</p>"
        f"<p>{html.escape(about.meaning)}</p><p>{html.escape(about.remedy)}</p>"
        for kind, about in KINDS.items()
    )
    start = (
        "<p>Errors are sent as problem details (RFC 9457), or as a page. Their type leads to one of these sections.</p>"
    )
    return "".join(_document("What can be wrong", f"{start}{body}", root)).encode()


def _error_page(status: int, title: str, detail: str, about: Kind | None, root: str) -> Iterator[str]:
    said = f"<p>{html.escape(detail)}</p>" if detail else ""
    if about:
        said += f"<p>{html.escape(about.meaning)}</p><p>{html.escape(about.remedy)}</p>"
    return _document(f"{status} {title}", said, root)


def _document(title: str, body: str, root: str) -> Iterator[str]:
    """A page without style or script; every part of ``body`` is escaped by who gives it."""
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
    yield f"<title>{html.escape(title)}</title></head>\n<body><main><h1>{html.escape(title)}</h1>{body}"
    yield f'<p><a href="{html.escape(root)}">To the start</a></p></main></body></html>\n'


def _seen(text: str) -> str:
    """A text on one line, no longer than anybody reads; what cannot be seen stands as an escape."""
    return shown(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _clean(value: Any) -> Any:
    """The same value with every text in it as ``_seen``, and with no list that is longer than anybody reads."""
    if isinstance(value, str):
        return _seen(value)
    if isinstance(value, Mapping):
        return {_seen(str(name)): _clean(each) for name, each in list(value.items())[:_MORE]}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value[:_MORE]]
    return value


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
