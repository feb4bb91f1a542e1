"""The registry's rules on a real Apache; files for hosts without rules; what crawlers read first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

import hosts
import negotiated
from hosts import Host, put
from mandate_graph.publish.hosting import About, llms, robots, server_files, sitemap
from mandate_graph.publish.site import File, Site
from test_hosting import ACCEPT, CASES, LANGUAGE, LANGUAGES, STRANGE, THING, fields

SITE = Site("https://w3id.org/mandate-graph/", "https://summits.example/graph/", LANGUAGES)
FILES = {file.path: b"".join(file.pieces) for file in server_files(SITE, "Mandates of the Summits of the Americas")}


def registry(work: Path, rules: str) -> Iterator[Host]:
    """An Apache that owns the base: the rules in a folder of its root, as in the registry."""
    put(work / "registry", "mandate-graph/.htaccess", FILES[f"w3id/{rules}"])
    put(work / "registry", "mandate-graph/README.md", FILES["w3id/README.md"])
    with hosts.apache(work / "registry", "/", work / "work") as host:
        yield host._replace(path="/mandate-graph/")


@pytest.fixture(scope="module")
def choosing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    yield from registry(tmp_path_factory.mktemp("choosing"), ".htaccess")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    yield from registry(tmp_path_factory.mktemp("plain"), "plain.htaccess")


def test_registry_chooses_for_hosts_that_cannot(choosing: Host) -> None:
    """The table of the servers, as far as it is about things: the place of the file instead of the file."""
    wrong, asked = [], 0
    for case in CASES:
        if case.path != quote(THING) or case.status == 404:
            continue
        asked += 1
        answer = choosing.ask(case.path, **fields(case.accept, case.language))
        status, place = (303, SITE.url + quote(case.file)) if case.status == 200 else (406, "")
        if (answer.status, answer["location"]) != (status, place):
            wrong.append((case, answer.status, answer["location"]))
        assert {"accept", "accept-language"} <= {word.strip().lower() for word in answer["vary"].split(",")}
        assert answer["access-control-allow-origin"] == "*"
    assert wrong == []
    assert asked > 40


def test_registry_keeps_every_name(choosing: Host) -> None:
    for stem in (*STRANGE[:-1], "ns", "shapes", "dataset", "dataset/0.1.0", "graph/meta", "graph/links/a.b"):
        for ending, accept in (("ttl", "text/turtle"), ("html", "text/html")):
            answer = choosing.ask(quote(stem), accept=accept)
            assert (answer.status, answer["location"]) == (303, f"{SITE.url}{quote(stem)}.{ending}")
    assert choosing.ask(f"{THING}?a=b", accept="text/turtle")["location"] == f"{SITE.url}{THING}.ttl?a=b"


def test_registry_leads_to_files_as_they_are(choosing: Host) -> None:
    for path in ("", f"{THING}.ttl", "search.es.html", "dump/mandates.nq.gz", ".well-known/void", "dump/SHA256SUMS"):
        answer = choosing.ask(path, accept="application/n-triples")
        assert (answer.status, answer["location"]) == (302, SITE.url + path)
    readme = choosing.ask("README.md")
    assert (readme.status, readme.body) == (200, FILES["w3id/README.md"])


@settings(max_examples=80)
@given(accept=ACCEPT, spoken=LANGUAGE)
def test_registry_chooses_as_the_standard_says(choosing: Host, accept: list[str], spoken: list[str]) -> None:
    ending = negotiated.media(", ".join(accept), list(negotiated.MEDIA))
    if ending == "html" and negotiated.language(", ".join(spoken), list(LANGUAGES)) == "es":
        ending = "es.html"
    answer = choosing.ask(THING, accept=", ".join(accept), accept_language=", ".join(spoken))
    place = f"{SITE.url}{THING}.{ending}" if ending else ""
    assert (answer.status, answer["location"]) == (303 if ending else 406, place)


def test_plain_rules_leave_it_to_the_site(plain: Host) -> None:
    for stem in ("id/x/a b", "id/x/são", "id/x/50%", "id/x/a#b", THING):
        answer = plain.ask(quote(stem), accept="text/turtle")
        assert (answer.status, unquote(answer["location"])) == (303, SITE.url + stem)
        assert "#" not in answer["location"]
    for path in ("", "ns", "search.html", "dataset/0.1.0"):
        answer = plain.ask(path)
        assert (answer.status, answer["location"]) == (302, SITE.url + path)
    assert plain.ask("README.md").status == 200


def test_headers_file() -> None:
    """Two rules that match one file may not name one header: the hosts would join them."""
    text = FILES["_headers"].decode()
    rules: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("/"):
            rules[line] = {}
        elif line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            rules[list(rules)[-1]][name] = value
            assert len(line) <= 2000
    assert len(rules) <= 100
    everywhere = rules.pop("/graph/*")
    assert "Content-Type" not in everywhere
    assert everywhere["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert all(list(rule) == ["Content-Type"] for rule in rules.values())
    assert rules["/graph/*.ttl"]["Content-Type"] == "text/turtle; charset=utf-8"
    assert rules["/graph/.well-known/void"]["Content-Type"] == "text/turtle; charset=utf-8"
    lines = [line for line in FILES["_redirects"].decode().splitlines() if line and not line.startswith("#")]
    assert lines == ["/graph/.well-known/void /graph/void.ttl 200"]
    assert FILES[".nojekyll"] == b""


def test_same_site_same_bytes() -> None:
    again = {file.path: b"".join(file.pieces) for file in server_files(SITE, "Mandates of the Summits of the Americas")}
    assert again == FILES
    assert not any(re.search(rb"@[A-Z_]+@", data) for data in FILES.values())


def test_a_title_cannot_leave_its_comment() -> None:
    title = "Mandates\nRewriteRule ^ https://elsewhere.example/ [R]"
    for file in server_files(SITE, title):
        data = b"".join(file.pieces)
        assert b"\nRewriteRule ^ https://elsewhere" not in data


SITEMAP, XHTML = "{http://www.sitemaps.org/schemas/sitemap/0.9}", "{http://www.w3.org/1999/xhtml}"


def parsed(files: Iterator[File]) -> dict[str, tuple[ET.Element, int]]:
    whole = {file.path: b"".join(file.pieces) for file in files}
    return {path: (ET.fromstring(data), len(data)) for path, data in whole.items()}


def places(root: ET.Element) -> list[str]:
    return [str(each.text) for each in root.iter(f"{SITEMAP}loc")]


def test_sitemap_lists_every_page_in_every_language() -> None:
    stems = ["index", THING, "id/x/a & b<c>'", "id/x/são"]
    ((path, (root, _)),) = parsed(sitemap(SITE, iter(stems), "2026-11-24")).items()
    assert (path, root.tag) == ("sitemap.xml", f"{SITEMAP}urlset")
    expected = [SITE.address(SITE.page(stem, language)) for stem in stems for language in LANGUAGES]
    assert places(root) == expected
    for entry in root:
        assert [child.tag for child in entry] == [f"{SITEMAP}loc", f"{SITEMAP}lastmod", *[f"{XHTML}link"] * 3]
        assert entry.findtext(f"{SITEMAP}lastmod") == "2026-11-24"
        links = {link.get("hreflang"): link.get("href") for link in entry.iter(f"{XHTML}link")}
        assert set(links) == {"en", "es", "x-default"}
        assert entry.findtext(f"{SITEMAP}loc") in links.values()
        assert links["x-default"] == links["en"]


@pytest.mark.parametrize(("most", "largest"), [(10, 10**6), (1, 10**6), (50_000, 2000), (7, 2500), (20, 10**6)])
def test_sitemaps_stay_within_the_limits(most: int, largest: int) -> None:
    stems = [f"id/mandate/{number}" for number in range(20)]
    files = parsed(sitemap(SITE, iter(stems), "2026-11-24", most, largest))
    index, _ = files.pop("sitemap.xml")
    assert index.tag == f"{SITEMAP}sitemapindex"
    assert places(index) == [SITE.url + path for path in files]
    listed = [place for root, _ in files.values() for place in places(root)]
    assert listed == [SITE.url + SITE.page(stem, language) for stem in stems for language in LANGUAGES]
    assert all(1 <= len(places(root)) <= most and size <= largest for root, size in files.values())
    assert len(files) > 1


def test_a_sitemap_that_is_just_full_is_one() -> None:
    files = parsed(sitemap(SITE, iter(["a", "b"]), "2026-11-24", 4))
    assert list(files) == ["sitemap.xml"]
    assert list(parsed(sitemap(SITE, iter([]), "2026-11-24"))) == ["sitemap.xml"]


def test_sitemap_streams() -> None:
    """A file is handed over before the next one is begun."""
    seen = 0

    def stems() -> Iterator[str]:
        nonlocal seen
        for number in range(1000):
            seen = number
            yield f"id/{number}"

    next(sitemap(SITE, stems(), "2026-11-24", 10))
    assert seen <= 6


def test_robots_and_llms() -> None:
    (file,) = robots(SITE)
    text = b"".join(file.pieces).decode()
    assert "\nSitemap: https://summits.example/graph/sitemap.xml\n" in text
    assert "Disallow" not in text
    about = About(
        title="Mandates\n# of [the] Summits",
        description="What was promised.",
        version="0.1.0",
        modified="2026-11-24",
        licence="https://creativecommons.org/licenses/by/4.0/",
        cite="The project (2026). Mandates.",
        figures={"mandates": 12_345},
        pages=[("index", "Start"), ("summits", "The summits")],
        downloads=[("dump/mandates.nq.gz", "N-Quads, compressed")],
        descriptions=[("void.ttl", "VoID")],
    )
    (file,) = llms(SITE, about)
    text = b"".join(file.pieces).decode()
    assert text.startswith("# Mandates # of (the) Summits\n\n> What was promised.\n")
    assert "- mandates: 12,345\n" in text
    assert "- [The summits](https://summits.example/graph/summits.html)\n" in text
    assert "- [N-Quads, compressed](https://summits.example/graph/dump/mandates.nq.gz)\n" in text
    assert "`.es.html`" in text
    assert "`https://w3id.org/mandate-graph/`" in text
