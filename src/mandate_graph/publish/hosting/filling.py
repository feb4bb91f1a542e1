"""Texts that are filled in: files beside this module, with places like ``@PREFIX@``."""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["filled"]

_PLACE = re.compile(r"@([A-Z_]+)@")


def filled(name: str, **values: str) -> bytes:
    """A text with its places filled.

    Raises:
        KeyError: when a place has no value; ours to prevent.
    """
    text = files(__package__).joinpath("texts").joinpath(name).read_text(encoding="utf-8")
    return _PLACE.sub(lambda place: values[place[1].lower()], text).encode("utf-8")
