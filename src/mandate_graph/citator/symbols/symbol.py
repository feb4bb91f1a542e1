"""What a symbol says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mandate_graph.model import Span

__all__ = ["ROMAN", "SPACE", "Family", "Symbol"]

Family = Literal["oas", "un", "ilo", "registry", "sdg", "health"]

ROMAN = r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
"""A roman number up to 99, as a pattern."""

SPACE = r"[ \u00a0]?"


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
