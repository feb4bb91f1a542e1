"""Symbols of the Organization of American States: ``AG/RES. 2141 (XXXV-O/05)``, ``CP/RES. 759 (1217/99)``.

Organ, act, number; then session (roman), its type (O ordinary, E extraordinary) and a year of two digits. They are
printed without the stop, without or with another hyphen, with a space for it, with a zero for the O.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mandate_graph.citator.symbols.symbol import ROMAN, SPACE, Symbol
from mandate_graph.model import Span

__all__ = ["oas_symbols"]

_ORGAN = r"""
    (?: (?:AG|CP|MC|RC|CE) (?=[/ ])
      | (?:CIDI|CEPCIDI|CICTE|CICAD|CITEL|COM/CITEL|CIM|REMJA) (?=/) )
    (?: /[A-Z]{2,8} (?=[/.]) )*
"""
_SESSION = rf"""
    \( {SPACE} (?P<roman>(?i:{ROMAN})) (?: {SPACE} [-‐–—/.]? {SPACE} (?P<type>[OE0oe]|S) )?
    {SPACE} [/\-‐–] {SPACE} (?P<yy>\d{{4}}|\d\d) {SPACE} \)
"""
_MEETING = rf"\( {SPACE} (?P<meeting>\d{{1,4}}) {SPACE} / {SPACE} (?P<meeting_yy>\d\d) {SPACE} \)"
_ACT = re.compile(
    rf"""
    (?<![\w/]) (?P<organ>{_ORGAN}|ag(?=/)|cp(?=/))
    [/\ .] (?P<act>RES|DEC|Res|Dec|res|dec)\b \.? {SPACE} (?P<number>\d{{1,4}}(?:/\d\d)?) (?![\w/]|,\d)
    (?: {SPACE} (?: {_SESSION} | {_MEETING} ) )?
    """,
    re.VERBOSE,
)
# "…, 2224 and 2230 (XXXVI-O/06)": numbers that share what stands before them.
_MORE = re.compile(
    rf"""
    (?: , | \ and | \ y | ,\ and | \ e ) [ \u00a0] (?P<number>\d{{3,4}}) (?![\d%/.]) (?! [ \u00a0](?:%|per\b))
    (?: {SPACE} (?: {_SESSION} ) )?
    """,
    re.VERBOSE,
)
_DOCUMENT = re.compile(
    r"""
    (?<![\w/]) (?P<organ>(?:AG|CP|CIDI|CICTE|CICAD|CISC|GRIC|CEPCIDI)(?:/[A-Z]{2,8})*)
    / (?P<act>doc|INF|CAJP) \.? [ \u00a0]? (?P<number>\d{1,4}(?:/\d\d){1,2}) (?!\d)
    (?P<rev> (?: \ (?:rev|corr|add)\.\ ?\d+ )* )
    """,
    re.VERBOSE,
)
_GENERAL_ASSEMBLY = r"(?:OAS\ General\ Assembly|General\ Assembly\ of\ the\ (?:OAS|Organization\ of\ American\ States))"
_ASAMBLEA = r"Asamblea\ General\ de\ la\ (?:OEA|Organización\ de\ los\ Estados\ Americanos)"
_IN_WORDS = re.compile(
    rf"""
    (?: OAS\ General\ Assembly\ [Rr]esolution\ (?:No\.\ )?
      | [Rr]esolution\ (?= \d+ [^.;]{{0,16}} \ of\ the\ {_GENERAL_ASSEMBLY} )
      | [Rr]esolución\ (?= \d+ [^.;]{{0,16}} \ de\ la\ {_ASAMBLEA} ) )
    (?P<number>\d{{3,4}}) (?![\d/,]\d|/) (?: {SPACE} {_SESSION} )?
    (?P<of> (?: \ of\ the\ {_GENERAL_ASSEMBLY} | \ de\ la\ {_ASAMBLEA} )? )
    """,
    re.VERBOSE,
)
_GA_RES = {"organ": "AG", "act": "RES"}
_FOUNDED = 48


def oas_symbols(text: str) -> Iterator[Symbol]:
    """Every symbol; a list is one phrase that gives several."""
    for match in _ACT.finditer(text):
        matches = [match]
        while more := _MORE.match(text, matches[-1].end()):
            matches.append(more)
        session = match
        symbols = []
        for each in reversed(matches):
            # "AG/RES. 2253, 2224 and 2230 (XXXVI-O/06)": the last one's session is that of all.
            groups = each.groupdict()
            session = each if groups.get("roman") or groups.get("meeting") else session
            # A bare number is a symbol only as a part of its list.
            symbols.append(_act(match, each, session, Span(match.start(), matches[-1].end())))
        yield from reversed(symbols)
    for match in _IN_WORDS.finditer(text):
        yield _act(_GA_RES, match, match, Span(*match.span()))
    for match in _DOCUMENT.finditer(text):
        number = match["number"]
        words = f"{match['organ']}/{match['act']}.{number}{match['rev'] or ''}"
        year = _year(number.rpartition("/")[2])
        yield Symbol(Span(*match.span()), "oas", words, f"{match['organ']}/{match['act']}", number, "", year)


def _act(
    first: Mapping[str, str] | re.Match[str], match: re.Match[str], of_session: re.Match[str], span: Span
) -> Symbol:
    organ = f"{first['organ'].strip().upper()}/{first['act'].upper()}"
    groups = of_session.groupdict()
    session = year = words = ""
    if groups.get("roman"):
        kind = {"0": "O", "S": "E"}.get(groups["type"] or "", (groups["type"] or "").upper())
        roman = groups["roman"].upper()
        session, year = f"{roman}-{kind}" if kind else roman, _year(groups["yy"])
        words = f" ({session}/{groups['yy'][-2:]})"
    elif groups.get("meeting"):
        session, year = groups["meeting"], _year(groups["meeting_yy"])
        words = f" ({groups['meeting']}/{groups['meeting_yy']})"
    number = match["number"]
    return Symbol(span, "oas", f"{organ}. {number}{words}", organ, number, session, year)


def _year(digits: str) -> str:
    """Two digits as four: the OAS was founded in 1948."""
    if len(digits) == 4:
        return digits
    return f"{'19' if int(digits) >= _FOUNDED else '20'}{digits}"
