"""Identifiers are for ever: injective, the same in every process, and blind to order, place and noise."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mandate_graph as mg
from conftest import ROOT, Cli, page_text
from mandate_graph.dataset import Graph
from mandate_graph.engine import Quad, parse_quads, unquote
from mandate_graph.graph.identifiers import is_for_ever, known_identifiers
from mandate_graph.house import House
from mandate_graph.iris import Iris, digest, slug, text_key
from mandate_graph.resolve import mandate_key

PARTS = st.lists(st.text(max_size=12).filter(lambda text: "\x1f" not in text), min_size=1, max_size=4).map(tuple)
KEYS = st.text(min_size=1, max_size=12).filter(lambda text: not any(0xD800 <= ord(char) < 0xE000 for char in text))


@given(PARTS, PARTS)
def test_digests_are_injective_over_tuples(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@given(KEYS, KEYS)
def test_things_are_injective(one: str, other: str) -> None:
    iris = Iris("https://example.org/")
    assert (iris.thing("page", one) == iris.thing("page", other)) == (one == other)


@given(KEYS)
def test_identifiers_hold_only_what_an_iri_may(key: str) -> None:
    assert not set(Iris("https://example.org/").thing("page", key)) & set(' <>"{}|\\^`\n')


@given(st.text(max_size=60))
def test_text_keys_ignore_noise_and_are_stable(text: str) -> None:
    assert text_key(text_key(text)) == text_key(text)
    assert text_key(f" {text} ") == text_key(text)
    assert text_key(text.replace(" ", "\u00a0")) == text_key(text)


def test_text_keys_see_through_lost_hyphens_and_stops() -> None:
    assert text_key("The InterAmerican Program ;") == text_key("the inter-American program.")
    assert text_key("migration , with") == text_key("migration, with")
    assert text_key("Québec") == text_key("Quebec")
    assert text_key("no 12") != text_key("no 1 2")


def test_text_keys_are_those_of_the_whole_text_decomposed() -> None:
    """Hyphens, accents and words one at a time, as the code has them for speed, change no key."""
    pick = random.Random(1)
    signs = [
        "a",
        "B",
        "é",
        "ß",
        "ﬁ",
        "1",
        "_",
        "-",
        "\u00ad",
        "\u2010",
        "\u2011",
        "–",
        "“",
        " ",
        "\n",
        "\x1f",
        "\u0301",
        "\u0327",
        "한",
    ]
    for _ in range(20_000):
        text = "".join(chr(pick.randrange(0x11000)) if pick.random() < 0.1 else pick.choice(signs) for _ in range(12))
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
        joined = re.sub(r"(?<=[^\W\d_])[-\u00ad\u2010\u2011](?=[^\W\d_])", "", plain)
        assert text_key(text) == " ".join(re.findall(r"[^\W_]+", joined)), ascii(text)


def test_slug() -> None:
    assert slug("São Paulo & the Américas!") == "sao-paulo-the-americas"


def test_a_mandate_is_known_by_document_language_text_and_printed_chapeau() -> None:
    base = mandate_key("d", "en", "Act now.")
    assert mandate_key("d", "en", "act now") == base
    assert len({base, mandate_key("e", "en", "Act now."), mandate_key("d", "es", "Act now."), mandate_key("d", "en", "Act."),
                mandate_key("d", "en", "Act now.", "d/0123456789ab")}) == 5  # fmt: skip


def test_keys_are_the_same_in_another_process() -> None:
    code = "from mandate_graph.resolve import mandate_key; print(mandate_key('d', 'en', 'Act now.', 'd/0123456789ab'))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == mandate_key("d", "en", "Act now.", "d/0123456789ab")


def test_no_identifier_vanishes(dataset: Graph, pytestconfig: pytest.Config) -> None:
    """Every identifier ever published is in the build; new ones go into the table, and nothing leaves it."""
    subjects = {unquote(quad[0])[1] for quad in dataset.quads()}
    given = sorted(filter(is_for_ever, (iri.removeprefix("https://w3id.org/mandate-graph/") for iri in subjects)))
    known = known_identifiers(House(ROOT).identifiers)
    assert set(known) - set(given) == set()
    if pytestconfig.getoption("golden"):
        House(ROOT).identifiers.write_text("".join(f"{name}\n" for name in sorted({*known, *given})), encoding="utf-8")
        return
    assert set(given) - set(known) == set(), "new identifiers: pytest --golden adds them to sources/identifiers.txt"
    assert known == sorted(known)


def test_a_build_says_what_vanished(tmp_path: Path, cli: Cli) -> None:
    documents = tmp_path / "sources" / "documents"
    documents.mkdir(parents=True)
    shutil.copy(ROOT / "sources" / "house.toml", tmp_path / "sources")
    (documents / "ed.txt").write_text(page_text("  1. Read. (Plan of Action Miami, 1994)."))
    (tmp_path / "sources" / "identifiers.txt").write_text("id/page/ed\nid/page/gone\n")
    run = cli("build")
    assert run.returncode == 1
    assert "id/page/gone: was published" in run.stderr
    assert "id/page/ed:" not in run.stderr
    assert json.loads((tmp_path / "build/report.json").read_text())["vanished"] == ["id/page/gone"]


def quads(out: Path, house: Path, *pages: Path) -> set[Quad]:
    mg.build(pages, out=out, house=house, turtle=False, jsonld=False)
    return set(parse_quads(out / "mandates.nq"))


ITEMS = st.lists(
    st.sampled_from(
        [
            "  1. Plant trees along rivers. (Plan of Action Miami, 1994).",
            "  1. Plant trees along rivers ;( Plan of Action Miami, 1994).",
            "  1. Teach children to swim. (Declaration of Québec, 2001)",
            "  1. Build bridges, and to:\n\n    • b. paint them; (Lima Commitment. Peru, 2018)",
            "  • 3.4 Count birds with the OAS. (Plan of Action Miami, 1994).",
            "  1. Reading for all: (Plan of Action Québec, 2001).\n\n  1. open libraries; (Plan of Action Québec, 2001).",
            "  1. Say where this comes from.",
        ]
    ),
    min_size=1,
    max_size=5,
)


@given(one=ITEMS, other=ITEMS)
@settings(max_examples=40)
@pytest.mark.no_cover
@pytest.mark.slow
def test_adding_a_page_takes_nothing_away(
    one: list[str], other: list[str], unlinked: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every source triple stays, but for the fullest reading of a text, and labels and numbers that follow it."""
    folder = tmp_path_factory.mktemp("pages")
    first, second = folder / "a_b.txt", folder / "c_d.txt"
    first.write_text(page_text(*one))
    second.write_text(page_text(*other, heading="HEALTH"))
    alone, together = quads(folder / "1", unlinked, first), quads(folder / "2", unlinked, first, second)
    readings = ("schema.org/text>", "#label>", "eli/ontology#type_subdivision>", "ns#chapeau>")
    lost = {
        quad
        for quad in alone - together
        if "/graph/source/" in quad[3] and not quad[1].endswith(readings)
    }  # fmt: skip
    assert lost == set()


def test_order_of_sources_does_not_matter(tmp_path: Path) -> None:
    documents = ROOT / "sources" / "documents"
    pages = [documents / "mig.txt", documents / "mig_hr.txt"]
    mg.build(pages, out=tmp_path / "1", house=ROOT)
    mg.build(pages[::-1], out=tmp_path / "2", house=ROOT)
    assert (tmp_path / "1/mandates.nq").read_bytes() == (tmp_path / "2/mandates.nq").read_bytes()
    assert (tmp_path / "1/report.json").read_bytes() == (tmp_path / "2/report.json").read_bytes()
