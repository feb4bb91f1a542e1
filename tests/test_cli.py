"""The command line as a user meets it: answers on standard output, talk on standard error, and honest exit codes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import rdflib

from conftest import ROOT, Cli, page_text

GOOD = page_text("  1. Wash hands, no later than 2030. (Plan of Action Miami, 1994).", heading="HEALTH")


def test_help_is_complete_and_light(cli: Cli) -> None:
    run = cli("--help")
    assert run.returncode == 0
    for word in ("build", "validate", "query", "export", "exit codes"):
        assert word in run.stdout
    for verb in ("build", "validate", "query", "export"):
        assert "--" in cli(verb, "--help").stdout
    # Nothing heavy is imported for it.
    code = "import sys; from mandate_graph.cli import parser; parser().format_help(); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"rdflib", "pyoxigraph", "pyshacl", "rich", "ahocorasick_rs", "pandas"} & set(modules)


def test_no_verb_prints_the_help(cli: Cli) -> None:
    assert cli().stdout == cli("--help").stdout


def test_version(cli: Cli) -> None:
    from mandate_graph import __version__

    assert cli("--version").stdout == f"mandate-graph {__version__}\n"


def test_build_prints_a_summary(cli: Cli, tmp_path: Path) -> None:
    run = cli("build", "--house", ROOT)
    assert run.returncode == 0
    assert run.stderr == ""
    for words in (
        "2 pages, 52 listings", "38 distinct items: 34 mandates, 3 chapeaux, 1 sub-item", "51 of 51 printed citations resolved",
        "build/mandates.nq", "query instruments-cited", "id/instrument/vccr-1963", "Next",
    ):  # fmt: skip
        assert words in run.stdout
    assert "\x1b[" not in run.stdout
    assert (tmp_path / "build/mandates.ttl").is_file()


def test_build_of_any_page(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "health_clean.txt").write_text(GOOD)
    run = cli("build", "health_clean.txt", "--out", "mine")
    assert run.returncode == 0, run.stderr
    assert "--from mine" in run.stdout
    assert len(cli("query", "mandates-saying", "--from", "mine", "--format", "csv").stdout.splitlines()) == 2


USAGE = [
    ((), "build", "no sources here"),
    (("gone.txt",), "build", "gone.txt: no such file or folder"),
    (("--house", "nowhere"), "build", "A house is a folder that holds this file"),
    (("--bogus",), "build", "unrecognized arguments: --bogus"),
    (("nowhere.ttl",), "validate", "nowhere.ttl: no such file or build"),
    ((), "validate", "build: no such file or build"),
    (("--from", "nowhere", "footnotes"), "query", "nowhere/mandates.nq: no such build"),
    ((), "export", "build/mandates.nq: no such build"),
    (("--table", "rainfall"), "export", "invalid choice: 'rainfall'"),
    (("--format", "docx"), "export", "invalid choice: 'docx'"),
    (("--workers", "0"), "build", "'0' is not a number from 1 to 1024"),
    (("--workers", "two"), "build", "'two' is not a number from 1 to 1024"),
    (("--cluster", "http://foo:8786"), "build", "no address of a Dask scheduler, which is tcp://HOST:PORT"),
    (("--cluster", "foo:8786", "--workers", "2"), "build", "not allowed with argument --cluster"),
]


@pytest.mark.parametrize(("arguments", "verb", "words"), USAGE)
def test_wrong_questions_exit_with_2(cli: Cli, arguments: tuple[str, ...], verb: str, words: str) -> None:
    run = cli(verb, *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


QUESTIONS = [
    (("mandates-namin",), "", "Did you mean mandates-naming or mandates-saying?"),
    (("missing.rq",), "", "missing.rq: no such query file"),
    (("mandates-naming", "nam=body/iom"), "", "there is no parameter 'nam' (did you mean named?)"),
    (("mandates-naming", "named=body/iomm"), "", "close to it: body/iom"),
    (("mandates-naming", "body/iom"), "", "not of the form name=value"),
    (("mandates-naming", "named=> <urn:x"), "", "not a key or an IRI"),
    (("dated-targets", "asOf=soon"), "", "not a whole number"),
    (("instruments-cited", "x=1"), "", "It takes no parameters"),
    (("mentions", "outcome=unresolvd"), "", "is none of resolved|unresolved|ambiguous"),
    (("mandates-by-theme", "theme="), "", "theme is empty"),
    (("-",), "SELECT * { ?s ?p ?o } #" + "x" * 70_000, "64,000 are the most"),
    (("-",), "SELECT {", "this SPARQL cannot be answered"),
    (("-",), "", "this SPARQL cannot be answered"),
    (("-", "--format", "csv"), "CONSTRUCT WHERE { ?s ?p ?o }", "csv is for tables"),
    (("-", "--format", "turtle"), "SELECT * { ?s ?p ?o }", "turtle is for graphs"),
    (("-", "--format", "csv"), "ASK { ?s ?p ?o }", "csv cannot hold"),
]


@pytest.mark.parametrize(("arguments", "stdin", "words"), QUESTIONS)
def test_wrong_queries_exit_with_2(cli: Cli, built: Path, arguments: tuple[str, ...], stdin: str, words: str) -> None:
    run = cli("query", "--from", built, *arguments, stdin=stdin)
    assert run.returncode == 2
    assert words in run.stderr
    assert len(run.stderr.strip().splitlines()) <= 3
    assert run.stdout == ""


def test_query_lists_the_library(cli: Cli) -> None:
    run = cli("query")
    assert run.returncode == 0
    for path in (ROOT / "src/mandate_graph/queries").glob("*.rq"):
        assert path.stem in run.stdout


def test_query_formats(cli: Cli, built: Path, tmp_path: Path) -> None:
    def ask(name: str, *arguments: str, stdin: str = "") -> str:
        run = cli("query", "--from", built, *arguments, "--format", name, stdin=stdin)
        assert run.returncode == 0, run.stderr
        return run.stdout

    rows = list(csv.DictReader(io.StringIO(ask("csv", "mandates-naming", "named=body/iom"))))
    assert [row["namedLabel"] for row in rows] == ["International Organization for Migration"]
    assert ask("tsv", "mandates-naming", "named=body/iom").splitlines()[0].startswith("?named\t")
    assert len(json.loads(ask("json", "mandates-naming", "named=body/iom"))["results"]["bindings"]) == 1
    assert ET.fromstring(ask("xml", "mandates-naming", "named=body/iom")).tag.endswith("sparql")
    assert "International Organization for Migration" in ask("table", "mandates-naming", "named=body/iom")
    assert json.loads(ask("json", "-", stdin="ASK { ?s ?p ?o }"))["boolean"] is True
    construct = "PREFIX mg: <https://w3id.org/mandate-graph/ns#> CONSTRUCT WHERE { ?mandate mg:chapeau ?chapeau }"
    for name, rdf in (("turtle", "turtle"), ("jsonld", "json-ld"), ("ntriples", "nt")):
        assert len(rdflib.Graph().parse(data=ask(name, "-", stdin=construct), format=rdf)) == 12
    (tmp_path / "mine.rq").write_text(construct)
    run = cli("query", "mine.rq", "--from", built)
    assert "mg:chapeau" in run.stdout
    assert cli("query", "mine.rq", "--from", built, "--format", "table").stdout.count("ns#chapeau") == 12


def test_full_identifiers_serve_as_parameters(cli: Cli, built: Path) -> None:
    iri = "https://w3id.org/mandate-graph/id/body/iom"
    runs = [
        cli("query", "--from", built, "mandates-naming", f"named={value}").stdout
        for value in (iri, "body/iom", "id/body/iom")
    ]
    assert len(set(runs)) == 1
    assert "1 row" in runs[0]


def test_queries_see_named_graphs_and_their_union(cli: Cli, built: Path) -> None:
    """A triple that two graphs hold counts once in the union and once in each graph."""
    union = cli("query", "--from", built, "-", "--format", "csv", stdin="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").stdout
    graphs = cli(
        "query", "--from", built, "-", "--format", "csv", stdin="SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    ).stdout
    report = json.loads((built / "report.json").read_text())
    assert int(union.split()[1]) == report["counts"]["triples"]
    assert int(graphs.split()[1]) == report["counts"]["quads"]


def test_validate_a_build_and_a_file(cli: Cli, built: Path, tmp_path: Path) -> None:
    for arguments in ((built,), ("--from", built), (built / "mandates.ttl",), (built / "mandates.jsonld",)):
        run = cli("validate", *arguments)
        assert run.returncode == 0, run.stderr
        assert run.stdout.splitlines()[-1] == "every promise is kept: Violation 0, Warning 0, Info 314"
    broken = tmp_path / "broken.nq"
    lines = (built / "mandates.nq").read_text().splitlines()
    broken.write_text("\n".join(line for line in lines if "type_subdivision> <" not in line) + "\n")
    run = cli("validate", broken)
    assert run.returncode == 1
    assert "Violation: MandateKind-one" in run.stdout
    assert "(page mig, line " in run.stdout
    assert "promises are broken" in run.stdout.splitlines()[-1]


def test_validate_says_what_is_not_rdf(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("this is not turtle")
    (tmp_path / "a.xlsx").write_text("x")
    for name, words in (("a.ttl", "not valid Turtle"), ("a.xlsx", "Use one of .nq")):
        run = cli("validate", name)
        assert run.returncode == 1
        assert words in run.stderr
        assert len(run.stderr.splitlines()) == 1


def test_reference_gives_the_same_answer(cli: Cli) -> None:
    """On files of a few triples; the tests of the shapes compare whole graphs, of which the reference asks for minutes."""
    for name in ("MandateKind/bad-no-kind", "MandatePlace/bad-two-documents", "MandateKind/good"):
        file = ROOT / "tests" / "shapes" / f"{name}.ttl"
        ours, theirs = cli("validate", file), cli("validate", file, "--reference")
        assert (theirs.returncode, theirs.stdout) == (ours.returncode, ours.stdout)
        assert "Violation: " in ours.stdout


def test_words_may_stand_before_and_after_options(cli: Cli, built: Path) -> None:
    plain = cli("query", "mandates-naming", "named=body/oas", "--from", built, "--format", "csv")
    mixed = cli("query", "--format", "csv", "mandates-naming", "--from", built, "named=body/oas")
    assert len(plain.stdout.splitlines()) > 1
    assert (mixed.returncode, mixed.stdout) == (0, plain.stdout)
    run = cli("reconcile", "OAS", "--from", built, "ILO")
    assert run.stderr.endswith("2 names, 2 of them certain\n")
    for wrong in (["show", "body/oas", "--from", built, "x"], ["query", "footnotes", "--from", built, "a=b", "--frm"]):
        run = cli(*wrong)
        assert run.returncode == 2
        assert "unrecognized arguments" in run.stderr


def test_export_to_a_file_and_to_standard_output(cli: Cli, built: Path, tmp_path: Path) -> None:
    assert cli("export", "--from", built).stdout == (built / "mandates.ttl").read_text()
    for name in ("nquads", "ntriples", "turtle", "trig", "jsonld"):
        assert cli("export", "--from", built, "--format", name, "--out", f"x.{name}").returncode == 0
        assert (tmp_path / f"x.{name}").read_text() == cli("export", "--from", built, "--format", name).stdout
    before = (built / "mandates.nq").read_bytes()
    run = cli("export", "--from", built, "--out", built / "mandates.nq")
    assert run.returncode == 2
    assert (built / "mandates.nq").read_bytes() == before
    assert cli("export", "--from", built, "--out", "/dev/null").returncode == 0
    run = cli("export", "--from", built, "--out", "no/such/folder.ttl")
    assert run.returncode == 2
    assert "cannot be written" in run.stderr


def test_a_reader_that_leaves_is_no_error(built: Path) -> None:
    command = f"{sys.executable} -m mandate_graph export --from {built} --format nquads | head -n 1"
    run = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.count("\n") == 1


def test_a_page_that_may_not_be_read(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/good.txt").write_text(GOOD)
    (tmp_path / "pages/link.txt").symlink_to("nowhere")
    run = cli("build", "pages")
    assert run.returncode == 1
    assert "link.txt" in run.stderr
    assert "Traceback" not in run.stderr
    assert (tmp_path / "build/mandates.nq").is_file()


def test_a_folder_without_pages(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pages/deeper").mkdir(parents=True)
    (tmp_path / "pages/README.md").write_text("about")
    run = cli("build", "pages")
    assert run.returncode == 1
    assert "pages: holds no page" in run.stderr


def test_progress_waits_for_a_terminal(cli: Cli, tmp_path: Path) -> None:
    """Where nobody looks, nothing is drawn."""
    (tmp_path / "health.txt").write_text(GOOD)
    assert cli("build", "health.txt").stderr == ""


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
        "SELECT * " + "{" * 20_000 + "}" * 20_000,
        "SELECT * { FILTER(" + "!" * 60_000 + "true) }",
        "SELECT * { FILTER(" + "+".join(["1"] * 12_000) + " > 0) }",
        "SELECT * {" * 2_500 + " ?s ?p ?o " + "}" * 2_500,
    ],
    ids=["brackets", "groups", "negations", "sum", "sub-queries"],
)
def test_deep_queries_are_answered_or_refused(cli: Cli, tmp_path: Path, query: str) -> None:
    (tmp_path / "health.txt").write_text(GOOD)
    cli("build", "health.txt")
    run = cli("query", "-", "--format", "csv", stdin=query)
    assert run.returncode in {0, 2}
    assert "Traceback" not in run.stderr


def test_deep_json_ld_does_not_end_the_process(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "deep.jsonld").write_text('{"http://x.example/p":' * 50_000 + "1" + "}" * 50_000)
    run = cli("validate", "deep.jsonld")
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1


def test_validate_says_when_there_was_nothing_to_check(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").write_text("")
    (tmp_path / "foreign.ttl").write_text("<#me> a <http://xmlns.com/foaf/0.1/Person> .")
    for name in ("empty.ttl", "foreign.ttl"):
        run = cli("validate", name)
        assert run.returncode == 1
        assert "nothing was checked" in run.stderr


def test_a_house_without_tables_says_whose_it_uses(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "house/sources/documents").mkdir(parents=True)
    (tmp_path / "house/sources/documents/health.txt").write_text(GOOD)
    (tmp_path / "house/sources/house.toml").write_bytes((ROOT / "sources/house.toml").read_bytes())
    run = cli("build", "--house", "house")
    assert run.returncode == 0
    assert "tables and shapes and ontology of the package" in run.stdout
