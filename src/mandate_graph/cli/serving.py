"""The verb that serves."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import IO

from mandate_graph.errors import BadOption
from mandate_graph.failures import shown

__all__ = ["serve"]


def serve(options: argparse.Namespace) -> int:
    """Serve until one is told to stop."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.publish import checked_url
    from mandate_graph.serve import AccessLog, Plan, Talk, read_settings, state_folder
    from mandate_graph.serve import serve as run

    plan = Plan(
        Path(options.source),
        checked_url(options.site_url),
        options.house,
        state_folder(options.state),
        read_settings(options.config),
    )

    def ready(url: str) -> None:
        watch.__exit__()
        _say(f"serving {url} ; Ctrl-C ends")

    with Watch("loading the data") as watch:
        run(plan, options.bind, AccessLog(_log(options.log)), Talk(_say, ready))
    _say("stopped")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"mandate-graph: {shown(text)}\n")
    sys.stderr.flush()


def _log(name: str) -> IO[str] | None:
    if name == "none":
        return None
    if name == "-":
        return sys.stderr
    try:
        return open(name, "a", encoding="utf-8")  # noqa: PTH123  (open as long as the server runs)
    except OSError as error:
        raise BadOption("log", f"{shown(name)} cannot be written ({error.strerror})") from None
