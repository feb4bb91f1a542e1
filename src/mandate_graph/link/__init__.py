"""Links from things of ours to other people's terms: found in files, endpoints and services, proposed, and decided."""

from __future__ import annotations

from mandate_graph.link.known import Known, known
from mandate_graph.link.matching import Left, Proposal, match
from mandate_graph.link.ours import Index, Subject, subjects
from mandate_graph.link.run import Asked, Done, propose
from mandate_graph.link.targets import Target, Targets, targets_of
from mandate_graph.link.terms import Label, Term, Vocabulary
from mandate_graph.link.words import KINDS, Words, load_words

__all__ = [
    "KINDS", "Asked", "Done", "Index", "Known", "Label", "Left", "Proposal", "Subject", "Target", "Targets", "Term",
    "Vocabulary", "Words", "known", "load_words", "match", "propose", "subjects",
    "targets_of",
]  # fmt: skip
