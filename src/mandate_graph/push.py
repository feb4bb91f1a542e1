"""A build into a server: graph by graph, in bounded chunks, so that a push that was killed can be run again."""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit, urlunsplit

from mandate_graph import outputs
from mandate_graph.engine import unquote
from mandate_graph.errors import (
    BadQuery,
    BadRdf,
    EndpointError,
    NeedsAccess,
    PushDiffers,
    Refused,
)
from mandate_graph.failures import passing
from mandate_graph.house import packaged_house
from mandate_graph.pipeline import Progress, silent
from mandate_graph.remote import Access, Endpoint

__all__ = ["Addresses", "Limits", "Pushed", "Spooled", "addresses", "push", "spool"]

_T = TypeVar("_T")
How: TypeAlias = Literal["graph store", "update"]

_SPACE = b" <http://rdfs.org/ns/void#uriSpace> "
_BUFFERED = 64 * 1024 * 1024
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request holds at most (triples, bytes), how often it is tried, and the first wait in seconds.

    Virtuoso 7 compiles an update into memory and gives up at some five thousand triples; a Graph Store takes more.
    """

    store_triples: int = 20_000
    store_bytes: int = 4 * 1024 * 1024
    update_triples: int = 1_000
    update_bytes: int = 256 * 1024
    tries: int = 5
    wait: float = 0.5


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server is asked, changed, and given graphs; without ``store`` graphs go by updates."""

    query: str
    update: str
    store: str | None


@dataclass(frozen=True, slots=True)
class Spooled:
    """A build cut by graph: the base of its identifiers; of each graph a file of N-Triples, and how many they are."""

    base: str
    graphs: dict[str, tuple[Path, int]]


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


# The layouts of known servers: what the path of an address ends in, and then the paths of query, update and store.
_LAYOUTS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    # Virtuoso: changes need the addresses that ask for Digest
    (r"/sparql(?:-auth|-graph-crud|-graph-crud-auth)", ("/sparql-auth", "/sparql-auth", "/sparql-graph-crud-auth")),
    (r"/sparql", ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth")),
    # RDF4J and GraphDB
    (r"(?P<kept>/repositories/[^/]+)(?:/statements|/rdf-graphs/service)?", ("", "/statements", "/rdf-graphs/service")),
    # Oxigraph
    (r"/store", ("/query", "/update", "/store")),
    # Fuseki, where the data set has a name
    (r"(?P<kept>/[^/]+)/(?:query|update|data)", ("/query", "/update", "/data")),
    (r"/(?:query|update)", ("/query", "/update", "/store")),
    (r"/data", ("/query", "/update", "/data")),
)


def addresses(
    url: str,
    *,
    store: str | None = None,
    update: str | None = None,
    query: str | None = None,
    access: Access | None = None,
) -> Addresses:
    """The three addresses of a server from the one that a person knows; those that are given stay.

    Virtuoso's open address is told from another server that has a /sparql by whether the ones beside it ask for Digest.
    """
    parts = urlsplit(url)
    found = Addresses(url, url, None)
    for pattern, tails in _LAYOUTS:
        match = re.fullmatch(f"(?P<before>.*?){pattern}/?", parts.path)
        if match is None:
            continue
        before = match["before"] + (match.groupdict().get("kept") or "")
        found = Addresses(*(urlunsplit(parts._replace(path=before + tail, query="", fragment="")) for tail in tails))
        if pattern == r"/sparql" and not (update or store) and not _is_there(found.update, access or Access()):
            found = Addresses(url, url, None)
        break
    if parts.path in {"", "/"} and not (update or store) and not _answers(url, access or Access()):
        oxigraph = addresses(urlunsplit(parts._replace(path="/query", query="", fragment="")))
        if _answers(oxigraph.query, access or Access()):
            found = oxigraph
    if update and not store:
        # Whoever names the address of updates means updates.
        return Addresses(query or found.query, update, None)
    return Addresses(query or found.query, update or found.update, store or found.store)


def _is_there(url: str, access: Access) -> bool:
    """Whether a server has that address, also where it does not let us in."""
    try:
        Endpoint(url, access, _PATIENCE).answer("ASK {}")
    except (NeedsAccess, BadQuery):
        return True
    except EndpointError:
        return False
    return True


def _answers(url: str, access: Access) -> bool:
    try:
        Endpoint(url, access, _PATIENCE).answer("ASK {}")
    except (EndpointError, BadQuery):
        return False
    return True


def push(  # noqa: PLR0913 - one address is enough; the others are for servers of another layout
    build: str | Path,
    url: str,
    *,
    access: Access | None = None,
    store: str | None = None,
    update: str | None = None,
    query: str | None = None,
    timeout: float = 60.0,
    limits: Limits | None = None,
    progress: Progress = silent,
) -> Pushed:
    """Load a build into a server, graph by graph, and count what is there afterwards.

    Only graphs of the dataset (``{base}graph/…``) are replaced or removed. The graph that describes the dataset is
    removed first and written last: where it is, all others are whole.

    Raises:
        MissingPath: when the folder holds no build.
        BadEndpoint: when an address cannot be asked.
        EndpointError: when the server does not do its part, or holds something else afterwards (PushDiffers).
    """
    file = outputs.find_build(Path(build))
    access = access or Access.from_environment()
    for address in (url, store, update, query):
        if address:
            Endpoint(address)
    with tempfile.TemporaryDirectory(prefix="mandate-graph-") as folder:
        progress("reading the build", 0, 0)
        spooled = spool(file, Path(folder))
        where = addresses(url, store=store, update=update, query=query, access=access)
        server = _Server(where, access, timeout, limits or Limits())
        return _push(spooled, server, url, progress)


def _push(spooled: Spooled, server: _Server, url: str, progress: Progress) -> Pushed:
    prefix, meta = f"{spooled.base}graph/", f"{spooled.base}graph/meta"
    progress("asking what is there", 0, 0)
    there = server.graphs(prefix)
    server.remove(meta)
    if left := server.count(meta):  # whoever answered did not do it: a page that asks for a password, say
        raise PushDiffers(url.partition("?")[0], meta, 0, left)
    stale = tuple(graph for graph in there if graph not in spooled.graphs)
    for graph in stale:
        server.remove(graph)
    total, done = sum(count for _, count in spooled.graphs.values()), 0
    for graph in sorted(spooled.graphs, key=lambda graph: (graph == meta, graph)):
        file, _ = spooled.graphs[graph]
        if graph == meta:
            _verify(spooled, server, url, progress, {meta})
        for sent in server.write(graph, file):
            done += sent
            progress("writing", done, total)
        if graph == meta:
            _verify(spooled, server, url, progress, set(spooled.graphs) - {meta})
    if meta not in spooled.graphs:
        _verify(spooled, server, url, progress, set())
    counts = {graph: count for graph, (_, count) in spooled.graphs.items()}
    return Pushed(url, counts, tuple(graph for graph in stale if graph != meta), server.how)


def _verify(spooled: Spooled, server: _Server, url: str, progress: Progress, left_out: set[str]) -> None:
    checked = [(graph, count) for graph, (_, count) in sorted(spooled.graphs.items()) if graph not in left_out]
    for done, (graph, count) in enumerate(checked):
        progress("counting", done, len(checked))
        if (found := server.count(graph)) != count:
            raise PushDiffers(url.partition("?")[0], graph, count, found)


class _Server:
    """What a push does on a server; each request is tried again where the network or a busy server failed."""

    def __init__(self, where: Addresses, access: Access, timeout: float, limits: Limits) -> None:
        self._limits = limits
        self._query = Endpoint(where.query, access, timeout)
        self._update = Endpoint(where.update, access, timeout)
        self._store = Endpoint(where.store, access, timeout) if where.store else None
        self.how: How = "graph store" if self._store else "update"

    def graphs(self, prefix: str) -> list[str]:
        """The graphs that are there and whose names begin so, in order."""
        query = (
            "SELECT DISTINCT ?graph { GRAPH ?graph { ?subject ?predicate ?object } "
            f'FILTER(STRSTARTS(STR(?graph), "{prefix}")) }} ORDER BY ?graph'
        )
        return [unquote(row[0])[1] for row in self._tried(lambda: self._query.table(query))[1]]

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

    def write(self, graph: str, file: Path) -> Iterator[int]:
        """Replace a graph by a file of N-Triples, in chunks; yields how many triples each had.

        Every request may be sent twice without harm: graphs are sets, and there are no blank nodes.
        """
        store, most = self._store, self._limits
        if store is None:
            self.remove(graph)
            for count, chunk in _chunks(file, most.update_triples, most.update_bytes):
                text = f"INSERT DATA {{ GRAPH <{graph}> {{\n{chunk.decode()}}} }}"
                self._tried(lambda text=text: self._update.update(text))  # type: ignore[misc]
                yield count
            return
        first = True
        for count, chunk in _chunks(file, most.store_triples, most.store_bytes):
            send = store.put_graph if first else store.add_to_graph
            self._tried(lambda send=send, chunk=chunk: send(graph, chunk))  # type: ignore[misc]
            first = False
            yield count

    def _tried(self, work: Callable[[], _T]) -> _T:
        for attempt in range(self._limits.tries - 1):
            try:
                return self._done(work)
            except EndpointError as error:
                if passing(error) is None:
                    raise
                time.sleep(self._limits.wait * 2**attempt * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
        return self._done(work)

    def _done(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except BadQuery as error:  # nobody who pushes has asked it: the server does not take what we write
            raise Refused(self._update.url, 400, error.problem) from None


def _chunks(file: Path, most_triples: int, most_bytes: int) -> Iterator[tuple[int, bytes]]:
    lines: list[bytes] = []
    size = 0
    with file.open("rb") as opened:
        for line in opened:
            if lines and (len(lines) >= most_triples or size + len(line) > most_bytes):
                yield len(lines), b"".join(lines)
                lines, size = [], 0
            lines.append(line)
            size += len(line)
    if lines:
        yield len(lines), b"".join(lines)


def spool(file: Path, folder: Path, buffered: int = _BUFFERED) -> Spooled:
    """Cut sorted N-Quads by graph into files of N-Triples, in one pass and with at most ``buffered`` bytes in memory.

    Raises:
        BadRdf: when a line is no quad of the dataset.
    """
    held: dict[str, list[bytes]] = {}
    counts: dict[str, int] = {}
    paths: dict[str, Path] = {}
    base, size = "", 0

    def empty() -> None:
        for graph, lines in held.items():
            paths.setdefault(graph, folder / f"{len(paths)}.nt")
            with paths[graph].open("ab") as out:
                out.writelines(lines)
        held.clear()

    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            # Canonical N-Quads: the graph's IRI is what stands last.
            triple, found, name = line.rpartition(b" <")
            if not found or not name.endswith(b"> .\n"):
                raise BadRdf(f"{file}, line {number}", "is no quad in canonical N-Quads; make the build again")
            graph = name[:-4].decode()
            held.setdefault(graph, []).append(triple + b" .\n")
            counts[graph] = counts.get(graph, 0) + 1
            if _SPACE in triple and not base:
                subject, _, term = triple.partition(_SPACE)
                space = unquote(term.decode())[1]
                # vocabularies that are linked to have spaces too; a dataset lies in its own
                base = space if subject.startswith(f"<{space}".encode()) else ""
            size += len(line)
            if size > buffered:
                empty()
                size = 0
    empty()
    base = base or packaged_house().config().base
    foreign = [graph for graph in counts if not graph.startswith(f"{base}graph/")]
    if foreign or not counts:
        what = f"holds the graph {foreign[0]}, which is not below {base}graph/" if foreign else "is empty"
        raise BadRdf(str(file), f"{what}; nothing was pushed")
    return Spooled(base, {graph: (paths[graph], count) for graph, count in counts.items()})
