"""Queries of ``/sparql`` and ``/store``: what is asked of a worker, and what its answer is sent as."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence

from mandate_graph.serve import forms
from mandate_graph.serve.edition import Answer, Edition
from mandate_graph.serve.jobs import run_job, unwanted
from mandate_graph.serve.messages import Refused, Request, Response
from mandate_graph.serve.negotiation import Form, choose
from mandate_graph.serve.protocol import LONGEST, Query, check_length, traits

__all__ = ["CUT", "answer_query"]

CUT = "Answer-Cut"
"""The header of an answer that a limit has cut: a sentence."""


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
        raise unwanted("select", (*forms.RESULTS, *forms.GRAPHS))
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


def _unknown(edition: Edition, query: Query) -> dict[str, str]:
    """A graph that is not here is empty (SPARQL 1.1 §13.2); who misspelt a name should see that it was one."""
    named = [*(query.default_graphs or ()), *(query.named_graphs or ())]
    unknown = [iri for iri in named if iri not in edition.graphs]
    return {"Unknown-Graph": ", ".join(f"<{iri[:300]}>" for iri in unknown[:5])} if unknown else {}
