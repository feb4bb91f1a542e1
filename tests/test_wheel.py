"""The wheel, installed into a clean environment, works outside the checkout: every verb once."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, page_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of this machine gets in and nothing is left behind."""
    source = tmp_path_factory.mktemp("source") / "mandate-graph"
    ignore = shutil.ignore_patterns(
        ".git", ".venv", "node_modules", "build", "build-*", ".*cache*", ".hypothesis", "__pycache__", ".coverage*"
    )
    shutil.copytree(ROOT, source, ignore=ignore)
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(source)], check=True, capture_output=True
    )
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_what_it_needs_and_no_more(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (
        *(ROOT / "ontology").iterdir(), *(ROOT / "shapes").iterdir(), *(ROOT / "sources/authorities").iterdir(),
        ROOT / "sources/house.toml",
    ):  # fmt: skip
        assert f"mandate_graph/data/{path.relative_to(ROOT).as_posix()}" in names
    for path in (ROOT / "src/mandate_graph/queries").rglob("*.rq"):
        assert path.relative_to(ROOT / "src").as_posix() in names
    assert "mandate_graph/py.typed" in names
    assert not [name for name in names if "sources/documents/" in name or name.startswith("tests")]


def test_every_verb_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint",
         str(ROOT / "constraints.txt"), str(wheel)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    work = tmp_path / "work"
    work.mkdir()
    (work / "health_clean.txt").write_text(
        page_text("  1. Wash hands, as the OAS says. (Plan of Action Miami, 1994).", heading="HEALTH: Clean Hands")
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV", "VIRTUAL"))}

    def run(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [str(environment / "bin" / "mandate-graph"), *arguments],
            cwd=work,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    assert "1 page, 1 listing" in run("build", "health_clean.txt")
    assert "every promise is kept" in run("validate")
    assert "Organization of American States" in run("query", "mandates-naming", "named=body/oas")
    assert "@base <https://w3id.org/mandate-graph/>" in run("export")
    assert (
        run("export", "--table", "occurrences")
        .splitlines()[1]
        .startswith("health_clean,1,6,1.,,mandate,HEALTH,Clean Hands,en,")
    )
    assert _served([str(environment / "bin" / "mandate-graph"), "serve", "--bind", "127.0.0.1:0"], work, clean)
    # On a small file: of a build the reference asks for a minute.
    example = ROOT / "tests" / "shapes" / "MandateKind" / "good.ttl"
    assert run("validate", str(example), "--reference", code=1) == run("validate", str(example), code=1) != ""
    code = "import mandate_graph; print(mandate_graph.__file__, len(mandate_graph.query('footnotes')))"
    done = subprocess.run([str(python), "-c", code], cwd=work, env=clean, capture_output=True, text=True, check=True)
    assert str(environment) in done.stdout


def _served(command: list[str], work: Path, clean: dict[str, str]) -> bool:
    """Whether the server answers with its first page, in the wheel's own layouts and scripts, and ends when it is told."""
    environment = {**clean, "XDG_CACHE_HOME": str(work / "cache")}
    process = subprocess.Popen(command, cwd=work, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        (url,) = re.findall(r"http://\S+/", first)
        ends = time.monotonic() + 240
        while (site := json.load(urllib.request.urlopen(url + "healthz", timeout=60))["site"]) != "ready":
            assert site == "preparing", site
            assert time.monotonic() < ends
            time.sleep(0.1)
        found = [
            urllib.request.urlopen(url + path, timeout=60).read() for path in ("", "assets/style.css", "id/country/bo")
        ]
        rows = json.load(urllib.request.urlopen(url + "sparql?query=ASK%7B%3Fs%3Fp%3Fo%7D", timeout=60))
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    return all(found) and bool(rows["boolean"])
