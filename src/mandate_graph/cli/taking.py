"""The verb that takes data away: formats, tables, parts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mandate_graph.errors import BadOption, BadParameter, BadRdf
from mandate_graph.failures import shown

if TYPE_CHECKING:
    from mandate_graph.dataset import Graph
    from mandate_graph.engine import Engine
    from mandate_graph.write.lines import Source

__all__ = ["export"]

_ENDINGS = {
    ".nq": "nquads",
    ".nt": "ntriples",
    ".ttl": "turtle",
    ".trig": "trig",
    ".jsonld": "jsonld",
    ".rdf": "rdfxml",
    ".parquet": "parquet",
    ".csv": "csv",
}


def export(options: argparse.Namespace) -> int:
    """Write the data to a file or to standard output."""
    from mandate_graph import outputs
    from mandate_graph.cli.console import Watch
    from mandate_graph.dataset import Graph

    name = _format(options)
    out = Path(options.out) if options.out is not None else None
    with Watch("exporting"):
        graph = Graph(options.source)
        _check_data(Path(options.source))
        pieces, beside = _pieces(options, name, graph)
        if out is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return 0
        files: dict[Path, Iterator[bytes] | bytes] = {out: pieces}
        packed = out.name.lower().endswith(".gz")
        if packed:
            files[out] = outputs.compressed(pieces)
        elif beside and (out.is_file() or not out.exists()):
            files[out.with_name(f"{out.name}-metadata.json")] = beside
        outputs.write_files(files, Path(options.source))
    if packed and beside:
        problem = "CSVW metadata cannot speak of a compressed table, so that none stand beside it"
        sys.stderr.write(f"mandate-graph: {shown(str(out))}: {problem}\n")
    return 0


def _check_data(folder: Path) -> None:
    """Let the engine look at the data, which the writers trust; it did so already when it made a store of them.

    Raises:
        BadRdf: when they are not valid, or when there are none.
    """
    from mandate_graph import outputs
    from mandate_graph.engine import count_quads
    from mandate_graph.store import fresh_store

    file = outputs.find_build(folder)
    if not file.stat().st_size or (fresh_store(file) is None and not count_quads(file)):
        raise BadRdf("the dataset", "holds no quads")


def _format(options: argparse.Namespace) -> str:
    """The format that is asked for, by name or by the ending of the file; ``csv`` is a table's.

    Raises:
        BadOption: when two of them contradict each other, or when an ending says nothing.
    """
    guessed = _guessed(options)
    if options.table:
        if options.format not in {None, "parquet"}:
            raise BadOption(
                "format",
                f"{options.format} is for graphs, and --table {options.table} is a table; leave it out, or use parquet",
            )
        asked = options.format or ("parquet" if guessed == "parquet" else "csv")
    else:
        asked = options.format or guessed or "turtle"
        if asked == "csv":
            raise BadOption("out", ".csv is for tables; name one with --table")
    if guessed and guessed != asked:
        raise BadOption("out", f"{shown(Path(options.out).name)} ends as {guessed} does, and {asked} is asked for")
    return asked


def _guessed(options: argparse.Namespace) -> str:
    """The format that the ending of the file says, in any case of its letters; empty where there is no ending.

    Raises:
        BadOption: when an ending says nothing, and nothing else says the format.
    """
    out = Path(options.out or "")
    ending = Path(out.name.lower().removesuffix(".gz")).suffix
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if ending in {"", "."} or options.format or (out.exists() and not out.is_file()):  # a device may be called anything
        return ""
    known = (".csv", ".parquet") if options.table else [each for each in _ENDINGS if each != ".csv"]
    what = "a table" if options.table else "a graph"
    more = "" if options.table else ", or say the format with --format"
    raise BadOption("out", f"{shown(out.name)}: {what} ends in one of {', '.join(known)}{more}")


def _pieces(options: argparse.Namespace, name: str, graph: Graph) -> tuple[Iterator[bytes], bytes]:
    """What is written, and the metadata that stand beside a table."""
    from mandate_graph import parquet, tables, write
    from mandate_graph.write.lines import batched

    source, engine = _part(options, graph)
    if options.table:
        described = tables.find_table(options.table)
        lines = tables.of_part(options.table, engine) if engine else tables.TABLES[options.table](graph.engine())
        engine = engine or graph.engine()
        if name == "parquet":
            return parquet.table(lines, described), b""
        file = Path(options.out).name if options.out else f"{options.table}.csv"
        beside = tables.metadata(engine, described, file, graph.style().terms.prefixes)
        return batched(line.encode() for line in lines), beside
    if name == "parquet":
        return parquet.quads(source), b""
    return write.stream(source, name, graph.style()), b""


def _part(options: argparse.Namespace, graph: Graph) -> tuple[Source, Engine | None]:
    """The whole, or the part that was asked for with an engine that holds nothing else."""
    from mandate_graph import outputs, selection
    from mandate_graph.engine import Engine, speaks_of_graphs
    from mandate_graph.house import query_files
    from mandate_graph.sparql import find_query

    source = outputs.find_build(Path(options.source))
    facets = {name: getattr(options, name) for name in selection.FACETS if getattr(options, name) is not None}
    if not facets and not options.query:
        return source, None
    engine, queries = graph.engine(), query_files()
    chosen = selection.by_facets(engine, graph.base, queries, facets) if facets else None
    if options.query:
        query = find_query(options.query[0], queries)
        parameters = {}
        for argument in options.query[1:]:
            name, equals, value = argument.partition("=")
            if not equals:
                problem = f"{argument!r} is not of the form name=value"
                raise BadParameter(query.name, problem, [parameter.name for parameter in query.parameters])
            parameters[name] = value
        asked = graph.engine(named_graphs=speaks_of_graphs(query.text))
        found = selection.by_query(asked, graph.base, query, parameters)
        if isinstance(found, bytes):
            if facets or options.table:
                raise BadOption("query", "a CONSTRUCT query gives the graph itself; nothing else can be asked with it")
            return found, None
        chosen = found if chosen is None else chosen & found
    if not chosen:
        raise BadOption("", "no mandate is selected by all of these together")
    part = selection.part_of(engine, graph.base, queries, chosen)
    lines = b"".join(selection.written(source, part))
    return lines, Engine(lines)
