"""What a build says of itself: counted from the corpus and the graph, for machines and for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mandate_graph.authorities import Authorities
from mandate_graph.citator.names import label_of
from mandate_graph.engine import Quad, unquote
from mandate_graph.errors import UnreadablePage
from mandate_graph.graph.quads import shorten
from mandate_graph.model import Change, Claim, Corpus, Correction, Decision, Page, ShapeResult, Similar
from mandate_graph.parse.lines import line_numbers
from mandate_graph.report.markdown import markdown
from mandate_graph.version import __version__

__all__ = ["Report", "make_report", "result_line"]


@dataclass(frozen=True, slots=True)
class Report:
    """The report as plain data (``data``), as JSON, and as a page for people."""

    data: Mapping[str, Any]

    def json(self) -> str:
        """The whole report; equal builds give equal bytes."""
        return json.dumps(self.data, ensure_ascii=False, indent=1, sort_keys=False) + "\n"

    def markdown(self) -> str:
        """The same for people, without the pieces of every page."""
        return "\n".join(markdown(self.data)) + "\n"


def make_report(
    corpus: Corpus,
    authorities: Authorities,
    quads: Sequence[Quad],
    left_out: Sequence[UnreadablePage],
    results: Sequence[ShapeResult],
    home: Mapping[str, Any],
) -> Report:
    """Count everything; nothing here depends on time, place or machine.

    ``home`` says the ``base`` of identifiers, what was ``borrowed`` from the package, which identifiers ``vanished``.
    """
    graphs = Counter(quad[3] for quad in quads)
    places: dict[str, str] = {}
    for each in corpus.occurrences:
        places.setdefault(each.mandate, f"{each.page}, line {each.listing.line}")
    return Report(
        {
            "program": {"name": "mandate-graph", "version": __version__},
            **home,
            "counts": _counts(corpus, quads),
            "graphs": {unquote(name)[1].removeprefix(home["base"]): count for name, count in sorted(graphs.items())},
            "pages": [_page(page, corpus.superseded.get(page.capture.key)) for page in corpus.pages],
            "left_out": [{"file": error.page, "problem": error.problem, "advice": error.advice} for error in left_out],
            "problems": [
                {"kind": problem.kind, "page": problem.page, "line": problem.line, "message": problem.message}
                for problem in corpus.problems
            ],
            "citations": {
                "unresolved": list(_open_citations(corpus, ambiguous=False)),
                "ambiguous": list(_open_citations(corpus, ambiguous=True)),
            },
            "mentions": {
                "resolved": _named(corpus, authorities),
                "unresolved": _loose(corpus, "unresolved"),
                "ambiguous": _loose(corpus, "ambiguous"),
            },
            "review": {
                "captures": [_change(change, corpus) for change in corpus.changes],
                "similar": [_similar(pair, places) for pair in corpus.similar],
                "decisions": [_decision(decision, corpus) for decision in corpus.decisions],
                "corrections": [_correction(correction) for correction in corpus.corrections],
                "kindred": [_kindred(claim) for claim in corpus.claims if claim.relation == "kindred"],
                "pairs": [_pair(claim, corpus) for claim in corpus.claims if claim.relation == "same-paragraph"],
            },
            "shapes": {
                "counts": {severity: sum(1 for r in results if r.severity == severity) for severity in _SEVERITIES},
                "results": [_result(result) for result in results],
            },
        }
    )


_SEVERITIES = ("Violation", "Warning", "Info")


def _counts(corpus: Corpus, quads: Sequence[Quad]) -> dict[str, Any]:
    listings = [listing for page in corpus.pages for listing in page.listings]
    printed = [listing for listing in listings if listing.citation]
    attributions = Counter(occurrence.attribution or "unknown" for occurrence in corpus.occurrences)
    pieces = Counter[str]()
    for page in corpus.pages:
        for piece in page.pieces:
            pieces[piece.kind] += piece.span.end - piece.span.start
    resolved = [mention for mention in corpus.mentions if mention.outcome == "resolved"]
    return {
        "pages": len(corpus.pages),
        "listings": len(listings),
        "distinct_items": len(corpus.mandates),
        "paragraphs": len(corpus.mandates) - _counted_twice(corpus),
        "kinds": dict(sorted(Counter(mandate.kind for mandate in corpus.mandates.values()).items())),
        "citations_printed": len(printed),
        "citations_resolved": sum(1 for listing in printed if listing.document),
        "attributions": dict(sorted(attributions.items())),
        "documents_cited": len({mandate.document for mandate in corpus.mandates.values() if mandate.document}),
        "footnotes": sum(len(listing.footnotes) for listing in listings),
        "mentions": _outcomes(corpus),
        "things_named": dict(
            sorted(Counter(target.split("/")[0] for target in {t for m in resolved for t in m.targets}).items())
        ),
        "relations": dict(sorted(Counter(m.relation for m in resolved if m.relation).items())),
        "known_from_symbol_only": len(corpus.minted),
        "topics": len({target for mention in corpus.topics for target in mention.targets}),
        "claims": len(corpus.claims),
        "triples": len({quad[:3] for quad in quads}),
        "quads": len(quads),
        "characters": sum(len(page.capture.text) for page in corpus.pages),
        "characters_by_piece": dict(sorted(pieces.items())),
    }


def _outcomes(corpus: Corpus) -> dict[str, int]:
    """Mentions as the graph counts them: one phrase that names two things is two."""
    counts = Counter[str]()
    for mention in corpus.mentions:
        counts[mention.outcome] += len(mention.targets) if mention.outcome == "resolved" else 1
    return dict(sorted(counts.items()))


def _page(page: Page, superseded: str | None) -> dict[str, Any]:
    capture = page.capture
    unread = [piece.span for piece in page.pieces if piece.kind == "unread"]
    return {
        "page": capture.page,
        "file": capture.name,
        "sha256": capture.sha256,
        "bytes": capture.size,
        "language": page.language or None,
        "theme": page.theme or None,
        "theme_from": page.theme_from,
        "form": {"name": page.form, "because": page.form_because, "forced": bool(capture.form)},
        "read_as": list(capture.read_as),
        "superseded_by": superseded,
        "heading": page.heading or None,
        "listings": len(page.listings),
        "characters": len(capture.text),
        "unread": [
            {"line": line, "start": span.start, "text": span.cut(capture.text)}
            for line, span in zip(line_numbers(capture.text, unread), unread, strict=True)
        ],
        "pieces": [[piece.kind, piece.span.start, piece.span.end] for piece in page.pieces],
    }


def _counted_twice(corpus: Corpus) -> int:
    """Mandates that stand for a paragraph which an earlier one, in another language, stands for."""
    later = (max(claim.subject, claim.object) for claim in corpus.claims if claim.relation == "same-paragraph")
    return len(set(later))


def _change(change: Change, corpus: Corpus) -> dict[str, Any]:
    def item(mandate: str) -> dict[str, str]:
        return {"mandate": mandate, "text": corpus.mandates[mandate].text}

    return {
        "page": change.page,
        "older": change.older,
        "newer": change.newer,
        "order_from": change.by,
        "came": [item(mandate) for mandate in change.came],
        "went": [item(mandate) for mandate in change.went],
        "changed": [{"older": old, "newer": new, "difference": what} for old, new, what in change.changed],
    }


def _similar(pair: Similar, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "mandate": pair.one,
        "other": pair.other,
        "similarity": float(pair.similarity),
        "places": [places[pair.one], places[pair.other]],
        "difference": pair.difference,
    }


def _decision(decision: Decision, corpus: Corpus) -> dict[str, Any]:
    """What was decided, and whether it was applied: ``same`` retires the other one, ``different`` ends the question."""
    known = {*corpus.mandates, *corpus.retired}
    applied = (
        decision.other in corpus.retired if decision.decision == "same" else known >= {decision.mandate, decision.other}
    )
    return {
        "mandate": decision.mandate,
        "other": decision.other,
        "decision": decision.decision,
        "by": decision.by,
        "applied": applied,
    }


def _pair(claim: Claim, corpus: Corpus) -> dict[str, Any]:
    both = [corpus.mandates[key] for key in (claim.subject, claim.object)]
    return {
        "mandate": claim.subject,
        "other": claim.object,
        "languages": [mandate.language for mandate in both],
        "rule": claim.rule,
        "texts": [shorten(mandate.text) for mandate in both],
    }


def _open_citations(corpus: Corpus, *, ambiguous: bool) -> Iterable[dict[str, Any]]:
    """Citations that name no known document, with the forms they are spelt like, or several, with all of them."""
    for page in corpus.pages:
        for listing in page.listings:
            if listing.citation and not listing.document and bool(listing.candidates) == ambiguous:
                yield {
                    "page": page.capture.page,
                    "line": listing.line,
                    "citation": listing.citation,
                    **({"candidates": list(listing.candidates)} if ambiguous else {"closest": list(listing.closest)}),
                }


def _named(corpus: Corpus, authorities: Authorities) -> list[dict[str, Any]]:
    counts = Counter(
        (target, mention.mandate)
        for mention in corpus.mentions
        if mention.outcome == "resolved"
        for target in mention.targets
    )
    by_target = Counter(target for target, _ in counts)
    return [
        {
            "named": target,
            "label": label_of(authorities, target, corpus.minted.values()),
            "mandates": count,
        }
        for target, count in sorted(by_target.items(), key=lambda item: (-item[1], item[0]))
    ]


def _loose(corpus: Corpus, outcome: str) -> list[dict[str, Any]]:
    return [
        {
            "quote": mention.quote,
            "mandate": mention.mandate,
            "start": mention.span.start,
            "end": mention.span.end,
            "rule": mention.rule,
            "kind": mention.kind,
            "why": mention.why,
            "candidates": list(mention.targets),
        }
        for mention in corpus.mentions
        if mention.outcome == outcome
    ]


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "mandate": correction.mandate,
        "quote": correction.quote,
        "decision": correction.decision,
        "target": correction.target,
        "by": correction.by,
    }


def _kindred(claim: Claim) -> dict[str, Any]:
    return {
        "mandates": [claim.subject, claim.object],
        "similarity": claim.similarity,
        "difference": claim.difference,
    }


def _result(result: ShapeResult) -> dict[str, str]:
    return {
        "severity": result.severity,
        "shape": unquote(result.shape)[1],
        "component": unquote(result.component)[1],
        "focus": result.focus,
        "path": result.path,
        "value": result.value,
        "where": result.where,
        "message": result.message,
    }


def result_line(result: ShapeResult) -> str:
    """One shape result for people: which promise broke, where, and what to do."""
    promise = unquote(result.shape)[1].rpartition("#")[2]
    where = f" ({result.where})" if result.where else ""
    return f"{result.severity}: {promise}: {unquote(result.focus)[1]}{where}: {result.message}"
