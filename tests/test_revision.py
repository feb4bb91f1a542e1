"""A build with an earlier one in its folder gives the bytes of a build of all pages, whatever happened to the pages."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import ROOT, Cli
from corpus_edits import Edited
from inventing.files import write_corpus
from mandate_graph.engine import Engine
from mandate_graph.errors import NothingToBuild
from mandate_graph.outputs import REGISTER


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "pages"
    write_corpus(folder, 1000)
    return folder


@pytest.fixture(scope="module")
def first(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house of its own with some pages, and their build; tests work on a copy."""
    home = tmp_path_factory.mktemp("first")
    shutil.copytree(ROOT / "sources" / "authorities", home / "sources" / "authorities")
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, home / name)
    shutil.copy(ROOT / "sources" / "house.toml", home / "sources")
    Edited(home / "pages", invented, 7, files=8)
    built(home, "build")
    return home


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    """A copy with the times of files, as a person moves a house: what is a link stays one thing."""
    shutil.copytree(first, tmp_path / "home")
    built(tmp_path / "home", "build")  # the pages have other paths now
    return tmp_path / "home"


def built(home: Path, out: str, *, fresh: bool = False) -> str:
    done = mg.build(home / "pages", out=home / out, house=home, fresh=fresh, workers=1)
    return done.how


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def quads(folder: Path) -> set[str]:
    return {str(quad) for quad in Engine.on_disk(folder / "store" / "oxigraph").store}


def same_as_fresh(home: Path) -> None:
    built(home, "whole", fresh=True)
    assert files(home / "build") == files(home / "whole")
    assert quads(home / "build") == quads(home / "whole")


def change(home: Path) -> None:
    """A word more in a paragraph of one page."""
    for path in sorted((home / "pages").glob("*.txt")):
        before, found, after = path.read_text(encoding="utf-8").partition("\n  1. ")
        if found:
            path.write_text(f"{before}{found}{after[:40]} lighthouses {after[40:]}", encoding="utf-8")
            return


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=pytest.mark.slow) for seed in range(6)])
def test_random_edits(seed: int, invented: Path, tmp_path: Path) -> None:
    """Each build revises the one before, which may be a revision itself."""
    edited = Edited(tmp_path / "pages", invented, seed)
    shutil.copytree(ROOT / "sources" / "authorities", tmp_path / "sources" / "authorities")
    shutil.copy(ROOT / "sources" / "house.toml", tmp_path / "sources")
    built(tmp_path, "build")
    for _ in range(6):
        what = edited.edit()
        how = built(tmp_path, "build")
        assert "files changed" in how or "built anew" in how, what
        same_as_fresh(tmp_path)


def test_nothing_changed(home: Path) -> None:
    before = files(home / "build")
    assert built(home, "build").startswith("0 of ")
    assert files(home / "build") == before


def test_one_page_changed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the folder that one stands in."""
    change(home)
    monkeypatch.chdir(home)
    assert built(Path(), "build").startswith("1 of ")
    same_as_fresh(home)


def test_a_page_with_the_size_and_the_time_of_before(home: Path) -> None:
    """As a copy that keeps times leaves it."""
    page = next(path for path in sorted((home / "pages").glob("*.txt")) if b"\n  1. " in path.read_bytes())
    before = page.stat()
    head, found, rest = page.read_bytes().partition(b"\n  1. ")
    page.write_bytes(head + found + b"Zz" + rest[2:])
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert page.stat().st_size == before.st_size
    assert built(home, "build").startswith("1 of ")
    same_as_fresh(home)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sources/authorities/bodies.csv", "sources/house.toml", "shapes/labels.ttl"])
def test_what_all_pages_are_made_with_changed(name: str, home: Path) -> None:
    with (home / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    change(home)
    assert built(home, "build").startswith("built anew: the program, or what the house holds")
    same_as_fresh(home)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if place else [])
        for place, name in enumerate(("listed.db", "joined.db", "made-of", "pages-000000", "pages-000000.jsonl"))
    ],
)
def test_a_damaged_register_is_noticed(name: str, home: Path) -> None:
    path = home / "build" / REGISTER / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.unlink()
    path.write_bytes(data)
    change(home)
    assert built(home, "build").startswith("built anew: ")
    same_as_fresh(home)


@pytest.mark.slow
def test_a_changed_file_of_the_build_is_noticed(home: Path) -> None:
    with (home / "build" / "mandates.nq").open("ab") as file:
        file.write(b"<a> <b> <c> <d> .\n")
    change(home)
    assert built(home, "build") == "built anew: mandates.nq of the previous build is not what it was"
    same_as_fresh(home)


def test_a_killed_revision_spoils_nothing(home: Path) -> None:
    before = files(home / "build")
    change(home)
    code = (
        "import os, sys, mandate_graph as mg\n"
        "def progress(stage, done, total):\n"
        "    if stage == sys.argv[2]: os.kill(os.getpid(), 9)\n"
        "home = sys.argv[1]\n"
        "mg.build(f'{home}/pages', out=f'{home}/build', house=home, workers=1, progress=progress)\n"
    )
    for stage in ("putting pages together", "writing"):
        ended = subprocess.run([sys.executable, "-c", code, str(home), stage], check=False, env=os.environ)
        assert ended.returncode == -signal.SIGKILL
        assert files(home / "build") == before
    assert built(home, "build").startswith("1 of ")
    same_as_fresh(home)


def test_when_no_page_is_left_the_build_stays(home: Path) -> None:
    before = files(home / "build")
    for path in (home / "pages").glob("*.txt"):
        path.write_bytes(b"")
    with pytest.raises(NothingToBuild):
        built(home, "build")
    assert files(home / "build") == before


@pytest.mark.slow
def test_a_build_without_a_register(home: Path, cli: Cli) -> None:
    arguments = ("build", str(home / "pages"), "--house", str(home), "--out", str(home / "build"))
    done = cli(*arguments, "--no-register")
    assert "0 of " in done.stderr
    assert not (home / "build" / REGISTER).exists()
    assert REGISTER not in "".join(done.stdout.split())
    assert "the previous build has no register" in cli(*arguments).stderr
    done = cli(*arguments, "--fresh")
    assert "anew" not in done.stderr
    assert f"build/{REGISTER}" in "".join(done.stdout.split())
    assert (home / "build" / REGISTER).is_dir()
