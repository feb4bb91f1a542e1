"""The citator in the graph: relations, topics, symbols, corrections, kin; and that a new row links everywhere."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import NAMING, ROOT, Cli, page_text
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.dataset import Graph
from mandate_graph.decided import load_corrections
from mandate_graph.engine import parse_quads, unquote
from mandate_graph.errors import BadTable
from mandate_graph.iris import MG
from mandate_graph.resolve import mandate_key
from mandate_graph.resolve.kin import runs

CITO = "http://purl.org/spar/cito/"
BASE = "https://w3id.org/mandate-graph/id/"


def triples(folder: Path) -> set[tuple[str, str, str]]:
    return {
        tuple(unquote(term)[1].removeprefix(BASE) for term in quad[:3])  # type: ignore[misc]
        for quad in parse_quads(folder / "mandates.nq")
    }


def rows_of(dataset: Graph, table: str = "mentions") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(dataset.table(table))))


def header_of(table: Path) -> list[str]:
    return table.read_text(encoding="utf-8").splitlines()[0].split(",")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A house of its own with the packaged tables, and one page."""
    house = tmp_path / "house"
    shutil.copytree(ROOT / "sources" / "authorities", house / "sources" / "authorities")
    shutil.copy(ROOT / "sources" / "house.toml", house / "sources")
    (house / "sources" / "documents").mkdir()
    return house


def build(house: Path, *items: str) -> Graph:
    cited = [f"  1. {item} (Plan of Action Québec, 2001)." for item in items]
    (house / "sources" / "documents" / "harbour.txt").write_text(page_text(*cited), encoding="utf-8")
    mg.build(out=house / "build", house=house)
    return mg.open(house / "build")


def test_how_a_thing_is_named_has_its_own_property_and_cue(bilingual: Path) -> None:
    found = triples(bilingual)
    about = {
        p.removeprefix(CITO).removeprefix(MG): o
        for s, p, o in found
        if s.startswith("mandate/2001") and o.startswith("instrument/")
    }
    assert about["citesForInformation"] == "instrument/udhr-1948"
    assert about["supports"] == "instrument/arms-trade-treaty"
    assert about["extends"] == "instrument/ag-res-2905-xlvii-o-17"
    assert about["callsFor"] == "instrument/draft-adrip"
    cues = {o for s, p, o in found if p == f"{MG}cue"}
    words = {o for s, p, o in found if p == "http://www.w3.org/ns/oa#exact" and s.removesuffix("/quote") in cues}
    assert {"Take note of", "Ratify", "Build on", "Conclude"} <= words


def test_to_ask_for_a_thing_is_not_to_rely_on_it(home: Path) -> None:
    dataset = build(
        home,
        "Adopt the Social Charter of the Americas before the next winter comes.",
        "Implement the Social Charter of the Americas in every school of the coast.",
    )
    found = {(row["quote"], row["relation"]) for row in rows_of(dataset)}
    assert found == {
        ("Social Charter of the Americas", "mg:callsFor"),
        ("Social Charter of the Americas", "mg:reliesOn"),
    }


def test_an_instrument_known_from_its_symbol_says_what_the_symbol_says(bilingual: Path) -> None:
    found = triples(bilingual)
    said = {p.rpartition("#")[2].rpartition("/")[2]: o for s, p, o in found if s == "instrument/ag-res-2905-xlvii-o-17"}
    assert said["creator"] == "body/oasga"
    assert said["session"] == "XLVII-O"
    assert said["date_document"] == "2017"
    assert said["status"] == "kind/status/symbol-only"
    number = ("AG/RES. 2905 (XLVII-O/17)", "identifier/ag-res-2905-xlvii-o-17/AG-RES.-2905-XLVII-O-17")
    assert said["identifier"] in number


def test_topics_index_mandates_and_are_no_references(bilingual: Path, dataset: Graph) -> None:
    about = {(s, o) for s, p, o in triples(bilingual) if p == "https://schema.org/about"}
    assert all(s.startswith("mandate/") and o.startswith("topic/") for s, o in about)
    result = dataset.query("SELECT ?t { ?m <https://schema.org/about> ?t }")
    assert len(result) > 10
    references = {o for s, p, o in triples(bilingual) if p == "http://data.europa.eu/eli/ontology#refers_to"}
    assert not [o for o in references if o.startswith("topic/")]
    assert {row["kind"] for row in rows_of(dataset)} <= {"instrument", "body", "summit", "document", "sdg", "country"}


def test_every_link_leads_to_its_characters(dataset: Graph) -> None:
    """Mandate text and capture, from the table alone."""
    texts = {row.mandate: str(row.text) for row in dataset.query(
        "PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX schema: <https://schema.org/>"
        " SELECT ?mandate ?text { ?mandate eli:is_realized_by ?e . ?e schema:text ?text }"
    )}  # fmt: skip
    captures = {row.capture: str(row.text) for row in dataset.query(
        f"PREFIX schema: <https://schema.org/> SELECT ?capture ?text {{ ?capture a <{MG}Capture> ; schema:text ?text }}"
    )}  # fmt: skip
    rows = rows_of(dataset)
    assert list(rows[0]) == (
        [
            "mandate",
            "start",
            "end",
            "quote",
            "outcome",
            "kind",
            "target",
            "target_label",
            "relation",
            "confidence",
            "rule",
            "capture",
            "capture_start",
        ]
    )
    assert len(rows) > 25
    for row in rows:
        start, end = int(row["start"]), int(row["end"])
        assert texts[row["mandate"]][start:end] == row["quote"]
        place = int(row["capture_start"])
        printed = captures[row["capture"]][place:].split()
        assert printed[0].startswith(row["quote"].split()[0])
        assert bool(row["target"]) == (row["outcome"] == "resolved") == bool(row["target_label"])


def test_one_changed_letter_under_a_quote_breaks_a_promise(built: Path, tmp_path: Path, cli: Cli) -> None:
    text = (built / "mandates.nq").read_text(encoding="utf-8")
    for property_ in ("https://schema.org/text>", "oa#exact>", "ns#quote>"):
        lines = text.splitlines()
        place = next(
            n for n, line in enumerate(lines) if property_ in line and "1963 Vienna Convention on Consular" in line
        )
        lines[place] = lines[place].replace("1963 Vienna", "1963 Vjenna")
        damaged = tmp_path / "damaged.nq"
        damaged.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run = cli("validate", damaged)
        assert run.returncode == 1, property_
        assert "holds other characters" in run.stdout


def test_a_page_that_was_changed_after_the_build_is_found(home: Path, cli: Cli) -> None:
    build(home, NAMING[0])
    assert cli("validate", home / "build", "--house", home).returncode == 0
    page = home / "sources" / "documents" / "harbour.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("Universal", "Universol"), encoding="utf-8")
    run = cli("validate", home / "build", "--house", home)
    assert run.returncode == 1
    assert "(harbour.txt): The file of this page was changed after the build" in run.stdout
    # the same build, elsewhere: nobody knows its sources
    assert cli("validate", home / "build").returncode == 0


def test_one_symbol_is_one_instrument_with_and_without_its_session(home: Path) -> None:
    dataset = build(
        home,
        "Read resolution AG/RES. 2905 on the pier and S/RES/1325 in the harbour.",
        "Read resolution AG/RES. 2905 (XLVII-O/17) at sea, and ag/res. 2905 (xlvii-o/17), and S/RES/1325 (2000).",
        "Read resolution AG/RES. 2253 in the boat.",
    )
    found = {row["target"].removeprefix(f"{BASE}instrument/") for row in rows_of(dataset)}
    assert found == {"ag-res-2905-xlvii-o-17", "unsc-s-res-1325", "ag-res-2253-xxxvi-o-06"}
    labels = {o for s, p, o in triples(home / "build") if s == "instrument/unsc-s-res-1325" and p.endswith("#label")}
    assert labels == {
        "UN Security Council resolution S/RES/1325 (2000)",
        "Resolución S/RES/1325 (2000) del Consejo de Seguridad de las Naciones Unidas",
    }


def test_a_treaty_added_as_a_row_is_linked_everywhere(home: Path) -> None:
    items = (
        "We uphold the Harbour Convention on Safe Anchors.",
        "Ratify the Harbor Conventions on Safe Anchors (HCSA).",
    )
    before = build(home, *items)
    assert {row["outcome"] for row in rows_of(before)} == {"unresolved"}
    assert not any(each.target for each in mg.cite(items[0], house=home))
    table = home / "sources" / "authorities" / "instruments.csv"
    header = header_of(table)
    row = dict.fromkeys(header, "") | {
        "key": "hcsa-1999", "kind": "treaty", "date": "1999", "label_en": "Harbour Convention on Safe Anchors",
    }  # fmt: skip
    with table.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row)
    after = rows_of(build(home, *items))
    assert [(row["target"].removeprefix(BASE), row["outcome"]) for row in after] == [
        ("instrument/hcsa-1999", "resolved")
    ] * 2
    named = mg.cite("The 1999 Harbour Convention on Safe Anchors stands.", house=home)
    assert [(each.quote, each.target_label) for each in named] == [
        ("1999 Harbour Convention on Safe Anchors", "Harbour Convention on Safe Anchors")
    ]


def test_a_summit_called_by_its_place_links_its_documents_too(home: Path) -> None:
    """A Summit, its place and its document are rows; no Python knows them."""
    tables = home / "sources" / "authorities"
    additions = {
        "places": {"key": "harbour-town", "country": "do", "label_en": "Harbour Town"},
        "summits": {
            "key": "2031-harbour-town", "series": "summits-of-the-americas", "ordinal": "XI", "place": "harbour-town",
            "start": "2031-05-01", "end": "2031-05-02", "label_en": "Eleventh Summit of the Americas",
            "short_en": "Harbour Town",
        },
        "documents": {
            "key": "2031-harbour-town-declaration", "summit": "2031-harbour-town", "kind": "declaration",
            "place": "harbour-town", "label_en": "Declaration of Harbour Town",
        },
    }  # fmt: skip
    for table, cells in additions.items():
        path = tables / f"{table}.csv"
        header = header_of(path)
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, header, lineterminator="\n").writerow(dict.fromkeys(header, "") | cells)
    text = "We reaffirm the Harbour Town Declaration, the XI Summit, and the Santiago and Harbour Town Summits."
    assert [(each.quote, each.target and each.target.removeprefix(BASE)) for each in mg.cite(text, house=home)] == [
        ("Harbour Town Declaration", "document/2031-harbour-town-declaration"),
        ("XI Summit", "summit/2031-harbour-town"),
        ("Santiago and Harbour Town Summits", "summit/1998-santiago"),
        ("Santiago and Harbour Town Summits", "summit/2031-harbour-town"),
    ]


def test_promises_lead_to_the_summits_and_documents_that_they_reaffirm(dataset: Graph, home: Path) -> None:
    found = {(row["quote"], row["relation"], row["target"].removeprefix(BASE)) for row in rows_of(dataset)}
    assert ("Santiago Summit", "cito:confirms", "summit/1998-santiago") in found
    found = {
        (row["quote"], row["relation"], row["target"].removeprefix(BASE))
        for row in rows_of(build(home, "Reaffirm the Santiago Plan of Action and the Lima Commitment."))
    }
    assert found == {
        ("Santiago Plan of Action", "cito:confirms", "document/1998-santiago-plan-of-action"),
        ("Lima Commitment", "cito:confirms", "document/2018-lima-commitment"),
    }


def test_kindred_promises_are_claimed_and_never_merged(dataset: Graph) -> None:
    result = dataset.query(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
        f"SELECT ?one ?other ?similarity ?difference {{ ?claim a <{MG}Claim> ; rdf:predicate <{MG}kindredTo> ;"
        f" rdf:subject ?one ; rdf:object ?other ; <{MG}similarity> ?similarity ; <{MG}difference> ?difference }}"
    )
    pairs = {(str(row.one).split("/")[-2], str(row.other).split("/")[-2]): row for row in result}
    smuggling = pairs["2012-cartagena-mandates", "2015-panama-mandates-for-action"]
    assert 0.4 < float(smuggling.similarity) < 0.6
    assert "[-our efforts-] {+programs+}" in str(smuggling.difference)
    assert len(result) == 3
    one_way = dataset.query(f"SELECT ?a {{ ?a <{MG}kindredTo> ?b . FILTER NOT EXISTS {{ ?b <{MG}kindredTo> ?a }} }}")
    assert len(one_way) == 0


def test_runs_of_three_words() -> None:
    assert runs("Promote, the SEA-side walks!") == {"promote the seaside", "the seaside walks"}
    assert runs("Two words") == frozenset()


def correct(home: Path, *rows: str) -> None:
    path = home / "sources" / "corrections.csv"
    path.write_text("\n".join(("mandate,quote,nth,decision,target,by,date,note", *rows)) + "\n", encoding="utf-8")


ITEM = "Observe the Convention against Corruption, the OAS Charter and the Santiago and Lima Summits."
KEY = mandate_key("2001-quebec-plan-of-action", "en", ITEM)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "accept,instrument/uncac-2003",
            ("Convention against Corruption", "resolved", "instrument/uncac-2003", "person"),
        ),
        (
            "retarget,instrument/iacac-1996",
            ("Convention against Corruption", "resolved", "instrument/iacac-1996", "person"),
        ),
        ("reject,", None),
        ("reject,instrument/uncac-2003", ("Convention against Corruption", "ambiguous", "", "shared-name")),
    ],
)
def test_a_persons_word_wins(home: Path, row: str, expected: tuple[str, ...] | None) -> None:
    decision, target = row.split(",")
    correct(home, f'{KEY},Convention against Corruption,,{decision},{target},"Ana Reader",2026-11-24,')
    dataset = build(home, ITEM)
    rows = [row for row in rows_of(dataset) if "Corruption" in row["quote"]]
    found = [(r["quote"], r["outcome"], r["target"].removeprefix(BASE), r["rule"]) for r in rows]
    assert found == ([expected] if expected else [])
    curated = triples(home / "build")
    assert any(o == f"kind/decision/{decision}" for _, _, o in curated)
    if expected and expected[-1] == "person":
        assert rows[0]["confidence"] == "1"
        decided = {o for s, p, o in curated if s.startswith("mention/") and p.endswith("wasGeneratedBy")}
        assert {(s, o) for s, p, o in curated if p.endswith("#quote") and s in decided} == {
            (key, "Convention against Corruption") for key in decided
        }
        assert len(decided) == 1
        attributed = {s for s, p, o in curated if p.endswith("wasAttributedTo") and o == "agent/ana-reader"}
        assert len(attributed) == 1
    # the rest of the text is untouched
    assert {row["quote"] for row in rows_of(dataset)} >= {"OAS Charter", "Santiago and Lima Summits"}


def test_one_of_two_things_in_a_phrase_can_be_rejected(home: Path) -> None:
    correct(home, f"{BASE}mandate/{KEY},Santiago and Lima Summits,1,reject,{BASE}summit/2018-lima,A,,")
    rows = [row for row in rows_of(build(home, ITEM)) if "Summits" in row["quote"]]
    assert [row["target"].removeprefix(BASE) for row in rows] == ["summit/1998-santiago"]


def test_words_that_no_rule_found_can_be_linked_and_keep_how_they_are_named(home: Path) -> None:
    correct(
        home,
        f"{KEY},Observe,1,accept,instrument/untoc-2000,A,,",
        f"{KEY},Charter,,retarget,instrument/un-charter-1945,A,,",
    )
    rows = {row["quote"]: row for row in rows_of(build(home, ITEM))}
    assert rows["Observe"]["target"].endswith("instrument/untoc-2000")
    assert rows["Charter"]["target"].endswith("instrument/un-charter-1945")
    assert "OAS Charter" not in rows


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{KEY},no such words,,reject,,A,,", "does not stand in it as a word"),
        (f"{KEY},Corrupt,,reject,,A,,", "does not stand in it as a word"),
        (f"{KEY},Convention against Corruption,7,reject,,A,,", "does not stand in it as a word"),
        (f"{KEY},OAS Charter,,retarget,instrument/nobody-knows,A,,", "which is not known"),
        ("2001-quebec-plan-of-action/000000000000,OAS,,reject,,A,,", "stands in no page of this build"),
    ],
)
def test_a_correction_that_meets_nothing_is_said(home: Path, cli: Cli, row: str, words: str) -> None:
    correct(home, row)
    build(home, ITEM)
    run = cli("build", "--house", home, "--out", home / "build")
    assert words in run.stderr
    assert run.returncode == 0
    assert "corrections.csv" in (home / "build" / "report.md").read_text(encoding="utf-8")
    assert not [s for s, _, _ in triples(home / "build") if s.startswith("decision/")]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((f"{KEY},OAS,,maybe,body/oas,A,,",), "must be accept, reject or retarget"),
        ((f"{KEY},OAS,,accept,,A,,",), "what the words name"),
        ((f"{KEY},OAS,,accept,body/nobody,A,,",), "names nothing"),
        ((f"{KEY},OAS,x,accept,body/oas,A,,",), "not a number"),
        ((f"{KEY},OAS,٣,accept,body/oas,A,,",), "not a number"),
        ((f"{KEY},,,reject,,A,,",), "which words"),
        (("mandate,OAS,,reject,,A,,",), "not the key of a mandate"),
        ((f"{KEY},OAS,,reject,,,,",), "who decided"),
        ((f"{KEY},OAS,,reject,,A,2026-13-01,",), "is not like 2024-05-31"),
        ((f"{KEY},OAS,1,reject,,A,,", f"{KEY},OAS,01,accept,body/oas,A,,"), "another row decides"),
        ((f"{KEY},OAS,,accept,body/oas,A,,", f"{KEY},OAS,,retarget,body/un,A,,"), "another row decides"),
        ((f"{KEY},OAS,,accept,body/oas,A,,", f"{KEY},OAS,,accept,body/oas,B,,"), "another row decides"),
    ],
)
def test_a_bad_correction_names_its_line(
    home: Path, authorities: Authorities, rows: tuple[str, ...], words: str
) -> None:
    correct(home, *rows)
    with pytest.raises(BadTable, match=words) as caught:
        load_corrections(home / "sources" / "corrections.csv", authorities)
    assert caught.value.row == len(rows) + 1


def test_two_accepted_things_in_one_phrase_stand_together(home: Path, authorities: Authorities) -> None:
    correct(
        home, *(f"{KEY},Santiago and Lima Summits,,accept,summit/{key},A,," for key in ("1998-santiago", "2018-lima"))
    )
    assert len(load_corrections(home / "sources" / "corrections.csv", authorities)) == 2
    rows = [row for row in rows_of(build(home, ITEM)) if "Summits" in row["quote"]]
    assert sorted((row["target"].removeprefix(BASE), row["rule"]) for row in rows) == [
        ("summit/1998-santiago", "person"),
        ("summit/2018-lima", "person"),
    ]


def test_the_report_lists_unknown_names_for_a_curator(home: Path) -> None:
    build(home, "Fund the Harbour Convention on Safe Anchors and the Convention against Corruption.", NAMING[2])
    report = (home / "build" / "report.md").read_text(encoding="utf-8")
    assert "## Names that no table knows" in report
    assert "“Harbour Convention on Safe Anchors”: 1" in report
    assert "“Convention against Corruption”: 1 (instrument/iacac-1996, instrument/uncac-2003)" in report
    data = json.loads((home / "build" / "report.json").read_text(encoding="utf-8"))
    assert data["counts"]["known_from_symbol_only"] == 1
    assert data["counts"]["relations"] == {"extends": 1}


BAD_ROWS = [
    ("forms", "en,Zorg Thing,instrument/nope,,name,", "has no row in instruments.csv"),
    ("forms", "en,Zorg Thing,foo/bar,,name,", "has no row in any table"),
    ("forms", "en,{foo} Summit,,,name,", "must have one slot at most"),
    ("forms", "en,{summit} {year},,,name,", "must have one slot at most"),
    ("forms", "en,{summit} Accord,instrument/untoc-2000,,name,", "must be empty or like document/plan-of-action"),
    ("forms", "xx,Zorg,body/oas,,name,", "has no row in languages.csv"),
    ("forms", "en,Zorg,body/oas,body/nope,name,", "has no row in bodies.csv"),
    ("heads", "en,Zorg,foo,", "kind 'foo' is none of"),
    ("cues", "en,zorg,likes,near,body,", "relation 'likes' is none of"),
    ("cues", "en,zorg,supports,far,body,", "reach 'far' is none of"),
    ("cues", "en,zorg,supports,near,thing,", "kinds 'thing' must be of"),
    ("cues", "en,,supports,near,body,", "cue is empty"),
    ("symbols", "ZORG/RES,nope,resolution,,ZORG,{symbol},,", "creator 'nope' has no row"),
    ("symbols", "ZORG/RES,,zorg,,ZORG,{symbol},,", "kind 'zorg' has no row"),
    ("symbols", "AG/RES,,resolution,,OAS,{symbol},,", "stands twice"),
    ("decoys", "en,,", "phrase is empty"),
    ("sdg", "18,7,goals,Goal,,,,,,,,", "stands at 7 too"),
]


@pytest.mark.parametrize(("table", "row", "words"), BAD_ROWS)
def test_a_row_that_breaks_a_rule_is_named(home: Path, table: str, row: str, words: str) -> None:
    path = home / "sources" / "authorities" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join((*lines, row)) + "\n", encoding="utf-8")
    with pytest.raises(BadTable, match=words.replace("(", r"\(").replace("{", r"\{")) as caught:
        load_authorities(home / "sources" / "authorities")
    assert caught.value.table == f"{table}.csv"
    assert caught.value.row == len(lines) + 1


@pytest.mark.parametrize(
    ("table", "key", "cells", "words"),
    [
        ("instruments", "untoc-2000", {"part_of": "untoc-2000"}, "back to untoc-2000"),
        ("instruments", "untoc-2000", {"guarded": "ZORG"}, "is none of the names"),
        ("instruments", "untoc-2000", {"years": "soon"}, "is not a year"),
        ("instruments", "untoc-2000", {"see_also": "javascript:alert(1)"}, "is no http"),
        ("instruments", "untoc-2000", {"identifiers": "foo"}, "is not like"),
        ("instruments", "untoc-2000", {"identifiers": "OAS Treaties=B-32"}, "stands at achr-1969 too"),
        ("instruments", "untoc-2000", {"label_en": "the"}, "is no name that a text can be searched for"),
        ("instruments", "untoc-2000", {"label_en": "A\u202eB convention"}, "nobody sees"),
        ("bodies", "oas", {"parent": "iachr"}, "leads from"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named(
    home: Path, table: str, key: str, cells: dict[str, str], words: str
) -> None:
    path = home / "sources" / "authorities" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **(cells if row["key"] == key else {})} for row in rows)
    with pytest.raises(BadTable, match=words):
        load_authorities(home / "sources" / "authorities")


def test_a_table_of_rules_without_one_that_is_needed_is_refused(home: Path) -> None:
    path = home / "sources" / "authorities" / "rules.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("person,")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(BadTable, match="the rows person are missing"):
        load_authorities(home / "sources" / "authorities")
