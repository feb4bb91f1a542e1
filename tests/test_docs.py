"""The documents are executable: every command of the README runs, and its Python too."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", "\n".join(re.findall(r"```console\n(.*?)```", README, re.DOTALL)), re.MULTILINE)
# Setting up and testing cannot run inside a test; `.ci/run` runs them.
SET_UP = re.compile(r"make |\. \.venv/")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a newcomer gets."""
    folder = tmp_path_factory.mktemp("clone") / "mandate-graph"
    folder.mkdir()
    for name in ("ontology", "shapes", "sources"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "README.md", folder)
    return folder


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def test_the_two_commands_come_first() -> None:
    assert COMMANDS[:2] == ["make run", "make test"]
    assert README.index("make run") < 100


def test_every_command_runs_in_order(checkout: Path) -> None:
    for command in COMMANDS:
        if SET_UP.match(command):
            continue
        run = subprocess.run(
            ["bash", "-c", command], cwd=checkout, env=environment(), capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"


def test_the_python_runs(checkout: Path) -> None:
    for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=checkout, env=environment(), capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        assert "International Organization of Migration (IOM)" in run.stdout


@pytest.mark.parametrize("name", ["", ".cited", ".dataset", ".lookup", ".readers", ".reconcile"])
def test_the_examples_of_docstrings_run(
    name: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").symlink_to(built)
    monkeypatch.chdir(tmp_path)
    done = doctest.testmod(importlib.import_module(f"mandate_graph{name}"))
    assert done.attempted > 0
    assert done.failed == 0


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        prose = re.sub(r"`[^`\n]+`", "", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", prose):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_the_reading_page_names_every_table() -> None:
    page = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
    tables = {path.name for path in (ROOT / "sources/authorities").glob("*.csv")} - {
        "series.csv",
        "kinds.csv",
        "rules.csv",
    }
    assert [name for name in sorted(tables) if name not in page] == []


def test_versions_agree() -> None:
    from mandate_graph import __version__

    house = tomllib.loads((ROOT / "sources/house.toml").read_text(encoding="utf-8"))
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert house["dataset"]["version"] == __version__


def test_each_licence_is_stated() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    for words in ("Apache-2.0", "CC BY 4.0", "Organization of American States' own"):
        assert words in README


def test_pins_name_no_address() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+", line), line
