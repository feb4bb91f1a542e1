"""Vocabularies that nobody foresaw: other ways to say deprecated, names of a page's length, hyphens, and no names at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Cli
from invented import TARGET, decided, found, linked, new_house, turtle
from mandate_graph import errors
from mandate_graph.house import House
from mandate_graph.link.run import Files, bench, check
from mandate_graph.sssom import read_set

FISH = "https://vocab.example/fish/"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "house", TARGET)


OLD = {
    "a class of OWL": "v:1 a owl:DeprecatedClass .",
    "true in capitals": 'v:1 owl:deprecated "True" .',
    "a state of ADMS": "v:1 <http://www.w3.org/ns/adms#status> <https://states.example/gone> .",
}


@pytest.mark.parametrize("case", OLD)
def test_deprecated_is_said_in_several_ways(house: House, tmp_path: Path, case: str) -> None:
    table = house.authorities / "link-types.csv"
    table.write_text(table.read_text(encoding="utf-8") + "*,old,https://states.example/gone,\n", encoding="utf-8")
    vocabulary = turtle(tmp_path, OLD[case] + 'v:1 skos:prefLabel "Human rights"@en .')
    done = linked(house, "topic", vocabulary)
    assert (done.proposals, done.left.deprecated) == ({}, 1)
    decided(house, "fish", FISH, "topic/human-rights||skos:exactMatch|fish:1|Human rights")
    told, held = check(bench(house), Files([vocabulary]))
    assert (held, [change.problem for change in told]) == (1, ["the term is deprecated"])


def test_only_all_kinds_have_old_types(house: House) -> None:
    table = house.authorities / "link-types.csv"
    table.write_text(table.read_text(encoding="utf-8") + "topic,old,https://states.example/gone,\n", encoding="utf-8")
    with pytest.raises(errors.BadTable, match="with \\*, also old"):
        bench(house)


def test_a_row_can_always_be_read_again(cli: Cli, house: House, tmp_path: Path) -> None:
    """A cell longer than the reader takes would stop every verb that reads the set, and the build."""
    long = "long " * 40_000
    text = f"""v:s a skos:ConceptScheme ; owl:versionInfo "{long}" .
    v:1 skos:prefLabel "Human rights"@en ; skos:altLabel "{long}"@en ; skos:definition "{long}"@en ; skos:inScheme v:s .
    v:2 skos:prefLabel "{long}"@en ; skos:altLabel "Corruption"@en ."""
    run = cli("link", "topic", "--file", turtle(tmp_path, text), "--similar", cwd=house.root)
    assert run.returncode == 0, run.stderr
    rows = read_set(house.links / "open" / "fish.sssom.tsv").mappings
    assert {row.object for row in rows} == {"fish:1", "fish:2"}
    assert cli("link", "lint", cwd=house.root).returncode == 0


@pytest.mark.parametrize("text", ["Port-of-Spain", "Port\u2010of\u2010Spain", "PORT-OF-SPAIN, Trinidad and Tobago"])
def test_hyphens_play_no_part(house: House, tmp_path: Path, text: str) -> None:
    vocabulary = turtle(tmp_path, f'v:1 skos:prefLabel "{text}"@en ; gn:countryCode "TT" .')
    assert ("place/port-of-spain", "1") in found(linked(house, "place", vocabulary))


NAMELESS = {
    "nothing": ("", "no name that a term has"),
    "blank nodes": ('[] skos:prefLabel "Human rights"@en .', "no name that a term has"),
    "another property": ('v:1 v:title "Human rights" .', "link-properties.csv"),
}


@pytest.mark.parametrize("case", NAMELESS)
def test_a_source_without_a_name_is_told(cli: Cli, house: House, tmp_path: Path, case: str) -> None:
    text, message = NAMELESS[case]
    run = cli("link", "topic", "--file", turtle(tmp_path, text), cwd=house.root)
    assert run.returncode == 0
    assert message in run.stderr
    good = cli("link", "topic", "--file", turtle(tmp_path, 'v:1 skos:prefLabel "Rain"@en .'), cwd=house.root)
    assert message not in good.stderr
