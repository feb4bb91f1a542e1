"""The shapes as promises: what each says, and whether the published graph keeps it now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph import shacl
from mandate_graph.dataset import Graph
from mandate_graph.engine import parse_quads, unquote
from mandate_graph.house import House
from mandate_graph.model import ShapeResult
from mandate_graph.publish.rows import cell
from mandate_graph.publish.site import File
from mandate_graph.publish.things import Press
from mandate_graph.shacl.shapes import Constraint, read_shapes

__all__ = ["Promise", "promise_files"]

_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_SHOWN = 20
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class Promise(NamedTuple):
    """What one file of shapes promises: its sentence, its constraints, its Turtle, and what breaks it."""

    key: str
    title: str
    fragments: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    turtle: str
    results: tuple[ShapeResult, ...]


def promise_files(press: Press, graph: Graph, home: House) -> Iterator[File]:
    """The page ``shapes`` in every language, and the shapes as Turtle, JSON-LD and N-Triples."""
    engine = graph.engine(named_graphs=True)
    results = shacl.locate(engine, shacl.check(engine, home.shapes))
    promises = _promises(home.shapes, results)
    targets = {cell(target.term) for each in promises for one in each.constraints for target in one.targets}
    focuses = {cell(result.focus) for each in promises for result in each.results[:_SHOWN]}
    press.names.fetch({each for each in targets | focuses if each.is_iri})
    values: dict[str, Any] = {
        "promises": promises,
        "counts": Counter(result.severity for result in results),
        "shown": _SHOWN,
    }
    for language in press.site.languages:
        yield press.page("shapes", "shapes.html", language, values)
    yield File("shapes.ttl", _joined(home.shapes))
    triples = sorted({f"{s} {p} {o} ." for s, p, o in _triples(home.shapes)})
    yield File("shapes.nt", ["".join(f"{line}\n" for line in triples).encode()])
    yield File("shapes.jsonld", [_expanded(_triples(home.shapes))])


def _promises(folder: Path, results: list[ShapeResult]) -> list[Promise]:
    constraints = read_shapes(folder)
    found = []
    for path in sorted(folder.glob("*.ttl")):
        quads = list(parse_quads(path))
        own = {s for s, _, _, _ in quads if s.startswith("<")}
        kept = tuple(each for each in constraints if each.source in own)
        if not kept:
            continue
        title = " ".join(sorted(unquote(o)[1] for _, p, o, _ in quads if p == _LABEL))
        broken = tuple(each for each in results if each.shape in own)
        fragments = tuple(sorted(each[1:-1].partition("#")[2] for each in own if "#" in each))
        found.append(Promise(path.stem, title, fragments, kept, path.read_text(encoding="utf-8"), broken))
    return found


def _joined(folder: Path) -> Iterator[bytes]:
    """All files as one: a prefix may be declared again (Turtle §2.4)."""
    for path in sorted(folder.glob("*.ttl")):
        yield path.read_bytes()
        yield b"\n"


def _triples(folder: Path) -> Iterator[tuple[str, str, str]]:
    """The shapes; blank nodes are numbered in the order of the files, each file's apart."""
    known: dict[str, str] = {}

    def same(term: str, path: Path) -> str:
        return known.setdefault(f"{path.stem} {term}", f"_:b{len(known)}") if term.startswith("_:") else term

    for path in sorted(folder.glob("*.ttl")):
        for s, p, o, _ in parse_quads(path):
            yield same(s, path), p, same(o, path)


def _expanded(triples: Iterator[tuple[str, str, str]]) -> bytes:
    """Triples as expanded JSON-LD (JSON-LD 1.1 §8)."""
    nodes: dict[str, dict[str, Any]] = {}
    for s, p, o in triples:
        node = nodes.setdefault(s, {"@id": _name(s)})
        if p == f"<{_RDF}type>":
            node.setdefault("@type", []).append(_name(o))
        else:
            node.setdefault(_name(p), []).append(_value(o))
    return (json.dumps([nodes[key] for key in sorted(nodes)], ensure_ascii=False, indent=1) + "\n").encode()


def _name(term: str) -> str:
    return term if term.startswith("_:") else term[1:-1]


def _value(term: str) -> dict[str, str]:
    if term.startswith(("<", "_:")):
        return {"@id": _name(term)}
    _, text, language, datatype = unquote(term)
    if language:
        return {"@value": text, "@language": language}
    return {"@value": text, **({"@type": datatype} if datatype and not datatype.endswith("#string") else {})}
