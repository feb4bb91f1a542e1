"""Behind Debian's own nginx and Apache, with the very lines of docs/serving.md: every address leads back through them."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import select
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import pytest
from rdflib import Graph

import hosts
import mandate_graph as mg
from conftest import ROOT
from hosts import Answer
from living import Running, free_port, running
from servers import without
from test_serve_life import house

PATH = "/mandates/"
DOCS = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
LINES = {
    (name, kept): block
    for name in ("nginx", "apache")
    for kept, block in zip((True, False), re.findall(rf"```{name}\n(.*?)```", DOCS, re.DOTALL), strict=True)
}
HREF = re.compile(r'\b(?:href|src|action)="([^"]*)"')
MOST = 150
"""Pages of a site that are followed; with the first ones there is one of each kind."""
NEVER = "SELECT (COUNT(*) AS ?never) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Proxied(NamedTuple):
    """A server, and the port of the proxy before it."""

    server: Running
    port: int
    build: Path

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def ask(self, address: str, client: str = "", **fields: str) -> Answer:
        """Ask the proxy, from an address of loopback."""
        parts = urlsplit(urljoin(self.site, address))
        source = (client, 0) if client else None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=source)
        with contextlib.closing(connection):
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.putrequest("GET", target, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = house(tmp_path_factory.mktemp("proxied") / "house", 3)
    mg.build(out=home / "build", house=home)
    return home / "build"


@contextlib.contextmanager
def proxied(build: Path, name: str, work: Path, *, kept: bool, config: str = "") -> Iterator[Proxied]:
    """A server behind a proxy, as the documentation says."""
    port = free_port()
    work.mkdir()
    (work / "serve.toml").write_text(config)
    options = ("--site-url", f"http://127.0.0.1:{port}{PATH}", "--config", str(work / "serve.toml"), "--log", "none")
    with running(build, work, *options) as server:
        lines = LINES[name, kept].replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        with proxy(name, lines, port, work / "proxy"):
            yield Proxied(server, port, build)


@contextlib.contextmanager
def proxy(name: str, lines: str, port: int, work: Path) -> Iterator[None]:
    program = {"nginx": hosts.NGINX, "apache": hosts.APACHE}[name]
    if not Path(program).exists():
        without(f"{program} is not installed")
    work.mkdir()
    if name == "nginx":
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"  {kind}_temp_path {work}/{kind};\n" for kind in kinds)
        text = (
            f"daemon off; pid {work}/pid; error_log {work}/error.log; events {{ worker_connections 64; }}\n"
            f"http {{\n  access_log off; gzip on;\n{places}  server {{ listen 127.0.0.1:{port};\n{lines} }} }}\n"
        )
        command = [program, "-c", str(work / "conf"), "-e", str(work / "error.log")]
    else:
        modules = [*hosts.ENABLED, "proxy", "proxy_http"]
        loaded = "".join(f"LoadModule {each}_module {hosts.MODULES}/mod_{each}.so\n" for each in modules)
        text = (
            f'ServerRoot "{work}"\nListen 127.0.0.1:{port}\nServerName localhost\nPidFile "{work}/pid"\n'
            f'ErrorLog "{work}/error.log"\nMutex file:{work} default\nDefaultRuntimeDir "{work}"\n{loaded}TypesConfig /etc/mime.types\n'
            f"User www-data\nGroup www-data\nAddOutputFilterByType DEFLATE text/html text/css\n{lines}"
        )
        command = [program, "-f", str(work / "conf"), "-DFOREGROUND"]
    (work / "conf").write_text(text)
    with hosts.up(command, port, work):
        yield


@pytest.fixture(scope="module", params=[(name, kept) for name in ("nginx", "apache") for kept in (True, False)],
                ids=["nginx", "nginx-stripping", "apache", "apache-stripping"])  # fmt: skip
def site(build: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Proxied]:
    name, kept = request.param
    work = tmp_path_factory.mktemp("site") / "work"
    with proxied(
        build, name, work, kept=kept, config='proxies = ["127.0.0.1"]\nanswer = 200000\nseconds = 15\n'
    ) as there:
        there.server.complete()
        yield there


def things(build: Path) -> list[str]:
    """The stem of one thing of each kind: what comes before the last part of its name."""
    base = "https://w3id.org/mandate-graph/"
    rows = mg.open(build).query("SELECT DISTINCT ?s { ?s a ?type FILTER(!CONTAINS(STR(?s), '#')) } ORDER BY ?s")
    stems = [str(row.s).removeprefix(base) for row in rows if str(row.s).startswith(base)]
    return list({stem.rpartition("/")[0]: stem for stem in stems}.values())


def test_all_links_lead_through_the_proxy(site: Proxied) -> None:
    """From the first page, a page of each kind of thing, and the page that says that there is nothing."""
    start = ["", "nothing/here", *(f"{quote(unquote(stem))}.html" for stem in things(site.build))]
    waiting = deque(urljoin(site.site, path) for path in start)
    seen = set(waiting)
    pages = 0
    while waiting and pages < MOST:
        address = waiting.popleft()
        found = site.ask(address, accept="text/html, */*;q=0.5")
        assert found.status == (404 if address.endswith("nothing/here") else 200), address
        if not found["content-type"].startswith("text/html"):
            continue
        pages += 1
        for link in HREF.findall(found.body.decode()):
            full = urldefrag(urljoin(address, link.replace("&amp;", "&"))).url
            if urlsplit(full).netloc == f"127.0.0.1:{site.port}":
                assert full.startswith(site.site), (address, link)
                if full not in seen:
                    seen.add(full)
                    waiting.append(full)
    assert pages == MOST


def test_one_thing_by_its_name(site: Proxied) -> None:
    for stem in things(site.build):
        name = quote(unquote(stem))
        first = site.ask(name, accept="text/turtle")
        if first.status == 303:
            assert stem.startswith("id/")
            address = urljoin(site.site + name, first["location"])
            first = site.ask(address)
        else:
            address = urljoin(site.site + name, first["content-location"])
        assert address == f"{site.site}{name}.ttl"
        assert (first.status, first["content-type"].partition(";")[0]) == (200, "text/turtle"), stem
        assert site.ask(address).body == first.body
        for link in re.findall(r"<([^>]*)>; rel=\"(?:alternate|describedby)\"", first["link"]):
            full = urljoin(address, link)
            assert full.startswith(site.site), link
            assert site.ask(full).status == 200, link


def test_descriptions_name_addresses_that_answer(site: Proxied) -> None:
    void = site.ask(".well-known/void")
    service = site.ask("sparql", accept="text/turtle")
    dcat = site.ask("dcat.ttl")
    named: set[str] = set()
    for found in (void, service, dcat):
        assert found.status == 200
        graph = Graph().parse(data=found.body, format="turtle")
        named |= {urldefrag(str(each)).url for triple in graph for each in triple if "127.0.0.1" in str(each)}
    assert f"{site.site}sparql" in named
    for address in named:
        assert address.startswith(site.site)
        assert site.ask(address).status == 200, address
    described = json.loads(site.ask("openapi.json").body)
    assert [each["url"].rstrip("/") for each in described["servers"]] == [site.site.rstrip("/")]
    manifest = json.loads(site.ask("reconcile").body)
    for text in re.findall(r'"(http://127[^"]*)"', json.dumps(manifest)):
        assert text.startswith(f"{site.site}reconcile"), text
    problem = json.loads(site.ask("nothing").body)
    assert site.ask(problem["type"], accept="text/html").status == 200


def test_what_http_has_for_caches_survives(site: Proxied) -> None:
    for path in (
        "dataset/0.1.0.ttl",
        "assets/style.css",
        "index.html",
        f"sparql?query={quote('SELECT * { ?s ?p ?o }  LIMIT 200')}",
    ):
        packed = site.ask(path, accept_encoding="gzip")
        assert packed["content-encoding"] == "gzip", path
        assert "accept-encoding" in packed["vary"].lower()
        plain = site.ask(path)
        assert plain["content-encoding"] == ""
        assert plain["etag"] != packed["etag"] != ""
        for one in (packed, plain):
            again = site.ask(path, if_none_match=one["etag"], accept_encoding="gzip" if one is packed else "identity")
            assert (again.status, again.body) == (304, b""), path
    part = site.ask("dump/mandates.nq.gz", range="bytes=10-19")
    assert (part.status, len(part.body)) == (206, 10)


def test_a_name_with_anything_in_it(site: Proxied) -> None:
    """What a proxy must not decode, encode or tidy up on its way."""
    for path in ("nothing%2Fhere", "caf%C3%A9", "a%20b", "x;y=1", "./a:b"):
        direct = site.server.ask(f"{PATH}{path.removeprefix('./')}", accept="application/problem+json")
        found = site.ask(path, accept="application/problem+json")
        assert (found.status, json.loads(found.body)["detail"]) == (404, json.loads(direct.body)["detail"])


def test_an_answer_comes_as_it_is_made_and_breaks_where_it_is_cut(site: Proxied) -> None:
    """The first rows are there while the query runs; a cut that no header could tell of is no whole answer."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    with contextlib.closing(connection):
        # one row of four thousand: slow enough to be passed on before it is over
        kept = 'FILTER(STRENDS(MD5(CONCAT(STR(?a), STR(?d), STR(?g))), "000"))'
        slow = f"SELECT ?a ?d ?g {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i {kept} }}"
        connection.request("GET", f"{PATH}sparql?query={quote(slow)}", headers={"Accept": "text/csv"})
        response = connection.getresponse()
        assert response.readline() == b"a,d,g\r\n"
        assert site.server.health()["queries"]["running"] == 1
        assert (response.status, response.getheader("Answer-Cut")) == (200, None)
        with pytest.raises(http.client.IncompleteRead):
            response.read()


@pytest.mark.parametrize("name", ["nginx", "apache"])
@pytest.mark.parametrize(
    ("proxies", "source", "said", "same"),
    [
        ('["127.0.0.1"]', "127.0.0.2", {}, False),
        ('["127.0.0.1"]', "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, True),  # whatever it says of itself
        ("[]", "127.0.0.2", {}, True),  # nobody believes the proxy: all behind it are one
    ],
)
def test_each_client_of_a_proxy_has_its_own_share(
    name: str, proxies: str, source: str, said: dict[str, str], same: bool, build: Path, tmp_path: Path
) -> None:
    """Who asks more than a client may have waiting is sent away with its oldest; another client is not touched."""
    config = f"workers = 2\nwaiting = 4\nseconds = 1000\nproxies = {proxies}\n"
    with proxied(build, name, tmp_path / "site", kept=True, config=config) as site, contextlib.ExitStack() as all_:

        def ask(place: int, source: str, headers: Mapping[str, str]) -> http.client.HTTPConnection:
            made = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60, source_address=(source, 0))
            all_.enter_context(contextlib.closing(made))
            made.request("GET", f"{PATH}sparql?query={quote(f'{NEVER} # {place}')}", headers=headers)
            return made

        first = []
        for place in range(3):  # one that runs, and as many that wait as one client may have
            first.append(ask(place, "127.0.0.1", {}))
            site.server.until(lambda: sum(site.server.health()["queries"].values()) > place, "a query")  # noqa: B023
        time.sleep(1.5)  # by then each that waits has been tried for a moment, and waits again
        ask(3, source, said)
        sent_away = select.select([each.sock for each in first], [], [], 5.0)[0]
        assert len(sent_away) == same
        assert [each.getresponse().status for each in first if each.sock in sent_away] == [429] * same
