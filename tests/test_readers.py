"""Mandates as Python objects, and what a notebook shows; from a build, and from a server."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import mandate_graph as mg
import servers
from mandate_graph import glance
from mandate_graph.dataset import Graph
from mandate_graph.errors import BadParameter
from mandate_graph.push import push


def test_facets_narrow_together(dataset: Graph) -> None:
    every = dataset.mandates()
    assert len({mandate.iri for mandate in every}) == 38
    migrants = dataset.mandates(theme="migration/migrant-human-rights")
    assert len(migrants) == 14
    assert set(migrants) < set(every)
    both = dataset.mandates(theme="migration/migrant-human-rights", summit="1998-santiago")
    assert {mandate.summit_label for mandate in both} == {"Second Summit of the Americas"}
    assert 0 < len(both) < len(migrants)
    assert dataset.mandates(year=2001) == dataset.mandates(summit="2001-quebec")
    assert len(dataset.mandates(words="remittances", language="en")) == 3
    assert dataset.mandates(language="es") == []
    with pytest.raises(BadParameter, match="did you mean theme"):
        dataset.mandates(theem="migration")
    with pytest.raises(BadParameter, match="names nothing"):
        dataset.mandates(summit="2002-quebec")


def test_a_mandate_and_what_it_names(dataset: Graph) -> None:
    (mandate,) = dataset.mandates(named="body/iom")
    assert mandate.date == dt.date(2001, 4, 20)
    assert mandate.language == "en"
    assert mandate.kind == "mandate"
    assert mandate == dataset.mandate(mandate.iri)
    assert mandate == dataset.mandate(mandate.iri.partition("/id/mandate/")[2])
    assert mandate == dataset.mandate(mandate.iri[-12:]) == dataset.mandate(f"<{mandate.iri}>")
    assert {mandate: 1}[dataset.mandate(mandate.iri)] == 1
    for mention in mandate.mentions:
        assert mandate.text[mention.start : mention.end] == mention.quote
        assert 0 < mention.confidence <= 1
    assert [mention.start for mention in mandate.mentions] == sorted(mention.start for mention in mandate.mentions)
    iom = mandate.mentions[-1]
    assert (iom.label, iom.outcome) == ("International Organization for Migration", "resolved")
    assert (iom.target or "").endswith("/id/body/iom")
    assert iom.rule == "misprinted name"
    assert mandate.footnotes == []
    for nothing in ("2001-quebec-plan-of-action/nothing", "0123456789ab", "", None):
        with pytest.raises(BadParameter):
            dataset.mandate(nothing)  # type: ignore[arg-type]


def test_a_footnote(dataset: Graph) -> None:
    noted = [mandate for mandate in dataset.mandates(summit="2005-mar-del-plata") if mandate.footnotes]
    assert len(noted) == 1
    note = noted[0].footnotes[0]
    assert (note.country_label, note.kind) == ("United States", "statement on language")
    assert note.text.startswith("The United States notes")
    assert "United States" in repr(note)


class Balanced(HTMLParser):
    """Whether every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("what", ["graph", "result", "graph result", "mandate", "empty", "yes"])
def test_what_a_notebook_shows_is_html(dataset: Graph, what: str) -> None:
    things: dict[str, Any] = {
        "graph": dataset,
        "result": dataset.query("mentions"),
        "graph result": dataset.query("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 40"),
        "mandate": dataset.mandates(named="body/iom")[0],
        "empty": dataset.query("SELECT ?x { ?x <urn:x> ?x }"),
        "yes": dataset.query("ASK { ?s ?p ?o }"),
    }
    shown = things[what]._repr_html_()
    parser = Balanced()
    parser.feed(shown)
    assert parser.open == []
    if what == "mandate":
        assert "<mark" in shown
    if what == "result":
        assert "27 rows, 25 of them here" in shown
        assert ">Vienna Convention on Consular Relations</a>" in shown


def test_markup_in_the_data_is_shown_and_not_obeyed() -> None:
    evil = "<script>alert(1)</script>"
    for shown in (
        glance.table([evil, "x", "xLabel"], [[evil, 'https://e.org/"><b>', evil]], 1, evil),
        glance.facts(evil, [(evil, evil)]),
        glance.marked(evil, [(0, 4, evil), (2, 9, "overlaps")]),
    ):
        assert "<script" not in shown
        assert "<b>" not in shown


def test_a_server_gives_the_same_objects(dataset: Graph, built: Path, tmp_path: Path) -> None:
    with servers.oxigraph(tmp_path) as store:
        push(built, store.url, access=store.access)
        there = mg.open(store.query)
        assert there.base == dataset.base
        assert there.mandates() == dataset.mandates()
        mandate = there.mandates(named="body/iom")[0]
        assert [mention.quote for mention in mandate.mentions] == [
            mention.quote for mention in dataset.mandate(mandate.iri).mentions
        ]
        cut = there.query("mentions", limit=2)
        assert (len(cut), cut.cut) == (2, True)
        assert cut.terms == dataset.query("mentions", limit=2).terms
        assert len(there.rdflib()) == len(set(dataset.rdflib().triples((None, None, None))))
        assert [
            row.n for row in mg.query("SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }", build=store.query)
        ]
