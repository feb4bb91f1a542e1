"""The summary of a build, for a person: what was read, found and linked, where it is, and one question answered."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mandate_graph.cli.console import say, show_fields, show_table
from mandate_graph.dataset import Graph
from mandate_graph.outputs import FILES, REGISTER
from mandate_graph.pipeline import Build
from mandate_graph.sparql import Result
from mandate_graph.store import STORE
from mandate_graph.version import __version__

__all__ = ["show_summary"]

_FILES = {
    "mandates.nq": "the graph, sorted N-Quads: the store of record",
    "mandates.ttl": "the same as Turtle, to be read",
    "mandates.jsonld": "the same as JSON-LD",
    "context.jsonld": "the JSON-LD context alone",
    "promises.tsv": "the words of every mandate, for 'promised'",
    "links.sssom.tsv": "every link with its evidence, as one SSSOM set",
    "links.md": "how well things are linked, and what is open",
    "report.json": "what was read and found, for machines",
    "report.md": "the same for people",
    "SHA256SUMS": "checksums (sha256sum -c)",
}
_FOLDERS = {
    STORE: "the N-Quads ready to be asked; used while it is fresh",
    REGISTER: "what the next build need not do again",
}
_LINKS = {"exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "sameAs", "seeAlso"}
# The first of these that has an answer is shown.
_EXAMPLES = ("instruments-cited", "mandates-per-theme-and-summit")
_ROWS = 6


def show_summary(done: Build, out: str) -> None:
    """Print it."""
    data = done.summary
    say(f"mandate-graph {__version__}: built, validated and in place", "bold green")
    say()
    show_fields(
        [
            ("Read", _read(data)),
            ("Found", _found(data["counts"])),
            ("Linked", _linked(data)),
            ("Promises", _promises(data)),
            ("Files", _files(done.folder)),
        ]
    )
    source = "" if out == "build" else f" --from {shlex.quote(out)}"
    program = _program()
    _example(done, program, source)
    say("Next", "bold")
    for arguments in (
        "query",
        "query mandates-by-theme",
        "export --table occurrences --out occurrences.csv",
        "validate",
    ):
        say(f"  {program} {arguments}{source}")


def _program() -> str:
    """What a person must type: the bare name works only where it is on the path."""
    if shutil.which("mandate-graph"):
        return "mandate-graph"
    started = Path(sys.argv[0])
    return os.path.relpath(started) if started.name == "mandate-graph" else "python -m mandate_graph"


def _read(data: Mapping[str, Any]) -> list[str]:
    counts = data["counts"]
    unread = counts["characters_by_piece"].get("unread", 0)
    lines = [
        ", ".join(
            [
                _many(counts["pages"], "page"),
                _many(counts["listings"], "listing"),
                f"{counts['characters']:,} characters",
                f"{unread:,} of them unread (see report.md)" if unread else "every one accounted for",
            ]
        )
    ]
    for page in data["pages"][:_ROWS]:
        theme, language = page["theme"] or "theme unknown", page["language"] or "language unknown"
        lines.append(f"  {' '.join(page['page'].split())}: {_many(page['listings'], 'listing')}, {language}, {theme}")
    if counts["pages"] > _ROWS:
        lines.append(f"  … and {counts['pages'] - _ROWS} more")
    if data["borrowed"]:
        lines.append(f"{' and '.join(data['borrowed'])} of the package: the house has none of its own")
    if data["left_out"]:
        lines.append(f"{_many(len(data['left_out']), 'page')} left out, named below")
    return lines


def _found(counts: Mapping[str, Any]) -> list[str]:
    kinds = ", ".join(
        _many(counts["kinds"][kind], kind, plural)
        for kind, plural in (("mandate", "mandates"), ("chapeau", "chapeaux"), ("sub-item", "sub-items"))
        if kind in counts["kinds"]
    )
    attributions = ", ".join(f"{count:,} {name}" for name, count in counts["attributions"].items())
    return [
        f"{_many(counts['distinct_items'], 'distinct item')}: {kinds}",
        f"{counts['citations_resolved']:,} of {_many(counts['citations_printed'], 'printed citation')} resolved",
        f"{_many(counts['documents_cited'], 'document')} cited; sources: {attributions}",
        f"{_many(counts['footnotes'], 'footnote')}",
    ]


def _linked(data: Mapping[str, Any]) -> list[str]:
    counts = data["counts"]
    named = counts["things_named"]
    things = ", ".join(
        _many(named[kind], kind, plural)
        for kind, plural in (
            ("instrument", "instruments"),
            ("body", "bodies"),
            ("summit", "Summits"),
            ("series", "series"),
        )
        if kind in named
    )
    mentions = counts["mentions"]
    lines = [f"{_many(mentions.get('resolved', 0), 'mention')} resolved" + (f", to {things}" if things else "")]
    loose = mentions.get("unresolved", 0) + mentions.get("ambiguous", 0)
    lines.append(f"{_many(loose, 'phrase')} left unresolved, {_many(counts['claims'], 'claim')} inferred")
    if held := sum(count for row in data["links"] for key, count in row.items() if key in _LINKS):
        targets = len({row["target"] for row in data["links"] if row["linked"]})
        lines.append(f"{_many(held, 'link')} to {targets} vocabularies (links.md)")
    return lines


def _promises(data: Mapping[str, Any]) -> list[str]:
    counts = data["shapes"]
    return [
        "every one kept" + f" ({_many(counts['Warning'], 'warning')}, {_many(counts['Info'], 'note')} in report.md)"
    ]


def _files(folder: Path) -> list[str]:
    lines = [
        f"{folder / name}  {_size((folder / name).stat().st_size)}  {_FILES[name]}"
        for name in FILES
        if (folder / name).is_file()
    ]
    for name, what in _FOLDERS.items():
        if sizes := [path.stat().st_size for path in (folder / name).rglob("*") if path.is_file()]:
            lines.append(f"{folder / name}  {_size(sum(sizes))}  {what}")
    return lines


def _example(dataset: Graph, program: str, source: str) -> None:
    for name in _EXAMPLES:
        answer = dataset.query(name)
        if len(answer):
            say()
            say(f"For example: {program} query {name}{source}", "bold")
            show_table(Result(answer.form, answer.names, answer.terms[:_ROWS]), dataset.base)
            say()
            return


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count >= 1000 else f"{count} B"
