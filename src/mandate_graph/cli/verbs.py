"""What each verb does."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from mandate_graph.cli.asking import query
from mandate_graph.cli.linking import link
from mandate_graph.cli.looking import search, show
from mandate_graph.cli.pages import add, score
from mandate_graph.cli.publishing import publish
from mandate_graph.cli.pushing import push
from mandate_graph.cli.reconciling import reconcile
from mandate_graph.cli.serving import serve
from mandate_graph.cli.taking import export
from mandate_graph.cli.texts import cite, promised, score_mentions
from mandate_graph.errors import (
    BrokenPromise,
    MandateGraphError,
    NothingToBuild,
    UnreadablePage,
)

__all__ = ["VERBS", "explain"]

_SHOWN = 20
_MOST_LINES = 1_000
_FEW_NOTES = 5


def explain(error: MandateGraphError) -> None:
    """Say on standard error what went wrong, with the details that it carries."""
    if isinstance(error, NothingToBuild) and len(error.left_out) > 1:
        _left_out(error.left_out)
    if isinstance(error, BrokenPromise):
        from mandate_graph.report import result_line

        for result in error.results[:_SHOWN]:
            _talk(result_line(result))
        if len(error.results) > _SHOWN:
            _talk(f"… and {len(error.results) - _SHOWN} more")
    _talk(str(error))


def _talk(line: str) -> None:
    sys.stderr.write(f"mandate-graph: {line}\n")


def _left_out(errors: Sequence[UnreadablePage]) -> None:
    for error in errors[:_MOST_LINES]:
        _talk(f"left out: {error}")
    if len(errors) > _MOST_LINES:
        _talk(f"left out: … and {len(errors) - _MOST_LINES} more (report.json names them all)")


def build(options: argparse.Namespace) -> int:
    """Build, and print a summary that a person enjoys."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.cli.summary import show_summary
    from mandate_graph.pipeline import build as run

    with Watch() as watch:
        done = run(
            options.paths,
            out=options.out,
            house=options.house,
            turtle=options.turtle,
            jsonld=options.jsonld,
            store=options.store,
            register=options.register,
            fresh=options.fresh,
            workers=options.workers,
            cluster=options.cluster,
            progress=watch,
        )
    show_summary(done, options.out)
    if done.how:
        _talk(done.how)
    _left_out(done.left_out)
    for message in done.summary["corrections"]:
        _talk(message)
    for name in done.vanished[:_SHOWN]:
        _talk(f"{name}: was published (sources/identifiers.txt) and is gone. Bring its page back, or remove its line.")
    if len(done.vanished) > _SHOWN:
        _talk(f"… and {len(done.vanished) - _SHOWN} more identifiers are gone (report.md)")
    return UnreadablePage.exit_code if done.left_out or done.vanished else 0


def validate(options: argparse.Namespace) -> int:
    """Print each result, then how many there are."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.report import result_line
    from mandate_graph.validating import validate as run
    from mandate_graph.validating import write_report

    data, chosen = options.path or options.source, {"shapes": options.shapes, "house": options.house}
    with Watch("checking the promises"):
        results = run(data, reference=options.reference, **chosen)
        if options.report:
            write_report(results, options.report, data, **chosen)
    for left in results.left[:_SHOWN]:
        _talk(str(left))
    if len(results.left) > _SHOWN:
        _talk(f"… and {len(results.left) - _SHOWN} more shapes were asked of pySHACL")
    notes = Counter(result.message for result in results if result.severity == "Info")
    for result in results:
        if result.severity != "Info" or notes[result.message] <= _FEW_NOTES or options.notes:
            sys.stdout.write(result_line(result) + "\n")
    for message, count in notes.items():
        if count > _FEW_NOTES and not options.notes:
            sys.stdout.write(f"Info: {count} times (--notes lists each): {message}\n")
    counts = Counter(dict.fromkeys(("Violation", "Warning", "Info"), 0))
    counts.update(result.severity for result in results)
    broken = sum(count for severity, count in counts.items() if severity not in {"Warning", "Info"})
    verdict = "promises are broken" if broken else "every promise is kept"
    sys.stdout.write(f"{verdict}: " + ", ".join(f"{name} {count}" for name, count in counts.items()) + "\n")
    return 1 if broken else 0


VERBS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "add": add,
    "build": build,
    "validate": validate,
    "query": query,
    "export": export,
    "publish": publish,
    "push": push,
    "serve": serve,
    "link": link,
    "cite": cite,
    "promised": promised,
    "search": search,
    "show": show,
    "reconcile": reconcile,
    "score": lambda options: score_mentions(options) if options.mentions else score(options),
}
"""Verbs by name."""
