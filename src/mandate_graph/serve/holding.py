"""Everything that workers need of one build, opened before they are made: they can open nothing themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mandate_graph import write
from mandate_graph.dataset import Graph
from mandate_graph.house import choose_house
from mandate_graph.outputs import find_build
from mandate_graph.pipeline import silent
from mandate_graph.publish import press_of
from mandate_graph.publish.described.facts import facts
from mandate_graph.publish.forms import form_of
from mandate_graph.publish.prepared import Job, listed_things, prepare
from mandate_graph.publish.putting import Putter
from mandate_graph.publish.things import Press
from mandate_graph.reconcile import Service
from mandate_graph.reconcile.face import Request, answer
from mandate_graph.serve.description import service_description, written
from mandate_graph.serve.examples import examples
from mandate_graph.serve.examples import known as one_of_each
from mandate_graph.serve.forms import ENDINGS
from mandate_graph.serve.openapi import Told, as_file, openapi
from mandate_graph.serve.searching import Searcher, open_search
from mandate_graph.serve.settings import Settings

__all__ = ["Holding"]

_FITS = 256_000_000
"""Bytes of N-Quads that are loaded into memory (some ten times as many); the store on the disk serves larger ones."""

_GRAPHS = "SELECT ?graph { GRAPH ?graph {} } ORDER BY ?graph"
"""The engine keeps a list of its graphs; a pattern of triples would read all of them."""
_BESIDE = ("rdf", "trig", "nq")
"""Endings of what a server has of a named graph besides what lies on a static host."""
_DESCRIBED = ("turtle", "ntriples", "jsonld", "rdfxml")


class Holding:
    """A build, opened: its engine, and, in those who need them, what pages are made with and names are matched with."""

    def __init__(self, graph: Graph, options: Mapping[str, Any], *, memory: bool) -> None:
        self.graph = graph
        self.memory: int = options["settings"]["memory"]
        self.on_disk = not memory
        self.store = graph.engine(named_graphs=True).store
        self.base = graph.base
        self.prefixes = graph.style().terms.prefixes
        self._house = options["house"]
        self._site_url = options["site_url"]
        self._limits = Settings(**options["settings"])
        self._press: Press | None = None
        self._service: Service | None = None
        self._searcher: Searcher | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Holding:
        """Open the build in the folder that ``options`` name, as they say."""
        source = Path(options["source"])
        store = options["settings"]["store"]
        memory = store == "memory" or (store == "auto" and find_build(source).stat().st_size <= _FITS)
        graph = Graph(source, memory=memory)
        graph.engine(named_graphs=True)  # first of all: who needs the union alone takes this one, too
        return cls(graph, options, memory=memory)

    def said(self) -> dict[str, Any]:
        """What the front has to know of the build before it can answer queries."""
        quads = find_build(self.graph.folder or Path())
        _, rows = self.graph.engine(named_graphs=True).table(_GRAPHS)
        with quads.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {
            "base": self.base,
            "digest": digest,
            "modified": int(quads.stat().st_mtime),
            "graphs": [row[0][1:-1] for row in rows],
        }

    @property
    def press(self) -> Press:
        """What pages are made with."""
        assert self._press is not None  # noqa: S101  (only who is furnished makes pages)
        return self._press

    def furnish(self) -> dict[str, Any]:
        """Read what pages are made with; what the front has to know before it can answer for things."""
        self._press = press_of(self.graph, self._site_url, served=True)
        self._press.layouts.load()
        engine, site = self.graph.engine(named_graphs=True), self._press.site
        known = facts(engine, site.base)
        described = service_description(engine, known, site.url + "sparql", self._limits)
        return {
            "license": known.license,
            "service": {form: written(described, site.base, form).decode() for form in _DESCRIBED},
            "languages": list(site.languages),
        }

    def learn(self) -> dict[str, Any]:
        """Read what names are matched with; takes a while."""
        self._service = Service.of(self.graph, house=self._house)
        self._searcher = Searcher.of(self.graph, self.press.site)
        return {}

    def prepare(self, folder: Path) -> dict[str, Any]:
        """Write everything that is served as files."""
        job = Job(self.graph, choose_house(self._house, needed=False), silent)
        prepare(Putter(folder), self.press, job, listed_things(self.press))
        site = self.press.site
        known = facts(self.graph.engine(named_graphs=True), site.base)
        told = Told(site, known, self._limits, one_of_each(self.graph), examples(self.graph, self._limits.services))
        for lines in sorted((folder / "graph").rglob("*.nt")):
            for ending in _BESIDE:
                text = b"".join(write.stream(lines.read_bytes(), ENDINGS[ending], self.press.style))
                lines.with_suffix(f".{ending}").write_bytes(text)
        (folder / "openapi.json").write_bytes(as_file(openapi(told)))
        (folder / "opensearch.xml").write_bytes(open_search(site, known.title))
        return {}

    def thing(self, stem: str, ending: str) -> bytes | None:
        """A form of an address; nothing without an ending; None where there is no such thing, or no such form."""
        document = self.press.shelf.document(stem)
        if document is None or not ending:
            return None if document is None else b""
        return form_of(self.press, document, ending)

    def reconciled(
        self, method: str, path: str, fields: Mapping[str, str], root: str
    ) -> tuple[int, dict[str, str], bytes]:
        """What the reconciliation service answers."""
        assert self._service is not None  # noqa: S101  (only a clerk is asked)
        found = answer(self._service, Request(method, path, fields, root))
        return found.status, dict(found.headers), found.body

    def searched(self, fields: Sequence[tuple[str, str]]) -> Any:
        """What is found by words."""
        assert self._searcher is not None  # noqa: S101  (only a clerk is asked)
        return self._searcher.search(fields)
