"""Linking against SPARQL endpoints: two real ones with a real thesaurus in them, and servers that behave badly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from conftest import Cli, skos_folder
from invented import decided, linked, new_house
from mandate_graph import errors
from mandate_graph.engine.files import read_triples
from mandate_graph.failures import CutAnswer
from mandate_graph.house import House
from mandate_graph.link import endpoints
from mandate_graph.link.asking import Manners, Polite, cache_folder
from mandate_graph.link.endpoints import Asker
from mandate_graph.link.run import Asked, Behind, bench, check, one_file, propose
from mandate_graph.remote import Endpoint
from servers import STORES, Handler, Store, server

HASTY = Manners(tries=3, wait=0.01, longest_pause=0.0)
FEW = ["human-rights", "migrants", "racial-discrimination", "cybercrime", "poverty"]
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A server with the STW in a named graph; Oxigraph's default graph shows nothing of it, Virtuoso's does."""
    path = skos_folder() / "stw-9.06.ttl"
    with STORES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        address = running.query.replace("/query", "/store").replace("/sparql", "/sparql-graph-crud-auth")
        endpoint = Endpoint(address, running.access, timeout=120)
        lines = [f"{subject} <{iri}> {value} .\n".encode() for subject, iri, value in read_triples(path)]
        for place in range(0, len(lines), 20_000):
            endpoint.add_to_graph("https://e.org/stw", b"".join(lines[place : place + 20_000]))
        yield running


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "house")


def asker(url: str, *, scanned: int = endpoints.SCANNED, cache: Path | None = None, seconds: float = 60.0) -> Asker:
    return Asker(Endpoint(url, timeout=seconds, as_it_is=True), Polite(HASTY, cache), scanned=scanned)


def text(house: House, source: Asker, only: Sequence[str] = ()) -> str:
    table = bench(house)
    return one_file(table, propose(table, Asked("topic", only=only), Behind(source)))


def test_a_scanned_endpoint_says_what_the_file_says(store: Store, house: House) -> None:
    table = bench(house)
    file = one_file(table, linked(house, "topic", skos_folder() / "stw-9.06.ttl"))
    assert text(house, asker(store.query)) == file


def test_asked_for_names_it_says_the_same_of_them(store: Store, house: House) -> None:
    """With more labels than are scanned only our names are asked for, in the languages that we have."""
    want = linked(house, "topic", skos_folder() / "stw-9.06.ttl", only=FEW, languages=["en"])
    table = bench(house)
    source = asker(store.query, scanned=100)
    done = propose(table, Asked("topic", only=FEW, languages=["en"]), Behind(source))
    assert "more than 100 labels" in done.vocabulary.notice

    def exact(found: object) -> set[tuple[str, str]]:
        return {
            (proposal.subject.key, proposal.term.iri)
            for proposals in found.proposals.values()  # type: ignore[attr-defined]
            for proposal in proposals
            if proposal.hit is not None and proposal.hit.form == "same" and "Anti-" not in proposal.term.label
        }

    assert exact(done) == exact(want)
    assert exact(done)


def test_a_named_target_is_all_that_is_looked_at(store: Store, house: House) -> None:
    """The categories of the STW have the names of descriptors; only their labels are, where descriptors lie under them."""
    source = asker(store.query)
    queries: list[str] = []
    table = source.table

    def noted(query: str) -> list[list[str]]:
        queries.append(query)
        return table(query)

    source.table = noted  # type: ignore[method-assign]
    done = propose(bench(house, "stw"), Asked("topic", only=[*FEW, "working-conditions"], target="stw"), Behind(source))
    assert done.proposals
    about = [query.partition("}")[0] for query in queries if "VALUES ?term" in query and "#definition>" in query]
    assert about
    assert not any("/thsys/" in terms for terms in about)


def test_links_are_checked_behind_an_endpoint(store: Store, house: House) -> None:
    decided(
        house, "stw", "http://zbw.eu/stw/descriptor/", "topic/human-rights||skos:exactMatch|stw:15964-5|Human rights",
        "topic/poverty||skos:exactMatch|stw:10488-1|Wealth", "topic/women||skos:exactMatch|stw:999999-1|Women",
    )  # fmt: skip
    changes, held = check(bench(house), Behind(asker(store.query)))
    assert held == 3
    assert [(change.subject, change.problem) for change in changes] == [
        ("topic/poverty", "the label was 'Wealth' and is 'Poverty' now"),
        ("topic/women", "the term is gone"),
    ]


def test_pages_and_halves(store: Store, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that gives few rows at once: the same comes of it."""
    whole = text(house, asker(store.query), only=FEW)
    monkeypatch.setattr(endpoints, "_PAGE", 3_000)
    cut = asker(store.query)
    assert text(house, cut, only=FEW) == whole
    assert cut.polite.asked > 5


def rows(names: list[str], *bindings: Mapping[str, object]) -> bytes:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


def test_it_waits_as_long_as_it_is_asked_to(house: House) -> None:
    """Busy twice, once by a number of seconds and once by a date, then well."""
    times = 0

    def act(handler: Handler, body: bytes) -> None:
        nonlocal times
        times += 1
        if times == 1:
            handler.reply(429, b"slowly", Retry_After="0")
        elif times == 2:
            handler.reply(503, b"busy", Retry_After="Thu, 01 Jan 1970 00:00:00 GMT")
        else:
            handler.reply(200, rows(["term"]), JSON)

    with server(act) as running:
        assert asker(running.url).table("SELECT ?term { ?term ?p ?o }") == []
        agents = {seen.headers["User-Agent"] for seen in running.seen}
    assert times == 3
    assert all(agent.startswith("mandate-graph/") for agent in agents)


REFUSALS = {
    "always busy": (503, {}, errors.Refused, 3),
    "wait an hour": (429, {"Retry_After": "3600"}, errors.Refused, 1),
    "no such page": (404, {}, errors.Refused, 1),
    "closed": (403, {}, errors.NeedsAccess, 1),
    "bad query": (400, {}, errors.BadQuery, 1),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_waiting_does_not_help(case: str) -> None:
    status, headers, error, tries = REFUSALS[case]
    with server(lambda handler, _: handler.reply(status, b"no", **headers)) as running:
        with pytest.raises(error):
            asker(running.url).table("SELECT ?term { ?term ?p ?o }")
        assert len(running.seen) == tries


def test_a_question_that_is_too_large_is_asked_in_halves() -> None:
    """The server answers for three names at most: with more its answer is cut, as Virtuoso says it."""

    def act(handler: Handler, body: bytes) -> None:
        from urllib.parse import parse_qs, urlsplit

        query = parse_qs(urlsplit(handler.path).query or body.decode())["query"][0]
        names = query.partition("{")[2].partition("}")[0].split()
        if len(names) > 3:
            handler.reply(200, rows(["n"]), JSON, X_SPARQL_MaxRows="3")
        else:
            handler.reply(200, rows(["n"], *({"n": {"type": "literal", "value": name}} for name in names)), JSON)

    with server(act) as running:
        names = [f"n{number}" for number in range(10)]
        found = asker(running.url).parted(names, 10, lambda part: f"SELECT ?n {{ {' '.join(part)} }}", "asking")
        assert [row[0] for row in found] == [f'"{name}"' for name in names]
        with pytest.raises(CutAnswer):
            list(asker(running.url).parted(["a b c d"], 1, lambda part: f"SELECT ?n {{ {part[0]} }}", "asking"))


def test_a_server_that_does_not_keep_order_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "_PAGE", 2)
    term = {"type": "uri", "value": "http://a.org/1"}
    label = {"type": "literal", "value": "x"}
    page = rows(["term", "property", "label"], *({"term": term, "property": term, "label": label} for _ in range(2)))
    with server(lambda handler, _: handler.reply(200, page, JSON)) as running, pytest.raises(errors.HalfAnswer) as told:
        list(asker(running.url).pages(lambda after: f"SELECT {after!r}"))
    assert "in order" in str(told.value)


def test_answers_are_kept(tmp_path: Path) -> None:
    with server(lambda handler, _: handler.reply(200, rows(["term"]), JSON)) as running:
        for kept in (True, True, False):
            asker(running.url, cache=tmp_path if kept else None).table("SELECT ?term { ?term ?p ?o }")
        assert len(running.seen) == 2
        old = next(tmp_path.glob("*.json"))
        old.write_text("{", encoding="utf-8")  # a broken one is fetched anew
        asker(running.url, cache=tmp_path).table("SELECT ?term { ?term ?p ?o }")
        assert len(running.seen) == 3
        Polite(Manners(keep=0.0), tmp_path).ask(f"{running.url}\nSELECT ?term {{ ?term ?p ?o }}", lambda: 7)
        assert json.loads(old.read_text(encoding="utf-8")) == 7  # too old, so it was asked again


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert Polite(cache=tmp_path / "file" / "below").ask("what", lambda: [1]) == [1]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "mandate-graph" / "answers"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path.home() / ".cache" / "mandate-graph" / "answers"


def test_a_dry_run_prints_the_queries_and_asks_nothing(cli: Cli, house: House, tmp_path: Path) -> None:
    with server(lambda handler, _: handler.reply(500)) as running:
        run = cli("link", "topic", "--endpoint", running.url, "--dry-run", "--only", "women", cwd=house.root)
        assert running.seen == []
    assert run.returncode == 0
    assert '"Women"@en' in run.stdout
    assert "SELECT (COUNT(*)" in run.stdout


def test_the_command_line_asks_and_keeps(cli: Cli, house: House, tmp_path: Path) -> None:
    """The whole way by a server of ours that hands on to nothing: an empty endpoint."""

    def act(handler: Handler, body: bytes) -> None:
        count = {"count": {"type": "literal", "value": "0"}}
        empty = rows(["term"])
        handler.reply(200, rows(["count"], count) if b"COUNT" in (handler.path.encode() + body) else empty, JSON)

    with server(act) as running:
        for _ in range(2):
            run = cli("link", "topic", "--endpoint", running.url, cwd=house.root, env={"XDG_CACHE_HOME": str(tmp_path)})
            assert run.returncode == 0, run.stderr
            asked = len(running.seen)
        assert len(running.seen) == asked
    assert "without a match" in run.stderr


DOWN = {
    "nobody": ("http://127.0.0.1:9/sparql", 1, "nobody answers"),
    "no address": ("nowhere", 2, "must begin with http"),
    "a password": ("http://me:secret@127.0.0.1/", 2, "MANDATE_GRAPH_USER"),
}


@pytest.mark.parametrize("case", DOWN)
def test_an_endpoint_that_is_not_there_is_one_line(cli: Cli, house: House, case: str) -> None:
    url, code, said = DOWN[case]
    if case == "nobody":
        with pytest.raises(errors.Unreachable):
            asker(url).table("SELECT ?term { ?term ?p ?o }")
        return
    run = cli("link", "topic", "--endpoint", url, cwd=house.root)
    assert run.returncode == code
    assert said in run.stderr
    assert "secret" not in run.stderr
    assert "Traceback" not in run.stderr
