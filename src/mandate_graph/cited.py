"""What any text names, without building a graph.

>>> import mandate_graph as mg
>>> for named in mg.cite("We reaffirm the Charter of the OAS."):
...     print(named.quote, "|", named.target_label, "|", named.relation)
Charter of the OAS | Charter of the Organization of American States | cito:confirms
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from mandate_graph.authorities import load_authorities
from mandate_graph.authorities.cells import kind_of
from mandate_graph.citator.mentions import Found, MentionFinder
from mandate_graph.citator.names import label_of
from mandate_graph.errors import BadOption
from mandate_graph.house import choose_house
from mandate_graph.iris import Iris

__all__ = ["Citator", "Named", "cite"]

PathLike: TypeAlias = str | Path

_REFERS = "eli:refers_to"


@dataclass(frozen=True, slots=True)
class Named:
    """A mention in a text: one thing that some of its words name, or seem to name.

    ``line`` counts from 1 (0 where the text is one); ``start`` and ``end`` are code points of the text, end-exclusive.
    ``outcome`` is resolved, ambiguous or unresolved; ``kind`` is instrument, body, summit, document, sdg, country or
    topic. ``target`` is the identifier of what is named, or none; ``candidates`` are those of an ambiguous mention, and
    ``why`` says why nothing was chosen. ``relation`` is how the thing is named (``cito:confirms``; ``eli:refers_to``
    where no cue tells), ``cue`` the words that tell it. ``confidence`` is the share of such links that are right on the
    gold standard (docs/citator.md).
    """

    line: int
    start: int
    end: int
    quote: str
    outcome: str
    kind: str
    target: str | None
    target_label: str | None
    symbol: str | None
    candidates: tuple[str, ...]
    relation: str | None
    confidence: float
    rule: str
    why: str | None = None
    cue: str | None = None
    cue_start: int | None = None
    cue_end: int | None = None

    def as_dict(self) -> dict[str, object]:
        """The fields as JSON has them."""
        return {**asdict(self), "candidates": list(self.candidates)}


class Citator:
    """The tables of a house, compiled: finds what texts name."""

    def __init__(self, house: PathLike | None = None) -> None:
        """Take the tables of the named house, of the one around the current folder, or of the package.

        Raises:
            MissingPath: when the named folder is no house.
            BadTable: when a table is wrong.
        """
        home = choose_house(house, needed=False)
        self._authorities = load_authorities(home.authorities)
        self._finder = MentionFinder(self._authorities)
        self._iris = Iris(home.config().base)
        self._properties = {row["key"]: row["curie"] for row in self._authorities.words["relations"]}

    @property
    def languages(self) -> Sequence[str]:
        """The codes of languages that texts may have."""
        return sorted(self._authorities.languages)

    def cite(self, text: str, *, language: str | None = None, topics: bool = False, line: int = 0) -> list[Named]:
        """Everything that a text names, in its order; a phrase that names several things gives one mention a thing.

        Without a ``language`` the small words of the text tell it. With ``topics`` what the text is about is there too.

        Raises:
            BadOption: when there is no such language.
        """
        if language and language not in self._authorities.languages:
            raise BadOption("lang", f"{language!r} is none of {', '.join(self.languages)}")
        code = language if language is not None else self._finder.guess(text)
        return [
            named for found in self._finder.find(text, code, topics=topics) for named in self._each(found, text, line)
        ]

    def _each(self, found: Found, text: str, line: int) -> Iterator[Named]:
        targets: Sequence[str | None] = found.targets if found.outcome == "resolved" else (None,)
        candidates = tuple(map(self._iri, found.targets)) if found.outcome == "ambiguous" else ()
        symbols = found.symbol.split(" | ") if found.symbol else []
        rule = self._authorities.rules[found.rule]
        for place, target in enumerate(targets):
            yield Named(
                line=line,
                start=found.span.start,
                end=found.span.end,
                quote=found.span.cut(text),
                outcome=found.outcome,
                kind=kind_of(target) if target else found.kind,
                target=self._iri(target) if target else None,
                target_label=label_of(self._authorities, target, found.minted) if target else None,
                symbol=(symbols[place] if place < len(symbols) else symbols[0]) if symbols else None,
                candidates=candidates,
                relation=None
                if found.outcome == "unresolved" or found.kind == "topic"
                else self._properties.get(found.relation, _REFERS),
                confidence=float(rule.confidence),
                rule=rule.key,
                why=found.why or None,
                cue=found.cue.cut(text) if found.cue else None,
                cue_start=found.cue.start if found.cue else None,
                cue_end=found.cue.end if found.cue else None,
            )

    def _iri(self, target: str) -> str:
        kind, _, key = target.partition("/")
        return self._iris.thing(kind, key)


def cite(text: str, *, language: str | None = None, topics: bool = False, house: PathLike | None = None) -> list[Named]:
    """Everything that a text names (``Citator.cite``), with a house's tables, compiled anew only when they change.

    Raises:
        MissingPath: when the named folder is no house.
        BadTable: when a table is wrong.
        BadOption: when there is no such language.
    """
    return Citator(house).cite(text, language=language, topics=topics)
