"""What a push does on a server over one connection, and how long it waits where the server is busy."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from mandate_graph.engine import unquote
from mandate_graph.errors import BadQuery, Deadlocked, EndpointError, Refused
from mandate_graph.failures import passing
from mandate_graph.push.addressing import Addresses
from mandate_graph.push.cutting import Part
from mandate_graph.remote import Access, Endpoint

__all__ = ["How", "Limits", "Pace", "Server"]

_T = TypeVar("_T")
How: TypeAlias = Literal["graph store", "update"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request holds at most (triples, bytes), how often it is tried, and for how many seconds it waits.

    Virtuoso 7 compiles an update into memory and gives up at some five thousand triples; a Graph Store takes more.
    ``wait`` is the first wait where the server does not say how long, and doubles. ``longest_wait`` is for how long
    in all a request waits because the server says so, or because it met another of ours. ``rows`` is how many a
    question asks for: Debian's Virtuoso gives 10,000.
    """

    store_triples: int = 20_000
    store_bytes: int = 4 * 1024 * 1024
    update_triples: int = 1_000
    update_bytes: int = 256 * 1024
    rows: int = 5_000
    tries: int = 5
    wait: float = 0.5
    longest_wait: float = 600.0


class Pace:
    """When the next request may go: a server that asks for a pause asks all connections for it."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._until = 0.0

    def hold(self, seconds: float) -> None:
        """Let no request go for so long."""
        with self._lock:
            self._until = max(self._until, time.monotonic() + seconds)

    def wait(self) -> None:
        """Wait until a request may go, or until all is stopped."""
        while not self.stopped.is_set() and (left := self._until - time.monotonic()) > 0:
            self.stopped.wait(left)


class Server:
    """One connection; each request is tried again where the network or a busy server failed.

    Every request may be sent twice without harm: graphs are sets, and there are no blank nodes.
    """

    def __init__(self, where: Addresses, access: Access, timeout: float, limits: Limits, pace: Pace) -> None:
        self._limits = limits
        self._pace = pace
        self._query = Endpoint(where.query, access, timeout)
        self._update = Endpoint(where.update, access, timeout)
        self._store = Endpoint(where.store, access, timeout) if where.store else None
        self.how: How = "graph store" if self._store else "update"

    @property
    def most(self) -> tuple[int, int]:
        """How many triples, and bytes, a request holds at most."""
        limits = self._limits
        return (
            (limits.store_triples, limits.store_bytes) if self._store else (limits.update_triples, limits.update_bytes)
        )

    def graphs(self, prefix: str) -> list[str]:
        """The graphs that are there and whose names begin so, in order; asked for in pages, because servers cut."""
        found: list[str] = []
        more = True
        while more:
            after = f' && STR(?graph) > "{found[-1]}"' if found else ""
            query = (
                "SELECT DISTINCT ?graph { GRAPH ?graph { ?subject ?predicate ?object } "
                f'FILTER(STRSTARTS(STR(?graph), "{prefix}"){after}) }} ORDER BY STR(?graph) LIMIT {self._limits.rows}'
            )
            rows = self._tried(lambda query=query: self._query.table(query))[1]  # type: ignore[misc]
            found += [unquote(row[0])[1] for row in rows]
            more = len(rows) == self._limits.rows
        return found

    def count(self, graph: str) -> int:
        """How many triples a graph holds."""
        query = f"SELECT (COUNT(*) AS ?count) {{ GRAPH <{graph}> {{ ?subject ?predicate ?object }} }}"
        _, rows = self._tried(lambda: self._query.table(query))
        return int(unquote(rows[0][0])[1]) if rows else 0

    def remove(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        store = self._store
        if store:
            self._tried(lambda: store.delete_graph(graph))
        else:
            self._tried(lambda: self._update.update(f"DROP SILENT GRAPH <{graph}>"))

    def replace(self, part: Part) -> int:
        """Make a graph this part of it; gives the number of triples, like ``add``."""
        store = self._store
        if store:
            self._tried(lambda: store.put_graph(part.graph, part.ntriples))
            return part.triples
        self.remove(part.graph)
        return self.add(part)

    def add(self, part: Part) -> int:
        """Add a part to its graph."""
        store = self._store
        if store:
            self._tried(lambda: store.add_to_graph(part.graph, part.ntriples))
        else:
            text = f"INSERT DATA {{ GRAPH <{part.graph}> {{\n{part.ntriples.decode()}}} }}"
            self._tried(lambda: self._update.update(text))
        return part.triples

    def _tried(self, work: Callable[[], _T]) -> _T:
        failed, waited = 0, 0.0
        while True:
            self._pace.wait()
            try:
                return self._done(work)
            except EndpointError as error:
                asked = passing(error)
                if asked is None or self._pace.stopped.is_set():
                    raise
                # no secret: so that connections that failed together do not come back together
                pause = asked or self._limits.wait * 2**failed * random.uniform(0.5, 1.5)  # noqa: S311
                if asked or isinstance(error, Deadlocked):
                    waited += pause
                else:
                    failed += 1
                if failed == self._limits.tries or waited > self._limits.longest_wait:
                    raise
                if asked:
                    self._pace.hold(asked)
                else:
                    self._pace.stopped.wait(pause)

    def _done(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except BadQuery as error:  # nobody who pushes has asked it: the server does not take what we write
            raise Refused(self._update.url, 400, error.problem) from None
