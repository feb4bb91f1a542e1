"""Linking against services of the Reconciliation API 0.2: a small real one, and ones that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import Cli
from invented import TARGET, found, new_house
from mandate_graph import errors
from mandate_graph.failures import NotReconciliation
from mandate_graph.house import House
from mandate_graph.link.asking import Manners, Polite
from mandate_graph.link.reconciling import Service
from mandate_graph.link.run import Asked, Done, Reconciling, bench, propose
from servers import Handler, server

MANIFEST: dict[str, Any] = {
    "versions": ["0.2"], "name": "Fish", "identifierSpace": "https://vocab.example/fish/",
    "schemaSpace": "https://schema.org/",
    "suggest": {"property": {"service_path": "/properties"}},
}  # fmt: skip
CITY = [{"id": "City", "name": "City"}]
THINGS: list[dict[str, Any]] = [
    {"id": "1", "name": "Lima", "description": "city in Peru", "type": CITY},
    {"id": "2", "name": "Lima", "description": "city in Chile", "type": CITY},
    {"id": "3", "name": "Lima", "description": "album", "type": ["MusicAlbum"]},
    {"id": "4", "name": "Human Rights", "match": True},
    {"id": "https://vocab.example/fish/5", "name": "Migrating people", "alias": "migrants", "match": True},
    {"id": "6", "name": "Povertty"},
    {"id": "7", "name": "Country of poverty", "type": [{"id": "Country"}]},
]


def answer(query: Mapping[str, Any]) -> dict[str, Any]:
    """Whatever shares a word with the query, as a lenient service does."""
    asked = set(query["query"].lower().split())
    hits = [thing for thing in THINGS if asked & {*str(thing["name"]).lower().split(), thing.get("alias")}]
    if query["query"].lower() == "poverty":
        hits.append(THINGS[5])
    return {"result": [{**thing, "score": 50, "match": bool(thing.get("match"))} for thing in hits]}


def act(handler: Handler, body: bytes) -> None:
    """The service: a manifest, batches of queries in a form, and suggestions of properties."""
    path = urlsplit(handler.path).path
    if path.endswith("/properties"):
        said: Any = {"result": [{"id": "P9", "name": "county"}, {"id": "P17", "name": "Country"}]}
    elif body:
        batch = json.loads(parse_qs(body.decode())["queries"][0])
        said = {key: answer(query) for key, query in batch.items()}
    else:
        said = MANIFEST
    handler.reply(200, json.dumps(said).encode(), "application/json")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "house", TARGET)


def service(url: str) -> Service:
    return Service(url, Polite(Manners(tries=2, wait=0.01, longest_pause=0.0)))


def asked(house: House, url: str, kind: str, *only: str, similar: bool = False) -> Done:
    return propose(bench(house), Asked(kind, only=only), Reconciling(service(url), similar=similar))


@pytest.fixture
def url() -> Iterator[str]:
    with server(act) as running:
        yield running.url


def test_a_place_is_told_apart_by_what_is_said_of_it(house: House, url: str) -> None:
    done = asked(house, url, "place", "lima")
    assert {key for _, key in found(done)} == {"1", "3"}
    assert found(done)["place/lima", "1"].predicate == "schema:sameAs"
    assert found(done)["place/lima", "3"].predicate == "rdfs:seeAlso"
    assert found(done)["place/lima", "1"].score > found(done)["place/lima", "3"].score
    row = next(row for row in done.rows("fish", "2026-11-28") if row.object == "fish:1")
    assert "city in Peru" in row["comment"]


def test_places_are_asked_for_with_their_country(house: House) -> None:
    with server(act) as running:
        asked(house, running.url, "place", "lima")
        bodies = [seen.body.decode() for seen in running.seen if seen.body]
        agents = {seen.headers["User-Agent"] for seen in running.seen}
    queries = json.loads(parse_qs(bodies[0])["queries"][0])
    assert queries["q0"]["properties"] == [{"pid": "P17", "v": "Peru"}]
    assert all(agent.startswith("mandate-graph/") for agent in agents)


def test_what_the_service_calls_a_match_is_a_proposal(house: House, url: str) -> None:
    done = asked(house, url, "topic", "human-rights", "migrants", "poverty")
    proposals = found(done)
    assert proposals["topic/human-rights", "4"].predicate == "skos:exactMatch"  # because the names are one
    by_another_name = proposals["topic/migrants", "5"]
    assert by_another_name.predicate == "skos:closeMatch"
    assert "calls it a match" in by_another_name.evidence[0]
    assert by_another_name.score <= 0.5
    assert not any(key == "topic/poverty" for key, _ in proposals)


def test_alike_is_suggested_where_it_is_asked_for(house: House, url: str) -> None:
    proposals = found(asked(house, url, "topic", "poverty", similar=True))
    assert {key for _, key in proposals} == {"6"}  # not the country
    assert proposals["topic/poverty", "6"].similarity is not None


def test_many_names_are_asked_in_batches(house: House) -> None:
    with server(act) as running:
        asked(house, running.url, "topic")
        sizes = [len(json.loads(parse_qs(seen.body.decode())["queries"][0])) for seen in running.seen if seen.body]
    assert max(sizes) <= 10
    assert len(sizes) > 3


BAD: Mapping[str, tuple[int, bytes, str, type[Exception], str]] = {
    "a page": (200, b"<html>", "text/html", NotReconciliation, "that is no JSON"),
    "another manifest": (200, b'{"name": "x"}', "application/json", NotReconciliation, "lacks name"),
    "a list": (200, b"[]", "application/json", NotReconciliation, "no object"),
    "no answer": (200, json.dumps(MANIFEST).encode(), "application/json", NotReconciliation, "the query q0"),
    "closed": (401, b"", "text/plain", errors.NeedsAccess, "does not let us in"),
    "broken": (500, b"oh", "text/plain", errors.Refused, "status 500: oh"),
    "busy": (503, b"later", "text/plain", errors.Refused, "status 503"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_service_is_one_line(house: House, case: str) -> None:
    status, body, content_type, error, said = BAD[case]
    with server(lambda handler, _: handler.reply(status, body, content_type)) as running:
        with pytest.raises(error) as told:
            asked(house, running.url, "topic", "women")
        assert len(running.seen) == (2 if case in {"busy", "no answer"} else 1)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_the_command_line(cli: Cli, house: House, url: str, tmp_path: Path) -> None:
    run = cli(
        "link", "place", "--service", url, "--only", "lima", cwd=house.root, env={"XDG_CACHE_HOME": str(tmp_path)}
    )
    assert run.returncode == 0, run.stderr
    assert "place/lima → fish:1" in run.stdout
    dry = cli("link", "place", "--service", url, "--only", "lima", "--dry-run", cwd=house.root)
    assert 'queries={"q0": {"query": "Lima"' in dry.stdout
