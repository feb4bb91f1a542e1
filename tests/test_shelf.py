"""Things on demand: an address found in the lines, one form of it made alone, and what a site has besides its things."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import Graph as RdfGraph

import mandate_graph as mg
from browser import UNDER
from conftest import ROOT
from mandate_graph.house import House
from mandate_graph.outputs import find_build
from mandate_graph.pipeline import silent
from mandate_graph.publish import MARK, press_of
from mandate_graph.publish.documents import Document, documents
from mandate_graph.publish.forms import TRIPLES, form_of
from mandate_graph.publish.prepared import Job, listed_things, prepare
from mandate_graph.publish.putting import Putter
from mandate_graph.publish.shelf import Shelf
from mandate_graph.publish.site import Site
from mandate_graph.publish.things import Press
from mandate_graph.write import nquads
from mandate_graph.write.lines import blocks

URL = "https://mandates.example/"
BASE = "https://w3id.org/mandate-graph/"
PUBLISHED = ("html", "es.html", "ttl", "jsonld", "nt")
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld-flattened": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}

# Parts of paths that are the same when they are decoded, cut at their query, or begin like each other.
PART = st.sampled_from(
    ["a", "%61", "a%2Fb", "a/b", "b", "a?x", "?", "a%20", "a!", "a%3Fx", "é", "%C3%A9", "%F0", "%F0%9F"]
)
END = st.sampled_from(["", "", "#x", "#char=1,2", "/en", "?q=%61#x"])
SUBJECTS = st.tuples(st.lists(PART, min_size=1, max_size=3).map("/".join), END).map("".join)
STEMS = SUBJECTS | st.text(max_size=6) | st.sampled_from(["", "a> <b", "\udc80", "a\0", "..", "a\n"])


def of_a_stem(source: bytes | Path, site: Site) -> dict[str, Document]:
    """What ``publish`` leaves of each stem: the files of a later document replace those of an earlier one."""
    return {document.stem: document for document in documents(blocks(source), site, [])}


@pytest.fixture(scope="module")
def press(bilingual: Path) -> Press:
    return press_of(mg.open(bilingual), URL)


@pytest.fixture(scope="module")
def some(press: Press) -> list[Document]:
    """Two things of each kind."""
    found: dict[str, list[Document]] = {}
    for stem in press.shelf.stems():
        of_kind = found.setdefault(press.plan.kind(stem).name, [])
        document = press.shelf.document(stem)
        if document is not None and len(of_kind) < 2:
            of_kind.append(document)
    return [document for of_kind in found.values() for document in of_kind]


def test_every_thing_of_a_build_is_found(press: Press, bilingual: Path) -> None:
    source = find_build(bilingual)
    wanted = of_a_stem(source, press.site)
    assert len(wanted) > 1000
    assert list(press.shelf.stems()) == [document.stem for document in documents(blocks(source), press.site, [])]
    assert {stem: press.shelf.document(stem) for stem in wanted} == wanted
    for stem in wanted:
        for near in (f"{stem}/", stem[:-1], f"{stem}#x", f"{stem}0", stem.upper()):
            assert press.shelf.document(near) == wanted.get(near)


@given(st.lists(SUBJECTS, max_size=12), st.lists(STEMS, max_size=8), st.sampled_from([BASE, "https://x.example/%61?/"]))
@example(["a#x", "a/en", "a%2Fen", "a"], [], BASE)
@example(["%F0#x", "%F0%9F"], [], BASE)
@example(["%F0#x", "%F0%9F", "b"], ["a> <urn:p1", "b> <urn:p1> <urn:p1"], BASE)
def test_every_thing_of_any_graph_is_found(paths: list[str], stems: list[str], base: str) -> None:
    """Also where several addresses are one path of files, or begin like each other; and nothing else is found."""
    site = Site(base, base, ("en",))
    others = [("<https://other.example/a>", "<urn:p>", f'"{base}a%20b?"', ""), ("<urn:a>", "<urn:p>", "<urn:b>", "")]
    source = nquads(
        [(f"<{base}{path}>", f"<urn:p{n}>", '"%61 ? "', "<urn:g>") for n in (1, 2) for path in paths] + others
    )
    wanted, shelf = of_a_stem(source, site), Shelf(source, site)
    for stem in (*wanted, *stems):
        assert shelf.document(stem) == wanted.get(stem)


def test_a_build_of_nothing_has_no_things(tmp_path: Path) -> None:
    (tmp_path / "mandates.nq").write_bytes(b"")
    shelf = Shelf(tmp_path / "mandates.nq", Site(BASE, BASE, ("en",)))
    assert (shelf.document("a"), list(shelf.stems()), shelf.lines(b"<urn:a>")) == (None, [], b"")


def test_a_form_is_the_published_file(press: Press, some: list[Document], published: Path) -> None:
    for document in some:
        for ending in PUBLISHED:
            file = published / UNDER / f"{document.stem}.{ending}"
            assert form_of(press, document, ending) == file.read_bytes(), file
        assert form_of(press, document, "en.html") is None
        assert form_of(press, document, "txt") is None


def read(form: bytes | None, name: ox.RdfFormat) -> set[tuple[str, str, str, str]]:
    return {
        (str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name))
        for quad in ox.parse(form or b"", format=name, base_iri=BASE)
    }


def test_all_forms_say_the_same(press: Press, some: list[Document], bilingual: Path) -> None:
    """Quads are lines of the graph."""
    lines = set(find_build(bilingual).read_bytes().splitlines(keepends=True))
    for document in some:
        triples = {row[:3] for row in read(form_of(press, document, "nt"), ox.RdfFormat.N_TRIPLES)}
        for ending, name in FORMATS.items():
            assert {row[:3] for row in read(form_of(press, document, ending), name)} == triples, (document.stem, ending)
        nq = form_of(press, document, "nq") or b""
        assert set(nq.splitlines(keepends=True)) <= lines
        assert read(form_of(press, document, "trig"), ox.RdfFormat.TRIG) == read(nq, ox.RdfFormat.N_QUADS)


def test_flattened_is_expanded_and_flattened(press: Press, some: list[Document]) -> None:
    """JSON-LD 1.1 §4.2, §4.4: no context, a node a thing, every value an object in a list; rdflib reads the same."""
    for document in some[::4]:
        form = form_of(press, document, "jsonld-expanded")
        assert form == form_of(press, document, "jsonld-flattened")
        nodes = json.loads(form or b"")
        assert len({node["@id"] for node in nodes}) == len(nodes)
        for node in nodes:
            for key, values in node.items():
                assert key.startswith("@") or ":" in key
                assert isinstance(values, str if key == "@id" else list)
                assert all(isinstance(value, str if key == "@type" else dict) for value in values if key != "@id")
        theirs = RdfGraph().parse(data=form, format="json-ld")
        assert len(theirs) == len(RdfGraph().parse(data=form_of(press, document, "nt"), format="nt"))


class Overheard:
    """The engine, and the names of the queries that it was asked."""

    def __init__(self, press: Press) -> None:
        self._answers = press.answers
        self.names: list[str] = []

    def table(self, query: str, name: str = "query") -> tuple[list[str], list[list[str]]]:
        self.names.append(name)
        return self._answers.table(query, name)


def test_data_asks_nothing_that_only_a_page_needs(press: Press, some: list[Document]) -> None:
    heard = Overheard(press)
    for document in some:
        for ending in (*TRIPLES, "nq", "trig"):
            form_of(press._replace(answers=heard), document, ending)
    assert set(heard.names) == {"page query parts"}
    form_of(press._replace(answers=heard), some[0], "html")
    assert set(heard.names) > {"page query parts"}


CONFINED = """
import resource, sys
from pathlib import Path
import mandate_graph as mg
from mandate_graph.publish import press_of
from mandate_graph.publish.forms import TRIPLES, form_of
press = press_of(mg.open(sys.argv[1], memory=True), served=True)
press.layouts.load()
kinds = {press.plan.kind(stem).name: stem for stem in press.shelf.stems()}
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
try:
    open(sys.executable)
except OSError:
    made = [form_of(press, press.shelf.document(stem), ending)
        for stem in kinds.values() for ending in ("html", "es.html", *TRIPLES, "nq", "trig")]
    print(len(kinds), all(made))
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))  # who counts the lines that ran writes a file at the end
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
def test_a_process_that_can_open_nothing_makes_every_form(bilingual: Path, some: list[Document], press: Press) -> None:
    done = subprocess.run([sys.executable, "-c", CONFINED, bilingual], capture_output=True, text=True, check=False)
    kinds = len({press.plan.kind(document.stem).name for document in some})
    assert (done.stdout, done.stderr) == (f"{kinds} True\n", "")


@pytest.fixture(scope="module")
def served(bilingual: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is prepared for a server, with nothing of a single thing."""
    folder = tmp_path_factory.mktemp("served")
    graph = mg.open(bilingual)
    press = press_of(graph, URL, served=True)
    put = Putter(folder)
    prepare(put, press, Job(graph, House(ROOT), silent), listed_things(press))
    assert put.files == sum(path.is_file() for path in folder.rglob("*"))
    return folder


def files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_prepared_and_the_things_are_the_site(served: Path, published: Path, press: Press) -> None:
    things = {f"{stem}.{ending}" for stem in press.shelf.stems() for ending in PUBLISHED}
    here, there = set(files(served)), set(files(published / UNDER))
    assert here | things == there
    # the description of a named graph's data is a file, the thing of that name is made
    assert not here & things
    same = [path for path in here if path.startswith(("data/", "dump/")) or path in {"sitemap.xml", "robots.txt", MARK}]
    assert len(same) > 20
    for path in same:
        assert (served / path).read_bytes() == (published / UNDER / path).read_bytes(), path


def test_pages_of_a_server_offer_its_endpoint(served: Path, published: Path) -> None:
    """And those of a folder speak of none: there is none behind them."""
    for name, way in (("sparql.html", "sparql"), ("sparql.es.html", "sparql"), ("queries/mandates.html", "../sparql")):
        text = (served / name).read_text(encoding="utf-8")
        assert f'<link rel="service-desc" type="text/turtle" href="{way}">' in text
        assert "service-desc" not in (published / UNDER / name).read_text(encoding="utf-8")
        own = f'id="own" value="{way}"'
        assert (own in text) == name.startswith("sparql")
        assert own not in (published / UNDER / name).read_text(encoding="utf-8")
    assert f"<{URL}sparql>" in (served / "void.ttl").read_text(encoding="utf-8")
    assert f"<{URL}sparql>" not in (published / UNDER / "void.ttl").read_text(encoding="utf-8")


def test_where_no_browser_can_hold_the_graph_the_endpoint_is_chosen(press: Press) -> None:
    given = {"triples": 9, "most": 8, "first": "", "groups": []}
    for served in ("", "sparql"):
        for offered, chosen in ((True, "here"), (False, "own" if served else "far")):
            everywhere = {**press.given["everywhere"], "endpoint": served}
            values = {"sparql": {**given, "offered": offered}, "engine": True, "rows": {}}
            page = press._replace(given={"everywhere": everywhere}).page("sparql", "sparql.html", "en", values)
            radios = [line for line in b"".join(page.pieces).decode().split("<input")[1:] if 'type="radio"' in line]
            checked = [line for line in radios if "checked" in line.partition(">")[0]]
            assert [f'id="{chosen}"' in line for line in checked] == [True]


def test_a_percent_in_a_name_is_found_by_its_decoded_path(press: Press) -> None:
    """As the address of a file: what a client sends is decoded before it is looked up."""
    source = nquads([(f"<{BASE}id/page/{quote('a b é')}>", "<urn:p>", '"x"', "<urn:g>")])
    found = Shelf(source, press.site).document("id/page/a b é")
    assert found is not None
    assert found.things[0][0] == f"{BASE}id/page/a%20b%20%C3%A9"
