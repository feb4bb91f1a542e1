"""The root of the tree of errors, its branch of servers, and tables; ``errors`` draws the tree and offers all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Self

__all__ = [
    "BadLinks",
    "BadTable",
    "CannotServe",
    "CutAnswer",
    "DataError",
    "Deadlocked",
    "EndpointError",
    "HalfAnswer",
    "MandateGraphError",
    "NeedsAccess",
    "NotReconciliation",
    "NotSparql",
    "PushDiffers",
    "Redirected",
    "Refused",
    "TooMuch",
    "TooSlow",
    "UnfitCluster",
    "Unreachable",
    "UsageError",
    "WorkLost",
    "passing",
    "shown",
]

_LONGEST_LINE = 200
_FEW = 6
_PASSING = frozenset((429, 502, 503, 504))


def shown(name: str) -> str:
    """A file name as one line that any terminal can show: what cannot be printed stands as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "replace").decode() for char in name)


class MandateGraphError(Exception):
    """Root of the tree; ``exit_code`` is what the command line ends with."""

    exit_code = 1

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Made anew from its fields: an exception by itself forgets those that were given by name."""
        if not is_dataclass(self):
            return type(self), self.args
        return type(self), tuple(getattr(self, each.name) for each in fields(self))


class UsageError(MandateGraphError):
    """The question was wrong, not the data."""

    exit_code = 2


class DataError(MandateGraphError):
    """The data are wrong."""


@dataclass
class CannotServe(DataError):
    """A build that a server cannot open; ``problem`` is what its process said."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{shown(self.where)}: cannot be served: {shown(self.problem)}"


@dataclass
class EndpointError(MandateGraphError):
    """A server that did not do its part; ``url`` is its address without parameters."""

    url: str


@dataclass
class Unreachable(EndpointError):
    """Nobody answers."""

    problem: str

    def __str__(self) -> str:
        return (
            f"{shown(self.url)}: nobody answers there: {shown(self.problem)}. Is the server up, and the address right?"
        )


@dataclass
class UnfitCluster(EndpointError):
    """A cluster that answers and cannot do our work."""

    problem: str
    advice: str

    def __str__(self) -> str:
        return f"{shown(self.url)}: {shown(self.problem)}. {self.advice}"


@dataclass
class TooSlow(EndpointError):
    """No whole answer in time."""

    seconds: float

    def __str__(self) -> str:
        return (
            f"{shown(self.url)}: no whole answer within {self.seconds:g} seconds. "
            "Allow more with --timeout, or ask for less."
        )


@dataclass
class TooMuch(EndpointError):
    """An answer larger than can be taken."""

    most: int

    def __str__(self) -> str:
        return (
            f"{shown(self.url)}: its answer has more than the {self.most:,} bytes that are taken. Ask for less (LIMIT)."
        )


@dataclass
class HalfAnswer(EndpointError):
    """An answer that stops in the middle."""

    problem: str

    def __str__(self) -> str:
        return f"{shown(self.url)}: half an answer: {_one_line(self.problem)}. Ask again; the server's log may say why."


@dataclass
class CutAnswer(HalfAnswer):
    """An answer that the server cut after so many rows as it ever gives."""


@dataclass
class NotSparql(EndpointError):
    """An answer that is no answer to SPARQL."""

    problem: str

    def __str__(self) -> str:
        return f"{shown(self.url)}: this is no SPARQL endpoint: {_one_line(self.problem)}. Check the address."


@dataclass
class NotReconciliation(EndpointError):
    """An answer that is no answer of the Reconciliation API."""

    problem: str

    def __str__(self) -> str:
        return f"{shown(self.url)}: this is no reconciliation service: {_one_line(self.problem)}. Check the address."


@dataclass
class NeedsAccess(EndpointError):
    """Status 401 or 403."""

    status: int
    reason: str = ""

    def __str__(self) -> str:
        why = f" ({_one_line(self.reason)})" if self.reason else ""
        return (
            f"{shown(self.url)}: it does not let us in: status {self.status}{why}. Put MANDATE_GRAPH_USER and "
            "MANDATE_GRAPH_PASSWORD, or MANDATE_GRAPH_TOKEN, into the environment, or check what is there."
        )


@dataclass
class Refused(EndpointError):
    """A status that is not success; ``wait`` is how many seconds the server asks us to wait (0 where it does not)."""

    status: int
    reason: str
    wait: float = 0.0

    def __str__(self) -> str:
        return f"{shown(self.url)}: the server refused with status {self.status}: {_one_line(self.reason)}"


@dataclass
class Deadlocked(Refused):
    """Two writers waited for each other, and the server took back what one of them had done (SQLSTATE 40001)."""


def passing(error: EndpointError) -> float | None:
    """How long to wait before asking again (0 where the server does not say); None when waiting changes nothing."""
    if isinstance(error, Refused) and not isinstance(error, Deadlocked):
        return error.wait if error.status in _PASSING else None
    return (
        0.0 if isinstance(error, (Unreachable, HalfAnswer, Deadlocked)) and not isinstance(error, CutAnswer) else None
    )


@dataclass
class Redirected(EndpointError):
    """A redirect that cannot be followed."""

    target: str

    def __str__(self) -> str:
        target = _one_line(self.target) or "nowhere"
        return f"{shown(self.url)}: it sends us to {target}, and that cannot be followed. Name the right address."


@dataclass
class PushDiffers(EndpointError):
    """What the server holds after a push is not what was sent."""

    graph: str
    sent: int
    found: int

    def __str__(self) -> str:
        return (
            f"{shown(self.url)}: after the push the graph {shown(self.graph)} holds {self.found:,} triples, and "
            f"{self.sent:,} were sent. Push again; if it stays so, this store changes what it is given."
        )


def _one_line(text: str) -> str:
    """The first line that says something, of what a server sent, cleaned and shortened."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return shown(line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + " …").rstrip(".")


@dataclass
class BadTable(DataError):
    """A table, or one row of it, that cannot be read."""

    table: str
    problem: str
    row: int | None = None
    advice: str = "Mend the table and build again."

    def __str__(self) -> str:
        where = shown(self.table if self.row is None else f"{self.table}, line {self.row}")
        return f"{where}: {shown(self.problem)}. {self.advice}"


@dataclass
class BadLinks(DataError):
    """Rows of link sets that may not be published; ``faults`` are lines that say where and why."""

    faults: Sequence[str]

    def __str__(self) -> str:
        more = len(self.faults) - _FEW
        tail = f"\n… and {more:,} more" if more > 0 else ""
        return (
            "\n".join(self.faults[:_FEW])
            + f"{tail}\nMend the rows ('mandate-graph link lint' lists all) and build again."
        )


@dataclass
class WorkLost(MandateGraphError):
    """A task whose worker was killed each time that it was begun; ``task`` is its function with its arguments."""

    task: str
    times: int

    def __str__(self) -> str:
        often = "its worker was" if self.times == 1 else f"{self.times} workers were, one after the other,"
        return (
            f"{shown(self.task)}: {often} killed at this. If nobody did, it was the system, "
            "which kills what takes too much memory: try fewer workers (--workers), a machine "
            "with more memory, or a smaller page."
        )
