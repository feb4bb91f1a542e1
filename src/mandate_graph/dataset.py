"""A graph opened for reading: queries, exports, tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from mandate_graph import glance, outputs, sparql, tables, write
from mandate_graph.engine import Engine, Quad, parse_quads, speaks_of_graphs
from mandate_graph.errors import BadParameter, MissingPath, Replaced, UsageError
from mandate_graph.house import packaged_house, query_files
from mandate_graph.readers import Mandate, by_digits
from mandate_graph.remote import Access, Endpoint
from mandate_graph.report import Report
from mandate_graph.store import open_engine
from mandate_graph.terms import load_terms
from mandate_graph.worker import Worker

if TYPE_CHECKING:
    import rdflib

__all__ = ["UNLIMITED", "Graph", "Limits", "open", "query"]

PathLike: TypeAlias = str | Path

# no name and no path of a query file holds a brace, or a blank after one of these words
_SPARQL = re.compile(r"[^{]*\{|\s*(?:#[^\n]*\n\s*)*(?:prefix|base|describe)\s", re.IGNORECASE)
SHAPES = "https://w3id.org/mandate-graph/shapes#"
# the vocabularies that it links to have spaces too, and are no datasets of this catalogue
_BASE = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX void: <http://rdfs.org/ns/void#>
SELECT DISTINCT ?space WHERE { ?version a dcat:Dataset ; void:uriSpace ?space } ORDER BY ?space"""
_COUNTS = """SELECT ?kind (COUNT(DISTINCT ?thing) AS ?things) {
  ?thing a ?type . ?type <http://www.w3.org/2000/01/rdf-schema#isDefinedBy> ?ontology ;
    <http://www.w3.org/2000/01/rdf-schema#label> ?kind FILTER ( LANG(?kind) = "en" )
} GROUP BY ?kind ORDER BY DESC(?things) ?kind"""


class Limits(NamedTuple):
    """How long a query may take, in seconds, and how many rows or triples it may give; None is no limit."""

    seconds: float | None = None
    rows: int | None = None


UNLIMITED = Limits()
_ELSEWHERE = 60.0


def _limits(seconds: object, rows: object) -> Limits:
    if seconds is not None and not (isinstance(seconds, (int, float)) and 0 < seconds <= 86_400):
        raise UsageError(f"timeout={seconds!r} is not a number of seconds above 0 and up to 86400")
    if rows is not None and not (isinstance(rows, int) and rows > 0):
        raise UsageError(f"limit={rows!r} is not a number of rows above 0")
    return Limits(seconds, rows)


class Graph:
    """A graph to ask: the build in a folder, or a SPARQL endpoint that holds one.

    A build stays as it was when it was first asked. Its on-disk store is used where it is fresh; ``memory`` loads the
    N-Quads instead, which takes a moment and answers queries that look at everything several times as fast.

    >>> import mandate_graph as mg
    >>> graph = mg.open("build")
    >>> len(graph.mandates(theme="migration"))
    38
    """

    def __init__(self, where: PathLike, *, memory: bool = False, access: Access | None = None) -> None:
        """Open a build, or an endpoint (``http://`` or ``https://``; ``access`` defaults to the environment's).

        Raises:
            MissingPath: when the folder does not hold a build.
            UsageError: when the address cannot be one of an endpoint.
        """
        self._memory = memory
        self._engine: Engine | None = None
        self._seen: tuple[int, ...] | None = None
        self._space = ""
        self._endpoint: Endpoint | None = None
        self.folder: Path | None = None
        if isinstance(where, str) and where.startswith(("http://", "https://")):
            self._endpoint = Endpoint(where, access or Access.from_environment())
            return
        self.folder = Path(where)
        self._file = outputs.find_build(self.folder)
        self._worker = Worker(self._file.resolve(), memory=memory)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._endpoint.url if self._endpoint else self._file}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: what there is, and how much of it."""
        counts = [(str(row.kind), row.things) for row in self.query(_COUNTS)]
        return glance.facts(repr(self).strip("<>"), counts)

    def _local(self, what: str) -> Path:
        """The N-Quads, when they are still those that were there at the first question."""
        if self._endpoint:
            raise UsageError(f"{what} needs a build on this machine, and this is an endpoint; ask it with query()")
        status = outputs.find_build(self._file.parent).stat()
        seen = (status.st_ino, status.st_size, status.st_mtime_ns)
        self._seen = self._seen or seen
        if seen != self._seen:
            raise Replaced(str(self._file))
        return self._file

    def engine(self, *, named_graphs: bool = False) -> Engine:
        """The embedded engine with the data in it.

        Raises:
            UsageError: when the graph is an endpoint's.
        """
        if self._engine is None or (named_graphs and not self._engine.named_graphs):
            file = self._local("the engine")
            self._engine = open_engine(file, named_graphs=named_graphs, memory=self._memory)
        return self._engine

    def answers(self, query: str, limits: Limits = UNLIMITED) -> sparql.Answers:
        """What answers a query of this graph within limits: the engine, its process, or the endpoint."""
        if self._endpoint:
            return self._endpoint.within(limits.seconds, limits.rows)
        if limits == UNLIMITED:
            return self.engine(named_graphs=speaks_of_graphs(query))
        self._local("a query")
        return self._worker.within(limits.seconds, limits.rows)

    @property
    def base(self) -> str:
        """What the dataset's identifiers begin with, as it says itself (``void:uriSpace``)."""
        return self._base(UNLIMITED)

    def _base(self, limits: Limits) -> str:
        if not self._space:
            _, rows = self.answers(_BASE, limits).table(_BASE, "the base")
            self._space = rows[0][0][1:-1] if rows else packaged_house().config().base
        return self._space

    def query(
        self,
        name: PathLike,
        parameters: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
        **more: object,
    ) -> sparql.Result:
        """Run a named query, a file that ends in ``.rq``, or SPARQL itself, with the query's parameters by name.

        With a ``timeout`` (seconds) a query that takes longer is stopped, and the process that it runs in is ended;
        after ``limit`` rows (or triples) the answer is cut, and says so (``Result.cut``).

        >>> import mandate_graph as mg
        >>> for row in mg.open("build").query("mandates-naming", named="body/iom", timeout=10):
        ...     print(row.date, row.documentLabel, row.quote)
        2001-04-20 Plan of Action (Quebec City) International Organization of Migration (IOM)

        Raises:
            UnknownQuery: when there is none of that name.
            BadParameter: when a parameter is unknown, malformed, or names nothing in the graph.
            BadQuery: when it cannot be parsed or evaluated.
            QueryStopped: when its time was over.
            EndpointError: when the endpoint does not answer as one does.
        """
        bound = {**(parameters or {}), **more}
        limits = _limits(timeout, limit)
        name = str(name)
        if _SPARQL.match(name):
            return self.run(sparql.NamedQuery.read("given as text", name), bound, limits)
        return self.run(sparql.find_query(name, query_files()), bound, limits)

    def run(
        self, query: sparql.NamedQuery, parameters: Mapping[str, object] | None = None, limits: Limits = UNLIMITED
    ) -> sparql.Result:
        """Run a query that was read already; raises what ``query`` raises.

        The time is that of each step where it asks another server too, and that server has a minute where nothing else
        is said: it may never answer.
        """
        engine = self.answers(query.text, limits)
        return sparql.run(engine, query, self._base(limits), parameters, limits.seconds or _ELSEWHERE)

    def mandates(self, **facets: object) -> list[Mandate]:
        """The mandates that a theme, Summit, document, year, language, thing named or word picks; all without any.

        The facets are the parameters of the named query ``mandates``: keys such as ``theme="migration"``,
        ``summit="2001-quebec"``, ``named="body/iom"``.

        >>> import mandate_graph as mg
        >>> for mandate in mg.open("build").mandates(summit="2001-quebec", named="body/iom"):
        ...     print(mandate.document_label)
        Plan of Action (Quebec City)

        Raises:
            BadParameter: when a facet is unknown or names nothing in the graph.
        """
        return [Mandate(self, row) for row in self.query("mandates", facets)]

    def mandate(self, iri: str) -> Mandate:
        """One mandate, by its identifier or by the key that it ends in.

        Raises:
            BadParameter: when there is none.
        """
        asked = str(iri or "").strip().removeprefix("<").removesuffix(">")
        if re.fullmatch("[0-9a-f]{12}", asked):
            found = by_digits(self.answers(""), asked)
            asked = found[0] if len(found) == 1 else asked
        if not asked:
            raise BadParameter("mandates", "no mandate is named", ["an identifier, or the key that it ends in"])
        return Mandate(self, self.query("mandates", {"mandate": asked})[0])

    @property
    def report(self) -> Report:
        """What the build says of itself (``report.json``).

        Raises:
            UsageError: when the graph is an endpoint's.
            MissingPath: when the file is gone.
        """
        path = self._local("the report").with_name("report.json")
        if not path.is_file():
            raise MissingPath(str(path), "report", "Build again.")
        return Report(json.loads(path.read_bytes()))

    def rdflib(self, *, copy: bool = False) -> rdflib.Dataset:
        """The graph as an ``rdflib.Dataset``, whose default graph is the union of all graphs.

        A build is looked into without copying, for reading only; of an endpoint the triples are copied. ``copy`` gives
        a dataset of rdflib's own, which may be changed.

        >>> import mandate_graph as mg
        >>> from rdflib import RDFS, URIRef
        >>> iom = URIRef("https://w3id.org/mandate-graph/id/body/iom")
        >>> [str(label) for label in mg.open("build").rdflib().objects(iom, RDFS.label) if label.language == "en"]
        ['International Organization for Migration']
        """
        from mandate_graph import interop

        if self._endpoint:
            return interop.to_dataset(self.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").quads())
        return interop.to_dataset(self.quads()) if copy else interop.view(self.engine(named_graphs=True).store)

    def quads(self) -> list[Quad]:
        """Every quad, as N-Triples terms."""
        return list(parse_quads(self._local("reading quads")))

    def export(self, name: str) -> bytes:
        """The dataset in one of ``write.FORMATS``.

        Raises:
            UsageError: when there is no such format, or the graph is an endpoint's.
        """
        if name not in write.FORMATS:
            raise UsageError(f"{name}: no such format; there are {', '.join(sorted(write.FORMATS))}")
        return b"".join(write.stream(self._local("exporting"), name, self.style()))

    def table(self, name: str) -> str:
        """One of ``tables.TABLES``, as CSV.

        Raises:
            UsageError: when there is no such table, or the graph is an endpoint's.
        """
        if name not in tables.TABLES:
            raise UsageError(f"{name}: no such table; there are {', '.join(sorted(tables.TABLES))}")
        return "".join(tables.TABLES[name](self.engine()))

    def style(self) -> write.Style:
        """How terms are shortened when they are written."""
        return write.Style(self.base, load_terms(packaged_house().ontology))


def open(where: PathLike = "build", *, memory: bool = False, access: Access | None = None) -> Graph:  # noqa: A001
    """Open the build in a folder, or the endpoint at an address; see ``Graph``.

    Raises:
        MissingPath: when the folder does not hold a build.
        UsageError: when the address cannot be one of an endpoint.
    """
    return Graph(where, memory=memory, access=access)


def query(
    name: PathLike,
    *,
    build: PathLike = "build",
    timeout: float | None = None,
    limit: int | None = None,
    **parameters: object,
) -> sparql.Result:
    """Run one query on the build in a folder, or on an endpoint: ``query("mandates-naming", named="body/iom")``.

    ``name`` is a named query, a file that ends in ``.rq``, or SPARQL itself; see ``Graph.query``.

    Raises:
        MissingPath: when the folder does not hold a build, or the query file is not there.
        UnknownQuery: when there is no query of that name.
        BadParameter: when a parameter is unknown, malformed, or names nothing in the graph.
        BadQuery: when it cannot be parsed or evaluated.
        QueryStopped: when its time was over.
        EndpointError: when the endpoint does not answer as one does.
    """
    return Graph(build).query(name, parameters, timeout=timeout, limit=limit)
