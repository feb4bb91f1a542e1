"""Scores two simple ways to find mentions on the gold standard, beside ours.

``python benchmarks/baselines.py [--spacy es_core_news_sm]`` prints a table in Markdown. *Longest match* takes all names
of the tables (labels, other names, misprints, unchecked names), in lower case, the longest first, at word boundaries.
*Entities* asks a general recogniser of named entities, when one is installed, and looks each entity up among the names.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import ahocorasick_rs

from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.authorities.cells import KINDS
from mandate_graph.citator.automaton import fold
from mandate_graph.citator.mentions import Found, MentionFinder
from mandate_graph.gold import GoldText, Sheet, hold, read_gold
from mandate_graph.house import packaged_house
from mandate_graph.model import Span

_GOLD = Path(__file__).resolve().parent.parent / "tests" / "gold"
_PARTS = {
    "the two pages": [_GOLD / "pages"],
    "invented, learnt from": [_GOLD / "en.md", _GOLD / "es.md", _GOLD / "traps.md"],
    "invented, kept apart": [_GOLD / "held-out"],
}
Finder = Callable[[GoldText], Sequence[Found]]


def names_of(authorities: Authorities) -> dict[str, set[str]]:
    """Every name, folded, and what it names."""
    names: dict[str, set[str]] = {}
    for table, kind in KINDS.items():
        for key, entity in authorities[table].items() if kind != "topic" else ():
            several = [*entity.labels.values()]
            for group in (entity.alts, entity.hiddens, entity.finds):
                several += [name for each in group.values() for name in each]
            for name in several:
                names.setdefault(fold(name), set()).add(f"{kind}/{key}")
    return names


class LongestMatch:
    """Names at word boundaries, the longest first."""

    def __init__(self, names: dict[str, set[str]]) -> None:
        self._names = sorted(names)
        self._targets = [names[name] for name in self._names]
        kind = ahocorasick_rs.MatchKind.LeftmostLongest
        self._automaton = ahocorasick_rs.AhoCorasick(self._names, matchkind=kind)

    def __call__(self, text: GoldText) -> list[Found]:
        """What the names say, where one thing goes by the name."""
        folded = fold(text.text)
        return [
            Found(Span(start, end), tuple(self._targets[place]), "resolved", "name")
            for place, start, end in self._automaton.find_matches_as_indexes(folded)
            if len(self._targets[place]) == 1
            and not (start and folded[start - 1].isalnum())
            and not (end < len(folded) and folded[end].isalnum())
        ]


class Entities:
    """Entities of a spaCy model, looked up among the names."""

    def __init__(self, model: str, names: dict[str, set[str]]) -> None:
        self._model = importlib.import_module("spacy").load(model)
        self._names = names

    def __call__(self, text: GoldText) -> Iterator[Found]:
        """The entities that are names."""
        for entity in self._model(text.text).ents:
            targets = self._names.get(fold(entity.text), set())
            if len(targets) == 1:
                yield Found(Span(entity.start_char, entity.end_char), tuple(targets), "resolved", "name")


def main() -> None:
    """Score, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--spacy", metavar="MODEL", help="a spaCy model that is installed; it reads texts in Spanish")
    given = parser.parse_args()
    authorities = load_authorities(packaged_house().authorities)
    finder = MentionFinder(authorities)
    names = names_of(authorities)
    finders: dict[str, Finder] = {
        "ours": lambda text: finder.find(text.text, text.language),
        "longest match": LongestMatch(names),
    }
    if given.spacy:
        entities = Entities(given.spacy, names)
        finders |= {"ours, Spanish": finders["ours"], "entities, Spanish": lambda text: list(entities(text))}
    print("| texts | finder | kind | right | wrong | missed | precision | recall | F1 |")
    print("|---|---|---|--:|--:|--:|--:|--:|--:|")
    for part, paths in _PARTS.items():
        files = [file for path in paths for file in (sorted(path.glob("*.md")) if path.is_dir() else [path])]
        texts = [text for file in files for text in read_gold(file)]
        for name, find in finders.items():
            mine = [text for text in texts if "Spanish" not in name or text.language == "es"]
            if not mine:
                continue
            sheet = hold(mine, find)
            for kind, counts in [("all", sheet.total()), *sorted(sheet.counts.items())]:
                measures = " | ".join(f"{value:.3f}" for value in Sheet.measures(counts))
                numbers = " | ".join(str(counts[name]) for name in ("right", "wrong", "missed"))
                print(f"| {part} | {name} | {kind} | {numbers} | {measures} |")


if __name__ == "__main__":
    main()
