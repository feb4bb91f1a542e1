"""The store beside the N-Quads: used where it is fresh, never trusted where it is not; and queries within limits."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import rdflib

import mandate_graph as mg
from conftest import ROOT, Cli
from mandate_graph.dataset import Graph
from mandate_graph.engine import Engine
from mandate_graph.errors import (
    BadParameter,
    BadQuery,
    BadRdf,
    ForeignFolder,
    MissingPath,
    QueryStopped,
    Replaced,
    UsageError,
)
from mandate_graph.house import query_files
from mandate_graph.sparql import Result, named_queries
from mandate_graph.store import fresh_store, open_engine, put_store

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
IN_GRAPHS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "copy")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_build_has_a_fresh_store_that_says_the_same(built: Path) -> None:
    quads = built / "mandates.nq"
    assert fresh_store(quads) == built / "store" / "oxigraph"
    for query in (COUNT, IN_GRAPHS):
        disk, memory = (open_engine(quads, named_graphs=True, memory=memory) for memory in (False, True))
        assert disk.table(query) == memory.table(query)


def test_a_copy_is_fresh_and_a_changed_file_makes_it_stale(copy: Path) -> None:
    quads = copy / "mandates.nq"
    os.utime(quads)
    assert fresh_store(quads) is not None, "the time of a copy is another, its bytes are the same"
    lines = quads.read_bytes().splitlines(keepends=True)
    quads.write_bytes(b"".join(lines[:-1]))
    assert fresh_store(quads) is None
    assert mg.query(IN_GRAPHS, build=copy)[0].n == len(lines) - 1
    quads.write_bytes(b"".join(lines).replace(b"a", b"b", 1))  # as long as before, and another
    assert fresh_store(quads) is None


def test_making_a_store_tells_how_far_it_is_and_takes_a_digest_that_is_known(built: Path, tmp_path: Path) -> None:
    quads = Path(shutil.copy(built / "mandates.nq", tmp_path))
    size = quads.stat().st_size
    assert size > 2 << 20, "several pieces"
    told: list[tuple[int, int]] = []
    put_store(quads, hashlib.sha256(quads.read_bytes()).hexdigest(), lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) > 4
    assert {total for _, total in told} == {2 * size}, "each byte is read twice"
    assert told[-1] == (2 * size, 2 * size)
    os.utime(quads)
    assert fresh_store(quads) == tmp_path / "store" / "oxigraph"
    disk, memory = (open_engine(quads, named_graphs=True, memory=memory) for memory in (False, True))
    for query in (COUNT, IN_GRAPHS):
        assert disk.table(query) == memory.table(query)
    shutil.rmtree(tmp_path / "store")
    put_store(quads, "0" * 64)
    assert fresh_store(quads) is not None
    os.utime(quads)
    assert fresh_store(quads) is None, "the digest was taken as it was given"


@pytest.mark.parametrize("harm", ["CURRENT", "made-of.json", "all"])
def test_a_damaged_store_is_passed_over(copy: Path, harm: str) -> None:
    expected = mg.query(COUNT, build=copy)[0].n
    if harm == "all":
        shutil.rmtree(copy / "store" / "oxigraph")
    elif harm == "made-of.json":
        (copy / "store" / harm).write_text("[]")
    else:
        (copy / "store" / "oxigraph" / harm).write_text("nothing that an engine knows")
    assert mg.query(COUNT, build=copy)[0].n == expected


def test_many_read_at_once_and_nobody_changes_a_byte(built: Path) -> None:
    def stamps() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (built / "store" / "oxigraph").iterdir()}

    before = stamps()
    code = f"import mandate_graph as mg; print(mg.query({COUNT!r}, build={str(built)!r})[0].n)"
    readers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    held = [Engine.on_disk(built / "store" / "oxigraph") for _ in range(4)]
    assert len({reader.communicate()[0] for reader in readers}) == 1
    assert len({len(engine) for engine in held}) == 1
    assert stamps() == before


def test_a_reader_keeps_its_store_when_the_build_is_replaced(copy: Path) -> None:
    graph = mg.open(copy)
    before = graph.query(COUNT)[0].n
    mg.build(ROOT / "sources" / "documents" / "mig_hr.txt", out=copy, house=ROOT)
    assert graph.query(IN_GRAPHS)[0].n > 0
    assert graph.query(COUNT)[0].n == before
    # what would have to be read anew is another build by now, and no two of them are mixed
    for ask in (graph.quads, lambda: graph.export("turtle"), lambda: graph.query(COUNT, timeout=30)):
        with pytest.raises(Replaced, match="Open it again"):
            ask()
    assert mg.open(copy).query(COUNT)[0].n < before


def test_a_build_may_leave_the_store_out(tmp_path: Path, cli: Cli) -> None:
    page = ROOT / "sources" / "documents" / "mig_hr.txt"
    assert cli("build", page, "--out", "lean", "--no-store").returncode == 0
    assert not (tmp_path / "lean" / "store").exists()
    assert mg.query(COUNT, build=tmp_path / "lean")[0].n > 1000


def test_a_folder_called_store_that_is_none_is_never_replaced(copy: Path) -> None:
    (copy / "store" / "made-of.json").unlink()
    (copy / "store" / "thesis.txt").write_text("three years of work")
    with pytest.raises(ForeignFolder, match="store"):
        mg.build(out=copy, house=ROOT)
    assert (copy / "store" / "thesis.txt").exists()


@pytest.mark.parametrize("name", sorted(named_queries(query_files())))
def test_disk_memory_and_process_answer_alike(built: Path, dataset: Graph, name: str) -> None:
    expected = dataset.query(name).terms
    assert mg.open(built, memory=True).query(name).terms == expected
    assert dataset.query(name, timeout=60).terms == expected
    if expected:
        cut = dataset.query(name, limit=1)
        assert (cut.terms, cut.cut) == (expected[:1], len(expected) > 1)


def test_a_query_that_outlives_its_limit_is_stopped_and_its_process_is_gone(built: Path) -> None:
    graph = mg.open(built)
    assert graph.query(COUNT, timeout=30)[0].n
    pid = graph._worker.pid
    assert pid is not None
    assert alive(pid)
    with pytest.raises(QueryStopped, match="timeout"):
        graph.query(ENDLESS, timeout=0.2)
    assert not alive(pid)
    assert graph.query(COUNT, timeout=30)[0].n, "the next one has a new process"


def test_the_command_line_stops_a_query(built: Path, cli: Cli) -> None:
    done = cli("query", "-", "--from", built, "--timeout", "0.5", stdin=ENDLESS)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "stopped after 0.5 seconds" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_process_whose_parent_was_killed_ends(built: Path) -> None:
    code = (
        "import mandate_graph as mg, threading, time\n"
        f"graph = mg.open({str(built)!r})\n"
        f"graph.query({COUNT!r}, timeout=30)\n"
        "print(graph._worker.pid, flush=True)\n"
        f"graph.query({ENDLESS!r}, timeout=600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    for _ in range(300):
        if not alive(pid):
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the query went on with nobody to answer")


def test_a_limit_cuts_rows_and_triples_and_says_so(built: Path, cli: Cli) -> None:
    graph = mg.open(built)
    rows = graph.query("SELECT ?s { ?s ?p ?o }", limit=5)
    assert (len(rows), rows.cut) == (5, True)
    assert json.loads(rows.document("json"))["results"]["bindings"]
    triples = graph.query("CONSTRUCT WHERE { ?s ?p ?o }", limit=5)
    assert (len(triples), triples.cut) == (5, True)
    assert not graph.query("ASK { ?s ?p ?o }", limit=5).cut
    done = cli("query", "mentions", "--from", built, "--limit", "3", "--format", "csv")
    assert done.stdout.count("\n") == 4
    assert "3 rows" in done.stderr
    assert done.returncode == 0


def test_odd_terms_survive_a_limit(built: Path) -> None:
    query = r"""SELECT * { VALUES ?x { "a\n\"b\"\\" "é"@fr-CA 1.5 true <http://example.org/é> "2001"^^<http://e.org/d> UNDEF } }"""
    graph = mg.open(built)
    assert graph.query(query, limit=50).terms == graph.query(query).terms


def test_what_brings_the_engine_down_is_one_line(built: Path) -> None:
    graph = mg.open(built)
    with pytest.raises(BadQuery):
        graph.query("SELECT ?x { ?x ?y", timeout=30)
    deep = "SELECT * { " + "{ " * 15_000 + "?s ?p ?o" + " }" * 15_000 + " }"
    with contextlib.suppress(BadQuery, QueryStopped):  # it may also be answered, on a large stack
        graph.query(deep, timeout=60)
    assert graph.query(COUNT, timeout=30)[0].n


def test_the_rdflib_view_copies_nothing_and_says_the_same(built: Path) -> None:
    graph = mg.open(built)
    view = graph.rdflib()
    assert isinstance(view, rdflib.Dataset)
    copy = rdflib.Dataset(default_union=True)
    copy.parse(built / "mandates.nq", format="nquads")
    assert set(view.triples((None, None, None))) == set(copy.triples((None, None, None)))
    assert {str(found.identifier) for found in view.graphs()} == {str(found.identifier) for found in copy.graphs()}
    assert len(list(view.quads((None, None, None, None)))) == len((built / "mandates.nq").read_bytes().splitlines())
    ontology = rdflib.URIRef(f"{graph.base}graph/ontology")
    assert set(view.graph(ontology)) == set(copy.graph(ontology))
    citation = rdflib.URIRef("https://w3id.org/mandate-graph/ns#citation")
    assert all(isinstance(value, rdflib.Literal) and value.datatype is None for value in view.objects(None, citation))
    with pytest.raises(UsageError, match="copy=True"):
        view.add((citation, citation, citation))
    own = graph.rdflib(copy=True)
    own.add((citation, citation, citation))
    assert len(set(own.triples((None, None, None)))) == len(set(view.triples((None, None, None)))) + 1


def test_an_address_is_no_folder() -> None:
    graph = mg.open("http://127.0.0.1:9/sparql")
    with pytest.raises(UsageError, match="endpoint"):
        graph.quads()
    assert "127.0.0.1:9" in repr(graph)


def test_a_build_that_is_gone_is_one_line(copy: Path) -> None:
    graph = mg.open(copy)
    shutil.rmtree(copy)
    for ask in (graph.quads, graph.mandates, lambda: graph.export("turtle"), lambda: graph.report):
        with pytest.raises(MissingPath):
            ask()


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": "x"}, {"timeout": -1}, {"timeout": 0}, {"limit": 2.5}, {"limit": -1}, {"limit": "3"},
    ],
)  # fmt: skip
def test_limits_that_are_none_are_refused(dataset: Graph, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        dataset.query(COUNT, **wrong)


def test_wrong_names_are_one_line(dataset: Graph, tmp_path: Path) -> None:
    for name in ("nope", "parquet"):
        with pytest.raises(UsageError, match="turtle"):
            dataset.export(name)
    with pytest.raises(UsageError, match="mandates"):
        dataset.table("nope")
    query = tmp_path / "mine.rq"
    query.write_text(COUNT)
    assert dataset.query(query)[0].n == dataset.query(COUNT)[0].n
    for odd in ("a[b", "http://[x", "['migration']"):
        with pytest.raises(BadParameter, match="not a key or an IRI"):
            dataset.query("mandates-by-theme", theme=odd)
    with pytest.raises(UsageError, match="CONSTRUCT"):
        dataset.query(COUNT).quads()


def test_cells_that_their_datatype_does_not_allow_are_texts(dataset: Graph) -> None:
    xsd = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    row = dataset.query(
        xsd + 'SELECT ("x"^^xsd:integer AS ?i) ("abc"^^xsd:decimal AS ?d) ("maybe"^^xsd:boolean AS ?b) '
        '("2001"^^xsd:date AS ?day) (1.5e0 AS ?double) (7 AS ?count) (true AS ?index) {}'
    )[0]
    assert tuple(row) == ("x", "abc", "maybe", "2001", 1.5, 7, True)
    assert [row.count, row.index] == [7, True]  # type: ignore[comparison-overlap]
    assert dataset.query("SELECT (1 AS ?n) {}")[0].count(1) == 1


@pytest.mark.parametrize("command", [["query", "footnotes"], ["show", "IOM"], ["search", "IOM"], ["export"], ["query"]])
def test_a_closed_output_is_no_accident(built: Path, command: list[str]) -> None:
    arguments = " ".join([*command, *(["--from", str(built)] if command != ["query"] else [])])
    run = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m mandate_graph {arguments} >&-"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_threads_that_share_a_graph_get_their_own_answers(built: Path) -> None:
    graph = mg.open(built)

    def ask(number: int) -> list[Any]:
        return [graph.query(f"SELECT ({number} AS ?x) ({turn} AS ?k) {{}}", timeout=60)[0] for turn in range(10)]

    with ThreadPoolExecutor(4) as pool:
        for number, rows in enumerate(pool.map(ask, range(4))):
            assert [tuple(row) for row in rows] == [(number, turn) for turn in range(10)]


def test_a_document_that_a_format_cannot_hold_is_one_line(dataset: Graph) -> None:
    control = dataset.query(r'SELECT ("a\u0001b" AS ?x) {}')
    assert json.loads(control.document("json"))
    with pytest.raises(BadRdf, match="control character"):
        control.document("xml")
    odd = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"not an iri"}}]}}'
    for form in ("csv", "tsv", "xml"):
        with pytest.raises(BadRdf):
            Result("select", ["x"], None, odd).document(form)


def test_an_empty_address_is_no_endpoint(built: Path, cli: Cli) -> None:
    for address in ("", "localhost:1", "ftp://x/"):
        run = cli("query", "footnotes", "--from", built, "--endpoint", address)
        assert (run.returncode, run.stdout) == (2, "")
        assert "begins with http" in run.stderr
