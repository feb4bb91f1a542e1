"""What a symbol or registry number leads to: a thing of the tables, else an instrument that is known by it alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from mandate_graph.authorities import Authorities, Row, split_cell
from mandate_graph.citator.symbols import Symbol, symbols_in
from mandate_graph.iris import slug
from mandate_graph.model import Minted, Span

__all__ = ["Registry"]

_ANY = "*"
_LONGEST_SYMBOL = 40


class Registry:
    """The registry numbers of the tables, and what the organs in ``symbols.csv`` stand for."""

    def __init__(self, authorities: Authorities) -> None:
        self._organs: Mapping[str, Row] = {row["organ"]: row for row in authorities.words["symbols"]}
        self._goals = {row.cells["notation"]: f"sdg/{key}" for key, row in authorities["sdg"].items()}
        self._instruments = authorities["instruments"]
        self._known: dict[str, str] = {}
        bare: dict[str, set[str]] = defaultdict(set)
        for key, instrument in authorities["instruments"].items():
            for identifier in split_cell(instrument.cells["identifiers"]):
                agency, _, number = identifier.partition("=")
                for form in (number, f"{agency} {number}"):
                    self._known[_key(form)] = f"instrument/{key}"
                bare[_key(number.partition(" (")[0])].add(f"instrument/{key}")
            for name in (*instrument.labels.values(), *(name for names in instrument.alts.values() for name in names)):
                for symbol in symbols_in(name) if len(name) <= _LONGEST_SYMBOL else ():
                    if symbol.span == Span(0, len(name)):
                        self._known.setdefault(_key(symbol.text), f"instrument/{key}")
                        bare[_key(f"{symbol.organ}{symbol.number}")].add(f"instrument/{key}")
        self._bare = {form: keys.pop() for form, keys in bare.items() if len(keys) == 1}

    def target(self, symbol: Symbol) -> tuple[str, Minted | None]:
        """What the symbol names (``""`` for a goal that there is none of), and what must be made for it."""
        if symbol.family == "sdg":
            return self._goals.get(symbol.number, ""), None
        if known := self._find(symbol):
            return known, None
        row = self._organs.get(symbol.organ) or self._organs.get(symbol.organ.partition("/")[0]) or self._organs[_ANY]
        # Its number alone identifies a resolution of the Security Council, whether or not the year is printed.
        text = f"{symbol.organ}/{symbol.number}" if symbol.organ == "S/RES" else symbol.text
        key = slug(f"{row['prefix']} {text}")
        if key in self._instruments:
            return f"instrument/{key}", None
        labels = {
            name.removeprefix("label_"): text.replace("{symbol}", symbol.text).replace(
                "{number}", symbol.number.lstrip("0")
            )
            for name, text in row.items()
            if name.startswith("label_") and text
        }
        minted = Minted(
            key, symbol.text, row["kind"], row["creator"], row["agency"], labels, symbol.session, symbol.year
        )
        return f"instrument/{key}", minted

    def _find(self, symbol: Symbol) -> str:
        for form in (symbol.text, f"{symbol.organ} {symbol.number}"):
            if known := self._known.get(_key(form)):
                return known
        # Without its session a symbol is known when one thing only has its number.
        bare = "" if symbol.session or symbol.year else _key(f"{symbol.organ}{symbol.number}")
        return self._bare.get(bare, "") if bare else ""


def _key(text: str) -> str:
    return re.sub(r"[^A-Z0-9/]", "", text.upper())
