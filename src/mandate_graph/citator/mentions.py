"""Finds what a text names: instruments, bodies, Summits, documents, states, goals, and what looks like a name.

What is a name stands in tables (``citator.names``); symbols are read by their grammar (``citator.symbols``). The names
that stand whole are taken first, then acronyms, then what points back to them, last what is like a name. A mention is
resolved (it names its targets), ambiguous (its targets are the candidates) or unresolved (it names nothing known here).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from mandate_graph.authorities import Authorities
from mandate_graph.authorities.cells import kind_of
from mandate_graph.citator.acronyms import acronyms, definitions, spells
from mandate_graph.citator.cues import Cues
from mandate_graph.citator.knowledge import Knowledge
from mandate_graph.citator.longer import Surroundings
from mandate_graph.citator.names import Candidate
from mandate_graph.citator.references import References
from mandate_graph.citator.symbols import Symbol, symbols_in
from mandate_graph.model import Minted, Outcome, Span

__all__ = ["Found", "MentionFinder"]

_YEAR_BEFORE = re.compile(r"(?<![\d\w-])((?:18|19|20)\d\d) \Z")
_YEAR_BEHIND = re.compile(
    r"[ \u00a0]?\(((?:18|19|20)\d\d)\)|,? (?:of|de) (?:\d{1,2} (?:de )?[^\W\d_]+ (?:de )?)?((?:18|19|20)\d\d)(?![\d-])"
)
# "(ICOMOS, 2008)", "held in Santiago in 2013".
_YEAR_NEAR = re.compile(
    r"[ \u00a0]?\([^()]{0,40}?\b((?:18|19|20)\d\d)\)| ((?:19|20)\d\d)(?![\d-])"
    r"|(?:,? (?:held|hosted|celebrada|realizada|issued|adopted|adoptada)[^.;()]{0,80}?)?"
    r",? (?:in|en) (?:\w+ (?:de )?)?((?:18|19|20)\d\d)(?![\d-])"
)
_DATED = frozenset(("instrument", "document", "summit"))
_LIKE = {"instrument": "instrument", "body": "body", "meeting": "body", "summit": "summit"}
_LONGER = "a longer name that no table knows"
_NO_TABLE = "no table knows this name"
_NO_SUCH_GOAL = "there is no such goal or target"
_OTHERS_ORGAN = "an organ of another body"
_BARE = "this name has other meanings, and the text does not say whose it is"
_OF_END = re.compile(r" (?:of|de|del|do|da)(?: (?:the|la|las|los|el))? \Z")
_OF = re.compile(r" (?:of|de|del)(?: (?:the|la|las|los|el))? ")
_NO_GOALS = "the text does not speak of the goals"


@dataclass(frozen=True, slots=True)
class Found:
    """A mention in a text.

    ``targets`` (``kind/key``) are what it names, or the candidates of an ambiguous one, and ``why`` says why it is not
    resolved. ``kind`` is what the words name or seem to name. ``relation`` is how it is named ("" where nothing tells),
    ``cue`` the words that tell it. ``symbol`` is a symbol as it should be written (several parted by `` | ``);
    ``minted`` are the instruments that are known by their symbols alone.
    """

    span: Span
    targets: tuple[str, ...]
    outcome: Outcome
    rule: str
    kind: str = ""
    relation: str = ""
    cue: Span | None = None
    symbol: str = ""
    why: str = ""
    minted: tuple[Minted, ...] = ()


@lru_cache(maxsize=4)
def _compiled(authorities: Authorities) -> Knowledge:
    """Compiling takes longer than finding in a page."""
    return Knowledge.of(authorities)


class MentionFinder:
    """All names of the tables, compiled once; a text of unknown language is searched for the names of all."""

    def __init__(self, authorities: Authorities) -> None:
        self._knowledge = _compiled(authorities)
        codes = sorted({row["language"] for row in authorities.words["heads"]} | set(authorities.languages))
        self._codes = frozenset(codes)
        self._language = cache(lambda code: _Language.of(authorities, code, self._knowledge))
        self._common = {
            code: {row["word"].casefold() for row in authorities.words["small-words"] if row["language"] == code}
            for code in codes
        }

    @property
    def targets(self) -> frozenset[str]:
        """Everything that the tables know by a name."""
        return self._knowledge.targets

    def guess(self, text: str) -> str:
        """The language of a text by its small words; "" when none has more of them than the others."""
        words = re.findall(r"[^\W\d_]+", text.casefold())
        counts = [(sum(word in common for word in words), code) for code, common in self._common.items()]
        counts.sort(reverse=True)
        if counts[0][0] == 0 or (len(counts) > 1 and counts[0][0] == counts[1][0]):
            return ""
        return counts[0][1]

    def find(self, text: str, language: str = "", *, topics: bool = False) -> list[Found]:
        """The mentions of a text in its order, none overlapping another but where one phrase names several things.

        With ``topics`` what the text is about is there too (rule ``topic``); it may stand inside a reference.
        """
        code = language if language in self._codes else ""
        run = _Run(self._knowledge, text, code, self._language(code))
        found = [*run.mentions(), *(run.topics() if topics else ())]
        return sorted(found, key=lambda each: (each.span.start, each.span.end, each.rule))


@dataclass(frozen=True, slots=True)
class _Language:
    """What one language's tables say beside names."""

    surroundings: Surroundings
    references: References
    cues: Cues

    @classmethod
    def of(cls, authorities: Authorities, language: str, knowledge: Knowledge) -> _Language:
        return cls(
            Surroundings(authorities, language),
            References(authorities, language, knowledge.heads_of),
            Cues(authorities, language),
        )


class _Run:
    """One text."""

    def __init__(self, knowledge: Knowledge, text: str, language: str, words: _Language) -> None:
        self._knowledge, self._text, self._language, self._words = knowledge, text, language, words
        self._tokens = knowledge.lexicon.spelling.tokens(text)
        names = list(knowledge.lexicon.find(self._tokens, language))
        self._topics = [each for each in names if _is_topic(each)]
        self._names = [each for each in names if not _is_topic(each)]
        self._groups = {place: (group, acronym) for place, group, acronym in reversed(self._tokens.groups)}
        self._likely = words.surroundings.like_names(text)
        self._minted: dict[str, Minted] = {}

    def topics(self) -> Iterator[Found]:
        """What the text is about: the longest names of topics."""
        place = 0
        for each in sorted(self._topics, key=_by_place):
            if each.span.start >= place:
                yield Found(each.span, each.targets[:1], "resolved", "topic", "topic")
                place = each.span.end

    def mentions(self) -> list[Found]:
        """Everything that is named, in order."""
        strong = [
            *self._symbols(),
            *self._knowledge.coordination.find(self._tokens, self._language, self._names),
            *(each for each in self._names if each.outcome != "unresolved"),
        ]
        names = self._select(strong)
        defined = definitions(self._tokens, names, self._likely)
        short = acronyms(self._tokens, self._language, self._knowledge.lexicon, defined, names)
        found = self._select([*strong, *short])
        found = _settled(found)
        pointing = list(self._pointing(found))
        # What only hides a name ("Panama Canal") may be a part of one that no table knows ("Panama Canal Treaty").
        found = [each for each in found if each.rule != "place"]
        for more in (pointing, self._generic(), self._like_names(found)):
            found = _with_room(found, more)
        return self._told(found)

    def _told(self, candidates: Sequence[Candidate]) -> list[Found]:
        """Add how each thing is named."""
        told = self._words.cues.relations(self._text, [(each.span, _kind(each)) for each in candidates])
        found = []
        for each, (relation, cue) in zip(candidates, told, strict=True):
            minted = tuple(self._minted[target] for target in each.targets if target in self._minted)
            one = Found(each.span, each.targets, each.outcome, each.rule, _kind(each), relation, cue)
            one = replace(one, symbol=each.symbol, why=each.why, minted=minted)
            found.append(replace(one, relation="", cue=None) if each.outcome == "unresolved" else one)
        return found

    def _symbols(self) -> Iterator[Candidate]:
        groups: dict[Span, list[Symbol]] = {}
        for symbol in symbols_in(self._text):
            groups.setdefault(symbol.span, []).append(symbol)
        full = {(s.organ, s.number): s for several in groups.values() for s in several if s.session or s.year}
        for span, symbols in groups.items():
            targets: list[str] = []
            written: list[str] = []
            for symbol in symbols:
                bare = not (symbol.session or symbol.year)
                meant = full.get((symbol.organ, symbol.number), symbol) if bare else symbol
                target, minted = self._knowledge.registry.target(meant)
                if target and target not in targets:
                    targets.append(target)
                    written.append(symbol.text)
                if minted:
                    self._minted[target] = minted
            if not targets and symbols[0].family == "sdg":
                yield Candidate(span, -1, -1, (), "unresolved", "no-antecedent", (), _NO_SUCH_GOAL, kind="sdg")
            elif not all(symbol.certain for symbol in symbols):
                yield Candidate(span, -1, -1, (), "unresolved", "no-antecedent", (), _NO_GOALS, kind="sdg")
            elif targets:
                yield Candidate(span, -1, -1, tuple(targets), "resolved", "symbol", symbol=" | ".join(written))

    def _pointing(self, found: Sequence[Candidate]) -> Iterator[Candidate]:
        resolved = [each for each in found if each.outcome == "resolved" and each.rule != "place"]
        for candidate, kind in self._words.references.find(self._text, resolved):
            yield candidate if candidate.targets else replace(candidate, kind=_LIKE[kind])

    def _generic(self) -> Iterator[Candidate]:
        """Phrases that name no one thing; with a number it is a Summit that no table has ("the Tenth Summit …")."""
        lexicon = self._knowledge.lexicon
        for each in self._names:
            if each.outcome != "unresolved":
                continue
            if not lexicon.summits.intersection(self._tokens.keys[each.first : each.last]):
                yield each
            elif each.first and self._tokens.raw(each.first - 1).casefold() in lexicon.ordinals:
                span = self._tokens.span(each.first - 1, each.last)
                yield replace(each, span=span, rule="name-like", why=_NO_TABLE, kind="summit")
            else:
                yield replace(each, kind="summit")

    def _like_names(self, found: Sequence[Candidate]) -> Iterator[Candidate]:
        """What looks like a name; of "the Rome Statute of the Court" what stands before the known body."""
        by_end = {each.span.end: each for each in found}
        for likely, kind in self._likely:
            span, inner = likely, by_end.get(likely.end)
            if inner and inner.span.start > likely.start:
                span = Span(
                    likely.start, likely.start + len(_OF_END.sub("", self._text[likely.start : inner.span.start]))
                )
            span = self._words.surroundings.with_first_word(self._text, span)
            if " " not in span.cut(self._text):
                continue
            yield Candidate(span, -1, -1, (), "unresolved", "name-like", (), _NO_TABLE, kind=_LIKE[kind])

    def _select(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """From left to right the longest that does not overlap, as the whole names that they are part of."""
        by_start: dict[int, Candidate] = {
            each.span.start: each for each in sorted(candidates, key=_by_place, reverse=True)
        }
        starts = set(by_start)
        everything = {target for each in candidates if each.outcome == "resolved" for target in each.targets}
        found: list[Candidate] = []
        named: set[str] = set()
        place = 0
        for each in sorted(candidates, key=_by_place):
            if each.span.start < place or not set(each.requires) <= named:
                continue
            settled = self._as_organ(self._as_whole(each, starts, found), by_start, everything)
            if settled.span.start < place:  # the longer name would reach into what is taken
                rest = self._text[place : settled.span.end].lstrip(" ,;")
                settled = replace(settled, span=Span(settled.span.end - len(rest), settled.span.end))
            found.append(settled)
            if settled.outcome == "resolved":
                named.update(settled.targets)
            place = max(place, settled.span.end)
        return found

    def _as_whole(self, each: Candidate, starts: set[int], found: Sequence[Candidate]) -> Candidate:
        """The candidate with its acronym and year; unresolved when it is a part of a longer name."""
        if each.symbol or not each.targets or each.rule == "place":
            return each
        span = self._with_acronym(each)
        whole = self._words.surroundings.whole(self._text, span, each.targets[0], self._likely, starts)
        if whole.start < span.start and found and self._belongs(found[-1], each, whole):
            whole = Span(span.start, whole.end)
        if whole == span or each.rule == "elliptic-plural":
            return self._with_year(replace(each, span=span))
        if each.targets[0].startswith("place/"):
            return each
        if each.targets[0].startswith("country/"):  # "Mexico City" is a place, and nothing that we look for
            return replace(each, span=whole, rule="place")
        return replace(
            each, span=whole, targets=(), outcome="unresolved", rule="part-of-name", kind=_kind(each), why=_LONGER
        )

    def _as_organ(self, each: Candidate, by_start: Mapping[int, Candidate], everything: Collection[str]) -> Candidate:
        """An organ whose bare name others use too: "the General Secretariat of SICA" is not that of the OAS."""
        if each.outcome != "resolved" or len(each.targets) > 1 or not each.targets[0].startswith("body/"):
            return each
        target = each.targets[0]
        owners = self._knowledge.owners.get(target, frozenset())
        quote = each.span.cut(self._text)
        of = _OF.match(self._text, each.span.end)
        other = by_start.get(of.end()) if of else None
        foreign = other is not None and other.targets[:1] and other.targets[0].startswith("body/")
        if owners and foreign and other and not owners & set(other.targets) and target not in other.targets:
            return replace(each, targets=(), outcome="unresolved", rule="part-of-name", kind="body", why=_OTHERS_ORGAN)
        alone = (target, quote) in self._knowledge.lexicon.guarded and " " in quote
        if alone and not (owners | {target}) & (set(everything) - {target} | self._in_full(target, quote)):
            return replace(each, targets=(), outcome="unresolved", rule="acronym-alone", kind="body", why=_BARE)
        return each

    def _in_full(self, target: str, quote: str) -> set[str]:
        """The target, where the text names it by another name than the bare one."""
        full = any(target in each.targets and each.span.cut(self._text) != quote for each in self._names)
        return {target} if full else set()

    def _belongs(self, owner: Candidate, each: Candidate, whole: Span) -> bool:
        """Whether what stands directly before a name is its owner: "the OAS Inter-American Commission"."""
        owners = self._knowledge.owners.get(each.targets[0], frozenset())
        return (
            owner.outcome == "resolved"
            and owner.span.start <= whole.start
            and owner.span.end + 1 == each.span.start
            and any(target in owners or target.startswith("place/") for target in owner.targets)
        )

    def _with_acronym(self, each: Candidate) -> Span:
        """The acronym in parentheses behind a name belongs to it, unless it is another thing's."""
        group, acronym = self._groups.get(each.last, (None, ""))
        if group and 0 <= group.start - each.span.end <= 1:
            names = self._knowledge.lexicon.acronym(acronym, self._language)
            others = {target for name in names for target in name.targets}
            if set(each.targets) & others or spells(acronym, each.span.cut(self._text)):
                return Span(each.span.start, group.end)
        return each.span

    @staticmethod
    def _of_another_year(each: Candidate, span: Span, own: Collection[str]) -> Candidate:
        why = f"{each.targets[0]} is of {', '.join(sorted(own))}"
        return replace(
            each, span=span, targets=(), outcome="unresolved", rule="year-differs", kind=_kind(each), why=why
        )

    def _named_with(self, each: Candidate, year: str) -> bool:
        """Whether the year is a word of the name ("2030 Agenda"), and not put into it."""
        return each.first >= 0 and any(year in self._tokens.raw(place) for place in range(each.first, each.last))

    def _with_year(self, each: Candidate) -> Candidate:
        """A year beside the name is part of it when it is the thing's own, and speaks against it when it is another."""
        if each.targets[0].partition("/")[0] not in _DATED or len(each.targets) > 1:
            return each
        own = self._knowledge.years.get(each.targets[0], frozenset())
        before = _YEAR_BEFORE.search(self._text, max(0, each.span.start - 6), each.span.start)
        behind = _YEAR_BEHIND.match(self._text, each.span.end)
        if behind is None and not each.targets[0].startswith("instrument/"):
            near = _YEAR_NEAR.match(self._text, each.span.end)
            behind = near if near and next(filter(None, near.groups())) not in own else None
        inside = re.search(r"(?<!\d)(?:18|19|20)\d\d(?!\d)", each.span.cut(self._text))
        other = inside is not None and bool(own) and inside.group() not in own and each.outcome == "resolved"
        if inside and other and not self._named_with(each, inside.group()):
            return self._of_another_year(each, each.span, own)
        for match in filter(None, (before, behind)):
            year = next(group for group in match.groups() if group)
            span = Span(min(match.start(), each.span.start), max(match.end(), each.span.end))
            if own and year not in own:
                if each.outcome != "resolved":
                    continue
                return self._of_another_year(each, span, own)
            each = replace(each, span=span)
        return each


def _is_topic(each: Candidate) -> bool:
    return bool(each.targets) and each.targets[0].startswith("topic/")


def _settled(found: Sequence[Candidate]) -> list[Candidate]:
    """A name of several things is the one that the text names in full before."""
    named: set[str] = set()
    settled = []
    for each in found:
        one, here = each, named & set(each.targets)
        if each.outcome == "ambiguous" and each.rule == "shared-name" and len(here) == 1:
            one = replace(each, targets=tuple(here), outcome="resolved", rule="name-with-antecedent", why="")
        settled.append(one)
        if one.outcome == "resolved" and one.rule != "place":
            named.update(one.targets)
    return settled


def _with_room(found: Sequence[Candidate], more: Iterable[Candidate]) -> list[Candidate]:
    """Candidates with those more that overlap none of them, nor each other, in the order of the text."""
    starts = [each.span.start for each in found]
    fitting = []
    for each in more:
        place = bisect.bisect_left(starts, each.span.end) - 1
        if place < 0 or found[place].span.end <= each.span.start:
            fitting.append(each)
    taken: list[Candidate] = []
    for each in sorted(fitting, key=_by_place):
        if not taken or taken[-1].span.end <= each.span.start:
            taken.append(each)
    return sorted((*found, *taken), key=lambda each: (each.span.start, each.span.end))


def _by_place(each: Candidate) -> tuple[int, int, bool, bool, str]:
    return each.span.start, -each.span.end, not each.symbol, each.outcome != "resolved", each.rule


def _kind(each: Candidate) -> str:
    if each.kind:
        return each.kind
    return kind_of(each.targets[0]) if each.targets else "instrument"
