"""Everything that workers need of one build, opened before they are made: they can open nothing themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mandate_graph.dataset import Graph
from mandate_graph.house import choose_house
from mandate_graph.outputs import find_build
from mandate_graph.publish import press_of, supplied
from mandate_graph.publish.described.facts import facts
from mandate_graph.publish.documents import documents
from mandate_graph.publish.given import Work, everywhere
from mandate_graph.publish.things import Press
from mandate_graph.reconcile import Service
from mandate_graph.reconcile.face import Request, answer
from mandate_graph.write.lines import blocks

__all__ = ["Holding"]

_FITS = 256_000_000
"""Bytes of N-Quads that are loaded into memory (some ten times as many); the store on the disk serves larger ones."""

_GRAPHS = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"


class Holding:
    """A build, opened: its engine, what its pages are made with, and (once learnt) what names are matched with."""

    def __init__(self, graph: Graph, press: Press, options: Mapping[str, Any]) -> None:
        self.graph = graph
        self.press = press
        self.memory: int = options["settings"]["memory"]
        self.store = graph.engine(named_graphs=True).store
        self.prefixes = press.style.terms.prefixes
        self._service: Service | None = None
        self._all = {d.stem: d for d in documents(blocks(find_build(graph.folder or Path())), press.site, [])}

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Holding:
        """Open the build in the folder that ``options`` name, as they say."""
        source = Path(options["source"])
        store = options["settings"]["store"]
        memory = store == "memory" or (store == "auto" and find_build(source).stat().st_size <= _FITS)
        graph = Graph(source, memory=memory)
        press = press_of(graph, options["site_url"])
        home = choose_house(options["house"], needed=False)
        known = facts(graph.engine(named_graphs=True), press.site.base)
        press = press._replace(given={"everywhere": everywhere(press, known)})
        described = None
        work = Work(press, graph, home, Path(), described)  # type: ignore[arg-type]
        return cls(graph, supplied(press, work, press.plan.kinds), options)

    def said(self) -> dict[str, Any]:
        """What the front has to know of the build."""
        quads = find_build(self.graph.folder or Path())
        known = self.press.given["everywhere"]["dataset"]
        _, rows = self.graph.engine(named_graphs=True).table(_GRAPHS)
        with quads.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {
            "base": self.press.site.base,
            "digest": digest,
            "modified": int(quads.stat().st_mtime),
            "license": known["license"],
            "languages": list(self.press.site.languages),
            "graphs": [row[0][1:-1] for row in rows],
        }

    def learn(self) -> None:
        """Read what names are matched with; takes a while."""
        self._service = Service.of(self.graph)

    def prepare(self, folder: Path) -> None:
        """Write everything that is served as files."""
        (folder / "index.html").write_text("<title>x</title>")

    def thing(self, stem: str, ending: str) -> bytes | None:
        """A form of an address; nothing without an ending; None where there is no such thing, or no such form."""
        document = self._all.get(stem)
        if document is None:
            return None
        if not ending:
            return b""
        for file in self.press.things(document):
            if file.path == f"{stem}.{ending}":
                return b"".join(file.pieces)
        return None

    def reconciled(
        self, method: str, path: str, fields: Mapping[str, str], root: str
    ) -> tuple[int, dict[str, str], bytes]:
        """What the reconciliation service answers."""
        assert self._service is not None  # noqa: S101  (only a clerk is asked)
        found = answer(self._service, Request(method, path, fields, root))
        return found.status, dict(found.headers), found.body

    def searched(self, fields: Mapping[str, str]) -> Any:
        """What is found by words."""
        return {}
