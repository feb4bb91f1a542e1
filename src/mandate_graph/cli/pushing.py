"""The verb that loads a build into servers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mandate_graph.errors import UsageError

if TYPE_CHECKING:
    from mandate_graph.pipeline import Progress
    from mandate_graph.push import Pushed

__all__ = ["push"]


def push(options: argparse.Namespace) -> int:
    """Load a build into one server or into replicas, and say in a line for each what is there now."""
    from mandate_graph.cli.console import Watch

    lines: list[str] = []
    try:
        with Watch("pushing") as watch:
            for done in _pushed(options, watch):
                lines.append(_line(done))  # noqa: PERF401 - what is done stays when a later one fails
    finally:  # those that are done, also where a later one failed
        sys.stdout.write("".join(lines))
    return 0


def _pushed(options: argparse.Namespace, progress: Progress) -> Iterator[Pushed]:
    from mandate_graph.push import push as run
    from mandate_graph.push import push_each

    own = {name: getattr(options, name) for name in ("store", "update", "query") if getattr(options, name)}
    if len(options.urls) == 1:
        (url,) = options.urls
        yield run(
            options.source, url, **own, timeout=options.timeout, connections=options.connections, progress=progress
        )
        return
    if own:
        raise UsageError(f"--{min(own)} says how one server is laid out; push to one at a time")
    yield from push_each(
        options.source, options.urls, timeout=options.timeout, connections=options.connections, progress=progress
    )


def _line(done: Pushed) -> str:
    from mandate_graph.cli.console import clean

    removed = f", {len(done.removed)} old removed" if done.removed else ""
    way = {"graph store": "the graph store", "update": "updates"}[done.how]
    graphs = f"{len(done.graphs):,} graph{'s' if len(done.graphs) != 1 else ''}"
    return f"pushed {done.triples:,} triples in {graphs} by {way} (counted){removed}: {clean(done.url)}\n"
