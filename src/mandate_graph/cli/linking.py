"""The verb that links: proposals made, shown side by side, and written where people decide."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mandate_graph.errors import UsageError

if TYPE_CHECKING:
    from mandate_graph.link.endpoints import Asker
    from mandate_graph.link.files import Progress
    from mandate_graph.link.matching import Proposal
    from mandate_graph.link.reconciling import Service
    from mandate_graph.link.run import Behind, Bench, Done, Files, Source

__all__ = ["link"]


def link(options: argparse.Namespace) -> int:
    """Propose links for a kind of thing, review what was proposed, or check, judge or count what is published."""
    if options.task == "review":
        from mandate_graph.cli.reviewing import review

        return review(options)
    if options.task in {"lint", "report"}:
        from mandate_graph.cli import linksets

        return linksets.lint(options) if options.task == "lint" else linksets.report(options)
    return _check(options) if options.task == "check" else _propose(options)


def _talk(line: str) -> None:
    from mandate_graph.cli.console import clean

    sys.stderr.write(f"mandate-graph: {clean(line)}\n")


def _propose(options: argparse.Namespace) -> int:
    from mandate_graph.cli.console import Watch
    from mandate_graph.house import choose_house
    from mandate_graph.link.run import Asked, Reconciling, bench, index_of, propose

    house = choose_house(options.house, needed=not options.out)
    languages = [code.strip().lower() for code in options.languages.split(",") if code.strip()]
    asked = Asked(options.task, languages, options.only, options.target)
    table = bench(house, options.target)
    with Watch("linking") as watch:
        source: Source = (
            Reconciling(_service(options, watch), options.similar)
            if options.service
            else replace(_source(options, watch), similar=options.similar)
        )
        if options.dry_run:
            return _plan(source.planned(table, index_of(table, asked)))
        done = propose(table, asked, source)
    if options.out == "-":
        _write_out(table, done)
    else:
        _show(done)
        _write(table, done, options.out)
    _tell(done)
    return 0


def _check(options: argparse.Namespace) -> int:
    from mandate_graph.cli.console import Watch, clean
    from mandate_graph.house import choose_house
    from mandate_graph.link.run import bench, check

    table = bench(choose_house(options.house, needed=False), options.target)
    if not table.linked_iris():
        raise UsageError(
            f"no published link leads into {options.target or 'any vocabulary'}: there is nothing to check"
        )
    with Watch("checking") as watch:
        changes, held = check(table, _source(options, watch))
    for change in changes:
        sys.stdout.write(clean(str(change)) + "\n")
    if not held:
        _talk("no term that we link to is in it: is it the right vocabulary? --target says which one it should be")
        return 1
    _talk(f"{held} links were held against it, {len(changes)} of them must be looked at")
    return 1 if changes else 0


def _source(options: argparse.Namespace, progress: Progress) -> Files | Behind:
    from mandate_graph.link.run import Behind, Files

    if options.files:
        return Files([Path(path) for path in options.files], progress=progress)
    return Behind(_asker(options, progress))


def _service(options: argparse.Namespace, progress: Progress) -> Service:
    from mandate_graph.link.asking import Polite, cache_folder
    from mandate_graph.link.reconciling import Service
    from mandate_graph.remote import Access

    polite = Polite(cache=cache_folder() if options.cache else None, progress=progress)
    return Service(options.service, polite, options.timeout, Access.from_environment(), progress)


def _asker(options: argparse.Namespace, progress: Progress) -> Asker:
    from mandate_graph.link.asking import Polite, cache_folder
    from mandate_graph.link.endpoints import Asker
    from mandate_graph.remote import Access, Endpoint

    endpoint = Endpoint(options.endpoint, Access.from_environment(), options.timeout, as_it_is=True)
    polite = Polite(cache=cache_folder() if options.cache else None, progress=progress)
    return Asker(endpoint, polite, progress)


def _plan(steps: Sequence[tuple[str, str]]) -> int:
    """What would be asked, each request below what it is for."""
    for what, request in steps:
        sys.stdout.write(f"# {what}\n{request}\n\n")
    _talk("nothing was read or asked")
    return 0


def _write_out(table: Bench, done: Done) -> None:
    from mandate_graph.link.run import one_file

    sys.stdout.flush()
    sys.stdout.buffer.write(one_file(table, done).encode())
    sys.stdout.buffer.flush()


def _write(table: Bench, done: Done, out: str | None) -> None:
    from mandate_graph.link.run import one_file, open_file
    from mandate_graph.outputs import alone_in, write_file

    beside = table.house.root / "build"
    if out:
        write_file(Path(out), one_file(table, done).encode(), beside)
        return
    if table.house.bring_links():
        _talk(f"{table.house.links}: the link sets of the package, which were borrowed until now, were copied there")
    for target in done.proposals:
        path = table.house.links / "open" / f"{target}.sssom.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(table.house.links):  # somebody may be deciding
            text, added = open_file(table, done, target, path)
            write_file(path, text.encode(), beside)
        _talk(f"{path}: {added} new row{'s' if added != 1 else ''}; 'mandate-graph link review' decides")


def _show(done: Done) -> None:
    """What both sides say, one proposal after the other."""
    from mandate_graph.cli.console import paged, say, show_fields

    with paged():
        for target, proposals in done.proposals.items():
            for proposal in proposals:
                say(f"\n{proposal.subject.key} → {done.targets[target].curie(proposal.term.iri)}", "bold")
                show_fields(list(_sides(proposal, done)))


def _sides(proposal: Proposal, done: Done) -> Iterator[tuple[str, Sequence[str]]]:
    from mandate_graph.link.proposals import theirs

    term, subject = proposal.term, proposal.subject
    others = [name.text for name in subject.names if name.text != subject.label and name.field in {"label", "alt"}]
    yield "ours", [subject.label, *([" | ".join(others[:6])] if others else [])]
    yield "theirs", [term.label or term.iri]
    for part, texts in theirs(proposal, done.vocabulary):
        yield f"  {part.removeprefix('their ')}", [" | ".join(texts)]
    yield "proposed", [f"{proposal.predicate} ({proposal.score:g})"]
    yield "because", ["; ".join(proposal.evidence)]


def _tell(done: Done) -> None:
    """How many of our things have what, and what was left out."""
    named = Counter(proposal.subject.key for proposals in done.proposals.values() for proposal in proposals)
    left = done.left
    parts = [
        f"{len(named)} with proposals ({sum(named.values())})",
        f"{len(left.linked)} linked already",
        f"{len(left.unmatched)} without a match",
    ]
    _talk(f"{done.asked.kind}: {', '.join(parts)}")
    out = {
        "decided already": left.decided,
        "of another type": left.another_type,
        "in another country": left.another_country,
        "deprecated": left.deprecated,
        "worse than ten others of one thing": left.more,
    }
    if any(out.values()):
        _talk("left out: " + ", ".join(f"{count} {what}" for what, count in out.items() if count))
    if done.vocabulary.notice:
        _talk(done.vocabulary.notice)
    for change in done.changes:
        _talk(f"changed: {change}")
    if left.retried:
        _talk(f"{', '.join(left.retried)}: somebody looked before and found none; here is something")
    for target in done.targets.values():
        if target.new:
            _talk(
                f"targets.csv has no row for {target.iri}; before a link into it can be accepted it needs one: "
                f"{target.key},{target.prefix},{target.iri},…"
            )
