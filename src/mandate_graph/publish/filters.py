"""Functions that layouts may call on values (`{{ value|name }}`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mandate_graph.publish.captured import accounted, capture_events
from mandate_graph.publish.gathered import by_summit, context, counted, gathered, tree, verbs
from mandate_graph.publish.markup import exact

__all__ = ["FILTERS"]

FILTERS: Mapping[str, Callable[..., Any]] = {
    "accounted": accounted,
    "by_summit": by_summit,
    "capture_events": capture_events,
    "context": context,
    "counted": counted,
    "exact": exact,
    "gathered": gathered,
    "tree": tree,
    "verbs": verbs,
}
