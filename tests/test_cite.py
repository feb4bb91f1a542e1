"""``cite`` as a library and as a verb: any text, five formats, lines, languages, and input that means harm."""

from __future__ import annotations

import csv
import html.parser
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph.authorities import Authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.citator.symbols import symbols_in
from mandate_graph.citator.tokens import Spelling, plain, singular
from mandate_graph.cited import Citator
from mandate_graph.errors import BadOption

BASE = "https://w3id.org/mandate-graph/id/"
TEXT = "We reaffirm the Charters of the UN and of the OAS, and note SDG 7.\nEl Convenio 182 de la OIT."
FIELDS = [
    "line",
    "start",
    "end",
    "quote",
    "outcome",
    "kind",
    "target",
    "target_label",
    "symbol",
    "candidates",
    "relation",
    "confidence",
    "rule",
    "why",
    "cue",
    "cue_start",
    "cue_end",
]


@pytest.fixture(scope="module")
def citator() -> Citator:
    return Citator(ROOT)


@pytest.fixture(scope="module")
def finder(authorities: Authorities) -> MentionFinder:
    return MentionFinder(authorities)


def targets(named: list[mg.Named]) -> list[str]:
    return [each.target.removeprefix(BASE) if each.target else each.outcome for each in named]


def test_a_phrase_that_names_several_things_gives_one_mention_a_thing(citator: Citator) -> None:
    named = citator.cite("Uphold the Charters of the United Nations and of the Organization of American States.")
    assert targets(named) == ["instrument/un-charter-1945", "instrument/oas-charter"]
    assert {(each.start, each.end, each.kind) for each in named} == {(11, 84, "instrument")}


def test_what_a_mention_says(citator: Citator) -> None:
    (named,) = citator.cite("Recalling resolution A/RES/S-32-1, we act.", language="en", line=4)
    assert named.as_dict() == {
        "line": 4,
        "start": 21,
        "end": 33,
        "quote": "A/RES/S-32-1",
        "outcome": "resolved",
        "kind": "instrument",
        "target": f"{BASE}instrument/unga-a-res-s-32-1",
        "target_label": "UN General Assembly resolution A/RES/S-32/1",
        "symbol": "A/RES/S-32/1",
        "candidates": [],
        "relation": "cito:citesForInformation",
        "confidence": named.confidence,
        "rule": "symbol",
        "why": None,
        "cue": "Recalling",
        "cue_start": 0,
        "cue_end": 9,
    }
    assert 0.9 < named.confidence < 1


def test_three_outcomes_and_no_fourth(citator: Citator) -> None:
    named = citator.cite("The OAS, the Convention against Corruption and the Harbour Convention on Anchors.")
    assert [(each.outcome, bool(each.target), len(each.candidates), bool(each.why)) for each in named] == [
        ("resolved", True, 0, False),
        ("ambiguous", False, 2, True),
        ("unresolved", False, 0, True),
    ]


def test_the_language_is_guessed_or_given(citator: Citator) -> None:
    assert targets(citator.cite("UN programa de la ONU para la gente")) == ["body/un"]
    assert targets(citator.cite("the work of the UN and of the people")) == ["body/un"]
    assert targets(citator.cite("A Agenda 2030 e o Acordo de Paris", language="pt")) == [
        "instrument/agenda-2030", "instrument/paris-agreement",
    ]  # fmt: skip
    with pytest.raises(BadOption, match="--lang"):
        citator.cite("x", language="xx")


def test_topics_are_only_there_when_asked_for(citator: Citator) -> None:
    text = "Protect migrant workers from trafficking in persons under the OAS Charter."
    assert {each.kind for each in citator.cite(text)} == {"instrument"}
    named = citator.cite(text, topics=True)
    assert [each.target.removeprefix(BASE) for each in named if each.kind == "topic" and each.target] == [
        "topic/migrant-workers", "topic/trafficking-in-persons",
    ]  # fmt: skip
    assert {each.relation for each in named if each.kind == "topic"} == {None}


def test_the_function_takes_the_tables_of_a_house() -> None:
    assert targets(mg.cite("the OAS", house=ROOT)) == ["body/oas"]
    assert targets(mg.cite("")) == []


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_formats_say_the_same(cli: Cli, tmp_path: Path, form: str) -> None:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    run = cli("cite", "text.txt", "--lines", "--format", form, "--house", ROOT)
    assert run.returncode == 0
    rows: list[dict[str, object]]
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
    elif form == "json":
        rows = json.loads(run.stdout)
    else:
        rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert all(list(row) == FIELDS for row in rows)
    assert [(str(row["line"]), row["symbol"] or None, row["target"]) for row in rows] == [
        ("1", None, f"{BASE}instrument/un-charter-1945"),
        ("1", None, f"{BASE}instrument/oas-charter"),
        ("1", "SDG 7", f"{BASE}sdg/7"),
        ("2", "C182", f"{BASE}instrument/ilo-c182"),
    ]
    lines = TEXT.split("\n")
    for row in rows:
        assert lines[int(str(row["line"])) - 1][int(str(row["start"])) : int(str(row["end"]))] == row["quote"]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_lines_are_numbered_whatever_ends_them(cli: Cli, ends: str, last: str) -> None:
    text = ends.join(("the OAS", "", "the UN")) + last.replace("\n", ends)
    run = cli("cite", "--lines", "--format", "jsonl", "--lang", "en", "--house", ROOT, stdin=text)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(row["line"], row["quote"]) for row in rows] == [(1, "OAS"), (3, "UN")]


class Page(html.parser.HTMLParser):
    """The text of the paragraphs, without the numbers of mentions, and the tags that are there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self._in: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self._in.append(tag)
        if tag == "p":
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in.remove(tag)

    def handle_data(self, data: str) -> None:
        if "p" in self._in and "sup" not in self._in:
            self.texts[-1] += data


def test_html_shows_the_text_with_its_mentions_marked(cli: Cli) -> None:
    text = 'The <script>alert(1)</script> & "OAS" reaffirm the Charter of the OAS.'
    run = cli("cite", "--format", "html", "--house", ROOT, "--lang", "en", stdin=text)
    page = Page(run.stdout)
    assert text in page.texts
    assert "script" not in page.tags
    assert '<mark class="body resolved"' in run.stdout
    assert f'href="{BASE}instrument/oas-charter"' in run.stdout
    assert "http" not in run.stdout.replace(BASE, "")


def test_the_table_is_for_people(cli: Cli) -> None:
    run = cli("cite", "--house", ROOT, stdin="We reaffirm the OAS Charter and the Convention against Corruption.")
    assert "Charter of the Organization of American States" in run.stdout
    assert "cito:confirms (“reaffirm”)" in run.stdout
    assert "several things go by this name" in run.stdout
    assert "1 resolved, 1 ambiguous, 0 unresolved" in run.stdout
    assert "Nothing is named." in cli("cite", "--house", ROOT, stdin="Hello.").stdout
    shown = cli("cite", "--house", ROOT, stdin="the OAS \x1b[31mHarbour Convention\u202e").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.txt",), "Name a text file"),
        ((".",), "is a folder"),
        (("-", "--lang", "xx"), "--lang: 'xx' is none of en, es, fr, pt"),
        (("-", "--format", "yaml"), "invalid choice"),
        (("-", "--house", "nowhere"), "A house is a folder"),
    ],
)
def test_wrong_questions(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    run = cli("cite", *arguments, stdin="the OAS")
    assert run.returncode == 2
    assert words in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_bytes_that_are_no_utf8(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes("La OEA y la Convención de Belém do Pará".encode("latin-1"))
    run = cli("cite", "old.txt", "--house", ROOT, "--lang", "es", "--format", "jsonl")
    assert run.returncode == 0
    assert "windows-1252" in run.stderr
    assert [json.loads(line)["quote"] for line in run.stdout.splitlines()] == ["OEA", "Convención de Belém do Pará"]
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    run = cli("cite", "noise.bin", "--house", ROOT)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1


PIECES = [
    "the OAS", "IOM", "Santiago", "and", "Summits", "Conventions", "its", "é", "’s", "UN", "(OAS)", "AG/RES. 2141",
    "Miami", "of", "y", "SDG 3,", "Inter-\nAmerican", "Con-\nvention", "against Corruption", "said Protocol", "\u00ad",
    "e\u0301", "𝒞", "\u202e", ".", ";", "Declaration and Plan of Action of", "Mar del Plata", "1963", "(1963)", "Perú",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["en", "es", "fr", "pt", ""]))
def test_whatever_the_text_the_offsets_are_true(finder: MentionFinder, words: list[str], language: str) -> None:
    text = " ".join(words)
    place = 0
    for found in finder.find(text, language):
        assert place <= found.span.start < found.span.end <= len(text)
        quote = found.span.cut(text)
        assert quote == quote.strip()
        assert (found.outcome == "resolved") == bool(found.targets and found.outcome != "ambiguous")
        assert not [target for target in found.targets if target.startswith("place")]
        assert found.cue is None or (found.relation and 0 <= found.cue.start < found.cue.end <= len(text))
        place = found.span.end


@given(st.text(max_size=80))
def test_any_text_at_all(finder: MentionFinder, text: str) -> None:
    finder.find(text, finder.guess(text), topics=True)
    list(symbols_in(text))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "United Nations " * n,
        lambda n: "OAS " * n,
        lambda n: "the Conventions and " * n,
        lambda n: "We reaffirm the Charter of the OAS. " * n,
        lambda n: "AG/RES. 1 and " * n,
        lambda n: "Goals 1 and 2 and " * n,
        lambda n: "(OAS" * n,
        lambda n: "UNTOC. said Protocol, " * n,
        lambda n: "Inter-American Commission and Court and " * n,
        lambda n: "1, 2 and " * n,
    ],
)
def test_long_texts_are_read_to_the_end(finder: MentionFinder, make: Callable[[int], str]) -> None:
    """They once took quadratic time and more: without an end in sight at this length."""
    finder.find(make(4_000), "en")


@pytest.mark.parametrize(
    ("text", "symbol", "said"),
    [
        ("AG/RES. 2141 (XXXV-O/05)", "AG/RES. 2141 (XXXV-O/05)", ("AG/RES", "XXXV-O", "2005")),
        ("AG/RES 2126 (XXXV O/05)", "AG/RES. 2126 (XXXV-O/05)", ("AG/RES", "XXXV-O", "2005")),
        ("AG/RES.1377(XXVI-0/96)", "AG/RES. 1377 (XXVI-O/96)", ("AG/RES", "XXVI-O", "1996")),
        ("AG/RES. 5 (XX-E/94)", "AG/RES. 5 (XX-E/94)", ("AG/RES", "XX-E", "1994")),
        ("ag/res. 2230", "AG/RES. 2230", ("AG/RES", "", "")),
        ("AG/DEC. 40 (XXXIV-O/04)", "AG/DEC. 40 (XXXIV-O/04)", ("AG/DEC", "XXXIV-O", "2004")),
        ("CP/RES. 759 (1217/99)", "CP/RES. 759 (1217/99)", ("CP/RES", "1217", "1999")),
        ("CIDI/RME/RES. 1 (I-O/05)", "CIDI/RME/RES. 1 (I-O/05)", ("CIDI/RME/RES", "I-O", "2005")),
        ("COM/CITEL/RES. 12 (VII-98)", "COM/CITEL/RES. 12 (VII/98)", ("COM/CITEL/RES", "VII", "1998")),
        ("CIDI/doc. 5/05", "CIDI/doc.5/05", ("CIDI/doc", "", "2005")),
        ("OAS General Assembly resolution 1840", "AG/RES. 1840", ("AG/RES", "", "")),
        ("A/RES/70/1", "A/RES/70/1", ("A/RES", "70", "")),
        ("A/RES/S-32-1", "A/RES/S-32/1", ("A/RES", "S-32", "")),
        ("A/RES/ES-10/14", "A/RES/ES-10/14", ("A/RES", "ES-10", "")),
        ("A/RES/2200 A (XXI)", "A/RES/2200A (XXI)", ("A/RES", "XXI", "")),
        ("A/HRC/RES/35/17", "A/HRC/RES/35/17", ("A/HRC/RES", "35", "")),
        ("UN General Assembly resolution 61/295", "A/RES/61/295", ("A/RES", "61", "")),
        ("resolución 70/1 de la Asamblea General", "A/RES/70/1", ("A/RES", "70", "")),
        ("S/RES/1325 (2000)", "S/RES/1325 (2000)", ("S/RES", "", "2000")),
        ("UNSCR 1325", "S/RES/1325", ("S/RES", "", "")),
        ("A/60/1", "A/60/1", ("A", "60", "")),
        ("E/2015/24", "E/2015/24", ("E", "", "2015")),
        ("E/CN.15/2011/1", "E/CN.15/2011/1", ("E/CN.15", "", "2011")),
        ("C182", "C182", ("C", "", "")),
        ("ILO Convention No. 29", "C029", ("C", "", "")),
        ("Convenio núm. 169 de la OIT", "C169", ("C", "", "")),
        ("Convenio 182 de la OIT (1999)", "C182", ("C", "", "1999")),
        ("ILO Recommendation No. 202", "R202", ("R", "", "")),
        ("596 UNTS 261", "UNTS vol. 596 p. 261", ("UN Treaty Series", "", "")),
        ("UNTS No. 8638", "UN Treaty Series registration 8638", ("UN Treaty Series registration", "", "")),
        ("OAS Treaty Series No. 36", "OAS Treaty Series 36", ("OAS Treaty Series", "", "")),
        ("MTDSG XVIII-12-a", "MTDSG XVIII-12-a", ("UN Treaty Collection", "", "")),
        ("WHA58.3", "WHA58.3", ("WHA", "58", "")),
        ("CD53.R14", "CD53.R14", ("CD", "53", "")),
        ("ODS7", "SDG 7", ("SDG", "", "")),
        ("SDG target 3.b", "SDG 3.b", ("SDG", "", "")),
    ],
)
def test_symbols_by_their_grammar(text: str, symbol: str, said: tuple[str, str, str]) -> None:
    (found,) = symbols_in(f"see {text}, and act")
    assert found.text == symbol
    assert (found.organ, found.session, found.year) == said
    assert found.span.cut(f"see {text}, and act") == text


@pytest.mark.parametrize(
    "text",
    [
        "AG/RES. 2l26", "AG/RES. 2,141", "A/RES/70/l", "A/5", "C18", "C182a", "CO2", "Goal A", "target 3.4%",
        "target 3.4 percent", "the Aichi target 11.2", "expediente E/2021/45", "US$ 5", "XAG/RES. 5", "WHA58.R3",
        "A/123/45", "(2006-2016)",
    ],
)  # fmt: skip
def test_what_is_no_symbol(text: str) -> None:
    assert [symbol.text for symbol in symbols_in(f"see {text} now")] == []


def test_a_list_of_symbols_shares_its_session() -> None:
    found = list(symbols_in("AG/RES. 2253, 2224 and 2230 (XXXVI-O/06)"))
    assert [symbol.text for symbol in found] == [f"AG/RES. {n} (XXXVI-O/06)" for n in (2253, 2224, 2230)]
    assert len({symbol.span for symbol in found}) == 1
    assert [symbol.number for symbol in symbols_in("SDGs 3 to 5 and 7")] == ["3", "4", "5", "7"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Organisation", "Organization"), ("labour", "labor"), ("Programmes", "Program"), ("Conventions", "Convention"),
        ("Convenciones", "Convención"), ("CIUDADES", "ciudad"), ("policies", "policy"), ("Relatores", "relator"),
    ],
)  # fmt: skip
def test_spellings_and_numbers_of_one_word(authorities: Authorities, one: str, other: str) -> None:
    spelling = Spelling({row["variant"]: row["spelling"] for row in authorities.words["spellings"]})
    assert spelling.tokens(one).keys == spelling.tokens(other).keys


@pytest.mark.parametrize("word", ["process", "bus", "crisis", "OAS", "as", "class"])
def test_words_that_are_no_plurals(word: str) -> None:
    assert singular(plain(word)) == plain(word)


@pytest.mark.parametrize(
    "text",
    [
        "the Inter-American Democratic Charter", "the InterAmerican Democratic Charter", "the Inter American Democratic Charter",
        "the Inter-\nAmerican Demo-\ncratic Charter", "the “Inter-American Democratic Charter”", "the INTER-AMERICAN DEMOCRATIC CHARTER",
        "the Inter\u2010American\u00a0Democratic  Charter", "the Inter-American Demo\u00adcratic Charter",
    ],
)  # fmt: skip
def test_one_name_however_it_is_printed(citator: Citator, text: str) -> None:
    assert targets(citator.cite(text, language="en")) == ["instrument/iadc-2001"]
