"""Downloads and descriptions: every figure recounted by somebody else, every file read back by somebody else."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pyarrow.parquet as pq
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from csvw import CSVW
from rdflib.plugins.sparql.parser import parseQuery

import mandate_graph as mg
from conftest import ROOT
from mandate_graph import tables
from mandate_graph.dataset import Graph
from mandate_graph.errors import BadTable, UnknownTerm
from mandate_graph.house import House, query_files
from mandate_graph.publish.data_page import bibtex
from mandate_graph.publish.described import Described, describe, description_files, said_by
from mandate_graph.publish.described.dcat import parts
from mandate_graph.publish.described.executables import executables
from mandate_graph.publish.described.vocabulary import NAMESPACES, WORDS, page
from mandate_graph.publish.dumps import Download, write_dumps
from mandate_graph.publish.site import Site
from mandate_graph.publish.words import load_words
from mandate_graph.sparql import NamedQuery, federated_queries, named_queries

BASE = "https://w3id.org/mandate-graph/"
URL = "https://site.example.org/sub/"
VOID, DCAT, SH = (rdflib.Namespace(NAMESPACES[name]) for name in ("void", "dcat", "sh"))
DCT, FOAF, SPDX = (rdflib.Namespace(NAMESPACES[name]) for name in ("dcterms", "foaf", "spdx"))
META = f"{BASE}graph/meta"
READERS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}


class Written(NamedTuple):
    """A folder with downloads and descriptions of the repository's own build."""

    folder: Path
    site: Site
    downloads: list[Download]
    described: Described


def write_all(build: Path, house: House, folder: Path) -> Written:
    graph = Graph(build)
    site = Site(graph.base, URL, ("en", "es"))
    downloads, notes = write_dumps(graph, folder)
    assert notes == []
    described = describe(site, graph, said_by(house, site.base), downloads)
    for file in description_files(site, graph, described):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(file.pieces))
    return Written(folder, site, downloads, described)


@pytest.fixture(scope="module")
def written(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write_all(built, House(ROOT), tmp_path_factory.mktemp("described"))


@pytest.fixture(scope="module")
def store(written: Written) -> ox.Store:
    """The N-Quads that are handed out, and as default graph the union without what the graph says of itself."""
    store = ox.Store()
    store.bulk_load(path=str(written.folder / "dump" / "mandates.nq"), format=ox.RdfFormat.N_QUADS)
    union = {
        ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store if str(quad.graph_name) != f"<{META}>"
    }
    store.bulk_extend(union)
    return store


def read(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format="turtle")


# --- downloads


def triples(quads: Iterator[ox.Quad], *, graphs: bool = False) -> set[str]:
    return {str(quad) if graphs else f"{quad.subject} {quad.predicate} {quad.object}" for quad in quads}


@pytest.mark.parametrize("form", READERS)
def test_every_download_says_what_the_build_says(written: Written, built: Path, form: str) -> None:
    graphs = form in {"trig", "nquads"}
    (plain,) = (each for each in written.downloads if each.form == form and not each.compressed_of)
    found = triples(ox.parse(path=str(written.folder / plain.path), format=READERS[form]), graphs=graphs)
    wanted = triples(ox.parse(path=str(built / "mandates.nq"), format=ox.RdfFormat.N_QUADS), graphs=graphs)
    assert found == wanted


def test_parquet_says_what_the_build_says(written: Written, built: Path) -> None:
    found = {
        (row["subject"], row["predicate"], row["object"], row["language"], row["graph"])
        for row in pq.read_table(written.folder / "dump" / "mandates.parquet").to_pylist()
    }
    wanted = {
        (
            quad.subject.value,
            quad.predicate.value,
            quad.object.value,
            quad.object.language if isinstance(quad.object, ox.Literal) else None,
            quad.graph_name.value,
        )
        for quad in ox.parse(path=str(built / "mandates.nq"), format=ox.RdfFormat.N_QUADS)
    }
    assert found == wanted


@pytest.mark.parametrize("name", tables.TABLES)
def test_tables_are_what_their_metadata_say(written: Written, name: str) -> None:
    path = written.folder / "dump" / "tables" / f"{name}.csv"
    checked = CSVW(str(path), validate=True)
    assert checked.is_valid, [str(warning.message) for warning in checked.warnings]
    rows = pq.read_table(path.with_suffix(".parquet"))
    described = json.loads(path.with_name(f"{name}.csv-metadata.json").read_text())
    assert rows.column_names == [column["name"] for column in described["tableSchema"]["columns"]]
    assert rows.num_rows == len(list(checked.tables[0]))


def test_checksums_hold(written: Written) -> None:
    run = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=written.folder / "dump",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    listed = {line.split("  ", 1)[1] for line in (written.folder / "dump" / "SHA256SUMS").read_text().splitlines()}
    there = {
        path.relative_to(written.folder / "dump").as_posix()
        for path in (written.folder / "dump").rglob("*")
        if path.is_file()
    }
    assert listed == there - {"SHA256SUMS"} == {each.name for each in written.downloads}


def test_what_is_said_of_a_download_is_so(written: Written) -> None:
    assert len({each.path for each in written.downloads}) == len(written.downloads)
    for each in written.downloads:
        data = (written.folder / each.path).read_bytes()
        assert (each.size, each.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        if each.compressed_of:
            assert gzip.decompress(data) == (written.folder / each.compressed_of).read_bytes()
            assert data[3:8] == bytes(5)  # neither a name nor a time (RFC 1952 §2.3)
    packed = {each.compressed_of for each in written.downloads if each.compressed_of}
    # Parquet is packed inside, and the metadata must stand beside the CSV under their name
    assert {each.form for each in written.downloads if not each.compressed_of and each.path not in packed} == {
        "parquet", "csvw",
    }  # fmt: skip


def test_what_is_written_twice_is_the_same(written: Written, built: Path, tmp_path: Path) -> None:
    again = write_all(built, House(ROOT), tmp_path)
    assert again.downloads == written.downloads
    for path in sorted(written.folder.rglob("*")):
        if path.is_file():
            assert (tmp_path / path.relative_to(written.folder)).read_bytes() == path.read_bytes(), path


def test_without_pyarrow_parquet_is_left_out_and_that_is_said(built: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path; from mandate_graph.dataset import Graph\n"
        "from mandate_graph.publish.dumps import write_dumps\n"
        f"downloads, notes = write_dumps(Graph({str(built)!r}), Path({str(tmp_path)!r}))\n"
        "assert downloads; print(*notes, sep='\\n')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.count("\n")) == (0, 1), run.stderr
    assert run.stdout.startswith("Parquet is left out: ")
    assert "pyarrow" in run.stdout
    assert not list(tmp_path.rglob("*.parquet"))
    assert (tmp_path / "dump" / "tables" / "mandates.csv").is_file()


# --- VoID

COUNTED = [VOID.triples, VOID.entities, VOID.distinctSubjects, VOID.classes, VOID.properties]


def counted_again(store: ox.Store, void: rdflib.Graph, node: Any, figure: Any) -> int:
    """What a figure of ``void.ttl`` must be, by a SPARQL query over the N-Quads."""
    if (kind := void.value(node, VOID["class"])) is not None:
        return ask(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{kind}> }}")
    if (of := void.value(node, VOID.property)) is not None:
        counted = "*" if figure == VOID.triples else "DISTINCT ?s"
        return ask(store, f"SELECT (COUNT({counted}) AS ?n) {{ ?s <{of}> ?o }}")
    if (linking := void.value(node, VOID.linkPredicate)) is not None:
        graph = str(void.value(node, VOID.objectsTarget)).replace("/id/target/", "/graph/links/")
        return ask(store, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s <{linking}> ?o }} }}")
    if str(node).startswith(f"{BASE}graph/"):
        return ask(store, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{node}> {{ ?s ?p ?o }} }}")
    whole = {
        VOID.triples: "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        VOID.entities: f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER ( STRSTARTS(STR(?s), "{BASE}") ) }}',
        VOID.classes: "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
        VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    }
    assert str(node) == f"{BASE}dataset/0.1.0"
    return ask(store, whole[figure])


def rows(store: ox.Store, query: str) -> Iterator[ox.QuerySolution]:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return iter(found)


def ask(store: ox.Store, query: str) -> int:
    return int(next(rows(store, query))["n"].value)


def test_every_figure_of_void_is_counted_again(written: Written, store: ox.Store) -> None:
    void = read(written.folder / "void.ttl")
    figures = [
        (node, figure, value.value)
        for node, figure, value in void
        if isinstance(value, rdflib.Literal) and isinstance(value.value, int)
    ]
    assert {figure for _, figure, _ in figures} == set(COUNTED)
    wrong = [
        (node, figure, value, again)
        for node, figure, value in figures
        if value != (again := counted_again(store, void, node, figure))
    ]
    assert wrong == []
    assert len(figures) > 300
    # what the graph says of itself in the same words is the same
    for row in rows(store, f"SELECT ?s ?n {{ GRAPH <{META}> {{ ?s <{VOID.triples}>|<{VOID.entities}> ?n }} }}"):
        node = rdflib.URIRef(row["s"].value)
        said = {int(str(value)) for figure in (VOID.triples, VOID.entities) for value in void.objects(node, figure)}
        assert int(row["n"].value) in said, node


def test_no_class_property_graph_or_linkset_is_forgotten(written: Written, store: ox.Store) -> None:
    void = read(written.folder / "void.ttl")
    version = rdflib.URIRef(f"{BASE}dataset/0.1.0")

    def column(query: str) -> set[str]:
        return {row[0].value for row in rows(store, query)}

    def listed(part: Any, of: Any) -> set[str]:
        return {str(void.value(node, of)) for node in void.objects(version, part)}

    assert listed(VOID.classPartition, VOID["class"]) == column("SELECT DISTINCT ?c { ?s a ?c }")
    assert listed(VOID.propertyPartition, VOID.property) == column("SELECT DISTINCT ?p { ?s ?p ?o }")
    subsets = {str(node) for node in void.objects(version, VOID.subset)}
    linksets = column(f"SELECT ?set {{ GRAPH <{META}> {{ ?set a <{VOID.Linkset}> }} }}")
    assert linksets
    assert subsets == linksets | column("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    for node in linksets:
        kinds = {predicate for predicate, _ in void.predicate_objects(rdflib.URIRef(node))}
        assert {VOID.subjectsTarget, VOID.objectsTarget, VOID.linkPredicate, VOID.triples} <= kinds
    examples = {str(node) for node in void.objects(version, VOID.exampleResource)}
    assert examples
    assert all(next(iter(store.quads_for_pattern(ox.NamedNode(node), None, None)), None) for node in examples)


def test_void_leads_to_the_downloads_and_stands_where_it_is_looked_for(written: Written) -> None:
    void = read(written.folder / "void.ttl")
    dumps = {str(node) for node in void.objects(None, VOID.dataDump)}
    assert dumps == {URL + each.path for each in written.downloads if each.form in READERS}
    assert all((written.folder / node.removeprefix(URL)).is_file() for node in dumps)
    assert {str(node) for node in void.objects(None, VOID.uriSpace)} >= {BASE}
    data = (written.folder / ".well-known" / "void").read_bytes()
    assert data == (written.folder / "void.ttl").read_bytes()


# --- DCAT


def dcat_ap() -> rdflib.Graph:
    """DCAT-AP's shapes; a test skips without them, but where all must run it fails."""
    folder = os.environ.get("MANDATE_GRAPH_DCAT_AP", "")
    if not (folder and Path(folder).is_dir()):
        said = "MANDATE_GRAPH_DCAT_AP does not name the folder with dcat-ap-SHACL.ttl and ranges.ttl"
        if os.environ.get("MANDATE_GRAPH_TESTS") == "all":
            pytest.fail(said)
        pytest.skip(said)
    shapes = rdflib.Graph()
    for name in ("dcat-ap-SHACL.ttl", "ranges.ttl"):
        shapes.parse(Path(folder) / name)
    # They name property shapes that they do not define; pySHACL stops at such a one.
    for shape, _, part in list(shapes.triples((None, SH.property, None))):
        if (part, None, None) not in shapes:
            shapes.remove((shape, SH.property, part))
    return shapes


def violations(data: rdflib.Graph, shapes: rdflib.Graph) -> list[str]:
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    return sorted(
        f"{report.value(each, SH.focusNode)} {report.value(each, SH.resultPath)} {report.value(each, SH.resultMessage)}"
        for each in report.subjects(rdflib.RDF.type, SH.ValidationResult)
    )


def test_dcat_is_as_dcat_ap_wants_it(written: Written) -> None:
    shapes, data = dcat_ap(), read(written.folder / "dcat.ttl")
    assert violations(data, shapes) == []
    # the shapes do look
    distribution = next(data.subjects(rdflib.RDF.type, DCAT.Distribution))
    data.remove((distribution, DCAT.accessURL, None))
    data.remove((None, FOAF.name, None))
    assert len(violations(data, shapes)) == 2


def test_dcat_says_of_every_file_what_it_is(written: Written) -> None:
    data = read(written.folder / "dcat.ttl")
    found = {}
    for node in data.subjects(rdflib.RDF.type, DCAT.Distribution):
        checksum = data.value(node, SPDX.checksum)
        path = unquote(str(data.value(node, DCAT.downloadURL))).removeprefix(URL)
        found[path] = (
            int(str(data.value(node, DCAT.byteSize))),
            str(data.value(checksum, SPDX.checksumValue)),
            str(data.value(node, DCAT.mediaType)).rpartition("media-types/")[2],
            str(data.value(node, DCAT.compressFormat) or "").rpartition("media-types/")[2],
        )
        assert len(list(data.subjects(DCAT.distribution, node))) >= 1
        assert str(data.value(node, DCT.license)) == "https://creativecommons.org/licenses/by/4.0/"
    assert found == {
        each.path: (each.size, each.sha256, each.media, "application/gzip" if each.compressed_of else "")
        for each in written.downloads
        if each.form not in {"context", "csvw"}
    }
    # nobody gave an address to write to
    assert (None, DCAT.contactPoint, None) not in data
    dataset = rdflib.URIRef(f"{BASE}dataset")
    assert {str(node) for node in data.objects(dataset, DCAT.hasVersion)} == {f"{BASE}dataset/0.1.0"}
    period = data.value(dataset, DCT.temporal)
    assert (str(data.value(period, DCAT.startDate)), str(data.value(period, DCAT.endDate))) == period_of(written)


def period_of(written: Written) -> tuple[str, str]:
    """The first and the last day of the Summits that mandates come from, as the table has them."""
    with (written.folder / "dump" / "tables" / "summits.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["mandates"] != "0"]
    return min(row["startDate"] for row in rows), max(row["endDate"] for row in rows)


# --- schema.org


def test_schema_org_says_what_search_engines_ask_for(written: Written) -> None:
    described = json.loads((written.folder / "schema-org.jsonld").read_text(encoding="utf-8"))
    assert (described["@context"], described["@type"], described["@id"]) == (
        "https://schema.org/", "Dataset", f"{BASE}dataset",
    )  # fmt: skip
    for name in ("name", "description"):
        assert {each["@language"] for each in described[name]} == {"en", "es"}
    assert all(50 <= len(each["@value"]) <= 5000 for each in described["description"])  # Google's bounds
    assert described["version"] == "0.1.0"
    assert described["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert described["creator"]["name"] == {"@language": "en", "@value": "The mandate-graph project"}
    assert described["temporalCoverage"] == "/".join(period_of(written))
    assert described["isBasedOn"]
    assert described["keywords"]
    assert described["inLanguage"] == ["en"]
    files = {each["contentUrl"].removeprefix(URL): each for each in described["distribution"]}
    for each in written.downloads:
        if each.form not in {"context", "csvw"}:
            said = files.pop(each.path)
            assert (said["contentSize"], said["sha256"]) == (f"{each.size} B", each.sha256)
            assert said["encodingFormat"] == ("application/gzip" if each.compressed_of else each.media)
    assert files == {}


# --- queries


def test_every_executable_is_a_query_of_the_library(written: Written) -> None:
    data = read(written.folder / "queries.ttl")
    library = {**named_queries(query_files()), **federated_queries(query_files())}
    document = rdflib.URIRef(f"{BASE}queries")
    declared = {
        (str(data.value(each, SH.prefix)), str(data.value(each, SH.namespace)))
        for each in data.objects(document, SH.declare)
    }
    assert len({prefix for prefix, _ in declared}) == len(declared)
    before = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in sorted(declared))
    found = {
        str(node).removeprefix(f"{BASE}queries#"): node for node in data.subjects(rdflib.RDF.type, SH.SPARQLExecutable)
    }
    assert found.keys() == library.keys()
    for name, node in found.items():
        text = str(data.value(node, SH.select))
        assert text == library[name].text
        assert (written.folder / "queries" / f"{name}.rq").read_bytes().decode() == text
        parseQuery(before + text)
        assert str(data.value(node, rdflib.RDFS.label)) == library[name].title
        assert str(data.value(node, rdflib.RDFS.comment)) == library[name].purpose
        asked = {str(each) for each in data.objects(node, rdflib.URIRef(f"{NAMESPACES['spex']}federatesWith"))}
        assert asked == set(library[name].asks)
    assert len(list((written.folder / "queries").iterdir())) == len(library)


def test_questions_and_constructions_are_executables_of_their_own(tmp_path: Path) -> None:
    texts = {
        "asks": "# title: Is there <anything>?\nPREFIX x: <http://x.org/>\nASK { ?select a x:CONSTRUCT }",
        "makes": '# title: What to SELECT ?\nCONSTRUCT { ?s ?p "\\"ASK\\"" } WHERE { ?s ?p ?o } # SELECT',
    }
    library = {name: NamedQuery.read(name, text) for name, text in texts.items()}
    files = {file.path: b"".join(file.pieces) for file in executables(Site(BASE, URL, ("en",)), library)}
    data = rdflib.Graph().parse(data=files["queries.ttl"], format="turtle")
    asks, makes = (rdflib.URIRef(f"{BASE}queries#{name}") for name in texts)
    assert str(data.value(asks, SH.ask)) == texts["asks"]
    assert str(data.value(makes, SH.construct)) == texts["makes"]
    assert (asks, rdflib.RDF.type, SH.SPARQLAskExecutable) in data
    assert (makes, rdflib.RDF.type, SH.SPARQLConstructExecutable) in data


# --- words


def test_words_that_are_not_declared_cannot_be_written() -> None:
    with pytest.raises(UnknownTerm):
        page(URL).add("<http://x.org/a>", "dcat:bytesize", '"1"')


# --- another house


class Scripts(HTMLParser):
    """The texts of the data blocks of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and dict(attrs).get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)
            self._inside = False


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a house with another base, a contact, hostile texts, at another address; written by the verb."""
    home = tmp_path_factory.mktemp("elsewhere")
    (home / "sources" / "links").mkdir(parents=True)
    shutil.copytree(ROOT / "sources" / "documents", home / "sources" / "documents")
    text = (ROOT / "sources" / "house.toml").read_text(encoding="utf-8")
    text = text.replace(BASE, "https://promises.example/data/").replace("# contact = ", "contact = ")
    text = text.replace("mailto:…", "mailto:desk@promises.example")
    text = re.sub(r"^(en|es) = .*$", r'\1 = "Promises & </script><b>{\\"more\\"}</b>"', text, flags=re.MULTILINE)
    (home / "sources" / "house.toml").write_text(text, encoding="utf-8")
    mg.build(out=home / "build", house=home)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "mandate_graph", "publish", "--from", "build", "--out", "site"),
            *("--site-url", "https://www.promises.example/"),
        ],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return home / "site"


DESCRIBED = ["void.ttl", "dcat.ttl", "schema-org.jsonld", "queries.ttl", "data.html", "data.es.html"]


def test_a_site_of_another_house_has_no_trace_of_ours(elsewhere: Path) -> None:
    files = [elsewhere / name for name in DESCRIBED]
    files += [path for path in (elsewhere / "dump").rglob("*") if path.suffix not in {"", ".gz", ".parquet"}]
    ours = re.compile(rb"w3id\.org/mandate-graph/(?!ns[#<>\"]|shapes)[^ ]*|site\.example\.org|mandate-graph project")
    for path in files:
        assert not ours.search(path.read_bytes()), (path, ours.search(path.read_bytes()))
    void = read(elsewhere / "void.ttl")
    assert {
        str(node).startswith("https://www.promises.example/dump/") for node in void.objects(None, VOID.dataDump)
    } == {True}


def test_another_house_says_whom_to_write_to(elsewhere: Path) -> None:
    data = read(elsewhere / "dcat.ttl")
    assert violations(data, dcat_ap()) == []
    contact = data.value(rdflib.URIRef("https://promises.example/data/dataset"), DCAT.contactPoint)
    assert str(data.value(contact, rdflib.URIRef(f"{NAMESPACES['vcard']}hasEmail"))) == "mailto:desk@promises.example"


@pytest.mark.parametrize("name", ["data.html", "data.es.html"])
def test_the_data_page_holds_schema_org_and_leads_only_to_what_there_is(elsewhere: Path, name: str) -> None:
    text = (elsewhere / name).read_text(encoding="utf-8")
    assert "<b>" not in text
    scripts = Scripts()
    scripts.feed(text)
    (embedded,) = scripts.found
    assert json.loads(embedded) == json.loads((elsewhere / "schema-org.jsonld").read_text(encoding="utf-8"))
    links = set(re.findall(r'href="([^"#:]+)"', text))
    assert {"dump/mandates.ttl.gz", "dump/SHA256SUMS", "void.ttl", "queries.ttl", "llms.txt", "sitemap.xml"} <= links
    built = {"assets/theme.js", "assets/copy.js"} if not (elsewhere / "assets" / "theme.js").is_file() else set()
    assert [link for link in sorted(links - built) if not (elsewhere / unquote(link)).is_file()] == []
    for each in (elsewhere / "dump" / "SHA256SUMS").read_text().splitlines():
        assert each.split()[0] in text
    assert "desk@promises.example" in text  # with schema.org


def test_every_word_of_the_descriptions_is_used(written: Written, elsewhere: Path) -> None:
    queries = {
        name: NamedQuery.read(name, text)
        for name, text in {"a": "ASK { ?s ?p ?o }", "c": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"}.items()
    }
    files = [(folder / name).read_bytes() for folder in (written.folder, elsewhere) for name in DESCRIBED[:4]]
    files += [b"".join(file.pieces) for file in executables(written.site, queries) if file.path.endswith(".ttl")]
    files = [data for data in files if not data.startswith(b"{")]
    used = {term for data in files for triple in rdflib.Graph().parse(data=data, format="turtle") for term in triple}
    for prefix, names in WORDS.items():
        unused = [name for name in names.split() if rdflib.URIRef(NAMESPACES[prefix] + name) not in used]
        assert set(unused) <= {"hasURL"}, prefix


def test_every_table_has_its_name_in_every_language(written: Written) -> None:
    words = load_words(ROOT / "src" / "mandate_graph" / "publish" / "words", "en")
    for key, title, purpose, _ in parts(written.downloads):
        assert (words["en"][f"data.part.{key}"], words["en"][f"data.part_text.{key}"]) == (title, purpose)
        assert words["es"][f"data.part_text.{key}"] != purpose


def test_bibtex_holds_no_command_of_a_title(written: Written) -> None:
    known = written.described.known._replace(title={"en": "A {B} & \\input{x} 100% $_^~#\nC"}, number="1")
    entry = bibtex(known, "en")
    assert r"A \{B\} \& \textbackslash{}input\{x\} 100\% \$\_\textasciicircum{}\textasciitilde{}\# C" in entry
    assert entry.startswith("@misc{a-b-input-x-100-c-1,\n")
    assert bibtex(known._replace(title={"ja": "約束"}), "en").startswith("@misc{dataset-1,\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('contact = "somebody"', "contact 'somebody' must begin with mailto:"),
        ('[dataset.themes."INTR"]\nen = "x"', "theme 'INTR' must be an http(s) address"),
        ('[dataset.themes]\n"http://x.org/a" = "x"', "must be a table of languages"),
        ("themes = 3", "must be a table of languages"),
    ],
)
def test_a_wrong_contact_or_theme_is_one_line(tmp_path: Path, line: str, words: str) -> None:
    text = (ROOT / "sources" / "house.toml").read_text(encoding="utf-8")
    text = text[: text.index("# For catalogues of data")]
    text = text.replace("[dataset.title]", f"{line}\n[dataset.title]") if line[0] != "[" else f"{text}{line}\n"
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "house.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=re.escape(words)):
        House(tmp_path).config()
