"""The parenthesis at the end: every shape that pages print, every way in which it is set, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.citator.citations import Citations

KNOWN = [
    ("Plan of Action Québec, 2001", "2001-quebec-plan-of-action", ""),
    ("Plan of Action Quebec, 2001", "2001-quebec-plan-of-action", ""),
    ("Plan of Action of Santiago, 1998", "1998-santiago-plan-of-action", ""),
    ("Plan of Action, Santiago, Chile, 1998", "1998-santiago-plan-of-action", ""),
    ("Plan of Action Mar del Plata, 2005", "2005-mar-del-plata-plan-of-action", ""),
    ("Declaration of Mar del Plata, 2005", "2005-mar-del-plata-declaration", ""),
    ("Declaration of Principles, Miami, 1994", "1994-miami-declaration", ""),
    ("Declaration of Santiago, 1998", "1998-santiago-declaration", ""),
    ("Declaration of Port of Spain, 2009", "2009-port-of-spain-declaration", ""),
    ("Declaration of Commitment of Port of Spain, 2009", "2009-port-of-spain-declaration", ""),
    ("Declaration of Nuevo León, 2004", "2004-nuevo-leon-declaration", ""),
    ("Connecting the Americas, Québec, 2001", "2001-quebec-connecting-the-americas", ""),
    ("Lima Commitment. Peru, 2018", "2018-lima-commitment", ""),
    (
        "Our Sustainable and Green Future, IX Summit of the Americas, Los Angeles, 2022",
        "2022-los-angeles-green-future",
        "",
    ),
    (
        "Accelerating the Clean, Sustainable, Renewable, and Just Energy Transition, IX Summit of the Americas, Los Angeles, 2022",
        "2022-los-angeles-clean-energy",
        "",
    ),
    (
        "InterAmerican Action Plan on Democratic Governance, Los Angeles, 2022",
        "2022-los-angeles-democratic-governance",
        "",
    ),
    (
        "Poverty, Inequality, and Inequity, Cartagena, 2012",
        "2012-cartagena-mandates",
        "Poverty, Inequality, and Inequity",
    ),
    (
        "Migration, Initiatives VII Summit of the Americas, Panama City, 2015",
        "2015-panama-mandates-for-action",
        "Migration",
    ),
    ("Initiatives VII Summit of the Americas, Panama City, 2015", "2015-panama-mandates-for-action", ""),
    (
        "Disaster Risk Reduction and Management, Cartagena de Indias, 2012",
        "2012-cartagena-mandates",
        "Disaster Risk Reduction and Management",
    ),
    ("Health, VII Summit of the Americas, Panama City, 2015", "2015-panama-mandates-for-action", "Health"),
    ("Health, Initiatives VII Summit of the Americas, Panama, 2015", "2015-panama-mandates-for-action", "Health"),
    ("Tides, Initiatives VII Summit of the Americas, Panama City, 2015", "2015-panama-mandates-for-action", "Tides"),
    ("Education, VI Summit of the Americas, Cartagena, Colombia, 2012", "2012-cartagena-mandates", "Education"),
    ("Plan of Action Santa Cruz, 1996", "1996-santa-cruz-plan-of-action", ""),
    ("Declaration of Port-of-Spain, 2009", "2009-port-of-spain-declaration", ""),
    ("Plan of Action Que\u0301bec, 2001", "2001-quebec-plan-of-action", ""),
    ("Plan de Acción de Santiago, 1998", "1998-santiago-plan-of-action", ""),
    ("Declaración de Puerto España, 2009", "2009-port-of-spain-declaration", ""),
    (
        "Pobreza, Desigualdad e Inequidad, Cartagena, 2012",
        "2012-cartagena-mandates",
        "Pobreza, Desigualdad e Inequidad",
    ),
    (
        "Programa Regional para la Transformación Digital, IX Cumbre de las Américas, Los Angeles, 2022",
        "2022-los-angeles-digital-transformation",
        "",
    ),
]
# What stands before, inside and after the parenthesis on the pages.
SETTINGS = [
    "the text. ({}).", "the text ({}).", "the text; ({}).", "the text;({}).", "the text ;( {}).", "the text :( {}).",
    "the text: ({}).", "the text.({})", "the text .({})", "the text.* ({})", "the text ({}).*", "the text;  ({}).", "the text; ({})",
    "the text\n ({} ) . ",
]  # fmt: skip
NOT_CITATIONS = [
    "2006-2016",
    "1998",
    "IHR",
    "Convention 182 (1999)",
    "OAS",
    "a) and b)",
    "Geneva, 17 June 1999",
    "Convention on Ramps, Guatemala, 1999",
]


@pytest.fixture(scope="module")
def citations(authorities: Authorities) -> Citations:
    return Citations(authorities)


@pytest.mark.parametrize(("printed", "document", "section"), KNOWN)
@pytest.mark.parametrize("setting", SETTINGS)
def test_known_in_every_setting(citations: Citations, printed: str, document: str, section: str, setting: str) -> None:
    text = setting.format(printed)
    found = citations.at_end(text, 0, len(text))
    assert found is not None
    assert found.documents == ((document,) if document else ())
    assert found.printed_section == section
    assert found.text == printed
    assert found.span.cut(text).startswith("(")


def test_every_cited_form_of_the_table(citations: Citations, authorities: Authorities) -> None:
    for key, document in authorities["documents"].items():
        section = next((section.label() for section in authorities.sections_of(key).values()), "")
        for column, cell in document.cells.items():
            for form in split_cell(cell) if column.startswith("cited_") else ():
                text = "Text (" + form.replace("{section}", section) + ")"
                found = citations.at_end(text, 0, len(text))
                assert found is not None, form
                assert found.documents == (key,)


@pytest.mark.parametrize("content", NOT_CITATIONS)
def test_false_friends(citations: Citations, content: str) -> None:
    text = f"We will act on this ({content})."
    assert citations.at_end(text, 0, len(text)) is None


@pytest.mark.parametrize(
    ("content", "closest"),
    [
        ("Plan of Action Santiago, 2001", "Plan of Action Santiago, 1998"),
        ("Declaration of Cartagena, 2012", "Declaration of Québec, 2001"),
        ("Plan of Action Port of Spain, 2009", "Declaration of Port of Spain, 2009"),
        ("Declaration of Atlantis, 2003", "Declaration of Nuevo León, 2004"),
        ("Anti-Drug Strategy in the Hemisphere, Plan of Action, 1998", "Plan of Action Santiago, 1998"),
        (
            "Ministers of Health, Buenos Aires, Mandates, 2015",
            "[section], Initiatives VII Summit of the Americas, Panama City, 2015",
        ),
        ("Meeting of Ministers, Cartagena, 2012", "[section], Cartagena, 2012"),
        ("Lima Commitment. Peru, 2018; Plan of Action Québec, 2001", "Plan of Action Québec, 2001"),
        ("Plan of Action, 1998", "Plan of Action Santiago, 1998"),
    ],
)
def test_unknown_titles_are_named_with_their_closest(citations: Citations, content: str, closest: str) -> None:
    """Another Summit's year makes a title unknown: nothing is guessed."""
    text = f"Act. ({content})."
    found = citations.at_end(text, 0, len(text))
    assert found is not None
    assert found.outcome == "unresolved"
    assert closest in found.closest


def test_ambiguous_titles_name_all_candidates(citations: Citations) -> None:
    text = "Act. (Commitment, Los Angeles, 2022)."
    found = citations.at_end(text, 0, len(text))
    assert found is not None
    assert found.outcome == "ambiguous"
    assert len(found.documents) == 5


def test_only_the_last_parenthesis_counts(citations: Citations) -> None:
    text = "In line with the Regulations (IHR) (2005) and the Plan (Plan of Action Miami, 1994). (Declaration of Québec, 2001)"
    found = citations.at_end(text, 0, len(text))
    assert found is not None
    assert found.documents == ("2001-quebec-declaration",)


def test_a_citation_inside_the_text_is_text(citations: Citations) -> None:
    text = "As in (Plan of Action Miami, 1994) we said before, we act."
    assert citations.at_end(text, 0, len(text)) is None


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Six bells (Cartagena, 2012) ring.", ""),
        ("Ring (Plan of Action Santiago, 1998). Venezuela agrees.", "Plan of Action Santiago, 1998"),
        ("Ring (Lima Commitment. Peru, 2018, para. 12).", "Lima Commitment. Peru, 2018, para. 12"),
        ("Ring (Geneva, 17 June 1999).", "Geneva, 17 June 1999"),
        ("Ring (the large ones) twice.", ""),
    ],
)
def test_what_could_be_a_citation_is_doubted(citations: Citations, text: str, doubt: str) -> None:
    assert citations.doubt(text, 0, len(text)) == doubt


def test_a_long_parenthesis_costs_no_more_than_a_short_one(citations: Citations) -> None:
    text = f"End ({'word ' * 20_000}word)."
    assert citations.at_end(text, 0, len(text)) is None


def test_a_parenthesis_left_open(citations: Citations) -> None:
    text = "Act. (Plan of Action Miami, 1994."
    found = citations.at_end(text, 0, len(text))
    assert found is not None
    assert found.documents == ("1994-miami-plan-of-action",)
    assert citations.at_end("Act. (and so on, 1994.", 0, 22) is None


@given(st.text(alphabet="()[] .,;:*abcPlanofActionQuébec2001\n", max_size=80))
def test_any_text_is_safe(citations: Citations, text: str) -> None:
    """No text breaks the grammar, and what is found lies in the text."""
    found = citations.at_end(text, 0, len(text))
    if found is not None:
        assert 0 <= found.span.start < found.span.end <= len(text)
