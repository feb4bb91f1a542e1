"""The dataset clauses of a query: which graphs FROM and FROM NAMED name (SPARQL 1.1 §13.2)."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urljoin

__all__ = ["Dataset", "dataset_of"]

_TOKEN = re.compile(
    r"""(?P<space>[\s]+|\#[^\n]*)
      |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      |(?P<string>\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      |(?P<name>[\w.-]*:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*)
      |(?P<word>[\w]+)
      |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class Dataset(NamedTuple):
    """The graphs of a dataset, bare IRIs in their order: those that the default graph is merged of, and named ones."""

    default: list[str]
    named: list[str]


def dataset_of(query: str, base: str = "") -> Dataset | None:
    """What a query's own clauses name; None where it has none, or where one cannot be told from the text.

    ``base`` is what relative IRIs are resolved against, where the query has no BASE.
    """
    if "from" not in query.lower():
        return None
    tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(query) if match.lastgroup != "space"]
    prefixes: dict[str, str] = {}
    found = Dataset([], [])
    for place, (kind, text) in enumerate(tokens):
        word = text.upper() if kind == "word" else ""
        after = tokens[place + 1 : place + 3]
        if word == "BASE" and after and after[0][0] == "iri":
            base = urljoin(base, after[0][1][1:-1])
        elif word == "PREFIX" and [each for each, _ in after] == ["name", "iri"]:
            prefixes[after[0][1][:-1]] = urljoin(base, after[1][1][1:-1])
        elif word == "FROM" and after:
            named = after[0][1].upper() == "NAMED" and after[0][0] == "word"
            iri = _iri(after[-1] if named else after[0], prefixes, base)
            if iri is None:
                return None
            (found.named if named else found.default).append(iri)
    return found if found.default or found.named else None


def _iri(token: tuple[str, str], prefixes: dict[str, str], base: str) -> str | None:
    kind, text = token
    if kind == "iri":
        return urljoin(base, text[1:-1])
    prefix, _, local = text.partition(":")
    if kind != "name" or prefix not in prefixes:
        return None
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
