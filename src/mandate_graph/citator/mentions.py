"""Finds what a text names: instruments, bodies, Summits, documents, states, goals, and the words that look like a name
and are not known.

What is a name stands in tables (``citator.names``); symbols are read by their grammar (``citator.symbols``). The names that
stand whole are taken first, then acronyms, then what points back to them, last what is like a name. A mention is
resolved (it names its targets), ambiguous (its targets are the candidates) or unresolved (it names nothing known here).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mandate_graph.authorities import Authorities, split_cell
from mandate_graph.citator.automaton import fold
from mandate_graph.citator.coordination import Coordination
from mandate_graph.citator.cues import Cues
from mandate_graph.citator.longer import Surroundings
from mandate_graph.citator.names import KINDS, Candidate, Lexicon, chosen
from mandate_graph.citator.references import References
from mandate_graph.citator.registry import Registry
from mandate_graph.citator.symbols import Symbol, symbols_in
from mandate_graph.citator.tokens import Tokens, plain, singular
from mandate_graph.model import Minted, Outcome, Span

__all__ = ["Found", "MentionFinder"]

_YEAR_BEFORE = re.compile(r"(?<![\d\w-])((?:18|19|20)\d\d) \Z")
_YEAR_BEHIND = re.compile(r"[ \u00a0]?\(((?:18|19|20)\d\d)\)|,? (?:of|de) ((?:18|19|20)\d\d)(?![\d-])")
_LIKE = {"instrument": "instrument", "body": "body", "meeting": "body", "summit": "summit"}
_INITIAL = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A mention in a text.

    ``targets`` (``kind/key``) are what it names, or the candidates of an ambiguous one, and ``why`` says why it is not
    resolved. ``kind`` is what the words name or seem to name. ``relation`` is how it is named ("" where nothing tells),
    ``cue`` the words that tell it. ``symbol`` is a symbol as it should be written; ``minted`` are the instruments that
    are known by their symbols alone.
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


class MentionFinder:
    """All names of the tables, compiled once; a text of unknown language is searched for the names of all."""

    def __init__(self, authorities: Authorities) -> None:
        self._lexicon = Lexicon.of(authorities)
        self._registry = Registry(authorities)
        self._coordination = Coordination(
            self._lexicon, frozenset(singular(plain(row["head"])) for row in authorities.words["heads"])
        )
        self._targets = frozenset(
            f"{kind}/{key}" for table, kind in KINDS.items() if kind != "topic" for key in authorities[table]
        )
        self._creators = _owners(authorities)
        self._years = _years(authorities)
        codes = sorted({row["language"] for row in authorities.words["heads"]} | set(authorities.languages))
        self._languages = {code: _Language(authorities, code, self._lexicon) for code in codes}
        self._any = _Language(authorities, "", self._lexicon)
        self._common = {code: _common_words(authorities, code) for code in codes}

    @property
    def targets(self) -> frozenset[str]:
        """Everything that the tables know by a name."""
        return self._targets

    def guess(self, text: str) -> str:
        """The language of a text by its small words; "" when none has more of them than the others."""
        words = re.findall(r"[^\W\d_]+", text.casefold())
        counts = sorted(((sum(word in common for word in words), code) for code, common in self._common.items()), reverse=True)
        if not counts or counts[0][0] == 0 or (len(counts) > 1 and counts[0][0] == counts[1][0]):
            return ""
        return counts[0][1]

    def find(self, text: str, language: str = "", *, topics: bool = False) -> list[Found]:
        """The mentions of a text in its order, none overlapping another but where one phrase names several things.

        With ``topics`` what the text is about is there too (rule ``topic``): never a reference, it may stand inside one.
        """
        words = self._languages.get(language, self._any)
        tokens = self._lexicon.spelling.tokens(text)
        run = _Run(self, text, language if language in self._languages else "", tokens, words)
        found = run.mentions()
        return sorted(
            [*found, *(run.topics() if topics else ())], key=lambda each: (each.span.start, each.span.end, each.rule)
        )


class _Language:
    """What one language's tables say beside names."""

    def __init__(self, authorities: Authorities, language: str, lexicon: Lexicon) -> None:
        self.surroundings = Surroundings(authorities, language)
        self.references = References(authorities, language, lexicon.spelling)
        self.cues = Cues(authorities, language)


class _Run:
    """One text."""

    def __init__(self, finder: MentionFinder, text: str, language: str, tokens: Tokens, words: _Language) -> None:
        self._finder, self._text, self._language, self._tokens, self._words = finder, text, language, tokens, words
        names = list(finder._lexicon.find(tokens, language))
        self._topics = [each for each in names if each.targets and each.targets[0].startswith("topic/")]
        self._names = [each for each in names if each not in self._topics]
        self._minted: dict[str, Minted] = {}

    def topics(self) -> Iterator[Found]:
        """What the text is about: the longest names of topics."""
        place = 0
        for each in sorted(self._topics, key=lambda each: (each.span.start, -each.span.end)):
            if each.span.start >= place:
                yield Found(each.span, each.targets[:1], "resolved", "topic", "topic")
                place = each.span.end

    def mentions(self) -> list[Found]:
        """Everything that is named, in order."""
        symbols = [*self._symbols()]
        lists = [*self._finder._coordination.find(self._tokens, self._language, self._names)]
        strong = [*symbols, *lists, *(each for each in self._names if each.outcome != "unresolved")]
        likely = self._words.surroundings.like_names(self._text)
        starts = {each.span.start for each in strong}
        chosen_names = self._select(strong, likely, starts)
        defined, unknown = self._definitions(chosen_names, likely)
        named = {target for each in chosen_names if each.outcome == "resolved" for target in each.targets}
        acronyms = [*self._acronyms(defined, unknown, named)]
        everything = self._select([*strong, *acronyms], likely, starts | {each.span.start for each in acronyms})
        everything = [self._settled(each, everything) for each in everything]
        resolved = [each for each in everything if each.outcome == "resolved"]
        kinds: dict[Span, str] = {}
        for candidate, kind in self._words.references.find(self._text, resolved):
            if not _overlaps(candidate.span, everything):
                everything.append(candidate)
                kinds[candidate.span] = _LIKE[kind]
        for each in sorted((each for each in self._names if each.outcome == "unresolved"), key=_by_place):
            if not _overlaps(each.span, everything):
                everything.append(each)
                kinds[each.span] = "instrument"
        for span, kind in likely:
            if not _overlaps(span, everything):
                everything.append(Candidate(span, -1, -1, (), "unresolved", "name-like", (), "no table knows this name"))
                kinds[span] = _LIKE[kind]
        everything = [each for each in everything if each.rule != "place"]
        everything.sort(key=lambda each: (each.span.start, each.span.end))
        return self._told(everything, kinds)

    def _told(self, candidates: Sequence[Candidate], kinds: dict[Span, str]) -> list[Found]:
        """Add kinds, and how each thing is named."""
        found = [
            Found(
                each.span, each.targets, each.outcome, each.rule, each.kind or kinds.get(each.span) or _kind(each), "", None,
                each.symbol, each.why, tuple(self._minted[target] for target in each.targets if target in self._minted),
            )
            for each in candidates
        ]  # fmt: skip
        told = self._words.cues.relations(self._text, [(each.span, each.kind) for each in found])
        return [
            replace(each, relation=relation, cue=cue) if each.outcome != "unresolved" else each
            for each, (relation, cue) in zip(found, told, strict=True)
        ]

    def _symbols(self) -> Iterator[Candidate]:
        groups: dict[Span, list[Symbol]] = {}
        for symbol in symbols_in(self._text):
            groups.setdefault(symbol.span, []).append(symbol)
        for span, symbols in groups.items():
            targets = []
            for symbol in symbols:
                target, minted = self._finder._registry.target(symbol)
                targets += [target] if target else []
                if minted:
                    self._minted[target] = minted
            text = " | ".join(symbol.text for symbol in symbols)
            if not all(symbol.certain for symbol in symbols):
                yield Candidate(span, -1, -1, (), "unresolved", "no-antecedent", (), "the text does not speak of the goals")
            elif targets:
                yield Candidate(span, -1, -1, tuple(dict.fromkeys(targets)), "resolved", "symbol", (), "", text)

    def _select(
        self, candidates: Sequence[Candidate], likely: Sequence[tuple[Span, str]], starts: set[int]
    ) -> list[Candidate]:
        """From left to right the longest that does not overlap, as the whole names that they are part of."""
        found: list[Candidate] = []
        named: set[str] = set()
        place = 0
        for each in sorted(candidates, key=_by_place):
            if each.span.start < place or not set(each.requires) <= named:
                continue
            settled = self._as_whole(each, likely, starts, found)
            if settled.span.start < place:
                settled = replace(settled, span=Span(place, settled.span.end)) if settled.rule != "part-of-name" else each
                if settled is each:
                    settled = replace(each, targets=(), outcome="unresolved", rule="part-of-name")
            found.append(settled)
            if settled.outcome == "resolved":
                named.update(settled.targets)
            place = max(place, settled.span.end)
        return found

    def _as_whole(
        self, each: Candidate, likely: Sequence[tuple[Span, str]], starts: set[int], found: Sequence[Candidate]
    ) -> Candidate:
        """The candidate with its acronym and year; unresolved when it is a part of a longer name."""
        if each.symbol or not each.targets or each.rule == "place":
            return each
        span = self._with_acronym(each)
        whole = self._words.surroundings.whole(self._text, span, each.targets[0], likely, starts)
        if whole.start < span.start and found and self._belongs(found[-1], each, whole):
            whole = Span(span.start, whole.end)
        if whole != span and each.rule != "elliptic-plural":
            if each.targets[0].startswith("place/"):
                return each
            if each.targets[0].startswith("country/"):  # "Mexico City" is a place, and nothing that we look for
                return replace(each, span=whole, rule="place")
            return replace(
                each, span=whole, targets=(), outcome="unresolved", rule="part-of-name", kind=_kind(each),
                why="a longer name that no table knows",
            )  # fmt: skip
        return self._with_year(replace(each, span=span))

    def _belongs(self, owner: Candidate, each: Candidate, whole: Span) -> bool:
        """Whether what stands directly before a name is its owner: "the OAS Inter-American Commission"."""
        return (
            owner.outcome == "resolved"
            and owner.span.start <= whole.start
            and owner.span.end + 1 == each.span.start
            and any(target in self._finder._creators.get(each.targets[0], ()) or target.startswith("place/") for target in owner.targets)
        )

    def _with_acronym(self, each: Candidate) -> Span:
        """The acronym in parentheses behind a name belongs to it, unless it is another thing's."""
        for place, group, acronym in self._tokens.groups:
            if place == each.last and 0 <= group.start - each.span.end <= 1:
                others = {target for name in self._finder._lexicon.acronym(acronym, self._language) for target in name.targets}
                if not others or set(each.targets) & others or _spells(acronym, each.span.cut(self._text)):
                    return Span(each.span.start, group.end)
        return each.span

    def _with_year(self, each: Candidate) -> Candidate:
        """A year beside the name is part of it when it is the thing's own, and speaks against it when it is another."""
        if each.targets[0].partition("/")[0] not in {"instrument", "document", "summit"} or len(each.targets) > 1:
            return each
        own = self._finder._years.get(each.targets[0], frozenset())
        span = each.span
        for match, at_start in ((_YEAR_BEFORE.search(self._text, 0, span.start), True), (_YEAR_BEHIND.match(self._text, span.end), False)):
            if match is None:
                continue
            year = next(group for group in match.groups() if group)
            wider = Span(match.start(), span.end) if at_start else Span(span.start, match.end())
            if year in own or not own:
                span = wider
            elif each.outcome == "resolved":
                return replace(each, span=wider, targets=(), outcome="unresolved", rule="year-differs", kind=_kind(each), why=f"{each.targets[0]} is of {', '.join(sorted(own))}")
        return replace(each, span=span)

    def _definitions(
        self, names: Sequence[Candidate], likely: Sequence[tuple[Span, str]]
    ) -> tuple[dict[str, Candidate], set[str]]:
        """Acronyms that the text itself defines: by a name that is known, and by one that is not."""
        defined: dict[str, Candidate] = {}
        unknown: set[str] = set()
        for _, group, acronym in self._tokens.groups:
            for each in names:
                if each.span.end == group.end and each.span.start < group.start and each.outcome == "resolved":
                    defined[acronym] = each
            before = self._text[: group.start].rstrip()
            spelled = _ends_spelling(acronym, before)
            if acronym not in defined and (spelled or any(span.end == len(before) for span, _ in likely)):
                unknown.add(acronym)
        return defined, unknown

    def _acronyms(self, defined: dict[str, Candidate], unknown: set[str], named: set[str]) -> Iterator[Candidate]:
        lexicon, tokens = self._finder._lexicon, self._tokens
        places = [(place, tokens.span(place, place + 1)) for place in range(len(tokens))]
        places += [(place, Span(group.start + 1, group.end - 1)) for place, group, _ in tokens.groups]
        for place, span in places:
            raw = span.cut(self._text).strip().replace(".", "")
            if sum(char.isupper() for char in raw) < 2 or self._text[span.end : span.end + 1] == "$":
                continue
            if raw in defined:
                yield Candidate(span, place, place + 1, defined[raw].targets, "resolved", "defined-acronym")
                continue
            if raw in unknown:
                why = "the text defines it by a name that no table knows"
                yield Candidate(span, place, place + 1, (), "unresolved", "name-like", (), why, kind="body")
                continue
            names = lexicon.acronym(raw, self._language)
            each = chosen(span, place, place + 1, names)
            if each is None:
                continue
            if each.outcome == "ambiguous" and len(here := named & set(each.targets)) == 1:
                each = replace(each, targets=tuple(here), outcome="resolved", rule="name-with-antecedent", why="")
            if each.outcome == "resolved" and all((target, raw) in lexicon.guarded for target in each.targets):
                if not named & set(each.targets):
                    each = replace(each, targets=(), outcome="unresolved", rule="acronym-alone", kind=_kind(each), why="this acronym has other meanings, and the text does not give the name")
            yield each

    def _settled(self, each: Candidate, everything: Sequence[Candidate]) -> Candidate:
        """A name of several things is the one that the text names in full before."""
        if each.outcome != "ambiguous" or each.rule != "shared-name":
            return each
        before = {
            target
            for other in everything
            if other.outcome == "resolved" and other.span.end <= each.span.start
            for target in other.targets
        }
        here = before & set(each.targets)
        if len(here) == 1:
            return replace(each, targets=tuple(here), outcome="resolved", rule="name-with-antecedent", why="")
        return each


def _by_place(each: Candidate) -> tuple[int, int, bool, bool, str]:
    return each.span.start, -each.span.end, not each.symbol, each.outcome != "resolved", each.rule


def _overlaps(span: Span, others: Sequence[Candidate]) -> bool:
    return any(span.start < other.span.end and other.span.start < span.end for other in others)


def _kind(each: Candidate) -> str:
    kind = each.targets[0].partition("/")[0] if each.targets else "instrument"
    return "summit" if kind == "series" else kind


def _spells(acronym: str, name: str) -> bool:
    """Whether an acronym is made of the first letters of a name's words, in their order."""
    letters = iter(word[0].upper() for word in _INITIAL.findall(fold(name)))
    return all(letter in letters for letter in acronym.upper() if letter.isalpha())


def _ends_spelling(acronym: str, before: str) -> bool:
    """Whether the words before an acronym spell it, the last of them beginning with a capital or the first letter."""
    words = _INITIAL.findall(before)[-2 * len(acronym) :]
    capitals = [word for word in words if word[0].isupper()]
    return bool(capitals) and bool(words) and words[-1][0].isupper() and _spells(acronym, " ".join(words))


def _years(authorities: Authorities) -> dict[str, frozenset[str]]:
    years: dict[str, frozenset[str]] = {}
    for key, instrument in authorities["instruments"].items():
        own = {instrument.cells["date"][:4], *split_cell(instrument.cells["years"])} - {""}
        years[f"instrument/{key}"] = frozenset(own)
    for key, summit in authorities["summits"].items():
        years[f"summit/{key}"] = frozenset({summit.cells["start"][:4]})
    for key, document in authorities["documents"].items():
        years[f"document/{key}"] = years[f"summit/{document.cells['summit']}"]
    return years


def _owners(authorities: Authorities) -> dict[str, frozenset[str]]:
    """By thing, the bodies that it belongs to: its creator or parent, and theirs."""
    bodies = authorities["bodies"]
    owners: dict[str, frozenset[str]] = {}
    for table, column in (("instruments", "creator"), ("bodies", "parent")):
        for key, entity in authorities[table].items():
            above: list[str] = []
            body = entity.cells[column]
            while body and f"body/{body}" not in above:
                above.append(f"body/{body}")
                body = bodies[body].cells["parent"]
            owners[f"{'instrument' if table == 'instruments' else 'body'}/{key}"] = frozenset(above)
    return owners


def _common_words(authorities: Authorities, language: str) -> frozenset[str]:
    return frozenset(row["word"].casefold() for row in authorities.words["small-words"] if row["language"] == language)
