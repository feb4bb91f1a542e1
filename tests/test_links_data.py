"""The link sets that we publish, held against our tables, against each other and against the real vocabularies."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from conftest import ROOT, skos_folder
from mandate_graph.authorities import Authorities, read_csv
from mandate_graph.engine import parse_triples
from mandate_graph.engine.strings import unquote
from mandate_graph.sssom import MappingSet, TermMapping, read_sets, set_text

LINKS = ROOT / "sources" / "links"
TARGETS = {row["key"]: row for _, row in read_csv(ROOT / "sources" / "authorities" / "targets.csv", "targets.csv")}
TABLES = {
    "body": "bodies", "country": "countries", "instrument": "instruments", "place": "places", "sdg": "sdg",
    "series": "series", "summit": "summits", "theme": "themes", "topic": "topics",
}  # fmt: skip
CONCEPTS = {"topic", "theme", "sdg"}
RELATIONS = {f"skos:{each}Match" for each in ("exact", "close", "broad", "narrow", "related")}
SAME = {"skos:exactMatch", "schema:sameAs"}
SKOS = "http://www.w3.org/2004/02/skos/core#"

# Links that look right and are not: a row for each must say so.
PITFALLS = [
    ("topic/smuggling-of-migrants", "skos:exactMatch", "unbis:1006622"),
    ("topic/migrant-workers", "skos:exactMatch", "wikidata:Q644903"),
    ("topic/social-security", "skos:exactMatch", "wikidata:Q368468"),
    ("topic/human-rights", "skos:exactMatch", "unbis:140202"),
    ("topic/consular-law", "skos:exactMatch", "eurovoc:5670"),
    ("topic/labour-rights", "skos:exactMatch", "eurovoc:4551"),
    ("topic/labour-rights", "skos:exactMatch", "unbis:1004414"),
    ("body/paho", "schema:sameAs", "ror:008kev776"),
    ("body/eclac", "schema:sameAs", "eurovoc:8386"),
    ("body/ilo", "schema:sameAs", "fast:535312"),
    ("body/iom", "schema:sameAs", "wikidata:Q1143710"),
    ("instrument/icrmw-1990", "schema:sameAs", "fast:1756660"),
    ("instrument/icrmw-1990", "schema:sameAs", "fast:1390392"),
    ("instrument/icrmw-1990", "schema:sameAs", "fast:1394253"),
    ("place/cartagena", "schema:sameAs", "gn:2520058/"),
    ("place/cartagena", "schema:sameAs", "gn:3896433/"),
    ("place/cartagena", "schema:sameAs", "gn:1718247/"),
    ("place/miami", "schema:sameAs", "gn:7932257/"),
    ("place/port-of-spain", "schema:sameAs", "eurovoc:863"),
    ("place/port-of-spain", "schema:sameAs", "unbis:1006112"),
    ("place/quebec-city", "schema:sameAs", "eurovoc:5100"),
    ("place/nuevo-leon", "schema:sameAs", "eurovoc:3382"),
    ("place/los-angeles", "schema:sameAs", "eurovoc:367"),
    ("place/mar-del-plata", "schema:sameAs", "unbis:1003962"),
]


class Row(NamedTuple):
    """A row with the set that it stands in."""

    file: MappingSet
    row: TermMapping

    @property
    def kind(self) -> str:
        return self.row.subject.partition("/")[0]

    @property
    def triple(self) -> tuple[str, str, str]:
        return self.row.subject, self.row.predicate, self.row.object


def _rows(sets: tuple[MappingSet, ...]) -> list[Row]:
    return [Row(each, row) for each in sets for row in each.mappings]


PUBLISHED = read_sets(LINKS)
OPEN = read_sets(LINKS / "open")
ALL = _rows(PUBLISHED + OPEN)
ASSERTED = [each for each in _rows(PUBLISHED) if each.row.asserted]
REJECTED = [each for each in _rows(PUBLISHED) if each.row.rejected]
MISSING = [each for each in _rows(PUBLISHED) if each.row.not_found]


def test_there_is_a_set_for_every_target() -> None:
    published = {each.target for each in PUBLISHED}
    assert {each.target for each in OPEN} - published == {"dbpedia"}
    assert published | {"dbpedia"} == set(TARGETS)


@pytest.mark.parametrize("each", PUBLISHED + OPEN, ids=lambda each: str(each.header["mapping_set_id"]))
def test_a_set_says_what_it_is_and_has_its_rows_in_order(each: MappingSet) -> None:
    assert each.header["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", each.header["mapping_set_version"])
    assert each.header["mapping_set_id"].startswith("https://w3id.org/mandate-graph/links/")
    assert each.header["mapping_set_title"].endswith(TARGETS[each.target]["label_en"])
    assert each.header["object_source"].startswith("http")
    keys = [(row["subject_id"], row.predicate, row.object) for row in each.mappings]
    assert keys == sorted(keys)
    used = {
        row[column].partition(":")[0]
        for row in each.mappings
        for column in ("subject_id", "predicate_id", "object_id", "mapping_justification", "object_match_field")
        if row[column]
    }
    assert used == set(each.prefixes)


@pytest.mark.parametrize("each", PUBLISHED, ids=lambda each: str(each.target))
def test_a_set_is_written_as_it_is_read(each: MappingSet) -> None:
    text = set_text(each.header, each.prefixes, each.mappings, each.columns)
    assert text == (LINKS / each.name).read_text(encoding="utf-8")


def test_every_subject_is_a_thing_of_ours_with_its_own_name(authorities: Authorities) -> None:
    for each in ALL:
        entity = authorities[TABLES[each.kind]][each.row.subject.partition("/")[2]]
        assert each.row["subject_label"] == entity.cells["label_en"], each.triple


def test_every_object_is_of_its_target() -> None:
    for each in ALL:
        if not each.row.not_found:
            target = TARGETS[each.file.target]
            prefix, _, local = each.row.object.partition(":")
            assert prefix == target["prefix"], each.triple
            assert re.fullmatch(target["pattern"], local), each.triple
            assert each.file.prefixes[prefix].endswith(target["iri"]), each.triple


def test_concepts_match_and_things_are_the_same() -> None:
    for each in ALL:
        allowed = RELATIONS if each.kind in CONCEPTS else {"schema:sameAs", "rdfs:seeAlso"}
        assert each.row.predicate in allowed, each.triple
        if each.row.object.startswith("sdg:") and each.kind == "topic":
            assert each.row.predicate == "skos:relatedMatch", "a target is a commitment, not a topic"


def test_a_pair_is_said_once() -> None:
    for sets in (PUBLISHED, OPEN):
        pairs = Counter(each.row.pair for each in _rows(sets) if each.row.asserted)
        assert [pair for pair, times in pairs.items() if times > 1] == []
    said = {each.triple for each in ASSERTED}
    assert said.isdisjoint(each.triple for each in REJECTED)
    assert said.isdisjoint(each.triple for each in _rows(OPEN))
    assert len({each.triple for each in REJECTED}) == len(REJECTED)


def test_one_equal_term_a_scheme_and_side() -> None:
    ours: dict[tuple[str, str], set[str]] = defaultdict(set)
    theirs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in ASSERTED:
        if each.row.predicate in SAME:
            ours[each.row.subject, each.file.target].add(each.row.object)
            theirs[each.kind, each.row.object].add(each.row.subject)
    assert {key: found for key, found in (*ours.items(), *theirs.items()) if len(found) > 1} == {}


def test_a_theme_that_is_a_topic_is_linked_as_it_is() -> None:
    """Who asks for links of themes gets those of the themes that are topics, too."""
    equal: dict[str, set[str]] = defaultdict(set)
    for each in ASSERTED:
        if each.row.predicate == "skos:exactMatch":
            equal[each.row.subject].add(each.row.object)
    topics = {
        each.row.subject: each.row.object.partition(":")[2]
        for each in ASSERTED
        if each.file.target == "topics" and each.row.predicate == "skos:exactMatch"
    }
    assert topics
    for theme, topic in topics.items():
        assert equal[theme] - {f"mgid:{topic}"} == equal[topic], theme


def test_what_was_looked_for_and_not_found_is_not_asserted() -> None:
    found = {(each.row.subject, each.file.target) for each in ASSERTED}
    assert found.isdisjoint((each.row.subject, each.file.target) for each in MISSING)
    assert all(each.row["comment"].startswith("looked for on ") for each in MISSING)


def test_every_summit_was_looked_for(authorities: Authorities) -> None:
    known = {each.row.subject for each in (*ASSERTED, *MISSING) if each.file.target == "wikidata"}
    assert {f"summit/{key}" for key in authorities["summits"]} <= known


def test_every_row_says_who_when_and_whence() -> None:
    for each in ALL:
        row = each.row
        assert row["author_label"] or row["author_id"], each.triple
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["mapping_date"])
        assert row["mapping_justification"].startswith("semapv:")
        assert bool(row["review_date"]) == row.reviewed, each.triple
        if not row.not_found:
            assert 0 < float(row["confidence"]) <= 1, each.triple
    for each in ASSERTED:
        whence = "seen in " in each.row["comment"] or each.file.target == "topics"
        assert whence, each.triple
        assert each.row["object_source_version"] or each.file.header.get("object_source_version"), each.triple
    for each in _rows(OPEN):
        # a proposal of the program has its score and its evidence in other columns
        assert each.row["comment"].startswith("open: ") or each.row["mapping_tool"], each.triple


def test_labels_that_may_not_be_repeated_are_not() -> None:
    silent = {key for key, target in TARGETS.items() if target["labels"] == "no"}
    assert silent == {"unbis"}
    assert [each.triple for each in ALL if each.file.target in silent and each.row["object_label"]] == []


def test_links_that_look_right_are_rejected() -> None:
    assert [each for each in PITFALLS if each not in {row.triple for row in REJECTED}] == []
    assert [each for each in PITFALLS if each in {row.triple for row in ASSERTED}] == []
    for each in ASSERTED:
        if each.file.target == "unbis":
            assert len(each.row.object.removeprefix("unbis:")) == 7, "an id of six digits is a category"


def test_every_state_has_its_six_ids(authorities: Authorities) -> None:
    known = {(each.row.subject, each.file.target) for each in ASSERTED if each.row.predicate == "schema:sameAs"}
    for key, entity in authorities["countries"].items():
        for target in ("wikidata", "geonames", "un-m49", "eurovoc", "unbis", "eu-country"):
            assert (f"country/{key}", target) in known
        codes = {each.row.object for each in ASSERTED if each.row.subject == f"country/{key}"}
        assert {f"geoarea:{entity.cells['m49']}", f"eucountry:{entity.cells['iso3']}"} <= codes


def test_every_host_city_has_its_ids(authorities: Authorities) -> None:
    known = {(each.row.subject, each.file.target) for each in ASSERTED}
    for entity in authorities["summits"].values():
        assert {(f"place/{entity.cells['place']}", target) for target in ("wikidata", "geonames")} <= known


# The real vocabularies, each read once.

Terms = Mapping[str, Mapping[str, list[tuple[str, str]]]]


def _vocabulary(file: str, base: str) -> Terms:
    """What SKOS says of each term: property to values with their language, or "" for an IRI."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, thing, *_ in parse_triples((skos_folder() / file).read_bytes(), ".ttl", base):
        if predicate.startswith(f"<{SKOS}"):
            _, value, language, _ = unquote(thing)
            found[subject[1:-1]][predicate[1 + len(SKOS) : -1]].append((value, language))
    return found


@pytest.fixture(scope="module")
def stw() -> Terms:
    return _vocabulary("stw-9.06.ttl", "http://zbw.eu/stw/")


@pytest.fixture(scope="module")
def sdg() -> Terms:
    return _vocabulary("un-sdg-kos.ttl", "http://metadata.un.org/sdg/")


@pytest.fixture(scope="module")
def areas() -> Terms:
    return _vocabulary("un-m49-geoareas.ttl", "http://metadata.un.org/sdg/codes/")


def _in(target: str) -> Iterator[tuple[TermMapping, str]]:
    """The rows of a target, published and open, with the IRIs of their terms."""
    for each in ALL:
        if each.file.target == target and not each.row.not_found:
            yield each.row, each.file.expand(each.row.object)


@pytest.mark.parametrize(("target", "vocabulary"), [("stw", "stw"), ("un-sdg", "sdg"), ("un-m49", "areas")])
def test_terms_and_labels_are_those_of_the_vocabulary(
    target: str, vocabulary: str, request: pytest.FixtureRequest
) -> None:
    terms: Terms = request.getfixturevalue(vocabulary)
    rows = list(_in(target))
    assert len(rows) > 30
    for row, iri in rows:
        labels = [value.strip() for value, language in terms[iri]["prefLabel"] if language == "en"]
        # the UN's file has two English names for target 12.3, of which one is a fragment
        assert max(labels, key=len) == row["object_label"], row.pair


def test_an_equal_descriptor_has_no_name_of_another_topic(stw: Terms, authorities: Authorities) -> None:
    names = {
        name.strip().casefold(): f"topic/{key}"
        for key, entity in authorities["topics"].items()
        for name in (entity.cells["label_en"], *entity.cells["alt_en"].split("|"))
        if name.strip()
    }
    for row, iri in _in("stw"):
        if row.predicate == "skos:exactMatch" and row.subject.startswith("topic/"):
            theirs = {value.casefold() for value, language in stw[iri]["altLabel"] if language == "en"}
            assert {names[name] for name in theirs & names.keys()} <= {row.subject}, row.pair


def test_the_words_that_justify_a_target_stand_in_its_text(sdg: Terms) -> None:
    related = [(row, iri) for row, iri in _in("un-sdg") if row.predicate == "skos:relatedMatch" and row["match_string"]]
    published = [each for each in ASSERTED if each.file.target == "un-sdg" and each.kind == "topic"]
    assert len(related) == len(published) > 40
    for row, iri in related:
        assert row["object_match_field"] == "skos:prefLabel"
        text = max((value for value, language in sdg[iri]["prefLabel"] if language == "en"), key=len)
        assert re.search(rf"\b{re.escape(row['match_string'])}\b", text), row.pair


def test_our_goals_and_targets_are_the_ones_of_the_un(sdg: Terms, authorities: Authorities) -> None:
    ours = {row.subject: (row, iri) for row, iri in _in("un-sdg") if row.predicate == "skos:exactMatch"}
    for key, entity in authorities["sdg"].items():
        if entity.cells["notation"]:
            row, iri = ours.pop(f"sdg/{key}")
            assert row["match_string"] == entity.cells["notation"]
            assert entity.cells["notation"] in {value for value, _ in sdg[iri]["notation"]}
    assert ours == {}
    goals = {f"http://www.wikidata.org/entity/{row.object[9:]}": row.subject for row, _ in _in("wikidata")}
    numbered = {f"http://metadata.un.org/sdg/{number}": f"sdg/{number}" for number in range(1, 18)}
    for goal, subject in numbered.items():
        same = {value for value, _ in sdg[goal]["exactMatch"] if "wikidata" in value}
        assert {goals[value] for value in same} == {subject}


def test_the_areas_of_the_un_agree_with_our_ids_of_states(areas: Terms) -> None:
    def ours(target: str) -> dict[str, str]:
        return {row.subject: iri for row, iri in _in(target) if row.subject.startswith("country/")}

    wikidata, geonames = ours("wikidata"), ours("geonames")
    for subject, area in ours("un-m49").items():
        # the UN names the pages of GeoNames, not its things: the numbers are the same
        same = {re.sub(r"\D*(\d+)/?$", r"\1", value) for value, _ in areas[area]["exactMatch"]}
        assert same == {re.sub(r"\D*(\d+)/?$", r"\1", value) for value in (wikidata[subject], geonames[subject])}
    assert len(wikidata) == len(geonames) == 35
