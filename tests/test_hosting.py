"""The published folder on the servers of Debian: Apache and nginx must say the same, wherever it lies."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

import hosts
import negotiated
from hosts import Host, put
from mandate_graph.publish.hosting import server_files
from mandate_graph.publish.site import Site

BASE = "https://w3id.org/mandate-graph/"
LANGUAGES = ("en", "es")
THING = "id/summit/2001-quebec"
BOTH = "id/mandate/2001-quebec-plan-of-action/0123456789ab"  # a file and a folder
STRANGE = [
    "id/x/a b",
    "id/x/são tomé",
    "id/x/50%",
    "id/x/%41",
    "id/x/a?b",
    "id/x/a#b",
    "id/x/a+b&c;d=e'f",
    "id/x/v1.0.html",
]
THINGS = [THING, BOTH, f"{BOTH}/en", "ns", "shapes", "dataset", "dataset/0.1.0", "graph/meta", *STRANGE]
REAL = "id/summit/real"
PAGES = ["index", "search", "sparql", "id/topic/sparql"]
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
RDFLIB = "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8, */*;q=0.1"
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"


class Case(NamedTuple):
    path: str
    accept: str | None
    language: str | None
    status: int
    file: str = ""


def t(accept: str | None, ending: str, language: str | None = None, path: str = THING) -> Case:
    return Case(quote(path), accept, language, 200 if ending else 406, f"{path}.{ending}" if ending else "")


CASES = [
    # No wish, and wishes for everything
    t(None, "html"),
    t("", "html"),
    t("*/*", "html"),
    t("text/*", "html"),
    t("application/*", "jsonld"),
    t(CHROME, "html"),
    t("text/html, */*;q=0.1", "html"),
    # One form
    t("text/html", "html"),
    t("text/turtle", "ttl"),
    t("application/ld+json", "jsonld"),
    t("application/n-triples", "nt"),
    t("TEXT/Turtle", "ttl"),
    t("text/turtle;charset=utf-8", "ttl"),
    t('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    # What clients send
    t(RDFLIB, "ttl"),
    t(JENA, "ttl"),
    t("application/ld+json, application/json;q=0.5", "jsonld"),
    t("application/rdf+xml, text/turtle;q=0.5", "ttl"),
    # Weights
    t("text/html;q=0.5, text/turtle", "ttl"),
    t("text/html;charset=utf-8; q=0.50, text/turtle", "ttl"),
    t("text/html;q=0.5,text/turtle;q=0.6", "ttl"),
    t("text/html;q=0.6,text/turtle;q=0.59", "html"),
    t("text/html;q=0.6,text/turtle;q=0.601", "ttl"),
    t("text/html;q=0.60,text/turtle;q=0.6", "html"),
    t("text/html;q=0.9,text/turtle;q=1.000", "ttl"),
    t("text/turtle;q=.4, text/html;q=0.3", "ttl"),
    t("text/turtle ; q=0.4 , application/n-triples\t;\tq=0.7", "nt"),
    t("text/turtle;Q=0.4, application/n-triples;q=0.7", "nt"),
    t("text/turtle;q=0.7;level=1, application/n-triples;q=0.6", "ttl"),
    t("application/n-triples, application/ld+json", "jsonld"),
    t("*/*;q=0.5, application/n-triples;q=0.6", "nt"),
    t("*/*, text/html;q=0.1, text/turtle;q=0.2", "jsonld"),
    t("*/*, application/*;q=0.2, text/html;q=0.9", "ttl"),
    t("text/*;q=0.3, text/html;q=0.2, */*;q=0.1", "ttl"),
    t('text/html;level=1;q=0.1, text/html;q=0.8, text/turtle;q=0.5', "html"),
    # Not that
    t("text/html;q=0, */*", "ttl"),
    t("text/html;q=0.000, text/turtle;q=0.001", "ttl"),
    t("*/*;q=0, application/n-triples", "nt"),
    t("text/*;q=0, */*;q=0.5", "jsonld"),
    # Quotation marks
    t('application/json;note="a, text/turtle", application/n-triples', "nt"),
    t('application/json;note="a\\", text/turtle", application/n-triples', "nt"),
    # None
    t("application/json", ""),
    t("application/rdf+xml", ""),
    t("*/*;q=0", ""),
    t("text/html;q=0, text/turtle;q=0.0, application/*;q=0", ""),
    t("text/htm, xtext/html, text/html5", ""),
    t("text/turtle", "", path="search"),
    # Languages
    t(None, "es.html", "es"),
    t(None, "es.html", "es-MX"),
    t(None, "html", "fr"),
    t(None, "html", "fr, *;q=0.5"),
    t(None, "es.html", "es-MX,es;q=0.9,en-US;q=0.8,en;q=0.7"),
    t(None, "html", "en-US,en;q=0.9,es;q=0.8"),
    t(None, "es.html", "en;q=0.2, es;q=0.3"),
    t(None, "es.html", "en;q=0, *"),
    t(None, "html", "es;q=0"),
    t(None, "html", "estonian, x-es"),
    t(CHROME, "es.html", "pt-BR, ES-419;q=0.5"),
    t("text/turtle", "ttl", "es"),
    t(None, "es.html", "es", path="search"),
    # A page in one language only
    Case("english", None, "es", 200, "english.html"),
    Case("english", "*/*", "es, en;q=0", 200, "english.html"),
    Case("english.html", None, "es", 200, "english.html"),
    # Things of every kind
    *(t("application/n-triples", "nt", path=path) for path in THINGS),
    *(t(None, "es.html", "es", path=path) for path in THINGS),
    # Files are what they are, whatever is wanted
    Case(f"{THING}.nt", "text/html", "es", 200, f"{THING}.nt"),
    Case(f"{THING}.html", "text/turtle", "es", 200, f"{THING}.html"),
    Case(f"{THING}.es.html", None, "en", 200, f"{THING}.es.html"),
    Case(quote("id/x/50%.ttl"), None, None, 200, "id/x/50%.ttl"),
    Case("", None, None, 200, "index.html"),
    Case("", CHROME, "es", 200, "index.es.html"),
    Case("?from=somewhere/else", CHROME, "es", 200, "index.es.html"),
    Case(f"{THING}?x=a/b.c", "text/turtle", None, 200, f"{THING}.ttl"),
    Case(".well-known/void", None, None, 200, ".well-known/void"),
    # Nothing there
    Case(f"{THING}/en", "application/json", None, 404),
    *(Case(path, "text/turtle", "es", 404) for path in ("nothing", "id", "id/", f"{BOTH}/", f"{THING}/", f"{THING}/en")),
    *(Case(path, None, None, 404) for path in (f"{THING}.es", f"{THING}.html/x", "void", "dump", "dump/", "dump/mandates")),
]  # fmt: skip


def make(root: Path, path: str) -> None:
    """A folder in the shape of the published one; every file holds its own name."""
    site = Site(BASE, f"https://example.org{path}", LANGUAGES)
    for stem in THINGS:
        for ending in ("html", "es.html", "ttl", "jsonld", "nt"):
            put(root, f"{stem}.{ending}", f"{stem}.{ending}\n".encode() * 100)
    for stem in PAGES:
        for ending in ("html", "es.html"):
            put(root, f"{stem}.{ending}", f"{stem}.{ending}\n".encode())
    for name in ("english.html", "404.html", "404.es.html", "void.ttl", ".well-known/void", *TYPES, "SHA256SUMS"):
        put(root, name, f"{name}\n".encode())
    put(root, "void.ttl", b".well-known/void\n")
    put(root, f"{REAL}.html", b"<p>Not for programs.")
    triple = '<https://example.org/s> <https://example.org/p> "Québec" .\n'.encode()
    put(root, f"{REAL}.ttl", triple)
    put(root, f"{REAL}.nt", triple)
    put(root, f"{REAL}.jsonld", '{"@id": "https://example.org/s", "https://example.org/p": "Québec"}'.encode())
    for file in server_files(site, "Mandates\nof the Summits"):
        put(root, file.path, b"".join(file.pieces))


TYPES = {
    "dump/mandates.ttl": "text/turtle; charset=utf-8",
    "dump/mandates.jsonld": "application/ld+json",
    "dump/mandates.nt": "application/n-triples",
    "dump/mandates.nq": "application/n-quads",
    "dump/mandates.trig": "application/trig",
    "dump/mandates.ttl.gz": "application/gzip",
    "dump/mandates.csv": "text/csv; charset=utf-8; header=present",
    "dump/mandates.parquet": "application/vnd.apache.parquet",
    "dump/csv-metadata.json": "application/json",
    "queries/mandates.rq": "application/sparql-query",
    "assets/engine.wasm": "application/wasm",
    "assets/search.js": "text/javascript; charset=utf-8",
    "assets/style.css": "text/css; charset=utf-8",
    "assets/LICENCES.txt": "text/plain; charset=utf-8",
    "sitemap.xml": "application/xml",
}


@pytest.fixture(
    scope="module", params=[(name, path) for name in ("apache", "nginx") for path in ("/", "/graph/mandates/")]
)
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    name, path = request.param
    folder = tmp_path_factory.mktemp("hosting")
    make(folder / "site here", path)
    with getattr(hosts, name)(folder / "site here", path, folder / "work") as running:
        yield running


def fields(accept: str | None, language: str | None) -> dict[str, str]:
    both = {"accept": accept, "accept_language": language}
    return {name: value for name, value in both.items() if value is not None}


def test_the_table(host: Host) -> None:
    wrong = []
    for case in CASES:
        answer = host.ask(case.path, **fields(case.accept, case.language))
        file = answer.body.decode("utf-8").partition("\n")[0] if answer.status == 200 else ""
        if (answer.status, file) != (case.status, case.file):
            wrong.append((case, answer.status, file))
        head = host.ask(case.path, "HEAD", **fields(case.accept, case.language))
        # What a HEAD leaves out is not wrong (RFC 9110 §9.3.2); Apache leaves out the length of a refusal.
        same = ("content-type", "vary", "content-location", "content-length" if answer.status == 200 else "link")
        if head.status != answer.status or head.body or any(head[name] != answer[name] for name in same):
            wrong.append((case, head.status, str(head.headers)))
    assert wrong == []


def test_a_client_of_others_finds_the_data(host: Host) -> None:
    """rdflib asks for what it can read, and believes the answer's media type."""
    graph = rdflib.Graph().parse(f"http://127.0.0.1:{host.port}{host.path}{REAL}#it")
    assert [str(name) for name in graph.objects()] == ["Québec"]


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


def test_what_was_chosen_is_said(host: Host) -> None:
    for stem in THINGS:
        name = quote(stem.rpartition("/")[2])
        for accept, language, ending, media in (
            ("text/turtle", None, "ttl", "text/turtle; charset=utf-8"),
            (None, "es", "es.html", "text/html; charset=utf-8"),
            ("application/ld+json", "es", "jsonld", "application/ld+json"),
        ):
            answer = host.ask(quote(stem), **fields(accept, language))
            assert answer["content-location"] == f"{name}.{ending}"
            assert answer["content-type"] == media
            assert answer["content-language"] == ("es" if ending == "es.html" else "")
            assert {"accept", "accept-language"} <= words(answer["vary"])
            assert f'<{name}.ttl>; rel="alternate"; type="text/turtle"' in answer["link"]
            assert f'<{name}.es.html>; rel="alternate"; type="text/html"; hreflang="es"' in answer["link"]
            assert answer["link"].count("rel=") == 5
            # The address in the header is that of the very bytes, and itself does not vary.
            direct = host.ask(quote(f"{stem}.{ending}"))
            assert (direct.status, direct.body) == (200, answer.body)
            assert words(direct["vary"]) <= {"", "accept-encoding"}
            assert direct["content-location"] == direct["link"] == ""


def test_a_refusal_says_what_there_is(host: Host) -> None:
    for path, name in ((THING, "2001-quebec"), (quote("id/x/são tomé"), quote("são tomé"))):
        answer = host.ask(path, accept="application/json", accept_language="es")
        assert answer.status == 406
        assert answer["content-type"] == "text/plain; charset=utf-8"
        assert answer.body.decode().split(": ")[1].split() == [
            f"{name}.{ending}" for ending in ("html", "es.html", "ttl", "jsonld", "nt")
        ]
        assert words(answer["vary"]) == {"accept", "accept-language"}
        assert f'<{name}.nt>; rel="alternate"; type="application/n-triples"' in answer["link"]
        assert answer["content-location"] == ""
    page = host.ask("search", accept="text/turtle")
    assert page.body.decode().split(": ")[1].split() == ["search.html", "search.es.html"]
    assert page["link"].count("rel=") == 2


def test_start_page_has_its_name(host: Host) -> None:
    for query in ("", "?a=/b/c"):
        answer = host.ask(query, accept_language="es")
        assert answer["content-location"] == "index.es.html"
        assert answer["content-language"] == "es"


def test_media_types(host: Host) -> None:
    for name, media in TYPES.items():
        answer = host.ask(name, accept_encoding="gzip")
        assert (name, answer.status, answer["content-type"]) == (name, 200, media)
    packed = host.ask("dump/mandates.ttl.gz", accept_encoding="gzip")
    assert packed["content-encoding"] == ""
    assert host.ask(".well-known/void")["content-type"] == "text/turtle; charset=utf-8"
    assert host.ask("SHA256SUMS")["content-type"] == "text/plain; charset=utf-8"


def test_every_answer_is_guarded(host: Host) -> None:
    for path, accept in (
        (THING, "text/turtle"),
        (THING, "application/json"),
        ("nothing", "*/*"),
        ("search.html", "*/*"),
    ):
        answer = host.ask(path, accept=accept)
        policy = answer["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src 'self';" in policy
        assert answer["x-content-type-options"] == "nosniff"
        assert answer["referrer-policy"] == "strict-origin-when-cross-origin"
        assert answer["access-control-allow-origin"] == "*"
    for path in ("sparql", "sparql.html", "sparql.es.html"):
        policy = host.ask(path)["content-security-policy"]
        assert "script-src 'self' 'wasm-unsafe-eval';" in policy
        assert "connect-src 'self' https: http:;" in policy
        assert policy.count("default-src") == 1


def test_nothing_is_a_page_of_the_site(host: Host) -> None:
    answer = host.ask("id/summit/never")
    assert (answer.status, answer.body) == (404, b"404.html\n")
    assert answer["content-type"] == "text/html; charset=utf-8"
    for path in ("id/summit/never", "id/", f"{THING}.es", "assets/never.js"):
        spoken = host.ask(path, accept_language="es-PE, en;q=0.5", accept="application/json")
        assert (spoken.status, spoken.body, spoken["content-language"]) == (404, b"404.es.html\n", "es")
        assert spoken["vary"].lower().count("accept-language") == 1
    for hidden in (".htaccess", "w3id/.htaccess"):
        assert host.ask(hidden).status in {403, 404}
    assert host.ask("w3id/README.md").status == 200


def test_nothing_new_is_not_sent_again(host: Host) -> None:
    for more in ({}, {"accept_encoding": "gzip"}):
        answer = host.ask(THING, accept="text/turtle", **more)
        again = host.ask(THING, accept="text/turtle", if_none_match=answer["etag"], **more)
        assert (answer.status, again.status, again.body) == (200, 304, b"")
        assert again["content-location"] == "2001-quebec.ttl"
        assert {"accept", "accept-language"} <= words(again["vary"])
        other = host.ask(THING, accept="application/n-triples", if_none_match=answer["etag"], **more)
        assert (other.status, other["etag"] == answer["etag"]) == (200, False)


def test_text_is_compressed(host: Host) -> None:
    for accept in ("text/turtle", "text/html", "application/ld+json", "application/n-triples"):
        answer = host.ask(THING, accept=accept, accept_encoding="gzip")
        assert answer["content-encoding"] == "gzip"
        assert gzip.decompress(answer.body) == host.ask(THING, accept=accept).body
        assert "accept-encoding" in words(answer["vary"])


def test_scripts_of_others_may_ask(host: Host) -> None:
    answer = host.ask(THING, "OPTIONS", origin="https://example.com", access_control_request_method="GET")
    assert answer.status == 204
    assert answer["access-control-allow-origin"] == "*"
    assert words(answer["access-control-allow-methods"]) == {"get", "head", "options"}
    assert host.ask(THING, "POST", content_length="0").status == 405


@pytest.mark.parametrize(
    "header",
    [
        ",".join(["text/x;q=0.5"] * 500),
        '"' * 3000,
        'text/turtle;a="' + "\\" * 3000,
        "text/turtle" + ";a=b" * 1500,
        "," * 6000,
        "text/turtle;" + " " * 5000,
        "text/html;q=" + "0" * 5000,
        'text/html;"' * 600,
    ],
)
def test_no_header_is_too_hard(host: Host, header: str) -> None:
    assert host.ask(THING, accept=header, accept_language=header).status in {200, 406}


@pytest.mark.parametrize("name", ["apache", "nginx"])
def test_any_number_of_languages(name: str, tmp_path: Path) -> None:
    site = Site(BASE, "https://example.org/", ("en", "pt-BR", "fr"))
    for language in site.languages:
        put(tmp_path / "site", site.page("index", language), language.encode())
    for file in server_files(site, "Mandates"):
        put(tmp_path / "site", file.path, b"".join(file.pieces))
    asked = {
        "pt": "pt-BR",
        "pt-PT": "pt-BR",
        "PT-br;q=0.5, fr;q=0.4": "pt-BR",
        "pt;q=0.5, fr": "fr",
        "pt-BR;q=0.1, pt, fr;q=0.5": "fr",
        "fr-CA, en;q=0.9": "fr",
        "de": "en",
    }
    with getattr(hosts, name)(tmp_path / "site", "/", tmp_path / "work") as running:
        assert {each: running.ask("", accept_language=each).body.decode() for each in asked} == asked
        assert running.ask("", accept_language="pt")["content-language"] == "pt-BR"
        assert running.ask("", accept_language="pt")["content-location"] == "index.pt-BR.html"


RANGES = st.sampled_from(
    [
        *("text/html", "text/turtle", "application/ld+json", "application/n-triples", "text/*", "application/*", "*/*"),
        *("application/json", "image/png", "Text/HTML", "text/turtles", "application/ld"),
    ]
)
WEIGHTS = st.sampled_from(
    ["", "", ";q=1", ";q=0", ";q=0.5", "; q=0.50", " ;q=0.51", ";q=0.501", ";q=1.0", ";Q=0.0"]
) | (st.integers(0, 999).map(lambda number: f";q=0.{number:03}"))
PARAMETERS = st.sampled_from(["", "", "", ";charset=utf-8", ';p="a,b;q=0"', ' ; profile="x"'])
ACCEPT = st.lists(st.tuples(RANGES, PARAMETERS, WEIGHTS).map("".join), min_size=1, max_size=7)
SPOKEN = st.sampled_from(["en", "es", "en-US", "es-MX", "ES", "fr", "*", "est"])
LANGUAGE = st.lists(st.tuples(SPOKEN, WEIGHTS).map("".join), min_size=1, max_size=5)
LIST = st.sampled_from([",", ", ", " ,\t"])


@settings(max_examples=120)
@given(accept=ACCEPT, spoken=LANGUAGE, between=LIST, stem=st.sampled_from([BOTH, "dataset/0.1.0", "search"]))
def test_servers_choose_as_the_standard_says(
    host: Host, accept: list[str], spoken: list[str], between: str, stem: str
) -> None:
    header, languages = between.join(accept), between.join(spoken)
    there = ["html"] if stem == "search" else list(negotiated.MEDIA)
    ending = negotiated.media(header, there)
    if ending == "html" and negotiated.language(languages, list(LANGUAGES)) == "es":
        ending = "es.html"
    answer = host.ask(stem, accept=header, accept_language=languages)
    if ending is None:
        assert answer.status == 406
    else:
        assert (answer.status, answer.body.decode().partition("\n")[0]) == (200, f"{stem}.{ending}")
