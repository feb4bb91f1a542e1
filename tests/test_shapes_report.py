"""``validate --shapes --report``: any data, any shapes, and the W3C's report of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

import mandate_graph as mg
from conftest import Cli
from mandate_graph.errors import ForeignFolder, UsageError
from mandate_graph.validating import write_report
from shaped import HEAD

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SHAPES = (
    HEAD
    + """
msh:Tree a sh:NodeShape ; sh:targetClass mg:Tree ; sh:property
    [ sh:path ( mg:place [ sh:inversePath mg:place ] ) ; sh:maxCount 1 ; sh:severity sh:Warning ],
    msh:Height, [ sh:path mg:height ; sh:minInclusive 3 ; sh:message "Too small."@en ] .
msh:Height sh:path mg:height ; sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:string ] ) .
"""
)
DATA = (
    HEAD
    + """
mg:oak a mg:Tree ; mg:place mg:hill ; mg:height 01, 2.50, "tall" .
[] a mg:Tree ; mg:place mg:hill ; mg:height 5 .
"""
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Shapes, and data that break them."""
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(SHAPES, encoding="utf-8")
    data.write_text(DATA, encoding="utf-8")
    return shapes, data


def test_any_shapes_hold_any_data(cli: Cli, files: tuple[Path, Path], tmp_path: Path) -> None:
    shapes, data = files
    run = cli("validate", data, "--shapes", shapes, "--report", tmp_path / "report.ttl")
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1] == "promises are broken: Violation 4, Warning 2, Info 0"
    assert (
        "mandate-graph: shape <https://w3id.org/mandate-graph/shapes#Height>: asked of pySHACL: sh:or\n" in run.stderr
    )
    report = rdflib.Graph().parse(tmp_path / "report.ttl")
    assert [str(one) for one in report.objects(None, SH.conforms)] == ["false"]
    (node,) = report.subjects(RDF.type, SH.ValidationReport)
    assert len(list(report.objects(node, SH.result))) == 6
    values = {one.n3() for one in report.objects(None, SH.value)}
    assert '"2.50"^^<http://www.w3.org/2001/XMLSchema#decimal>' in values
    paths = {report.value(one, SH.resultPath) for one in report.subjects(SH.resultSeverity, SH.Warning)}
    assert [len(list(report.items(path))) for path in paths] == [2]  # type: ignore[arg-type]


def test_what_keeps_its_promises_conforms(cli: Cli, files: tuple[Path, Path], tmp_path: Path) -> None:
    shapes, _ = files
    (tmp_path / "good.nt").write_text("<urn:s> <urn:p> <urn:o> .\n")
    run = cli("validate", tmp_path / "good.nt", "--shapes", shapes, "--report", tmp_path / "report.nt")
    assert run.returncode == 0
    assert run.stdout.splitlines()[-1] == "every promise is kept: Violation 0, Warning 0, Info 0"
    assert 'conforms> "true"' in (tmp_path / "report.nt").read_text()


def test_formats_hold_the_same_report_and_two_runs_the_same_bytes(files: tuple[Path, Path], tmp_path: Path) -> None:
    shapes, data = files
    graphs = []
    for ending in ("ttl", "jsonld", "nt"):
        written = []
        for turn in ("one", "two"):
            target = tmp_path / f"{turn}.{ending}"
            write_report(mg.validate(data, shapes=shapes), target, data, shapes=shapes)
            written.append(target.read_bytes())
        assert written[0] == written[1]
        graphs.append(rdflib.Graph().parse(target))
    assert isomorphic(graphs[0], graphs[1])
    assert isomorphic(graphs[0], graphs[2])


def test_a_report_has_a_format_and_stays_out_of_the_build(files: tuple[Path, Path], built: Path) -> None:
    shapes, data = files
    results = mg.validate(data, shapes=shapes)
    with pytest.raises(UsageError, match="must end in one of these"):
        write_report(results, data.with_suffix(".xml"), data, shapes=shapes)
    with pytest.raises(ForeignFolder):
        write_report(results, built / "report.ttl", built, shapes=shapes)


def test_a_result_says_what_pyshacl_was_asked(files: tuple[Path, Path]) -> None:
    shapes, data = files
    results = mg.validate(data, shapes=shapes)
    assert [(left.why, left.nodes) for left in results.left] == [
        ("sh:or", None),
        ("literals that engines read differently", 1),
    ]
    theirs = mg.validate(data, shapes=shapes, reference=True)
    assert {(one.focus, one.value, one.component) for one in results} == {
        (one.focus, one.value, one.component) for one in theirs
    }


def test_shapes_that_are_wrong_are_named(cli: Cli, files: tuple[Path, Path]) -> None:
    shapes, data = files
    shapes.write_text(SHAPES.replace("sh:maxCount 1", "sh:maxCuont 1"), encoding="utf-8")
    run = cli("validate", data, "--shapes", shapes)
    assert run.returncode == 1
    assert "sh:maxCuont" in run.stderr
    assert cli("validate", data, "--shapes", shapes.with_name("nowhere.ttl")).returncode == 2
