"""A build is the same bytes everywhere, is swapped in whole, and never replaces a good one by a bad one."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import mandate_graph as mg
from conftest import ROOT, Cli, page_text
from mandate_graph import outputs
from mandate_graph.errors import BadTable, BrokenPromise, ForeignFolder, MissingPath, NothingToBuild, Unwritable
from mandate_graph.house import House
from mandate_graph.store import fresh_store


def fingerprint(folder: Path) -> dict[str, str]:
    """The files by their digests; of the store, whose bytes are the engine's, whether it is that of these quads."""
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}
    return files | {"store": "fresh" if fresh_store(folder / outputs.QUADS) else "stale"}


def copy_house(folder: Path) -> Path:
    for part in ("ontology", "shapes", "sources"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def test_every_file_is_there_with_its_checksum(built: Path) -> None:
    assert sorted(path.name for path in built.iterdir()) == sorted([*outputs.FILES, "register", "store"])
    for line in (built / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == digest


def test_turtle_and_jsonld_can_be_left_out(tmp_path: Path) -> None:
    mg.build(out=tmp_path / "b", house=ROOT, turtle=False, jsonld=False)
    assert not {"mandates.ttl", "mandates.jsonld"} & {path.name for path in (tmp_path / "b").iterdir()}


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Caracas", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "4711", "COLUMNS": "40"},
        {"PYTHONUTF8": "0", "LC_ALL": "POSIX", "PYTHONHASHSEED": "0", "HOME": "/nonexistent"},
    ],
)
def test_the_same_bytes_in_another_zone_locale_and_process(
    built: Path, tmp_path: Path, cli: Cli, elsewhere: dict[str, str]
) -> None:
    house = copy_house(tmp_path / "a house elsewhere")
    run = cli("build", "--house", house, "--out", tmp_path / "out", env=elsewhere)
    assert run.returncode == 0, run.stderr
    assert fingerprint(tmp_path / "out") == fingerprint(built)


def test_the_manifest_may_list_its_rows_in_any_order(built: Path, tmp_path: Path) -> None:
    house = copy_house(tmp_path / "house")
    manifest = house / "sources/documents/manifest.csv"
    header, *rows = manifest.read_text().splitlines()
    manifest.write_text("\n".join([header, *reversed(rows)]) + "\n")
    mg.build(out=tmp_path / "out", house=house)
    assert fingerprint(tmp_path / "out") == fingerprint(built)


def test_no_file_of_the_build_names_this_machine(built: Path) -> None:
    for path in built.iterdir():
        # the engine's own files are bytes; the store is for this machine and holds none of its paths
        text = (
            path.read_text()
            if path.is_file()
            else "".join(each.read_bytes().decode("latin-1") for each in path.rglob("*") if each.is_file())
        )
        assert str(ROOT) not in text
        assert str(Path.home()) not in text


# The gate


def broken_house(folder: Path) -> Path:
    """A house whose table gives a document to a Summit of another year: the citations print the year of the first."""
    house = copy_house(folder)
    path = house / "sources/authorities/summits.csv"
    path.write_text(path.read_text().replace("1998-04-18,1998-04-19", "1999-04-18,1999-04-19"))
    documents = house / "sources/authorities/documents.csv"
    documents.write_text(
        documents.read_text().replace("Plan of Action Santiago, 1998", "Plan of Action Santiago, 1998 | x, 1999")
    )
    return house


def test_a_broken_promise_keeps_the_old_build(tmp_path: Path, cli: Cli) -> None:
    out = tmp_path / "out"
    mg.build(out=out, house=ROOT)
    before = fingerprint(out)
    run = cli("build", "--house", broken_house(tmp_path / "house"), "--out", out)
    assert run.returncode == 1
    assert "CitationYear" in run.stderr
    assert "page mig, line" in run.stderr
    assert "documents.csv" in run.stderr
    assert "The previous build was left as it was" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert fingerprint(out) == before


def test_broken_promises_carry_their_results(tmp_path: Path) -> None:
    with pytest.raises(BrokenPromise) as caught:
        mg.build(out=tmp_path / "out", house=broken_house(tmp_path / "house"))
    assert {result.severity for result in caught.value.results} == {"Violation"}
    assert all(result.where for result in caught.value.results)
    assert not (tmp_path / "out").exists()


# Swapping


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_a_whole_one(unlinked: Path, tmp_path: Path) -> None:
    """Builds of two different corpora take turns and are killed at random moments; what stands is always one of the two."""
    out = tmp_path / "out"
    other = tmp_path / "pages"
    other.mkdir()
    (other / "health.txt").write_text(page_text("  1. Wash hands. (Plan of Action Miami, 1994).", heading="HEALTH"))
    mg.build([other], out=tmp_path / "second", house=unlinked)
    mg.build(out=out, house=unlinked)
    good = [fingerprint(out), fingerprint(tmp_path / "second")]
    chance = random.Random(20011)
    command = [sys.executable, "-m", "mandate_graph", "build", "--house", str(unlinked), "--out", str(out)]
    # A process that measures coverage and is killed leaves half a data file behind.
    unmeasured = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    began = time.monotonic()
    subprocess.run(command, capture_output=True, check=True, env=unmeasured)
    whole = time.monotonic() - began
    for turn in range(24):
        process = subprocess.Popen(
            [*command, *([str(other)] if turn % 2 else [])],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=unmeasured,
        )
        time.sleep(whole * chance.uniform(0.3, 1.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert fingerprint(out) in good
    mg.build(out=out, house=unlinked)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert fingerprint(out) == good[0]


PUT = """
import sys
from pathlib import Path
from mandate_graph import outputs

def put(target, mark):
    with outputs.workshop(target) as folder:
        staged = folder / "anew"
        staged.mkdir()
        (staged / "mandates.nq").write_text(mark)
        (staged / "report.json").write_text("{}")
        outputs.put_build(target, staged, {})
"""


def put(target: Path, mark: str) -> None:
    """Put a small build there, as builds are put."""
    names: dict[str, Any] = {}
    exec(PUT, names)
    names["put"](target, mark)


@pytest.mark.parametrize("can_exchange", [True, False])
def test_swap_with_and_without_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool) -> None:
    if not can_exchange:
        monkeypatch.setattr(outputs, "_exchange", lambda one, other: False)
    target = tmp_path / "out"
    for mark in ("one", "two", "three"):
        put(target, mark)
        assert (target / "mandates.nq").read_text() == mark
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_build_that_stepped_aside_is_brought_back(tmp_path: Path) -> None:
    """Without exchange, a process may die between the two renames; the next reader finds the old build all the same."""
    target = tmp_path / "out"
    put(target, "old")
    target.rename(tmp_path / ".out.previous")
    assert outputs.find_build(target).read_text() == "old"


def test_what_killed_builds_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".o[1].77.partial").mkdir()
    for other in (".o[1].b.77.partial", ".o1.77.partial", ".o[1].77.partial.bak"):
        (tmp_path / other).mkdir()
    put(tmp_path / "o[1]", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".o1.77.partial",
        ".o[1].77.partial.bak",
        ".o[1].b.77.partial",
        "o[1]",
    ]


def test_builds_at_once_take_turns(tmp_path: Path) -> None:
    """Processes that put builds into one folder at once: each ends well, and a whole build stands."""
    code = f"{PUT}\nfor turn in range(40):\n    put(Path(sys.argv[1]), sys.argv[2] * 10000)\n"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "out"), mark], stderr=subprocess.PIPE)
        for mark in "abc"
    ]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out/mandates.nq").read_text() in {mark * 10000 for mark in "abc"}


def test_a_pipe_a_device_and_a_link_to_nowhere_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("pipe", "link", "/dev/null"):
        with pytest.raises(ForeignFolder):
            mg.build(out=tmp_path / name, house=ROOT)
    assert Path("/dev/null").is_char_device()


def test_an_exchange_that_fails_for_another_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    put(tmp_path / "out", "old")
    monkeypatch.setattr(outputs, "_exchange", refuse)
    with pytest.raises(Unwritable, match="busy"):
        put(tmp_path / "out", "new")
    assert (tmp_path / "out/mandates.nq").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    put(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real/mandates.nq").read_text() == "new"


def test_a_folder_that_is_not_a_build_is_never_replaced(tmp_path: Path, cli: Cli) -> None:
    precious = tmp_path / "thesis"
    precious.mkdir()
    (precious / "chapter.docx").write_text("mine")
    run = cli("build", "--house", ROOT, "--out", precious)
    assert run.returncode == 2
    assert "chapter.docx" in run.stderr
    assert (precious / "chapter.docx").read_text() == "mine"
    (tmp_path / "file").write_text("x")
    with pytest.raises(ForeignFolder, match="a file"):
        mg.build(out=tmp_path / "file", house=ROOT)


def test_the_folder_that_one_stands_in_is_not_swapped_away(tmp_path: Path, cli: Cli) -> None:
    run = cli("build", "--house", ROOT, "--out", ".")
    assert run.returncode == 2
    assert "stand in" in run.stderr


# Bad neighbours


def test_good_pages_beside_bad_ones_are_built(tmp_path: Path, cli: Cli) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "health.txt").write_text(page_text("  1. Wash hands. (Plan of Action Miami, 1994).", heading="HEALTH"))
    (pages / "empty.txt").write_bytes(b"")
    (pages / "spaces.txt").write_text(" \n\u00a0\n")
    (pages / "binary.txt").write_bytes(b"\x7fELF\0\0")
    (pages / "latin.txt").write_bytes("  1. Niñez. (Plan of Action Miami, 1994).".encode("latin-1"))
    (pages / "prose.txt").write_text("Nothing but words.\n")
    run = cli("build", pages)
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert len(lines) == 4
    for name, word in {
        "empty.txt": "empty", "spaces.txt": "empty", "binary.txt": "NUL", "prose.txt": "no list item",
    }.items():  # fmt: skip
        assert any(name in line and word in line for line in lines), name
    assert "Traceback" not in run.stderr
    report = json.loads((tmp_path / "build/report.json").read_text())
    assert report["counts"]["pages"] == 2
    assert len(report["left_out"]) == 4
    latin = next(page for page in report["pages"] if page["page"] == "latin")
    assert "read as windows-1252, because line 1 is not UTF-8" in latin["read_as"]


def test_two_pages_may_show_the_same_list_but_one_page_only_once(tmp_path: Path, cli: Cli) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("sd_pov_red.txt", "seg_pov_red.txt"):
        (pages / name).write_text("  1. Feed all. (Plan of Action Miami, 1994).")
    assert cli("build", pages).returncode == 0
    rows = cli("export", "--table", "occurrences").stdout.splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["sd_pov_red", "seg_pov_red"]
    assert len(cli("query", "mandates-by-theme", "--format", "csv").stdout.splitlines()) == 1 + 4
    other = tmp_path / "other"
    other.mkdir()
    (other / "sd_pov_red.txt").write_bytes((pages / "sd_pov_red.txt").read_bytes())
    run = cli("build", pages, other)
    assert run.returncode == 1
    assert "the same page and bytes" in run.stderr


def test_only_bad_pages_build_nothing(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    run = cli("build", "empty.txt")
    assert run.returncode == 1
    assert "empty.txt: the file is empty" in run.stderr
    assert not (tmp_path / "build").exists()
    with pytest.raises(NothingToBuild):
        mg.build([tmp_path / "empty.txt"], out=tmp_path / "out", house=ROOT)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("7c31d4af", "00000000"), "SHA-256"),
        (lambda text: text.replace("mig.txt,mig,", "gone.txt,mig,"), "not there"),
        (lambda text: text.replace(",en,", ",Englisch,", 1), "no row in languages.csv"),
        (lambda text: text.replace("https://www", "javascript:www", 1), "not an http address"),
        (lambda text: text.replace("mig.txt,mig,", "mig.txt,../mig,"), "must be a plain name"),
        (lambda text: text.rstrip("\n") + "2020-13-45\n", "not like 2024-05-31"),
    ],
)
def test_manifest_and_files_must_agree(tmp_path: Path, cli: Cli, change: object, words: str) -> None:
    house = copy_house(tmp_path / "house")
    path = house / "sources/documents/manifest.csv"
    path.write_text(change(path.read_text()))  # type: ignore[operator]
    run = cli("build", "--house", house)
    assert run.returncode == 1
    assert words in run.stderr


@pytest.mark.parametrize(
    ("table", "old", "new", "words"),
    [
        ("documents", ",1994-miami,declaration", ",1994-nowhere,declaration", "has no row in summits.csv"),
        ("documents", "1994-miami,declaration", "1994-miami,novel", "has no row in kinds.csv"),
        ("summits", "1994-12-09", "December", "not a date"),
        ("bodies", "iom,organization", "IOM,organization", "lower-case"),
        ("bodies", "\nun,", "\noas,", "stands twice"),
        ("themes", "key,broader,stem", "key,broader", "column stem is missing"),
        ("instruments", "vccr-1963,treaty", "vccr-1963,treaty,,,,,", "cells, but the header names"),
        ("rules", "topic,1,0.9", "topic,1,1.50", "decimal from 0 to 1"),
        (
            "bodies",
            "ilo,organization,,,International Labour Organization",
            'ilo,organization,,,"International',
            "bodies.csv",
        ),
    ],
)
def test_a_bad_row_is_named_with_table_and_line(tmp_path: Path, table: str, old: str, new: str, words: str) -> None:
    house = copy_house(tmp_path / "house")
    path = house / f"sources/authorities/{table}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BadTable, match=words) as caught:
        mg.build(out=tmp_path / "out", house=house)
    assert str(caught.value).startswith(f"{table}.csv")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    house = copy_house(tmp_path / "house")
    (house / "sources/authorities/bodies.csv").unlink()
    with pytest.raises(MissingPath, match=r"bodies\.csv"):
        mg.build(out=tmp_path / "out", house=house)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('base = "https://w3id.org/mandate-graph/"', 'base = "mandates"', "http"),
        ('base = "https://w3id.org/mandate-graph/"', 'base = "https://example.org/a b/"', "no base"),
        ('base = "https://w3id.org/mandate-graph/"', 'base = "https://example.org/ids#"', "ends in /"),
        ('base = "https://w3id.org/mandate-graph/"', "base = ", "TOML"),
        ('version = "0.1.0"', "", "version"),
        ("[dataset.title]", "[dataset.headline]", "title"),
    ],
)
def test_a_bad_house_file_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    house = copy_house(tmp_path / "house")
    path = house / "sources/house.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadTable, match=words):
        mg.build(out=tmp_path / "out", house=house)


def test_a_house_of_another_base(tmp_path: Path) -> None:
    """Publishers have bases of their own; own terms keep theirs, every promise holds, and all formats agree."""
    base = "https://data.example.org/promises/"
    house = copy_house(tmp_path / "house")
    path = house / "sources/house.toml"
    path.write_text(path.read_text().replace("https://w3id.org/mandate-graph/", base))
    mg.build(out=tmp_path / "out", house=house)
    dataset = mg.open(tmp_path / "out")
    assert dataset.base == base
    assert dataset.query("mandates-naming", {"named": "body/iom"})[0].mandate.startswith(f"{base}id/mandate/")
    from mandate_graph.engine import parse_quads

    triples = {quad[:3] for quad in dataset.quads()}
    assert {quad[:3] for quad in parse_quads(tmp_path / "out/mandates.ttl")} == triples
    assert {quad[:3] for quad in parse_quads(tmp_path / "out/mandates.jsonld")} == triples


def test_rows_and_columns_are_enough(tmp_path: Path) -> None:
    """A Summit, a document, a place, a body, a theme and a language of labels, added without touching Python."""
    house = copy_house(tmp_path / "house")
    tables = house / "sources/authorities"

    def append(table: str, **cells: str) -> None:
        path = tables / f"{table}.csv"
        header = path.read_text().splitlines()[0].split(",")
        with path.open("a") as file:
            file.write(",".join(cells.get(column, "") for column in header) + "\n")

    append("places", key="harbour-town", country="bb", label_en="Harbour Town", source="invented")
    append("summits", key="2030-harbour-town", series="summits-of-the-americas", ordinal="XI", place="harbour-town",
           start="2030-05-01", end="2030-05-02", label_en="Eleventh Summit of the Americas", short_en="Harbour Town")  # fmt: skip
    append("documents", key="2030-harbour-town-declaration", summit="2030-harbour-town", kind="declaration",
           place="harbour-town", label_en="Declaration of Harbour Town", cited_en='"Declaration of Harbour Town, 2030"')  # fmt: skip
    append("bodies", **{"key": "tide-watch", "class": "organization", "label_en": "Tide Watch Agency"})
    append("themes", key="oceans", stem="oce", label_en="OCEANS")
    path = tables / "topics.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},label_ht", *(f"{row},tèm" for row in rows)]) + "\n")
    (house / "sources/documents/oce.txt").write_text(
        page_text(
            "  1. Ask the Tide Watch Agency, after the Harbour Town Summit. (Declaration of Harbour Town, 2030).",
            heading="OCEANS",
        )
    )
    done = mg.build(out=tmp_path / "out", house=house)
    assert done.left_out == ()
    rows_found = mg.query("mandates-naming", build=tmp_path / "out", named="body/tide-watch")
    assert [row.documentLabel for row in rows_found] == ["Declaration of Harbour Town"]
    assert len(mg.query("mandates-naming", build=tmp_path / "out", named="summit/2030-harbour-town")) == 1
    assert '"tèm"@ht' in (tmp_path / "out/mandates.nq").read_text()


def test_the_repository_sources_are_the_pages_as_received(house: House) -> None:
    digests = {
        "mig_hr.txt": "7e746eec463f8d13953808ae2289cd1904dde17fef0c957a665e3b2393c86554",
        "mig.txt": "7c31d4af27120ee5a65c65d240c7c10df344db953119244f1b2809489ba7c95b",
    }
    for name, digest in digests.items():
        assert hashlib.sha256((house.documents / name).read_bytes()).hexdigest() == digest


def test_all_invented_pages_together_keep_every_promise(tmp_path: Path) -> None:
    """Ninety-nine pages in one build: captures of one page, headings of all kinds, unknown titles, notes."""
    done = mg.build(ROOT / "tests" / "pages", out=tmp_path / "out", house=ROOT)
    assert done.left_out == ()
    assert done.report.data["counts"]["pages"] >= 99
    assert not [result for result in done.results if result.severity == "Violation"]
