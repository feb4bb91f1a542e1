"""Functions that layouts may call on values (`{{ value|name }}`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["FILTERS"]

FILTERS: Mapping[str, Callable[..., Any]] = {}
