"""What a large build answers and gives away: ``python benchmarks/large.py BUILD [--patience 300]``.

Prints two tables in Markdown. Each named query, without parameters and with its example, is asked on the store on disk
in a process of its own, for the first thousand rows and for all: seconds by the wall until they are there, and the peak
of memory. Each format and table is exported by the command, to nowhere, with the same figures.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from asking import texts
from mandate_graph import cli
from mandate_graph.dataset import Graph
from measuring import Sample, fresh, timed

FEW = 1000
FORMATS = ("nquads", "ntriples", "turtle", "trig", "jsonld", "rdfxml", "parquet")
TABLES = (
    "mandates", "occurrences", "documents", "summits", "themes", "mentions", "links", "linkedness", "footnotes",
)  # fmt: skip


def _asked(build: Path, text: str, limit: int | None) -> None:
    name, *given = text.split()
    parameters = dict(each.split("=", 1) for each in given)
    graph = Graph(build)
    timed(lambda: graph.query(name, parameters, limit=limit), lambda answer: {"rows": len(answer)})


def _exported(build: Path, kind: str) -> None:
    options = ["--table", kind] if kind in TABLES else ["--format", kind]
    timed(
        lambda: cli.main(["export", *options, "--out", "/dev/null", "--from", str(build)]), lambda code: {"code": code}
    )


def _measured(build: Path, patience: float, *work: str) -> Sample | str:
    return fresh([sys.executable, __file__, str(build), "--do", *work], patience)


def _cell(sample: Sample | str) -> str:
    return f"{sample.seconds:,.2f} | {sample.rss / 1e6:,.0f}" if isinstance(sample, Sample) else f"{sample} | "


def _queries(build: Path, patience: float) -> Iterator[str]:
    yield f"| query | first {FEW:,} rows, s | MB | all rows, s | MB | rows |\n|---|--:|--:|--:|--:|--:|"
    for text, _, _ in texts(Graph(build)):
        few, every = (_measured(build, patience, "query", limit, text) for limit in (str(FEW), "0"))
        said: Mapping[str, object] = every.said if isinstance(every, Sample) else {"rows": 0}
        rows = f"{said['rows']:,}" if isinstance(every, Sample) else ""
        yield f"| {text} | {_cell(few)} | {_cell(every)} | {rows} |"


def _exports(build: Path, patience: float) -> Iterator[str]:
    yield "\n| export | s | MB |\n|---|--:|--:|"
    for kind in (*FORMATS, *TABLES):
        yield f"| {kind} | {_cell(_measured(build, patience, 'export', kind))} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--patience", type=float, default=300, help="seconds after which a query or export is stopped")
    parser.add_argument("--do", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.do and options.do[0] == "query":
        _asked(options.build, options.do[2], int(options.do[1]) or None)
    elif options.do:
        _exported(options.build, options.do[1])
    else:
        for part in (_queries, _exports):
            for line in part(options.build, options.patience):
                print(line, flush=True)


if __name__ == "__main__":
    main()
