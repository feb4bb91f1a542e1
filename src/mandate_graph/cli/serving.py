"""The verb that serves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import IO

from mandate_graph.errors import BadOption
from mandate_graph.failures import shown

__all__ = ["serve"]


def serve(options: argparse.Namespace) -> int:
    """Serve until one is told to stop."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.publish import checked_url
    from mandate_graph.serve import AccessLog, Plan, Stderr, Talk, Teller, read_settings, state_folder
    from mandate_graph.serve import serve as run

    plan = Plan(
        Path(options.source),
        checked_url(options.site_url),
        options.house,
        state_folder(options.state),
        read_settings(options.config),
    )

    log = AccessLog(Stderr() if options.log == "-" else _log(options.log))
    teller = Teller(Stderr())

    def say(text: str) -> None:
        teller(f"mandate-graph: {shown(text)}\n")

    def ready(url: str) -> None:
        watch.__exit__()
        say(f"serving {url} ; Ctrl-C ends")

    try:
        with Watch("loading the data") as watch:
            run(plan, options.bind, log, Talk(say, ready))
        say("stopped")
    finally:
        teller.close()
    return 0


def _log(name: str) -> IO[str] | None:
    if name == "none":
        return None
    try:
        return open(name, "a", encoding="utf-8")  # noqa: PTH123  (open as long as the server runs)
    except OSError as error:
        raise BadOption("log", f"{shown(name)} cannot be written ({error.strerror})") from None
