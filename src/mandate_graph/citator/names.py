"""The names that texts are searched for, made from the tables.

Labels and other names are names; ``hidden_xx`` are misprints; ``find_xx`` are names that nobody has checked, by which
texts are searched and which are never published. ``forms`` are phrases with a slot (``{summit}`` for the places by
which a Summit goes, ``{ordinal}``, ``{title}``, ``{year}``), ``abbreviations`` the pairs of long and short that
names hold inside ("United Nations", "UN").
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mandate_graph.authorities import Authorities, Row, split_cell
from mandate_graph.authorities.cells import KINDS, TABLES
from mandate_graph.citator.automaton import WordAutomaton
from mandate_graph.citator.tokens import Spelling, Tokens, plain, singular
from mandate_graph.model import Entity, Minted, Outcome, Span

__all__ = ["Candidate", "Lexicon", "Name", "chosen", "label_of"]

_PLACE = "place/"
"""What hides the names inside it, and is not looked for itself."""

_SLOT = re.compile(r"\{(\w+)\}")
_DOCUMENT = "document/"
# From this many words on a name is looked for in texts of every language.
_FOREIGN = 2
_LONG_ACRONYM = 4
_FEW = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A name of something, in its words. ``requires`` is what must be named in the same text."""

    text: str
    language: str
    targets: tuple[str, ...]
    rule: str
    forms: tuple[str, ...]
    keys: tuple[str, ...]
    commas: int = 0
    requires: tuple[str, ...] = ()

    @property
    def capitals(self) -> int:
        """How many words with capitals a text must show: two of two, half of more."""
        capitals = capitals_of(self.text)
        return capitals if capitals <= _FEW else (capitals + 1) // 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words ``first`` to ``last`` of a text that may be a mention."""

    span: Span
    first: int
    last: int
    targets: tuple[str, ...]
    outcome: Outcome
    rule: str
    requires: tuple[str, ...] = ()
    why: str = ""
    symbol: str = ""
    kind: str = ""


@dataclass(slots=True)
class Lexicon:
    """All names, compiled: ``groups`` by their keys, ``acronyms`` as they are written.

    ``heads`` are words that names are built around, ``summits`` those of Summits; ``beginnings`` are the first two
    words of all names, ``endings`` their last ones.
    """

    spelling: Spelling
    heads: frozenset[str] = frozenset()
    summits: frozenset[str] = frozenset()
    ordinals: frozenset[str] = frozenset()
    groups: dict[tuple[str, ...], list[Name]] = field(default_factory=dict)
    acronyms: dict[str, list[Name]] = field(default_factory=dict)
    guarded: frozenset[tuple[str, str]] = frozenset()
    beginnings: frozenset[tuple[str, ...]] = frozenset()
    endings: frozenset[str] = frozenset()
    _automaton: WordAutomaton | None = None
    _order: list[tuple[str, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, authorities: Authorities) -> Lexicon:
        """Compile the names of the tables."""
        spelling = Spelling({row["variant"]: row["spelling"] for row in authorities.words["spellings"]})
        raw = list(_names(authorities))
        spelling.learn([text for text, *_ in raw])
        heads = {singular(plain(row["head"])): row["kind"] for row in authorities.words["heads"]}
        summits = frozenset(head for head, kind in heads.items() if kind == "summit")
        ordinals = frozenset(row["word"].casefold() for row in authorities.words["ordinals"])
        lexicon = cls(spelling, frozenset(heads), summits, ordinals)
        abbreviations = _Abbreviations(authorities)
        seen: set[tuple[str, str, tuple[str, ...]]] = set()
        for text, language, targets, rule, requires in raw:
            for variant in (text, *abbreviations.variants(text, language)):
                if (variant, language, targets) not in seen:
                    seen.add((variant, language, targets))
                    lexicon.add(variant, language, targets, rule, requires)
        lexicon.guarded = frozenset(_guarded(authorities))
        lexicon.compile()
        return lexicon

    def add(self, text: str, language: str, targets: tuple[str, ...], rule: str, requires: tuple[str, ...]) -> None:
        """Take in a name."""
        forms, keys, commas = self.spelling.names(text)
        name = Name(text, language, targets, rule, forms, keys, commas, requires)
        if is_acronym(text):
            self.acronyms.setdefault(text.replace(".", ""), []).append(name)
        elif keys:
            self.groups.setdefault(keys, []).append(name)

    def compile(self) -> None:
        """Make the automaton of the names that were taken in."""
        self._order = sorted(self.groups)
        self._automaton = WordAutomaton(self._order)
        self.beginnings = frozenset(keys[:2] for keys in self._order)
        self.endings = frozenset(keys[-1] for keys in self._order)

    def find(self, tokens: Tokens, language: str) -> Iterator[Candidate]:
        """Every place of every name, overlapping ones too."""
        for place, first, last in self._automaton.find(tokens.keys) if self._automaton else ():
            candidate = self.candidate(self.groups[self._order[place]], tokens, first, last, language)
            if candidate:
                yield candidate

    def candidate(
        self, group: Sequence[Name], tokens: Tokens, first: int, last: int, language: str
    ) -> Candidate | None:
        """What words of a text name, when they are written as a name of the group is."""
        commas = sum(place in tokens.commas for place in range(first + 1, last))
        span = tokens.span(first, last)
        capitals = capitals_of(span.cut(tokens.text))
        written = tuple(tokens.forms[first:last])
        fit = [
            name
            for name in group
            if _speaks(name, language)
            and (not commas or (name.commas and commas <= name.commas + 1))
            and (capitals >= name.capitals or name.targets == ())
            and (span.cut(tokens.text)[0].isupper() or not _begins_with_capital(name))
        ]
        exact = [name for name in fit if name.forms == written]
        if not exact:
            fit = [name for name in fit if self._is_plural_of(name.forms, written)]
        return chosen(span, first, last, exact or fit, "" if exact else "name-in-number")

    def _is_plural_of(self, one: Sequence[str], other: Sequence[str]) -> bool:
        """Whether two names differ in the number of one word, and that is one that names are built around."""
        differ = [left for left, right in zip(one, other, strict=True) if left != right]
        return len(one) > 1 and len(differ) == 1 and singular(differ[0]) in self.heads

    def named(self, keys: tuple[str, ...], language: str) -> list[Name]:
        """The names with these keys."""
        return [
            name
            for name in self.groups.get(keys, ())
            if _speaks(name, language) and name.targets and name.targets != (_PLACE,)
        ]

    def acronym(self, raw: str, language: str) -> list[Name]:
        """What an acronym stands for: in the language of the text, else, when it is long enough, in any."""
        names = self.acronyms.get(raw, [])
        own = [name for name in names if language in {"", name.language}]
        return own or [name for name in names if len(raw) >= _LONG_ACRONYM]


def chosen(span: Span, first: int, last: int, names: Sequence[Name], rule: str = "") -> Candidate | None:
    """One candidate of several names: ambiguous, unless they are of one thing or one of them was made for several."""
    names = [name for name in names if name.targets != (_PLACE,)] or list(names)
    if not names:
        return None
    sets = sorted({name.targets for name in names})
    best = min(names, key=lambda name: (_ORDER.get(name.rule, 1), bool(name.requires), name.text))
    if len(sets) == 1:
        requires = best.requires if all(name.requires for name in names) else ()
        outcome: Outcome = "resolved" if best.targets else "unresolved"
        return Candidate(
            span, first, last, best.targets, outcome, rule if rule and best.targets else best.rule, requires
        )
    free = sorted({name.targets for name in names if not name.requires})
    if len(free) == 1:
        return chosen(span, first, last, [name for name in names if not name.requires], rule)
    targets = tuple(sorted(set(itertools.chain(*sets))))
    return Candidate(span, first, last, targets, "ambiguous", "shared-name", (), "several things go by this name")


# Of two rules that give one name to one thing the better founded one speaks.
_ORDER = {"name": 0, "misprint": 2, "unchecked-name": 3}


def capitals_of(text: str) -> int:
    """How many words begin with a capital."""
    return sum(1 for word in re.findall(r"[^\W_]+", text) if word[0].isupper())


def _begins_with_capital(name: Name) -> bool:
    """Whether a text must begin the name with a capital: "mandates of the Seventh Summit" are no title."""
    return bool(name.targets) and name.targets[0].startswith(_DOCUMENT) and name.text[0].isupper()


def is_acronym(name: str) -> bool:
    """One word with two capitals: "IOM" is an acronym, "iom" is not; "un" is a Spanish article."""
    letters = [char for char in name if char.isalpha()]
    return not re.search(r"\s", name) and sum(char.isupper() for char in letters) >= 2 and len(letters) <= 12


def _speaks(name: Name, language: str) -> bool:
    return language in {"", name.language} or not name.language or len(name.keys) >= _FOREIGN


_Raw = tuple[str, str, tuple[str, ...], str, tuple[str, ...]]


def _names(authorities: Authorities) -> Iterator[_Raw]:
    for table, kind in KINDS.items():
        for key, entity in authorities[table].items():
            yield from _names_of(entity, (f"{kind}/{key}",), "topic" if kind == "topic" else "name")
            yield from _about(entity, kind)
    for place in authorities["places"].values():
        yield from _names_of(place, (_PLACE,), "place")
    for row in authorities.words["decoys"]:  # "Gulf of Mexico" holds a state's name and is none
        yield from _decoys(row, authorities)
    for row in authorities.words["generics"]:
        yield row["phrase"], row["language"], (), "generic-phrase", ()
    yield from _forms(authorities)


def _decoys(row: Row, authorities: Authorities) -> Iterator[_Raw]:
    """A phrase that holds a name and is none; ``{country}`` stands for each state ("calle {country}")."""
    names = [""]
    if "{country}" in row["phrase"]:
        names = [
            name
            for country in authorities["countries"].values()
            for name in (country.labels.get(row["language"], ""), *country.alts.get(row["language"], ()))
            if name
        ]
    for name in names:
        yield row["phrase"].replace("{country}", name), row["language"], (_PLACE,), "place", ()


def _names_of(entity: Entity, targets: tuple[str, ...], rule: str) -> Iterator[_Raw]:
    for language, label in entity.labels.items():
        yield label, language, targets, rule, ()
    plain = rule != "name"
    for names, of in ((entity.alts, rule), (entity.hiddens, "misprint"), (entity.finds, "unchecked-name")):
        for language, several in names.items():
            yield from ((name, language, targets, rule if plain else of, ()) for name in several)


def _about(entity: Entity, kind: str) -> Iterator[_Raw]:
    """For "its protocols on trafficking in persons": what a protocol is about, beside the treaty that it belongs to."""
    parent = entity.cells.get("part_of", "")
    for language, words, articles in (
        ("en", ("protocol on", "protocol against"), ("", "the ")),
        ("es", ("protocolo sobre", "protocolo contra"), ("", "la ", "el ")),
    ):
        for about in split_cell(entity.cells.get(f"about_{language}", "")) if parent else ():
            for word, article in itertools.product(words, articles):
                name, requires = f"{word} {article}{about}", (f"instrument/{parent}",)
                yield name, language, (f"{kind}/{entity.key}",), "name-with-antecedent", requires


def _guarded(authorities: Authorities) -> Iterator[tuple[str, str]]:
    for table, kind in KINDS.items():
        for key, entity in authorities[table].items():
            yield from ((f"{kind}/{key}", name) for name in split_cell(entity.cells.get("guarded", "")))


def _forms(authorities: Authorities) -> Iterator[_Raw]:
    documents: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, document in authorities["documents"].items():
        documents[document.cells["summit"], document.cells["kind"]].append(key)
    for row in authorities.words["forms"]:
        slots = _SLOT.findall(row["form"])
        requires = tuple(row["requires"].split())
        if not slots:
            yield row["form"], row["language"], tuple(row["targets"].split()), row["rule"], requires
            continue
        for key, summit in authorities["summits"].items():
            target: tuple[str, ...] = (f"summit/{key}",)
            if row["targets"].startswith(_DOCUMENT):
                target = tuple(f"document/{each}" for each in documents[key, row["targets"].removeprefix(_DOCUMENT)])
                if len(target) != 1:
                    continue
            for filling in _fillings(summit, slots[0], row["language"], authorities):
                yield row["form"].replace("{" + slots[0] + "}", filling), row["language"], target, row["rule"], requires


def _fillings(summit: Entity, slot: str, language: str, authorities: Authorities) -> Iterable[str]:
    if slot == "summit":
        return split_cell(summit.cells.get(f"short_{language}", "") or summit.cells["short_en"])
    if slot == "year":
        return (summit.cells["start"][:4],)
    if slot == "title":
        label = summit.labels.get(language, "")
        return (*((label,) if label else ()), *summit.alts.get(language, ()))
    return [
        row["word"]
        for row in authorities.words["ordinals"]
        if row["roman"] == summit.cells["ordinal"] and row["language"] == language and row["roman"]
    ]


class _Abbreviations:
    def __init__(self, authorities: Authorities) -> None:
        self._pairs: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        for row in authorities.words["abbreviations"]:
            for one, other in ((row["long"], row["short"]), (row["short"], row["long"])):
                pattern = re.compile(rf"(?<![\w-]){re.escape(one)}(?![\w-])")
                self._pairs[row["language"]].append((pattern, other))

    def variants(self, text: str, language: str) -> Iterator[str]:
        """The name with each long form inside it made short, and the other way; not a name that is nothing else."""
        for pattern, other in self._pairs.get(language, ()):
            if pattern.search(text) and not pattern.fullmatch(text):
                yield pattern.sub(lambda _, other=other: other, text)  # type: ignore[misc]


def label_of(authorities: Authorities, target: str, minted: Iterable[Minted] = (), language: str = "en") -> str:
    """The label of what is named: that of its table, or of the symbol that it is known by alone."""
    kind, _, key = target.partition("/")
    if entity := authorities[TABLES[kind]].get(key):
        return entity.label(language)
    labels = {each.key: each.labels for each in minted}
    return labels.get(key, {}).get(language, key)
