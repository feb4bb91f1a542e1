"""What an engine says of SPARQL that it cannot read, in words that help: what, and where in the person's own text."""

from __future__ import annotations

import re

from mandate_graph.errors import BadQuery

__all__ = ["explained_refusal"]

_PLACED = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
# What the parser says in sentences among the tokens that it would have taken ("Prefix not found").
_SENTENCE = re.compile(r"(?:^|, )([A-Z][A-Za-z]*(?: [A-Za-z]+)+)")
_TOKENS = re.compile(r"\"[^\"\\]+\"")


def explained_refusal(error: BadQuery, own: str) -> BadQuery:
    """The same error about the text ``own``, which the engine was sent with parameters in it.

    The two have the same lines up to the last of ``own``, and a line with a parameter in it is longer.
    """
    match = _PLACED.match(error.problem)
    if not match:
        return BadQuery(error.query, error.problem, own, error.place)
    row, column = int(match[1]), int(match[2])
    theirs, ours = error.text.split("\n"), own.split("\n")
    if row <= len(ours) and row <= len(theirs):
        column = _own_column(theirs[row - 1], ours[row - 1], column)
    else:
        row, column = len(ours), len(ours[-1]) + 1
    while row > 1 and not ours[row - 1].strip():  # what is missing is missing at the end of what stands there
        row, column = row - 1, len(ours[row - 2]) + 1
    return BadQuery(error.query, _problem(match[3]), own, (row, column))


def _own_column(theirs: str, ours: str, column: int) -> int:
    added = len(theirs) - len(ours)
    if added <= 0:
        return min(column, len(ours) + 1)
    same = next(
        (place for place, (one, other) in enumerate(zip(theirs, ours, strict=False)) if one != other), len(ours)
    )
    return column if column <= same + 1 else max(same + 1, min(column - added, len(ours) + 1))


def _problem(expected: str) -> str:
    sentence = _SENTENCE.search(expected)
    if sentence:
        return sentence[1]
    tokens = " ".join(dict.fromkeys(_TOKENS.findall(expected)))
    return "it can be read up to here only" + (f", where one of {tokens} could follow" if tokens else "")
