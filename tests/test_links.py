"""Link sets: files that come back as they went, a lint that refuses planted faults, and the graph that is made of them."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.cli import main
from mandate_graph.errors import BadLinks, BadTable
from mandate_graph.house import House
from mandate_graph.sssom import (
    COLUMNS,
    RELATIONS,
    Links,
    MappingSet,
    TermMapping,
    counted_links,
    faults,
    faults_of_open,
    load_links,
    merged_text,
    read_set,
    read_sets,
    set_text,
)
from mandate_graph.sssom.relations import IDENTITY

LINKS = ROOT / "sources" / "links"
SKOS = rdflib.Namespace("http://www.w3.org/2004/02/skos/core#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
DQV = rdflib.Namespace("http://www.w3.org/ns/dqv#")
SSSOM = rdflib.Namespace("https://w3id.org/sssom/")
SCHEMA = rdflib.Namespace("https://schema.org/")
BASE = "https://w3id.org/mandate-graph/"

HEADER = {
    "mapping_set_id": "https://example.org/links/stw",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
}
PREFIXES = {
    "mgid": f"{BASE}id/",
    "rdfs": str(rdflib.RDFS),
    "schema": str(SCHEMA),
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": str(SKOS),
    "stw": "http://zbw.eu/stw/descriptor/",
}
ROW = {
    "subject_id": "mgid:topic/remittances",
    "predicate_id": "skos:exactMatch",
    "object_id": "stw:19360-3",
    "object_label": "Remittances",
    "mapping_justification": "semapv:LexicalMatching",
    "author_label": "A. Reader",
    "mapping_date": "2026-11-21",
    "confidence": "0.98",
    "match_string": "remittance",
}


@pytest.fixture(scope="module")
def authorities() -> Authorities:
    return load_authorities(ROOT / "sources" / "authorities")


@pytest.fixture(scope="module")
def ours(authorities: Authorities) -> Links:
    return load_links(LINKS, authorities)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, rdflib.Dataset]:
    out = tmp_path_factory.mktemp("links") / "build"
    mg.build(out=out, house=ROOT, turtle=False, jsonld=False, store=False)
    data = rdflib.Dataset(default_union=True)
    data.parse(out / "mandates.nq", format="nquads")
    return out, data


def a_set(*rows: dict[str, str], name: str = "stw.sssom.tsv", **header: str) -> MappingSet:
    mappings = tuple(
        TermMapping({key: text for key, text in {**ROW, **row}.items() if text}, line)
        for line, row in enumerate(rows, 2)
    )
    return MappingSet(name, {**HEADER, **header}, PREFIXES, mappings)


def problems(authorities: Authorities, *sets: MappingSet) -> list[str]:
    return [fault.problem for fault in faults(sets, authorities)]


# --- files


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12).map(str.strip)


@given(rows=st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELLS.filter(bool), min_size=1), max_size=6))
def test_rows_come_back_as_they_went(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("set") / "x.sssom.tsv"
    mappings = [TermMapping(row) for row in rows]
    path.write_text(set_text(HEADER, PREFIXES, mappings), encoding="utf-8")
    read = read_set(path)
    assert [dict(row.cells) for row in read.mappings] == rows
    assert (dict(read.header), dict(read.prefixes)) == (HEADER, PREFIXES)


@given(header=st.dictionaries(st.sampled_from(("comment", "mapping_set_title", "license")), CELLS.filter(bool)))
def test_a_header_comes_back_as_it_went(header: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("set") / "x.sssom.tsv"
    path.write_text(set_text(header, PREFIXES, []), encoding="utf-8")
    assert dict(read_set(path).header) == header


def test_our_files_are_written_as_they_stand(ours: Links) -> None:
    """A set that a program writes again differs in nothing that a person would have to read."""
    for each in (*ours.sets, *ours.waiting):
        folder = LINKS if each in ours.sets else LINKS / "open"
        text = set_text(each.header, each.prefixes, each.mappings, each.columns)
        assert text == (folder / each.name).read_text(encoding="utf-8"), each.name


def test_what_a_spreadsheet_makes_of_a_set_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    text = set_text(HEADER, PREFIXES, [TermMapping({**ROW, "comment": 'said "so"'})])
    lines = text.replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + lines.encode())
    assert read_set(path).mappings[0]["comment"] == 'said "so"'
    header = "".join(
        line + "\t\t\r\n" for line in lines.split("\r\n") if line.startswith("#")
    )  # cells of empty columns
    path.write_text(
        header + "".join(line + "\r\n" for line in lines.split("\r\n") if line and line[0] != "#"), newline=""
    )
    assert read_set(path).prefixes == PREFIXES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"#nonsense\nsubject_id\n", "header line 'nonsense'"),
        (b"subject_id\tsubject_id\n", "two columns have one name"),
        (b"subject_id\na\tb\n", "2 cells, but the table has 1 columns"),
        (b'subject_id\n"a\n', "unexpected end of data"),
    ],
)
def test_a_file_that_is_no_set_is_one_line(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_bytes(text)
    with pytest.raises(BadTable, match=message.replace("(", r"\(")) as caught:
        read_set(path)
    assert str(caught.value).startswith("x.sssom.tsv")
    assert "\n" not in str(caught.value)


# --- the lint


def test_our_sets_may_be_published(ours: Links, authorities: Authorities) -> None:
    assert faults(ours.sets, authorities) == []
    assert faults_of_open(ours.waiting, authorities) == []
    assert len(ours.sets) > 10


def test_a_good_row_has_no_fault(authorities: Authorities) -> None:
    assert problems(authorities, a_set({})) == []


PLANTED: dict[str, tuple[dict[str, str], str]] = {
    "no justification": ({"mapping_justification": ""}, "no mapping_justification"),
    "misspelt justification": (
        {"mapping_justification": "semapv:Lexical"},
        "justification 'semapv:Lexical' is none of",
    ),
    "misspelt predicate": ({"predicate_id": "skos:exact_Match"}, "predicate 'skos:exact_Match' is none of"),
    "owl identity": ({"predicate_id": "owl:sameAs"}, "predicate 'owl:sameAs' is none of"),
    "unknown subject": ({"subject_id": "mgid:topic/moonshine"}, "no row in the tables"),
    "unknown kind": ({"subject_id": "mgid:moon/shine"}, "of no kind that is linked"),
    "foreign subject": ({"subject_id": "stw:1"}, "none of ours"),
    "identity of a concept": ({"predicate_id": "schema:sameAs"}, "a concept, which takes SKOS matches"),
    "match of a thing": ({"subject_id": "mgid:body/iom"}, "no concept, and takes no SKOS match"),
    "other vocabulary": ({"object_id": "skos:Concept"}, "is no term of"),
    "no prefix": ({"object_id": "wikidata:Q1"}, "a prefix that the curie_map does not declare"),
    "not an id of it": ({"object_id": "stw:remittances"}, "is not like the terms of"),
    "blank in an id": ({"object_id": "stw:193 60"}, "no IRI may hold"),
    "confidence over one": ({"confidence": "1.7"}, "no number from 0 to 1"),
    "confidence is words": ({"confidence": "high"}, "no number from 0 to 1"),
    "no confidence": ({"confidence": ""}, "no confidence"),
    "no author": ({"author_label": ""}, "does not say who made it"),
    "no date": ({"mapping_date": ""}, "no mapping_date"),
    "no such day": ({"mapping_date": "2026-02-30"}, "is not a day"),
    "a reviewer without a day": ({"reviewer_label": "B. Reader"}, "both a name"),
    "a day without a reviewer": ({"review_date": "2026-11-22"}, "both a name"),
    "reviewed before": ({"reviewer_label": "B", "review_date": "2026-11-20"}, "before it was made"),
    "other modifier": ({"predicate_modifier": "not"}, "must be Not, or empty"),
    "rejected without a word": ({"predicate_modifier": "Not"}, "must say why"),
    "related without words": ({"predicate_id": "skos:relatedMatch", "match_string": ""}, "by which words"),
    "stale label": ({"subject_label": "moonshine"}, "no label of topic/remittances"),
    "the name of another": ({"object_label": "Human rights"}, "which is topic/human-rights, and no name of"),
    "found by no name": (
        {"match_string": ""},
        "called 'Remittances', which is no name of topic/remittances, and no match",
    ),
    "found by another name": ({"match_string": "Moonshine"}, "no match_string is one"),
    "the same under another name": (
        {"mapping_justification": "semapv:ManualMappingCuration"},
        "must say why it is the",
    ),
    "nothing, with a label": ({"object_id": "sssom:NoTermFound"}, "can neither be rejected nor name a label"),
    "itself": ({"object_id": "mgid:topic/remittances"}, "linked to itself"),
    "one of ours in a foreign set": ({"object_id": "mgid:topic/poverty"}, "is ours, and no term of"),
    "no such topic": ({"object_id": "mgid:topic/moonshine"}, "has no row in the tables"),
}


@pytest.mark.parametrize("what", sorted(PLANTED))
def test_a_planted_fault_is_refused(authorities: Authorities, what: str) -> None:
    change, message = PLANTED[what]
    found = problems(authorities, a_set(change))
    assert any(message in problem for problem in found), found


PAIRS: dict[str, tuple[list[dict[str, str]], str]] = {
    "twice": ([{}, {}], "stands at stw.sssom.tsv, line 2 already"),
    "two exact matches": ([{}, {"object_id": "stw:10037-3"}], "is the same as stw:19360-3 already"),
    "two things of one term": ([{}, {"subject_id": "mgid:topic/poverty"}], "is the same as topic/remittances already"),
    "two relations": ([{}, {"predicate_id": "skos:closeMatch"}], "one pair has one relation"),
    "holds and is rejected": ([{}, {"predicate_modifier": "Not", "comment": "no"}], "stands at"),
    "what follows is rejected": (
        [{}, {"predicate_id": "skos:closeMatch", "predicate_modifier": "Not", "comment": "no"}],
        "was rejected at",
    ),
    "two labels": (
        [{}, {"subject_id": "mgid:topic/poverty", "predicate_id": "skos:closeMatch", "object_label": "Poverty"}],
        "one term has one label",
    ),
    "found and not found": ([{}, {"object_id": "sssom:NoTermFound", "object_label": ""}], "and none at"),
}


@pytest.mark.parametrize("what", sorted(PAIRS))
def test_rows_that_forbid_each_other_are_refused(authorities: Authorities, what: str) -> None:
    rows, message = PAIRS[what]
    found = problems(authorities, a_set(*rows))
    assert any(message in problem for problem in found), found
    assert problems(authorities, a_set(*rows[::-1])), "the order of the rows must not matter"


@pytest.mark.parametrize(("name", "kind"), [("un-sdg", "sdg"), ("un-m49", "country"), ("eu-country", "country")])
def test_swapped_rows_are_refused_where_others_use_our_codes(
    ours: Links, authorities: Authorities, name: str, kind: str
) -> None:
    """Wholly, with label and all; two neighbours in each part of the set."""
    (each,) = (one for one in ours.sets if one.target == name)
    same = [row for row in each.mappings if row.subject.startswith(f"{kind}/") and row.predicate in IDENTITY]
    moved = ("object_id", "object_label", "match_string")
    for one, other in itertools.islice(itertools.pairwise(same), 0, None, 11):
        swapped = {
            one.line: one.with_cells(**{cell: other[cell] for cell in moved}),
            other.line: other.with_cells(**{cell: one[cell] for cell in moved}),
        }
        rows = tuple(swapped.get(row.line, row) for row in each.mappings)
        found = {fault.line for fault in faults([replace(each, mappings=rows)], authorities)}
        assert {one.line, other.line} <= found


def test_rows_of_two_sets_are_judged_together(authorities: Authorities) -> None:
    one = a_set({})
    other = a_set({"predicate_modifier": "Not", "comment": "no"}, name="zzz.sssom.tsv")
    assert any("stands at" in problem for problem in problems(authorities, one, other))


def test_rejecting_an_identity_leaves_weaker_relations_free(authorities: Authorities) -> None:
    rows = ({"predicate_modifier": "Not", "comment": "two crimes"}, {"predicate_id": "skos:closeMatch"})
    assert problems(authorities, a_set(*rows)) == []


def test_labels_that_may_not_be_published_are_refused(authorities: Authorities) -> None:
    each = MappingSet(
        "unbis.sssom.tsv", HEADER, {**PREFIXES, "unbis": "http://metadata.un.org/thesaurus/"},
        (TermMapping({**ROW, "object_id": "unbis:1005471"}, 2),),
    )  # fmt: skip
    assert any("may not be published again" in problem for problem in problems(authorities, each))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"license": ""}, "the header lacks license"),
        ({"license": "https://example.org/all-rights-reserved"}, "is none under which links may be published"),
        ({"license": "https://creativecommons.org/licenses/by-nc/4.0/"}, "is none under which links may be published"),
        ({"mapping_set_id": "mine"}, "the header lacks mapping_set_id"),
        ({"licence": "https://example.org/"}, "header line licence is none"),
    ],
)
def test_a_header_that_says_too_little_is_refused(
    authorities: Authorities, change: dict[str, str], message: str
) -> None:
    assert any(message in problem for problem in problems(authorities, a_set({}, **change)))


def test_columns_and_prefixes_are_known_ones(authorities: Authorities) -> None:
    each = a_set({})
    wrong = MappingSet(
        each.name, each.header, {**PREFIXES, "skos": "http://example.org/"}, each.mappings, (*COLUMNS, "colour")
    )
    found = problems(authorities, wrong)
    assert any("the prefix skos must stand for" in problem for problem in found)
    assert any("the column 'colour' is none" in problem for problem in found)
    less = MappingSet(each.name, each.header, PREFIXES, each.mappings, tuple(c for c in COLUMNS if c != "confidence"))
    assert any("the column confidence is missing" in problem for problem in problems(authorities, less))
    nowhere = MappingSet("moon.sssom.tsv", each.header, PREFIXES, each.mappings)
    assert any("no row in targets.csv" in problem for problem in problems(authorities, nowhere))


# --- the build


def house_with(tmp_path: Path, change: str, by: str, name: str = "stw.sssom.tsv") -> Path:
    house = tmp_path / "house"
    for part in ("sources", "ontology", "shapes"):
        shutil.copytree(ROOT / part, house / part)
    path = house / "sources" / "links" / name
    text = path.read_text(encoding="utf-8")
    assert change in text
    path.write_text(text.replace(change, by, 1), encoding="utf-8")
    return house


def test_a_build_with_a_wrong_link_is_refused_and_the_old_one_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = house_with(tmp_path, "mgid:topic/poverty\t", "mgid:topic/moonshine\t")
    out = tmp_path / "build"
    out.mkdir()
    mg.build(out=out, house=ROOT, turtle=False, jsonld=False, store=False)
    before = (out / "SHA256SUMS").read_bytes()
    with pytest.raises(BadLinks, match=r"stw.sssom.tsv, line \d+: the subject 'topic/moonshine' has no row"):
        mg.build(out=out, house=house)
    assert (out / "SHA256SUMS").read_bytes() == before
    assert main(["build", "--house", str(house), "--out", str(out)]) == 1
    assert "moonshine" in capsys.readouterr().err


def test_every_row_that_holds_is_a_triple_and_nothing_else_is(ours: Links, built: tuple[Path, rdflib.Dataset]) -> None:
    _, data = built
    for each in ours.sets:
        graph = data.graph(rdflib.URIRef(f"{BASE}graph/links/{each.target}"))
        want = {
            (f"{BASE}id/{row.subject}", each.expand(row.predicate), each.expand(row.object))
            for row in each.mappings
            if row.asserted
        }
        relations = {each.expand(relation) for relation in RELATIONS if relation.partition(":")[0] in each.prefixes}
        links = {(str(s), str(p), str(o)) for s, p, o in graph if str(p) in relations}
        assert links == want, each.name
        mapped = {
            tuple(
                str(graph.value(node, part)) for part in (rdflib.RDF.subject, rdflib.RDF.predicate, rdflib.RDF.object)
            )
            for node in graph.subjects(rdflib.RDF.type, SSSOM.Mapping)
        }
        assert mapped == want, each.name


def test_void_and_dqv_say_what_a_count_gives(
    ours: Links, authorities: Authorities, built: tuple[Path, rdflib.Dataset]
) -> None:
    _, data = built
    told = 0
    for linkset in data.subjects(rdflib.RDF.type, VOID.Linkset):
        predicate = data.value(linkset, VOID.linkPredicate)
        target = str(data.value(linkset, VOID.objectsTarget)).rpartition("/")[2]
        graph = data.graph(rdflib.URIRef(f"{BASE}graph/links/{target}"))
        count = len(set(graph.triples((None, predicate, None))))
        assert int(str(data.value(linkset, VOID.triples))) == count > 0, linkset
        told += count
    assert told == sum(row.asserted for each in ours.sets for row in each.mappings)
    for one in counted_links(ours, authorities):
        part = f"{BASE}dataset/{mg.__version__}/links/{one.kind}/{one.target}"
        for metric, value in one.figures():
            node = rdflib.URIRef(f"{part}/{metric}")
            assert int(str(data.value(node, DQV.value))) == value, node
            assert data.value(node, DQV.computedOn) == rdflib.URIRef(part)


def test_what_is_not_reviewed_says_so(ours: Links, built: tuple[Path, rdflib.Dataset]) -> None:
    _, data = built
    adms = rdflib.URIRef("http://www.w3.org/ns/adms#status")
    status = Counter(
        str(data.value(node, adms)).rpartition("/")[2] for node in data.subjects(rdflib.RDF.type, SSSOM.Mapping)
    )
    reviewed = sum(row.reviewed for each in ours.sets for row in each.mappings if row.asserted)
    assert status["reviewed"] == reviewed
    assert status["not-reviewed"] == sum(row.asserted for each in ours.sets for row in each.mappings) - reviewed > 0


def test_a_reviewed_link_names_reviewer_and_day(tmp_path: Path) -> None:
    house = tmp_path / "house"
    for part in ("sources", "ontology", "shapes"):
        shutil.copytree(ROOT / part, house / part)
    path = house / "sources" / "links" / "stw.sssom.tsv"
    each = read_set(path)
    first = next(row for row in each.mappings if row.asserted)
    rows = [
        row.with_cells(reviewer_label="B. Reader", review_date="2026-12-01") if row is first else row
        for row in each.mappings
    ]
    path.write_text(set_text(each.header, each.prefixes, rows, each.columns), encoding="utf-8")
    done = mg.build(out=tmp_path / "build", house=house, turtle=False, jsonld=False, store=False)
    rows_of = done.query(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?name ?day { ?m a <https://w3id.org/sssom/Mapping> ; <https://w3id.org/sssom/reviewer_id>/rdfs:label ?name ;"
        " <https://w3id.org/sssom/review_date> ?day }"
    ).rows
    assert [(row["name"], str(row["day"])) for row in rows_of] == [("B. Reader", "2026-12-01")]


def test_the_publisher_has_the_labels_that_it_has(built: tuple[Path, rdflib.Dataset]) -> None:
    """As the author of a set the publisher gets no other label, least of all one without a language."""
    _, data = built
    authors = Counter(data.objects(None, rdflib.PROV.wasAttributedTo))
    (publisher,) = {each for each in data.objects(None, rdflib.DCTERMS.publisher) if each in authors}
    labels = {label.n3() for label in data.objects(publisher, rdflib.RDFS.label)}
    names = House(ROOT).config().publisher_name
    assert labels == {rdflib.Literal(text, language).n3() for language, text in names.items()}


def test_the_set_of_all_links_is_one_and_holds_every_row(ours: Links, built: tuple[Path, rdflib.Dataset]) -> None:
    out, _ = built
    whole = read_set(out / "links.sssom.tsv")
    assert len(whole.mappings) == sum(len(each.mappings) for each in ours.sets)
    assert merged_text(ours.sets, whole.header) == (out / "links.sssom.tsv").read_text(encoding="utf-8")


def test_own_things_stand_below_the_base_of_the_house(tmp_path: Path) -> None:
    house = tmp_path / "house"
    (house / "sources" / "documents").mkdir(parents=True)
    toml = (ROOT / "sources" / "house.toml").read_text(encoding="utf-8").replace(BASE, "https://example.org/")
    (house / "sources" / "house.toml").write_text(toml, encoding="utf-8")
    pages = [ROOT / "sources" / "documents" / "mig.txt"]
    done = mg.build(pages, out=tmp_path / "build", house=house, turtle=False, jsonld=False, store=False)
    lines = (done.folder / "mandates.nq").read_text(encoding="utf-8")
    assert "<https://example.org/graph/links/wikidata>" in lines
    assert f"<{BASE}id/" not in lines


def test_a_house_without_link_sets_has_none(tmp_path: Path) -> None:
    house = tmp_path / "house"
    for part in ("sources/authorities", "sources/documents", "ontology", "shapes"):
        shutil.copytree(ROOT / part, house / part)
    shutil.copy(ROOT / "sources" / "house.toml", house / "sources" / "house.toml")
    done = mg.build(out=tmp_path / "build", house=house, turtle=False, jsonld=False, store=False)
    assert "graph/links/" not in (done.folder / "mandates.nq").read_text(encoding="utf-8")
    assert "No link set" in (done.folder / "links.md").read_text(encoding="utf-8")


def test_sets_are_read_in_the_order_of_their_names() -> None:
    names = [each.name for each in read_sets(LINKS)]
    assert names == sorted(names)


def test_a_house_that_borrows_its_sets_never_writes_into_the_package(tmp_path: Path, cli: Cli) -> None:
    """Proposing and deciding first copy the sets; the build has the same links as before, and the decision."""
    (tmp_path / "sources").mkdir()
    shutil.copy(ROOT / "sources" / "house.toml", tmp_path / "sources")
    before = {path: path.read_bytes() for path in LINKS.rglob("*.tsv")}
    (tmp_path / "voc.ttl").write_text(
        "<http://zbw.eu/stw/descriptor/99999-9> a <http://www.w3.org/2004/02/skos/core#Concept> ;\n"
        ' <http://www.w3.org/2004/02/skos/core#prefLabel> "persons of African descent"@en .\n'
    )
    run = cli("link", "topic", "--file", "voc.ttl", "--target", "stw")
    assert run.returncode == 0, run.stderr
    assert "were copied there" in run.stderr
    own = tmp_path / "sources" / "links"
    assert {path.name for path in own.glob("*.tsv")} == {path.name for path in LINKS.glob("*.tsv")}
    assert "stw:99999-9" in (own / "open" / "stw.sssom.tsv").read_text(encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "mandate_graph", "link", "review", "--by", "A. Reader", "sources/links/open/stw.sssom.tsv"],
        cwd=tmp_path, input="x\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 rejected" in run.stderr, run.stderr
    assert "stw:99999-9" in (own / "stw.sssom.tsv").read_text(encoding="utf-8")
    assert {path: path.read_bytes() for path in LINKS.rglob("*.tsv")} == before


def test_a_part_takes_the_evidence_of_its_links_along(
    tmp_path: Path, built: tuple[Path, rdflib.Dataset], cli: Cli
) -> None:
    """Every link of a part has its mapping, every mapping its set; the figures of the whole stay behind."""
    run = cli("export", "--summit", "2001-quebec", "--out", tmp_path / "part.nt", "--from", built[0])
    assert run.returncode == 0, run.stderr
    part = rdflib.Graph().parse(tmp_path / "part.nt")
    links = {link for relation in (SKOS.exactMatch, SCHEMA.sameAs) for link in part.triples((None, relation, None))}
    ends = (rdflib.RDF.subject, rdflib.RDF.predicate, rdflib.RDF.object)
    mappings = set(part.subjects(rdflib.RDF.type, SSSOM.Mapping))
    assert links
    assert links <= {tuple(part.value(node, end) for end in ends) for node in mappings}
    sets = set(part.subjects(rdflib.RDF.type, SSSOM.MappingSet))
    assert {part.value(node, rdflib.DCTERMS.isPartOf) for node in mappings} <= sets
    assert not list(part.subjects(rdflib.RDF.type, VOID.Linkset))


def test_the_report_says_one_thing_in_every_format(ours: Links, authorities: Authorities, cli: Cli) -> None:
    want = {(one.kind, one.target): dict(one.figures()) for one in counted_links(ours, authorities)}
    told = json.loads(cli("link", "report", "--format", "json", "--house", ROOT).stdout)
    assert {(row.pop("kind"), row.pop("target")): row for row in told} == want
    rows = list(csv.DictReader(io.StringIO(cli("link", "report", "--format", "csv", "--house", ROOT).stdout)))
    assert {(row["kind"], row["target"]): int(row["linked"]) for row in rows} == {
        key: figures["linked"] for key, figures in want.items()
    }
    graph = rdflib.Graph().parse(data=cli("link", "report", "--format", "turtle", "--house", ROOT).stdout)
    assert len(set(graph.subjects(rdflib.RDF.type, DQV.QualityMeasurement))) == sum(map(len, want.values()))
    page = cli("link", "report", "--format", "markdown", "--house", ROOT).stdout
    assert all(f"| {kind} | " in page for kind, _ in want)


@pytest.mark.parametrize("columns", [30, 79, 80, 100, 160])
def test_the_report_shows_every_figure_in_a_terminal_of_any_width(
    ours: Links, authorities: Authorities, cli: Cli, columns: int
) -> None:
    said = cli("link", "report", "--house", ROOT, env={"COLUMNS": str(columns)}).stdout
    assert max(map(len, said.splitlines())) <= columns
    counted = counted_links(ours, authorities)
    if columns < 80:
        last = [line.split()[-1] for line in said.splitlines() if line.startswith("open")]
    else:
        last = [line.split()[-1] for line in said.splitlines() if line.split()[0] in {one.kind for one in counted}]
    assert list(map(int, last)) == [dict(one.figures())["open"] for one in counted]
    assert all(one.target in said.split() for one in counted)
