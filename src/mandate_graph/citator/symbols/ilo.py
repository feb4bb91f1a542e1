"""Conventions, recommendations and protocols of the ILO by their numbers: ``C182``, "ILO Convention No. 182",
"Convenio 182 de la OIT (1999)", "ILO Conventions 138 and 182".
"""  # noqa: D205

from __future__ import annotations

import re
from collections.abc import Iterator

from mandate_graph.citator.symbols.symbol import Symbol
from mandate_graph.model import Span

__all__ = ["ilo_symbols"]

_EN = r"(?:ILO|I\.L\.O\.|International\ Labou?r\ Organi[sz]ation(?:\ \(ILO\))?)"
_ES = r"(?:OIT|Organización\ Internacional\ del\ Trabajo(?:\ \(OIT\))?)"
_NO = r"(?:,?\ ?(?:[Nn]os?\.?|[Nn]umbers?|[Nn]úms?\.?|[Nn]úmeros?|[Nn]\.?[°ºo]s?|\#)\ ?)? [ \u00a0]?"
_NUMBERS = r"""
    \d{1,3} (?: (?:,\ ?|\ and\ |\ y\ |\ e\ |,\ and\ |,\ y\ ) (?:[Nn]os?\.?\ ?|[Nn]úm\.\ ?|C)? \d{1,3} )* (?![\d.,/]*\d)
"""
_ILO = re.compile(
    rf"""
    (?<!\w){_EN}(?:[’']s)?\ (?P<k1>Convention|Recommendation|Protocol)s? {_NO} (?P<n1>{_NUMBERS})
  | (?<!\w)(?P<k2>Convention|Recommendation)s? {_NO} (?P<n2>{_NUMBERS}) ,?\ (?:of|adopted\ by)\ the\ {_EN}(?!\w)
  | (?<!\w)(?P<k3>Convenio|Convención|Recomendación)(?:e?s)? {_NO} (?P<n3>{_NUMBERS}) ,?\ (?:de\ la|\()\ ?{_ES}(?!\w)\)?
  | (?<!\w)(?P<k4>Convenio|Recomendación)(?:e?s)?\ (?:de\ la\ )?{_ES} {_NO} (?P<n4>{_NUMBERS})
  | (?<!\w){_EN}[ -]?C[.\ -]?(?P<n5>\d{{1,3}})(?![\d.])
  | (?<![\w/.-])C(?P<n6>\d{{3}})(?![\w/-]|\.\d)
    """,
    re.VERBOSE,
)
# "room C190" and "the C169 bus" are none.
_OTHER_BEFORE = re.compile(
    r"\b(?:room|bus|flight|seat|gate|cable|form|model|road|route|highway|building|block|sala|vuelo|aula|asiento|puerta"
    r"|modelo|oficina|ruta|edificio|the form)s? \Z",
    re.IGNORECASE,
)
_OTHER_BEHIND = re.compile(r" (?:bus|cable|form|engine|model|road|route|flight|train|room|seat)s?\b")
_YEAR = re.compile(r" \(((?:19|20)\d\d)\)")
_LETTERS = {"Recommendation": "R", "Recomendación": "R", "Protocol": "P"}


def ilo_symbols(text: str) -> Iterator[Symbol]:
    """Every number of a phrase, as NORMLEX writes it (three digits), with the year behind it."""
    for match in _ILO.finditer(text):
        if match["n6"] and (
            _OTHER_BEFORE.search(text, max(0, match.start() - 20), match.start())
            or _OTHER_BEHIND.match(text, match.end())
        ):
            continue
        kind = next((match[f"k{n}"] for n in range(1, 5) if match[f"k{n}"]), "")
        letter = _LETTERS.get(kind, "C")
        numbers = next(match[f"n{n}"] for n in range(1, 7) if match[f"n{n}"])
        year = _YEAR.match(text, match.end())
        span = Span(match.start(), year.end() if year else match.end())
        for digits in re.findall(r"\d+", numbers):
            number = f"{int(digits):03}"
            yield Symbol(span, "ilo", f"{letter}{number}", letter, number, "", year[1] if year else "")
