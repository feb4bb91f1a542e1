"""What many tests need: the repository, its own build, and the command line as a user calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import mandate_graph as mg
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.dataset import Dataset
from mandate_graph.house import House

# No test asserts a time; a slow machine must not turn a promise into a failure. The examples are the same in every run.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent
Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def house() -> House:
    return House(ROOT)


@pytest.fixture(scope="session")
def authorities(house: House) -> Authorities:
    return load_authorities(house.authorities)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own sources, built."""
    out = tmp_path_factory.mktemp("own") / "build"
    mg.build(out=out, house=ROOT)
    return out


@pytest.fixture(scope="session")
def dataset(built: Path) -> Dataset:
    return mg.open_build(built)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run the program in an empty folder, as its own process."""

    def run(
        *arguments: str | Path, cwd: Path = tmp_path, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mandate_graph", *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
            check=False,
        )

    return run


def page_text(*items: str, heading: str = "MIGRATION", language: str = "en") -> str:
    """A page of the usual furniture around list items."""
    head = {
        "en": "Organization of American States Summits of the Americas\nFollow-up and Implementation: Mandates\n\n",
        "es": "Organización de los Estados Americanos Cumbres de las Américas\nSeguimiento e implementación: Mandatos\n\n",
    }[language]
    title = f"{heading}\n\n" if heading else ""
    foot = {"en": "© Summits of the Americas", "es": "© Cumbres de las Américas"}[language]
    return head + title + "\n\n".join(items) + f"\n\n{foot}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="write the golden files anew; read the difference before it is kept"
    )
