"""Link sets: mappings between our things and other people's terms, as SSSOM files that people edit."""

from __future__ import annotations

from mandate_graph.sssom.files import ENDING, read_set, read_sets, set_text
from mandate_graph.sssom.lint import Fault, faults, faults_of_open, told
from mandate_graph.sssom.records import COLUMNS, NO_TERM, OWN, MappingSet, TermMapping
from mandate_graph.sssom.relations import CONCEPTS, IDENTITY, JUSTIFICATIONS, LINKED, RELATIONS, SPACES

__all__ = [
    "COLUMNS", "CONCEPTS", "ENDING", "IDENTITY", "JUSTIFICATIONS", "LINKED", "NO_TERM", "OWN", "RELATIONS", "SPACES",
    "Fault", "MappingSet", "TermMapping", "faults", "faults_of_open", "read_set", "read_sets", "set_text", "told",
]  # fmt: skip
