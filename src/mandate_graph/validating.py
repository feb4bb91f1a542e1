"""Whether a build, or any RDF file, keeps the promises: those of a house, or those of any file of shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote as percent_decode

from mandate_graph import outputs, shacl, write
from mandate_graph.authorities import load_authorities
from mandate_graph.containers import SUFFIXES
from mandate_graph.dataset import SHAPES
from mandate_graph.engine import Engine, named, parse_quads, unquote
from mandate_graph.errors import BadRdf, MissingPath, NoHouse, UsageError
from mandate_graph.house import choose_house, find_house
from mandate_graph.iris import MG
from mandate_graph.model import ShapeResult
from mandate_graph.shacl.forms import Written, of_file, of_quads
from mandate_graph.shacl.reports import REPORTS, report_document
from mandate_graph.sources import read_manifest
from mandate_graph.store import open_engine

__all__ = ["validate", "write_report"]

PathLike: TypeAlias = str | Path

_CAPTURES = f"""SELECT ?capture ?page ?digest {{ ?capture a <{MG}Capture> ; <https://schema.org/sha256> ?digest ;
  <http://www.w3.org/ns/prov#specializationOf> ?page }} ORDER BY ?capture"""
_OURS = f"""SELECT ?thing {{ ?thing a ?type FILTER ( STRSTARTS(STR(?type), "{MG}") ) }} LIMIT 1"""
# A graph name on every line is what the engine's loader expects; triples of a plain file get one.
_FILE = "<urn:mandate-graph:file>"
# Above so many bytes of N-Quads a build's store on the disk is asked, where it has one.
_LARGE = 512 * 1024 * 1024


def validate(
    path: PathLike = "build",
    *,
    shapes: PathLike | None = None,
    house: PathLike | None = None,
    reference: bool = False,
) -> shacl.Results:
    """Check a build, or any RDF file, against the shapes: every result, of every severity, with its place on a page.

    The shapes are the house's. For the build of a house its pages are looked at too: one that was changed after the
    build is a Violation. With ``shapes``, a file or a folder of ``*.ttl``, those are taken instead, and nothing else is
    looked at. Shapes that cannot be compiled are left to pySHACL; ``left`` of what is returned says which, and why.

    ``reference`` asks pySHACL of everything: the same results, in minutes instead of a second.

    >>> import mandate_graph as mg
    >>> {result.severity for result in mg.validate("build")}
    {'Info'}

    Raises:
        MissingPath: when it is not there, or there are no shapes.
        BadRdf: when it, or a file of shapes, cannot be parsed.
        BadShape: when a shape cannot be checked.
    """
    files = choose_house(house, needed=False).shapes if shapes is None else Path(shapes)
    path = Path(path)
    if not path.exists():
        raise MissingPath(str(path), "file or build", "Make a build with 'mandate-graph build', or name an RDF file.")
    engine, written = _opened(path)
    if shapes is None and not engine.table(_OURS)[1]:
        raise BadRdf(
            str(path), "holds no mandate, document or other thing that the shapes speak of; nothing was checked"
        )
    changed = _changed_sources(engine, house) if path.is_dir() and shapes is None else []
    if reference:
        from mandate_graph.interop import to_rdflib
        from mandate_graph.shacl.reference import reference_check

        results = shacl.Results(shacl.in_order(reference_check(to_rdflib(written.quads()), files)))
    else:
        all_named = path.is_dir() and not shacl.has_blank_nodes(outputs.find_build(path))
        results = shacl.check(engine, files, written=written, all_named=all_named)
    located = shacl.locate(engine, results)
    return shacl.Results([*changed, *located], located.left)


def _opened(path: Path) -> tuple[Engine, Written]:
    if path.is_dir():
        file = outputs.find_build(path)
        return open_engine(file, named_graphs=False, memory=file.stat().st_size < _LARGE), of_file(file)
    quads = named(parse_quads(path))
    nquads = write.nquads((s, p, o, g or _FILE) for s, p, o, g in quads)
    return Engine(nquads, blank_names=True), of_quads(quads)


def write_report(
    results: Sequence[ShapeResult],
    file: PathLike,
    data: PathLike,
    *,
    shapes: PathLike | None = None,
    house: PathLike | None = None,
) -> None:
    """Write results as the W3C's validation report (SHACL §3.6): Turtle, JSON-LD or N-Triples, by the file's ending.

    ``data``, ``shapes`` and ``house`` are those that the results are of; paths of several parts are copied from the
    shapes, and into a build nothing is written.

    Raises:
        UsageError: when the ending is none of these.
        Unwritable: when the file cannot be written.
    """
    file = Path(file)
    if file.suffix not in REPORTS:
        raise UsageError(f"{file}: a report is written as {', '.join(REPORTS)}; its name must end in one of these")
    files = choose_house(house, needed=False).shapes if shapes is None else Path(shapes)
    outputs.write_file(file, report_document(results, files, file.suffix), Path(data))


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
