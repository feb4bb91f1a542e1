"""Queries in a process of their own: a running query cannot be interrupted, but a process can be ended.

A build is opened there once, and asked as often as one likes; a query that outlives its time takes the process with it,
and the next one gets a new process.
"""

from __future__ import annotations

import copy
import threading
from pathlib import Path
from typing import Any

from mandate_graph import errors
from mandate_graph.child import Child, Message, serve
from mandate_graph.engine import Answer, Engine, solutions, speaks_of_graphs
from mandate_graph.errors import BadQuery, BadRdf, QueryStopped
from mandate_graph.store import open_engine

__all__ = ["Worker"]

_CODE = "from mandate_graph.worker import answer; answer()"


class Worker:
    """Answers as an engine does, within limits.

    ``seconds`` is for each query, the opening of the data not counted; ``most`` is the number of rows, or of triples,
    after which an answer is cut.
    """

    def __init__(self, quads: Path, *, memory: bool = False) -> None:
        self._quads = quads
        self._memory = memory
        self._child = Child(_CODE)
        self._opened: list[tuple[int | None, bool]] = []
        self._turn = threading.Lock()  # one process answers one question at a time
        self.seconds: float | None = None
        self.most: int | None = None

    def within(self, seconds: float | None, most: int | None) -> Worker:
        """The same process under other limits."""
        other = copy.copy(self)
        other.seconds, other.most = seconds, most
        return other

    @property
    def pid(self) -> int | None:
        """The number of the process while there is one."""
        return self._child.pid

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def answer(self, query: str, name: str) -> Answer:
        """Run a query there.

        Raises:
            BadQuery: when it cannot be parsed or evaluated, or brought its process down.
            QueryStopped: when it took longer than its time.
        """
        named = speaks_of_graphs(query)
        where = {"quads": str(self._quads.resolve()), "named": named, "memory": self._memory}
        try:
            with self._turn:
                # a new process opens the data before the clock starts
                if self._child.pid is None or (self._child.pid, named) not in self._opened:
                    self._raised(self._child.ask(where)[0])
                    self._opened[:] = [(self._child.pid, named)]
                head, body = self._child.ask(
                    {**where, "query": query, "name": name, "most": self.most}, b"", self.seconds
                )
        except TimeoutError:
            raise QueryStopped(name, self.seconds or 0) from None
        except EOFError:
            raise BadQuery(
                name, "it brought the engine down; it is nested too deeply, or needs too much memory"
            ) from None
        self._raised(head)
        if head["form"] == "graph":
            return Answer("graph", [(s, p, o, "") for s, p, o in head["triples"]], head["cut"])
        return Answer(head["form"], body, head["cut"])

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        """Run a SELECT query: the variables, and a row of N-Triples terms each (empty where unbound)."""
        body = self.within(self.seconds, None).answer(query, name).body
        assert isinstance(body, bytes)  # noqa: S101  (a SELECT query has no triples)
        return solutions(body)

    @staticmethod
    def _raised(head: dict[str, Any]) -> None:
        if "error" in head:
            raise getattr(errors, head["error"])(*head["of"])


def answer() -> None:
    """The child's whole life."""
    engines: dict[tuple[str, bool], Engine] = {}

    def reply(request: dict[str, Any], _data: bytes) -> Message:
        key = request["quads"], request["named"]
        try:
            if key not in engines:
                engines[key] = open_engine(Path(key[0]), named_graphs=key[1], memory=request["memory"])
            if "query" not in request:
                return {}, b""
            found = engines[key].answer(request["query"], request["name"], most=request["most"])
        except BadQuery as error:
            return {"error": "BadQuery", "of": [error.query, error.problem, error.text]}, b""
        except BadRdf as error:
            return {"error": "BadRdf", "of": [error.where, error.problem]}, b""
        if isinstance(found.body, list):
            return {"form": found.form, "cut": found.cut, "triples": [quad[:3] for quad in found.body]}, b""
        return {"form": found.form, "cut": found.cut}, found.body

    serve(reply)
