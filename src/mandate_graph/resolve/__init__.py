"""Pages to a corpus: which document each listing comes from, which mandate it prints, and what its text names.

What a page states, what the citation of a neighbour governs, what a rule infers and what a person decided are told
apart here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.model import (
    Corpus,
    Correction,
    Decision,
    Mandate,
    Mention,
    Minted,
    Occurrence,
    Page,
    Problem,
    Span,
)
from mandate_graph.resolve.attribution import (
    UNATTRIBUTED,
    inferred_documents,
    mandate_key,
    occurrences_of,
    unattributed,
)
from mandate_graph.resolve.captures import changes_between, superseded_captures
from mandate_graph.resolve.corrections import apply_corrections
from mandate_graph.resolve.decisions import apply_decisions
from mandate_graph.resolve.kin import kindred
from mandate_graph.resolve.mandates import agreed, chapeaus_of, cited_elsewhere, mandates_of
from mandate_graph.resolve.pairs import pair_languages
from mandate_graph.resolve.similar import similar_mandates

__all__ = ["UNATTRIBUTED", "evidence_of", "mandate_key", "resolve"]

_UNKNOWN = {
    "name-like": "looks like a name that no table knows",
    "part-of-name": "is, or is part of, a longer name that no table knows",
    "year-differs": "has another year than the thing of that name",
    "acronym-alone": "has several meanings, and the text does not give the name",
}


def resolve(
    pages: Sequence[Page],
    finder: MentionFinder,
    decisions: Sequence[Decision] = (),
    corrections: Sequence[Correction] = (),
) -> Corpus:
    """Put pages together. The result does not depend on their order."""
    pages = sorted(pages, key=lambda page: (page.capture.page, page.capture.key))
    superseded = superseded_captures(pages)
    problems = [problem for page in pages for problem in page.problems]
    listed = [occurrence for page in pages for occurrence in occurrences_of(page)]
    occurrences, retired, undecided = apply_decisions(listed, decisions)
    by_capture = _by_capture(occurrences)
    claims = [claim for group in by_capture.values() for claim in inferred_documents(group)]
    for page in pages:
        problems += unattributed(page, by_capture[page.capture.key])
    chapeaus, positional, disputed = chapeaus_of(pages, occurrences)
    problems += [*undecided, *disputed]
    by_page = {(page.capture.page, page.capture.key): page for page in pages}
    mandates = mandates_of(occurrences, chapeaus, by_page, frozenset(superseded), problems)
    claims = [claim for claim in claims if claim.object == f"document/{mandates[claim.subject].document}"]
    occurrences = [agreed(occurrence, mandates[occurrence.mandate]) for occurrence in occurrences]
    claims += [claim for claim in positional if chapeaus.get(claim.subject) == claim.object]
    minted: dict[str, Minted] = {}
    found = _unified(list(_mentions(mandates.values(), finder, minted)), minted)
    mentions, corrected, unmet = apply_corrections(
        [mention for mention in found if mention.kind != "topic"],
        corrections,
        mandates,
        occurrences,
        {*finder.targets, *(f"instrument/{key}" for key in minted)},
    )
    named = {target for mention in mentions for target in mention.targets}
    problems += unmet
    pairs, alone = pair_languages(pages, occurrences, mandates, _targets(mentions), superseded)
    similar, uncompared = similar_mandates(mandates, decisions)
    problems += [
        Problem(
            "similar", "", 0, f"{document or UNATTRIBUTED} has too many mandates that are alike; not all are listed"
        )
        for document in uncompared
    ]
    problems += [*alone, *_unknown_names(mentions, occurrences), *cited_elsewhere(mandates, occurrences)]
    first = {occurrence.mandate: occurrence for occurrence in reversed(occurrences)}
    kin = list(kindred(mandates, first))
    return Corpus(
        tuple(pages),
        tuple(occurrences),
        mandates,
        tuple(mentions),
        tuple(sorted((*claims, *pairs, *kin), key=lambda claim: (claim.subject, claim.relation, claim.object))),
        tuple(sorted(set(problems), key=lambda problem: (problem.page, problem.line, problem.kind, problem.message))),
        superseded,
        tuple(changes_between(pages, occurrences, mandates, superseded)),
        tuple(similar),
        tuple(decisions),
        retired,
        {key: each for key, each in sorted(minted.items()) if f"instrument/{key}" in named},
        tuple(mention for mention in found if mention.kind == "topic"),
        tuple(corrected),
    )


def _by_capture(occurrences: Iterable[Occurrence]) -> dict[str, list[Occurrence]]:
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        groups[occurrence.capture].append(occurrence)
    return groups


def _mentions(mandates: Iterable[Mandate], finder: MentionFinder, minted: dict[str, Minted]) -> Iterable[Mention]:
    """What each text names and is about; the instruments that are known from a symbol only are added to ``minted``."""
    for mandate in mandates:
        for found in finder.find(mandate.text, mandate.language, topics=True):
            for each in found.minted:  # of one thing the fuller symbol says more
                minted[each.key] = max(
                    minted.get(each.key, each), each, key=lambda known: (len(known.symbol), known.symbol)
                )
            yield Mention(
                mandate.key, mandate.language, found.span, found.span.cut(mandate.text), found.targets, found.outcome,
                found.rule, found.kind, found.relation, found.cue, found.why,
            )  # fmt: skip


def _unified(mentions: Sequence[Mention], minted: dict[str, Minted]) -> list[Mention]:
    """A symbol printed without its session is the one with it, where the corpus has one such only."""
    full: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in minted.values():
        if each.session or each.year:
            full[each.agency, each.symbol.partition(" (")[0]].append(each.key)
    same = {
        f"instrument/{each.key}": f"instrument/{full[each.agency, each.symbol][0]}"
        for each in list(minted.values())
        if not (each.session or each.year) and len(full.get((each.agency, each.symbol), ())) == 1
    }
    for target in same:
        del minted[target.removeprefix("instrument/")]
    return [
        replace(mention, targets=tuple(dict.fromkeys(same.get(target, target) for target in mention.targets)))
        if same.keys() & set(mention.targets)
        else mention
        for mention in mentions
    ]


def _targets(mentions: Iterable[Mention]) -> dict[str, frozenset[str]]:
    """What each mandate names."""
    targets: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.outcome == "resolved":
            targets[mention.mandate].update(mention.targets)
    return {key: frozenset(named) for key, named in targets.items()}


def _unknown_names(mentions: Sequence[Mention], occurrences: Sequence[Occurrence]) -> Iterable[Problem]:
    first: dict[str, Occurrence] = {}
    for occurrence in occurrences:
        first.setdefault(occurrence.mandate, occurrence)
    for mention in mentions:
        ambiguous = f"could name {', '.join(mention.targets)}" if mention.outcome == "ambiguous" else ""
        if what := _UNKNOWN.get(mention.rule, ambiguous):
            where = first[mention.mandate]
            yield Problem("mention", where.page, where.listing.line, f"“{mention.quote}” {what}")


def evidence_of(mention: Mention, occurrences: Iterable[Occurrence], text: str) -> list[tuple[str, Span]]:
    """The characters of the captures that a mention was found in: listings whose reading is the mandate's text."""
    return [
        (occurrence.capture, occurrence.reading.source(mention.span))
        for occurrence in occurrences
        if occurrence.reading.text == text
    ]
