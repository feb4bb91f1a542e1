"""The published site as a whole: every link, every file of data, the promise that nothing is loaded from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pyoxigraph as ox
import pytest
from rdflib import Dataset as RdfDataset

from conftest import OWN_SITE, TERMINAL

BASE = "https://w3id.org/mandate-graph/"
URL = OWN_SITE
HERE = "http://site.invalid/below/"
FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".jsonld": ox.RdfFormat.JSON_LD}


class Seen(HTMLParser):
    """What a page leads to, loads, and calls by an id."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.tags: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags |= {(tag, name) for name in given} | {(tag, "")}
        if "id" in given:
            self.ids.append(given["id"] or "")
        for name in ("href", "src", "action"):
            if name in given:
                self.links.append((tag, given[name] or ""))
        if given.get("rel") in {"stylesheet", "icon"} or "src" in given:
            self.loads.append(given.get("src") or given.get("href") or "")


def seen(path: Path) -> Seen:
    found = Seen()
    found.feed(path.read_text(encoding="utf-8"))
    return found


def triples(path: Path) -> set[tuple[object, ...]]:
    return {(q.subject, q.predicate, q.object) for q in ox.parse(path=str(path), format=FORMATS[path.suffix])}


@pytest.fixture(scope="module")
def whole(own_site: Path) -> Path:
    """The site of the repository's own build."""
    return own_site


@pytest.fixture(scope="module")
def pages(whole: Path) -> dict[str, Seen]:
    return {path.relative_to(whole).as_posix(): seen(path) for path in sorted(whole.rglob("*.html"))}


def test_every_link_leads_to_a_file_of_the_site_and_every_fragment_to_an_id(
    whole: Path, pages: dict[str, Seen]
) -> None:
    files = {path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file()}
    wrong: dict[str, str] = {}
    for page, found in pages.items():
        for tag, link in found.links:
            target = urlsplit(urljoin(HERE + page, link))
            if target.netloc != "site.invalid":
                continue
            path = unquote(target.path).removeprefix("/below/")
            fragment = unquote(target.fragment)
            # a question in the address of the SPARQL page is no place on it
            named = not fragment or fragment.startswith("query=") or fragment in pages[path].ids
            if path not in files or not named:
                wrong.setdefault(f"{tag} {path}#{fragment}", page)
    assert not wrong, (len(wrong), list(wrong.items())[:20])


def test_an_id_stands_once_on_a_page(pages: dict[str, Seen]) -> None:
    assert {page: found.ids for page, found in pages.items() if len(set(found.ids)) < len(found.ids)} == {}


def test_nothing_is_loaded_from_elsewhere(whole: Path, pages: dict[str, Seen]) -> None:
    assert {
        load for found in pages.values() for load in found.loads if urlsplit(load).scheme or load[:2] == "//"
    } == set()
    style = (whole / "assets" / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(", style)


def test_a_page_for_what_is_missing_works_at_any_depth(whole: Path, pages: dict[str, Seen]) -> None:
    for page in ("404.html", "404.es.html"):
        links = [link for _, link in pages[page].links if not link.startswith(("#", "https:"))]
        assert links
        assert all(link.startswith("/below/") for link in links), links


def test_everything_of_ours_has_a_page_and_data(built: Path, whole: Path) -> None:
    """Subjects, objects and named graphs."""
    stems = set()
    for quad in ox.parse(path=str(built / "mandates.nq")):
        for term in (quad.subject, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                stems.add(unquote(term.value[len(BASE) :].partition("#")[0]))
    assert any(stem.startswith("graph/") for stem in stems)
    missing = [
        stem + ending
        for stem in sorted(stems)
        for ending in (".html", ".es.html", *FORMATS)
        if stem and not (whole / (stem + ending)).is_file()
    ]
    assert missing == []


def test_three_formats_say_the_same_and_all_together_are_the_graph(built: Path, whole: Path) -> None:
    union = {(q.subject, q.predicate, q.object) for q in ox.parse(path=str(built / "mandates.nq"))}
    said: set[tuple[object, ...]] = set()
    for path in sorted(whole.rglob("*.nt")):
        if path.name == "shapes.nt":
            continue  # no part of the graph; see below
        found = triples(path)
        assert found == triples(path.with_suffix(".ttl")), path
        assert found == triples(path.with_suffix(".jsonld")), path
        said |= found
    assert said - union == set()
    assert union - said == set()


def test_the_shapes_are_the_same_in_every_format(whole: Path) -> None:
    """They hold blank nodes, so that they are compared in canonical form (RDFC-1.0)."""
    found = []
    for ending, form in FORMATS.items():
        data = ox.Dataset(
            ox.Quad(q.subject, q.predicate, q.object)
            for q in ox.parse(path=str(whole / f"shapes{ending}"), format=form)
        )
        data.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found.append(set(data))
    assert found[0] == found[1] == found[2]


def test_another_library_reads_the_same(whole: Path) -> None:
    for stem in ("id/summit/2001-quebec", "ns", "dataset/0.1.0", "graph/derived"):
        sizes = set()
        for ending, name in ((".ttl", "turtle"), (".nt", "nt"), (".jsonld", "json-ld")):
            sizes.add(len(RdfDataset(default_union=True).parse(whole / (stem + ending), format=name)))
        assert len(sizes) == 1, (stem, sizes)
        assert sizes != {0}


def test_the_same_sources_give_the_same_bytes(bilingual: Path, tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "2"):
        where = tmp_path / seed
        where.mkdir()
        command = [sys.executable, "-m", "mandate_graph", "publish", "--from", str(bilingual), "--out", "site"]
        at_home = {name: value for name, value in os.environ.items() if name not in TERMINAL}
        subprocess.run(command, cwd=where, check=True, capture_output=True, env={**at_home, "PYTHONHASHSEED": seed})
        folders.append(where / "site")
    one, other = ({p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders)
    assert one.keys() == other.keys()
    assert [path for path in one if one[path] != other[path]] == []
