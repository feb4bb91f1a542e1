"""Symbols of documents, read by their grammar: what one says of its body, session and year is known without a list.

OAS: ``AG/RES. 2141 (XXXV-O/05)``, and its misprints (no stop, no hyphen, a zero for the O, a space). United Nations:
``A/RES/70/1``, ``A/RES/S-32/1``, ``A/RES/2200 A (XXI)``, ``A/HRC/RES/35/17``, ``A/60/1``, ``S/RES/1325 (2000)``,
``E/2015/24``, and "General Assembly resolution 70/1". ILO: ``C182``, "ILO Convention No. 182", "Convenio 182 de la
OIT". Treaty registries: ``596 UNTS 261``, "UNTS No. 8638", "OAS Treaty Series No. 36", ``MTDSG XVIII-12-a``. Goals and
targets of the 2030 Agenda: ``SDG7``, "target 3.4", "ODS 3 y 5".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mandate_graph.model import Span

__all__ = ["Symbol", "symbols_in"]

Family = Literal["oas", "un", "ilo", "registry", "sdg"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol as it should be written, and what it says.

    ``organ`` is its first part ("AG/RES", "A/RES", "S/RES", "C"), ``session`` as its organ counts them ("XXXV-O",
    "S-32"), ``year`` four digits; what a symbol does not say is empty. ``certain`` is false where the words alone could
    be something else ("Goal 3") and the text must speak of the matter.
    """

    span: Span
    family: Family
    text: str
    organ: str
    number: str
    session: str = ""
    year: str = ""
    certain: bool = True


_ROMAN = r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_SPACE = r"[ \u00a0]?"
_OAS_ORGAN = (
    r"(?:(?:AG|CP|MC|RC|CE|GA)(?=[/ ])|(?:CIDI|CEPCIDI|CICTE|CICAD|CITEL|COM/CITEL|PCC\.?I+/|CIM|REMJA|JIFE)(?=/))"
    r"(?:/[A-Z]{2,8}(?=/))*"
)
_SESSION = (
    rf"\({_SPACE}(?P<roman>{_ROMAN})(?:{_SPACE}[-‐–—/.]?{_SPACE}(?P<type>[OE0]|S|extraordinaria))?"
    rf"{_SPACE}[/\-‐–]{_SPACE}(?P<yy>\d{{4}}|\d\d){_SPACE}\)"
)
_MEETING = rf"\({_SPACE}(?P<meeting>\d{{1,4}}){_SPACE}/{_SPACE}(?P<meeting_yy>\d\d){_SPACE}\)"
_OAS = re.compile(
    rf"(?<![\w/])(?P<organ>{_OAS_ORGAN})[/ ](?P<act>RES|DEC|Res|Dec|res|dec)\b\.?{_SPACE}(?P<number>\d{{1,4}})(?![\d/])"
    rf"(?:{_SPACE}(?:{_SESSION}|{_MEETING}))?"
)
_OAS_DOCUMENT = re.compile(
    r"(?<![\w/])(?P<organ>(?:AG|CP|CIDI|CICTE|CICAD|CISC|GRIC|CEPCIDI)(?:/[A-Z]{2,8})*)/(?P<act>doc|INF|CAJP)\.?"
    r"[ \u00a0]?(?P<number>\d{1,4}(?:/\d\d){1,2})(?!\d)(?P<rev>(?: (?:rev|corr|add)\. ?\d+)*)"
)
_OAS_MORE = re.compile(
    rf"(?:,| and| y|, and| e)[ \u00a0](?P<number>\d{{3,4}})(?![\d%/.])(?:{_SPACE}(?:{_SESSION}))?"
)
_UN_RES = re.compile(
    r"(?<![\w/])(?P<organ>A|S|E|A/HRC|HRC|ECOSOC)/RES(?:/|[. ] ?)"
    rf"(?:(?P<special>ES|S)[-‐– ]?(?P<special_number>\d{{1,2}})[/\-‐–](?P<special_resolution>\d{{1,3}})"
    rf"|(?P<session>\d{{1,4}})/(?P<number>\d{{1,4}})"
    rf"|(?P<old>\d{{1,4}})(?P<part>{_SPACE}[A-Z](?![\w]))?(?:{_SPACE}\({_SPACE}(?:(?P<roman>[SE-]*{_ROMAN})|(?P<year>(?:19|20)\d\d)){_SPACE}\))?)"
    r"(?![\w/])"
)
_UN_WORDS = re.compile(
    r"(?:(?:UN |United Nations |U\.N\. |U\.N\.)?(?P<before>General Assembly|Security Council|Human Rights Council)"
    r" [Rr]esolutions? (?:Nos?\. )?"
    r"|\b[Rr]esolutions? (?:Nos?\. ?)?(?=\d[\d/ ()]*(?: of \d+ \w+ \d{4})?,? (?:of|adopted by) the (?:UN|United Nations)? ?(?:General Assembly|Security Council|Human Rights Council)\b)"
    r"|\b[Rr]esoluci[oó]n(?:es)? (?:[Nn]\S{0,4} ?)?(?=\d[\d/ ()]*,? (?:de la|del) (?:Asamblea General|Consejo de Seguridad|Consejo de Derechos Humanos)\b))"
    r"(?P<number>\d{1,4}(?:/\d{1,4})?)(?P<more>(?:(?:, ?| and | y )\d{1,4}/\d{1,4})*)(?:[ \u00a0]?\((?P<year>(?:19|20)\d\d)\))?"
    r"(?P<after>(?:,? (?:of|adopted by) the (?:UN |United Nations )?(?:General Assembly|Security Council|Human Rights Council)(?: of the United Nations)?"
    r"|,? (?:de la|del) (?:Asamblea General|Consejo de Seguridad|Consejo de Derechos Humanos)(?: de (?:las Naciones Unidas|la ONU))?)?)(?!\d)"
)
_UN_DOCUMENT = re.compile(
    r"(?<![\w/])(?P<organ>A|S|E|ST|A/HRC|A/CONF\.\d+|A/AC\.\d+|A/C\.\d|E/CN\.\d+|E/C\.\d+|FCCC/CP|CEDAW/C|CRC/C|CCPR/C|CAT/C)"
    r"/(?P<rest>(?:(?:S|ES)-\d{1,2}|(?:19|20)\d\d|\d{1,4})(?:/(?:[A-Z]{1,4}\.)?\d{1,4}){0,2}(?:/(?:Add|Rev|Corr)\.\d+)*)(?![\w/])"
)
_ILO_BODY_EN = r"(?:ILO|I\.L\.O\.|International Labou?r Organi[sz]ation(?: \(ILO\))?)"
_ILO_BODY_ES = r"(?:OIT|Organización Internacional del Trabajo(?: \(OIT\))?)"
_NO = r"(?:,? ?(?:[Nn]os?\.?|[Nn]umbers?|[Nn]úms?\.?|[Nn]úmeros?|[Nn]\.?[°ºo]s?|#) ?)?"
_NUMBERS = r"\d{1,3}(?:(?:, ?| and | y | e |, and |, y )(?:[Nn]os?\.? ?|[Nn]úm\. ?|C)?\d{1,3})*(?![\d.,/]*\d)"
_ILO = re.compile(
    rf"(?<!\w){_ILO_BODY_EN}(?:[’']s)? (?P<k1>Convention|Recommendation|Protocol)s?{_NO}[ \u00a0]?(?P<n1>{_NUMBERS})"
    rf"|(?<!\w)(?P<k2>Convention|Recommendation)s?{_NO}[ \u00a0]?(?P<n2>{_NUMBERS}),? (?:of|adopted by) the {_ILO_BODY_EN}(?!\w)"
    rf"|(?<!\w)(?P<k3>Convenio|Convención|Recomendación)(?:e?s)?{_NO}[ \u00a0]?(?P<n3>{_NUMBERS}),? (?:de la|\() ?{_ILO_BODY_ES}(?!\w)\)?"
    rf"|(?<!\w)(?P<k4>Convenio|Recomendación)(?:e?s)? (?:de la )?{_ILO_BODY_ES}{_NO}[ \u00a0]?(?P<n4>{_NUMBERS})"
    rf"|(?<!\w){_ILO_BODY_EN}[ -]?C[. ]?(?P<n5>\d{{1,3}})(?![\d.])"
    r"|(?<![\w/.-])C(?P<n6>\d{3})(?![\w/-]|\.\d)"
)
_UNTS = re.compile(
    r"(?<![\w.])(?P<v1>\d{1,4}) (?:UNTS|U\.N\.T\.S\.)(?: (?P<p1>\d{1,4}))?(?!\d)"
    r"|(?:UNTS|U\.N\.T\.S\.|United Nations,? Treaty Series|UN Treaty Series),? (?:vol(?:ume|\.)? )(?P<v2>\d{1,4})(?:,? (?:p(?:age|\.)? ?)(?P<p2>\d{1,4}))?"
    r"|(?:UNTS|U\.N\.T\.S\.|United Nations Treaty Series|UN Treaty Series|United Nations registration|UN registration),?"
    r" (?:reg(?:istration|\.)? )?(?:[Nn]o\.?|[Nn]umber) ?(?:I-)?(?P<reg>\d{3,6})(?!\d)"
)
_OASTS = re.compile(
    r"(?:OAS|O\.A\.S\.) ?(?:Treaty Series|T\.S\.|TS),? ?(?:[Nn]o\.?|[Nn]umber)? ?(?P<series>\d{1,3})(?!\d)|OASTS ?(?P<series2>\d{1,3})(?!\d)"
    r"|(?:OAS|OEA|[Tt]reaty|[Tt]ratado) (?P<letter>[ABC])-(?P<number>\d{1,2})(?![\d-])"
)
_MTDSG = re.compile(
    rf"(?:MTDSG|UNTC|United Nations Treaty Collection,?)(?: (?:[Nn]o\.?|[Cc]hapter))? (?P<number>{_ROMAN}-\d{{1,2}}(?:-[a-z])?)(?![\w])"
)
_LIST_SDG = r"(?:(?:, ?| and | & | y | e |, and |, y | to | a |[-–]){0}(?![\d%]|\.\d))*"
_GOAL_NUMBER = r"(?:1[0-7]|[1-9])"
_TARGET_NUMBER = r"(?:1[0-7]|[1-9])\.(?:1[0-9]|[1-9]|[a-d](?!\w))"
_SDG_WORDS = (
    r"(?:SDGs?|ODS|Sustainable Development Goals?(?: \(SDGs?\))?|Objetivos? de Desarrollo Sostenible(?: \(ODS\))?)"
)
_SDG = re.compile(
    rf"(?<!\w)(?:{_SDG_WORDS},? )?(?:[Tt]argets?|[Mm]etas?)(?: (?:de los ODS|del ODS|SDGs?|ODS))? (?P<targets>{_TARGET_NUMBER}(?![\d%]|\.\d){_LIST_SDG.format(_TARGET_NUMBER)})(?P<unit>(?:(?:[ \u00a0]?(?:%|°|per ?cent|percent|por ciento|million|billion|millones|points?|puntos?|times|veces|kg|GW|MW|tons?|toneladas|years?|años|and a half|of (?:the |its )?(?!SDG|2030|the 2030|Sustainable|United)[A-Z]|de (?:la |los |las |el )?(?!ODS|Agenda 2030|Objetivos)[A-Z]|del (?!ODS)[A-Z])))?)"
    rf"|(?<!\w){_SDG_WORDS}(?: (?:[Nn]o\.?|[Nn]umber|[Nn]úm\.?|[Tt]argets?|#))?[ \u00a0-]?(?P<starget>{_TARGET_NUMBER}(?![\d%]|\.\d){_LIST_SDG.format(_TARGET_NUMBER)})"
    rf"|(?<!\w){_SDG_WORDS}(?: (?:[Nn]o\.?|[Nn]umber|[Nn]úm\.?|#))?[ \u00a0-]?(?P<goals>{_GOAL_NUMBER}(?![\d%]|\.\d){_LIST_SDG.format(_GOAL_NUMBER)})"
    rf"|(?<!\w)(?<!Development )(?<!Milenio )(?P<bare>Goals?|Objetivos?) (?P<bgoals>{_GOAL_NUMBER}(?![\d%]|\.\d){_LIST_SDG.format(_GOAL_NUMBER)})"
)
_OF_GOALS = re.compile(
    r" (?:of the (?:SDGs|Sustainable Development Goals(?: \(SDGs\))?)"
    r"|de los (?:ODS|Objetivos de Desarrollo Sostenible(?: \(ODS\))?))(?!\w)"
)
_CENTURY = 48
_ORGANS = {"General Assembly": "A", "Asamblea General": "A", "Security Council": "S", "Consejo de Seguridad": "S"}
_CONTEXT = re.compile(
    r"SDG|\bODS\b|Sustainable Development Goal|Objetivos? de Desarrollo Sostenible|2030 Agenda|Agenda 2030", re.UNICODE
)


def symbols_in(text: str) -> Iterator[Symbol]:
    """Every symbol of a text, several for one list; a shorter reading inside a longer one is not given."""
    if not any(char.isdigit() for char in text):
        return
    last = Span(0, 0)
    found = (*_oas(text), *_un(text), *_ilo(text), *_registries(text), *_sdg(text))
    for symbol in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if symbol.span.start >= last.end or symbol.span == last:
            yield symbol
            last = symbol.span


def _oas(text: str) -> Iterator[Symbol]:
    for match in _OAS.finditer(text):
        matches, starts = [match], [match.start()]
        while more := _OAS_MORE.match(text, matches[-1].end()):
            matches.append(more)
            starts.append(more.start("number"))
        session: re.Match[str] = match
        for each, start in reversed(list(zip(matches, starts, strict=True))):
            # "AG/RES. 2253, 2224 and 2230 (XXXVI-O/06)": the last one's session is that of all.
            groups = each.groupdict()
            session = each if groups.get("roman") or groups.get("meeting") else session
            # A bare number is a symbol only as a part of its list.
            span = Span(match.start(), matches[-1].end()) if len(matches) > 1 else Span(start, each.end())
            yield _of_oas(match, each, session, span)
    for match in _OAS_DOCUMENT.finditer(text):
        number = match["number"]
        year = _year(number.rpartition("/")[2])
        words = f"{match['organ']}/{match['act']}.{number}{match['rev'] or ''}"
        yield Symbol(Span(*match.span()), "oas", words, f"{match['organ']}/{match['act']}", number, "", year)


def _of_oas(first: re.Match[str], match: re.Match[str], of_session: re.Match[str], span: Span) -> Symbol:
    organ, act = first["organ"].strip(), first["act"].upper()
    groups = of_session.groupdict()
    session = year = words = ""
    if groups.get("roman"):
        kind = {"0": "O", "extraordinaria": "E"}.get(groups["type"] or "", groups["type"] or "")
        session, year = f"{groups['roman']}-{kind}" if kind else groups["roman"], _year(groups["yy"])
        words = f" ({session}/{groups['yy'][-2:]})"
    elif groups.get("meeting"):
        session, year = groups["meeting"], _year(groups["meeting_yy"])
        words = f" ({groups['meeting']}/{groups['meeting_yy']})"
    number = match["number"]
    text = f"{organ}/{act}. {number}{words}"
    return Symbol(span, "oas", text, f"{organ}/{act}", number, session, year)


def _year(digits: str) -> str:
    """Two digits as four: the OAS has counted since 1948."""
    if len(digits) == 4:
        return digits
    return f"{'19' if int(digits) >= _CENTURY else '20'}{digits}"


def _un(text: str) -> Iterator[Symbol]:
    for match in _UN_RES.finditer(text):
        yield _un_resolution(match)
    for match in _UN_WORDS.finditer(text):
        body = match["before"] or match["after"]
        organ = next((letter for words, letter in _ORGANS.items() if words in body), "A/HRC")
        number, year = match["number"], match["year"] or ""
        if organ == "S":
            yield Symbol(Span(*match.span()), "un", f"S/RES/{number}{f' ({year})' if year else ''}", "S/RES", number, "", year)
        elif "/" in number:
            for each in (number, *re.findall(r"\d+/\d+", match["more"])):
                session = each.partition("/")[0]
                yield Symbol(Span(*match.span()), "un", f"{organ}/RES/{each}", f"{organ}/RES", each, session)
    for match in _UN_DOCUMENT.finditer(text):
        organ, rest = match["organ"], match["rest"]
        first = rest.partition("/")[0]
        if organ in {"A", "S", "E", "ST"} and "/" not in rest and not (len(first) == 4 or "-" in first):
            continue  # "A/5" says too little
        year = first if re.fullmatch(r"(?:19|20)\d\d", first) else ""
        session = "" if year or organ not in {"A", "A/HRC"} else first
        yield Symbol(Span(*match.span()), "un", f"{organ}/{rest}", organ, rest, session, year)


def _un_resolution(match: re.Match[str]) -> Symbol:
    organ = {"HRC": "A/HRC", "ECOSOC": "E"}.get(match["organ"], match["organ"])
    span = Span(*match.span())
    if match["special"]:
        session = f"{match['special']}-{match['special_number']}"
        number = f"{session}/{match['special_resolution']}"
        return Symbol(span, "un", f"{organ}/RES/{number}", f"{organ}/RES", number, session)
    if match["number"]:
        number = f"{match['session']}/{match['number']}"
        year = match["session"] if len(match["session"]) == 4 else ""
        return Symbol(span, "un", f"{organ}/RES/{number}", f"{organ}/RES", number, "" if year else match["session"], year)
    number = match["old"] + (match["part"] or "").strip()
    bracket = match["roman"] or match["year"] or ""
    text = f"{organ}/RES/{number}{f' ({bracket})' if bracket else ''}"
    return Symbol(span, "un", text, f"{organ}/RES", number, match["roman"] or "", match["year"] or "")


def _ilo(text: str) -> Iterator[Symbol]:
    for match in _ILO.finditer(text):
        kind = next((match[f"k{n}"] for n in range(1, 5) if match[f"k{n}"]), "Convention")
        letter = {"R": "R", "P": "P"}.get(kind[0], "C")
        numbers = next(match[f"n{n}"] for n in range(1, 7) if match[f"n{n}"])
        for number in re.findall(r"\d+", numbers):
            number = f"{int(number):03}"
            year = re.match(r" \(((?:19|20)\d\d)\)", text[match.end() :])
            span = Span(match.start(), match.end() + (year.end() if year else 0))
            yield Symbol(span, "ilo", f"{letter}{number}", letter, number, "", year[1] if year else "")


def _registries(text: str) -> Iterator[Symbol]:
    for match in _UNTS.finditer(text):
        volume, page = match["v1"] or match["v2"], match["p1"] or match["p2"]
        span = Span(*match.span())
        if match["reg"]:
            yield Symbol(span, "registry", f"UN Treaty Series registration {match['reg']}", "UN Treaty Series registration", match["reg"])
        elif page:
            yield Symbol(span, "registry", f"UNTS vol. {volume} p. {page}", "UN Treaty Series", f"vol. {volume} p. {page}")
    for match in _OASTS.finditer(text):
        series = match["series"] or match["series2"]
        span = Span(*match.span())
        if series:
            yield Symbol(span, "registry", f"OAS Treaty Series {series}", "OAS Treaty Series", series)
        else:
            number = f"{match['letter']}-{match['number']}"
            yield Symbol(span, "registry", f"OAS treaty {number}", "OAS Treaties", number)
    for match in _MTDSG.finditer(text):
        yield Symbol(Span(*match.span()), "registry", f"MTDSG {match['number']}", "UN Treaty Collection", f"MTDSG {match['number']}")


def _sdg(text: str) -> Iterator[Symbol]:
    speaks = bool(_CONTEXT.search(text))
    for match in _SDG.finditer(text):
        if match["targets"] and match["unit"]:
            continue
        targets = match["targets"] or match["starget"]
        if targets:
            end = match.end("targets") if match["targets"] else match.end()
            behind = _OF_GOALS.match(text, end)
            span = Span(match.start(), behind.end() if behind else end)
            numbers = re.findall(_TARGET_NUMBER, targets)
        else:
            span = Span(*match.span())
            numbers = _goals(match["goals"] or match["bgoals"])
        for number in numbers:
            yield Symbol(span, "sdg", f"SDG {number}", "SDG", number, certain=speaks or not match["bare"])


def _goals(words: str) -> list[str]:
    """The goals of a list; "3 to 5" and "3-5" are three goals."""
    numbers: list[str] = []
    for part in re.finditer(rf"({_GOAL_NUMBER})(?:(?: to | a |[-–])({_GOAL_NUMBER}))?(?!\d)", words):
        first, last = int(part[1]), int(part[2] or part[1])
        numbers += [str(number) for number in range(first, last + 1)]
    return numbers
