"""What a constraint looks at: its triple patterns, as edges between variables.

Read from queries of the dialect that ``queries`` compiles. Each edge knows the group that it stands in, because what
stands in a branch, an option or a NOT EXISTS need not hold elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mandate_graph.shacl.shapes import Constraint
from mandate_graph.shacl.shapes_graph import RDF

__all__ = ["Edge", "edges_of", "expanded", "moves"]

_TYPE = f"<{RDF}type>"
_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)|(?P<iri><[^<>\s"{}|^`\\]*>)
      |(?P<literal>(?:\"{3}(?:[^"\\]|\\.|\"{1,2}(?!"))*\"{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
          (?:@[\w-]+|\^\^(?:<[^<>\s]*>|[\w-]*:[\w.-]*))?)
      |(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<var>[?$]\w+)
      |(?P<name>[A-Za-z_][\w.-]*:[\w.%-]*\w|[A-Za-z_][\w.-]*:|:\w[\w.-]*)|(?P<word>[A-Za-z_]\w*)
      |(?P<mark>&&|\|\||[!<>]=|\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
_PREFIX = re.compile(r"\s*PREFIX\s+([\w.-]*):\s*<([^<>]*)>", re.IGNORECASE)


class Edge(NamedTuple):
    """One triple pattern; ends are ``?variables`` or terms, ``path`` is SPARQL syntax with whole IRIs, or a variable.

    ``scope`` are the groups around it, outermost first.
    """

    start: str
    path: str
    end: str
    scope: tuple[int, ...] = ()


class Unreadable(Exception):
    """A query of which it cannot be told what it looks at."""


def edges_of(constraint: Constraint) -> tuple[str, list[Edge]] | None:
    """The variable of the target nodes and all edges; None where they cannot be told."""
    steps = list(zip((f"?above{number}" for number in range(len(constraint.above))), constraint.above, strict=True))
    ends = [name for name, _ in steps[1:]] + ["?this"]
    edges = [Edge(name, path, end) for (name, path), end in zip(steps, ends if steps else [], strict=True)]
    root = steps[0][0] if steps else "?this"
    if constraint.component == "sparql":
        try:
            edges += _Reader(constraint.value[0], constraint.path).edges()
        except Unreadable:
            return None
        return root, edges
    value = "?this"
    if constraint.path:
        value = "?value"
        edges.append(Edge("?this", constraint.path, value))
    if constraint.component == "class":
        edges.append(Edge(value, _TYPE, "?type"))
    elif constraint.component in {"equals", "disjoint"}:
        edges.append(Edge("?this", constraint.value[0], "?other"))
    elif constraint.component == "closed":
        edges.append(Edge("?this", "?property", "?value"))
    return root, edges


def expanded(query: str) -> str:
    """The query without its prefixes, a space between tokens, and each name as an IRI."""
    prefixes: dict[str, str] = {}
    while match := _PREFIX.match(query):
        prefixes[match[1]] = match[2]
        query = query[match.end() :]
    tokens = []
    for found in _TOKEN.finditer(query):
        prefix, _, local = found[0].partition(":")
        if found.lastgroup == "name" and prefix in prefixes:
            tokens.append(f"<{prefixes[prefix]}{local}>")
        elif found.lastgroup != "skip":
            tokens.append(found[0])
    return " ".join(tokens)


def moves(path: str) -> tuple[set[str], set[str], bool]:
    """The properties that a path walks along, those that it walks against, and whether it can be longer than one."""
    along: set[str] = set()
    against: set[str] = set()
    _walk(path, along, against, inverse=False)
    return along, against, not re.fullmatch(r"\^?\(?<[^<>]*>\)?", path)


def _walk(path: str, along: set[str], against: set[str], *, inverse: bool) -> None:
    place = 0
    flipped = inverse
    while place < len(path):
        char = path[place]
        if char == "<":
            end = path.index(">", place) + 1
            (against if flipped else along).add(path[place:end])
            place, flipped = end, inverse
        elif char == "^":
            flipped = not inverse
            place += 1
        elif char == "(":
            end = _closing(path, place)
            _walk(path[place + 1 : end - 1], along, against, inverse=flipped)
            place, flipped = end, inverse
        else:
            place += 1


def _closing(text: str, opening: int) -> int:
    depth = 0
    quoted = False
    for place in range(opening, len(text)):
        quoted = text[place] == "<" or (quoted and text[place] != ">")
        depth += 0 if quoted else (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place + 1
    raise Unreadable


class _Reader:
    """Reads the patterns of a query; filters and bindings are passed over, for they only look at what is bound."""

    def __init__(self, query: str, path: str) -> None:
        self._prefixes: dict[str, str] = {}
        while match := _PREFIX.match(query):
            self._prefixes[match[1]] = match[2]
            query = query[match.end() :]
        self._path = path
        self._tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(query)]
        self._tokens = [token for token in self._tokens if token[0] != "skip"]
        self._place = 0
        self._groups = 0

    def edges(self) -> Iterator[Edge]:
        while self._peek()[1] != "{":
            self._next()
        yield from self._group(())

    def _peek(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise Unreadable
        return self._tokens[self._place]

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._place += 1
        return token

    def _group(self, scope: tuple[int, ...]) -> Iterator[Edge]:
        self._next()
        while (token := self._peek())[1] != "}":
            kind, text = token
            word = text.upper() if kind == "word" else ""
            if text == "{":
                yield from self._group(self._deeper(scope))
            elif word in {"OPTIONAL", "EXISTS"}:
                self._next()
                yield from self._group(self._deeper(scope))
            elif word in {"FILTER", "NOT", "UNION"} or text == ".":
                self._next()
            elif word == "BIND" or text == "(" or (word and self._ahead() == "("):
                yield from self._brackets(scope)
            else:
                yield from self._triples(scope)
        self._next()

    def _ahead(self) -> str:
        return self._tokens[self._place + 1][1] if self._place + 1 < len(self._tokens) else ""

    def _deeper(self, scope: tuple[int, ...]) -> tuple[int, ...]:
        self._groups += 1
        return (*scope, self._groups)

    def _brackets(self, scope: tuple[int, ...]) -> Iterator[Edge]:
        """Pass over an expression; the groups in it, of EXISTS, are read."""
        while self._peek()[1] != "(":
            self._next()
        depth = 0
        while True:
            text = self._peek()[1]
            if text == "{":
                yield from self._group(self._deeper(scope))
                continue
            self._next()
            depth += (text == "(") - (text == ")")
            if depth == 0:
                return

    def _triples(self, scope: tuple[int, ...]) -> Iterator[Edge]:
        subject = self._end()
        while True:
            verb = self._verb()
            while True:
                yield Edge(subject, verb, self._end(), scope)
                if self._peek()[1] != ",":
                    break
                self._next()
            if self._peek()[1] != ";":
                return
            while self._peek()[1] == ";":
                self._next()
            if self._peek()[1] in {".", "}"}:
                return

    def _end(self) -> str:
        kind, text = self._next()
        if kind == "var":
            return f"?{text[1:]}"
        if kind in {"iri", "literal", "number"}:
            return text
        if kind == "name":
            return self._iri(text)
        if text in {"true", "false"}:
            return text
        raise Unreadable

    def _iri(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        if prefix not in self._prefixes:
            raise Unreadable
        return f"<{self._prefixes[prefix]}{local}>"

    def _verb(self) -> str:
        kind, text = self._peek()
        if kind == "var":
            self._next()
            return self._path if text[1:] == "PATH" and self._path else f"?{text[1:]}"
        path = ""
        wants = True  # a step of the path, before anything else can follow it
        while True:
            kind, text = self._peek()
            if wants and text in {"^", "("}:
                path += self._next()[1]
            elif wants and kind in {"iri", "name"}:
                path += text if kind == "iri" else self._iri(text)
                self._next()
                wants = False
            elif wants and text == "a":
                path += _TYPE
                self._next()
                wants = False
            elif not wants and text in {"*", "+", "?", ")"}:
                path += self._next()[1]
            elif not wants and text in {"/", "|"}:
                path += self._next()[1]
                wants = True
            elif wants:
                raise Unreadable
            else:
                return path
