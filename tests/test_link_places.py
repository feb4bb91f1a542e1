"""Namesakes: a place is told apart by the country at the end of whatever it lies in, and never taken without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from invented import TARGET, found, linked, new_house, turtle
from mandate_graph.engine.files import read_triples
from mandate_graph.house import House
from mandate_graph.link.asking import Manners, Polite
from mandate_graph.link.endpoints import Asker
from mandate_graph.link.run import Asked, Behind, Files, bench, one_file, propose
from mandate_graph.remote import Endpoint
from servers import Store, oxigraph

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


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as running:
        folder = tmp_path_factory.mktemp("places")
        lines = [f"{s} <{p}> {o} .\n".encode() for s, p, o in read_triples(turtle(folder, CALIFORNIA))]
        endpoint = Endpoint(running.query.replace("/query", "/store"))
        endpoint.add_to_graph("https://e.org/places", b"".join(lines))
        yield running


def test_an_endpoint_says_what_the_file_says(store: Store, house: House, tmp_path: Path) -> None:
    table = bench(house)
    asked = Asked("place", only=["monterrey"])
    file = one_file(table, propose(table, asked, Files([turtle(tmp_path, CALIFORNIA)])))
    asker = Asker(Endpoint(store.query, as_it_is=True), Polite(Manners(longest_pause=0.0)))
    assert one_file(table, propose(table, asked, Behind(asker))) == file
    assert "in our country (Mexico)" in file
