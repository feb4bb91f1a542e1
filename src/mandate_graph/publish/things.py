"""Pages of things, and the data beside them, one address after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mandate_graph import write
from mandate_graph.publish.beside import LABEL, data_files, named, triples_of
from mandate_graph.publish.documents import Document
from mandate_graph.publish.layouts import Layouts, Lost, Reader
from mandate_graph.publish.names import Names
from mandate_graph.publish.plan import Plan
from mandate_graph.publish.rows import Cell, Row, Rows, ask, cell
from mandate_graph.publish.shelf import Shelf
from mandate_graph.publish.site import File, Site
from mandate_graph.sparql import Tables
from mandate_graph.write.lines import predicates

__all__ = ["Facts", "Press", "page_of"]

_LABEL = f" {LABEL} ".encode()

Facts = dict[str, list[Cell]]
"""By property (an IRI), the values that a thing has, each once."""


class Press(NamedTuple):
    """What every page is made with; ``given`` is what a program adds for all pages, by name."""

    site: Site
    plan: Plan
    layouts: Layouts
    words: Mapping[str, Mapping[str, str]]
    names: Names
    answers: Tables
    shelf: Shelf
    style: write.Style
    given: Mapping[str, Any]

    def things(self, document: Document) -> Iterator[File]:
        """The pages of an address in every language, and its data."""
        given = self.about(document)
        for language in self.site.languages:
            yield self.page(document.stem, self.plan.kind(document.stem).layout, language, given)
        yield from data_files(document.stem, self.triples(document), self.style)

    def about(self, document: Document) -> dict[str, Any]:
        """What the layout of a page is given, the same in every language."""
        kind = self.plan.kind(document.stem)
        iri = document.things[0][0]
        queries = {name: text for name, text in kind.queries.items() if name != "parts"}
        rows = ask(self.answers, {**self.plan.kinds[-1].queries, **queries}, iri)
        described = [(subject, _facts(lines)) for subject, lines in document.things]
        self.names.fetch(_iris(described, rows))
        own = {
            "iri": iri,
            "stem": document.stem,
            "kind": kind.name,
            "scripts": kind.scripts,
            "things": described,
            "rows": rows,
        }
        return {**own, **{name: self.given[name] for name in kind.needs}}

    def triples(self, document: Document) -> set[bytes]:
        """What the data beside a page says: of the thing, of its parts, and the names of what these lead to."""
        return named(triples_of(self._lines(document)), self.names)

    def quads(self, document: Document) -> set[bytes]:
        """The same as lines of the graph, each with the named graph that it stands in.

        A name that no graph calls a label (``skos:prefLabel`` alone) is left out.
        """
        lines = self._lines(document)
        triples = triples_of(lines)
        labels = named(triples, self.names) - triples
        found = b"".join(map(self.shelf.lines, {line.split(b" ", 1)[0] for line in labels}))
        kept = {line for line in found.splitlines(keepends=True) if _LABEL in line and triples_of(line) <= labels}
        return kept | set(lines.splitlines(keepends=True))

    def _lines(self, document: Document) -> bytes:
        """The lines of a document, and of the parts that belong to it besides its own address."""
        kind = self.plan.kind(document.stem)
        own = b"".join(lines for _, lines in document.things)
        if "parts" not in kind.queries:
            return own
        rows = ask(self.answers, {"parts": kind.queries["parts"]}, document.things[0][0])["parts"]
        return own + b"".join(self.shelf.lines(f"<{part}>".encode()) for part in {row["part"] for row in rows})

    def page(self, stem: str, layout: str, language: str, values: Mapping[str, Any]) -> File:
        """One page."""
        path = self.site.page(stem, language)
        reader = (Lost if values.get("lost") else Reader)(self.site, self.words[language], self.names, path, language)
        defaults = {
            "stem": stem,
            "scripts": (),
            "engine": False,
            "languages": self.site.languages,
            "base": self.site.base,
        }
        text = self.layouts.render(layout, reader, {**defaults, **self.given["everywhere"], **values})
        return File(path, (text.encode(),))


def page_of(press: Press, page: Any, values: Mapping[str, Any]) -> Iterator[File]:
    """A page that is no thing, in every language."""
    rows = ask(press.answers, page.queries)
    press.names.fetch(_iris([], rows))
    needed = {name: press.given[name] for name in page.needs}
    for language in press.site.languages:
        own = {"rows": rows, "scripts": page.scripts, "engine": page.engine, "lost": page.lost, **needed, **values}
        yield press.page(page.stem, page.layout, language, own)


def _facts(lines: bytes) -> Facts:
    return {predicate[1:-1]: [cell(term) for term in objects] for predicate, objects in predicates(lines).items()}


def _iris(things: Iterable[tuple[str, Facts]], rows: Rows) -> set[str]:
    found: set[str] = set()
    for subject, facts in things:
        found.add(subject)
        for predicate, objects in facts.items():
            found.add(predicate)
            found.update(each for each in objects if each.is_iri)
    for each in rows.values():
        for row in each:
            found.update(_row(row))
    return found


def _row(row: Row) -> Iterator[str]:
    return (value for value in row.values() if value and value.is_iri)
