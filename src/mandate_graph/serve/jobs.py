"""Work that is given to workers: what was answered before, else their answer; what a client is told when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mandate_graph.serve import forms
from mandate_graph.serve.edition import Answer, Edition
from mandate_graph.serve.messages import Refused
from mandate_graph.serve.negotiation import Form
from mandate_graph.serve.pool import Busy
from mandate_graph.serve.settings import Settings
from mandate_graph.serve.spool import Running

__all__ = ["run_job", "unwanted"]

_HOLD = 2.0
"""Seconds for which an answer is held back, so that its head can say how it ended."""


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
        raise _failed(running.failure, edition)
    if running.end is None or not running.spool.small:
        return running
    found = Answer(running.head or {}, running.spool.whole(), running.end["cut"])
    if lasting:
        edition.kept.put(job, found, len(found.body))
    return found


def _failed(failure: Mapping[str, Any], edition: Edition) -> Refused:
    """What a client is told of a job that failed."""
    kind, detail = failure["error"], failure.get("detail", "")
    settings = edition.plan.settings
    if kind == "refused":
        return Refused(failure["status"], failure["kind"], detail)
    if kind == "unwanted":
        return unwanted(failure["form"], forms.GRAPHS if failure["form"] == "graph" else forms.RESULTS)
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


def unwanted(form: str, offers: Sequence[Form]) -> Refused:
    """None of the formats that an answer to a form of query can have is wanted (406)."""
    there = list(dict.fromkeys(offer.media for offer in offers))
    said = {"graph": "CONSTRUCT or DESCRIBE"}.get(form, form.upper())
    detail = f"an answer to {said} can be sent as {', '.join(there)}"
    return Refused(406, "not-acceptable", detail, {"Vary": "Accept"})
