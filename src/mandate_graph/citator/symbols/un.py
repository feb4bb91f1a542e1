"""Symbols of the United Nations: ``A/RES/70/1``, ``A/RES/S-32/1``, ``A/RES/2200 A (XXI)``, ``S/RES/1325 (2000)``,
``A/HRC/RES/35/17``, ``A/60/1``, ``E/2015/24``; and "General Assembly resolution 70/1".

Special sessions are S, emergency special sessions ES; a hyphen stands where a slash should ("S-32-1").
"""  # noqa: D205

from __future__ import annotations

import re
from collections.abc import Iterator

from mandate_graph.citator.symbols.symbol import ROMAN, SPACE, Symbol
from mandate_graph.model import Span

__all__ = ["un_symbols"]

_RESOLUTION = re.compile(
    rf"""
    (?<![\w/]) (?P<organ>A|S|E|A/HRC|HRC|ECOSOC) /RES (?: / | [.\ ]\ ? )
    (?: (?P<special>ES|S) [-‐–\ ]? (?P<special_number>\d{{1,2}}) [/\-‐–] (?P<special_resolution>\d{{1,3}})
      | (?P<session>\d{{1,4}}) / (?P<number>\d{{1,4}})
      | (?P<old>\d{{1,4}}) (?P<part>{SPACE}[A-Z](?!\w))?
        (?: {SPACE} \( {SPACE} (?: (?P<roman>[SE-]*{ROMAN}) | (?P<year>(?:19|20)\d\d) ) {SPACE} \) )? )
    (?![\w/])
    """,
    re.VERBOSE,
)
_BODIES_EN = r"(?:General\ Assembly|Security\ Council|Human\ Rights\ Council)"
_BODIES_ES = r"(?:Asamblea\ General|Consejo\ de\ Seguridad|Consejo\ de\ Derechos\ Humanos)"
_OF_EN = rf",?\ (?:of|adopted\ by)\ the\ (?:UN\ |United\ Nations\ )?{_BODIES_EN}"
_OF_ES = rf",?\ (?:de\ la|del)\ {_BODIES_ES}"
_WORDS = re.compile(
    rf"""
    (?: (?:UN\ |United\ Nations\ |U\.N\.\ ?)? (?P<before>{_BODIES_EN}) \ [Rr]es(?:olutions?|\.)\ (?:Nos?\.\ )?
      | (?P<short>UNGA|UNSC|UNHRC) \ [Rr]es(?:olutions?|\.)?\ (?:Nos?\.\ )?
      | (?P<scr>UNSCR)\ (?=\d{{3,4}}\b)
      | (?P<un>UN|United\ Nations)\ [Rr]esolutions?\ (?=\d+/\d)
      | \b[Rr]esolutions?\ (?:Nos?\.\ ?)? (?= \d[\d/\ ()]* {_OF_EN} \b )
      | \b[Rr]esoluci[oó]n(?:es)?\ (?:[Nn]\S{{0,4}}\ ?)? (?= \d[\d/\ (),y]* {_OF_ES} \b ) )
    (?P<number>\d{{1,4}}(?:/\d{{1,4}})?) (?P<more>(?:(?:,\ ?|\ and\ |\ y\ )\d{{1,4}}/\d{{1,4}})*)
    (?: [ \u00a0]? \((?P<year>(?:19|20)\d\d)\) )?
    (?P<years> (?: (?:,\ ?|\ and\ |\ y\ ) \d{{3,4}} [ \u00a0] \((?:19|20)\d\d\) )* )
    (?P<after> (?: {_OF_EN} (?:\ of\ the\ United\ Nations)?
                 | {_OF_ES} (?:\ de\ (?:las\ Naciones\ Unidas|la\ ONU))? )? )
    (?!\d)
    """,
    re.VERBOSE,
)
_DOCUMENT = re.compile(
    r"""
    (?<![\w/])
    (?P<organ>A|S|E|ST|A/HRC|A/CONF\.\d+|A/AC\.\d+|A/C\.\d|E/CN\.\d+|E/C\.\d+|FCCC/CP|CEDAW/C|CRC/C|CCPR/C|CAT/C)
    / (?P<rest> (?:RES/)? (?: (?:S|ES)-\d{1,2} | (?:19|20)\d\d | \d{1,4} )
        (?: / (?:[A-Z]{1,4}\.)? \d{1,4} ){0,2} (?: /(?:Add|Rev|Corr)\.\d+ )* )
    (?![\w/])
    """,
    re.VERBOSE,
)
# "expediente E/2021/45" is no document of the United Nations.
_OTHER_FILE = re.compile(
    r"(?:expedientes?|oficios?|facturas?|casos?|contratos?|invoices?|[Ff]orms?|cases?|files?|rooms?|models?|parts?"
    r"|contracts?|printers?|tickets?|orders?) (?:[Nn]o\. |n\.º )?\Z",
    re.IGNORECASE,
)
_MOST_SESSIONS = 99
_ORGANS = {
    "UNGA": "A",
    "UNSC": "S",
    "General Assembly": "A",
    "Asamblea General": "A",
    "Security Council": "S",
    "Consejo de Seguridad": "S",
}


def un_symbols(text: str) -> Iterator[Symbol]:
    """Every symbol, and every resolution that is named by its organ and number."""
    for match in _RESOLUTION.finditer(text):
        yield _resolution(match)
    for match in _WORDS.finditer(text):
        yield from _in_words(match)
    for match in _DOCUMENT.finditer(text):
        organ, rest = match["organ"], match["rest"]
        first = rest.partition("/")[0]
        if rest.startswith("RES/") and "." not in organ:
            continue  # read as a resolution above
        if _OTHER_FILE.search(text, max(0, match.start() - 40), match.start()):
            continue
        if organ == "A" and first.isdecimal() and not 1 <= int(first) <= _MOST_SESSIONS and len(first) != 4:
            continue
        if organ in {"A", "S", "E", "ST"} and "/" not in rest and not (len(first) == 4 or "-" in first):
            continue  # "A/5" says too little
        year = first if re.fullmatch(r"(?:19|20)\d\d", first) else ""
        session = "" if year or organ not in {"A", "A/HRC"} else first
        yield Symbol(Span(*match.span()), "un", f"{organ}/{rest}", organ, rest, session, year)


def _resolution(match: re.Match[str]) -> Symbol:
    organ = {"HRC": "A/HRC", "ECOSOC": "E"}.get(match["organ"], match["organ"])
    span = Span(*match.span())
    if match["special"]:
        session = f"{match['special']}-{match['special_number']}"
        number = f"{session}/{match['special_resolution']}"
        return Symbol(span, "un", f"{organ}/RES/{number}", f"{organ}/RES", number, session)
    if match["number"]:
        number = f"{match['session']}/{match['number']}"
        year = match["session"] if len(match["session"]) == 4 else ""
        session = "" if year else match["session"]
        return Symbol(span, "un", f"{organ}/RES/{number}", f"{organ}/RES", number, session, year)
    number = match["old"] + (match["part"] or "").strip()
    bracket = match["roman"] or match["year"] or ""
    text = f"{organ}/RES/{number}{f' ({bracket})' if bracket else ''}"
    return Symbol(span, "un", text, f"{organ}/RES", number, match["roman"] or "", match["year"] or "")


def _in_words(match: re.Match[str]) -> Iterator[Symbol]:
    body = match["before"] or match["short"] or match["scr"] or match["un"] or match["after"]
    organ = "A" if match["un"] else next((letter for words, letter in _ORGANS.items() if words in body), "A/HRC")
    number, year, span = match["number"], match["year"] or "", Span(*match.span())
    if organ == "S":
        text = f"S/RES/{number}{f' ({year})' if year else ''}"
        yield Symbol(span, "un", text, "S/RES", number, "", year)
        for other, of in re.findall(r"(\d{3,4})[ \u00a0]\(((?:19|20)\d\d)\)", match["years"]):
            yield Symbol(span, "un", f"S/RES/{other} ({of})", "S/RES", other, "", of)
    elif "/" in number:
        for each in (number, *re.findall(r"\d+/\d+", match["more"])):
            session = each.partition("/")[0]
            yield Symbol(span, "un", f"{organ}/RES/{each}", f"{organ}/RES", each, session)
