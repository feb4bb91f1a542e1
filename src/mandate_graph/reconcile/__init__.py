"""A Reconciliation API 0.2 service over a graph: others match their names against our things.

>>> import mandate_graph as mg
>>> for names in mg.reconciled(["Viena convention consular", "cidh"]):
...     best = names[0]
...     print(best.id, best.score > 80, best.match)
instrument/vccr-1963 True False
body/iachr True True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mandate_graph.dataset import Graph, PathLike
from mandate_graph.errors import BadOption
from mandate_graph.reconcile.face import Request, Response, answer
from mandate_graph.reconcile.known import KINDS, PROPERTIES
from mandate_graph.reconcile.records import Asked, Candidate, Given, Plain
from mandate_graph.reconcile.service import Service
from mandate_graph.reconcile.web import application, listen

__all__ = [
    "Asked",
    "Candidate",
    "Given",
    "Request",
    "Response",
    "Service",
    "answer",
    "application",
    "asked_of",
    "listen",
    "reconciled",
]


def reconciled(
    names: Iterable[str],
    *,
    build: PathLike = "build",
    kind: str = "",
    most: int = 5,
    house: PathLike | None = None,
    **given: Plain,
) -> list[list[Candidate]]:
    """Which things names mean: for each name the candidates, the best first.

    ``kind`` is the only type that is meant (instrument, body, country, …), ``given`` what else is known of all the
    names (``country="co"``, ``year=2001``), ``most`` the number of candidates of a name.

    Raises:
        MissingPath: when the folder does not hold a build.
        BadOption: when there is no such type or property.
    """
    asked = [asked_of(name, kind, given.items(), most) for name in names]
    service = Service.of(Graph(build), house=house)
    return [service.match(each) for each in asked]


def asked_of(name: str, kind: str, given: Iterable[tuple[str, Plain]], most: int) -> Asked:
    """A query for one name.

    Raises:
        BadOption: when there is no such type or property.
    """
    said = tuple(Given(_known("given", pid, [*PROPERTIES]), (value,)) for pid, value in given if value != "")
    return Asked(name, (_known("type", kind, [*KINDS]),) if kind else (), "any", said, most)


def _known(what: str, asked: str, known: Sequence[str]) -> str:
    if asked not in known:
        raise BadOption(what, f"{asked[:60]!r} is none here; there are {', '.join(known)}", known)
    return asked
