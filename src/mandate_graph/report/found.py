"""The parts of a report that come from the register: what mandates name, what holds them together, what to look at."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mandate_graph.authorities import Authorities
from mandate_graph.citator.names import label_of
from mandate_graph.graph.quads import shorten
from mandate_graph.model import Change, Claim, Correction, Decision, Mention, Minted, Similar
from mandate_graph.report.rows import Rows
from mandate_graph.resolve.register import Register
from mandate_graph.resolve.settling import named_of

__all__ = ["Named", "claims", "counts", "loose", "problems", "review"]


class Named:
    """What all texts name, counted in one pass."""

    def __init__(self, register: Register) -> None:
        self.outcomes: Counter[str] = Counter()
        self.relations: Counter[str] = Counter()
        self.targets: Counter[str] = Counter()
        self.topics: set[str] = set()
        for _, mentions in _named(register):
            self._count(mentions)

    def _count(self, mentions: Sequence[Mention]) -> None:
        here: set[str] = set()
        for mention in mentions:
            if mention.kind == "topic":
                self.topics.update(mention.targets)
                continue
            # Mentions as the graph counts them: one phrase that names two things is two.
            self.outcomes[mention.outcome] += len(mention.targets) if mention.outcome == "resolved" else 1
            if mention.outcome == "resolved":
                here.update(mention.targets)
                self.relations[mention.relation] += 1
        self.targets.update(here)

    def things(self) -> dict[str, int]:
        """How many things of each kind are named."""
        return dict(sorted(Counter(target.split("/")[0] for target in self.targets).items()))

    def listed(self, authorities: Authorities, minted: Iterable[Minted]) -> list[dict[str, Any]]:
        """Each thing with its label, and the mandates that name it; the most named first."""
        known = list(minted)
        return [
            {"named": target, "label": label_of(authorities, target, known), "mandates": count}
            for target, count in sorted(self.targets.items(), key=lambda item: (-item[1], item[0]))
        ]


def _named(register: Register) -> Iterator[tuple[str, Sequence[Mention]]]:
    for key, named in register.rows("SELECT key, named FROM mandate WHERE named <> x'' ORDER BY key"):
        yield key, named_of(key, named)


def counts(register: Register) -> dict[str, Any]:
    """What a query counts."""
    twice = """SELECT COUNT(DISTINCT MAX(subject, object)) FROM joined.claim WHERE relation = 'same-paragraph'"""
    distinct = register.one("SELECT COUNT(*) FROM mandate")
    return {
        "distinct_items": distinct,
        "paragraphs": distinct - register.one(twice),
        "kinds": dict(register.rows("SELECT kind, COUNT(*) FROM mandate GROUP BY kind ORDER BY kind")),
        "documents_cited": register.one("SELECT COUNT(DISTINCT document) FROM mandate WHERE document <> ''"),
        "claims": register.one("SELECT COUNT(*) FROM joined.claim"),
    }


def problems(register: Register) -> Rows:
    """What somebody should look at, in the order of pages and lines."""
    return Rows(
        lambda: (
            {"kind": each.kind, "page": each.page, "line": each.line, "message": each.message}
            for each in register.kept_problems()
        )
    )


def loose(register: Register, outcome: str) -> Rows:
    """Mentions without a link, by mandate."""

    def rows() -> Iterator[dict[str, Any]]:
        for mandate, mentions in _named(register):
            for mention in mentions:
                if mention.outcome == outcome and mention.kind != "topic":
                    yield {
                        "quote": mention.quote,
                        "mandate": mandate,
                        "start": mention.span.start,
                        "end": mention.span.end,
                        "rule": mention.rule,
                        "kind": mention.kind,
                        "why": mention.why,
                        "candidates": list(mention.targets),
                    }

    return Rows(rows)


def claims(register: Register, relation: str, describe: Callable[[Claim, Register], dict[str, Any]]) -> Rows:
    """Claims of one relation, by subject and object."""
    query = "SELECT claim FROM joined.claim WHERE relation = ? ORDER BY subject, object, row"
    return Rows(
        lambda: (
            describe(pickle.loads(blob), register)  # noqa: S301  (written by this very build)
            for (blob,) in register.rows(query, relation)
        )
    )


def review(
    register: Register,
    changes: Sequence[Change],
    similar: Sequence[Similar],
    decided: tuple[Sequence[Decision], Mapping[str, str], Sequence[Correction]],
) -> dict[str, Any]:
    """What a person may want to look through; ``decided`` are decisions, retired keys and applied corrections."""
    decisions, retired, corrections = decided
    return {
        "captures": [_change(change, register) for change in changes],
        "similar": [_similar(pair, register) for pair in similar],
        "decisions": [_decision(decision, register, retired) for decision in decisions],
        "corrections": [_correction(correction) for correction in corrections],
        "kindred": claims(register, "kindred", _kindred),
        "pairs": claims(register, "same-paragraph", _pair),
    }


def _text(register: Register, key: str) -> str:
    return str(register.one("SELECT text FROM mandate WHERE key = ?", key))


def _change(change: Change, register: Register) -> dict[str, Any]:
    def item(mandate: str) -> dict[str, str]:
        return {"mandate": mandate, "text": _text(register, mandate)}

    return {
        "page": change.page,
        "older": change.older,
        "newer": change.newer,
        "order_from": change.by,
        "came": [item(mandate) for mandate in change.came],
        "went": [item(mandate) for mandate in change.went],
        "changed": [{"older": old, "newer": new, "difference": what} for old, new, what in change.changed],
    }


def _similar(pair: Similar, register: Register) -> dict[str, Any]:
    query = "SELECT l.page || ', line ' || l.line FROM mandate m JOIN listed l ON l.row = m.first WHERE m.key = ?"
    return {
        "mandate": pair.one,
        "other": pair.other,
        "similarity": float(pair.similarity),
        "places": [register.one(query, key) for key in (pair.one, pair.other)],
        "difference": pair.difference,
    }


def _decision(decision: Decision, register: Register, retired: Mapping[str, str]) -> dict[str, Any]:
    """What was decided, and whether it was applied: ``same`` retires the other one, ``different`` ends the question."""

    def known(key: str) -> bool:
        return key in retired or register.one("SELECT 1 FROM mandate WHERE key = ?", key) is not None

    same = decision.decision == "same"
    applied = decision.other in retired if same else known(decision.mandate) and known(decision.other)
    return {
        "mandate": decision.mandate,
        "other": decision.other,
        "decision": decision.decision,
        "by": decision.by,
        "applied": applied,
    }


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "mandate": correction.mandate,
        "quote": correction.quote,
        "decision": correction.decision,
        "target": correction.target,
        "by": correction.by,
    }


def _pair(claim: Claim, register: Register) -> dict[str, Any]:
    both = [claim.subject, claim.object]
    return {
        "mandate": claim.subject,
        "other": claim.object,
        "languages": [register.one("SELECT language FROM mandate WHERE key = ?", key) for key in both],
        "rule": claim.rule,
        "texts": [shorten(_text(register, key)) for key in both],
    }


def _kindred(claim: Claim, _register: Register) -> dict[str, Any]:
    return {
        "mandates": [claim.subject, claim.object],
        "similarity": claim.similarity,
        "difference": claim.difference,
    }
