"""Everything that can go wrong, as a tree.

::

    MandateGraphError
    ├── UsageError              you asked wrongly                    exit code 2
    │   ├── MissingPath         a file or folder that is not there
    │   ├── ForeignFolder       an output folder that holds something else
    │   ├── Unwritable          an output that cannot be written
    │   ├── Replaced            a build that is another one by now
    │   ├── MissingPackage      an optional package that is not installed
    │   ├── NoHouse             no sources to build from
    │   ├── NothingToScore      no page with an expected reading
    │   ├── BadOption           something said of a page that is not known
    │   ├── UnknownThing        a key or name that nothing has
    │   ├── AmbiguousThing      a key or name that several things have
    │   ├── UnknownQuery        a named query that does not exist
    │   ├── BadQuery            SPARQL that cannot be parsed or answered
    │   ├── BadEndpoint         an address that cannot be asked
    │   └── BadParameter        a query parameter that is missing, unknown or malformed
    ├── EndpointError           a server did not do its part         exit code 1
    │   ├── Unreachable         nobody answers at that address
    │   ├── TooSlow             the time for an answer is over
    │   ├── TooMuch             an answer larger than can be taken
    │   ├── HalfAnswer          an answer that stops in the middle
    │   │   └── CutAnswer       an answer of no more rows than the server ever gives
    │   ├── NotSparql           an answer that is no answer to SPARQL
    │   ├── NotReconciliation   an answer that is none of the Reconciliation API
    │   ├── NeedsAccess         it asks who we are, or does not let us
    │   ├── Refused             any other status that is not success
    │   │   └── Deadlocked      two writers waited for each other; ask again
    │   ├── Redirected          it sends us where we cannot follow
    │   ├── UnfitCluster        a cluster that cannot do our work
    │   └── PushDiffers         what is there after a push is not what was sent
    ├── QueryStopped            a query that took longer than it may exit code 1
    ├── WorkLost                work that kills whoever takes it up  exit code 1
    └── DataError               the data are wrong                   exit code 1
        ├── UnreadablePage      one page that cannot be used; the others are built
        ├── NothingToBuild      not one page could be used
        ├── BadTable            a row of a table that breaks the table's rules
        ├── BadLinks            rows of link sets that may not be published
        ├── CannotServe         a build that a server cannot open
        ├── BadRdf              a file of RDF that cannot be parsed
        ├── NotInXml            something that RDF/XML has no way to write
        ├── UnknownTerm         a word that the ontology does not declare
        ├── BadShape            a shape that cannot be checked
        └── BrokenPromise       a graph that fails a shape of severity Violation

Errors carry data; the message is computed from them: what, where, and what to do.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mandate_graph.model import ShapeResult

from mandate_graph.failures import (
    BadLinks,
    BadTable,
    CannotServe,
    CutAnswer,
    DataError,
    Deadlocked,
    EndpointError,
    HalfAnswer,
    MandateGraphError,
    NeedsAccess,
    NotReconciliation,
    NotSparql,
    PushDiffers,
    Redirected,
    Refused,
    TooMuch,
    TooSlow,
    UnfitCluster,
    Unreachable,
    UsageError,
    WorkLost,
    shown,
)

__all__ = [
    "AmbiguousThing",
    "BadEndpoint",
    "BadLinks",
    "BadOption",
    "BadParameter",
    "BadQuery",
    "BadRdf",
    "BadShape",
    "BadTable",
    "BrokenPromise",
    "CannotServe",
    "CutAnswer",
    "DataError",
    "Deadlocked",
    "EndpointError",
    "ForeignFolder",
    "HalfAnswer",
    "MandateGraphError",
    "MissingPackage",
    "MissingPath",
    "NeedsAccess",
    "NoHouse",
    "NotInXml",
    "NotReconciliation",
    "NotSparql",
    "NothingToBuild",
    "NothingToScore",
    "PushDiffers",
    "QueryStopped",
    "Redirected",
    "Refused",
    "Replaced",
    "TooMuch",
    "TooSlow",
    "UnfitCluster",
    "UnknownQuery",
    "UnknownTerm",
    "UnknownThing",
    "Unreachable",
    "UnreadablePage",
    "Unwritable",
    "UsageError",
    "WorkLost",
]


_FEW = 6
_LONG = 120
_PROBLEM = 160
_AROUND = 60


@dataclass
class MissingPath(UsageError):
    """A path that was named and is not there."""

    path: str
    what: str = "file or folder"
    advice: str = "Check the spelling of the path."

    def __str__(self) -> str:
        return f"{shown(self.path)}: no such {self.what}. {self.advice}"


@dataclass
class ForeignFolder(UsageError):
    """An output folder whose content is not a build, so that replacing it would lose something.

    Without anything ``found``: an output that lies in the build that is read.
    """

    path: str
    found: str
    what: str = "build"

    def __str__(self) -> str:
        if not self.found:
            return f"{shown(self.path)}: lies in the build that is read, which only building may change. Name another."
        return (
            f"{shown(self.path)}: holds {shown(self.found)}, which is not part of a {self.what}; "
            f"a {self.what} replaces its folder whole. Name another folder with --out, or empty this one."
        )


@dataclass
class Unwritable(UsageError):
    """A file or folder that cannot be written."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{shown(self.path)}: cannot be written ({self.problem}). Name another place with --out."


@dataclass
class Replaced(UsageError):
    """A build that was replaced after a graph of it was first asked."""

    path: str

    def __str__(self) -> str:
        return f"{shown(self.path)}: the build was replaced after this graph was first asked. Open it again."


@dataclass
class MissingPackage(UsageError):
    """A package that only some want."""

    package: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} needs the package {self.package}. Install it with: pip install {self.package}"


@dataclass
class NoHouse(UsageError):
    """``build`` was called without a page and outside any house."""

    start: str

    def __str__(self) -> str:
        return (
            f"{self.start}: no sources here: neither this folder nor one above it holds sources/house.toml. "
            "Name a page or a folder of pages, or say where the house is with --house DIR."
        )


@dataclass
class NothingToScore(UsageError):
    """``score`` was called on pages without expected readings."""

    where: str
    mentions: bool = False

    def __str__(self) -> str:
        if self.mentions:
            return f"{shown(self.where)}: no text with marked mentions is there. docs/citator.md says how to mark them."
        return (
            f"{shown(self.where)}: no page has an expected reading beside it. "
            "Write one as a CSV file (for dem.txt: dem.csv); docs/scores.md says how."
        )


@dataclass
class BadOption(UsageError):
    """Something that was said of a page and cannot be so; ``option`` is empty when it is about several."""

    option: str
    problem: str
    known: Sequence[str] = ()

    def __str__(self) -> str:
        import difflib

        close = difflib.get_close_matches(self.problem.split("'")[1], self.known, n=3) if "'" in self.problem else ()
        listed = close or (self.known if len(self.known) <= _FEW else ())
        hint = f" Did you mean {' or '.join(listed)}?" if listed else ""
        return f"{f'--{self.option}: ' if self.option else ''}{self.problem}.{hint}"


@dataclass
class UnknownThing(UsageError):
    """A key, IRI or name that nothing in the graph has."""

    key: str
    close: Sequence[str] = ()

    def __str__(self) -> str:
        asked = self.key if len(self.key) <= _LONG else f"{self.key[:_LONG]}…"
        hint = f" Did you mean {' or '.join(shown(each) for each in self.close)}?" if self.close else ""
        return f"{shown(asked)}: nothing here has this key or name.{hint} 'mandate-graph search' finds things by words."


@dataclass
class AmbiguousThing(UsageError):
    """A key or name that several things have; ``candidates`` are their keys and labels."""

    key: str
    candidates: Sequence[tuple[str, str]]

    def __str__(self) -> str:
        listed = [f"{shown(key)} ({shown(label)})" if label else shown(key) for key, label in self.candidates[:_FEW]]
        more = f" and {len(self.candidates) - _FEW} more" if len(self.candidates) > _FEW else ""
        return f"{shown(self.key)}: {len(self.candidates)} things are called so: {', '.join(listed)}{more}. Name one."


@dataclass
class UnknownQuery(UsageError):
    """A query that is neither a name in the library nor a file."""

    name: str
    close: Sequence[str] = ()

    def __str__(self) -> str:
        hint = f" Did you mean {' or '.join(self.close)}?" if self.close else ""
        return f"{self.name}: no such query.{hint} 'mandate-graph query' lists them; a file must end in .rq."


@dataclass
class BadParameter(UsageError):
    """A parameter of a named query that cannot be bound."""

    query: str
    problem: str
    expected: Sequence[str] = ()

    def __str__(self) -> str:
        takes = f"It takes: {', '.join(self.expected)}." if self.expected else "It takes no parameters."
        return f"query {self.query}: {self.problem}. {takes}"


@dataclass
class BadQuery(UsageError):
    """SPARQL that an engine refuses; ``text`` is what was asked, ``place`` the line and column in it, both from one."""

    query: str
    problem: str
    text: str = ""
    place: tuple[int, int] | None = None

    def __str__(self) -> str:
        problem = shown(self.problem.splitlines()[0] if self.problem else "it is empty")[:_PROBLEM]
        lines = self.text.split("\n")
        if self.place is None or self.place[0] > len(lines):
            return f"{shown(self.query)}: this SPARQL cannot be answered: {problem}"
        row, column = self.place
        line, caret = _around(lines[row - 1], column)
        return (
            f"{shown(self.query)}: this SPARQL cannot be answered: {problem} (line {row}, column {column})\n"
            f"  {line}\n  {' ' * caret}^"
        )


def _around(line: str, column: int) -> tuple[str, int]:
    """A line as a terminal can show it, cut around a column, and how many cells stand before that."""
    start = max(0, column - 1 - _AROUND)
    before = "…" * (start > 0) + _visible(line[start : column - 1])
    after = _visible(line[column - 1 : column + _AROUND])
    return before + after + "…" * (len(line) > column + _AROUND), sum(map(_cells, before))


def _visible(text: str) -> str:
    return shown(text.rstrip("\r").replace("\t", " "))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass
class BadEndpoint(UsageError):
    """An address that cannot be asked; ``url`` holds no credentials."""

    url: str
    problem: str

    def __str__(self) -> str:
        return f"{shown(self.url)}: {shown(self.problem)}."


@dataclass
class QueryStopped(MandateGraphError):
    """A query that was stopped, with its process, when its time was over."""

    query: str
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.query}: stopped after {self.seconds:g} seconds. Ask for less, or give it more time with --timeout "
            "(timeout= in Python)."
        )


@dataclass
class UnreadablePage(DataError):
    """A page that was left out of the build."""

    page: str
    problem: str
    advice: str

    def __str__(self) -> str:
        return f"{shown(self.page)}: {self.problem}. {self.advice}"


@dataclass
class NothingToBuild(DataError):
    """Every page was left out; ``left_out`` says why, page by page."""

    left_out: Sequence[UnreadablePage]

    def __str__(self) -> str:
        if len(self.left_out) == 1:
            return f"{self.left_out[0]} Nothing was built."
        return "No page could be read, so nothing was built. The previous build, if there was one, was left as it was."


@dataclass
class BadRdf(DataError):
    """RDF that the parser refuses."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass
class NotInXml(DataError):
    """Something that RDF/XML has no way to write; ``thing`` is what it is about."""

    thing: str
    problem: str

    def __str__(self) -> str:
        return f"{shown(self.thing)}: {self.problem}. RDF/XML cannot hold it; every other format can."


@dataclass
class UnknownTerm(DataError):
    """A term that stands neither in the vocabulary nor on the guest list."""

    name: str

    def __str__(self) -> str:
        return f"{self.name}: the ontology does not declare this term. Add it to mandate.ttl or guests.ttl."


@dataclass
class BadShape(DataError):
    """A shape that uses something which the gate cannot check."""

    shape: str
    problem: str

    def __str__(self) -> str:
        return f"shape {self.shape}: {self.problem}. Nothing was checked: a shape passed over is a promise not kept."


@dataclass
class BrokenPromise(DataError):
    """The gate is closed: shapes of severity Violation failed, and the last good build was kept."""

    results: Sequence[ShapeResult]

    def __str__(self) -> str:
        count = len(self.results)
        return (
            f"{count} broken promise{'s' if count != 1 else ''} of severity Violation. "
            "The previous build was left as it was."
        )
