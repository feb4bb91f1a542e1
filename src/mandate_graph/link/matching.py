"""The matcher: things of ours and terms of another vocabulary to proposals. Pure, and it never decides anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mandate_graph.link.context import Standing, fits, lies
from mandate_graph.link.known import Known
from mandate_graph.link.ours import Index, Name, Subject
from mandate_graph.link.terms import Label, Term, Vocabulary, same_address
from mandate_graph.link.words import Words
from mandate_graph.sssom import CONCEPTS

__all__ = ["FLOOR", "MOST_EACH", "Hit", "Left", "Proposal", "Scales", "match"]


FLOOR = 0.85
"""How alike two names must be to be suggested (`alike.word_ratio`)."""


MOST_EACH = 10
"""How many terms of a vocabulary are proposed for one thing; more of one name are not told apart by it."""


@dataclass(frozen=True, slots=True)
class Scales:
    """How much a match is worth: products of these, a rule of thumb that orders proposals and promises nothing.

    A name of ours by its field, one of theirs by its role, the form in which they are one, and the language; then what
    the whole says: ``sure`` is the most that one match of names can be worth, each of the others a share of the doubt
    that is left (below 1) or of the worth (``ambiguous``, ``contradicted``, ``nowhere`` for
    a place of which nobody says the country, ``beside`` where something unknown stands beside its name, too).
    """

    ours: Mapping[str, float] = field(default_factory=lambda: {"label": 1.0, "alt": 0.9, "hidden": 0.8, "find": 0.75})
    theirs: Mapping[str, float] = field(default_factory=lambda: {"pref": 1.0, "alt": 0.85, "hidden": 0.75})
    forms: Mapping[str, float] = field(default_factory=lambda: {"same": 1, "qualified": 0.9, "spelling": 0.85})
    untagged: float = 0.97
    other_language: float = 0.6
    acronym: float = 0.7
    sure: float = 0.9
    another_language: float = 0.7
    same_country: float = 0.7
    shared_link: float = 0.3
    ambiguous: float = 0.6
    nowhere: float = 0.7
    beside: float = 0.6
    contradicted: float = 0.3
    chained: float = 0.8


@dataclass(frozen=True, slots=True)
class Hit:
    """A name of ours and a label of theirs that are one."""

    name: Name
    label: Label
    form: str
    qualifier: str
    worth: float

    @property
    def plain(self) -> bool:
        """Both are the names that each side prefers, as they stand, in one language: what can make an exact match."""
        alike = self.label.code in {self.name.language, ""}
        first = self.name.field == "label" and self.label.role == "pref"
        return first and self.form == "same" and alike and not self.name.acronym


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link that somebody may accept.

    ``hit`` is the best match of names (None where only a shared link speaks), ``score`` 0 to 1 orders proposals,
    ``rivals`` is how many terms of the vocabulary have this name of ours, ``similarity`` is set where the names are
    only alike, ``evidence`` are sentences.
    """

    subject: Subject
    term: Term
    predicate: str
    score: float
    hit: Hit | None = None
    rivals: int = 1
    similarity: float | None = None
    alike: tuple[Name, Label] | None = None
    shared: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(slots=True)
class Left:
    """Why things of ours have no proposal, and terms none that could: keys of ours, or how many."""

    linked: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    decided: int = 0
    another_type: int = 0
    another_country: int = 0
    deprecated: int = 0
    more: int = 0
    retried: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """What speaks for one term."""

    term: Term
    hits: tuple[Hit, ...]
    shared: tuple[str, ...]
    against: tuple[str, ...]
    standing: Standing
    wider: tuple[str, ...] = ()

    @property
    def placeless(self) -> bool:
        """Whether our thing lies in a country, and nobody says so of the term: another town may have the name."""
        return self.standing == "unknown" and not self.shared

    @property
    def beside(self) -> str:
        """What stands beside the name by which it was found."""
        return self.hits[0].qualifier if self.hits else ""

    @property
    def plain(self) -> bool:
        return any(hit.plain for hit in self.hits)

    def rivals(self, other: _Found) -> bool:
        """Whether another term has the name of ours that this one is found by; it has so itself."""
        return bool(self.hits) and any(hit.name == self.hits[0].name for hit in other.hits)


class _Matcher:
    def __init__(
        self, index: Index, vocabulary: Vocabulary, known: Known, words: Words, countries: Mapping[str, str]
    ) -> None:
        self.index, self.vocabulary, self.known, self.words = index, vocabulary, known, words
        self.countries = countries
        self.scales = Scales()
        self.left = Left()

    def found(self) -> dict[str, list[_Found]]:
        """What was found of each thing of ours, by its key."""
        found: dict[str, list[_Found]] = {}
        for iri, term in sorted(self.vocabulary.terms.items()):
            hits: dict[str, list[Hit]] = {}
            for label in term.labels:
                for name, form, qualifier in self.index.hits(label.text, label.code):
                    hits.setdefault(name.subject, []).append(self.hit(name, label, form, qualifier))
            named = {
                key: [hit for hit in several if hit.form == "same" and hit.name.field != "hidden"]
                for key, several in hits.items()
            }
            for key in self._sharers(term):
                hits.setdefault(key, [])
            for key in sorted(hits):
                if self.may(self.index.things[key], iri, term):
                    best = sorted(hits[key], key=_best_first)
                    if one := self.weighed(self.index.things[key], term, tuple(best)):
                        others = (hit for other, several in named.items() if other != key for hit in several)
                        wider = {f"{hit.name.subject} ({hit.name.text})" for hit in others}
                        found.setdefault(key, []).append(replace(one, wider=tuple(sorted(wider))))
        return found

    def hit(self, name: Name, label: Label, form: str, qualifier: str) -> Hit:
        scales = self.scales
        worth = scales.ours[name.field] * scales.theirs[label.role] * scales.forms[form]
        if label.code != name.language:
            worth *= scales.other_language if label.code else scales.untagged
        if name.acronym:
            worth *= scales.acronym
        return Hit(name, label, form, qualifier, worth)

    def _sharers(self, term: Term) -> list[str]:
        """Things of ours that an accepted link and a link of theirs give one address."""
        addresses = {same_address(iri) for iri in term.exact}
        owners = self.known.owners
        return sorted({key for address in addresses for key in owners.get(address, ()) if key in self.index.things})

    def may(self, subject: Subject, iri: str, term: Term) -> bool:
        if self.known.decided(subject.key, iri):
            self.left.decided += 1
        elif term.deprecated:
            self.left.deprecated += 1
        elif not fits(term, subject.kind, self.words):
            self.left.another_type += 1
        else:
            return True
        return False

    def weighed(self, subject: Subject, term: Term, hits: tuple[Hit, ...]) -> _Found | None:
        qualifier = next((hit.qualifier for hit in hits if hit.qualifier), "")
        standing = lies(subject, term, qualifier, self.vocabulary, self.known, self.countries)
        if standing == "other":
            self.left.another_country += 1
            return None
        shared = tuple(sorted(iri for iri in term.exact if (subject.key, same_address(iri)) in self.known.exact))
        against = [
            f"it says that it is {iri}, which is a link of {other}"
            for iri in sorted(term.exact)
            for other in self.known.others(subject.key, iri)
            if iri not in shared
        ]
        against += [
            f"it says that it is {iri}, which somebody rejected"
            for iri in sorted(term.exact)
            if (subject.key, same_address(iri)) in self.known.rejected
        ]
        against += [f"it is a link of {other} already" for other in self.known.others(subject.key, term.iri)]
        return _Found(term, hits, shared, tuple(against), standing)

    def proposals(self, subject: Subject, found: list[_Found], *, single: bool) -> list[Proposal]:
        """Proposals for one thing of ours from one vocabulary; ``single`` where it may have no second exact match."""
        here = [one for one in found if one.standing == "ours"]
        plain = [one for one in (here or found) if one.plain or one.shared]
        proposals = []
        for one in found:
            told = not (subject.country and one.placeless)
            certain = len(plain) == 1 and one is plain[0] and told and not (one.against or one.wider or single)
            rivals = len(plain) if one in plain else sum(map(one.rivals, found))
            proposals.append(self._proposal(subject, one, rivals, certain=certain))
        proposals.sort(key=lambda proposal: (-proposal.score, proposal.term.iri))
        self.left.more += len(proposals[MOST_EACH:])
        return proposals[:MOST_EACH]

    def _proposal(self, subject: Subject, one: _Found, rivals: int, *, certain: bool) -> Proposal:
        scales = self.scales
        hit = one.hits[0] if one.hits else None
        plain = {each.name.language for each in one.hits if each.plain}
        doubt = 1 - (scales.sure * hit.worth if hit else scales.chained)
        doubt *= scales.another_language ** max(len(plain) - 1, 0)
        doubt *= scales.same_country if one.standing == "ours" else 1
        doubt *= scales.shared_link if one.shared and hit else 1
        score = (1 - doubt) * (scales.ambiguous if rivals > 1 else 1) * (scales.contradicted if one.against else 1)
        if subject.country and one.placeless:
            score *= scales.nowhere * (scales.beside if one.beside else 1)
        evidence = tuple(_evidence(one, rivals, plain, subject.country_label))
        predicate = _predicate(subject.kind, exact=certain)
        return Proposal(
            subject, one.term, predicate, round(score, 3), hit, rivals, shared=one.shared, evidence=evidence
        )


def _predicate(kind: str, *, exact: bool) -> str:
    if kind in CONCEPTS:
        return "skos:exactMatch" if exact else "skos:closeMatch"
    return "schema:sameAs" if exact else "rdfs:seeAlso"


def _best_first(hit: Hit) -> tuple[float, bool, str, Label]:
    """English first among equals: most who read the evidence read it."""
    return -hit.worth, hit.name.language != "en", hit.name.text, hit.label


_FIELDS = {"label": "label", "alt": "other name", "hidden": "misprint", "find": "unchecked name"}
_ROLES = {"pref": "preferred label", "alt": "other label", "hidden": "hidden label"}
_FORMS = {"qualified": " without its qualifier", "spelling": " in another number or spelling"}


def _evidence(one: _Found, total: int, plain: Iterable[str], country: str) -> list[str]:
    said = []
    if one.hits:
        hit = one.hits[0]
        said.append(f"our {_FIELDS[hit.name.field]} is their {_ROLES[hit.label.role]}{_FORMS.get(hit.form, '')}")
        if hit.label.code not in {hit.name.language, ""}:
            said.append(f"in another language ({hit.name.language}, {hit.label.language})")
        if hit.name.acronym:
            said.append("an acronym, which many things share")
    several = sorted(plain)
    if len(several) > 1:
        said.append(f"labels agree in {' and '.join(several)}")
    if one.standing == "ours":
        said.append(f"in our country ({country})")
    elif country and one.placeless:
        beside = f", and «{one.beside}» stands beside its name" if one.beside else ""
        said.append(f"nobody says that it lies in {country}{beside}")
    said += [f"its names are also those of {other}" for other in one.wider]
    said += [f"both are the same as {iri}" for iri in one.shared]
    said += [f"against it: {reason}" for reason in one.against]
    if total > 1:
        said.append(f"1 of {total} with this name")
    return said


def match(  # noqa: PLR0913 - two sides, what is known of them, and the tables
    index: Index,
    vocabulary: Vocabulary,
    known: Known,
    words: Words,
    countries: Mapping[str, str],
    *,
    group: Callable[[str], str],
    linked: Callable[[str, str], bool],
    again: bool = False,
) -> tuple[list[Proposal], Left]:
    """Propose links: by names that are one, by links that both sides have, and by names that are alike.

    Pairs that somebody decided are never proposed; nor is a term that is deprecated, of another type, or in another
    country. An exact match needs the preferred names of both sides to be one in one language, or a link that both have,
    and no second term of which this is true; nor may a label of the term be a name of another thing of ours, because
    then its scope is wider. Whatever else is found is proposed as near.

    Args:
        index: our side.
        vocabulary: theirs.
        known: what people decided.
        words: what types and properties mean.
        countries: countries by the keys of their names and codes.
        group: the vocabulary that an IRI belongs to, where a source holds several.
        linked: whether a thing of ours has an exact link in a vocabulary; such a thing is passed over.
        again: propose for these, too, but nothing exact.

    Returns:
        The proposals by our keys, best first; and why there are none for the others.
    """
    matcher = _Matcher(index, vocabulary, known, words, countries)
    found = matcher.found()
    proposals: list[Proposal] = []
    for key, subject in index.things.items():
        groups: dict[str, list[_Found]] = {}
        for one in found.get(key, ()):
            groups.setdefault(group(one.term.iri), []).append(one)
        passed = [name for name in groups if linked(key, name) and not again]
        for name in sorted(set(groups) - set(passed)):
            proposals += matcher.proposals(subject, groups[name], single=linked(key, name))
        if passed:
            matcher.left.linked.append(key)
    named = {proposal.subject.key for proposal in proposals} | set(matcher.left.linked)
    alike = [
        proposal
        for proposal in _similar(index, vocabulary, matcher, set(index.things) - named)
        if again or not linked(proposal.subject.key, group(proposal.term.iri))
    ]
    proposals += alike
    named |= {proposal.subject.key for proposal in alike}
    matcher.left.unmatched = [key for key in index.things if key not in named]
    return sorted(proposals, key=lambda each: (each.subject.key, -each.score, each.term.iri)), matcher.left


def _similar(index: Index, vocabulary: Vocabulary, matcher: _Matcher, keys: set[str]) -> list[Proposal]:
    """Suggestions for things that nothing else was found for."""
    best: dict[tuple[str, str], tuple[float, Name, Label]] = {}
    names = {(name.subject, name.text): name for name in index.texts()}
    for key, iri, share, label in vocabulary.similar:
        subject, _, text = key.partition("\t")
        if subject not in keys or iri not in vocabulary.terms:
            continue
        found = share, names[subject, text], label
        if (subject, iri) not in best or found[0] > best[subject, iri][0]:
            best[subject, iri] = found
    proposals = []
    for (key, iri), (share, name, label) in sorted(best.items(), key=lambda item: item[0]):
        subject_, term = index.things[key], vocabulary.terms[iri]
        if not matcher.may(subject_, iri, term) or matcher.weighed(subject_, term, ()) is None:
            continue
        predicate = _predicate(subject_.kind, exact=False)
        said = ("the names are only alike" if share >= FLOOR else "the service calls it a match, by another name",)
        half = round(share / 2, 3)  # never as much as a name that is one
        proposals.append(
            Proposal(subject_, term, predicate, half, None, 1, round(share, 3), (name, label), evidence=said)
        )
    return proposals
