"""What workers do, in this process: the jobs that the front sends, over the repository's own build."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mandate_graph.serve.frames import BODY, HEAD, Splitter, Writer
from mandate_graph.serve.holding import Holding
from mandate_graph.serve.settings import Settings
from mandate_graph.serve.work import JOBS, do, rehearse

URL = "http://127.0.0.1:8000/"


class Answered(NamedTuple):
    head: dict[str, Any] | None
    body: bytes
    end: dict[str, Any]


def done(holding: Holding, **job: Any) -> Answered:
    """A job, as the front hears of it: at most one head, then the body, then one end."""
    splitter = Splitter()
    frames: list[tuple[bytes, bytes]] = []
    do(holding, job, Writer(lambda piece: frames.extend(splitter.feed(piece))))
    kinds = b"".join(kind for kind, _ in frames)
    assert re.fullmatch(rb"(?:HB*)?E", kinds)
    head = json.loads(frames[0][1]) if kinds.startswith(HEAD) else None
    return Answered(head, b"".join(each for kind, each in frames if kind == BODY), json.loads(frames[-1][1]))


def query(text: str, **more: Any) -> dict[str, Any]:
    return {"do": "query", "query": text, "results": "json", "graph": "ntriples", "default": None, "named": None,
            "most": 10**6, "note": "cut", "longest": 0, **more}  # fmt: skip


@pytest.fixture(scope="module")
def holding(built: Path) -> Holding:
    options = {"source": str(built), "site_url": URL, "house": None, "settings": asdict(Settings())}
    found = Holding.of(options)
    said = found.said()
    assert said["base"] == "https://w3id.org/mandate-graph/"
    assert "https://w3id.org/mandate-graph/graph/meta" in said["graphs"]
    known = found.furnish()
    assert known["languages"] == ["en", "es"]
    assert set(known["service"]) == {"turtle", "ntriples", "jsonld", "rdfxml"}
    return found


def test_every_job_is_known(holding: Holding) -> None:
    assert set(JOBS) == {"query", "thing", "reconcile", "search"}
    rehearse(holding)


@pytest.mark.parametrize(
    ("job", "head", "end"),
    [
        (query("ASK { ?s ?p ?o }"), {"form": "ask"}, {"cut": False}),
        (query("SELECT * { ?s ?p ?o }", most=5000), {"form": "select"}, {"cut": True}),
        (query("CONSTRUCT WHERE { <id/body/iom> ?p ?o }"), {"form": "graph"}, {"cut": False}),
        (query("ASK {}", results=""), None, {"error": "unwanted", "form": "ask"}),
        (query("DESCRIBE <id/body/iom>", graph=""), None, {"error": "unwanted", "form": "graph"}),
    ],
)
def test_queries(holding: Holding, job: dict[str, Any], head: dict[str, Any] | None, end: dict[str, Any]) -> None:
    answered = done(holding, **job)
    assert (answered.head, answered.end) == (head, end)
    assert bool(answered.body) == (head is not None)


def test_what_cannot_be_answered_says_why(holding: Holding) -> None:
    assert "line 1, column" in done(holding, **query("SELECT * {")).end["detail"]
    long = done(holding, **query(f"ASK {{ {'?s ?p ?o . ' * 9000} }}", longest=64_000)).end
    assert (long["error"], long["status"], long["kind"]) == ("refused", 413, "too-long")
    rows = " ".join("( <urn:x> )" for _ in range(7000))
    away = f"SELECT * {{ VALUES ( ?x ) {{ {rows} }} SERVICE <http://127.0.0.1:9/> {{ ?s ?p ?o }} }}"
    assert done(holding, **query(away, longest=64_000)).end["status"] == 413


def test_a_fault_of_ours_ends_the_job_and_not_the_worker(
    holding: Holding, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setitem(JOBS, "thing", faulty)
    assert done(holding, do="thing", stem="id/body/iom", ending="ttl").end == {"error": "internal"}
    assert "ZeroDivisionError('of ours')" in capsys.readouterr().err
    monkeypatch.setitem(JOBS, "thing", lambda *_: bytearray(1 << 62))
    assert done(holding, do="thing", stem="id/body/iom", ending="ttl").end == {"error": "memory"}


def test_things(holding: Holding) -> None:
    assert done(holding, do="thing", stem="id/body/iom", ending="") == Answered({}, b"", {"cut": False})
    for ending, sign in (
        ("html", b'<html lang="en">'), ("es.html", b'<html lang="es">'), ("ttl", b"@prefix"), ("nt", b"<https://"),
        ("jsonld", b'{"@context"'), ("trig", b"@prefix"), ("nq", b"graph/"), ("rdf", b"<?xml"), ("jsonld-expanded", b"[{"),
    ):  # fmt: skip
        assert sign in done(holding, do="thing", stem="id/body/iom", ending=ending).body
    for stem, ending in (("id/body/nobody", "ttl"), ("id/body/iom", "pdf")):
        assert done(holding, do="thing", stem=stem, ending=ending).end == {"error": "not-found"}


def test_names_and_words(holding: Holding) -> None:
    holding.learn()
    fields = {"queries": json.dumps({"q": {"query": "International Organization for Migration"}})}
    matched = done(holding, do="reconcile", method="GET", path="", fields=fields, root=f"{URL}reconcile")
    assert matched.head is not None
    assert matched.head["status"] == 200
    assert json.loads(matched.body)["q"]["result"][0]["id"] == "body/iom"
    found = done(holding, do="search", fields=[["q", "migration"], ["limit", "2"]])
    assert len(json.loads(found.body)["results"]) == 2
    assert done(holding, do="search", fields=[["limit", "many"]]).end["error"] == "malformed"


def test_what_is_prepared(holding: Holding, tmp_path: Path) -> None:
    holding.prepare(tmp_path)
    for path in ("index.html", "index.es.html", "openapi.json", "opensearch.xml", "void.ttl", "graph/meta.rdf",
                 "graph/links/unbis.trig", "dump/mandates.ttl.gz", "site.json"):  # fmt: skip
        assert (tmp_path / path).is_file(), path
    assert f"void:sparqlEndpoint <{URL}sparql>" in (tmp_path / "void.ttl").read_text(encoding="utf-8")
