"""The words that pages are made of: what a reader looks for, the titles of the tables, and markup."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from fuzz.invariants import ROOT

__all__ = ["ENDINGS", "INDENTS", "LINES", "MARKERS", "MARKS", "TAGS", "TOKENS", "citations", "titles"]

_TABLES = ROOT / "sources" / "authorities"
MARKERS = (
    "1.", "2.", "3.", "10.", "1)", "2)", "a)", "b)", "a.", "b.", "f.", "h.", "i.", "ii.", "iv)", "v.", "(a)", "(1)", "(i)",
    "•", "·", "▪", "○", "-", "–", "—", "*", "6-A.", "33:", "15:", "2.8", "2.8.", "3.12 ", "Initiative 33", "Iniciativa 7",
    "I.", "II.", "IV", "XII.", "A.", "B)", "\uf0b7", "• 2.8", "• f.", "• a)", "1.a)", "1.The",
)  # fmt: skip
MARKS = ("*", "**", "***", "****", "¹", "²", "¹²", "†", "‡", "(*)", "(**)", "[1]", "[12]", "[*]", "***** ", "⁴")
INDENTS = ("", "", "", " ", "  ", "    ", "      ", "        ", "\t", "\u00a0\u00a0", "\u200b")
ENDINGS = ("\n", "\n", "\n", "\n\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n", "\r", "\x0c\n", "\x0b", "\u2028", "\x85")
TAGS = (
    "<p>", "</p>", "<ol>", "</ol>", "<ul>", "</ul>", "<li>", "</li>", "<ol type=a>", "<ol type=i start=4>", "<li value=0>",
    "<ol type=I>", "<ol type='A' start=0>", "<br>", "<sup>1</sup>", "<sup>", "</sup>", "<b>", "</b>", "<strong>", "<h1>",
    "</h1>", "<h3>", "<nav>", "</nav>", "<a href=x>", "</a>", "<table><tr><td>", "<td>", "</td></tr></table>", "<pre>",
    "</pre>", "<select><option>", "</select>", "<div>", "</div>", "<p hidden>", "<span style='display:none'>", "</span>",
    "<template>", "<script>", "<!--", "-->", "&nbsp;", "&#8226;", "&shy;", "&#x2028;", "&#13;", "&#12;", "<svg>", "<li>*",
    "<ol style='list-style-type:none'>", "<button>", "<details><summary>", "<ol type=xyz>", "<li value=999999>",
)  # fmt: skip
_WORDS = (
    "Promote reading in every school,", "the roads", "and to:", "including:", "to", "Act now.", "act now;", "of the Americas",
    "the Second Summit of the Americas", "Organization of American States", "OAS", "UN Women", "Charter", "INITIATIVES",
    "MIGRATION", "MIGRATION: Migrant Human Rights", "HEALTH", "Corruption", "SECTION", "ANNEX", "PREAMBLE",
    "the Charters of the United Nations and of the Organization of American States", "paragraph 15 and paragraph 6-A,",
    "paragraphs 1, 2 and 33", "The Venezuelan delegation reserves its position", "The United States notes this.",
    "Nicaragua expresses its reservation.", "December 11, 1994", "11 de diciembre de 1994", "Done in Miami,", "1998", "2001",
    "(1998)", "(2005)", "(2006-2016)", "(IHR) (2005)", "(Geneva, 17 June 1999)", "Miami", "Québec City, 2001", "Lima, 2018",
    "© Summits of the Americas", "© ", "Page 2 of 10", "Página 3", "p. 4", "2", "12", "- 3 -", "3 / 7", "_____", "----", "* * *",
    "First", "Sustainable Development", "Mandates by Theme", "Organization of American States Summits of the Americas",
    "MANDATES", "Click here for Related Ministerials", "Follow-up and Implementation: Mandates", "select", "Home",
    "(", ")", "((", "))", "( ", " )", ").", ");", ").*", ")*", ")¹", ":", ";", ",", ".", "“", "”", "\"", "’", "´", "`", "…", "¿",
    "-", "\u00ad", "\u2011", "\u00a0", "\u200b", "\ufeff", "\u2007", "\u202f", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u3000",
    "inter-", "Inter-\nAmerican", "país", "İ", "ß", "ﬁ", "²", "½", "٣", "①", "e\u0301", "\u0301", "𝟏", "\U0001f600", "Ⅳ", "ǅ", "_",
)  # fmt: skip


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (_TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _cells(row: dict[str, str], *prefixes: str) -> Iterator[str]:
    for name, cell in row.items():
        if name.startswith(prefixes):
            yield from filter(None, (part.strip() for part in cell.split(" | ")))


def titles() -> list[str]:
    """Titles of documents, with the year of the meeting."""
    return [f"{title} {row['summit'][:4]}" for row in _rows("documents") for title in _cells(row, "label_", "alt_")] + [
        title for row in _rows("documents") for title in _cells(row, "label_")
    ]


def citations() -> list[str]:
    """Parentheses that cite a document, with a section and without, whole and broken."""
    found: list[str] = []
    for row in _rows("documents"):
        for form in _cells(row, "cited_"):
            found += [f"({form.replace('{section}', 'Education')})", f"({form.replace('{section}', '').lstrip(' ,')})."]
        found += [f"({title}, {row['summit'][:4]})" for title in _cells(row, "label_en", "alt_en")]
    sections = [next(_cells(row, "label_"), "") for row in _rows("sections")][:12]
    found += [f"({section}, Plan of Action Miami, 1994)" for section in sections if section]
    odd = (
        "(Plan of Action Santiago, 1999).", "(Plan of Action Miami, 1994", "Plan of Action Miami, 1994)", "(Commitment, Los Angeles, 2022).",
        "( Declaration (of Québec), 2001 )", "(Plan of Action\n    Québec, 2001)", "(Plan of Action\n2\nQuébec, 2001)",
        "(Plan of Action Miami, 1994)*", "(Plan of Action Miami, 1994)¹.", "(Plan of Action Miami, 1994) *The note.",
        "(Declaration of Port-of-Spain, 2009)", "(((1994)", "(Migration, Declaration, 1994).", "(, 2001)",
    )  # fmt: skip
    return [*dict.fromkeys((*found, *odd))]


def _tokens() -> Sequence[str]:
    headings = [
        "Plan of Action – Miami, United States – December 9-11, 1994",
        "Declaración de Lima - Lima, Perú - 13 y 14 de abril de 2018",
        "Quebec City, Canada - April 20-22, 2001",
        "Declaration of Nuevo León - Monterrey, 2004",
    ]
    return [*MARKERS, *MARKS, *_WORDS, *titles(), *citations(), *headings]


TOKENS: Sequence[str] = _tokens()
LINES: Sequence[str] = [
    "  1. Promote reading. (Plan of Action Québec, 2001).",
    "  1. Act on this, and to:",
    "    • f. open libraries; (Lima Commitment. Peru, 2018)",
    "    • open more libraries:",
    "      - in every town;",
    "    a) count birds; b) count trees.",
    "    i. one",
    "    *The United States notes this.",
    "    ¹ The Venezuelan delegation reserves its position on paragraph 15.",
    "1. We reaffirm this.¹",
    "2.8 Guarantee this to all (Plan of Action Miami, 1994).*",
    "We, the Heads of State, decide to:",
    "  Initiative 33 Plant trees.",
    "PREAMBLE",
    "III. EDUCATION",
    "DECLARATION OF PRINCIPLES",
    "Plan of Action – Miami, United States – December 9-11, 1994",
    "Done in Miami, December 11, 1994.",
    "2",
    "© Summits of the Americas",
    "",
]
"""Whole lines of pages."""
