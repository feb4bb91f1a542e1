"""What people say to proposals: by a dialogue, by a spreadsheet, and what becomes of it when a vocabulary changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import Cli
from invented import SECRET_TARGET, TARGET, decided, found, linked, new_house, turtle
from mandate_graph import errors
from mandate_graph.house import House
from mandate_graph.link.decisions import Desk, Verdict
from mandate_graph.link.run import Files, bench, check
from mandate_graph.link.targets import targets_of
from mandate_graph.outputs import write_file
from mandate_graph.sssom import load_links, read_set

FISH = "https://vocab.example/fish/"
OPEN = (
    "topic/human-rights||skos:exactMatch|fish:1|Human rights",
    "topic/migrants||skos:closeMatch|fish:2|Migrants",
    "topic/poverty||skos:exactMatch|fish:3|Poverty",
    "topic/women||skos:exactMatch|fish:3|Poverty",
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = new_house(tmp_path / "house", TARGET)
    decided(house, "fish", FISH, *OPEN, folder="open")
    return house


def review(cli: Cli, house: House, answers: str, *arguments: str) -> str:
    run = cli("link", "review", *arguments, cwd=house.root, stdin=answers, env={"MANDATE_GRAPH_REVIEWER": "B. Judge"})
    assert "Traceback" not in run.stderr
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def state(house: House) -> tuple[list[str], list[str]]:
    """The published rows and the open ones, each as one word."""
    published = house.links / "fish.sssom.tsv"
    sets = [published, house.links / "open" / "fish.sssom.tsv"]
    there = [read_set(path).mappings if path.exists() else () for path in sets]
    load_links(house.links, bench(house).authorities)  # nothing that a decision writes may break a rule
    published_rows, open_rows = [
        [f"{row.subject} {row['predicate_modifier']}{row.predicate} {row.object}" for row in rows] for rows in there
    ]
    return published_rows, open_rows


def test_yes_no_later(cli: Cli, house: House) -> None:
    said = review(cli, house, "a\nx another sort of fish\ns\n")
    assert "1 accepted, 1 rejected, 2 left" in said
    assert "human rights (en)" in said  # both sides are shown
    assert "https://vocab.example/fish/1" in said
    published, waiting = state(house)
    assert published == ["topic/human-rights skos:exactMatch fish:1", "topic/migrants Notskos:closeMatch fish:2"]
    assert waiting == ["topic/poverty skos:exactMatch fish:3", "topic/women skos:exactMatch fish:3"]
    rows = read_set(house.links / "fish.sssom.tsv").mappings
    assert {row["reviewer_label"] for row in rows} == {"B. Judge"}
    assert all(row["review_date"] for row in rows)
    assert rows[1]["comment"] == "another sort of fish. read"


LETTERS = {
    "e": "skos:exactMatch", "c": "skos:closeMatch", "b": "skos:broadMatch", "n": "skos:narrowMatch",
    "r": "skos:relatedMatch",
}  # fmt: skip


@pytest.mark.parametrize("letter", LETTERS)
def test_another_relation(cli: Cli, house: House, letter: str) -> None:
    review(cli, house, f"{letter}\nq\n")
    assert state(house)[0] == [f"topic/human-rights {LETTERS[letter]} fish:1"]


def test_a_thing_that_is_no_concept(cli: Cli, tmp_path: Path) -> None:
    house = new_house(tmp_path / "house", TARGET)
    decided(house, "fish", FISH, "body/ilo||rdfs:seeAlso|fish:9|ILO", folder="open")
    assert "'c' is no answer for a thing that is no concept" in review(cli, house, "c\ne\n")
    assert state(house)[0] == ["body/ilo schema:sameAs fish:9"]


def test_undo_takes_back_what_was_written(cli: Cli, house: House) -> None:
    before = (house.links / "open" / "fish.sssom.tsv").read_text(encoding="utf-8")
    said = review(cli, house, "u\na\ns\nu\nq\n")
    assert "nothing to undo" in said
    assert said.count("1 of 4:") == 2  # the question comes back
    assert not (house.links / "fish.sssom.tsv").exists()
    assert read_set(house.links / "open" / "fish.sssom.tsv").mappings
    assert before.count("mgid:topic") == len(state(house)[1])


def test_what_would_break_a_rule_is_refused(cli: Cli, house: House) -> None:
    """Two things of ours cannot be the same as one term; as near as it is true, the second is taken."""
    said = review(cli, house, "s\ns\na\na\nc\n")
    assert "this cannot be: fish:3 is called 'Poverty', which is topic/poverty, and no name of topic/women; " in said
    assert "fish:3 is the same as topic/poverty already" in said
    assert state(house)[0] == ["topic/poverty skos:exactMatch fish:3", "topic/women skos:closeMatch fish:3"]


def test_the_end_of_the_answers_ends_it(cli: Cli, house: House) -> None:
    assert "1 accepted, 0 rejected, 3 left" in review(cli, house, "a")
    assert len(state(house)[0]) == 1


def test_help_and_what_is_no_answer(cli: Cli, house: House) -> None:
    said = review(cli, house, "?\nyes\n\nq\n")
    assert "a  accept as proposed" in said
    assert "'yes' is no answer" in said
    assert "0 accepted" in said


def test_a_decision_needs_a_name(cli: Cli, house: House) -> None:
    run = cli("link", "review", cwd=house.root, stdin="")
    assert run.returncode == 2
    assert "--by" in run.stderr
    cli("link", "review", cwd=house.root, stdin="C. Asked\na\n")
    assert read_set(house.links / "fish.sssom.tsv").mappings[0]["reviewer_label"] == "C. Asked"


def test_a_target_without_a_row_cannot_be_published(cli: Cli, tmp_path: Path) -> None:
    house = new_house(tmp_path / "house")
    decided(house, "fish", FISH, OPEN[0], folder="open")
    assert "no row of targets.csv has terms like https://vocab.example/fish/1" in review(cli, house, "a\n")
    assert not (house.links / "fish.sssom.tsv").exists()


def test_labels_that_may_not_be_published_are_not(cli: Cli, tmp_path: Path) -> None:
    house = new_house(tmp_path / "house", SECRET_TARGET)
    decided(house, "fish", FISH, OPEN[0].replace("Human rights", "HUMAN RIGHTS!"), folder="open")
    review(cli, house, "a\n")
    assert "RIGHTS!" not in (house.links / "fish.sssom.tsv").read_text(encoding="utf-8")


def test_a_term_takes_the_place_of_none(cli: Cli, house: House) -> None:
    decided(house, "fish", FISH, "topic/human-rights||skos:exactMatch|sssom:NoTermFound|")
    review(cli, house, "a\n")
    assert state(house)[0] == ["topic/human-rights skos:exactMatch fish:1"]


def test_published_links_are_signed(cli: Cli, house: House) -> None:
    path = decided(house, "fish", FISH, *OPEN[:2], "topic/poverty|Not|skos:exactMatch|fish:3|")
    header = read_set(path).header
    said = review(cli, house, "a\nx\n", "sources/links/fish.sssom.tsv", "--published")
    assert "1 accepted, 1 rejected, 0 left" in said  # what was rejected is not asked
    rows = read_set(path).mappings
    assert [row["reviewer_label"] for row in rows] == ["B. Judge", "B. Judge", ""]
    assert read_set(path).header == header
    assert "nothing waits" in review(cli, house, "", "--published")


def signed(house: House, change: dict[str, dict[str, str]], *, crlf: bool = False) -> Path:
    """The open file as a spreadsheet gives it back."""
    path = house.links / "open" / "fish.sssom.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    columns = lines[start].split("\t")
    for place in range(start + 1, len(lines)):
        cells = dict(zip(columns, lines[place].split("\t"), strict=True))
        cells |= change.get(cells["subject_id"].removeprefix("mgid:topic/"), {})
        lines[place] = "\t".join(f'"{cell}"' if crlf and " " in cell else cell for cell in cells.values())
    path.write_bytes(("\r\n" if crlf else "\n").join([*lines, ""]).encode())
    return path


YES = {"reviewer_label": "D. Sheet", "review_date": "2026-11-25"}


def test_a_spreadsheet_decides(cli: Cli, house: House) -> None:
    signed(
        house,
        {"human-rights": YES, "migrants": {**YES, "predicate_modifier": "Not"}, "poverty": YES, "women": YES},
        crlf=True,
    )
    said = review_signed(cli, house, code=1)
    assert "accepted: topic/human-rights skos:exactMatch fish:1 (D. Sheet)" in said
    assert "rejected: topic/migrants" in said
    assert "fish:3 is the same as topic/poverty already" in said
    published, waiting = state(house)
    assert len(published) == 3
    assert waiting == ["topic/women skos:exactMatch fish:3"]
    assert read_set(house.links / "fish.sssom.tsv").mappings[0]["review_date"] == "2026-11-25"


def review_signed(cli: Cli, house: House, code: int) -> str:
    run = cli("link", "review", "--signed", cwd=house.root)
    assert run.returncode == code, run.stderr
    return run.stdout + run.stderr


def test_half_a_signature_is_none(cli: Cli, house: House) -> None:
    signed(house, {"human-rights": {"reviewer_label": "D. Sheet"}, "migrants": {**YES, "review_date": "yesterday"}})
    said = review_signed(cli, house, code=1)
    assert "a review has both a name" in said
    assert "'yesterday' is not a day" in said
    assert not (house.links / "fish.sssom.tsv").exists()


def test_without_signatures_nothing_is_taken(cli: Cli, house: House) -> None:
    assert "no row is signed" in review_signed(cli, house, code=0)
    signed(house, {"human-rights": YES})
    assert "1 rows are signed already" in review(cli, house, "q\n")


def test_columns_of_others_are_not_lost(house: House) -> None:
    path = house.links / "open" / "fish.sssom.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\tcomment", "\tmy remarks"), encoding="utf-8")
    with pytest.raises(errors.BadTable) as told:
        desk(house).questions()
    assert "'my remarks' is none that a link set has" in str(told.value)


def desk(house: House) -> Desk:
    table = bench(house)
    return Desk(house.links, table.base, table.authorities, targets_of(table.authorities))


def test_a_decision_is_whole_or_not_at_all(house: House) -> None:
    table = desk(house)
    question = table.questions()[0]
    folder = house.links
    before = {path: path.read_bytes() for path in folder.rglob("*.tsv")}
    if os.geteuid() == 0:  # root writes everywhere: a folder in the place of the file stops it, too
        (folder / "fish.sssom.tsv").mkdir()
    else:
        folder.chmod(0o500)
    with pytest.raises((errors.Unwritable, errors.MissingPath, OSError)):
        table.decide(question, Verdict("B. Judge", "2026-11-25", accepted=True))
    folder.chmod(0o700)
    assert {path: path.read_bytes() for path in folder.rglob("*.tsv") if path.is_file()} == before


def test_decisions_survive_a_new_proposal(cli: Cli, tmp_path: Path) -> None:
    """The whole way: propose, decide, propose again, change the vocabulary, notice it."""
    house = new_house(tmp_path / "house", TARGET)
    text = 'v:1 skos:prefLabel "Human rights"@en . v:2 skos:prefLabel "Poverty"@en . v:3 skos:prefLabel "Women"@en .'
    path = turtle(tmp_path, text)
    cli("link", "topic", "--file", path, cwd=house.root)
    review(cli, house, "a\nx\ns\n")
    again = cli("link", "topic", "--file", path, cwd=house.root)
    assert "1 linked already" in again.stderr
    assert set(found(linked(house, "topic", path))) == {("topic/women", "3")}
    assert [row.subject for row in read_set(house.links / "open" / "fish.sssom.tsv").mappings] == ["topic/women"]
    changed = text.replace('"Human rights"@en', '"Rights of man"@en ; owl:deprecated false')
    run = cli("link", "check", "--file", turtle(tmp_path, changed, "new.ttl"), cwd=house.root)
    assert run.returncode == 1
    assert "the label was 'Human rights' and is 'Rights of man' now" in run.stdout
    assert "changed: fish.sssom.tsv" in cli("link", "topic", "--file", tmp_path / "new.ttl", cwd=house.root).stderr


CHANGES = {
    "the same": ('v:1 skos:prefLabel "HUMAN RIGHTS"@en .', ""),
    "gone": ('v:2 skos:prefLabel "x" .', "the term is gone"),
    "deprecated": ('v:1 skos:prefLabel "Human rights" ; owl:deprecated true .', "the term is deprecated"),
    "replaced": (
        'v:1 skos:prefLabel "Human rights" ; dct:isReplacedBy v:5 . v:5 skos:prefLabel "Rights" .',
        "the term is deprecated; instead of it there is https://vocab.example/fish/5 Rights",
    ),
    "renamed": ('v:1 skos:prefLabel "Rights" .', "the label was 'Human rights' and is 'Rights' now"),
    "another label now": ('v:1 skos:prefLabel "Rights" ; skos:altLabel "Human rights" .', ""),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_became_of_a_term(tmp_path: Path, case: str) -> None:
    house = new_house(tmp_path / "house", TARGET)
    decided(house, "fish", FISH, OPEN[0], "topic/migrants|Not|skos:exactMatch|fish:7|Migrants")
    text, problem = CHANGES[case]
    changes, held = check(bench(house, "fish"), Files([turtle(tmp_path, text)]))
    assert held == 1
    assert [change.problem for change in changes] == ([problem] if problem else [])


def test_another_vocabulary_is_told(cli: Cli, tmp_path: Path) -> None:
    house = new_house(tmp_path / "house", TARGET)
    other = turtle(tmp_path, '<http://other.example/1> skos:prefLabel "x" .')
    assert "there is nothing to check" in cli("link", "check", "--file", other, cwd=house.root).stderr
    decided(house, "fish", FISH, OPEN[0])
    run = cli("link", "check", "--file", other, cwd=house.root)
    assert run.returncode == 1
    assert "is it the right vocabulary?" in run.stderr
    named = cli("link", "check", "--file", other, "--target", "fish", cwd=house.root)
    assert "the term is gone" in named.stdout


def test_the_folder_of_links_may_be_missing(house: House, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mine.sssom.tsv"
    write_file(elsewhere, (house.links / "open" / "fish.sssom.tsv").read_bytes(), tmp_path / "build")
    for path in sorted(house.links.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    house.links.rmdir()
    table = desk(house)
    question = table.questions([elsewhere])[0]
    assert table.decide(question, Verdict("B. Judge", "2026-11-25", accepted=True)) == []
    assert len(read_set(house.links / "fish.sssom.tsv").mappings) == 1
    assert len(read_set(elsewhere).mappings) == 3
