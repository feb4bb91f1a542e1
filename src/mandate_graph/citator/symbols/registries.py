"""Numbers of treaties in registries: ``596 UNTS 261``, "UNTS No. 8638", "OAS Treaty Series No. 36", "OAS B-32",
``MTDSG XVIII-12-a``.
"""  # noqa: D205

from __future__ import annotations

import re
from collections.abc import Iterator

from mandate_graph.citator.symbols.symbol import ROMAN, Symbol
from mandate_graph.model import Span

__all__ = ["registry_symbols"]

_SERIES = r"(?:UNTS|U\.N\.T\.S\.|United\ Nations,?\ Treaty\ Series|UN\ Treaty\ Series)"
_UNTS = re.compile(
    rf"""
    (?<![\w.]) (?P<v1>\d{{1,4}})\ (?:UNTS|U\.N\.T\.S\.)\ (?P<p1>\d{{1,4}})(?!\d)
  | {_SERIES},?\ (?:vol(?:ume|\.)?\ )?(?P<v2>\d{{1,4}}),?\ p(?:age|\.)?\ ?(?P<p2>\d{{1,4}})(?!\d)
  | (?:{_SERIES}|(?:United\ Nations|UN)\ registration),?\ (?:reg(?:istration|\.)?\ )?
    (?:[Nn]o\.?|[Nn]umber)\ ?(?:I-)?(?P<reg>\d{{3,6}})(?!\d)
    """,
    re.VERBOSE,
)
_OASTS = re.compile(
    r"""
    (?<!\w) (?: (?:OAS|O\.A\.S\.)\ ?(?:Treaty\ Series|T\.S\.|TS),?\ ?(?:[Nn]o\.?|[Nn]umber)?\ ?
              | OASTS\ ? ) (?P<series>\d{1,3})(?!\d)
  | (?<!\w) (?:OAS\ [Tt]reat(?:y|ies)|OAS|OEA|[Tt]reaty|[Tt]ratado)\ (?P<letter>[ABC])-(?P<number>\d{1,2})(?![\d-])
    """,
    re.VERBOSE,
)
_MTDSG = re.compile(
    rf"""
    (?<!\w) (?:MTDSG|UNTC|United\ Nations\ Treaty\ Collection,?) (?:\ (?:[Nn]o\.?|[Cc]hapter))?
    \ (?P<number>{ROMAN}-\d{{1,2}}(?:-[a-z])?)(?!\w)
    """,
    re.VERBOSE,
)


def registry_symbols(text: str) -> Iterator[Symbol]:
    """Every registry number; ``organ`` is the registry."""
    for match in _UNTS.finditer(text):
        span = Span(*match.span())
        if number := match["reg"]:
            organ = "UN Treaty Series registration"
            yield Symbol(span, "registry", f"{organ} {number}", organ, number)
        else:
            number = f"vol. {match['v1'] or match['v2']} p. {match['p1'] or match['p2']}"
            yield Symbol(span, "registry", f"UNTS {number}", "UN Treaty Series", number)
    for match in _OASTS.finditer(text):
        span = Span(*match.span())
        if number := match["series"]:
            yield Symbol(span, "registry", f"OAS Treaty Series {number}", "OAS Treaty Series", number)
        else:
            number = f"{match['letter']}-{match['number']}"
            yield Symbol(span, "registry", f"OAS treaty {number}", "OAS Treaties", number)
    for match in _MTDSG.finditer(text):
        number = f"MTDSG {match['number']}"
        yield Symbol(Span(*match.span()), "registry", number, "UN Treaty Collection", number)
