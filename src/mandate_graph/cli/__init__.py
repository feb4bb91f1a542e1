"""The command line: results to standard output, talk to standard error.

Exit codes: 0 fine, 1 the data are wrong, 2 you asked wrongly.

This module builds the parser and nothing else, so that ``--help`` is there at once; the verbs import what they need
when they run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from mandate_graph.cli import build_options, publish_options, push_options, reconcile_options, serve_options
from mandate_graph.cli.link_words import add_link
from mandate_graph.version import __version__

__all__ = ["main"]

_FORMATS = ("nquads", "ntriples", "turtle", "trig", "jsonld", "rdfxml", "parquet")
_TABLES = ("mandates", "occurrences", "documents", "summits", "themes", "mentions", "links", "linkedness", "footnotes")
_RESULT_FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "jsonld", "ntriples")

_INTRO = """\
Turns the pages of mandates that the Summits of the Americas print into linked data:
build a graph, check its promises, ask it questions, take it away."""

_EPILOG = """\
start here:
  mandate-graph build                      build the house that you stand in
  mandate-graph build page.txt --out here  build any page or folder of pages
  mandate-graph add page.html --url …      take a page into the house
  mandate-graph query                      list the questions that can be asked
  mandate-graph query mandates-naming named=body/iom
  mandate-graph search 'migrant workers'   find things and mandates by their words
  mandate-graph show IOM                   see everything known of one thing
  mandate-graph cite speech.txt            find what any text names
  mandate-graph promised 'draft text'      find earlier promises like a draft
  mandate-graph reconcile 'ILO Decl. 1998' match your names against the graph
  mandate-graph link topic --file stw.ttl  propose links to another vocabulary
  mandate-graph export --table occurrences --out occurrences.csv
  mandate-graph publish                    write a site for any static host
  mandate-graph serve                      serve it with SPARQL, search and reconciliation

exit codes: 0 fine, 1 the data are wrong, 2 you asked wrongly"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, and where to read on."""
        self.exit(2, f"mandate-graph: {message} (see '{self.prog} --help')\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line as a value."""
    top = _parser(None, "mandate-graph", _INTRO, _EPILOG)
    top.add_argument("--version", action="version", version=f"mandate-graph {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", title="verbs")

    build = _parser(verbs, "build", build_options.DESCRIPTION, build_options.EPILOG, "build a graph from pages")
    build_options.add_options(build)

    add = _parser(
        verbs,
        "add",
        "Take a page into a house: copy it, write its row and digest into the manifest, and say what was read in it.",
        "examples:\n"
        "  mandate-graph add saved.html --url https://www.summit-americas.org/sisca/ed_lit.html\n"
        "  mandate-graph add lima.pdf --url https://example.org/lima.pdf --page lima --document 2018-lima-commitment\n"
        "A page that cannot be read is not taken in.",
        "take a page into a house",
    )
    add.add_argument("file", metavar="FILE", help="text, HTML, Markdown, Word or PDF")
    add.add_argument("--url", required=True, help="where the page came from; its stem is the name of the page")
    add.add_argument("--lang", dest="language", metavar="CODE", default="", help="default: what the page shows")
    add.add_argument("--theme", metavar="KEY", default="", help="needed where the page shows no heading")
    add.add_argument("--page", metavar="STEM", default="", help="default: the stem of the address")
    add.add_argument("--captured", metavar="DATE", default="", help="when the page was saved, if that is known")
    add.add_argument("--form", default="", help="theme-page, listing or full-text (default: what the page shows)")
    add.add_argument("--document", metavar="KEY", default="", help="the document that a full text is")
    add.add_argument("--supersedes", metavar="NAME", default="", help="the file of the capture that this one replaces")
    add.add_argument("--house", metavar="DIR", help="default: the one you stand in")

    _texts(verbs)
    _looking(verbs)
    reconcile = _parser(
        verbs,
        "reconcile",
        reconcile_options.DESCRIPTION,
        reconcile_options.EPILOG,
        "match your names, or serve OpenRefine",
    )
    reconcile_options.add_options(reconcile, _count)
    _from(reconcile)

    score = _parser(
        verbs,
        "score",
        "Hold pages against the readings that a person wrote down, or texts against the mentions marked in them.",
        "For dem.txt the expected reading is dem.csv, one row a listing; docs/scores.md describes it.\n"
        "With --mentions: Markdown files in which mentions are marked as links; docs/citator.md describes them.\n"
        "The exit code is 1 when anything was not read as expected.",
        "measure how well pages are read, and mentions found",
    )
    score.add_argument("paths", metavar="PATH", nargs="+", help="a page or a folder of pages with expected readings")
    score.add_argument("--mentions", action="store_true", help="the paths are texts with marked mentions")
    score.add_argument("--house", metavar="DIR", help="take the tables of this house (default: the one you stand in)")
    score.add_argument("--format", choices=("table", "csv"), default="table", help="csv: every difference as a row")

    _validate(verbs)
    query = _parser(
        verbs,
        "query",
        "Ask a named question, or run SPARQL of your own. Without a name: list the questions.",
        "examples:\n"
        "  mandate-graph query mandates-by-theme theme=migration/migrant-human-rights\n"
        "  mandate-graph query mentions outcome=unresolved --format csv\n"
        "  mandate-graph query footnotes country=us --explain\n"
        "  mandate-graph query mandates named=body/iom --endpoint http://localhost:7878/query\n"
        "  echo 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' | mandate-graph query -",
        "ask a question",
    )
    query.add_argument(
        "name", metavar="NAME|FILE.rq|-", nargs="?", help="a named query, a SPARQL file, or - for standard input"
    )
    query.add_argument("parameters", metavar="name=value", nargs="*", help="parameters of a named query")
    query.add_argument("--format", choices=_RESULT_FORMATS, help="default: table, or turtle for CONSTRUCT and DESCRIBE")
    query.add_argument("--explain", action="store_true", help="print what the query is for and its SPARQL; ask nothing")
    query.add_argument(
        "--timeout", metavar="S", type=_time, default=60.0, help="stop it after S seconds (default: 60; 0: never)"
    )
    query.add_argument("--limit", metavar="N", type=_rows, help="give N rows (or triples) at most (default: all)")
    query.add_argument("--endpoint", metavar="URL", help="ask a SPARQL endpoint instead of a build (docs/endpoints.md)")
    _from(query)

    _export(verbs)
    _publish(verbs)
    _push(verbs)
    add_link(verbs, _parser, _seconds)
    return top


def _validate(verbs: object) -> None:
    """The verb that checks the promises."""
    validate = _parser(
        verbs,
        "validate",
        "Check a build, or any RDF file, against the shapes.",
        "Every result says which promise broke, where on which page, and what to do.\n"
        "The exit code is 1 when a shape of severity Violation fails.",
        "check the promises",
    )
    validate.add_argument(
        "path", metavar="FILE|DIR", nargs="?", help="an RDF file or a build (default: what --from says)"
    )
    _from(validate)
    validate.add_argument(
        "--house", metavar="DIR", help="take the shapes of this house (default: the one you stand in)"
    )
    validate.add_argument(
        "--shapes", metavar="FILE|DIR", help="take these shapes, whatever they speak of, and look at nothing else"
    )
    validate.add_argument(
        "--report", metavar="FILE", help="write the W3C's validation report, as FILE.ttl, FILE.jsonld or FILE.nt"
    )
    validate.add_argument(
        "--notes", action="store_true", help="list every Info; without it those of one kind are counted"
    )
    validate.add_argument("--reference", action="store_true", help="ask pySHACL instead: the same answer, much slower")


def _export(verbs: object) -> None:
    export = _parser(
        verbs,
        "export",
        "Write a build, or a part of it, in another format, or as a table for spreadsheets.",
        "examples:\n"
        "  mandate-graph export --out mandates.trig.gz\n"
        "  mandate-graph export --theme migration --year 2001 --format jsonld\n"
        "  mandate-graph export --table mandates --summit 2001-quebec --out quebec.csv\n"
        "  mandate-graph export --query mandates-naming named=body/iom --out iom.ttl\n"
        "The ending of --out says the format where --format does not, and .gz compresses. A table written to a file\n"
        "gets its CSVW metadata beside it. A part holds what its mandates need to be understood (docs/exports.md).",
        "take the data away",
    )
    export.add_argument("--format", choices=_FORMATS, help="default: what --out ends in, else turtle")
    export.add_argument(
        "--table", choices=_TABLES, help="a table as CSV instead (or, with --format parquet, as Parquet)"
    )
    export.add_argument("--out", metavar="FILE", help="default: standard output")
    part = export.add_argument_group("which mandates (all that are asked narrow together; default: all)")
    part.add_argument("--theme", metavar="KEY", help="under this theme or one below it")
    part.add_argument("--summit", metavar="KEY", help="of this Summit, such as 2001-quebec")
    part.add_argument("--document", metavar="KEY", help="of this document, such as 2001-quebec-plan-of-action")
    part.add_argument("--year", metavar="N", help="of the Summits of this year")
    part.add_argument("--language", metavar="CODE", help="with a text in this language, such as es")
    part.add_argument(
        "--query",
        metavar=("NAME|FILE.rq", "name=value"),
        nargs="+",
        help="in the column ?mandate of a query; a CONSTRUCT query gives the graph itself",
    )
    _from(export)


def _publish(verbs: object) -> None:
    """The verbs that put a build on the web."""
    publish = _parser(
        verbs, "publish", publish_options.DESCRIPTION, publish_options.EPILOG, "write a site for any static host"
    )
    publish_options.add_options(publish)
    _from(publish)
    serve = _parser(verbs, "serve", serve_options.DESCRIPTION, serve_options.EPILOG, "serve a build on the web")
    serve_options.add_options(serve)
    _from(serve)


def _push(verbs: object) -> None:
    """The verb that loads a build into servers."""
    push = _parser(verbs, "push", push_options.DESCRIPTION, push_options.EPILOG, "load a build into a server")
    push_options.add_options(push, _seconds)
    _from(push)


def _texts(verbs: object) -> None:
    """The verbs that work on a person's own texts."""
    cite = _parser(
        verbs,
        "cite",
        "Find what a text names (instruments, bodies, Summits, documents, states, goals), without building a graph.",
        "examples:\n"
        "  echo 'We reaffirm the Charter of the OAS.' | mandate-graph cite\n"
        "  mandate-graph cite speech.txt --format html > speech.html\n"
        "  mandate-graph cite sentences.txt --lines --format jsonl\n"
        "Offsets count Unicode code points, the end exclusive. A mention is resolved (one target), ambiguous\n"
        "(candidates) or unresolved. The confidence is the share of such links that are right on the gold standard.",
        "find what a text names",
    )
    cite.add_argument("file", metavar="FILE|-", nargs="?", default="-", help="UTF-8 text (default: standard input)")
    cite.add_argument("--lang", dest="language", metavar="CODE", help="default: what the small words of the text tell")
    cite.add_argument("--format", choices=("table", "json", "jsonl", "csv", "html"), default="table")
    cite.add_argument("--lines", action="store_true", help="each line is a text of its own")
    cite.add_argument("--topics", action="store_true", help="say also what the text is about")
    cite.add_argument("--house", metavar="DIR", help="take the tables of this house (default: the one you stand in)")

    promised = _parser(
        verbs,
        "promised",
        "Was this promised before? Hold a draft against every mandate of a build.",
        "examples:\n"
        "  mandate-graph promised 'Strengthen programs to fight the smuggling of migrants'\n"
        "  mandate-graph promised draft.txt --format json\n"
        "The answer says where, when and in which words: [-words-] stand in the mandate, {+words+} in the draft.",
        "find earlier promises like a draft",
    )
    promised.add_argument("draft", metavar="TEXT|FILE|-", help="the draft itself, a file that holds it, or -")
    promised.add_argument("--lang", dest="language", metavar="CODE", default="", help="only mandates in this language")
    promised.add_argument("--most", metavar="N", type=_count, default=10, help="how many at most (default: 10)")
    promised.add_argument("--format", choices=("table", "json", "csv"), default="table")
    _from(promised)


def _looking(verbs: object) -> None:
    """The verbs that look things up."""
    search = _parser(
        verbs,
        "search",
        "Find things by their names, and mandates by their text.",
        "examples:\n"
        "  mandate-graph search 'smuggl migrants'\n"
        "  mandate-graph search '\"human rights\" migrant' --kind mandate --most 50\n"
        "  mandate-graph search C182\n"
        "Every word must occur, a beginning of it is enough; words in quotes must follow each other. Case and accents\n"
        "play no part. Names that are the words come first, then names that begin so, names with all words, texts.",
        "find things and mandates by words",
    )
    search.add_argument("words", metavar="WORDS", nargs="+", help="what is looked for")
    search.add_argument("--kind", metavar="KIND", default="", help="mandate, instrument, body, theme, summit, page, …")
    search.add_argument("--most", metavar="N", type=_count, default=20, help="how many at most (default: 20)")
    search.add_argument("--format", choices=("table", "json", "csv"), default="table")
    _from(search)

    show = _parser(
        verbs,
        "show",
        "See everything known of one thing, with labels and the evidence of what was inferred.",
        "examples:\n"
        "  mandate-graph show IOM\n"
        "  mandate-graph show summit/2001-quebec\n"
        "  mandate-graph show cb2113d6dfdf\n"
        "  mandate-graph show mg:Mandate --format turtle\n"
        "A key is an IRI, its end (body/iom, iom), the twelve digits of a mandate, or a name that only one thing has.",
        "see everything known of one thing",
    )
    show.add_argument("key", metavar="IRI|KEY", help="the thing")
    show.add_argument(
        "--most", metavar="N", type=_rows, default=10, help="of what leads to it, N a property (default: 10)"
    )
    show.add_argument("--format", choices=("table", "json", "turtle"), default="table")
    _from(show)


def _parser(verbs: object, name: str, description: str, epilog: str, short: str = "") -> argparse.ArgumentParser:
    options = {
        "description": description,
        "epilog": epilog,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }
    if verbs is None:
        return _Parser(prog=name, **options)  # type: ignore[arg-type]
    return verbs.add_parser(name, help=short, **options)  # type: ignore[attr-defined, no-any-return]


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def _rows(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rows above 0")
    return int(text)


def _time(text: str) -> float:
    return 0.0 if text in {"0", "0.0"} else _seconds(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0 and up to 86400")
    return seconds


def _from(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--from", dest="source", metavar="DIR", default="build", help="the build to read (default: build)"
    )


# Where verbs keep a list of words.
_WORDS = ("paths", "parameters", "names", "review_files", "set_files")


def _parsed(top: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Options, and words in any order among them: argparse takes a verb's list of words only where it begins."""
    options, more = top.parse_known_args(arguments)
    if more:
        words = next((name for name in _WORDS if hasattr(options, name)), "")
        if not words or any(word.startswith("-") for word in more):
            top.error(f"unrecognized arguments: {' '.join(more)}")
        setattr(options, words, [*getattr(options, words), *more])
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # started with a closed output: there is nobody to talk to
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  (it lives as long as we)
    top = parser()
    options = _parsed(top, arguments)
    if options.verb is None:
        top.print_help()
        return 0
    from mandate_graph.cli import verbs
    from mandate_graph.errors import MandateGraphError

    try:
        return verbs.VERBS[options.verb](options)
    except MandateGraphError as error:
        verbs.explain(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has left (head, less): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"mandate-graph: {error.filename or 'the system'}: {error.strerror}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("mandate-graph: stopped\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
