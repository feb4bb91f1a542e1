"""What a worker does: one job at a time, until its socket ends."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from mandate_graph.engine import RESULTS
from mandate_graph.engine.sending import GRAPHS, Asked, Unwanted, send
from mandate_graph.errors import BadQuery, NotInXml, UsageError
from mandate_graph.serve.frames import HEAD, Writer, packed, read_frames
from mandate_graph.serve.holding import Holding
from mandate_graph.serve.messages import Refused
from mandate_graph.serve.protocol import LONGEST, check_length, traits
from mandate_graph.sparql.refused import explained_refusal

__all__ = ["JOBS", "do", "rehearse", "work"]


_OF_THE_SYSTEM = "(os error "
"""What the engine says where the system has refused something."""


def work(connection: socket.socket, holding: Holding) -> None:
    """Say who one is, then answer jobs."""
    connection.sendall(packed(HEAD, json.dumps({"pid": os.getpid()}).encode()))
    writer = Writer(connection.sendall)
    for _, payload in read_frames(connection):
        do(holding, json.loads(payload), writer)


def rehearse(holding: Holding) -> None:
    """Do a little of everything once: what Python reads when it first needs it, a worker can read no more."""
    writer = Writer(lambda _: None)
    for query in (
        "SELECT * { ?s ?p ?o } LIMIT 1",
        "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1",
        "\x00\x85\U0001f4a9 {",
        "ASK {",
    ):
        for results, graph in zip([*RESULTS, *RESULTS], GRAPHS, strict=False):
            job = {"do": "query", "query": query, "results": results, "graph": graph, "default": None, "named": None,
                   "most": 1_000_000, "note": "", "longest": 64_000}  # fmt: skip
            do(holding, job, writer)


def do(holding: Holding, job: dict[str, Any], writer: Writer) -> None:
    """Do a job, and say its end, whatever comes of it."""
    try:
        JOBS[job["do"]](holding, job, writer)
    except Refused as error:
        writer.end({"error": "refused", "status": error.status, "kind": error.kind, "detail": error.detail})
    except Unwanted as error:
        writer.end({"error": "unwanted", "form": error.form})
    except BadQuery as error:
        if _OF_THE_SYSTEM in error.problem:  # it wanted to open what a worker cannot
            elsewhere = {
                "error": "refused",
                "status": 403,
                "kind": "no-service",
                "detail": "this worker has no network",
            }
            writer.end(elsewhere if "service" in error.text.lower() else {"error": "internal"})
            return
        writer.end({"error": "unreadable", "detail": str(explained_refusal(error, error.text))})
    except UsageError as error:
        writer.end({"error": "malformed", "detail": str(error)})
    except MemoryError:
        writer.end({"error": "memory"})
    except NotInXml as error:
        writer.end({"error": "unwritable", "detail": str(error)})
    except Exception as error:  # noqa: BLE001  (a fault of ours: the client is told so, and who runs the server what)
        sys.stderr.write(f"mandate-graph: a worker met {error!r}\n")
        writer.end({"error": "internal"})


def _query(holding: Holding, job: dict[str, Any], writer: Writer) -> None:
    if job["longest"]:  # a long one, which nobody has read yet
        check_length(job["query"], job["longest"])
        if traits(job["query"]).elsewhere:
            raise Refused(413, "too-long", f"a query with SERVICE has at most {LONGEST:,} characters, with all VALUES")
    asked = Asked(
        job["query"],
        job["results"],
        job["graph"],
        job["default"],
        job["named"],
        job["most"],
        job["note"],
        holding.prefixes,
        holding.base,
    )
    cut = send(holding.store, asked, lambda form: writer.head({"form": form}), writer.body)
    writer.end({"cut": cut})


def _thing(holding: Holding, job: dict[str, Any], writer: Writer) -> None:
    """A form of an address, or (without an ending) whether there is such a thing."""
    found = holding.thing(job["stem"], job["ending"])
    if found is None:
        writer.end({"error": "not-found"})
        return
    writer.head({})
    writer.body(found)
    writer.end({"cut": False})


def _reconcile(holding: Holding, job: dict[str, Any], writer: Writer) -> None:
    status, headers, body = holding.reconciled(job["method"], job["path"], job["fields"], job["root"])
    writer.head({"status": status, "headers": headers})
    writer.body(body)
    writer.end({"cut": False})


def _search(holding: Holding, job: dict[str, Any], writer: Writer) -> None:
    writer.head({})
    writer.body(
        json.dumps(holding.searched([(name, value) for name, value in job["fields"]]), ensure_ascii=False).encode()
    )
    writer.end({"cut": False})


JOBS: dict[str, Callable[[Holding, dict[str, Any], Writer], None]] = {
    "query": _query,
    "thing": _thing,
    "reconcile": _reconcile,
    "search": _search,
}
