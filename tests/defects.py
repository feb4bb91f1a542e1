"""Graphs with defects, always the same ones: a mandate of the build with all that is said of it, and something wrong."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from mandate_graph.engine import Quad, literal, unquote
from shaped import iri

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = iri("rdf:type")
DATATYPES = ("integer", "decimal", "double", "boolean", "date", "dateTime", "gYear", "byte", "string", "anyURI")
ODD = (
    "01", "+1", "-1", "0", "1.0", "0.50", "1e3", "", " 1", "true", "maybe", "2001-01-01", "2001-02-30", "20010101",
    "2001-01-01T00:00:00", "12001-01-01", "999999", "99999999999999999999", "the end", "new\nline\n", "é",
)  # fmt: skip
WORDS = ("sub-item", "mandate", "stated", "inferred", "resolved", "unresolved", "statement", "nonsense", "name-like")
Triple = tuple[str, str, str]
_MOST = 3
_HUBS = 20
"""What so many things point to is a thing of the tables, not of a mandate."""


class Pool:
    """The triples of a build, and small parts of it."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.of: dict[str, list[Triple]] = defaultdict(list)
        self.to: dict[str, set[str]] = defaultdict(set)
        for s, p, o, _ in sorted(set(quads)):
            if (s, p, o) not in self.of[s]:
                self.of[s].append((s, p, o))
            self.to[o].add(s)
        self.mandates = sorted(s for s in self.to[iri("mg:Mandate")])
        self.iris = sorted(s for s in self.of if s.startswith("<"))
        self.properties = sorted({p for triples in self.of.values() for _, p, _ in triples})

    def part(self, mandate: str) -> set[Triple]:
        """A mandate with what is said of it and of its words, and the first word of all that is named there."""
        found, front = {mandate}, {mandate}
        for _ in range(4):
            front = {
                s
                for node in front
                for s in sorted(self.to[node])[:_MOST]
                if len(self.to[node]) < _HUBS and s not in found
            } | {o for node in front for _, p, o in self.of[node] if self._is_own(o) and o not in found}
            found |= front
        triples = {triple for node in found for triple in self.of[node]}
        for _, _, o in sorted(triples):
            triples |= {triple for triple in self.of.get(o, ()) if triple[1] in {TYPE, iri("skos:notation")}}
        return triples

    def _is_own(self, node: str) -> bool:
        return 0 < len(self.to[node]) < _MOST and len(self.of.get(node, ())) in range(1, _HUBS)


class Graph:
    """A part of a build in which things are broken."""

    def __init__(self, pool: Pool, number: int) -> None:
        self.random = random.Random(number)
        self.pool = pool
        self.triples = sorted(pool.part(self.random.choice(pool.mandates)))
        for _ in range(self.random.choice((1, 1, 2, 3))):
            self.random.choice(DEFECTS)(self)
        self.number = number

    def quads(self) -> list[Quad]:
        """The triples, with identifiers of this graph's own, so that many fit into one."""
        own = f"urn:graph{self.number}:"

        def name(term: str) -> str:
            if term.startswith("_:"):
                return f"_:g{self.number}{term[2:]}"
            return term.replace("<https://w3id.org/mandate-graph/id/", f"<{own}") if term.startswith("<") else term

        return [(name(s), name(p), name(o), "<urn:defects>") for s, p, o in sorted(set(self.triples))]

    def pick(self, fits: Callable[[Triple], bool] = lambda _: True) -> Triple:
        """One triple of those that fit, else any."""
        return self.random.choice([triple for triple in self.triples if fits(triple)] or self.triples)

    def change(self, old: Triple, *new: Triple) -> None:
        self.triples = [triple for triple in self.triples if triple != old]
        self.triples += new


def _is_literal(triple: Triple) -> bool:
    return triple[2].startswith('"')


def _is_link(triple: Triple) -> bool:
    return triple[2].startswith("<") and triple[1] != TYPE


def _is_number(triple: Triple) -> bool:
    return triple[2].endswith("integer>")


def remove(graph: Graph) -> None:
    graph.change(graph.pick())


def remove_all_of_a_property(graph: Graph) -> None:
    s, p, _ = graph.pick()
    graph.triples = [triple for triple in graph.triples if triple[:2] != (s, p)]


def remove_a_thing(graph: Graph) -> None:
    s, _, _ = graph.pick()
    graph.triples = [triple for triple in graph.triples if triple[0] != s]


def other_datatype(graph: Graph) -> None:
    s, p, o = old = graph.pick(_is_literal)
    datatype = graph.random.choice(DATATYPES)
    graph.change(old, (s, p, literal(unquote(o)[1], datatype=f"{XSD}{datatype}")))


def other_language(graph: Graph) -> None:
    s, p, o = old = graph.pick(_is_literal)
    graph.change(old, (s, p, literal(unquote(o)[1], graph.random.choice(("", "en", "es", "pt", "en-us")))))


def odd_literal(graph: Graph) -> None:
    s, p, o = old = graph.pick(_is_literal)
    _, _, language, datatype = unquote(o)
    graph.change(old, (s, p, literal(graph.random.choice(ODD), language, datatype)))


def odd_everything(graph: Graph) -> None:
    s, p, _ = old = graph.pick(lambda triple: triple[1] != TYPE)
    datatype = graph.random.choice(DATATYPES)
    graph.change(old, (s, p, literal(graph.random.choice(ODD), datatype=f"{XSD}{datatype}")))


def other_word(graph: Graph) -> None:
    s, p, _ = old = graph.pick(lambda triple: triple[1] == iri("skos:notation"))
    graph.change(old, (s, p, literal(graph.random.choice(WORDS))))


def other_text(graph: Graph) -> None:
    s, p, o = old = graph.pick(_is_literal)
    _, value, language, datatype = unquote(o)
    place = graph.random.randrange(len(value) + 1)
    graph.change(
        old, (s, p, literal(value[:place] + graph.random.choice("x 9\n€") + value[place + 1 :], language, datatype))
    )


def other_offset(graph: Graph) -> None:
    s, p, o = old = graph.pick(_is_number)
    _, value, _, datatype = unquote(o)
    moved = (
        int(value) + graph.random.choice((-100_000, -1000, -2, -1, 1, 2, 7, 1000, 100_000)) if value.isdecimal() else 0
    )
    graph.change(old, (s, p, literal(str(moved), datatype=datatype or f"{XSD}integer")))


def equal_offsets(graph: Graph) -> None:
    s, p, _ = old = graph.pick(lambda triple: triple[1] == iri("mg:end"))
    starts = [o for one, name, o in graph.triples if (one, name) == (s, iri("mg:start"))]
    graph.change(old, *((s, p, o) for o in starts))


def second_value(graph: Graph) -> None:
    s, p, o = graph.pick()
    _, _, other = graph.pick(lambda triple: triple[1] == p and triple[2] != o)
    graph.triples.append((s, p, other))


def second_form(graph: Graph) -> None:
    """The same number, written another way beside."""
    s, p, o = graph.pick(_is_number)
    graph.triples.append((s, p, literal(f"0{unquote(o)[1]}", datatype=f"{XSD}integer")))


def second_label(graph: Graph) -> None:
    s, p, o = graph.pick(lambda triple: "@" in triple[2][-6:])
    _, value, language, _ = unquote(o)
    graph.triples.append((s, p, literal(f"{value}!", language)))


def broken_link(graph: Graph) -> None:
    s, p, _ = old = graph.pick(_is_link)
    graph.change(old, (s, p, "<urn:nowhere>"))


def wrong_link(graph: Graph) -> None:
    s, p, _ = old = graph.pick(_is_link)
    graph.change(old, (s, p, graph.random.choice(graph.pool.iris)))


def link_to_a_word(graph: Graph) -> None:
    s, p, o = old = graph.pick(_is_link)
    graph.change(old, (s, p, literal(unquote(o)[1])))


def blank_value(graph: Graph) -> None:
    s, p, _ = old = graph.pick(lambda triple: triple[1] != TYPE)
    graph.change(old, (s, p, "_:value"))


def blank_thing(graph: Graph) -> None:
    """A thing loses its name."""
    s, _, _ = graph.pick()
    graph.triples = [tuple("_:thing" if term == s else term for term in triple) for triple in graph.triples]  # type: ignore[misc]


def wrong_type(graph: Graph) -> None:
    s, p, _ = old = graph.pick(lambda triple: triple[1] == TYPE)
    _, _, other = graph.random.choice([each for each in graph.triples if each[1] == TYPE])
    graph.change(old, (s, p, other))


def second_type(graph: Graph) -> None:
    s, _, _ = graph.pick()
    _, _, other = graph.pick(lambda triple: triple[1] == TYPE)
    graph.triples.append((s, TYPE, other))


def unknown_property(graph: Graph) -> None:
    s, _, o = old = graph.pick(lambda triple: triple[1] != TYPE)
    graph.change(old, (s, iri("mg:promises"), o))


def other_property(graph: Graph) -> None:
    s, _, o = old = graph.pick(lambda triple: triple[1] != TYPE)
    graph.change(old, (s, graph.random.choice(graph.pool.properties), o))


def unknown_class(graph: Graph) -> None:
    s, _, _ = graph.pick()
    graph.triples.append((s, TYPE, iri("mg:Promise")))


def broader_than_itself(graph: Graph) -> None:
    s, _, _ = graph.pick(lambda triple: triple[2] == iri("skos:Concept"))
    graph.triples += [(s, iri("skos:broader"), "<urn:other>"), ("<urn:other>", iri("skos:broader"), s)]


def swapped(graph: Graph) -> None:
    """The values of two triples of one property change places."""
    one = graph.pick()
    other = graph.pick(lambda triple: triple[1] == one[1] and triple[0] != one[0])
    graph.change(one, (one[0], one[1], other[2]))
    graph.change(other, (other[0], other[1], one[2]))


DEFECTS: Sequence[Callable[[Graph], None]] = (
    remove, remove_all_of_a_property, remove_a_thing, other_datatype, other_language, odd_literal, odd_everything,
    other_word, other_text, other_offset, equal_offsets, second_value, second_form, second_label, broken_link, wrong_link,
    link_to_a_word, blank_value, blank_thing, wrong_type, second_type, unknown_property, other_property, unknown_class,
    broader_than_itself, swapped,
)  # fmt: skip
