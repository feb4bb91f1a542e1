"""The words of the verb that links: what can be said, and what it means. Nothing is imported but the parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable

__all__ = ["add_link"]

_KINDS = {
    "topic": "what texts are about",
    "theme": "the themes of the site",
    "country": "states",
    "place": "towns where Summits were held",
    "body": "organizations, posts, mechanisms",
    "instrument": "treaties, declarations, resolutions",
    "document": "documents of the Summits",
    "summit": "the Summits",
    "series": "series of Summits",
    "sdg": "goals and targets of the 2030 Agenda",
}

_Parser = Callable[..., argparse.ArgumentParser]


def add_link(verbs: object, parser: _Parser, seconds: Callable[[str], float]) -> None:
    """Add the verb to the command line."""
    link = parser(
        verbs,
        "link",
        "Propose links from our things to other people's terms, and say yes or no to what was proposed.",
        "examples:\n"
        "  mandate-graph link topic --file stw.ttl\n"
        "  mandate-graph link country --endpoint https://query.wikidata.org/sparql --target wikidata\n"
        "  mandate-graph link body --service https://example.org/reconcile --out -\n"
        "  mandate-graph link review\n"
        "  mandate-graph link check --file stw.ttl\n"
        "  mandate-graph link report\n"
        "A proposal is a row of sources/links/open/TARGET.sssom.tsv; nothing is published before somebody accepts it.\n"
        "docs/linking.md tells the whole way.",
        "propose links to other vocabularies, and decide",
    )
    tasks = link.add_subparsers(dest="task", metavar="KIND|review|check|lint|report", required=True)
    for kind, what in _KINDS.items():
        _propose(tasks, parser, seconds, kind, what)
    _review(tasks, parser)
    _check(tasks, parser, seconds)
    _lint(tasks, parser)
    _report(tasks, parser)


def _propose(tasks: object, parser: _Parser, seconds: Callable[[str], float], kind: str, what: str) -> None:
    task = parser(
        tasks,
        kind,
        f"Propose links for {what}.",
        "Names must be one (but for case, accents and punctuation); names that are only alike are suggested with\n"
        "--similar. Pairs that somebody accepted or rejected are not proposed again, nor are things with an exact\n"
        "link in the target, unless --only names them.",
        f"propose links for {what}",
    )
    _source(task, seconds, service=True)
    task.add_argument("--only", metavar="KEY", nargs="+", default=[], help=f"only these, such as {kind}/KEY or KEY")
    task.add_argument(
        "--languages", metavar="CODES", default="", help="only names in these languages, such as en,es (default: all)"
    )
    task.add_argument("--dry-run", action="store_true", help="print what would be asked, and ask nothing")
    task.add_argument("--similar", action="store_true", help="suggest names that are alike where none is the same")
    task.add_argument(
        "--out",
        metavar="FILE|-",
        help="write all proposals there (default: each into sources/links/open/TARGET.sssom.tsv)",
    )


def _source(task: argparse.ArgumentParser, seconds: Callable[[str], float], *, service: bool) -> None:
    source = task.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--file", dest="files", metavar="PATH", nargs="+", help="a vocabulary: Turtle, RDF/XML, N-Triples … (.gz, too)"
    )
    source.add_argument("--endpoint", metavar="URL", help="a SPARQL endpoint")
    if service:
        source.add_argument("--service", metavar="URL", help="a service of the Reconciliation API 0.2")
    task.add_argument("--target", metavar="KEY", default="", help="a row of targets.csv (default: what the IRIs say)")
    task.add_argument(
        "--timeout", metavar="S", type=seconds, default=60.0, help="seconds for each request (default: 60)"
    )
    task.add_argument("--no-cache", dest="cache", action="store_false", help="ask anew what was asked a while ago")
    _house(task)


def _house(task: argparse.ArgumentParser) -> None:
    task.add_argument("--house", metavar="DIR", help="default: the one you stand in")


def _review(tasks: object, parser: _Parser) -> None:
    task = parser(
        tasks,
        "review",
        "Say yes or no to proposals, one at a time; what was said is kept at once, with your name and the day.",
        "examples:\n"
        "  mandate-graph link review sources/links/open/stw.sssom.tsv --by 'A. Reader'\n"
        "  mandate-graph link review --published        sign the links that were published unreviewed\n"
        "  mandate-graph link review --signed           take what was decided in a spreadsheet\n"
        "In a spreadsheet, fill in reviewer_label and review_date of a row (predicate_modifier Not rejects it).\n"
        "Answers come from standard input, one a line: a accept, x reject, s skip, ? for all. MANDATE_GRAPH_REVIEWER\n"
        "says who you are where --by does not.",
        "decide what was proposed",
    )
    task.add_argument("review_files", metavar="FILE", nargs="*", help="default: all in sources/links/open")
    which = task.add_mutually_exclusive_group()
    which.add_argument("--published", action="store_true", help="sign published links that nobody has signed yet")
    which.add_argument("--signed", action="store_true", help="take over the rows that are signed; ask nothing")
    task.add_argument("--by", metavar="NAME", default="", help="who you are")
    _house(task)


def _check(tasks: object, parser: _Parser, seconds: Callable[[str], float]) -> None:
    task = parser(
        tasks,
        "check",
        "Hold our published links against a vocabulary loaded anew: what is gone, deprecated, or called otherwise?",
        "The exit code is 1 when a term that we link to is gone or deprecated, or its label is no longer the one that\n"
        "we wrote down.",
        "notice what changed in a target",
    )
    _source(task, seconds, service=False)


def _lint(tasks: object, parser: _Parser) -> None:
    task = parser(
        tasks,
        "lint",
        "Judge link sets by every rule that a build holds them to, and list each row that breaks one.",
        "Without a file: all sets of the house, with those that are open. The exit code is 1 when a row is refused.",
        "find rows that may not be published",
    )
    task.add_argument("set_files", metavar="FILE", nargs="*", help="sets to be judged beside those of the house")
    _house(task)


def _report(tasks: object, parser: _Parser) -> None:
    task = parser(
        tasks,
        "report",
        "For each kind of thing and each vocabulary: how many are linked, how, how many open, refused.",
        "A build brings the same: links.md, 'export --table linkedness', and its description (DQV, VoID).",
        "how well things are linked",
    )
    task.add_argument("--format", choices=("table", "csv", "json", "markdown", "turtle"), default="table")
    _house(task)
