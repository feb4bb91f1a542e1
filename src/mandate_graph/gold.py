"""How well mentions are found, held against texts in which a person marked them.

A gold file is Markdown. A heading ``## en: elliptic plurals`` says the language, and what the texts below it are hard
for; every line that begins with ``- `` is a text. A mention is a link around its words: ``[OAS](body/oas)``; several
things ``(instrument/a instrument/b)``; candidates ``(? instrument/a instrument/b)``; nothing known ``()``; and how the
thing is named ``(instrument/a "confirms")``. docs/citator.md describes the conventions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from mandate_graph.authorities import load_authorities
from mandate_graph.authorities.cells import kind_of
from mandate_graph.citator.mentions import Found, MentionFinder
from mandate_graph.errors import BadTable, MissingPath, NothingToScore
from mandate_graph.house import choose_house
from mandate_graph.model import Outcome, Span
from mandate_graph.pipeline import PathLike

__all__ = ["Fault", "GoldMention", "GoldText", "Sheet", "hold", "read_gold", "score_mentions"]

_HEADING = re.compile(r"## (?P<language>[a-z]{2}): (?P<about>.+)")
_LINK = re.compile(r"\[(?P<words>[^\[\]]+)\]\((?P<body>[^()\"]*)(?:\"(?P<relation>\w+)\")?\)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class GoldMention:
    """Words that a person marked: what they name, and how (empty where nobody said)."""

    span: Span
    targets: tuple[str, ...]
    outcome: Outcome
    relation: str = ""


@dataclass(frozen=True, slots=True)
class GoldText:
    """A text with its mentions, in its order; ``file`` and ``line`` are where it stands."""

    file: str
    line: int
    language: str
    about: str
    text: str
    mentions: tuple[GoldMention, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A link that is wrong (``target`` is not what the words name), or missed, or a relation that is not as marked."""

    kind: str
    file: str
    line: int
    quote: str
    expected: str
    found: str


@dataclass(slots=True)
class Sheet:
    """Counts by kind (instrument, body …) and by file: ``right`` links, ``wrong`` ones, and ``missed`` ones."""

    texts: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    rules: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    relations: Counter[str] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    files: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def total(self) -> Counter[str]:
        """The counts of all kinds."""
        return sum(self.counts.values(), Counter())

    def confidence(self, rule: str) -> float:
        """The share of a rule's mentions that are right, counted with one right and one wrong more than there are.

        A resolved mention is right when its link is; another one when it hides no link that is marked. One more of each
        (Laplace's rule of succession) keeps a rule that was seen three times from being called certain.
        """
        counts = self.rules.get(rule, Counter())
        return round((counts["right"] + 1) / (counts["right"] + counts["wrong"] + 2), 3)

    @staticmethod
    def measures(counts: Mapping[str, int]) -> tuple[float, float, float]:
        """Precision, recall and F1; 1 where there was nothing to do."""
        right, wrong, missed = (counts.get(name, 0) for name in ("right", "wrong", "missed"))
        precision = right / (right + wrong) if right + wrong else 1.0
        recall = right / (right + missed) if right + missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return precision, recall, f1


def read_gold(path: Path) -> Iterator[GoldText]:
    """The texts of a gold file.

    Raises:
        BadTable: when a text stands under no heading, or a link is not closed.
    """
    language = about = ""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(str(path), f"not UTF-8 at byte {error.start}", advice="Save it as UTF-8.") from None
    for number, line in enumerate(content.splitlines(), 1):
        if heading := _HEADING.fullmatch(line.strip()):
            language, about = heading["language"], heading["about"]
        elif line.startswith("- "):
            if not language:
                raise BadTable(str(path), "a text stands under no heading such as '## en: plain names'", number)
            text, mentions = _unmarked(line[2:].strip())
            if "](" in text:
                raise BadTable(str(path), f"a mention cannot be read: …{text[text.index('](') :][:40]}", number)
            yield GoldText(f"{path.parent.name}/{path.name}", number, language, about, text, mentions)


def _unmarked(marked: str) -> tuple[str, tuple[GoldMention, ...]]:
    parts: list[str] = []
    mentions = []
    length = place = 0
    for match in _LINK.finditer(marked):
        before, words = marked[place : match.start()], match["words"]
        parts += [before, words]
        start = length + len(before)
        length = start + len(words)
        place = match.end()
        body = match["body"].strip()
        outcome: Outcome = "ambiguous" if body.startswith("?") else "resolved" if body else "unresolved"
        targets = tuple(body.removeprefix("?").split())
        mentions.append(GoldMention(Span(start, length), targets, outcome, match["relation"] or ""))
    parts.append(marked[place:])
    return "".join(parts), tuple(mentions)


def score_mentions(paths: Sequence[PathLike], *, house: PathLike | None = None) -> Sheet:
    """Find the mentions of every text in gold files, or in folders of them, and hold them against what is marked.

    Raises:
        MissingPath: when a path is not there.
        BadTable: when a gold file cannot be read.
        NothingToScore: when there is no text.
    """
    home = choose_house(house, needed=False)
    finder = MentionFinder(load_authorities(home.authorities))
    texts = [text for path in _files(paths) for text in read_gold(path)]
    if not texts:
        raise NothingToScore(", ".join(map(str, paths)), mentions=True)
    return hold(texts, lambda text: finder.find(text.text, text.language))


def _files(paths: Sequence[PathLike]) -> Iterator[Path]:
    for path in map(Path, paths):
        if not path.exists():
            raise MissingPath(str(path), "gold file or folder")
        yield from sorted(each for each in path.rglob("*.md") if each.is_file()) if path.is_dir() else (path,)


def hold(texts: Iterable[GoldText], find: Callable[[GoldText], Sequence[Found]]) -> Sheet:
    """Hold what ``find`` finds in each text against what is marked in it.

    A link is right when a marked mention that its words overlap names its target; each link is counted once.
    """
    sheet = Sheet()
    for text in texts:
        sheet.texts += 1
        _hold(sheet, text, find(text))
    return sheet


_Marked = TypeVar("_Marked", Found, GoldMention)


def _links(mentions: Iterable[_Marked]) -> list[tuple[Span, str, _Marked]]:
    return [
        (mention.span, target, mention)
        for mention in mentions
        if mention.outcome == "resolved"
        for target in mention.targets
    ]


def _hold(sheet: Sheet, text: GoldText, found: Sequence[Found]) -> None:
    wanted = _links(text.mentions)
    for span, target, mention in _links(found):
        kind = kind_of(target)
        match = next((each for each in wanted if each[1] == target and _overlap(each[0], span)), None)
        outcome = "right" if match else "wrong"
        sheet.counts[kind][outcome] += 1
        sheet.files[text.file][outcome] += 1
        sheet.rules[mention.rule][outcome] += 1
        if match is None:
            marked = " | ".join(_shown(each) for each in text.mentions if _overlap(each.span, span)) or "nothing"
            sheet.faults.append(_fault("wrong", text, span, marked, f"{target} ({mention.rule})"))
            continue
        wanted.remove(match)
        marked_relation = match[2].relation
        if marked_relation:
            same = marked_relation == mention.relation
            sheet.relations["right" if same else "wrong"] += 1
            if not same:
                sheet.faults.append(_fault("relation", text, span, marked_relation, mention.relation))
    for span, target, _ in wanted:
        sheet.counts[kind_of(target)]["missed"] += 1
        sheet.files[text.file]["missed"] += 1
        there = " | ".join(
            f"{each.outcome} {each.rule} {' '.join(each.targets)}" for each in found if _overlap(each.span, span)
        )
        sheet.faults.append(_fault("missed", text, span, target, there or "nothing"))
    _hold_others(sheet, text, found, [span for span, _, _ in wanted])


def _hold_others(sheet: Sheet, text: GoldText, found: Sequence[Found], missed: Sequence[Span]) -> None:
    """What is not resolved, and what was marked so."""
    for mention in found:
        if mention.outcome != "resolved":
            hides = any(_overlap(span, mention.span) for span in missed)
            sheet.rules[mention.rule]["wrong" if hides else "right"] += 1
    for gold in text.mentions:
        if gold.outcome != "resolved":
            outcomes = {each.outcome for each in found if _overlap(each.span, gold.span)}
            same = gold.outcome in outcomes
            sheet.unresolved[f"{gold.outcome} {'right' if same else 'otherwise'}"] += 1
            if not same:
                sheet.faults.append(
                    _fault(
                        gold.outcome, text, gold.span, " ".join(gold.targets), " ".join(sorted(outcomes)) or "nothing"
                    )
                )


def _shown(mention: GoldMention) -> str:
    return f"{mention.outcome} {' '.join(mention.targets)}".strip()


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _fault(kind: str, text: GoldText, span: Span, expected: str, found: str) -> Fault:
    return Fault(kind, text.file, text.line, _SPACES.sub(" ", span.cut(text.text)), expected, found)
