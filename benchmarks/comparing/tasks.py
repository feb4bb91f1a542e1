"""The tasks that are compared, what a rate of each counts, and who does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["TASKS", "Task"]


@dataclass(frozen=True, slots=True)
class Task:
    """``amount`` is what the rate counts: a fact of the case, or ``out``, what each says that it made.

    ``ours`` and ``theirs`` say what is done, where that is not the same.
    """

    key: str
    amount: str
    unit: str
    peers: Sequence[str]
    ours: str
    theirs: str


TASKS = (
    Task("parse", "text", "MB/s", ("bare",), "pages to items, pieces and problems", "lines and two patterns"),
    Task("cite", "text", "MB/s", ("bare",), "what each text names, by rules", "an automaton of the names alone"),
    Task(
        "build", "out", "k/s", ("pyoxigraph", "rdflib", "maplib", "morph_kgc"),
        "pages to validated, sorted N-Quads with all evidence",
        "a table of mandates to nine triples each, as N-Triples",
    ),
    Task("validate", "triples", "k/s", ("rdflib", "pyrudof"), "file to report", "file to report, the same shapes"),
    Task(
        "load", "triples", "k/s", ("pyoxigraph", "rdflib", "maplib", "pyrudof"),
        "N-Quads to the union in memory", "the union, as N-Triples, to memory",
    ),
    Task("load-disk", "quads", "k/s", ("pyoxigraph",), "graphs, union and digest to disk", "the graphs to disk"),
    Task("query", "", "", ("pyoxigraph", "rdflib", "maplib"), "four named queries to JSON", "the same texts"),
    Task("export", "triples", "k/s", ("pyoxigraph", "rdflib", "maplib"), "N-Quads to sorted Turtle", "store to Turtle"),
    Task(
        "publish", "out", "things/s", ("rdflib",),
        "pages in two languages and data in three formats", "the data alone",
    ),
)  # fmt: skip
