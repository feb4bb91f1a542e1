"""The frame of the publication: addresses, data beside pages, words, and the folder as a whole."""

from __future__ import annotations

import json
import posixpath
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph as RdfGraph

from conftest import ROOT, Cli
from mandate_graph.dataset import Graph
from mandate_graph.errors import BadOption, BadTable, ForeignFolder
from mandate_graph.publish import MARK, publish
from mandate_graph.publish.beside import data_files, triples_of
from mandate_graph.publish.documents import documents
from mandate_graph.publish.layouts import Reader
from mandate_graph.publish.markup import anchor, as_json, in_language
from mandate_graph.publish.names import Names
from mandate_graph.publish.site import DATA, Site, relative
from mandate_graph.publish.words import load_words
from mandate_graph.write import Style, nquads
from mandate_graph.write.lines import blocks

BASE = "https://w3id.org/mandate-graph/"
SITE = Site(BASE, "https://example.org/graph/", ("en", "es"))
PARTS = st.text(st.sampled_from("abZ09-._~ %:é?#&'\"<>"), min_size=1, max_size=8).filter(lambda part: part.strip(". "))
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def written(found: object) -> bytes:
    return b"".join(found.pieces)  # type: ignore[attr-defined]


@given(PATHS, PATHS)
def test_a_reference_leads_from_any_file_to_any_other(page: str, path: str) -> None:
    """As a browser resolves it (RFC 3986 §5.2), and no part of a name is taken for a query, fragment or scheme."""
    from urllib.parse import quote, urljoin, urlsplit

    found = urljoin("https://example.org/x/y/" + quote(page), relative(page, path))
    parts = urlsplit(found)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "example.org", "", "")
    assert unquote(parts.path) == posixpath.normpath(f"/x/y/{path}")


def test_a_reference_keeps_its_fragment() -> None:
    assert relative("a/b.html", "c.html", "char=1,2") == "../c.html#char=1,2"


@pytest.mark.parametrize(
    ("iri", "stem"),
    [
        (f"{BASE}id/summit/2001-quebec", "id/summit/2001-quebec"),
        (f"{BASE}ns#Mandate", "ns"),
        (f"{BASE}dataset/0.1.0", "dataset/0.1.0"),
        (f"{BASE}id/x/a%20b%C3%A9", "id/x/a bé"),
        ("http://www.wikidata.org/entity/Q1", None),
        (BASE, None),
        (f"{BASE}id/../../etc/passwd", None),
        (f"{BASE}id/%2E%2E/x", None),
        (f"{BASE}id//x", None),
        (f"{BASE}id/{'x' * 300}", None),
        (f"{BASE}id/a%00b", None),
    ],
)
def test_the_files_of_a_thing(iri: str, stem: str | None) -> None:
    """A path that leads out of the folder, or that no file system takes, is no path."""
    assert SITE.stem(iri) == stem


def test_pages_of_the_first_language_have_no_code() -> None:
    assert [SITE.page("id/x", language) for language in SITE.languages] == ["id/x.html", "id/x.es.html"]


IRIS = st.lists(
    st.text("ab-", min_size=1, max_size=3).map(lambda text: text)
    | st.sampled_from(["a#f", "a/b", "a#char=1,2", "a-b#g", "a%20b", "a%20b#h"]),
    min_size=1,
    max_size=12,
    unique=True,
)


@given(IRIS)
def test_every_subject_is_described_under_its_address_once(paths: list[str]) -> None:
    quads = [(f"<{BASE}id/{path}>", LABEL, '"x"', "") for path in paths]
    found = list(documents(blocks(nquads(quads)), SITE, []))
    assert sorted(iri for document in found for iri, _ in document.things) == sorted(
        f"{BASE}id/{path}" for path in paths
    )
    assert len({document.stem for document in found}) == len(found)
    for document in found:
        assert all(SITE.stem(iri) == document.stem for iri, _ in document.things)


def test_a_subject_without_a_possible_file_is_told() -> None:
    left_out: list[str] = []
    assert not list(documents(blocks(f'<{BASE}id/%2E%2E/x> {LABEL} "x" .\n'.encode()), SITE, left_out))
    assert left_out == [f"{BASE}id/%2E%2E/x"]


def test_the_three_formats_of_every_thing_say_the_same(dataset: Graph) -> None:
    """JSON-LD that lost a term of its context would turn links into strings."""
    style = dataset.style()
    compared = 0
    for block in list(blocks(dataset.folder / "mandates.nq"))[::40]:  # type: ignore[operator]
        triples = triples_of(block.lines)
        files = {file.path: written(file) for file in data_files("x", triples, style)}
        nt, ttl = (
            set(ox.parse(files[f"x{ending}"], ox.RdfFormat.from_extension(ending[1:]))) for ending in (".nt", ".ttl")
        )
        assert nt == ttl
        assert {triple.subject.value for triple in nt} == {block.subject.decode()[1:-1]}
        again = RdfGraph().parse(data=files["x.jsonld"], format="json-ld")
        assert set(again) == set(RdfGraph().parse(data=files["x.nt"], format="nt"))
        compared += 1
    assert compared > 50
    assert set(DATA) == {".ttl", ".jsonld", ".nt"}


def test_words_are_those_of_every_language(tmp_path: Path) -> None:
    for code, text in {"en": '[a]\nb = "x"\nc = "y"\n', "es": '[a]\nb = "x"\n'}.items():
        (tmp_path / code).mkdir()
        (tmp_path / code / "part.toml").write_text(text)
    with pytest.raises(BadTable, match=r"words/es: lacks a\.c"):
        load_words(tmp_path, "en")
    (tmp_path / "es" / "part.toml").write_text('[a]\nb = "x"\nc = "z"\n')
    assert load_words(tmp_path, "es") == {"es": {"a.b": "x", "a.c": "z"}, "en": {"a.b": "x", "a.c": "y"}}
    assert next(iter(load_words(tmp_path, "es"))) == "es"


def test_places_in_words_are_the_same_in_every_language() -> None:
    import re

    words = load_words(ROOT / "src" / "mandate_graph" / "publish" / "words", "en")
    first, *others = words.values()
    for other in others:
        for key, text in other.items():
            assert sorted(set(re.findall(r"\{(\w+)\}", text))) == sorted(set(re.findall(r"\{(\w+)\}", first[key]))), key


def test_a_name_in_another_language_says_so(dataset: Graph) -> None:
    names = Names(dataset.engine(), ("en", "es"), {})
    reader = Reader(SITE, {}, names, "id/x.es.html", "es")
    chapeau = f"{BASE}id/kind/subdivision/chapeau"
    assert str(reader.label(chapeau)) == "párrafo introductorio"
    (mandate,) = (each for each in dataset.mandates(summit="2001-quebec", named="body/iom"))
    assert str(reader.label(mandate.iri)).startswith('<span lang="en">')
    assert reader.name("http://example.org/nothing#here") == "here"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a & b"])
def test_text_stays_text(text: str) -> None:
    assert "<script" not in in_language(text, "xx", "en")
    assert "<img" not in anchor("x.html", text)
    assert "<" not in as_json({"x": text}).replace("\\u003c", "")
    assert json.loads(as_json({"x": text})) == {"x": text}


def test_only_addresses_of_the_web_become_links() -> None:
    assert str(anchor("javascript:alert(1)", "x", external=True)) == "x"
    assert 'href="https://example.org/"' in anchor("https://example.org/", "x", external=True)


def test_a_folder_that_holds_something_else_is_refused(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.odt").write_text("years of work")
    with pytest.raises(ForeignFolder, match=r"thesis\.odt, which is not part of a site"):
        publish(built, tmp_path / "mine")
    for target in (built, built / "site"):
        with pytest.raises(ForeignFolder, match="lies in the build"):
            publish(built, target)
    assert (tmp_path / "mine" / "thesis.odt").read_text() == "years of work"


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://example.org/", "https://example.org/?a=b", "https:///x", "https://a b/"]
)
def test_an_address_that_is_none_of_a_folder_is_refused(built: Path, tmp_path: Path, url: str) -> None:
    with pytest.raises(BadOption, match="is not the address of a folder"):
        publish(built, tmp_path / "site", url)
    assert not (tmp_path / "site").exists()


def test_the_command_says_what_it_wrote(cli: Cli, unlinked: Path, tmp_path: Path) -> None:
    """And a second one replaces the whole folder."""
    assert cli("build", "--house", unlinked).returncode == 0
    done = cli("publish", "--site-url", "https://example.org/x")
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if not line.endswith(" so far")] == []  # on a slow machine
    assert done.stdout.startswith("site: ")
    mark = json.loads((tmp_path / "site" / MARK).read_bytes())
    assert mark["url"] == "https://example.org/x/"
    (tmp_path / "site" / "old.html").write_text("of a build before")
    assert cli("publish").returncode == 0
    assert not (tmp_path / "site" / "old.html").exists()


def test_without_a_build_it_says_how_to_make_one(cli: Cli) -> None:
    done = cli("publish")
    assert done.returncode == 2
    assert "mandate-graph build" in done.stderr


def test_who_waits_is_told_how_far_it_is_and_may_leave(built: Path, tmp_path: Path) -> None:
    """Progress counts the bytes of the build that were read; whoever leaves finds no half of a site."""
    told: list[tuple[str, int, int]] = []

    class Left(Exception):
        pass

    def watch(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))
        if done:
            raise Left

    with pytest.raises(Left):
        publish(built, tmp_path / "site", progress=watch)
    size = (built / "mandates.nq").stat().st_size
    stages = [stage.partition(" (")[0] for stage, _, _ in told]
    assert set(stages) == {"pages of things"}
    assert 0 < told[-1][1] < size
    assert list(tmp_path.iterdir()) == []


def test_what_is_remembered_of_a_context_is_of_its_own(dataset: Graph) -> None:
    """Small files are written in the style that was asked for, whatever was written before in another."""
    style = dataset.style()
    terms = replace(style.terms, context={**style.terms.context, "labelled": {"@id": "rdfs:label"}})
    terms = replace(terms, context={key: value for key, value in terms.context.items() if key != "label"})
    triples = {f'<{BASE}id/x> {LABEL} "x"@en .\n'.encode()}

    def jsonld(asked: Style) -> dict[str, object]:
        files = {file.path: written(file) for file in data_files("x", triples, asked)}
        found: dict[str, object] = json.loads(files["x.jsonld"])
        return found

    first, other, again = jsonld(style), jsonld(Style(style.base, terms)), jsonld(style)
    assert first == again
    assert "labelled" not in json.dumps(first)
    assert "labelled" in json.dumps(other["@graph"])
    assert "labelled" in json.dumps(other["@context"])
    assert jsonld(Style("https://other.example/", style.terms))["@context"]["@base"] == "https://other.example/"  # type: ignore[index]
