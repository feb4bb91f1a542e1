"""``/sparql``: queries, and the description of the service."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mandate_graph.serve import forms
from mandate_graph.serve.edition import Answer, Edition
from mandate_graph.serve.messages import Refused, Request, Response
from mandate_graph.serve.negotiation import Form, choose
from mandate_graph.serve.pool import Busy
from mandate_graph.serve.protocol import LONGEST, Query, check_length, traits
from mandate_graph.serve.settings import Settings
from mandate_graph.serve.spool import Running

__all__ = ["CUT", "answer_query", "failed", "run_job"]

CUT = "Answer-Cut"
"""The header of an answer that a limit has cut: a sentence."""
_HOLD = 2.0
"""Seconds for which an answer is held back, so that its head can say how it ended."""
_SMALL = 1 << 20


def cut_note(most: int) -> str:
    """What an answer says that was cut."""
    return f"cut after {most:,} bytes, the most that one answer has here; ask for less, or take the downloads"


async def answer_query(edition: Edition, request: Request, query: Query) -> Response:
    """Run a query within the limits.

    Raises:
        Refused: when it cannot be answered; the reason and what to do are in it.
    """
    settings = edition.plan.settings
    long = len(query.text) > LONGEST
    if not long:
        check_length(query.text, settings.query)
    elsewhere, lasting = (False, False) if long else traits(query.text)  # a worker has the time to read a long one
    if elsewhere:
        query = query._replace(text=await edition.elsewhere.resolved(query.text, _ours(edition, request.client)))
        lasting = False  # the other server may say something else next time
    accept = request.headers.get("accept")
    results, graph = _formats(accept, query.form, forms.RESULTS), _formats(accept, query.form, forms.GRAPHS)
    if results is None and graph is None:
        raise _unwanted("select", (*forms.RESULTS, *forms.GRAPHS))
    most = settings.answer
    job = _job(query, results.key if results else "", graph.key if graph else "", most, settings.query if long else 0)
    tag = f'W/"{edition.name[:16]}-{hashlib.sha256(job).hexdigest()[:16]}"' if lasting else ""
    found = await run_job(edition, "queries", job, request.client, lasting=lasting)
    form = found.head["form"] if found.head else "select"
    sent = graph if form == "graph" else results
    assert sent is not None  # noqa: S101  (the worker refuses what is not wanted)
    headers = {"Content-Type": forms.MEDIA[sent.key] if _own_name(sent) else sent.media, **_unknown(edition, query)}
    if form == "ask":  # a lone word has no row of names
        headers["Content-Type"] = headers["Content-Type"].replace("; header=present", "")
    end = {"cut": found.cut} if isinstance(found, Answer) else found.end
    if end is not None and end["cut"]:
        headers[CUT] = cut_note(most)
    body = found.body if isinstance(found, Answer) else found
    return Response(200, headers, body, tag, edition.said["modified"] if lasting else None, ("Accept",))


def _job(query: Query, results: str, graph: str, most: int, longest: int = 0) -> bytes:
    said = {
        "do": "query",
        "query": query.text,
        "results": results,
        "graph": graph,
        "default": query.default_graphs,
        "named": query.named_graphs,
        "most": most,
        "note": cut_note(most),
        "longest": longest,
    }
    return json.dumps(said).encode()


def _ours(edition: Edition, client: str) -> Callable[[str], Awaitable[bytes]]:
    """What asks our side of a query that asks another server, too."""

    async def ask(query: str) -> bytes:
        job = _job(Query(query, None, None, ""), "json", "", edition.plan.settings.answer)
        found = await run_job(edition, "queries", job, client)
        if not isinstance(found, Answer):
            raise Refused(400, "too-long", "our side of the query has more than another server can be asked about")
        return found.body

    return ask


def _formats(accept: str | None, named: str, offers: Sequence[Form]) -> Form | None:
    return (named and forms.by_name(named, offers)) or choose(accept, offers)


def _own_name(form: Form) -> bool:
    return forms.MEDIA[form.key].partition(";")[0] == form.media


def _unwanted(form: str, offers: Sequence[Form]) -> Refused:
    there = list(dict.fromkeys(offer.media for offer in offers))
    said = {"graph": "CONSTRUCT or DESCRIBE"}.get(form, form.upper())
    detail = f"an answer to {said} can be sent as {', '.join(there)}"
    return Refused(406, "not-acceptable", detail, {"Vary": "Accept"})


def _unknown(edition: Edition, query: Query) -> dict[str, str]:
    """A graph that is not here is empty (SPARQL 1.1 §13.2); who misspelt a name should see that it was one."""
    named = [*(query.default_graphs or ()), *(query.named_graphs or ())]
    unknown = [iri for iri in named if iri not in edition.graphs]
    return {"Unknown-Graph": ", ".join(f"<{iri[:300]}>" for iri in unknown[:5])} if unknown else {}


async def run_job(edition: Edition, kind: str, job: bytes, client: str, *, lasting: bool = True) -> Answer | Running:
    """What was answered before, else what a worker answers: whole, or a job that is still running after a while.

    Raises:
        Refused: when it failed, or nobody has time.
    """
    kept = edition.kept.get(job) if lasting else None
    if kept is not None:
        return kept
    if kind != "queries":
        await edition.soon(kind)
    pool = edition.pools[kind]
    try:
        running: Running = pool.start(job, client, edition.plan.settings.seconds, _HOLD)
    except Busy:
        raise Refused(503, "busy", "too many requests are waiting", {"Retry-After": "5"}) from None
    try:
        await running.settled
    except asyncio.CancelledError:  # the client has left
        running.stop()
        raise
    if running.failure is not None:
        raise failed(running.failure, edition)
    if running.end is None or not running.spool.small:
        return running
    found = Answer(running.head or {}, running.spool.whole(), running.end["cut"])
    if lasting:
        edition.kept.put(job, found, len(found.body))
    return found


def failed(failure: Mapping[str, Any], edition: Edition) -> Refused:
    """What a client is told of a job that failed."""
    kind, detail = failure["error"], failure.get("detail", "")
    settings = edition.plan.settings
    if kind == "refused":
        return Refused(failure["status"], failure["kind"], detail)
    if kind == "unwanted":
        return _unwanted(failure["form"], forms.GRAPHS if failure["form"] == "graph" else forms.RESULTS)
    status, own = _FAILURES[kind](settings)
    first, *context = (detail or own).split("\n")
    more = {"context": context} if context else {}
    return Refused(status, _KINDS.get(kind, kind), first, {"Retry-After": "5"} if status in {429, 503} else {}, **more)


def _megabytes(settings: Settings) -> str:
    return f"{settings.memory // 1_000_000:,} MB"


_KINDS = {"unreadable": "unreadable-query", "left": "crashed", "unwritable": "not-acceptable"}
_FAILURES: Mapping[str, Callable[[Settings], tuple[int, str]]] = {
    "unreadable": lambda _: (400, "the query cannot be read"),
    "malformed": lambda _: (400, "the request cannot be read"),
    "unwritable": lambda _: (406, "this form cannot hold it"),
    "not-found": lambda _: (404, "there is no such thing"),
    "timeout": lambda s: (504, f"not answered within {s.seconds:g} seconds, the most that one query may take here"),
    "memory": lambda s: (500, f"more than {_megabytes(s)} were needed, the most that one query may take here"),
    "crashed": lambda s: (500, f"its process has died; most likely it needs more than {_megabytes(s)}, the most here"),
    "internal": lambda _: (500, "please report what was asked, and when"),
    "too-many": lambda _: (429, "more requests of yours are waiting than one client may have"),
    "busy": lambda _: (503, "nobody had time for it"),
    "left": lambda _: (500, "nobody waited for it any more"),
}  # fmt: skip
