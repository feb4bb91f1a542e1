"""Every IRI of the data in every form, asked as crawlers ask: by its own address, and along every link of the answers."""

from __future__ import annotations

import contextlib
import http.client
import re
from collections import deque
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import pyoxigraph as ox
import pytest

from hosts import Answer
from mandate_graph.outputs import find_build
from mandate_graph.publish.documents import Document, documents
from mandate_graph.publish.site import Site
from mandate_graph.write.lines import blocks
from serving import Served

BASE = "https://w3id.org/mandate-graph/"
SAFE = "/-._~!$&'()*+,;=:@"
TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


class Form(NamedTuple):
    media: str
    parser: ox.RdfFormat


DATA = {
    "ttl": Form("text/turtle", ox.RdfFormat.TURTLE),
    "nt": Form("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "jsonld": Form("application/ld+json", ox.RdfFormat.JSON_LD),
    "rdf": Form("application/rdf+xml", ox.RdfFormat.RDF_XML),
    "trig": Form("application/trig", ox.RdfFormat.TRIG),
    "nq": Form("application/n-quads", ox.RdfFormat.N_QUADS),
}
PAGES = {"html": "en", "es.html": "es"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Crawler:
    """Keeps its connection, follows nothing by itself, and never asks the same twice."""

    def __init__(self, server: Served) -> None:
        self.url = server.url
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._seen: dict[tuple[str, str, str], Answer] = {}

    def get(self, url: str, accept: str = "", language: str = "") -> Answer:
        key = (urldefrag(url)[0], accept, language)
        if key not in self._seen:
            self._seen[key] = self._asked(*key)
        return self._seen[key]

    def _asked(self, url: str, accept: str, language: str) -> Answer:
        assert url.startswith(self.url), url
        headers = {name: value for name, value in (("Accept", accept), ("Accept-Language", language)) if value}
        parts = urlsplit(url)
        self._connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers)
        response = self._connection.getresponse()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
        return Answer(response.status, found, response.read())

    def follow(self, url: str, accept: str = "", language: str = "") -> tuple[list[int], str, Answer]:
        """The statuses on the way, the last address, and what is there."""
        statuses: list[int] = []
        for _ in range(5):
            answer = self.get(url, accept, language)
            statuses.append(answer.status)
            if answer.status not in {301, 302, 303, 307, 308}:
                return statuses, url, answer
            url = urljoin(url, answer["location"])
        pytest.fail(f"{url}: redirected again and again: {statuses}")

    def close(self) -> None:
        self._connection.close()

    def local(self, reference: str, standing: str) -> str | None:
        """Where a reference leads on this server; None when it leads elsewhere."""
        url = urljoin(standing, reference)
        if url.startswith(BASE):
            url = urljoin(self.url, url.removeprefix(BASE))
        return url if url.startswith(self.url) else None


@pytest.fixture(scope="module")
def crawler(served: Served) -> Iterator[Crawler]:
    with contextlib.closing(Crawler(served)) as opened:
        yield opened


@pytest.fixture(scope="module")
def everything(built: Path) -> list[Document]:
    return list(documents(blocks(find_build(built)), Site(BASE, BASE, ("en", "es")), []))


def kinds(document: Document) -> set[bytes]:
    lines = (line.split(b" ", 3) for _, text in document.things for line in text.splitlines())
    return {parts[2] for parts in lines if parts[1] == TYPE}


def sampled(everything: list[Document]) -> list[Document]:
    """The first of each kind, and one for each character that addresses seldom have."""
    seen: set[bytes | str] = set()
    sample = []
    for document in everything:
        rare = {each for each in document.stem if not re.match(r"[a-z0-9/-]", each)}
        news = (kinds(document) | rare) - seen
        if news:
            seen |= news
            sample.append(document)
    assert len(sample) > 20
    return sample


def triples(body: bytes, form: Form, url: str) -> set[ox.Triple]:
    """Without the names of graphs; blank nodes, which only the shapes have, get canonical labels (RDFC-1.0)."""
    found = {quad.triple for quad in ox.parse(body, format=form.parser, base_iri=url)}
    if any(isinstance(term, ox.BlankNode) for triple in found for term in triple):
        data = ox.Dataset(ox.Quad(*triple) for triple in found)
        data.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found = {quad.triple for quad in data}
    return found


def media(answer: Answer) -> str:
    return answer["content-type"].partition(";")[0]


def check(crawler: Crawler, document: Document, forms: Mapping[str, Form] = DATA) -> set[ox.Triple]:
    """All that is promised of one address; what is said there."""
    url = crawler.url + quote(document.stem, safe=SAFE)
    own = {triple for _, text in document.things for triple in _own(text)}
    said: dict[str, set[ox.Triple]] = {}
    for ending, form in forms.items():
        direct = crawler.get(f"{url}.{ending}")
        assert (direct.status, media(direct)) == (200, form.media), f"{url}.{ending}"
        negotiated(crawler, document.stem, url, ending, form.media, direct)
        said[ending] = triples(direct.body, form, f"{url}.{ending}")
        links(crawler, f"{url}.{ending}", direct)
    assert own <= said["nt"], url
    for ending, found in said.items():
        assert found == said["nt"], f"{url}.{ending}"
    for ending, language in PAGES.items():
        page = crawler.get(f"{url}.{ending}")
        assert (page.status, media(page)) == (200, "text/html"), f"{url}.{ending}"
        assert page["content-language"] == language
        assert f'lang="{language}"'.encode() in page.body[:200]
        negotiated(crawler, document.stem, url, ending, BROWSER, page, language)
        links(crawler, f"{url}.{ending}", page)
    return said["nt"]


def _own(text: bytes) -> Iterator[ox.Triple]:
    for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
        yield quad.triple


def negotiated(
    crawler: Crawler, stem: str, url: str, ending: str, accept: str, direct: Answer, language: str = ""
) -> None:
    """The IRI itself leads to the same: things of the world by a redirection, documents by themselves."""
    statuses, last, answer = crawler.follow(url, accept, language)
    where = f"{url} as {accept} {language}"
    assert statuses == ([303, 200] if stem.startswith("id/") else [200]), where
    place = last if len(statuses) > 1 else urljoin(url, answer["content-location"])
    assert unquote(place) == unquote(f"{url}.{ending}"), where
    assert answer.body == direct.body, where
    first = crawler.get(url, accept, language)
    assert {"accept", "accept-language"} <= {each.strip().lower() for each in first["vary"].split(",")}, where


LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)')
PARAMETER = re.compile(r'([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s",;]+))')


def read_links(header: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The links of a header (RFC 8288 §3)."""
    for target, parameters in LINK.findall(header):
        yield target, {name: quoted or bare for name, quoted, bare in PARAMETER.findall(parameters)}


def links(crawler: Crawler, url: str, answer: Answer) -> None:
    found = list(read_links(answer["link"]))
    relations = [parameters["rel"] for _, parameters in found]
    assert {"canonical", "alternate", "describedby", "license"} <= set(relations), url
    assert relations.count("canonical") == 1
    for target, parameters in found:
        there = crawler.local(target, url)
        if parameters["rel"] == "license":
            assert urljoin(url, target).startswith("https://"), url
            continue
        assert there is not None, (url, target)
        statuses, _, answered = crawler.follow(there, parameters.get("type", "*/*"), parameters.get("hreflang", ""))
        assert statuses[-1] == 200, (url, target, statuses)
        if "type" in parameters:
            assert media(answered) == parameters["type"], (url, target)
        if "hreflang" in parameters:
            assert answered["content-language"] == parameters["hreflang"], (url, target)


def test_a_thing_of_each_kind_in_every_form(crawler: Crawler, everything: list[Document]) -> None:
    for document in sampled(everything):
        check(crawler, document)


@pytest.mark.slow
def test_every_thing_in_every_form_and_all_together_are_the_graph(
    served: Served, built: Path, everything: list[Document]
) -> None:
    said: set[ox.Triple] = set()
    for start in range(0, len(everything), 200):  # a crawler remembers what it saw
        with contextlib.closing(Crawler(served)) as crawler:
            for document in everything[start : start + 200]:
                said |= check(crawler, document)
    for name in graphs(built):  # there stands what is said of others' terms
        url = served.url + name.removeprefix(BASE)
        said |= triples(served.ask(f"{name.removeprefix(BASE)}.nt").body, DATA["nt"], url)
    quads = list(ox.parse(path=str(find_build(built))))
    assert said == {quad.triple for quad in quads}
    named = {term.value for quad in quads for term in quad if isinstance(term, ox.NamedNode)}
    stems = {unquote(iri.removeprefix(BASE).partition("#")[0]) for iri in named if iri.startswith(BASE)}
    others = stems - {document.stem for document in everything} - {""}
    assert others == {unquote(name.removeprefix(BASE)) for name in graphs(built)}


def graphs(built: Path) -> list[str]:
    return sorted({quad.graph_name.value for quad in ox.parse(path=str(find_build(built)))})


def test_named_graphs_and_the_shapes_are_things_too(crawler: Crawler, built: Path) -> None:
    """Nothing is said of them in the data, and their names are IRIs of ours."""
    found = graphs(built)
    assert len(found) > 3
    for name in found:
        check(crawler, Document(name.removeprefix(BASE), ()))
    check(crawler, Document("shapes", ()), {ending: DATA[ending] for ending in ("ttl", "nt", "jsonld")})


def test_a_page_about_all_is_a_page(crawler: Crawler) -> None:
    """There are no data of it, which is another thing than not to be there."""
    for path in ("graph", "themes"):
        assert crawler.get(f"{crawler.url}{path}", BROWSER).status == 200
        assert crawler.get(f"{crawler.url}{path}", "text/turtle").status == 406
        assert crawler.get(f"{crawler.url}{path}", "text/turtle, */*;q=0.1").status == 200


class References(HTMLParser):
    """Where a page leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in {"href", "src"} and value and tag != "base":
                self.found.append(value)


def test_every_link_of_the_pages_leads_somewhere(crawler: Crawler, everything: list[Document]) -> None:
    """From the first page two steps, and from a thing of each kind one."""
    steps = {crawler.url: 2, **{f"{crawler.url}{quote(each.stem, safe=SAFE)}.html": 1 for each in sampled(everything)}}
    waiting, broken, seen = deque(steps.items()), [], set(steps)
    while waiting:
        url, left = waiting.popleft()
        _, last, page = crawler.follow(url, BROWSER)
        if page.status != 200:
            broken.append(f"{url}: {page.status}")
        if left == 0 or media(page) != "text/html":
            continue
        for reference in References(page.body.decode("utf-8")).found:
            there = crawler.local(reference, last)
            there = urldefrag(there)[0] if there else None
            if there and there not in seen:
                seen.add(there)
                waiting.append((there, left - 1))
    assert broken == []
    assert len(seen) > 200
    assert {f"{crawler.url}{each}" for each in ("sparql.html", "dump/mandates.nq.gz", "void.ttl")} <= seen


def test_what_robots_are_told_is_true(crawler: Crawler, everything: list[Document]) -> None:
    robots = crawler.get(f"{crawler.url}robots.txt")
    assert robots.status == 200
    maps = re.findall(r"(?im)^sitemap:\s*(\S+)", robots.body.decode())
    assert maps
    listed: set[str] = set()
    waiting = [crawler.local(each, crawler.url) for each in maps]
    while waiting:
        address = waiting.pop()
        assert address is not None
        found = crawler.get(address)
        assert found.status == 200, address
        places = re.findall(r"<loc>([^<]+)</loc>", found.body.decode())
        if b"<sitemapindex" in found.body:
            waiting += [crawler.local(each.replace("&amp;", "&"), address) for each in places]
        else:
            listed |= {str(crawler.local(each.replace("&amp;", "&"), address)) for each in places}
    assert len(listed) > 500
    for url in sorted(listed)[:: max(1, len(listed) // 100)]:
        assert crawler.follow(url, BROWSER)[0][-1] == 200, url


@pytest.mark.parametrize("media_type", [form.media for form in DATA.values()])
def test_the_dataset_describes_itself_from_its_own_address(crawler: Crawler, media_type: str) -> None:
    """Who asks for the address of the dataset, or the place that the W3C note names (VoID §7.2), gets a description."""
    for path in ("", ".well-known/void"):
        accept = media_type if path == "" else "text/turtle"
        if path == "" and media_type in {"application/trig", "application/n-quads"}:
            continue
        statuses, last, answer = crawler.follow(f"{crawler.url}{path}", accept)
        assert statuses[-1] == 200, (path, accept, statuses)
        assert media(answer) == accept
        form = next(each for each in DATA.values() if each.media == accept)
        assert len(triples(answer.body, form, last)) > 5
