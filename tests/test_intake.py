"""A page is taken into a house whole or not at all, and a person sees what was read."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import ROOT, Cli, page_text
from mandate_graph.intake import page_of

SITE = "https://www.summit-americas.org/sisca"
PAGE = page_text("  1. Read. (Plan of Action Miami, 1994).", heading="EDUCATION: Literacy")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "h" / "sources").mkdir(parents=True)
    (tmp_path / "h/sources/house.toml").write_bytes((ROOT / "sources/house.toml").read_bytes())
    (tmp_path / "h/saved page.txt").write_text(PAGE)
    return tmp_path / "h"


def manifest(home: Path) -> list[dict[str, str]]:
    path = home / "sources/documents/manifest.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []


def test_a_page_is_copied_with_row_and_digest(home: Path, cli: Cli) -> None:
    run = cli("add", "saved page.txt", "--url", f"{SITE}/ed_lit.html", "--captured", "2024-05-31", cwd=home)
    assert (run.returncode, run.stderr) == (0, "")
    (row,) = manifest(home)
    assert row["file"] == "ed_lit.txt"
    assert row["page"] == "ed_lit"
    assert row["url"] == f"{SITE}/ed_lit.html"
    assert row["captured"] == "2024-05-31"
    assert row["sha256"] == hashlib.sha256(PAGE.encode()).hexdigest()
    assert (home / "sources/documents/ed_lit.txt").read_text() == PAGE
    for words in ("1 listings", "1 of 1 citations resolved", "0 unread", "theme-page", "education/lit", "in en"):
        assert words.replace("1 listings", "1 listing") in run.stdout
    assert cli("build", cwd=home).returncode == 0


def test_the_same_capture_is_not_taken_in_twice(home: Path, cli: Cli) -> None:
    assert cli("add", "saved page.txt", "--url", f"{SITE}/ed_lit.html", cwd=home).returncode == 0
    run = cli("add", "saved page.txt", "--url", "http://cumbre-americas.org/sisca/ed_lit.html", cwd=home)
    assert run.returncode == 2
    assert "has this capture of ed_lit already, as ed_lit.txt" in run.stderr
    assert len(manifest(home)) == 1


def test_a_newer_capture_gets_a_name_of_its_own(home: Path, cli: Cli) -> None:
    assert cli("add", "saved page.txt", "--url", f"{SITE}/ed_lit.html", cwd=home).returncode == 0
    (home / "new.txt").write_text(PAGE.replace("Read.", "Read and write."))
    run = cli("add", "new.txt", "--url", f"{SITE}/ed_lit.html", "--supersedes", "ed_lit.txt", cwd=home)
    assert run.returncode == 0
    rows = manifest(home)
    assert [row["supersedes"] for row in rows] == ["", "ed_lit.txt"]
    assert (home / "sources/documents" / rows[1]["file"]).read_text().count("Read and write.") == 1
    assert cli("build", cwd=home).returncode == 0


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--theme", "educatio"], "--theme: 'educatio' is not in themes.csv. Did you mean education"),
        (["--lang", "xx"], "the language 'xx' has no row in languages.csv"),
        (["--form", "poem"], "--form: 'poem' is not in the forms of pages. Did you mean theme-page"),
        (["--document", "lima"], "--document: 'lima' is not in documents.csv"),
        (["--captured", "May"], "the date 'May' is not like"),
        (["--supersedes", "x.txt"], "--supersedes: 'x.txt' is no capture of ed_lit"),
        (["--page", "a/b"], "the page 'a/b' must be a plain name"),
    ],
)
def test_what_is_not_known_is_asked_back(home: Path, cli: Cli, options: list[str], problem: str) -> None:
    run = cli("add", "saved page.txt", "--url", f"{SITE}/ed_lit.html", *options, cwd=home)
    assert run.returncode == 2
    assert problem in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert not (home / "sources/documents/ed_lit.txt").exists()
    assert manifest(home) == []


@pytest.mark.parametrize(("name", "data", "code"), [("prose.txt", b"Only words.", 1), ("none.txt", None, 2)])
def test_what_cannot_be_read_is_not_taken_in(home: Path, cli: Cli, name: str, data: bytes | None, code: int) -> None:
    if data is not None:
        (home / name).write_bytes(data)
    run = cli("add", name, "--url", f"{SITE}/x.html", cwd=home)
    assert run.returncode == code
    assert len(run.stderr.splitlines()) == 1
    assert manifest(home) == []
    assert not (home / "sources/documents" / name).exists()


def test_a_url_is_an_address(home: Path, cli: Cli) -> None:
    run = cli("add", "saved page.txt", "--url", "javascript:alert(1)", cwd=home)
    assert run.returncode == 2
    assert "is not an http address" in run.stderr


def test_an_old_manifest_keeps_its_columns(home: Path, cli: Cli) -> None:
    documents = home / "sources/documents"
    documents.mkdir()
    (documents / "old.txt").write_text(PAGE)
    (documents / "manifest.csv").write_text('file,page,remark\nold.txt,old,"a, b"\n')
    assert cli("add", "saved page.txt", "--url", f"{SITE}/ed_lit.html", "--lang", "en", cwd=home).returncode == 0
    old, new = manifest(home)
    assert (old["remark"], old["language"]) == ("a, b", "")
    assert (new["remark"], new["language"]) == ("", "en")


def test_the_form_can_be_forced(home: Path, cli: Cli) -> None:
    run = cli("add", "saved page.txt", "--url", f"{SITE}/ed_lit.html", "--form", "listing", cwd=home)
    assert "listing: it was named" in run.stdout
    assert manifest(home)[0]["form"] == "listing"
    done = mg.build(house=home, out=home / "build")
    assert done.report.data["pages"][0]["form"] == {"name": "listing", "because": "it was named", "forced": True}


def test_the_stem_is_the_page_whatever_the_host() -> None:
    assert page_of("https://www.summit-americas.org/sisca/mig_hr_sp.html") == "mig_hr_sp"
    assert page_of("http://cumbre-americas.org/sisca/mig_hr.html?") == "mig_hr"
    assert page_of("https://www.summit-americas.org/SisCA/ThemesDetails.aspx?t=25") == "themesdetails_t_25"
    assert page_of("https://www.summit-americas.org/sisca/mig_hr.html?x=1#top") == "mig_hr"
    assert page_of("https://example.org/") == ""
