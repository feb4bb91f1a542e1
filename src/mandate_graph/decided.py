"""What people decided, in tables under ``sources/``: which mandates are one, and what words name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from mandate_graph.authorities import Authorities, Row, is_date, read_csv
from mandate_graph.authorities.cells import TABLES
from mandate_graph.errors import BadTable
from mandate_graph.model import Correction, Decision

__all__ = ["load_corrections", "load_decisions"]

_DECISION_COLUMNS = ("mandate", "other", "decision", "by", "date", "note")
_CORRECTION_COLUMNS = ("mandate", "quote", "nth", "decision", "target", "by", "date", "note")
_MANDATE_IRI = re.compile(r"https?://\S*/id/mandate/")
_TARGET_IRI = re.compile(r"https?://\S*/id/")
_NTH = re.compile(r"0*[1-9][0-9]{0,3}")
_MANDATE = re.compile(r"[a-z0-9-]+/[0-9a-f]{12}")


def load_decisions(path: Path) -> tuple[Decision, ...]:
    """What people decided, in the order of the table; none when there is no table.

    Raises:
        BadTable: when a row breaks a rule, rows contradict each other, or a mandate is retired twice or in a circle.
    """
    if not path.is_file():
        return ()
    decisions: list[Decision] = []
    retired: dict[str, str] = {}
    pairs: set[frozenset[str]] = set()
    for line, row in read_csv(path, path.name, _DECISION_COLUMNS):
        for problem in (*_decision_faults(row), *_contradictions(row, retired, pairs)):
            raise BadTable(path.name, problem, line)
        pairs.add(frozenset((row["mandate"], row["other"])))
        if row["decision"] == "same":
            retired[row["other"]] = row["mandate"]
        decisions.append(Decision(**{column: row[column] for column in _DECISION_COLUMNS}))  # type: ignore[arg-type]
    return tuple(decisions)


def _decision_faults(row: Row) -> Iterator[str]:
    for column in ("mandate", "other"):
        if not _MANDATE.fullmatch(row[column]):
            yield f"{column} {row[column]!r} is not the key of a mandate, such as 2001-quebec-declaration/0123456789ab"
    if row["decision"] not in {"same", "different"}:
        yield f"the decision {row['decision']!r} must be same or different"
    if not row["by"]:
        yield "it does not say who decided (by)"
    if not is_date(row["date"]):
        yield f"the date {row['date']!r} is not like 2024-05-31"


def _contradictions(row: Row, retired: Mapping[str, str], pairs: Collection[frozenset[str]]) -> Iterator[str]:
    one, other = row["mandate"], row["other"]
    if one == other or frozenset((one, other)) in pairs:
        yield f"{one} and {other} were decided already" if one != other else f"{one} is compared with itself"
    if row["decision"] == "same" and other in retired:
        yield f"{other} was given to {retired[other]} already"
    end = one
    while end in retired:
        end = retired[end]
        if end == other:
            yield f"{other} would be retired for itself"
            return


def load_corrections(path: Path, authorities: Authorities) -> tuple[Correction, ...]:
    """What people decided about words of mandates, in the order of the table; none when there is no table.

    Mandates and targets may be written as keys or as the identifiers that ``export --table mentions`` prints.

    Raises:
        BadTable: when a row breaks a rule, or two rows contradict each other.
    """
    if not path.is_file():
        return ()
    corrections: list[Correction] = []
    for line, raw in read_csv(path, path.name, _CORRECTION_COLUMNS):
        row = {**raw, "mandate": _MANDATE_IRI.sub("", raw["mandate"]), "target": _TARGET_IRI.sub("", raw["target"])}
        for problem in _correction_faults(row, authorities):
            raise BadTable(path.name, problem, line)
        fields = {column: row[column] for column in _CORRECTION_COLUMNS if column != "nth"}
        correction = Correction(nth=int(row["nth"] or 1), **fields)  # type: ignore[arg-type]
        if any(_contradict(correction, other) for other in corrections):
            raise BadTable(path.name, f"another row decides about “{row['quote']}” already", line)
        corrections.append(correction)
    return tuple(corrections)


def _contradict(one: Correction, other: Correction) -> bool:
    """Whether two rows about the same words cannot both hold."""
    if (one.mandate, one.quote, one.nth) != (other.mandate, other.quote, other.nth):
        return False
    whole = "retarget" in {one.decision, other.decision} or not (one.target and other.target)
    return whole or one.target == other.target


def _correction_faults(row: Row, authorities: Authorities) -> Iterator[str]:
    if not _MANDATE.fullmatch(row["mandate"]):
        yield f"mandate {row['mandate']!r} is not the key of a mandate, such as 2001-quebec-declaration/0123456789ab"
    if not row["quote"]:
        yield "it does not say which words are meant (quote)"
    if row["nth"] and not _NTH.fullmatch(row["nth"]):
        yield f"nth {row['nth']!r} is not a number from 1"
    if row["decision"] not in {"accept", "reject", "retarget"}:
        yield f"the decision {row['decision']!r} must be accept, reject or retarget"
    if not row["target"] and row["decision"] != "reject":
        yield "it does not say what the words name (target)"
    if row["target"]:
        kind, _, key = row["target"].partition("/")
        table: Mapping[str, object] | None = authorities.entities.get(TABLES.get(kind, "")) if kind != "topic" else None
        # An instrument may be known from its symbol only, and so stand in no table.
        if table is None or (key not in table and kind != "instrument") or not key:
            yield f"target {row['target']!r} names nothing; it must be like instrument/vccr-1963 or body/iom"
    if not row["by"]:
        yield "it does not say who decided (by)"
    if not is_date(row["date"]):
        yield f"the date {row['date']!r} is not like 2024-05-31"
