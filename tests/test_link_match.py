"""Linking against files: what is one, what is only alike, and which of several is meant."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cli, skos_folder
from invented import PREFIXES, SECRET_TARGET, TARGET, decided, found, linked, new_house, relations, turtle
from mandate_graph import errors
from mandate_graph.authorities import Authorities
from mandate_graph.house import House
from mandate_graph.iris import text_key
from mandate_graph.link.run import bench, one_file
from mandate_graph.link.targets import targets_of
from mandate_graph.link.words import Spellings
from mandate_graph.sssom import faults_of_open, read_set

REMITTANCES = """v:scheme a skos:ConceptScheme ; owl:versionInfo "7.1" .
v:1 a skos:Concept ; skos:inScheme v:scheme ; skos:prefLabel "HUMAN RIGHTS"@en, "Derechos humanos"@es ; skos:broader v:2 ;
  skos:definition "Money sent home."@en .
v:2 a skos:Concept ; skos:prefLabel "Money"@en .
v:3 a skos:Concept ; skos:prefLabel "Trafficking in persons"@en ; skos:altLabel "migrant smuggling"@en .
v:g a skos:Collection ; skos:prefLabel "Human rights"@en .
v:old a skos:Concept ; skos:prefLabel "Corruption"@en ; owl:deprecated true .
v:older a skos:Concept ; skos:prefLabel "Xenophobia"@en ; dct:isReplacedBy v:1 .
v:person a foaf:Person ; rdfs:label "Money laundering"@en .
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "house", TARGET)


def test_what_is_one_is_proposed_as_exact(house: House, tmp_path: Path) -> None:
    done = linked(house, "topic", turtle(tmp_path, REMITTANCES))
    proposals = found(done)
    best = proposals["topic/human-rights", "1"]
    assert best.predicate == "skos:exactMatch"
    assert "labels agree in en and es" in best.evidence
    assert ("topic/human-rights", "g") not in proposals  # a collection is no concept
    assert not {"old", "older", "person"} & {key for _, key in proposals}
    assert (done.left.deprecated, done.left.another_type) == (2, 2)
    row = done.rows("fish", "2026-11-28")[0]
    assert row["object_source_version"] == "7.1"
    assert row["mapping_justification"] == "semapv:LexicalMatching"
    assert (row["match_string"], row["subject_match_field"], row["object_match_field"]) == (
        "human rights", "skos:prefLabel", "skos:prefLabel",
    )  # fmt: skip
    assert "their broader: Money. their definition: Money sent home." in row["comment"]


def test_another_label_is_only_near(house: House, tmp_path: Path) -> None:
    """Two crimes that the law keeps apart: the UN's thesaurus has one as another label of the other."""
    done = linked(house, "topic", turtle(tmp_path, REMITTANCES))
    near = found(done)["topic/smuggling-of-migrants", "3"]
    assert near.predicate == "skos:closeMatch"
    both = found(done)["topic/trafficking-in-persons", "3"]
    assert near.score < both.score
    assert both.predicate == "skos:closeMatch"  # its scope is wider: it holds what is another topic here
    assert "its names are also those of topic/smuggling-of-migrants (migrant smuggling)" in both.evidence
    assert "their other label" in near.evidence[0]


def test_labels_that_may_not_be_written_are_not(tmp_path: Path) -> None:
    house = new_house(tmp_path / "house", SECRET_TARGET)
    done = linked(house, "topic", turtle(tmp_path, REMITTANCES))
    text = one_file(bench(house), done)
    for word in ("HUMAN RIGHTS", "Money", "Trafficking in persons"):
        assert word not in text
    assert "\thuman rights\t" in text  # the words are ours


FORMATS = {
    "v.ttl": ox.RdfFormat.TURTLE,
    "v.nt": ox.RdfFormat.N_TRIPLES,
    "v.rdf": ox.RdfFormat.RDF_XML,
    "v.xml": ox.RdfFormat.RDF_XML,
    "v.owl": ox.RdfFormat.TURTLE,
    "v.jsonld": ox.RdfFormat.JSON_LD,
    "v.json": ox.RdfFormat.JSON_LD,
    "v.trig": ox.RdfFormat.TRIG,
    "v": ox.RdfFormat.N_TRIPLES,
    "v.dump": ox.RdfFormat.RDF_XML,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same(house: House, tmp_path: Path, name: str) -> None:
    whole = one_file(bench(house), linked(house, "topic", turtle(tmp_path, REMITTANCES)))
    quads = list(ox.parse((PREFIXES + REMITTANCES).encode(), format=ox.RdfFormat.TURTLE))
    data = ox.serialize([quad.triple for quad in quads], format=FORMATS[name])
    assert data
    (tmp_path / name).write_bytes(data)
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
    for path in (tmp_path / name, tmp_path / f"{name}.gz"):
        assert one_file(bench(house), linked(house, "topic", path)) == whole


def test_the_order_of_a_file_plays_no_part(house: House, tmp_path: Path) -> None:
    lines = [f"{quad.triple} ." for quad in ox.parse((PREFIXES + REMITTANCES).encode(), format=ox.RdfFormat.TURTLE)]
    texts = set()
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        (tmp_path / "v.nt").write_text("\n".join(lines), encoding="utf-8")
        texts.add(one_file(bench(house), linked(house, "topic", tmp_path / "v.nt")))
    assert len(texts) == 1


LABELS = {
    "no language": ('v:1 a skos:Concept ; skos:prefLabel "Human rights" .', "skos:exactMatch"),
    "another region": ('v:1 a skos:Concept ; skos:prefLabel "Human rights"@en-GB .', "skos:exactMatch"),
    "no SKOS": ('v:1 rdfs:label "Human rights"@en .', "skos:exactMatch"),
    "schema.org": ('v:1 schema:name "Human rights"@en .', "skos:exactMatch"),
    "a class": ('v:1 a owl:Class ; rdfs:label "human rights"@en .', "skos:exactMatch"),
    "SKOS-XL": ('v:1 a skos:Concept ; xl:prefLabel v:l . v:l xl:literalForm "Human rights"@en .', "skos:exactMatch"),
    "SKOS-XL, unnamed": ('v:1 xl:prefLabel [ xl:literalForm "Human rights"@en ] .', "skos:exactMatch"),
    "SKOS-XL, other": ('v:1 xl:altLabel [ xl:literalForm "Human rights"@en ] .', "skos:closeMatch"),
    "singular": ('v:1 a skos:Concept ; skos:prefLabel "Human right"@en .', "skos:closeMatch"),
    "a qualifier": ('v:1 a skos:Concept ; skos:prefLabel "Human rights (finance)"@en .', "skos:closeMatch"),
    "hidden": ('v:1 a skos:Concept ; skos:hiddenLabel "human rights"@en .', "skos:closeMatch"),
    "another language": ('v:1 a skos:Concept ; skos:prefLabel "human rights"@de .', "skos:closeMatch"),
}


@pytest.mark.parametrize("case", LABELS)
def test_labels_of_all_sorts(house: House, tmp_path: Path, case: str) -> None:
    text, relation = LABELS[case]
    done = linked(house, "topic", turtle(tmp_path, text))
    assert relations(done) == {("topic/human-rights", "1"): relation}
    if relation == "skos:closeMatch":
        plain = linked(house, "topic", turtle(tmp_path, LABELS["no language"][0]))
        assert found(done)["topic/human-rights", "1"].score < found(plain)["topic/human-rights", "1"].score


def test_two_with_one_name_are_both_near(house: House, tmp_path: Path) -> None:
    text = 'v:1 a skos:Concept ; skos:prefLabel "Human rights"@en . v:2 a skos:Concept ; skos:prefLabel "human rights"@en .'
    done = linked(house, "topic", turtle(tmp_path, text))
    assert set(relations(done).values()) == {"skos:closeMatch"}
    assert all("1 of 2 with this name" in each.evidence for each in found(done).values())


CITIES = """v:co a gn:Feature ; gn:featureClass gn:P ; gn:name "Cartagena" ; gn:countryCode "CO" .
v:es a gn:Feature ; gn:featureClass gn:P ; gn:name "Cartagena" ; gn:countryCode "ES" .
v:hill a gn:Feature ; gn:featureClass gn:T ; gn:name "Cartagena" ; gn:countryCode "CO" .
"""


def test_places_are_told_apart_by_country_and_type(house: House, tmp_path: Path) -> None:
    done = linked(house, "place", turtle(tmp_path, CITIES), only=["cartagena"])
    assert set(relations(done)) == {("place/cartagena", "co")}
    assert (done.left.another_country, done.left.another_type) == (1, 1)


COUNTRIES = {
    "label in brackets": ('v:1 skos:prefLabel "Cartagena (Colombia)" . v:2 skos:prefLabel "Cartagena (Chile)" .', {"1"}),
    "after a comma": ('v:1 skos:prefLabel "Cartagena, CO"@en . v:2 skos:prefLabel "Cartagena, CL"@en .', {"1"}),
    "before dashes": ('v:1 skos:prefLabel "Colombia--Cartagena" . v:2 skos:prefLabel "Chile--Cartagena" .', {"1"}),
    "what it lies in": (
        ('v:1 schema:name "Cartagena" ; schema:containedInPlace v:a . v:a schema:name "Colombia"@es .'
        'v:2 schema:name "Cartagena" ; schema:containedInPlace v:b . v:b schema:name "Chile" .'),
        {"1"},
    ),
    "a country of Wikidata": (
        ('v:1 rdfs:label "Cartagena"@en ; wdt:P17 v:a . v:a rdfs:label "Colombia"@en .'
        'v:2 rdfs:label "Cartagena"@en ; wdt:P17 v:b . v:b rdfs:label "Spain"@en .'),
        {"1"},
    ),
    "nobody says": ('v:1 rdfs:label "Cartagena"@en . v:2 rdfs:label "Cartagena"@en .', {"1", "2"}),
    "one says": ('v:1 rdfs:label "Cartagena"@en . v:2 rdfs:label "Cartagena"@en ; gn:countryCode "CO" .', {"1", "2"}),
}  # fmt: skip


@pytest.mark.parametrize("case", COUNTRIES)
def test_what_says_where_a_place_lies(house: House, tmp_path: Path, case: str) -> None:
    text, want = COUNTRIES[case]
    done = linked(house, "place", turtle(tmp_path, text), only=["cartagena"])
    assert {key for _, key in relations(done)} == want
    if case == "one says":
        best = found(done)["place/cartagena", "2"]
        assert best.score > found(done)["place/cartagena", "1"].score


def test_a_country_that_we_link_to_is_known(house: House, tmp_path: Path) -> None:
    decided(house, "wikidata", "http://www.wikidata.org/entity/", "country/co||schema:sameAs|wikidata:Q739|")
    text = """v:1 rdfs:label "Cartagena"@en ; wdt:P17 <http://www.wikidata.org/entity/Q739> .
    v:2 rdfs:label "Cartagena"@en ; wdt:P17 <http://www.wikidata.org/entity/Q29> ."""
    best = found(linked(house, "place", turtle(tmp_path, text), only=["cartagena"]))["place/cartagena", "1"]
    assert "in our country" in "; ".join(best.evidence)


def test_a_shared_link_is_strong_evidence(house: House, tmp_path: Path) -> None:
    decided(
        house, "other", "http://other.example/",
        "topic/human-rights||skos:exactMatch|other:r|", "topic/corruption||skos:exactMatch|other:c|",
        "topic/xenophobia|Not|skos:exactMatch|other:x|",
    )  # fmt: skip
    text = """@prefix o: <http://other.example/> .
    v:1 skos:prefLabel "Sendings home"@en ; skos:exactMatch o:r .
    v:2 skos:altLabel "Human rights"@en ; skos:exactMatch <https://other.example/r/> .
    v:3 skos:prefLabel "Discrimination"@en ; skos:exactMatch o:c .
    v:4 skos:prefLabel "Xenophobia"@en ; skos:exactMatch o:x ."""
    proposals = found(linked(house, "topic", turtle(tmp_path, text)))
    assert "both are the same as http://other.example/r" in proposals["topic/human-rights", "1"].evidence
    one = linked(house, "topic", turtle(tmp_path, text.replace("v:1", "v:9 rdfs:comment 'x' . #")))
    assert relations(one)["topic/human-rights", "2"] == "skos:exactMatch"
    assert "which is a link of topic/corruption" in proposals["topic/discrimination", "3"].evidence[-1]
    assert proposals["topic/discrimination", "3"].predicate == "skos:closeMatch"
    assert "which somebody rejected" in proposals["topic/xenophobia", "4"].evidence[-1]
    row = next(row for row in one.rows("fish", "2026-11-28") if row.object == "fish:2")
    assert row["mapping_justification"] == "semapv:LexicalMatching"


def test_what_was_decided_is_not_proposed_again(house: House, tmp_path: Path) -> None:
    decided(
        house, "fish", "https://vocab.example/fish/", "topic/human-rights|Not|skos:exactMatch|fish:1|",
        "topic/trafficking-in-persons||skos:exactMatch|fish:3|", "topic/corruption||skos:exactMatch|sssom:NoTermFound|",
    )  # fmt: skip
    text = REMITTANCES.replace("; owl:deprecated true", "")
    done = linked(house, "topic", turtle(tmp_path, text))
    assert set(relations(done)) == {("topic/smuggling-of-migrants", "3"), ("topic/corruption", "old")}
    assert "it is a link of topic/trafficking-in-persons already" in "".join(
        found(done)["topic/smuggling-of-migrants", "3"].evidence
    )
    assert done.left.retried == ["topic/corruption"]
    assert done.left.linked == ["topic/trafficking-in-persons"]
    again = linked(house, "topic", turtle(tmp_path, text + 'v:9 skos:prefLabel "trafficking in persons"@en .'))
    assert ("topic/trafficking-in-persons", "9") not in relations(again)
    named = linked(
        house, "topic", turtle(tmp_path, text + 'v:9 skos:prefLabel "trafficking in persons"@en .'),
        only=["topic/trafficking-in-persons"],
    )  # fmt: skip
    assert relations(named) == {("topic/trafficking-in-persons", "9"): "skos:closeMatch"}


def test_two_of_ours_cannot_be_one_term(house: House, tmp_path: Path) -> None:
    text = 'v:1 skos:prefLabel "Women"@en, "Children"@en .'
    done = linked(house, "topic", turtle(tmp_path, text), languages=["en"])
    assert set(relations(done).values()) == {"skos:closeMatch"}
    assert "its names are also those of topic/children (children)" in found(done)["topic/women", "1"].evidence


def test_alike_is_only_ever_suggested(house: House, tmp_path: Path) -> None:
    text = 'v:1 skos:prefLabel "Human rigths"@en . v:2 skos:prefLabel "Night labour"@en .'
    assert relations(linked(house, "topic", turtle(tmp_path, text))) == {}
    done = linked(house, "topic", turtle(tmp_path, text), similar=True)
    one = found(done)["topic/human-rights", "1"]
    assert one.predicate == "skos:closeMatch"
    assert one.score <= 0.5
    row = next(row for row in done.rows("fish", "2026-11-28") if row.subject == "topic/human-rights")
    assert row["mapping_justification"] == "semapv:LexicalSimilarityThresholdMatching"
    assert row["similarity_measure"] == "token sort ratio"
    assert 0.85 <= float(row["similarity_score"]) < 1


def test_acronyms_are_never_exact(house: House, tmp_path: Path) -> None:
    text = 'v:1 a foaf:Organization ; foaf:name "ILO"@en . v:2 a schema:City ; rdfs:label "OAS"@en .'
    done = linked(house, "body", turtle(tmp_path, text))
    assert set(relations(done).values()) == {"rdfs:seeAlso"}
    assert {key for _, key in relations(done)} == {"1"}


def test_things_that_are_no_concepts(house: House, tmp_path: Path) -> None:
    text = 'v:1 rdfs:label "International Labour Organization"@en . v:2 rdfs:label "World Trade Organisation"@en .'
    got = relations(linked(house, "body", turtle(tmp_path, text)))
    assert got == {("body/ilo", "1"): "schema:sameAs", ("body/wto", "2"): "rdfs:seeAlso"}


words = st.text(alphabet="abcéñü -'()", min_size=1, max_size=20)


@given(words, st.sampled_from(["en", "es", ""]), st.sampled_from(["topic", "place"]))
def test_keys_are_those_of_every_way_of_writing(authorities: Authorities, text: str, language: str, kind: str) -> None:
    spellings = Spellings(authorities)
    keys = list(spellings.keys(text, language, kind))
    assert [key.text for key in keys[:1]] == [text_key(text)][: len(keys)]
    assert keys == list(spellings.keys(text.upper().replace("-", "\u2010"), language, kind)) or keys[0].qualifier == ""
    assert len({key[:2] for key in keys}) == len(keys)
    assert all(key.text for key in keys)


@given(st.permutations(["Xenophobia", "Migrants", "Corruption", "Women", "Poverty"]), st.integers(0, 4), st.data())
def test_nothing_rejected_and_nothing_alike_is_exact(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], cut: int, data: st.DataObject
) -> None:
    """Whatever names a vocabulary has, with mistakes in some of them."""
    folder = tmp_path_factory.mktemp("any")
    house = new_house(folder / "house", TARGET)
    wrong = [name[:3] + name[4:] if place < cut else name for place, name in enumerate(names)]
    rejected = data.draw(st.sampled_from(names))
    key, place = f"topic/{rejected.lower()}", names.index(rejected)
    decided(house, "fish", "https://vocab.example/fish/", f"{key}|Not|skos:exactMatch|fish:{place}|")
    path = turtle(folder, "\n".join(f'v:{number} skos:prefLabel "{name}"@en .' for number, name in enumerate(wrong)))
    done = linked(house, "topic", path, similar=True)
    assert (key, str(place)) not in relations(done)
    for (_, number), relation in relations(done).items():
        assert (relation == "skos:exactMatch") <= (int(number) >= cut)


def test_a_vocabulary_without_a_row_is_named_after_its_addresses(authorities: Authorities) -> None:
    targets = targets_of(authorities)
    targets.settle(["https://a.example/boats/concept/1", "http://skipjack.org/2", "urn:tuna:5", "http://b.org/skos#x"])
    assert {target.iri: target.key for target in targets.new} == {
        "https://a.example/boats/concept/": "boats",
        "http://skipjack.org/": "skipjack",
        "urn:tuna:": "tuna",
        "http://b.org/skos#": "b",
    }
    boats = targets.of("https://a.example/boats/concept/77")
    assert boats is not None
    assert boats.key == "boats"


def test_an_address_that_no_row_can_hold_is_passed_over(house: House, tmp_path: Path) -> None:
    path = tmp_path / "v.nt"
    label = '<http://www.w3.org/2004/02/skos/core#prefLabel> "Human rights" .'
    path.write_text(f"<https://vocab.example/fish/a b> {label}\n<https://vocab.example/fish/1> {label}\n", "utf-8")
    assert set(relations(linked(house, "topic", path))) == {("topic/human-rights", "1")}


BROKEN = {
    "half.ttl": b"@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a> skos:prefLabel ",
    "half.rdf": b"<?xml version='1.0'?><rdf:RDF",
    "page.html": b"<!DOCTYPE html><p>not found",
    "empty": b"",
    "noise.bin": bytes(range(256)),
    "cut.nt.gz": gzip.compress(b"<http://a.org/a> <http://a.org/b> <http://a.org/c> .\n" * 9999)[:90],
    "no.nt.gz": b"plain",
    "deep.jsonld": b"[" * 5000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_line(house: House, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BROKEN[name])
    with pytest.raises(errors.BadRdf) as told:
        linked(house, "topic", tmp_path / name)
    assert name in str(told.value)
    assert "\n" not in str(told.value)


@pytest.fixture(scope="module")
def stw() -> Path:
    return skos_folder() / "stw-9.06.ttl"


def test_the_thesaurus_for_economics(house: House, stw: Path) -> None:
    done = linked(house, "topic", stw)
    proposals = found(done)
    assert proposals["topic/human-rights", "15964-5"].predicate == "skos:exactMatch"
    assert proposals["topic/return-migration", "15956-4"].predicate == "skos:exactMatch"
    assert not any("thsys" in proposal.term.iri for proposal in proposals.values())
    assert {row["object_source_version"] for target in done.proposals for row in done.rows(target, "")} == {"9.06"}


def test_the_countries_of_the_un(house: House) -> None:
    done = linked(house, "country", skos_folder() / "un-m49-geoareas.ttl")
    proposals = found(done)
    assert len({key for key, _ in proposals}) == 35
    assert {each.predicate for each in proposals.values()} == {"schema:sameAs"}
    assert ("country/bo", "068") in proposals


@pytest.fixture
def lines(house: House, tmp_path: Path) -> Path:
    return turtle(tmp_path, REMITTANCES)


def test_the_command_line(cli: Cli, house: House, lines: Path) -> None:
    root = house.root
    run = cli("link", "topic", "--file", lines, cwd=root, env={"SOURCE_DATE_EPOCH": "1764288000"})
    assert run.returncode == 0, run.stderr
    assert "topic/human-rights → fish:1" in run.stdout
    assert "3 with proposals" in run.stderr
    path = house.links / "open" / "fish.sssom.tsv"
    first = path.read_text(encoding="utf-8")
    assert "2025-11-28" in first
    each = read_set(path)
    assert faults_of_open([each], bench(house).authorities) == []
    order = [row.subject for row in each.mappings]
    assert order == sorted(order)
    # a person's edit of a row stays, and nothing is doubled
    edited = first.replace("skos:closeMatch\tfish:3", "skos:relatedMatch\tfish:3")
    path.write_text(edited, encoding="utf-8")
    again = cli("link", "topic", "--file", lines, cwd=root, env={"SOURCE_DATE_EPOCH": "1764388000"})
    assert "0 new rows" in again.stderr
    assert path.read_text(encoding="utf-8") == edited
    piped = cli("link", "topic", "--file", lines, "--out", "-", "--only", "human-rights", cwd=root)
    assert piped.stdout.count("\nmgid:") == 1
    assert piped.stdout.startswith("#curie_map:")


def test_an_unknown_vocabulary_says_what_it_needs(cli: Cli, tmp_path: Path) -> None:
    house = new_house(tmp_path / "house")
    run = cli("link", "topic", "--file", turtle(tmp_path, REMITTANCES), cwd=house.root)
    assert "fish,fish,https://vocab.example/fish/" in run.stderr
    assert (house.links / "open" / "fish.sssom.tsv").is_file()


WRONG = {
    "no source": (("link", "topic"), "--file"),
    "no file": (("link", "topic", "--file", "nowhere.ttl"), "nowhere.ttl"),
    "no kind": (("link", "mandate", "--file", "x"), "invalid choice"),
    "no target": (("link", "topic", "--file", "x", "--target", "nothing"), "no row of targets.csv"),
    "no thing": (("link", "topic", "--file", "x", "--only", "nothing"), "nothing here has this key"),
    "no language": (("link", "topic", "--file", "x", "--languages", "xx"), "no topic of the tables has a name"),
}


@pytest.mark.parametrize("case", WRONG)
def test_asked_wrongly(cli: Cli, house: House, case: str) -> None:
    arguments, said = WRONG[case]
    run = cli(*arguments, cwd=house.root)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr
