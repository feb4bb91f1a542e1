"""A corpus of invented theme pages: as many as one asks for, always the same, printed as the real ones are."""

from __future__ import annotations

import random
from pathlib import Path

_VERBS = (
    "Promote",
    "Strengthen",
    "Support",
    "Establish",
    "Encourage",
    "Develop",
    "Facilitate",
    "Foster",
    "Improve",
    "Protect",
)
_OBJECTS = (
    "the exchange of experience among rural schools",
    "programs that bring clean water to small towns",
    "the safe return of fishing crews after storms",
    "public registers of bridges and roads",
    "the training of nurses in border regions",
    "the work of the Inter-American Commission on Human Rights",
    "cooperation with the International Organization for Migration",
    "full respect for the Vienna Convention on Consular Relations",
    "the principles of the ILO Declaration on Fundamental Principles and Rights at Work",
    "the commitments made at the Santiago Summit",
    "statistics on seasonal harvests , with attention to prices",
    "the reading of maps in primary schools",
)
_ENDS = (
    "in accordance with the laws of each country",
    "with special attention to women and young people",
    "taking into account applicable international human rights law",
    "through national and regional plans",
    "within the OAS and with its support",
    "no later than 2015",
    "in a spirit of cooperation",
)
_CITATIONS = (
    "(Regional Agenda for Digital Transformation, IX Summit of the Americas, Los Angeles, 2022).",
    "(Migration, Initiatives VII Summit of the Americas, Panama City, 2015).",
    "(Poverty, Inequality, and Inequity, Cartagena, 2012).",
    "(Declaration of Port of Spain, 2009).",
    "(Plan of Action Mar del Plata, 2005)",
    "(Declaration of Nuevo León, 2004).",
    "( Plan of Action Québec, 2001).",
    "(Plan of Action Santiago, 1998).",
    "(Plan of Action Santa Cruz de la Sierra, 1996).",
)
_HEAD = "Organization of American States Summits of the Americas\nFollow-up and Implementation: Mandates\n\n"
_ITEMS = 26
_STEPS_AT = 12
_NOTE_AT = 20
_NOTE = "    *The United States notes that this language was discussed at the meeting of district {number}.\n"


def page(number: int) -> str:
    """One page of 26 items: most of them its own, every fifth one shared with other pages.

    One item is a chapeau with three lettered steps below it, and one has a note of a state.
    """
    chance = random.Random(number)
    blocks = [f"{_HEAD}THEME {number % 25}: Part {number}\nMANDATES\n"]
    for place in range(_ITEMS):
        citation = _CITATIONS[place * len(_CITATIONS) // _ITEMS]
        shared = place % 5 == 0 and place != _NOTE_AT
        pick = random.Random(place * 31 + number % 40) if shared else chance
        text = _text(pick, "" if shared else f", in district {number} and valley {place}")
        if place == _STEPS_AT:
            blocks.append(f"  1. {text}:\n{_steps(pick, number, citation)}")
        else:
            mark = "*" if place == _NOTE_AT else ""
            blocks.append(f"  1. {text}{pick.choice(('. ', ' ', ';', ' ;'))}{citation}{mark}\n")
        if place == _NOTE_AT:
            blocks[-1] += _NOTE.format(number=number)
    return "\n".join(blocks) + "\n© Summits of the Americas"


def _text(pick: random.Random, own: str) -> str:
    clauses = [f"{pick.choice(_OBJECTS)} {pick.choice(_ENDS)}" for _ in range(pick.randint(2, 5))]
    return f"{pick.choice(_VERBS)} {', and '.join(clauses)}{own}"


def _steps(pick: random.Random, number: int, citation: str) -> str:
    """Lettered sub-items; the citation of the last one governs the whole list."""
    lines = [
        f"      {letter}. {pick.choice(_VERBS)} {pick.choice(_OBJECTS)}, step {place} of district {number}"
        for place, letter in enumerate("abc", 1)
    ]
    return ";\n".join(lines) + f". {citation}\n"


def write_corpus(folder: Path, pages: int) -> int:
    """Write the pages; returns how many bytes they are."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for number in range(pages):
        data = page(number).encode()
        (folder / f"page{number:05d}.txt").write_bytes(data)
        total += len(data)
    return total
