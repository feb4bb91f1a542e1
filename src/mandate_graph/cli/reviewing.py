"""The dialogue in which a person decides what was proposed; answers are lines, so that a pipe can give them."""

from __future__ import annotations

import argparse
import io
import os
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from mandate_graph.errors import UsageError

if TYPE_CHECKING:
    from mandate_graph.authorities import Authorities
    from mandate_graph.link.decisions import Desk, Question

__all__ = ["review"]

_HELP = """\
  a  accept as proposed          x  reject: it is never proposed again
  e  accept as the same          s  skip, decide later
  c  accept as close             u  undo the last decision
  b  accept: theirs is broader   q  quit
  n  accept: theirs is narrower  ?  this list
  r  accept as related
Words after the letter are kept as a comment: 'x another person of this name'.
"""


def review(options: argparse.Namespace) -> int:
    """Ask for decisions, or take over those that stand in signed rows."""
    from mandate_graph.authorities import load_authorities
    from mandate_graph.house import choose_house
    from mandate_graph.link.decisions import Desk
    from mandate_graph.link.targets import targets_of

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # a pipe may hold anything
    house = choose_house(options.house, needed=True)
    authorities = load_authorities(house.authorities)
    if house.bring_links():
        _talk(f"{house.links}: the link sets of the package, which were borrowed until now, were copied there")
    desk = Desk(house.links, house.config().base, authorities, targets_of(authorities))
    questions = desk.questions([Path(name) for name in options.review_files], published=options.published)
    if options.signed:
        return _take_over(desk, questions)
    waiting = [question for question in questions if not question.row.reviewed]
    if len(waiting) < len(questions):
        _talk(
            f"{len(questions) - len(waiting)} rows are signed already: 'mandate-graph link review --signed' takes them"
        )
    if not waiting:
        _talk("nothing waits for a decision")
        return 0
    _Dialogue(desk, authorities, _who(options.by)).run(waiting)
    return 0


def _talk(line: str) -> None:
    from mandate_graph.cli.console import clean

    sys.stderr.write(f"mandate-graph: {clean(line)}\n")


def _who(named: str) -> str:
    name = (named or os.environ.get("MANDATE_GRAPH_REVIEWER", "")).strip()
    if not name:
        sys.stderr.write("Who decides? ")
        sys.stderr.flush()
        name = _said(sys.stdin.readline())
    if not name:
        raise UsageError(
            "a decision is signed; say who you are with --by, or put MANDATE_GRAPH_REVIEWER into the environment"
        )
    return " ".join(_said(name).split())


def _said(line: str) -> str:
    """What somebody typed or piped: without control characters, which a file should not hold, and in UTF-8."""
    whole = line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(" " if unicodedata.category(char) == "Cc" else char for char in whole).strip()


def _take_over(desk: Desk, questions: list[Question]) -> int:
    from mandate_graph.link.decisions import Verdict

    counts: Counter[str] = Counter()
    for question in questions:
        row = question.row
        if not (row["reviewer_label"] or row["review_date"]):
            continue
        where = f"{question.path.name}, line {row.line}: {row.subject} {row.predicate} {row.object}"
        if row["predicate_modifier"] not in {"", "Not"}:  # «NOT» is no yes
            problems = [f"the predicate_modifier {row['predicate_modifier']!r} must be Not, or empty"]
        elif row["reviewer_label"] and row["review_date"]:
            verdict = Verdict(row["reviewer_label"], row["review_date"], not row.rejected)
            problems = desk.decide(question, verdict)
        else:
            problems = ["a review has both a name (reviewer_label) and a day (review_date)"]
        if problems:
            counts["left where they are"] += 1
            _talk(f"{where}: {'; '.join(problems)}")
        else:
            done = "rejected" if row.rejected else "accepted"
            counts[done] += 1
            sys.stdout.write(f"{done}: {row.subject} {row.predicate} {row.object} ({row['reviewer_label']})\n")
    _talk(", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "no row is signed")
    return 1 if counts["left where they are"] else 0


class _Dialogue:
    def __init__(self, desk: Desk, authorities: Authorities, by: str) -> None:
        self._desk, self._authorities, self._by = desk, authorities, by
        self._decided: list[tuple[int, str]] = []
        self._skipped: set[int] = set()

    def run(self, questions: list[Question]) -> None:
        """Ask one question after the other until there are none, or nobody answers."""
        place = 0
        shown = -1
        while 0 <= place < len(questions):
            if shown != place:
                self._show(questions[place], place, len(questions))
                shown = place
            answer = self._answer(questions[place])
            if answer in {"", "q"}:
                break
            place = self._next(questions, place, answer)
        self._tell(len(questions))

    def _answer(self, question: Question) -> str:
        """A line without spaces around it; empty at the end of the input."""
        letters = "a/e/c/b/n/r/x/s/u/q/?" if question.concept else "a/e/r/x/s/u/q/?"
        while True:
            sys.stderr.write(f"{letters} > ")
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line:
                sys.stderr.write("\n")
                return ""
            if said := _said(line):
                return said

    def _next(self, questions: list[Question], place: int, answer: str) -> int:
        """Do what an answer says; the place of the question that is asked next."""
        letter, _, note = answer.partition(" ")
        question = questions[place]
        if letter == "s":
            self._skipped.add(place)
            return place + 1
        if letter == "u":
            return self._undone(place)
        if letter == "?":
            sys.stderr.write(_HELP)
            return place
        if letter not in {"a", "x"} and not (letter in "ecbnr" and len(letter) == 1 and question.relation(letter)):
            what = "a concept" if question.concept else "a thing that is no concept"
            _talk(f"{letter!r} is no answer for {what}; ? lists them")
            return place
        return self._decide(question, place, letter, note.strip())

    def _decide(self, question: Question, place: int, letter: str, note: str) -> int:
        from mandate_graph.link.decisions import RELATIONS, Verdict
        from mandate_graph.link.proposals import today

        predicate = question.relation(letter) if letter in RELATIONS else ""
        problems = self._desk.decide(question, Verdict(self._by, today(), letter != "x", predicate, note))
        if problems:
            _talk("this cannot be: " + "; ".join(problems))
            return place if self._desk.waits(question) else place + 1
        self._decided.append((place, "rejected" if letter == "x" else "accepted"))
        self._skipped.discard(place)
        return place + 1

    def _undone(self, place: int) -> int:
        if problem := self._desk.undo():
            _talk(problem)
            return place
        return self._decided.pop()[0]

    def _show(self, question: Question, place: int, total: int) -> None:
        from mandate_graph.cli.console import say, show_fields
        from mandate_graph.link.decisions import ours
        from mandate_graph.sssom import LINKED

        row = question.row
        say(f"\n{place + 1} of {total}: {row.subject} {row.predicate} {row.object}", "bold")
        table = LINKED.get(row.subject.partition("/")[0], "")
        fields = [
            ("ours", ours(self._authorities, table, row) if table else [row["subject_label"]]),
            ("theirs", [row["object_label"] or row.object, self._desk.address(question)]),
            ("said of it", [row["comment"]]),
            ("by", [f"{row['author_label'] or row['mapping_tool']} {row['mapping_date']}, {row['confidence']}"]),
        ]
        show_fields([(name, lines) for name, lines in fields if any(lines)])

    def _tell(self, total: int) -> None:
        counts = Counter(what for _, what in self._decided)
        parts = [f"{counts[what]} {what}" for what in ("accepted", "rejected")]
        _talk(f"{', '.join(parts)}, {total - len(self._decided)} left")
