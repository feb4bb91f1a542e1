"""The verb that loads a build into a server."""

from __future__ import annotations

import argparse
import sys

__all__ = ["push"]


def push(options: argparse.Namespace) -> int:
    """Load a build into a server, and say in one line what is there now."""
    from mandate_graph.cli.console import Watch, clean
    from mandate_graph.push import push as run

    with Watch("pushing") as watch:
        done = run(
            options.source,
            options.url,
            store=options.store,
            update=options.update,
            query=options.query,
            timeout=options.timeout,
            progress=watch,
        )
    removed = f", {len(done.removed)} old removed" if done.removed else ""
    way = {"graph store": "the graph store", "update": "updates"}[done.how]
    graphs = f"{len(done.graphs):,} graph{'s' if len(done.graphs) != 1 else ''}"
    sys.stdout.write(f"pushed {done.triples:,} triples in {graphs} by {way} (counted){removed}: {clean(done.url)}\n")
    return 0
