"""Link sets: mappings between our things and other people's terms, as SSSOM files that people edit."""

from __future__ import annotations

from mandate_graph.sssom.files import ENDING, read_set, read_sets, set_text
from mandate_graph.sssom.records import COLUMNS, NO_TERM, OWN, MappingSet, TermMapping

__all__ = [
    "COLUMNS", "ENDING", "NO_TERM", "OWN", "MappingSet", "TermMapping", "read_set", "read_sets", "set_text",
]  # fmt: skip
