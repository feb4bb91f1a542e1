"""Files of a site written below a folder, and counted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mandate_graph.publish.site import File

__all__ = ["Putter"]


class Putter:
    """Writes files below a folder, and counts: pages, all files, and their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._there: set[Path] = set()
        self.pages = self.files = self.size = 0

    def __call__(self, files: Iterable[File]) -> None:
        """Write files."""
        for file in files:
            path = self.folder / file.path
            if path.parent not in self._there:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._there.add(path.parent)
            with path.open("wb") as handle:
                for piece in file.pieces:
                    self.size += handle.write(piece)
            self.files += 1
            self.pages += file.path.endswith(".html")

    def found(self, folder: Path) -> None:
        """Count what somebody else has written."""
        for path in folder.rglob("*"):
            if path.is_file():
                self.files += 1
                self.size += path.stat().st_size
