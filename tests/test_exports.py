"""What is taken away: every format read back by those who read it, tables, parts, and odd texts through every writer."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from csvw import CSVW
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld

import servers
from conftest import ROOT, Cli
from mandate_graph import outputs, parquet, selection, tables, write
from mandate_graph.dataset import Graph
from mandate_graph.engine import literal
from mandate_graph.errors import NotInXml
from mandate_graph.house import query_files
from mandate_graph.sssom import read_set
from mandate_graph.terms import load_terms

BASE = "https://w3id.org/mandate-graph/"
STYLE = write.Style(BASE, load_terms(ROOT / "ontology"))
ENDINGS = {"nquads": "nq", "ntriples": "nt", "turtle": "ttl", "trig": "trig", "jsonld": "jsonld", "rdfxml": "rdf"}
OX = {
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
NAMED = {"nquads", "trig"}


def stated(data: bytes, name: str, *, graphs: bool = False) -> set[str]:
    """The statements of a document as canonical lines, as pyoxigraph reads them."""
    found = set()
    for quad in ox.parse(input=data, format=OX[name], base_iri=BASE):
        found.add(str(quad) if graphs else f"{quad.subject} {quad.predicate} {quad.object}")
    return found


def parts(built: Path) -> Iterator[tuple[str, bytes]]:
    """The whole build, and a part of it."""
    data = (built / "mandates.nq").read_bytes()
    yield "whole", data
    graph = Graph(built)
    mandates = selection.by_facets(graph.engine(), graph.base, query_files(), {"theme": "migration", "year": "2001"})
    part = selection.part_of(graph.engine(), graph.base, query_files(), mandates)
    yield "part", b"".join(selection.written(built / "mandates.nq", part))


@pytest.mark.parametrize("name", ENDINGS)
def test_every_format_says_the_same(built: Path, name: str) -> None:
    for what, source in parts(built):
        data = b"".join(write.stream(source, name, STYLE))
        assert data == b"".join(write.stream(source, name, STYLE))
        graphs = name in NAMED
        wanted = stated(source, "nquads", graphs=graphs)
        assert stated(data, name, graphs=graphs) == wanted, what


@pytest.mark.parametrize("name", ENDINGS)
def test_rdflib_reads_the_same(built: Path, name: str) -> None:
    _, source = list(parts(built))[1]
    data = b"".join(write.stream(source, name, STYLE))
    wanted = rdflib.Graph().parse(data=b"".join(write.stream(source, "ntriples", STYLE)), format="nt")
    found = rdflib.Dataset(default_union=True)
    parser = {"ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}.get(name, name)
    found.parse(data=data, format=parser, publicID=BASE)
    assert {(s, p, o) for s, p, o, _ in found.quads()} == set(wanted)


@pytest.mark.parametrize(
    ("name", "theirs"), [("turtle", "turtle"), ("trig", "trig"), ("rdfxml", "rdfxml"), ("nquads", "nquads")]
)
def test_raptor_reads_the_same(built: Path, tmp_path: Path, name: str, theirs: str) -> None:
    rapper = servers.needed("rapper", "raptor2-utils")
    for what, source in parts(built):
        path = tmp_path / f"{what}.{ENDINGS[name]}"
        path.write_bytes(b"".join(write.stream(source, name, STYLE)))
        run = subprocess.run(
            [rapper, "-q", "-i", theirs, "-o", "ntriples", str(path), BASE], capture_output=True, check=True
        )
        assert stated(run.stdout, "ntriples") == stated(source, "nquads")


def test_pyld_reads_the_same(built: Path) -> None:
    for what, source in parts(built):
        document = json.loads(b"".join(write.stream(source, "jsonld", STYLE)))
        lines = pyld.to_rdf(document, {"format": "application/n-quads", "base": BASE})
        assert stated(lines.encode(), "nquads") == stated(source, "nquads"), what


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner)
    elif isinstance(value, dict):
        if "id" in value:
            yield value
        for inner in value.values():
            yield from nodes(inner)


def test_json_ld_has_one_node_object_a_thing_nested_where_one_expects_it(bilingual: Path) -> None:
    document = json.loads((bilingual / "mandates.jsonld").read_bytes())
    counts = Counter(node["id"] for node in nodes(document["@graph"]) if len(node) > 1)
    assert set(counts.values()) == {1}
    subjects = {line.split(b" ", 1)[0] for line in (bilingual / "mandates.nq").read_bytes().splitlines()}
    assert len(counts) == len(subjects)
    # The terms of other vocabularies have a label here and no type.
    top = {node["id"]: node for node in document["@graph"]}
    mandates = [node for node in top.values() if "mg:Mandate" in node.get("type", ())]
    assert mandates
    assert all(node["is_realized_by"]["text"] for node in mandates)
    mentions = [node for node in top.values() if "mg:Mention" in node.get("type", ())]
    held = [node["hasTarget"] for node in mentions if isinstance(node["hasTarget"], dict)]
    assert held
    assert all(isinstance(selector, dict) for target in held for selector in target["hasSelector"])
    notes = [node for node in top.values() if "mg:Footnote" in node.get("type", ())]
    assert notes
    assert all(isinstance(node["hasTarget"], str) for node in notes)


def test_circles_of_parts_lose_nothing() -> None:
    version = "<http://www.w3.org/ns/dcat#hasVersion>"
    kind = ("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/ns/dcat#Dataset>", "")
    names = [f"<http://x.org/{name}>" for name in "abc"]
    quads = [(one, version, other, "") for one, other in zip(names, [*names[1:], names[0]], strict=True)]
    quads += [(name, *kind) for name in names]
    assert stated(write.write(quads, "jsonld", STYLE), "jsonld") == stated(write.nquads(quads), "nquads")


def test_a_thing_stands_before_what_is_below_it() -> None:
    names = ["a", "a/b", "a/b/c", "a/0", "a#x", "a1", "a-b", "ab", "b/a", "b"]
    quads = [(f"<{BASE}{name}>", f"<{BASE}p>", '"x"', "") for name in names]
    lines = write.write(quads, "turtle", STYLE).decode().splitlines()
    subjects = [line.split()[0] for line in lines if line.endswith(" .") and not line.startswith("@")]
    assert subjects == [f"<{name}>" for name in sorted(names)]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "",
        '"',
        "\\",
        "\n\r\t",
        "\x00\x08\x0c\x1f\x7f",
        " <a> .",
        '" <http://x.org/g> .\n',
        "🌎",
        "\\u0041",
        "\ufffe",
        "a | b",
    ]
)
LITERALS = st.tuples(
    TEXTS,
    st.sampled_from(
        [("", ""), ("en", ""), ("es-mx", ""), ("", "http://www.w3.org/2001/XMLSchema#integer"), ("", "http://x.org/dt")]
    ),
)
PREDICATES = [
    "http://www.w3.org/2000/01/rdf-schema#label",
    "https://schema.org/text",
    f"{BASE}ns#start",
    "http://x.org/p",
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from(PREDICATES), LITERALS, st.sampled_from(["", "<http://x.org/g>"])
        ),
        max_size=6,
    )
)
def test_odd_texts_pass_through_every_writer(rows: list[tuple[str, str, tuple[str, tuple[str, str]], str]]) -> None:
    quads = [(f"<http://x.org/{s}>", f"<{p}>", literal(text, *kind), g) for s, p, (text, kind), g in rows]
    wanted = {graphs: stated(write.nquads(quads), "nquads", graphs=graphs) for graphs in (True, False)}
    for name in ENDINGS:
        try:
            data = write.write(quads, name, STYLE)
        except NotInXml:
            assert name == "rdfxml"
            assert any(
                set(text) & {*map(chr, range(32)), "\ufffe", "\uffff"} - set("\t\n\r") for _, _, (text, _), _ in rows
            )
            continue
        assert stated(data, name, graphs=name in NAMED) == wanted[name in NAMED], name


def test_what_xml_cannot_hold_is_one_line() -> None:
    with pytest.raises(NotInXml, match="RDF/XML cannot hold it"):
        write.write([("<http://x.org/a>", "<http://x.org/p>", '"\\u0001"', "")], "rdfxml", STYLE)
    with pytest.raises(NotInXml, match="ends in none"):
        write.write([("<http://x.org/a>", "<http://x.org/12>", '"x"', "")], "rdfxml", STYLE)


def test_blank_nodes_of_a_query_are_written(dataset: Graph) -> None:
    result = dataset.query(
        "CONSTRUCT { [] <http://x.org/p> ?m } WHERE { ?m a <https://w3id.org/mandate-graph/ns#Mandate> }"
    )
    for name in ENDINGS:
        assert len(stated(write.write(result.quads(), name, STYLE), name)) == len(result)


@pytest.mark.parametrize("name", tables.TABLES)
@pytest.mark.parametrize("house", ["built", "bilingual"])
def test_tables_validate_as_csvw(
    cli: Cli, request: pytest.FixtureRequest, tmp_path: Path, name: str, house: str
) -> None:
    run = cli("export", "--from", request.getfixturevalue(house), "--table", name, "--out", f"{name}.csv")
    assert (run.returncode, run.stderr) == (0, "")
    checked = CSVW(str(tmp_path / f"{name}.csv"), validate=True)
    assert checked.is_valid, [str(warning.message) for warning in checked.warnings]
    described = json.loads((tmp_path / f"{name}.csv-metadata.json").read_text())
    assert [column["name"] for column in described["tableSchema"]["columns"]] == [
        column.name for column in tables.find_table(name).columns
    ]
    assert described["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}


def test_tables_as_parquet(built: Path) -> None:
    import pyarrow.parquet as pq

    graph = Graph(built)
    for name, make in tables.TABLES.items():
        document = list(make(graph.engine()))
        described = tables.find_table(name)
        data = b"".join(parquet.table(document, described))
        assert data == b"".join(parquet.table(document, described))
        read = pq.read_table(io.BytesIO(data))
        assert read.column_names == [column.name for column in described.columns]
        assert read.num_rows == len(graph.query(described.text)) or read.num_rows > 0
    data = b"".join(parquet.quads(built / "mandates.nq"))
    rows = pq.read_table(io.BytesIO(data)).to_pylist()
    lines = set()
    for row in rows:
        end = (
            literal(row["object"], row["language"] or "", row["datatype"] or "")
            if row["object_kind"] == "literal"
            else f"<{row['object']}>"
        )
        lines.add(f"<{row['subject']}> <{row['predicate']}> {end} <{row['graph']}> .\n")
    assert "".join(sorted(lines)).encode() == (built / "mandates.nq").read_bytes()


def test_a_part_is_of_the_whole_and_useful_by_itself(built: Path) -> None:
    (_, whole), (_, part) = parts(built)
    assert set(part.splitlines()) < set(whole.splitlines())
    text = part.decode()
    subjects = {line.split(" ", 1)[0] for line in text.splitlines()}
    named = {
        quad.object.value
        for quad in ox.parse(input=part, format=ox.RdfFormat.N_QUADS)
        if isinstance(quad.object, ox.NamedNode)
    }
    mine = {name for name in named if name.startswith(f"{BASE}id/") and f"<{name}>" not in subjects}
    assert mine == set()
    for what in (
        "id/mandate/",
        "id/occurrence/",
        "id/mention/",
        "id/selection/",
        "id/claim/",
        "id/document/",
        "id/summit/",
        "id/rule/",
    ):
        assert any(subject.startswith(f"<{BASE}{what}") for subject in subjects), what
    assert f"<{BASE}dataset> <http://purl.org/dc/terms/license>" in text
    assert "/2005-mar-del-plata-plan-of-action/" not in text


def test_selecting_everything_gives_every_mandate(built: Path) -> None:
    graph = Graph(built)
    query = graph.query("SELECT ?mandate { ?mandate a <https://w3id.org/mandate-graph/ns#Mandate> }")
    every = {terms[0] for terms in query.terms}
    part = selection.part_of(graph.engine(), graph.base, query_files(), every)
    assert every <= part.things


def test_formats_by_ending_and_gzip(cli: Cli, built: Path, tmp_path: Path) -> None:
    for name, ending in ENDINGS.items():
        assert cli("export", "--from", built, "--out", f"x.{ending}.gz").returncode == 0
        packed = (tmp_path / f"x.{ending}.gz").read_bytes()
        assert packed[4:8] == bytes(4)
        assert gzip.decompress(packed) == b"".join(write.stream(built / "mandates.nq", name, STYLE))
        assert b"".join(outputs.compressed([gzip.decompress(packed)])) == b"".join(
            outputs.compressed([gzip.decompress(packed)])
        )


WRONG = [
    (("--format", "turtle", "--out", "x.nq"), "x.nq ends as nquads does, and turtle is asked for"),
    (("--out", "x.csv"), "is for tables; name one with --table"),
    (("--table", "themes", "--format", "trig"), "is for graphs"),
    (("--theme", "migratoin"), "close to it: migration"),
    (("--theme", "MIGRATION"), "--theme: MIGRATION names nothing in this graph; close to it: migration."),
    (("--theme", "id/theme/Migration"), "close to it: migration."),
    (("--summit", "2001"), "--summit: 2001 names nothing in this graph; close to it: 2001-quebec."),
    (("--document", "2001-QUEBEC-plan"), "close to it: 2001-quebec-plan-of-action"),
    (("--summit", "nowhere-at-all"), "names nothing in this graph"),
    (("--language", "xx"), "no mandate is selected by --language xx; there are: en"),
    (("--language", "EN"), "no mandate is selected by --language EN; there are: en"),
    (("--year", "1999"), "no mandate is selected by --year 1999; there are: 1994, "),
    (("--summit", "2001-quebec", "--year", "1994"), "no mandate is selected"),
    (("--year", "soon"), "is not a whole number"),
    (("--table", "themes", "--out", "x.tsv"), "--out: x.tsv: a table ends in one of .csv, .parquet"),
    (("--out", "x.xyz"), "a graph ends in one of .nq, .nt, .ttl, .trig, .jsonld, .rdf, .parquet, or say the format"),
    (("--out", "x.xyz.GZ"), "a graph ends in one of"),
    (("--out", "x.CSV"), "is for tables; name one with --table"),
    (("--query", "opening-verbs"), "needs a column ?mandate"),
    (("--query", "mandates-namin"), "Did you mean mandates-naming"),
    (("--query", "mandates-naming", "body/iom"), "is not of the form name=value"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_exports_are_one_line(cli: Cli, built: Path, arguments: tuple[str, ...], words: str) -> None:
    run = cli("export", "--from", built, *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert words in run.stderr


def test_a_query_selects(cli: Cli, built: Path, tmp_path: Path) -> None:
    run = cli("export", "--from", built, "--query", "mandates-naming", "named=body/iom", "--table", "mandates")
    assert run.stdout.count("\n") == 3  # the header, the mandate, and the chapeau that introduces it
    (tmp_path / "c.rq").write_text(
        "CONSTRUCT { ?m ?p ?o } WHERE { ?m a <https://w3id.org/mandate-graph/ns#Mandate> ; ?p ?o }"
    )
    run = cli("export", "--from", built, "--query", "c.rq", "--format", "ntriples")
    assert run.returncode == 0
    assert stated(run.stdout.encode(), "ntriples") < stated((built / "mandates.nq").read_bytes(), "nquads")


def part_by(built: Path, mandates: set[str]) -> bytes:
    """The lines of the part of some mandates."""
    graph = Graph(built)
    part = selection.part_of(graph.engine(), graph.base, query_files(), mandates)
    return b"".join(selection.written(built / "mandates.nq", part))


def test_a_claim_about_a_mandate_outside_the_part_is_left_out_whole(bilingual: Path) -> None:
    rows = Graph(bilingual).query(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> SELECT ?claim ?one ?other WHERE "
        "{ ?claim rdf:subject ?one ; rdf:object ?other . ?other a <https://w3id.org/mandate-graph/ns#Mandate> "
        "  FILTER NOT EXISTS { ?one <https://w3id.org/mandate-graph/ns#chapeau> ?other } }"  # that one comes along
    )
    assert rows.terms
    for claim, one, other in rows.terms:
        alone, both = part_by(bilingual, {one}).decode(), part_by(bilingual, {one, other}).decode()
        assert claim not in alone
        assert f"\n{claim} " in both
    data = part_by(bilingual, {rows.terms[0][1]})
    lines = [line for line in data.decode().split("\n") if "#type> <https://w3id.org/mandate-graph/ns#Claim>" in line]
    for line in lines:
        assert f"{line.split()[0]} <http://www.w3.org/1999/02/22-rdf-syntax-ns#object>" in data.decode()


def test_a_part_has_no_figures_of_the_whole(built: Path) -> None:
    (_, whole), (_, part) = parts(built)
    assert b"/void#triples>" in whole
    assert b"/void#triples>" not in part
    assert b"/void#entities>" not in part
    assert b"/void#uriSpace>" in part


def test_a_text_with_a_separator_of_unicode_stays_whole() -> None:
    line = f'<{BASE}id/a> <http://x.org/p> "one\u2028two\x85three" <http://x.org/g> .\n'.encode()
    part = selection.Part(frozenset({f"<{BASE}id/a>"}), frozenset())
    assert b"".join(selection.written(line, part)) == line


def test_tables_of_a_part_hold_what_its_mandates_belong_to(cli: Cli, built: Path) -> None:
    def rows(table: str) -> list[dict[str, str]]:
        run = cli("export", "--from", built, "--table", table, "--theme", "migration", "--year", "2001")
        assert run.returncode == 0
        return list(csv.DictReader(io.StringIO(run.stdout)))

    summits, documents, themes = rows("summits"), rows("documents"), rows("themes")
    assert [row["startDate"][:4] for row in summits] == ["2001"]
    assert all(row["mandates"] != "0" and row["summit"] == summits[0]["summit"] for row in documents)
    assert summits[0]["documents"].split(" | ") == [row["document"] for row in documents]
    above = {row["broader"] for row in themes}
    assert themes
    assert all(row["mandates"] != "0" or row["theme"] in above for row in themes)


def test_the_table_of_links_says_who_made_them_and_who_checked_them(cli: Cli, bilingual: Path) -> None:
    run = cli("export", "--from", bilingual, "--table", "links")
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    matched = [row for row in rows if row["status"]]
    (signed,) = (row for row in matched if row["status"] == "reviewed")
    said = read_set(ROOT / "sources" / "links" / "stw.sssom.tsv").mappings[0]
    assert (signed["reviewedBy"], signed["reviewedOn"]) == ("B. Reader", "2026-12-01")
    assert (signed["vocabulary"], signed["madeBy"], signed["madeOn"]) == (
        "stw", said["author_label"], said["mapping_date"],
    )  # fmt: skip
    assert (signed["targetLabel"], float(signed["confidence"])) == (said["object_label"], float(said["confidence"]))
    assert signed["justification"].rpartition("/")[2] == said["mapping_justification"].partition(":")[2]
    for row in matched:
        assert row is signed or (row["status"], row["reviewedBy"], row["reviewedOn"]) == ("not-reviewed", "", "")
    # Nobody says why a page is about a thing: a table of ours has it beside the thing.
    pages = [row for row in rows if not row["status"]]
    assert {row["relation"].rpartition("#")[2] for row in pages} == {"seeAlso"}
    assert not any(list(row.values())[4:] != [""] * 9 for row in pages)


def test_a_theme_above_one_with_mandates_has_a_row(cli: Cli, built: Path) -> None:
    run = cli("export", "--from", built, "--table", "themes", "--summit", "2001-quebec")
    themes = list(csv.DictReader(io.StringIO(run.stdout)))
    assert {row["broader"] for row in themes} - {""} <= {row["theme"] for row in themes}


def test_a_query_whose_mandates_are_none_selects_none(cli: Cli, built: Path, tmp_path: Path) -> None:
    (tmp_path / "d.rq").write_text(
        "SELECT ?mandate WHERE { ?mandate a <https://w3id.org/mandate-graph/ns#SummitDocument> }"
    )
    run = cli("export", "--from", built, "--query", "d.rq")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "mandate-graph: no mandate is selected by --query d.\n"


def test_endings_count_in_any_case(cli: Cli, built: Path, tmp_path: Path) -> None:
    assert cli("export", "--from", built, "--out", "G.Ttl.GZ").returncode == 0
    assert gzip.decompress((tmp_path / "G.Ttl.GZ").read_bytes()).startswith(b"@base")
    assert cli("export", "--from", built, "--out", "G.NQ").returncode == 0
    assert (tmp_path / "G.NQ").read_bytes() == (built / "mandates.nq").read_bytes()
    assert cli("export", "--from", built, "--out", "plain").returncode == 0
    assert (tmp_path / "plain").read_bytes().startswith(b"@base")
    assert cli("export", "--from", built, "--out", "g.xyz", "--format", "nquads").returncode == 0


def test_devices_are_written_through(cli: Cli, built: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xyz")
    reader = os.open(tmp_path / "pipe.xyz", os.O_RDONLY | os.O_NONBLOCK)
    run = cli("export", "--from", built, "--table", "summits", "--out", "pipe.xyz")
    assert (run.returncode, run.stderr) == (0, "")
    assert os.read(reader, 7) == b"summit,"
    os.close(reader)
    assert list(tmp_path.glob("*")) == [tmp_path / "pipe.xyz"]
    assert cli("export", "--from", built, "--out", "/dev/null").returncode == 0
    run = cli("export", "--from", built, "--table", "summits", "--out", "/dev/stdout")
    assert (run.returncode, run.stdout[:7]) == (0, "summit,")


def test_a_compressed_table_has_no_metadata_and_says_so(cli: Cli, built: Path, tmp_path: Path) -> None:
    run = cli("export", "--from", built, "--table", "summits", "--out", "s.csv.gz")
    assert (run.returncode, run.stderr.count("\n")) == (0, 1)
    assert "s.csv.gz: CSVW metadata cannot speak of a compressed table" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv.gz"]
    assert cli("export", "--from", built, "--table", "summits", "--out", "s.parquet").stderr == ""


def test_a_table_and_its_metadata_are_written_both_or_none(cli: Cli, built: Path, tmp_path: Path) -> None:
    (tmp_path / "s.csv-metadata.json").mkdir()
    run = cli("export", "--from", built, "--table", "summits", "--out", "s.csv")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "s.csv-metadata.json: cannot be written" in run.stderr
    long = "n" * 225 + ".csv"  # a name that a file can have, and its metadata cannot
    assert cli("export", "--from", built, "--table", "summits", "--out", long).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv-metadata.json"]


def test_nothing_is_written_into_the_build(cli: Cli, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "b")
    (tmp_path / "door").symlink_to(tmp_path / "b" / "store")
    (tmp_path / "out.ttl").symlink_to(tmp_path / "b" / "mandates.ttl")
    (tmp_path / "b" / "way-out.ttl").symlink_to(tmp_path / "elsewhere.ttl")
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    for out in (
        "b/x.ttl",
        "b/store/x.ttl",
        "b/store/oxigraph/CURRENT",
        "b/mandates.ttl",
        "door/x.ttl",
        "out.ttl",
        "b/way-out.ttl",
        "b/store/../x.ttl",
    ):
        run = cli("export", "--from", "b", "--out", out)
        assert (run.returncode, run.stdout) == (2, "")
        assert "the build that is read" in run.stderr, out
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("name", [*ENDINGS, "parquet"])
def test_data_that_are_no_quads_are_refused_in_every_format(cli: Cli, built: Path, tmp_path: Path, name: str) -> None:
    whole = (built / "mandates.nq").read_bytes()
    lines = whole.splitlines(keepends=True)
    (tmp_path / "bad").mkdir()
    for what, data in {
        "cut": whole[: len(whole) // 2].rstrip(b"\n")[:-2],
        "cut in the name of a graph": b"".join(lines[:50])[:-9],
        "bytes": bytes(range(256)) * 9,
        "first": b"not a quad at all\n" + b"".join(lines[:50]),
        "last": b"".join(lines[:50]) + b"not a quad at all\n",
        "empty": b"",
    }.items():
        (tmp_path / "bad" / "mandates.nq").write_bytes(data)
        run = cli("export", "--from", "bad", "--format", name, "--out", "x")
        assert (run.returncode, run.stderr.count("\n")) == (1, 1), what
        assert ("holds no quads" if what == "empty" else "not valid N-Quads") in run.stderr, what
        assert not (tmp_path / "x").exists()
