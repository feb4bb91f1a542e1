"""A build into servers: graph by graph, in bounded parts, so that a push that was killed can be run again."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from mandate_graph import outputs
from mandate_graph.errors import PushDiffers
from mandate_graph.pipeline import Progress, silent
from mandate_graph.push.addressing import Addresses, addresses
from mandate_graph.push.crew import Crew
from mandate_graph.push.cutting import Part, Spooled, parts, spool
from mandate_graph.push.server import How, Limits, Server
from mandate_graph.remote import Access, Endpoint

__all__ = ["Addresses", "Limits", "Pushed", "Spooled", "addresses", "push", "push_each", "spool"]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: triples by graph, the graphs removed because the build has them no more, and the way."""

    url: str
    graphs: dict[str, int] = field(repr=False)
    removed: tuple[str, ...]
    how: How

    @property
    def triples(self) -> int:
        """How many triples were sent."""
        return sum(self.graphs.values())


def push(  # noqa: PLR0913 - one address is enough; the others are for servers of another layout
    build: str | Path,
    url: str,
    *,
    access: Access | None = None,
    store: str | None = None,
    update: str | None = None,
    query: str | None = None,
    timeout: float = 60.0,
    connections: int = 1,
    limits: Limits | None = None,
    progress: Progress = silent,
) -> Pushed:
    """Load a build into a server, graph by graph, and count what is there afterwards.

    Only graphs of the dataset (``{base}graph/…``) are replaced or removed. The graph that describes the dataset is
    removed first and written last: where it is, all others are whole. ``connections`` is how many requests are under
    way at once; each holds a part of a graph, so memory grows by a part for each (``Limits``).

    Raises:
        MissingPath: when the folder holds no build.
        BadRdf: when its N-Quads are none of a build.
        BadEndpoint: when an address cannot be asked.
        EndpointError: when the server does not do its part, or holds something else afterwards (PushDiffers).
    """
    access = access or Access.from_environment()
    _check(address for address in (url, store, update, query) if address)
    with _spooled(build, progress) as spooled:
        where = addresses(url, store=store, update=update, query=query, access=access)
        with Crew(partial(Server, where, access, timeout, limits or Limits()), connections) as crew:
            return _push(spooled, crew, url, progress)


def push_each(
    build: str | Path, urls: Sequence[str], *, timeout: float = 60.0, connections: int = 1, progress: Progress = silent
) -> Iterator[Pushed]:
    """Load a build into replicas, one after another: while one changes, the others answer from whole builds.

    Who we are is what the environment says, to each of them. Raises what ``push`` raises; those after the one that
    failed stay as they were.
    """
    access = Access.from_environment()
    _check(urls)
    with _spooled(build, progress) as spooled:
        for place, url in enumerate(urls, 1):

            def told(stage: str, done: int, total: int, place: int = place) -> None:
                progress(f"{stage} ({place} of {len(urls)})", done, total)

            connect = partial(Server, addresses(url, access=access), access, timeout, Limits())
            with Crew(connect, connections) as crew:
                yield _push(spooled, crew, url, told if len(urls) > 1 else progress)


def _check(urls: Iterable[str]) -> None:
    for url in urls:
        Endpoint(url)


@contextlib.contextmanager
def _spooled(build: str | Path, progress: Progress) -> Iterator[Spooled]:
    file = outputs.find_build(Path(build))
    with tempfile.TemporaryDirectory(prefix="mandate-graph-", ignore_cleanup_errors=True) as folder:
        progress("reading the build", 0, 0)
        yield spool(file, Path(folder))


def _push(spooled: Spooled, crew: Crew, url: str, progress: Progress) -> Pushed:
    meta, server = spooled.meta, crew.first
    progress("asking what is there", 0, 0)
    there = server.graphs(f"{spooled.base}graph/")
    server.remove(meta)
    if left := server.count(meta):  # whoever answered did not do it: a page that asks for a password, say
        raise PushDiffers(url.partition("?")[0], meta, 0, left)
    stale = tuple(graph for graph in there if graph not in spooled.graphs)
    for _ in crew.each(Server.remove, stale):
        pass
    total, done = sum(count for _, count in spooled.graphs.values()), 0
    others = sorted(set(spooled.graphs) - {meta})
    for graphs in (others, sorted({meta} & set(spooled.graphs))):
        for sent in _sent(spooled, crew, graphs):
            done += sent
            progress("writing", done, total)
        _verify(spooled, crew, graphs, url, progress)
    counts = {graph: count for graph, (_, count) in spooled.graphs.items()}
    return Pushed(url, counts, tuple(graph for graph in stale if graph != meta), server.how)


def _sent(spooled: Spooled, crew: Crew, graphs: Sequence[str]) -> Iterator[int]:
    """Replace graphs; yields how many triples each request had.

    Graphs that a request can hold go beside each other; then the larger ones, one after another, so that never more
    than one of them is there by half. The first part of such a one makes the graph, and the others follow together.
    """
    most_triples, most_bytes = crew.first.most
    large = [
        graph
        for graph in graphs
        if spooled.graphs[graph][1] > most_triples or spooled.graphs[graph][0].stat().st_size > most_bytes
    ]
    small = sorted(set(graphs) - set(large))

    def cut(graph: str) -> Iterator[Part]:
        return parts(graph, spooled.graphs[graph][0], most_triples, most_bytes)

    yield from crew.each(Server.replace, (part for graph in small for part in cut(graph)))
    for graph in large:
        pieces = cut(graph)
        yield from crew.each(Server.replace, [next(pieces)])
        yield from crew.each(Server.add, pieces)


def _verify(spooled: Spooled, crew: Crew, graphs: Sequence[str], url: str, progress: Progress) -> None:
    counts = crew.each(lambda server, graph: (graph, server.count(graph)), graphs)
    wrong = []
    for done, (graph, found) in enumerate(counts, 1):
        progress("counting", done, len(graphs))
        if found != spooled.graphs[graph][1]:
            wrong.append((graph, found))
    for graph, found in sorted(wrong):
        raise PushDiffers(url.partition("?")[0], graph, spooled.graphs[graph][1], found)
