"""What a build says of itself: counted from the corpus and the graph, for machines and for people."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mandate_graph.authorities import Authorities
from mandate_graph.engine import unquote
from mandate_graph.errors import UnreadablePage
from mandate_graph.model import Decision, ShapeResult
from mandate_graph.report import found
from mandate_graph.report.markdown import markdown
from mandate_graph.report.rows import Rows, json_pieces
from mandate_graph.report.tallies import Tally
from mandate_graph.resolve.joining import Joined
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import Settled
from mandate_graph.version import __version__

__all__ = ["Findings", "Graphed", "Read", "Report", "make_report", "result_line"]

_SHOWN = 6
_SEVERITIES = ("Violation", "Warning", "Info")


@dataclass(frozen=True, slots=True)
class Report:
    """The report as plain data (``data``), as JSON, and as a page for people."""

    data: Mapping[str, Any]

    def json(self) -> Iterator[str]:
        """The whole report, piece by piece; equal builds give equal bytes."""
        yield from json_pieces(self.data)
        yield "\n"

    def markdown(self) -> Iterator[str]:
        """The same for people, line by line, without the pieces of every page."""
        return (f"{line}\n" for line in markdown(self.data))

    def summary(self) -> dict[str, Any]:
        """What is shown of it when a build is done: everything but long lists, of which the first rows stay."""
        return {
            **{name: self.data[name] for name in ("borrowed", "links", "left_out", "counts")},
            "pages": list(itertools.islice(self.data["pages"], _SHOWN)),
            "shapes": self.data["shapes"]["counts"],
            "corrections": [each["message"] for each in self.data["problems"] if each["kind"] == "correction"],
        }


class Read(NamedTuple):
    """What was read: pages as ``tallies.described`` gives them, open citations, files that were left out."""

    pages: Rows
    unresolved: Rows
    ambiguous: Rows
    left_out: Sequence[UnreadablePage]


class Graphed(NamedTuple):
    """The graph in figures: triples without regard of graphs, quads, and quads by graph (N-Triples IRI)."""

    triples: int
    quads: int
    graphs: Mapping[str, int]


class Findings(NamedTuple):
    """What a build found, stage by stage; the register stays open as long as the report is read."""

    register: Register
    settled: Settled
    joined: Joined
    decisions: Sequence[Decision]
    read: Read
    tally: Tally
    graphed: Graphed
    results: Sequence[ShapeResult]


def make_report(findings: Findings, home: Mapping[str, Any], authorities: Authorities) -> Report:
    """Put the report together; nothing here depends on time, place or machine.

    ``home`` says the ``base`` of identifiers, what was ``borrowed`` from the package, which identifiers ``vanished``.
    """
    register, settled, joined, decisions, read, tally, graphed, results = findings
    named = found.Named(register)
    return Report(
        {
            "program": {"name": "mandate-graph", "version": __version__},
            **home,
            "counts": _counts(register, settled, named, tally, graphed),
            "graphs": {
                unquote(name)[1].removeprefix(home["base"]): count for name, count in sorted(graphed.graphs.items())
            },
            "pages": read.pages,
            "left_out": [
                {"file": error.page, "problem": error.problem, "advice": error.advice} for error in read.left_out
            ],
            "problems": found.problems(register),
            "citations": {"unresolved": read.unresolved, "ambiguous": read.ambiguous},
            "mentions": {
                "resolved": named.listed(authorities, settled.minted.values()),
                "unresolved": found.loose(register, "unresolved"),
                "ambiguous": found.loose(register, "ambiguous"),
            },
            "review": found.review(
                register, joined.changes, joined.similar, (decisions, settled.retired, settled.corrections)
            ),
            "shapes": {
                "counts": {severity: sum(1 for r in results if r.severity == severity) for severity in _SEVERITIES},
                "results": Rows(lambda: map(_result, results)),
            },
        }
    )


def _counts(register: Register, settled: Settled, named: found.Named, tally: Tally, graphed: Graphed) -> dict[str, Any]:
    def several(name: str) -> dict[str, int]:
        return {key: count for (group, key), count in sorted(tally.items()) if group == name and count}

    from_register = found.counts(register)
    return {
        "pages": tally["pages", ""],
        "listings": tally["listings", ""],
        "distinct_items": from_register["distinct_items"],
        "paragraphs": from_register["paragraphs"],
        "kinds": from_register["kinds"],
        "citations_printed": tally["citations_printed", ""],
        "citations_resolved": tally["citations_resolved", ""],
        "attributions": several("attributions"),
        "documents_cited": from_register["documents_cited"],
        "footnotes": tally["footnotes", ""],
        "mentions": dict(sorted(named.outcomes.items())),
        "things_named": named.things(),
        "relations": {name: count for name, count in sorted(named.relations.items()) if name},
        "known_from_symbol_only": len(settled.minted),
        "topics": len(named.topics),
        "claims": from_register["claims"] + tally["inferred", ""],
        "triples": graphed.triples,
        "quads": graphed.quads,
        "characters": tally["characters", ""],
        "characters_by_piece": several("pieces"),
    }


def _result(result: ShapeResult) -> dict[str, str]:
    return {
        "severity": result.severity,
        "shape": unquote(result.shape)[1],
        "component": unquote(result.component)[1],
        "focus": result.focus,
        "path": result.path,
        "value": result.value,
        "where": result.where,
        "message": result.message,
    }


def result_line(result: ShapeResult) -> str:
    """One shape result for people: which promise broke, where, and what to do."""
    promise = unquote(result.shape)[1].rpartition("#")[2]
    where = f" ({result.where})" if result.where else ""
    return f"{result.severity}: {promise}: {unquote(result.focus)[1]}{where}: {result.message}"
