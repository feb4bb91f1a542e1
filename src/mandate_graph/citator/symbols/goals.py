"""Goals and targets of the 2030 Agenda: ``SDG7``, "SDGs 3, 4 and 5", "targets 3.4 and 5.6", "ODS 7", "metas 3.4 y 5.6".

"Goal 3" alone may be any plan's: it counts where the text speaks of the Sustainable Development Goals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mandate_graph.citator.symbols.symbol import Symbol
from mandate_graph.model import Span

__all__ = ["goal_symbols"]

_GOAL = r"(?:1[0-7]|[1-9])"
_TARGET = r"(?:1[0-7]|[1-9])\.(?:1[0-9]|[1-9]|[a-d](?!\w))"
_NAMES = r"""
    (?:SDGs?|ODS|Sustainable\ Development\ Goals?(?:\ \(SDGs?\))?
      |Objetivos?\ de\ Desarrollo\ Sostenible(?:\ \(ODS\))?)
"""
_NO = r"(?:\ (?:[Nn]o\.?|[Nn]umber|[Nn]úm\.?|\#))?"


def _list(number: str) -> str:
    """One number or a list of them, none with a percent sign or more decimals."""
    end = r"(?![\d%]|\.\d)"
    joins = r"(?:,\ ?|\ and\ |\ &\ |\ y\ |\ e\ |,\ and\ |,\ y\ |\ to\ |\ a\ |[-–])"
    return rf"{number}{end}(?:{joins}{number}{end})*"


# "target 3.4 percent" and "target 3.4 of the Aichi Plan" are other targets.
_OTHER = r"""
    (?: [ \u00a0]? (?: % | ° | per\ ?cent | por\ ciento | million | billion | millones | points? | puntos? | times
      | veces | kg | GW | MW | tons? | toneladas | years? | años
      | of\ (?!(?:the\ |its\ )?(?:SDG|2030\ Agenda|Sustainable|United|Goal))(?:the\ |its\ )?[A-Z\d]
      | de\ (?!(?:la\ |los\ |las\ |el\ )?(?:ODS|Agenda\ 2030|Objetivos))\w | del\ (?!ODS)\w ) )
"""
_GOALS = re.compile(
    rf"""
    (?<!\w) (?:{_NAMES},?\ )? (?:[Tt]argets?|[Mm]etas?) (?:\ (?:de\ los\ ODS|del\ ODS|SDGs?|ODS))?
    \ (?P<targets>{_list(_TARGET)}) (?!{_OTHER})
  | (?<!\w) {_NAMES} (?:{_NO}|\ [Tt]argets?) [ \u00a0-]? (?P<numbered_targets>{_list(_TARGET)})
  | (?<!\w) {_NAMES} {_NO} [ \u00a0-]? (?P<goals>{_list(_GOAL)})
  | (?<!\w) (?<!Development\ ) (?<!Milenio\ ) (?:Goals?|Objetivos?)\ (?P<bare_goals>{_list(_GOAL)})
  | (?<!\w) (?:goals?|objetivos?)\ (?P<own_goals>{_list(_GOAL)})
    (?=\ (?:of\ the\ (?:2030\ Agenda|SDGs)|de\ (?:la\ Agenda\ 2030|los\ ODS)))
  | (?<!\w) {_NAMES}[ \u00a0-]?(?P<none>\d{{1,4}})(?!\w|[.,]\d)
    """,
    re.VERBOSE,
)
_OF_GOALS = re.compile(
    r" (?:of the (?:SDGs|Sustainable Development Goals(?: \(SDGs\))?)"
    r"|de los (?:ODS|Objetivos de Desarrollo Sostenible(?: \(ODS\))?))(?!\w)"
)
_OTHERS = frozenset(
    [
        "sales",
        "national",
        "emission",
        "emissions",
        "climate",
        "its",
        "our",
        "their",
        "inflation",
        "production",
        "growth",
        "reduction",
        "budget",
        "annual",
        "performance",
        "sector",
        "sectoral",
        "project",
        "plan",
        "su",
        "sus",
        "nuestra",
        "nuestras",
    ]
)
_NEAR = 80
_OTHER_PLAN = re.compile(
    r"\b(?:our|national|the|its|nuestro|el) (?:\w+ )?(?:plan|law|budget|strategy|presupuesto),? ?(?:the )?\Z"
)
_OF_OTHER_PLAN = re.compile(
    r" of (?:the|our|its|their|this) (?!SDG|2030|Sustainable|Goals|United)[\w ]{0,20}(?:plan|law|budget|strategy|act)\b"
)
_CONTEXT = re.compile(
    r"SDG|\bODS\b|Sustainable Development Goal|Objetivos? de Desarrollo Sostenible|2030 Agenda|Agenda 2030"
)


def goal_symbols(text: str) -> Iterator[Symbol]:
    """Every goal and target of a phrase."""
    speaks = bool(_CONTEXT.search(text))
    for match in _GOALS.finditer(text):
        targets = match["targets"] or match["numbered_targets"]
        sentence = text[text.rfind(". ", 0, match.start()) + 1 : match.end() + _NEAR].partition(". ")[0]
        if match["targets"] and _is_other(text, match, near=speaks and bool(_CONTEXT.search(sentence))):
            continue
        behind = _OF_GOALS.match(text, match.end()) if targets else None
        span = Span(match.start(), behind.end() if behind else match.end())
        goals = match["goals"] or match["bare_goals"] or match["own_goals"] or ""
        numbers = re.findall(_TARGET, targets) if targets else _numbers(goals) or [match["none"]]
        for number in numbers:
            yield Symbol(span, "sdg", f"SDG {number}", "SDG", number, certain=speaks or not match["bare_goals"])


def _is_other(text: str, match: re.Match[str], *, near: bool) -> bool:
    """Whether a target seems to be another plan's: "the Aichi target 11.2", "sales target 8.7", "Target 3.4: …"."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rstrip()
    if _OTHER_PLAN.search(before) or _OF_OTHER_PLAN.match(text, match.end()):
        return True
    if near:
        return False
    word = re.search(r"[\w-]+\Z", before)
    opens = not before or before[-1] in ".:;!?•"
    if opens:
        return True
    if word is None:
        return False
    rest = before[: word.start()].rstrip()
    is_name = word[0][0].isupper() and bool(rest) and rest[-1] not in ".:;!?•"
    return is_name or word[0].casefold() in _OTHERS


def _numbers(words: str) -> list[str]:
    """The goals of a list; "3 to 5" and "3-5" are three goals."""
    numbers: list[str] = []
    for part in re.finditer(rf"({_GOAL})(?:(?: to | a |[-–])({_GOAL}))?(?!\d)", words):
        first, last = int(part[1]), int(part[2] or part[1])
        numbers += [str(number) for number in range(first, last + 1)]
    return numbers
