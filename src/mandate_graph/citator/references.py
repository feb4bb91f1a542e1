"""Words that point back: "the Convention", "said Protocol", "these Declarations".

They name something only when the same text names it before them, and are ambiguous when it names several such things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mandate_graph.authorities import Authorities
from mandate_graph.citator.names import Candidate
from mandate_graph.citator.tokens import plain, singular
from mandate_graph.model import Span

__all__ = ["References"]

# What goes on behind the head makes it another thing: "the Convention relating to …", "la Corte provincial".
_GOES_ON = re.compile(
    r"""
    [ \u00a0-]? (?: [A-ZÁÉÍÓÚÑ\d] | [Nn][o.º°]
      | (?: of|on|against|for|to\ (?:the|a|an|its|all)|from|between|among|relat\w+|govern\w+|concern\w+
          | regard\w+|respecting|signed|adopted
          | concluded|negotiated|made|drafted|dealing|establish\w+|creating|prohibit\w+|banning|protecting|issued
          | de|del|sobre|contra|para|entre|por|con|relativ\w+|firmad\w+|suscrit\w+|adoptad\w+|aprobad\w+|celebrad\w+
          | sur|des|du|pour|relative|da|do|das|dos ) \b
      | [^\W\d_]+ (?: al|ales|ano|ana|ario|aria|ivo|iva|ico|ica|oso|osa|ado|ada|ido|ida|ense|és|eño|eña|atal ) \b )
    """,
    re.VERBOSE,
)


# A text speaks of itself: "By this Declaration we pledge", "the present Convention".
_ITSELF = re.compile(
    r"\b(?:by|adopt\w*|hereby|in|through|with) this \w+\Z|\b(?:the|this) present \w+\Z|\b(?:la|el) presente \w+\Z",
    re.IGNORECASE,
)
_THESE = frozenset(("these", "those", "both", "estas", "esas", "ambas"))
_WINDOW = 400


@dataclass(frozen=True, slots=True)
class _Pointer:
    span: Span
    head: str
    plural: bool


class References:
    """The pointing words and heads of one language (or, without one, of all)."""

    def __init__(self, authorities: Authorities, language: str, heads_of: Mapping[str, frozenset[str]]) -> None:
        def rows(table: str) -> list[Mapping[str, str]]:
            return [row for row in authorities.words[table] if language in {"", row["language"]}]

        heads = {row["head"]: row["kind"] for row in rows("heads")}
        self._kinds = {_key(head): kind for head, kind in heads.items()}
        pointers = rows("pointers")
        words = "|".join(sorted((re.escape(row["words"]) for row in pointers), key=lambda word: (-len(word), word)))
        self._strong = {row["words"].casefold() for row in pointers if row["strong"]}
        either = "|".join(sorted((re.escape(head) for head in heads), key=lambda head: (-len(head), head)))
        self._pattern = re.compile(
            rf"(?<!\w)(?P<pointer>{words or '(?!)'}) (?P<head>{either or '(?!)'})(?!\w)", re.IGNORECASE
        )
        self._heads_of = heads_of

    def find(self, text: str, named: Sequence[Candidate]) -> Iterator[tuple[Candidate, str]]:
        """Every pointing phrase outside of names, with its kind; ``named`` are the resolved mentions in order."""
        first: dict[str, int] = {}
        for each in named:
            for target in each.targets:
                first.setdefault(target, each.span.end)
        for pointer in self._pointers(text):
            if _ITSELF.search(text, max(0, pointer.span.start - 20), pointer.span.end) or self._introduced(
                text, pointer
            ):
                yield Candidate(pointer.span, -1, -1, (), "unresolved", "no-antecedent"), self._kinds[pointer.head]
                continue
            things = [
                target
                for target, end in first.items()
                if end <= pointer.span.start and pointer.head in self._heads_of.get(target, ())
            ]
            yield self._candidate(pointer, things), self._kinds[pointer.head]

    def _introduced(self, text: str, pointer: _Pointer) -> bool:
        """Whether the text speaks of another such thing before: "a new Convention", "an Agreement on ports"."""
        head = re.escape(pointer.span.cut(text).split()[-1])
        start = max(0, pointer.span.start - _WINDOW)
        new = re.compile(rf"\b(?:[Aa]n?|[Uu]na?|[Nn]ew|[Nn]uev[oa]) (?:new |nuev[oa] )?{head}\b")
        return new.search(text, start, pointer.span.start) is not None

    def _pointers(self, text: str) -> Iterator[_Pointer]:
        for match in self._pattern.finditer(text):
            head = match["head"]
            if not (head[0].isupper() or match["pointer"].casefold() in self._strong):
                continue
            if _GOES_ON.match(text, match.end()):
                continue
            plural = plain(head) != singular(plain(head))
            strong = match["pointer"].casefold() in self._strong
            if self._kinds[_key(head)] == "summit" and not (
                strong or (plural and match["pointer"].casefold() in _THESE)
            ):
                continue
            yield _Pointer(Span(*match.span()), _key(head), plural)

    @staticmethod
    def _candidate(pointer: _Pointer, things: Sequence[str]) -> Candidate:
        span = pointer.span
        if pointer.plural:
            several = len(things) > 1
            return Candidate(
                span, -1, -1, tuple(things) if several else (), "resolved" if several else "unresolved",
                "back-reference" if several else "no-antecedent",
            )  # fmt: skip
        if len(things) == 1:
            return Candidate(span, -1, -1, (things[0],), "resolved", "back-reference")
        if things:
            return Candidate(
                span, -1, -1, tuple(sorted(things)), "ambiguous", "back-reference", (), "the text names several before"
            )
        return Candidate(span, -1, -1, (), "unresolved", "no-antecedent")


def _key(word: str) -> str:
    return singular(plain(word))
