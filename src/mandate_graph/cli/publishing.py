"""The verb that writes the site."""

from __future__ import annotations

import argparse
import sys

from mandate_graph.failures import shown

__all__ = ["publish"]

_MANY = 5


def publish(options: argparse.Namespace) -> int:
    """Write the site, and say where it is and how large."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.publish import publish as run

    with Watch("opening the graph") as watch:
        done = run(options.source, options.out, options.site_url, options.house, watch)
    megabytes = done.size / 1_000_000
    sys.stdout.write(
        f"{shown(options.out)}: {done.pages:,} pages, {done.files:,} files, {megabytes:,.1f} MB\n"
        f"  python3 -m http.server --directory {shown(options.out)}\n"
    )
    for note in done.notes:
        sys.stderr.write(f"mandate-graph: {shown(note)}\n")
    for iri in done.left_out[:_MANY]:
        sys.stderr.write(f"mandate-graph: {shown(iri)}: cannot be the name of a file, and has no page\n")
    if len(done.left_out) > _MANY:
        sys.stderr.write(f"mandate-graph: … and {len(done.left_out) - _MANY} more have no page\n")
    return 1 if done.left_out else 0
