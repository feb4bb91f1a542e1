"""What a build says of itself: counted from the corpus and the graph, for machines and for people."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mandate_graph.authorities import Authorities
from mandate_graph.engine import Quad, unquote
from mandate_graph.errors import UnreadablePage
from mandate_graph.graph.quads import shorten
from mandate_graph.model import Change, Claim, Corpus, Decision, Page, ShapeResult, Similar
from mandate_graph.parse.lines import line_numbers
from mandate_graph.version import __version__

__all__ = ["Report", "make_report", "result_line"]

_KIND_WORDS = {
    "unread": "unread text",
    "citation": "citations that name no known document, or several",
    "section": "sections that no table has",
    "theme": "themes",
    "language": "languages",
    "mention": "names that no table knows, or several do",
    "footnote": "footnotes",
    "label": "numbers",
    "attribution": "listings whose document is unknown",
    "form": "how files were read",
    "capture": "captures",
    "similar": "decisions that could not be applied",
    "pair": "paragraphs without counterpart in the other language",
}


@dataclass(frozen=True, slots=True)
class Report:
    """The report as plain data (``data``), as JSON, and as a page for people."""

    data: Mapping[str, Any]

    def json(self) -> str:
        """The whole report; equal builds give equal bytes."""
        return json.dumps(self.data, ensure_ascii=False, indent=1, sort_keys=False) + "\n"

    def markdown(self) -> str:
        """The same for people, without the pieces of every page."""
        return "\n".join(_markdown(self.data)) + "\n"


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
                "pairs": [_pair(claim, corpus) for claim in corpus.claims if claim.relation == "same-paragraph"],
            },
            "shapes": {
                "counts": {severity: sum(1 for r in results if r.severity == severity) for severity in _SEVERITIES},
                "results": [_result(result) for result in results],
            },
        }
    )


# More of a message than this is in report.json.
_LONGEST = 400
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
    tables = {"instrument": "instruments", "body": "bodies", "summit": "summits", "series": "series"}
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
            "label": authorities[tables[target.split("/")[0]]][target.partition("/")[2]].label("en"),
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
            "candidates": list(mention.targets),
        }
        for mention in corpus.mentions
        if mention.outcome == outcome
    ]


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


def _markdown(data: Mapping[str, Any]) -> Iterable[str]:
    counts = data["counts"]
    yield "# Build report\n"
    yield f"{counts['pages']} pages, {counts['listings']} listings, {counts['distinct_items']} distinct items"
    yield f"({counts['paragraphs']} when a paragraph in two languages counts once),"
    yield f"{counts['citations_resolved']} of {counts['citations_printed']} printed citations resolved,"
    yield f"{counts['triples']} triples.\n"
    yield "| page | language | theme | found by | form | listings | characters | unread |"
    yield "|---|---|---|---|---|--:|--:|--:|"
    for page in data["pages"]:
        unread = sum(len(piece["text"]) for piece in page["unread"])
        known = (page[key] or "unknown" for key in ("language", "theme"))
        form = f"{page['form']['name']}: {page['form']['because']}"
        which = page["page"] if page["file"].startswith(f"{page['page']}.") else f"{page['page']} ({page['file']})"
        which += ", superseded" if page["superseded_by"] else ""
        words = (which, *known, page["theme_from"], form)
        numbers = (page["listings"], page["characters"], unread)
        yield "| " + " | ".join([*map(_words, words), *map(str, numbers)]) + " |"
    yield "\n## How documents are known\n"
    for name, count in counts["attributions"].items():
        yield f"- {name}: {count}"
    yield "\n## What the texts name\n"
    for named in data["mentions"]["resolved"]:
        yield f"- {_words(named['label'])} ({named['named']}): {named['mandates']}"
    yield "\n## To look at\n"
    if not (data["left_out"] or data["problems"] or data["vanished"]):
        yield "Nothing: every character was read, every citation resolved."
    yield from (f"- identifier that was published and is gone: {_words(name)}" for name in data["vanished"])
    for error in data["left_out"]:
        yield f"- left out: {_words(error['file'])}: {_words(error['problem'])}. {_words(error['advice'])}"
    yield from _problems(data["problems"])
    if data["mentions"]["unresolved"]:
        yield "\n## Words that name no one thing, left unresolved\n"
        for quote, count in sorted(Counter(m["quote"] for m in data["mentions"]["unresolved"]).items()):
            yield f"- “{_words(quote)}”: {count}"
    yield from _review(data["review"])
    yield from _promises(data["shapes"])


def _promises(shapes: Mapping[str, Any]) -> Iterable[str]:
    """Each result that somebody should look at; notes are counted, because there are many of one kind."""
    yield "\n## Promises\n"
    yield ", ".join(f"{severity}: {count}" for severity, count in shapes["counts"].items()) + ".\n"
    notes = Counter(result["message"] for result in shapes["results"] if result["severity"] == "Info")
    for message, count in sorted(notes.items()):
        yield f"- Info, {count} times (report.json names each): {_words(message)}"
    for result in shapes["results"]:
        if result["severity"] != "Info":
            where = f" ({result['where']})" if result["where"] else ""
            yield f"- {result['severity']}: {result['focus'].strip('<>')}{_words(where)}: {_words(result['message'])}"


def _review(review: Mapping[str, Any]) -> Iterable[str]:
    for change in review["captures"]:
        yield f"\n## From {_words(change['older'])} to {_words(change['newer'])} ({_words(change['page'])})\n"
        yield from (f"- came: {_words(item['text'])}" for item in change["came"])
        yield from (f"- went: {_words(item['text'])}" for item in change["went"])
        yield from (f"- changed: {_words(item['difference'])}" for item in change["changed"])
        if not (change["came"] or change["went"] or change["changed"]):
            yield "Nothing came, went or changed."
    if review["pairs"]:
        yield "\n## The same paragraph in two languages\n"
    for pair in review["pairs"]:
        yield f"- {pair['rule']}: {' = '.join(map(_words, pair['texts']))}"
    if review["decisions"]:
        yield "\n## What people decided (sources/decisions.csv)\n"
    for each in review["decisions"]:
        applied = "applied" if each["applied"] else "not applied: no page prints them, or their documents differ"
        yield f"- {each['decision']}: {each['mandate']} and {each['other']}, by {_words(each['by'])}; {applied}"
    if review["similar"]:
        yield "\n## Nearly the same, and not made one\n"
        yield "A row in `sources/decisions.csv` says that two are the same or different, and settles it:"
        yield "`mandate,other,decision,by,date,note`, with the keys below.\n"
    for pair in review["similar"]:
        one, other = (
            f"{pair[key]} ({_words(place)})" for key, place in zip(("mandate", "other"), pair["places"], strict=True)
        )
        yield f"- {pair['similarity']:.3f} {one} and {other}:"
        yield f"  {_words(pair['difference'])}"


def _problems(problems: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for kind, title in _KIND_WORDS.items():
        mine = [problem for problem in problems if problem["kind"] == kind]
        if mine:
            yield f"\n### {title[0].upper()}{title[1:]}\n"
            for problem in mine:
                where = f"{_words(problem['page'])}, line {problem['line']}: " if problem["page"] else ""
                yield f"- {where}{_words(problem['message'][:_LONGEST])}"


def _words(text: str) -> str:
    """Text as text: on one line, and without what Markdown or HTML would take for its own."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return re.sub(r"([\\`\[\]|])", r"\\\1", " ".join(line.split())).replace("&", "&amp;").replace("<", "&lt;")
