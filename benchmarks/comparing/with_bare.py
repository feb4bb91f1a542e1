"""The floor, where there is no library to compare with: a few lines of Python around a pattern or an automaton."""

from __future__ import annotations

import json
import re
from pathlib import Path

import ahocorasick_rs

from comparing.job import Job, Jobs

__all__ = ["JOBS", "bare_items"]

_ITEM = re.compile(r"[ \t]*(?:\d{1,4}[.)]|[•·●])\s+")
_CITATION = re.compile(r"\(([^()]*\b(?:19|20)\d\d)\)[\s.;*]*\Z")


def bare_items(text: str) -> list[tuple[str, str]]:
    """Items with their citations by a line and two patterns: no tables, no offsets, no sub-items, no notes."""
    items: list[str] = []
    for line in text.splitlines():
        if found := _ITEM.match(line):
            items.append(line[found.end() :])
        elif items and line.strip():
            items[-1] += " " + line.strip()
    found_citations = ((item, _CITATION.search(item)) for item in items)
    return [(item[: found.start()].rstrip(), found[1]) if found else (item, "") for item, found in found_citations]


def _parse(folder: Path) -> Job:
    files = sorted(path for path in (folder / "pages").iterdir() if path.name != "manifest.csv")

    def parse() -> int:
        return sum(len(bare_items(path.read_text(encoding="utf-8"))) for path in files)

    return Job(parse, lambda items: {"out": items})


def _cite(folder: Path) -> Job:
    """All names in lower case: no word, capital, list, symbol, back-reference or cue."""
    texts = [text for text, _ in json.loads((folder / "texts.json").read_text(encoding="utf-8"))]
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    automaton = ahocorasick_rs.AhoCorasick(names)

    def find() -> int:
        return sum(len(automaton.find_matches_as_indexes(text.lower())) for text in texts)

    return Job(find, lambda found: {"out": found})


JOBS: Jobs = {"parse": _parse, "cite": _cite}
