"""Namesakes: a place is told apart by the country at the end of whatever it lies in, and never taken without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from invented import TARGET, found, linked, new_house, turtle
from mandate_graph.house import House

CALIFORNIA = """v:1 a schema:City ; schema:name "Monterrey" ; schema:containedInPlace v:ca .
v:ca schema:name "California" ; schema:containedInPlace v:west . v:west schema:name "The West" ; schema:containedInPlace v:us .
v:us schema:name "United States" .
v:2 a schema:City ; schema:name "Monterrey" ; schema:containedInPlace v:nl .
v:nl schema:name "Norte" ; schema:containedInPlace v:mx . v:mx schema:name "México"@es .
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "house", TARGET)


UPWARDS = {
    "schema.org": CALIFORNIA,
    "SKOS": CALIFORNIA.replace("schema:containedInPlace", "skos:broader").replace("schema:name", "skos:prefLabel"),
    "GeoNames": CALIFORNIA.replace("schema:containedInPlace", "gn:parentFeature").replace("schema:name", "gn:name"),
    "a code on the way": CALIFORNIA.replace('v:us schema:name "United States"', 'v:west gn:countryCode "US"').replace(
        'v:mx schema:name "México"@es', 'v:nl gn:countryCode "MX"'
    ),
}


@pytest.mark.parametrize("case", UPWARDS)
def test_the_country_may_be_some_steps_up(house: House, tmp_path: Path, case: str) -> None:
    proposals = found(linked(house, "place", turtle(tmp_path, UPWARDS[case]), only=["monterrey"]))
    assert set(proposals) == {("place/monterrey", "2")}
    best = proposals["place/monterrey", "2"]
    assert best.predicate == "schema:sameAs"
    assert "in our country (Mexico)" in best.evidence


def test_a_ring_ends(house: House, tmp_path: Path) -> None:
    text = 'v:1 schema:name "Lima" ; schema:containedInPlace v:2 . v:2 schema:name "A" ; schema:containedInPlace v:1, v:2 .'
    assert found(linked(house, "place", turtle(tmp_path, text)))["place/lima", "1"].score < 0.7


def test_a_place_without_a_country_is_never_the_same(house: House, tmp_path: Path) -> None:
    text = """v:1 rdfs:label "Lima"@en . v:2 rdfs:label "Panama City, Florida"@en ."""
    proposals = found(linked(house, "place", turtle(tmp_path, text)))
    lima, florida = proposals["place/lima", "1"], proposals["place/panama-city", "2"]
    assert {lima.predicate, florida.predicate} == {"rdfs:seeAlso"}
    assert "nobody says that it lies in Peru" in lima.evidence
    assert "and «Florida» stands beside its name" in florida.evidence[-1]
    assert florida.score < lima.score
