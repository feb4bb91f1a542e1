"""What people decided, in tables under ``sources/``: which mandates are one, and what words name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from mandate_graph.authorities import Authorities, Row, is_date, read_csv
from mandate_graph.errors import BadTable
from mandate_graph.model import Correction, Decision

__all__ = ["load_corrections", "load_decisions"]

_DECISION_COLUMNS = ("mandate", "other", "decision", "by", "date", "note")
_CORRECTION_COLUMNS = ("mandate", "quote", "nth", "decision", "target", "by", "date", "note")
_MANDATE = re.compile(r"[a-z0-9-]+/[0-9a-f]{12}")
_TABLES = {
    "instrument": "instruments", "body": "bodies", "summit": "summits", "series": "series", "document": "documents",
    "country": "countries", "sdg": "sdg",
}  # fmt: skip


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

    Raises:
        BadTable: when a row breaks a rule, or two rows speak of the same words and thing.
    """
    if not path.is_file():
        return ()
    corrections: list[Correction] = []
    seen: set[tuple[str, ...]] = set()
    for line, row in read_csv(path, path.name, _CORRECTION_COLUMNS):
        for problem in _correction_faults(row, authorities):
            raise BadTable(path.name, problem, line)
        about = (
            row["mandate"],
            row["quote"],
            row["nth"] or "1",
            "" if row["decision"] == "retarget" else row["target"],
        )
        if about in seen:
            raise BadTable(path.name, f"“{row['quote']}” was decided already", line)
        seen.add(about)
        fields = {column: row[column] for column in _CORRECTION_COLUMNS if column != "nth"}
        corrections.append(Correction(nth=int(row["nth"] or 1), **fields))  # type: ignore[arg-type]
    return tuple(corrections)


def _correction_faults(row: Row, authorities: Authorities) -> Iterator[str]:
    if not _MANDATE.fullmatch(row["mandate"]):
        yield f"mandate {row['mandate']!r} is not the key of a mandate, such as 2001-quebec-declaration/0123456789ab"
    if not row["quote"]:
        yield "it does not say which words are meant (quote)"
    if row["nth"] and not (row["nth"].isdecimal() and int(row["nth"]) > 0):
        yield f"nth {row['nth']!r} is not a number from 1"
    if row["decision"] not in {"accept", "reject", "retarget"}:
        yield f"the decision {row['decision']!r} must be accept, reject or retarget"
    if not row["target"] and row["decision"] != "reject":
        yield "it does not say what the words name (target)"
    if row["target"]:
        kind, _, key = row["target"].partition("/")
        table: Mapping[str, object] | None = authorities.entities.get(_TABLES.get(kind, ""))
        # An instrument may be known from its symbol only, and so stand in no table.
        if table is None or (key not in table and kind != "instrument") or not key:
            yield f"target {row['target']!r} names nothing; it must be like instrument/vccr-1963 or body/iom"
    if not row["by"]:
        yield "it does not say who decided (by)"
    if not is_date(row["date"]):
        yield f"the date {row['date']!r} is not like 2024-05-31"
