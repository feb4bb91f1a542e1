"""The notebook runs from top to bottom on the repository's own sources, shows its plots, and is kept without outputs."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from conftest import ROOT

NOTEBOOK = ROOT / "docs" / "notebooks" / "promises.ipynb"
PNG = b"\x89PNG\r\n\x1a\n"
# The native kernel is the interpreter that runs this; whatever kernels a person has installed play no part. A process
# of its own, because Jupyter keeps threads and loops that outlive the work.
EXECUTE = """
import sys, nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
kernels = KernelSpecManager(kernel_dirs=[])
manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=kernels)
NotebookClient(notebook, km=manager, timeout=300, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(notebook, sys.argv[3])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the repository's sources, as the notebook finds them when it builds."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copytree(ROOT / "sources", folder / "sources")
    return folder


@pytest.fixture(scope="module")
def executed(folder: Path) -> Any:
    out = folder / "executed.ipynb"
    run = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(NOTEBOOK), str(folder), str(out)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(folder / "matplotlib")},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return read(out)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_the_file_is_valid_and_holds_no_outputs() -> None:
    notebook = read(NOTEBOOK)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert outputs(notebook) == []
    assert {cell.execution_count for cell in notebook.cells if cell.cell_type == "code"} == {None}


def test_cells_are_small_and_told() -> None:
    notebook = read(NOTEBOOK)
    assert notebook.cells[0].cell_type == "markdown"
    assert max(len(cell.source.splitlines()) for cell in notebook.cells if cell.cell_type == "code") <= 30


def test_only_the_public_face_is_used() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert "import mandate_graph as mg" in text
    assert "from mandate_graph" not in text
    assert "mandate_graph." not in text


def test_it_runs_without_an_error_or_a_warning(executed: Any) -> None:
    assert [output for output in outputs(executed) if output.output_type == "error"] == []
    assert [output.text for output in outputs(executed) if output.get("name") == "stderr"] == []


def test_plots_are_images(executed: Any) -> None:
    plots = [output.data["image/png"] for output in outputs(executed) if "image/png" in output.get("data", {})]
    assert len(plots) == 2
    for plot in plots:
        picture = base64.b64decode(plot)
        assert picture.startswith(PNG)
        assert len(picture) > 5_000


def test_the_mandate_is_read_with_its_mentions(executed: Any) -> None:
    tables = [output.data["text/plain"] for output in outputs(executed) if "text/plain" in output.get("data", {})]
    assert any("mig, line" in table and "Protocol" in table for table in tables)


def test_what_it_takes_away(executed: Any, folder: Path) -> None:
    from mandate_graph.engine import parse_quads

    assert len(list(parse_quads(folder / "selection.ttl"))) > 40
    assert (folder / "instruments.csv").read_text(encoding="utf-8").startswith("mandate,document,instrument,")
    assert (folder / "build" / "mandates.nq").is_file()
