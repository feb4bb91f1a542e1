"""The verbs that work on a person's own texts: what they name, and whether they were promised before."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mandate_graph.errors import BadOption, MissingPath, UnreadablePage
from mandate_graph.failures import shown

if TYPE_CHECKING:
    from mandate_graph.cited import Named
    from mandate_graph.drafts import Answer
    from mandate_graph.gold import Sheet

__all__ = ["cite", "promised", "score_mentions"]

_FAULTS_SHOWN = 40
_KEPT_APART = "held-out/"
_LARGEST = 64 * 2**20
# A draft that names a file is read from it; longer arguments are never file names.
_LONGEST_PATH = 255


def cite(options: argparse.Namespace) -> int:
    """Print what a text, or each line of it, names."""
    from mandate_graph.cited import Citator
    from mandate_graph.cli.marked import written

    text = _read(options.file)
    citator = Citator(options.house)
    lines = dict(enumerate(text.split("\n"), 1)) if options.lines else {0: text}
    if options.lines:
        lines = {number: line.removesuffix("\r") for number, line in lines.items()}

    def each() -> Iterator[Named]:
        for number, line in lines.items():
            yield from citator.cite(line, language=options.language, topics=options.topics, line=number)

    if options.format == "table":
        _show_named(list(each()), lines=options.lines)
        return 0
    for part in written(each(), options.format, lines):
        sys.stdout.write(part)
    return 0


def _read(name: str) -> str:
    """The text of a file or of standard input, to the character: line ends stay as they are."""
    if name == "-":
        if sys.stdin is None:
            raise BadOption("", "standard input is closed")
        return _decoded("standard input", sys.stdin.buffer.read())
    path = Path(name)
    if not path.exists():
        raise MissingPath(shown(name), "file", "Name a text file, or - for standard input.")
    if path.is_dir():
        raise BadOption("", f"{name!r} is a folder; name one file")
    if path.stat().st_size > _LARGEST:
        raise UnreadablePage(name, f"it is larger than {_LARGEST // 2**20} MiB", "Give it in parts.")
    return _decoded(name, path.read_bytes())


def _decoded(name: str, data: bytes) -> str:
    from mandate_graph.containers.plain import decode

    text, remarks = decode(name, data)
    for remark in remarks:
        sys.stderr.write(f"mandate-graph: {shown(name)}: {remark}\n")
    return text


def _show_named(named: list[Named], *, lines: bool) -> None:
    from mandate_graph.cli.console import say, show_fields

    if not named:
        say("Nothing is named.")
        return
    fields = []
    for each in named:
        where = f"{each.line}:{each.start}-{each.end}" if lines else f"{each.start}-{each.end}"
        what = [f"“{' '.join(each.quote.split())}”"]
        if each.target:
            what.append(f"{each.target_label}  {each.kind}  {each.target}")
        else:
            what.append(f"{each.outcome} {each.kind}" + (f": {each.why}" if each.why else ""))
            what += [f"  {candidate}" for candidate in each.candidates]
        how = f"{each.relation} (“{each.cue}”)" if each.cue else each.relation or ""
        what.append(
            ", ".join(filter(None, (how, f"rule {each.rule}, confidence {each.confidence:g}", each.symbol or "")))
        )
        fields.append((where, what))
    show_fields(fields)
    counts = {
        outcome: sum(each.outcome == outcome for each in named) for outcome in ("resolved", "ambiguous", "unresolved")
    }
    say()
    say(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def promised(options: argparse.Namespace) -> int:
    """Print the mandates that say what a draft says."""
    from mandate_graph.cli.console import Watch
    from mandate_graph.drafts import promised as run

    with Watch("searching"):
        answer = run(_draft(options.draft), build=options.source, language=options.language, most=options.most)
    if options.format == "json":
        sys.stdout.write(json.dumps(asdict(answer), ensure_ascii=False, indent=1) + "\n")
    elif options.format == "csv":
        sys.stdout.write(answer.csv())
    else:
        _show_promises(answer)
    return 0


def _draft(argument: str) -> str:
    if argument == "-":
        return _read("-")
    try:
        is_file = len(argument.encode()) <= _LONGEST_PATH and Path(argument).is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file and " " not in argument and re.search(r"[/\\]|\.\w{2,4}\Z", argument):
        raise MissingPath(shown(argument), "file", "A draft has several words; name a file that is there, or -.")
    return _read(argument) if is_file else argument


def _show_promises(answer: Answer) -> None:
    from mandate_graph.cli.console import say, show_fields

    if not answer.promises:
        say("Nothing like it was promised in this build.")
        return
    fields = []
    for place, promise in enumerate(answer.promises, 1):
        where = f"{promise.document_label or 'document unknown'}{f' ({promise.date[:4]})' if promise.date else ''}"
        fields.append(
            (
                str(place),
                [
                    f"{where}: {promise.verb}",
                    promise.text,
                    f"shares {promise.similarity:.0%} of the draft's three-word runs: {promise.difference}",
                    promise.mandate,
                    "",
                ],
            )
        )
    show_fields(fields)
    verbs = [*(f"{date[:4]} {word}" for date, word in answer.verbs()), f"draft {answer.verb}"]
    say(f"The verb: {' → '.join(verbs)}")


def score_mentions(options: argparse.Namespace) -> int:
    """Print precision, recall and F1 by kind, and every fault."""
    from mandate_graph.gold import score_mentions as run

    sheet = run(options.paths, house=options.house)
    if options.format == "csv":
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("fault", "file", "line", "quote", "expected", "found"))
        writer.writerows(
            (each.kind, each.file, each.line, each.quote, each.expected, each.found) for each in sheet.faults
        )
    else:
        _show_sheet(sheet)
    return 1 if sheet.faults else 0


def _show_sheet(sheet: Sheet) -> None:
    from mandate_graph.cli.console import say, show_fields

    say(f"{sheet.texts:,} texts with marked mentions", "bold")
    say()
    width = max(12, *map(len, sheet.files))
    say(f"{'':{width}} {'right':>7} {'wrong':>7} {'missed':>7} {'precision':>10} {'recall':>8} {'F1':>8}")
    for kind, counts in [*sorted(sheet.counts.items()), ("all", sheet.total()), *sorted(sheet.files.items())]:
        precision, recall, f1 = sheet.measures(counts)
        numbers = (counts["right"], counts["wrong"], counts["missed"])
        say(
            f"{kind:{width}} {numbers[0]:>7,} {numbers[1]:>7,} {numbers[2]:>7,}"
            f" {precision:>10.4f} {recall:>8.4f} {f1:>8.4f}"
        )
    say()
    say(f"how it is named: {sheet.relations['right']:,} right, {sheet.relations['wrong']:,} otherwise")
    for outcome in ("ambiguous", "unresolved"):
        right, otherwise = (sheet.unresolved[f"{outcome} {how}"] for how in ("right", "otherwise"))
        say(f"{outcome}: {right:,} right, {otherwise:,} otherwise")
    say()
    say(
        "by rule: "
        + ", ".join(
            f"{rule} {counts['right']}/{counts['right'] + counts['wrong']}"
            for rule, counts in sorted(sheet.rules.items())
        )
    )
    faults = [each for each in sheet.faults if not each.file.startswith(_KEPT_APART)]
    if len(faults) < len(sheet.faults):
        say()
        say("The faults of texts that are kept apart are not shown: nobody shall learn from them (--format csv does).")
    if faults:
        say()
        show_fields(
            [
                (
                    f"{each.file}:{each.line} {each.kind}",
                    [f"“{each.quote}”", f"expected {each.expected or 'nothing'}", f"found {each.found or 'nothing'}"],
                )
                for each in faults[:_FAULTS_SHOWN]
            ]
        )
        if len(faults) > _FAULTS_SHOWN:
            say(f"… and {len(faults) - _FAULTS_SHOWN} more (--format csv lists all)")
