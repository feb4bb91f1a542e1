"""What a text names: the promised names of the two pages, one phrase for several things, and what must not be linked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandate_graph.authorities import Authorities
from mandate_graph.citator.automaton import fold
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.dataset import Graph

# Quote on the two pages, what it names.
PROMISED = [
    ("ILO Declaration on Fundamental Principles and Rights at Work", {"instrument/ilo-declaration-1998"}),
    ("1963 Vienna Convention on Consular Relations", {"instrument/vccr-1963"}),
    ("Convention against Transnational Organized Crime", {"instrument/untoc-2000"}),
    (
        "its protocols on trafficking in persons and smuggling of migrants",
        {"instrument/trafficking-protocol-2000", "instrument/smuggling-protocol-2000"},
    ),
    ("A/RES/S-32-1", {"instrument/unga-a-res-s-32-1"}),
    ("UN General Assembly", {"body/unga"}),
    ("IACHR", {"body/iachr"}),
    ("Inter-American Commission on Human Rights", {"body/iachr"}),
    ("IACHR Special Rapporteur on Migrant Workers", {"body/iachr-rapporteur-migrants"}),
    ("Special Rapporteur for Migrant Workers", {"body/iachr-rapporteur-migrants"}),
    ("UN Special Rapporteur on Migration", {"body/un-rapporteur-migrants"}),
    ("International Organization of Migration (IOM)", {"body/iom"}),
    ("Regional Conference on Migration", {"body/regional-conference-on-migration"}),
    ("South American Conference on Migration", {"body/south-american-conference-on-migration"}),
    ("OAS", {"body/oas"}),
    ("Santiago Summit", {"summit/1998-santiago"}),
    ("Santiago and Quebec City Summits", {"summit/1998-santiago", "summit/2001-quebec"}),
    ("Summit of the Americas in Argentina in 2005", {"summit/2005-mar-del-plata"}),
]
GENERIC = [
    "applicable international human rights instruments",
    "applicable international human rights law",
    "applicable international instruments relating to human rights",
    "international instruments in this area",
    "international instruments of human rights",
]


@pytest.fixture(scope="module")
def finder(authorities: Authorities) -> MentionFinder:
    return MentionFinder(authorities)


@pytest.mark.parametrize(("quote", "targets"), PROMISED)
def test_promised_names(dataset: Graph, quote: str, targets: set[str]) -> None:
    rows = [row for row in dataset.query("mentions", {"outcome": "resolved"}) if row.quote == quote]
    assert {str(row.named).removeprefix(f"{dataset.base}id/") for row in rows} == targets


def test_nothing_else_is_named(dataset: Graph) -> None:
    quotes = {row.quote for row in dataset.query("mentions", {"outcome": "resolved"})}
    declaration = [str(quote) for quote in quotes if str(quote).startswith("Our common commitment")]
    # "this General Assembly", behind the resolution of the UN General Assembly
    assert quotes == {quote for quote, _ in PROMISED} | set(declaration) | {"General Assembly"}


def test_generic_phrases_stay_unresolved(dataset: Graph) -> None:
    rows = dataset.query("mentions", {"outcome": "unresolved"}).rows
    assert sorted({str(row.quote) for row in rows}) == GENERIC
    assert {row.named for row in rows} == {None}


@pytest.mark.parametrize(
    ("text", "language", "targets"),
    [
        ("the Organization of American\u2010States", "en", ["body/oas"]),
        ("support OAS and oas", "en", ["body/oas"]),
        ("la OEA y un programa", "es", ["body/oas"]),
        ("UN programa de la ONU", "es", ["body/un"]),
        ("the Lima and Miami Summits", "en", ["summit/2018-lima", "summit/1994-miami"]),
        (
            "the Lima, Miami and Santiago Summits",
            "en",
            ["summit/2018-lima", "summit/1994-miami", "summit/1998-santiago"],
        ),
        ("at a lima summit of cooks", "en", []),
        ("la Cumbre de Puerto España", "es", ["summit/2009-port-of-spain"]),
        ("its protocols on trafficking in persons and smuggling of migrants", "en", []),
        ("the Special Rapporteur for Migrant Workers", "en", []),
        ("prior to the IX Summit of the Americas", "en", ["summit/2022-los-angeles"]),
        ("the VIII Summit", "en", ["summit/2018-lima"]),
        ("the inter-American Commission on Human Rights", "en", ["body/iachr"]),
        ("an inter-american commission on human rights of its own", "en", []),
        ("Hold a regional conference on migration each year.", "en", []),
        ("their second summit and the third summit", "en", []),
        ("People of the UNder-served region", "en", []),
        # a part of a longer name is no link
        ("the work of UN Women and UN-Habitat", "en", ["body/un-women"]),
        ("the UN Convention against Corruption", "en", ["instrument/uncac-2003"]),
        ("an Inter-American Convention against Transnational Organized Crime", "en", []),
        ("an African Regional Conference on Migration", "en", []),
        (
            "the Charters of the United Nations and of the Organization of American States",
            "en",
            ["instrument/un-charter-1945", "instrument/oas-charter"],
        ),
        ("the Second Summit of Indigenous Peoples", "en", []),
        ("the Twenty-First Summit of mayors", "en", []),
        ("the APEC Lima Summit", "en", []),
        ("la VI Cumbre Iberoamericana", "es", []),
        ("la Carta de la OEA", "es", ["instrument/oas-charter"]),
        ("la Oficina de las Naciones Unidas contra la Droga", "es", []),
        ("el Alto Comisionado de las Naciones Unidas para los Refugiados", "es", ["body/unhcr"]),
        ("the High Commissioner of the United Nations for Refugees", "en", []),
        # articles, sentences, possessives and hyphens do not hide a name
        ("The Organization of American States shall help.", "en", ["body/oas"]),
        ("The Inter-American Commission on Human Rights listens.", "en", ["body/iachr"]),
        ("Act. The Vienna Convention on Consular Relations holds.", "en", ["instrument/vccr-1963"]),
        ("The Regional Conference on Migration met.", "en", ["body/regional-conference-on-migration"]),
        ("The Convention against Transnational Organized Crime holds.", "en", ["instrument/untoc-2000"]),
        ("La Comisión Interamericana de Derechos Humanos escucha.", "es", ["body/iachr"]),
        ("La Organización Internacional para las Migraciones ayuda.", "es", ["body/iom"]),
        ("Support Inter-American Commission on Human Rights work.", "en", ["body/iachr"]),
        ("Honour Vienna Convention on Consular Relations duties.", "en", ["instrument/vccr-1963"]),
        ("the Inter-American Commission on Human Rights’ staff", "en", ["body/iachr"]),
        ("the IACHR's Special Rapporteur for Migrant Workers", "en", ["body/iachr", "body/iachr-rapporteur-migrants"]),
        ("the OAS-led missions", "en", ["body/oas"]),
        ("las Naciones Unidas y la Asamblea General de la ONU", "es", ["body/un", "body/unga"]),
        # Summits by place and number
        ("the Summits of Santiago and Quebec City", "en", ["summit/1998-santiago", "summit/2001-quebec"]),
        ("the Summit of the Americas held in Quebec City", "en", ["summit/2001-quebec"]),
        ("the Quebec City Summit of the Americas", "en", ["summit/2001-quebec"]),
        ("the Lima Summit of 2018", "en", ["summit/2018-lima"]),
        ("the follow-up of the Summits of the Americas", "en", ["series/summits-of-the-americas"]),
        ("at the next Summit of the Americas", "en", []),
        ("la Segunda Cumbre", "es", ["summit/1998-santiago"]),
        ("las Cumbres de Santiago y de Quebec", "es", ["summit/1998-santiago", "summit/2001-quebec"]),
        # but a body's own organs and the first word of a sentence do not hide it
        ("the OAS Member States at the OAS General Assembly", "en", ["body/oas", "body/oasga"]),
        ("Strengthen OAS programs", "en", ["body/oas"]),
    ],
)
def test_names_in_texts(finder: MentionFinder, text: str, language: str, targets: list[str]) -> None:
    assert [
        target for found in finder.find(text, language) if found.outcome == "resolved" for target in found.targets
    ] == targets


def test_what_looks_like_a_name_is_said_and_not_linked(finder: MentionFinder) -> None:
    found = finder.find("We uphold the Harbour Convention on Safe Anchors and every convention.", "en")
    assert [(mention.outcome, mention.rule, mention.targets) for mention in found] == [("unresolved", "name-like", ())]
    assert (
        found[0]
        .span.cut("We uphold the Harbour Convention on Safe Anchors and every convention.")
        .startswith("Harbour")
    )


def test_every_name_of_the_tables_is_found_alone(finder: MentionFinder, authorities: Authorities) -> None:
    for table, kind in (("instruments", "instrument"), ("bodies", "body")):
        for key, entity in authorities[table].items():
            for language, label in entity.labels.items():
                found = finder.find(f"({label}).", language)
                assert f"{kind}/{key}" in {target for mention in found for target in mention.targets}, label


@given(st.text(max_size=60))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(
    st.lists(
        st.sampled_from(["the OAS", "IOM", "Santiago", "and", "Summits", "Convention", "its", "é", "’s", "UN"]),
        max_size=12,
    )
)
def test_mentions_lie_in_the_text_and_do_not_overlap(finder: MentionFinder, words: list[str]) -> None:
    text = " ".join(words)
    place = 0
    for found in finder.find(text, "en"):
        assert place <= found.span.start < found.span.end <= len(text)
        place = found.span.end
