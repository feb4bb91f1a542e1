"""The Python face: a handful of names, lazy, typed, and results in the shapes that people want."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import rdflib

import mandate_graph as mg
from mandate_graph import errors, model
from mandate_graph.errors import MandateGraphError, MissingPackage, MissingPath, UnknownTerm, UsageError
from mandate_graph.house import House
from mandate_graph.sparql import NamedQuery
from mandate_graph.terms import load_terms


def test_public_names() -> None:
    for name in mg.__all__:
        assert getattr(mg, name) is not None
    assert dir(mg) == sorted(mg.__all__)
    with pytest.raises(AttributeError):
        _ = mg.buidl


def test_importing_costs_nothing() -> None:
    code = "import sys, mandate_graph; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"rdflib", "pyoxigraph", "pyshacl", "rich", "mandate_graph.pipeline"} & set(modules)


def test_the_package_is_typed() -> None:
    assert (Path(mg.__file__).parent / "py.typed").is_file()


def test_public_callables_say_what_they_raise() -> None:
    for function in (mg.build, mg.open, mg.query, mg.validate):
        assert "Raises:" in (function.__doc__ or "")


def test_the_error_tree_is_drawn_and_complete() -> None:
    drawn = errors.__doc__ or ""
    for name in errors.__all__:
        assert name in drawn
        assert issubclass(getattr(errors, name), MandateGraphError)


def test_records_are_frozen() -> None:
    for name in model.__all__:
        thing = getattr(model, name)
        if dataclasses.is_dataclass(thing):
            assert thing.__dataclass_params__.frozen, name  # type: ignore[union-attr]


def test_a_result_is_rows_dicts_and_a_frame(built: Path) -> None:
    result = mg.query("mandates-naming", build=built, named="body/iom")
    assert len(result) == 1
    (row,) = result
    assert (
        row.quote == row["quote"] == row[result.names.index("quote")] == "International Organization of Migration (IOM)"
    )
    assert row.date == dt.date(2001, 4, 20)
    assert result.dicts() == [row.asdict()]
    frame = result.frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == list(result.names)
    assert frame.loc[0, "quote"] == row.quote
    with pytest.raises(UsageError, match="CONSTRUCT"):
        result.graph()
    with pytest.raises(AttributeError):
        _ = row.nothing
    with pytest.raises(KeyError):
        row["nothing"]


def test_rows_can_be_copied_and_pickled(built: Path) -> None:
    import copy
    import pickle

    row = mg.query("footnotes", build=built)[0]
    assert pickle.loads(pickle.dumps(row)).line == copy.deepcopy(row).line == row.line


def test_sparql_as_text(built: Path) -> None:
    result = mg.query("SELECT (COUNT(?m) AS ?n) { ?m a <https://w3id.org/mandate-graph/ns#Mandate> }", build=built)
    assert result[0].n == 38
    assert "select" in repr(result)
    assert "mandates.nq" in repr(mg.open(built))


def test_one_path_is_enough(tmp_path: Path, house: House) -> None:
    done = mg.build(str(house.documents / "mig_hr.txt"), out=tmp_path / "out", house=house.root)
    assert done.report.data["counts"]["listings"] == 14
    assert len(repr(done)) < 500


def test_none_is_no_parameter(built: Path) -> None:
    assert len(mg.query("footnotes", build=built, country=None)) == 2


def test_cells_have_python_types(built: Path) -> None:
    row = mg.query("mentions", build=built, outcome="resolved")[0]
    assert isinstance(row.start, int)
    assert isinstance(row.confidence, Decimal)
    overlap = mg.query("theme-overlap", build=built)[0]
    assert isinstance(overlap.contained, bool)
    assert mg.query("mandates-by-theme", build=built)[0].number is None


def test_a_graph_result_is_an_rdflib_graph(built: Path) -> None:
    dataset = mg.open(built)
    query = NamedQuery.read("mine", "CONSTRUCT WHERE { ?s <https://w3id.org/mandate-graph/ns#chapeau> ?o }")
    result = dataset.run(query)
    graph = result.graph()
    assert isinstance(graph, rdflib.Graph)
    assert len(graph) == len(result) == 12
    assert result[0].predicate == "https://w3id.org/mandate-graph/ns#chapeau"


def test_pandas_is_optional(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackage, match="pip install pandas"):
        mg.query("footnotes", build=built).frame()


def test_validate_from_python(built: Path) -> None:
    results = mg.validate(built)
    assert {result.severity for result in results} == {"Info"}
    with pytest.raises(MissingPath):
        mg.validate("nowhere")


def test_words_that_are_not_declared_cannot_be_written(house: House) -> None:
    terms = load_terms(house.ontology)
    assert terms["mg:chapeau"] == "<https://w3id.org/mandate-graph/ns#chapeau>"
    with pytest.raises(UnknownTerm, match="mg:adoptdAt"):
        terms["mg:adoptdAt"]


def test_build_says_how_far_it_is(tmp_path: Path, house: House) -> None:
    seen: list[tuple[str, int, int]] = []
    mg.build(out=tmp_path / "out", house=house.root, progress=lambda *step: seen.append(step))
    assert seen[:2] == [("reading pages", 0, 2), ("reading pages", 2, 2)]
    assert list(dict.fromkeys(stage for stage, _, _ in seen)) == [
        "reading pages",
        "putting pages together",
        "comparing mandates",
        "making the graph",
        "sorting",
        "checking the promises",
        "loading",
        "writing",
    ]
    assert all(done <= total for _, done, total in seen if total)
