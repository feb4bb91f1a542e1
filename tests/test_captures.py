"""One mandate on many pages and captures: what supersedes, what changed, what is alike, and what people decided."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import ROOT, Cli, page_text
from mandate_graph.decided import load_decisions
from mandate_graph.errors import BadTable
from mandate_graph.resolve import mandate_key
from mandate_graph.resolve.similar import similarity, word_difference

QUEBEC = "2001-quebec-plan-of-action"
ITEM = "  1. {} (Plan of Action Québec, 2001)."


def house(folder: Path, **files: str) -> Path:
    documents = folder / "sources" / "documents"
    documents.mkdir(parents=True)
    (folder / "sources" / "house.toml").write_bytes((ROOT / "sources/house.toml").read_bytes())
    for name, text in files.items():
        place = folder / "sources" if name == "decisions__csv" else documents
        (place / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def build(home: Path) -> dict[str, object]:
    mg.build(house=home, out=home / "build")
    report: dict[str, object] = json.loads((home / "build" / "report.json").read_text(encoding="utf-8"))
    return report


def triples(home: Path) -> set[tuple[str, str, str]]:
    base = "https://w3id.org/mandate-graph/"
    found = set()
    for line in (home / "build/mandates.nq").read_text(encoding="utf-8").splitlines():
        subject, predicate, rest = line.split(" ", 2)
        value = rest.rsplit(" ", 2)[0]
        found.add((subject.strip("<>").removeprefix(base), predicate.strip("<>"), value.strip("<>").removeprefix(base)))
    return found


def test_the_newer_capture_speaks_and_the_older_stays_as_evidence(tmp_path: Path) -> None:
    home = house(
        tmp_path,
        ocean__txt=page_text(ITEM.format("Dive."), ITEM.format("Sail on Sundays only."), heading="OCEANS"),
        ocean_old__txt=page_text(ITEM.format("Sail on Sundays."), ITEM.format("Swim."), heading="SEAS"),
        manifest__csv="file,page,supersedes\nocean.txt,ocean,ocean_old.txt\nocean_old.txt,ocean,\n",
    )
    report = build(home)
    (change,) = report["review"]["captures"]  # type: ignore[index]
    assert (change["older"], change["newer"], change["order_from"]) == ("ocean_old.txt", "ocean.txt", "supersedes")
    assert [item["text"] for item in change["came"]] == ["Dive."]
    assert [item["text"] for item in change["went"]] == ["Swim."]
    assert [item["difference"] for item in change["changed"]] == ["Sail on [-Sundays.-] {+Sundays only.+}"]
    all_triples = triples(home)
    subject = "http://purl.org/dc/terms/subject"
    keys = {text: mandate_key(QUEBEC, "en", text) for text in ("Dive.", "Swim.", "Sail on Sundays.")}
    assert (f"id/mandate/{keys['Dive.']}", subject, "id/theme/oceans") in all_triples
    assert not [triple for triple in all_triples if triple[0] == f"id/mandate/{keys['Swim.']}" and triple[1] == subject]
    assert [triple for triple in all_triples if triple[1].endswith("occurrenceOf") and keys["Swim."] in triple[2]]
    replaced = [s for s, p, _ in all_triples if p == "http://purl.org/dc/terms/isReplacedBy" and "capture" in s]
    assert len(replaced) == 1


def test_without_a_word_both_captures_speak(tmp_path: Path) -> None:
    home = house(
        tmp_path,
        ocean__txt=page_text(ITEM.format("Dive."), heading="OCEANS"),
        ocean_old__txt=page_text(ITEM.format("Swim."), heading="OCEANS"),
        manifest__csv="file,page\nocean.txt,ocean\nocean_old.txt,ocean\n",
    )
    report = build(home)
    assert report["review"]["captures"] == []  # type: ignore[index]
    themed = [triple for triple in triples(home) if triple[2] == "id/theme/oceans" and "mandate/" in triple[0]]
    assert len(themed) == 2


def test_dates_tell_which_is_newer(tmp_path: Path) -> None:
    home = house(
        tmp_path,
        a__txt=page_text(ITEM.format("Dive.")),
        b__txt=page_text(ITEM.format("Dive."), ITEM.format("Swim.")),
        manifest__csv="file,page,captured\na.txt,ocean,2024-05\nb.txt,ocean,2023-11-02\n",
    )
    (change,) = build(home)["review"]["captures"]  # type: ignore[index]
    assert (change["older"], change["newer"], change["order_from"]) == ("b.txt", "a.txt", "dates")
    assert [item["text"] for item in change["went"]] == ["Swim."]


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("file,page,supersedes\na.txt,x,b.txt\nb.txt,x,a.txt\n", "supersedes itself"),
        ("file,page,supersedes\na.txt,x,b.txt\nb.txt,y,\n", "no capture of the page 'x'"),
        ("file,page,supersedes\na.txt,x,c.txt\n", "no capture of the page"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(tmp_path: Path, manifest: str, problem: str, cli: Cli) -> None:
    home = house(tmp_path / "h", a__txt=ITEM.format("A."), b__txt=ITEM.format("B."), manifest__csv=manifest)
    run = cli("build", cwd=home)
    assert run.returncode == 1
    assert problem in run.stderr
    assert len(run.stderr.splitlines()) == 1


LONG = "Promote the exchange of good practice in the care of rivers and lakes among all countries of the region by {}."


def test_what_is_nearly_the_same_is_listed_with_its_difference(tmp_path: Path) -> None:
    home = house(
        tmp_path,
        a__txt=page_text(ITEM.format(LONG.format("2015")), ITEM.format("Plant trees.")),
        b__txt=page_text(ITEM.format(LONG.format("2020"))),
    )
    report = build(home)
    (pair,) = report["review"]["similar"]  # type: ignore[index]
    assert 0.9 <= pair["similarity"] < 1
    assert "{+2020.+}" in pair["difference"] or "{+2015.+}" in pair["difference"]
    assert report["counts"]["distinct_items"] == 3  # type: ignore[index]


def test_sub_items_are_compared_by_their_own_words(tmp_path: Path) -> None:
    """A long chapeau makes short sub-items no more alike; under two chapeaux the same words are two things."""
    head = "  1. " + LONG.format("means such as these")[:-1] + ", among them:"
    cited = "(Lima Commitment. Peru, 2018)"
    home = house(
        tmp_path,
        a__txt=page_text(
            f"{head}\n    • a. count the boats;\n    • b. paint the walls. {cited}",
            f"  1. Study the tides and the wind, and to this end:\n    • a. count the boats; {cited}",
        ),
    )
    assert build(home)["review"]["similar"] == []  # type: ignore[index]


def test_a_decision_makes_them_one_or_two_for_ever(tmp_path: Path) -> None:
    one, other = (mandate_key(QUEBEC, "en", LONG.format(year)) for year in ("2015", "2020"))
    for decision, items in (("same", 1), ("different", 2)):
        home = house(
            tmp_path / decision,
            a__txt=page_text(ITEM.format(LONG.format("2015"))),
            b__txt=page_text(ITEM.format(LONG.format("2020"))),
            decisions__csv=f"mandate,other,decision,by,date,note\n{one},{other},{decision},A. Reader,2026-11-24,\n",
        )
        report = build(home)
        assert report["review"]["similar"] == []  # type: ignore[index]
        assert report["counts"]["distinct_items"] == items  # type: ignore[index]
        retired = (f"id/mandate/{other}", "http://purl.org/dc/terms/isReplacedBy", f"id/mandate/{one}")
        assert (retired in triples(home)) == (decision == "same")
        assert any("decision/" in triple[0] for triple in triples(home))


def test_a_decision_cannot_join_two_documents(tmp_path: Path) -> None:
    one, other = mandate_key(QUEBEC, "en", "Swim."), mandate_key("1998-santiago-plan-of-action", "en", "Swim.")
    home = house(
        tmp_path,
        a__txt=page_text(ITEM.format("Swim."), "  1. Swim. (Plan of Action Santiago, 1998)."),
        decisions__csv=f"mandate,other,decision,by,date,note\n{one},{other},same,A. Reader,,\n",
    )
    report = build(home)
    assert report["counts"]["distinct_items"] == 2  # type: ignore[index]
    assert [p["message"] for p in report["problems"] if "documents differ" in p["message"]]  # type: ignore[attr-defined]


def test_a_decision_gives_a_text_without_citation_its_document(tmp_path: Path) -> None:
    one, other = mandate_key(QUEBEC, "en", "Swim in lakes."), mandate_key("", "en", "Swim in lakes.")
    home = house(
        tmp_path,
        a__txt=page_text(ITEM.format("Swim in lakes.")),
        b__txt=page_text("  1. Swim in lakes.", ITEM.format("Dive.")),
        decisions__csv=f"mandate,other,decision,by,date,note\n{one},{other},same,A. Reader,,\n",
    )
    assert build(home)["counts"]["distinct_items"] == 2  # type: ignore[index]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("x/0123456789ab,y,same,A,,", "not the key of a mandate"),
        ("x/0123456789ab,y/0123456789ab,perhaps,A,,", "must be same or different"),
        ("x/0123456789ab,y/0123456789ab,same,,,", "who decided"),
        ("x/0123456789ab,y/0123456789ab,same,A,yesterday,", "is not like"),
        ("x/0123456789ab,x/0123456789ab,same,A,,", "compared with itself"),
        ("x/0123456789ab,y/0123456789ab,same,A,,\ny/0123456789ab,x/0123456789ab,different,A,,", "decided already"),
        ("x/0123456789ab,y/0123456789ab,same,A,,\nz/0123456789ab,y/0123456789ab,same,A,,", "was given to"),
        (
            "x/0123456789ab,y/0123456789ab,same,A,,\ny/0123456789ab,z/0123456789ab,same,A,,\nz/0123456789ab,x/0123456789ab,same,A,,",
            "retired for itself",
        ),
    ],
)
def test_a_table_of_decisions_is_checked(tmp_path: Path, rows: str, problem: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(f"mandate,other,decision,by,date,note\n{rows}\n")
    with pytest.raises(BadTable, match=problem):
        load_decisions(path)


def test_word_differences_and_similarity() -> None:
    assert word_difference("a b c", "a x c d") == "a [-b-] {+x+} c {+d+}"
    assert similarity("Québec!", "quebec") == 1
    assert similarity("abc", "xyz") == 0


FULL = """DECLARATION OF NUEVO LEÓN

Monterrey, January 13, 2004

We, the Heads of State, meet for the fourth time.

SCHOOLS

26. We will open a school in every town.

27. We resolve to:
a) count the books;
b) lend them.

The ministers will, as a first step:
• paint the walls;
• mend the roofs.
"""


def test_a_full_text_and_a_theme_page_are_one_and_the_number_comes_to_it(tmp_path: Path) -> None:
    cited = "(Declaration of Nuevo León, 2004)."
    page = page_text(
        f"  1. We will open a school in every town. {cited}",
        f"  1. We resolve to:\n\n    • b. lend them. {cited}",
        f"  1. mend the roofs. {cited}",
    )
    alone = house(tmp_path / "alone", ed__txt=page)
    build(alone)
    before = {
        triple[0] for triple in triples(alone) if triple[0].startswith("id/mandate/") and triple[0].count("/") == 3
    }
    together = house(tmp_path / "together", ed__txt=page, leon__txt=FULL)
    report = build(together)
    assert [page["form"]["name"] for page in report["pages"]] == ["theme-page", "full-text"]  # type: ignore[attr-defined]
    after = {
        triple[0] for triple in triples(together) if triple[0].startswith("id/mandate/") and triple[0].count("/") == 3
    }
    assert before <= after
    assert len(after) == 8
    town = mandate_key("2004-nuevo-leon-declaration", "en", "We will open a school in every town.")
    number = (f"id/mandate/{town}", "http://data.europa.eu/eli/ontology#number", '"26"')
    assert number in triples(together)
    assert number not in triples(alone)
    roofs = mandate_key("2004-nuevo-leon-declaration", "en", "mend the roofs.")
    assert [t for t in triples(together) if t[0] == f"id/mandate/{roofs}" and t[1].endswith("ns#chapeau")]


def test_a_page_as_old_as_the_superseded_capture_pairs_with_it(tmp_path: Path) -> None:
    """What only the old English capture lists has its counterpart there."""
    spanish = "  1. {} (Plan de Acción de Quebec, 2001)."
    home = house(
        tmp_path,
        ocean__txt=page_text(ITEM.format("Dive with 30 divers."), ITEM.format("Count 7 boats.")),
        ocean_old__txt=page_text(ITEM.format("Count 7 boats."), ITEM.format("Weigh 12 fish.")),
        ocean_sp__txt=page_text(spanish.format("Contar 7 barcos."), spanish.format("Pesar 12 peces."), language="es"),
        manifest__csv="file,page,supersedes\nocean.txt,ocean,ocean_old.txt\nocean_old.txt,ocean,\n",
    )
    report = build(home)
    pairs = [tuple(pair["texts"]) for pair in report["review"]["pairs"]]  # type: ignore[index]
    assert sorted(pairs) == [("Count 7 boats.", "Contar 7 barcos."), ("Weigh 12 fish.", "Pesar 12 peces.")]
    alone = [problem["page"] for problem in report["problems"] if problem["kind"] == "pair"]  # type: ignore[attr-defined]
    assert alone == ["ocean"]
