"""Files that are there whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

__all__ = ["put_whole"]


def put_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file to the side and rename it, so that a task that is killed, or run twice at once, does no harm.

    Raises:
        OSError: when the system refuses; then nothing is left of it.
    """
    side = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with side.open("xb") as file:
            file.writelines(parts)
        side.replace(path)
    finally:
        side.unlink(missing_ok=True)
