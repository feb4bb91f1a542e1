"""A build opened for reading: queries, exports, tables, and whether an RDF file keeps the promises."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote as percent_decode

from mandate_graph import outputs, shacl, sparql, tables, write
from mandate_graph.authorities import load_authorities
from mandate_graph.containers import SUFFIXES
from mandate_graph.engine import Engine, Quad, parse_quads, speaks_of_graphs, unquote
from mandate_graph.errors import BadRdf, MissingPath, NoHouse
from mandate_graph.house import choose_house, find_house, packaged_house, query_files
from mandate_graph.iris import MG
from mandate_graph.model import ShapeResult
from mandate_graph.sources import read_manifest
from mandate_graph.terms import load_terms

__all__ = ["Dataset", "open_build", "query", "validate"]

PathLike: TypeAlias = str | Path

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_CAPTURES = f"""SELECT ?capture ?page ?digest {{ ?capture a <{MG}Capture> ; <https://schema.org/sha256> ?digest ;
  <http://www.w3.org/ns/prov#specializationOf> ?page }} ORDER BY ?capture"""
SHAPES = "https://w3id.org/mandate-graph/shapes#"
_BASE = "SELECT DISTINCT ?space WHERE { ?version <http://rdfs.org/ns/void#uriSpace> ?space } ORDER BY ?space"


class Dataset:
    """The build in a folder. It is loaded when it is first asked, and stays as it was then."""

    def __init__(self, folder: PathLike) -> None:
        """Open a build.

        Raises:
            MissingPath: when the folder does not hold one.
        """
        self._file = outputs.find_build(Path(folder))
        self._nquads = self._file.read_bytes()
        self._engines: dict[bool, Engine] = {}

    def __repr__(self) -> str:
        return f"<Dataset: {self._file}>"

    def engine(self, *, named_graphs: bool = False) -> Engine:
        """The embedded engine with the data in it."""
        if named_graphs not in self._engines:
            self._engines[named_graphs] = Engine(self._nquads, named_graphs=named_graphs)
        return self._engines[named_graphs]

    @property
    def base(self) -> str:
        """What the dataset's identifiers begin with, as it says itself (``void:uriSpace``)."""
        _, rows = self.engine().table(_BASE, "the base")
        return rows[0][0][1:-1] if rows else packaged_house().config().base

    def query(self, name: str, parameters: Mapping[str, object] | None = None) -> sparql.Result:
        """Run a named query, a file that ends in ``.rq``, or SPARQL itself.

        Raises:
            UnknownQuery: when there is none of that name.
            BadParameter: when a parameter is unknown, malformed, or names nothing in the graph.
            BadQuery: when it cannot be parsed or evaluated.
        """
        if "{" in name:  # no name and no path of a query file holds a brace
            return self.run(sparql.NamedQuery.read("given as text", name), parameters)
        return self.run(sparql.find_query(name, query_files()), parameters)

    def run(self, query: sparql.NamedQuery, parameters: Mapping[str, object] | None = None) -> sparql.Result:
        """Run a query that was read already; raises what ``query`` raises."""
        return sparql.run(self.engine(named_graphs=speaks_of_graphs(query.text)), query, self.base, parameters)

    def quads(self) -> list[Quad]:
        """Every quad, as N-Triples terms."""
        return list(parse_quads(self._file))

    def export(self, name: str) -> bytes:
        """The dataset in one of ``write.FORMATS``."""
        return write.write(self.quads(), name, self.style())

    def table(self, name: str) -> str:
        """One of ``tables.TABLES``, as CSV."""
        return tables.TABLES[name](self.engine())

    def style(self) -> write.Style:
        """How terms are shortened when they are written."""
        return write.Style(self.base, load_terms(packaged_house().ontology))


def open_build(folder: PathLike = "build") -> Dataset:
    """Open the build in a folder.

    Raises:
        MissingPath: when the folder does not hold one.
    """
    return Dataset(folder)


def query(name: str, *, build: PathLike = "build", **parameters: object) -> sparql.Result:
    """Run one query on the build in a folder: ``query("mandates-naming", named="body/iom")``.

    ``name`` is a named query, a file that ends in ``.rq``, or SPARQL itself.

    Raises:
        MissingPath: when the folder does not hold a build, or the query file is not there.
        UnknownQuery: when there is no query of that name.
        BadParameter: when a parameter is unknown, malformed, or names nothing in the graph.
        BadQuery: when it cannot be parsed or evaluated.
    """
    return Dataset(build).query(name, parameters)


def validate(path: PathLike = "build", *, house: PathLike | None = None, reference: bool = False) -> list[ShapeResult]:
    """Check a build, or any RDF file, against the shapes: every result, of every severity, with its place on a page.

    For the build of a house its pages are looked at too: one that was changed after the build is a Violation.

    ``reference`` asks pySHACL instead of the compiled shapes: the same results, in minutes instead of a second.

    Raises:
        MissingPath: when it is not there.
        BadRdf: when it cannot be parsed.
        BadShape: when a shape cannot be checked.
    """
    shapes = choose_house(house, needed=False).shapes
    path = Path(path)
    if not path.exists():
        raise MissingPath(str(path), "file or build", "Make a build with 'mandate-graph build', or name an RDF file.")
    quads = list(parse_quads(outputs.find_build(path) if path.is_dir() else path))
    if not any(p == _TYPE and o.startswith(f"<{MG}") for _, p, o, _ in quads):
        raise BadRdf(
            str(path), "holds no mandate, document or other thing that the shapes speak of; nothing was checked"
        )
    # A graph name on every line is what the engine's loader expects; triples of a plain file get one.
    engine = Engine(write.nquads((s, p, o, g or "<urn:mandate-graph:file>") for s, p, o, g in quads))
    changed = _changed_sources(engine, house) if path.is_dir() else []
    if reference:
        from mandate_graph.interop import to_rdflib
        from mandate_graph.shacl.reference import reference_check

        return [*changed, *shacl.locate(engine, shacl.in_order(reference_check(to_rdflib(quads), shapes)))]
    return [*changed, *shacl.locate(engine, shacl.check(engine, shapes))]


def _changed_sources(engine: Engine, house: PathLike | None) -> list[ShapeResult]:
    """The pages of a house that are no longer those that its build was made of; nothing for a build of other pages."""
    try:
        home = find_house(None if house is None else Path(house), Path.cwd())
    except NoHouse:
        return []
    manifest = read_manifest(home.documents, load_authorities(home.authorities).languages)
    files: dict[str, list[Path]] = {}
    for path in sorted(home.documents.glob("*")) if home.documents.is_dir() else ():
        if path.suffix.lower() in SUFFIXES and path.is_file():
            page = manifest[path.name]["page"] if path.name in manifest else path.stem
            files.setdefault(page, []).append(path)
    captures = [
        (capture, percent_decode(unquote(page)[1].rpartition("/")[2]), unquote(digest)[1])
        for capture, page, digest in engine.table(_CAPTURES)[1]
    ]
    if {page for _, page, _ in captures} != set(files):
        return []
    known = {hashlib.sha256(path.read_bytes()).hexdigest() for paths in files.values() for path in paths}
    message = "The file of this page was changed after the build. Build again, or bring the file back."
    shape = f"<{SHAPES}SourceUnchanged>"
    return [
        ShapeResult("Violation", shape, "", capture, "", "", message, ", ".join(path.name for path in files[page]))
        for capture, page, digest in captures
        if digest not in known
    ]
