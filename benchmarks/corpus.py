"""A corpus of invented theme pages, always the same: as many pages as one asks for, in the furniture and grammar of the real ones."""

from __future__ import annotations

import random
from pathlib import Path

_VERBS = ("Promote", "Strengthen", "Support", "Establish", "Encourage", "Develop", "Facilitate", "Foster", "Improve", "Protect")
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


def page(number: int) -> str:
    """One page of 26 items: most of them its own, every fifth one shared with other pages."""
    chance = random.Random(number)
    blocks = [f"{_HEAD}THEME {number % 25}: Part {number}\nMANDATES\n"]
    for place in range(_ITEMS):
        shared = place % 5 == 0
        pick = random.Random(place * 31 + number % 40) if shared else chance
        clauses = [f"{pick.choice(_OBJECTS)} {pick.choice(_ENDS)}" for _ in range(pick.randint(2, 5))]
        own = "" if shared else f", in district {number} and valley {place}"
        text = f"{pick.choice(_VERBS)} {', and '.join(clauses)}{own}"
        blocks.append(f"  1. {text}{pick.choice(('. ', ' ', ';', ' ;'))}{_CITATIONS[place * len(_CITATIONS) // _ITEMS]}\n")
    return "\n".join(blocks) + "\n© Summits of the Americas"


def write_corpus(folder: Path, pages: int) -> int:
    """Write the pages; returns how many bytes they are."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for number in range(pages):
        data = page(number).encode()
        (folder / f"page{number:05d}.txt").write_bytes(data)
        total += len(data)
    return total
