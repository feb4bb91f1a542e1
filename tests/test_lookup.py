"""Looking things up without SPARQL: what is found, in which order, where the words stand, and what is known of one."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine, parse_quads
from mandate_graph.errors import AmbiguousThing, BadOption, MissingPath, UnknownThing
from mandate_graph.lookup import Found, labels_of, naming_of
from mandate_graph.lookup.catalogue import catalogue
from mandate_graph.lookup.finding import find, named, shortened
from mandate_graph.lookup.words import keys, read_words
from mandate_graph.sssom import OWN, read_set

GOLDEN = ROOT / "tests" / "golden" / "show"
BASE = "https://w3id.org/mandate-graph/"
SHOWN = {
    "mandate": "0c71954fd8b7",
    "chapeau": "cb2113d6dfdf",
    "footnoted": "21af9dc8fe64",
    "body": "IOM",
    "instrument": "instrument/untoc-2000",
    "summit": "2001-quebec",
    "theme": "theme/migration/migrant-human-rights",
    "page": "page/mig_hr",
    "term": "mg:Mandate",
    "rule": "rule/name/1",
}
HOSTILE = [
    "\x1b[31m red",
    "\x00\x07\n\r\t bell",
    "a" * 900,
    ".* [a-z]+ (?P<x>",
    '" } UNION { ?s ?p ?o } #',
    "<https://w3id.org/mandate-graph/id/body/iom> } { ?a ?b ?c",
    "\\u0022 ; DROP ALL",
    "\u202egnitirw",
    "ｆｕｌｌｗｉｄｔｈ ﬁ ß İ",
    "'); --",
    "\ud800",
    "http://[bad",
    "urn:x:%zz é",
]


def found(build: Path, words: str, *, kind: str = "", most: int = 20) -> list[str]:
    return [hit.key for hit in mg.search(words, build=build, kind=kind, most=most)]


def test_names_come_before_texts_and_the_best_names_first(built: Path) -> None:
    hits = mg.search("migrant human rights", build=built, most=50)
    assert [hit.key for hit in hits][:2] == [
        "theme/migration/migrant-human-rights", "instrument/migrants-programme-2005",
    ]  # fmt: skip
    kinds = [hit.kind for hit in hits]
    assert kinds == sorted(kinds, key=lambda kind: kind == "mandate")
    dates = [hit.date for hit in hits if hit.kind == "mandate"]
    assert dates == sorted(dates, reverse=True)
    assert len(dates) > 5


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("IOM", "body/iom"),
        ("organización  MIGRACIONES", "body/iom"),
        ("organizacion internacional para las migraciones", "body/iom"),
        ("C182", "instrument/ilo-c182"),
        ("A/RES/S-32/1", "instrument/unga-a-res-s-32-1"),
        ("inter american court", "body/iacthr"),
        ("Interamerican Court", "body/iacthr"),
        ("Inter-American Court", "body/iacthr"),
        ("mig_hr", "theme/migration/migrant-human-rights"),
        ("body/iom", "body/iom"),
        (f"{BASE}id/body/iom", "body/iom"),
        ("III Cumbre", "summit/2001-quebec"),
        ("2001-quebec", "summit/2001-quebec"),
        ("0b4825e409df", "mandate/1998-santiago-plan-of-action/0b4825e409df"),
        ("printed label", "mg:printedLabel"),
    ],
)
def test_what_is_found_first(built: Path, words: str, key: str) -> None:
    assert found(built, words)[0] == key


def test_every_word_must_occur_and_a_beginning_is_enough(built: Path) -> None:
    assert "mandate/2015-panama-mandates-for-action/0c71954fd8b7" in found(built, "smuggl migr illic")
    assert found(built, "smuggl migr zebra") == []


def test_words_in_quotes_follow_each_other_and_are_whole(built: Path) -> None:
    loose, phrase = found(built, "migrants of smuggling", most=99), found(built, '"smuggling of migrants"', most=99)
    assert set(phrase) < set(loose)
    assert found(built, '"smuggling of migr"') == []
    assert found(built, "“smuggling of migrants") == found(built, '"smuggling of migrants"')


def test_where_the_words_stand(built: Path) -> None:
    for words in ("smuggling migrants", "american", "Inter-American cooperat", "derechos"):
        for hit in mg.search(words, build=built, most=99):
            assert hit.marks, hit
            assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)
            first = keys(words)[0].split()[0][:5]
            marked = [keys(hit.snippet[start:end])[0] for start, end in hit.marks]
            assert any(first in word or "american" in word for word in marked), (words, marked)
    (hit,) = mg.search("smuggling", kind="topic", build=built)
    assert (hit.where, hit.marked("[", "]")) == ("label", "[smuggling] of migrants")


def test_kind_and_number_limit_the_answer(built: Path) -> None:
    few = mg.search("migrants", build=built, kind="mandate", most=2)
    assert (len(few), {hit.kind for hit in few}) == (2, {"mandate"})
    assert few.total > 10
    assert {hit.kind for hit in mg.search("migration", build=built, kind="theme")} == {"theme"}
    with pytest.raises(BadOption, match=r"--kind: 'them' is no kind of thing here.* theme"):
        mg.search("x", build=built, kind="them")


def test_both_languages(bilingual: Path) -> None:
    (hit,) = mg.search("costo de boyas y mareografos", build=bilingual, kind="mandate", most=1)
    assert (hit.kind, hit.language) == ("mandate", "es")
    assert mg.search("sistemas alerta temprana", build=bilingual).total > 0


def test_nothing_found_says_what_is_near(built: Path, cli: Cli) -> None:
    answer = mg.search("migrunts", build=built)
    assert (len(answer), answer.missing) == (0, ("migrunts",))
    assert "migrants" in answer.near
    run = cli("search", "migrunts", "--from", built)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.startswith("mandate-graph: migrunts: nothing was found. Near are: migrants")
    run = cli("search", "prisons", "remittances", "zones", "--from", built)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (0, "", 1)


@pytest.mark.parametrize("words", ["", "  ", "?!", '""', "…—", "a" * 1001])
def test_no_words_are_one_line(built: Path, cli: Cli, words: str) -> None:
    run = cli("search", words, "--from", built)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


def test_formats_say_the_same(built: Path, cli: Cli) -> None:
    answer = mg.search("smuggling migrants", build=built)
    document = json.loads(cli("search", "smuggling", "migrants", "--format", "json", "--from", built).stdout)
    assert document == json.loads(json.dumps(asdict(answer)))
    rows = list(
        csv.DictReader(io.StringIO(cli("search", "smuggling migrants", "--format", "csv", "--from", built).stdout))
    )
    assert [(row["key"], row["snippet"]) for row in rows] == [(hit.key, hit.marked()) for hit in answer]
    table = cli("search", "smuggling", "migrants", "--from", built).stdout
    assert all(hit.key in table for hit in answer)
    assert f"{answer.total} hits" in table


def test_names_take_one_query_however_many_words(dataset: Graph, built: Path) -> None:
    asked = Counting(dataset.engine())
    names = named(catalogue(asked, naming_of(BASE)))
    promises = (built / "promises.tsv").read_bytes()
    for words in ("a", "migrants", "the rights of all migrant workers"):
        find(read_words(words), names, promises, naming_of(BASE))
    assert asked.count == 1


class Counting:
    """An engine that counts what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.count = 0

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        self.count += 1
        return self._engine.table(query, name)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_find_nothing_or_something_and_never_break(built: Path, cli: Cli, words: str) -> None:
    with contextlib.suppress(BadOption):
        assert isinstance(mg.search(words, build=built), Found)
    with pytest.raises((UnknownThing, BadOption)) as caught:
        mg.show(words, build=built)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    if "\x00" in words or "\ud800" in words:
        return  # no shell can say them
    for verb in ("search", "show"):
        run = cli(verb, words, "--from", built)
        assert run.returncode in {0, 2}
        assert run.stderr.count("\n") <= 1
        assert "Traceback" not in run.stderr
        assert "\x1b" not in run.stdout + run.stderr


@given(st.text(max_size=60), st.text(max_size=60))
def test_marks_lie_inside_any_text(text: str, words: str) -> None:
    try:
        asked = read_words(words)
    except BadOption:
        return
    ends = [0]
    for start, end in asked.marks(text):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)


@given(
    st.text(max_size=40), st.sampled_from(["Inter-American", "niño", "MIGRANTS", "A/RES/70/1"]), st.text(max_size=40)
)
def test_a_word_that_stands_there_is_found_and_marked(before: str, word: str, after: str) -> None:
    text = f"{before} {word} {after}"
    asked = read_words(word)
    assert all(part.stands_in(keys(text)) for part in asked.parts)
    assert any(start <= len(before) + 1 < end for start, end in asked.marks(text))


@given(st.text("ab \n", max_size=500), st.text("ab ", min_size=1, max_size=300), st.text("ab ", max_size=500))
def test_a_snippet_is_short_and_keeps_its_marks(before: str, words: str, after: str) -> None:
    try:
        asked = read_words(words)
    except BadOption:
        return
    text = f"{before} {words} {after}"
    snippet, marks = shortened(text, asked.marks(text))
    assert len(snippet) <= 182 + len(words)
    assert marks
    assert all(0 <= start < end <= len(snippet) for start, end in marks)
    assert snippet.strip("…") in text


@pytest.mark.parametrize("name", SHOWN)
def test_everything_known_of_one(cli: Cli, built: Path, name: str, request: pytest.FixtureRequest) -> None:
    run = cli("show", SHOWN[name], "--from", built, env={"COLUMNS": "100"})
    assert (run.returncode, run.stderr) == (0, "")
    text = "".join(f"{line.rstrip()}\n" for line in run.stdout.splitlines())
    path = GOLDEN / f"{name}.txt"
    if request.config.getoption("--golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(SHOWN)


@pytest.mark.parametrize(
    ("key", "iri"),
    [
        (f"{BASE}id/body/iom", "id/body/iom"),
        (f"<{BASE}id/body/iom>", "id/body/iom"),
        ("id/body/iom", "id/body/iom"),
        ("body/iom", "id/body/iom"),
        ("iom", "id/body/iom"),
        ("IOM", "id/body/iom"),
        ("international organization for migration", "id/body/iom"),
        ("migration/migrant-human-rights", "id/theme/migration/migrant-human-rights"),
        ("mg:Mandate", "ns#Mandate"),
        ("Mandate", "ns#Mandate"),
        ("mig_hr", "id/page/mig_hr"),
        ("III", "id/summit/2001-quebec"),
        ("1998-santiago-plan-of-action/0b4825e409df", "id/mandate/1998-santiago-plan-of-action/0b4825e409df"),
        ("0b4825e409df", "id/mandate/1998-santiago-plan-of-action/0b4825e409df"),
        ("theme", "id/theme"),
        ("dataset", "dataset"),
    ],
)
def test_keys(built: Path, key: str, iri: str) -> None:
    assert mg.show(key, build=built).iri == BASE + iri


def test_a_name_of_several_things_is_not_guessed(built: Path, cli: Cli) -> None:
    with pytest.raises(AmbiguousThing) as caught:
        mg.show("migracion", build=built)
    assert [key for key, _ in caught.value.candidates] == ["theme/migration", "topic/migration"]
    run = cli("show", "migration", "--from", built)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        "mandate-graph: migration: 2 things are called so: theme/migration (MIGRATION), topic/migration (migration). "
        "Name one.\n"
    )


def test_an_unknown_name_says_what_is_near(built: Path, cli: Cli) -> None:
    with pytest.raises(UnknownThing) as caught:
        mg.show("body/iomm", build=built)
    assert "body/iom" in caught.value.close
    run = cli("show", "Organisation of Americn States", "--from", built)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "Did you mean" in run.stderr
    assert cli("show", "x", "--from", built.parent / "nowhere").returncode == 2
    assert cli("show", " ", "--from", built).returncode == 2


def test_each_inference_of_a_mandate_has_its_evidence(built: Path) -> None:
    thing = mg.show("0c71954fd8b7", build=built)
    assert thing.paragraph
    (text,) = thing.paragraph.texts
    assert len(thing.inferences) > 3
    for each in thing.inferences:
        assert text.text[each.start : each.end] == each.quote
        assert each.rule
        assert each.rule_version
        assert 0 < each.confidence <= 1
        assert each.who == f"mandate-graph {mg.__version__}"
        assert all(place.page == "mig" and place.line > 0 and place.text for place in each.places)
        assert each.places
    told = {(s.property.iri, v.text) for s in thing.statements for v in s.values if v.inferred}
    assert told >= {(each.property.iri, each.object.iri) for each in thing.inferences if each.object}


def test_counts_of_what_leads_to_a_thing_are_those_of_the_graph(built: Path, dataset: Graph) -> None:
    thing = mg.show("theme/migration", build=built)
    _, rows = dataset.engine().table(
        f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p <{BASE}id/theme/migration> "
        "FILTER NOT EXISTS { ?s a <https://w3id.org/sssom/Mapping> } } GROUP BY ?p ORDER BY ?p"
    )
    assert [(f"<{each.property.iri}>", each.count) for each in thing.incoming] == [
        (p, int(n.split('"')[1])) for p, n in rows
    ]
    assert all(len(each.first) == min(each.count, 10) for each in thing.incoming)


def test_twins_decisions_and_retired_identifiers_are_shown(bilingual: Path) -> None:
    (pair, *_) = mg.query(
        "SELECT ?one ?other { ?one <https://w3id.org/mandate-graph/ns#sameParagraphAs> ?other } ORDER BY ?one",
        build=bilingual,
    )
    one, other = (mg.show(str(iri), build=bilingual) for iri in pair)
    assert one.paragraph
    assert other.paragraph
    assert [each.iri for each in one.paragraph.twins] == [other.iri]
    # One claim holds for both directions, and is shown on both sides.
    for thing in (one, other):
        assert any("same paragraph as" in each.property.label for each in (*thing.inferences, *thing.leading))
        values = [v for s in thing.statements if s.property.key == "mg:sameParagraphAs" for v in s.values]
        assert [value.inferred for value in values] == [True]


def test_a_corrected_mention_says_who(bilingual: Path) -> None:
    hit = next(iter(mg.search('"Observe the Convention against Corruption"', build=bilingual)))
    thing = mg.show(hit.key, build=bilingual)
    (mention,) = (each for each in thing.inferences if each.kind == "mention")
    assert (mention.rule, mention.confidence, mention.who) == ("decided by a person", 1.0, "A. Reader")


def test_a_link_says_whether_somebody_checked_it(bilingual: Path, cli: Cli, tmp_path: Path) -> None:
    signed, *others = (row for row in read_set(ROOT / "sources" / "links" / "stw.sssom.tsv").mappings if row.asserted)
    key = signed.subject
    thing = mg.show(key, build=bilingual)
    values = {v.node.iri: v for s in thing.statements for v in s.values if v.node and v.link}
    assert len(values) == 1 + sum(row.subject == signed.subject for row in others)
    (value,) = (v for iri, v in values.items() if iri.endswith("/" + signed.object.partition(":")[2]))
    assert value.node
    assert value.link
    assert value.node.label == signed["object_label"]
    assert (value.link.state, value.link.reviewer, value.link.reviewed) == ("reviewed", "B. Reader", "2026-12-01")
    assert (value.link.who, value.link.made) == (signed["author_label"], signed["mapping_date"])
    assert (value.link.confidence, value.link.comment) == (float(signed["confidence"]), signed["comment"])
    assert value.link.justification.rpartition("/")[2] == signed["mapping_justification"].partition(":")[2]
    shown = " ".join(cli("show", key, "--from", bilingual).stdout.split())
    sure = f"{value.link.confidence:g}"
    assert f"{value.node.iri} (reviewed by B. Reader on 1 December 2026, {sure})" in shown
    assert "mapping/" not in shown
    document = json.loads(cli("show", key, "--format", "json", "--from", bilingual).stdout)
    assert value.link.state in {v["link"]["state"] for s in document["statements"] for v in s["values"] if v["link"]}
    (tmp_path / "one.ttl").write_text(cli("show", key, "--format", "turtle", "--from", bilingual).stdout)
    subjects = {quad[0] for quad in parse_quads(tmp_path / "one.ttl")}
    assert subjects >= {f"<{v.link.node}>" for v in values.values() if v.link}
    # The mapping itself is a thing like others.
    mapping = mg.show(value.link.node, build=bilingual)
    said = {(s.property.iri.rpartition("#")[2], v.text) for s in mapping.statements for v in s.values}
    assert said >= {("subject", thing.iri), ("object", value.node.iri)}


def test_a_link_from_here_is_told_at_its_other_end(built: Path) -> None:
    """Of two things of ours each names the other; what the link rests on is neither evidence nor leads there."""
    rows = [row for row in read_set(ROOT / "sources" / "links" / "topics.sssom.tsv").mappings if row.asserted]
    row = rows[0]
    near, far = (mg.show(each.removeprefix(OWN), build=built) for each in (row.subject, row.object))
    links = [
        (node.iri, link.state)
        for each in far.incoming
        for node, link in zip(each.first, each.links, strict=True)
        if link
    ]
    assert (near.iri, "not yet reviewed") in links
    assert len(links) == sum(each.object == row.object for each in rows)
    for thing in (near, far):
        assert not [node.key for each in thing.incoming for node in each.first if node.key.startswith("mapping/")]
        everything = mg.show(thing.iri, build=built, most=100_000)
        assert everything.leading_count == len({each.node for each in everything.leading})


def test_json_and_turtle(built: Path, cli: Cli, tmp_path: Path) -> None:
    document = json.loads(cli("show", "0c71954fd8b7", "--format", "json", "--from", built).stdout)
    assert document == json.loads(json.dumps(mg.show("0c71954fd8b7", build=built).as_dict()))
    (tmp_path / "one.ttl").write_text(cli("show", "0c71954fd8b7", "--format", "turtle", "--from", built).stdout)
    triples = {quad[:3] for quad in parse_quads(tmp_path / "one.ttl")}
    assert triples <= {quad[:3] for quad in parse_quads(built / "mandates.nq")}
    subjects = {triple[0] for triple in triples}
    assert f"<{document['iri']}>" in subjects
    assert {f"<{each['node']}>" for each in document["inferences"]} <= subjects


def test_labels_take_one_query_english_first(dataset: Graph) -> None:
    asked = Counting(dataset.engine())
    iris = [f"<{BASE}id/{key}>" for key in ("body/iom", "summit/2001-quebec", "body/nobody")]
    assert labels_of(asked, [*iris, '"no IRI"', *iris]) == {
        iris[0]: "International Organization for Migration",
        iris[1]: "Third Summit of the Americas",
    }
    assert asked.count == 1
    assert labels_of(asked, []) == {}


def test_spanish_and_then_any_language_where_there_is_no_english() -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    lines = [
        f'<urn:a> {label} "uno"@es <urn:g> .',
        f'<urn:a> {label} "um"@pt <urn:g> .',
        f'<urn:b> {label} "zwei"@de <urn:g> .',
        f'<urn:c> {label} "bare" <urn:g> .',
    ]
    engine = Engine("".join(f"{line}\n" for line in lines).encode())
    assert labels_of(engine, ["<urn:a>", "<urn:b>", "<urn:c>"]) == {
        "<urn:a>": "uno", "<urn:b>": "zwei", "<urn:c>": "bare",
    }  # fmt: skip


def test_an_older_build_is_said(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mandates.nq").write_bytes((built / "mandates.nq").read_bytes())
    with pytest.raises(MissingPath, match="older version"):
        mg.search("migrants", build=tmp_path)
