"""What people's spreadsheets make of link sets, and what the headers of two sets may not say together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ROOT
from mandate_graph.authorities import Authorities
from mandate_graph.sssom import TermMapping, read_set, read_sets, set_text
from test_links import HEADER, PREFIXES, ROW, a_set, authorities, problems

__all__ = ["authorities"]


def test_a_spreadsheet_quotes_header_lines_that_hold_quotes(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    text = set_text({**HEADER, "mapping_set_version": "2026-11-28"}, PREFIXES, [TermMapping(ROW)])
    held = '#mapping_set_version: "2026-11-28"'
    assert held in text
    quoted = '"' + held.replace('"', '""') + '"\t\t'
    path.write_text(text.replace(held, quoted), encoding="utf-8")
    assert read_set(path).header["mapping_set_version"] == "2026-11-28"
    assert len(read_set(path).mappings) == 1


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_line_feeds_end_a_row(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "x.sssom.tsv"
    rows = [TermMapping({**ROW, "comment": f"one{sign}two"})]
    path.write_text(set_text(HEADER, PREFIXES, rows), encoding="utf-8", newline="")
    assert [row["comment"] for row in read_set(path).mappings] == [f"one{sign}two"]


def test_headers_of_two_sets_are_judged_together(authorities: Authorities) -> None:
    one = a_set({})
    other = replace(one, name="eurovoc.sssom.tsv", mappings=())
    assert any("is that of" in problem for problem in problems(authorities, one, other))
    other = replace(
        other,
        header={**HEADER, "mapping_set_id": "https://example.org/other"},
        prefixes={**PREFIXES, "mgid": "https://another.example/id/"},
    )
    assert any("and elsewhere for" in problem for problem in problems(authorities, one, other))


def test_states_that_changed_places_are_refused(authorities: Authorities) -> None:
    """Labels may have stayed where they were: the code says it."""
    ours = next(each for each in read_sets(ROOT / "sources" / "links") if each.target == "un-m49")
    assert problems(authorities, ours) == []
    ids = {"mgid:country/ar": "geoarea:076", "mgid:country/br": "geoarea:032"}
    rows = tuple(
        row.with_cells(object_id=ids.get(row["subject_id"], row["object_id"]), object_label="") for row in ours.mappings
    )
    found = problems(authorities, replace(ours, mappings=rows))
    assert len(found) == 2
    assert "geoarea:076 is not the m49 of country/ar, 032" in found[0] + found[1]
