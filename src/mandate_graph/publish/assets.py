"""Style and scripts, as they are served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mandate_graph.publish.site import File

__all__ = ["assets"]


def assets(room: Path) -> Iterator[File]:
    """``assets/style.css`` from the parts in ``css/``, and what was built from ``web/`` into ``scripts/``."""
    yield File("assets/style.css", [path.read_bytes() for path in sorted((room / "css").glob("*.css"))])
    yield File("assets/icon.svg", [(room / "css" / "icon.svg").read_bytes()])
    for path in sorted((room / "scripts").glob("*")):
        if not path.name.startswith("."):
            yield File(f"assets/{path.name}", [path.read_bytes()])
