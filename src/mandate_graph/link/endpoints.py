"""A vocabulary behind a SPARQL endpoint: where labels are few, all are read page by page, else ours are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias, TypeVar

from mandate_graph.engine import literal, unquote
from mandate_graph.failures import CutAnswer, HalfAnswer, TooMuch, TooSlow
from mandate_graph.iris import NOT_IN_IRI
from mandate_graph.link.around import surrounded
from mandate_graph.link.asking import Polite
from mandate_graph.link.files import Names, Progress, silent, similar_names
from mandate_graph.link.known import Known
from mandate_graph.link.ours import Index
from mandate_graph.link.terms import Gathering, Label, Vocabulary
from mandate_graph.link.words import Spellings, Words
from mandate_graph.remote import Endpoint

__all__ = ["SCANNED", "Asker", "look_up", "planned", "search"]

_T = TypeVar("_T")
Triple: TypeAlias = tuple[str, str, str]

SCANNED = 200_000
"""Up to so many labels an endpoint's labels are all read; of more, only those with our names are asked for."""
_PAGE = 5_000
_NAMES = 150
_TERMS = 50
_SCHEME = "<http://www.w3.org/2004/02/skos/core#ConceptScheme>"


def _iris(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris if not NOT_IN_IRI.search(iri))


@dataclass(frozen=True, slots=True)
class _Queries:
    """The texts of all queries.

    ``languages`` are those in which labels of terms are wanted (none: all); with ``graph`` the data stand in named
    graphs only.
    """

    words: Words
    languages: Sequence[str] = ()
    graph: bool = False

    def _where(self, pattern: str) -> str:
        return f"GRAPH ?graph {{ {pattern} }}" if self.graph else pattern

    def _labels(self) -> str:
        return _iris(self.words.of_role("pref", "alt", "hidden", "xl-form"))

    def how_many(self) -> str:
        """How many labels there are, counted no further than needed."""
        pattern = self._where("?term ?property ?label")
        return (
            f"SELECT (COUNT(*) AS ?count) {{ SELECT ?label {{ VALUES ?property {{ {self._labels()} }} {pattern} }} "
            f"LIMIT {SCANNED + 1} }}"
        )

    def page(self, after: str) -> str:
        """Labels of terms from an IRI on, in the order of IRIs."""
        later = f"FILTER(STR(?term) >= {literal(after)}) " if after else ""
        pattern = self._where("?term ?property ?label")
        return (
            f"SELECT DISTINCT ?term ?property ?label {{ VALUES ?property {{ {self._labels()} }} {pattern} "
            f"FILTER(isIRI(?term)) {later}}} ORDER BY STR(?term) LIMIT {_PAGE}"
        )

    def named(self, names: Sequence[str]) -> str:
        """Terms with these labels (N-Triples terms)."""
        pattern = self._where("?term ?property ?label")
        values = " ".join(names)
        return f"SELECT DISTINCT ?term ?property ?label {{ VALUES ?label {{ {values} }} {pattern} }} LIMIT {_PAGE}"

    def sharing(self, iris: Sequence[str]) -> str:
        """Terms that say that they are the same as these."""
        properties = _iris(self.words.of_role("exact"))
        pattern = self._where("?term ?property ?value")
        return (
            f"SELECT DISTINCT ?term ?property ?value {{ VALUES ?property {{ {properties} }} "
            f"VALUES ?value {{ {_iris(iris)} }} {pattern} }} LIMIT {_PAGE}"
        )

    def about(self, iris: Sequence[str], roles: Sequence[str] = ()) -> str:
        """What is said of terms, by properties that mean something to us, in our languages."""
        properties = _iris(self.words.of_role(*roles) if roles else self.words.roles)
        pattern = self._where("?term ?property ?value")
        tags = f'REGEX(LANG(?value), "^({"|".join(self.languages)})", "i")'
        ours = f'FILTER(!isLiteral(?value) || LANG(?value) = "" || {tags}) ' if self.languages else ""
        return (
            f"SELECT DISTINCT ?term ?property ?value {{ VALUES ?term {{ {_iris(iris)} }} {pattern} "
            f"VALUES ?property {{ {properties} }} {ours}}} LIMIT {_PAGE}"
        )

    def nodes(self, iris: Sequence[str], property_: str) -> str:
        """The labels of terms that are things of their own (SKOS-XL)."""
        form = _iris(self.words.of_role("xl-form"))
        pattern = self._where(f"?term <{property_}> ?node . ?node {form} ?value")
        return f"SELECT DISTINCT ?term ?value {{ VALUES ?term {{ {_iris(iris)} }} {pattern} }} LIMIT {_PAGE}"

    def bearers(self, iris: Sequence[str]) -> str:
        """The terms of labels that are things of their own."""
        properties = _iris(self.words.of_role("xl-pref", "xl-alt", "xl-hidden"))
        pattern = self._where("?term ?property ?node")
        return (
            f"SELECT DISTINCT ?term {{ VALUES ?node {{ {_iris(iris)} }} {pattern} "
            f"VALUES ?property {{ {properties} }} }} LIMIT {_PAGE}"
        )

    def schemes(self) -> str:
        """What schemes say of their version."""
        properties = _iris(self.words.of_role("version"))
        pattern = self._where(f"?term a {_SCHEME} ; ?property ?value")
        return f"SELECT DISTINCT ?term ?property ?value {{ VALUES ?property {{ {properties} }} {pattern} }} LIMIT 100"


class Asker:
    """Asks one endpoint; a question too large for it is asked in halves.

    ``scanned`` is up to how many labels all of them are read.
    """

    def __init__(self, endpoint: Endpoint, polite: Polite, progress: Progress = silent, scanned: int = SCANNED) -> None:
        self.endpoint, self.polite, self.progress, self.scanned = endpoint, polite, progress, scanned

    def table(self, query: str) -> list[list[str]]:
        """The rows of a SELECT query; raises BadQuery and EndpointError."""
        rows: list[list[str]] = self.polite.ask(
            f"{self.endpoint.url}\n{query}", lambda: self.endpoint.table(query, "the linker's query")[1]
        )
        return rows

    def parted(
        self, things: Sequence[_T], size: int, query: Callable[[Sequence[_T]], str], stage: str
    ) -> Iterator[list[str]]:
        """The rows for all things, asked some at a time; fewer where an answer was cut, too slow or too large."""
        waiting = [list(things[place : place + size]) for place in range(0, len(things), size)]
        done = 0
        while waiting:
            part = waiting.pop(0)
            self.progress(stage, done, len(things))
            try:
                rows = self.table(query(part))
                full = len(rows) >= _PAGE
            except (CutAnswer, TooSlow, TooMuch):
                if len(part) == 1:
                    raise
                full, rows = True, []
            if full and len(part) > 1:
                middle = len(part) // 2
                waiting[:0] = [part[:middle], part[middle:]]
                continue
            done += len(part)
            yield from rows

    def pages(self, query: Callable[[str], str]) -> Iterator[list[str]]:
        """All rows, page by page; the first column is an IRI, and the rows are in its order."""
        after, read = "", 0
        while True:
            rows = self.table(query(after))
            read += len(rows)
            self.progress(f"reading labels: {read:,}", 0, 0)
            if len(rows) < _PAGE:
                yield from rows
                return
            last = rows[-1][0]
            kept = [row for row in rows if row[0] != last]
            if not kept or last[1:-1] <= after:
                where = self.endpoint.url.partition("?")[0]
                raise HalfAnswer(where, f"it does not give its labels in order, or more than {_PAGE:,} of one term")
            yield from kept
            after = last[1:-1]


def _queries(asker: Asker, words: Words) -> _Queries:
    rows = asker.table("SELECT ?term { ?term ?property ?value } LIMIT 1")
    return _Queries(words, graph=not rows)


def _languages(index: Index) -> list[str]:
    return sorted({name.language for name in index.texts()})


def variants(index: Index) -> list[str]:
    """Our names as labels may be written: in their language or without one, in five ways of capitals."""
    found: dict[str, None] = {}
    for name in index.texts():
        text = name.text
        first = text[:1].upper() + text[1:]
        for each in (text, first, text.lower(), text.lower().capitalize(), text.title(), text.upper()):
            for language in (name.language, ""):
                found[literal(each, language)] = None
    return list(found)


def search(  # noqa: PLR0913 - two sides, what is known of them, and the tables
    asker: Asker,
    index: Index,
    known: Known,
    words: Words,
    *,
    similar: bool = False,
    also: Collection[str] = (),
    keep: Callable[[str], bool] = bool,
) -> Vocabulary:
    """The terms behind an endpoint that may be things of ours, with what helps to tell them apart.

    ``also`` are terms that are described whatever they are called; of the others only those that ``keep`` lets pass.

    Raises:
        EndpointError: when the server does not do its part.
        BadQuery: when it cannot parse a query.
    """
    queries = _queries(asker, words)
    scanned = int(unquote(asker.table(queries.how_many())[0][0])[1]) <= asker.scanned
    first = Names(index, known, words, similar=similar and scanned)
    if scanned:
        rows: Iterable[list[str]] = asker.pages(queries.page)
    else:
        queries = replace(queries, languages=_languages(index))
        rows = asker.parted(variants(index), _NAMES, queries.named, "asking for names")
    nodes = set()
    for term, property_, label in rows:
        if words.roles.get(property_[1:-1]) == "xl-form":
            if index.has(unquote(label)[1], unquote(label)[2].lower().partition("-")[0]):
                nodes.add(term[1:-1])
        elif property_[1:-1] in words.roles:
            first.add(term, property_[1:-1], label)
    wanted = first.wanted | set(also)
    wanted |= {row[0][1:-1] for row in asker.parted(sorted(nodes), _TERMS, queries.bearers, "asking for terms")}
    shared = sorted(iri for iri, keys in known.iris.items() if keys & set(index.things))
    wanted |= {row[0][1:-1] for row in asker.parted(shared, _NAMES, queries.sharing, "asking for shared links")}
    suggestions: list[tuple[str, str, float, Label]] = similar_names(index, first.all) if first.all is not None else []
    wanted |= {iri for _, iri, _, _ in suggestions}
    versions = Gathering(words)
    for term, property_, value in asker.table(queries.schemes()):
        versions.add(term, property_[1:-1], value)
    kept = {iri for iri in wanted if iri in also or keep(iri)}
    found = _described(asker, queries, kept, words, placed=index.kind in Spellings.placed)
    said = versions.versions()
    notice = (
        ""
        if scanned
        else (
            f"the endpoint has more than {asker.scanned:,} labels: only ours were asked for, in several capitals"
            + ("; names that are only alike were not looked for" if similar else "")
        )
    )
    return replace(found, versions=said, similar=tuple(suggestions), schemes=frozenset(said), notice=notice)


def look_up(asker: Asker, iris: set[str], words: Words) -> Vocabulary:
    """The terms with these IRIs, as far as the endpoint says anything of them; raises as `search`."""
    return _described(asker, _queries(asker, words), iris, words, placed=False)


def _described(asker: Asker, queries: _Queries, wanted: set[str], words: Words, *, placed: bool) -> Vocabulary:
    terms = Gathering(words, wanted)
    apart: dict[str, set[str]] = {}
    for term, property_, value in asker.parted(sorted(wanted), _TERMS, queries.about, "asking what terms are"):
        iri = property_[1:-1]
        role = words.roles.get(iri, "")
        if role.startswith("xl-"):
            apart.setdefault(iri, set()).add(term[1:-1])
        else:
            terms.add(term, iri, value)
    for iri, bearers in sorted(apart.items()):
        label = words.label_of(words.roles[iri])
        query = partial(queries.nodes, property_=iri)
        for term, value in asker.parted(sorted(bearers), _TERMS, query, "asking for labels"):
            terms.add(term, label, value)
    found = terms.terms()

    def fetch(iris: set[str], roles: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        about = partial(queries.about, roles=roles)
        for term, property_, value in asker.parted(sorted(iris), _TERMS, about, "asking what they lie in"):
            yield term, property_[1:-1], value

    return surrounded(found, words, fetch, placed=placed)


def planned(index: Index, known: Known, words: Words) -> list[tuple[str, str]]:
    """What would be asked, as (what for, query); what depends on answers stands there with an example."""
    queries = _Queries(words, _languages(index))
    names = variants(index)
    shared = sorted(iri for iri, keys in known.iris.items() if keys & set(index.things))
    example = ["https://example.org/term"]
    steps = [
        ("are there any data outside of named graphs", "SELECT ?term { ?term ?property ?value } LIMIT 1"),
        (f"are there at most {SCANNED:,} labels", queries.how_many()),
        ("if so: all labels, a page at a time", queries.page("")),
    ]
    steps += [
        ("if not: terms with our names", queries.named(names[place : place + _NAMES]))
        for place in range(0, len(names), _NAMES)
    ]
    steps += [
        ("terms that have a link of ours", queries.sharing(shared[place : place + _NAMES]))
        for place in range(0, len(shared), _NAMES)
    ]
    steps.append(("what versions there are", queries.schemes()))
    steps.append((f"what the terms found are, {_TERMS} at a time", queries.about(example)))
    steps.append(("what those lie in", queries.about(example, ("pref", "alt"))))
    return steps
