"""Was it promised before? Where, when, in which words, and how the verb has changed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph.authorities import Authorities
from mandate_graph.errors import BadOption, MissingPath
from mandate_graph.outputs import PROMISES
from mandate_graph.promises import Promises

DRAFT = (
    "We commit to expand programs to prevent and fight the illicit smuggling of migrants and trafficking in persons."
)


def test_a_draft_is_led_to_what_was_promised(built: Path) -> None:
    answer = mg.promised(DRAFT, build=built, house=ROOT)
    first, second = answer.promises[:2]
    assert first.mandate.rpartition("/")[0].endswith("2015-panama-mandates-for-action")
    assert (first.date, first.document_label, first.verb, first.language) == (
        "2015-04-10", "Mandates for Action", "strengthen", "en",
    )  # fmt: skip
    assert second.document.endswith("document/2012-cartagena-mandates")
    assert first.similarity > second.similarity > 0.2
    assert first.score > second.score
    assert "[-To strengthen-] {+We commit to expand+}" in first.difference
    assert "programs to prevent and fight" in first.difference
    assert answer.verb == "expand"
    verbs = answer.verbs()
    assert verbs == sorted(verbs)
    assert ("2012-04-14", "strengthen") in verbs
    assert len(list(answer)) == len(answer)


def test_the_words_of_a_mandate_find_it_first(built: Path) -> None:
    rows = [line.split("\t") for line in (built / PROMISES).read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 38
    for row in rows:
        answer = mg.promised(row[-1], build=built, house=ROOT, most=1)
        assert [promise.text for promise in answer] == [row[-1]]
        assert answer.promises[0].similarity == 1 or len(row[-1].split()) < 3


def test_nothing_like_it(built: Path, cli: Cli) -> None:
    assert len(mg.promised("Paint the lighthouse yellow.", build=built, house=ROOT)) == 0
    assert "Nothing like it" in cli("promised", "Paint the lighthouse yellow.", "--from", built).stdout


def test_in_one_language(bilingual: Path) -> None:
    found = mg.promised(
        "Row on Mondays and on most Tuesdays of every year.", build=bilingual, house=ROOT, language="es"
    )
    assert {promise.language for promise in found} <= {"es"}
    found = mg.promised("Row on Mondays and on most Tuesdays of every year.", build=bilingual, house=ROOT)
    assert found.promises[0].verb == "row"


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("We commit ourselves to promote the sea", "promote"),
        ("To promote the sea", "promote"),
        ("We will continue to promote the sea", "promote"),
        ("Promote the sea", "promote"),
        ("Nos comprometemos a promover el mar", "promover"),
        ("We reaffirm the sea", "reaffirm"),
        ("2. Promote", ""),
        ("", ""),
    ],
)
def test_the_verb_is_what_is_undertaken(authorities: Authorities, text: str, verb: str) -> None:
    assert Promises(b"", authorities).verb(text) == verb


def test_the_table_for_people_shows_how_the_verb_has_changed(built: Path, cli: Cli, tmp_path: Path) -> None:
    run = cli("promised", DRAFT, "--from", built, "--most", "2")
    assert run.returncode == 0
    assert "Mandates for Action (2015): strengthen" in run.stdout
    assert "The verb: 2012 strengthen → 2015 strengthen → draft expand" in " ".join(run.stdout.split())
    (tmp_path / "draft.txt").write_text(DRAFT, encoding="utf-8")
    assert cli("promised", "draft.txt", "--from", built, "--most", "2").stdout == run.stdout
    assert cli("promised", "-", "--from", built, "--most", "2", stdin=DRAFT).stdout == run.stdout


def test_formats_for_programs(built: Path, cli: Cli) -> None:
    data = json.loads(cli("promised", DRAFT, "--from", built, "--format", "json").stdout)
    assert (data["draft"], data["verb"]) == (DRAFT, "expand")
    rows = list(csv.DictReader(io.StringIO(cli("promised", DRAFT, "--from", built, "--format", "csv").stdout)))
    assert [row["mandate"] for row in rows] == [each["mandate"] for each in data["promises"]]
    assert list(rows[0]) == list(data["promises"][0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no-such-draft.txt",), "A draft has several words"),
        ((" ",), "the draft holds no words"),
        (("the sea", "--lang", "xx"), "--lang: 'xx' is none of"),
        (("the sea", "--most", "0"), "not a number from 1 to 1000"),
        (("the sea", "--from", "nowhere"), "Make one with"),
    ],
)
def test_wrong_questions(built: Path, cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    run = cli("promised", "--from", built, *arguments)
    assert run.returncode == 2
    assert words in run.stderr


def test_a_build_of_an_older_version_says_so(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mandates.nq").write_bytes((built / "mandates.nq").read_bytes())
    with pytest.raises(MissingPath, match="build it again"):
        mg.promised(DRAFT, build=tmp_path, house=ROOT)
    with pytest.raises(BadOption):
        mg.promised("", build=built, house=ROOT)
