"""The generator of corpora: the same bytes for the same numbers, every form of page, and a graph that keeps every promise."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import mandate_graph as mg
from conftest import ROOT
from inventing.files import write_corpus
from inventing.items import invent
from inventing.words import vocabulary

MANDATES = 1000


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, MANDATES)
    return folder


@pytest.fixture(scope="module")
def report(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of a build; the gate let it pass, or there were none."""
    out = tmp_path_factory.mktemp("built") / "build"
    mg.build(pages, out=out, house=ROOT, turtle=False, jsonld=False, store=False)
    data: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return data


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_command_writes_the_same_bytes_in_any_process(pages: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "corpus.py"), str(tmp_path), "--mandates", str(MANDATES)]
    environment = os.environ | {"PYTHONHASHSEED": "77", "LC_ALL": "C"}
    done = subprocess.run([*command, "--workers", "2"], env=environment, capture_output=True, text=True, check=True)
    assert digests(tmp_path) == digests(pages)
    assert done.stdout.startswith(f"{len(digests(pages)) - 1:,} files, ")


def test_a_larger_corpus_begins_with_the_smaller_one(pages: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path, 200)
    few, many = digests(tmp_path), digests(pages)
    assert 3 < len(few) < len(many)
    assert {name: digest for name, digest in few.items() if many[name] != digest}.keys() == {"manifest.csv"}
    rows = (tmp_path / "manifest.csv").read_text(encoding="utf-8")
    assert (pages / "manifest.csv").read_text(encoding="utf-8").startswith(rows)


def test_another_seed_is_another_corpus(pages: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path, 200, seed=2)
    assert not set(digests(tmp_path).values()) & set(digests(pages).values())
    one, other = (invent(seed, 0, 0, vocabulary()).text(0) for seed in (1, 2))
    assert one != other


def test_there_are_as_many_mandates_as_were_asked_for(report: dict[str, Any]) -> None:
    counts = report["counts"]
    assert abs(counts["distinct_items"] - MANDATES) <= MANDATES / 10
    assert 60 < counts["quads"] / counts["distinct_items"] < 200


def test_every_page_is_read(report: dict[str, Any]) -> None:
    assert report["left_out"] == []
    assert all(page["listings"] > 5 for page in report["pages"])
    assert report["counts"]["characters_by_piece"]["unread"] < report["counts"]["characters"] / 100


def test_every_form_container_and_language_occurs(pages: Path, report: dict[str, Any]) -> None:
    assert {page["form"]["name"] for page in report["pages"]} == {"theme-page", "listing", "full-text"}
    assert {path.suffix for path in pages.iterdir()} == {".csv", ".txt", ".html", ".md"}
    assert {page["language"] for page in report["pages"]} == {"en", "es"}
    assert {page["theme_from"] for page in report["pages"]} == {"manifest", "heading", "stem", "unknown"}
    assert [page["page"] for page in report["pages"] if page["superseded_by"]]
    assert report["counts"]["kinds"].keys() == {"chapeau", "mandate", "sub-item"}
    assert report["counts"]["characters_by_piece"].keys() >= {"label", "footnote", "footnote-mark", "heading", "unread"}
    furniture = {(pages / name).read_text(encoding="utf-8")[:24] for name in digests(pages) if name.endswith(".txt")}
    assert len(furniture) > 5


def test_what_goes_wrong_on_real_pages_goes_wrong_here(report: dict[str, Any]) -> None:
    kinds = Counter(problem["kind"] for problem in report["problems"])
    assert kinds.keys() >= {"attribution", "citation", "mention", "pair", "section", "theme", "unread"}
    assert kinds.total() < report["counts"]["listings"] / 5
    assert report["counts"]["attributions"].keys() >= {"stated", "governed", "unknown"}


def test_pages_share_paragraphs_and_languages_pair(report: dict[str, Any]) -> None:
    counts, review = report["counts"], report["review"]
    assert 0.1 < 1 - counts["distinct_items"] / counts["listings"] < 0.3
    assert len(review["similar"]) > 5
    assert len(review["captures"]) == 1
    assert counts["distinct_items"] - counts["paragraphs"] > 100  # a pair is one paragraph
    assert counts["mentions"]["resolved"] > counts["distinct_items"] / 5
