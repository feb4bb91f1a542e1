"""What an SSSOM file holds (schema 1.1): mappings between terms, and what is said of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["COLUMNS", "NO_TERM", "OWN", "MappingSet", "TermMapping"]

NO_TERM = "sssom:NoTermFound"
"""The object of a row that says: somebody looked, and there is none (SSSOM 1.0)."""
OWN = "mgid:"
"""The prefix of this house's own identifiers: ``{base}id/``, whatever the base is."""

COLUMNS = (
    "subject_id", "subject_label", "predicate_modifier", "predicate_id", "object_id", "object_label",
    "mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label", "review_date",
    "mapping_date", "mapping_tool", "mapping_tool_version", "confidence", "subject_source", "subject_source_version",
    "object_source", "object_source_version", "match_string", "subject_match_field", "object_match_field",
    "similarity_score", "similarity_measure", "mapping_source", "see_also", "issue_tracker_item", "comment", "other",
)  # fmt: skip
"""The columns that a set may have, in the order in which they are written: slots of SSSOM, and no others."""


@dataclass(frozen=True, slots=True)
class TermMapping:
    """One row: a thing of ours, a term of another's, and how they are related. Cells that are empty are left out.

    ``line`` is where it stands in its file, from 1; 0 where it stands in none.
    """

    cells: Mapping[str, str]
    line: int = field(default=0, compare=False)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def subject(self) -> str:
        """The key of the thing of ours, such as ``topic/remittances``; a CURIE of another prefix as it stands."""
        return self["subject_id"].removeprefix(OWN)

    @property
    def predicate(self) -> str:
        """The relation as a CURIE, such as ``skos:exactMatch``."""
        return self["predicate_id"]

    @property
    def object(self) -> str:
        """The term of the other's as a CURIE, or ``sssom:NoTermFound``."""
        return self["object_id"]

    @property
    def pair(self) -> tuple[str, str]:
        """Subject and object: what can be decided once."""
        return self.subject, self.object

    @property
    def rejected(self) -> bool:
        """Whether somebody said that the relation does not hold."""
        return self["predicate_modifier"] == "Not"

    @property
    def not_found(self) -> bool:
        """Whether somebody looked and found no term."""
        return self.object == NO_TERM

    @property
    def asserted(self) -> bool:
        """Whether the row says that the relation holds."""
        return not (self.rejected or self.not_found)

    @property
    def reviewed(self) -> bool:
        """Whether a person other than the author has signed it."""
        return bool(self["reviewer_label"] or self["reviewer_id"])

    def with_cells(self, **cells: str) -> TermMapping:
        """The same row with other cells; an empty one is taken out."""
        return TermMapping({key: text for key, text in {**self.cells, **cells}.items() if text}, self.line)


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A file: its name, what its header says of all rows, its prefixes, and its rows in the order of the file."""

    name: str
    header: Mapping[str, str]
    prefixes: Mapping[str, str]
    mappings: tuple[TermMapping, ...]
    columns: tuple[str, ...] = COLUMNS

    @property
    def target(self) -> str:
        """The key of the vocabulary that the rows lead to: ``wikidata`` of ``wikidata.sssom.tsv``."""
        return self.name.removesuffix(".sssom.tsv")

    def expand(self, curie: str) -> str:
        """A CURIE as an IRI; what has no known prefix comes back as it is."""
        prefix, colon, local = curie.partition(":")
        return f"{self.prefixes[prefix]}{local}" if colon and prefix in self.prefixes else curie
