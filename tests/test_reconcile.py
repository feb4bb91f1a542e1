"""Names that people write come back as the things they mean; what is not certain never says so."""

from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, page_text
from mandate_graph.authorities import Authorities
from mandate_graph.citator.knowledge import Knowledge
from mandate_graph.citator.names import Lexicon
from mandate_graph.errors import BadOption
from mandate_graph.reconcile import Asked, Candidate, Given, Service
from mandate_graph.reconcile.asking import read_queries
from mandate_graph.reconcile.matching import LONGEST
from mandate_graph.reconcile.things import read_things
from mandate_graph.reconcile.words import Reader

FOLDER = ROOT / "tests" / "reconcile"
# Four sets, each written before the matching was tried on it; `docs/reconciliation.md` says what came of them.
DIRTY = [
    row
    for name in ("dirty", "blind", "fresh", "later")
    for row in csv.DictReader((FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines())
]
# Nothing of ours is meant by these.
STRANGERS = [
    "Treaty of Versailles",
    "OPEC",
    "NATO",
    "World Trade Organization declaration",
    "European Convention on Human Rights",
    "African Union",
    "Declaration of Independence",
    "Summit of the European Union",
    "Iberoamerican Summit Panama 2000",
    "Washington",
    "Santiago de Compostela",
    "Cartagena, Spain",
    "Lima, Ohio",
    "G7 summit Quebec 2018",
    "Summit of the Americas 2030",
    "Bank of America",
    "Geneva Convention IV",
    "SDG 18",
    "declaration",
    "the",
    "",
    "?!",
]


@pytest.fixture(scope="module")
def service(dataset: mg.Graph) -> Service:
    return Service.of(dataset, house=ROOT)


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A house that knows a second Cartagena, as GeoNames does, and a place whose name breaks pages."""
    home = tmp_path_factory.mktemp("doubled")
    shutil.copytree(
        ROOT / "sources", home / "sources", ignore=shutil.ignore_patterns("documents", "identifiers.txt", "links")
    )
    (home / "sources" / "documents").mkdir()
    (home / "sources" / "documents" / "mig.txt").write_text(
        page_text("  1. Row on Mondays (Plan of Action Québec, 2001).")
    )
    with (home / "sources" / "authorities" / "places.csv").open("a", encoding="utf-8") as table:
        table.write("cartagena-chile,cl,Cartagena,Cartagena,,,,,a test,\n")
        table.write("odd,cl,<script>alert(1)</script>,,,,,,a test,\n")
    mg.build(out=home / "build", house=home)
    return Service.of(mg.open(home / "build"), house=home)


def best(service: Service, words: str, kind: str = "", *said: Given) -> Candidate | None:
    found = service.match(Asked(words, (kind,) if kind else (), given=said))
    return found[0] if found else None


@pytest.mark.parametrize("row", DIRTY, ids=lambda row: row["string"])
def test_dirty_names_come_back(service: Service, row: dict[str, str]) -> None:
    found = best(service, row["string"], row["type"])
    assert found is not None
    assert found.id == row["expected"]


@pytest.mark.parametrize("words", STRANGERS)
def test_what_is_not_ours_is_never_certain(service: Service, words: str) -> None:
    found = service.match(Asked(words, limit=50))
    assert not any(each.match for each in found)
    assert all(each.score < 80 for each in found)


def test_certain_is_the_only_thing_of_the_very_name(service: Service) -> None:
    assert best(service, "vienna CONVENTION on consular relations") == replace(
        best(service, "Vienna Convention on Consular Relations") or pytest.fail("none"), match=True
    )
    # Two themes are called so, and a topic.
    assert [each.score for each in service.match(Asked("Corruption", limit=3))] == [100.0, 100.0, 100.0]
    assert not any(each.match for each in service.match(Asked("Corruption")))
    assert (best(service, "Corruption", "topic") or pytest.fail("none")).match
    # Names that nobody has checked, and names that the tables form, are for a person to judge.
    for words in (
        "Pact of San José of Costa Rica",
        "Quebec Summit",
        "Convention against Corruption",
        "Vienna Convention Consular",
    ):
        found = best(service, words)
        assert found is not None
        assert found.score > 80
        assert not found.match


def test_a_name_and_its_acronym_are_one_name(service: Service) -> None:
    found = best(service, "Summit Implementation Review Group (SIRG)")
    assert found is not None
    assert (found.id, found.match) == ("body/sirg", True)
    mixed = best(service, "Inter-American Commission on Human Rights (OAS)")
    assert mixed is not None
    assert not mixed.match


def test_short_acronyms_are_words_before_they_are_names(service: Service) -> None:
    assert (best(service, "WHO") or pytest.fail("none")).match
    assert not (best(service, "who") or pytest.fail("none")).match
    assert (best(service, "who", "body") or pytest.fail("none")).match


def test_codes_are_names_of_their_type(service: Service) -> None:
    for words, kind, key in (
        ("8.8", "sdg", "sdg/8-8"),
        ("III", "summit", "summit/2001-quebec"),
        ("MEX", "country", "country/mx"),
    ):
        found = best(service, words, kind)
        assert found is not None
        assert (found.id, found.match) == (key, True)
        bare = best(service, words)
        assert bare is None or not bare.match
    symbol = best(service, "A/RES/S-32/1")
    assert symbol is not None
    assert symbol.match


def test_keys_and_iris_are_what_they_name(service: Service) -> None:
    for words in (
        "instrument/vccr-1963",
        f"{service.facts.base}id/instrument/vccr-1963",
        f"<{service.facts.base}id/instrument/vccr-1963>",
    ):
        found = best(service, words)
        assert found is not None
        assert (found.id, found.match) == ("instrument/vccr-1963", True)


def test_a_year_speaks_for_and_against(service: Service) -> None:
    key = "document/2005-mar-del-plata-declaration"
    right = best(service, "Declaration of Mar del Plata 2005")
    assert right is not None
    assert right.id == key
    assert right.features["year"] == 1.0
    wrong = next(each for each in service.match(Asked("Declaration of Mar del Plata 1998")) if each.id == key)
    assert wrong.features["year"] == 0.0
    # A quarter less than its words alone would give.
    words = 92 * wrong.features["name_words"] * (0.5 + 0.5 * math.sqrt(wrong.features["name_share"]))
    assert wrong.score == pytest.approx(0.75 * words, abs=0.2)


def test_types_keep_out_or_lower(service: Service) -> None:
    assert {each.kind for each in service.match(Asked("migration", ("topic",), limit=20))} == {"topic"}
    should = service.match(Asked("migration", ("topic",), "should", limit=20))
    assert should[0].id == "topic/migration"
    assert should[0].match
    assert {"topic", "theme"} <= {each.kind for each in should}
    assert next(each for each in should if each.id == "theme/migration").score < 70
    assert service.match(Asked("migration", ("topic", "theme"), "all")) == []
    assert service.match(Asked("migration", ("nonsense",))) == []
    assert {each.kind for each in service.match(Asked("migration", ("topic", "theme")))} == {"topic", "theme"}


def test_mandates_are_found_by_words_place_and_number(service: Service) -> None:
    mandate = next(thing for thing in service.things if thing.kind == "mandate")
    text = mandate.names[0].text
    whole = best(service, text.upper())
    assert whole is not None
    assert (whole.id, whole.match) == (mandate.key, True)
    assert (best(service, text[: len(text) // 2], "mandate") or pytest.fail("none")).id == mandate.key
    assert (best(service, mandate.key.rpartition("/")[2]) or pytest.fail("none")).id == mandate.key
    assert not any(
        each.kind == "mandate"
        for each in service.match(Asked("human rights of migrant workers and their families", limit=50))
    )
    numbered = service.match(
        Asked("33", ("mandate",), given=(Given("document", ("document/1996-santa-cruz-plan-of-action",)),))
    )
    assert numbered[0].description.startswith(
        "mandate, Plan of Action for the Sustainable Development of the Americas, 33"
    )
    assert numbered[0].match
    named = best(service, "Santa Cruz plan of action, initiative 33", "mandate")
    assert named is not None
    assert named.id == numbered[0].id


def test_two_cartagenas_are_told_apart(doubled: Service) -> None:
    both = doubled.match(Asked("Cartagena", ("place",)))
    assert {each.id for each in both[:2]} == {"place/cartagena", "place/cartagena-chile"}
    assert [(each.score, each.match) for each in both[:2]] == [(100.0, False), (100.0, False)]
    for said in (
        Given("country", ("Chile",)),
        Given("country", ("CL",)),
        Given("country", (), ("country/cl",)),
        Given("country", ("xx", "chl")),
    ):
        found = doubled.match(Asked("Cartagena", ("place",), given=(said,)))
        assert [(each.id, each.match) for each in found[:2]] == [
            ("place/cartagena-chile", True),
            ("place/cartagena", False),
        ]
        assert found[0].features["property:country"] == 1.0
        assert found[1].features["property:country"] == 0.0
        assert found[0].score > 1.4 * found[1].score
    assert not any(each.match for each in doubled.match(Asked("Cartagena", given=(Given("country", ("Peru",)),))))
    # Of the country's name in the string the same is so, but a person looks at it.
    assert [each.id for each in doubled.match(Asked("Cartagena, Chile", ("place",)))][:1] == ["place/cartagena-chile"]


@pytest.mark.parametrize(
    ("said", "key", "other"),
    [
        (Given("year", (1963,)), "instrument/vccr-1963", "instrument/vienna-law-of-treaties"),
        (Given("year", (1963.0,)), "instrument/vccr-1963", "instrument/vienna-law-of-treaties"),
        (Given("date", ("1963-04-24",)), "instrument/vccr-1963", ""),
        (Given("date", ("1963-04",)), "instrument/vccr-1963", ""),
        (Given("identifier", ("mtdsg iii 6",)), "instrument/vccr-1963", ""),
        (Given("identifier", ("8638",)), "instrument/vccr-1963", ""),
        (Given("identifier", (8638.0,)), "instrument/vccr-1963", ""),
    ],
)
def test_what_is_given_decides(service: Service, said: Given, key: str, other: str) -> None:
    found = service.match(Asked("Vienna Convention", ("instrument",), given=(said,), limit=20))
    assert found[0].id == key
    assert found[0].features[f"property:{said.pid}"] == 1.0
    if other:
        assert next(each for each in found if each.id == other).score < found[0].score
    against = replace(said, values=("1815-06-09",))
    wrong = service.match(Asked("Vienna Convention on Consular Relations", given=(against,)))
    assert wrong[0].features[f"property:{said.pid}"] == 0.0
    assert not wrong[0].match


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("country/co", "Q739", "Q73"),
        ("country/co", "https://www.wikidata.org/wiki/Q739", "https://example.org/Q739"),
        ("country/co", "http://www.wikidata.org/entity/q739", "http://www.wikidata.org/entity/Q414"),
        ("place/cartagena", "3687238", "687238"),
        ("place/cartagena", "https://www.geonames.org/3687238", "https://www.geonames.org/"),
    ],
)
def test_the_same_thing_elsewhere_is_told_by_its_identifier(service: Service, key: str, good: str, bad: str) -> None:
    thing = service.thing(key)
    assert thing is not None
    for value, agrees in ((good, 1.0), (bad, 0.0)):
        found = service.match(Asked(thing.label, (thing.kind,), given=(Given("same", (value,)),)))
        assert (found[0].id, found[0].features["property:same"], found[0].match) == (key, agrees, agrees == 1.0)


def test_a_country_is_in_itself(service: Service) -> None:
    found = best(service, "Perú", "country", Given("country", ("PE",)))
    assert found is not None
    assert (found.id, found.match, found.features["property:country"]) == ("country/pe", True, 1.0)


def test_what_is_given_alone_finds_too(service: Service) -> None:
    found = service.match(Asked(types=("summit",), given=(Given("country", ("Canada",)),)))
    assert [each.id for each in found] == ["summit/2001-quebec"]
    assert service.match(Asked(given=(Given("country", ("Atlantis",)),))) == []


def test_unknown_properties_and_empty_cells_say_nothing_against(service: Service) -> None:
    for said in (
        {"pid": "colour", "v": "red"},
        {"pid": "year", "v": ""},
        {"pid": "year", "v": [" "]},
        {"pid": "year", "v": None},
    ):
        batch = {"q": {"query": "Vienna Convention on Consular Relations", "properties": [said]}}
        (asked,) = read_queries(json.dumps(batch)).values()
        found = service.match(asked)
        assert found[0].id == "instrument/vccr-1963"
        assert found[0].match


def test_tables_of_another_house_lend_no_names(service: Service, authorities: Authorities) -> None:
    """A key means what the graph says: names of the tables are taken where both call the thing alike."""
    term = service.facts.term("body/iom")
    nothing: dict[str, dict[str, Sequence[str]]] = {word: {} for word in service.facts.objects}
    knowledge = Knowledge.of(authorities)
    for label, alone in (("Island Oceanography Museum", True), ("International Organization for Migration", False)):
        facts = replace(service.facts, objects={**nothing, "label": {term: [f'"{label}"@en']}})
        (thing,) = read_things(facts, knowledge, {})
        assert ([name.text for name in thing.names] == [label]) is alone


def test_words_have_one_form(authorities: Authorities) -> None:
    reader = Reader.of(authorities, Lexicon.of(authorities))
    assert {reader.read(f"{each} Protocols").words for each in ("3rd", "III", "Third", "third")} == {
        ("iii", "protocol")
    }
    assert reader.read("The Organisation, of 1998 (IACHR)").words == ("organization", "iachr", "1998")
    assert reader.read("Inter-American").words == reader.read("InterAmerican").words
    assert reader.read("C 182").squeezed == reader.read("C-182").squeezed == "c182"
    assert reader.read("of the").words == ("of", "the")
    assert reader.read("Decl. of x").cut == {"decl"}


def test_long_strings_end_soon(service: Service) -> None:
    for run in ("A", "é", "(AB) ", "ab. ", "of 1999 ", "convention declaration "):
        assert service.match(Asked((run * LONGEST)[:LONGEST])) is not None
    assert service.match(Asked("convention " * 100_000)) == []
    assert service.match(Asked("x" * 1_000_000)) == []
    assert service.match(Asked(("convention " * LONGEST)[:LONGEST])) is not None


@settings(max_examples=60)
@given(st.text(max_size=60), st.integers(0, 8))
def test_any_string_has_an_answer(service: Service, words: str, limit: int) -> None:
    """One answer is a beginning of a longer one; scores fall; one is certain at most, and it is the first."""
    few = service.match(Asked(words, limit=limit))
    many = service.match(Asked(words, limit=100))
    assert few == many[:limit]
    scores = [each.score for each in many]
    assert scores == sorted(scores, reverse=True)
    assert all(30 <= score <= 100 for score in scores)
    assert [place for place, each in enumerate(many) if each.match] in ([], [0])


@settings(max_examples=40)
@given(st.data())
def test_a_published_name_is_found_by_anyone(service: Service, data: st.DataObject) -> None:
    thing = data.draw(st.sampled_from([each for each in service.things if each.kind not in {"mandate", "sdg"}]))
    name = data.draw(st.sampled_from([each for each in thing.names if each.how in {"label", "other"}]))
    found = service.match(Asked(name.text.swapcase() if len(name.text) > 5 else name.text, (thing.kind,), limit=100))
    assert thing.key in [each.id for each in found if each.score == 100.0]
    if sum(each.score == 100.0 for each in found) > 1:
        assert not found[0].match


def test_python_face(built: Path) -> None:
    (oas, nothing) = mg.reconciled(
        ["Organization of American States", "qqqq"], build=built, kind="body", most=2, house=ROOT
    )
    assert [(each.id, each.match) for each in oas][:1] == [("body/oas", True)]
    assert nothing == []
    assert mg.reconciled(["Vienna Convention"], build=built, year=1963, most=1)[0][0].id == "instrument/vccr-1963"
    with pytest.raises(BadOption, match="body"):
        mg.reconciled(["x"], build=built, kind="bdy")
    with pytest.raises(BadOption, match="year"):
        mg.reconciled(["x"], build=built, yeer=2)
